"""How long the pages of ``ujar serve`` take, over a ledger of a million statements; but for those that learn first.

usage: python bench/pages.py [--folder FOLDER] [--statements N]

A server is started over the ledger as a user starts it; each page is fetched five times, the median counts, and the size is
that of the answer as it is sent. The ledger is made as for ``ledger.py queries`` (million.py); a folder that holds one is
used again.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import httpx
import million

_TIMES = 5
_MONTH, _DAY = "2025-03-03", "2025-03-10"
PAGES = (
    "/",
    "/?words=korupsi",
    "/?speaker=Indonesia&offset=20",
    "/?bloc=ASEAN",
    "/events",
    "/events?actor=Indonesia&type=ACCUSE",
    "ARTICLE",
    "/actor?name=Indonesia",
    "/actor?name=Prabowo",
    "/actor?name=Menteri Luar Negeri",
    "/actor?name=ASEAN",
    "/pair?one=Rusia&other=Ukraina",
    "/pair?one=Israel&other=Palestina",
    f"/watch?every=week&on={_MONTH}",
    f"/watch?every=month&on={_MONTH}",
    f"/watch?every=month&on={_MONTH}&actor=Indonesia",
    f"/watch?every=month&on={_MONTH}&bloc=ASEAN",
    f"/positions?issue=kasus korupsi&bloc=ASEAN&on={_DAY}",
    "/outlooks",
    "/export/statements.csv?words=korupsi",
    "/api/ledger",
    "/api/statements?words=korupsi",
    "/api/actors/Prabowo",
)


def pages(folder: Path) -> None:
    """Print a row for each page."""
    command = [sys.executable, "-m", "ujar", "serve", "--ledger", str(folder), "--port", "0"]
    with (
        subprocess.Popen(  # noqa: S603 - our own command
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as server,
        httpx.Client(timeout=120) as client,
    ):
        try:
            assert server.stdout  # noqa: S101 - a bench
            found = re.search(r"http://\S+?(?=/\s)", server.stdout.readline())
            if not found:
                sys.exit("the server did not start")
            address = found[0]
            article = re.search(r'href="(/article/[0-9a-f]+)', client.get(f"{address}/").text)
            for page in PAGES:
                path = page if page != "ARTICLE" else article[1] if article else "/"
                took = []
                for _ in range(_TIMES):
                    start = time.perf_counter()
                    answer = client.get(address + path)
                    took.append(time.perf_counter() - start)
                ok = "" if answer.status_code == 200 else f"  {answer.status_code}"
                size = len(answer.content) / 1000
                print(f"{page:54}{statistics.median(took) * 1000:8.0f}{size:8.0f}{ok}", flush=True)
        finally:
            server.terminate()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, help="where the million statements are, or shall be")
    parser.add_argument("--statements", type=int, default=1_000_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as aside:
        folder = options.folder or Path(aside) / "ledger"
        size = million.make(folder, statements=options.statements, parts=10, articles=500).size()
        print(f"{size['statements']} statements, {size['events']} events, {size['articles']} articles")
        print(f"{'':54}{'ms':>8}{'kB':>8}")
        pages(folder)


if __name__ == "__main__":
    main()
