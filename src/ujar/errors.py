"""What the user must change, as exceptions; faults inside one article are ``Problem`` values instead.

UjarError
├── InputError       an input that cannot be read at all
├── UsageError       a request that makes no sense (a bad date, an unknown format)
├── SettingError     a setting that cannot be used
├── TableError       a lexicon that is not as it should be
└── LedgerError      a ledger that cannot be read or written, or a row that is not in it

Every error has a slug, the heading that explains it in docs/errors.md, and says what to do next.
"""

from __future__ import annotations


class UjarError(Exception):
    """Base of all errors that ujar raises on purpose.

    Attributes:
        slug: heading in docs/errors.md.
        message: what is wrong, one sentence.
        next_step: what to do or type next, or None.
    """

    exit_code = 1

    def __init__(self, slug: str, message: str, next_step: str | None = None) -> None:
        super().__init__(message)
        self.slug = slug
        self.message = message
        self.next_step = next_step


class InputError(UjarError):
    """An input that cannot be read at all."""


class UsageError(UjarError):
    """A request that makes no sense."""

    exit_code = 2


class SettingError(UjarError):
    """A setting that cannot be used."""


class TableError(UjarError):
    """A lexicon that is not as it should be."""


class LedgerError(UjarError):
    """A ledger that cannot be read or written, or a row that is not in it."""


def missing_extra(extra: str, what: str) -> UjarError:
    """The error for something that needs packages which ujar does not bring by itself."""
    return UjarError("missing-extra", f"{what} needs more packages", f"pip install 'ujar[{extra}]'")
