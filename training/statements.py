"""Train the reader, statements and names together: src/ujar/learned/models/reader.npz.

usage: python training/statements.py ENCODER.pt [--folds N --proposals FOLDER] [--epochs N] [--out FILE] [--limit N]

Learns from the annotated articles (gold train and training/annotations/statements.jsonl). The rules' findings go in as a
hint, which is hidden from a part of the articles at a time so that the net also learns to read alone. Names in these articles
are marked by the tagger that is there (training/names.py); its heads learn anew beside the reader, so that one encoder
serves both. With --folds the
articles are parted, and each part is read by a net that did not learn from it: FOLDER/N.npz, from which
training/combine.py learns how far to trust the net. Deterministic for the same data and versions.
"""

from __future__ import annotations

import argparse
import gc
import itertools
import random
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import nn

from articles import Example, example, fold_of, learning_rows
from export import MODELS, Arrays, block_arrays, chain_arrays, encoder_arrays, half, linear_arrays, norm_arrays, save
from graphs import in_bytes
from names import Lessons, Sentence, Tagger, learning_sets, words_of
from names import arrays_of as names_arrays
from nets import Reader, Tuner, load_encoder, pad, settle, vectors_of
from ujar.learned.encoder import encode, word_vectors
from ujar.learned.stack import stack_of
from ujar.learned.windows import seen_from, window_of
from ujar.statements.reader import model_of, propose
from ujar.statements.sequence import COLUMN, KNOWN

if TYPE_CHECKING:
    from collections.abc import Sequence

EPOCHS, NAME_EPOCHS, BATCH, WINDOWS = 12, 10, 8, 40
RATE_ENCODER, RATE_HEADS, DECAY = 4e-4, 2e-3, 0.02
# Shares of articles whose rule hints are hidden, of words that are hidden, of words in the rules' lists shown as no cue.
HIDE_RULES, HIDE_WORDS, NO_CUES = 0.4, 0.08, 0.3
CUE_WEIGHT, SPAN_WEIGHT = 10.0, 0.3
# From so many articles the ranges of the numbers are taken.
SOME = 100
_RULES = [i for i, name in enumerate(KNOWN) if name.startswith("rule-")]


class Prepared:
    """An example as tensors."""

    def __init__(self, row: Example, vectors: dict[str, torch.Tensor]) -> None:
        self.row = row
        sequence = row.sequence
        keys = sequence.tokens.keys
        self.vectors = torch.stack([vectors[key] for key in keys])
        self.shapes = torch.from_numpy(sequence.tokens.shapes)
        self.known = torch.from_numpy(sequence.known)
        self.cues = torch.from_numpy(row.cues)
        lists = sequence.known[:, [COLUMN["before"], COLUMN["after"], COLUMN["passive"]]].any(1)
        self.no_cues = np.flatnonzero(lists & (row.cues == 0) & (sequence.known[:, COLUMN["quoted"]] == 0))


def spans_of(
    states: torch.Tensor, batch: Sequence[Prepared], jobs: Sequence[tuple[int, int, int]], hidden: torch.Tensor
) -> tuple[tuple[torch.Tensor, ...], torch.Tensor, list[tuple[int, int]]]:
    """What the span net takes for some cues (article, first token, last): inputs, lengths, windows."""
    windows, cues, where, same, hints, places = [], [], [], [], [], []
    width = next((h.shape[1] for p in batch for h in p.row.hints.values()), 3)
    for article, first, last in jobs:
        row = batch[article].row
        sentences = row.sequence.sentences
        low, high = window_of(sentences, first, last)
        distance, side = seen_from(sentences, np.arange(low, high), first, last)
        windows.append(states[article, low:high])
        cues.append(states[article, first:last].mean(0))
        where.append(torch.from_numpy(distance))
        same.append(torch.from_numpy(side))
        hint = None if hidden[article] else row.hints.get(first)
        hints.append(torch.zeros(high - low, width) if hint is None else torch.from_numpy(hint[low:high]))
        places.append((low, high))
    lengths = torch.tensor([high - low for low, high in places])
    keep = (torch.arange(int(lengths.max()))[None] < lengths[:, None]).float().unsqueeze(-1)
    return (pad(windows), torch.stack(cues), pad(where), pad(same), pad(hints), keep), lengths, places


