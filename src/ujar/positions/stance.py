"""Where a speaker stands on an issue, by the words of one statement: ``stance.tsv`` read with scope, negation and holder.

The issue's head (its first word that the statement has) is looked for clause by clause. What stands before it in its clause
governs it: the first word of the table whose holder is the speaker begins a chain, and the signs of all in the chain
multiply ("menolak pencabutan sanksi" is for the sanctions, "mendesak agar … dihentikan" against). A negation turns the next
word of the table; a verb that the table does not know breaks the chain; "yang", another subject or a possessor makes it
somebody else's view. What stands behind the head judges it ("… melanggar hukum", "… harus dihentikan"). A condition in the
same sentence makes what was found conditional. Whatever does not fit stays unclear: nothing is guessed. The idea of
governed, negated polarity words is that of Wiebe, Wilson and Cardie (2005) and Polanyi and Zaenen (2006).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ujar.positions.clauses import BETWEEN, NOUN_END, OWN, TOKEN, Clause, Found, Text, found_in, is_verb, joined
from ujar.positions.terms import marks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ujar.positions.records import Stance
    from ujar.positions.terms import Term

_NEGATIONS = frozenset(["tidak", "tak", "bukan", "jangan", "enggak", "nggak", "gak", "ogah", "tiada"])
# "belum mendukung" leaves it open, "tanpa persetujuan" is said of something else.
_OPEN = frozenset(["belum", "tanpa", "apakah", "entah"])
_NOT_NEGATED = frozenset(["hanya", "sekadar", "cuma", "cuman", "saja"])
_SELF = frozenset(["saya", "kami", "kita", "aku", "pihaknya", "dirinya", "pihak-nya"])
_HE = frozenset(["dia", "ia", "beliau"])
# What may follow a noun of the table when it is the speaker's own: "dukungan penuh atas …", not "dukungan warga atas …".
_AFTER_NOUN = frozenset(
    [
        "atas", "terhadap", "untuk", "bagi", "soal", "pada", "kepada", "terkait", "mengenai", "tentang", "penuh", "kuat",
        "tegas", "keras", "dan", "agar", "supaya", "kami", "kita", "saya", "dalam", "akan", "dengan", "tanpa", "berkelanjutan",
        "politik", "moral", "militer", "terus-menerus", "bahwa", "resmi", "besar", "tinggi", "ini", "itu", "tersebut",
    ]
)  # fmt: skip
_PREPOSITIONS = frozenset(["untuk", "di", "ke", "dari", "bagi", "dengan", "terhadap", "kepada", "pada", "oleh", "soal"])
_BEFORE, _AFTER = 14, 8
_NEAR = 4
_APART = 3
# What others hold it to be.
_DEEMED = frozenset(["dianggap", "dinilai", "disebut", "dituding", "dituduh", "diduga"])
# So many words that say something else may stand between a word of the table and what it governs.
_GAP, _GAPS = 5, {"must": 0, "do": 1}
_CLOSE = 0.05
_CONDITION = 2
# What may follow "harus" behind an issue: it is to be. "harus dipahami sebagai …" says nothing of that.
_TO_BE = frozenset(
    [
        "dilakukan", "dilaksanakan", "diwujudkan", "terwujud", "ada", "diteruskan", "dilanjutkan", "disahkan", "dipercepat",
        "didukung", "diberikan", "diterapkan", "dijalankan", "ditegakkan", "dicapai", "tercapai", "terjadi", "berlanjut",
        "dibentuk", "dimulai", "diperluas", "diperpanjang", "ditingkatkan", "dipertahankan", "diperjuangkan", "diterima", "disetujui",
    ]
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Voice:
    """Whose view a statement tells.

    Attributes:
        names: words, in small letters, that name the speaker or the state it speaks for.
        direct: whether its words are quoted: "ia" in them is somebody else.
        several: whether it is no single person: "mereka" may be itself.
        told: whether the reporter tells it, so that the speaker must be named beside its view.
    """

    names: frozenset[str] = frozenset()
    direct: bool = False
    several: bool = False
    told: bool = False

    def means(self, word: str) -> bool:
        """Whether a word is the speaker: its name, or "kami", or outside quotations "ia"."""
        if word in _HE:
            return not self.direct
        if word == "mereka":
            return self.several and not self.direct
        return word in _SELF or word in self.names or (word.endswith("nya") and word[:-3] in self.names)


@dataclass(frozen=True, slots=True)
class Judged:
    """A stance with the words that settled it, and the condition, as the text has them."""

    stance: Stance
    basis: str | None = None
    condition: str | None = None


UNCLEAR = Judged("unclear")


def stance_of(content: str, terms: Sequence[Term], voice: Voice, cue: str = "", share: float = 0.0) -> Judged:
    """Where the speaker of some words stands on an issue.

    Args:
        content: the words.
        terms: the issue, weighed.
        voice: whose words they are.
        cue: what attributes them; "menolak" tells a stance, too.
        share: how much of the issue must stand close together for anything to be told.
    """
    text = Text.of(content, terms, cue)
    if any(w.startswith("di") for w in text.low[: text.led]) or any(f.kind == "deny" for f in text.found):
        # "didesak": what others want of the speaker. What is said to be untrue is neither wanted nor refused.
        return UNCLEAR
    most, clauses = text.best()
    if most < share - _CLOSE:
        return UNCLEAR
    found: list[tuple[int, str]] = []
    condition = None
    for clause in clauses:
        judged = None if text.asked(clause) else _clause(text, clause, voice)
        if judged is None or not judged[0]:
            continue
        found.append(judged)
        condition = condition or text.condition(clause)
        if judged[0] == _CONDITION:
            condition = condition or joined(text.tokens[clause.start : clause.end])
    if len({sign > 0 for sign, _ in found}) != 1:
        return UNCLEAR
    sign, basis = found[0]
    if condition:
        return Judged("conditional", basis, condition)
    return Judged("for" if sign > 0 else "against", basis)


def _clause(text: Text, clause: Clause, voice: Voice) -> tuple[int, str] | None:
    """Sign and basis of one clause: 1 for, -1 against, 2 conditional, 0 unclear; None when nothing is said of the issue."""
    head = text.head(clause)
    if head is None:
        return None
    here = [f for f in text.found if clause.start <= f.start and f.end <= clause.end]
    before = [f for f in here if f.side == "before" and max(clause.start, head - _BEFORE) <= f.start < head]
    after = [f for f in here if f.side == "after" and head < f.start <= head + _AFTER]
    one = _governed(text, before, clause, head, voice)
    wanted = (one is not None and one[0] > 0 and before[:1] and before[0].kind == "want") or any(
        w in ("agar", "supaya") for w in text.low[clause.start : head]
    )
    if wanted and (one is None or one[0] > 0) and (passive := _passive(text, after, clause, head)):
        # "meminta revisi itu ditunda", "agar revisi itu disahkan".
        return passive
    other = _judgement(text.low, text.marks, after, clause, head)
    if one is not None and other is not None and one[0] != other[0]:
        return 0, ""
    return one if one is not None else other


def _governed(text: Text, before: Sequence[Found], clause: Clause, head: int, voice: Voice) -> tuple[int, str] | None:
    """What the words before the issue say."""
    low = text.low
    if not before:
        # The speaker does what the issue is: "mengakui negara …", "tidak akan mengirim …".
        named = not clause.dependent or any(voice.means(w) for w in low[clause.start : head])
        if (
            low[head].startswith("me")
            and named
            and _holds(text, head, clause, voice)
            and not _aimed(text, clause, head, voice)
        ):
            return _negated(low, clause.start, head) or 0, joined(text.tokens[max(clause.start, head - 2) : head + 1])
        return None
    first = before[0]
    if low[first.start].startswith("di") and first.kind in OWN:
        return 0, ""
    if first.kind not in ("must", "term") and not _holds(text, first.start, clause, voice):
        return 0, ""
    if _possessed(text, first, voice):
        return 0, ""
    sign, last = 1, clause.start
    for number, item in enumerate(before):
        turned = _negated(low, last, item.start)
        if turned is None or (turned < 0 and item.kind == "against"):
            # "tidak menolak" is not yet being for it.
            return 0, ""
        if item.kind == "term":
            return _CONDITION, low[item.start]
        gap = range(item.end, before[number + 1].start if number + 1 < len(before) else head)
        if text.blocked(gap) or sum(low[i] not in BETWEEN for i in gap) > _GAPS.get(item.kind, _GAP):
            return 0, ""
        if item.kind == "want" and any(low[i] == "yang" for i in gap):
            # "menuntut mereka yang …" is about them.
            return 0, ""
        if item.kind == "do" and any(low[i] in ("adalah", "ialah", "merupakan") for i in gap):
            # "Melanjutkan perang adalah …" is judged, not done.
            return 0, ""
        sign *= {"against": -1, "turn": -1}.get(item.kind, 1) * turned
        last = item.end
    if first.kind == "want" and _acts(text, head):
        # "menginginkan dewan itu melibatkan …" wants something of the council, not the council.
        return 0, ""
    return sign * (_negated(low, last, head) or 0), joined(text.tokens[first.start : last])


def _acts(text: Text, head: int) -> bool:
    """Whether the issue is what does something, or has something done to it, in the words behind it."""
    at = head
    while at < len(text.low) and (text.marks[at] or text.low[at] in BETWEEN):
        at += 1
    if at == len(text.low) or any(f.start == at and f.side == "after" for f in text.found):
        return False
    return is_verb(text.low[at]) and text.low[at] not in _TO_BE


def _passive(text: Text, after: Sequence[Found], clause: Clause, head: int) -> tuple[int, str] | None:
    """What is to be done with the issue, behind it: -1 for what ends it, 1 for what makes it so."""
    for item in after:
        if text.blocked(range(head + 1, item.start)):
            break
        if item.kind == "turn" and text.low[item.start].startswith("di"):
            return -1 * (_negated(text.low, head + 1, item.start) or 0), text.low[item.start]
    for at in range(head + 1, min(head + _AFTER, clause.end)):
        if (
            text.low[at] in _TO_BE
            and text.low[at].startswith(("di", "terw", "terc"))
            and not text.blocked(range(head + 1, at))
        ):
            return _negated(text.low, head + 1, at) or 0, text.low[at]
    return None


def _judgement(
    low: Sequence[str], marks: Sequence[int], after: Sequence[Found], clause: Clause, head: int
) -> tuple[int, str] | None:
    """What is said of the issue behind it."""
    sign, settled, last, words = 1, False, head + 1, list[str]()
    for number, item in enumerate(after):
        turned = _negated(low, last, item.start)
        if turned is None:
            return 0, ""
        near = sum(low[i] not in BETWEEN and not marks[i] for i in range(head, item.start)) <= _APART
        if item.kind.startswith("judge") and not (near and low[item.start - 1] not in _DEEMED):
            return 0, ""
        if item.kind == "judge-against":
            if turned < 0:
                return 0, ""
            sign, settled = -sign, True
        elif item.kind == "judge-for":
            sign, settled = sign * turned, True
        elif item.kind == "must":
            following = next((w for w in low[item.end : clause.end] if w not in BETWEEN or w in _TO_BE), "dilakukan")
            if following not in _TO_BE and not (number + 1 < len(after) and after[number + 1].kind in ("turn", "must")):
                return 0, ""
            sign, settled = sign * turned, True
        elif item.kind == "turn":
            # Only as something demanded: "dihentikan" alone tells what happened.
            if not settled:
                continue
            sign *= -turned
        words += low[item.start : item.end] if turned > 0 else ["tidak", *low[item.start : item.end]]
        last = item.end
    return (sign, " ".join(words)) if settled else None


def _negated(low: Sequence[str], start: int, end: int) -> int | None:
    """Whether what begins at ``end`` is negated by one of the four words before it: -1 or 1; None when it is left open."""
    turned = 1
    for at in range(max(start, end - 4), end):
        if low[at] in _OPEN:
            return None
        if low[at] in _NEGATIONS and not (at + 1 < len(low) and low[at + 1] in _NOT_NEGATED):
            turned = -turned
    return turned


def _holds(text: Text, at: int, clause: Clause, voice: Voice) -> bool:
    """Whether the view or act that begins at a token is the speaker's: no other subject stands before it."""
    low, place = text.low, at - 1
    while place >= clause.start and (low[place] in BETWEEN or place < text.led or _own_yang(low, place)):
        place -= 1
    if place < clause.start:
        # "Untuk menunda … saya kira": what it is about, no view.
        return not voice.told and not (low[clause.start] == "untuk" and text.tokens[clause.start][0].isupper())
    if low[place] in _SELF:
        return True
    if not voice.means(low[place]):
        return False
    # "Duta Besar Malaysia untuk Indonesia" is not Indonesia.
    while place > clause.start and low[place - 1] in voice.names:
        place -= 1
    return place == clause.start or low[place - 1] not in _PREPOSITIONS


