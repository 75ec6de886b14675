"""``ujar statements``, ``events`` and ``show`` ask a ledger; ``tidy`` merges its files."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import ujar
from ujar.commands.common import console, day_of, debug_option, output_option, target, tell
from ujar.errors import UsageError
from ujar.write import clean, put

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pyarrow as pa
    from rich.console import Console

    from ujar.store import Ledger

# Endings of files that tell the format.
_ENDINGS = {".csv": "csv", ".jsonl": "jsonl", ".parquet": "parquet"}
# How it is told that no row has a name at all.
_NOBODY = {
    "speaker": "has a speaker",
    "about": "names, in what is said,",
    "to": "has an addressee",
    "via": "is carried by",
    "outlet": "is from an outlet",
    "actor": "has an actor",
    "recipient": "has a recipient",
    "within": "is by a member of",
}

ledger_option = click.option(
    "--ledger", "folder", metavar="FOLDER", help="The ledger (default: the setting ledger, UJAR_LEDGER)."
)


def opened(folder: str | None) -> Ledger:
    """The ledger that is meant; damaged parts are told on standard error."""
    from ujar.store import open_ledger

    ledger = open_ledger(folder or ujar.load_config().ledger)
    ledger.check()
    tell_damage(ledger)
    return ledger


def tell_damage(ledger: Ledger) -> None:
    """Tell which parts are damaged, and when the command ends those that were found so while it ran."""
    told = set[str]()

    def tell_new() -> None:
        for problem in ledger.problems:
            if problem.message not in told:
                told.add(problem.message)
                tell(problem.slug, problem.message)

    tell_new()
    if context := click.get_current_context(silent=True):
        context.call_on_close(tell_new)


def number_of(number: int, noun: str) -> str:
    """ "1 event", "2 events"."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _asked(command: Callable[..., None]) -> Callable[..., None]:
    """The options that statements and events share."""
    for option in reversed(
        [
            click.argument("words", nargs=-1, metavar="[WORDS]..."),
            ledger_option,
            click.option("--outlet", metavar="NAME", help="In this outlet."),
            click.option("--since", metavar="DATE", help="From this day on."),
            click.option("--until", metavar="DATE", help="Before this day."),
            click.option(
                "--in", "within", metavar="BLOC", help="By (events: by or to) a member of this bloc on the day."
            ),
            click.option(
                "--members", is_flag=True, help="A bloc that is named stands for its members on the day, too."
            ),
            click.option("--article", metavar="ID", help="In this article (address, id or reading)."),
            click.option("--sure", "confidence", type=click.FloatRange(0, 1), help="At least so sure (0 to 1)."),
            click.option("--once", is_flag=True, help="Leave out other reports of the same."),
            click.option(
                "--sort",
                default="-day",
                show_default=True,
                help="day, published, confidence, outlet, speaker (events: type); - turns it.",
            ),
            click.option("--limit", type=click.IntRange(1, 1_000_000), help="Rows a page (listing: 20; else all)."),
            click.option("--page", type=click.IntRange(1, 1_000_000), default=1, help="Which page."),
            click.option(
                "--format",
                "form",
                type=click.Choice(["table", "jsonl", "csv", "parquet"]),
                help="A listing to read, JSON Lines, CSV, or Parquet (needs --output); else by the ending of --output.",
            ),
            output_option,
            debug_option,
        ]
    ):
        command = option(command)
    return command


@click.command(short_help="Who said what, from the ledger.")
@_asked
@click.option("--speaker", metavar="ACTOR", help="Said by this person, body or state.")
@click.option("--about", metavar="ACTOR", help="Whose content names this actor.")
@click.option("--to", metavar="ACTOR", help="Said to.")
@click.option("--via", metavar="NAME", help="Carried by this medium.")
@click.option(
    "--kind",
    type=click.Choice(["direct", "indirect", "mixed"]),
    help="Quoted (direct), paraphrased (indirect), partly quoted (mixed).",
)
def statements(**options: Any) -> None:
    """Print the statements in the ledger whose content has all WORDS, and for which all options hold.

    A word ending in * is the begin of a word; words in quotation marks stand in a row. ACTOR is read as ujar actors show
    does: a state means everybody who acts for it.

    \b
      ujar statements rudal --speaker Rusia --since 2024-06-01
      ujar statements '"gencatan senjata"' --in NATO --format csv --output said.csv
    """  # noqa: D301 - as above
    _ask("statements", options)


