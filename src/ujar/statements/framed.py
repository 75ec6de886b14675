"""Attributions that frame their content: "…, kata Rina", "menurut Rina, …", credits, passives, "hal itu disampaikan Rina"."""

from __future__ import annotations

from ujar.statements.attribution import NOBODY, PASSIVE, Attribution, behind
from ujar.statements.clauses import PREDICATE, content_end, has_predicate
from ujar.statements.indirect import DOCUMENT, Reported
from ujar.statements.lexicon import lexicon
from ujar.statements.nouns import Range, forward, verbal_at
from ujar.statements.unit import QUOTE, Unit

_TAIL = frozenset(
    "seperti sebagaimana dikutip dilansir disitat melansir mengutip menukil diberitakan dilaporkan".split()
)


def mid_or_end(unit: Unit, floor: int) -> Reported | None:
    """Content first: "…, kata Rina." / "…, kata Rina, …" / "…, menurut Rina." Quotations alone are left to direct."""
    for index in range(floor + 1, len(unit.tokens)):
        if unit.lower(index) != ",":
            continue
        if index in unit.quotes or unit.lower(index - 1) == QUOTE:
            continue
        found = behind(unit, index + 1, quoted=False)
        if found is None:
            continue
        first, last = unit.trim(floor, index)
        if first >= last:
            continue
        contents: list[Range] = []
        lex = lexicon()
        opener_only = all(unit.lower(i) in lex.opener or unit.lower(i) in lex.adverb for i in range(first, last))
        rest = _rest(unit, found.end)
        weak = found.rule in {"behind.menurut", "behind.passive"}
        if not (opener_only and rest):
            contents.append((first, last))
        if rest:
            contents.append(rest)
        if not contents or (weak and unit.words_in(*contents[0]) < 3 and not rest):
            continue
        end = rest[1] if rest else found.end
        return Reported(found, tuple(contents), None, end, "content-first")
    return None


def _rest(unit: Unit, start: int) -> Range | None:
    """What goes on behind an attribution in mid-sentence ("Kota itu, kata Rina, sudah siap"), or None."""
    count = len(unit.tokens)
    if start >= count or unit.lower(start) != ",":
        return None
    first = start + 1
    lex = lexicon()
    form = unit.lower(first)
    if (
        not form
        or form in _TAIL
        or form in ("saat", "ketika", "usai", "seusai", "sambil", "seraya", "menurut", "kepada", "menambahkan")
    ):
        return None
    if unit.dated[first] and not has_predicate(unit, first, count):
        return None
    if form in lex.before or (form in lex.place and unit.capital(first)):
        return None
    if form in ("di", "dalam", "pada", "lewat", "melalui") and not any(
        unit.lower(i) in PREDICATE or verbal_at(unit, i) for i in range(first, count)
    ):
        return None
    end = content_end(unit, first, count)
    first, end = unit.trim(first, end)
    if unit.words_in(first, end) < 2:
        return None
    return first, end


def according_to(unit: Unit, floor: int) -> Reported | None:
    """ "Menurut Rina, kota itu siap." / "Menurutnya, …" / "Berdasarkan keterangan Rina, …" at the head of a sentence."""
    lex = lexicon()
    at = floor
    count = len(unit.tokens)
    while at < count and at < floor + 6 and unit.lower(at) not in ("menurut", "menurutnya", "berdasarkan", "kata"):
        form = unit.lower(at)
        if not (form in lex.opener or form in lex.adverb or form in (",", "itu", "lain", "lanjut") or unit.dated[at]):
            return None
        at += 1
    form = unit.lower(at)
    if form == "menurutnya":
        first = at + 1
        return _according(unit, (at, at + 1), None, first)
    if form == "berdasarkan":
        if unit.lower(at + 1) not in ("keterangan", "pengakuan", "penuturan", "kesaksian"):
            return None
        start, cue = at + 2, (at, at + 2)
    elif form in ("menurut", "kata"):
        start, cue = at + 1, (at, at + 1)
    else:
        return None
    if unit.lower(start) in NOBODY:
        return None
    end = _named_until(unit, start)
    if end <= start:
        return None
    return _according(unit, cue, (start, end), end)


_CALLED = frozenset("disebutnya dinilainya dianggapnya diklaimnya disebutkannya dikatakannya digambarkannya".split())


