"""Bytes to text: the encoding found out, damage said, binary data refused."""

from __future__ import annotations

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 65536
_MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
# Encodings of a letter a byte or of East Asia that a page may name; Python knows others that are no encodings of text.
_CHARSETS = re.compile(r"(?:windows|cp|iso|latin|koi8|mac|gb|big5|shift|sjis|euc)[\w:-]{0,20}", re.IGNORECASE)
# Browsers read these as Windows-1252, and so do the people who write them.
_LATIN = frozenset({"iso8859-1", "cp1252", "ascii"})
_DECLARED = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w:-]{2,30})""", re.IGNORECASE)
# How UTF-8 looks that was read as Windows-1252 and written again: "â€œ" for “, "Ã©" for é.
_TWICE = re.compile(
    "[\u00c2-\u00f4][\u0080-\u00bf\u20ac\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039"
    "\u0152\u017d\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u017e\u0178]"
)
_C1 = re.compile("[\x80-\x84\x86-\x9f]")
# What Windows-1252 has where ISO-8859-1 has control characters; five places are empty in both.
_WINDOWS = {code: bytes([code]).decode("cp1252", "replace") for code in range(0x80, 0xA0)}
_WINDOWS = {code: form for code, form in _WINDOWS.items() if form != "\ufffd"}


def _keep_c1(error: UnicodeError) -> tuple[bytes, int]:
    """For characters that Windows-1252 lacks: those of the five empty places stand for their bytes."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    found = error.object[error.start : error.end]
    if any(not "\x80" <= c <= "\x9f" for c in found):
        raise error
    return found.encode("latin-1"), error.end


codecs.register_error("ujar-c1", _keep_c1)


def decode(
    data: bytes, charset: str | None = None, *, html: bool = False, mend: bool = True
) -> tuple[str | None, str | None]:
    """The text of ``data`` and what was wrong with its encoding (None: nothing). No text when it is binary.

    UTF-8 is tried first, a byte-order mark is believed, UTF-16 without one is known by its NUL bytes; what is not
    UTF-8 is in the encoding that is declared (``charset``, or the ``meta`` of a page when ``html``), else Windows-1252,
    unless most of its high bytes are well-formed UTF-8, which then is UTF-8 with damage. With ``mend`` a text that was
    encoded twice as a whole is decoded twice; that happens here, before anybody counts its characters. A byte-order
    mark is not part of the text.
    """
    text, damage = _decode(data, charset, html=html)
    if text is None or damage is not None or not mend:
        return text, damage
    return _mended(text)


def _decode(data: bytes, charset: str | None, *, html: bool) -> tuple[str | None, str | None]:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            try:
                # The codecs for UTF-16 and UTF-32 take the mark away themselves, the one for UTF-8 does not.
                return (data[len(mark) :] if encoding == "utf-8" else data).decode(encoding), None
            except UnicodeDecodeError:
                text = (data[len(mark) :] if encoding == "utf-8" else data).decode(encoding, errors="replace")
                return text, f"broken {encoding.upper()}; unreadable bytes are shown as �"
    sample = data[:_SAMPLE]
    if b"\x00" in sample:
        return _by_nuls(data, sample)
    if len(_CONTROL.findall(sample)) > len(sample) / 50:
        return None, "binary data"
    try:
        return data.decode("utf-8"), None
    except UnicodeDecodeError as error:
        # Judged around the damage: the beginning of a long text may well be plain ASCII.
        sample = data[max(0, error.start - _SAMPLE) : error.start + _SAMPLE]
    if _is_damaged_utf8(sample):
        return data.decode("utf-8", errors="replace"), "broken UTF-8; unreadable bytes are shown as �"
    if not charset and html and (match := _DECLARED.search(data[:2048])):
        charset = match[1].decode("ascii")
    declared = _known(charset)
    if declared is not None:
        try:
            return data.decode(declared), None
        except UnicodeDecodeError:
            pass
    return data.decode("cp1252", errors="replace"), "not UTF-8; read as Windows-1252"


def _is_damaged_utf8(sample: bytes) -> bool:
    high = sum(byte > 0x7F for byte in sample)
    formed = sum(len(m) for m in _MULTIBYTE.findall(sample))
    return formed * 2 > high


def _known(charset: str | None) -> str | None:
    """Python's name of an encoding that a page may declare, or None."""
    if not charset or not _CHARSETS.fullmatch(charset.strip()):
        return None
    try:
        name = codecs.lookup(charset.strip()).name
    except LookupError:
        return None
    return "cp1252" if name in _LATIN else name


def encoding_of(sample: bytes) -> str | None:
    """The encoding, as Python names it, that the beginning of a file tells; None when it is binary."""
    for mark, encoding in _BOMS:
        if sample.startswith(mark):
            return "utf-8-sig" if encoding == "utf-8" else encoding
    if b"\x00" in sample:
        _, damage = _by_nuls(sample, sample)
        known = [e for e in ("utf-16-le", "utf-16-be") if damage and e.upper() in damage]
        return known[0] if known else None
    if len(_CONTROL.findall(sample)) > len(sample) / 50:
        return None
    try:
        # A character may be cut in two at the end of the sample.
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        return "utf-8" if _is_damaged_utf8(sample) else "cp1252"
    return "utf-8"


def _mended(text: str) -> tuple[str, str | None]:
    """The text, decoded again when all of it was encoded twice, and what was mended.

    Only what can be undone without loss: as a whole it must be Windows-1252 that is well-formed UTF-8. A text in which
    one character was encoded once stays as it is.
    """
    if text.isascii():
        return text, None
    twice = len(_TWICE.findall(text))
    if twice >= 2:
        try:
            again = text.encode("cp1252", "ujar-c1").decode("utf-8")
        except UnicodeError:
            pass
        else:
            return again, "encoded as UTF-8 twice; decoded twice"
    if not twice and _C1.search(text):
        mended = text.translate(_WINDOWS)
        return mended, "Windows-1252 read as ISO-8859-1; its quotation marks and dashes were put back"
    return text, None


def _by_nuls(data: bytes, sample: bytes) -> tuple[str | None, str | None]:
    """Text with NUL bytes: UTF-16 when they stand at every other place, else binary."""
    half = len(sample) // 2 or 1
    even, odd = sample[0::2].count(0) / half, sample[1::2].count(0) / half
    for share, other, encoding in ((odd, even, "utf-16-le"), (even, odd, "utf-16-be")):
        if share > 0.4 and other < 0.05:
            return data.decode(encoding, errors="replace"), f"no byte-order mark; read as {encoding.upper()}"
    if len(_CONTROL.findall(sample)) <= max(3, len(sample) // 1000) and sample.count(0) <= max(3, len(sample) // 1000):
        return data.decode("utf-8", errors="replace"), "contains NUL characters"
    return None, "binary data"
