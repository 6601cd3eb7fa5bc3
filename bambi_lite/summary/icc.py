"""The intraclass correlation: the share of a grouping factor in what mu leaves unexplained."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr

from ..draws import Draws, parameter_values
from ..errors import DataError, listing, suggest
from ..families import Family
from ..spec import linear_predictor
from ..xp import numpy_namespace
from .effects import PROBS
from .stats import check_groups, check_probs, estimate_frame, group_names
from .variance import group_draws

#: How the variance of a logarithm follows from the squared coefficient of variation.
APPROXIMATIONS = ("trigamma", "lognormal", "delta")
#: Numbers of a linear predictor that are in memory at a time.
_AT_ONCE = 4_000_000


def icc(
    draws: Draws,
    group: str | None = None,
    summary: bool = True,
    robust: bool = False,
    probs: Sequence[float] = PROBS,
    approximation: str = "trigamma",
) -> Any:
    """Intraclass correlation: the share of a grouping factor in the variance left over by mu.

    Parameters
    ----------
    draws : Draws
        Of a fit whose group-level effects on mu are intercepts.
    group : str, optional
        One grouping factor; all by default.
    summary : bool
        Estimates rather than draws.
    robust : bool
        Median and MAD rather than mean and standard deviation.
    probs : sequence of float
        Probabilities of the quantiles.
    approximation : "trigamma", "lognormal" or "delta"
        Of the residual variance on the log scale (see Notes); other links do not need it.

    Returns
    -------
    pandas.DataFrame or xarray.DataArray
        A row a grouping factor with columns Estimate, Est.Error, Q2.5, Q97.5; or draws with dims
        (chain, draw, group). ``attrs["scale"]`` says which scale the variances are on.

    Raises
    ------
    DataError
        Where the share is not one number: slopes that vary, a predicted sigma, shape or disc; for
        a family or link without a residual variance on the scale of mu, which are told; for an
        unknown `group` or `approximation`.

    Examples
    --------
    >>> icc(draws).loc["country", "Estimate"]  # doctest: +SKIP
    0.95

    Notes
    -----
    ``sd_g^2 / (sum of all sd^2 + residual variance)``. Where factors are nested, rows that share
    the inner level share the outer one too: add up the two rows. The residual variance is

    - with an identity link that of the response around mu (gaussian: ``sigma^2``; student:
      ``sigma^2 nu / (nu - 2)``, infinite for nu up to 2), and for lognormal families that of its
      logarithm;
    - for successes and ordered categories (``cumulative``) that of the latent variable: pi^2 / 3
      for logit, 1 for probit, pi^2 / 6 for cloglog, the variances of the standard logistic, normal
      and Gumbel distributions;
    - with a log link and mean lambda, where ``v = Var(y) / lambda^2`` (poisson: 1 / lambda;
      negbinomial: 1 / lambda + 1 / shape; gamma: 1 / shape): ``trigamma(1 / v)``, the variance of
      the logarithm of a gamma variable; ``log(1 + v)``, that of a lognormal one; or ``v``, the
      delta method. With a square-root link ``Var(y) / (4 lambda)``, the delta method.
      lambda is the mean over rows of ``exp(eta + sum of all sd^2 / 2)``, eta without group-level
      effects; with nothing but an intercept that is the lambda of the paper.

    Nakagawa, Johnson and Schielzeth (2017), Journal of the Royal Society Interface 14:20170213,
    who prefer trigamma; for latent variables also Goldstein, Browne and Rasbash (2002),
    Understanding Statistics 1:223-231.
    """
    quantiles = check_probs(probs)
    if approximation not in APPROXIMATIONS:
        raise DataError(
            f"approximation has to be one of {listing(APPROXIMATIONS)}, not {approximation!r}."
            f"{suggest(str(approximation), APPROXIMATIONS)}"
        )
    asked = check_groups(draws, group)
    _check_intercepts(draws)
    variances = {
        g: parts["sd"].sel(coef="Intercept", drop=True) ** 2
        for g in group_names(draws)
        if "Intercept" in (parts := group_draws(draws, g))["sd"]["coef"].values
    }
    if missing := [g for g in asked if g not in variances]:
        if group is not None:
            raise DataError(
                f"'{listing(missing)}' has no varying intercept on mu, and so no share in its "
                f"variance. Grouping factors that have: {listing(variances) or 'none'}."
            )
        asked = tuple(g for g in asked if g in variances)
    among: xr.DataArray = sum(variances.values())  # type: ignore[assignment] # there is one
    residual, scale = _residual_variance(draws, among, approximation)
    shares = xr.concat([variances[g] / (among + residual) for g in asked], dim="group")
    shares = shares.assign_coords(group=list(asked)).transpose("chain", "draw", "group")
    shares = shares.rename("icc").assign_attrs(scale=scale)
    if not summary:
        return shares
    table = estimate_frame(shares.values, asked, robust, quantiles).rename_axis("group")
    table.attrs["scale"] = scale
    return table


def _check_intercepts(draws: Draws) -> None:
    """DataError unless the effects on mu are varying intercepts, and there are some."""
    blocks, family = draws.spec.blocks, draws.spec.family
    if "mu" not in [d.name for d in family.dpars]:
        raise DataError(_no_residual(family, "one for each category"))
    on_mu = [(b.group, c.name) for b in blocks for c in b.coefs if c.dpar == "mu"]
    slopes = [f"{name} by {group}" for group, name in on_mu if name != "Intercept"]
    if slopes:
        raise DataError(
            f"The intraclass correlation is one number only where intercepts alone vary; here "
            f"{listing(slopes)} varies too, so that the variance depends on the covariates. "
            f"VarCorr() has the standard deviations of this model; a model with "
            f"(1 | {on_mu[0][0]}) has an intraclass correlation."
        )
    if strata := [b for b in blocks if b.by is not None and any(c.dpar == "mu" for c in b.coefs)]:
        by = strata[0].by
        assert by is not None
        raise DataError(
            f"The groups of '{strata[0].group}' have a standard deviation for each value of "
            f"'{by.variable}', gr(by = {by.variable}): there is no one intraclass correlation. "
            f"VarCorr() has the standard deviations."
        )
    if not on_mu:
        raise DataError(
            f"No intercept of mu varies in '{draws.spec.formula}': there is no intraclass "
            f"correlation. A model with (1 | group) has one."
        )


def _residual_variance(draws: Draws, among: xr.DataArray, how: str) -> tuple[Any, str]:
    """The variance within groups and the scale it is on."""
    family = draws.spec.family
    mu, link = family.dpar("mu"), family.link("mu").name
    if link in family.latent_variance:
        _single(draws, [d.name for d in family.dpars[1:]])
        return family.latent_variance[link], f"latent ({link})"
    positive = mu.lower == 0.0 and mu.upper is None
    usable = ("log", "sqrt") if positive else ("identity",)
    if family.variance is None or link not in usable:
        raise DataError(_no_residual(family, link))
    if differ := [n for n in ("se", "rate") if n in draws.spec.response.extra]:
        raise DataError(
            f"With {differ[0]}() each row has a residual variance of its own: there is no one "
            f"intraclass correlation."
        )
    others = _single(draws, [d.name for d in family.dpars if d.name != "mu"])
    if not positive:
        scale = f"{family.scale_link} of the response" if family.scale_link else "response"
        return family.variance(None, others), scale
    mean = _mean(draws, among, link)
    variance = family.variance(mean, others)
    if link == "sqrt":
        return variance / (4.0 * mean), "square root of the response (delta method)"
    return _log_variance(variance / mean**2, how), f"log of the response ({how})"


def _log_variance(relative: xr.DataArray, how: str) -> xr.DataArray:
    """The variance of a logarithm, from the variance over the squared mean."""
    from scipy.special import polygamma

    if how == "trigamma":
        return relative.copy(data=polygamma(1, 1.0 / relative.values))
    if how == "lognormal":
        return relative.copy(data=np.log1p(relative.values))
    return relative


def _single(draws: Draws, names: Sequence[str]) -> dict[str, xr.DataArray]:
    """Draws of parameters that are one number each; DataError for one with a formula."""
    own = {d.name: d for d in draws.spec.dpars}
    for name in names:
        if own[name].predicted:
            raise DataError(
                f"'{name}' has a formula, so that the residual variance differs between rows: "
                f"there is no one intraclass correlation."
            )
    # What a family fixes by itself (disc) is in no draws, and changes nothing.
    return {name: draws.posterior[name] for name in names if name in draws.posterior}


def _mean(draws: Draws, among: xr.DataArray, link: str) -> xr.DataArray:
    """The mean response of a row, averaged over groups and rows; dims chain and draw."""
    spec, xp = draws.spec, numpy_namespace()
    mu = next(d for d in spec.dpars if d.name == "mu")
    values = parameter_values(draws)
    values |= {f"r_{b.name}": np.zeros_like(values[f"r_{b.name}"]) for b in spec.blocks}
    found = np.empty(among.shape)
    step = max(1, _AT_ONCE // spec.design.n_obs)
    for chain in range(among.shape[0]):
        for first in range(0, among.shape[1], step):
            part = (chain, slice(first, first + step))
            own = {name: array[part] for name, array in values.items()}
            eta, spread = linear_predictor(spec, mu, xp, own, spec.arrays), among.values[part]
            if link == "log":
                mean = np.exp(eta + spread[:, None] / 2.0)
            else:
                mean = eta**2 + spread[:, None]
            found[part] = np.mean(mean, axis=-1)
    return among.copy(data=found)


def _no_residual(family: Family, link: str) -> str:
    latent = listing(family.latent_variance)
    instead = (
        f"Links of '{family}' that have one: {latent}."
        if latent
        else (
            f"Family '{family}' has it with the links log and sqrt."
            if family.variance is not None and family.dpar("mu").lower == 0.0
            else f"Family '{family}' has it with an identity link."
            if family.variance is not None
            else f"Family '{family}' has it with no link; VarCorr() has the standard deviations."
        )
    )
    return (
        f"No residual variance to compare the groups with, on the scale of mu (family '{family}', "
        f"link '{link}'). {instead}"
    )
