"""Windows of like length together: less is computed on padding."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Job = TypeVar("Job")


def batches(
    jobs: list[Job], size: Callable[[Job], int], most: int, limit: Callable[[int], float]
) -> Iterator[list[Job]]:
    """Runs of jobs that are sorted by size: at most ``most``, none larger than ``limit`` of the size of the first."""
    at = 0
    while at < len(jobs):
        largest = limit(size(jobs[at]))
        last = at + 1
        while last < len(jobs) and last - at < most and size(jobs[last]) <= largest:
            last += 1
        yield jobs[at:last]
        at = last
