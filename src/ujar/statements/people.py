"""The persons of one article, ready to be found: by a part of the name, a nickname, an office, a place in the text."""

from __future__ import annotations

from bisect import bisect_right
from difflib import get_close_matches
from typing import TYPE_CHECKING

from ujar.statements.acronyms import find_acronyms
from ujar.statements.names import bodies, find_namings, name_words
from ujar.statements.persons import Person, find_people

if TYPE_CHECKING:
    from ujar.records import Parse, Word
    from ujar.statements.cover import Cover

DEMONSTRATIVE = frozenset("itu ini tersebut tadi".split())
# Behind these a group's members are named: "sejumlah negara, termasuk Prancis, Inggris, dan Kanada".
MEMBERS = frozenset("termasuk yakni yaitu ialah".split())
# How many occurrences, carriers of one office, or earlier speakers are looked at: more than any article has, and few
# enough that a text of a megabyte takes linear time.
OCCURRENCES = 40
_CARRIERS = 200
# Forms of address in front of a part of somebody's name.
_ADDRESS = frozenset(
    "buya abuya gus kiai kyai cak mbak mas bang pak bu bapak ibu ning uda daeng teuku kang romo nyai umi ajengan ustaz"
    " ustad ustadz habib haji tuan bung opung abah guru".split()
)
SKIP_FIRST = frozenset("sebuah suatu seorang si sang para seluruh salah satu".split())


def credible(person: Person) -> bool:
    """Whether a capitalised run is surely a person: two words or an office beside it."""
    return len(person.words) > 1 or bool(person.roles)


def _made_of(short: str, person: Person) -> bool:
    """Whether a short form is the end of one word of a name, or is put together from the beginnings of all its words."""
    words = [w.lower() for w in person.words]
    if len(short) >= 4 and any(w.endswith(short) and len(w) - len(short) <= 4 for w in words[:1]):
        return True
    if len(short) >= 5 and any(w.startswith(short) and len(w) - len(short) <= 5 for w in words):
        # "Anton" of "Antonius Budi Ariantho", "Asfina" of "Asfinawati"
        return True
    if len(short) == 4 and words[0].startswith(short) and len(words[0]) - 4 <= 6:
        # "Alex" of "Alexander Marwata", "Apri" of "Apriyani Rahayu"
        return True
    if short == "".join(w[0] for w in words):
        return True
    if len(words) == 2 and len(short) >= 4:
        return any(
            words[0].startswith(short[:cut]) and words[1].startswith(short[cut:]) for cut in range(2, len(short) - 1)
        )
    return False


