"""The nets as they are trained (torch); ``graphs.py`` and ``export.py`` make of them what ujar.learned runs."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import nn

from crf import Chain
from graphs import floats_of, last_norm_of
from ujar.learned.encoder import LOWER
from ujar.learned.tokens import BUCKETS, buckets_of
from ujar.learned.weights import Arrays, load_weights
from ujar.statements.reader import TAGS
from ujar.statements.sequence import KNOWN

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Sequence
    from pathlib import Path

WORDS, SEEN = 30_000, 8


@dataclass(frozen=True)
class EncoderShape:
    """Width of the states, of the inside of a block, and the dilation of each block."""

    width: int = 128
    inner: int = 192
    dilations: tuple[int, ...] = (1, 2, 4, 8, 1)

    def as_dict(self) -> dict[str, object]:
        """For a file."""
        return asdict(self)


class Bags:
    """The n-gram rows of many words, ready for an EmbeddingBag."""

    def __init__(self, rows: np.ndarray, grams: list[list[int]]) -> None:
        self.rows = rows
        self.grams = np.array([g for bag in grams for g in bag], dtype=np.int64)
        self.starts = np.concatenate([[0], np.cumsum([len(b) for b in grams])]).astype(np.int64)

    def select(self, which: np.ndarray) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Rows, n-grams and offsets of some of the words."""
        lengths = self.starts[which + 1] - self.starts[which]
        offsets = np.concatenate([[0], np.cumsum(lengths)[:-1]])
        index = np.arange(lengths.sum()) - np.repeat(offsets, lengths) + np.repeat(self.starts[which], lengths)
        return torch.from_numpy(self.rows[which]), torch.from_numpy(self.grams[index]), torch.from_numpy(offsets)


class Vocabulary:
    """The words that have a row of their own."""

    def __init__(self, words: list[str]) -> None:
        self.rows = {word: i for i, word in enumerate(words)}

    @classmethod
    def of(cls, counts: Counter[str]) -> Vocabulary:
        """The most frequent words, ties in alphabetical order."""
        ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        return cls([word for word, n in ranked[:WORDS] if n >= SEEN])

    def bags(self, keys: list[str]) -> Bags:
        """The rows and n-grams of some words; a word without a row has the one behind the last."""
        rows = np.array([self.rows.get(k, len(self.rows)) for k in keys], dtype=np.int64)
        return Bags(rows, [buckets_of(k) for k in keys])


class Block(nn.Module):
    """Normalise, convolve over three words ``dilation`` apart, rectify, mix; added to what came in."""

    def __init__(self, width: int, inner: int, dilation: int) -> None:
        super().__init__()
        self.dilation = dilation
        self.norm = nn.LayerNorm(width)
        # Its weights alone are used.
        self.conv = nn.Conv1d(width, inner, 3)
        self.mix = nn.Linear(inner, width)

    def forward(self, x: torch.Tensor, keep: torch.Tensor | None = None) -> torch.Tensor:
        """States (batch, tokens, width) to the same; tokens outside ``keep`` are zero."""
        y = self.norm(x)
        if keep is not None:
            y = y * keep
        # The three words side by side, as one product: on a processor two thirds of the time of a convolution of torch.
        count, far = y.shape[1], self.dilation
        y = nn.functional.pad(y, (0, 0, far, far))
        y = torch.cat([y[:, at : at + count] for at in (0, far, 2 * far)], -1)
        y = y @ self.conv.weight.permute(2, 1, 0).reshape(y.shape[-1], -1) + self.conv.bias
        return x + self.mix(torch.relu(y))


