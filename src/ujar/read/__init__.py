"""Stage 1: sources as they come (files, folders, pages, addresses, standard input) to articles."""

from __future__ import annotations

from ujar.read.sources import Loaded, load_sources

__all__ = ["Loaded", "load_sources"]
