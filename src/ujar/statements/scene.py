"""What an article has told by the time a statement is read: whom it names, and who has spoken so far."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ujar.statements.cover import Cover
from ujar.statements.people import OCCURRENCES, People

if TYPE_CHECKING:
    from ujar.records import Parse, SpeakerType, Statement, Word
    from ujar.statements.persons import Person


@dataclass(frozen=True, slots=True)
class Speaker:
    """A resolved speaker: the name, its type, the person behind it when there is one, and the rule that found it."""

    name: str
    type: SpeakerType
    role: str | None
    rule: str
    person: Person | None = None


@dataclass(slots=True)
class Scene:
    """An article that is read from top to bottom.

    Attributes:
        parse: the article.
        text: its text.
        people: whom it names.
        sentence_starts: where its sentences begin.
        cover: what its statements cover.
        history: who spoke so far, the last one last.
        heads: those of them that are no persons, by the noun that they are called by.
        last: the sentence of the last statement, or -1.
    """

    parse: Parse
    text: str
    people: People
    sentence_starts: list[int]
    cover: Cover
    history: list[Speaker] = field(default_factory=list)
    heads: dict[str, Speaker] = field(default_factory=dict)
    last: int = -1

    @classmethod
    def of(cls, parse: Parse, statements: tuple[Statement, ...]) -> Scene:
        """An article of which nothing has been read yet."""
        return cls(parse, parse.article.text, People(parse), [s.start for s in parse.sentences], Cover(statements))

    def raw(self, words: list[Word]) -> str:
        """The words of a phrase as they stand in the text."""
        return self.text[words[0].start : words[-1].end] if words else ""

    def last_person(self) -> Speaker | None:
        """The person who spoke last."""
        return next(
            (s for s in reversed(self.history[-OCCURRENCES:]) if s.type == "person" and s.person is not None), None
        )

    def sentence(self, statement: Statement) -> int:
        """The number of the sentence of a statement."""
        place = statement.cue or statement.source or statement.contents[0]
        return max(0, bisect_right(self.sentence_starts, place.start) - 1)
