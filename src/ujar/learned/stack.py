"""Stacks of convolutions, the part of a net that takes time: ONNX graphs, computed by onnxruntime.

``training/graphs.py`` makes them from what torch has trained. Those of the package, but for the lowest blocks, count in whole numbers of
one byte, which takes a third of the time; any graph with the same inputs will do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import onnxruntime

from ujar.errors import TableError

if TYPE_CHECKING:
    from ujar.learned.weights import Arrays

# Only errors are told: the library writes its warnings to standard error.
_ERRORS = 3
onnxruntime.set_default_logger_severity(_ERRORS)
# The library's builds for Windows would report their use.
onnxruntime.disable_telemetry_events()


class Stack:
    """The layers that one graph holds: states of tokens in, states out.

    Every token is seen with those around it, within the reach of the convolutions.

    Attributes:
        name: which of the stacks of a model it is.
        gives: the names of its outputs, the states at its end first.
    """

    def __init__(self, graph: bytes) -> None:
        options = onnxruntime.SessionOptions()
        # An article is too little work to be divided; ``ujar add --workers`` divides the articles.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = _ERRORS
        # What a long article needed is given back.
        options.enable_cpu_mem_arena = False
        self._session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        self.name: str = self._session.get_modelmeta().graph_name
        self.gives: list[str] = [output.name for output in self._session.get_outputs()]

    def __call__(self, x: np.ndarray, keep: np.ndarray | None = None) -> np.ndarray:
        """States (tokens, width) to the same, float32. ``keep``: (tokens, 1), 0 where there is no token; nothing is seen there.

        Only graphs that were made with ``keep`` take one.
        """
        return np.asarray(self.outputs(x, keep)[0])

    def outputs(self, x: np.ndarray, keep: np.ndarray | None = None) -> list[np.ndarray]:
        """All that the graph gives, in the order of ``gives``."""
        given = {"x": np.ascontiguousarray(x, dtype=np.float32)}
        if keep is not None:
            given["keep"] = keep
        return list(self._session.run(None, given))


def stack_of(arrays: Arrays, name: str) -> Stack:
    """The stack whose graph a model keeps as ``NAME.graph``.

    Raises TableError when it has none, or one that cannot be used.
    """
    try:
        return Stack(arrays[f"{name}.graph"].tobytes())
    # The library has errors of its own, one for each way a graph can be wrong, without a common name.
    except Exception as error:
        raise TableError(
            "bad-model",
            f"the graph {name} of a model cannot be used: {error}",
            "install ujar again, or use --reader rules",
        ) from error
