"""The HTTP interface: what the pages show, as JSON."""

# Annotations are read when the program runs, so they are not postponed here.
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from ujar.store import Ledger
from ujar.store.rows import QUADS
from ujar.web import models, questions, views

ReadingId = Annotated[
    str, Path(pattern="^[0-9a-f]{16}$", description="A reading of an article, as the column `reading` has it.")
]
RowId = Annotated[
    str,
    Path(pattern="^[0-9a-f]{16}\\.e?[0-9]{1,9}$", description="A statement or event, as the column `id` has it."),
]
ActorName = Annotated[str, Path(min_length=1, max_length=300, description="The actor's name or key.")]


def _errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    words = {
        400: "The question makes no sense.",
        401: "The token is missing or wrong.",
        404: "The ledger has no such row, or there is nothing at this address.",
        422: "A value has not the form that it must have.",
        503: "The ledger cannot be read.",
    }
    return {status: {"model": models.Error, "description": words[status]} for status in statuses}


def router(ledger: Ledger, *, token: bool) -> APIRouter:
    """All routes below /api."""
    always = (401,) if token else ()
    api = APIRouter(prefix="/api", responses=_errors(400, 422, 503, *always))

    @api.get("/ledger", summary="What the ledger holds", response_model=models.Holdings)
    def holdings() -> Any:
        """Numbers of rows, the days of its articles, and what is damaged: rows of damaged parts are in no answer."""
        view = views.overview(ledger)
        return {**asdict(view), "problems": [p.message for p in ledger.problems]}

    @api.get("/statements", summary="Who said what", response_model=models.StatementPage)
    def statements(asked: Annotated[questions.Statements, Query()]) -> Any:
        """Statements for which all that is asked holds, a page at a time."""
        return _page(*views.listed(ledger, "statements", asked.filters()), asked)

    @api.get("/events", summary="Who did what to whom", response_model=models.EventPage)
    def events(asked: Annotated[questions.Events, Query()]) -> Any:
        """Events for which all that is asked holds, a page at a time."""
        return _page(*views.listed(ledger, "events", asked.filters()), asked)

    @api.get(
        "/articles/{reading}",
        summary="An article and what was found in it",
        response_model=models.Article,
        responses=_errors(404),
    )
    def article(reading: ReadingId) -> Any:
        """A reading of an article, its statements and events, its other readings, copies, and reports of the same words."""
        found = views.article(ledger, reading)
        return {
            **found.article,
            "statements": found.statements,
            "events": found.events,
            "readings": found.readings,
            "copies": found.copies,
            "other_reports": found.reports,
        }

    @api.get(
        "/rows/{id}", summary="A statement or event by its id", response_model=models.Found, responses=_errors(404)
    )
    def row(id: RowId) -> Any:  # noqa: A002 - the name that the ledger has for it
        """One row, of a superseded reading, too."""
        table, found = ledger.row(id)
        return {"statement": None, "event": None, table.removesuffix("s"): found}

    @api.get("/actors/{name:path}", summary="An actor", response_model=models.Actor, responses=_errors(404))
    def actor(name: ActorName, asked: Annotated[questions.Paged, Query()]) -> Any:
        """What an actor said, to whom, about whom, and with whom it is in conflict and cooperation.

        A name that the tables do not know is looked for as the articles write it; it may have said nothing.
        """
        found = views.actor(ledger, name, **asked.model_dump())
        return {
            "name": found.name,
            "key": found.key,
            "known": found.known,
            "number": found.number,
            "first": found.first,
            "last": found.last,
            "to": [_counted(c) for c in found.to],
            "about": [_counted(c) for c in found.about],
            "counterparts": [_counterpart(c) for c in found.counterparts],
            "statements": found.statements,
            "next": asked.offset + asked.limit if found.more else None,
        }

    @api.get("/watch", summary="What happened in a period", response_model=models.Watch)
    def watch(asked: Annotated[questions.Watch, Query()]) -> Any:
        """Who spoke, who did what to whom; what of it is unusual, new, changed, contradicted; which conditions stand."""
        from ujar.watch import as_json

        return as_json(views.watched(ledger, asked))

    @api.get("/positions", summary="Where the members of a bloc stand on an issue", response_model=models.Matrix)
    def positions(asked: Annotated[questions.Positions, Query()]) -> Any:
        """Issue by member: the latest word of each, the words before it, and whether they differ."""
        return views.matrix(ledger, asked)

    @api.get("/scenarios", summary="What may come", response_model=models.Scenarios)
    def scenarios(asked: Annotated[questions.Scenarios, Query()]) -> Any:
        """What one side may do towards another in the coming day, week or month: probabilities and precedents.

        Nothing is kept; `ujar scenarios` keeps outlooks, so that they can be scored.
        """
        from ujar.forecast.report import as_json

        return as_json(views.ahead(ledger, asked))

    @api.get("/outlooks", summary="How outlooks came true", response_model=models.Outlooks)
    def outlooks(asked: Annotated[questions.Outlooks, Query()]) -> Any:
        """Kept outlooks beside what the ledger then saw: scores, calibration, the largest misses."""
        from ujar.forecast.score import as_json

        return as_json(views.score(ledger, asked))

    return api


def _page(rows: list[views.Row], more: bool, asked: questions.Paged) -> dict[str, Any]:  # noqa: FBT001 - what listed() gives
    return {"rows": rows, "next": asked.offset + asked.limit if more else None}


def _counted(one: views.Counted) -> dict[str, Any]:
    return {"key": one.key, "name": one.name, "number": one.number}


def _counterpart(one: views.Counterpart) -> dict[str, Any]:
    quads = dict(zip([q.replace(" ", "_") for q in QUADS.values()], one.quads, strict=True))
    return {"key": one.key, "name": one.name, **quads}