class Encoder(nn.Module):
    """Words in, states out."""

    def __init__(self, shape: EncoderShape, vocabulary: Vocabulary) -> None:
        super().__init__()
        self.shape = shape
        width = shape.width
        self.word = nn.Embedding(len(vocabulary.rows) + 1, width)
        self.gram = nn.EmbeddingBag(BUCKETS, width, mode="mean")
        self.form = nn.Embedding(8, width)
        self.hidden = nn.Parameter(torch.randn(width) * 0.1)
        nn.init.normal_(self.word.weight, std=0.1)
        nn.init.normal_(self.gram.weight, std=0.1)
        nn.init.normal_(self.form.weight, std=0.1)
        self.blocks = nn.ModuleList(Block(width, shape.inner, d) for d in shape.dilations)
        self.norm = nn.LayerNorm(width)

    def vectors(self, rows: torch.Tensor, grams: torch.Tensor, offsets: torch.Tensor) -> torch.Tensor:
        """The vectors of words, context left aside."""
        known = (rows < self.word.num_embeddings - 1).unsqueeze(1)
        return self.word(rows) * known + self.gram(grams, offsets)

    def forward(
        self,
        vectors: torch.Tensor,
        shapes: torch.Tensor,
        masked: torch.Tensor | None = None,
        keep: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """States (batch, tokens, width)."""
        if masked is not None:
            vectors = torch.where(masked.unsqueeze(-1), self.hidden.to(vectors.dtype), vectors)
        x = vectors + self.form(shapes)
        for block in self.blocks:
            x = block(x, keep)
        return self.norm(x)


def settle(seed: int, threads: int = 2) -> None:
    """Make what follows come out the same every time: with the same data, versions and number of threads."""
    torch.manual_seed(seed)
    torch.set_num_threads(threads)
    torch.use_deterministic_algorithms(mode=True)


def load_encoder(path: Path) -> tuple[Encoder, Vocabulary]:
    """A pretrained encoder with its vocabulary; the word vectors are frozen, since all models share them.

    A file without word vectors (``training/encoder.pt``) takes those of the package.
    """
    saved = torch.load(path, weights_only=True)
    shape = saved["shape"]
    table = None if "words" in saved else load_weights("vectors")
    vocabulary = Vocabulary(bytes(table["words"]).decode().split("\x00") if table else saved["words"])
    encoder = Encoder(EncoderShape(shape["width"], shape["inner"], tuple(shape["dilations"])), vocabulary)
    state = {key: value.float() for key, value in saved["encoder"].items()}
    if table:
        _put_vectors(encoder, vocabulary, table)
        state |= {key: value for key, value in encoder.state_dict().items() if key.startswith(("word.", "gram."))}
    encoder.load_state_dict(state)
    for parameter in (*encoder.word.parameters(), *encoder.gram.parameters()):
        parameter.requires_grad_(requires_grad=False)
    return encoder, vocabulary


@torch.no_grad()
def _put_vectors(encoder: Encoder, vocabulary: Vocabulary, table: dict[str, np.ndarray]) -> None:
    """Take the word vectors of the package apart again: a word's row there is its own and the mean of its n-grams."""
    encoder.gram.weight.copy_(torch.from_numpy(table["grams"] * table["gram_scales"][:, None]))
    encoder.word.weight.zero_()
    words = list(vocabulary.rows)
    grams = encoder.vectors(*vocabulary.bags(words).select(np.arange(len(words))))
    encoder.word.weight[:-1] = torch.from_numpy(table["rows"] * table["row_scales"][:, None]) - grams


class Tuner:
    """AdamW with one rate for the encoder and one for the rest; both rise at first, then fall for ``steps`` steps.

    What comes out is a running mean of the parameters, which errs less than the last of them (Polyak & Juditsky 1992).
    """

    def __init__(
        self, model: nn.Module, encoder: nn.Module, rates: tuple[float, float], decay: float, steps: int
    ) -> None:
        own = {id(p) for p in encoder.parameters()}
        self.parameters = [p for p in model.parameters() if p.requires_grad]
        self.model = model
        self.optimizer = torch.optim.AdamW(
            [
                {"params": [p for p in self.parameters if id(p) in own], "lr": rates[0]},
                {"params": [p for p in self.parameters if id(p) not in own], "lr": rates[1]},
            ],
            weight_decay=decay,
        )
        self.schedule = torch.optim.lr_scheduler.LambdaLR(
            self.optimizer, lambda n: min(1, (n + 1) / max(1, 0.08 * steps)) * max(0.02, 1 - n / steps)
        )
        self.steps = 0
        self.mean = [p.detach().clone() for p in self.parameters]
        model.train()

    def step(self, loss: torch.Tensor) -> float:
        """Learn from one batch; returns its loss."""
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.parameters, 2.0)
        self.optimizer.step()
        self.schedule.step()
        self.steps += 1
        # Early parameters are forgotten soon: the mean reaches back over a tenth of the steps, at most over a thousand.
        share = max(1e-3, 1 / (1 + self.steps / 10))
        with torch.no_grad():
            torch._foreach_lerp_(self.mean, [p.detach() for p in self.parameters], share)
        return float(loss.detach())

    @torch.no_grad()
    def finish(self) -> None:
        """Put the means in the place of the parameters."""
        for parameter, mean in zip(self.parameters, self.mean, strict=True):
            parameter.copy_(mean)
        self.model.eval()


