"""Numbers that stand for draws: centre, spread and quantiles, with brms' names of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from numbers import Real
from typing import Any

import numpy as np

from .errors import DataError, listing

#: Makes the MAD of a normal variable its standard deviation; R's constant, to the digit.
MAD_CONSTANT = 1.4826


def flat(values: np.ndarray) -> np.ndarray:
    """Draws with one leading axis instead of (chain, draw), chain by chain."""
    chains, draws, *rest = values.shape
    return values.reshape(chains * draws, *rest)  # by their product: there may be no numbers


def estimates(values: np.ndarray, robust: bool, probs: Sequence[float]) -> np.ndarray:
    """Centre, spread and quantiles along the first axis.

    Parameters
    ----------
    values : array of shape (n_draws, ...)
        Draws, on whatever scale.
    robust : bool
        Median and MAD (times 1.4826) rather than mean and standard deviation.
    probs : sequence of float
        Probabilities of the quantiles (R's type 7, NumPy's default).

    Returns
    -------
    array of shape (2 + len(probs), ...)
    """
    # The draws of one number side by side: selecting quantiles of them is twice as fast then.
    rows = np.ascontiguousarray(np.moveaxis(values, 0, -1))
    if robust:
        centre = np.median(rows, axis=-1)
        spread = MAD_CONSTANT * np.median(np.abs(rows - centre[..., None]), axis=-1)
    else:
        centre = rows.mean(axis=-1)
        spread = rows.std(axis=-1, ddof=1) if len(values) > 1 else np.full_like(centre, np.nan)
    return np.stack([centre, spread, *np.quantile(rows, probs, axis=-1)])


def percent(prob: float) -> str:
    """``97.5`` for 0.975, without the noise of binary fractions."""
    return f"{100.0 * prob:.10g}"


def stat_names(probs: Sequence[float]) -> list[str]:
    """brms' names of what :func:`estimates` gives: Estimate, Est.Error, Q2.5, Q97.5."""
    return ["Estimate", "Est.Error", *(f"Q{percent(p)}" for p in probs)]


def _is_number(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


def check_prob(prob: Any) -> float:
    """The mass of an interval; DataError outside (0, 1)."""
    if not _is_number(prob) or not 0.0 < float(prob) < 1.0:
        raise DataError(
            f"prob = {prob!r} is no probability between 0 and 1: it is the mass of the "
            f"equal-tailed interval, by default 0.95."
        )
    return float(prob)


def check_probs(probs: Any) -> tuple[float, ...]:
    """Probabilities of quantiles, a number or several; DataError outside [0, 1]."""
    values = (probs,) if _is_number(probs) else probs
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise DataError(f"probs has to be numbers in [0, 1] such as (0.025, 0.975), not {probs!r}.")
    values = tuple(values)
    bad = [v for v in values if not _is_number(v) or not 0.0 <= float(v) <= 1.0]
    if bad:
        raise DataError(
            f"probs has to be numbers in [0, 1] such as (0.025, 0.975); it has "
            f"{listing(map(repr, bad))}."
        )
    return tuple(float(v) for v in values)
