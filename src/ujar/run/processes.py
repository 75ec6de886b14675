"""Reading in several processes of this machine: articles handed out in small shards, analyses given back in order.

Little is under way at a time, so memory does not grow with what is read; a worker that dies takes nothing with it but the
article it was at.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import chain
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic
from typing import IO, TYPE_CHECKING, Any

from ujar.errors import UjarError
from ujar.records import Analysis, Problem
from ujar.run.worker import BEGUN, Failure, analyzer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ujar.config import Config
    from ujar.read import Loaded
    from ujar.run.worker import Factory

# Articles in a shard, and shards that wait at a worker: enough to go on with while what was read is being kept.
SHARD, _SHARDS = 16, 4
# Characters that are under way for each worker, if more than one article is.
_CHARACTERS = 4_000_000
# Seconds after which a shard that a slow source has not filled is handed out as it is.
_PATIENCE = 0.2
# Seconds between two looks after which this process counts as having been stopped itself.
_BLIND = 1.0
# How often an article is tried, and how many workers in a row may die before they have read anything.
_TRIES, _STARTS = 2, 3
_READ = "two workers that read this article"
# One thread of the linear algebra a worker: more of them wait for each other.
_THREADS = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1")
_CODE = "import sys; sys.path[:] = sys.argv[1:]; from ujar.run.worker import main; main()"


@dataclass(slots=True)
class _Task:
    """An article on its way: its place in the order, how many workers died reading it, and before they came to read it."""

    number: int
    loaded: Loaded
    deaths: int = 0
    unread: int = 0

    @property
    def size(self) -> int:
        return len(self.loaded.article.text) if self.loaded.article else 0


@dataclass(slots=True, eq=False)
class _Worker:
    """A worker seen from its parent.

    Attributes:
        process: the process.
        shards: what is to be sent to it; None ends it.
        tasks: what it has not given back yet, in the order in which it reads.
        ready: whether it has loaded what it needs.
        reading: whether it is at the first of them, and not before it.
        since: when it last began an article, in seconds of the monotonic clock; set by the thread that listens to it.
        slow: whether it was ended because an article took too long.
    """

    process: subprocess.Popen[bytes]
    shards: SimpleQueue[list[Loaded] | None] = field(default_factory=SimpleQueue)
    tasks: deque[_Task] = field(default_factory=deque)
    ready: bool = False
    reading: bool = False
    since: float = field(default_factory=monotonic)
    slow: bool = False
    threads: tuple[Thread, ...] = ()


@dataclass(slots=True)
class Pool:
    """Some worker processes; ``read`` may be called again and again, ``close`` ends them."""

    config: Config
    workers: int
    factory: Factory = analyzer
    _running: list[_Worker] = field(default_factory=list)
    _inbox: SimpleQueue[tuple[_Worker, Any]] = field(default_factory=SimpleQueue)
    # Tasks of workers that died: those they were at, and those that only waited.
    _suspects: deque[_Task] = field(default_factory=deque)
    _back: deque[_Task] = field(default_factory=deque)
    # What is ready to be given out, by its place in the order; the next place to be given away, and to be given out.
    _done: dict[int, tuple[Analysis | Problem, ...]] = field(default_factory=dict)
    _next_in: int = 0
    _next_out: int = 0
    _characters: int = 0
    _failed_starts: int = 0
    # When it was last looked who takes too long.
    _looked: float = field(default_factory=monotonic)

    def read(self, loaded: Iterable[Loaded]) -> Iterator[Analysis | Problem]:
        """The analyses of articles, in their order, and the problems of what is no article.

        Raises UjarError when no worker can be started, or for a damaged model.
        """
        source = iter(loaded)
        if (first := next(source, None)) is None:
            # A run that finds everything kept already starts no workers.
            return
        source = chain((first,), source)
        more = True
        while len(self._running) < self.workers:
            self._start()
        while True:
            handed, more = self._hand_out(source, more=more)
            self._take_in(wait=not handed)
            while self._next_out in self._done:
                yield from self._done.pop(self._next_out)
                self._next_out += 1
            if not more and self._next_out == self._next_in:
                return

    def close(self) -> None:
        """End the workers: what they are doing is lost."""
        for worker in self._running:
            worker.process.kill()
            self._bury(worker)
        self._running.clear()

    # Inside

    def _start(self) -> None:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and code
            # -P: a file of the working folder must not pass for a module of Python.
            [sys.executable, "-P", "-c", _CODE, *sys.path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **_THREADS},
        )
        worker = _Worker(process)
        if process.stdin is None or process.stdout is None:
            raise AssertionError
        first = (self.factory, self.config)
        worker.threads = (
            Thread(target=_feed, args=(worker, process.stdin, first), daemon=True),
            Thread(target=_listen, args=(worker, process.stdout, self._inbox), daemon=True),
        )
        for thread in worker.threads:
            thread.start()
        self._running.append(worker)

    @staticmethod
    def _bury(worker: _Worker) -> int:
        """Wait for the end of a worker that is ending; its exit status, negative for a signal."""
        worker.shards.put(None)
        code = worker.process.wait()
        for thread in worker.threads:
            thread.join()
        return code

    def _hand_out(self, source: Iterator[Loaded], *, more: bool) -> tuple[bool, bool]:
        """Give one shard to a worker that has room: whether one was given, and whether the source may hold more."""
        # An article that a worker died of is read alone, so that nothing else waits behind it.
        free = [
            w for w in self._running if len(w.tasks) <= SHARD * (_SHARDS - 1) and not any(t.deaths for t in w.tasks)
        ]
        if not free:
            return False, more
        worker = min(free, key=lambda w: len(w.tasks))
        if self._suspects and not worker.tasks:
            self._give(worker, [self._suspects.popleft()])
            return True, more
        shard = [self._back.popleft() for _ in range(min(SHARD, len(self._back)))]
        if not shard and more:
            shard, more = self._from(source)
        if shard:
            self._give(worker, shard)
        return bool(shard), more

    def _from(self, source: Iterator[Loaded]) -> tuple[list[_Task], bool]:
        """A shard of the source, as far as there is room for it, and whether the source may hold more."""
        shard: list[_Task] = []
        until = monotonic() + _PATIENCE
        while len(shard) < SHARD and monotonic() < until:
            full = self._next_in - self._next_out >= self.workers * SHARD * _SHARDS
            if full or self._characters >= self.workers * _CHARACTERS:
                break
            if (loaded := next(source, None)) is None:
                return shard, False
            task = _Task(self._next_in, loaded)
            self._next_in += 1
            if loaded.article is None:
                self._done[task.number] = loaded.problems
            else:
                self._characters += task.size
                shard.append(task)
        return shard, True

    @staticmethod
    def _give(worker: _Worker, shard: list[_Task]) -> None:
        if not worker.tasks:
            worker.since = monotonic()
        worker.tasks.extend(shard)
        worker.shards.put([t.loaded for t in shard])

    def _take_in(self, *, wait: bool) -> None:
        """Take what the workers have sent, all of it; then look who takes too long."""
        seconds = 0.5 if wait and any(w.tasks for w in self._running) else 0.0
        with suppress(Empty):
            while True:
                worker, message = self._inbox.get(timeout=seconds) if seconds else self._inbox.get_nowait()
                seconds = 0.0
                if isinstance(message, Failure):
                    raise message.error()
                if isinstance(message, _Gone):
                    self._died(worker)
                elif message is None:
                    worker.ready = True
                    self._failed_starts = 0
                elif message is BEGUN:
                    worker.reading = True
                else:
                    worker.reading = False
                    self._finish(worker.tasks.popleft(), message)
        now = monotonic()
        blind, self._looked = now - self._looked, now
        for worker in self._running:
            if blind > _BLIND:
                # Stopped, or busy with keeping: what was sent meanwhile may not have been heard. It does not count as slow.
                worker.since += blind
            if worker.ready and worker.tasks and now - worker.since > self.config.article_seconds:
                worker.slow = True
                worker.process.kill()

    def _finish(self, task: _Task, found: Analysis) -> None:
        self._characters -= task.size
        self._done[task.number] = (found,)

    def _died(self, worker: _Worker) -> None:
        """Start another worker; try what this one was at once more, or set it aside, and give the rest to others."""
        self._running.remove(worker)
        code = self._bury(worker)
        if not worker.ready:
            self._failed_starts += 1
            if self._failed_starts >= _STARTS:
                raise UjarError(
                    "no-workers",
                    f"{_STARTS} worker processes in a row ended before they could read ({_ending(code)})",
                    "look at the memory of the machine; without --workers one process reads",
                )
        elif worker.tasks:
            task = worker.tasks[0]
            if worker.reading:
                task.deaths += 1
            else:
                task.unread += 1
            if task.deaths >= _TRIES or task.unread >= _STARTS:
                slow = worker.slow or code == -getattr(signal, "SIGALRM", 0)
                limit = self.config.article_seconds
                reason = f"took longer than {limit} s" if slow else _ending(code)
                who = _READ if worker.reading else f"{_STARTS} workers that were to read this article"
                self._finish(task, set_aside(task.loaded, reason, who))
                worker.tasks.popleft()
            elif task.deaths:
                self._suspects.append(worker.tasks.popleft())
        self._back.extendleft(reversed(worker.tasks))
        self._start()


class _Gone:
    """What a thread tells when a worker has nothing more to say."""


def _feed(worker: _Worker, pipe: IO[bytes], first: object) -> None:
    """Send to a worker what is for it: a thread of its own, for a worker that is stuck takes nothing in."""
    with suppress(OSError):
        pickle.dump(first, pipe, protocol=5)
        pipe.flush()
        while (shard := worker.shards.get()) is not None:
            pickle.dump(shard, pipe, protocol=5)
            pipe.flush()
    with suppress(OSError):
        pipe.close()


def _listen(worker: _Worker, pipe: IO[bytes], inbox: SimpleQueue[tuple[_Worker, Any]]) -> None:
    """Take what a worker sends, at once, so that it never waits to be heard."""
    with suppress(Exception):  # the end, or half a pickle of one that was killed
        while True:
            message = pickle.load(pipe)  # noqa: S301 - of our own process
            worker.since = monotonic()
            inbox.put((worker, message))
    pipe.close()
    inbox.put((worker, _Gone()))


def _ending(code: int) -> str:
    return f"ended with signal {-code}" if code < 0 else f"ended with status {code}"


def set_aside(loaded: Loaded, reason: str, who: str = _READ) -> Analysis:
    """The analysis, without statements, of an article that cannot be read."""
    if loaded.article is None:
        raise AssertionError
    message = f"{who} {reason}; it is set aside"
    problem = Problem("killed-worker", "run", message, loaded.article.id)
    return replace(Analysis(loaded.article, ()), problems=(*loaded.problems, problem))


def read_in_processes(
    loaded: Iterable[Loaded], config: Config, *, workers: int, factory: Factory = analyzer
) -> Iterator[Analysis | Problem]:
    """The analyses of articles, in their order, read by so many processes; see ``Pool.read``.

    An article that ends its worker, or takes more than ``config.article_seconds``, is tried once more alone and then given
    back without statements and with the problem "killed-worker".
    """
    pool = Pool(config, workers, factory)
    try:
        yield from pool.read(loaded)
    finally:
        pool.close()
