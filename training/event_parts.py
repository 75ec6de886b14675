"""Train what tells who takes part in an event: those arrays of src/ujar/learned/models/events.npz anew.

usage: python training/event_parts.py [--epochs N] [--out FILE] [--limit N] [--check] [--seed N]

The coder's first net, which says where an event is told (training/events.py), stays as it is; this one stands on the states that
it gives, looks at the sentences around a trigger and tags actors, recipients, place and condition, and tells mode and status.
So it learns also from what the first net knows nothing of: training/annotations/events_raw.jsonl, but for the articles that
training/event_weights.py learns from, and event_sentences_more.jsonl, beside what training/events.py learns from. --check prints
of how many annotated events of the articles left out all actors and recipients are found. Deterministic for the same data and versions.
"""

from __future__ import annotations

import argparse
import random
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import nn

from articles import left_out
from corpora import annotated
from crf import Chain
from event_examples import Example, example, learning_rows, written_sentences
from export import MODELS, Arrays, block_arrays, chain_arrays, half, linear_arrays, norm_arrays, save
from graphs import in_bytes
from nets import DISTANCES, Block, Tuner, pad, settle
from ujar.events.coder import AROUND, KINDS, MODES, TAGS, model_of, states_around
from ujar.events.find import find_events
from ujar.events.plover import STATUSES
from ujar.learned.chain import decoded, runs
from ujar.learned.encoder import shipped as shipped_encoder
from ujar.learned.weights import in_floats
from ujar.learned.windows import seen_from, window_of

if TYPE_CHECKING:
    from collections.abc import Sequence

EPOCHS, BATCH, RATE, DECAY, DROP, DROP_STATES = 12, 32, 2e-3, 0.03, 0.3, 0.1
WIDTH, INNER, SPAN = 128, 192, (1, 2, 4, 8, 1)
HIDE_HINTS = 0.2
# How events were annotated: after the guidelines, in two passes over raw news, by whom sentences were written for them. Each marks
# parties in its own way (raw news has more recipients that are only implied), so the net is told which it learns from. The last is for
# another that may come.
MANNERS = ("guidelines", "raw", "written", "")
SPAN_WEIGHT, LABEL_WEIGHT = 0.3, 1.0
# From so many texts the ranges of the numbers are taken.
SOME = 200
# The first net's part of events.npz, by the beginnings of the names.
_FIRST_NET = ("upper", "known", "first", "trigger")


@dataclass(slots=True)
class Window:
    """An annotated event with the tokens around it.

    Attributes:
        states: of its tokens, (tokens, width).
        pivot: the mean state of its trigger, (width).
        distance, side: how each token stands to the trigger (``seen_from``).
        hint: what the grammar holds of each token, (tokens, 2), or None.
        tags: those that the tokens should get.
        trigger: its first and last token, within the window.
        kind, mode, status: what it is.
        manner: how it was annotated, one of MANNERS.
    """

    states: torch.Tensor
    pivot: torch.Tensor
    distance: torch.Tensor
    side: torch.Tensor
    hint: torch.Tensor | None
    tags: torch.Tensor
    trigger: tuple[int, int]
    kind: int
    mode: int
    status: int
    manner: int


def windows_of(e: Example, states: torch.Tensor) -> list[Window]:
    """The windows of the events of a text, given the states (tokens, width) of its tokens."""
    sentences = e.view.sequence.sentences
    out = []
    manner = MANNERS.index(e.row.get("manner", MANNERS[0]))
    for (first, last, kind, mode, status, tags), hint in zip(e.events, e.hints, strict=True):
        low, high = window_of(sentences, first, last, AROUND)
        distance, side = seen_from(sentences, np.arange(low, high), first, last)
        own = tags[low:high].copy()
        if own[0] > 0 and own[0] % 2 == 0:
            own[0] -= 1
        out.append(
            Window(
                states[low:high], states[first:last].float().mean(0), torch.from_numpy(distance), torch.from_numpy(side),
                None if hint is None else torch.from_numpy(hint[low:high].copy()), torch.from_numpy(own),
                (first - low, last - low), kind, mode, status, manner,
            )
        )  # fmt: skip
    return out


