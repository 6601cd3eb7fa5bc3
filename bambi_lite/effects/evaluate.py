"""Predictions for rows of a grid: columns that it leaves open, methods, scales, chunks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from ..draws import Draws
from ..errors import DataError, FamilyError, listing, suggest
from ..estimates import flat
from ..predict.asked import ask as ask_prediction
from ..predict.basis import basis_of
from ..predict.chunks import chunks
from ..predict.draws import expectation, linear
from ..predict.prediction import Prediction
from ..predict.responses import check_drawn, drawing
from .variables import GROUP, RESPONSE, Variables

EPRED, PREDICT, LINPRED = METHODS = ("posterior_epred", "posterior_predict", "posterior_linpred")
#: brms' older names of them.
_OLD = {"fitted": EPRED, "predict": PREDICT, "linpred": LINPRED}

#: What makes a version of the rows: the value of a column changed, or the rows as they are.
type Version = Callable[[pd.DataFrame], pd.DataFrame]


@dataclass(frozen=True, slots=True)
class Ask:
    """What is predicted.

    Attributes
    ----------
    method : str
        One of METHODS.
    re_formula : str or None
        Which group effects count.
    dpar : str or None
        A distributional parameter in the place of the response.
    options : mapping
        See :class:`bambi_lite.predict.Options`; they have a seed, so that all predictions of one
        answer use the same draws and new groups.
    group_effects : str
        What stands for group effects: see there.
    """

    method: str
    re_formula: str | None
    dpar: str | None
    options: Mapping[str, Any]
    group_effects: str


def ask(
    draws: Draws, method: str, re_formula: str | None, dpar: str | None, options: Mapping[str, Any]
) -> Ask:
    """An :class:`Ask`, its words checked.

    Raises
    ------
    DataError
        For an unknown method, a dpar of a predicted response, no dpar where there are several
        linear predictors, and options that a prediction cannot have.
    FamilyError
        For an unknown dpar.
    """
    name = _OLD.get(method, method)
    if name not in METHODS:
        raise DataError(
            f"Unknown method {method!r}. Available: {listing(METHODS)}."
            f"{suggest(str(method), METHODS)}"
        )
    if dpar is not None:
        if name == PREDICT:
            raise DataError(
                f"dpar = {dpar!r} with method = '{PREDICT}': responses are drawn from all "
                f"distributional parameters together. One of them: method = '{EPRED}'."
            )
        _check_dpar(draws, dpar)
    elif name == LINPRED and len(draws.spec.main_dpars) > 1:
        raise DataError(
            f"{LINPRED} has a linear predictor for each of {listing(draws.spec.main_dpars)}: dpar "
            f"says which one to show."
        )
    given = {k: v for k, v in options.items() if v is not None}
    given.setdefault("seed", int(np.random.default_rng().integers(2**31)))
    checked = ask_prediction(draws, None, re_formula, given)  # type: ignore[arg-type] # it checks
    if name == PREDICT:
        check_drawn(checked)
    return Ask(name, re_formula, dpar, MappingProxyType(given), checked.group_effects)


def _check_dpar(draws: Draws, dpar: str) -> None:
    names = [d.name for d in draws.spec.dpars]
    if dpar not in names:
        raise FamilyError(
            f"Family '{draws.spec.family.name}' has no distributional parameter '{dpar}' here. "
            f"Available: {listing(names)}.{suggest(str(dpar), names)}"
        )


def complete(frame: pd.DataFrame, variables: Variables) -> pd.DataFrame:
    """A grid as new data: without a response, and with a new group where none is given."""
    made = frame[
        [v.name for v in variables if v.role != RESPONSE and v.name in frame.columns]
    ].copy()
    for v in variables:
        if v.role != GROUP:
            continue
        given = frame[v.name] if v.name in frame.columns else pd.Series([None] * len(frame))
        open_ = given.isna().to_numpy()
        if open_.any():
            text = given.astype(object).map(str).to_numpy(dtype=object)
            name = _no_level(v.levels)
            # A group belongs to one population.
            ends = frame[v.by].map(str).to_numpy() if v.by else np.full(len(frame), "")
            text[open_] = [f"{name}{end}" for end in ends[open_]]
            made[v.name] = pd.Series(text, index=made.index)
    return made


def _no_level(levels: tuple[Any, ...]) -> str:
    """The name of a group that is none of these."""
    name = "NA"
    taken = set(map(str, levels))
    while name in taken:
        name += "_"
    return name


def prediction(draws: Draws, newdata: pd.DataFrame, asked: Ask) -> Prediction:
    """The prediction for each row of new data, before it is computed."""
    options: Any = dict(asked.options)
    if asked.method == LINPRED:
        made = linear(draws, newdata, asked.re_formula, False, asked.dpar or "mu", options)
    elif asked.method == PREDICT:
        made = drawing(basis_of(draws, ask_prediction(draws, newdata, asked.re_formula, options)))
    else:
        made = expectation(draws, newdata, asked.re_formula, asked.dpar, options)
    lost = len(newdata) - made.basis.design.n_obs
    if lost:
        raise DataError(
            f"{lost} of {len(newdata)} rows lack a grouping factor or another column that the "
            f"prediction needs. re_formula = 'NA' leaves groups out."
        )
    return made


def versions_of(frame: pd.DataFrame, versions: Sequence[Version]) -> pd.DataFrame:
    """All versions of the rows, those of one row together."""
    if len(versions) == 1:
        return versions[0](frame)
    order = np.arange(len(frame) * len(versions)).reshape(len(versions), -1).T.ravel()
    whole = pd.concat([version(frame) for version in versions], ignore_index=True)
    return whole.iloc[order].reset_index(drop=True)


def pieces(made: Prediction, n_versions: int = 1) -> Iterator[tuple[slice, np.ndarray]]:
    """Values a few rows at a time: shape (draws, versions, rows[, categories]).

    The draws of all rows are never there together.
    """
    basis = made.basis
    chains, n_draws = basis.shape
    width = int(np.prod(made.tail)) * n_versions
    for rows in chunks(basis.design.n_obs // n_versions, chains * n_draws, width):
        part = basis.part(slice(rows.start * n_versions, rows.stop * n_versions))
        full = (chains, n_draws, part.design.n_obs, *made.tail)
        values = flat(np.broadcast_to(made.compute(part), full))
        shape = (len(values), -1, n_versions, *made.tail)
        yield rows, np.moveaxis(values.reshape(shape), 2, 1)
