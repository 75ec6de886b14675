"""From what the user names to articles: files, folders, JSON Lines, pages, addresses, standard input."""

from __future__ import annotations

import gzip
import hashlib
import json
import sys
import zlib
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple

from ujar.errors import InputError
from ujar.read.decode import decode
from ujar.read.fetch import fetch
from ujar.read.language import foreign_language
from ujar.read.page import article_from_page, looks_like_html, outlet_of
from ujar.records import Article, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ujar.config import Config

_LINES = (".jsonl", ".ndjson", ".jsonl.gz", ".ndjson.gz")
_PAGES = (".html", ".htm", ".xhtml")
# Packed lines may grow this much before they count as an attack and not as text.
_LARGEST_RATIO = 300


class Loaded(NamedTuple):
    """One article with what was wrong with it, or, without an article, why there is none."""

    article: Article | None
    problems: tuple[Problem, ...] = ()


def load_sources(
    sources: Iterable[str], config: Config, *, published: date | None = None, outlet: str | None = None
) -> Iterator[Loaded]:
    """The articles of all sources, in order, each with its problems; never raises for one bad source.

    ``published`` and ``outlet`` hold for articles that do not say themselves. Ids are unique within the run: a second
    article with the same id gets a number and a problem.
    """
    seen: set[bytes] = set()
    for source in sources:
        try:
            for loaded in _load(source, config):
                yield _finish(loaded, config, published, outlet, seen)
        except InputError as error:
            yield Loaded(None, (Problem(error.slug, "read", _sentence(error), source),))


def _sentence(error: InputError) -> str:
    return f"{error.message}; {error.next_step}" if error.next_step else error.message


def _load(source: str, config: Config) -> Iterator[Loaded]:
    if source == "-":
        yield from _stdin(config)
    elif "://" in source:
        yield from _address(source, config)
    else:
        yield from _path(Path(source), config)


def _path(path: Path, config: Config) -> Iterator[Loaded]:
    try:
        if path.is_dir():
            yield from _folder(path, config)
            return
        if not path.exists():
            raise InputError("no-such-file", f"{path} does not exist", "check the name")
        if not path.is_file():
            raise InputError(
                "not-a-file", f"{path} is neither a file nor a folder", "give a file, a folder, an address or -"
            )
        if path.name.lower().endswith(_LINES):
            yield from _lines_file(path, config)
            return
        if path.stat().st_size > config.max_bytes:
            raise InputError(
                "too-large", f"{path} is larger than {config.max_bytes} bytes", "cut it up, or raise max_bytes"
            )
        data = path.read_bytes()
    except OSError as error:
        raise InputError(
            "unreadable", f"{path} cannot be read ({error.strerror or error})", "check the permissions"
        ) from error
    yield _document(data, str(path), page=path.suffix.lower() in _PAGES)


def _folder(folder: Path, config: Config) -> Iterator[Loaded]:
    """Every file below a folder, in the order of the names; hidden ones are left out."""
    count = 0
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if hidden or not path.is_file():
            continue
        count += 1
        try:
            yield from _path(path, config)
        except InputError as error:
            yield Loaded(None, (Problem(error.slug, "read", _sentence(error), str(path)),))
    if not count:
        yield Loaded(None, (Problem("empty", "read", "the folder holds no files", str(folder)),))


def _stdin(config: Config) -> Iterator[Loaded]:
    stream = sys.stdin.buffer
    data = stream.read(config.max_bytes + 1)
    if len(data) > config.max_bytes:
        raise InputError(
            "too-large", f"standard input is larger than {config.max_bytes} bytes", "give a file, or raise max_bytes"
        )
    first = data.lstrip()[:1]
    if first == b"{" and _is_json(data.split(b"\n", 1)[0]):
        for number, line in enumerate(data.splitlines(), start=1):
            loaded = _line(line, f"-:{number}")
            if loaded is not None:
                yield loaded
        return
    yield _document(data, "-", page=False)


