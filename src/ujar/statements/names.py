"""Persons and bodies that an article names: the mentions, and which of them are one and the same."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from ujar.statements.lexicon import lexicon
from ujar.statements.nouns import capital_verb
from ujar.statements.once import once
from ujar.tables import load_table

if TYPE_CHECKING:
    from ujar.records import Parse, Span, SpeakerType, Word

_PARTICLES = frozenset("bin binti al el de da van von der den la le ibn ben dos du".split())
_LONGEST_NAME = 6
# Academic degrees and ranks that stand in or behind a name and are no part of it.
_DEGREE = frozenset(
    "dr drs dra prof ir h hj kh sh mh se mm msi phd st mt skom spd mpd sip sos ssi mkes llm kombes akbp kompol akp iptu"
    " ipda aiptu bripka irjen brigjen komjen jenderal jend letjen mayjen kolonel kol letkol mayor kapten letnan pol"
    " purn tni ad al au sersan laksamana marsekal inspektur komisaris ajun laksda marsda pak bu ibu bapak mr mrs sir"
    " haji kiai ustaz ustadz habib tgk tuanku raden rm".split()
)


_CALENDAR = frozenset(
    "senin selasa rabu kamis jumat sabtu minggu ahad januari februari maret april mei juni juli agustus september"
    " oktober november desember jum'at".split()
)


# Behind these a capitalised word is a place or a body, not a person: "Bandara Juanda", "Kabupaten Garut".
_PLACE_HEAD = frozenset(
    "kota kabupaten provinsi kecamatan desa kelurahan bandara pelabuhan jalan gedung pulau gunung sungai selat laut"
    " wilayah daerah distrik universitas partai pt institut rumah masjid stadion hotel fraksi bank komisi rs rsud mapolda"
    " kampung dusun teluk semenanjung lembah benteng istana taman pasar terminal stasiun sma smp smk sd".split()
)


@dataclass(frozen=True, slots=True)
class Bodies:
    """First words and names that tell what kind of speaker a phrase is; all lower case."""

    kind: dict[str, str]
    place: dict[str, str]
    expansion: dict[str, tuple[str, ...]]
    nickname: dict[str, str]


@lru_cache(maxsize=1)
def bodies() -> Bodies:
    """The tables of bodies, places, common words and abbreviated offices, loaded on first use."""
    package = "ujar.statements"
    return Bodies(
        kind={r["form"]: r["kind"] for r in load_table(package, "bodies.tsv")},
        place={r["form"].lower(): r["kind"] for r in load_table(package, "places.tsv")},
        expansion={r["form"]: tuple(r["means"].split()) for r in load_table(package, "abbreviations.tsv")},
        nickname={r["form"]: r["name"] for r in load_table(package, "nicknames.tsv")},
    )


@lru_cache(maxsize=1)
def states() -> dict[str, tuple[str, ...]]:
    """Name of a state in lower case → all its names, longer ones that say the same included; "=CAPITAL" → its state's."""
    by_code: dict[str, list[str]] = {}
    seats: list[tuple[str, str]] = []
    for row in load_table("ujar.statements", "places.tsv"):
        if row["kind"] == "state":
            by_code.setdefault(row["code"], []).append(row["form"])
        elif row["kind"] == "seat":
            seats.append((row["form"].lower(), row["code"]))
    out = {name.lower(): tuple(n for n in names if len(n) >= len(name)) for names in by_code.values() for name in names}
    return out | {f"={seat}": tuple(by_code.get(code, ())) for seat, code in seats}


@dataclass(frozen=True, slots=True)
class Naming:
    """A person's name in the running text: its tokens [start, end), its words, the office beside it."""

    start: int
    end: int
    words: tuple[str, ...]
    role: str | None


def is_capital(text: str, word: Word) -> bool:
    """Whether the token begins with a capital letter."""
    return text[word.start].isupper()


def is_acronym(form: str) -> bool:
    """Whether a written form is an acronym (KPK, PBB), not an initial."""
    return len(form) > 1 and form.isupper()


