"""The ledger: what was read, kept in a folder of Parquet files that any number of programs can ask."""

from ujar.store.ledger import Ledger, open_ledger

__all__ = ["Ledger", "open_ledger"]