_CALLS = frozenset("sebut nilai anggap klaim katakan sebutkan gambarkan".split())


def aside(unit: Unit, index: int) -> Reported | None:
    """A statement in a relative clause: "yang menurutnya …", "yang disebutnya sebagai …", "yang ia sebut …"."""
    lex = lexicon()
    form = unit.lower(index)
    source: Range | None = None
    if form == "menurutnya" and unit.lower(index - 1) == "yang":
        cue, first = (index, index + 1), index + 1
    elif form == "menurut" and unit.lower(index - 1) == "yang" and unit.lower(index + 1) not in NOBODY:
        end = _named_until(unit, index + 1)
        if end <= index + 1:
            return None
        cue, source, first = (index, index + 1), (index + 1, end), end
    elif form in _CALLED:
        cue, first = (index, index + 1), index + 1
    elif form in lex.pronoun and unit.lower(index + 1) in _CALLS:
        cue, source, first = (index + 1, index + 2), (index, index + 1), index + 2
    else:
        return None
    if unit.lower(first) == "sebagai":
        first += 1
    end = content_end(unit, first, len(unit.tokens))
    comma = next((i for i in range(first + 1, end) if unit.lower(i) == ","), end)
    first, end = unit.trim(first, comma)
    if unit.words_in(first, end) < 2:
        return None
    return Reported(Attribution(cue, source, first, "aside"), ((first, end),), None, end, "aside")


def _named_until(unit: Unit, start: int) -> int:
    """The end of the source behind "menurut": the comma that closes it, or where the clause visibly begins."""
    lex = lexicon()
    count = len(unit.tokens)
    if unit.lower(start) in lex.pronoun:
        return start + 1
    end = forward(unit, start)
    for index in range(start + 1, end):
        if not unit.capital(index) and unit.lower(index) not in PREDICATE:
            break
        if not unit.capital(index):
            # "Menurut Susi ada tiga kunci": no comma parts the name from the clause.
            return index
    if end < count and unit.lower(end) == ",":
        return end
    comma = next((i for i in range(end, min(count, end + 14)) if unit.lower(i) == ","), -1)
    if comma > 0 and not any(verbal_at(unit, i) or unit.lower(i) in PREDICATE for i in range(end, comma)):
        return end
    # No comma: the clause begins at the first lower-case word behind the name that no office contains.
    last_capital = start
    for index in range(start, end):
        if unit.capital(index) or unit.lower(index) == ")":
            last_capital = index
        elif (
            unit.lower(index) not in lex.role
            and last_capital > start
            and unit.lower(index) not in ("dan", "di", "dari", "untuk", "yang", "(", "bin", "al", "atau")
        ):
            break
    return last_capital + 1 if unit.capital(last_capital) or unit.lower(last_capital) == ")" else end


def _according(unit: Unit, cue: Range, source: Range | None, first: int) -> Reported | None:
    count = len(unit.tokens)
    first = _skip_aside(unit, first, count)
    end = content_end(unit, first, count)
    first, end = unit.trim(first, end)
    if unit.words_in(first, end) < 2:
        return None
    found = Attribution(cue, source, first, "according-to")
    return Reported(found, ((first, end),), None, end, "according-to")


def _skip_aside(unit: Unit, start: int, end: int) -> int:
    """``start`` moved over a comma and the time of the saying ("Menurut Rina, Kamis (6/6), …")."""
    index = start
    while index < end and (unit.dated[index] or unit.lower(index) in (",", "pada", "hari")):
        if unit.lower(index) == "pada" and not (index + 1 < end and unit.dated[index + 1]):
            break
        index += 1
    return index


_GENERIC_MEDIUM = frozenset("majalah media laman situs koran surat kabar kantor berita harian buku".split())


