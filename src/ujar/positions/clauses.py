"""A text cut into clauses, with the words of the issue and those of ``stance.tsv`` marked: nothing is decided here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from ujar.positions.terms import cuts, marks
from ujar.tables import common_words, load_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ujar.positions.terms import Term

TOKEN = re.compile(r"\w+(?:-\w+)*|[^\w\s]")
# Not "…": pieces of a content are joined by it.
_BREAKS = frozenset(",;:.!?—–")
_ENDS = frozenset(".!?")
_BODIES = frozenset(
    ["komisi", "badan", "kementerian", "lembaga", "mahkamah", "direktorat", "satgas", "panitia", "pansus"]
)
_CONJUNCTIONS = frozenset(
    [
        "tetapi", "tapi", "namun", "sementara", "sedangkan", "karena", "sebab", "sehingga", "setelah", "sebelum", "meski",
        "meskipun", "walau", "walaupun", "kendati", "melainkan", "ketika", "saat", "sejak", "hingga", "sambil", "lantaran",
    ]
)  # fmt: skip
# What may stand between a subject and its verb, or between a chain's words, and says nothing.
BETWEEN = frozenset(
    [
        "akan", "telah", "sudah", "tetap", "terus", "selalu", "juga", "pun", "masih", "sangat", "siap", "bisa", "dapat",
        "mampu", "hendak", "mau", "segera", "secara", "resmi", "tegas", "keras", "penuh", "kuat", "sepenuhnya", "jelas",
        "konsisten", "serius", "kembali", "untuk", "agar", "supaya", "bahwa", "dan", "turut", "ikut", "bersedia", "berniat",
        "berencana", "bertekad", "memutuskan", "niat", "niatnya", "rencana", "rencananya", "kesiapan", "kesiapannya",
        "tekad", "tekadnya", "keputusan", "sedang", "pernah", "lagi", "sendiri", "semua", "pihak", "langsung", "pada",
        "prinsipnya", "posisi", "posisinya", "sikap", "sikapnya", "adalah", "ialah", "memang", "justru", "bahkan", "lebih",
        "menyatakan", "menegaskan", "menyampaikan", "menyuarakan", "mengungkapkan", "menekankan", "menunjukkan", "memberi",
        "memberikan", "memastikan", "mengatakan", "menyebut", "menilai", "menawarkan", "berjanji", "mengaku", "tidak",
        "tak", "bukan", "jangan", "belum", "tentu", "tentunya", "pasti", "malah", "kini", "sekarang", "saling", "amat",
        "menjadi", "merupakan", "baru", "dilakukan", "diadakan", "dilaksanakan", "adanya", "ada", "serta", "soal", "ini", "itu", "tersebut", "dengan", "hal", "segala", "bentuk", "hanya", "sekadar",
    ]
)  # fmt: skip
_TIME = frozenset(
    [
        "tahun",
        "bulan",
        "minggu",
        "pekan",
        "hari",
        "jam",
        "menit",
        "abad",
        "dekade",
        "periode",
        "masa",
        "beberapa",
        "sisa",
    ]
)
OWN = frozenset(["for", "against", "do", "turn", "want"])
_LEADS = frozenset(["for", "against", "want", "turn", "deny"])
_PERFORMS = frozenset(["mengumumkan"])
NOUN_END = "an"
# A sentence is looked at once for each of its events, by their words and by their triggers: one after the other.
_REMEMBERED = 32


@dataclass(frozen=True, slots=True)
class Found:
    """A row of the table at a place of the text: tokens ``start`` up to, not including, ``end``."""

    kind: str
    side: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause: tokens ``start`` up to, not including, ``end``.

    Attributes:
        conditional: whether it is a condition.
        dependent: whether a conjunction ("karena", "dan") leads it: who acts in it is told before, if at all.
    """

    start: int
    end: int
    conditional: bool
    dependent: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """A text as it is looked at.

    Attributes:
        tokens: words and marks.
        low: the same in small letters.
        marks: for each token, which terms of the issue it is a form of, as bits.
        weights: what each term weighs.
        targets: the terms that are aimed at, as bits.
        found: the rows of the table in it.
        clauses: its clauses.
        led: so many tokens are the cue.
    """

    tokens: tuple[str, ...]
    low: tuple[str, ...]
    marks: tuple[int, ...]
    weights: tuple[float, ...]
    targets: int
    found: tuple[Found, ...]
    clauses: tuple[Clause, ...]
    led: int = 0

    @classmethod
    def of(cls, text: str, terms: Sequence[Term], cue: str = "") -> Text:
        """The text of some words, with the cue before them when that says more than that somebody spoke."""
        return _text(text, tuple(terms), cue if cue and _leads(cue) else "")

    def densest(self, clause: Clause) -> float:
        """The most of the issue that stands close together in a clause: "mengakui negara Palestina", not all over it."""
        width, best = 2 * len(self.weights) + 1, 0.0
        for at in range(clause.start, clause.end):
            if self.marks[at]:
                have = 0
                for bits in self.marks[at : min(at + width, clause.end)]:
                    have |= bits
                best = max(best, sum(w for i, w in enumerate(self.weights) if have >> i & 1))
        return best

    def best(self) -> tuple[float, list[Clause]]:
        """How much of the issue the clauses have in which it is named best, and these; conditions are left out of them."""
        dense = [self.densest(c) for c in self.clauses]
        most = max(dense, default=0.0)
        return most, [
            c for c, d in zip(self.clauses, dense, strict=True) if d and d > most - 0.01 and not c.conditional
        ]

    def head(self, clause: Clause) -> int | None:
        """Where the issue's first word, which says what it is ("pembukaan selat"), stands in a clause; None when not there."""
        for at in range(clause.start, clause.end):
            # "Komisi Pemberantasan Korupsi" is a name, whatever the issue is.
            named = at and self.low[at - 1] in _BODIES and not self.marks[at - 1] and self.tokens[at][0].isupper()
            if self.marks[at] & 1 and not named:
                return at
        return None

    def asked(self, clause: Clause) -> bool:
        """Whether the sentence of a clause ends in a question mark."""
        return next((t for t in self.tokens[clause.end :] if t in _ENDS), "") == "?"

    def condition(self, clause: Clause) -> str | None:
        """The condition in the sentence of a clause."""
        for other in self.clauses:
            low, high = (other.end, clause.start) if other.end <= clause.start else (clause.end, other.start)
            apart = self.low[low:high]
            # "Jika …, harus ada A, dan harus ada B" lays down no condition for B.
            if other.conditional and not any(t in _ENDS or t == "dan" for t in apart):
                return joined(self.tokens[other.start : other.end])
        return None

    def blocked(self, places: range) -> bool:
        """Whether a verb stands at some places that neither the table nor the issue has: what follows is another matter."""
        return any(is_verb(self.low[i]) and self.low[i] not in BETWEEN and not self.marks[i] for i in places)


