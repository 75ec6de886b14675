"""Attributions: a cue with its source, behind what is said ("…, kata Rina") or in front of it ("Rina mengatakan …")."""

from __future__ import annotations

from dataclasses import dataclass

from ujar.statements.lexicon import lexicon
from ujar.statements.nouns import Range, forward, verbal_at
from ujar.statements.subjects import backward
from ujar.statements.unit import QUOTE, Unit

_THUS = frozenset("demikian begitu begitulah seperti sebagaimana sebagaiman".split())
_SPEECH = frozenset(
    "pernyataan keterangan bunyi isi informasi penjelasan tulisan petikan kutipan laporan pesan unggahan kata".split()
)
PASSIVE = frozenset(
    "dikatakan disampaikan diungkapkan dijelaskan ditegaskan disebutkan disebut dituturkan diutarakan dikemukakan"
    " dilaporkan tertulis tertuang diumumkan diakui ditulis diberitakan diwartakan dinyatakan dituliskan diungkap".split()
)
CREDIT = frozenset("dilansir dikutip melansir mengutip disitat menukil diberitakan dilaporkan diwartakan".split())
_TWO_WORD_CUES = {
    ("memberi", "tahu"): "clause",
    ("memberi", "informasi"): "clause",
    ("memberikan", "keterangan"): "bahwa",
    ("mengeluarkan", "pernyataan"): "bahwa",
    ("merilis", "pernyataan"): "bahwa",
    ("memberikan", "arahan"): "ask",
    ("memberi", "arahan"): "ask",
    ("memberikan", "instruksi"): "ask",
    ("memberi", "peringatan"): "bahwa",
    ("angkat", "bicara"): "never",
}
_BEGINS_CUE = frozenset(first for first, _ in _TWO_WORD_CUES)
_TAKES_OBJECT = frozenset("menyebut menggambarkan menilai mengidentifikasi menganggap menuding menuduh".split())
FIRST_PERSON = frozenset("saya kami kita aku gue gua mari".split())
# "menurut undang-undang", "menurut rencana": by the rules, not by somebody.
NOBODY = frozenset("undang rencana jadwal aturan hukum kepercayaan".split()) | FIRST_PERSON


@dataclass(frozen=True, slots=True)
class Attribution:
    """A cue and its source as token ranges.

    Attributes:
        cue: the cue.
        source: the source, or None when a clitic (``katanya``) or nothing names it.
        end: the first token behind the attribution (for one behind its content), or behind the cue.
        rule: name of the rule.
    """

    cue: Range
    source: Range | None
    end: int
    rule: str


def behind(unit: Unit, at: int, *, quoted: bool) -> Attribution | None:
    """The attribution that begins at token ``at``, behind its content, or None.

    ``quoted``: whether the content ends in a quotation, which lets more words be a cue ("jawab Rina").
    """
    lex = lexicon()
    count = len(unit.tokens)
    while at < count and unit.lower(at) in (",", ".", "-", "–", "—", ";"):
        at += 1
    thus = False
    while at < count and unit.lower(at) in _THUS and not unit.dated[at]:
        thus = True
        at += 1
    if at >= count:
        return None
    form = unit.lower(at)
    root = form.removesuffix("nya")
    if root != form and (lex.after.get(root) == "any" or (quoted and root in lex.after)) and root != "demikian":
        end = at + 1
        if unit.lower(end) in ("menambahkan", "melanjutkan"):
            end += 1
        elif not quoted and unit.lower(end) not in (
            "",
            ",",
            ".",
            QUOTE,
            "lagi",
            "saat",
            "dalam",
            "kepada",
            "usai",
            "seperti",
            "dikutip",
            "ketika",
        ):
            return None
        return Attribution((at, end), None, end, "behind.clitic")
    if form in lex.after and (quoted or lex.after[form] == "any") and form != "demikian":
        return _root_cue(unit, at, quoted=quoted, thus=thus)
    if thus and form in _SPEECH:
        return _speech_noun(unit, at)
    if quoted and form in ("dikutip", "dilansir"):
        return _credit_only(unit, at, thus=thus)
    if form in ("menurut", "menurutnya") and unit.lower(at + 1) not in NOBODY:
        if form == "menurutnya":
            return Attribution((at, at + 1), None, at + 1, "behind.menurut")
        end = forward(unit, at + 1)
        return Attribution((at, at + 1), (at + 1, end), end, "behind.menurut") if end > at + 1 else None
    if form in PASSIVE and quoted:
        return _passive(unit, at)
    if thus and form not in CREDIT and quoted and unit.lower(at - 1) == "demikian":
        end = forward(unit, at)
        return Attribution((at - 1, at), (at, end), end, "behind.demikian") if end > at else None
    if quoted:
        return _subject_first(unit, at) or _no_cue(unit, at)
    return None


