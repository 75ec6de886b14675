"""Noun phrases beside a cue: where the words that name a source begin and end."""

from __future__ import annotations

from ujar.statements.lexicon import lexicon
from ujar.statements.unit import QUOTE, Unit

Range = tuple[int, int]

# No source is longer than this many tokens: titles, office, name, a relative clause.
_LONGEST = 45
_PARTICLES = frozenset("bin binti al el de da van von der den di la le ibn ben atau alias dan st . - ’ ' &".split())
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


# Endings of borrowed nouns and adjectives that begin like a verb: diskriminasi, digital, medis, teritorial.
_NOMINAL = ("asi", "isi", "tas", "tif", "gital", "orial", "isme", "logi", "ris", "tor", "tur")


def looks_verbal(form: str) -> bool:
    """Whether a lower-case word has the shape of a verb: meN-, ber-, di-, ter- on a stem, and is not a known noun."""
    if len(form) < 5 or form in lexicon().not_verb:
        return False
    if form.endswith(_NOMINAL) and not form.startswith(("men", "mem", "mel", "mer", "meny")):
        return False
    return (form.startswith(("me", "ber", "di", "ter")) and form.isalpha() and not form.endswith(("nya", "an"))) or (
        form.startswith(("me", "di", "ber")) and form.endswith(("kan", "an")) and form.isalpha() and len(form) > 6
    )


# Predicates without a prefix that end a subject: "Stubb setuju dan mengatakan …".
_BARE_PREDICATE = frozenset(
    "setuju sepakat ingin mau siap datang tiba hadir ikut tampil maju mundur prihatin khawatir kecewa marah senang"
    " bangga optimistis naik turun pergi tewas gagal tunduk".split()
)


def verbal_at(unit: Unit, index: int) -> bool:
    """Whether the token is a lower-case verb."""
    if unit.capital(index) or unit.dated[index]:
        return False
    return unit.lower(index) in _BARE_PREDICATE or looks_verbal(unit.lower(index))


def name_like(unit: Unit, start: int, end: int) -> bool:
    """Whether the tokens are a name: capitalised words, particles, initials, a bracket with an age or a short form."""
    depth = 0
    capitals = 0
    for index in range(start, end):
        form = unit.lower(index)
        if form == "(":
            depth += 1
        elif form == ")":
            depth = max(0, depth - 1)
        elif depth:
            continue
        elif index in unit.quotes:
            if unit.quotes[index].span.end - unit.quotes[index].span.start > 30:
                return False
        elif unit.capital(index):
            capitals += 1
            if unit.dated[index]:
                return False
        elif form not in _PARTICLES:
            return False
    return 0 < capitals <= 8


def forward(unit: Unit, start: int) -> int:
    """The end of the noun phrase that begins at token ``start`` (a source behind its cue); ``start`` when none does."""
    lex = lexicon()
    count = len(unit.tokens)
    if start >= count:
        return start
    form = unit.lower(start)
    if form in lex.pronoun:
        return start + 1
    if not (form[0].isalnum() or (start in unit.quotes and _nickname(unit, start))) or unit.dated[start]:
        return start
    if not unit.capital(start) and (form in lex.stop or form in lex.before or form in lex.adverb):
        return start
    end = start
    relative = False
    limit = min(count, start + _LONGEST)
    while end < limit:
        form = unit.lower(end)
        if unit.dated[end]:
            break
        if form == "(":
            close = _closing(unit, end, limit)
            if close < 0:
                break
            end = close + 1
            continue
        if form == ",":
            extended = _apposition(unit, start, end, limit)
            if extended == end:
                break
            end = extended
            continue
        if end in unit.quotes:
            if not _nickname(unit, end):
                break
            end += 1
            continue
        if not form[0].isalnum():
            if form in ".-–/&'’" and end + 1 < limit and form != "." and unit.lower(end + 1)[0].isalnum():
                end += 1
                continue
            if form == "." and unit.capital(end - 1) and _abbreviated(unit, end):
                end += 1
                continue
            break
        if unit.capital(end) and end > start and (form in lex.opener or looks_verbal(form)) and form not in lex.role:
            # "kata Rina Diketahui, …": the full stop is lost, a new sentence begins.
            break
        if unit.capital(end) or relative:
            if relative and form in ("saat", "ketika", "dikutip", "seperti", "dalam", "sambil"):
                break
            end += 1
            continue
        if form == "yang":
            if end == start or end + 1 >= limit:
                break
            relative = True
            end += 1
            continue
        if form in ("dari", "untuk", "di", "dalam", "pada") and _goes_on(unit, start, end):
            end += 1
            continue
        if form in lex.stop or form in lex.before or looks_verbal(form):
            break
        end += 1
    while end > start and (
        (unit.lower(end - 1) in lex.adverb and not unit.capital(end - 1))
        or not (unit.lower(end - 1)[0].isalnum() or unit.lower(end - 1) in (")", QUOTE))
    ):
        end -= 1
    return end


def _nickname(unit: Unit, index: int) -> bool:
    span = unit.quotes[index].span
    return span.end - span.start <= 30 and unit.text.count(" ", *span) <= 2


def _closing(unit: Unit, start: int, limit: int) -> int:
    for index in range(start + 1, min(limit, start + 14)):
        if unit.lower(index) == ")":
            return index
    return -1


def _abbreviated(unit: Unit, dot: int) -> bool:
    """Whether the full stop at ``dot`` ends a title or an initial inside a name ("Dr. Rina", "B. J. Habibie")."""
    return len(unit.lower(dot - 1)) <= 4 and dot + 1 < len(unit.tokens) and unit.capital(dot + 1)


