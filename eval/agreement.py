"""How far the project's own annotation agrees with gold: 23 gold articles that were annotated anew, gold unseen.

usage: python eval/agreement.py
"""

from __future__ import annotations

import json

from corpora import ANNOTATIONS, load
from score import summary
from scoring import score


def main() -> None:
    """Score the annotations as if they were found by a reader."""
    with (ANNOTATIONS / "agreement.jsonl").open(encoding="utf-8") as lines:
        anew = {row["id"]: row for row in map(json.loads, lines)}
    golds = {key: row for key, row in load("train").items() if key in anew}
    print(summary("agreement with gold", score(golds, anew)[0]))


if __name__ == "__main__":
    main()