def loss_of(model: Reader, batch: list[Prepared], rng: random.Random) -> torch.Tensor:
    """What the net gets wrong on some articles: cues, and the parts of each cue."""
    vectors, shapes, known = (
        pad([p.vectors for p in batch]),
        pad([p.shapes for p in batch]),
        pad([p.known for p in batch]),
    )
    lengths = torch.tensor([len(p.vectors) for p in batch])
    keep = (torch.arange(vectors.shape[1])[None] < lengths[:, None]).float().unsqueeze(-1)
    vectors = vectors * (torch.rand(vectors.shape[:2]) > HIDE_WORDS).unsqueeze(-1)
    hidden = torch.rand(len(batch)) < HIDE_RULES
    known[:, :, _RULES] = known[:, :, _RULES] * (~hidden).float()[:, None, None]
    with torch.autocast("cpu", dtype=torch.bfloat16):
        states = model.states(vectors, shapes, known, keep)
        cues = model.cues(states, keep).float()
    wanted = pad([p.cues for p in batch], -100)
    loss = CUE_WEIGHT * nn.functional.cross_entropy(cues.transpose(1, 2), wanted, ignore_index=-100)
    jobs: list[tuple[int, int, int, np.ndarray]] = []
    for article, prepared in enumerate(batch):
        jobs += [(article, first, last, marked) for first, last, marked in prepared.row.spans]
        nothing = np.zeros(len(prepared.vectors), dtype=np.int64)
        jobs += [(article, int(at), int(at) + 1, nothing) for at in prepared.no_cues if rng.random() < NO_CUES]

    # Windows of like length together: less padding.
    def size(job: tuple[int, int, int, np.ndarray]) -> int:
        low, high = window_of(batch[job[0]].row.sequence.sentences, job[1], job[2])
        return high - low

    jobs.sort(key=size)
    for at in range(0, len(jobs), WINDOWS):
        part = jobs[at : at + WINDOWS]
        inputs, sizes, places = spans_of(states, batch, [job[:3] for job in part], hidden)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            emissions = model.spans(*inputs).float()
        right = pad([torch.from_numpy(job[3][low:high]) for job, (low, high) in zip(part, places, strict=True)])
        # A part that reaches into the window from outside begins at its edge.
        right[:, 0] -= ((right[:, 0] > 0) & (right[:, 0] % 2 == 0)).long()
        loss = loss + SPAN_WEIGHT * model.chain.loss(emissions, right, sizes).sum() / len(jobs)
    return loss


