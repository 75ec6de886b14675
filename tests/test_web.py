"""The pages, on a ledger that can be counted by hand (web_ledger.py)."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest
from ledger_case import analysis, article, done, said
from web_ledger import SAID, Client, kyiv, moscow, party, reading_of, sentences, small_ledger, span

from ujar.actors import resolve
from ujar.errors import UsageError
from ujar.records import Analysis, Article, Event, Party, Statement
from ujar.store import open_ledger
from ujar.store.reports import reports
from ujar.web import views
from ujar.web.app import create_app

if TYPE_CHECKING:
    from pathlib import Path

    from ujar.records import EventType
    from ujar.store import Ledger

VIEWS = [
    "/", "/?words=rudal", "/events", "/events?type=ASSAULT", "/actor", "/actor?name=Sergey+Lavrov", "/actor?name=NATO",
    "/pair", "/pair?one=RUS&other=UKR", "/watch?every=month&on=2024-06-07", "/positions",
    "/positions?issue=rudal&bloc=NATO", "/scenarios", "/scenarios?actor=RUS&recipient=UKR&every=week", "/outlooks",
    "/nothing-here",
]  # fmt: skip


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    return small_ledger(tmp_path_factory.mktemp("web") / "ledger")


@pytest.fixture(scope="module")
def client(ledger: Ledger) -> Client:
    return Client(create_app(ledger))


def words_of(page: str) -> str:
    """What a reader sees, without the tags."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


@pytest.mark.parametrize("path", VIEWS)
@pytest.mark.parametrize("language", ["id", "en"])
def test_every_view_in_both_languages(client: Client, path: str, language: str) -> None:
    answer = client.get(path, **{"Accept-Language": language})
    assert answer.status_code == (404 if path == "/nothing-here" else 200), answer.text
    assert f'<html lang="{language}">' in answer.text
    assert ("Langsung ke isi" if language == "id" else "Skip to the content") in answer.text
    # One heading of the first rank, a main part, and no phrase that is missing.
    assert answer.text.count("<h1") == 1
    assert '<main id="main"' in answer.text
    assert not re.findall(r">\s*(?:type|kind|quad|status|part|measure|stance|condition|change)_\w+", answer.text)
    # Everything that is loaded is ours; nothing carries a style or script of its own.
    assert not re.findall(r'(?:src|href)="(?:https?:)?//(?!contoh\.example)', answer.text)
    assert not re.search(r"<style|\sstyle=|\son\w+=\"|<script(?! src=\"/static/)", answer.text)


def test_language_that_is_asked_for_is_remembered(client: Client) -> None:
    answer = client.get("/?lang=en&words=rudal")
    assert 'lang="en"' in answer.text
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("ujar_lang=en;")
    assert 'lang="en"' in client.get("/", Cookie="ujar_lang=en", **{"Accept-Language": "id"}).text
    # The switch keeps the question.
    assert 'href="/?words=rudal&amp;lang=id"' in answer.text


def test_search_of_statements(client: Client) -> None:
    answer = client.get("/?words=rudal").text
    assert "1–4 dari 4" in words_of(answer)
    assert "1–2 dari 2" in words_of(client.get('/?words="jarak+jauh"').text)
    assert "1–1 dari 1" in words_of(client.get('/?words="jarak+jauh"&once=true').text)
    assert "1–1 dari 1" in words_of(client.get("/?speaker=UKR&kind=direct").text)
    assert "1–4 dari 4" in words_of(client.get("/?since=2024-06-06&until=2024-06-07").text)
    assert "Tidak ada yang cocok" in words_of(client.get("/?bloc=NATO").text)
    assert "Tidak ada yang cocok" in words_of(client.get("/?words=tidakada").text)


def test_search_of_events(client: Client) -> None:
    assert "1–6 dari 6" in words_of(client.get("/events").text)
    assert "1–2 dari 2" in words_of(client.get("/events?type=THREATEN&status=conditional").text)
    assert "1–1 dari 1" in words_of(client.get("/events?type=THREATEN&once=true").text)
    assert "1–1 dari 1" in words_of(client.get("/events?actor=Ukraina&recipient=Rusia&outlet=kabar").text)


