"""Feeds and sitemaps of newspapers, followed day by day: what is new is fetched, read and kept in a ledger."""

from __future__ import annotations
