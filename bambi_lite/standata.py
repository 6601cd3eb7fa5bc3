"""What a model holds, under brms' names: its data list and the names of its draws."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from .additions import censoring, truncation, weights
from .design import (
    AdditionColumns,
    Column,
    Design,
    MvDesign,
    PredictorDesign,
    group_effects,
    n_thresholds,
)
from .draws import in_order
from .errors import DataError, listing, suggest
from .families import Response
from .spec import ModelSpec, template
from .terms import Quantity, ThresholdTerm

#: Addition terms whose first argument is an array of the data list, and its name there.
_ARRAYS = {
    "weights": "weights", "trials": "trials", "se": "se", "dec": "dec", "rate": "denom",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a family makes of the main formula, as far as the data list shows it.

    Attributes
    ----------
    thresholds : bool
        Whether thresholds stand in place of the intercept (ordinal families).
    mu : tuple of str
        The parameters that the main formula stands for, where they are several: ``("muB", "muC")``
        of a categorical family.
    mixture : bool
        Whether these are the components of a mixture.
    centred : bool
        Whether the columns of the main formula may be centred.
    """

    thresholds: bool = False
    mu: tuple[str, ...] = ()
    mixture: bool = False
    centred: bool = True


def standata(spec: ModelSpec) -> dict[str, Any]:
    """The data of a model under brms' names.

    Parameters
    ----------
    spec : ModelSpec
        The model.

    Returns
    -------
    dict
        See :func:`data_list`.

    Examples
    --------
    >>> from bambi_lite.datasets import load_data
    >>> from bambi_lite.spec import resolve
    >>> data = standata(resolve("Reaction ~ Days", load_data("sleepstudy")))
    >>> data["N"], data["K"], data["X"].shape
    (180, 2, (180, 2))
    """
    several = tuple(d.name for d in spec.family.dpars if d.main and d.name != "mu")
    fixed = any(isinstance(p, ThresholdTerm) and not p.shifts for p in spec.structure)
    outcome = Outcome(spec.family.thresholds, several, centred=not fixed)
    data = data_list(spec.design, outcome, spec.response.y)
    for block in spec.shrinkage:
        data |= block.data()
    return data | _family_thresholds(spec.response) if spec.family.thresholds else data


def data_list(
    design: Design | MvDesign, outcome: Outcome | None = None, y: np.ndarray | None = None
) -> dict[str, Any]:
    """The data list that brms' ``standata()`` makes of a formula.

    Parameters
    ----------
    design : Design or MvDesign
        The arrays of the formula.
    outcome : Outcome, optional
        What the family makes of it; by default one ``mu`` with an intercept.
    y : array, optional
        The encoded response; by default its numbers, and the categories counted from 1.

    Returns
    -------
    dict
        Scalars and NumPy arrays: ``N``; ``Y``; ``X``, ``X_sigma``, ... with the intercept column
        and before centring, ``K`` and ``Kc`` their columns with and without the intercept; for
        group-level term number i ``Z_i_j``, ``J_i`` (from 1), ``N_i``, ``M_i``, ``NC_i``; arrays of
        addition terms, offsets and fixed parameters. Special terms, which have no columns yet, are
        left out.
    """
    outcome = outcome or Outcome()
    data: dict[str, Any] = {}
    several = isinstance(design, MvDesign)
    designs = design.designs if isinstance(design, MvDesign) else (design,)
    for one in designs:
        resp = f"_{one.recipe.formula.response.name}" if several else ""
        data |= {f"{k}{resp}": v for k, v in _response(one, outcome, y).items()}
    if isinstance(design, MvDesign):
        if design.rescor:
            pairs = len(designs) * (len(designs) - 1) // 2
            data |= {"nresp": len(designs), "nrescor": pairs}
        data["N"] = design.n_obs
    groups = _group_arrays(design, outcome.mu or ("",))
    covariates = 0
    for one in designs:
        resp = f"_{one.recipe.formula.response.name}" if several else ""
        for predictor in one.predictors:
            for column in predictor.covariates:
                covariates += 1
                data[f"C_{covariates}{resp}"] = column.values
            for name in _stands_for(predictor, one, outcome):
                main = not name
                data |= _population(
                    predictor,
                    f"{name}{resp}",
                    main and outcome.thresholds,
                    predictor.center and (outcome.centred or not main),
                )
        data |= _fixed(one, outcome, resp)
    return {**data, **groups, "prior_only": 0}


