"""Which variable of a fit is which parameter of the model: brms' names, and the way back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import xarray as xr

from .params import Param
from .priors import CHOLESKY
from .spec import ModelSpec, template
from .terms import PopulationTerm, Quantity


def element_names(spec: ModelSpec) -> dict[str, tuple[str, ...]]:
    """brms' names of the numbers of each parameter that has a prior.

    Returns
    -------
    dict
        By the names of ``spec.params``: a name an element, ``b_Days``, ``Intercept[1]``; for a
        matrix of correlations those below its diagonal.
    """
    p = template(spec)
    found: dict[str, tuple[str, ...]] = {}
    for part in spec.terms():
        quantities = part.quantities(p)
        correlations = [q.name for q in quantities if q.key.cls in CHOLESKY]
        for param in part.params:
            if param.kind == "cholesky_corr":
                pairs = param.shape[0] * (param.shape[0] - 1) // 2
                found[param.name] = tuple(correlations[:pairs])
                correlations = correlations[pairs:]
            elif param.kind == "simplex":
                found[param.name] = _proportions(param, quantities)
            elif param.kind != "given":
                found[param.name] = _numbers(param, quantities)
    return found


def _proportions(param: Param, quantities: tuple[Quantity, ...]) -> tuple[str, ...]:
    """Those of a group stand in one vector with those of the others, as ``<group>,1``, ..."""
    whole = next(q for q in quantities if q.key.cls == param.key.cls and q.dims)
    labels = (whole.coords or {})[whole.dims[0]]
    own = f"{param.key.group}," if param.key.group else ""
    return tuple(f"{whole.name}[{label}]" for label in labels if label.startswith(own))


def _numbers(param: Param, quantities: tuple[Quantity, ...]) -> tuple[str, ...]:
    keys = param.elements or (param.key,)
    same = [q for q in quantities if q.key.cls == param.key.cls]
    whole = next((q for q in same if q.dims and q.key.group == param.key.group), None)
    if whole is not None:  # a vector under one name; of equidistant thresholds the first
        labels = (whole.coords or {})[whole.dims[0]]
        return tuple(f"{whole.name}[{label}]" for label in labels[: len(keys)])
    exact = [next((q.name for q in same if q.key == key), "") for key in keys]
    # The strata of gr(by = ) share their rows: there position tells them apart.
    places = [q.name for q in same] if len(same) == len(keys) else [param.name] * len(keys)
    return tuple(name or place for name, place in zip(exact, places, strict=True))


def read_parameters(spec: ModelSpec, posterior: xr.Dataset) -> dict[str, np.ndarray]:
    """Every parameter that has a prior row, and what shrinkage priors keep, from the named draws.

    Returns
    -------
    dict
        By the names of ``spec.params``, with leading (chain, draw) axes; ``hs_global``, ... by
        their own.
    """
    names = element_names(spec)
    found: dict[str, np.ndarray] = {}
    for param in spec.params:
        if param.kind == "given":
            continue
        parts = [_variable(posterior, name) for name in names[param.name]]
        if param.kind == "cholesky_corr":
            found[param.name] = _factor(parts, param.shape[0])
        else:
            found[param.name] = np.stack(parts, axis=-1) if param.shape else parts[0]
    # Coefficients of orthogonal columns are reported as those of the original ones.
    for term in (term for dpar in spec.dpars for term in dpar.terms):
        if isinstance(term, PopulationTerm) and term.basis:
            found |= term.read({str(name): array for name, array in posterior.items()})
    for block in spec.shrinkage:
        found |= {q.name: np.asarray(posterior[q.name]) for q in block.quantities(template(spec))}
    return found


def _variable(posterior: Mapping[Any, Any], name: str) -> np.ndarray:
    stem, _, label = name.partition("[")
    if not label or name in posterior:
        return np.asarray(posterior[name])
    array = posterior[stem]
    return np.asarray(array.sel({array.dims[-1]: label[:-1]}))


def _factor(correlations: list[np.ndarray], q: int) -> np.ndarray:
    """The Cholesky factor of the matrix with these correlations, row by row above the diagonal.

    Missing values where made-up correlations are those of no matrix.
    """
    cor = np.broadcast_to(np.eye(q), (*correlations[0].shape, q, q)).copy()
    above = zip(*np.triu_indices(q, 1), strict=True)
    for (i, j), values in zip(above, correlations, strict=True):
        cor[..., i, j] = cor[..., j, i] = values
    possible = np.linalg.eigvalsh(cor)[..., 0] > 0.0
    cor[~possible] = np.eye(q)
    return np.where(possible[..., None, None], np.linalg.cholesky(cor), np.nan)
