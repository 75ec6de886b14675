"""Train the statement reader.

usage: python training/statements.py ENCODER.pt OUT.npz [--folds N --fold K --report FILE]
"""

from __future__ import annotations

import argparse
import json
import random
import time
from pathlib import Path

import numpy as np
import torch
from corpus import PARTS, TAGS, Example, annotated, example, fold_of, gold
from nets import Bags, Encoder, EncoderShape, Vocabulary
from reader import Reader
from torch import nn

from ujar.statements.reader import distance_class, window_of
from ujar.statements.sequence import KNOWN

_C = {name: i for i, name in enumerate(KNOWN)}
RULE = [i for i, n in enumerate(KNOWN) if n.startswith("rule-")]


def load_encoder(path: Path) -> tuple[Encoder, Vocabulary]:
    saved = torch.load(path, weights_only=True)
    vocabulary = Vocabulary(saved["words"])
    shape = saved["shape"]
    encoder = Encoder(EncoderShape(**{k: tuple(v) if isinstance(v, (list, tuple)) else v for k, v in shape.items()}), vocabulary)
    encoder.load_state_dict(saved["encoder"])
    return encoder, vocabulary


def vectors_of(encoder: Encoder, vocabulary: Vocabulary, keys: list[str]) -> dict[str, torch.Tensor]:
    with torch.no_grad():
        bags: Bags = vocabulary.bags(keys)
        out = encoder.vectors(*bags.select(np.arange(len(keys))))
    return dict(zip(keys, out, strict=True))


class Prepared:
    """An example as tensors."""

    def __init__(self, ex: Example, table: dict[str, torch.Tensor]) -> None:
        self.ex = ex
        s = ex.sequence
        tk = s.tokens
        self.vectors = torch.stack([table[k] for k in tk.keys]) if tk.keys else torch.zeros(0, 128)
        self.shapes = torch.from_numpy(tk.shapes)
        self.known = torch.from_numpy(s.known)
        self.cues = torch.from_numpy(ex.cues)
        self.candidates = [i for i in range(len(tk.keys)) if ex.cues[i] == 0 and (s.known[i, _C["before"]] or s.known[i, _C["after"]] or s.known[i, _C["passive"]]) and not s.known[i, _C["quoted"]]]
        self.rule_by_cue = {}
        for r in ex.rules:
            if r.cue:
                a, b = tk.cover(r.cue)
                hint = np.zeros((len(tk.keys), 3), dtype=np.float32)
                for c in r.contents:
                    x, y = tk.cover(c)
                    hint[x:y, 1] = 1
                    hint[x:x + 1, 0] = 1
                if r.source:
                    x, y = tk.cover(r.source)
                    hint[x:y, 2] = 1
                self.rule_by_cue.setdefault(a, hint)


def pad(arrays, value=0):
    longest = max(len(a) for a in arrays)
    out = torch.full((len(arrays), longest, *arrays[0].shape[1:]), value, dtype=arrays[0].dtype)
    for i, a in enumerate(arrays):
        out[i, : len(a)] = a
    return out


def run_states(model, batch, rule_drop=0.0, word_drop=0.0):
    vectors, shapes = pad([p.vectors for p in batch]), pad([p.shapes for p in batch])
    known = pad([p.known for p in batch])
    lengths = torch.tensor([len(p.vectors) for p in batch])
    keep = (torch.arange(vectors.shape[1])[None] < lengths[:, None]).float().unsqueeze(-1)
    if word_drop:
        vectors = vectors * (torch.rand(vectors.shape[:2]) > word_drop).unsqueeze(-1)
    if rule_drop:
        known = known.clone()
        gone = torch.rand(len(batch)) < rule_drop
        known[:, :, RULE] = known[:, :, RULE] * (~gone).float()[:, None, None]
    else:
        gone = torch.zeros(len(batch), dtype=torch.bool)
    return model.states(vectors, shapes, known, keep), keep, gone


def span_inputs(states, batch, jobs, gone=None):
    """jobs: (article, first, last)."""
    windows, cues, where, same, hints, lows = [], [], [], [], [], []
    for b, first, last in jobs:
        s = batch[b].ex.sequence.sentences
        low, high = window_of(s, first, last)
        windows.append(states[b, low:high])
        cues.append(states[b, first:last].mean(0))
        pos = np.arange(low, high)
        d = np.where(pos < first, pos - first, np.where(pos >= last, pos - last + 1, 0))
        where.append(torch.from_numpy(distance_class(d)))
        same.append(torch.from_numpy(np.sign(s[low:high] - s[first]) + 1))
        hint = batch[b].rule_by_cue.get(first)
        if hint is None or (gone is not None and gone[b]):
            hints.append(torch.zeros(high - low, 3))
        else:
            hints.append(torch.from_numpy(hint[low:high]))
        lows.append((low, high))
    lengths = torch.tensor([h - l for l, h in lows])
    keep = (torch.arange(int(lengths.max()))[None] < lengths[:, None]).float().unsqueeze(-1)
    return (pad(windows), torch.stack(cues), pad(where), pad(same), pad(hints), keep), lengths, lows


