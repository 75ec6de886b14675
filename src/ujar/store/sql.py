"""What a ledger may be asked in SQL, and whose fault it is when the engine has no answer."""

from __future__ import annotations

import duckdb

from ujar.errors import UsageError

# Faults of the question, not of the files.
_WRONG = (
    duckdb.ParserException,
    duckdb.BinderException,
    duckdb.CatalogException,
    duckdb.ConversionException,
    duckdb.PermissionException,
    duckdb.OutOfRangeException,
)


def is_wrong(error: Exception) -> bool:
    """Whether the question is at fault, not the files."""
    return isinstance(error, _WRONG) or (isinstance(error, duckdb.InvalidInputException) and "arquet" not in str(error))


def refuse_all_but_select(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    """Raise UsageError for SQL that is not one question."""
    found = connection.extract_statements(sql)
    if len(found) != 1 or found[0].type != duckdb.StatementType.SELECT:
        raise UsageError("bad-question", "a ledger answers one SELECT at a time", "ask with SELECT")