@click.command(short_help="Who did what to whom, from the ledger.")
@_asked
@click.option("--actor", metavar="ACTOR", help="Done by this person, body or state.")
@click.option("--recipient", metavar="ACTOR", help="Done to.")
@click.option("--pair", metavar="A:B", help="Between these two, either way or both together.")
@click.option("--type", "type_", metavar="TYPE", help="PLOVER type: AGREE, CONSULT, … ASSAULT.")
@click.option("--status", metavar="STATUS", help="actual, historical, planned, conditional, demanded or denied.")
def events(**options: Any) -> None:
    """Print the events in the ledger whose sentence has all WORDS, and for which all options hold.

    \b
      ujar events --actor Israel --recipient Palestina --type ASSAULT
      ujar events --recipient NATO --members --type THREATEN
      ujar events --pair AS:Iran --status conditional
    """  # noqa: D301 - as above
    if options["pair"] is not None:
        from ujar.store.who import pair_of

        options["pair"] = pair_of(options["pair"])
    options["type"] = options.pop("type_").upper() if options["type_"] else options.pop("type_")
    _ask("events", options)


def _ask(table: str, options: dict[str, Any]) -> None:
    from ujar.store.filter import MOST

    options.pop("debug")
    form, output, page = options.pop("form"), options.pop("output"), options.pop("page")
    form = form or _ENDINGS.get(Path(output or "").suffix.lower(), "table")
    ledger = opened(options.pop("folder"))
    options["words"] = " ".join(options["words"]) if options["words"] else None
    for name in ("since", "until"):
        options[name] = day_of(options[name], f"--{name}")
    if options["limit"] is None and (form == "table" or page > 1):
        options["limit"] = 20
    limit = options.pop("limit")
    offset = (page - 1) * (limit or 0)
    # One row more tells whether there is another page.
    most = min(limit + 1, MOST) if limit else None
    if offset > MOST:
        if ledger.count(table, **options) > offset:
            raise UsageError("bad-filter", f"page {page} begins behind row {MOST}", "ask for less, or turn the order")
        most, offset = 0, MOST
    found = getattr(ledger, table)(**options, limit=most, offset=offset)
    shown = found.slice(0, limit) if limit else found
    write_found(table, shown, form, output)
    total = offset + found.num_rows
    if form == "table":
        more = found.num_rows > shown.num_rows
        if more or (offset and not found.num_rows):
            total = ledger.count(table, **options)
        click.echo(_place(table, page, limit, shown.num_rows, total), err=True)
    if not total:
        for line in _in_no_row(ledger, table, options):
            click.echo(line, err=True)


def _place(table: str, page: int, limit: int, shown: int, total: int) -> str:
    """Where a page of a listing stands among all rows."""
    every, first = number_of(total, table[:-1]), (page - 1) * limit + 1
    if shown == total:
        return every
    if not shown:
        return f"page {page} is behind the last: {every} on {number_of(-(-total // limit), 'page')}"
    more = f"; more with --page {page + 1}" if first + shown <= total else ""
    return f"rows {first}–{first + shown - 1} of {every}{more}"


def _in_no_row(ledger: Ledger, table: str, options: dict[str, Any]) -> Iterator[str]:
    """Which of the names that were asked for stand in no row at all (before the day until which was asked)."""
    ask, noun = getattr(ledger, table), table[:-1]
    always: dict[str, Any] = {"members": options["members"], "until": options["until"], "limit": 1}
    before = f" before {options['until']}" if options["until"] else ""
    has_either = {"within": "is by or to a member of"} if table == "events" else {}
    for name, has in (_NOBODY | has_either).items():
        value = options.get(name)
        if value is not None and not ask(**{name: value}, **always).num_rows:
            yield f"no {noun} in the ledger{before} {has} {clean(value)!r}"
    for value in options.get("pair") or ():
        if not any(ask(**{side: value}, **always).num_rows for side in ("actor", "recipient")):
            yield f"no {noun} in the ledger{before} has an actor or recipient {clean(value)!r}"
    article = options["article"]
    if article is not None and not ledger.articles(article).num_rows:
        yield f"the ledger has no article {clean(article)!r}"


