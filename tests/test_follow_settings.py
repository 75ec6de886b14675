"""feeds.toml, the command over it, and the examples for systemd."""

from __future__ import annotations

import configparser
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import ROOT
from feed_server import newspaper

from ujar.cli import cli
from ujar.errors import SettingError
from ujar.follow.settings import load_feeds, seconds_of

FEED = '[[feed]]\naddress = "https://koran.example/rss"\n'


def written(folder: Path, text: str) -> Path:
    path = folder / "feeds.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_settings(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        'every = "1h"\ndelay = "0s"\nmost = 10\n' + FEED + '[[feed]]\naddress = "http://b.example/"\nevery = "90s"\n'
        'kind = "sitemap"\nwithin = "2d"\nfull_text = true\noutlet = "B"\nmost = 3\n',
    )
    found = load_feeds(path)
    assert (found.delay, found.hosts, found.allow_private) == (0, 8, False)
    first, second = found.feeds
    assert (first.every, first.most, first.kind, first.within) == (3600, 10, "auto", None)
    assert (second.every, second.most, second.kind, second.within) == (90, 3, "sitemap", 172800)
    assert [f.every for f in load_feeds(path, every=60.0).feeds] == [60, 60]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "names no feed"),
        ("feed = 3", "names no feed"),
        ("[[feed]]\n", "line 1: the feed has no address"),
        (FEED + "every = 15\n", "line 1: every is 15"),
        (FEED + 'every = "0s"\n', "line 1: every is '0s'"),
        (FEED + "\n\n" + FEED.replace("koran", "b") + 'evry = "1m"\n', "line 5: unknown setting 'evry'"),
        (FEED + FEED, "line 3: https://koran.example/rss is there twice"),
        ('[[feed]]\naddress = "file:///etc/passwd"\n', "line 1: address is 'file:///etc/passwd'"),
        ("hosts = 0\n" + FEED, "hosts is 0"),
        ("hosts = true\n" + FEED, "hosts is True"),
        ('contact = "a)\\nX-Other: 1"\n' + FEED, "contact is"),
        ("delay = \n" + FEED, "line 1"),
        (FEED + 'kind = "html"\n', "line 1: kind is 'html'"),
    ],
)
def test_bad_settings(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(SettingError) as caught:
        load_feeds(written(tmp_path, text))
    assert told in caught.value.message
    assert caught.value.slug == "bad-feeds"
    assert caught.value.next_step


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(SettingError):
        load_feeds(tmp_path / "none.toml")


def test_times() -> None:
    assert [seconds_of(t) for t in ("90s", "15m", "1.5h", "2 d")] == [90, 900, 5400, 172800]
    assert [seconds_of(t) for t in ("", "15", "m", "-1s", "1e9d", "9999d", None, 3)] == [None] * 8


def test_the_example_is_sound() -> None:
    assert len(load_feeds(ROOT / "examples" / "feeds.toml").feeds) >= 5


def test_check(tmp_path: Path) -> None:
    with newspaper() as paper:
        good, bad = paper.rss("/rss", paper.articles(1, 2)), f"{paper.address}/none"
        path = written(tmp_path, f'delay = "0s"\n[[feed]]\naddress = "{good}"\n[[feed]]\naddress = "{bad}"\n')
        out = CliRunner().invoke(cli, ["follow", str(path), "--check", "--allow-private"])
        assert out.exit_code == 3
        assert "rss20: 2 entries, 2 to be fetched" in out.output
        assert f"unreachable: {bad} answers with status 404" in out.output
        assert "1 of 2 feeds could be read" in out.output
        assert paper.paths() == ["/rss", "/none"]
        refused = CliRunner().invoke(cli, ["follow", str(path), "--check"])
        assert refused.output.count("private-address") == 2


def test_once(tmp_path: Path) -> None:
    with newspaper() as paper:
        path = written(tmp_path, f'delay = "0s"\n[[feed]]\naddress = "{paper.rss("/rss", paper.articles(1, 2))}"\n')
        command = [
            "follow",
            str(path),
            "--once",
            "--allow-private",
            "--reader",
            "rules",
            "--ledger",
            str(tmp_path / "l"),
        ]
        out = CliRunner().invoke(cli, command)
        assert out.exit_code == 0, out.output
        assert "entries 2: 2 new, 0 seen before; articles 2: 2 kept, 0 there already" in out.output
        again = CliRunner().invoke(cli, command)
        assert "feeds 0: 0 read" in again.output


def test_bad_time() -> None:
    out = CliRunner().invoke(cli, ["follow", "feeds.toml", "--every", "often"], standalone_mode=False)
    assert getattr(out.exception, "slug", None) == "bad-time"


@pytest.mark.parametrize("name", ["ujar-follow.service", "ujar-serve.service"])
def test_units(tmp_path: Path, name: str) -> None:
    text = (ROOT / "deploy" / name).read_text(encoding="utf-8")
    unit = configparser.ConfigParser(interpolation=None, strict=True)
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read_string(text)
    assert unit["Service"]["User"] == "ujar"
    words = unit["Service"]["ExecStart"].split()
    # The command and its options are there.
    told = CliRunner().invoke(cli, [words[1], "--help"]).output
    assert words[0].endswith("/bin/ujar")
    assert all(word in told for word in words if word.startswith("--"))
    verify = shutil.which("systemd-analyze")
    if verify:
        # ujar need not be installed where the test runs.
        copy = tmp_path / name
        copy.write_text(text.replace("/opt/ujar/bin/ujar", shutil.which("true") or "/bin/true"), encoding="utf-8")
        done = subprocess.run([verify, "verify", "--man=no", str(copy)], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        assert name not in done.stderr
