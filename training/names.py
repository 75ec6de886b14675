"""Train the tagger of names and offices: src/ujar/learned/models/names.npz, and vectors.npz, the words of all models.

usage: python training/names.py ENCODER.pt [--epochs N] [--out FOLDER] [--limit N]

One encoder, four heads, each with a tag chain of its own: names and offices of the project's own annotations
(training/annotations/names.jsonl), the labels of nergrit and those of nerp as they are, so that sets that cut and label
names differently teach the encoder without blurring each other. The nerp head is thrown away. Deterministic for the same
data, versions and number of threads.
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
from nets import Block, Encoder, load_encoder, pad, settle, tuning, vectors_of

sys.path.insert(0, str(Path(__file__).parents[1] / "eval"))

from corpora import Row, annotated, data_folder
from mentions import NERGRIT, sentences
from ujar.learned.tokens import BREAK, shape_of, tokens_of, word_key
from ujar.parse.words import find_words
from ujar.records import Span

EPOCHS, BATCH, PIECE = 12, 24, 400
RATE_ENCODER, RATE_HEADS, DECAY = 4e-4, 2e-3, 0.02
DROP, HIDE_WORDS = 0.3, 0.1
NAMES = ("PER", "ORG", "PLC", "NAT", "MSC")
NERP = ("PPL", "PLC", "IND", "EVT", "FNB")
KINDS: dict[str, tuple[str, ...]] = {"names": NAMES, "roles": ("ROL",), "nergrit": NERGRIT, "nerp": NERP}
# Written forms and the tag of each.
Sentence = tuple[list[str], np.ndarray]


def tags_of(kinds: tuple[str, ...]) -> tuple[str, ...]:
    """O, then begin and inside of each kind."""
    return ("O", *(f"{b}-{kind}" for kind in kinds for b in "BI"))


def labelled(path: Path, kinds: tuple[str, ...]) -> list[Sentence]:
    """The sentences of a file with one word a line; an inside without its begin is made one."""
    tags = tags_of(kinds)
    out = []
    for forms, labels in sentences(path):
        before = "O"
        numbers = []
        for label in labels:
            begins = label[0] == "I" and before[2:] != label[2:]
            numbers.append(tags.index(f"B-{label[2:]}" if begins else label))
            before = label
        out.append((forms, np.array(numbers)))
    return out


def own(row: Row, spans: list[tuple[str, int, int]], kinds: tuple[str, ...]) -> list[Sentence]:
    """An annotated article in pieces; letters that are glued to a name are no part of it."""
    text = row["text"]
    tokens = tokens_of(text, find_words(text))
    forms = [text[a:b] if b > a else BREAK for a, b in zip(tokens.starts, tokens.ends, strict=True)]
    tags = np.zeros(len(forms), dtype=np.int64)
    for kind, start, end in spans:
        first, last = tokens.cover(Span(start, end))
        while last > first + 1 and tokens.ends[last - 2] == tokens.starts[last - 1] and forms[last - 1].islower():
            last -= 1
        while last > first + 1 and tokens.ends[first] == tokens.starts[first + 1] and forms[first].islower():
            first += 1
        tags[first:last] = 2 + 2 * kinds.index(kind)
        tags[first : first + 1] = 1 + 2 * kinds.index(kind)
    return [(forms[at : at + PIECE], tags[at : at + PIECE]) for at in range(0, len(forms), PIECE)]


def learning_sets(limit: int | None = None) -> dict[str, list[Sentence]]:
    """What each head learns from."""
    out: dict[str, list[Sentence]] = {"names": [], "roles": []}
    for row in list(annotated("names").values())[:limit]:
        out["names"] += own(row, [(kind, a, b) for kind, a, b in row["names"]], NAMES)
        out["roles"] += own(row, [("ROL", a, b) for a, b in row["roles"]], ("ROL",))
    folder = data_folder() / "ner"
    out["nergrit"] = labelled(folder / "indonlu_nergrit_ner-grit" / "train_preprocess.txt", NERGRIT)[:limit]
    out["nerp"] = labelled(folder / "indonlu_nerp_ner-prosa" / "train_preprocess.txt", NERP)[:limit]
    return out


class Tagger(nn.Module):
    """Encoder states to emissions, a block and a chain for each head."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        width = encoder.shape.width
        self.encoder = encoder
        self.blocks = nn.ModuleDict({head: Block(width, encoder.shape.inner, 1) for head in KINDS})
        self.tags = nn.ModuleDict({head: nn.Linear(width, 1 + 2 * len(kinds)) for head, kinds in KINDS.items()})
        self.chains = nn.ModuleDict({head: Chain(tags_of(kinds)) for head, kinds in KINDS.items()})
        self.drop = nn.Dropout(DROP)

    def forward(self, head: str, words: torch.Tensor, shapes: torch.Tensor, keep: torch.Tensor) -> torch.Tensor:
        """Emissions (batch, tokens, tags) of one head."""
        states = self.drop(self.encoder(self.drop(words), shapes, keep=keep))
        return torch.as_tensor(self.tags[head](self.drop(self.blocks[head](states, keep))))


