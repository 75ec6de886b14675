"""The command ``ujar serve``."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import httpx
import pytest
from conftest import ROOT
from web_ledger import small_ledger

from ujar.commands.serve import listen, punctual
from ujar.web.app import create_app

if TYPE_CHECKING:
    from ujar.store import Ledger

TOKEN = "0123456789abcdef-token"  # noqa: S105 - of no server


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    return small_ledger(tmp_path_factory.mktemp("web") / "ledger")


def serve(*args: str, **env: str) -> subprocess.Popen[str]:
    import os

    return subprocess.Popen(
        [sys.executable, "-m", "ujar", "serve", *args],
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, **env},
    )


@pytest.mark.parametrize(
    ("args", "env", "slug"),
    [
        (["--host", "0.0.0.0"], {}, "no-token"),
        (["--host", "::"], {}, "no-token"),
        (["--host", "0.0.0.0", "--token", "short"], {}, "bad-token"),
        (["--host", "0.0.0.0"], {"UJAR_TOKEN": "a b c d e f g h i j"}, "bad-token"),
        (["--host", "256.1.1.1", "--token", TOKEN], {}, "cannot-listen"),
    ],
)
def test_refuses_to_start(ledger: Ledger, args: list[str], env: dict[str, str], slug: str) -> None:
    with serve("--ledger", str(ledger.folder), *args, **env) as process:
        _, error = process.communicate(timeout=60)
        assert process.returncode == 2
        assert f"docs/errors.md#{slug}" in error


def test_serves_until_stopped(ledger: Ledger) -> None:
    with serve("--ledger", str(ledger.folder), "--port", "0", UJAR_TOKEN=TOKEN) as process:
        assert process.stderr
        try:
            line = process.stderr.readline()
            address = re.search(r"http://127\.0\.0\.1:\d+/", line)
            assert address, line
            answer = httpx.get(f"{address[0]}api/statements?limit=1", headers={"Authorization": f"Bearer {TOKEN}"})
            assert len(answer.json()["rows"]) == 1
            assert "server" not in answer.headers
            assert httpx.get(address[0]).status_code == 303
            taken = address[0].rpartition(":")[2].strip("/")
            with serve("--ledger", str(ledger.folder), "--port", taken) as second:
                assert "docs/errors.md#cannot-listen" in second.communicate(timeout=60)[1]
        finally:
            process.send_signal(signal.SIGINT)
            _, error = process.communicate(timeout=30)
        assert "Traceback" not in error


def test_who_comes_early_is_not_refused() -> None:
    with listen("127.0.0.1", 0) as listening, socket.create_connection(listening.getsockname(), timeout=5) as early:
        early.sendall(b"GET")
        answered, _ = listening.accept()
        with answered:
            assert answered.recv(3) == b"GET"


def test_silent_connections_shut_nobody_out(ledger: Ledger) -> None:
    uvicorn = pytest.importorskip("uvicorn")
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    config = uvicorn.Config(create_app(ledger), http=punctual(0.6, 3), log_level="error", limit_concurrency=20)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    address = listening.getsockname()
    page = f"http://127.0.0.1:{address[1]}/api/statements?limit=1"
    try:
        with httpx.Client(trust_env=False) as client:
            while not server.started:
                time.sleep(0.05)
            silent = [socket.create_connection(address) for _ in range(30)]
            # One that brings its request letter by letter is as good as silent.
            slow = socket.create_connection(address)
            assert client.get(page).status_code == 503
            for letter in b"GET / HTTP":
                with suppress(OSError):
                    slow.send(bytes([letter]))
                time.sleep(0.15)
            assert client.get(page).status_code == 200
            # The server hung up.
            for connection in (*silent, slow):
                connection.settimeout(2)
                with suppress(ConnectionResetError):
                    assert connection.recv(1) == b""
                connection.close()
    finally:
        server.should_exit = True
        thread.join(timeout=20)
        listening.close()
