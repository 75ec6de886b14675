"""The matrix as a table to read, as JSON, as CSV and as JSON Lines."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any, TextIO

from ujar.positions.records import STANCES
from ujar.write import cell, clean, put
from ujar.write_rows import json_text, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console

    from ujar.positions.records import Matrix, Row, Stance, Word

_STYLE: dict[Stance, str] = {
    "for": "bold green",
    "conditional": "bold yellow",
    "against": "bold red",
    "unclear": "bold",
    "silent": "dim",
}
# So many earlier words of a row are listed in the table; JSON and CSV have all.
_EARLIER = 4
# So many characters of the words are shown there.
_WIDE = 320
# So many names of speakers whose stance is unclear.
_NAMES = 25

COLUMNS = (
    "member", "name", "place", "stance", "day", "speaker", "office", "country", "sector", "official", "basis", "event",
    "condition", "content", "sentence", "outlet", "article", "url", "id", "reports", "match", "confidence",
)  # fmt: skip


def words_of(row: Row) -> Iterator[tuple[str, Word]]:
    """The words of a row, the latest first of each kind: "later", "latest", "earlier", "other" or "towards", and the word."""
    yield from (("later", w) for w in row.later)
    if row.word is not None:
        yield "latest", row.word
    yield from (("earlier", w) for w in row.earlier)
    yield from (("other", w) for w in row.others)
    yield from (("towards", w) for w in row.towards)


def as_json(matrix: Matrix) -> dict[str, Any]:
    """The matrix as one JSON object, days as ISO 8601."""
    out: dict[str, Any] = plain(matrix)
    out["terms"] = [{"word": word, "percent": percent} for word, percent in matrix.terms]
    return out


def write_json(matrix: Matrix, out: TextIO) -> None:
    """One JSON object."""
    out.write(json_text(as_json(matrix), indent=2) + "\n")


def write_jsonl(matrix: Matrix, out: TextIO) -> None:
    """One JSON object a line: the rows of the matrix."""
    out.writelines(json_text(row) + "\n" for row in as_json(matrix)["rows"])


def write_csv(matrix: Matrix, out: TextIO) -> None:
    """A word a line, ``place`` says which; a silent member has one line without a word.

    Cells that a spreadsheet would run as a formula get an apostrophe in front.
    """
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in matrix.rows:
        head = [_cell(row.member), _cell(row.name)]
        if row.word is None:
            writer.writerow([*head, "latest", row.stance, *[""] * (len(COLUMNS) - 4)])
        for place, word in words_of(row):
            values = plain(word)
            writer.writerow([*head, place, *(_cell(values[c]) for c in COLUMNS[3:])])


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    return cell(clean(value)) if isinstance(value, str) else value


def write_table(matrix: Matrix, console: Console) -> None:
    """A listing to read: members by stance, each with its latest word, and how it moved; the silent in one line."""
    from rich.text import Text

    console.print(_heading(matrix))
    console.print(_summary(matrix.rows))
    # Of many speakers, those who tell no stance stand in one line.
    vague = [r for r in matrix.rows if matrix.bloc is None and r.stance == "unclear"]
    shown = [r for r in matrix.rows if (r.word is not None or r.towards) and r not in vague]
    for row in shown:
        console.print()
        console.print(_row_line(row))
        if row.word is not None:
            for line, style in _word_lines(row.word):
                put(console, Text(line, style=style), 2)
            if row.word.url:
                # In one piece, so that a terminal can open it.
                console.print(Text("  " + clean(row.word.url), style="dim"), soft_wrap=True)
        for line in (*_moves(row), *_besides(row)):
            put(console, line, 4)
    if vague:
        names = ", ".join(clean(r.name) for r in vague[:_NAMES])
        rest = f" and {len(vague) - _NAMES} more" if len(vague) > _NAMES else ""
        console.print()
        console.print(Text.assemble(("unclear  ", "bold"), (names + rest, "dim")))
    silent = [r for r in matrix.rows if r.stance == "silent" and not r.towards]
    if silent:
        console.print()
        console.print(Text.assemble(("silent  ", "bold dim"), (", ".join(clean(r.name) for r in silent), "dim")))
    if matrix.nameless:
        console.print()
        console.print(Text(f"{matrix.nameless} words of speakers whose name the articles do not tell", style="dim"))
    if matrix.cut:
        console.print()
        console.print(Text("there is more than was looked at: the newest; ask for fewer days", style="dim"))


def _heading(matrix: Matrix) -> Any:
    from rich.text import Text

    what = [clean(matrix.issue)] if matrix.issue.strip() else []
    if matrix.type:
        what.append(matrix.type)
    if matrix.recipient:
        what.append(f"→ {clean(matrix.recipient)}")
    line = Text(" ".join(what), style="bold")
    who = f"members of {clean(matrix.bloc)} on {matrix.on}" if matrix.bloc else f"speakers up to {matrix.on}"
    line.append(f" · {who}", style="bold")
    if matrix.roll_up:
        line.append(" · rolled up", style="bold")
    if len(matrix.terms) == 1:
        line.append("\none word is rarely something to be for or against: name what is to be done", style="yellow")
    if matrix.terms:
        terms = ", ".join(f"{clean(word)} {percent} %" for word, percent in matrix.terms)
        line.append(f"\nlooked for: {terms}; {round(100 * matrix.share)} % of it must be there", style="dim")
    return line


def _summary(rows: Sequence[Row]) -> Any:
    from rich.text import Text

    line = Text()
    for stance in STANCES:
        count = sum(r.stance == stance for r in rows)
        if count or stance != "silent":
            line.append(f"{'   ' if line else ''}{count} {stance}", style=_STYLE[stance])
    changed = sum(r.changed for r in rows)
    if changed:
        line.append(f"   {changed} changed", style="bold magenta")
    return line


def _row_line(row: Row) -> Any:
    from rich.text import Text

    line = Text()
    line.append(f"{row.stance:<12}", style=_STYLE[row.stance])
    line.append(clean(row.name), style="bold")
    if row.word is not None:
        day = row.word.day.isoformat() if row.word.day else "undated"
        line.append(f"  {day}")
        line.append(f"  {_who(row.word)}", style="cyan")
        if not row.word.official and ":" not in row.member:
            line.append("  (not for the state)", style="yellow")
    if row.changed:
        line.append("  changed", style="bold magenta")
    return line


def _who(word: Word) -> str:
    name = clean(word.speaker or "unknown")
    return f"{name}, {clean(word.office)}" if word.office and clean(word.office) != name else name


def _word_lines(word: Word) -> list[tuple[str, str]]:
    out = [(_short(word.content), "")]
    if word.condition:
        out.append((f"condition: {_short(word.condition)}", "yellow"))
    bits = [clean(word.outlet or "no outlet")]
    if word.stance != "unclear":
        bits.append(f"{min(99, round(100 * word.confidence))} % sure")
    if word.basis:
        bits.append(f"by “{clean(word.basis)}”" + (f" ({word.event})" if word.event else ""))
    if word.reports > 1:
        bits.append(f"{word.reports} reports")
    bits.append(word.id)
    out.append((" · ".join(bits), "dim"))
    return out


def _moves(row: Row) -> Iterator[Any]:
    """How a row moved: a line for each earlier word whose stance is told, and how many there are beside them."""
    from rich.text import Text

    told = [w for w in row.earlier if w.stance != "unclear"]
    for word in told[:_EARLIER]:
        line = Text("before  ", style="dim")
        line.append(word.day.isoformat() if word.day else "undated", style="dim")
        line.append(f"  {word.stance}", style=_STYLE[word.stance])
        line.append(f"  {_who(word)}: {_short(word.content, 140)}", style="dim")
        line.append(f"  {word.id}", style="dim")
        yield line
    rest = []
    if len(told) > _EARLIER:
        rest.append(f"{len(told) - _EARLIER} more before")
    open_ = len(row.earlier) - len(told)
    if open_:
        rest.append(f"{open_} unclear before")
    if row.later:
        rest.append(f"{len(row.later)} unclear since, the last on {row.later[0].day}")
    if rest:
        yield Text(" · ".join(rest), style="dim")


def _besides(row: Row) -> Iterator[Any]:
    from rich.text import Text

    if row.others:
        counts = ", ".join(f"{n} {stance}" for stance in STANCES if (n := sum(w.stance == stance for w in row.others)))
        yield Text(f"others of the country: {counts}; the last {_who(row.others[0])}", style="dim")
    for word in row.towards[:_EARLIER]:
        yield Text(f"towards  {word.day}  {_who(word)}: {_short(word.content, 140)}  {word.id}", style="dim")
    if len(row.towards) > _EARLIER:
        yield Text(f"{len(row.towards) - _EARLIER} more towards its members", style="dim")


def _short(text: str, width: int = _WIDE) -> str:
    bare = clean(text)
    return bare if len(bare) <= width else bare[: bare.rfind(" ", 0, width)] + " …"
