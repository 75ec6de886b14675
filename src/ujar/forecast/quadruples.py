"""Folders of dated quadruples, as the benchmarks of forecasting give them, by number."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ujar.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

PARTS = ("train", "valid", "test")


@dataclass(frozen=True, slots=True)
class Quadruples:
    """A benchmark.

    Attributes:
        train, valid, test: int64[n, 4]: subject, relation, object, day.
        entities: names of the entities, by number.
        relations: names of the relations, by number.
    """

    train: NDArray[np.int64]
    valid: NDArray[np.int64]
    test: NDArray[np.int64]
    entities: tuple[str, ...]
    relations: tuple[str, ...]


def read_quadruples(folder: str | Path) -> Quadruples:
    """Read a folder: ``train``, ``valid``, ``test`` (.txt, or .txt.gz): subject, relation, object, time in hours, a filler.

    ``entity2id.txt`` and ``relation2id.txt`` hold name, tab, number. Raises InputError when a file is missing, is not so, or
    the parts do not follow each other in time.
    """
    folder = Path(folder)
    try:
        entities, relations = _names(folder / "entity2id.txt"), _names(folder / "relation2id.txt")
        train, valid, test = parts = [_facts(folder, part) for part in PARTS]
    except (OSError, ValueError, EOFError) as error:
        what = error.strerror or error.filename if isinstance(error, OSError) else f"{type(error).__name__}: {error}"
        raise bad(folder, str(what)) from error
    for facts in parts:
        if facts[:, [0, 2]].max() >= len(entities) or facts[:, 1].max() >= len(relations) or facts.min() < 0:
            raise bad(folder, "a number has no name")
    if not train[-1, 3] < valid[0, 3] <= valid[-1, 3] < test[0, 3]:
        raise bad(folder, "train, valid and test do not follow each other in time")
    return Quadruples(train, valid, test, entities, relations)


def bad(folder: str | Path, what: str) -> InputError:
    """What to raise for a folder that is none of quadruples."""
    return InputError(
        "bad-benchmark",
        f"{folder} is no folder of quadruples ({what})",
        "it needs train.txt, valid.txt, test.txt (subject, relation, object, hour), entity2id.txt and relation2id.txt",
    )


def _names(path: Path) -> tuple[str, ...]:
    rows = [line.rpartition("\t") for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    found = {int(place): name.replace("_", " ").strip() for name, _, place in rows}
    return tuple(found.get(n, str(n)) for n in range(max(found) + 1))


def _facts(folder: Path, part: str) -> NDArray[np.int64]:
    plain = folder / f"{part}.txt"
    with plain.open("rb") if plain.exists() else gzip.open(f"{plain}.gz") as file:
        rows = [[int(cell) for cell in line.split()[:4]] for line in file if line.strip()]
    facts = np.array(rows, dtype=np.int64)
    if facts.ndim != 2 or facts.shape[1] != 4:
        raise ValueError(f"{part} is empty, or has not four columns")
    facts[:, 3] //= 24
    return facts[np.argsort(facts[:, 3], kind="stable")]
