"""Forms of names: how they are written in the tables and how they are met in texts."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_TOKEN = re.compile(r"[\w'’`.+&]+(?:[-–/][\w'’`.+&]+)*|[,;:()]")
_DROPPED = str.maketrans("", "", ".'’`ʼ‘")
_PARTED = re.compile(r"[-–/]")


@lru_cache(maxsize=65536)
def fold(form: str) -> str:
    """The key of a form: small letters without accents, dots and apostrophes; hyphens and strokes are spaces.

    ``Sana'a`` is ``sanaa``, ``U.S.`` is ``us``, ``negara-negara Baltik`` is ``negara negara baltik``.
    """
    if not form.isascii():
        form = "".join(c for c in unicodedata.normalize("NFKD", form) if not unicodedata.combining(c))
    return " ".join(_PARTED.sub(" ", form).replace("&", " dan ").replace(",", " ").translate(_DROPPED).lower().split())


def tokens(form: str) -> list[str]:
    """The words of a form; commas and brackets are words of their own, words with hyphens are cut at them."""
    out: list[str] = []
    for token in _TOKEN.findall(form.replace("&", " dan ") if "&" in form else form):
        out += [part for part in _PARTED.split(token) if part] if len(token) > 1 else [token]
    return out


def guard(form: str) -> str:
    """What a mention must look like to be this form.

    Itself, for a short acronym (AS is no "as"); "^" for a single capitalised word (Barat is not "barat"); "" for no
    condition.
    """
    if " " in form or "-" in form:
        return ""
    bare = form.translate(_DROPPED)
    if len(bare) <= 4 and bare.isupper() and bare.isalnum():
        return bare
    return "^" if form[:1].isupper() else ""


def slug(name: str) -> str:
    """The name as it stands in an id: "Prabowo Subianto" → "prabowo-subianto"."""
    return "-".join(re.findall(r"[a-z0-9]+", fold(name)))