def test_plans_for_far_days_do_not_stand_before_the_latest_reports(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path / "ledger", create=True)
    planned = moscow("rencana", "Harian Contoh", SAID, date(2024, 6, 1), "Moskow berencana")
    planned = replace(planned, events=tuple(replace(e, date="2045", status="planned") for e in planned.events))
    ledger.keep([planned, kyiv()], engine="test")
    client = Client(create_app(ledger))
    days = [row["day"][:4] for row in client.get("/api/events").json()["rows"]]
    assert days == sorted(days)
    assert set(days) == {"2024", "2045"}
    assert [row["day"][:4] for row in client.get("/api/events?sort=-day").json()["rows"]] == days[::-1]
    (shown,) = re.findall(r'<select id="f-sort".*?</select>', client.get("/events").text, re.DOTALL)
    assert re.findall(r'value="([^"]+)"', shown)[0] == "-published"


def test_only_what_is_sure_enough(client: Client, ledger: Ledger) -> None:
    sure = sorted(row["confidence"] for row in ledger.events().to_pylist())
    least = sure[len(sure) // 2]
    assert sure[0] < least
    page = client.get(f"/events?confidence={least}").text
    count = sum(one >= least for one in sure)
    assert f"1–{count} dari {count}" in words_of(page)
    (shown,) = re.findall(r'<input id="f-confidence"[^>]*>', page)
    assert f'value="{least}"' in shown
    # Any number between: a browser sends no form with one that the field does not allow.
    assert 'min="0" max="1" step="any"' in shown


def test_pages_of_a_search(client: Client) -> None:
    first = client.get("/?limit=4").text
    assert "1–4 dari 6" in words_of(first)
    (following,) = re.findall(r'rel="next" href="([^"]+)"', first)
    second = client.get(unescape(following)).text
    assert "5–6 dari 6" in words_of(second)
    assert 'rel="next"' not in second
    assert 'rel="prev" href="/?limit=4&amp;offset=0"' in second


def test_article_with_its_marks(client: Client, ledger: Ledger) -> None:
    page = client.get(f"/article/{reading_of(ledger, 'https://contoh.example/lavrov')}").text
    # The event stands within the second statement; its border is within that of the statement, a click leads to it.
    assert re.search(r'<a class="m p-content p-trigger of-s1 of-e0" href="#e0"[^>]*>akan menyerang</a>', page)
    assert re.search(r'<a class="m p-content p-condition of-s1 of-e0" href="#e0"[^>]*>jika rudal itu datang</a>', page)
    # "mengatakan" is the cue of a statement and the trigger of an event at once.
    assert re.search(r'<a class="m p-cue p-trigger of-s0 of-e1"[^>]*>mengatakan</a>', page)
    # Every part can be reached from its number by keyboard, and every number is there once.
    for anchor in ("s0", "s1", "e0", "e1"):
        assert page.count(f'id="m-{anchor}" href="#{anchor}"') == 1
        assert page.count(f'<li id="{anchor}"') == 1
    shown = words_of(page)
    for part in ("Penanda mengatakan", "Sebutan Menteri Luar Negeri Rusia Sergey Lavrov", "Waktu Kamis (6/6/2024)",
                 "Pemicu akan menyerang", "Syarat jika rudal itu datang", "Isi: indirect.before", "93 %"):  # fmt: skip
        assert part in shown
    assert "https://contoh.example/lavrov" in page


def test_reports_of_the_same_words_side_by_side(client: Client, ledger: Ledger) -> None:
    page = client.get(f"/article/{reading_of(ledger, 'https://contoh.example/lavrov')}").text
    table = page[page.index('id="r-s0"') :]
    assert "<mark>dunia</mark>" in table
    assert "<mark>Eropa</mark>" in table
    assert "Kabar Uji" in table


def test_older_readings(client: Client, ledger: Ledger) -> None:
    old, new = (reading_of(ledger, "https://contoh.example/lavrov", current=c) for c in (False, True))
    assert old != new
    page = client.get(f"/article/{old}").text
    assert "Moskow memperingatkan" in page
    assert "Ini bacaan lama" in page
    assert f'href="/article/{new}"' in page
    assert f'href="/article/{old}"' in client.get(f"/article/{new}").text
    # The interface says which is which, and finds rows of both.
    answer = client.get(f"/api/articles/{old}").json()
    assert [r["current"] for r in answer["readings"]] == [True, False]
    assert client.get(f"/api/rows/{old}.0").json()["statement"]["content"] == SAID


def test_actor(client: Client) -> None:
    page = words_of(client.get("/actor?name=Sergey+Lavrov").text)
    assert "4 pernyataan. Dari 6 Juni 2024 sampai 6 Juni 2024" in page
    assert "Menteri Luar Negeri Rusia" in page
    russia = client.get("/actor?name=Rusia").text
    row = words_of(
        re.search(
            r"<tr>\s*<th scope=\"row\"><a class=\"actor\" href=\"/actor\?name=state%3AUKR\".*?</tr>", russia, re.DOTALL
        )[0]
    )  # type: ignore[index]
    # A meeting is cooperation; an accusation and an attack, counted once, are conflict; a threat has not happened.
    assert row.startswith("Ukraina 1 2 (1 materiel)")


def test_pair(client: Client, ledger: Ledger) -> None:
    view = views.pair(ledger, "RUS", "UKR", limit=20, offset=0)
    assert [(e["type"], e["way"]) for e in view.events[:2]] == [("CONSULT", "both"), ("ASSAULT", "back")]
    assert sorted((e["type"], e["way"]) for e in view.events) == [
        ("ACCUSE", "forth"), ("ASSAULT", "back"), ("CONSULT", "both"), ("THREATEN", "forth"),
    ]  # fmt: skip
    assert [(str(d), way, quad, n) for d, way, quad, n in view.days] == [
        ("2024-06-06", "forth", "verbal conflict", 1),
        ("2024-06-07", "back", "material conflict", 1),
        ("2024-06-20", "both", "verbal cooperation", 1),
    ]
    assert {s["way"] for s in view.statements} == {"forth", "back"}
    page = client.get("/pair?one=RUS&other=UKR").text
    assert "Rusia → Ukraina" in page
    assert page.count('<rect class="verbal-conflict"') == 2  # a bar and the key
    # A day after all: nothing, and no chart.
    assert "<figure" not in client.get("/pair?one=RUS&other=UKR&since=2025-01-01").text


def test_watch(client: Client) -> None:
    page = words_of(client.get("/watch?every=month&on=2024-06-07", **{"Accept-Language": "en"}).text)
    assert "1 June 2024 up to, not including, 1 July 2024 (2024-06, Asia/Jakarta)" in page
    assert "Sergei Lavrov" in page or "Sergey Lavrov" in page
    assert "jika rudal itu datang" in page
    assert "too few periods were read for a usual range" in page
    assert "outside its usual range" not in page
    nothing = words_of(client.get("/watch?every=month&on=2011-06-07", **{"Accept-Language": "en"}).text)
    assert "The ledger has no article of this period." in nothing
    answer = client.get("/api/watch?every=month&on=2024-06-07").json()
    assert answer["period"]["name"] == "2024-06"
    assert answer["period"]["from"] == "2024-06-01T00:00:00+07:00"
    assert client.get("/api/watch?one=RUS").json()["error"] == "bad-filter"


def test_positions(client: Client) -> None:
    answer = client.get("/api/positions?issue=rudal&on=2024-06-30").json()
    assert answer["rows"][0]["word"]["content"]
    page = words_of(client.get("/positions?issue=rudal&bloc=NATO&on=2024-06-30").text)
    assert "Diam (32)" in page


def story(name: str, outlet: str, day: date, more: str = "") -> Analysis:
    """A copy of one story, in which one speaker says one thing."""
    said = "kapal penjaga pantai tidak akan mundur dari perairan itu"
    text = (
        f"Panglima Laut Bima Sakti berkata {said} selama nelayan masih melaut di sana setiap malam. Ia berbicara di dermaga"
        f" timur setelah upacara pagi yang dihadiri ratusan awak, keluarga mereka, dan para pedagang ikan.{more}"
    )
    statement = Statement((span(text, said),), "indirect", speaker="Bima Sakti", speaker_type="person")
    return Analysis(
        Article(name, text, f"Judul {name}", day, outlet), (statement,), events=(), sentences=sentences(text)
    )


def test_copies_and_reports_after_a_correction(tmp_path: Path) -> None:
    ledger = open_ledger(tmp_path / "ledger", create=True)
    for number, outlet in enumerate(("Harian Contoh", "Kabar Uji", "Warta Coba")):
        ledger.keep([story(outlet, outlet, date(2024, 1, 1 + number))], engine="test")
    before = {a: views.article(ledger, reading_of(ledger, a)) for a in ("Kabar Uji", "Warta Coba")}
    assert [c["outlet"] for c in before["Kabar Uji"].copies] == ["Harian Contoh", "Warta Coba"]
    # The first corrects itself: all that counted as its copies and reports still do.
    ledger.keep([story("Harian Contoh", "Harian Contoh", date(2024, 1, 1), " Ralat: satu kata.")], engine="test")
    for name, others in (
        ("Harian Contoh", ["Kabar Uji", "Warta Coba"]),
        ("Kabar Uji", ["Harian Contoh", "Warta Coba"]),
        ("Warta Coba", ["Harian Contoh", "Kabar Uji"]),
    ):
        view = views.article(ledger, reading_of(ledger, name))
        assert [c["outlet"] for c in view.copies] == others
        (told,) = view.reports.values()
        assert sorted(r["outlet"] for r in told) == others
        assert len(reports(ledger, view.statements[0]["id"])) == 3
    # The superseded statement, too, has the reports that were its own.
    old = views.article(ledger, reading_of(ledger, "Harian Contoh", current=False))
    assert not old.current
    assert len(reports(ledger, old.statements[0]["id"])) == 3


def test_current_is_what_nothing_supersedes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = open_ledger(tmp_path / "ledger", create=True)
    ledger.keep([story("satu", "Kabar Uji", date(2024, 1, 1))], engine="test")

    class Slow(datetime):
        """A clock that was put back."""

        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return datetime(2001, 1, 1, tzinfo=tz)

    monkeypatch.setattr("ujar.store.rows.datetime", Slow)
    ledger.keep([story("satu", "Kabar Uji", date(2024, 1, 1), " Ralat.")], engine="test")
    newest, oldest = (reading_of(ledger, "satu", current=c) for c in (True, False))
    assert views.article(ledger, oldest).current
    view = views.article(ledger, newest)
    assert not view.current
    assert view.latest == oldest


def test_an_actor_counts_what_the_pair_shows(tmp_path: Path) -> None:
    text = "Budi Hartono Wijaya dan Prancis menyerang, menuduh, berunding dengan Jepang."
    on = date(2024, 6, 8)

    def event(kind: EventType, actors: tuple[Party, ...], recipients: tuple[Party, ...] = ()) -> Event:
        return Event(kind, None, "actual", span(text, "menyerang"), actors, recipients, confidence=0.9)

    france, japan, budi = party(text, "Prancis", on), party(text, "Jepang", on), party(text, "Budi Hartono Wijaya", on)
    short = party(text, "Budi Hartono", on)
    ministry = Party(
        span(text, "Jepang"), "Menteri Luar Negeri Jepang", actor=resolve("Menteri Luar Negeri Jepang", on)
    )
    analyses = [
        Analysis(Article("a", text, published=on), (), events=(
            event("CONSULT", (france, japan)), event("ACCUSE", (france,), (ministry,)), event("ASSAULT", (japan,), (france,)),
            # Both do it, to nobody known: no dealing of the two, for it is no meeting.
            event("ASSAULT", (france, japan)),
            event("ACCUSE", (budi,), (france,)), event("THREATEN", (france,), (short,)),
        )),
    ]  # fmt: skip
    ledger = open_ledger(tmp_path / "ledger", create=True)
    ledger.keep(analyses, engine="test")
    view = views.actor(ledger, "Prancis", limit=1, offset=0)
    counts = {c.key: c.quads for c in view.counterparts}
    # One meeting, one accusation of a minister, who is Japan, one attack.
    assert counts["state:JPN"] == (1, 0, 1, 1)
    # The shorter name is found in the longer one, as in every search.
    assert counts["name:budi hartono"] == (0, 0, 2, 0)
    assert counts["name:budi hartono wijaya"] == (0, 0, 1, 0)
    for key, quads in counts.items():
        found = views.pair(ledger, "Prancis", key, limit=5, offset=0)
        assert found.quads == quads, key
        once = ledger.events(pair=("Prancis", key), once=True, status="actual")
        assert once.num_rows == sum(quads)
    # A name that the link carries is shown as a name.
    assert views.pair(ledger, "Prancis", "name:budi hartono", limit=5, offset=0).other[1] == "Budi Hartono"


def test_a_name_is_read_on_the_last_day(ledger: Ledger) -> None:
    # The president until 20 October 2024, and from that day on.
    for until, name in ((date(2024, 10, 20), "Joko Widodo"), (date(2024, 10, 21), "Prabowo Subianto")):
        assert views.actor(ledger, "Presiden Indonesia", until=until, limit=1, offset=0).name == name
        assert views.pair(ledger, "Presiden Indonesia", "RUS", until=until, limit=1, offset=0).one[1] == name


def test_via(client: Client) -> None:
    page = client.get("/").text
    assert 'name="via"' in page
    assert "1–1 dari 1" in words_of(client.get("/?via=<i>").text)


@pytest.mark.parametrize(("day", "missing"), [("0001-01-01", "prev"), ("9999-12-30", "next")])
def test_watch_where_the_calendar_ends(client: Client, day: str, missing: str) -> None:
    answer = client.get(f"/watch?every=day&on={day}")
    # Without an article of that time there may be nothing to tell; a link beyond the calendar is never there.
    assert answer.status_code in (200, 400)
    assert f'rel="{missing}"' not in answer.text


def test_damage_is_told(tmp_path: Path) -> None:
    ledger = small_ledger(tmp_path / "ledger")
    client = Client(create_app(ledger))
    assert "Ujar-Problems" not in client.get("/api/statements").headers
    part = sorted((tmp_path / "ledger" / "parts").iterdir())[1]
    (part / "statements.parquet").write_bytes(b"")
    for path in (
        "/",
        "/events",
        "/actor",
        "/actor?name=RUS",
        "/pair?one=RUS&other=UKR",
        "/positions?issue=rudal",
        "/?since=x",
    ):
        page = client.get(path).text
        assert "Sebagian buku besar ini rusak" in page, path
        assert part.name in page
    answer = client.get("/api/statements")
    assert part.name in answer.headers["ujar-problems"]
    assert len(answer.json()["rows"]) == 4
    (problem,) = client.get("/api/ledger").json()["problems"]
    assert part.name in problem
    # Who has no token learns nothing of it.
    closed = Client(create_app(ledger, token="0123456789abcdef"))  # noqa: S106 - of no server
    for path in ("/login", "/api/statements"):
        answer = closed.get(path)
        assert part.name not in answer.text
        assert "ujar-problems" not in answer.headers


def test_an_actor_counted_by_hand(tmp_path: Path) -> None:
    """Each number, the order and the pages of an actor's view, on a ledger of five articles."""

    def told(day: int, speaker: str, to: str, about: str, deed: str = "") -> Analysis:
        words = f"Kami mengingatkan {about} soal nomor {day}"
        text = f"{words}, kata {speaker} kepada {to}." + (f" Israel {deed} Iran." if deed else "")
        statement = said(text, words, speaker=speaker, addressee=to)
        events = (done(text, deed, "Israel", "Iran", type="ASSAULT"),) if deed else ()
        return analysis(
            article(f"a{day}", text, f"2024-01-{day:02}", "Kabar"), statement, *events, names=f"{to}, {about}"
        )

    ledger = open_ledger(tmp_path / "ledger", create=True)
    ledger.keep(
        [
            told(1, "Israel", "Turki", "Iran", "menyerang"),
            told(2, "Israel", "Turki", "Mesir"),
            told(3, "Israel", "Yunani", "Iran", "menembaki"),
            told(4, "Israel", "Yunani", "Iran"),
            told(5, "Israel", "Turki", "Iran"),
            told(6, "Iran", "Israel", "Turki"),
        ],
        engine="test",
    )
    view = views.actor(ledger, "Israel", limit=2, offset=0)
    assert (view.number, view.first, view.last, view.more) == (5, date(2024, 1, 1), date(2024, 1, 5), True)
    assert [(c.key, c.number) for c in view.to] == [("state:TUR", 3), ("state:GRC", 2)]
    assert [(c.key, c.number) for c in view.about] == [("state:IRN", 4), ("state:EGY", 1)]
    assert [(c.key, c.quads) for c in view.counterparts] == [("state:IRN", (0, 0, 0, 2))]
    days = [[s["day"].day for s in views.actor(ledger, "Israel", limit=2, offset=n).statements] for n in (0, 2, 4, 6)]
    assert days == [[5, 4], [3, 2], [1], []]
    assert [views.actor(ledger, "Israel", limit=2, offset=n).more for n in (2, 3, 4)] == [True, False, False]
    some = views.actor(ledger, "Israel", since=date(2024, 1, 2), until=date(2024, 1, 5), limit=9, offset=0)
    assert (some.number, [s["day"].day for s in some.statements]) == (3, [4, 3, 2])
    assert [(c.key, c.quads) for c in some.counterparts] == [("state:IRN", (0, 0, 0, 1))]
    assert [(c.key, c.number) for c in some.about] == [("state:IRN", 2), ("state:EGY", 1)]
    for wrong in ({"limit": 1, "offset": -1}, {"limit": 10**7, "offset": 0}, {"limit": 1, "offset": 10**30}):
        with pytest.raises(UsageError):
            views.actor(ledger, "Israel", **wrong)
