"""The learned stages: the trained reader beside the rules, and the choice of speakers; numpy is imported on first use."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ujar.records import Parse, Statement


def read_further(parse: Parse, statements: tuple[Statement, ...]) -> tuple[Statement, ...]:
    """The statements of the article, by the rules (``statements``) and the trained reader together."""
    from ujar.statements.combine import combine
    from ujar.statements.reader import propose
    from ujar.statements.sequence import sequence_of

    sequence = sequence_of(parse, statements)
    return combine(parse, sequence, statements, propose(sequence, statements, encoded=parse.encoded))


def choose_speakers(parse: Parse, statements: tuple[Statement, ...]) -> tuple[Statement, ...]:
    """The statements with the most probable speaker each; the rules' answer in ``speaker`` is one candidate of many."""
    from ujar.statements.who import choose

    return choose(parse, statements)