def variables(spec: ModelSpec) -> tuple[str, ...]:
    """The names of a model's draws as brms gives them, in brms' order.

    Parameters
    ----------
    spec : ModelSpec
        The model.

    Returns
    -------
    tuple of str
        The same as in the posterior of a fit, with the elements of arrays one by one. Parameters
        that the formula fixes, such as ``sigma = 2``, are among them as constant draws. ``lprior``
        and ``lp__``, with which brms closes the list, are not: they are no parameters.

    Examples
    --------
    >>> from bambi_lite.datasets import load_data
    >>> from bambi_lite.spec import resolve
    >>> variables(resolve("Reaction ~ Days", load_data("sleepstudy")))
    ('b_Intercept', 'b_Days', 'sigma', 'Intercept')
    """
    p = template(spec)
    parts: dict[str, list[Quantity]] = {}
    for q in in_order(q for part in spec.terms() for q in part.quantities(p)):
        parts.setdefault(q.name, []).append(q)
    return tuple(name for found in parts.values() for name in _elements(found))


def _elements(parts: Sequence[Quantity]) -> Iterator[str]:
    """``r_g[1,Intercept]``, ...: the first index runs fastest, as in R.

    Parts of one name, the effects of several blocks of one group, differ in their last index.
    """
    for q in parts:
        coords = q.coords or {}
        for labels in product(*(coords[dim] for dim in reversed(q.dims))):
            # R cannot have a blank in a name.
            indices = ",".join(label.replace(" ", ".") for label in reversed(labels))
            yield f"{q.name}[{indices}]" if indices else q.name


# -- population-level designs ----------------------------------------------------------------


def _stands_for(predictor: PredictorDesign, design: Design, outcome: Outcome) -> tuple[str, ...]:
    """The endings ``_sigma``, ``_muB`` of a predictor's arrays; empty for the only ``mu``."""
    if predictor.body is not None:
        return ()
    if predictor.name != "mu":
        return (f"_{predictor.name}",)
    own = {p.name for p in design.predictors}
    return tuple(f"_{m}" for m in outcome.mu if m not in own) if outcome.mu else ("",)


def _population(
    predictor: PredictorDesign, ending: str, thresholds: bool, centred: bool
) -> dict[str, Any]:
    X, columns = predictor.X, len(predictor.columns)
    if thresholds and predictor.intercept:
        X, columns = X[:, 1:], columns - 1
    data: dict[str, Any] = {f"K{ending}": columns}
    if centred:
        data[f"Kc{ending}"] = columns - (predictor.intercept and not thresholds)
    data[f"X{ending}"] = X
    if predictor.offset is not None:
        data[f"offsets{ending}"] = predictor.offset
    return data


def _fixed(design: Design, outcome: Outcome, resp: str) -> dict[str, Any]:
    """Parameters that are known: by the user's word or because the family needs no more."""
    formula = design.recipe.formula
    predicted = {p.name for p in design.predictors}
    data = {name: value for name, value in formula.fixed if isinstance(value, float)}
    se = design.additions.get("se")
    if se is not None and not se.kwargs.get("sigma", False) and "sigma" not in predicted:
        data.setdefault("sigma", 0)
    if outcome.thresholds and "disc" not in predicted:
        data.setdefault("disc", 1)
    if outcome.mixture and not any(n.startswith("theta") for n in (*predicted, *data)):
        # The parameters of the Dirichlet prior of the mixing proportions.
        return {f"{k}{resp}": v for k, v in data.items()} | {
            f"con_theta{resp}": np.ones(len(outcome.mu))
        }
    return {f"{k}{resp}": v for k, v in data.items()}


# -- the response and its addition terms -----------------------------------------------------


def _response(design: Design, outcome: Outcome, y: np.ndarray | None) -> dict[str, Any]:
    column = design.response
    assert column is not None
    data: dict[str, Any] = {"N": design.n_obs}
    Y = data["Y"] = _numbers(column) if y is None else y
    for name, addition in design.additions.items():
        data |= _addition(name, addition)
    if outcome.thresholds:
        data |= _thresholds(design, Y)
    elif outcome.mu and not outcome.mixture:
        data["ncat"] = len(column.levels) or Y.shape[-1]
    return data


