"""Moment matching: draws moved to where a left-out row would have them; ArviZ moves them."""

from __future__ import annotations

import warnings

import numpy as np
import xarray as xr

from ..draws import Draws
from ..errors import DataError
from .blocks import check_threshold, fingerprint, log_lik_rows
from .kfold import replaced
from .psis import smooth
from .result import Elpd
from .unconstrained import free_model

_SAMPLE = ("chain", "draw")


def loo_moment_match(
    draws: Draws,
    result: Elpd,
    k_threshold: float = 0.7,
    *,
    max_iters: int = 30,
    split: bool = True,
    cov: bool = True,
) -> Elpd:
    """Better importance sampling for the rows whose Pareto k is above a threshold.

    Parameters
    ----------
    draws : Draws
        Of the fit.
    result : Elpd
        Of loo, for the same fit.
    k_threshold : float
        Which rows.
    max_iters : int
        Rounds of moving the draws, at most.
    split : bool
        Whether half of the draws stay where they are.
    cov : bool
        Whether covariances are matched too, where there are ten draws for each parameter.

    Returns
    -------
    Elpd
        With the new elpd_loo, pareto_k and n_eff of these rows; influence_pareto_k as it was, and
        no mcse_elpd_loo for them.

    Raises
    ------
    DataError
        For a result of another kind or another fit.
    SamplingError
        For models whose parameters cannot be told from the draws that are kept.

    Notes
    -----
    Paananen, Piironen, Buerkner and Vehtari (2021), Implicitly adaptive importance sampling,
    Statistics and Computing 31:16.
    """
    import arviz_stats as azs

    limit = check_threshold(k_threshold)
    if result.kind != "loo" or result.data != fingerprint(draws.spec):
        raise DataError(
            "loo_moment_match needs the loo result of the same fit: fit.loo(moment_match = True)."
        )
    k = result.pareto_k.to_numpy()
    rows = np.flatnonzero(k > limit)
    if not len(rows):
        return result
    assert result.diagnostics is not None
    chains, n = draws.posterior.sizes["chain"], draws.posterior.sizes["draw"]
    model = free_model(draws.spec, chains * n)

    def array(values: np.ndarray, *dims: str) -> xr.DataArray:
        return xr.DataArray(values.reshape(*values.shape[:-1], chains, n), dims=(*dims, *_SAMPLE))

    def flat(free: xr.DataArray) -> np.ndarray:
        values = free.transpose(*_SAMPLE, "parameter").values
        return values.reshape(-1, values.shape[-1])

    log_lik = log_lik_rows(draws, rows)
    r_eff = result.diagnostics["r_eff"].to_numpy()[rows]
    groups = {
        "posterior": draws.posterior,
        "log_likelihood": xr.Dataset({"y": array(log_lik, "obs")}),
    }
    start = azs.utils.ELPDDataLOO(
        elpd=float(result.elpd[rows].sum()),
        se=0.0,
        p=0.0,
        n_samples=chains * n,
        n_data_points=len(rows),
        scale="log",
        warning=True,
        good_k=limit,
        elpd_i=xr.DataArray(result.elpd[rows], dims="obs"),
        pareto_k=xr.DataArray(k[rows], dims="obs"),
        log_weights=array(smooth(-log_lik, r_eff)[0], "obs"),
    )
    with warnings.catch_warnings():
        # What is left above the threshold is told by the result itself.
        warnings.simplefilter("ignore")
        matched = azs.loo_moment_match(
            xr.DataTree.from_dict(groups),
            start,
            log_prob_upars_fn=lambda free: array(model.log_density(flat(free))),
            log_lik_i_upars_fn=lambda free, i: array(model.log_lik(flat(free), int(rows[i]))),
            upars=array(model.free(draws).T, "parameter"),
            var_name="y",
            reff=float(r_eff.mean()),
            max_iters=max_iters,
            k_threshold=limit,
            split=split,
            cov=cov,
            pointwise=True,
        )
    new = {"elpd": matched.elpd_i.values, "k": matched.pareto_k.values}
    if matched.n_eff_i is not None:
        new["n_eff"] = matched.n_eff_i.values
    return replaced(draws, result, rows, new)