def train(encoder_path: Path, rows, epochs=16, seed=1, rule_drop=0.4, word_drop=0.08, no_rules=False, log=True, rate=(4e-4, 2e-3), size=8, dropout=0.25):
    torch.manual_seed(seed)
    random.seed(seed)
    rng = random.Random(seed)
    encoder, vocabulary = load_encoder(encoder_path)
    for p in (*encoder.word.parameters(), *encoder.gram.parameters()):
        p.requires_grad_(False)
    examples = [example(r) if not isinstance(r, Example) else r for r in rows]
    table = vectors_of(encoder, vocabulary, sorted({k for e in examples for k in e.sequence.tokens.keys}))
    data = [Prepared(e, table) for e in examples if e.sequence.tokens.keys]
    model = Reader(encoder, dropout=dropout)
    slow = [p for p in encoder.parameters() if p.requires_grad]
    ids = {id(p) for p in encoder.parameters()}
    quick = [p for p in model.parameters() if id(p) not in ids]
    optimizer = torch.optim.AdamW([{"params": slow, "lr": rate[0]}, {"params": quick, "lr": rate[1]}], weight_decay=0.02)
    total = epochs * ((len(data) + size - 1) // size)
    sched = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda n: min(1, (n + 1) / (0.08 * total)) * max(0.02, 1 - n / total))
    weight = torch.tensor([1.0, 1.0, 1.0])
    for epoch in range(epochs):
        rng.shuffle(data)
        model.train()
        sums = [0.0, 0.0, 0]
        for at in range(0, len(data), size):
            batch = data[at : at + size]
            states, keep, gone = run_states(model, batch, 1.0 if no_rules else rule_drop, word_drop)
            logits = model.cues(states, keep)
            target = pad([p.cues for p in batch], -100)
            cue_loss = nn.functional.cross_entropy(logits.transpose(1, 2), target, weight=weight, ignore_index=-100)
            jobs, tags = [], []
            for b, p in enumerate(batch):
                for first, last, t in p.ex.spans:
                    jobs.append((b, first, last))
                    tags.append(t)
                for c in p.candidates:
                    if rng.random() < 0.3:
                        jobs.append((b, c, c + 1))
                        tags.append(np.zeros(len(p.vectors), dtype=np.int64))
            loss = cue_loss * 10
            if jobs:
                inputs, lengths, lows = span_inputs(states, batch, jobs, gone)
                em = model.spans(*inputs)
                want = pad([torch.from_numpy(t[l:h]) for t, (l, h) in zip(tags, lows)])
                span_loss = model.chain.loss(em, want, lengths).mean()
                loss = loss + span_loss * 0.3
                sums[1] += float(span_loss.detach())
            sums[0] += float(cue_loss.detach())
            sums[2] += 1
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 2.0)
            optimizer.step()
            sched.step()
        if log:
            print(f"epoch {epoch + 1}  cue {sums[0] / sums[2]:.4f}  spans {sums[1] / sums[2]:.3f}", flush=True)
    model.eval()
    return model, vocabulary


@torch.no_grad()
def predict(model, vocabulary, rows, threshold=0.15, no_rules=False):
    """For each row: list of candidates dict(cue, parts{part: [[s,e]...]}, p_cue, p_span)."""
    examples = [example(r) if not isinstance(r, Example) else r for r in rows]
    table = vectors_of(model.encoder, vocabulary, sorted({k for e in examples for k in e.sequence.tokens.keys}))
    out = []
    for e in examples:
        if not e.sequence.tokens.keys:
            out.append([])
            continue
        p = Prepared(e, table)
        states, keep, gone = run_states(model, [p], 1.0 if no_rules else 0.0)
        probs = model.cues(states, keep).softmax(-1)[0].numpy()
        rule_starts = {e.sequence.tokens.cover(r.cue)[0]: e.sequence.tokens.cover(r.cue)[1] for r in e.rules if r.cue}
        jobs = []
        i = 0
        n = len(probs)
        for i in range(n):
            if probs[i, 1] >= threshold or i in rule_starts:
                last = i + 1
                while last < n and probs[last, 2] > 0.5:
                    last += 1
                jobs.append((0, i, last))
        found = []
        if jobs:
            inputs, lengths, lows = span_inputs(states, [p], jobs, gone if no_rules else None)
            em = model.spans(*inputs)
            paths = model.chain.decode(em, lengths)
            logz = model.chain.loss(em, pad([torch.tensor(x) for x in paths]), lengths).numpy()
            for (b, first, last), path, (low, high), nll in zip(jobs, paths, lows, logz):
                parts = {part: [] for part in PARTS}
                for t, tag in enumerate(path):
                    if tag == 0:
                        continue
                    part = PARTS[(tag - 1) // 2]
                    s, en = e.sequence.tokens.starts[low + t], e.sequence.tokens.ends[low + t]
                    if tag % 2 == 1:
                        parts[part].append([s, en])
                    elif parts[part]:
                        parts[part][-1][1] = en
                found.append({"cue": [e.sequence.tokens.starts[first], e.sequence.tokens.ends[last - 1]], "p_cue": float(probs[first, 1]), "p_span": float(np.exp(-nll)), "rule": first in rule_starts, **parts})
        out.append(found)
    return out
