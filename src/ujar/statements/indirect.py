"""Indirect and mixed speech with the source in front: "Rina mengatakan …", "Rina meminta menteri agar …"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ujar.statements.attribution import FIRST_PERSON, Attribution, cue_at
from ujar.statements.clauses import ASIDE, PREDICATE, act_noun, content_end, has_predicate, says_something
from ujar.statements.lexicon import lexicon
from ujar.statements.names import bodies
from ujar.statements.nouns import Range, capital_verb, forward, looks_verbal, verbal_at
from ujar.statements.subjects import backward

if TYPE_CHECKING:
    from ujar.statements.unit import Unit

_MARKERS = frozenset("bahwa bahwasanya jika kalau bawa bahwasannya".split())


_ASK_MARKERS = frozenset("agar untuk supaya buat".split())


_AND = frozenset("dan serta sambil seraya sembari tetapi tapi lalu namun kemudian".split())


DOCUMENT = frozenset(
    "laporan data survei penelitian studi hasil dokumen riset kajian surat jajak analisis statistik angka catatan temuan"
    " anggaran undang-undang uu perjanjian putusan dakwaan rilis pernyataan proposal laporan-laporan indeks penilaian"
    " rekaman prakiraan sensus audit".split()
)


_ANIMATE = frozenset(
    "pihak semua seluruh masyarakat warga pemerintah publik rakyat mereka kita polisi aparat media anak massa negara orang kedua ketiga berbagai kalangan negara-negara dua tiga tim panitia peserta".split()
)


# Nouns that only carry the clause behind them: "membantah laporan bahwa …".
_CARRIER = frozenset("laporan anggapan kenyataan fakta kabar isu rumor hal".split())


# What one thinks or denies is said even with a negation ("tak menilai bahwa …"); "tidak menjelaskan" says nothing.
_STANCE = frozenset(
    "menilai menganggap percaya yakin meyakini membantah menampik menyangkal menepis menduga berharap mengharapkan"
    " memandang memungkiri setuju sepakat optimistis meragukan ragu".split()
)


# What happens does not speak: "Kejadian ini mengancam keselamatan".
_INANIMATE = frozenset(
    "hal via itu ini foto kemenangan teori jangan tersebut sela jauh kejadian peristiwa langkah serangan keputusan kebijakan kondisi situasi tindakan aksi fenomena kasus"
    " suhu transaksi pembukaan insiden perang konflik sikap upaya harga cuaca hujan banjir gempa pandemi virus tuduhan penolakan".split()
)


NEGATIONS = frozenset("tidak tak belum enggan bukan tanpa gagal".split())


@dataclass(frozen=True, slots=True)
class Reported:
    """An attribution with its content as token ranges, and the addressee when the cue takes one."""

    attribution: Attribution
    contents: tuple[Range, ...]
    addressee: Range | None
    end: int
    rule: str


def reported(unit: Unit, floor: int, index: int, inherited: Range | None) -> Reported | None:
    """Source first: the statement whose cue begins at token ``index``, or None when nothing is said there."""
    cue = cue_at(unit, index)
    if cue is None or "never" in cue[1]:
        return None
    after, needs = cue
    lex = lexicon()
    source, how = backward(unit, floor, index)
    if source is None:
        if inherited is None:
            return None
        source, how = inherited, "shared"
    elif how == "shared" and inherited is not None:
        source = inherited
    if any(unit.lower(i) in FIRST_PERSON for i in range(*source)) or (
        source[1] - source[0] == 1
        and (capital_verb if unit.capital(source[0]) else looks_verbal)(unit.lower(source[0]))
    ):
        return None
    if source[1] - source[0] == 1 and unit.lower(source[0]) in ("seorang", "serta", "lalu", "ada", "entah", "banyak"):
        return None
    if unit.lower(source[0]) in _INANIMATE and unit.lower(source[0]) not in lex.pronoun:
        return None
    if unit.lower(source[1] - 1) in ("untuk", "agar", "akan"):
        return None
    if (
        how == "before-cue"
        and unit.lower(index - 1)
        in ("untuk", "agar", "guna", "demi", "dapat", "bisa", "ingin", "akan", "harus", "mau", "hendak", "yang")
        and unit.lower(index - 1) != "yang"
    ):
        return None
    negated = any(unit.lower(i) in NEGATIONS for i in range(max(floor, index - 3), index))
    if negated and (unit.lower(index) not in _STANCE or how == "relative"):
        return None
    count = len(unit.tokens)
    if unit.lower(after) in ("atau", "dan", "maupun") and cue_at(unit, after + 1):
        return None
    addressee: Range | None = None
    marker = _marker(unit, after, count, _MARKERS)
    asks = "ask" in needs
    ask_marker = _marker(unit, after, count, _ASK_MARKERS, reach=28) if asks or "pledge" in needs else -1
    rule = "clause"
    if marker >= 0 and (ask_marker < 0 or marker < ask_marker):
        first = marker + 1
        rule = "bahwa"
    elif asks and ask_marker >= 0:
        between = unit.trim(after, ask_marker)
        to = between[0] + 1 if unit.lower(between[0]) in ("kepada", "pada") else between[0]
        if to < between[1] and (to > between[0] or _addressed(unit, to, between[1])):
            addressee = (to, between[1])
            first = ask_marker + 1
        elif to >= between[1]:
            first = ask_marker + 1
        else:
            first = between[0]
        rule = "ask"
    elif asks and (by := _by_means(unit, after, count)) > 0:
        # "mengancam Barat dengan “konsekuensi serius”"
        addressee = (after, by)
        first = by + 1
        rule = "ask"
    elif "pledge" in needs and ask_marker == after:
        first = after + 1
        rule = "pledge"
    elif "bahwa" in needs and unit.lower(after) == "," and has_predicate(unit, after + 1, count):
        first = after + 1
    elif (
        "clause" in needs
        or "ask" in needs
        or ("report" in needs and _is_document(unit, source))
        or ("pledge" in needs and unit.lower(after) in ("akan", "tidak", "tak"))
    ):
        first = _skip_cue_tail(unit, after, count)
        if unit.lower(first) in ("agar", "supaya"):
            first += 1
    else:
        return None
    end = content_end(unit, first, count)
    first, end = unit.trim(first, end)
    if not says_something(unit, first, end, cue=unit.lower(index), needs=needs, rule=rule):
        return None
    found = Attribution((index, after), source, after, f"{rule}.{how}")
    return Reported(found, ((first, end),), addressee, end, rule)


def _marker(unit: Unit, start: int, end: int, markers: frozenset[str], reach: int = 18) -> int:
    """The token of the conjunction that opens the content, when only an aside or an addressee stands before it, or -1."""
    lex = lexicon()
    for index in range(start, min(end, start + reach)):
        form = unit.lower(index)
        if form in markers:
            if index == start or markers is _ASK_MARKERS:
                return index
            return index if _aside(unit, start, index) and form != "jika" else -1
        if index in unit.quotes or form in (".", ";", ":"):
            return -1
        if index > start and form in lex.before:
            return -1
    return -1


def _by_means(unit: Unit, start: int, end: int) -> int:
    """The token "dengan" behind who is threatened or warned, when only a name stands between, or -1."""
    if unit.lower(start - 1) not in ("mengancam", "memperingatkan"):
        return -1
    for index in range(start + 1, min(end, start + 8)):
        if unit.lower(index) == "dengan":
            return index if not any(verbal_at(unit, i) for i in range(start, index)) else -1
    return -1


def _aside(unit: Unit, start: int, end: int) -> bool:
    """Whether the words between a cue and "bahwa" are an aside, an addressee or a carrier noun, not content."""
    start, end = unit.trim(start, end)
    if start >= end:
        return True
    first = unit.lower(start)
    if first in _CARRIER:
        return end - start <= 2
    if first in ASIDE or unit.dated[start] or first in ("kembali", "lagi", "pula"):
        return True
    verbal = any(verbal_at(unit, i) or unit.lower(i) in PREDICATE for i in range(start, end))
    return not verbal and _addressed(unit, start, end) and not first.endswith("nya")


def _addressed(unit: Unit, start: int, end: int) -> bool:
    """Whether the words between a request and its "agar" are somebody who can be asked."""
    lex = lexicon()
    if any(verbal_at(unit, i) for i in range(start, end) if not any(unit.lower(k) == "yang" for k in range(start, i))):
        return False
    first = unit.lower(start)
    if act_noun(first) and not unit.capital(start) and first not in bodies().kind:
        return False
    return (
        unit.capital(start)
        or first in lex.role
        or first in lex.pronoun
        or first in _ANIMATE
        or first.startswith(("para", "se", "pe", "tim"))
    )


def _is_document(unit: Unit, source: Range) -> bool:
    return any(unit.lower(i) in DOCUMENT for i in range(source[0], min(source[1], source[0] + 3)))


def _skip_cue_tail(unit: Unit, start: int, end: int) -> int:
    """Where content begins behind a cue without "bahwa": behind a comma, the addressee, the time of the saying."""
    index = start
    while index < end:
        form = unit.lower(index)
        if (
            form in (",", ":", "kembali", "pula")
            or unit.dated[index]
            or (form in ("pada", "hari") and index + 1 < end and unit.dated[index + 1])
        ):
            index += 1
        elif form in ("kepada", "terhadap"):
            stop = forward(unit, index + 1)
            if stop <= index + 1:
                break
            index = stop
        elif form in ("dalam", "lewat", "melalui") and index == start:
            # "mengatakan dalam keterangannya, …"
            stop = next((i for i in range(index, min(end, index + 10)) if unit.lower(i) == ","), -1)
            if stop < 0:
                break
            index = stop
        elif form == "adanya":
            break
        else:
            break
    return index


def coordinated(unit: Unit, first: int, end: int) -> int:
    """The token of a second cue that shares the source of the first ("… dan menyatakan …"), or ``end``."""
    lex = lexicon()
    nested = False
    for index in range(first + 1, end):
        if index in unit.quotes:
            continue
        cue = cue_at(unit, index)
        if cue is None:
            continue
        before = index - 1
        while before > first and (unit.lower(before) in lex.adverb or unit.dated[before]):
            before -= 1
        form = unit.lower(before)
        firm = (form in ("dengan", "sambil", "seraya", "sembari") and unit.lower(before - 1) == ",") or (
            form == "," and unit.lower(cue[0]) == "bahwa"
        )
        if firm:
            return index
        if not nested and (form in _AND or (form == "," and "clause" in cue[1])):
            return index
        nested = True
    return end


def second_speaker(unit: Unit, first: int, end: int) -> int:
    """The comma behind which somebody else is reported in the same sentence ("…, sementara Rina menyebut …"), or ``end``."""
    for index in range(first + 1, end - 2):
        if unit.lower(index) != "," or unit.lower(index + 1) not in (
            "dengan",
            "sementara",
            "sedangkan",
            "tetapi",
            "tapi",
            "namun",
        ):
            continue
        for cue in range(index + 3, min(end, index + 22)):
            if cue_at(unit, cue) and reported(unit, index + 2, cue, None):
                return index
            if unit.lower(cue) == "," or cue in unit.quotes:
                break
    return end


def and_before(unit: Unit, cue: int, floor: int) -> int:
    """The end of the content in front of a coordinated cue: before its conjunction and adverbs."""
    lex = lexicon()
    end = cue
    while end > floor and (
        unit.lower(end - 1) in _AND
        or unit.lower(end - 1) in ("dengan", ",")
        or unit.lower(end - 1) in lex.adverb
        or unit.dated[end - 1]
    ):
        end -= 1
    return end
