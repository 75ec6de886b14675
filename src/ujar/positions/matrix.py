"""From a question to the matrix of positions."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import TYPE_CHECKING

from ujar.actors.lexicon import lexicon
from ujar.actors.terms import in_force, members
from ujar.errors import UsageError
from ujar.events.plover import TYPES
from ujar.positions.find import MOST, Asked, events_in, events_on, last_day, statements_on, weighed_terms
from ujar.positions.judge import event_word, statement_word
from ujar.positions.records import STANCES, Matrix, Row, Word
from ujar.positions.terms import terms_of
from ujar.store.who import bloc_terms, who

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ujar.positions.find import Row as Found
    from ujar.store import Ledger
    from ujar.store.moment import Moment

# A word with the codes and the key that it may count for.
_Told = tuple[Word, frozenset[str], str | None, bool]


def positions(
    ledger: Ledger,
    issue: str,
    *,
    bloc: str | None = None,
    on: date | None = None,
    since: date | None = None,
    until: date | None = None,
    type: str | None = None,  # noqa: A002 - the name that the ledger has for it
    recipient: str | None = None,
    actor: str | None = None,
    roll_up: bool = False,
    share: float | None = None,
) -> Matrix:
    """Where the members of a bloc stand on an issue; without a bloc, where each speaker stands.

    A member speaks through everybody whose country is the member's on the day; who speaks for the state goes before
    others. Undated words are left out, reports of the same words count once.

    Args:
        ledger: what is looked through.
        issue: words ("pengakuan negara Palestina"); may be empty when ``type`` or ``recipient`` is given.
        bloc: whose members, by any name ("NATO", "Uni Eropa").
        on: the day whose members are meant; words up to this day count. Default: the last day of the ledger.
        since: first day of the words.
        until: the day after the last; at most the day after ``on``.
        type: only events of this PLOVER type; doing it is being for it.
        recipient: only events with this recipient.
        actor: only words of this speaker or actor.
        roll_up: what was said or done by or to a member counts for the bloc.
        share: how much of the weight of the issue's words a text must have; default: by the number of words.

    Raises:
        UsageError: the bloc is unknown, the issue empty, or an option makes no sense.
    """
    terms = terms_of(issue)
    if not terms and type is None and recipient is None:
        raise UsageError(
            "empty-issue", "an issue is words, an event type or a recipient", 'as in: ujar positions "revisi UU KPK"'
        )
    if type is not None and type not in TYPES:
        raise UsageError("bad-filter", f"{type!r} is no type", f"known are: {', '.join(TYPES)}")
    if share is not None and not 0 < share <= 1:
        raise UsageError("bad-filter", f"a share of {share} of the words makes no sense", "give a number up to 1")
    if roll_up and bloc is None:
        raise UsageError("bad-filter", "only a bloc can be rolled up", "name one with --bloc")
    if on == date.max:
        raise UsageError("bad-filter", f"no day is after {on}", "give an earlier day with --on")

    def matrix(moment: Moment) -> Matrix:
        day = on or last_day(moment) or date.today()  # noqa: DTZ011 - an empty ledger has no day of its own
        end = min(day, date.max - timedelta(days=1)) + timedelta(days=1)
        end = min(end, until) if until else end
        if since and since >= end:
            raise UsageError("bad-filter", f"no day is from {since} up to, not including, {end}", "swap them")
        own, codes = _bloc(bloc, day) if bloc is not None else ((), ())
        weighed, needed = weighed_terms(moment, terms, share)
        asked = Asked(
            weighed,
            needed,
            since,
            end,
            countries=None if bloc is None else (*codes, *_body_codes(own)),
            keys=(*own, *_people(own)),
            actor=actor,
            type=type,
            recipient=recipient,
            towards=roll_up,
        )
        rows, nameless, cut = _rows(moment, asked, bloc, own, codes)
        return Matrix(
            issue=issue,
            bloc=bloc,
            on=day,
            terms=tuple((t.word, round(100 * t.weight)) for t in weighed),
            rows=rows,
            type=type,
            recipient=recipient,
            roll_up=roll_up,
            nameless=nameless,
            share=needed,
            cut=cut,
        )

    return ledger.at_once(matrix)


def _rows(
    moment: Moment, asked: Asked, bloc: str | None, own: tuple[str, ...], codes: tuple[str, ...]
) -> tuple[tuple[Row, ...], int, bool]:
    """The rows, how many words no speaker is known of, and whether there was more than was looked at."""

    def statements(own_moment: Moment) -> tuple[list[_Told], int]:
        said = statements_on(own_moment, asked) if asked.terms and not asked.pattern else []
        return _statements(own_moment, asked, said), len(said)

    def events(own_moment: Moment) -> tuple[list[_Told], int]:
        done = events_on(own_moment, asked)
        return _events(asked, done, frozenset(codes)), len(done)

    (by_word, said), (by_deed, done) = moment.beside(statements, events)
    told = sorted([*by_word, *by_deed], key=lambda t: (t[0].day or date.min, t[0].id), reverse=True)
    cut = max(said, done) >= MOST
    if bloc is None:
        return *_by_speaker(told), cut
    return _by_member(told, bloc, own, _people(own), codes, roll_up=asked.towards), 0, cut


def _bloc(bloc: str, on: date) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Keys of a bloc, and the codes of its members on a day."""
    bloc_terms(bloc)
    codes = members(bloc, on)
    if not codes:
        raise UsageError("unknown-bloc", f"{bloc!r} had no members on {on}", "give another day with --on")
    keys = [k for k in who(bloc, on).keys if not k.startswith("name:")]
    bare = bloc.removeprefix("body:").removeprefix("group:")
    lex = lexicon()
    for kind, table in (("body", lex.bodies), ("group", lex.groups)):
        if bare in table:
            keys.append(f"{kind}:{bare}")
    return tuple(dict.fromkeys(keys)), codes