@torch.no_grad()
def upper_blocks() -> tuple[list[Block], tuple[int, ...], nn.LayerNorm]:
    """The blocks of the package's encoder above LOWER, with their dilations, and its last norm."""
    graph = load_weights("reader")["encoder.graph"]
    blocks, upper = [], floats_of(graph)[LOWER:]
    for arrays, dilation in upper:
        inner, width = arrays["mix.weight"].shape
        block = Block(width, inner, dilation)
        _put_norm(block.norm, arrays, "norm")
        kernel = torch.from_numpy(arrays["conv.weight"]).reshape(3, width, inner)
        block.conv.weight.copy_(kernel.permute(2, 1, 0))
        block.conv.bias.copy_(torch.from_numpy(arrays["conv.bias"]))
        block.mix.weight.copy_(torch.from_numpy(arrays["mix.weight"].T))
        block.mix.bias.copy_(torch.from_numpy(arrays["mix.bias"]))
        blocks.append(block)
    last = last_norm_of(graph)
    norm = nn.LayerNorm(len(last["norm.weight"]))
    _put_norm(norm, last, "norm")
    return blocks, tuple(dilation for _, dilation in upper), norm


def _put_norm(layer: nn.LayerNorm, arrays: Arrays, name: str) -> None:
    layer.weight.copy_(torch.tensor(arrays[f"{name}.weight"]))
    layer.bias.copy_(torch.tensor(arrays[f"{name}.bias"]))


@torch.no_grad()
def vectors_of(encoder: Encoder, vocabulary: Vocabulary, keys: list[str]) -> dict[str, torch.Tensor]:
    """The vectors of some word keys."""
    out = encoder.vectors(*vocabulary.bags(keys).select(np.arange(len(keys))))
    return dict(zip(keys, out, strict=True))


def pad(rows: Sequence[torch.Tensor], value: int = 0) -> torch.Tensor:
    """Rows of different lengths as one tensor."""
    out = torch.full((len(rows), max(len(r) for r in rows), *rows[0].shape[1:]), value, dtype=rows[0].dtype)
    for number, row in enumerate(rows):
        out[number, : len(row)] = row
    return out


WIDTH, INNER = 80, 112
DISTANCES = 24


class Reader(nn.Module):
    """Cue tags for every token, and span tags for the window around a cue."""

    def __init__(
        self, encoder: Encoder, dilations: tuple[int, ...] = (1, 2, 4, 8), dropout: float = 0.25, hints: int = 3
    ) -> None:
        super().__init__()
        width = encoder.shape.width
        self.dilations = dilations
        self.encoder = encoder
        self.known = nn.Linear(len(KNOWN), width)
        self.cue_block = Block(width, encoder.shape.inner, 1)
        self.cue = nn.Linear(width, 3)
        self.into = nn.Linear(width, WIDTH)
        self.pivot = nn.Linear(width, WIDTH)
        self.where = nn.Embedding(DISTANCES, WIDTH)
        self.same = nn.Embedding(3, WIDTH)
        self.hint = nn.Linear(hints, WIDTH)
        self.blocks = nn.ModuleList(Block(WIDTH, INNER, d) for d in dilations)
        self.norm = nn.LayerNorm(WIDTH)
        self.tag = nn.Linear(WIDTH, len(TAGS))
        self.chain = Chain(TAGS)
        self.drop = nn.Dropout(dropout)

    def states(
        self, vectors: torch.Tensor, shapes: torch.Tensor, known: torch.Tensor, keep: torch.Tensor
    ) -> torch.Tensor:
        """Encoder states with what is known added."""
        return self.drop(self.encoder(self.drop(vectors), shapes, keep=keep)) + self.known(known)

    def cues(self, states: torch.Tensor, keep: torch.Tensor) -> torch.Tensor:
        """Logits of O, B, I for each token."""
        return self.cue(self.drop(self.cue_block(states, keep)))

    def spans(
        self,
        window: torch.Tensor,
        cue: torch.Tensor,
        where: torch.Tensor,
        same: torch.Tensor,
        hint: torch.Tensor,
        keep: torch.Tensor,
    ) -> torch.Tensor:
        """Emissions for windows (batch, tokens, width) around cues whose mean state is ``cue``."""
        x = self.into(window) + self.pivot(cue)[:, None] + self.where(where) + self.same(same) + self.hint(hint)
        for block in self.blocks:
            x = self.drop(block(x, keep))
        return self.tag(self.norm(x))
