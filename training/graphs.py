"""Blocks as ONNX graphs for ``ujar.learned.stack``: as they were trained, or in whole numbers of one byte.

A model is trained into arrays (``export.py``); ``with_graphs`` puts a graph in the place of the arrays of its blocks, and
``in_bytes`` makes such graphs smaller and three times as quick: weights of seven bits with a scale a column, and what goes in
and comes out of each product in eight, with a scale that was seen to do on some articles (static quantisation, Jacob et al. 2018).
Seven bits, since processors without instructions for neural nets add pairs of products in sixteen.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from ujar.learned.encoder import LOWER
from ujar.learned.stack import Stack
from ujar.learned.weights import Arrays, in_floats, part_of
from ujar.learned.windows import GAP

if TYPE_CHECKING:
    from collections.abc import Callable

_EPSILON = 1e-5
# The largest whole number that a weight becomes.
_LARGEST = 63
_OPSET, _FORMAT = 17, 8
# Operations of onnxruntime itself: a product, and a convolution over rows as they lie (ONNX's own wants columns).
_OWN = frozenset({"QGemm", "QLinearConv"})
# No range is smaller, so that nothing is divided by 0.
_LEAST = 1e-3
# What goes into the products of a block, by the beginnings of its names.
_WATCHED = ("seen", "inner")
# ONNX has no "to the end"; this is further than any text reaches.
_END = 2**40


class _Graph:
    """A graph being put together."""

    def __init__(self, name: str, width: int, *, masked: bool) -> None:
        self.name = name
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, np.ndarray] = {}
        self.width, self.masked = width, masked

    def constant(self, name: str, value: np.ndarray) -> str:
        """A constant by its name."""
        self.constants[name] = np.ascontiguousarray(value)
        return name

    def add(self, kind: str, inputs: list[str], name: str, **attributes: Any) -> str:
        """An operation; returns the name of what it gives. Those beginning with Q are onnxruntime's own."""
        domain = "com.microsoft" if kind in _OWN else ""
        self.nodes.append(helper.make_node(kind, inputs, [name], domain=domain, **attributes))
        return name

    def bytes(self, outputs: list[tuple[str, int]]) -> bytes:
        """The graph, giving the outputs (name, width)."""
        tensor = helper.make_tensor_value_info
        inputs = [tensor("x", TensorProto.FLOAT, ["tokens", self.width])]
        if self.masked:
            inputs.append(tensor("keep", TensorProto.FLOAT, ["tokens", 1]))
        graph = helper.make_graph(
            self.nodes,
            self.name,
            inputs,
            [tensor(name, TensorProto.FLOAT, ["tokens", width]) for name, width in outputs],
            [numpy_helper.from_array(value, name) for name, value in self.constants.items()],
        )
        opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid("com.microsoft", 1)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=_FORMAT)
        onnx.checker.check_model(model)
        return bytes(model.SerializeToString())


Ranges = dict[str, float]
"""The largest size of the numbers that go into each product, by name."""


def graph_of(
    name: str,
    blocks: list[tuple[Arrays, int]],
    norm: Arrays | None = None,
    *,
    masked: bool = False,
    within: int | None = None,
    ranges: Ranges | None = None,
    watched: bool = False,
) -> bytes:
    """Blocks with their dilations, one above the other, as a graph of this name.

    ``norm``: a last normalisation (``norm.weight``, ``norm.bias``). ``masked``: takes ``keep`` as well. ``within``: also gives the
    states after so many blocks. ``ranges``: counts in whole numbers, of which the largest stand for these; a block without stays in
    floats. ``watched``: also gives what goes into each product, from which ranges are found.
    """
    width = len(blocks[0][0]["norm.weight"])
    graph = _Graph(name, width, masked=masked)
    graph.constant("axis", np.array([0]))
    graph.constant("middle", np.array(128, dtype=np.uint8))
    graph.constant("bottom", np.array(0, dtype=np.uint8))
    x, seen, lower = "x", [], []
    for number, (own, dilation) in enumerate(blocks):
        x = _add_block(graph, number, own, dilation, x, ranges)
        seen += [(f"seen{number}", 3 * width), (f"inner{number}", len(own["conv.bias"]))]
        if number + 1 == within:
            lower = [(x, width)]
    if norm is not None:
        x = _add_norm(graph, "last", norm, x)
    return graph.bytes([(x, width), *lower, *(seen if watched else [])])