def _body_codes(own: Iterable[str]) -> tuple[str, ...]:
    """The PLOVER code that a bloc has for itself: EUR of the European Union."""
    rows = [lexicon().bodies.get(k.removeprefix("body:")) for k in own]
    return tuple({r["code"] for r in rows if r and r["code"] not in ("IGO", "UNO", "NGO", "MNC", "")})


def _people(own: Iterable[str]) -> dict[str, list[tuple[date | None, date | None]]]:
    """Who holds an office of a bloc, and from when to when."""
    lex = lexicon()
    out: dict[str, list[tuple[date | None, date | None]]] = defaultdict(list)
    for key in own:
        for term in lex.of_body.get(key.removeprefix("body:"), ()):
            out[lex.person_of(term).id].append((term.start, term.end))
    return dict(out)


def _statements(moment: Moment, asked: Asked, found: Sequence[Found]) -> list[_Told]:
    groups: dict[str, list[Found]] = defaultdict(list)
    for row in found:
        groups[row["said"]].append(row)
    firsts = [next((r for r in rows if r["id"] == said), rows[-1]) for said, rows in groups.items()]
    events = events_in(moment, firsts)
    return [
        (
            statement_word(row, events.get(row["id"], ()), asked, len(groups[row["said"]])),
            frozenset(filter(None, (row["country"],))),
            row["key"],
            row["addressee_country"] is not None and row["addressee_country"] in (asked.countries or ()),
        )
        for row in firsts
    ]


def _events(asked: Asked, found: Sequence[Found], codes: frozenset[str]) -> list[_Told]:
    groups: dict[str, list[Found]] = defaultdict(list)
    for row in found:
        groups[row["happening"]].append(row)
    out: list[_Told] = []
    for rows in groups.values():
        row = rows[-1]
        mine = codes if asked.countries is not None else frozenset(row["actor_countries"])
        keys = frozenset(asked.keys)
        # Each side of an agreement has its own word.
        sides = [c for c in row["actor_countries"] if c in mine] or [None]
        for side in sides:
            word = event_word(row, asked, frozenset([side]) if side else mine, keys, len(rows))
            if word.stance == "unclear" and not asked.pattern:
                continue
            to = bool(asked.countries) and not set(row["recipient_countries"]).isdisjoint(asked.countries or ())
            own = next((k for k in row["actor_keys"] if k in keys), None)
            key = own or next((p["key"] for p in row["actors"] if (p["name"] or p["text"]) == word.speaker), None)
            out.append((word, frozenset(filter(None, (side,))), key, to))
    return out


def _by_member(
    told: Sequence[_Told],
    bloc: str,
    own: Sequence[str],
    people: dict[str, list[tuple[date | None, date | None]]],
    codes: Sequence[str],
    *,
    roll_up: bool,
) -> tuple[Row, ...]:
    states = lexicon().states
    extra = set(_body_codes(own))
    by: dict[str, list[Word]] = defaultdict(list)
    whole: list[Word] = []
    towards: list[Word] = []
    for word, countries, key, to in told:
        its = [c for c in countries if c in codes]
        holds = key in own or bool(countries & extra) or (key in people and _held(people[key or ""], word.day))
        for code in its:
            by[code].append(word)
        if holds or (its and roll_up):
            whole.append(word)
        elif to:
            towards.append(word)
    rows = [_row(code, states[code]["name"] if code in states else code, by.get(code, ())) for code in codes]
    rows.sort(key=_order)
    if not whole and not roll_up:
        return tuple(rows)
    first = _row(own[0] if own else bloc, bloc, whole, towards, any_official=True)
    return (first, *rows)


def _held(spans: Sequence[tuple[date | None, date | None]], day: date | None) -> bool:
    return day is not None and any(in_force(start, end, day) for start, end in spans)


def _by_speaker(told: Sequence[_Told]) -> tuple[tuple[Row, ...], int]:
    by: dict[str, list[Word]] = defaultdict(list)
    nameless = 0
    for word, _, key, _ in told:
        if key is None:
            nameless += 1
        else:
            by[key].append(word)
    rows = [_row(key, words[0].speaker or key, words, any_official=True) for key, words in by.items()]
    return tuple(sorted(rows, key=_order)), nameless


def _row(
    member: str, name: str, words: Sequence[Word], towards: Sequence[Word] = (), *, any_official: bool = False
) -> Row:
    """The row of some words, the latest first; those who speak for the state go before the others."""
    chosen = [w for w in words if w.official or any_official]
    others: tuple[Word, ...] = ()
    if chosen:
        others = tuple(w for w in words if not (w.official or any_official))
    else:
        chosen = list(words)
    if not chosen:
        return Row(member, name, "silent", towards=tuple(towards))
    place = next((i for i, w in enumerate(chosen) if w.stance != "unclear"), 0)
    word = chosen[place]
    earlier = tuple(chosen[place + 1 :])
    return Row(
        member=member,
        name=name,
        stance=word.stance,
        word=word,
        earlier=earlier,
        later=tuple(chosen[:place]),
        others=others,
        towards=tuple(towards),
        changed=any(w.stance not in ("unclear", word.stance) for w in earlier),
    )


def _order(row: Row) -> tuple[int, int, str]:
    day = row.word.day if row.word else None
    return STANCES.index(row.stance), -(day.toordinal() if day else 0), row.name
