"""The pages and the HTTP interface, on a ledger that can be counted by hand (web_ledger.py)."""

from __future__ import annotations

import csv
import io
import json
import re
import signal
import subprocess
import sys
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pyarrow.parquet as pq
import pytest
from conftest import ROOT
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from web_ledger import HOSTILE, SAID, Client, small_ledger

from ujar.errors import UsageError
from ujar.tables import load_table
from ujar.web import views
from ujar.web.app import create_app
from ujar.web.bars import bars
from ujar.web.guard import CSP, is_loopback, local_path
from ujar.web.marks import Mark, anchor_of, differing, paragraphs, visible
from ujar.web.phrases import chosen

if TYPE_CHECKING:
    from ujar.store import Ledger

TOKEN = "0123456789abcdef-token"  # noqa: S105 - of no server
VIEWS = [
    "/", "/?words=rudal", "/events", "/events?type=ASSAULT", "/actor", "/actor?name=Sergey+Lavrov", "/actor?name=NATO",
    "/pair", "/pair?one=RUS&other=UKR", "/watch?every=month&on=2024-06-07", "/positions",
    "/positions?issue=rudal&bloc=NATO", "/nothing-here",
]  # fmt: skip


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    return small_ledger(tmp_path_factory.mktemp("web") / "ledger")


@pytest.fixture(scope="module")
def client(ledger: Ledger) -> Client:
    return Client(create_app(ledger))


def reading_of(ledger: Ledger, article: str, *, current: bool = True) -> str:
    rows = ledger.articles(article).to_pylist()
    return (rows[0] if current else rows[-1])["reading"]


def words_of(page: str) -> str:
    """What a reader sees, without the tags."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


# The views


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
    answer = client.get("/api/watch?every=month&on=2024-06-07").json()
    assert answer["period"]["name"] == "2024-06"
    assert answer["period"]["from"] == "2024-06-01T00:00:00+07:00"
    assert client.get("/api/watch?one=RUS").json()["error"] == "bad-filter"


def test_positions(client: Client) -> None:
    answer = client.get("/api/positions?issue=rudal&on=2024-06-30").json()
    assert answer["rows"][0]["word"]["content"]
    page = words_of(client.get("/positions?issue=rudal&bloc=NATO&on=2024-06-30").text)
    assert "Diam (32)" in page


# Exports


def test_exports(client: Client, tmp_path: Path) -> None:
    answer = client.get("/export/statements.csv?words=rudal&limit=2")
    assert answer.headers["content-disposition"] == 'attachment; filename="statements.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    # The whole answer, not the page of it.
    assert len(rows) == 4
    assert {r["speaker"] for r in rows} == {"Sergey Lavrov"}
    lines = client.get("/export/events.jsonl?type=ASSAULT").text.splitlines()
    assert [json.loads(line)["trigger"] for line in lines] == ["menyerang"]
    path = tmp_path / "all.parquet"
    path.write_bytes(client.get("/export/statements.parquet").content)
    assert pq.read_table(path).num_rows == 6
    assert client.get("/export/statements.csv?since=x").status_code == 422
    assert client.get("/export/articles.csv").status_code == 422


def test_no_formula_in_the_csv(client: Client) -> None:
    rows = list(csv.DictReader(io.StringIO(client.get("/export/statements.csv?since=2024-06-09").text)))
    (row,) = rows
    assert row["content"].startswith("'=SUM(A1)")
    assert row["outlet"].startswith("'=HYPERLINK")
    assert row["addressee"] == "'@warga"
    assert not any(cell[:1] in "=+-@\t\r" for cell in row.values() if cell)
    assert "\x1b" not in "".join(row.values())


# Hostile texts


def hostile_pages(ledger: Ledger) -> list[str]:
    reading = ledger.ask("SELECT reading FROM articles WHERE outlet LIKE '=%'")["reading"][0].as_py()
    key = ledger.ask("SELECT key FROM statements WHERE outlet LIKE '=%'")["key"][0].as_py()
    return [
        "/", f"/article/{reading}", str(httpx.URL("/actor", params={"name": key})), "/watch?every=month&on=2024-06-09",
        str(httpx.URL("/", params={"words": HOSTILE, "speaker": HOSTILE, "outlet": HOSTILE})),
        str(httpx.URL("/events", params={"actor": HOSTILE})),
        str(httpx.URL("/pair", params={"one": HOSTILE, "other": "RUS"})),
        str(httpx.URL("/watch", params={"actor": HOSTILE})),
        str(httpx.URL("/positions", params={"issue": HOSTILE})),
        str(httpx.URL("/", params={HOSTILE: HOSTILE})),
    ]  # fmt: skip


class Elements(HTMLParser):
    """What a browser would make of a page: every element with its attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize("number", range(10))