@lru_cache(maxsize=_REMEMBERED)
def _text(text: str, terms: tuple[Term, ...], cue: str) -> Text:
    led = TOKEN.findall(cue)
    # What stands in brackets says the same once more: "Komisi Pemberantasan Korupsi (KPK) menolak …".
    tokens = (*led, *(t for t in TOKEN.findall(text) if t not in "()"))
    low = tuple(t.lower() for t in tokens)
    found = tuple(_found(low))
    weights = tuple(t.weight for t in terms)
    targets = sum(1 << i for i, t in enumerate(terms) if t.target)
    return Text(tokens, low, marks(low, terms), weights, targets, found, tuple(_clauses(tokens, low, found)), len(led))


@lru_cache(maxsize=1)
def _table() -> dict[str, list[tuple[tuple[str, ...], str, str]]]:
    """Last word of a form → (its words, side, kind)."""
    out: dict[str, list[tuple[tuple[str, ...], str, str]]] = {}
    for row in load_table("ujar.positions", "stance.tsv"):
        words = tuple(row["form"].split())
        out.setdefault(words[-1], []).append((words, row["side"], row["kind"]))
    return out


@lru_cache(maxsize=50_000)
def _rows(word: str) -> tuple[tuple[tuple[str, ...], str, str], ...]:
    """The rows of the table whose form may end with a word, as in ``_table``."""
    table = _table()
    # Who does it is no view: "pendukung", "penentang".
    if word.startswith("pe") and not word.endswith(NOUN_END) and word not in table:
        return ()
    return tuple(
        row for stem in (word, *sorted(cuts(word) - {word}, key=len, reverse=True)) for row in table.get(stem, ())
    )


