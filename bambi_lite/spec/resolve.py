"""Formula, data and family to a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from ..design import Design, PredictorDesign, build_design, to_pandas
from ..errors import FormulaError
from ..families import Family
from ..formula import BrmsFormula, bf
from ..params import Param
from ..priors import PriorRow, assign, prior_table, shared_priors
from ..terms import GroupBlock, ShrinkageBlock
from .assemble import group_blocks, shrinkage_blocks
from .checks import warn_about
from .model import DparSpec, ModelSpec, data_numbers
from .one_response import (
    OneResponse,
    all_params,
    check_formula,
    choose_family,
    family_defaults,
    model_predictors,
    one_response,
    own_parts,
    target_of,
)


@dataclass(frozen=True, slots=True, eq=False)
class _Given:
    """What the user gave, as the spec keeps it."""

    frame: pd.DataFrame
    data2: Mapping[str, Any]
    name: str


def resolve(
    formula: str | BrmsFormula,
    data: Any,
    family: str | Family = "gaussian",
    prior: Any = None,
    data2: Mapping[str, Any] | None = None,
    data_name: str | None = None,
    contrasts: Mapping[str, str] | None = None,
) -> ModelSpec:
    """Formula, data and family to a model.

    Parameters
    ----------
    formula : str or BrmsFormula
        The model.
    data : DataFrame
        One row per observation.
    family : str or Family
        Response distribution; as in brms, one that the formula names counts for more.
    prior : PriorSet, list, DataFrame, str, ...
        What replaces default priors; see :func:`bambi_lite.priors.gather`.
    data2 : mapping, optional
        Matrices that terms refer to.
    data_name : str, optional
        What the summary calls the data; by default ``data.attrs["name"]``.
    contrasts : mapping, optional
        Coding of factors by their names, for example ``{"f": "contr.sum"}``.

    Returns
    -------
    ModelSpec

    Raises
    ------
    FormulaError, DataError, FamilyError, PriorError
        When they do not fit together; the message says where and what would.
    """
    parsed = bf(formula)
    if not isinstance(parsed, BrmsFormula):
        raise FormulaError(
            "Parsed, not available yet: a multivariate formula. Fit its responses one by one."
        )
    chosen = choose_family(parsed.family, family)
    check_formula(parsed, chosen)
    frame = to_pandas(data)
    design = build_design(parsed, frame, data2, contrasts)
    assert isinstance(design, Design)
    given = _Given(
        # A copy: what is done to the user's frame afterwards does not change the model. All rows,
        # in the order of the columns: so that the model can be made again.
        frame[[c for c in frame.columns if c in design.variables]].copy(),
        MappingProxyType(deepcopy(dict(data2 or {}))),
        _name_of(data, data_name),
    )
    return _model(one_response(parsed, chosen, design), prior, given)


def _name_of(data: Any, data_name: str | None) -> str:
    return data_name or str(getattr(data, "attrs", {}).get("name", "data"))


def _model(one: OneResponse, prior: Any, given: _Given) -> ModelSpec:
    blocks, members = group_blocks(one.predictors)
    dpars, structure = own_parts(one, members)
    params = all_params(dpars, structure, blocks)
    target = target_of(one.family, dpars, params, one.scales)
    rows = prior_table(family_defaults(one.family, target), (target,), prior)
    priors = assign(params, rows, data_numbers(one.response))
    shrinkage = shrinkage_blocks(shared_priors(params, priors, rows), dpars, one.design.n_obs)
    params = (*params, *(p for block in shrinkage for p in block.params))
    spec = ModelSpec(
        formula=one.formula,
        family=one.family,
        design=one.design,
        predictors=one.predictors,
        response=one.response,
        seen=one.seen,
        dpars=dpars,
        structure=structure,
        blocks=blocks,
        shrinkage=shrinkage,
        params=params,
        prior_rows=rows,
        priors=MappingProxyType(priors),
        scales=one.scales,
        arrays=MappingProxyType(_collect_arrays(dpars, blocks, one.predictors)),
        coords=MappingProxyType(_coords(params, (*blocks, *shrinkage))),
        frame=given.frame,
        data2=given.data2,
        data_name=given.name,
    )
    warn_about(spec)
    return spec


def other_priors(spec: ModelSpec, prior: Any) -> tuple[PriorRow, ...]:
    """The table that the model would have with these priors over the defaults; every row checked.

    Parameters
    ----------
    spec : ModelSpec
        The model.
    prior : PriorSet, list, DataFrame, str, ...
        What a user may say.

    Raises
    ------
    PriorError
        When they do not fit the model.
    """
    target = target_of(spec.family, spec.dpars, spec.params, spec.scales)
    rows = prior_table(family_defaults(spec.family, target), (target,), prior)
    shared_priors(spec.params, assign(spec.params, rows, data_numbers(spec.response)), rows)
    return rows


def new_arrays(spec: ModelSpec, design: Design) -> dict[str, np.ndarray]:
    """The data of `design` (new rows through the same recipe) under the names of the model."""
    return _collect_arrays(spec.dpars, spec.blocks, model_predictors(spec.family, design))


def take_rows(spec: ModelSpec, rows: Any) -> ModelSpec:
    """The model of some of its rows: the same unknowns, priors, levels and columns.

    Nothing is learned anew from the rows: predictors stay centred where they were, so that the
    prior of the intercept is about the same intercept, and groups without rows stay.

    Parameters
    ----------
    spec : ModelSpec
        The model.
    rows : array of int or slice
        Positions among the rows that are used.
    """
    predictors = tuple(p.take(rows) for p in spec.predictors)
    return replace(
        spec,
        design=spec.design.take(rows),
        predictors=predictors,
        response=spec.response.take(rows),
        seen=spec.seen.take(rows),
        arrays=MappingProxyType(_collect_arrays(spec.dpars, spec.blocks, predictors)),
    )


# -- collecting ------------------------------------------------------------------------------


def _collect_arrays(
    dpars: Sequence[DparSpec],
    blocks: Sequence[GroupBlock],
    predictors: Sequence[PredictorDesign],
) -> dict[str, np.ndarray]:
    arrays: dict[str, np.ndarray] = {}
    by_dpar = {p.dpar: p for p in predictors}
    for dpar in dpars:
        if dpar.predicted:
            for term in dpar.terms:
                arrays |= term.arrays(by_dpar[dpar.name])
    for block in blocks:
        arrays |= block.arrays(predictors)
    for array in arrays.values():
        array.flags.writeable = False
    return arrays


def _coords(
    params: Sequence[Param], blocks: Sequence[GroupBlock | ShrinkageBlock]
) -> dict[str, tuple[str, ...]]:
    coords: dict[str, tuple[str, ...]] = {}
    for param in params:
        if param.elements and param.dims:
            coords[param.dims[0]] = tuple(key.coef for key in param.elements)
    for block in blocks:
        coords |= block.coords
    return coords
