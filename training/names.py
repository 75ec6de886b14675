"""Train a tagger of names and offices: src/ujar/learned/models/reader.npz, and vectors.npz, the words of all models.

usage: python training/names.py ENCODER.pt [--epochs N] [--out FOLDER] [--limit N]

One encoder, four heads, each with a tag chain of its own: names and offices of the project's own annotations
(training/annotations/names.jsonl), the labels of nergrit and those of nerp as they are, so that sets that cut and label
names differently teach the encoder without blurring each other. The nerp head is thrown away. It marks the names for
training/statements.py to learn from, which then trains both together on one encoder and writes reader.npz anew.
Deterministic for the same data and versions.
"""

from __future__ import annotations

import argparse
import random
import sys
from pathlib import Path

import numpy as np
import torch
from torch import nn

from crf import Chain
from export import MODELS, Arrays, block_arrays, chain_arrays, encoder_arrays, linear_arrays, save, vectors
from graphs import with_graphs
from nets import Block, Encoder, Tuner, load_encoder, pad, settle, vectors_of

sys.path.insert(0, str(Path(__file__).parents[1] / "eval"))

from corpora import Row, annotated, data_folder
from mentions import NERGRIT, sentences
from ujar.learned.tokens import BREAK, Tokens, shape_of, tokens_of, word_key
from ujar.parse.words import find_words
from ujar.records import Span

EPOCHS, PIECE = 12, 400
# The sets, the heads that learn from each, and how many sentences (of our own: pieces of articles) make a batch.
HEADS = {"own": ("names", "roles"), "nergrit": ("nergrit",), "nerp": ("nerp",)}
BATCH = {"own": 8, "nergrit": 24, "nerp": 24}
RATE_ENCODER, RATE_HEADS, DECAY = 4e-4, 2e-3, 0.02
DROP, HIDE_WORDS = 0.3, 0.1
NAMES = ("PER", "ORG", "PLC", "NAT", "MSC")
NERP = ("PPL", "PLC", "IND", "EVT", "FNB")
KINDS: dict[str, tuple[str, ...]] = {"names": NAMES, "roles": ("ROL",), "nergrit": NERGRIT, "nerp": NERP}
# Written forms, and the tag of each for every head that learns from them.
Sentence = tuple[list[str], *tuple[np.ndarray, ...]]


def tags_of(kinds: tuple[str, ...]) -> tuple[str, ...]:
    """O, then begin and inside of each kind."""
    return ("O", *(f"{b}-{kind}" for kind in kinds for b in "BI"))


def labelled(path: Path, kinds: tuple[str, ...]) -> list[Sentence]:
    """The sentences of a file with one word a line; an inside without its begin is made one."""
    tags = tags_of(kinds)
    out: list[Sentence] = []
    for forms, labels in sentences(path):
        before = "O"
        numbers = []
        for label in labels:
            begins = label[0] == "I" and before[2:] != label[2:]
            numbers.append(tags.index(f"B-{label[2:]}" if begins else label))
            before = label
        out.append((forms, np.array(numbers)))
    return out


def own(row: Row) -> list[Sentence]:
    """An annotated article in pieces."""
    text = row["text"]
    tokens = tokens_of(text, find_words(text))
    forms = [text[a:b] if b > a else BREAK for a, b in zip(tokens.starts, tokens.ends, strict=True)]
    names = marked(tokens, forms, row["names"], NAMES)
    roles = marked(tokens, forms, [("ROL", a, b) for a, b in row["roles"]], ("ROL",))
    return [
        (forms[at : at + PIECE], names[at : at + PIECE], roles[at : at + PIECE]) for at in range(0, len(forms), PIECE)
    ]


def marked(tokens: Tokens, forms: list[str], spans: list[tuple[str, int, int]], kinds: tuple[str, ...]) -> np.ndarray:
    """The tags that some spans give; letters that are glued to a name are no part of it."""
    tags = np.zeros(len(forms), dtype=np.int64)
    for kind, start, end in spans:
        first, last = tokens.cover(Span(start, end))
        while last > first + 1 and tokens.ends[last - 2] == tokens.starts[last - 1] and forms[last - 1].islower():
            last -= 1
        while last > first + 1 and tokens.ends[first] == tokens.starts[first + 1] and forms[first].islower():
            first += 1
        tags[first:last] = 2 + 2 * kinds.index(kind)
        tags[first : first + 1] = 1 + 2 * kinds.index(kind)
    # What a piece begins in, or another name cut off, begins anew.
    before = np.concatenate(([0], tags[:-1]))
    before[::PIECE] = 0
    torn = (tags > 0) & (tags % 2 == 0) & (before != tags) & (before != tags - 1)
    tags[torn] -= 1
    return tags


def learning_sets(limit: int | None = None) -> dict[str, list[Sentence]]:
    """What is learned from."""
    out: dict[str, list[Sentence]] = {
        "own": [piece for row in list(annotated("names").values())[:limit] for piece in own(row)]
    }
    folder = data_folder() / "ner"
    out["nergrit"] = labelled(folder / "indonlu_nergrit_ner-grit" / "train_preprocess.txt", NERGRIT)[:limit]
    out["nerp"] = labelled(folder / "indonlu_nerp_ner-prosa" / "train_preprocess.txt", NERP)[:limit]
    return out