def test_nothing_of_a_text_acts(client: Client, ledger: Ledger, number: int) -> None:
    answer = client.get(hostile_pages(ledger)[number])
    assert answer.status_code in (200, 400, 422)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", answer.text)
    assert answer.headers["content-security-policy"] == CSP
    for tag, attributes in Elements(answer.text).found:
        assert tag not in ("img", "b", "i", "style", "iframe", "object", "base")
        assert tag != "script" or str(attributes["src"]).startswith("/static/ujar.js")
        assert not any(name.startswith("on") or name == "style" for name in attributes), attributes
        for name in ("href", "src", "action"):
            assert str(attributes.get(name) or "/").startswith(("/", "#", "https://contoh.example/")), attributes


def test_hostile_text_is_shown_as_it_stands(client: Client, ledger: Ledger) -> None:
    page = client.get(hostile_pages(ledger)[1]).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert(1)</script>" in words_of(page)


# Headers, hosts, methods, errors


@pytest.mark.parametrize(
    "path", ["/", "/api/statements", "/api/openapi.json", "/static/style.css", "/x", "/api/x", "/?since=x", "/export/x"]
)
def test_headers_of_every_answer(client: Client, path: str) -> None:
    headers = client.get(path).headers
    assert headers["content-security-policy"] == CSP
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "server" not in headers


# SQL is never the user's, so SQL that fails is a fault of ours, too.
@pytest.mark.parametrize("fault", [RuntimeError("secret detail"), UsageError("bad-question", "secret SQL", None)])
@pytest.mark.parametrize("path", ["/", "/api/statements"])
def test_a_fault_of_ours_tells_nothing(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, fault: Exception, path: str
) -> None:
    def broken(*args: object, **more: object) -> None:
        raise fault

    monkeypatch.setattr(views, "listed", broken)
    answer = Client(create_app(ledger)).get(path)
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "internal-error" in answer.text
    assert answer.headers["content-security-policy"] == CSP


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", "10.0.0.1", "", "[::2]"]
)
def test_unknown_host(client: Client, host: str) -> None:
    answer = client.get("/api/statements", Host=host)
    assert (answer.status_code, answer.json()["error"]) == (400, "unknown-host")
    assert client.get("/", Host=host).status_code == 400


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1", "127.0.0.2:9", "[::1]:8000"])
def test_own_names(client: Client, host: str) -> None:
    assert client.get("/api/statements?limit=1", Host=host).status_code == 200


def test_only_reading(client: Client) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        for path in ("/", "/api/statements", "/api/rows/x"):
            answer = client.send(method, path)
            assert answer.status_code == 405
            assert answer.headers["allow"] == "GET"
    assert client.send("POST", "/login", content=b"token=x").status_code == 404


