"""A worker: a process of its own that reads one article after the other and sends back what each one says.

It gets pickles on standard input: how to read, then shards (lists) of articles. It sends pickles on standard output:
``None`` when it is ready, then for each article, in order, ``BEGUN`` and its analysis; or a ``Failure`` and nothing more. So
whoever started it knows which article it was at when it died, if any. It ends when its standard input does: it never outlives its parent.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
from contextlib import suppress
from queue import SimpleQueue
from threading import Thread
from typing import IO, TYPE_CHECKING, NamedTuple

from ujar.errors import UjarError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ujar.config import Config
    from ujar.read import Loaded
    from ujar.records import Analysis

    Factory = Callable[[Config], Callable[[Loaded], Analysis]]

# Seconds that the parent has to end a worker that takes too long, before the system does.
_GRACE = 10
# What is sent before an article is read; a constant of Python, so that it is the same object after a pickle.
BEGUN = True


class Failure(NamedTuple):
    """An error that concerns every article, taken apart: an exception with three arguments does not survive a pickle."""

    kind: type[UjarError]
    slug: str
    message: str
    next_step: str | None

    def error(self) -> UjarError:
        """The error itself."""
        return self.kind(self.slug, self.message, self.next_step)


def failure(error: UjarError) -> Failure:
    """An error as it can be sent."""
    return Failure(type(error), error.slug, error.message, error.next_step)


def analyzer(config: Config) -> Callable[[Loaded], Analysis]:
    """The function by which every engine reads; the models are loaded when this returns. Raises UjarError for a damaged one."""
    from ujar.pipeline import analyze, analyze_loaded
    from ujar.records import Article

    analyze(Article("", "Kami siap, kata Sari."), reader=config.reader, events=config.events)

    def read(loaded: Loaded) -> Analysis:
        if loaded.article is None:
            raise AssertionError
        return analyze_loaded(loaded.article, loaded.problems, config)

    return read


def main() -> None:
    """Read until standard input ends."""
    # Ctrl-C in a terminal goes to every process there; the parent alone decides what comes of it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    come, out = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    # What a library prints must not come between the pickles.
    os.dup2(2, 1)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    factory, config = pickle.load(come)  # noqa: S301 - of our own parent
    articles: SimpleQueue[Loaded] = SimpleQueue()
    Thread(target=_take_in, args=(come, articles), daemon=True).start()
    try:
        read = factory(config)
        _send(out, None)
        while True:
            loaded = articles.get()
            _send(out, BEGUN)
            _alarm(config.article_seconds + _GRACE)
            found = read(loaded)
            _alarm(0)
            _send(out, found)
    except UjarError as error:
        _send(out, failure(error))


def _take_in(come: IO[bytes], articles: SimpleQueue[Loaded]) -> None:
    """Take in shards beside the reading; the end of standard input is the end of the worker, whatever it is doing."""
    with suppress(Exception):
        while True:
            for loaded in pickle.load(come):  # noqa: S301 - as above
                articles.put(loaded)
    os._exit(0)


def _send(out: IO[bytes], what: object) -> None:
    try:
        pickle.dump(what, out, protocol=5)
        out.flush()
    except OSError:
        # Nobody is there to read it.
        os._exit(0)


def _alarm(seconds: float) -> None:
    """Let the system end this process after so many seconds (0: never), be it in a loop that lets no other thread run."""
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_REAL, seconds)
