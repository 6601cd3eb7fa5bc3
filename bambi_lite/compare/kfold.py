"""K-fold cross-validation, and exact leave-one-out for single rows: by fitting again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from ..draws import Draws
from ..errors import DataError, listing
from ..spec import ModelSpec
from .blocks import check_threshold, fingerprint, log_lik_rows
from .folds import group_labels, make_folds
from .importance import assemble_loo
from .psis import log_mean_exp
from .refit import absent_levels, refit_all, refit_settings, resample_levels
from .result import COLUMNS, Elpd

_JOINT = ("obs", "fold", "group")
_NEW_LEVELS = ("uncertainty", "gaussian")


def kfold(
    draws: Draws,
    K: int = 10,
    folds: Any = None,
    group: Any = None,
    *,
    Ksub: Any = None,
    joint: str | bool = False,
    sample_new_levels: str = "uncertainty",
    save_fits: bool = False,
    seed: int | None = None,
    progress: bool = True,
    **sampling: Any,
) -> Elpd:
    """K-fold cross-validation, as brms' ``kfold``.

    The model is compiled once. Each refit has the priors, columns and levels of the fit; predictors
    stay centred at the means of all rows.

    Parameters
    ----------
    draws : Draws
        Of the fit.
    K, folds, group
        See :func:`bambi_lite.compare.folds.make_folds`. With `group` alone each group is a fold.
    Ksub : int or sequence of int, optional
        Only some of the folds: so many chosen at random, or these (from 1).
    joint : "obs", "fold" or "group"
        Whether a row, a fold, or a group within a fold has a density of its own; False is "obs".
    sample_new_levels : "uncertainty" or "gaussian"
        Effects of groups that a fold leaves out altogether: in each draw those of a random other
        group (brms' default), or draws from their fitted distribution.
    save_fits : bool
        Whether the draws of the refits are kept, as ``result.fits``.
    seed : int, optional
        Of the folds and of the refits.
    progress : bool
        Whether a progress bar counts the refits.
    **sampling
        chains, iter, warmup, thin, cores, adapt_delta, max_treedepth, backend of the refits; as the
        fit was sampled by default. Refits run at the same time where there are more cores than
        chains; by default `cores` is what the machine has.

    Returns
    -------
    Elpd
        Pointwise elpd_kfold, p_kfold, kfoldic.

    Raises
    ------
    DataError
        For folds that cannot be made, and for folds that leave nothing to tell a coefficient.
    TypeError
        For an unknown keyword.

    Notes
    -----
    Vehtari, Gelman and Gabry (2017), Statistics and Computing 27:1413-1432, section 2.3.
    """
    spec = draws.spec
    how = _check_joint(joint, group)
    if sample_new_levels not in _NEW_LEVELS:
        raise DataError(
            f"sample_new_levels has to be one of {listing(_NEW_LEVELS)}, not {sample_new_levels!r}."
        )
    settings = refit_settings(draws.settings, {**sampling, "seed": seed})
    chosen = make_folds(spec, K, folds, group, seed)
    used = _subset(chosen, Ksub, seed)
    held = [np.flatnonzero(chosen == k) for k in used]
    kept = {k: np.flatnonzero(chosen != k) for k in used}

    def use(i: int, again: Draws) -> tuple[np.ndarray, Draws | None]:
        own = again
        if sample_new_levels == "uncertainty":
            own = _resampled(again, spec, kept[used[i]], settings.seed + used[i])
        return log_lik_rows(replace(own, spec=spec), held[i]), again if save_fits else None

    found = refit_all(spec, kept, settings, [f"Fold {k}" for k in used], use, progress)
    groups = group_labels(spec, group) if how == "group" else None
    parts = [
        _joined(values, rows, k, how, groups)
        for (values, _), rows, k in zip(found, held, used, strict=True)
    ]
    elpd = np.concatenate([log_mean_exp(values) for values, _ in parts])
    labels = np.concatenate([names for _, names in parts])
    lpd = np.concatenate(
        [
            log_mean_exp(_joined(log_lik_rows(draws, rows), rows, k, how, groups)[0])
            for rows, k in zip(held, used, strict=True)
        ]
    )
    if how == "obs":
        order = np.argsort(labels, kind="stable")
        elpd, lpd, labels = elpd[order], lpd[order], spec.design.rows[labels[order]]
    columns = dict(zip(COLUMNS["kfold"], (elpd, lpd - elpd, -2.0 * elpd), strict=True))
    sizes = draws.posterior.sizes
    return Elpd(
        kind="kfold",
        pointwise=pd.DataFrame(columns, index=pd.Index(labels, name=how)),
        n_draws=int(sizes["chain"] * sizes["draw"]),
        data=fingerprint(spec),
        joint=how,
        folds=np.where(np.isin(chosen, used), chosen, 0),
        fits=tuple(again for _, again in found) if save_fits else (),
    )


def _resampled(again: Draws, spec: ModelSpec, kept: np.ndarray, seed: int) -> Draws:
    """Draws of a refit, where groups without rows have the effects of others."""
    return resample_levels(again, absent_levels(spec, kept), np.random.default_rng(seed))


def _check_joint(joint: Any, group: Any) -> str:
    how = "obs" if joint is False else "fold" if joint is True else joint
    if how not in _JOINT:
        raise DataError(f"joint has to be one of {listing(_JOINT)}, not {joint!r}.")
    if how == "group" and group is None:
        raise DataError("joint = 'group' needs group = ..., which says what the groups are.")
    return str(how)


def _subset(folds: np.ndarray, Ksub: Any, seed: int | None) -> list[int]:
    """The folds that are left out one after another."""
    known = np.unique(folds)
    if Ksub is None:
        return [int(k) for k in known]
    if isinstance(Ksub, int) and not isinstance(Ksub, bool):
        if not 1 <= Ksub <= len(known):
            raise DataError(f"Ksub = {Ksub} of {len(known)} folds: it has to be 1 to {len(known)}.")
        rng = np.random.default_rng(seed)
        return sorted(int(k) for k in rng.choice(known, Ksub, replace=False))
    asked = np.unique(np.asarray(Ksub))
    if unknown := [k for k in asked if k not in known]:
        raise DataError(f"Ksub names fold(s) {listing(unknown)}; folds are 1 to {len(known)}.")
    return [int(k) for k in asked]


def _joined(
    values: np.ndarray, rows: np.ndarray, fold: int, how: str, groups: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    """Log densities of what is joint, shape (parts, draws), and what each is called."""
    if how == "obs":
        return values, rows
    if how == "fold":
        return values.sum(axis=0, keepdims=True), np.array([fold])
    assert groups is not None
    found = np.unique(groups[rows])
    return np.stack([values[groups[rows] == g].sum(axis=0) for g in found]), found


def reloo(
    draws: Draws,
    result: Elpd,
    k_threshold: float = 0.7,
    *,
    seed: int | None = None,
    progress: bool = True,
    **sampling: Any,
) -> Elpd:
    """Leave out one by one, by exact refits, the rows whose Pareto k is above a threshold.

    Parameters
    ----------
    draws : Draws
        Of the fit.
    result : Elpd
        Of loo, for the same fit.
    k_threshold : float
        Rows above it are fitted without.
    seed, progress, sampling
        See :func:`kfold`.

    Returns
    -------
    Elpd
        Their elpd_loo is exact but for the draws, and their pareto_k is 0, as in brms;
        influence_pareto_k stays as it was.

    Raises
    ------
    DataError
        For a result of another kind or another fit.
    """
    limit = check_threshold(k_threshold)
    spec = draws.spec
    if result.kind != "loo" or result.data != fingerprint(spec):
        raise DataError("reloo needs the loo result of the same fit: fit.loo(reloo = True).")
    settings = refit_settings(draws.settings, {**sampling, "seed": seed})
    rows = np.flatnonzero(result.pareto_k.to_numpy() > limit)
    if not len(rows):
        return result
    kept = {int(i): np.delete(np.arange(spec.design.n_obs), i) for i in rows}

    def use(i: int, again: Draws) -> float:
        own = _resampled(again, spec, kept[int(rows[i])], settings.seed + int(rows[i]))
        return float(log_mean_exp(log_lik_rows(replace(own, spec=spec), rows[i : i + 1]))[0])

    names = [f"The fit without row {label}" for label in spec.design.rows[rows]]
    exact = refit_all(spec, kept, settings, names, use, progress)
    return replaced(draws, result, rows, {"elpd": np.array(exact), "k": np.zeros(len(rows))})


def replaced(draws: Draws, result: Elpd, rows: np.ndarray, new: Mapping[str, np.ndarray]) -> Elpd:
    """A loo result with other numbers in some of its rows."""
    assert result.diagnostics is not None
    table, diagnostics = result.pointwise, result.diagnostics
    found = {
        "elpd": table["elpd_loo"].to_numpy(),
        "mcse": table["mcse_elpd_loo"].to_numpy(),
        "lpd": (table["elpd_loo"] + table["p_loo"]).to_numpy(),
        "k": diagnostics["pareto_k"].to_numpy(),
        "n_eff": diagnostics["n_eff"].to_numpy(),
        "r_eff": diagnostics["r_eff"].to_numpy(),
    }
    before = table["influence_pareto_k"].to_numpy()
    unknown = np.full(len(rows), np.nan)
    new = {"mcse": unknown, "n_eff": unknown, **new}
    for name, values in new.items():
        found[name] = found[name].copy()
        found[name][rows] = values
    return assemble_loo(draws, found, before)