def _leads(cue: str) -> bool:
    """Whether a cue says more than that somebody spoke."""
    low = [t.lower() for t in TOKEN.findall(cue)]
    return any(f.kind in _LEADS or low[f.end - 1] in _PERFORMS for f in _found(low))


def found_in(words: str) -> list[Found]:
    """The rows of the table in some words."""
    return _found([t.lower() for t in TOKEN.findall(words)])


def _found(low: Sequence[str]) -> list[Found]:
    """The rows of the table that a text has, the longest at each place."""
    out: list[Found] = []
    for at, word in enumerate(low):
        best: dict[str, Found] = {}
        for words, side, kind in _rows(word):
            start = at - len(words) + 1
            if start < 0 or any(w not in cuts(low[start + i]) for i, w in enumerate(words[:-1])):
                continue
            if kind == "if" and not _is_condition(words, low, at):
                continue
            if kind == "term" and start and low[start - 1] in ("memenuhi", "tanpa"):
                continue
            old = best.get(side)
            if old is None or old.end - old.start < len(words):
                best[side] = Found(kind, side, start, at + 1)
        out += best.values()
    return [f for f in out if not any(_within(f, g) for g in out)]


def _within(one: Found, other: Found) -> bool:
    return other.start <= one.start and one.end <= other.end and other.end - other.start > one.end - one.start


def _is_condition(words: tuple[str, ...], low: Sequence[str], at: int) -> bool:
    following = low[at + 1] if at + 1 < len(low) else ""
    if low[at] != words[-1] or (at and low[at - 1] == "tanpa"):
        return False
    if words[0] in ("selama", "sepanjang"):
        return bool(following) and following not in _TIME and not following[0].isdigit() and following not in _NUMBERS
    if words[0] == "kalau":
        return following not in ("soal", "tentang", "mengenai", "bicara", "saya", "menurut")
    if words == ("asal",):
        return at > 0 and low[at - 1] == ","
    return True


_NUMBERS = frozenset(
    ["satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh", "ini", "itu", "setahun"]
)


def _clauses(tokens: Sequence[str], low: Sequence[str], found: Sequence[Found]) -> list[Clause]:
    begins = {f.start for f in found if f.kind == "if"}
    verbs = {f.start for f in found if f.kind in OWN or f.kind in ("must", "deny")}
    out: list[Clause] = []
    start, conditional, dependent = 0, False, False
    for at, token in enumerate(tokens):
        continued = low[at] in ("dan", "serta", "atau", "lalu") and any(
            n in verbs or is_verb(low[n]) for n in range(at + 1, min(at + 4, len(tokens)))
        )
        # "saat ini" is a time, "saat …" a clause.
        conjunction = low[at] in _CONJUNCTIONS and low[at + 1 : at + 2] not in (("ini",), ("itu",))
        if not (token in _BREAKS or conjunction or at in begins or continued):
            continue
        if at > start:
            out.append(Clause(start, at, conditional, dependent))
        start = at if at in begins else at + 1
        conditional = at in begins or (conditional and continued)
        dependent = conjunction or continued
    if len(tokens) > start:
        out.append(Clause(start, len(tokens), conditional, dependent))
    return out


def joined(tokens: Sequence[str]) -> str:
    """Tokens as words again."""
    return re.sub(r" ([.,;:!?])", r"\1", " ".join(tokens))


_NO_VERBS = frozenset(
    [
        "menteri", "menurut", "mereka", "menlu", "menhan", "memang", "merdeka", "melayu", "meksiko", "menjelang", "melalui",
        "direktur", "direktorat", "diplomatik", "diplomat", "diplomasi", "digital", "distrik", "dinamika", "disiplin",
    ]
)  # fmt: skip


def is_verb(word: str) -> bool:
    """Whether a word looks like a verb with an object: meN- or di-."""
    if word in _NO_VERBS:
        return False
    return (len(word) > 6 and word.startswith(("mem", "men", "mel", "mer", "mey"))) or (
        len(word) > 5 and word.startswith("di") and any(c != word and c in common_words() for c in cuts(word))
    )
