"""A ledger that can be counted by hand: eight short articles, ten statements, seven events; made without a model."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from ujar.actors import resolve
from ujar.records import Analysis, Article, Event, Mention, Party, Span, Statement, Step
from ujar.store import Ledger, open_ledger

if TYPE_CHECKING:
    from pathlib import Path


def at(text: str, words: str) -> Span:
    """Where some words stand."""
    start = text.index(words)
    return Span(start, start + len(words))


def article(name: str, text: str, day: str | None, outlet: str | None, **more: Any) -> Article:
    return Article(
        name, text, published=date.fromisoformat(day) if day else None, outlet=outlet, title=f"Kabar {name}", **more
    )


def said(text: str, content: str, **what: Any) -> Statement:
    """A statement; parts that are words of the text are given as words."""
    spans = {n: at(text, what.pop(n)) for n in ("cue", "source", "addressee", "time") if n in what}
    via = tuple(at(text, v) for v in what.pop("via", ()))
    kind = what.pop("kind", "direct")
    return Statement(
        (at(text, content),), kind, via=via, steps=(Step("content", "test"),), **{"confidence": 0.9, **what, **spans}
    )


def done(text: str, trigger: str, actors: str, recipients: str = "", *, on: date | None = None, **what: Any) -> Event:
    """An event; the parties are words of the text, with commas between."""

    def parties(names: str) -> tuple[Party, ...]:
        return tuple(Party(at(text, n), n, actor=resolve(n, on)) for n in names.split(", ") if n)

    return Event(
        what.pop("type"), what.pop("mode", None), what.pop("status", "actual"), at(text, trigger),
        parties(actors), parties(recipients), **{"confidence": 0.8, **what},
    )  # fmt: skip


def analysis(own: Article, *found: Statement | Event, names: str = "") -> Analysis:
    """A reading; ``names``: words of the text that are names of places or persons, with commas between."""
    text = own.text
    starts = [0, *(n + 2 for n, c in enumerate(text) if text[n : n + 2] in (". ", ".\n"))]
    sentences = tuple(Span(a, b) for a, b in zip(starts, [*(s - 1 for s in starts[1:]), len(text)], strict=True))
    return Analysis(
        own,
        tuple(f for f in found if isinstance(f, Statement)),
        events=tuple(f for f in found if isinstance(f, Event)),
        sentences=sentences,
        mentions=tuple(Mention(at(text, n), "place", 0.9) for n in names.split(", ") if n),
    )


def small() -> dict[str, Analysis]:
    """The readings by name."""
    a = (
        'Presiden Rusia Vladimir Putin mengatakan kepada Reuters: "Rudal kami sudah siap di perbatasan timur." '
        "Sekretaris Jenderal NATO Jens Stoltenberg menilai Rusia harus menarik rudalnya dari Ukraina.\n"
        "Rusia mengancam Ukraina bila bantuan tiba."
    )
    b = (
        'Presiden Prancis Emmanuel Macron berkata kepada Israel bahwa "gencatan senjata" di Gaza mendesak. '
        'Warga Desa Banyu, Sari Wening, berkata: "Senjata gencatan itu bukan urusan kami." '
        "Israel menyerang Palestina pada hari itu."
    )
    c = 'Menurut Ningtyas Álvarez, "perudalan lama tinggal kenangan". Serikat Tani Banyu sepakat dengan Indonesia.'
    d = 'Vladimir Putin mengatakan, "Rudal kami sudah siap di perbatasan timur." Ukraina meminta bantuan kepada Jerman.'
    e = "Presiden Finlandia Sauli Niinistö mengatakan negaranya tenang. Rusia mengancam Finlandia."
    f = "Presiden Finlandia Sauli Niinistö mengatakan aliansi menyambut mereka. Rusia mengancam Finlandia."
    g = "Seseorang mengatakan harga beras naik lagi pekan ini. Ia tidak menyebut nama."
    h = "Media pemerintah menulis bahwa cuaca cerah. Israel tidak akan menyerang Palestina."
    day = date.fromisoformat
    return {
        "a": analysis(
            article("a", a, "2024-06-03", "Harian Satu", url="https://satu.example/a"),
            said(a, "Rudal kami sudah siap di perbatasan timur", speaker="Vladimir Putin", role="Presiden Rusia",
                 speaker_type="person", cue="mengatakan", source="Presiden Rusia Vladimir Putin", via=["Reuters"],
                 date="2024-06-02"),
            said(a, "Rusia harus menarik rudalnya dari Ukraina", kind="indirect", speaker="Jens Stoltenberg",
                 role="Sekretaris Jenderal NATO", cue="menilai", confidence=0.7),
            done(a, "mengancam", "Rusia", "Ukraina", type="THREATEN", condition=at(a, "bila bantuan tiba"),
                 on=day("2024-06-03")),
            names="Ukraina",
        ),
        "b": analysis(
            article("b", b, "2024-06-10", "Warta Dua"),
            said(b, '"gencatan senjata" di Gaza mendesak', kind="mixed", speaker="Emmanuel Macron",
                 role="Presiden Prancis", addressee="Israel", confidence=0.6),
            said(b, "Senjata gencatan itu bukan urusan kami", speaker="Sari Wening", role="Warga Desa Banyu"),
            done(b, "menyerang", "Israel", "Palestina", type="ASSAULT", date="2024-06-09", on=day("2024-06-10")),
            names="Gaza",
        ),
        "c": analysis(
            article("c", c, None, None),
            said(c, "perudalan lama tinggal kenangan", speaker="Ningtyas Álvarez"),
            done(c, "sepakat", "Serikat Tani Banyu, Indonesia", type="AGREE"),
        ),
        "d": analysis(
            article("d", d, "2024-06-04", "Warta Dua"),
            said(d, "Rudal kami sudah siap di perbatasan timur", speaker="Vladimir Putin", confidence=0.8),
            done(d, "meminta", "Ukraina", "Jerman", type="REQUEST", status="demanded", on=day("2024-06-04")),
        ),
        "e": analysis(
            article("e", e, "2023-04-03", "Harian Satu"),
            said(e, "negaranya tenang", kind="indirect", speaker="Sauli Niinistö", role="Presiden Finlandia"),
            done(e, "mengancam", "Rusia", "Finlandia", type="THREATEN", on=day("2023-04-03")),
        ),
        "f": analysis(
            article("f", f, "2023-04-04", "Harian Satu"),
            said(f, "aliansi menyambut mereka", kind="indirect", speaker="Sauli Niinistö", role="Presiden Finlandia"),
            done(f, "mengancam", "Rusia", "Finlandia", type="THREATEN", on=day("2023-04-04")),
        ),
        "g": analysis(
            article("g", g, "2024-07-01", "Warta Dua"),
            said(g, "harga beras naik lagi pekan ini", kind="indirect"),
        ),
        "h": analysis(
            article("h", h, "2024-07-02", "Kabar Tiga"),
            said(h, "cuaca cerah", kind="indirect", speaker="Media pemerintah", speaker_type="medium", confidence=0.5),
            done(h, "menyerang", "Israel", "Palestina", type="ASSAULT", status="denied", on=day("2024-07-02")),
        ),
    }  # fmt: skip


def small_ledger(folder: Path) -> Ledger:
    ledger = open_ledger(folder, create=True)
    ledger.keep(small().values(), engine="test")
    return ledger


def short(ledger: Ledger, found: Any) -> list[str]:
    """Rows as "a.0", "b.e1": the article's id without its address, and the number."""
    out = []
    for row in found.to_pylist():
        name = row["article"].rsplit("/", 1)[-1]
        out.append(f"{name}.{'e' if '.e' in row['id'] else ''}{row['number']}")
    return out
