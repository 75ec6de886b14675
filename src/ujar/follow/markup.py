"""Hostile XML, piece by piece: no tree is built, nothing is loaded, and no entity is declared."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NoReturn
from xml.parsers import expat

# Longest text of an element that is looked at, in characters.
_TEXT = 4_000


class NotSound(Exception):  # noqa: N818 - what is done about it is for the caller to say
    """The bytes are no well-formed XML, or declare entities; what was found before holds."""


class Enough(Exception):  # noqa: N818 - a way out, not an error
    """The rest need not be looked at."""


@dataclass(slots=True)
class Entry:
    """An element of a sitemap: the texts of what is in it, by path of local names ("loc", "news/title"); the first of each."""

    name: str
    texts: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class SitemapReader:
    """Reads a sitemap: ``root`` is its outermost element, ``entries`` what is in it, as far as it was read.

    Attributes:
        most: entries after which the rest is not looked at.
    """

    most: int
    root: str = ""
    entries: list[Entry] = field(default_factory=list)
    _path: list[str] = field(default_factory=list)
    _words: list[str] = field(default_factory=list)

    def read(self, data: bytes) -> None:
        """Read a document. Raises NotSound, or Enough when there is more than that."""
        parser = _parser()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._words.append
        _parse(parser, data)

    def _start(self, name: str, _attributes: dict[str, str]) -> None:
        local = local_name(name)
        self.root = self.root or local
        if len(self._path) == 1 and local in ("url", "sitemap"):
            if len(self.entries) >= self.most:
                raise Enough
            self.entries.append(Entry(local))
        self._path.append(local)
        self._words.clear()

    def _end(self, _name: str) -> None:
        if 3 <= len(self._path) <= 4 and self._path[1] in ("url", "sitemap") and self._words:
            text = "".join(self._words)[:_TEXT].strip()
            self.entries[-1].texts.setdefault("/".join(self._path[2:]), text)
        self._words.clear()
        self._path.pop()


@dataclass(slots=True)
class _Outline:
    """How a feed is built: depth, attributes, children of an entry, entries."""

    deepest: int
    attributes: int
    children: int
    entries: int
    _path: list[int] = field(default_factory=list)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if self._path:
            self._path[-1] += 1
        if local_name(name) in ("item", "entry"):
            self.entries -= 1
        elif len(self._path) > 2 and self._path[-1] > self.children:
            raise Enough
        if len(self._path) >= self.deepest or len(attributes) > self.attributes or self.entries < 0:
            raise Enough
        self._path.append(0)

    def end(self, _name: str) -> None:
        self._path.pop()


def is_plain(data: bytes, *, deepest: int, attributes: int, children: int, entries: int) -> bool:
    """Whether a feed is well-formed XML within these bounds.

    Args:
        data: the feed.
        deepest: elements within each other.
        attributes: attributes of one element.
        children: elements right below one that lies in an entry, or is one.
        entries: items and entries.
    """
    outline = _Outline(deepest, attributes, children, entries)
    parser = _parser()
    parser.StartElementHandler = outline.start
    parser.EndElementHandler = outline.end
    try:
        _parse(parser, data)
    except (NotSound, Enough):
        return False
    return True


def local_name(name: str) -> str:
    """The name of an element without its prefix, in small letters: some documents have the wrong namespace."""
    return name.rpartition(":")[2].lower()


def _parser() -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.EntityDeclHandler = _refuse
    return parser


def _refuse(*_what: object) -> NoReturn:
    raise NotSound("it declares entities of its own")


def _parse(parser: expat.XMLParserType, data: bytes) -> None:
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise NotSound(str(error)[:100]) from error
