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


def decode(data: bytes) -> tuple[str | None, str | None]:
    """The text of ``data`` and what was wrong with its encoding (None: nothing). No text when it is binary.

    UTF-8 is tried first, a byte-order mark is believed, UTF-16 without one is known by its NUL bytes; what is not
    UTF-8 is Windows-1252 unless most of its high bytes are well-formed UTF-8, which then is UTF-8 with damage.
    A byte-order mark is not part of the text.
    """
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
    high = sum(byte > 0x7F for byte in sample)
    formed = sum(len(m) for m in _MULTIBYTE.findall(sample))
    if formed * 2 > high:
        return data.decode("utf-8", errors="replace"), "broken UTF-8; unreadable bytes are shown as �"
    return data.decode("cp1252", errors="replace"), "not UTF-8; read as Windows-1252"


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
