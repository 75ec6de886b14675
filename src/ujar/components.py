"""ujar's models as components of a spaCy pipeline; needs the extra ``ujar[spacy]``.

>>> import spacy                                    # doctest: +SKIP
>>> nlp = spacy.blank("id")                         # doctest: +SKIP
>>> nlp.add_pipe("ujar_names")                      # doctest: +SKIP
>>> nlp.add_pipe("ujar_statements")                 # doctest: +SKIP

spaCy finds the two factories by the entry points of the installed package; nothing needs to be imported first. Offsets in
``doc._.statements`` are characters of ``doc.text``; spans of tokens are in ``doc.ents`` and ``doc.spans``, widened to
whole tokens where spaCy's tokens are coarser than ujar's ("ujarRina" is one token of spaCy, two words of ujar).
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from spacy.language import Language
from spacy.tokens import Doc, Span, SpanGroup
from spacy.util import filter_spans

from ujar.parse import parse
from ujar.pipeline import analyze
from ujar.records import Article
from ujar.write import as_row

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ujar.records import Reader

# The labels that spaCy's own pipelines use, where there is one.
LABELS = {"person": "PER", "organisation": "ORG", "place": "LOC", "nationality": "NORP", "other": "MISC"}


def _spans(doc: Doc, offsets: Iterable[tuple[int, int]], label: str) -> list[Span]:
    """Character offsets as spans of whole tokens."""
    found = (doc.char_span(start, end, label=label, alignment_mode="expand") for start, end in offsets)
    return [span for span in found if span is not None]


@Language.factory("ujar_names", assigns=["doc.ents", "doc.spans"])
class Names:
    """Names in ``doc.ents`` (PER, ORG, LOC, NORP, MISC), offices in ``doc.spans["roles"]`` (label ROLE)."""

    def __init__(self, nlp: Language, name: str) -> None:
        del nlp
        self.name = name

    def __call__(self, doc: Doc) -> Doc:
        """Mark the names of a document."""
        mentions = parse(Article(id="doc", text=doc.text), mentions=True).mentions
        ents = [s for m in mentions if m.kind != "role" for s in _spans(doc, [m.span], LABELS[m.kind])]
        doc.ents = tuple(filter_spans(ents))
        roles = _spans(doc, [m.span for m in mentions if m.kind == "role"], "ROLE")
        doc.spans["roles"] = SpanGroup(doc, name="roles", spans=roles)
        return doc


@Language.factory(
    "ujar_statements",
    assigns=["doc._.statements", "doc.spans"],
    default_config={"published": None, "reader": "learned"},
)
class Statements:
    """Who said what: rows in ``doc._.statements``, token spans in ``doc.spans["contents"]``, "cues" and "sources".

    A row is a dictionary with the fields of ``ujar read --format jsonl``. The day of publication is taken from
    ``doc._.published`` (ISO 8601), else from the setting ``published`` of the component; without one, weekdays and dates
    without a year stay undated. ``reader`` is "learned" or "rules".
    """

    def __init__(self, nlp: Language, name: str, published: str | None, reader: Reader) -> None:
        del nlp
        self.name = name
        self.published = published
        self.reader: Reader = reader
        for field, default in (("statements", []), ("published", None)):
            if not Doc.has_extension(field):
                Doc.set_extension(field, default=default)

    def __call__(self, doc: Doc) -> Doc:
        """Read a document."""
        day: Any = doc._.published or self.published
        article = Article(id="doc", text=doc.text, published=date.fromisoformat(day) if day else None)
        rows = as_row(analyze(article, reader=self.reader))["statements"]
        doc._.statements = rows
        groups = {
            "contents": [tuple(c) for row in rows for c in row["content"]],
            "cues": [tuple(row["cue"]) for row in rows if row["cue"]],
            "sources": [tuple(row["source"]) for row in rows if row["source"]],
        }
        for key, offsets in groups.items():
            doc.spans[key] = SpanGroup(doc, name=key, spans=_spans(doc, offsets, key[:-1].upper()))
        return doc
