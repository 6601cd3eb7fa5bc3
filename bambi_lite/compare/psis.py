"""Pareto-smoothed importance sampling of rows of log ratios; ArviZ smooths.

Vehtari, Simpson, Gelman, Yao and Gabry (2024), Pareto smoothed importance sampling, JMLR 25(72).
How many draws are the tail, and how relative efficiencies are estimated, is as in R's loo 2.5.1.
"""

from __future__ import annotations

import numpy as np

#: A generalized Pareto distribution is fitted to at least so many draws.
_FEWEST = 5


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

    n, total = log_lik.shape
    found = np.ones(n)
    moving = np.ptp(log_lik, axis=1) > 0.0
    if total // chains < 4 or not moving.any():
        return found
    own = log_lik[moving]
    likelihood = np.exp(own - own.max(axis=1, keepdims=True)).reshape(len(own), chains, -1)
    ratio = array_stats.ess(likelihood, chain_axis=1, draw_axis=2, method="identity", relative=True)
    found[moving] = np.where(np.isfinite(ratio), ratio, 1.0)
    return found


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
        The shape of the fitted tail, as loo 2.5.1 with its prior on it. Minus infinity where the
        tail is one single value, so that the weights are bounded as they are; infinity where there
        are too few draws to tell, or no fit.
    """
    total = log_ratios.shape[1]
    weights = log_ratios - log_ratios.max(axis=1, keepdims=True)
    k = np.full(len(weights), np.inf)
    lengths = tail_length(r_eff, total)
    for length in np.unique(lengths):
        if length < _FEWEST or length >= total:
            continue
        rows = np.flatnonzero(lengths == length)
        weights[rows], k[rows] = _smooth_tails(weights[rows], int(length))
    weights -= log_sum_exp(weights)[:, None]
    return weights, k


def _smooth_tails(weights: np.ndarray, length: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows whose tails have the same length; their largest log ratio is zero."""
    from arviz_stats.base import array_stats

    # ArviZ takes the largest fifth of what it is given for the tail when the relative efficiency is
    # small. Given the largest 5 * length draws it smooths those that R's loo smooths, and it does
    # not sort the others.
    given = min(5 * length, weights.shape[1])
    where = np.argpartition(weights, -given, axis=1)[:, -given:]
    top = np.take_along_axis(weights, where, axis=1)
    cut = np.partition(top, given - length, axis=1)[:, given - length]
    k = np.full(len(weights), -np.inf)
    rows = np.flatnonzero(np.exp(cut) < 1.0)  # else the tail is one value, zero
    if not len(rows):
        return weights, k
    smoothed, shape = array_stats.psislw(-top[rows], r_eff=1.0 / given, axis=-1)
    # ArviZ gives weights that add up to one; the smallest it was given is not in the tail.
    least = top[rows].argmin(axis=1)[:, None]
    back = np.take_along_axis(top[rows] - smoothed, least, axis=1)
    made = weights[rows]
    np.put_along_axis(made, where[rows], smoothed + back, axis=1)
    weights[rows] = np.minimum(made, 0.0)
    k[rows] = np.where(np.isnan(shape), np.inf, shape)
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