def name_start(text: str, words: tuple[Word, ...] | list[Word], start: int, end: int, *, trusted: bool = False) -> int:
    """The token where the personal name that ends at ``end`` begins; ``end`` when the tokens end in no name.

    Words that news writes in lower case elsewhere, offices, places and acronyms are no name; with ``trusted``, where the
    phrase is known to name somebody, such a word may end a name that begins with a sure one ("Kennedy Muslim").
    """
    table = bodies()
    role = lexicon().role
    at = end
    for size in (3, 2):
        if end - start >= size and " ".join(w.lower for w in words[end - size : end]) in table.place:
            return end
    while at > start and end - at < _LONGEST_NAME:
        word = words[at - 1]
        raw = text[word.start : word.end]
        lower = word.lower
        if raw == "." and at - 1 > start and len(words[at - 2].lower) == 1 and words[at - 2].end == word.start:
            at -= 1
            continue
        if lower in _PARTICLES and at < end:
            at -= 1
            continue
        if not raw[0].isupper() or lower in _DEGREE or lower in _CALENDAR or "." in raw or "/" in raw:
            break
        if at < end and words[at].start - word.end > 3:
            # A bracket stood between: "Komisi Pemberantasan Korupsi (KPK) Firli …".
            break
        ranked = end - at == 1 and at - 2 >= start and words[at - 2].lower in _DEGREE
        if ranked and table.place.get(lower) == "place":
            # "Kolonel Bima Sakti": behind a rank stands a name, also where it is a town's.
            at -= 1
            break
        if lower in role or lower in table.place or lower in table.kind or lower in _PLACE_HEAD or _act(lower):
            break
        if is_acronym(raw) and len(raw) <= 12 and not _all_capitals(text, words, start, end):
            break
        if at < end - 1 and word.end == words[at].start and word.end - word.start >= 5 and raw.isalpha():
            # "DanantaraRosan Roeslani": the space between a body and a name is lost.
            break
        last = trusted and at == end and len(raw) > 2 and at - 1 > start
        if last and lower in lexicon().common and _named(text, words[at - 2], table):
            at -= 1
            continue
        if lower in lexicon().common and not (
            at < end and len(raw) > 2 and at - 1 > start and _named(text, words[at - 2], table)
        ):
            break
        at -= 1
    if start < at < end and words[at - 1].lower in _PLACE_HEAD:
        # "Wali Kota Rina Wulandari" is a mayor, "Wali Kota Tangsel" and "Kabupaten Garut" name nobody.
        mayor = at - 2 >= start and words[at - 2].lower == "wali" and end - at >= 2
        at = at if mayor else at + 1 if end - at >= 3 else end
    while at < end and (
        words[at].lower in _PARTICLES - {"al", "el", "de", "van", "von", "da", "le", "la"} or words[at].lower == "."
    ):
        at += 1
    return at


def _act(form: str) -> bool:
    """Whether a word is a noun of the form ke-…-an or pe-…-an: "Kepresidenan" is an office, not a name."""
    return len(form) > 8 and form.startswith(("ke", "pe")) and form.endswith("an")


def _named(text: str, word: Word, table: Bodies) -> bool:
    """Whether a token can only be a name: capitalised and no common word, office or place."""
    return (
        text[word.start].isupper()
        and word.lower not in lexicon().common
        and word.lower not in lexicon().role
        and word.lower not in table.place
        and word.lower not in table.kind
        and not _act(word.lower)
        and not is_acronym(text[word.start : word.end])
    )


def _all_capitals(text: str, words: tuple[Word, ...] | list[Word], start: int, end: int) -> bool:
    """Whether everything in the run is in capitals, as in a headline: then capitals tell nothing."""
    return end - start > 2 and all(text[w.start : w.end].isupper() for w in words[start:end])


@once
def find_namings(parse: Parse) -> list[Naming]:
    """The personal names of the running text, in order, each with the office beside it.

    Those that are tagged, and full names by rule where nothing is tagged; without a tagger those by rule.
    """
    by_rule = _namings_by_rule(parse)
    if not parse.mentions:
        return by_rule
    spans = [m.span for m in parse.mentions if m.kind != "role"]
    starts = [s.start for s in spans]
    words = parse.words

    def free(naming: Naming) -> bool:
        at = bisect_left(starts, words[naming.end - 1].end) - 1
        return at < 0 or spans[at].end <= words[naming.start].start

    return sorted(
        [*_tagged(parse), *(n for n in by_rule if len(n.words) > 1 and free(n))], key=lambda n: (n.start, -n.end)
    )