def _add_norm(graph: _Graph, name: str, own: Arrays, x: str) -> str:
    weight, bias = (
        graph.constant(f"{name}.norm.{part}", own[f"norm.{part}"].astype("f4")) for part in ("weight", "bias")
    )
    return graph.add("LayerNormalization", [x, weight, bias], f"{name}.normal", axis=-1, epsilon=_EPSILON)


def _add_block(graph: _Graph, number: int, own: Arrays, dilation: int, x: str, ranges: Ranges | None) -> str:
    name = str(number)
    if ranges is not None and f"seen{name}" not in ranges:
        ranges = None
    y = _add_norm(graph, name, own, x)
    if graph.masked:
        y = graph.add("Mul", [y, "keep"], f"{name}.kept")
    inner = _add_floats if ranges is None else partial(_add_bytes, ranges=ranges)
    return graph.add("Add", [inner(graph, name, own, dilation, y), x], f"{name}.out")


def _add_floats(graph: _Graph, name: str, own: Arrays, dilation: int, y: str) -> str:
    """The two products of a block in floats: of each token with the tokens ``dilation`` before and behind it, and of what that gives."""
    nothing = graph.constant("nothing", np.array(0, dtype=np.float32))
    # The tokens before, at and behind each place, side by side.
    pads = graph.constant(f"pads{dilation}", np.array([dilation, 0, dilation, 0]))
    y = graph.add("Pad", [y, pads, nothing], f"{name}.padded")
    taps = []
    for tap, (low, high) in enumerate(((0, -2 * dilation), (dilation, -dilation), (2 * dilation, _END))):
        ends = [graph.constant(f"at{end}", np.array([end])) for end in (low, high)]
        taps.append(graph.add("Slice", [y, *ends, "axis"], f"{name}.tap{tap}"))
    y = graph.add("Concat", taps, f"seen{name}", axis=1)
    y = _add_product(graph, f"{name}.conv", y, own["conv.weight"].reshape(-1, len(own["conv.bias"])), own["conv.bias"])
    y = graph.add("Relu", [y], f"inner{name}")
    return _add_product(graph, f"{name}.mix", y, own["mix.weight"], own["mix.bias"])


def _add_bytes(graph: _Graph, name: str, own: Arrays, dilation: int, y: str, ranges: Ranges) -> str:
    """The same in whole numbers, which make one convolution of the first."""
    seen, inner = (
        graph.constant(f"{name}.{part}.scale", np.array(ranges[f"{part}{name}"] / steps, dtype=np.float32))
        for part, steps in (("seen", 127), ("inner", 255))
    )
    y = graph.add("QuantizeLinear", [y, seen, "middle"], f"{name}.bytes")
    y = graph.add("Unsqueeze", [y, "axis"], f"{name}.text")
    width, wide = own["mix.weight"].shape[::-1]
    kernel = own["conv.weight"].reshape(3 * width, wide)
    whole, scales, middles, bias = _in_bytes(graph, f"{name}.conv", kernel, own["conv.bias"], seen)
    # Here as (out, in, tap).
    graph.constant(whole, graph.constants[whole].reshape(3, width, wide).transpose(2, 1, 0))
    # Below 0 there are no bytes: that rectifies.
    y = graph.add(
        "QLinearConv", [y, seen, "middle", whole, scales, middles, inner, "bottom", bias], f"{name}.seen",
        channels_last=1, kernel_shape=[3], dilations=[dilation], pads=[dilation, dilation], strides=[1],
    )  # fmt: skip
    y = graph.add("Squeeze", [y, "axis"], f"inner{name}")
    whole, scales, middles, bias = _in_bytes(graph, f"{name}.mix", own["mix.weight"], own["mix.bias"], inner)
    return graph.add("QGemm", [y, inner, "bottom", whole, scales, middles, bias], f"{name}.mixed")


