"""The whole flow on one screen: sources in, statements out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from ujar.config import Config
from ujar.errors import UjarError, UsageError
from ujar.parse import parse
from ujar.read import load_sources
from ujar.records import Analysis, Article, Parse, Problem, Reader, Statement
from ujar.statements.addressees import find_addressees
from ujar.statements.confidence import weigh
from ujar.statements.dates import date_statements
from ujar.statements.find import find_statements
from ujar.statements.further import choose_speakers, read_further
from ujar.statements.speakers import name_speakers
from ujar.statements.via import find_via

if TYPE_CHECKING:
    from datetime import date

Stage = Callable[[Parse, tuple[Statement, ...]], tuple[Statement, ...]]

# What happens to an article, in order, after it is cut up: each stage fills in one part and is pure. The same parse and
# statements give the same result, here, in another process, or in a test. The learned reader takes what the rules find
# as a hint, and the rules' speaker as one candidate.
STAGES: dict[Reader, tuple[Stage, ...]] = {
    "learned": (
        find_statements,
        read_further,
        name_speakers,
        choose_speakers,
        find_addressees,
        find_via,
        date_statements,
    ),
    "rules": (find_statements, name_speakers, find_addressees, find_via, date_statements, weigh),
}

# A longer text is no article of a newspaper but a book or an attack: the rules alone read it, in time linear in its length.
LONGEST_LEARNED = 40_000

# Languages other than Indonesian that its rules read well enough to be worth it.
_NEAR = frozenset({"ms"})


def analyze(article: Article, *, reader: Reader = "learned", events: bool = False) -> Analysis:
    """The statements of one article, in text order, and its events if asked for; every span lies in ``article.text``.

    ``reader``: "learned" (the rules and the trained models together) or "rules" (the rules alone). A text of more than
    ``LONGEST_LEARNED`` characters is read by the rules alone.
    """
    if events and reader == "rules":
        raise UsageError(
            "events-need-learned", "the rules alone find no events", "leave --reader rules (the setting reader) out"
        )
    parsed, statements = read_statements(article, reader=reader)
    found = Analysis(article, statements, sentences=parsed.sentences, mentions=parsed.mentions)
    if not events:
        return found
    from ujar.events.find import find_events

    if parsed.encoded is None:
        message = f"no events were looked for: the text is longer than {LONGEST_LEARNED} characters"
        return replace(found, problems=(Problem("no-events", "events", message, article.id),))
    return replace(found, events=find_events(parsed, statements))


def read_statements(article: Article, *, reader: Reader = "learned") -> tuple[Parse, tuple[Statement, ...]]:
    """An article cut up, and its statements."""
    if len(article.text) > LONGEST_LEARNED:
        reader = "rules"
    parsed = parse(article, mentions=reader == "learned")
    statements: tuple[Statement, ...] = ()
    for stage in STAGES[reader]:
        statements = stage(parsed, statements)
    return parsed, statements


def read_sources(
    sources: Iterable[str],
    config: Config | None = None,
    *,
    published: date | None = None,
    outlet: str | None = None,
    skip: Callable[[Article], bool] | None = None,
) -> Iterator[Analysis | Problem]:
    """The analyses of all articles that the sources hold, one by one, and a Problem for each that holds none.

    A source is a file, a folder, an http(s) address, or "-" for standard input. One bad article never stops the run:
    whatever goes wrong with it is a Problem, in ``Analysis.problems`` or in its place. ``skip``: articles of which it is true
    are passed over without a word.
    """
    config = config or Config()
    for article, problems in load_sources(sources, config, published=published, outlet=outlet):
        if article is None:
            yield from problems
            continue
        if skip is not None and skip(article):
            continue
        yield analyze_loaded(article, problems, config)


def analyze_loaded(article: Article, problems: tuple[Problem, ...], config: Config) -> Analysis:
    """The analysis of an article with what was noticed when it was loaded; raises UjarError for a damaged model alone.

    A fault of ours is the problem "internal-error" of an analysis without statements.
    """
    if any(p.slug == "not-indonesian" and not any(f"'{code}'" in p.message for code in _NEAR) for p in problems):
        return Analysis(article, (), problems)
    try:
        found = analyze(article, reader=config.reader, events=config.events)
        return replace(found, problems=(*problems, *found.problems))
    except UjarError:
        # A damaged model or table: every article would fail, and the user must mend it.
        raise
    except Exception as error:  # noqa: BLE001 - a fault of ours in one article must not lose the others
        fault = Problem(
            "internal-error", "statements", f"ujar failed on this article ({error!r}); please report it", article.id
        )
        return Analysis(article, (), (*problems, fault))
