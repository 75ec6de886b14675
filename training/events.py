"""Train the coder of events: src/ujar/learned/models/events.npz.

usage: python training/events.py [--epochs N] [--out FILE] [--limit N] [--check] [--seed N]

Learns from the annotated articles (plover/articles_train.jsonl of the data folder and training/annotations/events.jsonl)
and from sentences written for the purpose (training/annotations/event_sentences.jsonl). It stands on the encoder of the
package, which stays as it is, and on what the statement reader finds. training/event_parts.py then goes on with its second net
alone. --check parts the articles and prints how well those
are coded that it did not learn from, by the data folder's plover/score_articles.py. Deterministic for the same data and versions.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn

from articles import fold_of
from event_examples import IGNORED, Example, example, learning_rows
from event_parts import Parts, windows_of
from export import MODELS, Arrays, block_arrays, linear_arrays, norm_arrays, save
from graphs import in_bytes, with_graphs
from nets import Block, Tuner, pad, settle, upper_blocks
from score_events import article_figures, rows_of, summary
from ujar.events.coder import KINDS, Model, model_of
from ujar.events.find import find_events
from ujar.events.view import KNOWN
from ujar.learned.encoder import shipped as shipped_encoder
from ujar.learned.weights import in_floats

if TYPE_CHECKING:
    from collections.abc import Sequence

EPOCHS, BATCH, WINDOWS = 9, 8, 48
RATE_UPPER, RATE, DECAY, DROP, HIDE_ROWS = 4e-4, 2e-3, 0.03, 0.3, 0.15
WIDTH, INNER, FIRST, SPAN = 96, 128, (1, 2), (1, 2, 4, 8)
TRIGGER_WEIGHT = 12.0
# From so many texts the ranges of the numbers are taken.
SOME = 200


class Upper(nn.Module):  # type: ignore[misc]
    """The upper blocks of the encoder, to be tuned anew, and its last norm."""

    def __init__(self, blocks: list[Block], dilations: tuple[int, ...], norm: nn.LayerNorm) -> None:
        super().__init__()
        self.blocks, self.dilations, self.norm = nn.ModuleList(blocks), dilations, norm

    def forward(self, x: torch.Tensor, keep: torch.Tensor) -> torch.Tensor:
        """States (batch, tokens, width) from those after the lower blocks."""
        for block in self.blocks:
            x = block(x, keep)
        return torch.as_tensor(self.norm(x))


class Coder(nn.Module):  # type: ignore[misc]
    """Trigger types for every token; parts, mode and status for the window around a trigger."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.upper = Upper(*upper_blocks())
        self.known = nn.Linear(len(KNOWN), width)
        self.first = nn.ModuleList(Block(width, width, d) for d in FIRST)
        self.trigger = nn.Linear(width, 1 + len(KINDS))
        self.parts = Parts(width, WIDTH, INNER, SPAN, 0.0)
        self.drop = nn.Dropout(DROP)

    def states(self, encoded: torch.Tensor, known: torch.Tensor, keep: torch.Tensor) -> torch.Tensor:
        """States with what is known: (batch, tokens, width)."""
        x = self.drop(self.upper(encoded, keep)) + self.known(known)
        for block in self.first:
            x = self.drop(block(x, keep))
        return x


def loss_of(model: Coder, batch: list[Example]) -> torch.Tensor:
    """What the net gets wrong on some articles."""
    encoded, known = pad([e.states for e in batch]), pad([e.known for e in batch])
    lengths = torch.tensor([len(e.states) for e in batch])
    keep = (torch.arange(encoded.shape[1])[None] < lengths[:, None]).float().unsqueeze(-1)
    rows = torch.rand(encoded.shape[:2]) < HIDE_ROWS
    known[:, :, -len(KINDS) - 1 :] *= (~rows).float().unsqueeze(-1)
    states = model.states(encoded, known, keep)
    wanted = pad([torch.from_numpy(e.triggers) for e in batch], IGNORED)
    logits = model.trigger(states).transpose(1, 2)
    loss = TRIGGER_WEIGHT * nn.functional.cross_entropy(logits, wanted, ignore_index=IGNORED)
    windows = [window for number, e in enumerate(batch) for window in windows_of(e, states[number])]
    windows.sort(key=lambda w: len(w.tags))
    for at in range(0, len(windows), WINDOWS):
        part = windows[at : at + WINDOWS]
        loss = loss + model.parts.loss(part) * (len(part) / len(windows))
    return loss


