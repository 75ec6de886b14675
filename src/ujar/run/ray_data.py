"""Reading on a Ray cluster through Ray Data: the same shards and the same function as on one machine.

Each actor of the cluster has one worker process of its own (``Pool``), so an article that ends its reader is tried once
more and set aside just as on one machine, and the actor lives on. Results come back to the process that gave the
command, which keeps them in the order of the input: no article is kept twice, whatever the cluster does twice, and what is
kept is a ledger like any other.
"""

from __future__ import annotations

import os
import pickle
import socket
from functools import partial
from typing import TYPE_CHECKING, Any

from ujar.errors import UjarError, missing_extra
from ujar.run.processes import SHARD, Pool
from ujar.run.worker import Failure, analyzer, failure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import pyarrow as pa

    from ujar.config import Config
    from ujar.read import Loaded
    from ujar.records import Analysis, Problem
    from ujar.run.worker import Factory

# A data set of Ray Data is made of so many articles for each worker: a few minutes of reading. More of them would have to be
# held while the first are read, for fewer the starting of actors would count.
_ARTICLES = 5_000
# Articles in a block, which is what Ray hands out: passing one on costs some hundredths of a second, in which its actor waits.
_BLOCK = 4 * SHARD
# Seconds in which a cluster must answer.
_ANSWER = 10
# Blocks that an actor holds at a time, so that it never waits.
_AHEAD = 2


class Reader:
    """What an actor does: it takes blocks of articles and gives their results, both as pickles, each with its number."""

    def __init__(self, factory: Factory, config: Config) -> None:
        self._new = partial(Pool, config, 1, factory)
        self._pool = self._new()

    def __call__(self, batch: pa.Table) -> pa.Table:
        """Read some blocks. An error that concerns every article is a result, lest Ray tries it again."""
        import pyarrow as pa

        found: list[bytes] = []
        for block in batch["articles"].to_pylist():
            try:
                results: object = list(self._pool.read(pickle.loads(block)))  # noqa: S301 - of our own driver
            except UjarError as error:
                results = failure(error)
                # What waits in it belongs to this block.
                self._pool.close()
                self._pool = self._new()
            found.append(pickle.dumps(results, protocol=5))
        return pa.table({"block": batch["block"], "results": pa.array(found, pa.large_binary())})


def read_on_ray(
    loaded: Iterable[Loaded],
    config: Config,
    *,
    workers: int | None = None,
    factory: Factory = analyzer,
    tell: Callable[[str], None] = lambda _: None,
) -> Iterator[Analysis | Problem]:
    """The analyses of articles, in their order, read by so many actors (None: one for each CPU of the cluster).

    The cluster is that of RAY_ADDRESS, else one that runs on this machine, else one that is started here, of which ``tell``
    is told. Raises UjarError when there is none and none can be started.
    """
    ray = _ray()
    started = _connect(ray, workers, tell)
    try:
        here = max(1, int(ray.cluster_resources().get("CPU", 1)))
        number = workers or here
        # More than there is room for only when the cluster grows.
        actors = ray.data.ActorPoolStrategy(
            min_size=min(number, here), max_size=number, max_tasks_in_flight_per_actor=_AHEAD
        )
        source = iter(loaded)
        while blocks := _blocks(source, number * _ARTICLES):
            yield from _read(ray, blocks, config, actors, factory)
    finally:
        if started:
            ray.shutdown()


def _ray() -> Any:
    try:
        import ray
        import ray.data
    except ImportError as error:
        raise missing_extra("ray", "--engine ray") from error
    return ray


def _connect(ray: Any, workers: int | None, tell: Callable[[str], None]) -> bool:
    """Join a cluster, unless one is joined already; whether that is to be undone."""
    if ray.is_initialized():
        return False
    quiet = {"log_to_driver": False, "logging_level": "warning"}
    try:
        if address := os.environ.get("RAY_ADDRESS"):
            _knock(address)
            ray.init(address=address, **quiet)
            return True
        try:
            ray.init(address="auto", **quiet)
        except ConnectionError:
            tell(
                "no Ray cluster runs here (RAY_ADDRESS names one elsewhere): one is started on this machine for this run"
            )
            ray.init(address="local", num_cpus=workers, include_dashboard=False, **quiet)
    except Exception as error:
        where = os.environ.get("RAY_ADDRESS") or "this machine"
        raise UjarError(
            "no-cluster",
            f"no Ray cluster could be reached or started ({where}: {str(error).splitlines()[0] if str(error) else error!r})",
            "look whether it runs (ray status), or read with --workers on this machine",
        ) from error
    return True


def _knock(address: str) -> None:
    """Raise OSError when nobody answers at an address: Ray itself takes minutes to notice."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if host and port.isdecimal():
        socket.create_connection((host, int(port)), timeout=_ANSWER).close()


def _blocks(source: Iterator[Loaded], articles: int) -> list[list[Loaded]]:
    blocks: list[list[Loaded]] = []
    for number, loaded in enumerate(source):
        if not number % _BLOCK:
            blocks.append([])
        blocks[-1].append(loaded)
        if number + 1 == articles:
            break
    return blocks


def _read(
    ray: Any, blocks: list[list[Loaded]], config: Config, actors: Any, factory: Factory
) -> Iterator[Analysis | Problem]:
    """The results of some blocks, in their order, as they come."""
    import pyarrow as pa

    context = ray.data.DataContext.get_current()
    context.execution_options.preserve_order = True
    context.enable_progress_bars = False
    tables = [
        pa.table({"block": [n], "articles": pa.array([pickle.dumps(block, protocol=5)], pa.large_binary())})
        for n, block in enumerate(blocks)
    ]
    read = ray.data.from_arrow(tables).map_batches(
        Reader,
        batch_size=None,
        batch_format="pyarrow",
        compute=actors,
        fn_constructor_args=(factory, config),
        num_cpus=1,
    )
    # By number, too: that each block comes once, and in its place, must not hang on a setting.
    waiting: dict[int, bytes] = {}
    place = 0
    for batch in read.iter_batches(batch_size=None, batch_format="pyarrow"):
        waiting.update(zip(batch["block"].to_pylist(), batch["results"].to_pylist(), strict=True))
        while place in waiting:
            results = pickle.loads(waiting.pop(place))  # noqa: S301 - of our own actors
            if isinstance(results, Failure):
                raise results.error()
            yield from results
            place += 1
    if place != len(blocks):
        raise UjarError(
            "no-cluster",
            f"the Ray cluster gave back {place} of {len(blocks)} blocks",
            "give the same command again: what is kept is not read twice",
        )
