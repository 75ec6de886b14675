"""Reported clauses: where content ends, and whether it says anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ujar.statements.attribution import CREDIT, FIRST_PERSON
from ujar.statements.lexicon import lexicon
from ujar.statements.nouns import verbal_at

if TYPE_CHECKING:
    from ujar.statements.unit import Unit

ASIDE = frozenset(
    "kepada pada dalam di saat ketika usai lewat melalui setelah terhadap seusai menanggapi terkait soal".split()
)


PREDICATE = frozenset(
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


# Behind these a clause is believed also without a verb in it: "mengatakan stok beras cukup sekitar sebulan".
_PLAIN_SAYING = frozenset(
    "mengatakan berkata berujar menambahkan menuturkan menegaskan menekankan mengaku menilai menganggap menuding menuduh"
    " menduga mengklaim bilang menyebut menyebutkan memastikan beralasan berpendapat".split()
)


# Speech acts without spoken content: behind "serta" they end the content of the cue before them.
_BARE_ACT = frozenset(
    "memuji mengkritik mengecam mengapresiasi menyambut mengutuk mengundang menolak menyinggung".split()
)


_GLOSS = frozenset("sebuah menyusul menjadikan mengikuti".split())


def act_noun(form: str) -> bool:
    """Whether a word names an act or a state: peN-…-an, ke-…-an, with or without -nya."""
    form = form.removesuffix("nya")
    return len(form) > 6 and form.startswith(("pe", "ke")) and form.endswith("an")


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
            if unit.lower(nxt) in CREDIT or (
                unit.lower(nxt) in ("menurut", "kata", "ujar")
                and unit.lower(nxt + 1) not in FIRST_PERSON
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
            (form in ("seperti", "sebagaimana") and unit.lower(index + 1) in CREDIT)
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
        and any(verbal_at(unit, i) or unit.lower(i) in PREDICATE for i in range(after + 1, end))
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


def says_something(unit: Unit, first: int, end: int, *, cue: str, needs: frozenset[str], rule: str) -> bool:
    """Whether the range is content and not the bare object of a verb of speaking."""
    words = unit.words_in(first, end)
    if words == 0:
        return False
    if rule in ("bahwa", "pledge"):
        return True
    if unit.lower(first) in ("hal", "itu", "demikian", "ini") and words > 3 and has_predicate(unit, first + 1, end):
        # "menilai hal itu dibutuhkan KPK", "menyatakan itu adalah foto lama"
        return True
    if unit.lower(first) in ("namanya", "identitasnya", "anonimitas") and words < 12:
        return False
    if unit.lower(first) in _EMPTY_OBJECT and not (
        any(unit.lower(i) in ("bahwa", "karena", "adalah", "merupakan") for i in range(first, end))
        or (unit.lower(first + 1) in ("itu", "tersebut", "ini") and has_predicate(unit, first + 2, end))
    ):
        return False
    if rule == "ask":
        return words >= 1
    predicate = has_predicate(unit, first, end)
    if cue == "mengakui" and (unit.capital(first) or unit.lower(first) in ("negara", "kemerdekaan", "keberadaan")):
        # "mengakui Palestina (sebagai negara)" is an act of state, "mengakui Rina sudah datang" a statement.
        predicate = has_predicate(unit, first, min(end, first + 5)) and unit.lower(first + 1) not in (
            "sebagai",
            "dan",
            "secara",
        )
        if not predicate:
            return False
    head = unit.lower(first)
    if cue == "mencatat" and unit.lower(first - 1) != ",":
        # "mencatat hujan lebat terjadi" reports, "mencatat laba Rp 2 triliun" and "mencatat rekor" achieve.
        comma = next((i for i in range(first, end) if unit.lower(i) == ","), end)
        booked = any(unit.lower(i) in _BOOKED for i in range(first, min(comma, first + 6)))
        return not booked and not unit.tokens[first].lower.isdigit() and has_predicate(unit, first, comma)
    if "ask" in needs and "clause" not in needs:
        # "mendesak penghentian perang": an act named by a noun is spelled out, "meminta bantuan" is not.
        return words >= 3 and (act_noun(head) or predicate)
    if head in ASIDE and not predicate:
        return False
    if predicate:
        return words >= 2
    if cue in _PLAIN_SAYING and words >= 4:
        return True
    return words >= 3 and (act_noun(head) or head.removesuffix("nya") in _ATTITUDE)


# Nouns that name what is said: "menegaskan komitmen lembaganya", "menyatakan niatnya".
_ATTITUDE = frozenset(
    "niat komitmen dukungan harapan rencana tekad janji ancaman tuduhan dugaan sikap syarat solusi sanksi potensi"
    " alasan pandangan target usul usulan saran".split()
)


# What one books by doing it: "mencatat laba sebesar …", "mencatat rekor".
_BOOKED = frozenset(
    "sebesar senilai sebanyak sejumlah rekor waktu laba rugi kerugian pendapatan aset defisit surplus kemenangan gol"
    " sejarah penjualan transaksi pembiayaan kinerja hasil clean jumlah".split()
)


def has_predicate(unit: Unit, first: int, end: int) -> bool:
    """Whether the range has a predicate of its own; inside a relative clause it takes two to believe in one."""
    relative = 0
    for index in range(first, end):
        form = unit.lower(index)
        if form == "yang":
            relative = 1
            continue
        if index in unit.quotes or form in PREDICATE or verbal_at(unit, index):
            if not relative or relative > 1:
                return True
            relative += 1
    return False
