"""Keeping what a run finds, commit by commit, and telling what is there already."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING

from ujar.errors import LedgerError
from ujar.read import load_sources
from ujar.records import Analysis
from ujar.store.rows import article_key, fingerprint

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from ujar.config import Config
    from ujar.read import Loaded
    from ujar.records import Article, Problem
    from ujar.store import Ledger

# A commit for so many articles, and for a part of those that the ledger holds when it is large, since a commit looks
# through it: what is lost when the run is killed is read again next time. Commits by the clock would end where the speed of
# the machine has them end, and which of two copies comes first depends a little on that.
BATCH, _PART, _LARGEST = 200, 20, 10
# What marks the engine of an article that was set aside, so that --again takes it for one that another engine read.
_ASIDE = "/set-aside"


@dataclass(slots=True)
class Tally:
    """What a run kept, how many articles were there already, and what was wrong with some.

    Attributes:
        articles: kept, those set aside among them.
        changed: of these, in place of an older reading.
        aside: of these, set aside: no worker survived them.
        statements: kept.
        events: kept.
        known: articles that were there already.
        faulty: articles that were not kept for a fault of ours.
    """

    articles: int = 0
    changed: int = 0
    aside: int = 0
    statements: int = 0
    events: int = 0
    known: int = 0
    faulty: int = 0


@dataclass(slots=True)
class Keeper:
    """Keeps the results of a run in a ledger.

    Attributes:
        ledger: where.
        engine: what reads.
        again: whether articles are read again that another engine has read.
        seconds: longest time between two commits, for sources that come slowly; None: as long as a batch takes.
        tally: what was kept so far.
    """

    ledger: Ledger
    engine: str
    again: bool = False
    seconds: float | None = None
    tally: Tally = field(default_factory=Tally)
    _waiting: dict[str, Analysis] = field(default_factory=dict)
    # article → fingerprint of what is being read and not kept yet.
    _under_way: dict[str, str] = field(default_factory=dict)

    def knows(self, article: Article) -> bool:
        """Whether an article need not be read: the ledger holds it as it is, or it is being read."""
        key, mark = article_key(article), fingerprint(article)
        before = self._under_way.get(key)
        if before is None:
            known = self.ledger.holds(article, engine=self.engine if self.again else None)
        else:
            known = before == mark
        if known:
            self.tally.known += 1
        else:
            self._under_way[key] = mark
        return known

    def fresh(
        self, sources: Iterable[str], config: Config, *, published: date | None = None, outlet: str | None = None
    ) -> Iterator[Loaded]:
        """What the sources hold, without the articles that need not be read; see ``ujar.read.load_sources``."""
        for loaded in load_sources(sources, config, published=published, outlet=outlet):
            if loaded.article is None or not self.knows(loaded.article):
                yield loaded

    def keep(self, results: Iterable[Analysis | Problem]) -> None:
        """Keep analyses as they come, in their order; raises LedgerError when they cannot be kept.

        When the results end with an exception, those before it are kept.
        """
        since = monotonic()
        try:
            for result in results:
                if not isinstance(result, Analysis):
                    continue
                if any(p.slug == "internal-error" for p in result.problems):
                    # A fault of ours is not kept: the article is read again next time.
                    self._forget(result)
                    self.tally.faulty += 1
                    continue
                key = article_key(result.article)
                if key in self._waiting:
                    # Two states of one article: the second supersedes the first.
                    self._commit()
                self._waiting[key] = result
                if len(self._waiting) >= self._batch() or (
                    self.seconds is not None and monotonic() - since > self.seconds
                ):
                    self._commit()
                    # Taken notice of before it is merged with others, or all of these would be read for it.
                    self.ledger.holds(result.article)
                    self.ledger.tidy()
                    since = monotonic()
        except LedgerError:
            raise
        except BaseException:
            # Stopped by hand, or a model is damaged: what was read is kept all the same.
            self._commit()
            raise
        self._commit()
        self.ledger.tidy()

    def _batch(self) -> int:
        """How many articles are kept in one commit."""
        return min(max(BATCH, self.ledger.known // _PART), _LARGEST * BATCH)

    def _commit(self) -> None:
        """Keep what waits, and empty it."""
        aside = {k: a for k, a in self._waiting.items() if any(p.slug == "killed-worker" for p in a.problems)}
        read = {k: a for k, a in self._waiting.items() if k not in aside}
        self._commit_some(read, aside, self.engine, again=self.again)
        # Never in place of a reading of the same text.
        self.tally.aside += self._commit_some(aside, {}, self.engine + _ASIDE, again=False)

    def _commit_some(self, some: dict[str, Analysis], rest: dict[str, Analysis], engine: str, *, again: bool) -> int:
        """Keep some of what waits, after which the rest does; how many articles were kept."""
        if not some:
            return 0
        kept = self.ledger.keep(some.values(), engine=engine, again=again)
        known = len(some) - kept.articles
        # Nothing is called from here on: a signal that came between would have them counted twice.
        self.tally.articles += kept.articles
        self.tally.changed += kept.changed
        self.tally.statements += kept.statements
        self.tally.events += kept.events
        self.tally.known += known
        self._waiting = rest
        for analysis in some.values():
            self._forget(analysis)
        return kept.articles

    def _forget(self, analysis: Analysis) -> None:
        """An article is not under way any more, unless another state of it is."""
        key = article_key(analysis.article)
        if self._under_way.get(key) == fingerprint(analysis.article):
            del self._under_way[key]