class People:
    """The persons an article names, grown while its sources are read.

    Attributes:
        namings: every mention of a person by name, in text order.
        all: every person, in the order of their fullest names.
        acronyms: short forms of bodies and persons that the article explains, in lower case, with what they stand for.
        word_starts: offset of every token, for finding places.
    """

    def __init__(self, parse: Parse) -> None:
        self.text = parse.article.text
        self.namings = find_namings(parse)
        self.all = find_people(self.namings)
        self.acronyms = find_acronyms(parse)
        self.word_starts = [start for start, _, _ in parse.words]
        self.by_word: dict[str, list[Person]] = {}
        self.by_office_word: dict[str, list[Person]] = {}
        self.offices: dict[str, list[str]] = {}
        self.aliases: dict[int, Person] = {}
        self.at_token: dict[int, Person] = {}
        for person in self.all:
            self._index(person)
        self.named = sorted(((m, p) for p in self.all for m in p.mentions), key=lambda pair: pair[0])
        self.named_tokens = [m for m, _ in self.named]

    def add(self, words: tuple[str, ...]) -> Person:
        """A person known only from a source phrase."""
        person = Person(words)
        self.all.append(person)
        self._index(person)
        return person

    def learn(self, person: Person, role: str) -> None:
        """Keep an office that stands beside a name."""
        if role not in person.roles:
            person.roles.append(role)
            self._index_office(person, role)

    def _index(self, person: Person) -> None:
        """Make a person findable by the words of the name, of the offices, and by the tokens of the mentions."""
        for word in person.words:
            self.by_word.setdefault(word.lower(), []).append(person)
        for role in person.roles:
            self._index_office(person, role)
        for mention in person.mentions:
            for token in range(mention, mention + len(person.words)):
                self.at_token.setdefault(token, person)

    def _index_office(self, person: Person, role: str) -> None:
        for word in self.office(role):
            carriers = self.by_office_word.setdefault(word, [])
            if not carriers or carriers[-1] is not person:
                carriers.append(person)

    def person(self, name: list[Word]) -> Person | None:
        """The person of the article whose name these words are, or are part of."""
        wanted = [w.lower() for w in name_words(self.text, name)]
        if not wanted:
            return None
        best: Person | None = None
        if len(wanted) == 1 and wanted[0] not in self.by_word:
            wanted = [self._respelled(wanted[0])]
        rank = (-1, 0, 0)
        for person in self.by_word.get(wanted[0], []):
            have = [w.lower() for w in person.words]
            fits = any(have[i : i + len(wanted)] == wanted for i in range(len(have) - len(wanted) + 1))
            # "Akbar" is rather "Akbar Tanjung" than "Ilham Akbar Habibie".
            outer = have[: len(wanted)] == wanted or have[-len(wanted) :] == wanted
            own = (int(outer), len(person.words), len(person.mentions))
            if fits and own > rank:
                best, rank = person, own
        return best

    def _respelled(self, word: str) -> str:
        """The word of a known name that this one misspells ("Rabei" for "Rabiei"), or the word itself."""
        if len(word) < 5 or len(self.by_word) > _CARRIERS:
            return word
        close = get_close_matches(
            word, [w for w in self.by_word if abs(len(w) - len(word)) <= 1 and w[0] == word[0]], 1, 0.88
        )
        return close[0] if close else word

    def alias(self, person: Person) -> Person:
        """The fuller person behind a nickname ("Saifullah Yusuf atau Gus Ipul", "Jokowi"), else the same."""
        known = self.aliases.get(id(person))
        if known is None:
            known = self.aliases[id(person)] = self._find_alias(person)
        return known

    def _find_alias(self, person: Person) -> Person:
        if len(person.words) > 2:
            return person
        if len(person.words) == 1:
            fuller = self.shortened(person.words[0].lower())
            if fuller is not None:
                return fuller
        elif person.words[0].lower() in _ADDRESS:
            # "Buya Syafii" of "Ahmad Syafii Maarif": the one person of the article who bears that name.
            bearers = [
                p
                for p in self.by_word.get(person.words[1].lower(), [])
                if len(p.words) > 1 and p is not person and p.words[0].lower() not in _ADDRESS
            ]
            if len(bearers) == 1:
                return bearers[0]
        usual = bodies().nickname.get(person.name.lower())
        if usual is not None:
            last = usual.split()[-1].lower()
            fuller = next((p for p in self.by_word.get(last, []) if len(p.words) > 1 and p is not person), None)
            if fuller is not None:
                return fuller
        short = self.acronyms.get(person.name.lower())
        if short:
            fuller = next(
                (p for p in self.all if p is not person and p.name == short[-len(p.name) :] and len(p.words) > 1),
                None,
            )
            if fuller is not None:
                return fuller
        at = self.text.find(person.name)
        for _ in range(OCCURRENCES):
            if at < 0:
                break
            before = self.text[max(0, at - 40) : at].rstrip(" \"'“‘(")
            for marker in (" atau", " alias", " disapa", " dipanggil", " panggilan"):
                if before.lower().endswith(marker):
                    fuller = self._ending_at(at - (min(40, at) - len(before)) - len(marker))
                    if fuller is not None and fuller is not person:
                        fuller.roles += [r for r in person.roles if r not in fuller.roles]
                        return fuller
            at = self.text.find(person.name, at + 1)
        return person

    def shortened(self, short: str) -> Person | None:
        """The one person whose name a short form is made of: "Fino" of "Gulfino …", "Busan" of "Budi Santoso", "MBS"."""
        if len(short) < 3 or len(self.all) > _CARRIERS:
            return None
        found = [
            p for p in self.all if len(p.words) > 1 and short not in (w.lower() for w in p.words) and _made_of(short, p)
        ]
        return found[0] if len(found) == 1 else None

    def _ending_at(self, end: int) -> Person | None:
        """The person named last before an offset, within a sentence's reach."""
        token = bisect_right(self.word_starts, end - 1)
        index = bisect_right(self.named_tokens, token - 1) - 1
        if index < 0:
            return None
        mention, person = self.named[index]
        return person if end - self.word_starts[mention] < 160 else None

    def _expand(self, words: list[str]) -> list[str]:
        table = bodies()
        out: list[str] = []
        for word in words:
            out += table.expansion.get(word, (word,))
        return out

    def office(self, form: str) -> list[str]:
        """The words of an office, abbreviations written out; remembered, since offices recur."""
        known = self.offices.get(form)
        if known is not None:
            return known
        cleaned = form.lower().replace("(", " ").replace(")", " ").replace(",", " ").replace(".", " ")
        words = self._expand([w for w in cleaned.split() if w not in DEMONSTRATIVE and w not in SKIP_FIRST])
        self.offices[form] = words
        return words

    def carrier(self, wanted: list[str], *, demonstrative: bool, at: int) -> Person | None:
        """The person who carries an office in this article, when one does best, or the one named last before ``at``."""
        scored: list[tuple[float, int, Person]] = []
        for person in self.by_office_word.get(wanted[0], [])[-_CARRIERS:]:
            best = 0.0
            if demonstrative and any(w.lower() in wanted for w in person.words):
                # "utusan Presiden AS Donald Trump itu" is not Donald Trump.
                continue
            for role in person.roles[-_CARRIERS:]:
                have = self.office(role)
                if not have:
                    continue
                if all(w in have for w in wanted):
                    best = max(best, 1.0 + (0.5 if have[0] == wanted[0] else 0.0))
                elif have[0] == wanted[0] and all(w in wanted for w in have):
                    best = max(best, 0.9)
            if best:
                if len(person.words) == 1:
                    # "dosen Unhas": a lone word behind an office may be a body.
                    best -= 0.3
                before = bisect_right(person.mentions, at, key=lambda m: self.word_starts[m]) - 1
                scored.append((best, person.mentions[before] if before >= 0 else -1, person))
        if not scored:
            return None
        top = max(s[0] for s in scored)
        if demonstrative and top < 0.8:
            return None
        candidates = [s for s in scored if s[0] == top]
        best_one = max(candidates, key=lambda s: (s[1], len(s[2].mentions)))
        if len(candidates) > 1 and not demonstrative and best_one[1] < 0:
            return None
        return best_one[2]

    def named_before(self, offset: int, cover: Cover) -> Person | None:
        """The person named last before an offset, outside what anybody says; None when nobody is."""
        token = bisect_right(self.word_starts, offset - 1)
        index = bisect_right(self.named_tokens, token - 1) - 1
        for mention, person in reversed(self.named[max(0, index - OCCURRENCES) : index + 1]):
            if credible(person) and not cover.holds(self.word_starts[mention]):
                return self.alias(person)
        return None
