"""Statements gained and lost against another revision, over annotated and raw articles.

usage: python eval/diff.py [REVISION] [--raw N] [--quiet]

The other revision (default HEAD, the last commit) is checked out into a temporary work tree and read by a process of
its own. A statement is the same when its content, speaker and kind are; one with the same content is *changed*.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

Row = dict[str, Any]
ROOT = Path(__file__).resolve().parents[1]


def statements(raw: int) -> dict[str, list[list[Any]]]:
    """What the reader of this process finds: article id → [content, speaker, kind, words] for each statement."""
    from corpora import article_of, load, raw_articles
    from ujar.pipeline import analyze

    rows: list[Row] = [*load("train").values(), *load("seed").values()]
    if raw:
        everything = list(raw_articles())
        rows += [
            {**row, "id": f"raw-{row['id']}"} for row in islice(Random(0).sample(everything, len(everything)), raw)
        ]
    out = {}
    for row in rows:
        text = row["text"]
        out[str(row["id"])] = [
            [[list(c) for c in s.contents], s.speaker, s.kind, " | ".join(text[c.start : c.end] for c in s.contents)]
            for s in analyze(article_of(row)).statements
        ]
    return out


def of_revision(revision: str, raw: int) -> dict[str, list[list[Any]]]:
    """The same, found by another revision of the code."""
    from corpora import data_folder

    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        subprocess.run(["git", "worktree", "add", "--detach", "--quiet", str(tree), revision], cwd=ROOT, check=True)  # noqa: S603, S607
        try:
            path = os.pathsep.join([str(tree / "src"), str(ROOT / "eval")])
            environment = {
                **os.environ,
                "PYTHONPATH": path,
                "UJAR_DATA": str(data_folder().resolve()),
            }
            command = [sys.executable, str(ROOT / "eval" / "diff.py"), "--print", "--raw", str(raw)]
            done = subprocess.run(command, env=environment, cwd=tree, check=True, capture_output=True, text=True)  # noqa: S603
            result: dict[str, list[list[Any]]] = json.loads(done.stdout)
            return result
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", str(tree)], cwd=ROOT, check=True)  # noqa: S603, S607


def compare(before: dict[str, list[list[Any]]], after: dict[str, list[list[Any]]]) -> list[tuple[str, str, str]]:
    """(what, article, words) for each statement lost, gained or changed."""
    out = []
    for key, new in after.items():
        old = before.get(key, [])
        by_content_old = {json.dumps(s[0]): s for s in old}
        by_content_new = {json.dumps(s[0]): s for s in new}
        for content, s in by_content_old.items():
            other = by_content_new.get(content)
            if other is None:
                out.append(("lost", key, f"[{s[1]}] {s[3]}"))
            elif other[1:3] != s[1:3]:
                out.append(("changed", key, f"[{s[1]} → {other[1]}] ({s[2]} → {other[2]}) {s[3]}"))
        out += [
            ("gained", key, f"[{s[1]}] {s[3]}")
            for content, s in by_content_new.items()
            if content not in by_content_old
        ]
    return out


def main() -> None:
    """Compare and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("revision", nargs="?", default="HEAD")
    parser.add_argument("--raw", type=int, default=500, metavar="N", help="raw articles to read as well (default 500)")
    parser.add_argument("--quiet", action="store_true", help="counts only")
    parser.add_argument("--print", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.print:
        print(json.dumps(statements(args.raw)))
        return
    found = compare(of_revision(args.revision, args.raw), statements(args.raw))
    if not args.quiet:
        for what, key, words in found:
            print(f"{what:<8}{key}  {' '.join(words.split())[:150]}")
    counts = {what: sum(f[0] == what for f in found) for what in ("gained", "lost", "changed")}
    print(f"against {args.revision}: {counts['gained']} gained, {counts['lost']} lost, {counts['changed']} changed")


if __name__ == "__main__":
    main()