def _aimed(text: Text, clause: Clause, at: int, voice: Voice) -> bool:
    """Whether the speaker, named before an act, is whom the issue is aimed at: "Iran menyerang …" is no attack on Iran."""
    return any(text.marks[i] & text.targets and text.low[i] in voice.names for i in range(clause.start, at))


def _own_yang(low: Sequence[str], at: int) -> bool:
    """ "sikapnya yang mendesak …" is still the speaker's."""
    return low[at] == "yang" and at > 0 and low[at - 1] in ("sikapnya", "posisinya", "keputusannya", "pernyataannya")


def _possessed(text: Text, item: Found, voice: Voice) -> bool:
    """Whether a noun of the table is somebody else's: "dukungan Malaysia untuk …"."""
    noun = text.low[item.end - 1]
    if not noun.endswith(NOUN_END) or noun.startswith(("me", "di")) or item.end >= len(text.low):
        return False
    following = text.low[item.end]
    return not (following in _AFTER_NOUN or following in voice.names or text.marks[item.end] or is_verb(following))


def governs(words: str, trigger: str, terms: Sequence[Term], voice: Voice, near: int = _NEAR) -> bool:
    """Whether a trigger of an event, ``near`` words before the issue or less, governs it and is the speaker's act."""
    text = Text.of(words, terms)
    low = text.low
    wanted = tuple(t.lower() for t in TOKEN.findall(trigger))
    for clause in text.best()[1]:
        head = text.head(clause)
        if head is None:
            continue
        for at in range(clause.start, clause.end - len(wanted) + 1):
            end = at + len(wanted)
            if low[at:end] != wanted:
                continue
            if wanted[0].startswith("di"):
                # Done by whoever is named behind it: "disahkan DPR", "disahkan oleh DPR".
                by = next((low[i] for i in range(end, len(low)) if low[i] != "oleh"), "")
                return abs(at - head) <= _NEAR and (by in voice.names or any(w in voice.names for w in wanted[1:]))
            if at > head:
                return False
            if "dan" in low[end:head]:
                return False
            if sum(low[i] not in BETWEEN for i in range(end, head)) <= near and not text.blocked(range(end, head)):
                # A noun ("desakan") needs its owner before it, a verb may begin the clause.
                named = any(voice.means(w) for w in low[clause.start : at]) or is_verb(low[at])
                return (
                    named
                    and _holds(text, at, clause, replace(voice, told=False))
                    and not _aimed(text, clause, at, voice)
                )
    return False


def turns(words: str) -> bool:
    """Whether some words end or hinder what they are about: "membantu pemadaman", "membatalkan"."""
    return sum(f.kind == "turn" and f.side == "before" for f in found_in(words)) % 2 == 1


def is_issue(words: str, terms: Sequence[Term], *, verb: bool = False) -> bool:
    """Whether some words have the issue's first word or its heaviest; with ``verb`` as an active verb ("mengakui")."""
    if not terms:
        return False
    heaviest = max(range(len(terms)), key=lambda i: terms[i].weight)
    main = 1 | 1 << heaviest
    own = [w for w in TOKEN.findall(words.lower()) if not verb or is_verb(w)]
    return any(bits & main for bits in marks(own, terms))
