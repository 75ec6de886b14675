"""What would a dependency parser add to the learned reader, and at what cost? Nothing that this makes is shipped.

usage: python training/parser.py ENCODER.pt [--limit N] [--epochs N] [--parser-epochs N]

Trains a parser (spaCy's, words given) on the free Indonesian treebanks, UD CSUI, PUD and the test part of GSD, and
measures it on GSD's dev part. Then it trains the reader twice on the same N articles: as it is, and with two more hints for
every cue, what the parser holds to be the clause that the cue's verb reports and its subject. Prints both on
gold dev, without the rules' weighing (net alone, cues that the net finds), and what parsing costs in time and size.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import spacy
from spacy.tokens import Doc
from spacy.training import Example as ParserExample

sys.path.insert(0, str(Path(__file__).parent))

from articles import Example, example, learning_rows
from corpora import data_folder, load
from export import encoder_arrays
from graphs import with_graphs
from scoring import score
from statements import arrays_of, train
from ujar.learned.weights import in_floats
from ujar.statements.reader import Model, hints_of, model_of, propose

if TYPE_CHECKING:
    from collections.abc import Iterator

    from spacy.language import Language

_LEARN = (
    "UD_Indonesian-CSUI/id_csui-ud-train.conllu",
    "UD_Indonesian-CSUI/id_csui-ud-test.conllu",
    "UD_Indonesian-PUD/id_pud-ud-test.conllu",
    "UD_Indonesian-GSD/id_gsd-ud-test.conllu",
)
_MEASURE = "UD_Indonesian-GSD/id_gsd-ud-dev.conllu"
_NOTHING: dict[str, Any] = {
    "kind": "indirect",
    "cue": None,
    "source": None,
    "speaker": None,
    "addressee": None,
    "time": None,
    "via": [],
    "date": None,
}
_REPORTED, _SUBJECT = ("ccomp", "parataxis", "xcomp"), ("nsubj", "csubj", "obl")


def trees(path: Path) -> Iterator[tuple[list[str], list[int], list[str]]]:
    """Forms, heads (by place) and relations (without subtypes) of the sentences of a CoNLL-U file."""
    for chunk in path.read_text(encoding="utf-8").split("\n\n"):
        rows = [line.split("\t") for line in chunk.splitlines() if line and line[0] != "#"]
        rows = [r for r in rows if r[0].isdigit()]
        if rows:
            heads = [int(r[6]) - 1 if r[6] != "0" else i for i, r in enumerate(rows)]
            yield [r[1] for r in rows], heads, [r[7].split(":")[0] for r in rows]


def train_parser(epochs: int) -> Language:
    """A parser that has learned from the treebanks; prints its scores."""
    folder = data_folder() / "treebanks"
    nlp = spacy.blank("id")
    nlp.add_pipe("parser")
    learn = [
        ParserExample.from_dict(Doc(nlp.vocab, words=forms), {"heads": heads, "deps": labels})
        for name in _LEARN
        for forms, heads, labels in trees(folder / name)
    ]
    rng = random.Random(1)
    optimizer = nlp.initialize(lambda: learn)
    for _ in range(epochs):
        rng.shuffle(learn)
        for at in range(0, len(learn), 32):
            nlp.update(learn[at : at + 32], sgd=optimizer, drop=0.2)
    test = [
        ParserExample.from_dict(Doc(nlp.vocab, words=forms), {"heads": heads, "deps": labels})
        for forms, heads, labels in trees(folder / _MEASURE)
    ]
    figures = nlp.evaluate(test)
    words = sum(len(e.reference) for e in test)
    print(
        f"parser: {len(learn)} sentences learned; UAS {figures['dep_uas']:.3f}, LAS {figures['dep_las']:.3f} on {words} words"
    )
    print(f"parser: size {len(nlp.to_bytes(exclude=['vocab'])) / 1e6:.1f} MB, {figures['speed']:.0f} words/s")
    return nlp


def parsed(nlp: Language, row: Example) -> dict[int, np.ndarray]:
    """For every token that could be a cue what the parser holds to be its reported clause and its subject: (tokens, 2)."""
    text, tokens, numbers = row.row["text"], row.sequence.tokens, row.sequence.sentences
    out: dict[int, np.ndarray] = {}
    cuts = np.flatnonzero(np.diff(numbers, prepend=-1)).tolist()
    pieces = list(zip(cuts, [*cuts[1:], len(numbers)], strict=True))
    docs = [
        Doc(nlp.vocab, words=[text[tokens.starts[i] : tokens.ends[i]] or "\n" for i in range(low, high)])
        for low, high in pieces
    ]
    for (low, _), doc in zip(pieces, nlp.pipe(docs), strict=True):
        for token in doc:
            for column, relations in enumerate((_REPORTED, _SUBJECT)):
                for child in token.children:
                    if child.dep_ in relations:
                        hint = out.setdefault(low + token.i, np.zeros((len(numbers), 2), dtype=np.float32))
                        hint[low + child.left_edge.i : low + child.right_edge.i + 1, column] = 1
    return out


def figures_of(model: Model, rows: list[Example]) -> dict[str, float]:
    """Precision, recall and F1 of the net's contents on gold (overlap at least 0.8), speakers left aside."""
    guesses, golds = {}, {}
    for row in rows:
        found = [
            p
            for p in propose(row.sequence, row.rules, model, row.hints)
            if p.parts.get("content") and p.cue_probability > 0.5
        ]
        guesses[row.row["id"]] = {
            "statements": [{**_NOTHING, "content": [list(c) for c in p.parts["content"]]} for p in found]
        }
        golds[row.row["id"]] = {**row.row, "statements": [s for s in row.row["statements"] if s["cue"]]}
    out: dict[str, float] = score(golds, guesses)[0]["lenient"]
    return out


def main() -> None:
    """Measure."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("encoder", type=Path)
    arguments.add_argument("--limit", type=int, default=240)
    arguments.add_argument("--epochs", type=int, default=8)
    arguments.add_argument("--parser-epochs", type=int, default=10)
    args = arguments.parse_args()
    nlp = train_parser(args.parser_epochs)
    learn = [example(row) for row in learning_rows()[: args.limit]]
    dev = [example(row) for row in load("dev").values()]
    begun = time.perf_counter()
    trees_of = {id(row): parsed(nlp, row) for row in dev}
    spent = time.perf_counter() - begun
    print(f"parser: {len(dev) / spent:.1f} articles/s of gold dev, one core")
    trees_of |= {id(row): parsed(nlp, row) for row in learn}
    for name, width in (("without", 3), ("with", 5)):
        for row in (*learn, *dev):
            rules = hints_of(row.sequence, row.rules)
            row.hints = rules if width == 3 else merged(rules, trees_of[id(row)], len(row.sequence.tokens.keys))
        reader, _ = train(args.encoder, learn, args.epochs, hints=width)
        model = model_of(in_floats(with_graphs({**encoder_arrays(reader.encoder), **arrays_of(reader)})))
        print(name, "a parser:", {k: round(v, 3) for k, v in figures_of(model, dev).items()}, flush=True)


def merged(rules: dict[int, np.ndarray], tree: dict[int, np.ndarray], count: int) -> dict[int, np.ndarray]:
    """Hints of rules and parser side by side: (tokens, 5)."""
    none3, none2 = np.zeros((count, 3), dtype=np.float32), np.zeros((count, 2), dtype=np.float32)
    return {at: np.hstack([rules.get(at, none3), tree.get(at, none2)]) for at in {*rules, *tree}}


if __name__ == "__main__":
    main()
