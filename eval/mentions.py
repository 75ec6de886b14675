"""Score the tagger of names: the test part of nergrit, and persons and offices in the sources of annotated articles.

usage: python eval/mentions.py [--json]

nergrit: entity F1 (exact span and kind, micro) of the head trained on its own labels, on its words as they are cut.
Sources: of the statements of a person whose source names him, how often the tagger marks exactly those words as a person;
of those whose source holds his office as annotated, how often it marks exactly the office.
"""

from __future__ import annotations

import argparse
import json
import re
from typing import TYPE_CHECKING, Any

from corpora import article_of, data_folder, load
from ujar.parse import parse
from ujar.parse.mentions import tag_forms

if TYPE_CHECKING:
    from pathlib import Path

# The order of the labels in the head "nergrit".
NERGRIT = ("PERSON", "ORGANISATION", "PLACE")
Entity = tuple[str, int, int]


def sentences(path: Path) -> list[tuple[list[str], list[str]]]:
    """Words and labels of a file with one word a line and empty lines between sentences."""
    out: list[tuple[list[str], list[str]]] = []
    forms: list[str] = []
    labels: list[str] = []
    for line in [*path.read_text(encoding="utf-8").split("\n"), ""]:
        if line.strip():
            form, label = line.split("\t")
            forms.append(form)
            labels.append(label.strip())
        elif forms:
            out.append((forms, labels))
            forms, labels = [], []
    return out


def entities(labels: list[str]) -> set[Entity]:
    """The entities that a row of labels marks: kind, first word, word behind the last."""
    out: set[Entity] = set()
    kind, begin = "", 0
    for at, label in enumerate([*labels, "O"]):
        if kind and label != f"I-{kind}":
            out.add((kind, begin, at))
            kind = ""
        if label != "O" and not kind:
            kind, begin = label[2:], at
    return out


def nergrit() -> dict[str, float]:
    """Precision, recall and F1 on the test part of nergrit."""
    hit = gold = found = 0
    for forms, labels in sentences(data_folder() / "ner" / "indonlu_nergrit_ner-grit" / "test_preprocess.txt"):
        wanted = entities(labels)
        got = {(NERGRIT[kind], first, last) for first, last, kind, _ in tag_forms(forms, "nergrit")}
        hit, gold, found = hit + len(wanted & got), gold + len(wanted), found + len(got)
    return {"p": hit / found, "r": hit / gold, "f": 2 * hit / (gold + found), "gold": gold}


def sources(name: str) -> dict[str, float]:
    """Persons and offices found exactly in the sources of one annotated set."""
    persons = [0, 0]
    offices = [0, 0]
    for row in load(name).values():
        text = row["text"]
        mentions = parse(article_of(row), mentions=True).mentions
        people = {m.span for m in mentions if m.kind == "person"}
        roles = {m.span for m in mentions if m.kind == "role"}
        for statement in row["statements"]:
            if statement["source"] is None or statement["speaker_type"] != "person":
                continue
            start, end = statement["source"]
            words = "|".join(re.escape(w) for w in statement["speaker"].split())
            named = list(re.finditer(rf"(?:\b(?:{words})\b[ .]*)+", text[start:end]))
            if named and " & " not in statement["speaker"]:
                longest = max(named, key=lambda m: len(m.group()))
                low, high = start + longest.start(), start + longest.start() + len(longest.group().rstrip(" ."))
                persons[1] += 1
                persons[0] += any(p.start == low and p.end == high for p in people)
            role = statement["role"]
            at = text.find(role, start, end) if role else -1
            if at >= 0:
                offices[1] += 1
                offices[0] += any(r.start == at and r.end == at + len(role) for r in roles)
    return {
        "persons": persons[0] / persons[1],
        "persons_gold": persons[1],
        "offices": offices[0] / offices[1],
        "offices_gold": offices[1],
    }


def measure() -> dict[str, Any]:
    """All figures of the tagger."""
    return {"nergrit": nergrit(), "dev": sources("dev"), "held": sources("held")}


def main() -> None:
    """Score and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    result = measure()
    if args.json:
        print(json.dumps(result, indent=1))
        return
    n = result["nergrit"]
    print(f"nergrit test: P {n['p']:.3f}  R {n['r']:.3f}  F1 {n['f']:.3f}  ({n['gold']} entities)")
    for name in ("dev", "held"):
        s = result[name]
        print(
            f"{name} sources: persons exact {s['persons']:.3f} of {s['persons_gold']}, "
            f"offices exact {s['offices']:.3f} of {s['offices_gold']}"
        )


if __name__ == "__main__":
    main()
