"""Train the coder of events: src/ujar/learned/models/events.npz.

usage: python training/events.py [--epochs N] [--out FILE] [--limit N] [--check] [--seed N]

Learns from the annotated articles (plover/articles_train.jsonl of the data folder and training/annotations/events.jsonl)
and from sentences written for the purpose (training/annotations/event_sentences.jsonl). It stands on the encoder of the
package, which stays as it is, and on what the statement reader finds. --check parts the articles and prints how well those
are coded that it did not learn from, by the data folder's plover/score_articles.py. Deterministic for the same data and versions.
"""

from __future__ import annotations

import argparse
import random
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn

from articles import fold_of
from corpora import ANNOTATIONS, Row, annotated_events, article_of
from crf import Chain
from export import MODELS, Arrays, block_arrays, chain_arrays, half, linear_arrays, norm_arrays, save
from graphs import in_bytes, with_graphs
from nets import DISTANCES, Block, Tuner, pad, settle, upper_blocks
from score_events import article_figures, rows_of, summary
from ujar.events.coder import AROUND, KINDS, MODES, PARTS, TAGS, Model, model_of
from ujar.events.find import find_events
from ujar.events.plover import STATUSES
from ujar.events.view import KNOWN, View, view_of
from ujar.learned.encoder import shipped as shipped_encoder
from ujar.learned.weights import in_floats
from ujar.learned.windows import seen_from, window_of
from ujar.pipeline import read_statements
from ujar.records import Parse, Span, Statement
from ujar.statements.sequence import COLUMN

if TYPE_CHECKING:
    from collections.abc import Sequence

EPOCHS, BATCH, WINDOWS = 9, 8, 48
RATE_UPPER, RATE, DECAY, DROP, HIDE_ROWS, HIDE_HINTS = 4e-4, 2e-3, 0.03, 0.3, 0.15, 0.2
WIDTH, INNER, FIRST, SPAN = 96, 128, (1, 2), (1, 2, 4, 8)
TRIGGER_WEIGHT, SPAN_WEIGHT, LABEL_WEIGHT = 12.0, 0.3, 1.0
IGNORED = -100
# From so many texts the ranges of the numbers are taken.
SOME = 200


@dataclass(slots=True)
class Example:
    """An article or sentence to learn from.

    Attributes:
        row: the annotated article.
        parse, statements, view: what was read before.
        states: after the lower blocks of the encoder, (tokens, width).
        triggers: for every token its type (0 none), or IGNORED.
        hints: for each annotated event what the grammar holds of its parties, or None.
        events: for each annotated event the first and last token of its trigger, type, mode, status, tags of all tokens.
    """

    row: Row
    parse: Parse
    statements: tuple[Statement, ...]
    view: View
    states: torch.Tensor
    known: torch.Tensor
    triggers: np.ndarray
    hints: list[np.ndarray | None]
    events: list[tuple[int, int, int, int, int, np.ndarray]]


