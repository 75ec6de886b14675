"""Noun phrases in front of a cue: the subject that speaks, found from its verb backwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ujar.statements.lexicon import lexicon
from ujar.statements.nouns import LONGEST, Range, apposition, capital_verb, looks_verbal, name_like, nickname, verbal_at

if TYPE_CHECKING:
    from ujar.statements.unit import Unit

_DEMONSTRATIVE = frozenset("itu ini tersebut tadi".split())


# Nouns of speech whose owner, not they themselves, is the source: "pernyataan Netanyahu yang menyatakan …".
_SPEECH_NOUN = frozenset(
    "pernyataan sikap langkah keterangan ucapan komentar tudingan tuduhan usulan seruan kecaman kritik respons reaksi"
    " kata pengakuan penjelasan paparan cuitan unggahan desakan permintaan dari soal atas tentang mengenai".split()
)


_ADJUNCT = frozenset(
    "dalam pada saat ketika usai seusai selepas lewat sambil kepada seraya setelah sebelum sejak kala".split()
)


_THROUGH = frozenset(
    "keterangan akun pernyataan siaran surat unggahan video pesan media rilis sambungan telepon kanal twit".split()
)


_PLACE_OF_SPEAKING = frozenset(
    "hadapan depan sela twitter instagram facebook akun media x medsos kesempatan tengah".split()
)


_ENDS_PHRASE = (*_DEMONSTRATIVE,)


def backward(unit: Unit, floor: int, cue: int) -> tuple[Range | None, str]:
    """The noun phrase in front of the cue, and how it was found.

    The second value is "before-cue", "relative" (NOUN yang CUE), "shared" (the subject of the verb before this one),
    or "" when there is none. ``floor`` is the first token that may belong to it.
    """
    lex = lexicon()
    floor = max(floor, cue - 2 * LONGEST)
    end = _strip_adverbs(unit, floor, cue)
    if end <= floor:
        return None, ""
    how = "before-cue"
    last = unit.lower(end - 1)
    if last in lex.pronoun:
        return (end - 1, end), how
    if last == "yang":
        end = _strip_adverbs(unit, floor, end - 1)
        how = "relative"
        if end <= floor:
            return None, ""
    elif last in ("dan", "serta", "atau", "tetapi", "lalu", "sambil", "seraya", "sembari", "tapi", "kemudian") or (
        last == "dengan"
    ):
        return leading(unit, floor, end - 1), "shared"
    start = _phrase_start(unit, floor, end)
    if how == "relative":
        # The head of the relative clause stands behind the verb of the main one: "… memicu kemarahan warga, yang …".
        for index in range(end - 1, start, -1):
            if verbal_at(unit, index):
                start = index + 1
                break
    start, end = _trim_phrase(unit, start, end, how)
    if start >= end:
        return leading(unit, floor, end), "shared"
    if (
        how == "relative"
        and unit.lower(start) in ("surat", "laporan", "bersama", "resmi", "kata", "usul", "video", "pidato")
        and not any(unit.capital(i) for i in range(start, end))
    ):
        # "28 negara mengeluarkan pernyataan bersama yang mendesak …": the paper speaks for the subject.
        clause = next((i + 1 for i in range(start - 1, floor, -1) if unit.lower(i) in lex.subordinator), floor)
        return leading(unit, clause, start), "relative"
    # "Ben-Gvir berdoa di sana dan menyatakan": a verb in front means that the subject stands before that verb.
    relative = False
    for index in range(start, end):
        if unit.lower(index) == "yang":
            relative = True
        if not relative and verbal_at(unit, index):
            if index == start:
                return leading(unit, floor, start), "shared"
            _, stop = _trim_phrase(unit, start, index, how)
            stop = _strip_adverbs(unit, start, stop)
            return ((start, stop), "shared") if stop > start else (None, "")
    return (start, end), how


def _strip_adverbs(unit: Unit, floor: int, end: int) -> int:
    """``end`` moved left over adverbs, commas, time expressions and the prepositions in front of those."""
    lex = lexicon()
    while end > floor:
        form = unit.lower(end - 1)
        if (
            unit.dated[end - 1]
            or form == ","
            or (form in lex.adverb and not unit.capital(end - 1))
            or (form in ("pada", "di", "hari", "sejak") and end < len(unit.tokens) and unit.dated[end])
        ):
            end -= 1
        else:
            break
    return end


def _phrase_start(unit: Unit, floor: int, end: int) -> int:
    """Where the noun phrase that ends at ``end`` begins: behind a comma, a conjunction or the start of the sentence."""
    lex = lexicon()
    depth = 0
    start = end
    relative_ahead = _relative_start(unit, floor, end)
    while start > floor:
        form = unit.lower(start - 1)
        index = start - 1
        if form == ")":
            depth += 1
        elif form == "(":
            depth = max(0, depth - 1)
        elif depth:
            pass
        elif form == ",":
            wider = _left_apposition(unit, floor, index, start, end)
            if wider == start:
                break
            start = wider
            continue
        elif (
            form in ";:–—"
            or (form == "-" and index > floor)
            or (index in unit.quotes and not nickname(unit, index))
            or (form == "." and not (start < end and len(unit.lower(index - 1)) <= 4 and unit.capital(start)))
            or (
                form in lex.subordinator and not unit.capital(index) and not (relative_ahead and index > relative_ahead)
            )
            or (form in lex.subordinator and unit.capital(index) and index == floor)
        ):
            break
        start -= 1
    return start


def _relative_start(unit: Unit, floor: int, end: int) -> int:
    """Index of the "yang" that opens a relative clause running up to the cue, or 0."""
    for index in range(end - 1, max(floor, end - 25), -1):
        form = unit.lower(index)
        if form == ",":
            return 0
        if form == "yang":
            return index
    return 0


def _left_apposition(unit: Unit, floor: int, comma: int, start: int, end: int) -> int:
    """The start of the segment left of ``comma`` when it and the phrase after it name one speaker, else ``start``."""
    lex = lexicon()
    left = comma
    depth = 0
    while left > floor and comma - left < LONGEST:
        form = unit.lower(left - 1)
        if form == ")":
            depth += 1
        elif form == "(":
            depth -= 1
        if not depth and (
            form in (",", ";", ":", "–", "—") or (form in lex.subordinator and not unit.capital(left - 1))
        ):
            break
        left -= 1
    if left >= comma:
        return start
    here = unit.lower(start)
    first = unit.lower(left)
    if here.isdigit() and unit.lower(start + 1) == "tahun" and name_like(unit, left, comma):
        # "Rina Wulandari, 44 tahun, mengatakan …"
        return left
    if here == "yang":
        return left if not _introduces(unit, left, comma) else start
    if _introduces(unit, left, comma):
        return start
    verbal = False
    for index in range(left, comma):
        if unit.lower(index) == "yang":
            break
        verbal = verbal or verbal_at(unit, index)
    if verbal:
        return start
    split_off = left > floor and unit.lower(left - 1) in lex.subordinator
    if (
        split_off
        and not name_like(unit, left, comma)
        and not any(unit.lower(i) in lex.role for i in range(left, comma))
    ):
        return start
    right_is_name = name_like(unit, start, end)
    left_is_name = name_like(unit, left, comma)
    office = first in lex.role or not unit.capital(left) or any(unit.lower(i) in lex.role for i in range(left, comma))
    if right_is_name and (office or (left == floor and comma - left > 1)):
        return left
    if left_is_name and (
        here in lex.role or here in ("seorang", "selaku", "sekaligus", "salah") or not unit.capital(start)
    ):
        return left
    return start


def _introduces(unit: Unit, start: int, end: int) -> bool:
    """Whether a segment before a comma leads into the sentence ("Namun", "Dalam pidatonya", "Kamis") and names nobody."""
    lex = lexicon()
    first = unit.lower(start)
    if first in lex.opener or unit.dated[start] or (capital_verb if unit.capital(start) else looks_verbal)(first):
        return True
    return all(unit.lower(i) in lex.adverb or unit.lower(i) in lex.opener for i in range(start, end))


def _trim_phrase(unit: Unit, start: int, end: int, how: str) -> Range:
    """The phrase without what leads in ("Sementara itu", "Dalam orasinya") and what follows ("dalam keterangannya")."""
    lex = lexicon()
    start = _skip_opening(unit, start, end)
    if how == "relative":
        while start < end - 1 and unit.lower(start) in _SPEECH_NOUN:
            start += 1
    comma_relative = False
    index = start + 1
    depth = 0
    while index < end:
        form = unit.lower(index)
        if form == "(":
            depth += 1
        elif form == ")":
            depth = max(0, depth - 1)
        elif depth:
            pass
        elif form == "," and unit.lower(index + 1) in (
            "yang",
            "melansir",
            "mengutip",
            "dikutip",
            "dilansir",
            "seperti",
            "sebagaimana",
        ):
            comma_relative = True
        elif form == "yang":
            break
        elif (
            (form in _ADJUNCT and not unit.capital(index))
            or (form in ("melalui", "via") and unit.lower(index + 1) in _THROUGH)
            or (form == "di" and (unit.lower(index + 1) in _PLACE_OF_SPEAKING or unit.lower(start) in lex.pronoun))
        ):
            return start, _strip_adverbs(unit, start, index)
        if comma_relative:
            return start, index
        index += 1
    return start, end


# Prepositions that open an adjunct in front of the subject ("Dalam orasinya …", "Sejauh ini …").
_LEADS_IN = frozenset(
    "dalam pada di saat usai melalui lewat setelah menanggapi selain terkait soal berdasarkan dari sejauh selama sejak".split()
)


def _skip_opening(unit: Unit, start: int, end: int) -> int:
    lex = lexicon()
    while start < end:
        form = unit.lower(start)
        if form in (",", "-", "–", "—", ".", ")", "]", "lanjut", "termasuk", "begitu", "itu", "ini", "jauh", "rinci"):
            start += 1
            continue
        if form in ("lebih", "kurang") and unit.lower(start + 1) == "dari":
            # "Lebih dari 250 anggota parlemen …" is a number.
            return start
        if form in _LEADS_IN:
            # "Dalam orasinya Koordinator Aksi …": the phrase starts behind the word that closes the adjunct.
            for index in range(start + 1, min(end - 1, start + 9)):
                word = unit.lower(index)
                if (
                    word.endswith("nya") or word in _ENDS_PHRASE or (unit.dated[index] and not unit.dated[index + 1])
                ) and (unit.lower(index + 1) not in _ENDS_PHRASE):
                    return _skip_opening(unit, index + 1, end)
            if form == "dalam" and unit.lower(start + 1) in (
                "laporan",
                "rilis",
                "dokumen",
                "surat",
                "data",
                "survei",
                "laporannya",
            ):
                return start + 1
            return end
        if (
            unit.dated[start]
            or form in lex.subordinator
            or (form in lex.opener and form not in lex.role)
            or (form in lex.adverb)
        ):
            start += 1
            if form == "sementara" and unit.lower(start) == "itu":
                start += 1
            continue
        break
    return start


def leading(unit: Unit, floor: int, end: int) -> Range | None:
    """The subject of a sentence whose cue is not its first verb: the noun phrase in front of its first verb."""
    lex = lexicon()
    start = floor
    # Behind the last introductory segment ("Pada Mei, …", "Dalam pidatonya, …").
    for index in range(floor, end):
        if unit.lower(index) == "," and index > start:
            if _introduces(unit, start, index):
                start = index + 1
            else:
                break
    start = _skip_opening(unit, start, end)
    stop = start
    relative = False
    while stop < end:
        form = unit.lower(stop)
        if form == "yang":
            relative = True
        elif stop > start and form == ",":
            following = apposition(unit, start, stop, end)
            if following == stop:
                break
            stop = following
            continue
        elif (
            (
                not relative
                and (
                    verbal_at(unit, stop)
                    or unit.dated[stop]
                    or (stop > start and form in lex.adverb and not unit.capital(stop))
                )
            )
            or (form in _ADJUNCT and not unit.capital(stop) and not relative)
            or stop in unit.quotes
        ):
            break
        stop += 1
    stop = _strip_adverbs(unit, start, stop)
    return (start, stop) if stop > start else None
