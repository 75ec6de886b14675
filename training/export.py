"""Trained nets as the arrays that ujar.learned reads: half precision, word vectors in one byte a number."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

if TYPE_CHECKING:
    from torch import nn

    from crf import Chain
    from nets import Encoder, Vocabulary

MODELS = Path(__file__).parents[1] / "src" / "ujar" / "learned" / "models"
Arrays = dict[str, np.ndarray]


def save(path: Path, arrays: Arrays) -> None:
    """Write arrays so that the same arrays always give the same bytes (no dates in the archive)."""
    import io
    import zipfile

    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for key in sorted(arrays):
            buffer = io.BytesIO()
            np.save(buffer, arrays[key], allow_pickle=False)
            archive.writestr(
                zipfile.ZipInfo(f"{key}.npy", (1980, 1, 1, 0, 0, 0)), buffer.getvalue(), zipfile.ZIP_DEFLATED
            )


def half(tensor: torch.Tensor) -> np.ndarray:
    """A tensor in half precision, scores of what is impossible kept finite."""
    return tensor.detach().float().clamp(-3e4, 3e4).numpy().astype(np.float16)


def bytes_of(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A matrix as int8 with one scale a row."""
    scale = np.maximum(np.abs(matrix).max(1), 1e-8) / 127
    return np.round(matrix / scale[:, None]).astype(np.int8), scale.astype(np.float32)


@torch.no_grad()
def vectors(encoder: Encoder, vocabulary: Vocabulary) -> Arrays:
    """The word vectors: rows of known words (their n-grams included) and of n-gram buckets."""
    words = list(vocabulary.rows)
    merged = encoder.vectors(*vocabulary.bags(words).select(np.arange(len(words)))).numpy()
    rows, row_scales = bytes_of(merged)
    grams, gram_scales = bytes_of(encoder.gram.weight.numpy())
    return {
        "words": np.frombuffer("\x00".join(words).encode(), dtype=np.uint8),
        "rows": rows,
        "row_scales": row_scales,
        "grams": grams,
        "gram_scales": gram_scales,
    }


def norm_arrays(prefix: str, layer: nn.LayerNorm) -> Arrays:
    """A normalisation."""
    return {f"{prefix}.weight": half(layer.weight), f"{prefix}.bias": half(layer.bias)}


def linear_arrays(prefix: str, layer: nn.Linear) -> Arrays:
    """An affine map, as (in, out)."""
    return {f"{prefix}.weight": half(layer.weight.T), f"{prefix}.bias": half(layer.bias)}


def block_arrays(prefix: str, block: nn.Module) -> Arrays:
    """A block; the kernel as (3 * in, out)."""
    kernel = block.conv.weight
    return {
        **norm_arrays(f"{prefix}.norm", block.norm),
        f"{prefix}.conv.weight": half(kernel.permute(2, 1, 0).reshape(-1, kernel.shape[0])),
        f"{prefix}.conv.bias": half(block.conv.bias),
        **linear_arrays(f"{prefix}.mix", block.mix),
    }


def encoder_arrays(encoder: Encoder) -> Arrays:
    """A fine-tuned encoder without its word vectors, which all models share."""
    out: Arrays = {
        "encoder.form": half(encoder.form.weight),
        **norm_arrays("encoder.norm", encoder.norm),
        "dilations": np.array(encoder.shape.dilations, dtype=np.int8),
    }
    for number, block in enumerate(encoder.blocks):
        out |= block_arrays(f"encoder.blocks.{number}", block)
    return out


def chain_arrays(prefix: str, chain: Chain) -> Arrays:
    """A chain with the impossible steps folded in."""
    steps, first = chain.scores()
    return {f"{prefix}.steps": half(steps), f"{prefix}.first": half(first)}