def _add_product(graph: _Graph, name: str, x: str, weight: np.ndarray, bias: np.ndarray) -> str:
    own = [graph.constant(f"{name}.{part}", value.astype("f4")) for part, value in (("weight", weight), ("bias", bias))]
    return graph.add("Gemm", [x, *own], f"{name}.product")


def _in_bytes(graph: _Graph, name: str, weight: np.ndarray, bias: np.ndarray, given: str) -> tuple[str, str, str, str]:
    """Weights (in, out) of a product in whole numbers, their scales and middles, and the bias; ``given``: scale of what goes in."""
    weight, bias = weight.astype("f4"), bias.astype("f4")
    largest = np.abs(weight).max(0)
    # A unit without weights has its bias alone, in whole numbers of some size.
    scales = np.where(largest > 0, largest, 1).astype(np.float32) / _LARGEST
    sums = np.round(bias / (scales * graph.constants[given])).clip(-(2**30), 2**30).astype(np.int32)
    return (
        graph.constant(f"{name}.weight", np.round(weight / scales).astype(np.int8)),
        graph.constant(f"{name}.scales", scales),
        graph.constant(f"{name}.middles", np.zeros(len(scales), np.int8)),
        graph.constant(f"{name}.bias", sums),
    )


def blocks_of(arrays: Arrays, prefix: str) -> list[Arrays]:
    """The arrays of numbered layers, in order."""
    count = len({key[len(prefix) + 1 :].split(".")[0] for key in arrays if key.startswith(f"{prefix}.")})
    return [part_of(arrays, f"{prefix}.{number}") for number in range(count)]


@dataclass(frozen=True)
class _Kind:
    """A stack of the models.

    Attributes:
        blocks: the prefix of the arrays of its blocks.
        dilations: the array of their dilations; none: one block, of dilation 1.
        norm: the prefix of its last normalisation, if it has one.
        masked: whether it takes ``keep``.
        within: after how many blocks its states are given as well.
        exact: so many of its first blocks stay in floats.
    """

    blocks: str
    dilations: str | None = None
    norm: str | None = None
    masked: bool = False
    within: int | None = None
    exact: int = 0


_KINDS = {
    # What is lost at the bottom is lost for all: with these two in whole numbers as well, one office of 72 and one event of 98
    # are not found any more.
    "encoder": _Kind("encoder.blocks", "dilations", "encoder.norm", within=LOWER, exact=2),
    "names_block": _Kind("names_block"),
    "cue_block": _Kind("cue_block"),
    "upper": _Kind("upper", "upper_dilations", "upper_norm.norm", masked=True),
    "first": _Kind("first", "first_dilations", masked=True),
    "blocks": _Kind("blocks", "span_dilations", "norm", masked=True),
}


def with_graphs(arrays: Arrays, ranges: dict[str, Ranges] | None = None, *, watched: bool = False) -> Arrays:
    """A model whose blocks are arrays as one whose blocks are graphs, the other arrays as they are.

    ``ranges``: by stack, for whole numbers; a stack without stays in floats. ``watched`` as in ``graph_of``.
    """
    out = dict(arrays)
    for name, kind in _KINDS.items():
        own = [key for key in arrays if key.startswith(f"{kind.blocks}.")]
        if not own:
            continue
        if kind.masked and max(arrays[str(kind.dilations)].tolist()) > GAP:
            raise ValueError(f"{name} would see across the empty places between windows: a dilation above {GAP}")
        if kind.dilations is None:
            blocks = [(part_of(arrays, kind.blocks), 1)]
        else:
            own.append(kind.dilations)
            blocks = list(zip(blocks_of(arrays, kind.blocks), arrays[kind.dilations].tolist(), strict=True))
        norm = None
        if kind.norm is not None:
            own += [f"{kind.norm}.weight", f"{kind.norm}.bias"]
            norm = {f"norm.{key}": a for key, a in part_of(arrays, kind.norm).items()}
        graph = graph_of(
            name,
            blocks,
            norm,
            masked=kind.masked,
            within=kind.within,
            ranges=_of_upper((ranges or {}).get(name), kind.exact),
            watched=watched,
        )
        for key in own:
            del out[key]
        out[f"{name}.graph"] = np.frombuffer(graph, dtype=np.uint8)
    return out