def _is_json(line: bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _address(url: str, config: Config) -> Iterator[Loaded]:
    data, final, kind = fetch(url, config)
    if "json" in kind:
        for number, line in enumerate(data.splitlines(), start=1):
            loaded = _line(line, f"{url}:{number}")
            if loaded is not None:
                yield loaded
        return
    yield _document(data, url, page="html" in kind or not kind, url=final)


def _document(data: bytes, name: str, *, page: bool, url: str | None = None) -> Loaded:
    """One text or page as an article."""
    if not data.strip(b" \t\r\n\x00\xef\xbb\xbf"):
        return Loaded(None, (Problem("empty", "read", "there is nothing in it", name),))
    text, damage = decode(data)
    if text is None:
        return Loaded(None, (Problem("binary", "read", "this is binary data, not text", name),))
    problems = (Problem("encoding", "read", damage, name),) if damage else ()
    if page or looks_like_html(text):
        article, problem = article_from_page(text, name, url)
        return Loaded(article, (*problems, problem) if problem else problems)
    return Loaded(Article(id=name, text=text, url=url), problems)


def _lines_file(path: Path, config: Config) -> Iterator[Loaded]:
    packed = path.stat().st_size if path.suffix.lower() == ".gz" else 0
    try:
        with path.open("rb") as file:
            stream = gzip.GzipFile(fileobj=file) if packed else file
            yield from _lines(stream, str(path), config, packed)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise InputError(
            "damaged-archive", f"{path} is cut off or damaged ({error})", "what stood before the damage was read"
        ) from error


def _lines(file: IO[bytes] | gzip.GzipFile, name: str, config: Config, packed: int) -> Iterator[Loaded]:
    """The articles of a JSON Lines stream, one line in memory at a time."""
    number = 0
    size = 0

    def next_part(limit: int) -> bytes:
        nonlocal size
        part = file.readline(limit)
        size += len(part)
        if packed and size > packed * _LARGEST_RATIO + config.max_bytes:
            raise InputError(
                "too-large",
                f"{name} unpacks to more than {_LARGEST_RATIO} times its size",
                "unpack it yourself if it is meant",
            )
        return part

    while True:
        line = next_part(config.max_bytes + 1)
        if not line:
            if not number:
                yield Loaded(None, (Problem("empty", "read", "there is nothing in it", name),))
            return
        number += 1
        where = f"{name}:{number}"
        if len(line) > config.max_bytes:
            while line and not line.endswith(b"\n"):
                line = next_part(config.max_bytes)
            yield Loaded(
                None, (Problem("too-large", "read", f"the line is longer than {config.max_bytes} bytes", where),)
            )
            continue
        loaded = _line(line, where)
        if loaded is not None:
            yield loaded


def _line(line: bytes, where: str) -> Loaded | None:
    """The article of one JSON line; None for an empty line."""
    if not line.strip(b"\xef\xbb\xbf \t\r\n"):
        return None
    text, damage = decode(line)
    problems: list[Problem] = []
    try:
        row = json.loads(text or "")
    except (ValueError, RecursionError):
        return Loaded(None, (Problem("bad-json", "read", "the line is not valid JSON", where),))
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        return Loaded(None, (Problem("bad-json", "read", 'the line is no object with a "text"', where),))
    if damage:
        problems.append(Problem("encoding", "read", damage, where))
    # A lone surrogate ("\ud800") is no character: it could be read but never written again.
    body = row["text"].encode("utf-8", "replace").decode("utf-8") if _has_surrogate(row["text"]) else row["text"]
    if not body.strip():
        return Loaded(None, (Problem("empty", "read", "the article has no text", where),))
    given = row.get("published")
    day = _published(given)
    if given and day is None:
        problems.append(Problem("bad-date", "read", f"{str(given)[:40]!r} is no date; write 2024-06-07", where))
    url = _text(row.get("url"))
    identity = row.get("id")
    article = Article(
        id=str(identity) if isinstance(identity, (str, int)) and str(identity) else where,
        text=body,
        title=_text(row.get("title")),
        published=day,
        outlet=_text(row.get("outlet")) or _text(row.get("publisher")) or outlet_of(url),
        url=url,
    )
    return Loaded(article, tuple(problems))


def _has_surrogate(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False


def _text(value: object) -> str | None:
    return value.encode("utf-8", "replace").decode("utf-8") if isinstance(value, str) and value.strip() else None


def _published(value: object) -> date | None:
    """The day in "2024-06-07" or "2024-06-07T10:00:00+07:00"."""
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None


def _finish(loaded: Loaded, config: Config, published: date | None, outlet: str | None, seen: set[bytes]) -> Loaded:
    """The article with what the user said of all, a unique id, and the checks that hold for every kind of source."""
    article = loaded.article
    if article is None:
        return loaded
    problems = list(loaded.problems)
    article = replace(article, published=article.published or published, outlet=article.outlet or outlet)
    key = hashlib.blake2b(article.id.encode("utf-8", "replace"), digest_size=12).digest()
    number = 2
    while key in seen:
        other = f"{article.id}#{number}"
        key = hashlib.blake2b(other.encode("utf-8", "replace"), digest_size=12).digest()
        if key not in seen:
            problems.append(
                Problem(
                    "duplicate-id", "read", f"an article with this id was read before; this one is {other}", article.id
                )
            )
            article = replace(article, id=other)
        number += 1
    seen.add(key)
    if len(article.text) > config.max_characters:
        problem = Problem(
            "article-too-long", "read", f"longer than {config.max_characters} characters; cut it up", article.id
        )
        return Loaded(None, (*problems, problem))
    if article.published is None:
        problems.append(
            Problem("no-date", "read", "no date of publication: weekdays cannot be dated; use --published", article.id)
        )
    language = foreign_language(article.text)
    if language is not None:
        problems.append(
            Problem("not-indonesian", "read", f"this reads like language {language!r}, not Indonesian", article.id)
        )
    return Loaded(article, tuple(problems))