@pytest.mark.parametrize(
    "path",
    ["/article/..%2f..%2fetc%2fpasswd", "/article/../../etc/passwd", "/static/../app.py", "/static/..%2fapp.py",
     "/static/%2e%2e/phrases.tsv", "/export/..%2fledger.json", "/api/articles/..", "/api/rows/..%2f..%2fx.0",
     "/article/0123456789abcdef%00", "/api/rows/0123456789abcdef.0'%20OR%20'1'='1"],
)  # fmt: skip
def test_no_way_to_a_file(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code in (404, 422)
    assert "root:" not in answer.text
    assert "create_app" not in answer.text


@pytest.mark.parametrize(
    "value", ["' OR 1=1 --", "'; DROP TABLE older_articles; --", '"', "%", "\\", "\x00", "[]", "?"]
)
def test_values_are_no_sql(client: Client, ledger: Ledger, value: str) -> None:
    for name in ("words", "speaker", "about", "to", "via", "outlet", "article"):
        answer = client.get(str(httpx.URL("/api/statements", params={name: f"xyzzy{value}"})))
        assert answer.status_code == 200, answer.text
        assert answer.json()["rows"] == []
    for sort in ("day; SELECT 1", "id", "-day,id"):
        assert client.get(str(httpx.URL("/api/statements", params={"sort": sort}))).status_code == 422
    assert ledger.size()["statements"] == 6


@pytest.mark.parametrize(
    ("question", "status", "slug"),
    [
        ("limit=501", 422, "bad-value"), ("limit=0", 422, "bad-value"), ("limit=x", 422, "bad-value"),
        ("offset=-1", 422, "bad-value"), ("offset=1000001", 422, "bad-value"), ("since=1717200000", 422, "bad-value"),
        ("since=2024-02-30", 422, "bad-value"), ("kind=spoken", 422, "bad-value"), ("speakers=RUS", 422, "bad-value"),
        ("confidence=2", 422, "bad-value"), ("once=perhaps", 422, "bad-value"), ("words=" + "x" * 301, 422, "bad-value"),
        ("since=2024-06-02&until=2024-06-01", 400, "bad-filter"), ("bloc=Antah", 400, "unknown-bloc"),
        ("speaker=KPA", 400, "ambiguous-actor"),
    ],
)  # fmt: skip
def test_questions_that_make_no_sense(client: Client, question: str, status: int, slug: str) -> None:
    answer = client.get(f"/api/statements?{question}")
    assert (answer.status_code, answer.json()["error"]) == (status, slug)
    assert set(answer.json()) == {"error", "message", "next"}
    # The page says so above its form, which keeps what was written.
    page = client.get(f"/?{question}")
    assert page.status_code == status
    assert 'role="alert"' in page.text
    assert 'name="words"' in page.text


def test_rows_that_are_not_there(client: Client) -> None:
    for path in ("/api/articles/ffffffffffffffff", "/api/rows/ffffffffffffffff.0", "/api/rows/ffffffffffffffff.e3"):
        answer = client.get(path)
        assert (answer.status_code, answer.json()["error"]) == (404, "no-such-row")
    assert client.get("/article/ffffffffffffffff").status_code == 404


# The token


@pytest.fixture(scope="module")
def closed(ledger: Ledger) -> Client:
    return Client(create_app(ledger, token=TOKEN, loopback_only=False))


def test_token_is_asked_for(closed: Client) -> None:
    answer = closed.get("/api/statements")
    assert (answer.status_code, answer.json()["error"]) == (401, "token-needed")
    assert answer.headers["www-authenticate"] == "Bearer"
    for wrong in ("Bearer", "Bearer x", f"Basic {TOKEN}", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}"):
        assert closed.get("/api/statements", Authorization=wrong).status_code == 401
    for path in (
        "/",
        "/article/ffffffffffffffff",
        "/export/statements.csv",
        "/api/openapi.json",
        "/apis",
        "/login/../api/statements",
    ):
        assert closed.get(path).status_code in (303, 401, 404)
        assert "Lavrov" not in closed.get(path).text
    assert closed.get("/?words=a").headers["location"] == "/login?next=%2F%3Fwords%3Da"
    # What the login page itself needs.
    assert closed.get("/static/style.css").status_code == 200


def test_token_is_accepted(closed: Client) -> None:
    assert closed.get("/api/statements", Authorization=f"Bearer {TOKEN}").status_code == 200
    # Beyond loopback the server may go by any name.
    assert closed.get("/api/statements", Authorization=f"Bearer {TOKEN}", Host="news.example").status_code == 200


def test_login(closed: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ujar.web.pages._WRONG", 0)
    form = closed.get("/login?next=/events")
    assert 'name="token" type="password"' in form.text
    assert 'name="next" value="/events"' in form.text
    wrong = closed.send("POST", "/login", data={"token": "wrong", "next": "/"})
    assert wrong.status_code == 401
    assert "set-cookie" not in wrong.headers
    right = closed.send("POST", "/login", data={"token": TOKEN, "next": "/events"})
    assert (right.status_code, right.headers["location"]) == (303, "/events")
    cookie = right.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert TOKEN not in cookie
    pair = cookie.partition(";")[0]
    assert closed.get("/events", Cookie=pair).status_code == 200
    assert closed.get("/events", Cookie=pair[:-1]).status_code == 303
    assert closed.send("POST", "/login", content=b"token=" + b"x" * 10_000).status_code == 422
    assert closed.send("POST", "/login", content=b"&".join([b"a=1"] * 9)).status_code == 401


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "evil",
        "/\t/evil.example",
        "",
        None,
        "/" + "x" * 3000,
    ],
)
def test_login_leads_nowhere_else(path: str | None) -> None:
    assert local_path(path) == "/"


def test_what_is_loopback() -> None:
    assert all(is_loopback(h) for h in ("127.0.0.1", "localhost", "::1", "[::1]", "127.8.8.8", "LOCALHOST."))
    assert not any(is_loopback(h) for h in ("0.0.0.0", "::", "192.168.1.2", "localhost.evil.example", "", "example"))


# The command


def serve(*args: str, **env: str) -> subprocess.Popen[str]:
    import os

    return subprocess.Popen(
        [sys.executable, "-m", "ujar", "serve", *args],
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, **env},
    )


