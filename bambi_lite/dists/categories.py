"""Distributions of categories without an order, and of counts and shares over them."""

from __future__ import annotations

import numpy as np

from ..xp import Array, Namespace
from .words import POSITIVE_LINE, Vocable


def _categorical_logit(xp: Namespace, y: Array, eta: Array) -> Array:
    """Category y of 1, 2, ... with probabilities softmax(eta), whose last axis is the category."""
    return xp.pick(eta, xp.integers(y - 1.0)) - xp.logsumexp(eta)


def _random_categorical(rng: np.random.Generator, eta: Array) -> np.ndarray:
    # The largest of independent Gumbel variables shifted by eta (Luce 1959; Yellott 1977).
    gumbel = -np.log(rng.standard_exponential(np.shape(eta)))
    return np.asarray(1.0 + np.argmax(eta + gumbel, axis=-1))


WORDS = (
    Vocable(
        "categorical_logit",
        ("eta",),
        POSITIVE_LINE,
        _categorical_logit,
        prior=False,
        random=_random_categorical,
    ),
)
