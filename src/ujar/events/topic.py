"""Whether an article is about political actors at all: sport, recipes and vacancies have words of conflict, too."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ujar.learned.weights import load_weights

if TYPE_CHECKING:
    import numpy as np

# Articles that are less probably political have no events. At 0.25 two political articles in a hundred are lost, of those
# without events two in three, of sport and entertainment five in six (``training/topic.py --check``).
POLITICAL = 0.25


def political_chance(lower: np.ndarray) -> float:
    """How probable it is that an article tells of political events, 0 to 1.

    A logistic regression over the mean of its tokens' states after the lower blocks of the encoder, (tokens, width).
    """
    if not len(lower):
        return 0.0
    arrays = load_weights("topic")
    score = float(lower.mean(0) @ arrays["weight"] + arrays["bias"][0])
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))
