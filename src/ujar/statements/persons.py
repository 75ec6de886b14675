"""Which of the names in an article are one person's."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ujar.statements.names import Naming


@dataclass(slots=True)
class Person:
    """Somebody named in the article.

    Attributes:
        words: the fullest form of the name, one word each.
        roles: offices and descriptions that stand beside the name, as written, longest first on demand.
        mentions: token index of each mention, ascending.
        forms: the ways the name is written.
    """

    words: tuple[str, ...]
    roles: list[str] = field(default_factory=list)
    mentions: list[int] = field(default_factory=list)
    forms: set[tuple[str, ...]] = field(default_factory=set)

    @property
    def name(self) -> str:
        """The fullest form of the name."""
        return " ".join(self.words)

    @property
    def role(self) -> str | None:
        """The fullest office or description, or None."""
        return max(self.roles, key=len) if self.roles else None


def find_people(mentions: list[Naming]) -> list[Person]:
    """The persons of an article: mentions of one name joined, the longest form kept."""
    people: list[Person] = []
    by_word: dict[str, list[Person]] = {}
    for mention in sorted(mentions, key=lambda m: (-len(m.words), m.start)):
        person = _same(by_word, mention)
        if person is None:
            person = Person(mention.words)
            people.append(person)
            for word in mention.words:
                by_word.setdefault(word.lower(), []).append(person)
        if mention.role and mention.role not in person.roles:
            person.roles.append(mention.role)
        person.mentions.append(mention.start)
        person.forms.add(mention.words)
    for person in people:
        person.mentions.sort()
        person.words = _without_body(person)
    return _respelled(people)


# With more persons than this a text is a list, and is not searched for spellings.
_FEW = 60


def _respelled(people: list[Person]) -> list[Person]:
    """The persons, two spellings of one name joined ("Mohammad Javad Zarif", "Mohamad Javad Zarif"): the commoner one stays."""
    if len(people) > _FEW:
        return people
    out: list[Person] = []
    for person in sorted(people, key=lambda p: (-len(p.mentions), p.mentions[0])):
        same = next((p for p in out if _one_letter(p.words, person.words)), None)
        if same is None:
            out.append(person)
            continue
        same.roles += [r for r in person.roles if r not in same.roles]
        same.mentions = sorted([*same.mentions, *person.mentions])
        same.forms |= person.forms
    if len(out) == len(people):
        return people
    return [p for p in people if any(p is q for q in out)]


def _one_letter(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two names of several words differ in one letter of one long word."""
    if len(one) != len(other) or len(one) < 2:
        return False
    differing = [(a.lower(), b.lower()) for a, b in zip(one, other, strict=True) if a.lower() != b.lower()]
    if len(differing) != 1:
        return False
    short, long = sorted(differing[0], key=len)
    if len(short) < 5 or len(long) - len(short) > 1:
        return False
    at = next((i for i, letter in enumerate(short) if letter != long[i]), len(short))
    return short[at + (len(short) == len(long)) :] == long[at + 1 :]


def _without_body(person: Person) -> tuple[str, ...]:
    """The name without the body in front of it: "Francesco Bagnaia" where the text has that beside "Ducati Francesco Bagnaia"."""
    longest = person.words
    if len(longest) < 3 or not person.roles:
        return longest
    shorter = [form for form in person.forms if 2 <= len(form) < len(longest) and longest[-len(form) :] == form]
    return max(shorter, key=len, default=longest)


def _same(by_word: dict[str, list[Person]], mention: Naming) -> Person | None:
    """The person whose name contains the words of this mention as they stand: at an end first, then whoever is named most often."""
    best: Person | None = None
    rank = (-1, 0)
    wanted = [w.lower() for w in mention.words]
    for person in by_word.get(wanted[0], []):
        have = [w.lower() for w in person.words]
        fits = any(have[at : at + len(wanted)] == wanted for at in range(len(have) - len(wanted) + 1))
        # A word in the middle of a name is seldom what somebody is called by.
        own = (int(have[: len(wanted)] == wanted or have[-len(wanted) :] == wanted), len(person.mentions))
        if fits and own > rank:
            best, rank = person, own
    return best
