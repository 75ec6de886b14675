"""Graphs of blocks: against the same written out, in whole numbers, and taken apart again."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from conftest import ROOT, replaces

from ujar.learned.stack import Stack
from ujar.learned.weights import load_weights

pytest.importorskip("onnx", reason="making graphs needs ujar[training]")
sys.path[:0] = [str(ROOT / "training")]
import graphs  # noqa: E402 - lies in training/

WIDTH, INNER = 12, 20
Arrays = dict[str, np.ndarray]


def block(seed: int) -> Arrays:
    rng = np.random.default_rng(seed)
    shapes = {
        "norm.weight": (WIDTH,), "norm.bias": (WIDTH,), "conv.weight": (3 * WIDTH, INNER), "conv.bias": (INNER,),
        "mix.weight": (INNER, WIDTH), "mix.bias": (WIDTH,),
    }  # fmt: skip
    return {
        name: (0.3 * rng.normal(size=shape) + (name == "norm.weight")).astype("f4") for name, shape in shapes.items()
    }


def normal(own: Arrays, x: np.ndarray) -> np.ndarray:
    centred = x - x.mean(-1, keepdims=True)
    return centred / np.sqrt((centred**2).mean(-1, keepdims=True) + 1e-5) * own["norm.weight"] + own["norm.bias"]


def written_out(own: Arrays, dilation: int, x: np.ndarray, keep: np.ndarray) -> np.ndarray:
    y = normal(own, x) * keep
    taps = own["conv.weight"].reshape(3, WIDTH, INNER)
    inner = np.tile(own["conv.bias"], (len(x), 1))
    for tap, weight in enumerate(taps):
        for t in range(len(x)):
            if 0 <= (at := t + dilation * (tap - 1)) < len(x):
                inner[t] += y[at] @ weight
    return x + np.maximum(inner, 0) @ own["mix.weight"] + own["mix.bias"]


@pytest.fixture
def sample() -> tuple[np.ndarray, np.ndarray]:
    x = np.random.default_rng(7).normal(size=(15, WIDTH)).astype("f4")
    keep = np.ones((15, 1), dtype="f4")
    keep[9:11] = 0
    return x, keep


def test_a_graph_normalises_convolves_and_mixes(sample: tuple[np.ndarray, np.ndarray]) -> None:
    x, keep = sample
    blocks = [(block(1), 1), (block(2), 4)]
    last = {name: value for name, value in block(3).items() if name.startswith("norm")}
    first = written_out(*blocks[0], x, keep)
    wanted = normal(last, written_out(*blocks[1], first, keep))
    stack = Stack(graphs.graph_of("blocks", blocks, last, masked=True, within=1))
    found, within = stack.outputs(x, keep)
    assert stack.name == "blocks"
    assert np.allclose(found, wanted, atol=1e-4)
    assert np.allclose(within, first, atol=1e-4)


@replaces
def test_whole_numbers_come_near_and_are_taken_apart_again(sample: tuple[np.ndarray, np.ndarray]) -> None:
    x, keep = sample
    arrays = {f"blocks.{n}.{name}": value for n in range(2) for name, value in block(n).items()}
    arrays |= {"norm.weight": np.ones(WIDTH, "f4"), "norm.bias": np.zeros(WIDTH, "f4"), "other": np.zeros(3, "f4")}
    arrays["span_dilations"] = np.array([1, 2], dtype="i1")

    def run(made: Arrays) -> np.ndarray:
        return Stack(made["blocks.graph"].tobytes())(x, keep)

    exact, small = graphs.with_graphs(arrays), graphs.in_bytes(arrays, run)
    assert set(exact) == set(small) == {"blocks.graph", "other"}
    error = np.abs(run(small) - run(exact))
    assert 0 < error.max() < 0.1
    for made, near in ((exact, 1e-6), (small, 0.01)):
        for n, (own, dilation) in enumerate(graphs.floats_of(made["blocks.graph"])):
            assert dilation == 1 + n
            assert set(own) == set(block(n))
            for name, value in own.items():
                assert np.allclose(value.reshape(-1), block(n)[name].reshape(-1), atol=near), name
        assert np.array_equal(graphs.last_norm_of(made["blocks.graph"])["norm.weight"], arrays["norm.weight"])


def test_a_unit_that_does_nothing_stays_so(sample: tuple[np.ndarray, np.ndarray]) -> None:
    own = {name: value.astype("f2") for name, value in block(1).items()}
    own["conv.weight"][:, 3] = 0
    arrays = {f"cue_block.{name}": value for name, value in own.items()}
    made = graphs.in_bytes(arrays, lambda watched: Stack(watched["cue_block.graph"].tobytes())(sample[0]))
    ((back, _),) = graphs.floats_of(made["cue_block.graph"])
    assert not back["conv.weight"][:, 3].any()
    assert np.allclose(back["conv.bias"], own["conv.bias"], atol=0.01)


def test_windows_that_would_see_each_other_are_refused() -> None:
    arrays = {f"first.0.{name}": value for name, value in block(1).items()} | {"first_dilations": np.array([16])}
    with pytest.raises(ValueError, match="across the empty places"):
        graphs.with_graphs(arrays)


def test_what_was_never_seen_stays_as_it_was_trained(capsys: pytest.CaptureFixture[str]) -> None:
    arrays = {f"cue_block.{name}": value for name, value in block(1).items()}
    assert np.array_equal(
        graphs.in_bytes(arrays, lambda _: None)["cue_block.graph"], graphs.with_graphs(arrays)["cue_block.graph"]
    )
    assert "cue_block never ran" in capsys.readouterr().out


@pytest.mark.parametrize(("model", "stacks"), [("reader", 4), ("events", 3)])
def test_the_package_counts_in_whole_numbers(model: str, stacks: int) -> None:
    found = [key for key in load_weights(model) if key.endswith(".graph")]
    assert len(found) == stacks
    for key in found:
        kinds = {node.op_type for node in graphs.onnx.load_from_string(load_weights(model)[key].tobytes()).graph.node}
        # The first blocks of the encoder stay exact.
        assert ({"Gemm", "QGemm"} & kinds) == ({"Gemm", "QGemm"} if key == "encoder.graph" else {"QGemm"})