def _of_upper(ranges: Ranges | None, exact: int) -> Ranges | None:
    """Ranges without those of the first blocks, which stay in floats."""
    lower = {f"{watched}{number}" for watched in _WATCHED for number in range(exact)}
    return None if ranges is None else {name: size for name, size in ranges.items() if name not in lower}


def in_bytes(arrays: Arrays, read: Callable[[Arrays], object]) -> Arrays:
    """A model whose blocks are arrays as one whose blocks are graphs in whole numbers, but for blocks that stay exact.

    ``read``: reads some articles by the model that it is given, so that it is seen how large the numbers become.
    """
    ranges: dict[str, Ranges] = {}
    plain = Stack.outputs

    def watching(stack: Stack, x: np.ndarray, keep: np.ndarray | None = None) -> list[np.ndarray]:
        outputs = plain(stack, x, keep)
        for name, value in zip(stack.gives, outputs, strict=True):
            if name.startswith(_WATCHED):
                own = ranges.setdefault(stack.name, {})
                own[name] = max(own.get(name, _LEAST), float(np.abs(value).max(initial=0)))
        return outputs

    Stack.outputs = watching  # type: ignore[method-assign, assignment]
    try:
        read(in_floats(with_graphs(arrays, watched=True)))
    finally:
        Stack.outputs = plain  # type: ignore[method-assign]
    made = with_graphs(arrays, ranges)
    for name in _KINDS:
        if f"{name}.graph" in made and name not in ranges:
            print(f"{name} never ran on these articles and stays in floats", flush=True)
    return made


def floats_of(graph: np.ndarray) -> list[tuple[Arrays, int]]:
    """The blocks of a graph as arrays again, each with its dilation; whole numbers as the floats that they stand for."""
    model = onnx.load_from_string(graph.tobytes())
    own = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    blocks = []
    for number in range(sum(name.endswith(".mix.weight") for name in own)):
        block = {f"norm.{part}": own[f"{number}.norm.{part}"] for part in ("weight", "bias")}
        for product, given in (("conv", "seen"), ("mix", "inner")):
            weight, bias = own[f"{number}.{product}.weight"], own[f"{number}.{product}.bias"]
            if weight.ndim == 3:
                weight = weight.transpose(2, 1, 0).reshape(-1, len(bias))
            if weight.dtype == np.int8:
                scales = own[f"{number}.{product}.scales"]
                weight, bias = weight * scales, bias * scales * own[f"{number}.{given}.scale"]
            block |= {f"{product}.weight": weight.astype("f4"), f"{product}.bias": bias.astype("f4")}
        blocks.append((block, _dilation_of(model, own, number)))
    return blocks


def _dilation_of(model: onnx.ModelProto, own: Arrays, number: int) -> int:
    """The dilation of a block."""
    node = next(n for n in model.graph.node if n.output[0] in (f"{number}.padded", f"{number}.seen"))
    if node.op_type == "Pad":
        return int(own[node.input[1]][0])
    return int(next(a for a in node.attribute if a.name == "dilations").ints[0])


def last_norm_of(graph: np.ndarray) -> Arrays:
    """The last normalisation of a graph."""
    model = onnx.load_from_string(graph.tobytes())
    prefix = "last.norm."
    return {
        f"norm.{tensor.name[len(prefix) :]}": numpy_helper.to_array(tensor)
        for tensor in model.graph.initializer
        if tensor.name.startswith(prefix)
    }