def write_found(table: str, found: pa.Table, form: str, output: str | None) -> None:
    """Rows in one of the formats, to standard output or a file."""
    from ujar import write_rows

    if form == "parquet":
        if output is None:
            raise UsageError("needs-output", "Parquet is no text", "name a file with --output")
        write_rows.write_parquet(found, Path(output))
        return
    with target(output) as out:
        if form == "jsonl":
            write_rows.write_json_rows(found, out)
        elif form == "csv":
            write_rows.write_csv_rows(found, out)
        else:
            listing = write_rows.list_statements if table == "statements" else write_rows.list_events
            listing(found.to_pylist(), console(out))


@click.command(short_help="Show a statement or event in its paragraph, or an article.")
@click.argument("name", metavar="ID")
@ledger_option
@debug_option
def show(name: str, folder: str | None, debug: bool) -> None:  # noqa: FBT001 - click passes flags so
    """Show a statement or event in its paragraph with its parts marked, and what found them.

    ID stands at the end of each entry of a listing. The address or id of an article shows what it says, then its readings,
    the newest first; those that were superseded are kept, and the id of a reading shows what that one says.
    """
    del debug
    from rich.text import Text

    from ujar import write_rows
    from ujar.store.reports import reports

    ledger = opened(folder)
    out = console(sys.stdout)
    readings = ledger.articles(name).to_pylist()
    if readings:
        _show_article(ledger, readings, name, out)
        return
    table, row = ledger.row(name)
    article = next(a for a in ledger.articles(row["article"]).to_pylist() if a["reading"] == row["reading"])
    write_rows.show_row(table, row, article, out)
    if table == "statements" and (others := reports(ledger, row["id"])):
        out.print()
        put(out, Text("reported several times; in brackets what differs from the first report"))
        write_rows.show_reports(others, out)


def _show_article(ledger: Ledger, readings: list[dict[str, Any]], name: str, out: Console) -> None:
    """What a reading of an article says, the current one unless another is named, and all its readings."""
    from rich.text import Text

    from ujar import write_rows

    superseded = {row["supersedes"] for row in readings}
    current = next(row for row in readings if row["reading"] not in superseded)
    own = next((row for row in readings if row["reading"] == name), current)

    def counts(row: dict[str, Any]) -> str:
        return f"{number_of(row['statements'], 'statement')}, {number_of(row['events'], 'event')}"

    put(out, Text(clean(own["title"] or own["article"]), style="bold"))
    day = own["published"].isoformat() if own["published"] else "undated"
    put(
        out,
        Text(" · ".join([day, clean(own["outlet"] or "no outlet"), counts(own)]), style="dim"),
    )
    put(out, Text(clean(own["article"]), style="dim"))
    for problem in own["problems"] or ():
        put(out, Text("! " + clean(problem["message"]), style="yellow"))
    for table, listing in (("statements", write_rows.list_statements), ("events", write_rows.list_events)):
        rows = ledger.ask(f"SELECT * FROM all_{table} WHERE reading = ? ORDER BY number", [own["reading"]])  # noqa: S608 - two names
        if rows.num_rows:
            out.print()
            listing(rows.to_pylist(), out)
    out.print()
    for row in readings:
        what = "current" if row is current else "superseded"
        kept = f"kept {row['added'].isoformat()[:19]}"
        put(
            out,
            Text(
                " · ".join(
                    [row["reading"], what, counts(row), kept, row["engine"], clean(row["title"] or row["article"])]
                )
            ),
        )


@click.command(short_help="Merge the small files of a ledger.")
@ledger_option
@click.option(
    "--all",
    "everything",
    is_flag=True,
    help="Though there be few; and rewrite what is of an older version of the tables.",
)
def tidy(folder: str | None, everything: bool) -> None:  # noqa: FBT001 - click passes flags so
    """Merge the small parts of a ledger into larger ones. ujar add does so by itself when there are many."""
    merged = opened(folder).tidy(everything=everything)
    click.echo(f"{number_of(merged, 'part')} merged", err=True)
