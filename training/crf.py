"""A linear-chain conditional random field (Lafferty et al. 2001) for torch; ujar.learned.chain decodes the same one."""

from __future__ import annotations

import torch
from torch import nn


class Chain(nn.Module):
    """Scores of tag sequences: emissions, transitions, starts. Impossible steps keep a large negative score."""

    def __init__(self, tags: tuple[str, ...]) -> None:
        super().__init__()
        count = len(tags)
        self.steps = nn.Parameter(torch.zeros(count, count))
        self.first = nn.Parameter(torch.zeros(count))
        banned = torch.zeros(count, count)
        start = torch.zeros(count)
        for j, tag in enumerate(tags):
            if tag.startswith("I-"):
                start[j] = -1e4
                for i, before in enumerate(tags):
                    if before not in (tag, "B-" + tag[2:]):
                        banned[i, j] = -1e4
        self.register_buffer("banned", banned)
        self.register_buffer("start", start)

    def scores(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Transitions [from, to] and starts, the impossible ones forbidden."""
        return self.steps + self.banned, self.first + self.start

    def loss(self, emissions: torch.Tensor, tags: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        """Negative log-likelihood of each sequence; emissions (batch, tokens, tags)."""
        steps, first = self.scores()
        batch, longest, _ = emissions.shape
        rows = torch.arange(batch)
        alpha = emissions[:, 0] + first
        gold = alpha[rows, tags[:, 0]]
        for t in range(1, longest):
            live = (t < lengths)[:, None]
            grown = torch.logsumexp(alpha[:, :, None] + steps[None], dim=1) + emissions[:, t]
            alpha = torch.where(live, grown, alpha)
            step = emissions[rows, t, tags[:, t]] + steps[tags[:, t - 1], tags[:, t]]
            gold = gold + step * live[:, 0]
        return torch.logsumexp(alpha, 1) - gold

    @torch.no_grad()
    def decode(self, emissions: torch.Tensor, lengths: torch.Tensor) -> list[list[int]]:
        """The best tags of each sequence."""
        steps, first = self.scores()
        batch, longest, count = emissions.shape
        best = emissions[:, 0] + first
        back = torch.zeros(batch, longest, count, dtype=torch.long)
        for t in range(1, longest):
            live = (t < lengths)[:, None]
            top, came = (best[:, :, None] + steps[None]).max(1)
            best = torch.where(live, top + emissions[:, t], best)
            back[:, t] = torch.where(live, came, torch.arange(count)[None])
        out = []
        for b in range(batch):
            tag = int(best[b].argmax())
            path = [tag]
            for t in range(int(lengths[b]) - 1, 0, -1):
                tag = int(back[b, t, tag])
                path.append(tag)
            out.append(path[::-1])
        return out
