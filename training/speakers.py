"""Train the scores by which a speaker is chosen among the candidates: src/ujar/learned/models/speakers.npz.

usage: python training/speakers.py PROPOSALS [--out FILE] [--check]

Learns from the annotated statements, and from those that rules and net find in articles that are new to the net
(PROPOSALS as in training/combine.py), so that it meets sources as they are found. Earlier speakers are the annotated ones.
The probabilities are softened so that they hold on articles that the scorer did not learn from. --check prints how
often the right speaker is chosen there; the encoder whose states it sees has learned from them, so the figures of
dev and held are the honest ones.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import nn

from articles import Example, example, fold_of, learning_rows
from combine import readings_by_part
from export import MODELS, Arrays, half, save
from graphs import with_graphs
from nets import settle
from scoring import OVERLAP, pair, same_speaker
from ujar.learned.weights import read_arrays
from ujar.records import Span, Statement, Step
from ujar.statements.candidates import candidates_of
from ujar.statements.cast import Cast
from ujar.statements.combine import chances_of, choose, weights_of
from ujar.statements.measures import FEATURES
from ujar.statements.reader import Model, model_of
from ujar.statements.speakers import name_speakers
from ujar.statements.who import inputs_of

if TYPE_CHECKING:
    from collections.abc import Sequence

HIDDEN, NARROW, EPOCHS, RATE, DECAY, BATCH, PARTS, SEEDS = 32, 16, 12, 4e-3, 0.03, 64, 4, 2
# What is known of a statement's candidates, and which of them are right.
Case = tuple[np.ndarray, np.ndarray]


class Scorer(nn.Module):
    """What is known of a candidate in (``who.inputs_of``), its score out.

    States are wide and go through a narrow layer, which has no say of its own: ``arrays_of`` folds it into those behind it.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.width = width
        self.source, self.candidate = (nn.Linear(width, NARROW, bias=False) for _ in range(2))
        self.hidden = nn.Linear(len(FEATURES) + 2 * NARROW, HIDDEN)
        self.direct = nn.Linear(len(FEATURES) + 2 * NARROW, 1, bias=False)
        self.out = nn.Linear(HIDDEN, 1, bias=False)
        self.drop, self.drop_states = nn.Dropout(0.2), nn.Dropout(0.4)
        nn.init.zeros_(self.direct.weight)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Scores (…, candidates) of candidates (…, candidates, features and states)."""
        features, source, candidate = x.split([len(FEATURES), self.width, self.width], -1)
        # The source is the same for all candidates of a statement.
        source = self.source(self.drop_states(source[..., :1, :])).expand(*x.shape[:-1], NARROW)
        x = torch.cat([features, source, self.candidate(self.drop_states(candidate))], -1)
        return self.direct(x)[..., 0] + self.out(self.drop(torch.tanh(self.hidden(x))))[..., 0]

    def unfolded(self, weight: torch.Tensor) -> torch.Tensor:
        """A weight (out, features and narrow states) as one on the states themselves."""
        features, source, candidate = weight.split([len(FEATURES), NARROW, NARROW], 1)
        return torch.cat([features, source @ self.source.weight, candidate @ self.candidate.weight], 1)


def annotated_statements(row: Example) -> tuple[Statement, ...]:
    """The annotated statements, speakers left out."""
    return tuple(
        Statement(
            contents=tuple(Span(*c) for c in s["content"]),
            kind=s["kind"],
            cue=Span(*s["cue"]) if s["cue"] else None,
            source=Span(*s["source"]) if s["source"] else None,
            steps=(Step("cue", "credit" if s["speaker_type"] == "medium" else "annotated"),),
        )
        for s in row.row["statements"]
    )


def cases(row: Example, statements: tuple[Statement, ...], speakers: Sequence[str | None]) -> list[Case]:
    """The cases of one article; where the right speaker is unknown (None) only who spoke is remembered."""
    named = name_speakers(row.parse, statements)
    cast = Cast(row.parse, statements)
    out = []
    for statement, speaker in zip(named, speakers, strict=True):
        found = candidates_of(cast, statement)
        if not found:
            continue
        right = np.array([speaker is not None and same_speaker(speaker, c.name) for c in found])
        if speaker is not None:
            out.append((inputs_of(row.parse, statement, found), right))
        own = next((i for i, c in enumerate(found) if "rule" in c.origins), 0)
        cast.heard(found[int(right.argmax()) if right.any() else own], statement)
    return out


def cases_of(rows: Sequence[Example], folds: Sequence[int], models: Sequence[Model]) -> list[list[Case]]:
    """The cases of every article: annotated statements, then found ones."""
    out = []
    for row, readings in zip(rows, readings_by_part(rows, folds, models), strict=True):
        golds = row.row["statements"]
        of_article = cases(row, annotated_statements(row), [s["speaker"] for s in golds])
        if readings:
            kept = sorted(
                choose(readings, weights_of(readings, chances_of(readings))),
                key=lambda i: readings[i].statement.contents[0],
            )
            found = tuple(readings[i].statement for i in kept)
            guesses = [{"content": s.contents} for s in found]
            matched = {j: i for i, j, overlap in pair(row.row["text"], golds, guesses) if overlap >= OVERLAP}
            of_article += cases(
                row, found, [golds[matched[j]]["speaker"] if j in matched else None for j in range(len(found))]
            )
        out.append(of_article)
    return out


class Scorers(nn.Module):
    """Several scorers that differ in chance alone: their mean errs less than one."""

    def __init__(self, members: Sequence[Scorer]) -> None:
        super().__init__()
        self.members = nn.ModuleList(members)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Scores (…, candidates) of candidates (…, candidates, features and states)."""
        return torch.stack([m(x) for m in self.members]).mean(0)


