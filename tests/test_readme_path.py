"""The newcomer's path of the README: read and keep, ask, watch, compare, serve; each command as it stands there."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from conftest import ROOT
from test_docs import fenced

COMMANDS = [line.split("#")[0].strip() for line in fenced("path").splitlines() if line.startswith("ujar ")]


def ready(tmp_path: Path) -> dict[str, object]:
    """A folder that looks like the project to the commands, so that the ledger is made elsewhere."""
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    return {"cwd": tmp_path, "env": {**os.environ, "COLUMNS": "100", "NO_COLOR": "1"}}


def command(line: str) -> list[str]:
    return [sys.executable, "-m", "ujar", *shlex.split(line)[1:]]


def test_the_path(tmp_path: Path) -> None:
    where = ready(tmp_path)
    out = {}
    names = ["add", "statements", "events", "watch", "positions", "scenarios", "serve"]
    assert [line.split()[1] for line in COMMANDS] == names
    for line in COMMANDS[:-1]:
        done = subprocess.run(command(line), capture_output=True, timeout=120, **where)  # type: ignore[call-overload]
        assert done.returncode == 0, (line, done.stderr.decode())
        out[line.split()[1]] = done.stdout.decode()
    assert "Sione Halafihi" in out["statements"]
    assert "ACCUSE" in out["events"]
    assert "Fiji" in out["watch"]
    assert re.search(r"against +Vanuatu", out["positions"])
    # Twelve articles are no past: that is said, and no forecast made of them.
    assert "Too thin for a forecast" in out["scenarios"]
    again = subprocess.run(command(COMMANDS[0]), capture_output=True, timeout=120, **where)  # type: ignore[call-overload]
    assert "kept 0 articles" in again.stderr.decode()
    serving = subprocess.Popen(
        [*command(COMMANDS[-1]), "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        **where,  # type: ignore[call-overload]
    )
    try:
        address = None
        until = time.monotonic() + 60
        while address is None and time.monotonic() < until:
            address = re.search(r"http://127\.0\.0\.1:\d+", serving.stdout.readline())
        assert address is not None
        assert "Sione Halafihi" in fetched(f"{address[0]}/?words=kapal&lang=en", until)
    finally:
        serving.terminate()
        serving.communicate(timeout=30)


def fetched(address: str, until: float) -> str:
    """A page; the server says where it will listen before it does."""
    while True:
        try:
            with urllib.request.urlopen(address, timeout=30) as page:  # noqa: S310 - our own server
                return page.read().decode()
        except urllib.error.URLError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)
