"""How far the project's own annotation agrees with gold: articles that were annotated anew, gold unseen.

usage: python eval/agreement.py

Statements: 23 articles of gold/train.jsonl; events: 16 of plover/articles_train.jsonl.
"""

from __future__ import annotations

import json

import score_events as events
from corpora import ANNOTATIONS, Row, load
from score import summary
from scoring import score


def main() -> None:
    """Score the annotations as if they were found by a reader."""
    anew = _rows("agreement")
    golds = {key: row for key, row in load("train").items() if key in anew}
    print(summary("agreement with gold", score(golds, anew)[0]))
    anew = _rows("event_agreement")
    golds = {key: row for key, row in events.load_events("train").items() if key in anew}
    rows = {key: row["events"] for key, row in anew.items()}
    print(events.summary("agreement with gold, events", events.article_figures(golds, rows)))


def _rows(name: str) -> dict[str, Row]:
    with (ANNOTATIONS / f"{name}.jsonl").open(encoding="utf-8") as lines:
        return {row["id"]: row for row in map(json.loads, lines)}


if __name__ == "__main__":
    main()
