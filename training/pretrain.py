"""Pretrain the word encoder on unlabelled news: guess hidden words from the words around them.

usage: python training/pretrain.py ARTICLES.jsonl[.gz] OUT.pt [--epochs N] [--limit ARTICLES]

The encoder is a stack of dilated convolutions over word vectors that are made of a word's row and its character
n-grams (the idea of fastText and floret), trained like a masked language model (Devlin et al. 2019): 15 % of the words
are hidden, and the net guesses each of them among the true word and a few thousand sampled ones. It also guesses whether
the hidden word had a capital. Deterministic for the same input, versions and number of threads.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import time
from collections import Counter
from pathlib import Path

import numpy as np
import torch
from torch import nn

from nets import Encoder, EncoderShape, Vocabulary, settle
from ujar.learned.tokens import MASK, tokens_of
from ujar.parse.words import find_words

SEQUENCE, BATCH, NEGATIVES, HIDDEN = 192, 40, 4096, 0.15
RATE = 3e-3


def corpus(path: Path, limit: int | None) -> tuple[list[list[tuple[str, int]]], Counter[str]]:
    """The articles as (key, shape) tokens, and how often each key occurs."""
    articles, counts = [], Counter[str]()
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            if limit is not None and number >= limit:
                break
            text = json.loads(line)["text"]
            row = tokens_of(text, find_words(text))
            tokens = list(zip(row.keys, row.shapes.tolist(), strict=True))
            articles.append(tokens)
            counts.update(key for key, _ in tokens)
    return articles, counts


class Guesser(nn.Module):
    """The encoder with what it needs to guess hidden words."""

    def __init__(self, encoder: Encoder, words: int) -> None:
        super().__init__()
        self.encoder = encoder
        self.out = nn.Linear(encoder.shape.width, encoder.shape.width)
        self.rows = nn.Embedding(words, encoder.shape.width)
        nn.init.normal_(self.rows.weight, std=0.05)
        self.bias = nn.Parameter(torch.zeros(words))
        self.case = nn.Linear(encoder.shape.width, 8)


def main() -> None:
    """Train and save."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--epochs", type=float, default=6)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    settle(1, args.threads)
    rng = np.random.default_rng(1)
    articles, counts = corpus(args.articles, args.limit)
    vocabulary = Vocabulary.of(counts)
    keys = {key: i for i, key in enumerate(counts)}
    bags = vocabulary.bags(list(keys))
    types = np.array([keys[k] for a in articles for k, _ in a], dtype=np.int64)
    shapes = np.array([s for a in articles for _, s in a], dtype=np.int64)
    row_of = np.array([vocabulary.rows.get(k, -1) for k in keys], dtype=np.int64)
    print(f"{len(articles)} articles, {len(types)} tokens, {len(keys)} types, {len(vocabulary.rows)} rows", flush=True)

    frequency = np.array([counts[k] for k in vocabulary.rows], dtype=np.float64) ** 0.75
    share = frequency / frequency.sum()
    log_share = torch.tensor(np.log(share), dtype=torch.float32)

    model = Guesser(Encoder(EncoderShape(), vocabulary), len(vocabulary.rows))
    optimizer = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=0.01, betas=(0.9, 0.98))
    per_epoch = len(types) // (SEQUENCE * BATCH)
    steps = max(1, int(per_epoch * args.epochs))
    warm = min(400, steps // 10 + 1)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer,
        lambda n: min(1, (n + 1) / warm) * 0.5 * (1 + math.cos(math.pi * min(1, n / steps))) + 0.01,
    )
    starts = np.arange(0, len(types) - SEQUENCE, SEQUENCE)
    order: np.ndarray = np.zeros(0, dtype=np.int64)
    began, total, seen = time.time(), 0.0, 0
    for step in range(steps):
        if len(order) < BATCH:
            order = rng.permutation(starts + rng.integers(0, SEQUENCE)) if len(starts) > 1 else starts.repeat(BATCH)
            order = order[order + SEQUENCE <= len(types)]
            if len(order) < BATCH:
                order = np.resize(order, BATCH)
        picked, order = order[:BATCH], order[BATCH:]
        index = picked[:, None] + np.arange(SEQUENCE)
        batch, shape = types[index], shapes[index].copy()
        target = row_of[batch]
        hidden = (rng.random(batch.shape) < HIDDEN) & (target >= 0)
        dice = rng.random(batch.shape)
        masked = hidden & (dice < 0.85)
        true_shape = shape.copy()
        shape[masked] = MASK
        unique, inverse = np.unique(batch, return_inverse=True)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            vectors = model.encoder.vectors(*bags.select(unique))
            states = model.encoder(
                vectors[torch.from_numpy(inverse.reshape(batch.shape))],
                torch.from_numpy(shape),
                torch.from_numpy(masked),
            )
            at = torch.from_numpy(hidden)
            found = torch.nn.functional.relu(model.out(states[at]))
            wanted = torch.from_numpy(target[hidden])
            negative = torch.from_numpy(rng.choice(len(share), NEGATIVES, p=share))
            scores = found @ model.rows(negative).T
            right = (found * model.rows(wanted)).sum(1, keepdim=True)
            cases = model.case(found)
        scores = scores.float() + model.bias[negative] - log_share[negative] - math.log(NEGATIVES)
        right = right.float() + (model.bias[wanted] - log_share[wanted] - math.log(NEGATIVES))[:, None]
        scores = scores.masked_fill(negative[None, :] == wanted[:, None], -1e4)
        loss = nn.functional.cross_entropy(torch.cat([right, scores], 1), torch.zeros(len(wanted), dtype=torch.long))
        case_loss = nn.functional.cross_entropy(cases.float(), torch.from_numpy(true_shape[hidden]))
        optimizer.zero_grad(set_to_none=True)
        (loss + 0.5 * case_loss).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        total, seen = total + float(loss.detach()), seen + 1
        if (step + 1) % 100 == 0 or step + 1 == steps:
            speed = (step + 1) * BATCH * SEQUENCE / (time.time() - began)
            print(
                f"step {step + 1}/{steps}  loss {total / seen:.3f}  case {float(case_loss.detach()):.3f}  {speed:.0f} tokens/s",
                flush=True,
            )
            total = seen = 0
        if (step + 1) % 1000 == 0 or step + 1 == steps:
            torch.save(
                {
                    "encoder": model.encoder.state_dict(),
                    "words": list(vocabulary.rows),
                    "shape": model.encoder.shape.as_dict(),
                },
                args.out,
            )


if __name__ == "__main__":
    main()
