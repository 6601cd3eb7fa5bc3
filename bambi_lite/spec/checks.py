"""What the data cannot tell: warnings about models that brms fits and a person should know of."""

from __future__ import annotations

import numpy as np

from ..design import GroupDesign, PredictorDesign
from ..errors import DataWarning, listing, warn
from .model import ModelSpec


def _warn(message: str) -> None:
    warn(message, DataWarning)


def warn_about(spec: ModelSpec) -> None:
    """Warn of what the data of a model cannot tell.

    Warns
    -----
    DataWarning
        For a constant response, grouping factors with one level or a level per row, slopes that
        cannot vary within a group, and coefficients without a proper posterior.
    """
    design, y = spec.design, spec.response.y
    if design.n_obs > 1 and (y == y[0]).all() and not spec.response.extra and not spec.seen:
        _warn(
            f"Response '{spec.response_name}' has the same value in all {design.n_obs} rows: "
            f"these data cannot tell how it varies."
        )
    residual = any(d.name == "sigma" and d.fixed is None for d in spec.family.dpars)
    for predictor in design.predictors:
        for group in predictor.groups:
            if not group.gtype:
                _warn_about_group(predictor, group, design.n_obs, residual)
    _warn_about_separation(spec)


def _warn_about_group(
    predictor: PredictorDesign, group: GroupDesign, n_obs: int, residual: bool
) -> None:
    if len(group.levels) == 1:
        _warn(
            f"Grouping factor '{group.group}' has one level ('{group.levels[0]}'): its standard "
            f"deviation cannot be estimated and keeps its prior."
        )
        return
    if residual and predictor.dpar == "mu" and len(group.levels) == n_obs:
        _warn(
            f"Grouping factor '{group.group}' has a level per row ({n_obs}): its effects cannot "
            f"be told from the residual 'sigma'."
        )
    counts = np.bincount(group.J, minlength=len(group.levels))
    for k, coef in enumerate(group.coefs):
        z = group.Z[:, k]
        if coef == "Intercept" or np.ptp(z) == 0.0:
            continue
        means = np.bincount(group.J, weights=z, minlength=len(group.levels)) / counts
        if np.allclose(z, means[group.J], rtol=0.0, atol=1e-12 * max(1.0, np.abs(z).max())):
            _warn(
                f"'{coef}' is constant within every level of '{group.group}', so its slope cannot "
                f"vary by '{group.group}': the data do not tell its standard deviation. Leave it "
                f"out of the group-level term, for example (1 | {group.group})."
            )


def _warn_about_separation(spec: ModelSpec) -> None:
    """Flat priors on indicator columns whose rows are all failures or all successes.

    The likelihood then grows without end along the coefficient and the posterior is not proper.
    """
    two = spec.family.latent_variance and not spec.family.thresholds
    if not two or "b" not in spec.priors:
        return
    mu = next(p for p in spec.design.predictors if p.dpar == "mu")
    if mu.intercept or mu.groups:
        return
    flat = [
        prior.said is None and prior.lb is None and prior.ub is None for prior in spec.priors["b"]
    ]
    trials = spec.response.extra.get("trials", np.ones(spec.design.n_obs))
    named = []
    for coef, is_flat, column in zip(mu.columns, flat, mu.X.T, strict=True):
        rows = column != 0.0
        alone = np.count_nonzero(mu.X[rows], axis=1).max(initial=0) == 1
        successes = spec.response.y[rows].sum()
        if is_flat and alone and successes in (0.0, trials[rows].sum()):
            named.append(coef)
    if named:
        _warn(
            f"No proper posterior for {listing(named, 30)}: all of its rows are failures, or all "
            f"successes, and its prior is flat. Give class 'b' a proper prior, for example "
            f"bl.prior('normal(0, 1.5)', class_='b'), or let the groups inform each other: "
            f"(1 | group)."
        )
