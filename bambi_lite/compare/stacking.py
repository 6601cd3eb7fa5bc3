"""Stacking weights: what ArviZ 1.3 has too, but not for every model.

``arviz_stats.compare(method="stacking")`` takes the exponential of the elpd as it is, which is zero
for densities below ``exp(-745)`` and then gives no weights, and it stops at SciPy's default
tolerance, 1e-5 away from R's loo. tests/unit/test_comparison.py fails when neither is so any more;
then this file can go.
"""

from __future__ import annotations

import numpy as np


def stacking(pointwise: np.ndarray) -> np.ndarray:
    """Weights that maximise the log score of the mixture.

    Parameters
    ----------
    pointwise : array of shape (n_obs, n_models)
        The elpd of each row.

    Notes
    -----
    A concave problem, solved by SciPy. What is added to the elpd of a row for all models alike does
    not change the weights, so that the best model of each row has the density 1 here.
    """
    from scipy.optimize import minimize

    density = np.exp(pointwise - pointwise.max(axis=1, keepdims=True))
    k = density.shape[1]

    def loss(w: np.ndarray) -> tuple[float, np.ndarray]:
        mixed = density @ w
        return -float(np.log(mixed).mean()), -(density / mixed[:, None]).mean(axis=0)

    found = minimize(
        loss,
        np.full(k, 1.0 / k),
        jac=True,
        method="SLSQP",
        bounds=[(0.0, 1.0)] * k,
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1.0, "jac": lambda w: np.ones(k)},
        options={"ftol": 1e-14, "maxiter": 1000},
    )
    weights = np.clip(found.x, 0.0, 1.0)
    return np.asarray(weights / weights.sum())
