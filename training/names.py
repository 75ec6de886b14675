"""Train the tagger of names and offices (written out in full once it works)."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import torch
from crf import Chain
from nets import Block, Encoder
from statements import load_encoder, pad, vectors_of
from torch import nn

from ujar.learned.tokens import shape_of, word_key

OWN = ("O", *(f"{b}-{k}" for k in ("PER", "ORG", "PLC", "NAT", "MSC") for b in "BI"))
ROLES = ("O", "B-ROL", "I-ROL")
GRIT = ("O", *(f"{b}-{k}" for k in ("PERSON", "ORGANISATION", "PLACE") for b in "BI"))
NERP = ("O", *(f"{b}-{k}" for k in ("PPL", "PLC", "IND", "EVT", "FNB") for b in "BI"))
HEADS = {"own": OWN, "roles": ROLES, "grit": GRIT, "nerp": NERP}


def conll(path: Path, tags: tuple[str, ...]):
    rows, forms, marks = [], [], []
    for line in path.read_text(encoding="utf-8").split("\n"):
        if not line.strip():
            if forms:
                rows.append((forms, np.array(marks)))
            forms, marks = [], []
            continue
        form, tag = line.split("\t")
        forms.append(form)
        marks.append(tags.index(tag.strip()))
    if forms:
        rows.append((forms, np.array(marks)))
    return rows


class Names(nn.Module):
    def __init__(self, encoder: Encoder, dropout: float = 0.3, lstm: int = 0) -> None:
        super().__init__()
        width = encoder.shape.width
        self.encoder = encoder
        self.lstm = nn.LSTM(width, lstm, batch_first=True, bidirectional=True) if lstm else None
        top = width + 2 * lstm
        self.blocks = nn.ModuleDict({h: Block(width, encoder.shape.inner, 1) for h in HEADS})
        self.tags = nn.ModuleDict({h: nn.Linear(top, len(t)) for h, t in HEADS.items()})
        self.chains = nn.ModuleDict({h: Chain(t) for h, t in HEADS.items()})
        self.drop = nn.Dropout(dropout)

    def emissions(self, head, vectors, shapes, keep):
        x = self.encoder(self.drop(vectors), shapes, keep=keep)
        if self.lstm is not None:
            x = self.drop(x)
            y, _ = self.lstm(x)
            return self.tags[head](self.drop(torch.cat([y, x], -1)))
        return self.tags[head](self.drop(self.blocks[head](self.drop(x), keep)))


def entities(path, tags):
    out, cur = [], None
    for i, t in enumerate(path):
        tag = tags[t]
        if tag[0] == "B" or (tag[0] == "I" and (cur is None or cur[0] != tag[2:])):
            if cur:
                out.append(tuple(cur))
            cur = [tag[2:], i, i + 1]
        elif tag[0] == "I":
            cur[2] = i + 1
        else:
            if cur:
                out.append(tuple(cur))
            cur = None
    if cur:
        out.append(tuple(cur))
    return out


def f1(golds, guesses):
    hit = sum(len(set(a) & set(b)) for a, b in zip(golds, guesses))
    g, p = sum(map(len, golds)), sum(map(len, guesses))
    return 2 * hit / (g + p) if g + p else 0.0


def train(encoder_path, sets, epochs=12, seed=1, dropout=0.3, word_drop=0.1, shape_drop=0.0, lstm=0, rate=(4e-4, 2e-3), log=None, size=24, weights=None):
    """sets: head -> list of (forms, tags)."""
    torch.manual_seed(seed)
    rng = random.Random(seed)
    encoder, vocabulary = load_encoder(encoder_path)
    for p in (*encoder.word.parameters(), *encoder.gram.parameters()):
        p.requires_grad_(False)
    keys = sorted({word_key(f) for rows in sets.values() for forms, _ in rows for f in forms})
    table = vectors_of(encoder, vocabulary, keys)
    data = {h: [(torch.stack([table[word_key(f)] for f in forms]), torch.tensor([shape_of(f) for f in forms]), torch.from_numpy(np.asarray(t))) for forms, t in rows] for h, rows in sets.items()}
    model = Names(encoder, dropout, lstm)
    ids = {id(p) for p in encoder.parameters()}
    optimizer = torch.optim.AdamW([{"params": [p for p in encoder.parameters() if p.requires_grad], "lr": rate[0]}, {"params": [p for p in model.parameters() if id(p) not in ids], "lr": rate[1]}], weight_decay=0.02)
    def batches():
        out = []
        for h, rows in data.items():
            order = list(range(len(rows)))
            rng.shuffle(order)
            order.sort(key=lambda i: len(rows[i][0]) // 8 + rng.random())
            out += [(h, order[i : i + size]) for i in range(0, len(order), size)]
        rng.shuffle(out)
        return out
    total = len(batches()) * epochs
    sched = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda n: min(1, (n + 1) / (0.08 * total)) * max(0.02, 1 - n / total))
    for epoch in range(epochs):
        model.train()
        loss_sum = n = 0
        for h, picked in batches():
            rows = [data[h][i] for i in picked]
            vectors, shapes, tags = pad([r[0] for r in rows]), pad([r[1] for r in rows]), pad([r[2] for r in rows])
            lengths = torch.tensor([len(r[0]) for r in rows])
            keep = (torch.arange(vectors.shape[1])[None] < lengths[:, None]).float().unsqueeze(-1)
            vectors = vectors * (torch.rand(vectors.shape[:2]) > word_drop).unsqueeze(-1)
            loss = model.chains[h].loss(model.emissions(h, vectors, shapes, keep), tags, lengths).mean()
            loss = loss * (weights or {}).get(h, 1.0)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 2.0)
            optimizer.step()
            sched.step()
            loss_sum += float(loss.detach())
            n += 1
        if log:
            print(f"epoch {epoch + 1} loss {loss_sum / n:.3f}", log(model, vocabulary) if (epoch + 1) % 4 == 0 or epoch + 1 == epochs else "", flush=True)
    model.eval()
    return model, vocabulary


@torch.no_grad()
def tag(model, vocabulary, head, rows):
    model.eval()
    keys = sorted({word_key(f) for forms in rows for f in forms})
    table = vectors_of(model.encoder, vocabulary, keys)
    out = []
    for at in range(0, len(rows), 32):
        part = rows[at : at + 32]
        vectors = pad([torch.stack([table[word_key(f)] for f in forms]) for forms in part])
        shapes = pad([torch.tensor([shape_of(f) for f in forms]) for forms in part])
        lengths = torch.tensor([len(f) for f in part])
        keep = (torch.arange(vectors.shape[1])[None] < lengths[:, None]).float().unsqueeze(-1)
        em = model.emissions(head, vectors, shapes, keep)
        out += [entities(p, HEADS[head]) for p in model.chains[head].decode(em, lengths)]
    return out