def train(
    encoder: Path,
    rows: Sequence[Example],
    epochs: int,
    seed: int = 1,
    hints: int = 3,
    sets: dict[str, list[Sentence]] | None = None,
) -> tuple[Reader, Tagger]:
    """A reader that has learned from some examples, whose cues come with so many hints.

    ``sets``: from which the tagger of names learns beside it, on the same encoder (none: the tagger learns nothing).
    """
    settle(seed, 1)
    rng = random.Random(seed)
    body, vocabulary = load_encoder(encoder)
    keys = {k for row in rows for k in row.sequence.tokens.keys} | words_of(sets or {})
    vectors = vectors_of(body, vocabulary, sorted(keys))
    data = [Prepared(row, vectors) for row in rows if row.sequence.tokens.keys]
    lessons = Lessons(sets or {}, vectors)
    model, tagger = Reader(body, hints=hints), Tagger(body)
    steps = epochs * -(-len(data) // BATCH)
    rounds = NAME_EPOCHS if sets else 0
    tuner = Tuner(
        nn.ModuleList([model, tagger]), body, (RATE_ENCODER, RATE_HEADS), DECAY, steps + rounds * lessons.count()
    )
    names = (batch for _ in range(rounds) for batch in lessons.batches(rng))
    # What is learned from stays to the end: the collector need not look at it again and again.
    gc.freeze()
    done = 0
    for epoch in range(epochs):
        rng.shuffle(data)
        total = 0.0
        for at in range(0, len(data), BATCH):
            total += tuner.step(loss_of(model, data[at : at + BATCH], rng))
            # Names in step with statements, so that both are through at the same time.
            done += 1
            due = round(rounds * lessons.count() * done / steps) - round(rounds * lessons.count() * (done - 1) / steps)
            for name, picked in itertools.islice(names, due):
                tuner.step(lessons.loss(tagger, name, picked))
        print(f"epoch {epoch + 1}/{epochs}  loss {total / max(1, -(-len(data) // BATCH)):.3f}", flush=True)
    tuner.finish()
    return model, tagger


def arrays_of(model: Reader) -> Arrays:
    """The arrays of the reader, its encoder left aside."""
    out = {
        **linear_arrays("known", model.known),
        **block_arrays("cue_block", model.cue_block),
        **linear_arrays("cue", model.cue),
        **linear_arrays("into", model.into),
        **linear_arrays("pivot", model.pivot),
        **linear_arrays("hint", model.hint),
        **norm_arrays("norm", model.norm),
        **linear_arrays("tag", model.tag),
        **chain_arrays("chain", model.chain),
        "where.weight": half(model.where.weight),
        "same.weight": half(model.same.weight),
        "span_dilations": np.array(model.dilations, dtype=np.int8),
    }
    for number, block in enumerate(model.blocks):
        out |= block_arrays(f"blocks.{number}", block)
    return out


def read_all(arrays: Arrays, examples: Sequence[Example]) -> None:
    """Read some articles by the reader that some arrays are, names and statements."""
    model, names = model_of(arrays), stack_of(arrays, "names_block")
    for row in examples:
        tokens = row.sequence.tokens
        if tokens.keys:
            names(encode(model.encoder, word_vectors().of(tokens.keys), tokens.shapes)[0])
            propose(row.sequence, row.rules, model)


def main() -> None:
    """Train, for the package or part by part."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("encoder", type=Path)
    parser.add_argument("--out", type=Path, default=MODELS / "reader.npz")
    parser.add_argument("--folds", type=int, default=0)
    parser.add_argument("--proposals", type=Path, help="where the readers of the parts go")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--limit", type=int, help="learn from the first N articles only")
    parser.add_argument("--only", type=int, nargs="*", help="of the parts, only these")
    parser.add_argument("--seed", type=int, default=2)
    args = parser.parse_args()
    rows = learning_rows()[: args.limit]
    examples = [example(row) for row in rows]
    if not args.folds:
        reader, tagger = train(args.encoder, examples, args.epochs, args.seed, sets=learning_sets(args.limit))
        arrays = {**encoder_arrays(reader.encoder), **names_arrays(tagger), **arrays_of(reader)}
        some = random.Random(args.seed).sample(examples, min(SOME, len(examples)))
        save(args.out, in_bytes(arrays, lambda made: read_all(made, some)))
        print(f"{len(examples)} articles -> {args.out}")
        return
    folds = fold_of(rows, args.folds)
    for fold in args.only if args.only is not None else range(args.folds):
        part = [e for e, f in zip(examples, folds, strict=True) if f != fold]
        # These readers only read statements: names were marked before.
        reader, _ = train(args.encoder, part, args.epochs, args.seed)
        save(args.proposals / f"{fold}.npz", {**encoder_arrays(reader.encoder), **arrays_of(reader)})
        print(f"part {fold}: {len(part)} articles -> {args.proposals / f'{fold}.npz'}", flush=True)


if __name__ == "__main__":
    main()