def _numbers(column: Column) -> np.ndarray:
    """The values of a response; categories count from 1."""
    return column.values + 1 if column.levels else column.values


def _addition(name: str, addition: AdditionColumns) -> dict[str, Any]:
    if name in _ARRAYS:
        return {_ARRAYS[name]: weights(addition) if name == "weights" else addition.args[0].values}
    if name == "cens":
        codes, upper = censoring(addition)
        return {"cens": codes} if upper is None else {"cens": codes, "rcens": upper}
    if name == "trunc":
        return truncation(addition)
    if name in ("vreal", "vint"):
        return {f"{name}{i}": column.values for i, column in enumerate(addition.args, start=1)}
    return {}


def _thresholds(design: Design, Y: np.ndarray) -> dict[str, Any]:
    """How many thresholds there are, in each group if the formula has groups of them."""
    thres = design.additions.get("thres")
    if thres is not None and "gr" in thres.kwargs:
        groups, codes = np.unique(thres.kwargs["gr"].values, return_inverse=True)
        counts = np.array([Y[codes == g].max() - 1 for g in range(len(groups))], dtype=int)
        ends = np.cumsum(counts)
        bounds = np.column_stack([ends - counts + 1, ends])
        return {"ngrthres": len(counts), "Jthres": bounds[codes], "nthres": counts}
    assert design.response is not None
    return {"nthres": n_thresholds(design.response, design.additions)}


def _family_thresholds(response: Response) -> dict[str, Any]:
    """The same, as the family has read them from the response and its addition terms."""
    counts = np.array(response.static["counts"])
    if response.static["groups"] == ("",):
        return {"nthres": int(counts[0])}
    first, last = response.extra["start"] + 1, response.extra["start"] + response.extra["count"]
    bounds = np.column_stack([first, last]).astype(int)
    return {"ngrthres": len(counts), "Jthres": bounds, "nthres": counts}


# -- group-level terms -----------------------------------------------------------------------


def _group_arrays(design: Design | MvDesign, mu: tuple[str, ...]) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    sizes: dict[str, Any] = {}
    for effect in group_effects(design, mu):
        ending = "".join(f"_{s}" for s in (effect.resp, effect.dpar, effect.nlpar) if s)
        tail = f"_{effect.resp}" if effect.resp else ""
        group, i = effect.design, effect.id
        if group.weights is not None:
            for m in range(group.J.shape[1]):
                Z = group.Z[:, m] if group.Z.ndim == 3 else group.Z
                columns[f"Z_{i}{ending}_{effect.cn}_{m + 1}"] = Z[:, effect.column]
                columns[f"J_{i}{tail}_{m + 1}"] = group.J[:, m] + 1
                columns[f"W_{i}{tail}_{m + 1}"] = group.weights[:, m]
        else:
            if effect.column >= 0:
                columns[f"Z_{i}{ending}_{effect.cn}"] = group.Z[:, effect.column]
            columns[f"J_{i}{tail}"] = group.J + 1
        sizes[f"N_{i}"] = len(group.levels)
        sizes[f"M_{i}"] = effect.cn
        sizes[f"NC_{i}"] = effect.cn * (effect.cn - 1) // 2
        if group.by is not None:
            sizes |= {f"Nby_{i}": len(group.by[1]), f"Jby_{i}": group.by[2] + 1}
        if group.pw is not None:
            sizes[f"PW_{i}"] = group.pw
        if group.cov_matrix is not None:
            sizes[f"Lcov_{i}"] = np.linalg.cholesky(group.cov_matrix)
    return columns | sizes


def levels(spec: ModelSpec) -> dict[str, tuple[str, ...]]:
    """The levels of each grouping factor, in brms' order."""
    return {block.group: block.levels for block in spec.blocks}


def design_frame(spec: ModelSpec, dpar: str) -> pd.DataFrame:
    """The population-level design of a parameter as a table.

    Raises
    ------
    DataError
        If the parameter has no formula.
    """
    predictors = {p.name: p for p in (*spec.design.predictors, *spec.predictors)}
    known = [p.name for p in spec.predictors]
    if dpar not in predictors:
        raise DataError(
            f"No formula predicts '{dpar}'; this model has formulas of {listing(known)}."
            f"{suggest(dpar, known)}"
        )
    own = predictors[dpar]
    return pd.DataFrame(own.X, columns=list(own.columns), index=spec.design.rows.copy())