class Tagger(nn.Module):
    """Encoder states to emissions: one block for all heads, a map and a chain for each."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        width = encoder.shape.width
        self.encoder = encoder
        self.block = Block(width, encoder.shape.inner, 1)
        self.tags = nn.ModuleDict({head: nn.Linear(width, 1 + 2 * len(kinds)) for head, kinds in KINDS.items()})
        self.chains = nn.ModuleDict({head: Chain(tags_of(kinds)) for head, kinds in KINDS.items()})
        self.drop = nn.Dropout(DROP)

    def states(self, words: torch.Tensor, shapes: torch.Tensor, keep: torch.Tensor) -> torch.Tensor:
        """What the heads look at: (batch, tokens, width)."""
        return self.drop(self.block(self.drop(self.encoder(self.drop(words), shapes, keep=keep)), keep))


class Lessons:
    """Sentences as tensors, in batches; what the tagger gets wrong on them."""

    def __init__(self, sets: dict[str, list[Sentence]], table: dict[str, torch.Tensor]) -> None:
        self.data = {
            name: [
                (
                    torch.stack([table[word_key(f)] for f in forms]),
                    torch.tensor([shape_of(f) for f in forms]),
                    *(torch.from_numpy(row) for row in tags),
                )
                for forms, *tags in rows
            ]
            for name, rows in sets.items()
        }

    def count(self) -> int:
        """How many batches there are."""
        return sum(-(-len(rows) // BATCH[name]) for name, rows in self.data.items())

    def batches(self, rng: random.Random) -> list[tuple[str, list[int]]]:
        """All sentences once: those of like length together, in an order that differs from time to time."""
        out = []
        for name, rows in self.data.items():
            order = sorted(range(len(rows)), key=lambda i, rows=rows: len(rows[i][0]) // 8 + rng.random())  # type: ignore[misc]
            out += [(name, order[at : at + BATCH[name]]) for at in range(0, len(order), BATCH[name])]
        rng.shuffle(out)
        return out

    def loss(self, model: Tagger, name: str, picked: list[int]) -> torch.Tensor:
        """The loss of a batch, all heads of its set together."""
        rows = [self.data[name][i] for i in picked]
        words, shapes, *tags = (pad([row[part] for row in rows]) for part in range(len(rows[0])))
        lengths = torch.tensor([len(row[0]) for row in rows])
        keep = (torch.arange(words.shape[1])[None] < lengths[:, None]).float().unsqueeze(-1)
        words = words * (torch.rand(words.shape[:2]) > HIDE_WORDS).unsqueeze(-1)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            states = model.states(words, shapes, keep)
        states = states.float()
        heads = zip(HEADS[name], tags, strict=True)
        return sum(
            (model.chains[head].loss(model.tags[head](states), own, lengths).mean() for head, own in heads),
            torch.tensor(0.0),
        )


def words_of(sets: dict[str, list[Sentence]]) -> set[str]:
    """The word keys that occur."""
    return {word_key(form) for rows in sets.values() for forms, *_ in rows for form in forms}


def train(path: Path, sets: dict[str, list[Sentence]], epochs: int, seed: int = 1) -> tuple[Tagger, Arrays]:
    """A tagger that has learned from some sets, and the word vectors it stands on."""
    settle(seed, 1)
    rng = random.Random(seed)
    encoder, vocabulary = load_encoder(path)
    lessons = Lessons(sets, vectors_of(encoder, vocabulary, sorted(words_of(sets))))
    model = Tagger(encoder)
    tuner = Tuner(model, encoder, (RATE_ENCODER, RATE_HEADS), DECAY, epochs * lessons.count())
    for epoch in range(epochs):
        total = 0.0
        for name, picked in lessons.batches(rng):
            total += tuner.step(lessons.loss(model, name, picked))
        print(f"epoch {epoch + 1}/{epochs}  loss {total / lessons.count():.3f}", flush=True)
    tuner.finish()
    return model, vectors(encoder, vocabulary)


def arrays_of(model: Tagger) -> Arrays:
    """The arrays of the tagger's heads and of the block below them."""
    out = block_arrays("names_block", model.block)
    for head in ("names", "roles", "nergrit"):
        out |= linear_arrays(f"{head}.tag", model.tags[head])
        out |= chain_arrays(head, model.chains[head])
    return out


def main() -> None:
    """Train and save."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("encoder", type=Path)
    parser.add_argument("--out", type=Path, default=MODELS)
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--limit", type=int, help="learn from the first N articles and sentences only")
    args = parser.parse_args()
    sets = learning_sets(args.limit)
    model, table = train(args.encoder, sets, args.epochs)
    save(args.out / "vectors.npz", table)
    save(args.out / "reader.npz", with_graphs({**encoder_arrays(model.encoder), **arrays_of(model)}))
    print(", ".join(f"{head} {len(rows)}" for head, rows in sets.items()), "->", args.out)


if __name__ == "__main__":
    main()
