"""How much varies where: VarCorr."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import xarray as xr

from ..draws import Draws
from .effects import PROBS
from .stats import (
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
    found = {group: group_draws(draws, group) for group in group_names(draws)}
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


def group_draws(draws: Draws, group: str) -> dict[str, xr.DataArray]:
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