def train(data: Sequence[Case]) -> Scorers:
    """Scorers that have learned from some cases."""
    return Scorers([train_one(data, seed) for seed in range(1, 1 + SEEDS)]).eval()


def train_one(data: Sequence[Case], seed: int) -> Scorer:
    """One scorer; cases without a right candidate or a choice teach nothing."""
    settle(seed, 1)
    order = np.random.default_rng(seed)
    usable = [(torch.from_numpy(x), torch.from_numpy(right)) for x, right in data if right.any() and len(right) > 1]
    model = Scorer((data[0][0].shape[1] - len(FEATURES)) // 2)
    optimizer = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=DECAY)
    steps = EPOCHS * -(-len(usable) // BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda n: max(0.02, 1 - n / max(1, steps)))
    model.train()
    for _ in range(EPOCHS):
        picked = order.permutation(len(usable))
        for at in range(0, len(usable), BATCH):
            batch = [usable[i] for i in picked[at : at + BATCH]]
            longest = max(len(right) for _, right in batch)
            x = torch.zeros(len(batch), longest, usable[0][0].shape[1])
            right = torch.zeros(len(batch), longest, dtype=torch.bool)
            there = torch.full((len(batch), longest), -1e9)
            for number, (features, marks) in enumerate(batch):
                x[number, : len(marks)], right[number, : len(marks)], there[number, : len(marks)] = features, marks, 0
            scores = model(x) + there
            loss = (torch.logsumexp(scores, 1) - torch.logsumexp(scores.masked_fill(~right, -1e9), 1)).mean()
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            schedule.step()
    model.eval()
    return model


def out_of_part(rows: Sequence[Example], data: Sequence[Sequence[Case]]) -> list[tuple[np.ndarray, np.ndarray]]:
    """Scores and right candidates of every case, by a scorer that did not learn from its article."""
    parts = fold_of([e.row for e in rows], PARTS)
    told = []
    for part in range(PARTS):
        model = train([c for d, p in zip(data, parts, strict=True) if p != part for c in d])
        for x, right in (c for d, p in zip(data, parts, strict=True) if p == part for c in d):
            with torch.no_grad():
                told.append((model(torch.from_numpy(x)).numpy(), right))
    return told


def softened(scores: np.ndarray, temperature: float) -> np.ndarray:
    """The probabilities of candidates at a temperature."""
    shifted = np.exp((scores - scores.max()) / temperature)
    return np.asarray(shifted / shifted.sum())


def temperature_of(told: Sequence[tuple[np.ndarray, np.ndarray]]) -> float:
    """The temperature at which the probabilities fit best what turned out right (Guo et al. 2017)."""

    def loss(temperature: float) -> float:
        return -sum(float(np.log(softened(s, temperature)[r].sum() + 1e-6)) for s, r in told if r.any())

    return float(min(np.arange(0.7, 2.5, 0.05), key=loss))


def check(told: Sequence[tuple[np.ndarray, np.ndarray]], temperature: float) -> None:
    """Print how often the right speaker is chosen, and how well the probabilities hold."""
    chances = [softened(scores, temperature) for scores, _ in told]
    sure = np.array([c.max() for c in chances])
    hit = np.array([bool(right[c.argmax()]) for c, (_, right) in zip(chances, told, strict=True)])
    there = np.mean([right.any() for _, right in told])
    bins = np.minimum((sure * 10).astype(int), 9)
    error = sum(abs(hit[bins == b].mean() - sure[bins == b].mean()) * (bins == b).mean() for b in set(bins))
    print(
        f"speaker right {hit.mean():.3f} of {len(hit)}; among the candidates {there:.3f}; calibration error {error:.3f}"
    )


@torch.no_grad()
def arrays_of(model: Scorers, temperature: float) -> Arrays:
    """The scorers as the package runs them, as one: hidden units side by side, each scorer's say divided by their number."""
    share = 1 / (temperature * len(model.members))
    return {
        "hidden.weight": half(torch.cat([m.unfolded(m.hidden.weight) for m in model.members]).T),
        "hidden.bias": half(torch.cat([m.hidden.bias for m in model.members])),
        "direct.weight": half(sum(m.unfolded(m.direct.weight) for m in model.members).T * share),
        "out.weight": half(torch.cat([m.out.weight for m in model.members], 1).T * share),
    }


def main() -> None:
    """Train and save."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("proposals", type=Path)
    parser.add_argument("--out", type=Path, default=MODELS / "speakers.npz")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--limit", type=int, help="learn from the first N articles only")
    args = parser.parse_args()
    models = [model_of(with_graphs(read_arrays(path.read_bytes()))) for path in sorted(args.proposals.glob("*.npz"))]
    rows = [example(row) for row in learning_rows()[: args.limit]]
    data = cases_of(rows, fold_of([e.row for e in rows], len(models)), models)
    told = out_of_part(rows, data)
    temperature = temperature_of(told)
    if args.check:
        check(told, temperature)
    save(args.out, arrays_of(train([c for d in data for c in d]), temperature))
    print(f"{sum(map(len, data))} statements -> {args.out}")


if __name__ == "__main__":
    main()
