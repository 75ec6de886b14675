"""The small net that tells from features whether something found is right; ``combine.py`` and ``event_weights.py`` train one each."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from export import Arrays, half, linear_arrays
from nets import settle

_BATCH, _SLOWEST = 128, 0.02


class Weigher(nn.Module):
    """Features in, the score of being right out: a linear map and one hidden layer."""

    def __init__(self, features: int, hidden: int, drop: float) -> None:
        super().__init__()
        self.hidden = nn.Linear(features, hidden)
        self.direct = nn.Linear(features, 1, bias=False)
        self.out = nn.Linear(hidden, 1)
        self.drop = nn.Dropout(drop)
        nn.init.zeros_(self.direct.weight)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Scores (cases,) of features (cases, features)."""
        return (self.direct(x) + self.out(self.drop(torch.tanh(self.hidden(x)))))[:, 0]


def train(
    features: np.ndarray,
    right: np.ndarray,
    *,
    hidden: int,
    epochs: int,
    rate: float,
    decay: float,
    drop: float,
    seed: int = 1,
) -> Weigher:
    """A net that has learned which cases are right: features float32 (cases, features), right 0 or 1 (cases)."""
    settle(seed)
    order = np.random.default_rng(seed)
    x, y = torch.from_numpy(features), torch.from_numpy(right)
    model = Weigher(features.shape[1], hidden, drop)
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=decay)
    for epoch in range(epochs):
        for group in optimizer.param_groups:
            group["lr"] = rate * max(_SLOWEST, 1 - epoch / epochs)
        picked = order.permutation(len(x))
        for at in range(0, len(x), _BATCH):
            batch = picked[at : at + _BATCH]
            loss = nn.functional.binary_cross_entropy_with_logits(model(x[batch]), y[batch])
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
    model.eval()
    return model


@torch.no_grad()
def chances(model: Weigher, features: np.ndarray) -> np.ndarray:
    """The probabilities that cases are right."""
    return np.asarray(torch.sigmoid(model(torch.from_numpy(features))).numpy())


def arrays_of(model: Weigher) -> Arrays:
    """The net as the package runs it."""
    return {
        **linear_arrays("hidden", model.hidden),
        "direct.weight": half(model.direct.weight.T),
        "out.weight": half(model.out.weight.T),
        "bias": half(model.out.bias),
    }
