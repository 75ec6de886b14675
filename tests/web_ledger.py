"""A small ledger for the tests of the page, countable by hand, and a client that asks an application without a server.

Six articles: a statement in three reports (one of them an older reading) and an event against Ukraine, an answer from
Ukraine, a meeting of both, a long one, and one whose every field is hostile.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from ujar.actors import resolve
from ujar.records import Analysis, Article, Event, Mention, Party, Span, Statement, Step
from ujar.store import Ledger, open_ledger
from ujar.web.app import create_app

if TYPE_CHECKING:
    from collections.abc import Iterator

SAID = "rudal jarak jauh itu ancaman bagi perdamaian dunia"
MOSCOW = (
    "Menteri Luar Negeri Rusia Sergey Lavrov mengatakan {said} kepada wartawan, Kamis (6/6/2024).\n"
    "\n"
    "Ia menegaskan Rusia akan menyerang Ukraina jika rudal itu datang."
)
# Elements, attributes, a formula, terminal codes, marks that turn the direction of text.
HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(2)>\x1b[31m\u202e'


def span(text: str, words: str, start: int = 0) -> Span:
    """Where some words stand."""
    at = text.index(words, start)
    return Span(at, at + len(words))


def party(text: str, words: str, on: date) -> Party:
    """Somebody in an event, resolved by the tables."""
    return Party(span(text, words), words, actor=resolve(words, on))


def sentences(text: str) -> tuple[Span, ...]:
    """Lines, for want of a parser."""
    return tuple(span(text, line) for line in text.split("\n") if line)


def moscow(id_: str, outlet: str, said: str, day: date, title: str) -> Analysis:
    """A statement of Russia's foreign minister and a threat within another statement."""
    text = MOSCOW.format(said=said)
    threat = "Rusia akan menyerang Ukraina jika rudal itu datang"
    return Analysis(
        Article(id_, text, title, day, outlet, f"https://contoh.example/{id_}"),
        (
            Statement(
                (span(text, said),),
                "indirect",
                cue=span(text, "mengatakan"),
                source=span(text, "Menteri Luar Negeri Rusia Sergey Lavrov"),
                speaker="Sergey Lavrov",
                speaker_type="person",
                role="Menteri Luar Negeri Rusia",
                addressee=span(text, "wartawan"),
                time=span(text, "Kamis (6/6/2024)"),
                date="2024-06-06",
                steps=(Step("content", "indirect.before"), Step("cue", "before.root")),
                confidence=0.93,
            ),
            Statement(
                (span(text, threat),),
                "indirect",
                cue=span(text, "menegaskan"),
                source=span(text, "Ia"),
                speaker="Sergey Lavrov",
                speaker_type="person",
                role="Menteri Luar Negeri Rusia",
                date="2024-06-06",
                confidence=0.81,
            ),
        ),
        events=(
            Event(
                "THREATEN",
                "violence",
                "conditional",
                span(text, "akan menyerang"),
                (party(text, "Rusia", day),),
                (party(text, "Ukraina", day),),
                condition=span(text, "jika rudal itu datang"),
                date="2024-06-06",
                statement=1,
                contexts=("military",),
                steps=(Step("event", "row 'akan menyerang'"),),
                confidence=0.77,
            ),
            Event(
                "ACCUSE",
                None,
                "actual",
                span(text, "mengatakan"),
                (party(text, "Rusia", day),),
                (party(text, "Ukraina", day),),
                date="2024-06-06",
                statement=0,
                confidence=0.5,
            ),
        ),
        sentences=sentences(text),
        mentions=tuple(
            Mention(span(text, name), "place", 0.9) for name in ("Ukraina",)
        ),
    )  # fmt: skip


