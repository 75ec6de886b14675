"""The watch, on ledgers that can be counted by hand. The sentences are invented."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from ujar.actors import resolve
from ujar.commands.watch import watch as command
from ujar.errors import UjarError, UsageError
from ujar.records import Analysis, Article, Event, Mention, Party, Span, Statement
from ujar.store import Ledger, open_ledger
from ujar.store.moment import Moment
from ujar.watch import Report, as_json, watch
from ujar.watch.chart import write_chart
from ujar.watch.periods import Period, period_of
from ujar.watch.usual import ENOUGH, PAST, Sums, usual_balance, usual_count

# Monday of the week that most tests watch; ten weeks before it are history.
MONDAY = date(2025, 3, 17)


def span(text: str, words: str) -> Span:
    at = text.index(words)
    return Span(at, at + len(words))


def news(
    day: date | None,
    text: str,
    *,
    events: Sequence[dict[str, Any]] = (),
    statements: Sequence[dict[str, Any]] = (),
    names: Sequence[str] = (),
    outlet: str = "Kabar Contoh",
    id_: str | None = None,
) -> Analysis:
    """One article of one sentence a line; parties, triggers and contents are words of it."""

    def party(words: str) -> Party:
        return Party(span(text, words), words, actor=resolve(words, day))

    told = tuple(
        Event(
            e["type"],
            e.get("mode"),
            e.get("status", "actual"),
            span(text, e["trigger"]),
            tuple(party(a) for a in e["actors"]),
            tuple(party(r) for r in e.get("to", ())),
            condition=span(text, e["condition"]) if "condition" in e else None,
            date=e.get("date", day.isoformat() if day else None),
            claimed_by=e.get("claimed_by"),
            statement=e.get("statement"),
        )
        for e in events
    )
    said = tuple(
        Statement(
            (span(text, s["content"]),),
            "indirect",
            speaker=s["speaker"],
            speaker_type=s.get("kind", "person"),
            role=s.get("role"),
            addressee=span(text, s["to"]) if "to" in s else None,
        )
        for s in statements
    )
    lines = tuple(span(text, line) for line in text.split("\n") if line)
    mentions = tuple(Mention(span(text, name), "place", 0.9) for name in names)
    name = id_ or f"{day}-{outlet}-{text}"
    return Analysis(Article(name, text, None, day, outlet), said, events=told, sentences=lines, mentions=mentions)


def kept(folder: Path, *articles: Analysis) -> Ledger:
    ledger = open_ledger(folder / "ledger", create=True)
    ledger.keep(articles, engine="test")
    return ledger


def assault(day: date, actor: str, target: str, *, outlet: str = "Kabar Contoh", **more: Any) -> Analysis:
    text = f"{actor} menyerang {target} pada malam hari."
    event = {"type": "ASSAULT", "trigger": "menyerang", "actors": [actor], "to": [target], **more}
    return news(day, text, events=[event], outlet=outlet)


def accuse(day: date, actor: str = "Iran", target: str = "Amerika Serikat") -> Analysis:
    text = f"{actor} menuduh {target} melanggar janji."
    return news(day, text, events=[{"type": "ACCUSE", "trigger": "menuduh", "actors": [actor], "to": [target]}])


def history() -> list[Analysis]:
    """Ten weeks before: each week an accusation on Tuesday, and two sentences by Rina Wulandari on Wednesday."""
    out = []
    for week in range(1, 11):
        monday = MONDAY - timedelta(weeks=week)
        out.append(accuse(monday + timedelta(days=1)))
        text = "Harga beras naik, kata Rina Wulandari.\nPanen kedelai tertunda, katanya."
        both = [
            {"speaker": "Rina Wulandari", "content": "Harga beras naik", "role": "Wali Kota"},
            {"speaker": "Rina Wulandari", "content": "Panen kedelai tertunda", "role": "Wali Kota"},
        ]
        out.append(news(monday + timedelta(days=2), text, statements=both, id_=f"pasar {week}"))
    return out


# Periods


@pytest.mark.parametrize(
    ("day", "every", "start", "end", "name"),
    [
        ("2024-12-31", "day", "2024-12-31", "2025-01-01", "2024-12-31"),
        ("2024-12-31", "week", "2024-12-30", "2025-01-06", "2025-W01"),
        ("2025-01-05", "week", "2024-12-30", "2025-01-06", "2025-W01"),
        ("2025-01-06", "week", "2025-01-06", "2025-01-13", "2025-W02"),
        ("2021-01-03", "week", "2020-12-28", "2021-01-04", "2020-W53"),
        ("2024-12-31", "month", "2024-12-01", "2025-01-01", "2024-12"),
        ("2024-02-29", "month", "2024-02-01", "2024-03-01", "2024-02"),
    ],
)
def test_a_period_holds_its_first_day_and_not_its_end(day: str, every: Any, start: str, end: str, name: str) -> None:
    period = period_of(date.fromisoformat(day), every)
    assert (period.start.isoformat(), period.end.isoformat(), period.name) == (start, end, name)
    assert period_of(period.start, every) == period
    assert period_of(period.end, every) != period


def test_periods_before() -> None:
    assert period_of(date(2024, 3, 1), "day").previous().name == "2024-02-29"
    assert period_of(date(2025, 1, 1), "week").previous().name == "2024-W52"
    assert period_of(date(2025, 1, 31), "month").previous().name == "2024-12"
    assert period_of(date(2025, 1, 31), "month").previous(13).name == "2023-12"
    assert period_of(date(2025, 1, 31), "month").previous(-1).name == "2025-02"
    start, end = period_of(date(2025, 1, 31), "month").bounds("Asia/Jakarta")
    assert (start.isoformat(), end.isoformat()) == ("2025-01-01T00:00:00+07:00", "2025-02-01T00:00:00+07:00")


def test_what_is_no_period_is_refused(tmp_path: Path) -> None:
    ledger = kept(tmp_path)
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"every": "year"}, "bad-period"),
        ({"every": "week", "on": date.max}, "bad-period"),
        ({"every": "week", "zone": "Asia/Atlantis"}, "bad-zone"),
        ({"every": "week", "zone": "../../etc/passwd"}, "bad-zone"),
        ({"every": "week", "pair": "Iran"}, "bad-filter"),
        ({"every": "week", "on": date(9999, 12, 30)}, "bad-period"),
        ({"every": "week", "actor": "Iran", "bloc": "NATO"}, "bad-watch"),
        ({"every": "week", "bloc": "Rina Wulandari"}, "unknown-bloc"),
    ]
    for what, slug in wrong:
        with pytest.raises(UsageError) as error:
            watch(ledger, **what)
        assert error.value.slug == slug


# What is usual


def test_one_after_none_is_not_unusual() -> None:
    quiet = [(0, 10)] * PAST
    assert usual_count("conflict", 1, 10, quiet).unusual is None
    measure = usual_count("conflict", 5, 10, quiet)
    assert (measure.low, measure.high, measure.unusual) == (0, 1, "more")


def test_a_count_is_unusual_only_outside_of_its_range() -> None:
    past = [(n, 10) for n in (4, 5, 6, 5, 4, 6, 5, 5, 4, 6)]
    usual = usual_count("conflict", 5, 10, past)
    # Median 5, median deviation 0.5 → 5 ± 2.2; chance alone gives more: a mean of 5 gives 0 to 12 in 99 of 100 cases.
    assert (usual.usual, usual.low, usual.high, usual.unusual) == (5, 0, 12, None)
    assert usual_count("conflict", 12, 10, past).unusual is None
    assert usual_count("conflict", 13, 10, past).unusual == "more"
    many = [(n * 20, 10) for n, _ in past]
    assert usual_count("conflict", 30, 10, many).unusual is None
    assert usual_count("conflict", 11, 10, many).unusual == "less"
    # Reading twice as much gives twice as much.
    assert usual_count("conflict", 20, 20, past).unusual is None
    # One outburst does not make the next one usual.
    assert usual_count("conflict", 40, 10, [*past, (60, 10)]).unusual == "more"


def test_too_little_history_gives_no_range() -> None:
    short = usual_count("conflict", 50, 10, [(1, 10)] * (ENOUGH - 1) + [(0, 0)] * 10)
    assert (short.low, short.unusual, short.past) == (None, None, ENOUGH - 1)
    assert short.why_none == f"only {ENOUGH - 1} of the {PAST} periods before were read, {ENOUGH} are needed"
    assert usual_count("conflict", 50, 0, [(1, 10)] * PAST).why_none == "nothing of this period was read"


def test_the_balance_is_judged_with_its_chance() -> None:
    # Ten events a period, half -3 and half +3.
    past = [Sums(10, 0.0, 90.0)] * 10
    assert usual_balance(Sums(2, -18.0, 162.0), past).why_none is not None
    few = usual_balance(Sums(3, -9.0, 27.0), past)
    assert few.unusual is None
    assert few.value == -3
    many = usual_balance(Sums(30, -90.0, 270.0), past)
    # 2.576 × 3 × √(1/30 + 1/100) = 1.61.
    assert many.unusual == "less"
    assert many.low == pytest.approx(-1.61, abs=0.01)
    assert usual_balance(Sums(30, -90.0, 270.0), past[:5]).why_none is not None


# The report


def test_counts_of_a_week(tmp_path: Path) -> None:
    text = (
        "Wali Kota Rina Wulandari mengatakan banjir besar melanda Indonesia dan Malaysia.\n"
        "Petugas membagikan selimut, air bersih dan obat kepada keluarga yang bertahan di balai desa sejak Minggu sore, "
        "sementara perahu karet dikerahkan menyusuri kampung di tepi sungai untuk mencari warga yang belum mengungsi.\n"
        "Sekolah diliburkan tiga hari dan dapur umum dibuka di lapangan."
    )
    flood = {"speaker": "Rina Wulandari", "content": "banjir besar melanda Indonesia dan Malaysia", "role": "Wali Kota"}
    sunday = MONDAY + timedelta(days=6)
    ledger = kept(
        tmp_path,
        *history(),
        news(MONDAY, text, statements=[flood], names=["Indonesia", "Malaysia"]),
        # The same words in another newspaper: one statement, two reports; the text is a copy, one story.
        news(MONDAY, text, statements=[flood], names=["Indonesia", "Malaysia"], outlet="Warta Uji"),
        # The same happening in two newspapers: one event.
        assault(MONDAY, "Israel", "Iran"),
        news(
            MONDAY,
            "Pesawat tempur dari Israel kembali menggempur Iran, demikian laporan warga setempat kemarin.",
            events=[{"type": "ASSAULT", "trigger": "menggempur", "actors": ["Israel"], "to": ["Iran"]}],
            outlet="Warta Uji",
        ),
        assault(sunday, "Israel", "Suriah"),
        assault(sunday, "Israel", "Yaman", status="planned"),
        # After the week, and told in the week of a day before it.
        assault(MONDAY + timedelta(days=7), "Israel", "Irak"),
        news(
            MONDAY,
            "Israel menyerang Lebanon pada Maret.",
            events=[
                {"type": "ASSAULT", "trigger": "menyerang", "actors": ["Israel"], "to": ["Lebanon"], "date": "2025-03"}
            ],
        ),
    )
    report = watch(ledger, every="week", on=MONDAY)
    assert report.period.name == "2025-W12"
    assert report.asked
    assert (report.first_day, report.last_day) == (date(2025, 1, 7), MONDAY + timedelta(days=7))
    assert report.articles == 6
    assert (report.statements.value, report.reports) == (1, 2)
    (speaker,) = report.speakers
    assert (speaker.name, speaker.statements, speaker.reports, speaker.outlets) == ("Rina Wulandari", 1, 2, 2)
    assert speaker.about == ("Indonesia", "Malaysia")
    assert [(n.name, n.statements) for n in report.named] == [("Indonesia", 1), ("Malaysia", 1)]
    assert [m.value for m in report.quads] == [0, 0, 0, 2]
    assert (report.conflict.value, report.cooperation.value) == (2, 0)
    assert report.balance.value == -9
    assert report.not_actual == {"planned": 1}
    assert [(t.actor, t.recipient, t.quads) for t in report.towards] == [
        ("ISR", "IRN", (0, 0, 0, 1)),
        ("ISR", "SYR", (0, 0, 0, 1)),
    ]
    # One accusation a week for ten weeks, from two articles each.
    verbal = report.quads[2]
    assert (verbal.past, verbal.usual, verbal.unusual) == (10, 3, None)
    assert len(report.timeline) == PAST
    assert [p.articles for p in report.timeline[-3:]] == [2, 2, 6]
    assert [p.conflict.value for p in report.timeline[-3:]] == [1, 1, 2]
    assert report.timeline[0].articles == 0

    month = watch(ledger, every="month", on=MONDAY)
    # March: the week, the day after it, three weeks of history that begin in March, and what is dated by its month.
    assert month.conflict.value == 2 + 1 + 2 + 1
    assert watch(ledger, every="week").period.name == "2025-W13"
    assert not watch(ledger, every="week").asked
    # The last period with rows of what is watched.
    assert watch(ledger, every="week", actor="Suriah").period.name == "2025-W12"
    assert watch(ledger, every="day", pair="Iran:AS").period.name == "2025-03-11"


def test_the_unusual_is_flagged_and_the_usual_is_not(tmp_path: Path) -> None:
    targets = ["Iran", "Suriah", "Lebanon", "Yaman", "Irak", "Yordania", "Mesir", "Turki", "Qatar"]
    ledger = kept(tmp_path, *history(), accuse(MONDAY), *(assault(MONDAY, "Israel", t) for t in targets))
    report = watch(ledger, every="week", on=MONDAY)
    # Ten articles where two are usual: five accusations and ten statements would be usual, no assault was ever read.
    assert {m.name: m.unusual for m in report.unusual} == {"statements": "less", "material conflict": "more"}
    assert (report.statements.usual, report.conflict.usual, report.conflict.value) == (10, 5, 10)
    # None in twenty articles before: in nine or ten articles up to three would be chance.
    assert report.quads[3].high == 3
    quiet = watch(ledger, every="week", on=MONDAY - timedelta(days=7))
    assert quiet.unusual == ()
    assert quiet.conflict.why_none is None
    early = watch(ledger, every="week", on=MONDAY - timedelta(weeks=8))
    assert early.unusual == ()
    assert early.conflict.why_none == f"only 2 of the {PAST} periods before were read, {ENOUGH} are needed"


def test_new_is_what_was_not_for_long(tmp_path: Path) -> None:
    def threat(day: date, actor: str, target: str) -> Analysis:
        text = f"{actor} mengancam {target} dengan balasan keras."
        event = {"type": "THREATEN", "trigger": "mengancam", "actors": [actor], "to": [target]}
        return news(day, text, events=[event])

    def speech(day: date, speaker: str, content: str, *names: str) -> Analysis:
        said = {"speaker": speaker, "content": content}
        return news(day, f"{speaker} mengatakan {content}.", statements=[said], names=names)

    ledger = kept(
        tmp_path,
        *history(),
        threat(date(2024, 5, 1), "Iran", "Israel"),
        threat(MONDAY - timedelta(days=10), "Rusia", "Ukraina"),
        speech(MONDAY - timedelta(days=3), "Marco Rubio", "Iran harus menahan diri", "Iran"),
        speech(MONDAY - timedelta(days=2), "Sugiono", "Indonesia siap membantu warga", "Indonesia"),
        # By the person who acts for the state.
        threat(MONDAY, "Abbas Araghchi", "Israel"),
        threat(MONDAY, "Rusia", "Ukraina"),
        threat(MONDAY, "Turki", "Yunani"),
        threat(MONDAY, "Paguyuban Angin", "Koperasi Awan"),
        accuse(MONDAY),
        speech(MONDAY, "Marco Rubio", "sikap Iran belum berubah sama sekali", "Iran"),
        speech(MONDAY, "Sugiono", "kesepakatan dengan Iran masih mungkin dicapai", "Iran"),
    )
    report = watch(ledger, every="week", on=MONDAY)
    assert [(n.told.type, n.actor_name, n.recipient_name, n.last) for n in report.new] == [
        ("THREATEN", n.actor_name, n.recipient_name, n.last) for n in report.new
    ]
    assert {(n.actor_name, n.recipient_name): n.last for n in report.new} == {
        ("Iran", "Israel"): date(2024, 5, 1),
        ("Turki", "Yunani"): None,
    }
    assert (report.new_for, report.new_read) == (56, 19)
    on_iran = watch(ledger, every="week", on=MONDAY, actor="Iran")
    assert [(s.name, s.known) for s in on_iran.new_speakers] == [("Sugiono", True)]
    assert [(n.actor_name, n.recipient_name) for n in on_iran.new] == [("Iran", "Israel")]
    between = watch(ledger, every="week", on=MONDAY, pair="state:TUR:state:GRC")
    assert between.question.name == "Turki and Yunani"
    assert (between.conflict.value, between.statements.value) == (1, 0)


def test_changed_and_contradicted(tmp_path: Path) -> None:
    def retreat(day: date, words: str, status: str, **more: Any) -> Analysis:
        event = {
            "type": "RETREAT",
            "trigger": "menarik",
            "actors": ["Rusia"],
            "to": ["Suriah"],
            "status": status,
            **more,
        }
        return news(day, words, events=[event])

    def position(day: date, type_: str, verb: str) -> Analysis:
        text = f"Turki {verb} Swedia dalam soal keanggotaan."
        return news(day, text, events=[{"type": type_, "trigger": verb, "actors": ["Turki"], "to": ["Swedia"]}])

    ledger = kept(
        tmp_path,
        *history(),
        retreat(MONDAY - timedelta(days=20), "Rusia akan menarik pasukan dari Suriah.", "planned", date="2025-04-02"),
        retreat(MONDAY, "Rusia membantah akan menarik pasukan dari Suriah.", "denied", date="2025-04-02"),
        position(MONDAY - timedelta(days=30), "REJECT", "menolak"),
        position(MONDAY - timedelta(days=15), "SUPPORT", "mendukung"),
        position(MONDAY + timedelta(days=1), "ACCUSE", "menuding"),
        # Told differently by the two, a day apart.
        assault(MONDAY, "Pakistan", "India", claimed_by="India"),
        news(
            MONDAY + timedelta(days=1),
            "Pakistan membantah menyerang India pada malam hari.",
            events=[
                {
                    "type": "ASSAULT",
                    "trigger": "menyerang",
                    "actors": ["Pakistan"],
                    "to": ["India"],
                    "status": "denied",
                    "claimed_by": "Pakistan",
                }
            ],
            outlet="Warta Uji",
        ),
        # Words that have nothing in common: of something else.
        assault(MONDAY - timedelta(days=5), "Thailand", "Kamboja"),
        news(
            MONDAY,
            "Bangkok: kabar Thailand menembaki desa perbatasan milik Kamboja tidak benar.",
            events=[
                {
                    "type": "ASSAULT",
                    "trigger": "menembaki",
                    "actors": ["Thailand"],
                    "to": ["Kamboja"],
                    "status": "denied",
                }
            ],
        ),
    )
    report = watch(ledger, every="week", on=MONDAY)
    assert [(c.kind, c.who, c.towards) for c in report.changed] == [
        ("denied after announced", "Rusia", "Suriah"),
        ("turned against", "Turki", "Swedia"),
    ]
    denial, turn = report.changed
    assert (denial.before.sentence, denial.before.status) == ("Rusia akan menarik pasukan dari Suriah.", "planned")
    assert (denial.after.sentence, denial.after.status) == (
        "Rusia membantah akan menarik pasukan dari Suriah.",
        "denied",
    )
    assert (turn.before.type, turn.after.type) == ("SUPPORT", "ACCUSE")
    assert ledger.row(turn.before.id)[1]["sentence"] == turn.before.sentence
    (other,) = report.contradicted
    assert (other.kind, other.who, other.towards) == (None, "Pakistan", "India")
    assert (other.before.teller, other.after.teller) == ("India", "Pakistan")
    assert (other.before.status, other.after.status) == ("actual", "denied")
    # In the week before, Turkey had turned the other way.
    earlier = watch(ledger, every="week", on=MONDAY - timedelta(days=15))
    assert [(c.kind, c.who) for c in earlier.changed] == [("turned towards", "Turki")]


def test_conditions_on_the_table(tmp_path: Path) -> None:
    def line(day: date, condition: str, **more: Any) -> Analysis:
        text = f"Iran mengancam akan membalas Israel jika {condition}."
        event = {
            "type": "THREATEN",
            "trigger": "mengancam",
            "actors": ["Iran"],
            "to": ["Israel"],
            "condition": condition,
        }
        return news(day, text, events=[{**event, **more}])

    talks = "Iran menolak berunding dengan Amerika Serikat selama sanksi berlaku."
    refusal = {
        "type": "CONSULT",
        "trigger": "berunding",
        "actors": ["Iran"],
        "to": ["Amerika Serikat"],
        "status": "denied",
        "condition": "sanksi berlaku",
    }
    offer = "Turki siap membantu Suriah jika gencatan senjata bertahan."
    help_ = {
        "type": "AID",
        "trigger": "membantu",
        "actors": ["Turki"],
        "to": ["Suriah"],
        "status": "conditional",
        "condition": "gencatan senjata bertahan",
    }
    ledger = kept(
        tmp_path,
        *history(),
        line(MONDAY - timedelta(days=300), "pelabuhan ditutup"),
        line(MONDAY - timedelta(days=20), "fasilitas nuklir diserang lagi"),
        line(MONDAY + timedelta(days=2), "fasilitas nuklir kembali diserang lagi"),
        news(MONDAY - timedelta(days=40), talks, events=[refusal]),
        news(MONDAY + timedelta(days=3), offer, events=[help_]),
        line(MONDAY + timedelta(days=8), "bandara diserang"),
    )
    report = watch(ledger, every="week", on=MONDAY)
    assert [(c.kind, c.who, c.to, c.times) for c in report.conditional] == [
        ("red line", ("Iran",), ("Israel",), 2),
        ("offer", ("Turki",), ("Suriah",), 1),
        ("red line", ("Iran",), ("Amerika Serikat",), 1),
    ]
    first = report.conditional[0]
    assert (first.since, first.last) == (MONDAY - timedelta(days=20), MONDAY + timedelta(days=2))
    assert first.condition == "fasilitas nuklir kembali diserang lagi"
    assert first.told.sentence == "Iran mengancam akan membalas Israel jika fasilitas nuklir kembali diserang lagi."


def test_members_of_a_bloc_count_on_their_days(tmp_path: Path) -> None:
    # Finland is a member of NATO from 2023-04-04 on.
    ledger = kept(
        tmp_path,
        accuse(date(2023, 4, 3), "Rusia", "Finlandia"),
        accuse(date(2023, 4, 4), "Rusia", "Finlandia"),
        accuse(date(2023, 4, 4), "Rusia", "Swedia"),
        accuse(date(2023, 4, 5), "Rusia", "Norwegia"),
        accuse(date(2023, 4, 6), "Rusia", "NATO"),
    )
    report = watch(ledger, every="week", on=date(2023, 4, 4), bloc="NATO")
    assert report.conflict.value == 3
    assert {t.recipient for t in report.towards} == {"FIN", "NOR", "body:nato"}
    assert watch(ledger, every="day", on=date(2023, 4, 3), bloc="NATO").conflict.value == 0
    assert watch(ledger, every="day", on=date(2023, 4, 4), bloc="NATO").conflict.value == 1
    everybody = watch(ledger, every="week", on=date(2023, 4, 4))
    assert everybody.conflict.value == 5


def test_of_a_bloc_its_members_are_heard(tmp_path: Path) -> None:
    text = "Sauli Contoh mengatakan Rusia mengancam Finlandia."
    said = {"speaker": "Alexander Stubb", "content": "Rusia mengancam Finlandia"}
    other = {"speaker": "Vladimir Putin", "content": "Finlandia tidak diancam siapa pun"}
    ledger = kept(
        tmp_path,
        news(date(2025, 3, 17), text, statements=[said], names=["Finlandia"]),
        news(date(2025, 3, 17), "Finlandia tidak diancam siapa pun.", statements=[other], names=["Finlandia"]),
    )
    assert [s.name for s in watch(ledger, every="day", bloc="NATO").speakers] == ["Alexander Stubb"]
    assert len(watch(ledger, every="day", actor="Finlandia").speakers) == 2


def test_meetings_have_no_direction(tmp_path: Path) -> None:
    text = "Menteri Luar Negeri dari Rusia dan Turki bertemu di Ankara."
    meeting = {"type": "CONSULT", "trigger": "bertemu", "actors": ["Turki", "Rusia"]}
    ledger = kept(tmp_path, news(MONDAY, text, events=[meeting]))
    for question in ({}, {"pair": "Rusia:Turki"}, {"pair": ("Turki", "Rusia")}, {"actor": "Rusia"}):
        report = watch(ledger, every="day", on=MONDAY, **question)
        assert report.cooperation.value == 1
        (row,) = report.towards
        assert (row.actor, row.recipient, row.mutual) == ("RUS", "TUR", True)


def test_an_unknown_name_is_looked_for_in_the_names(tmp_path: Path) -> None:
    ledger = kept(
        tmp_path,
        assault(MONDAY, "Paguyuban Angin Timur", "Koperasi Awan"),
        news(
            MONDAY,
            "Ketua Paguyuban Angin Timur mengatakan kami siap pulang.",
            statements=[{"speaker": "Budi Uji", "content": "kami siap pulang", "role": "Ketua Paguyuban Angin Timur"}],
        ),
    )
    report = watch(ledger, every="day", on=MONDAY, actor="Angin Timur")
    assert (report.conflict.value, report.statements.value) == (1, 1)
    assert [s.name for s in report.new_speakers] == ["Budi Uji"]
    assert watch(ledger, every="day", on=MONDAY, actor="Angin Barat").conflict.value == 0


def test_words_of_the_period(tmp_path: Path) -> None:
    contents = [
        "Banjir besar merendam Anggrek",
        "sawah hilang karena banjir semalam",
        "kami mengungsi ketika banjir datang",
        "tanggul tidak menahan banjir lagi",
        "posko banjir kekurangan selimut",
    ]
    floods = [
        news(
            MONDAY + timedelta(days=n),
            f"{words}, kata Rina Wulandari.",
            statements=[{"speaker": "Rina Wulandari", "content": words}],
        )
        for n, words in enumerate(contents)
    ]
    ledger = kept(tmp_path, *history(), *floods)
    words = watch(ledger, every="week", on=MONDAY).words
    assert [(w.word, w.statements) for w in words] == [("banjir", 5)]
    assert words[0].score >= 1.96
    assert watch(ledger, every="week", on=date(2025, 1, 7)).words == ()


def test_an_empty_ledger_and_an_empty_period(tmp_path: Path) -> None:
    ledger = kept(tmp_path)
    report = watch(ledger, every="week", bloc="NATO")
    assert report.statements.value == report.conflict.value == 0
    assert report.balance.value is None
    assert (report.first_day, report.unusual, report.new, report.conditional) == (None, (), (), ())
    json.dumps(as_json(report))
    write_chart(report, tmp_path / "leer.svg")
    full = kept(tmp_path / "full", *history())
    empty = watch(full, every="day", on=date(2025, 3, 16))
    assert (empty.articles, empty.statements.value) == (0, 0)
    assert empty.statements.why_none == "nothing of this period was read"


# How it is shown


@pytest.fixture
def report(tmp_path: Path) -> Report:
    targets = ["Iran", "Suriah", "Lebanon", "Yaman", "Irak", "Yordania"]
    ledger = kept(tmp_path, *history(), *(assault(MONDAY, "Israel", t) for t in targets))
    return watch(ledger, every="week", on=MONDAY)


def test_json_has_all(report: Report) -> None:
    data = json.loads(json.dumps(as_json(report)))
    assert data["period"] == {
        "every": "week",
        "name": "2025-W12",
        "start": "2025-03-17",
        "end": "2025-03-24",
        "from": "2025-03-17T00:00:00+07:00",
        "until": "2025-03-24T00:00:00+07:00",
    }
    assert "material conflict" in data["unusual"]
    assert data["conflict"]["value"] == 6
    assert len(data["timeline"]) == PAST
    assert data["new"][0]["told"]["sentence"].startswith("Israel menyerang")


def test_charts_are_written_and_the_same_each_time(report: Report, tmp_path: Path) -> None:
    hostile = replace(report, question=replace(report.question, name="<b>$x$ & Uji</b>"))
    for name in ("one.svg", "two.svg"):
        write_chart(hostile, tmp_path / name)
    svg = (tmp_path / "one.svg").read_text(encoding="utf-8")
    assert svg == (tmp_path / "two.svg").read_text(encoding="utf-8")
    assert "<b>" not in svg
    assert "&lt;b&gt;$x$ &amp; Uji" in svg
    assert ">cooperation<" in svg
    assert ">usual range<" in svg
    assert "<dc:date>" not in svg
    for name, begin in (("grafik.svg", b"<?xml"), ("grafik.PNG", b"\x89PNG")):
        write_chart(report, tmp_path / name)
        assert (tmp_path / name).read_bytes().startswith(begin)
    with pytest.raises(UsageError) as error:
        write_chart(report, tmp_path / "grafik.pdf")
    assert error.value.slug == "bad-chart"
    with pytest.raises(UjarError) as missing:
        write_chart(report, tmp_path / "nirgends" / "grafik.svg")
    assert missing.value.slug == "cannot-write"


def test_without_matplotlib_it_says_what_to_install(
    report: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "matplotlib", None)
    with pytest.raises(UjarError) as error:
        write_chart(report, tmp_path / "grafik.svg")
    assert (error.value.slug, error.value.next_step) == ("missing-extra", "pip install 'ujar[ledger]'")


def test_the_command(tmp_path: Path) -> None:
    targets = ["Iran", "Suriah", "Lebanon", "Yaman", "Irak", "Yordania"]
    evil = "Israel \x1b[31mmenyerang\x1b[0m Bahrain pada malam hari."
    attack = {"type": "ASSAULT", "trigger": "menyerang", "actors": ["Israel"], "to": ["Bahrain"]}
    ledger = kept(
        tmp_path, *history(), *(assault(MONDAY, "Israel", t) for t in targets), news(MONDAY, evil, events=[attack])
    )
    chart, output = tmp_path / "c.svg", tmp_path / "o.txt"
    where = ["--ledger", str(ledger.folder)]
    done = CliRunner().invoke(
        command, ["--every", "week", *where, "--chart", str(chart), "--output", str(output)], catch_exceptions=False
    )
    assert done.exit_code == 0
    assert chart.stat().st_size > 5000
    text = output.read_text(encoding="utf-8")
    assert text.startswith("everything: week 2025-W12\n")
    assert "the last period with anything on it" in text
    assert "7 events of material conflict, more than usual (0 to 3)" in text
    assert "ASSAULT  Israel → Iran: the first in the ledger" in text
    assert "\x1b" not in text
    assert all(line == line.rstrip() for line in text.split("\n"))
    done = CliRunner().invoke(
        command,
        ["--every", "day", "--on", "2025-03-17", "--actor", "Israel", *where, "--format", "json"],
        catch_exceptions=False,
    )
    assert json.loads(done.stdout)["question"]["name"] == "Israel"
    for wrong in (["--every", "week", "--chart", "c.pdf"], ["--every", "week", "--on", "besok"]):
        assert isinstance(CliRunner().invoke(command, [*wrong, *where]).exception, UsageError)


def test_days_at_the_edges_of_the_calendar(tmp_path: Path) -> None:
    ledger = kept(tmp_path, *history())
    for every, on in (
        ("week", date(1, 1, 3)),
        ("week", date(1, 1, 8)),
        ("month", date(2, 1, 8)),
        ("day", date(1, 1, 1)),
    ):
        report = watch(ledger, every=every, on=on)  # type: ignore[arg-type]
        assert report.statements.value == 0
        assert report.timeline[-1].period == report.period
        json.dumps(as_json(report))
    assert len(watch(ledger, every="week", on=date(1, 1, 8)).timeline) == 2
    assert watch(ledger, every="day", on=date(9999, 12, 29)).statements.value == 0
    with pytest.raises(UsageError):
        period_of(date(1, 1, 3), "week").previous()


def test_a_name_is_found_by_whole_words_only(tmp_path: Path) -> None:
    ledger = kept(
        tmp_path,
        news(
            MONDAY,
            "Raza Amali Uji mengatakan pasar ramai.",
            statements=[{"speaker": "Raza Amali Uji", "content": "pasar ramai"}],
        ),
        news(
            MONDAY,
            "Budi Mali Uji mengatakan hujan turun.",
            statements=[{"speaker": "Budi Mali Uji", "content": "hujan turun"}],
        ),
    )
    assert [s.name for s in watch(ledger, every="day", actor="Mali Uji").speakers] == ["Budi Mali Uji"]
    assert ledger.statements(speaker="Mali Uji").num_rows == 1


def test_what_is_between_two_is_counted_as_the_ledger_does(tmp_path: Path) -> None:
    text = "Turki dan Rusia menyerang Suriah di utara."
    attack = {"type": "ASSAULT", "trigger": "menyerang", "actors": ["Turki", "Rusia"], "to": ["Suriah"]}
    meeting = {"type": "CONSULT", "trigger": "bertemu", "actors": ["Turki", "Rusia"]}
    ledger = kept(
        tmp_path,
        # Side by side against a third: nothing between the two.
        news(MONDAY, text, events=[attack]),
        news(MONDAY, "Turki dan Rusia bertemu di Ankara.", events=[meeting]),
        assault(MONDAY, "Turki", "Rusia"),
    )
    report = watch(ledger, every="day", pair="Turki:Rusia")
    assert (report.conflict.value, report.cooperation.value) == (1, 1)
    assert sorted(ledger.events(pair=("Turki", "Rusia"))["type"].to_pylist()) == ["ASSAULT", "CONSULT"]
    keys = watch(ledger, every="day", pair="state:TUR:state:RUS")
    assert (keys.conflict.value, keys.cooperation.value) == (1, 1)


def test_a_report_is_of_one_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def line(number: int) -> Analysis:
        text = f"Iran mengancam akan membalas Israel jika pelabuhan nomor {number} ditutup."
        event = {
            "type": "THREATEN",
            "trigger": "mengancam",
            "actors": ["Iran"],
            "to": ["Israel"],
            "condition": f"pelabuhan nomor {number} ditutup",
        }
        return news(MONDAY, text, events=[event], id_=f"baris {number}")

    ledger = kept(tmp_path, line(1))
    ledger.keep([line(2)], engine="test")
    before = as_json(watch(ledger, every="day"))
    asked: list[str] = []
    plain_ask = Moment.ask

    def ask(moment: Moment, sql: str, parameters: Sequence[object] = ()) -> Any:
        asked.append(sql)
        if len(asked) == 12:
            # Another process supersedes one article and merges the parts.
            other = open_ledger(ledger.folder)
            other.keep(
                [replace(line(1), article=replace(line(1).article, text="Ralat. " + line(1).article.text), events=())],
                engine="test",
            )
            other.tidy(everything=True)
        return plain_ask(moment, sql, parameters)

    monkeypatch.setattr(Moment, "ask", ask)
    during = as_json(watch(ledger, every="day"))
    assert len(asked) >= 12
    after = as_json(watch(ledger, every="day"))
    assert after != before
    # As it was, or as it is now: nothing between the two.
    assert during in (before, after)


def test_nothing_drives_the_terminal(tmp_path: Path) -> None:
    text = "Israel menyerang Iran\x9b31m pada\u202e malam hari."
    event = {"type": "ASSAULT", "trigger": "menyerang", "actors": ["Israel"], "to": ["Iran"]}
    ledger = kept(tmp_path, news(MONDAY, text, events=[event], outlet="Kabar\x9b2J"))
    for columns in ("", "lebar", "80"):
        done = CliRunner().invoke(
            command,
            ["--every", "day", "--ledger", str(ledger.folder), "--format", "json" if columns == "80" else "text"],
            env={"COLUMNS": columns},
            catch_exceptions=False,
        )
        assert done.exit_code == 0
        assert not {"\x9b", "\u202e"} & set(done.stdout)


def test_periods_are_values() -> None:
    assert Period("day", date(2025, 1, 1), date(2025, 1, 2)) == period_of(date(2025, 1, 1), "day")


def test_nothing_is_new_where_nothing_was_read_before(tmp_path: Path) -> None:
    ledger = kept(tmp_path, assault(MONDAY, "Israel", "Iran"))
    report = watch(ledger, every="week", on=MONDAY)
    assert (report.new, report.new_read, report.totals["new"]) == ((), 0, 0)
    done = CliRunner().invoke(command, ["--every", "week", "--ledger", str(ledger.folder)])
    assert "What is new cannot be told" in done.output
    # With a single article before, the same is new.
    ledger.keep([assault(MONDAY - timedelta(days=10), "Thailand", "Kamboja")], engine="test")
    assert [n.actor_name for n in watch(ledger, every="week", on=MONDAY).new] == ["Israel"]


def test_background_turns_nobody(tmp_path: Path) -> None:
    """What somebody did half a year ago is told today: that is no turn against what was said last week."""

    def told(day: date, verb: str, type_: str, of: str) -> Analysis:
        event = {"type": type_, "trigger": verb, "actors": ["Turki"], "to": ["Swedia"], "date": of}
        return news(day, f"Turki {verb} Swedia dalam rapat {day}.", events=[event])

    before = told(MONDAY - timedelta(days=7), "mendukung", "SUPPORT", (MONDAY - timedelta(days=7)).isoformat())
    old = told(MONDAY, "menuduh", "ACCUSE", (MONDAY - timedelta(days=170)).isoformat())
    ledger = kept(tmp_path, before, old)
    assert watch(ledger, every="week", on=MONDAY).changed == ()
    ledger.keep([told(MONDAY + timedelta(days=1), "menuduh", "ACCUSE", MONDAY.isoformat())], engine="test")
    (turn,) = watch(ledger, every="week", on=MONDAY).changed
    assert (turn.kind, turn.before.day < turn.after.day) == ("turned against", True)


def test_words_without_content_are_no_topic(tmp_path: Path) -> None:
    def said(day: date, number: int, words: str) -> Analysis:
        content = f"{words} nomor {number}"
        return news(
            day, f"Rina Wulandari mengatakan {content}.", statements=[{"content": content, "speaker": "Rina Wulandari"}]
        )

    articles = [
        said(MONDAY - timedelta(days=7 * w), 10 * w + n, "harga beras naik") for w in range(1, 9) for n in range(3)
    ]
    articles += [said(MONDAY, 100 + n, "rudal tersebut akan dibeli sebagai cadangan") for n in range(9)]
    words = {w.word for w in watch(kept(tmp_path, *articles), every="week", on=MONDAY).words}
    assert "rudal" in words
    assert not words & {"tersebut", "akan", "sebagai"}


@pytest.mark.parametrize("pair", ["AS:AS", "AS:Amerika Serikat", "AS:Iran:Israel", "AS"])
def test_what_is_no_pair(tmp_path: Path, pair: str) -> None:
    ledger = kept(tmp_path, assault(MONDAY, "Israel", "Iran"))
    with pytest.raises(UsageError):
        watch(ledger, every="week", on=MONDAY, pair=pair)


def test_a_name_that_nobody_has_is_told(tmp_path: Path) -> None:
    ledger = kept(tmp_path, assault(MONDAY, "Israel", "Iran"))
    for name, told in (("Zorgon", True), ("Israel", False)):
        done = CliRunner().invoke(command, ["--every", "week", "--actor", name, "--ledger", str(ledger.folder)])
        assert ("nothing in the ledger is by, to or about" in done.output) is told
