"""From what the user names to articles: files, folders, patterns, archives, addresses, standard input."""

from __future__ import annotations

import glob
import hashlib
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ujar.errors import InputError, UjarError
from ujar.read.fetch import fetch
from ujar.read.files import read_file
from ujar.read.language import foreign_language
from ujar.read.lines import is_json, read_line
from ujar.read.loaded import Loaded, document, failed
from ujar.read.remote import find_files, is_remote
from ujar.records import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from ujar.config import Config

__all__ = ["Loaded", "load_sources"]


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
        except UjarError as error:
            yield _refused(error, source)


def _refused(error: UjarError, name: str) -> Loaded:
    """The problem of a source that cannot be read; a fault of the installation is raised again."""
    if not isinstance(error, InputError) and error.slug != "missing-extra":
        raise error
    return failed(error.slug, f"{error.message}; {error.next_step}" if error.next_step else error.message, name)


def _load(source: str, config: Config) -> Iterator[Loaded]:
    if source == "-":
        yield from _stdin(config)
    elif is_remote(source):
        yield from _remote(source, config)
    elif "://" in source:
        yield from _address(source, config)
    elif glob.has_magic(source) and not os.path.lexists(source):
        yield from _pattern(source, config)
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
        with path.open("rb") as file:
            yield from read_file(file, str(path), config)
    except OSError as error:
        raise InputError(
            "unreadable", f"{path} cannot be read ({error.strerror or error})", "check the permissions"
        ) from error


def _pattern(pattern: str, config: Config) -> Iterator[Loaded]:
    """Every file that fits a pattern, and every file below a folder that does, in the order of the names."""
    found = sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207 - pathlib takes no absolute pattern
    if not found:
        raise InputError("no-such-file", f"there are no files that fit {pattern}", "check the pattern")
    recursive = "**" in pattern
    for name in found:
        path = Path(name)
        # "**" names the files below its folders one by one.
        if not (recursive and path.is_dir()):
            yield from _one(path, config)


def _one(path: Path, config: Config) -> Iterator[Loaded]:
    """The articles of one path among several: that it cannot be read is a problem, and the others are read."""
    try:
        yield from _path(path, config)
    except UjarError as error:
        yield _refused(error, str(path))


def _folder(folder: Path, config: Config) -> Iterator[Loaded]:
    """Every file below a folder, in the order of the names; hidden ones are left out."""
    count = 0
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if hidden or not path.is_file():
            continue
        count += 1
        yield from _one(path, config)
    if not count:
        yield failed("empty", "the folder holds no files", str(folder))


def _remote(address: str, config: Config) -> Iterator[Loaded]:
    """Every file that an address leads to, as those of a folder."""
    for found in find_files(address, config):
        try:
            with found.open() as file:
                yield from read_file(file, found.name, config)
        except UjarError as error:
            yield _refused(error, found.name)
        except Exception as error:  # noqa: BLE001 - each store has errors of its own
            reason = f"it cannot be read or broke off ({type(error).__name__}: {str(error)[:200]})"
            yield failed("unreachable", reason, found.name)


def _stdin(config: Config) -> Iterator[Loaded]:
    stream = sys.stdin.buffer
    data = stream.read(config.max_bytes + 1)
    if len(data) > config.max_bytes:
        raise InputError(
            "too-large", f"standard input is larger than {config.max_bytes} bytes", "give a file, or raise max_bytes"
        )
    first = data.lstrip()[:1]
    if first == b"{" and is_json(data.split(b"\n", 1)[0]):
        yield from _numbered(data, "-")
        return
    yield document(data, "-", page=False)


def _numbered(data: bytes, name: str) -> Iterator[Loaded]:
    for number, line in enumerate(data.splitlines(), start=1):
        loaded = read_line(line, f"{name}:{number}")
        if loaded is not None:
            yield loaded


def _address(url: str, config: Config) -> Iterator[Loaded]:
    data, final, kind = fetch(url, config)
    if "json" in kind:
        yield from _numbered(data, url)
        return
    yield document(data, url, page="html" in kind or not kind, url=final)


def load_page(
    data: bytes,
    name: str,
    config: Config,
    *,
    url: str,
    charset: str | None = None,
    published: date | None = None,
) -> Loaded:
    """The article of a page that was fetched already, from this address, as ``load_sources`` gives it; never raises.

    ``charset``: what the server said of it.
    """
    return _finish(document(data, name, page=True, url=url, charset=charset), config, published, None, set())


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
    if article.published is not None:
        problems = [p for p in problems if p.slug != "no-date"]
    if len(article.text) > config.max_characters:
        problem = Problem(
            "article-too-long", "read", f"longer than {config.max_characters} characters; cut it up", article.id
        )
        return Loaded(None, (*problems, problem))
    if article.published is None and not any(p.slug == "no-date" for p in problems):
        problems.append(
            Problem("no-date", "read", "no date of publication: weekdays cannot be dated; use --published", article.id)
        )
    language = foreign_language(article.text)
    if language is not None:
        problems.append(
            Problem("not-indonesian", "read", f"this reads like language {language!r}, not Indonesian", article.id)
        )
    return Loaded(article, tuple(problems))
