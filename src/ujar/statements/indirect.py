"""Indirect and mixed speech: a reported clause with its cue."""

from __future__ import annotations

from dataclasses import dataclass

from ujar.statements.attribution import _CREDIT, _FIRST_PERSON, _NOBODY, _PASSIVE, Attribution, behind, cue_at
from ujar.statements.lexicon import lexicon
from ujar.statements.names import bodies
from ujar.statements.nouns import Range, backward, forward, looks_verbal, name_like, verbal_at
from ujar.statements.unit import QUOTE, Unit

_MARKERS = frozenset("bahwa bahwasanya jika kalau bawa bahwasannya".split())
_ASK_MARKERS = frozenset("agar untuk supaya buat".split())
_AND = frozenset("dan serta sambil seraya sembari tetapi tapi lalu namun kemudian".split())
_ASIDE = frozenset(
    "kepada pada dalam di saat ketika usai lewat melalui setelah terhadap seusai menanggapi terkait soal".split()
)
_PREDICATE = frozenset(
    "adalah ialah merupakan akan sudah telah belum tidak tak bukan ada bisa dapat harus perlu masih sedang siap ingin mau"
    " boleh pernah menjadi lebih sangat cukup bakal terdapat sebagai yakni penting adanya mungkin mustahil layak wajib"
    " jangan punya ikut hanya paling kian makin semakin tengah terlalu sesuai bersalah salah benar baik buruk kuat lemah"
    " tinggi rendah aman stabil hadir jadi tewas luka jatuh datang pergi ingat lupa tahu tetap hadir tiba maju mundur"
    " naik turun besar kecil kalah menang setuju sepakat yakin khawatir senang sedih bangga kecewa apakah bagaimana"
    " mengapa kenapa kapan siapa apa agar untuk supaya bahwa meski karena jika bila apabila".split()
)
# Objects that say nothing of what was said: "menyampaikan terima kasih", "menjawab pertanyaan wartawan".
_EMPTY_OBJECT = frozenset(
    "hal itu ini tersebut terima selamat belasungkawa duka ucapan apresiasi maaf salam orasi sambutan pidato demikian"
    " pertanyaan keterangan simpati penghormatan paparan materi doa ceramah kuliah perang".split()
)
_DOCUMENT = frozenset(
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
# Behind these a clause is believed also without a verb in it: "mengatakan stok beras cukup sekitar sebulan".
_PLAIN_SAYING = frozenset(
    "mengatakan berkata berujar menambahkan menuturkan menegaskan menekankan mengaku menilai menganggap menuding menuduh"
    " menduga mengklaim bilang menyebut menyebutkan memastikan beralasan berpendapat".split()
)
# What happens does not speak: "Kejadian ini mengancam keselamatan".
_INANIMATE = frozenset(
    "hal via itu ini kejadian peristiwa langkah serangan keputusan kebijakan kondisi situasi tindakan aksi fenomena kasus"
    " insiden perang konflik sikap upaya harga cuaca hujan banjir gempa pandemi virus tuduhan penolakan".split()
)
_NOT = frozenset("tidak tak belum enggan bukan tanpa gagal".split())
# Speech acts without spoken content: behind "serta" they end the content of the cue before them.
_BARE_ACT = frozenset(
    "memuji mengkritik mengecam mengapresiasi menyambut mengutuk mengundang menolak menyinggung".split()
)
_GLOSS = frozenset("sebuah menyusul menjadikan mengikuti".split())
_TAIL = frozenset(
    "seperti sebagaimana dikutip dilansir disitat melansir mengutip menukil diberitakan dilaporkan".split()
)
_OCCASION = frozenset("saat ketika usai seusai dalam di melalui lewat kepada selepas".split())
_OCCASION_NOUN = frozenset(
    "ditemui dihubungi konferensi jumpa keterangan keterangannya siaran pernyataan wawancara pers rilis rapat sidang"
    " sambutannya pidatonya kesempatan dimintai dijumpai diwawancarai acara unggahan akun wartawan media diskusi"
    " jakarta kompleks gedung istana kantor".split()
)


@dataclass(frozen=True, slots=True)
class Reported:
    """An attribution with its content as token ranges, and the addressee when the cue takes one."""

    attribution: Attribution
    contents: tuple[Range, ...]
    addressee: Range | None
    end: int
    rule: str


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
    if unit.dated[first] and not _has_predicate(unit, first, count):
        return None
    if form in lex.before or (form in lex.place and unit.capital(first)):
        return None
    if form in ("di", "dalam", "pada", "lewat", "melalui") and not any(
        unit.lower(i) in _PREDICATE or verbal_at(unit, i) for i in range(first, count)
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
    if unit.lower(start) in _NOBODY:
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
    elif form == "menurut" and unit.lower(index - 1) == "yang" and unit.lower(index + 1) not in _NOBODY:
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
    if end < count and unit.lower(end) == ",":
        return end
    comma = next((i for i in range(end, min(count, end + 14)) if unit.lower(i) == ","), -1)
    if comma > 0 and not any(verbal_at(unit, i) or unit.lower(i) in _PREDICATE for i in range(end, comma)):
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
    if any(unit.lower(i) in _FIRST_PERSON for i in range(*source)) or (
        source[1] - source[0] == 1 and looks_verbal(unit.lower(source[0]))
    ):
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
    negated = any(unit.lower(i) in _NOT for i in range(max(floor, index - 3), index))
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
    elif "bahwa" in needs and unit.lower(after) == "," and _has_predicate(unit, after + 1, count):
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
    if not _says_something(unit, first, end, cue=unit.lower(index), needs=needs, rule=rule):
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
    if first in _ASIDE or unit.dated[start] or first in ("kembali", "lagi", "pula"):
        return True
    verbal = any(verbal_at(unit, i) or unit.lower(i) in _PREDICATE for i in range(start, end))
    return not verbal and _addressed(unit, start, end) and not first.endswith("nya")


def _addressed(unit: Unit, start: int, end: int) -> bool:
    """Whether the words between a request and its "agar" are somebody who can be asked."""
    lex = lexicon()
    if any(verbal_at(unit, i) for i in range(start, end) if not any(unit.lower(k) == "yang" for k in range(start, i))):
        return False
    first = unit.lower(start)
    if _act_noun(first) and not unit.capital(start) and first not in bodies().kind:
        return False
    return (
        unit.capital(start)
        or first in lex.role
        or first in lex.pronoun
        or first in _ANIMATE
        or first.startswith(("para", "se", "pe", "tim"))
    )


def _act_noun(form: str) -> bool:
    """Whether a word names an act or a state: peN-…-an, ke-…-an, with or without -nya."""
    form = form.removesuffix("nya")
    return len(form) > 6 and form.startswith(("pe", "ke")) and form.endswith("an")


def _is_document(unit: Unit, source: Range) -> bool:
    return any(unit.lower(i) in _DOCUMENT for i in range(source[0], min(source[1], source[0] + 3)))


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


def content_end(unit: Unit, first: int, end: int) -> int:
    """Where a reported clause that begins at ``first`` ends: before a credit, a second cue, the occasion of the saying."""
    lexicon()
    for index in range(first + 1, end):
        form = unit.lower(index)
        if (
            form == "."
            and index < end - 1
            and index - first > 2
            and unit.capital(index + 1)
            and len(unit.lower(index - 1)) > 4
        ):
            return index
        if form == ",":
            following = unit.lower(index + 1)
            if _glued_on(unit, index, end):
                return index
            nxt = index + 2 if following in ("seperti", "sebagaimana", "demikian") else index + 1
            if unit.lower(nxt) in _CREDIT or (
                unit.lower(nxt) in ("menurut", "kata", "ujar")
                and unit.lower(nxt + 1) not in _FIRST_PERSON
                and index > first + 2
            ):
                return index
            if _occasion(unit, index + 1, end):
                return index
            if following in _GLOSS or (following in ("seperti", "sebagaimana") and unit.lower(index + 2) == "yang"):
                return index
            if following in ("serta", "dan") and unit.lower(index + 2) in _BARE_ACT:
                return index
        elif (
            (form in ("seperti", "sebagaimana") and unit.lower(index + 1) in _CREDIT)
            or (form in ("dikutip", "dilansir", "disitat") and unit.lower(index + 1) in ("dari", "oleh"))
            or (
                form in ("saat", "ketika", "usai", "dalam", "melalui", "lewat")
                and unit.lower(index + 1)
                in (
                    "ditemui",
                    "dihubungi",
                    "dimintai",
                    "dijumpai",
                    "diwawancarai",
                    "konferensi",
                    "jumpa",
                    "keterangan",
                    "keterangannya",
                    "keterangan",
                    "siaran",
                    "wawancara",
                    "dikonfirmasi",
                    "rilis",
                )
                and _reaches_end(unit, index, end)
            )
        ):
            return index
    return end


def _glued_on(unit: Unit, comma: int, end: int) -> bool:
    """Whether another sentence was glued on with a comma ("… di Tepi Barat,Langkah itu …")."""
    after = comma + 1
    return (
        end - after > 5
        and unit.capital(after)
        and unit.tokens[after].start == unit.tokens[comma].end
        and unit.tokens[after].lower[0].isalpha()
        and any(verbal_at(unit, i) or unit.lower(i) in _PREDICATE for i in range(after + 1, end))
    )


def _occasion(unit: Unit, start: int, end: int) -> bool:
    """Whether the rest of a sentence behind a comma is only when and where it was said ("…, Jakarta, Kamis (6/6)")."""
    lex = lexicon()
    dated = False
    for index in range(start, end):
        form = unit.lower(index)
        if unit.dated[index]:
            dated = True
        elif (
            form in (",", ".", "(", ")", "hari", "pada", "wib")
            or form in lex.place
            or (form == "di" and unit.lower(index + 1) in lex.place)
        ):
            continue
        else:
            return False
    return dated


def _reaches_end(unit: Unit, start: int, end: int) -> bool:
    """Whether an occasion of the saying runs to the end of the sentence without a verb of its own."""
    return end - start < 40 and not any(unit.lower(i) in lexicon().before for i in range(start, end))


def _says_something(unit: Unit, first: int, end: int, *, cue: str, needs: frozenset[str], rule: str) -> bool:
    """Whether the range is content and not the bare object of a verb of speaking."""
    words = unit.words_in(first, end)
    if words == 0:
        return False
    if rule in ("bahwa", "pledge"):
        return True
    if unit.lower(first) in ("hal", "itu", "demikian") and words <= 6:
        return False
    if unit.lower(first) in ("namanya", "identitasnya", "anonimitas") and words < 12:
        return False
    if unit.lower(first) in _EMPTY_OBJECT and not any(unit.lower(i) in ("bahwa", "karena") for i in range(first, end)):
        return False
    if rule == "ask":
        return words >= 1
    predicate = _has_predicate(unit, first, end)
    if cue == "mengakui" and (unit.capital(first) or unit.lower(first) in ("negara", "kemerdekaan", "keberadaan")):
        # "mengakui Palestina (sebagai negara)" is an act of state, "mengakui Rina sudah datang" a statement.
        predicate = _has_predicate(unit, first, min(end, first + 5)) and unit.lower(first + 1) not in (
            "sebagai",
            "dan",
            "secara",
        )
        if not predicate:
            return False
    head = unit.lower(first)
    if "ask" in needs and "clause" not in needs:
        # "mendesak penghentian perang": an act named by a noun is spelled out, "meminta bantuan" is not.
        return words >= 3 and (_act_noun(head) or predicate)
    if head in _ASIDE and not predicate:
        return False
    if predicate:
        return words >= 2
    if cue in _PLAIN_SAYING and words >= 4:
        return True
    return words >= 3 and (_act_noun(head) or head.removesuffix("nya") in _ATTITUDE)


# Nouns that name what is said: "menegaskan komitmen lembaganya", "menyatakan niatnya".
_ATTITUDE = frozenset(
    "niat komitmen dukungan harapan rencana tekad janji ancaman tuduhan dugaan sikap syarat solusi sanksi potensi"
    " alasan pandangan target usul usulan saran".split()
)


def _has_predicate(unit: Unit, first: int, end: int) -> bool:
    """Whether the range has a predicate of its own; inside a relative clause it takes two to believe in one."""
    relative = 0
    for index in range(first, end):
        form = unit.lower(index)
        if form == "yang":
            relative = 1
            continue
        if index in unit.quotes or form in _PREDICATE or verbal_at(unit, index):
            if not relative or relative > 1:
                return True
            relative += 1
    return False


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
            unit.lower(i) in _DOCUMENT or unit.lower(i) in ("laporan", "keterangan") for i in range(floor, index)
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
    if unit.lower(index) not in _PASSIVE and unit.lower(index) not in ("diungkap", "dilontarkan"):
        return None
    first = index + 1
    while unit.lower(first) == "oleh":
        first += 1
    stop = forward(unit, first)
    if stop <= first or not (unit.capital(first) or unit.lower(first) in lex.role or unit.lower(first) in lex.pronoun):
        return None
    return Attribution((index, index + 1), (first, stop), stop, "anaphoric")


__all__ = [
    "Reported", "according_to", "anaphoric", "and_before", "content_end", "coordinated", "credited", "looks_verbal",
    "mid_or_end", "name_like", "passive", "reported", "second_speaker",
]  # fmt: skip
