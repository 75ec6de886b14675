"""Annotated articles and sentences as the coder of events learns from them."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
import torch

from corpora import ANNOTATIONS, Row, annotated_events, article_of
from ujar.events.coder import KINDS, MODES, PARTS
from ujar.events.plover import STATUSES
from ujar.events.view import View, view_of
from ujar.pipeline import read_statements
from ujar.records import Parse, Span, Statement
from ujar.statements.sequence import COLUMN

IGNORED = -100


@dataclass(slots=True)
class Example:
    """An article or sentence to learn from.

    Attributes:
        row: the annotated article.
        parse, statements, view: what was read before.
        states: after the lower blocks of the encoder, (tokens, width).
        known: what is known about each token, ``view.known``.
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


def written_sentences(name: str = "event_sentences") -> list[Row]:
    """The sentences of training/annotations/NAME.jsonl."""
    with (ANNOTATIONS / f"{name}.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line) | {"written": True} for line in lines]
