"""How much draws speak for a hypothesis."""

from __future__ import annotations

import numpy as np

#: Draws times points of a density that are held at a time.
_CELLS = 2**22


def evidence_ratio(draws: np.ndarray, sign: str, prior: np.ndarray | None) -> float:
    """Evidence for a difference with zero, as brms' ``Evid.Ratio``.

    Parameters
    ----------
    draws : array of shape (draws,)
        Posterior draws of left minus right.
    sign : str
        ``<`` or ``>``: the posterior odds. ``=``: the posterior over the prior density at zero
        (Savage-Dickey), the Bayes factor against an unequal alternative.
    prior : array or None
        Prior draws of the same; None where there are none.

    Returns
    -------
    float
        NaN for ``=`` without a prior; infinity when all draws speak for it.
    """
    if sign == "=":
        if prior is None:
            return float("nan")
        at = np.zeros(1)
        return float(density(draws, at)[0] / density(prior, at)[0])
    agree = int((draws < 0.0).sum() if sign == "<" else (draws > 0.0).sum())
    return agree / (len(draws) - agree) if agree < len(draws) else float("inf")


def density(draws: np.ndarray, at: np.ndarray) -> np.ndarray:
    """A Gaussian kernel density with R's default bandwidth.

    Parameters
    ----------
    draws : array of shape (draws,)
        What it is the density of.
    at : array
        Where.

    Notes
    -----
    R evaluates the same density on a grid; here it is exact. Bandwidth: Silverman (1986), equation
    3.31 (``bw.nrd0``).
    """
    n = len(draws)
    low, high = np.quantile(draws, (0.25, 0.75))
    spread = min(np.std(draws, ddof=1), (high - low) / 1.34)
    width = 0.9 * (spread or np.std(draws, ddof=1) or 1.0) * n**-0.2
    step = max(1, _CELLS // n)
    parts = [
        np.exp(-0.5 * ((at[i : i + step, None] - draws) / width) ** 2).sum(axis=1)
        for i in range(0, len(at), step)
    ]
    found: np.ndarray = np.concatenate(parts) / (n * width * np.sqrt(2.0 * np.pi))
    return found
