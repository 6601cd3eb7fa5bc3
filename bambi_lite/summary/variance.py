"""How much varies where: VarCorr and the intraclass correlation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import xarray as xr

from ..draws import Draws
from ..errors import DataError, listing
from .effects import PROBS
from .stats import (
    check_groups,
    check_probs,
    estimate_array,
    estimate_frame,
    group_names,
    label,
)
from .text import html_table, number

#: brms' name of the residual among the groups.
RESIDUAL = "residual__"
#: Second axis over coefficients in matrices: an array has no axis twice.
OTHER = "other"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class VarCorr(Mapping[str, Mapping[str, Any]]):
    """Standard deviations, correlations and covariances by grouping factor.

    Attributes
    ----------
    parts : mapping
        By group, and ``residual__`` for a residual standard deviation: ``"sd"`` is a DataFrame
        (rows coefficients, columns Estimate, Est.Error, quantiles), and where coefficients are
        correlated ``"cor"`` and ``"cov"`` are DataArrays with dims (coef, stat, other). Link
        scale; the residual is on the response scale.

    Examples
    --------
    >>> VarCorr(fit)["Subject"]["sd"].loc["Days", "Estimate"]  # doctest: +SKIP
    """

    parts: Mapping[str, Mapping[str, Any]]

    def __getitem__(self, group: str) -> Mapping[str, Any]:
        return self.parts[group]

    def __iter__(self) -> Iterator[str]:
        return iter(self.parts)

    def __len__(self) -> int:
        return len(self.parts)

    def _rows(self) -> list[tuple[str, str, str, list[str]]]:
        """Group, coefficient, standard deviation and correlations with those above."""
        found = []
        for group, part in self.parts.items():
            shown = "Residual" if group == RESIDUAL else group
            for i, (name, sd) in enumerate(part["sd"]["Estimate"].items()):
                above = []
                if "cor" in part:
                    row = part["cor"].sel(stat="Estimate").values[i, :i]
                    above = [number(float(value), 2) for value in row]
                found.append(("" if i else shown, str(name), number(sd, 2), above))
        return found

    def _grid(self) -> tuple[list[str], list[list[str]]]:
        rows = self._rows()
        widest = max((len(above) for *_, above in rows), default=0)
        decimal = max((len(sd) for _, _, sd, _ in rows), default=0)
        head = ["Groups", "Name", "Std.Dev.", *(["Corr"] if widest else [])]
        head += [""] * (widest - 1)
        grid = [
            [group, name, sd.rjust(decimal), *(c.rjust(5) for c in above)]
            + [""] * (widest - len(above))
            for group, name, sd, above in rows
        ]
        return head, grid

    def __str__(self) -> str:
        head, grid = self._grid()
        widths = [max(map(len, column)) for column in zip(head, *grid, strict=True)]
        lines = [
            " " + " ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            for row in (head, *grid)
        ]
        return "\n".join(line.rstrip() for line in lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        head, grid = self._grid()
        names = [row[0] for row in grid]
        return html_table(head[1:], names, [row[1:] for row in grid])


def var_corr(
    draws: Draws,
    summary: bool = True,
    robust: bool = False,
    probs: Sequence[float] = PROBS,
) -> Any:
    """Standard deviations, correlations and covariances of the group-level effects.

    Parameters
    ----------
    draws : Draws
        Of the fit.
    summary : bool
        Estimates rather than draws.
    robust : bool
        Median and MAD rather than mean and standard deviation.
    probs : sequence of float
        Probabilities of the quantiles.

    Returns
    -------
    VarCorr or dict
        A mapping from grouping factor (and ``residual__``) to ``sd``, ``cor``, ``cov``; it prints
        as lme4's does. Without `summary` a dict of dicts of draws with dims (chain, draw, coef)
        and (chain, draw, coef, other). Coefficients without an estimated correlation have none:
        ``cor`` and ``cov`` are there only where something is correlated.

    Raises
    ------
    DataError
        For `probs` outside [0, 1].

    Examples
    --------
    >>> print(var_corr(draws))  # doctest: +SKIP
     Groups   Name      Std.Dev. Corr
     Subject  Intercept 26.89
              Days       6.57     0.08
     Residual           25.92
    """
    quantiles = check_probs(probs)
    found = {group: _group_draws(draws, group) for group in group_names(draws)}
    sigma = _sigma_draws(draws)
    if sigma is not None:
        found[RESIDUAL] = {"sd": sigma.expand_dims(coef=[""], axis=-1)}
    if not summary:
        return found
    return VarCorr(
        MappingProxyType(
            {
                group: MappingProxyType(
                    {kind: _estimated(values, robust, quantiles) for kind, values in part.items()}
                )
                for group, part in found.items()
            }
        )
    )


def _estimated(values: xr.DataArray, robust: bool, probs: Sequence[float]) -> Any:
    if OTHER in values.dims:
        return estimate_array(values, robust, probs)
    return estimate_frame(values.values, map(str, values["coef"].values), robust, probs)


def _group_draws(draws: Draws, group: str) -> dict[str, xr.DataArray]:
    """Draws of sd and, where there are correlations, of the matrices cor and cov."""
    posterior = draws.posterior
    own = {n: draws.keys[n] for n in draws.named("sd", "cor") if draws.keys[n].group == group}
    names = {label(key): n for n, key in own.items() if key.cls == "sd"}
    pairs = {key.coef: n for n, key in own.items() if key.cls == "cor"}
    coefs = list(names)
    coords = {"chain": posterior.chain, "draw": posterior.draw, "coef": coefs}
    sd = np.stack([posterior[n].values for n in names.values()], axis=-1)
    found = {"sd": xr.DataArray(sd, dims=("chain", "draw", "coef"), coords=coords)}
    if not pairs:
        return found
    cor = np.broadcast_to(np.eye(len(coefs)), (*sd.shape, len(coefs))).copy()
    for i, first in enumerate(coefs):
        for j, second in enumerate(coefs):
            # Effects of different blocks are independent: their correlation stays zero.
            if (name := pairs.get(f"{first},{second}")) is not None:
                cor[..., i, j] = cor[..., j, i] = posterior[name].values
    dims = ("chain", "draw", "coef", OTHER)
    both = coords | {OTHER: coefs}
    found["cor"] = xr.DataArray(cor, dims=dims, coords=both)
    found["cov"] = xr.DataArray(cor * sd[..., :, None] * sd[..., None, :], dims=dims, coords=both)
    return found


def _sigma_draws(draws: Draws) -> xr.DataArray | None:
    """Draws of sigma where it is one number (the fixed value included), else None."""
    names = draws.named("sigma")
    return draws.posterior[names[0]] if names else None


# -- intraclass correlation ------------------------------------------------------------------


def icc(
    draws: Draws,
    group: str | None = None,
    summary: bool = True,
    robust: bool = False,
    probs: Sequence[float] = PROBS,
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

    Returns
    -------
    pandas.DataFrame or xarray.DataArray
        A row a grouping factor with columns Estimate, Est.Error, Q2.5, Q97.5; or draws with dims
        (chain, draw, group). ``attrs["scale"]`` says which scale the variances are on.

    Raises
    ------
    DataError
        Where the share is not one number: slopes that vary, a predicted sigma, a family without a
        residual variance that does not depend on the mean; or an unknown `group`.

    Examples
    --------
    >>> icc(draws).loc["country", "Estimate"]  # doctest: +SKIP
    0.95

    Notes
    -----
    ``sd_g^2 / (sum of all sd^2 + residual variance)``. The residual variance is ``sigma^2``, or
    that of the latent variable behind a success or failure, pi^2 / 3 for logit and 1 for probit:
    Goldstein, Browne and Rasbash (2002), Understanding Statistics 1:223-231; Nakagawa, Johnson
    and Schielzeth (2017), Journal of the Royal Society Interface 14:20170213. Where factors are
    nested, rows that share the inner level share the outer one too: add up the two rows.
    """
    quantiles = check_probs(probs)
    asked = check_groups(draws, group)
    _check_intercepts(draws)
    residual, scale = _residual_variance(draws)
    variances = {
        g: parts["sd"].sel(coef="Intercept", drop=True) ** 2
        for g in group_names(draws)
        if "Intercept" in (parts := _group_draws(draws, g))["sd"]["coef"].values
    }
    if missing := [g for g in asked if g not in variances]:
        if group is not None:
            raise DataError(
                f"'{listing(missing)}' has no varying intercept on mu, and so no share in its "
                f"variance. Grouping factors that have: {listing(variances) or 'none'}."
            )
        asked = tuple(g for g in asked if g in variances)
    total = sum(variances.values()) + residual
    shares = xr.concat([variances[g] / total for g in asked], dim="group")
    shares = shares.assign_coords(group=list(asked)).transpose("chain", "draw", "group")
    shares = shares.rename("icc").assign_attrs(scale=scale)
    if not summary:
        return shares
    table = estimate_frame(shares.values, asked, robust, quantiles).rename_axis("group")
    table.attrs["scale"] = scale
    return table


