"""Pareto-smoothed importance sampling of many rows of log ratios at once.

Vehtari, Simpson, Gelman, Yao and Gabry (2024), Pareto smoothed importance sampling, JMLR 25(72).
How many draws are the tail, and how relative efficiencies are estimated, is as in R's loo 2.5.1.
"""

from __future__ import annotations

import numpy as np

#: A generalized Pareto distribution is fitted to at least so many draws.
_FEWEST = 5
#: Effective draws are not told below so many draws a chain.
_FEWEST_DRAWS = 4
#: The prior of its shape: how many draws it is worth, and what they say.
_PRIOR_N, _PRIOR_K = 10.0, 0.5


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

    Notes
    -----
    Geyer's initial monotone sequence (Geyer 1992, Statistical Science 7:473-483), as in R's loo
    2.5.1. ArviZ' ``ess(method="identity")`` is the same for one row.
    """
    from scipy.fft import irfft, next_fast_len, rfft

    total = log_lik.shape[1]
    n = total // chains
    if n < _FEWEST_DRAWS:
        return np.ones(len(log_lik))
    likelihood = np.exp(log_lik - log_lik.max(axis=1, keepdims=True)).reshape(-1, chains, n)
    means = likelihood.mean(axis=2)
    likelihood -= means[..., None]
    size = next_fast_len(2 * n, real=True)
    power = np.abs(rfft(likelihood, size, axis=2, overwrite_x=True)) ** 2
    # The mean over the chains of their autocovariances, by lag.
    covariance = irfft(power.mean(axis=1), size, axis=1)[:, :n] / n
    within = covariance[:, :1] * n / (n - 1.0)
    between = means.var(axis=1, ddof=1, keepdims=True) if chains > 1 else 0.0
    total_variance = covariance[:, :1] + between
    with np.errstate(all="ignore"):
        rho = 1.0 - (within - covariance) / total_variance
        rho[:, 0] = 1.0
        tau = np.maximum(_geyer(rho), 1.0 / np.log10(total))
    varies = np.ptp(log_lik, axis=1) > np.finfo(float).resolution
    return np.where(varies & np.isfinite(tau), 1.0 / tau, 1.0)


def _geyer(rho: np.ndarray) -> np.ndarray:
    """The sum of autocorrelations, twice but for lag 0, as far as it can be estimated."""
    n = rho.shape[1]
    last = max(0, (n - 2) // 2 - 1)  # the last pair of lags that is looked at
    even = rho[:, : 2 * last + 1 : 2]
    pairs = even + rho[:, 1 : 2 * last + 2 : 2]
    ended = pairs <= 0.0
    end = np.where(ended.any(axis=1), ended.argmax(axis=1), last)[:, None]
    falling = np.minimum.accumulate(pairs, axis=1)
    used = np.sum(falling, axis=1, where=np.arange(last + 1) < end)
    final = np.take_along_axis(even, end, axis=1)[:, 0]
    kept = (final > 0.0) | (np.take_along_axis(pairs, end, axis=1)[:, 0] >= 0.0)
    tau: np.ndarray = -1.0 + 2.0 * used + np.where(kept, final, 0.0)
    return tau


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
        The shape of the fitted tail, with the prior on it of loo 2.5.1. Minus infinity where the
        tail is one single value, so that the weights are bounded as they are; infinity where there
        are too few draws to tell, or no fit.

    Notes
    -----
    ArviZ' ``psislw`` smooths a row at a time, with one tail length for all rows; a test holds the
    two to the same numbers. Many rows at once take a quarter of the time.
    """
    total = log_ratios.shape[1]
    weights = log_ratios - log_ratios.max(axis=1, keepdims=True)
    k = np.full(len(weights), np.inf)
    lengths = tail_length(r_eff, total)
    longest = int(lengths.max())
    if longest >= _FEWEST and longest < total:
        # The tails of all rows, each after the largest draw that is not in it.
        where = np.argpartition(weights, -longest - 1, axis=1)[:, -longest - 1 :]
        top = np.take_along_axis(weights, where, axis=1)
        order = np.argsort(top, axis=1)
        top = np.take_along_axis(top, order, axis=1)
        for length in np.unique(lengths[lengths >= _FEWEST]):
            rows = np.flatnonzero(lengths == length)
            top[rows, -length:], k[rows] = _smooth_tails(top[rows, -length - 1 :])
        np.put_along_axis(weights, np.take_along_axis(where, order, axis=1), top, axis=1)
    weights -= log_sum_exp(weights)[:, None]
    return weights, k


def _smooth_tails(top: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Smoothed tails of the same length, and their shapes.

    `top` has the log ratios of the tail in order, before them the largest one below it; the largest
    of all is zero.
    """
    tail = top[:, 1:]
    cut = np.exp(top[:, :1])
    excess = np.exp(tail) - cut
    k, sigma = fit_pareto(excess)
    # Order statistics of the fitted distribution stand for the ratios.
    length = tail.shape[1]
    log_survival = np.log1p(-(np.arange(1, length + 1) - 0.5) / length)
    with np.errstate(all="ignore"):
        shape = np.where(k == 0.0, np.finfo(float).tiny, k)[:, None]
        smoothed = np.log(cut + sigma[:, None] * np.expm1(-shape * log_survival) / shape)
    fitted = np.isfinite(k) & np.isfinite(sigma)
    made = np.where(fitted[:, None], np.minimum(smoothed, 0.0), tail)
    single = tail[:, 0] == 0.0
    return np.where(single[:, None], tail, made), np.where(single, -np.inf, k)


def fit_pareto(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Shape and scale of generalized Pareto distributions, with loo's prior on the shape.

    Parameters
    ----------
    x : array of shape (rows, n)
        Excesses over a threshold, each row in order.

    Returns
    -------
    k, sigma : arrays of shape (rows,)
        Infinity and NaN where there is no fit.

    Notes
    -----
    Zhang and Stephens (2009), Technometrics 51:316-325; the prior is worth ten excesses with a
    shape of 0.5 (Vehtari et al. 2024, appendix G).
    """
    n = x.shape[1]
    m = 30 + int(np.sqrt(n))
    quartile = x[:, int(n / 4 + 0.5) - 1]
    with np.errstate(all="ignore"):
        grid = (1.0 - np.sqrt(m / (np.arange(1, m + 1) - 0.5))) / 3.0
        theta = 1.0 / x[:, -1:] + grid / quartile[:, None]
        shape = np.stack([np.log1p(-t[:, None] * x).mean(axis=1) for t in theta.T], axis=1)
        profile = n * (np.log(-theta / shape) - shape - 1.0)
        weight = np.exp(profile - log_sum_exp(profile)[:, None])
        mean = np.sum(theta * weight, axis=1)
        k = np.log1p(-mean[:, None] * x).mean(axis=1)
        sigma = -k / mean
        k = (n * k + _PRIOR_N * _PRIOR_K) / (n + _PRIOR_N)
    return np.where(np.isnan(k), np.inf, k), sigma


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