class Parts(nn.Module):  # type: ignore[misc]
    """Tags, mode and status from the tokens around a trigger.

    ``given``: the width of their states; ``width``, ``inner``, ``dilations``: those of the blocks.
    """

    def __init__(self, given: int, width: int, inner: int, dilations: tuple[int, ...], drop_states: float) -> None:
        super().__init__()
        self.dilations = dilations
        self.into = nn.Linear(given, width)
        self.pivot = nn.Linear(given, width)
        self.kind = nn.Embedding(len(KINDS), width)
        self.manner = nn.Embedding(len(MANNERS), width)
        self.where = nn.Embedding(DISTANCES, width)
        self.same = nn.Embedding(3, width)
        self.hint = nn.Linear(2, width)
        self.blocks = nn.ModuleList(Block(width, inner, d) for d in dilations)
        self.norm = nn.LayerNorm(width)
        self.tag = nn.Linear(width, len(TAGS))
        self.chain = Chain(TAGS)
        self.mode = nn.Linear(width, len(MODES))
        self.status = nn.Linear(width, len(STATUSES))
        self.drop, self.drop_states = nn.Dropout(DROP), nn.Dropout(drop_states)

    def _states(self, windows: Sequence[Window]) -> torch.Tensor:
        """States of the tokens of some windows, (windows, tokens, width)."""
        sizes = torch.tensor([len(w.tags) for w in windows])
        inside = (torch.arange(int(sizes.max()))[None] < sizes[:, None]).float().unsqueeze(-1)
        kinds = torch.tensor([w.kind for w in windows])
        hints = [torch.zeros(len(w.tags), 2) if self._hidden(w) else w.hint for w in windows]
        pivots = self.drop_states(torch.stack([w.pivot for w in windows]))
        x = self.into(self.drop_states(pad([w.states.float() for w in windows])))
        manners = torch.tensor([w.manner for w in windows])
        x = x + (self.pivot(pivots) + self.kind(kinds) + self.manner(manners))[:, None]
        x = x + self.where(pad([w.distance for w in windows])) + self.same(pad([w.side for w in windows]))
        x = x + self.hint(pad(hints))
        # Twice as quick where the processor has products of such numbers.
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=self.training):
            for block in self.blocks:
                x = self.drop(block(x, inside))
        return torch.as_tensor(self.norm(x.float()))

    def _hidden(self, window: Window) -> bool:
        return window.hint is None or (self.training and float(torch.rand(())) < HIDE_HINTS)

    def loss(self, windows: Sequence[Window]) -> torch.Tensor:
        """What is wrong on some windows, in the mean."""
        x = self._states(windows)
        sizes = torch.tensor([len(w.tags) for w in windows])
        middle = torch.stack([x[row, slice(*w.trigger)].mean(0) for row, w in enumerate(windows)])
        modes, statuses = torch.tensor([w.mode for w in windows]), torch.tensor([w.status for w in windows])
        return SPAN_WEIGHT * self.chain.loss(
            self.tag(x), pad([w.tags for w in windows]), sizes
        ).mean() + LABEL_WEIGHT * (
            nn.functional.cross_entropy(self.mode(middle), modes)
            + nn.functional.cross_entropy(self.status(middle), statuses)
        )

    def arrays(self) -> Arrays:
        """The arrays of this net."""
        out: Arrays = {
            # Who uses it is told what the first manner would mark.
            "kind.weight": half(self.kind.weight + self.manner.weight[:1]),
            "where.weight": half(self.where.weight),
            "same.weight": half(self.same.weight),
            "span_dilations": np.array(self.dilations, dtype=np.int8),
            **norm_arrays("norm", self.norm),
            **chain_arrays("chain", self.chain),
        }
        for name in ("into", "pivot", "hint", "tag", "mode", "status"):
            out |= linear_arrays(name, getattr(self, name))
        for number, block in enumerate(self.blocks):
            out |= block_arrays(f"blocks.{number}", block)
        return out

    def tagged(self, windows: Sequence[Window]) -> list[np.ndarray]:
        """The tags of the tokens of some windows."""
        chain = {
            name.removeprefix("chain."): part.astype("f4") for name, part in chain_arrays("chain", self.chain).items()
        }
        with torch.no_grad():
            x = self.tag(self._states(windows)).numpy()
        return [tags for tags, _ in decoded(chain, [row[: len(w.tags)] for row, w in zip(x, windows, strict=True)])]