def _root_cue(unit: Unit, at: int, *, quoted: bool, thus: bool) -> Attribution | None:
    lex = lexicon()
    form = unit.lower(at)
    start = at + 1
    # "ungkap dia", "kata, Rina", "jelas pula Rina"
    while unit.lower(start) in ("pula", "lagi", ":") or (
        unit.lower(start) == "," and quoted and start + 1 < len(unit.tokens) and unit.capital(start + 1)
    ):
        start += 1
    end = forward(unit, start)
    if end <= start:
        if quoted and unit.lower(start) in ("", ",", "."):
            # "…," jelas ,. The name was a link that a scraper lost.
            return Attribution((at, at + 1), None, at + 1, "behind.bare")
        return None
    if not quoted:
        # Without marks the words must be sure: a pronoun, a name, an office ("…, kata seorang pejabat").
        first = unit.lower(start)
        sure = (
            first in lex.pronoun
            or unit.capital(start)
            or first in lex.role
            or form in ("kata", "ujar", "ucap", "tutur")
        )
        if not sure or (
            form in ("jelas", "tegas", "terang", "lanjut", "tambah")
            and not (first in lex.pronoun or unit.capital(start) or first in lex.role)
        ):
            return None
    cue_end = at + 1
    if (
        end < len(unit.tokens)
        and unit.lower(end) in ("menambahkan", "melanjutkan")
        and unit.lower(end + 1) in ("", ".", ",")
    ):
        end += 1
    return Attribution(
        (at, cue_end), (start, _source_end(unit, start, end)), end, "behind.demikian" if thus else "behind.root"
    )


def _source_end(unit: Unit, start: int, end: int) -> int:
    while end > start + 1 and unit.lower(end - 1) in ("menambahkan", "melanjutkan", ","):
        end -= 1
    return end


def _speech_noun(unit: Unit, at: int) -> Attribution | None:
    start = at + 1
    if unit.lower(start) in ("itu", "tersebut", "ini"):
        # "…, demikian pernyataan tersebut."
        return Attribution((at - 1, at), (at, at + 2), at + 2, "behind.demikian")
    while unit.lower(start) in ("resmi", "tertulis", "dari", "bersama", "pers", "singkat", "dalam", "di"):
        start += 1
    end = forward(unit, start)
    return Attribution((at, at + 1), (start, end), end, "behind.noun") if end > start else None


def _passive(unit: Unit, at: int) -> Attribution | None:
    start = at + 1
    while unit.lower(start) in ("oleh", "dalam", "di", "pada"):
        start += 1
    end = forward(unit, start)
    if end > start:
        return Attribution((at, at + 1), (start, end), end, "behind.passive")
    return Attribution((at, at + 1), None, at + 1, "behind.passive")


def _credit_only(unit: Unit, at: int, *, thus: bool) -> Attribution:
    """`"…," demikian dikutip dari laman resmi` / `"…," dikutip dari Reuters`: what speaks is the document.

    A medium passes on the words of others, unless nobody else is meant ("demikian dilansir Antara").
    """
    start = at + 1
    while unit.lower(start) in ("dari", "oleh", "dalam", "pada"):
        start += 1
    end = forward(unit, start)
    if end > start and (thus or unit.lower(start) in _PAPERS):
        return Attribution((at, at + 1), (start, end), end, "behind.document")
    return Attribution((at, at), None, at, "behind.credit-only")


_PAPERS = frozenset(
    "pernyataan laman dokumen surat rilis laporan situs keterangan siaran pengumuman undangan putusan".split()
)


def _no_cue(unit: Unit, at: int) -> Attribution | None:
    """`"…," Sekretaris Jenderal Rina Wulandari dalam diskusi itu.`: the verb is missing, office and name stand there."""
    lex = lexicon()
    if unit.lower(at) not in lex.role or unit.lower(at - 1) not in (",", QUOTE):
        return None
    end = forward(unit, at)
    following = unit.lower(end)
    named = end - at >= 2 and unit.capital(end - 1)
    if not named or not (following in ("", ".", ",") or following in lex.stop or unit.dated[end]):
        return None
    if any(verbal_at(unit, i) for i in range(end, min(len(unit.tokens), end + 12))):
        return None
    return Attribution((at, at), (at, end), end, "behind.no-cue")


def _subject_first(unit: Unit, at: int) -> Attribution | None:
    """`"…," ia menambahkan.` / `"…," Rina mengatakan kepada wartawan.`"""
    lex = lexicon()
    limit = min(len(unit.tokens), at + 25)
    for index in range(at + 1, limit):
        form = unit.lower(index)
        if form in (".", ";", ":") or index in unit.quotes:
            return None
        if form in lex.before and "clause" in lex.before[form] | ({"clause"} if form == "melanjutkan" else set()):
            following = unit.lower(index + 1)
            closes = following in (
                "",
                ".",
                ",",
                "kepada",
                "dalam",
                "pada",
                "saat",
                "di",
                "seperti",
                "usai",
                "ketika",
                "lagi",
                "dengan",
                "melalui",
                "sambil",
            )
            if not closes and not (index + 1 < len(unit.tokens) and unit.dated[index + 1]):
                return None
            source, _ = backward(unit, at, index)
            return Attribution((index, index + 1), source, index + 1, "behind.subject-first") if source else None
        if verbal_at(unit, index) and form != "yang":
            return None
    return None


def cue_at(unit: Unit, index: int) -> tuple[int, frozenset[str]] | None:
    """The cue in front of content that begins at ``index``: the token behind it and what it needs, or None."""
    lex = lexicon()
    form = unit.lower(index)
    if form in _BEGINS_CUE and (pair := _TWO_WORD_CUES.get((form, unit.lower(index + 1)))):
        return index + 2, frozenset({pair})
    if form in lex.before:
        return index + 1, lex.before[form]
    if form.endswith("nya") and form[:-3] in _TAKES_OBJECT:
        # "menyebutnya sebagai kebohongan": the clitic is the object, "sebagai" only introduces.
        after = index + 1
        return after + (unit.lower(after) == "sebagai"), frozenset({"clause"})
    return None
