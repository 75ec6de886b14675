"""Events of another collection brought into a ledger: rows a second, memory and disk, with made-up rows of GDELT 1.0.

usage: python bench/history.py [--rows N]
"""

from __future__ import annotations

import argparse
import random
import resource
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

from ujar.history.bring import import_files

_STATES = ("USA", "RUS", "UKR", "CHN", "IDN", "IRN", "ISR", "IND", "FRA", "AUS")
_CODES = ("042", "036", "111", "138", "190", "173", "0841", "128")
_FIRST = date(2012, 1, 1)


def write(path: Path, rows: int) -> None:
    """Rows as GDELT 1.0 lays them out before it told addresses: 57 columns, the last the day on which it was told."""
    chance = random.Random(1)  # noqa: S311 - made-up events
    with path.open("w", encoding="ascii") as file:
        for number in range(rows):
            day = f"{_FIRST + timedelta(days=number * 365 // rows):%Y%m%d}"
            one, other = chance.sample(_STATES, 2)
            code = chance.choice(_CODES)
            cells = [str(number), day, day[:6], day[:4], day[:4]]
            for state in (one, other):
                cells += [state, state, state, *[""] * 7]
            cells += ["1", code, code[:3], code[:2], "1", "1.0", "1", "1", "1", "0.5", *[""] * 21, day]
            file.write("\t".join(cells) + "\n")


def main() -> None:
    """Make the rows, import them, and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as folder:
        file, ledger = Path(folder) / "events.tsv", Path(folder) / "ledger"
        write(file, rows)
        began = time.perf_counter()
        found = import_files(ledger, "gdelt", "gdelt1", [file])
        seconds = time.perf_counter() - began
        disk = sum(p.stat().st_size for p in (ledger / "history").rglob("*") if p.is_file())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{rows} lines, {found.new} rows kept  {seconds:.1f} s  {rows / seconds:.0f} lines/s"
        f"  peak {peak:.0f} MB  disk {disk / 1e6:.1f} MB"
    )


if __name__ == "__main__":
    main()