def _goes_on(unit: Unit, start: int, preposition: int) -> bool:
    """Whether a preposition inside the phrase leads to more of it ("Dubes RI untuk Bangladesh", "anggota dari PKS")."""
    form = unit.lower(preposition)
    following = preposition + 1
    if following >= len(unit.tokens) or unit.dated[following]:
        return False
    if form == "dari":
        return unit.lower(following) not in ("akun", "laman", "situs") and preposition > start
    if form == "untuk":
        return unit.lower(start) in lexicon().role and unit.capital(following)
    if form == "di" and unit.lower(start) in lexicon().role and not _has_name(unit, start, preposition):
        named = _behind_places(unit, following)
        if named:
            return True
    # "Duta Besar Indonesia di Moskow Rina …": a place inside an office is followed by the name without a comma.
    if form == "di" and unit.lower(start) in lexicon().role and not _has_name(unit, start, preposition):
        index = following
        while index < len(unit.tokens) and unit.capital(index) and index - following < 6:
            index += 1
        return index - following >= 3
    return False


def _behind_places(unit: Unit, start: int) -> bool:
    """Whether capitalised places parted by commas lead to a personal name: "(Direktur …) di Makati, Filipina, Sidney Jones"."""
    index = start
    commas = 0
    count = len(unit.tokens)
    while index < count and index - start < 14:
        if unit.dated[index]:
            return False
        if unit.lower(index) == ",":
            commas += 1
            run = index + 1
            while run < count and unit.capital(run) and not unit.dated[run]:
                run += 1
            if (
                run - index > 2
                and unit.lower(index + 1) not in lexicon().place
                and unit.lower(run) in ("", ",", ".", *lexicon().stop)
            ):
                return True
            index = run
        elif unit.capital(index):
            index += 1
        else:
            return False
    return False


def _has_name(unit: Unit, start: int, end: int) -> bool:
    """Whether the phrase already ends in a capitalised run of two words that are no office."""
    run = 0
    for index in range(end - 1, start, -1):
        if unit.capital(index) and unit.lower(index) not in lexicon().role:
            run += 1
        else:
            break
    return run >= 2


def _apposition(unit: Unit, start: int, comma: int, limit: int) -> int:
    """The end of an apposition behind ``comma`` ("…, seorang petani", "juru bicara Kremlin, Dmitry Peskov"), or ``comma``."""
    lex = lexicon()
    first = comma + 1
    if first >= limit or unit.dated[first]:
        return comma
    end = first
    while end < limit and unit.lower(end) not in (",", ".", QUOTE, ";", ":") and not unit.dated[end]:
        if unit.lower(end) == "(":
            close = _closing(unit, end, limit)
            if close < 0:
                break
            end = close
        elif (
            unit.lower(end) in lex.stop
            and unit.lower(end) not in ("di", "yang", "dari", "untuk", "dalam", "dengan")
            and not unit.capital(end)
        ):
            break
        end += 1
    form = unit.lower(first)
    if form.isdigit() and unit.lower(first + 1) == "tahun":
        return end
    if any(verbal_at(unit, i) and not any(unit.lower(k) == "yang" for k in range(first, i)) for i in range(first, end)):
        return comma
    if form in ("seorang", "selaku", "sekaligus", "salah") or (form in lex.role and not unit.capital(first)):
        return end
    if form in lex.role and unit.capital(first) and name_like(unit, start, comma):
        return end
    begins_with_office = not unit.capital(start) or any(unit.lower(i) in lex.role for i in range(start, comma))
    stop = first
    while stop < end and (unit.capital(stop) or unit.lower(stop) in _PARTICLES or unit.lower(stop) in "()"):
        stop += 1
    named = begins_with_office and not _ends_in_person(unit, start, comma)
    if named and name_like(unit, first, stop) and unit.lower(first) not in lex.place:
        after = unit.lower(stop)
        if stop == end or after in lex.stop or after in (",", "."):
            return stop
    return comma


def _ends_in_person(unit: Unit, start: int, end: int) -> bool:
    """Whether "office … Name" is already complete: a bracket, or a title such as "Dubes Rina" in two words."""
    return unit.lower(start) in ("dr", "prof", "pak", "bu", "ibu", "bapak", "dubes") or (
        end - start == 2
        and unit.lower(start) in lexicon().role
        and unit.capital(start + 1)
        and unit.lower(start + 1) not in lexicon().role
        and unit.text[unit.tokens[start + 1].start : unit.tokens[start + 1].end].istitle()
        and unit.lower(start) in ("menteri", "presiden", "gubernur", "jaksa", "hakim")
    )


def backward(unit: Unit, floor: int, cue: int) -> tuple[Range | None, str]:
    """The noun phrase in front of the cue, and how it was found.

    The second value is "before-cue", "relative" (NOUN yang CUE), "shared" (the subject of the verb before this one),
    or "" when there is none. ``floor`` is the first token that may belong to it.
    """
    lex = lexicon()
    floor = max(floor, cue - 2 * _LONGEST)
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
        return leading(unit, floor, start), "relative"
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
            or (index in unit.quotes and not _nickname(unit, index))
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
    while left > floor and comma - left < _LONGEST:
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
    if first in lex.opener or unit.dated[start] or looks_verbal(first):
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
        if form in (",", "-", "–", "—", ".", ")", "]", "lanjut", "termasuk", "begitu"):
            start += 1
            continue
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
            following = _apposition(unit, start, stop, end)
            if following == stop:
                break
            stop = following
            continue
        elif (
            (
                not relative
                and (verbal_at(unit, stop) or unit.dated[stop] or (form in lex.adverb and not unit.capital(stop)))
            )
            or (form in _ADJUNCT and not unit.capital(stop) and not relative)
            or stop in unit.quotes
        ):
            break
        stop += 1
    stop = _strip_adverbs(unit, start, stop)
    return (start, stop) if stop > start else None
