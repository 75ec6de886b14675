"""The direction of imports: data flows one way."""

from __future__ import annotations

import ast
from pathlib import Path

from conftest import ROOT

SOURCE = ROOT / "src" / "ujar"
# What each part may import of the others.
MAY = {
    "cli": {"", "commands", "errors"},
    "commands": {
        "",
        "actors",
        "commands",
        "config",
        "errors",
        "follow",
        "forecast",
        "history",
        "pipeline",
        "positions",
        "records",
        "run",
        "store",
        "watch",
        "web",
        "write",
        "write_events",
        "write_rows",
    },
    "run": {"config", "errors", "pipeline", "read", "records", "run", "store"},
    "follow": {"config", "errors", "follow", "pipeline", "read", "records", "store"},
    "web": {
        "",
        "actors",
        "errors",
        "events",
        "forecast",
        "positions",
        "records",
        "store",
        "tables",
        "watch",
        "web",
        "write",
        "write_rows",
    },
    "forecast": {
        "",
        "actors",
        "errors",
        "events",
        "forecast",
        "history",
        "records",
        "store",
        "tables",
        "watch",
        "write",
        "write_rows",
    },
    "watch": {"actors", "errors", "events", "records", "store", "tables", "watch", "write", "write_rows"},
    "positions": {"actors", "errors", "events", "positions", "records", "store", "tables", "write", "write_rows"},
    "history": {"actors", "errors", "events", "history", "store", "tables"},
    "store": {"", "actors", "config", "errors", "events", "records", "store"},
    "write_rows": {"errors", "records", "store", "write"},
    "write": {"records", "write_events"},
    "write_events": {"events", "parse", "records"},
    "components": {"parse", "pipeline", "records", "write"},
    "pipeline": {"config", "errors", "events", "parse", "read", "records", "statements"},
    "events": {"actors", "errors", "events", "learned", "records", "statements", "tables"},
    "read": {"config", "errors", "read", "records", "tables"},
    "statements": {"actors", "learned", "records", "statements", "tables"},
    "actors": {"actors", "config", "errors", "records"},
    "parse": {"learned", "parse", "records", "tables"},
    "learned": {"errors", "learned", "records"},
    "config": {"errors", "records"},
    "tables": {"errors"},
    "errors": set(),
    # Types only: what a parse carries.
    "records": {"learned"},
}
HEAVY = {"trafilatura", "httpx", "rich", "py3langid"}


def modules() -> list[tuple[str, Path]]:
    found = []
    for path in SOURCE.rglob("*.py"):
        part = path.relative_to(SOURCE).parts[0].removesuffix(".py")
        if part not in ("__init__", "__main__"):
            found.append((part, path))
    return found


def test_layers() -> None:
    for layer, path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = (
                [a.name for a in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else []
            )
            for name in names:
                if name.split(".")[0] == "ujar":
                    target = name.split(".")[1] if "." in name else ""
                    assert target in MAY[layer], f"{path.name} ({layer}) imports {name}"


def test_heavy_modules_are_imported_where_they_are_used() -> None:
    for _, path in modules():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in tree.body:
            names = (
                [a.name for a in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else []
            )
            assert not {n.split(".")[0] for n in names} & HEAVY, path.name
