"""The pages. Each is a GET that works without a script; a question that makes no sense is said above its form."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Path
from pydantic import ValidationError
from starlette.requests import Request  # noqa: TC002 - read when the routes are made
from starlette.responses import RedirectResponse, Response

from ujar.errors import LedgerError, UjarError, UsageError
from ujar.events.plover import TYPES
from ujar.store.reports import differing
from ujar.web import exports, questions, views
from ujar.web.bars import bars, timeline
from ujar.web.calibration import curve
from ujar.web.guard import COOKIE, local_path, same, session_of
from ujar.web.marks import MOST_CHARACTERS, beginning, marks_of, paragraphs
from ujar.web.questions import MOST_EXPORTED, malformed, status_of
from ujar.web.render import STATIC, asked_of, language_of, page, static_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from ujar.store import Ledger
    from ujar.watch.periods import Period

_ROWS = 20
# The form of the login is this long at most.
_MOST_FORM = 4096
# Seconds that a wrong token waits for its answer.
_WRONG = 0.5
# Seconds in which the form must have come.
_SLOWEST = 10


def error_page(request: Request, status: int, error: UjarError) -> Response:
    """An error as a page."""
    return page(request, "error.html", {"status": status, "problem": error}, status)


def router(ledger: Ledger, *, token: str | None) -> APIRouter:
    """All pages."""
    pages = APIRouter(include_in_schema=False)
    _search(pages, ledger)
    _article(pages, ledger)
    _actors(pages, ledger)
    _watch(pages, ledger)
    _ahead(pages, ledger)
    exports.add(pages, ledger)
    _files(pages)
    if token is not None:
        _login(pages, token)
    return pages


def _show(
    request: Request,
    ledger: Ledger,
    template: str,
    question: type[Any],
    find: Callable[[Any], dict[str, Any]],
    empty: dict[str, Any],
) -> Response:
    """A page with a form: what ``find`` makes of the question, or ``empty`` and what is wrong with the question."""
    problem: UjarError | None = None
    try:
        asked = question.model_validate(asked_of(request))
    except ValidationError as error:
        problem = malformed(error.errors())
    else:
        try:
            found = find(asked)
            return page(request, template, {**empty, **found, "problem": None, "damage": ledger.problems})
        except (UsageError, LedgerError) as error:
            if status_of(error) == HTTPStatus.INTERNAL_SERVER_ERROR:
                raise
            problem = error
    return page(request, template, {**empty, "problem": problem, "damage": ledger.problems}, status_of(problem))


def _search(pages: APIRouter, ledger: Ledger) -> None:
    empty = {
        "rows": [], "number": 0, "next": None, "previous": None, "overview": None, "offset": 0, "types": list(TYPES),
        "most": MOST_EXPORTED,
    }  # fmt: skip

    def found(table: str, asked: Any) -> dict[str, Any]:
        limit = asked.limit if "limit" in asked.model_fields_set else _ROWS
        rows, more = views.listed(ledger, table, {**asked.filters(), "limit": limit})
        return {
            "rows": rows,
            "number": views.number(ledger, table, asked.filters()),
            "offset": asked.offset,
            "next": asked.offset + limit if more else None,
            "previous": max(0, asked.offset - limit) if asked.offset else None,
            "overview": None if asked.model_fields_set else views.overview(ledger),
        }

    @pages.get("/")
    def statements(request: Request) -> Response:
        return _show(request, ledger, "statements.html", questions.Statements, lambda a: found("statements", a), empty)

    @pages.get("/events")
    def events(request: Request) -> Response:
        return _show(request, ledger, "events.html", questions.Events, lambda a: found("events", a), empty)


def _article(pages: APIRouter, ledger: Ledger) -> None:
    @pages.get("/article/{reading}")
    def article(request: Request, reading: Annotated[str, Path(pattern="^[0-9a-f]{16}$")]) -> Response:
        found = views.article(ledger, reading)
        text = found.article["text"]
        marks = [*marks_of("statements", found.statements), *marks_of("events", found.events)]
        own = {s["id"]: s for s in found.statements}
        return page(
            request,
            "article.html",
            {
                "view": found,
                "damage": ledger.problems,
                "paragraphs": paragraphs(text, marks),
                "cut": len(text) > MOST_CHARACTERS,
                "told_in": {e["id"]: e["statement"] for e in found.events if e["statement"]},
                "reports": {
                    name: (own[name], [(row, _compared(own[name], row)) for row in rows])
                    for name, rows in found.reports.items()
                },
            },
        )


def _compared(one: views.Row, other: views.Row) -> Any:
    return differing(beginning(one["content"]), beginning(other["content"]))


def _actors(pages: APIRouter, ledger: Ledger) -> None:
    @pages.get("/actor")
    def actor(request: Request) -> Response:
        def find(asked: questions.ActorPage) -> dict[str, Any]:
            if asked.name is None:
                return {}
            try:
                view = views.actor(
                    ledger, asked.name, since=asked.since, until=asked.until, limit=_ROWS, offset=asked.offset
                )
            except UsageError as error:
                if error.slug == "ambiguous-actor":
                    return {"candidates": views.candidates(asked.name, asked.until)}
                raise
            most = max((sum(c.quads) for c in view.counterparts), default=1)
            return {"view": view, "offset": asked.offset, "most": most}

        empty: dict[str, Any] = {"view": None, "candidates": [], "offset": 0, "most": 1, "step": _ROWS}
        return _show(request, ledger, "actor.html", questions.ActorPage, find, empty)

    @pages.get("/pair")
    def pair(request: Request) -> Response:
        def find(asked: questions.PairPage) -> dict[str, Any]:
            if asked.one is None or asked.other is None:
                return {}
            view = views.pair(
                ledger, asked.one, asked.other, since=asked.since, until=asked.until, limit=_ROWS, offset=asked.offset
            )
            return {"view": view, "bars": bars(view.days), "offset": asked.offset}

        return _show(
            request,
            ledger,
            "pair.html",
            questions.PairPage,
            find,
            {"view": None, "bars": None, "offset": 0, "step": _ROWS},
        )


def _watch(pages: APIRouter, ledger: Ledger) -> None:
    @pages.get("/watch")
    def watch(request: Request) -> Response:
        def find(asked: questions.Watch) -> dict[str, Any]:
            report = views.watched(ledger, asked)
            return {
                "report": report,
                "bars": timeline(report.timeline),
                "before": _moved(report.period, 1),
                "after": _moved(report.period, -1),
            }

        return _show(
            request,
            ledger,
            "watch.html",
            questions.Watch,
            find,
            {"report": None, "bars": None, "before": None, "after": None},
        )

    @pages.get("/positions")
    def positions(request: Request) -> Response:
        def find(asked: questions.PositionsPage) -> dict[str, Any]:
            return {"matrix": views.matrix(ledger, asked)} if asked.issue else {}

        return _show(
            request, ledger, "positions.html", questions.PositionsPage, find, {"matrix": None, "types": list(TYPES)}
        )


def _ahead(pages: APIRouter, ledger: Ledger) -> None:
    @pages.get("/scenarios")
    def scenarios(request: Request) -> Response:
        def find(asked: questions.ScenariosPage) -> dict[str, Any]:
            return {"found": views.ahead(ledger, asked)} if asked.actor else {}

        return _show(
            request, ledger, "scenarios.html", questions.ScenariosPage, find, {"found": None, **_words(request)}
        )

    @pages.get("/outlooks")
    def outlooks(request: Request) -> Response:
        def find(asked: questions.Outlooks) -> dict[str, Any]:
            found = views.score(ledger, asked)
            return {"found": found, "curves": [curve(score) for score in found.scores]}

        return _show(
            request, ledger, "outlooks.html", questions.Outlooks, find, {"found": None, "curves": [], **_words(request)}
        )


def _words(request: Request) -> dict[str, Any]:
    """The words of scenarios in the language of a request."""
    from ujar.forecast import telling
    from ujar.forecast.scenarios import ENOUGH_EVENTS, ENOUGH_SPANS

    language = language_of(request)
    return {
        "say": telling.teller(language),
        "what": lambda name: telling.what_words(name, language),
        "looks": lambda name: telling.looks_like(name, language),
        "said": lambda likelihood: getattr(likelihood, language),
        "percent": telling.percent,
        "ranges": telling.likelihoods(),
        "one_day": timedelta(days=1),
        "enough": (ENOUGH_EVENTS, ENOUGH_SPANS),
    }


def _moved(period: Period, back: int) -> date | None:
    """The first day of another period; None where the calendar ends."""
    try:
        return period.previous(back).start
    except UsageError:
        return None


def _files(pages: APIRouter) -> None:
    @pages.get("/static/{name}")
    def static(name: str) -> Response:
        if name not in STATIC:
            raise LedgerError("no-such-row", "there is no such file", None)
        return Response(static_file(name), media_type=STATIC[name], headers={"Cache-Control": "public, max-age=86400"})


def _login(pages: APIRouter, token: str) -> None:
    @pages.get("/login")
    def form(request: Request) -> Response:
        return page(request, "login.html", {"wrong": False, "following": local_path(request.query_params.get("next"))})

    @pages.post("/login")
    async def login(request: Request) -> Response:
        body = b""
        try:
            async with asyncio.timeout(_SLOWEST):
                async for chunk in request.stream():
                    body += chunk
                    if len(body) > _MOST_FORM:
                        raise UsageError("bad-value", "the form is too long", "send a token only")
        except TimeoutError:
            raise UsageError("bad-value", "the form did not come to its end", "send it again") from None
        try:
            fields = parse_qs(body.decode("utf-8", "replace"), max_num_fields=5)
        except ValueError:
            fields = {}
        following = local_path(fields.get("next", ["/"])[0])
        if not same(fields.get("token", [""])[0].strip(), token):
            await asyncio.sleep(_WRONG)
            return page(request, "login.html", {"wrong": True, "following": following}, 401)
        answer = RedirectResponse(following, status_code=303)
        answer.set_cookie(
            COOKIE, session_of(token), httponly=True, samesite="strict", secure=request.url.scheme == "https"
        )
        return answer