def train(rows: Sequence[Example], epochs: int, seed: int = 1) -> Coder:
    """A coder that has learned from some examples."""
    settle(seed, 1)
    rng = random.Random(seed)
    data = [row for row in rows if len(row.states)]
    model = Coder(int(data[0].states.shape[1]))
    tuner = Tuner(model, model.upper, (RATE_UPPER, RATE), DECAY, epochs * -(-len(data) // BATCH))
    for epoch in range(epochs):
        # Texts of like length together, in an order that differs from time to time.
        order = sorted(data, key=lambda e: len(e.states) // 24 + rng.random())
        batches = [order[at : at + BATCH] for at in range(0, len(order), BATCH)]
        rng.shuffle(batches)
        total = sum(tuner.step(loss_of(model, batch)) for batch in batches)
        print(f"epoch {epoch + 1}/{epochs}  loss {total / len(batches):.3f}", flush=True)
    tuner.finish()
    return model


def arrays_of(model: Coder) -> Arrays:
    """The arrays of the coder."""
    out: Arrays = {
        "upper_dilations": np.array(model.upper.dilations, dtype=np.int8),
        **norm_arrays("upper_norm.norm", model.upper.norm),
        "first_dilations": np.array(FIRST, dtype=np.int8),
        **linear_arrays("known", model.known),
        **linear_arrays("trigger", model.trigger),
        **model.parts.arrays(),
    }
    for prefix, blocks in (("upper", model.upper.blocks), ("first", model.first)):
        for number, block in enumerate(blocks):
            out |= block_arrays(f"{prefix}.{number}", block)
    return out


def as_model(model: Coder) -> Model:
    """The coder as the package would load it, in floats."""
    return model_of(in_floats(with_graphs(arrays_of(model))))


def code_all(arrays: Arrays, examples: Sequence[Example]) -> None:
    """Code some texts by the coder that some arrays are."""
    model = model_of(arrays)
    for e in examples:
        find_events(e.parse, e.statements, model=model)


def check(articles: Sequence[Example], sentences: Sequence[Example], epochs: int) -> None:
    """Print how well articles are coded that were not learned from."""
    folds = fold_of([e.row for e in articles], 3)
    golds: dict[str, Any] = {}
    guesses: dict[str, Any] = {}
    for fold in range(3):
        model = as_model(
            train([e for e, f in zip(articles, folds, strict=True) if f != fold] + list(sentences), epochs)
        )
        for e in (e for e, f in zip(articles, folds, strict=True) if f == fold):
            golds[e.row["id"]] = e.row
            guesses[e.row["id"]] = find_events(e.parse, e.statements, model=model)
    print(summary("articles not learned from", article_figures(golds, rows_of(guesses))))


def main() -> None:
    """Train and save."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=MODELS / "events.npz")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--limit", type=int, help="learn from the first N articles and sentences only")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    shipped_encoder()
    articles, sentences = ([example(row) for row in rows[: args.limit]] for rows in learning_rows())
    if args.check:
        check(articles, sentences, args.epochs)
    learned = [*articles, *sentences]
    arrays = arrays_of(train(learned, args.epochs, args.seed))
    some = random.Random(args.seed).sample(learned, min(SOME, len(learned)))
    save(args.out, in_bytes(arrays, lambda made: code_all(made, some)))
    print(f"{len(articles)} articles, {len(sentences)} sentences -> {args.out}")


if __name__ == "__main__":
    main()
