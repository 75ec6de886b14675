"""Train the scores by which a speaker is chosen among the candidates."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import torch
from corpora import article_of
from scoring import same_speaker
from torch import nn

from ujar.parse import parse
from ujar.parse.mentions import find_mentions
from ujar.records import Parse, Span, Statement, Step
from ujar.statements.candidates import FEATURES, Cast, candidates_of
from ujar.statements.speakers import name_speakers

Row = dict[str, Any]


def gold_statements(row: Row) -> tuple[Statement, ...]:
    """The annotated statements without their speakers."""
    def span(value):
        return Span(*value) if value else None
    return tuple(
        Statement(contents=tuple(Span(*c) for c in s["content"]), kind=s["kind"], cue=span(s["cue"]), source=span(s["source"]), steps=(Step("cue", "gold"),))
        for s in row["statements"]
    )


def cases(parsed: Parse, statements: tuple[Statement, ...], speakers: list[str | None]) -> list[tuple[np.ndarray, np.ndarray]]:
    """For each statement the features of its candidates and which of them are right."""
    named = name_speakers(parsed, statements)
    cast = Cast(parsed, statements)
    out = []
    for statement, gold in zip(named, speakers, strict=True):
        found = candidates_of(cast, statement)
        if not found:
            continue
        right = np.array([bool(gold) and same_speaker(gold, c.name) for c in found])
        out.append((np.stack([c.features for c in found]), right))
        chosen = int(right.argmax()) if right.any() else next((i for i, c in enumerate(found) if "rule" in c.origins), 0)
        cast.heard(found[chosen], statement)
    return out


class Scorer(nn.Module):
    def __init__(self, hidden: int = 24) -> None:
        super().__init__()
        self.hidden = nn.Linear(len(FEATURES), hidden)
        self.direct = nn.Linear(len(FEATURES), 1, bias=False)
        self.out = nn.Linear(hidden, 1, bias=False)
        nn.init.zeros_(self.direct.weight)
        self.drop = nn.Dropout(0.2)

    def forward(self, x):
        return self.direct(x)[..., 0] + self.out(self.drop(torch.tanh(self.hidden(x))))[..., 0]


def train(data, epochs=30, seed=1, rate=4e-3, decay=0.02, hidden=24):
    torch.manual_seed(seed)
    data = [(torch.from_numpy(x), torch.from_numpy(r)) for x, r in data if r.any() and len(r) > 1]
    model = Scorer(hidden)
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=decay)
    order = np.random.default_rng(seed)
    size = 32
    total = epochs * (len(data) // size + 1)
    sched = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda n: max(0.02, 1 - n / total))
    for _ in range(epochs):
        model.train()
        for at in range(0, len(data), size):
            if at == 0:
                perm = order.permutation(len(data))
            batch = [data[i] for i in perm[at : at + size]]
            longest = max(len(r) for _, r in batch)
            x = torch.zeros(len(batch), longest, len(FEATURES))
            right = torch.zeros(len(batch), longest, dtype=torch.bool)
            mask = torch.full((len(batch), longest), -1e9)
            for i, (f, r) in enumerate(batch):
                x[i, : len(r)], right[i, : len(r)], mask[i, : len(r)] = f, r, 0
            scores = model(x) + mask
            loss = (torch.logsumexp(scores, 1) - torch.logsumexp(scores.masked_fill(~right, -1e9), 1)).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            sched.step()
    model.eval()
    return model
