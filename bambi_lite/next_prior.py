"""The posterior of one study as the prior of the next: marginal summaries in a prior file."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from .draws import Draws
from .errors import BambiLiteWarning, warn
from .naming import read_parameters
from .params import Param, ParamKey, Prior
from .priors import PriorRow, deciding_row, general_key, number, to_toml, write_file
from .spec import ModelSpec

_CAVEAT = (
    "These are marginal summaries of one posterior: how parameters depend on one another is lost. "
    "The Intercept is that of predictors at the means of this study. Correlations keep the prior "
    "they had. Used on the same data again they would count them twice; for a study that differs "
    "from this one, widen the scales."
)


def posterior_as_prior(draws: Draws, path: str | Path) -> None:
    """Write the marginal posterior of each parameter as a prior file.

    Parameters
    ----------
    draws : Draws
        The fit's draws.
    path : str or Path
        The file; one that is there is written over.

    Raises
    ------
    PriorError
        When the file cannot be written.

    Warns
    -----
    BambiLiteWarning
        Always: what such a prior leaves out.

    Notes
    -----
    By mean and standard deviation: a normal for an unbounded parameter, a gamma for a positive one,
    a beta for a probability, a normal between the bounds for others.
    """
    spec = draws.spec
    head = {
        "title": f"Posterior of {spec.formula.text}",
        "why": f"{spec.family.name}, {spec.data_name}, {spec.design.n_obs} observations",
        "caveat": _CAVEAT,
    }
    write_file(path, to_toml(_rows(spec, draws), head))
    warn(_CAVEAT, BambiLiteWarning)


def _rows(spec: ModelSpec, draws: Draws) -> list[PriorRow]:
    values = read_parameters(spec, draws.posterior)
    table = {row.key: row for row in spec.prior_rows}
    found: dict[ParamKey, PriorRow] = {}
    for param in spec.params:
        if param.kind == "given":
            continue
        for i, key in enumerate(param.elements or (param.key,)):
            general = table[general_key(key)]
            # The bounds stand on the general row, and what it says stays with it.
            if general.lb or general.ub:
                found.setdefault(general.key, general)
            row = deciding_row(key, table)
            if param.kind in ("cholesky_corr", "simplex"):
                found.setdefault(row.key, row)
                continue
            own = values[param.name][..., i] if param.elements else values[param.name]
            text = _text(param, spec.priors[param.name][i], own)
            old = found.get(key, PriorRow("", *_names(key)))
            found[key] = PriorRow(text, *_names(key), old.lb, old.ub, "user", row.tag)
    return list(found.values())


def _names(key: ParamKey) -> tuple[str, str, str, str, str, str]:
    return key.cls, key.coef, key.group, key.resp, key.dpar, key.nlpar


def _text(param: Param, prior: Prior, values: np.ndarray) -> str:
    mean, sd = float(values.mean()), float(values.std(ddof=1))
    if not sd > 0.0:
        return f"constant({number(mean)})"
    low, high = (-math.inf, math.inf) if prior.law is None else prior.law.ends
    low = low if prior.lb is None else max(low, prior.lb)
    high = high if prior.ub is None else min(high, prior.ub)
    if (low, high) == (0.0, 1.0):
        size = mean * (1.0 - mean) / sd**2 - 1.0
        return f"beta({_short(mean * size)}, {_short((1.0 - mean) * size)})"
    if low >= 0.0 and high == math.inf:
        return f"gamma({_short((mean / sd) ** 2)}, {_short(mean / sd**2)})"
    decimals = 2 - math.floor(math.log10(sd))
    return f"normal({number(round(mean, decimals))}, {_short(sd)})"


def _short(value: float) -> str:
    return number(float(f"{value:.3g}"))