def train(path: Path, sets: dict[str, list[Sentence]], epochs: int, seed: int = 1) -> tuple[Tagger, Arrays]:
    """A tagger that has learned from some sets, and the word vectors it stands on."""
    settle(seed)
    rng = random.Random(seed)
    encoder, vocabulary = load_encoder(path)
    keys = sorted({word_key(form) for rows in sets.values() for forms, _ in rows for form in forms})
    table = vectors_of(encoder, vocabulary, keys)
    data = {
        head: [
            (
                torch.stack([table[word_key(f)] for f in forms]),
                torch.tensor([shape_of(f) for f in forms]),
                torch.from_numpy(tags),
            )
            for forms, tags in rows
        ]
        for head, rows in sets.items()
    }
    model = Tagger(encoder)
    steps = epochs * sum(-(-len(rows) // BATCH) for rows in data.values())
    optimizer, schedule = tuning(model, encoder, (RATE_ENCODER, RATE_HEADS), DECAY, steps)
    model.train()
    for epoch in range(epochs):
        batches = []
        for head, rows in data.items():
            # Sentences of like length together, in an order that differs from epoch to epoch.
            order = sorted(range(len(rows)), key=lambda i, rows=rows: len(rows[i][0]) // 8 + rng.random())  # type: ignore[misc]
            batches += [(head, order[at : at + BATCH]) for at in range(0, len(order), BATCH)]
        rng.shuffle(batches)
        total = 0.0
        for head, picked in batches:
            rows = [data[head][i] for i in picked]
            words, shapes, tags = (pad([row[part] for row in rows]) for part in range(3))
            lengths = torch.tensor([len(row[0]) for row in rows])
            keep = (torch.arange(words.shape[1])[None] < lengths[:, None]).float().unsqueeze(-1)
            words = words * (torch.rand(words.shape[:2]) > HIDE_WORDS).unsqueeze(-1)
            loss = model.chains[head].loss(model(head, words, shapes, keep), tags, lengths).mean()
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 2.0)
            optimizer.step()
            schedule.step()
            total += float(loss.detach())
        print(f"epoch {epoch + 1}/{epochs}  loss {total / len(batches):.3f}", flush=True)
    model.eval()
    return model, vectors(encoder, vocabulary)


def arrays_of(model: Tagger) -> Arrays:
    """The tagger as the package runs it."""
    out = encoder_arrays("encoder", model.encoder)
    out["dilations"] = np.array(model.encoder.shape.dilations, dtype=np.int8)
    for head in ("names", "roles", "nergrit"):
        out |= block_arrays(f"{head}.block", model.blocks[head])
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
    save(args.out / "names.npz", arrays_of(model))
    print(", ".join(f"{head} {len(rows)}" for head, rows in sets.items()), "->", args.out)


if __name__ == "__main__":
    main()