def credited(unit: Unit, floor: int) -> Reported | None:
    """ "Dilansir Reuters, Kamis (6/6), 20 orang tewas.": the medium's own statement, when nobody else says it."""
    start = floor
    form = unit.lower(start)
    if form in ("seperti", "sebagaimana"):
        start += 1
        form = unit.lower(start)
    count = len(unit.tokens)
    if form in ("dilansir", "dikutip", "melansir", "mengutip", "disitat", "menukil"):
        first = start + 1
        while unit.lower(first) in ("dari", "oleh", "laman", "situs", "laporan", "kantor", "berita"):
            if unit.lower(first) in ("laporan", "kantor", "laman", "situs"):
                break
            first += 1
        stop = forward(unit, first)
        if stop <= first or not any(
            unit.capital(i) and unit.lower(i) not in _GENERIC_MEDIUM for i in range(first, stop)
        ):
            return None
        content = _skip_aside(unit, stop, count)
        if content >= count or (content == stop and unit.lower(stop) != ","):
            return None
        end = content_end(unit, content, count)
        content, end = unit.trim(content, end)
        if unit.words_in(content, end) < 3:
            return None
        return Reported(
            Attribution((start, start + 1), (first, stop), content, "credit"), ((content, end),), None, end, "credit"
        )
    for index in range(floor + 2, count - 1):
        if unit.lower(index) == ",":
            cue = index + 1 + (unit.lower(index + 1) in ("sebagaimana", "sebagaiman", "seperti", "demikian"))
            if unit.lower(cue) in (
                "dilaporkan",
                "diberitakan",
                "dikatakan",
                "disampaikan",
                "dilansir",
                "diungkapkan",
                "dikutip",
            ) and (cue == index + 2 or unit.lower(cue) in ("dilansir", "dikutip")):
                first = cue + 1
                while unit.lower(first) in ("oleh", "dari"):
                    first += 1
                stop = forward(unit, first)
                before = unit.trim(floor, index)
                if stop > first and any(unit.capital(i) for i in range(first, stop)) and unit.words_in(*before) > 3:
                    return Reported(
                        Attribution((cue, cue + 1), (first, stop), stop, "credit"), (before,), None, stop, "credit"
                    )
    return None


def passive(unit: Unit, floor: int) -> Reported | None:
    """ "Dikatakan, 450 titik api …" / "Dalam laporan itu disebutkan …": a cue without a subject of its own."""
    lex = lexicon()
    count = len(unit.tokens)
    for index in range(floor, min(count, floor + 14)):
        form = unit.lower(index)
        if form not in ("disebutkan", "dikatakan", "dijelaskan", "dinyatakan", "diungkapkan", "tertulis", "dilaporkan"):
            continue
        source: Range | None = None
        if index == floor:
            if unit.lower(index + 1) not in (",", "bahwa"):
                stop = forward(unit, index + 1 + (unit.lower(index + 1) == "oleh"))
                if unit.lower(stop) not in (",", "bahwa") or stop <= index + 1:
                    return None
                source = (index + 1 + (unit.lower(index + 1) == "oleh"), stop)
        elif unit.lower(floor) in ("dalam", "pada", "di") and any(
            unit.lower(i) in DOCUMENT or unit.lower(i) in ("laporan", "keterangan") for i in range(floor, index)
        ):
            stop = index
            while stop > floor + 1 and (unit.lower(stop - 1) == "," or unit.lower(stop - 1) in lex.adverb):
                stop -= 1
            source = (floor + 1, stop)
        else:
            return None
        first = source[1] if source and source[0] > index else index + 1
        while unit.lower(first) in (",", "bahwa"):
            first += 1
        end = content_end(unit, first, count)
        first, end = unit.trim(first, end)
        if unit.words_in(first, end) < 3:
            return None
        return Reported(
            Attribution((index, index + 1), source, first, "passive"), ((first, end),), None, end, "passive"
        )
    return None


_ANAPHOR = frozenset(
    "hal pernyataan itu demikian ini keterangan informasi ucapan prediksi kabar penjelasan peringatan seruan".split()
)


def anaphoric(unit: Unit) -> Attribution | None:
    """ "Hal itu disampaikan Rina …": an attribution of the sentence before it, or None."""
    lex = lexicon()
    if unit.lower(0) not in _ANAPHOR:
        return None
    index = 0
    while (
        unit.lower(index) in _ANAPHOR
        or unit.lower(index) in ("tersebut", "senada", "serupa")
        or unit.lower(index) in lex.adverb
    ):
        index += 1
        if index > 5:
            return None
    if unit.lower(index) not in PASSIVE and unit.lower(index) not in ("diungkap", "dilontarkan"):
        return None
    first = index + 1
    while unit.lower(first) == "oleh":
        first += 1
    stop = forward(unit, first)
    if stop <= first or not (unit.capital(first) or unit.lower(first) in lex.role or unit.lower(first) in lex.pronoun):
        return None
    return Attribution((index, index + 1), (first, stop), stop, "anaphoric")