# Between an office and a name: degrees, commas, brackets.
_BESIDE = frozenset(", . ( ) :".split())


def _tagged(parse: Parse) -> list[Naming]:
    """The persons that the tagger found outside page furniture."""
    text, words = parse.article.text, parse.words
    starts = [start for start, _, _ in words]
    noise_starts = [n.start for n in parse.noise]
    offices = [m.span for m in parse.mentions if m.kind == "role"]
    office_starts = [o.start for o in offices]
    out: list[Naming] = []
    for mention in parse.mentions:
        if mention.kind != "person":
            continue
        at = bisect_right(noise_starts, mention.span.start) - 1
        if at >= 0 and parse.noise[at].end > mention.span.start:
            continue
        first = bisect_right(starts, mention.span.start) - 1
        last = first
        while last < len(words) and words[last].start < mention.span.end:
            last += 1
        while last > first and not words[last - 1].lower[0].isalnum():
            last -= 1
        while first < last and (words[first].lower in _DEGREE or not words[first].lower[0].isalnum()):
            first += 1
        if first >= last or (last - first == 1 and _is_office(words[first].lower)):
            continue
        number = bisect_right(office_starts, words[first].start) - 1
        role = _office_beside(parse, offices, number, first, last)
        out.append(Naming(first, last, name_words(text, words[first:last]), role))
    return out


def _is_office(form: str) -> bool:
    """Whether a word is an office and no name, however it is tagged ("Menpora")."""
    return form in lexicon().role or form in bodies().expansion


def _office_beside(parse: Parse, offices: list[Span], number: int, first: int, last: int) -> str | None:
    """The tagged office right in front of the name at tokens [first, last), or in apposition behind it."""
    text, words = parse.article.text, parse.words
    if number >= 0 and offices[number].end <= words[first].start:
        between = words[bisect_right(words, (offices[number].end - 1, 1 << 60, "")) : first]
        if len(between) <= 6 and all(
            w.lower in _BESIDE or w.lower in _DEGREE or is_acronym(text[w.start : w.end]) for w in between
        ):
            return text[offices[number].start : offices[number].end]
    if number + 1 < len(offices):
        behind = offices[number + 1]
        at = last
        while at < len(words) and at - last < 5 and words[at].start < behind.start:
            form = words[at].lower
            if form not in (",", "(", ")", "selaku", "sebagai", "yang", "merupakan") and not form.isdigit():
                return None
            at += 1
        if (
            at > last
            and at < len(words)
            and words[at].start >= behind.start
            and words[last].lower in (",", "(", "selaku", "yang")
        ):
            return text[behind.start : behind.end]
    return None


def _namings_by_rule(parse: Parse) -> list[Naming]:
    """Capitalised runs that end in a personal name."""
    text = parse.article.text
    words = parse.words
    lex = lexicon()
    starts = {s.start for s in parse.sentences} | {q.span.start for q in parse.quotes}
    noise_starts = [n.start for n in parse.noise]
    out: list[Naming] = []
    index = 0
    count = len(words)
    while index < count:
        if not is_capital(text, words[index]):
            index += 1
            continue
        end = index + 1
        while end < count and end - index < 24 and _joins(text, words, end):
            end += 1
        while end > index and not words[end - 1].lower[0].isalnum():
            end -= 1
        end = max(end, index + 1)
        at = bisect_right(noise_starts, words[index].start) - 1
        if at >= 0 and parse.noise[at].end > words[index].start:
            index = end
            continue
        office = any(w.lower in lex.role for w in words[max(0, index - 1) : end])
        begin = name_start(text, words, index, end, trusted=office)
        if begin < end:
            single = end - begin == 1
            role = _role_before(text, words, begin, lex.role)
            # A lone word at the start of a sentence has its capital from there: a verb is no name. A letter is none.
            # "Menteri Pemuda dan Olahraga": half the name of an office.
            halved = (
                single and role and end + 1 < count and words[end].lower == "dan" and is_capital(text, words[end + 1])
            )
            no_name = halved or (
                single
                and (
                    _doubled(words[begin].lower)
                    or len(words[begin].lower) < 2
                    or (words[begin].start in starts and capital_verb(words[begin].lower))
                )
            )
            if not no_name:
                out.append(Naming(begin, end, name_words(text, words[begin:end]), role))
        index = end
    return out


