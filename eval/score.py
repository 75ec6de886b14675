"""Score the reader on the annotated articles.

usage: python eval/score.py [train|dev|seed|held ...] [--reader learned|rules] [--json] [--tables] [--errors N] [--write FOLDER]
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from pathlib import Path

from corpora import SETS, Row, load, predict
from scoring import OVERLAP, Figures, pair, same_speaker, score

RATES = ("strict", "lenient", "attributed", "characters", "addressee", "time", "date", "via")
SHARES = ("speaker_accuracy", "kind_accuracy", "cue_accuracy", "source_accuracy")


def summary(name: str, figures: Figures) -> str:
    """The figures of one set as a table to read."""
    lines = [f"{name}: {figures['strict']['gold']} gold statements, {figures['strict']['guess']} found"]
    lines += [
        f"  {key:<11} P {r['p']:.3f}  R {r['r']:.3f}  F {r['f']:.3f}   ({r['hit']} of {r['gold']}, {r['guess']} found)"
        for key, r in ((key, figures[key]) for key in RATES)
    ]
    lines.append("  of the lenient matches: " + "  ".join(f"{key.split('_')[0]} {figures[key]:.3f}" for key in SHARES))
    lines += [
        f"  {kind:<9} {r['gold']:>4} gold   recall: strict {r['strict']:.3f}  lenient {r['lenient']:.3f}  attributed {r['attributed']:.3f}"
        for kind, r in figures["recall_by_kind"].items()
    ]
    return "\n".join(lines)


def cue_table(golds: dict[str, Row], guesses: dict[str, Row], key: str = "cue") -> str:
    """Per cue (or publisher): gold statements, matched, matched with the right speaker, spurious."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for article_id, gold in golds.items():
        text, guess = gold["text"], guesses[article_id]["statements"]

        def label(row: Row, gold: Row = gold, text: str = text) -> str:
            if key == "publisher":
                return str(gold["publisher"])
            form = text[slice(*row["cue"])].lower() if row["cue"] else "(none)"
            return form.removesuffix("nya")

        for row in gold["statements"]:
            counts[label(row)][0] += 1
        matched = set()
        for i, j, overlap in pair(text, gold["statements"], guess):
            if overlap >= OVERLAP:
                matched.add(j)
                row = counts[label(gold["statements"][i])]
                row[1] += 1
                row[2] += same_speaker(gold["statements"][i]["speaker"], guess[j]["speaker"])
        for j, other in enumerate(guess):
            if j not in matched:
                counts[label(other)][3] += 1
    lines = [f"  {key:<18} {'gold':>5} {'found':>6} {'attributed':>11} {'spurious':>9}"]
    ranked = sorted(counts.items(), key=lambda item: (-item[1][0] - item[1][3], item[0]))
    lines += [f"  {form:<18} {c[0]:>5} {c[1]:>6} {c[2]:>11} {c[3]:>9}" for form, c in ranked]
    return "\n".join(lines)


def listing(golds: dict[str, Row], guesses: dict[str, Row], errors: list[tuple[object, ...]], limit: int) -> str:
    """The first errors, each with the words concerned."""
    lines = []
    for article_id, what, i, j, note in errors[:limit]:
        text = golds[str(article_id)]["text"]

        def show(row: Row, text: str = text) -> str:
            words = " | ".join(" ".join(text[a:b].split())[:120] for a, b in row["content"])
            return f"[{row.get('speaker')}] {words}"

        lines.append(f"- {article_id} {what} {note}")
        if isinstance(i, int):
            lines.append(f"    gold   {show(golds[str(article_id)]['statements'][i])}")
        if isinstance(j, int):
            lines.append(f"    found  {show(guesses[str(article_id)]['statements'][j])}")
    return "\n".join(lines)


def main() -> None:
    """Score and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", default=list(SETS), metavar="SET")
    parser.add_argument("--reader", choices=["learned", "rules"], default="learned")
    parser.add_argument("--json", action="store_true", help="all figures as JSON")
    parser.add_argument("--tables", action="store_true", help="errors per cue and per publisher")
    parser.add_argument("--errors", type=int, default=0, metavar="N", help="show the first N errors")
    parser.add_argument("--write", type=Path, metavar="FOLDER", help="write the predictions as JSON Lines")
    args = parser.parse_args()
    result = {}
    for name in args.sets:
        golds = load(name)
        guesses = predict(golds, args.reader)
        figures, errors = score(golds, guesses)
        result[name] = figures
        if args.write:
            args.write.mkdir(parents=True, exist_ok=True)
            with (args.write / f"{name}.jsonl").open("w", encoding="utf-8") as out:
                out.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in guesses.values())
        if args.json:
            continue
        print(summary(name, figures))
        if args.tables:
            print(cue_table(golds, guesses))
            print(cue_table(golds, guesses, "publisher"))
        if args.errors:
            print(listing(golds, guesses, errors, args.errors))
    if args.json:
        print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