def train(windows: Sequence[Window], epochs: int, seed: int = 1) -> Parts:
    """A net that has learned from some windows."""
    settle(seed, 1)
    rng = random.Random(seed)
    model = Parts(len(windows[0].pivot), WIDTH, INNER, SPAN, DROP_STATES)
    tuner = Tuner(model, nn.Module(), (0.0, RATE), DECAY, epochs * -(-len(windows) // BATCH))
    for epoch in range(epochs):
        # Windows of like length together, in an order that differs from time to time.
        order = sorted(windows, key=lambda w: len(w.tags) // 16 + rng.random())
        batches = [order[at : at + BATCH] for at in range(0, len(order), BATCH)]
        rng.shuffle(batches)
        total = sum(tuner.step(model.loss(batch)) for batch in batches)
        print(f"epoch {epoch + 1}/{epochs}  loss {total / len(batches):.3f}", flush=True)
    tuner.finish()
    return model


def check(model: Parts, windows: Sequence[Window]) -> None:
    """Print how well actors and recipients are found of events that were not learned from, where their trigger is given.

    The net answers as in the package, in the manner of the guidelines; what raw news alone marks counts as missed.
    """
    whole = [0, 0, 0]
    for at in range(0, len(windows), BATCH):
        some = windows[at : at + BATCH]
        for window, tags in zip(some, model.tagged(some), strict=True):
            right = [_alike(window.tags.tolist(), tags.tolist(), side) for side in (0, 1)]
            for number, hit in enumerate((*right, all(right))):
                whole[number] += hit
    shares = ", ".join(
        f"{name} {hit / len(windows):.3f}" for name, hit in zip(("actors", "recipients", "both"), whole, strict=True)
    )
    print(f"{len(windows)} events not learned from: all {shares}")


def _alike(gold: list[int], found: list[int], side: int) -> bool:
    """Whether every run of a side meets one of the other, and the other way round."""
    a, b = ([(start, end) for start, end, number in runs(tags) if number == side] for tags in (gold, found))
    return all(any(x[0] < y[1] and y[0] < x[1] for y in q) for p, q in ((a, b), (b, a)) for x in p)


def first_net(path: Path) -> Arrays:
    """The arrays of a coder's first net, as they are kept."""
    with np.load(path) as kept:
        return {name: kept[name] for name in kept.files if name.split(".")[0].split("_")[0] in _FIRST_NET}


def main() -> None:
    """Train and save."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=MODELS / "events.npz")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--limit", type=int, help="learn from the first N texts of each file only")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    shipped_encoder()
    articles, sentences = learning_rows()
    raw = list(annotated("events_raw").values())
    files = [
        articles,
        [row | {"manner": "written"} for row in sentences],
        [row | {"manner": "written"} for row in written_sentences("event_sentences_more")],
        [row | {"manner": "raw"} for row in raw if not left_out(row)],
    ]
    learned = [example(row) for rows in files for row in rows[: args.limit]]
    first = first_net(MODELS / "events.npz")
    with_first = model_of(in_floats(dict(np.load(MODELS / "events.npz"))))

    def windows(texts: Sequence[Example]) -> list[Window]:
        out = []
        for e in texts:
            if e.events:
                states = states_around(with_first, e.view, e.states.numpy(), [event[0] for event in e.events])
                out += windows_of(e, torch.from_numpy(states).half())
        return out

    model = train(windows(learned), args.epochs, args.seed)
    if args.check:
        check(model, windows([example(row) for row in raw if left_out(row)][: args.limit]))
    some = random.Random(args.seed).sample(learned, min(SOME, len(learned)))

    def code_some(arrays: Arrays) -> None:
        coder = model_of(arrays)
        for e in some:
            find_events(e.parse, e.statements, model=coder)

    save(args.out, first | in_bytes(model.arrays(), lambda made: code_some(in_floats(first) | made)))
    print(f"{len(learned)} texts -> {args.out}")


if __name__ == "__main__":
    main()
