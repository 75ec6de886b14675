"""Downloads: all rows of a search, of an actor, of a pair; a watch and a matrix."""

from __future__ import annotations

import csv
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Path
from starlette.requests import Request  # noqa: TC002 - read when the routes are made
from starlette.responses import Response, StreamingResponse

from ujar.web import questions, views
from ujar.web.questions import MOST_EXPORTED
from ujar.web.render import asked_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import IO, TextIO

    from fastapi import APIRouter

    from ujar.store import Ledger
    from ujar.watch import Report
    from ujar.watch.report import Told

_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "jsonl": "application/x-ndjson",
    "parquet": "application/vnd.apache.parquet",
}
_CHUNK = 1 << 16
# A watch as a table: in which of its lists a row stands, and what that has to say.
_WATCH = (
    "list", "name", "other", "kind", "number", "score", "low", "high", "usual", "since", "day", "condition", "sentence",
    "outlet", "id",
)  # fmt: skip


def add(pages: APIRouter, ledger: Ledger) -> None:
    """Add the routes below /export."""

    @pages.get("/export/{name}")
    def rows(
        request: Request, name: Annotated[str, Path(pattern=r"^(statements|events|deeds)\.(csv|jsonl|parquet)$")]
    ) -> Response:
        what, _, form = name.partition(".")
        asked = {k: v for k, v in asked_of(request).items() if k not in ("limit", "offset")}
        if what == "deeds":
            deeds = questions.Deeds.model_validate(asked)
            found = views.deeds(ledger, deeds.name, since=deeds.since, until=deeds.until, limit=MOST_EXPORTED)
        else:
            question = questions.Statements if what == "statements" else questions.Events
            found = getattr(ledger, what)(**{**question.model_validate(asked).filters(), "limit": MOST_EXPORTED})
        return _sent(name, lambda file: _write_rows(found, form, file))

    @pages.get("/export/watch/{name}")
    def watch(request: Request, name: Annotated[str, Path(pattern=r"^watch\.(csv|json)$")]) -> Response:
        report = views.watched(ledger, questions.Watch.model_validate(asked_of(request)))
        return _sent(name, _texts(lambda out: _write_watch(report, name.endswith("json"), out)))

    @pages.get("/export/positions/{name}")
    def positions(request: Request, name: Annotated[str, Path(pattern=r"^positions\.(csv|json)$")]) -> Response:
        from ujar.positions import show

        matrix = views.matrix(ledger, questions.Positions.model_validate(asked_of(request)))
        write = show.write_json if name.endswith("json") else show.write_csv
        return _sent(name, _texts(lambda out: write(matrix, out)))


def _sent(name: str, write: Callable[[IO[bytes]], None]) -> Response:
    """An answer that a browser keeps as a file, written into one without a name first, so that little is in memory."""
    file = TemporaryFile()  # noqa: SIM115 - closed when it has been sent
    try:
        write(file)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return StreamingResponse(
        _chunks(file),
        media_type=_TYPES[name.rpartition(".")[2]],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _texts(write: Callable[[TextIO], None]) -> Callable[[IO[bytes]], None]:
    """What writes bytes, of what writes text."""
    from io import TextIOWrapper

    def written(file: IO[bytes]) -> None:
        out = TextIOWrapper(file, encoding="utf-8", errors="replace", newline="")
        write(out)
        out.flush()
        out.detach()

    return written


def _write_rows(rows: Any, form: str, file: IO[bytes]) -> None:
    from ujar.write_rows import write_csv_rows, write_json_rows

    if form == "parquet":
        import pyarrow.parquet as pq

        pq.write_table(rows, file, compression="zstd")
    else:
        write = write_csv_rows if form == "csv" else write_json_rows
        _texts(lambda out: write(rows, out))(file)


def _write_watch(report: Report, as_json: bool, out: TextIO) -> None:  # noqa: FBT001 - one of two forms
    from ujar.write_rows import json_text

    if as_json:
        from ujar.watch import as_json as told

        out.write(json_text(told(report), indent=2) + "\n")
        return
    from ujar.write import cell, clean

    writer = csv.DictWriter(out, _WATCH, restval="", lineterminator="\n")
    writer.writeheader()
    for row in _watch_rows(report):
        writer.writerow(
            {k: cell(clean(v)) if isinstance(v, str) else v for k, v in row.items() if v is not None and v != ()}
        )


def _watch_rows(report: Report) -> Iterator[dict[str, Any]]:
    """The rows of all lists of a watch; a change has two, before and after."""
    for m in (report.statements, report.cooperation, report.conflict, *report.quads, report.balance):
        numbers = {"number": m.value, "low": m.low, "high": m.high, "usual": m.usual}
        yield {"list": "measure", "name": m.name, "kind": m.unusual, **numbers}
    for point in report.timeline:
        for m in (point.statements, point.cooperation, point.conflict, *point.quads, point.balance):
            numbers = {"number": m.value, "low": m.low, "high": m.high, "usual": m.usual}
            yield {"list": "timeline", "name": m.name, "day": point.period.start, "kind": m.unusual, **numbers}
    who: dict[str, Any]
    for s in report.speakers:
        yield {"list": "speaker", "name": s.name, "kind": s.country, "number": s.statements, "id": s.first}
    for n in report.named:
        yield {"list": "named", "name": n.name, "number": n.statements}
    for w in report.words:
        yield {"list": "word", "name": w.word, "number": w.statements, "score": w.score}
    for t in report.towards:
        who = {"name": t.actor_name, "other": t.recipient_name, "kind": t.type}
        yield {"list": "towards", **who, "number": sum(t.quads), "score": t.score, "id": t.first}
    for c in report.conditional:
        who = {"name": ", ".join(c.who), "other": ", ".join(c.to), "kind": c.kind}
        yield {
            "list": "conditional",
            **who,
            "number": c.times,
            "since": c.since,
            "condition": c.condition,
            **_told(c.told),
        }
    for e in report.new:
        who = {"name": e.actor_name, "other": e.recipient_name, "kind": e.told.type}
        yield {"list": "new", **who, "number": e.reports, "since": e.last, **_told(e.told)}
    for f in report.new_speakers:
        who = {"name": f.name, "kind": f.country, "number": f.statements}
        yield {"list": "new_speaker", **who, "day": f.day, "sentence": f.content, "id": f.id}
    for name, changes in (("changed", report.changed), ("contradicted", report.contradicted)):
        for d in changes:
            who = {"name": d.who, "other": d.towards, "kind": d.kind}
            yield {"list": f"{name}_before", **who, **_told(d.before)}
            yield {"list": f"{name}_after", **who, **_told(d.after)}


def _told(told: Told) -> dict[str, Any]:
    return {"day": told.day, "sentence": told.sentence, "outlet": told.outlet, "id": told.id}