def kyiv() -> Analysis:
    """An attack by Ukraine, told by the reporter, and an answer of its president."""
    text = 'Ukraina menyerang Rusia pada Jumat. "Kami hanya membela diri dari Rusia," kata Volodymyr Zelensky.'
    on = date(2024, 6, 8)
    return Analysis(
        Article("kyiv", text, "Kyiv menjawab", on, "Kabar Uji", "https://contoh.example/kyiv"),
        (
            Statement(
                (span(text, "Kami hanya membela diri dari Rusia"),),
                "direct",
                cue=span(text, "kata"),
                source=span(text, "Volodymyr Zelensky"),
                speaker="Volodymyr Zelensky",
                speaker_type="person",
                confidence=0.97,
            ),
        ),
        events=(
            Event(
                "ASSAULT", None, "actual", span(text, "menyerang"), (party(text, "Ukraina", on),),
                (party(text, "Rusia", on),), date="2024-06-07", confidence=0.9,
            ),
        ),
        sentences=sentences(text),
        mentions=(Mention(span(text, "Rusia", 40), "place", 0.9),),
    )  # fmt: skip


def meeting() -> Analysis:
    """A meeting: both sides do it, none is its recipient."""
    text = "Rusia dan Ukraina berunding di Istanbul."
    on = date(2024, 6, 20)
    return Analysis(
        Article("temu", text, "Berunding di Istanbul", on, "Harian Contoh", "https://contoh.example/temu"),
        (),
        events=(
            Event(
                "CONSULT", "visit", "actual", span(text, "berunding"),
                (party(text, "Rusia", on), party(text, "Ukraina", on)), place=span(text, "Istanbul"), confidence=0.8,
            ),
        ),
        sentences=sentences(text),
    )  # fmt: skip


def hostile() -> Analysis:
    """An article that attacks whoever shows it."""
    text = f'{HOSTILE} <b>"=SUM(A1) {HOSTILE}" </p></div> kata <i>Budi</i> kepada @warga'
    content = f"=SUM(A1) {HOSTILE}"
    return Analysis(
        Article(HOSTILE, text, HOSTILE, date(2024, 6, 9), '=HYPERLINK("http://jahat.example")', "javascript:alert(4)"),
        (
            Statement(
                (span(text, content),),
                "direct",
                cue=span(text, "kata"),
                speaker=f"Budi {HOSTILE}",
                speaker_type="person",
                role=HOSTILE,
                addressee=span(text, "@warga"),
                via=(span(text, "<i>"),),
                steps=(Step("content", HOSTILE),),
                confidence=0.4,
            ),
        ),
        sentences=(Span(0, len(text)),),
    )


def small_ledger(folder: Path) -> Ledger:
    """The ledger that the docstring of this file tells of."""
    ledger = open_ledger(folder, create=True)
    first = moscow("lavrov", "Harian Contoh", SAID, date(2024, 6, 6), "Moskow memperingatkan")
    ledger.keep([first, kyiv(), meeting(), hostile()], engine="test")
    copy = moscow("salinan", "Kabar Uji", SAID.replace("dunia", "Eropa"), date(2024, 6, 7), "Rusia: rudal ancaman")
    ledger.keep([copy], engine="test")
    # The first article changes its headline: its older reading stays.
    ledger.keep(
        [moscow("lavrov", "Harian Contoh", SAID, date(2024, 6, 6), "Moskow memperingatkan lagi")], engine="test"
    )
    return ledger


class Client:
    """Asks an application as a browser would that keeps no cookies."""

    def __init__(self, app: Any, **headers: str) -> None:
        self.app = app
        self.headers = headers

    def get(self, path: str, **headers: str) -> httpx.Response:
        """The answer to a GET."""
        return self.send("GET", path, headers=headers)

    def send(self, method: str, path: str, **more: Any) -> httpx.Response:
        """The answer to a request; redirects are not followed."""

        async def ask() -> httpx.Response:
            # A fault of the application is its answer 500, as behind a server.
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
                return await client.request(
                    method, path, **{**more, "headers": {**self.headers, **more.get("headers", {})}}
                )

        return asyncio.run(ask())


def reading_of(ledger: Ledger, article: str, *, current: bool = True) -> str:
    """The current reading of an article, or its first."""
    rows = ledger.articles(article).to_pylist()
    return (rows[0] if current else rows[-1])["reading"]


@contextmanager
def serving(ledger: Ledger) -> Iterator[str]:
    """A server on a free port, by its address."""
    uvicorn = pytest.importorskip("uvicorn")
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(ledger), log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=20)
        listening.close()
