"""Noun phrases behind a cue: where the words that name a source end."""

from __future__ import annotations

from ujar.statements.lexicon import lexicon
from ujar.statements.unit import QUOTE, Unit

Range = tuple[int, int]


# No source is longer than this many tokens: titles, office, name, a relative clause.
LONGEST = 45


_PARTICLES = frozenset("bin binti al el de da van von der den di la le ibn ben atau alias dan st . - ’ ' &".split())


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


def capital_verb(form: str) -> bool:
    """Whether a capitalised word is a verb at the start of a sentence ("Menanggapi") and no name ("Megawati", "Didik")."""
    return len(form) > 5 and looks_verbal(form) and form in lexicon().common


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
    if not (form[0].isalnum() or (start in unit.quotes and nickname(unit, start))) or unit.dated[start]:
        return start
    if not unit.capital(start) and (form in lex.stop or form in lex.before or form in lex.adverb):
        return start
    end = start
    relative = False
    limit = min(count, start + LONGEST)
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
            extended = apposition(unit, start, end, limit)
            if extended == end:
                break
            end = extended
            continue
        if end in unit.quotes:
            if not nickname(unit, end):
                break
            end += 1
            continue
        if not form[0].isalnum():
            if form in ".-–/&'’" and end + 1 < limit and form != "." and unit.lower(end + 1)[0].isalnum():
                end += 1
                continue
            if (
                form == "."
                and (unit.capital(end - 1) or unit.lower(end - 1) in ("dr", "drg", "ir", "prof"))
                and _abbreviated(unit, end)
            ):
                end += 1
                continue
            break
        if unit.capital(end) and end > start and (form in lex.opener or capital_verb(form)) and form not in lex.role:
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


def nickname(unit: Unit, index: int) -> bool:
    """Whether a quotation inside a phrase is a nickname: a word or two."""
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
    count = len(unit.tokens)
    while index < count and index - start < 14:
        if unit.dated[index]:
            return False
        if unit.lower(index) == ",":
            run = index + 1
            while run < count and unit.capital(run) and not unit.dated[run]:
                run += 1
            if (
                run - index > 2
                and unit.lower(index + 1) not in lexicon().place
                and unit.lower(run) in lexicon().stop | {"", ",", "."}
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


def apposition(unit: Unit, start: int, comma: int, limit: int) -> int:
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
