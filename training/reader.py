"""The statement reader as it is trained: cues first, then content, source and the rest given the cue."""

from __future__ import annotations

import torch
from crf import Chain
from nets import Block, Encoder
from torch import nn

from ujar.statements.sequence import KNOWN

from ujar.statements.reader import TAGS

WIDTH, INNER = 96, 128
DISTANCES = 24


class Reader(nn.Module):
    """Cue tags for every token, and span tags for the window around a cue."""

    def __init__(self, encoder: Encoder, dilations: tuple[int, ...] = (1, 2, 4, 8), dropout: float = 0.25) -> None:
        super().__init__()
        width = encoder.shape.width
        self.encoder = encoder
        self.known = nn.Linear(len(KNOWN), width)
        self.cue_block = Block(width, encoder.shape.inner, 1)
        self.cue = nn.Linear(width, 3)
        self.into = nn.Linear(width, WIDTH)
        self.pivot = nn.Linear(width, WIDTH)
        self.where = nn.Embedding(DISTANCES, WIDTH)
        self.same = nn.Embedding(3, WIDTH)
        self.hint = nn.Linear(3, WIDTH)
        self.blocks = nn.ModuleList(Block(WIDTH, INNER, d) for d in dilations)
        self.norm = nn.LayerNorm(WIDTH)
        self.tag = nn.Linear(WIDTH, len(TAGS))
        self.chain = Chain(TAGS)
        self.drop = nn.Dropout(dropout)

    def states(self, vectors: torch.Tensor, shapes: torch.Tensor, known: torch.Tensor, keep: torch.Tensor) -> torch.Tensor:
        """Encoder states with what is known added."""
        return self.drop(self.encoder(self.drop(vectors), shapes, keep=keep)) + self.known(known)

    def cues(self, states: torch.Tensor, keep: torch.Tensor) -> torch.Tensor:
        """Logits of O, B, I for each token."""
        return self.cue(self.drop(self.cue_block(states, keep)))

    def spans(self, window: torch.Tensor, cue: torch.Tensor, where: torch.Tensor, same: torch.Tensor, hint: torch.Tensor, keep: torch.Tensor) -> torch.Tensor:
        """Emissions for windows (batch, tokens, width) around cues whose mean state is ``cue``."""
        x = self.into(window) + self.pivot(cue)[:, None] + self.where(where) + self.same(same) + self.hint(hint)
        for block in self.blocks:
            x = self.drop(block(x, keep))
        return self.tag(self.norm(x))