def _check_intercepts(draws: Draws) -> None:
    """DataError unless the effects on mu are varying intercepts, and there are some."""
    on_mu = [(b.group, c.name) for b in draws.spec.blocks for c in b.coefs if c.dpar == "mu"]
    slopes = [f"{name} by {group}" for group, name in on_mu if name != "Intercept"]
    if slopes:
        raise DataError(
            f"The intraclass correlation is one number only where intercepts alone vary; here "
            f"{listing(slopes)} varies too, so that the variance depends on the covariates. "
            f"VarCorr() has the standard deviations of this model; a model with "
            f"(1 | {on_mu[0][0]}) has an intraclass correlation."
        )
    if not on_mu:
        raise DataError(
            f"No intercept of mu varies in '{draws.spec.formula}': there is no intraclass "
            f"correlation. A model with (1 | group) has one."
        )


def _residual_variance(draws: Draws) -> tuple[Any, str]:
    """The variance within groups and the scale it is on."""
    spec = draws.spec
    family = spec.family
    link = family.link("mu").name
    if link in family.latent_variance:
        return family.latent_variance[link], f"latent ({link})"
    sigma = _sigma_draws(draws)
    # With another link, or a third parameter, sigma^2 is not the variance of what mu adds up to.
    if sigma is None or link != "identity" or [d.name for d in family.dpars] != ["mu", "sigma"]:
        latent = listing(family.latent_variance) or "none"
        raise DataError(
            f"No residual variance to compare the groups with: it has to be a single sigma^2 with "
            f"an identity link of mu, or a latent variance (links of family '{family}' that have "
            f"one: {latent}). Here the family is '{family}' with link '{link}'."
        )
    return sigma**2, "response"