@pytest.mark.parametrize(
    ("args", "env", "slug"),
    [
        (["--host", "0.0.0.0"], {}, "no-token"),
        (["--host", "::"], {}, "no-token"),
        (["--host", "0.0.0.0", "--token", "short"], {}, "bad-token"),
        (["--host", "0.0.0.0"], {"UJAR_TOKEN": "a b c d e f g h i j"}, "bad-token"),
        (["--host", "256.1.1.1", "--token", TOKEN], {}, "cannot-listen"),
    ],
)
def test_refuses_to_start(ledger: Ledger, args: list[str], env: dict[str, str], slug: str) -> None:
    with serve("--ledger", str(ledger.folder), *args, **env) as process:
        _, error = process.communicate(timeout=60)
        assert process.returncode == 2
        assert f"docs/errors.md#{slug}" in error


def test_serves_until_stopped(ledger: Ledger) -> None:
    with serve("--ledger", str(ledger.folder), "--port", "0", UJAR_TOKEN=TOKEN) as process:
        assert process.stderr
        try:
            line = process.stderr.readline()
            address = re.search(r"http://127\.0\.0\.1:\d+/", line)
            assert address, line
            answer = httpx.get(f"{address[0]}api/statements?limit=1", headers={"Authorization": f"Bearer {TOKEN}"})
            assert len(answer.json()["rows"]) == 1
            assert "server" not in answer.headers
            assert httpx.get(address[0]).status_code == 303
            taken = address[0].rpartition(":")[2].strip("/")
            with serve("--ledger", str(ledger.folder), "--port", taken) as second:
                assert "docs/errors.md#cannot-listen" in second.communicate(timeout=60)[1]
        finally:
            process.send_signal(signal.SIGINT)
            _, error = process.communicate(timeout=30)
        assert "Traceback" not in error


# The interface and its description


def test_description(client: Client) -> None:
    schema = client.get("/api/openapi.json").json()
    assert set(schema["paths"]) == {
        "/api/statements", "/api/events", "/api/articles/{reading}", "/api/rows/{id}", "/api/actors/{name}",
        "/api/watch", "/api/positions",
    }  # fmt: skip
    for path in schema["paths"].values():
        assert set(path) == {"get"}
        assert path["get"]["summary"]
        assert path["get"]["description"]
        assert {"200", "400", "422"} <= set(path["get"]["responses"])
        for parameter in path["get"].get("parameters", ()):
            assert parameter["description"], parameter
    assert client.get("/docs").status_code == 404
    assert client.get("/redoc").status_code == 404


def test_paging_of_the_interface(client: Client) -> None:
    seen: list[str] = []
    offset: int | None = 0
    while offset is not None:
        answer = client.get(f"/api/statements?limit=4&offset={offset}").json()
        seen += [row["id"] for row in answer["rows"]]
        offset = answer["next"]
    assert len(seen) == len(set(seen)) == 6


def test_actor_of_the_interface(client: Client) -> None:
    answer = client.get("/api/actors/state:RUS").json()
    (other,) = [c for c in answer["counterparts"] if c["key"] == "state:UKR"]
    assert (other["verbal_cooperation"], other["verbal_conflict"], other["material_conflict"]) == (1, 1, 1)
    assert client.get("/api/actors/siapa/ini").json()["number"] == 0


@pytest.fixture(scope="module")
def described(ledger: Ledger) -> object:
    schemathesis = pytest.importorskip("schemathesis")
    return schemathesis.openapi.from_asgi("/api/openapi.json", create_app(ledger), headers={"Host": "localhost"})


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("mode", ["positive", "negative"])
def test_answers_as_described(described: object, mode: str) -> None:
    """No question that the description allows, or forbids, gets an answer that it does not have."""
    import schemathesis
    from schemathesis import GenerationMode
    from schemathesis.checks import positive_data_acceptance

    assert isinstance(described, schemathesis.BaseSchema)
    asked = 0
    for found in described.get_all_operations():
        operation = found.ok()

        @given(case=operation.as_strategy(generation_mode=GenerationMode(mode)))
        @settings(
            max_examples=15, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
        )
        def holds(case: schemathesis.Case) -> None:
            nonlocal asked
            asked += 1
            # A question in the right form may still make no sense: a bloc that does not exist.
            answer = case.call_and_validate(headers={"Host": "localhost"}, excluded_checks=[positive_data_acceptance])
            assert answer.status_code in ((200, 400, 404) if mode == "positive" else (200, 400, 404, 405, 422))

        holds()
    assert asked > 50


# Marks, words, languages, charts


def joined(text: str, marks: list[Mark]) -> str:
    return "\n".join("".join(p.text for p in line) for line in paragraphs(text, marks))


