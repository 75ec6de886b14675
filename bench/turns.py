"""How much quicker one installation of ujar reads than another: they read in turns, so that the pace of the machine evens out.

usage: python bench/turns.py [--rounds N] PYTHON …

Each PYTHON is an interpreter with an ujar of its own (``plain/bin/python``). All read the same raw news, with events, a hundred
articles a turn on one core; the first is what the others are compared with.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
_TURN, _TURNS = 100, 4
# One core means one: no threads of the linear algebra beside it.
_ONE = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


def read() -> None:
    """Read when told to, a turn a line, and say how many seconds of the processor it took: what each installation does."""
    from bench import ran_on, read_rows

    from corpora import raw_articles

    rows = list(raw_articles((1 + _TURNS) * _TURN))
    # The models are loaded, and the words of the day are known.
    read_rows(rows[:_TURN], events=True)
    print(ran_on(), flush=True)
    for line in sys.stdin:
        begin = (1 + int(line) % _TURNS) * _TURN
        start = time.process_time()
        read_rows(rows[begin : begin + _TURN], events=True)
        print(time.process_time() - start, flush=True)


def main() -> None:
    """Let them read in turns, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pythons", nargs="+", metavar="PYTHON")
    parser.add_argument("--rounds", type=int, default=12, metavar="N", help="turns of each (12)")
    args = parser.parse_args()
    missing = [python for python in args.pythons if shutil.which(python) is None]
    if missing:
        parser.error(f"no interpreter: {', '.join(missing)}")
    code = f"import sys; sys.path.insert(0, {str(HERE)!r}); import turns; turns.read()"
    readers = [
        subprocess.Popen(  # noqa: S603 - what the caller named
            [python, "-c", code],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ | _ONE,
        )
        for python in args.pythons
    ]  # fmt: skip
    told: list[str] = []
    for reader in readers:
        if reader.stdout is None or not (line := reader.stdout.readline()):
            sys.exit(f"{args.pythons[len(told)]} does not read (see above)")
        told.append(line.strip())
    seconds: list[list[float]] = [[] for _ in readers]
    for turn in range(args.rounds):
        for reader, own in zip(readers, seconds, strict=True):
            if reader.stdin is None or reader.stdout is None:
                raise AssertionError
            reader.stdin.write(f"{turn}\n")
            reader.stdin.flush()
            own.append(float(reader.stdout.readline()))
    for python, on, own in zip(args.pythons, told, seconds, strict=True):
        times = statistics.median(first / this for first, this in zip(seconds[0], own, strict=True))
        print(f"{_TURN / statistics.mean(own):6.1f} articles/s  {times:5.2f} x the first  {python}: {on}")


if __name__ == "__main__":
    main()
