"""Write src/ujar/statements/confidence.tsv: how often each rule was right on annotated articles.

usage: python training/confidence.py GOLD.jsonl [OUT.tsv]

For each pair of content and cue rule: the share of its statements whose words match a gold statement (overlap of at
least 0.8); for each speaker rule: the share of right speakers among the matched ones. Shares are smoothed towards the
mean with the weight of three cases. Run it on the articles the rules were fitted on (train), never on dev.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "eval"))

from scoring import pair, same_speaker
from ujar.pipeline import analyze
from ujar.records import Article

WEIGHT = 3.0


def count(articles: list[dict[str, object]]) -> dict[str, list[int]]:
    """Rule → [statements found, right ones]."""
    seen: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for row in articles:
        text = str(row["text"])
        published = date.fromisoformat(str(row["published"])) if row.get("published") else None
        golds: list[dict[str, object]] = row["statements"]  # type: ignore[assignment]
        found = analyze(Article(id=str(row["id"]), text=text, published=published), reader="rules").statements
        guesses = [{"content": [tuple(c) for c in s.contents]} for s in found]
        matched = {j: i for i, j, overlap in pair(text, golds, guesses) if overlap >= 0.8}
        for j, statement in enumerate(found):
            rules = {step.part: step.rule for step in statement.steps}
            words = seen[f"words {rules.get('content', '')}+{rules.get('cue', '')}"]
            words[0] += 1
            if j in matched:
                words[1] += 1
                who = seen[f"speaker {rules.get('speaker', '')}"]
                who[0] += 1
                who[1] += same_speaker(str(golds[matched[j]]["speaker"]), statement.speaker)
    return seen


def main() -> None:
    """Count and write."""
    with Path(sys.argv[1]).open(encoding="utf-8") as lines:
        seen = count([json.loads(line) for line in lines])
    target = (
        Path(sys.argv[2]) if len(sys.argv) > 2 else Path(__file__).parents[1] / "src/ujar/statements/confidence.tsv"
    )
    means = {}
    for part in ("words", "speaker"):
        cases = [v for k, v in seen.items() if k.startswith(part)]
        means[part] = sum(v[1] for v in cases) / max(1, sum(v[0] for v in cases))
    with target.open("w", encoding="utf-8") as out:
        out.write("form\tright\tseen\n")
        for form, (found, right) in sorted(seen.items()):
            share = (right + WEIGHT * means[form.split(" ")[0]]) / (found + WEIGHT)
            out.write(f"{form}\t{share:.3f}\t{found}\n")
    print(f"{len(seen)} rules -> {target}")


if __name__ == "__main__":
    main()