def example(row: Row) -> Example:
    """An annotated article, ready to learn from."""
    parsed, statements = read_statements(article_of(row))
    view = view_of(parsed, statements)
    tokens = view.sequence.tokens
    triggers = np.zeros(len(tokens.keys), dtype=np.int64)
    events = []
    for event in row["events"]:
        first, last = tokens.cover(Span(*event["trigger"]))
        if last <= first:
            continue
        kind = KINDS.index(event["type"])
        mode = MODES.index((event["type"], event["mode"])) if event["mode"] else 0
        tags = np.zeros(len(tokens.keys), dtype=np.int64)
        for number, part in reversed(list(enumerate(PARTS))):
            value = event[{"actor": "actors", "recipient": "recipients"}.get(part, part)] or []
            for span in [v["span"] for v in value] if part in ("actor", "recipient") else [value] if value else []:
                begin, end = tokens.cover(Span(*span))
                tags[begin:end] = 2 + 2 * number
                tags[begin : begin + 1] = 1 + 2 * number
        before = np.concatenate(([0], tags[:-1]))
        torn = (tags > 0) & (tags % 2 == 0) & (before != tags) & (before != tags - 1)
        tags[torn] -= 1
        anchor = anchor_of(view, first, last, event["type"])
        events.append((anchor, anchor + 1, kind, mode, STATUSES.index(event["status"]), tags))
        triggers[first:last] = IGNORED
    for anchor, _, kind, *_ in events:
        triggers[anchor] = 1 + kind
    # The same word elsewhere may tell of the same event again: only its clearest mention is annotated.
    told = {tokens.keys[anchor] for anchor, *_ in events}
    if not row.get("written"):
        for token, key in enumerate(tokens.keys):
            if triggers[token] == 0 and key in told:
                triggers[token] = IGNORED
    encoded = parsed.encoded
    if encoded is None:
        raise ValueError(f"{row['id']} is too long to be encoded")
    return Example(
        row, parsed, statements, view, torch.from_numpy(encoded.lower), torch.from_numpy(view.known), triggers,
        [view.hint(event[0]) for event in events], events,
    )  # fmt: skip


# Words of a trigger that do not tell of the event themselves: "akan memanggil", "melakukan penyelidikan".
LIGHT = frozenset(
    "akan juga telah sudah tidak belum masih ikut terus sangat kembali segera sedang ingin hendak mau siap bisa dapat harus"
    " saling terlibat melakukan menjalani memberikan memberi diberikan menyampaikan mengeluarkan menggelar mengadakan"
    " melancarkan dilakukan dilancarkan mendapat mendapatkan menerima adanya aksi upaya rencana langkah atas dan di ke untuk"
    " yang dengan oleh para sejumlah dua tiga itu ini \" ' ( ) , . - pun lagi tetap hanya langsung resmi bakal turut mulai".split()
)


def anchor_of(view: View, first: int, last: int, kind: str) -> int:
    """The token of a trigger that tells of the event: one that the table knows by this type, by any, else a full word."""
    keys = view.sequence.tokens.keys
    full = [t for t in range(first, last) if keys[t] not in LIGHT]
    known = [t for t in full if t in view.rows]
    own = [t for t in known if view.rows[t].row.type == kind]
    words = [t for t in full if not view.sequence.known[t, COLUMN["person"]]]
    return next(iter((*own, *known, *words)), first)


def learning_rows() -> tuple[list[Row], list[Row]]:
    """Articles and written sentences to learn from (never the development parts of the data)."""
    return list(annotated_events().values()), written_sentences()