@given(
    st.text(alphabet="ab \ncd", max_size=40),
    st.lists(
        st.tuples(st.integers(0, 45), st.integers(0, 45), st.sampled_from(["content", "cue", "trigger"])), max_size=6
    ),
)
@settings(max_examples=150, deadline=None)
def test_pieces_are_the_text(text: str, spans: list[tuple[int, int, str]]) -> None:
    marks = [Mark(a, b, part, f"s{n}") for n, (a, b, part) in enumerate(spans)]
    assert joined(text, marks) == "\n".join(line for line in text.split("\n") if line.strip())
    # Each character carries exactly the marks that it lies in.
    pieces = [p for line in paragraphs(text, marks) for p in line]
    assert sum(len(p.text) * len(p.marks) for p in pieces) == sum(
        sum(1 for i in range(m.start, min(m.end, len(text))) if text[i] != "\n" and _in_words(text, i)) for m in marks
    )


def _in_words(text: str, at: int) -> bool:
    """Whether the line of a character is shown."""
    start = text.rfind("\n", 0, at) + 1
    end = text.find("\n", at)
    return bool(text[start : len(text) if end < 0 else end].strip())


def test_overlapping_marks() -> None:
    ((*pieces,),) = paragraphs("satu dua tiga", [Mark(0, 8, "content", "s0"), Mark(5, 13, "trigger", "e0")])
    assert [(p.text, [m.anchor for m in p.marks], p.begins) for p in pieces] == [
        ("satu ", ["s0"], ("s0",)),
        ("dua", ["s0", "e0"], ("e0",)),
        (" tiga", ["e0"], ()),
    ]
    assert anchor_of("0123456789abcdef.3") == "s3"
    assert anchor_of("0123456789abcdef.e3") == "e3"
    assert visible("a\x1b[31m\u202eb\tc\n") == "a[31mb\tc\n"


def test_differing_words() -> None:
    left, right = differing("Harga beras sudah turun.", "harga beras, belum turun")
    assert [(w.text, w.same) for w in left] == [("Harga beras ", True), ("sudah ", False), ("turun.", True)]
    assert [(w.text, w.same) for w in right] == [("harga beras, ", True), ("belum ", False), ("turun", True)]
    assert differing("", "apa") == ([], [("apa", False)])


def test_chosen_language() -> None:
    assert chosen(None, None, None) == "id"
    assert chosen("en", "id", "id") == "en"
    assert chosen("fr", "en", None) == "en"
    assert chosen(None, None, "de, en-GB;q=0.8, id;q=0.9") == "id"
    assert chosen(None, None, "en-US,id;q=0.5") == "en"
    assert chosen(None, None, "id;q=0, en;q=x, ,;;") == "id"


def test_every_phrase_is_there_in_both_languages() -> None:
    rows = {row["form"]: row for row in load_table("ujar.web", "phrases.tsv")}
    for row in rows.values():
        assert row["id"]
        assert row["en"]
        assert sorted(re.findall(r"\{\w+\}", row["id"])) == sorted(re.findall(r"\{\w+\}", row["en"])), row["form"]
    used: set[str] = set()
    for path in (ROOT / "src" / "ujar" / "web" / "templates").glob("*.html"):
        source = path.read_text(encoding="utf-8")
        used |= set(re.findall(r"\bt\(\s*['\"]([a-z_]+[a-z])['\"]\s*[,)]", source))
        used |= set(re.findall(r"\b(?:field|choice|tick)\(\"\w+\", \"(\w+)\"", source))
        used |= set(re.findall(r'hint="(\w+)"', source))
    assert used <= set(rows), used - set(rows)


def test_bars_of_a_pair() -> None:
    from datetime import date

    drawn = bars(
        [(date(2024, 6, 6), "forth", "verbal conflict", 3), (date(2024, 6, 20), "both", "verbal cooperation", 1)]
    )
    assert drawn
    assert drawn.unit == "day"
    assert drawn.most == 3
    assert [(b.way, b.quad, b.number) for b in drawn.bars] == [
        ("forth", "verbal-conflict", 3), ("forth", "verbal-cooperation", 1), ("back", "verbal-cooperation", 1),
    ]  # fmt: skip
    below, above, _ = drawn.bars
    assert below.y == drawn.middles[0]
    assert above.y + above.height == pytest.approx(drawn.middles[0], abs=0.2)
    assert bars([]) is None
    years = bars([(date(1, 1, 1), "forth", "verbal conflict", 1), (date(9999, 12, 31), "back", "verbal conflict", 1)])
    assert years
    assert years.unit == "year"