def _doubled(form: str) -> bool:
    """Whether a word is a plural by doubling ("Kelompok-kelompok")."""
    half, _, other = form.partition("-")
    return bool(other) and half == other


def name_words(text: str, words: tuple[Word, ...] | list[Word]) -> tuple[str, ...]:
    """The words of a name as written, full stops left out; parts that touch are one word ("TeleGeography")."""
    out: list[str] = []
    end = -1
    for word in words:
        if word.lower == ".":
            continue
        raw = text[word.start : word.end]
        if out and word.start == end:
            out[-1] += raw
        else:
            out.append(raw)
        end = word.end
    return tuple(out)


def _joins(text: str, words: tuple[Word, ...], index: int) -> bool:
    """Whether the token goes on with the capitalised run before it."""
    word, before = words[index], words[index - 1]
    if text[word.start].isupper():
        return word.start - before.end <= 2 and "\n" not in text[before.end : word.start]
    if word.lower in _PARTICLES:
        return index + 1 < len(words) and text[words[index + 1].start].isupper()
    # "B. J. Habibie", "H. Rina": a full stop behind an initial or a title.
    return (
        word.lower == "."
        and word.start == before.end
        and (before.end - before.start <= 2 or before.lower in _DEGREE)
        and index + 1 < len(words)
        and text[words[index + 1].start].isupper()
    )


def _role_before(text: str, words: tuple[Word, ...], begin: int, roles: frozenset[str]) -> str | None:
    """The office in front of a name ("juru bicara Kremlin", "Menteri Luar Negeri RI"), or None."""
    left = begin
    first = -1
    while left > 0 and begin - left < 16:
        word = words[left - 1]
        if "\n" in text[word.end : words[left].start]:
            break
        if word.lower in roles:
            first = left - 1
        elif not (
            text[word.start].isupper()
            or word.lower
            in ("dan", "untuk", "bidang", "(", ")", "umum", "senior", "utama", "bicara", "besar", "dari", "ke")
            or (word.lower == "," and left == begin and left - 1 > 0)
        ):
            break
        left -= 1
    if first < 0 or first >= begin:
        return None
    end = begin
    while end > first and not (words[end - 1].lower[0].isalnum() or words[end - 1].lower == ")"):
        end -= 1
    while end > first and words[end - 1].lower in _DEGREE:
        end -= 1
    return text[words[first].start : words[end - 1].end] if end > first else None


def kind_of_speaker(form: str) -> SpeakerType:
    """What kind of speaker a phrase that names no person stands for, by its first word."""
    first = form.split(maxsplit=1)[0].lower() if form.split() else ""
    table = bodies()
    kind = table.kind.get(first)
    if kind in ("organisation", "document", "medium", "group", "unnamed"):
        return kind  # type: ignore[return-value]
    for two in ("surat kabar", "kantor berita", "stasiun televisi"):
        if form.lower().startswith(two):
            return "medium"
    if form.lower() in table.place:
        return "state"
    if first in lexicon().role or form[:1].islower() or first in lexicon().common:
        return "unnamed"
    if any(is_acronym(part) for part in form.split()):
        return "organisation"
    return "organisation" if len(form.split()) > 2 else "person"


def span_words(parse: Parse, span: Span) -> list[Word]:
    """The tokens of a span."""
    words = parse.words
    low = bisect_right(words, (span.start, -1, "")) if words else 0
    out = []
    while low < len(words) and words[low].start < span.end:
        out.append(words[low])
        low += 1
    return out
