"""Every record that travels between the stages: frozen, typed, standard library only.

All offsets are half-open character offsets into ``Article.text`` as it was given:
``article.text[span.start:span.end]`` is exactly the words.

The terms are the field's. *Cue*, *source* and *content* are those of the Penn Attribution Relations
Corpus (Pareti 2012); types and values of time expressions are those of TIMEX3 (Pustejovsky et al. 2003).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple

if TYPE_CHECKING:
    from datetime import date

    from ujar.learned.encoder import Encoded

StatementKind = Literal["direct", "indirect", "mixed"]
SpeakerType = Literal["person", "organisation", "state", "group", "unnamed", "document", "medium"]
Reader = Literal["learned", "rules"]
TimeType = Literal["DATE", "TIME", "DURATION", "SET"]
MentionKind = Literal["person", "organisation", "place", "nationality", "other", "role"]
EventType = Literal[
    "AGREE", "CONSULT", "SUPPORT", "CONCEDE", "COOPERATE", "AID", "RETREAT", "REQUEST", "ACCUSE", "REJECT", "THREATEN",
    "PROTEST", "SANCTION", "MOBILIZE", "COERCE", "ASSAULT",
]  # fmt: skip
EventStatus = Literal["actual", "historical", "planned", "conditional", "demanded", "denied"]


class Span(NamedTuple):
    """A stretch of ``Article.text``: characters ``start`` up to, not including, ``end``."""

    start: int
    end: int


class _Record:
    """Records go from process to process: pickled, and compiled or not, they are made anew from their fields."""

    __slots__ = ()
    __dataclass_fields__: ClassVar[dict[str, Any]]

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), tuple(getattr(self, name) for name in self.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class Article(_Record):
    """One news text and what is known about it from outside.

    Attributes:
        id: unique within a run; chosen by whoever supplies the article.
        text: the body, never changed after this record is made.
        title: the headline, or None when the source has none.
        published: the day of publication, or None; without it relative dates stay undated.
        outlet: the newspaper or site (never called a source: that is the PARC term), or None.
        url: where it came from, or None.
    """

    id: str
    text: str
    title: str | None = None
    published: date | None = None
    outlet: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Problem(_Record):
    """A fault in the data, kept as a value beside the results so that a run goes on.

    Attributes:
        slug: short stable name, the heading in docs/errors.md.
        stage: where it was noticed: "read", "parse", "statements".
        message: one sentence for a person, with the next step where there is one.
        article_id: the article concerned, or the input's name when no article came of it.
        span: the place in the text, or None when it concerns the whole.
    """

    slug: str
    stage: str
    message: str
    article_id: str
    span: Span | None = None


class Word(NamedTuple):
    """One token. ``lower`` is its case-folded form; the exact form is ``text[start:end]``."""

    start: int
    end: int
    lower: str


@dataclass(frozen=True, slots=True)
class Mention(_Record):
    """A name or an office in the running text.

    Attributes:
        span: the words: a personal name without title, office and degree; an organisation, place or other name whole; an
            office with its body or country and without the name ("Menteri Luar Negeri AS").
        kind: "person", "organisation", "place", "nationality" (a country or people that modifies a noun: "warga
            Palestina", "Presiden AS"), "other" (laws, events, products), or "role". A role may hold mentions of the
            other kinds; those never overlap among themselves.
        confidence: between 0 and 1: the model's probability of the span and its kind.
    """

    span: Span
    kind: MentionKind
    confidence: float


@dataclass(frozen=True, slots=True)
class TimeExpression(_Record):
    """A time expression after TIMEX3.

    Attributes:
        span: the smallest whole expression (``Kamis (6/6/2024)``; ``Mei`` of ``pada Mei``).
        type: DATE, TIME, DURATION or SET.
        value: ISO 8601 as TIMEX3 writes it ("2024-06-06", "2024-06", "2024-W23", "2023-Q4", "P3D"), or
            None when it cannot be worked out (no publication date, for instance).
        start: first day it covers, or None when ``value`` gives none (a duration, an undated weekday).
        end: the day after the last one it covers, or None as above.
        mod: TIMEX3 modifier ("START", "MID", "END", "APPROX", "BEFORE", "AFTER") or None.
        rule: the name of the rule of the grammar that read it.
    """

    span: Span
    type: TimeType
    value: str | None
    start: date | None
    end: date | None
    mod: str | None
    rule: str


@dataclass(frozen=True, slots=True)
class Quote(_Record):
    """Words between quotation marks.

    Attributes:
        span: the words, without the marks.
        outer: the same with the marks that are there.
        opened: whether an opening mark stands there (False: it was lost, the start is a guess).
        closed: whether a closing mark stands there (False: it was lost, the end is a guess).
    """

    span: Span
    outer: Span
    opened: bool = True
    closed: bool = True


@dataclass(frozen=True, slots=True)
class Parse(_Record):
    """What the statement rules look at: the article cut up, nothing decided. Never stored.

    Attributes:
        article: the article itself.
        words: all tokens in text order.
        paragraphs: blocks of running text, in order; white space and page furniture left out.
        sentences: sentence spans, in order; each lies in one paragraph. A quotation of several sentences
            stays in one sentence with its attribution.
        quotes: quotations in order, not nested.
        noise: page furniture: "Baca juga" lines, datelines, credits, advertisements.
        times: time expressions in order.
        mentions: names and offices in order; empty when only the rules read.
        encoded: the article as the nets see it; None when only the rules read.
    """

    article: Article
    words: tuple[Word, ...]
    paragraphs: tuple[Span, ...]
    sentences: tuple[Span, ...]
    quotes: tuple[Quote, ...]
    noise: tuple[Span, ...]
    times: tuple[TimeExpression, ...]
    mentions: tuple[Mention, ...] = ()
    encoded: Encoded | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Step(_Record):
    """One decision on the way to a finding: which part was settled, by which rule."""

    part: str
    rule: str


@dataclass(frozen=True, slots=True)
class Statement(_Record):
    """Words, claims, demands, promises, threats or denials that the reporter attributes to somebody.

    Attributes:
        contents: what is said, in text order, at least one span; quotation marks at the edges left out.
        kind: "direct" (all content quoted), "indirect" (none) or "mixed" (part).
        cue: the word or words that attribute, or None (a paragraph that is a quotation and nothing else).
        source: the noun phrase beside the cue that names the speaker, or None (``katanya``).
        speaker: who it is, the fullest name or description in the article; None when the text does not tell.
        speaker_type: what kind of speaker, or None with ``speaker``.
        role: the speaker's fullest office or description, without the name, or None.
        addressee: to whom it is said, or None.
        via: intermediate sources named for this statement (``dikutip dari Reuters``).
        time: the words that date the saying, in the sentence of the statement, or None.
        date: ISO 8601 day, month or year of the saying, or None when the article does not say.
        steps: which rule settled each part, in the order of the decisions.
        confidence: between 0 and 1: how often findings made by these rules are right on the training articles.
    """

    contents: tuple[Span, ...]
    kind: StatementKind
    cue: Span | None = None
    source: Span | None = None
    speaker: str | None = None
    speaker_type: SpeakerType | None = None
    role: str | None = None
    addressee: Span | None = None
    via: tuple[Span, ...] = ()
    time: Span | None = None
    date: str | None = None
    steps: tuple[Step, ...] = ()
    confidence: float = 0.5


@dataclass(frozen=True, slots=True)
class Actor(_Record):
    """Whom the words of a mention mean, on a date.

    Attributes:
        form: the words, as they were given.
        id: "state:RUS", "person:prabowo-subianto", "body:nato", "group:baltik", or None when it is nobody in particular
            ("polisi Israel") or not known.
        name: the name under which the tables know it, else the proper name in the words, or None.
        code: PLOVER country code: alpha-3, or UNO, EUR, IGO, NGO, ISM, IMG, MNC; None when unknown or ambiguous.
        sector: PLOVER sector; None for a state as such, an international body, or unknown.
        office: what a person held on the date, the weightiest first, joined by "; "; or None.
        former: whether the office meant is no longer held.
        candidates: the ids it may be, when it is ambiguous.
        rule: what resolved it ("state", "body", "person", "office", "role", "home", ...), or "unknown", "ambiguous".
        confidence: between 0 and 1: how much the rule deserves to be believed.
    """

    form: str
    id: str | None = None
    name: str | None = None
    code: str | None = None
    sector: str | None = None
    office: str | None = None
    former: bool = False
    candidates: tuple[str, ...] = ()
    rule: str = "unknown"
    confidence: float = 0.0


@dataclass(frozen=True, slots=True)
class Term(_Record):
    """An office held by a person from one day to another.

    Attributes:
        person: the full name.
        office: the office with its body or country ("Menteri Luar Negeri Ukraina").
        body: id of the body it belongs to, or None.
        code: PLOVER country code: alpha-3, or UNO, EUR, IGO, NGO, ISM, IMG, MNC.
        sector: PLOVER sector, or None (an international body has none).
        shared: whether several hold it at once.
        start: first day; None before 2010, or not known.
        end: the day it was over; None when still held as far as is known.
        precision: "day", "month" or "year": how exact the two dates are.
        source: what the row rests on.
    """

    person: str
    office: str
    body: str | None
    code: str
    sector: str | None
    shared: bool
    start: date | None
    end: date | None
    precision: str
    source: str


@dataclass(frozen=True, slots=True)
class Party(_Record):
    """Somebody who takes part in an event.

    Attributes:
        span: the words that name the party beside the trigger; a pronoun, perhaps.
        name: the fullest name or description in the article.
        role: the office or description beside the name in the article, or None.
        country: the alpha-3 code of the state that the article suggests, which counts for a bare office or group ("polisi") and
            for a party of whom nothing else is known; or None.
        actor: who that is, or None while it is not resolved.
    """

    span: Span
    name: str
    role: str | None = None
    country: str | None = None
    actor: Actor | None = None


@dataclass(frozen=True, slots=True)
class Event(_Record):
    """Something that a political actor does to another, after PLOVER, as often as the article tells of it.

    Attributes:
        type: one of the sixteen types.
        mode: how, a mode of the type, or None.
        contexts: what it is about (``military``, ``legal`` …), those that the passage speaks of.
        status: "actual", "historical" (told as background), "planned", "conditional", "demanded" or "denied".
        trigger: the words that tell of it, at the clearest mention.
        actors: who does it; of AGREE, CONSULT and COOPERATE all sides.
        recipients: to whom; empty when to nobody in particular.
        condition: the words that say under which condition, or None.
        place: the words that say where, or None.
        date: ISO 8601 day, month or year, or None.
        claimed_by: whose claim it is when the reporter does not vouch for it, or None.
        statement: number of the statement of the article in which it is told, or None.
        mentions: the triggers of all mentions, in text order.
        steps: what settled each part.
        confidence: between 0 and 1: how probable it is that type, actors and recipients are right (by their codes).
    """

    type: EventType
    mode: str | None
    status: EventStatus
    trigger: Span
    actors: tuple[Party, ...]
    recipients: tuple[Party, ...] = ()
    condition: Span | None = None
    place: Span | None = None
    date: str | None = None
    claimed_by: str | None = None
    statement: int | None = None
    contexts: tuple[str, ...] = ()
    mentions: tuple[Span, ...] = ()
    steps: tuple[Step, ...] = ()
    confidence: float = 0.5


@dataclass(frozen=True, slots=True)
class Analysis(_Record):
    """What reading one article gives.

    Attributes:
        article: the article itself.
        statements: what was said, in text order.
        problems: what was wrong with the article.
        events: what was done, if it was asked for.
        sentences: the sentences of the article, in order.
        mentions: the names and offices in it; empty when only the rules read.
    """

    article: Article
    statements: tuple[Statement, ...]
    problems: tuple[Problem, ...] = ()
    events: tuple[Event, ...] = ()
    sentences: tuple[Span, ...] = ()
    mentions: tuple[Mention, ...] = ()