def written_sentences() -> list[Row]:
    """The sentences of training/annotations/event_sentences.jsonl."""
    import json

    with (ANNOTATIONS / "event_sentences.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line) | {"written": True} for line in lines]


class Upper(nn.Module):  # type: ignore[misc]
    """The upper blocks of the encoder, to be tuned anew, and its last norm."""

    def __init__(self, blocks: list[Block], dilations: tuple[int, ...], norm: nn.LayerNorm) -> None:
        super().__init__()
        self.blocks, self.dilations, self.norm = nn.ModuleList(blocks), dilations, norm

    def forward(self, x: torch.Tensor, keep: torch.Tensor) -> torch.Tensor:
        """States (batch, tokens, width) from those after the lower blocks."""
        for block in self.blocks:
            x = block(x, keep)
        return torch.as_tensor(self.norm(x))


class Coder(nn.Module):  # type: ignore[misc]
    """Trigger types for every token; parts, mode and status for the window around a trigger."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.upper = Upper(*upper_blocks())
        self.known = nn.Linear(len(KNOWN), width)
        self.first = nn.ModuleList(Block(width, width, d) for d in FIRST)
        self.trigger = nn.Linear(width, 1 + len(KINDS))
        self.into = nn.Linear(width, WIDTH)
        self.pivot = nn.Linear(width, WIDTH)
        self.kind = nn.Embedding(len(KINDS), WIDTH)
        self.where = nn.Embedding(DISTANCES, WIDTH)
        self.same = nn.Embedding(3, WIDTH)
        self.hint = nn.Linear(2, WIDTH)
        self.blocks = nn.ModuleList(Block(WIDTH, INNER, d) for d in SPAN)
        self.norm = nn.LayerNorm(WIDTH)
        self.tag = nn.Linear(WIDTH, len(TAGS))
        self.chain = Chain(TAGS)
        self.mode = nn.Linear(WIDTH, len(MODES))
        self.status = nn.Linear(WIDTH, len(STATUSES))
        self.drop = nn.Dropout(DROP)

    def states(self, encoded: torch.Tensor, known: torch.Tensor, keep: torch.Tensor) -> torch.Tensor:
        """States with what is known: (batch, tokens, width)."""
        x = self.drop(self.upper(encoded, keep)) + self.known(known)
        for block in self.first:
            x = self.drop(block(x, keep))
        return x


def loss_of(model: Coder, batch: list[Example]) -> torch.Tensor:
    """What the net gets wrong on some articles."""
    encoded, known = pad([e.states for e in batch]), pad([e.known for e in batch])
    lengths = torch.tensor([len(e.states) for e in batch])
    keep = (torch.arange(encoded.shape[1])[None] < lengths[:, None]).float().unsqueeze(-1)
    rows = torch.rand(encoded.shape[:2]) < HIDE_ROWS
    known[:, :, -len(KINDS) - 1 :] *= (~rows).float().unsqueeze(-1)
    states = model.states(encoded, known, keep)
    wanted = pad([torch.from_numpy(e.triggers) for e in batch], IGNORED)
    logits = model.trigger(states).transpose(1, 2)
    loss = TRIGGER_WEIGHT * nn.functional.cross_entropy(logits, wanted, ignore_index=IGNORED)
    jobs = [
        (number, *event, hint) for number, e in enumerate(batch) for event, hint in zip(e.events, e.hints, strict=True)
    ]
    jobs.sort(key=lambda job: job[6].size)
    for at in range(0, len(jobs), WINDOWS):
        part = jobs[at : at + WINDOWS]
        windows, pivots, where, same, hints, tags, places = [], [], [], [], [], [], []
        for number, first, last, _, _, _, own, hint in part:
            sentences = batch[number].view.sequence.sentences
            low, high = window_of(sentences, first, last, AROUND)
            distance, side = seen_from(sentences, np.arange(low, high), first, last)
            windows.append(states[number, low:high])
            pivots.append(states[number, first:last].mean(0))
            where.append(torch.from_numpy(distance))
            same.append(torch.from_numpy(side))
            shown = None if hint is None or torch.rand(()) < HIDE_HINTS else hint[low:high]
            hints.append(torch.zeros(high - low, 2) if shown is None else torch.from_numpy(shown))
            right = own[low:high].copy()
            if right[0] > 0 and right[0] % 2 == 0:
                right[0] -= 1
            tags.append(torch.from_numpy(right))
            places.append((first - low, last - low))
        sizes = torch.tensor([len(w) for w in windows])
        inside = (torch.arange(int(sizes.max()))[None] < sizes[:, None]).float().unsqueeze(-1)
        kinds = torch.tensor([job[3] for job in part])
        x = model.into(pad(windows)) + (model.pivot(torch.stack(pivots)) + model.kind(kinds))[:, None]
        x = x + model.where(pad(where)) + model.same(pad(same)) + model.hint(pad(hints))
        for block in model.blocks:
            x = model.drop(block(x, inside))
        x = model.norm(x)
        share = len(part) / len(jobs)
        loss = loss + SPAN_WEIGHT * model.chain.loss(model.tag(x), pad(tags), sizes).mean() * share
        middle = torch.stack([x[row, a:b].mean(0) for row, (a, b) in enumerate(places)])
        modes, statuses = torch.tensor([job[4] for job in part]), torch.tensor([job[5] for job in part])
        loss = loss + LABEL_WEIGHT * share * (
            nn.functional.cross_entropy(model.mode(middle), modes)
            + nn.functional.cross_entropy(model.status(middle), statuses)
        )
    return loss


def train(rows: Sequence[Example], epochs: int, seed: int = 1) -> Coder:
    """A coder that has learned from some examples."""
    settle(seed, 1)
    rng = random.Random(seed)
    data = [row for row in rows if len(row.states)]
    model = Coder(int(data[0].states.shape[1]))
    tuner = Tuner(model, model.upper, (RATE_UPPER, RATE), DECAY, epochs * -(-len(data) // BATCH))
    for epoch in range(epochs):
        # Texts of like length together, in an order that differs from time to time.
        order = sorted(data, key=lambda e: len(e.states) // 24 + rng.random())
        batches = [order[at : at + BATCH] for at in range(0, len(order), BATCH)]
        rng.shuffle(batches)
        total = sum(tuner.step(loss_of(model, batch)) for batch in batches)
        print(f"epoch {epoch + 1}/{epochs}  loss {total / len(batches):.3f}", flush=True)
    tuner.finish()
    return model


def arrays_of(model: Coder) -> Arrays:
    """The arrays of the coder."""
    out: Arrays = {
        "kind.weight": half(model.kind.weight),
        "where.weight": half(model.where.weight),
        "same.weight": half(model.same.weight),
        "upper_dilations": np.array(model.upper.dilations, dtype=np.int8),
        **norm_arrays("upper_norm.norm", model.upper.norm),
        "first_dilations": np.array(FIRST, dtype=np.int8),
        "span_dilations": np.array(SPAN, dtype=np.int8),
        **norm_arrays("norm", model.norm),
        **chain_arrays("chain", model.chain),
    }
    for name in ("known", "trigger", "into", "pivot", "hint", "tag", "mode", "status"):
        out |= linear_arrays(name, getattr(model, name))
    for prefix, blocks in (("upper", model.upper.blocks), ("first", model.first), ("blocks", model.blocks)):
        for number, block in enumerate(blocks):
            out |= block_arrays(f"{prefix}.{number}", block)
    return out


def as_model(model: Coder) -> Model:
    """The coder as the package would load it, in floats."""
    return model_of(in_floats(with_graphs(arrays_of(model))))


def code_all(arrays: Arrays, examples: Sequence[Example]) -> None:
    """Code some texts by the coder that some arrays are."""
    model = model_of(arrays)
    for e in examples:
        find_events(e.parse, e.statements, model=model)


def check(articles: Sequence[Example], sentences: Sequence[Example], epochs: int) -> None:
    """Print how well articles are coded that were not learned from."""
    folds = fold_of([e.row for e in articles], 3)
    golds: dict[str, Any] = {}
    guesses: dict[str, Any] = {}
    for fold in range(3):
        model = as_model(
            train([e for e, f in zip(articles, folds, strict=True) if f != fold] + list(sentences), epochs)
        )
        for e in (e for e, f in zip(articles, folds, strict=True) if f == fold):
            golds[e.row["id"]] = e.row
            guesses[e.row["id"]] = find_events(e.parse, e.statements, model=model)
    print(summary("articles not learned from", article_figures(golds, rows_of(guesses))))


def main() -> None:
    """Train and save."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=MODELS / "events.npz")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--limit", type=int, help="learn from the first N articles and sentences only")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    shipped_encoder()
    articles, sentences = ([example(row) for row in rows[: args.limit]] for rows in learning_rows())
    if args.check:
        check(articles, sentences, args.epochs)
    learned = [*articles, *sentences]
    arrays = arrays_of(train(learned, args.epochs, args.seed))
    some = random.Random(args.seed).sample(learned, min(SOME, len(learned)))
    save(args.out, in_bytes(arrays, lambda made: code_all(made, some)))
    print(f"{len(articles)} articles, {len(sentences)} sentences -> {args.out}")


if __name__ == "__main__":
    main()
