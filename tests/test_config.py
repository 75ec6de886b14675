"""Settings: defaults, file, environment, flags."""

from __future__ import annotations

from pathlib import Path

import pytest

from ujar.config import Config, load_config
from ujar.errors import SettingError


def test_order(tmp_path: Path) -> None:
    (tmp_path / "ujar.toml").write_text('max_bytes = 10\nfetch_seconds = 5\ndata = "a"\n', encoding="utf-8")
    config = load_config(
        tmp_path, {"UJAR_FETCH_SECONDS": "6", "UJAR_DATA": "b", "HOME": "/"}, data="c", max_redirects=None
    )
    assert (config.max_bytes, config.fetch_seconds, config.data) == (10, 6, "c")
    assert config.max_redirects == Config().max_redirects


@pytest.mark.parametrize(
    "content",
    ["max_bytes = 0", "unknown = 1", "private_addresses = 3", "max_bytes = [", "data = 1", 'reader = "guess"'],
)
def test_bad_file(tmp_path: Path, content: str) -> None:
    (tmp_path / "ujar.toml").write_text(content, encoding="utf-8")
    with pytest.raises(SettingError):
        load_config(tmp_path, {})


def test_reader() -> None:
    assert load_config(Path("/nowhere"), {}).reader == "learned"
    assert load_config(Path("/nowhere"), {"UJAR_READER": "learned"}, reader="rules").reader == "rules"
    with pytest.raises(SettingError, match="learned or rules"):
        load_config(Path("/nowhere"), {"UJAR_READER": "guess"})


def test_switch() -> None:
    assert load_config(Path("/nowhere"), {"UJAR_PRIVATE_ADDRESSES": "yes"}).private_addresses
    with pytest.raises(SettingError):
        load_config(Path("/nowhere"), {"UJAR_PRIVATE_ADDRESSES": "perhaps"})
