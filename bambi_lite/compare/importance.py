"""Leave-one-out cross-validation of every row by importance sampling."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from ..draws import Draws
from .blocks import fingerprint, possible_blocks
from .psis import log_mean_exp, log_sum_exp, relative_efficiency, smooth
from .result import Elpd

#: How many order statistics of a normal variable stand for its distribution.
_ORDER_STATISTICS = 1000
#: Bytes of log-likelihood that are looked at together; measured to be fastest.
_BYTES = 2**24


def psis_loo(draws: Draws) -> Elpd:
    """Leave-one-out elpd by Pareto-smoothed importance sampling, as R's loo 2.5.1 computes it.

    Parameters
    ----------
    draws : Draws
        Of the fit. The log-likelihood is that of the sampled model: weights, censoring and
        truncation included.

    Returns
    -------
    Elpd
        Nothing is held of the log-likelihood but a block of rows at a time.

    Raises
    ------
    DataError
        Where the log-likelihood is no finite number.

    Notes
    -----
    Vehtari, Gelman and Gabry (2017), Statistics and Computing 27:1413-1432.
    """
    chains = draws.posterior.sizes["chain"]
    step = max(1, _BYTES // (8 * chains * draws.posterior.sizes["draw"]))
    parts = [
        _psis_block(values[i : i + step], chains)
        for _, values in possible_blocks(draws)
        for i in range(0, len(values), step)
    ]
    found = {name: np.concatenate([p[name] for p in parts]) for name in parts[0]}
    return assemble_loo(draws, found)


def _psis_block(log_lik: np.ndarray, chains: int) -> dict[str, np.ndarray]:
    """Everything about the rows of a block."""
    r_eff = relative_efficiency(log_lik, chains)
    log_weights, k = smooth(-log_lik, r_eff)
    elpd = log_sum_exp(log_weights + log_lik)
    weights = np.exp(log_weights)
    # The share of each draw in the estimate; its standard error is relative to the estimate, so
    # that nothing underflows. Vehtari et al. (2024), equation (6).
    share = np.exp(log_weights + log_lik - elpd[:, None])
    spread = np.sqrt(np.sum((share - weights) ** 2, axis=1))
    return {
        "elpd": elpd,
        "mcse": np.sqrt(_log_variance(spread) / r_eff),
        "lpd": log_mean_exp(log_lik),
        "k": k,
        "n_eff": r_eff / np.sum(weights**2, axis=1),
        "r_eff": r_eff,
    }


@cache
def _normal_scores() -> np.ndarray:
    from scipy.special import ndtri

    ranks = np.arange(1, _ORDER_STATISTICS + 1)
    # Blom's (1958) plotting positions.
    scores: np.ndarray = ndtri((ranks - 0.375) / (_ORDER_STATISTICS + 0.25))
    return scores


def _log_variance(spread: np.ndarray) -> np.ndarray:
    """The variance of the logarithm of a normal variable with mean 1, where it is positive."""
    values = 1.0 + spread[:, None] * _normal_scores()
    logs = np.log(values, where=values > 0.0, out=np.full_like(values, np.nan))
    found: np.ndarray = np.nanvar(logs, axis=1, ddof=1)
    return found


def assemble_loo(draws: Draws, found: dict[str, np.ndarray], k_before: Any = None) -> Elpd:
    """The result of leave-one-out cross-validation from its numbers by row.

    Parameters
    ----------
    draws : Draws
        Of the fit.
    found : dict
        elpd, mcse, lpd, k, n_eff, r_eff.
    k_before : array, optional
        Pareto k as it was for the draws of the fit, where rows were looked at again.
    """
    index = pd.Index(draws.spec.design.rows, name="obs")
    pointwise = pd.DataFrame(
        {
            "elpd_loo": found["elpd"],
            "mcse_elpd_loo": found["mcse"],
            "p_loo": found["lpd"] - found["elpd"],
            "looic": -2.0 * found["elpd"],
            "influence_pareto_k": found["k"] if k_before is None else k_before,
        },
        index=index,
    )
    diagnostics = pd.DataFrame(
        {"pareto_k": found["k"], "n_eff": found["n_eff"], "r_eff": found["r_eff"]}, index=index
    )
    sizes = draws.posterior.sizes
    total = int(sizes["chain"] * sizes["draw"])
    return Elpd("loo", pointwise, total, fingerprint(draws.spec), diagnostics)
