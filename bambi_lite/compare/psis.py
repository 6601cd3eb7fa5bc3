"""Pareto-smoothed importance sampling of many rows of log ratios; ArviZ does it.

Vehtari, Simpson, Gelman, Yao and Gabry (2024), Pareto smoothed importance sampling, JMLR 25(72).
What is done here is what R's loo 2.5.1 does otherwise: each row has a relative efficiency of its
own, and the length of its tail is rounded up.
"""

from __future__ import annotations

import numpy as np

#: A generalized Pareto distribution is fitted to at least so many draws.
_FEWEST = 5
#: Effective draws are not told below so many draws a chain.
_FEWEST_DRAWS = 4


def relative_efficiency(log_lik: np.ndarray, chains: int) -> np.ndarray:
    """Effective draws of the likelihood of each row, per draw.

    Parameters
    ----------
    log_lik : array of shape (rows, chains * draws)
        Chain after chain.
    chains : int
        How many chains these are.

    Returns
    -------
    array of shape (rows,)
        Of the likelihood, not its logarithm, from chains that are not split, as R's loo does; 1
        for a likelihood that no draw changes, and for fewer than four draws a chain.
    """
    from arviz_stats.base import array_stats

    n = log_lik.shape[1] // chains
    if n < _FEWEST_DRAWS:
        return np.ones(len(log_lik))
    likelihood = np.exp(log_lik - log_lik.max(axis=1, keepdims=True)).reshape(-1, chains, n)
    with np.errstate(all="ignore"):
        found = array_stats.ess(
            likelihood, chain_axis=1, draw_axis=2, method="identity", relative=True
        )
    varies = np.ptp(log_lik, axis=1) > np.finfo(float).resolution
    return np.where(varies & np.isfinite(found), found, 1.0)


def tail_length(r_eff: np.ndarray, total: int) -> np.ndarray:
    """How many of the `total` draws are the tail that is smoothed."""
    return np.ceil(np.minimum(0.2 * total, 3.0 * np.sqrt(total / r_eff))).astype(int)


def smooth(log_ratios: np.ndarray, r_eff: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Smooth the largest importance ratios of each row.

    Parameters
    ----------
    log_ratios : array of shape (rows, draws)
        Logarithms of importance ratios, up to a constant of each row.
    r_eff : array of shape (rows,)
        See :func:`relative_efficiency`.

    Returns
    -------
    log_weights : array of shape (rows, draws)
        Logarithms of the smoothed weights, which add up to one in each row.
    k : array of shape (rows,)
        The shape of the fitted tail. Minus infinity where the tail is one single value, so that the
        weights are bounded as they are; infinity where there are too few draws to tell, or no fit.
    """
    from arviz_stats.base import array_stats

    weights = log_ratios - log_ratios.max(axis=1, keepdims=True)
    total = weights.shape[1]
    lengths = tail_length(r_eff, total)
    k = np.full(len(weights), np.inf)
    # ArviZ refuses a tail of one value and one that is too short.
    single = np.count_nonzero(weights == 0.0, axis=1) >= lengths
    k[single] = -np.inf
    fitted = ~single & (lengths >= _FEWEST) & (lengths < total)
    weights[~fitted] -= log_sum_exp(weights[~fitted])[:, None]
    for length in np.unique(lengths[fitted]):
        rows = np.flatnonzero(fitted & (lengths == length))
        # ArviZ rounds down: with this efficiency it comes to the same length.
        even = total / ((length + 0.5) / 3.0) ** 2
        with np.errstate(all="ignore"):
            weights[rows], found = array_stats.psislw(-weights[rows], r_eff=even, axis=-1)
        k[rows] = np.where(np.isnan(found), np.inf, found)
    return weights, k


def log_sum_exp(values: np.ndarray) -> np.ndarray:
    """``log(sum(exp(values)))`` over the last axis."""
    top = values.max(axis=-1, keepdims=True)
    top = np.where(np.isfinite(top), top, 0.0)
    with np.errstate(divide="ignore"):
        total: np.ndarray = np.log(np.sum(np.exp(values - top), axis=-1)) + top[..., 0]
    return total


def log_mean_exp(values: np.ndarray) -> np.ndarray:
    """``log(mean(exp(values)))`` over the last axis."""
    return np.asarray(log_sum_exp(values) - np.log(values.shape[-1]))
