"""One configuration: defaults, then ujar.toml in the working folder, then UJAR_* variables, then flags."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from ujar.errors import SettingError
from ujar.records import Reader

if TYPE_CHECKING:
    from collections.abc import Mapping

_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off"})


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of one run.

    Attributes:
        data: folder of the evaluation data (gold statements, raw news); only eval/, bench/, training/ and some tests use it.
        reader: "learned" (rules and trained models together) or "rules" (the rules alone: quicker, finds less).
        events: whether to find events beside statements.
        actors: folder of own tables of actors, which correct and extend those of the package; empty for none.
        ledger: folder of the ledger that commands keep and ask when none is named.
        max_bytes: largest file or line that is read, in bytes.
        max_page_bytes: largest HTML page, or answer of an address, in bytes; taking a page apart costs more than reading.
        max_characters: longest article that is analysed, in characters.
        article_seconds: longest time for one article when worker processes read, in seconds; it is set aside then.
        fetch_seconds: longest time for one address, name lookup and all redirects together.
        max_redirects: redirects followed for one address.
        private_addresses: whether addresses of this machine and of private networks may be fetched.
    """

    data: str = "../shared"
    reader: Reader = "learned"
    events: bool = False
    actors: str = ""
    ledger: str = "ledger"
    max_bytes: int = 64 * 1024 * 1024
    max_page_bytes: int = 5 * 1024 * 1024
    max_characters: int = 2_000_000
    article_seconds: int = 60
    fetch_seconds: int = 20
    max_redirects: int = 5
    private_addresses: bool = False


def load_config(folder: Path | None = None, environment: Mapping[str, str] | None = None, **flags: object) -> Config:
    """The configuration in force: a flag beats a variable, a variable the file, the file the default.

    Flags given as None are left out. Raises SettingError for an unknown or unusable setting.
    """
    config = Config()
    path = (folder or Path()) / "ujar.toml"
    if path.is_file():
        try:
            with path.open("rb") as file:
                table = tomllib.load(file)
        except (OSError, ValueError) as error:
            raise SettingError(
                "bad-setting", f"{path} cannot be read: {error}", "mend the file or move it away"
            ) from error
        config = _apply(config, table, str(path))
    environment = os.environ if environment is None else environment
    known = {f"UJAR_{f.name.upper()}": f.name for f in fields(Config)}
    config = _apply(config, {known[k]: v for k, v in environment.items() if k in known}, "the environment")
    return _apply(config, {k: v for k, v in flags.items() if v is not None}, "the command line")


def _apply(config: Config, values: Mapping[str, Any], origin: str) -> Config:
    kinds = {f.name: type(getattr(config, f.name)) for f in fields(Config)}
    changed: dict[str, Any] = {}
    for name, value in values.items():
        if name not in kinds:
            raise SettingError(
                "bad-setting", f"{origin} has an unknown setting {name!r}", f"known are: {', '.join(kinds)}"
            )
        changed[name] = _convert(name, value, kinds[name], origin)
    return replace(config, **changed)


def _convert(name: str, value: object, kind: type, origin: str) -> object:
    if kind is bool:
        if isinstance(value, bool):
            return value
        form = str(value).strip().lower()
        if form in _TRUE | _FALSE:
            return form in _TRUE
    elif kind is int:
        try:
            number = int(str(value))
        except ValueError:
            number = 0
        if number > 0 and not isinstance(value, bool):
            return number
    elif isinstance(value, str) and (name != "reader" or value in get_args(Reader)):
        return value
    wanted = {bool: "yes or no", int: "a whole number above 0", str: "text"}[kind]
    if name == "reader":
        wanted = " or ".join(get_args(Reader))
    raise SettingError("bad-setting", f"{origin} sets {name} to {value!r}; it takes {wanted}", f"correct {name}")
