"""Formula and data -> arrays, with the recipe that makes the same columns of new data."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from ..errors import DataError, DataWarning
from ..formula import BrmsFormula, GroupTerm, MvFormula, Node, deparse, expand_dots
from ..formula.signatures import flag, number
from ..formula.special import category_terms
from ..formula.vocabulary import ADDITIONS
from .evaluate import evaluate
from .frames import to_pandas
from .inputs import Inputs, read_inputs
from .levels import Grouping, read_by, read_cov, read_pw
from .predictors import (
    Chosen,
    PredictorDesign,
    Rows,
    build_predictor,
    on_known_levels,
    prepare_atoms,
)
from .recipe import Recipe
from .thresholds import n_thresholds
from .values import AdditionColumns, Column, IntArray, drop_unused, frozen

# A warning belongs to the line that called the package, however deep this is.
_PACKAGE = str(Path(__file__).parents[1])


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """The data of a model with one response, as arrays.

    Attributes
    ----------
    n_obs, n_dropped : int
        Rows that are used, and rows left out because a value is missing.
    rows : array
        The positions of the rows that are used in the data given.
    response : Column or None
        None for new data without the response.
    additions : mapping
        :class:`AdditionColumns` by name.
    predictors : tuple of PredictorDesign
    variables : tuple of str
        The columns of the data that the formula needs.
    recipe : Recipe
        What :meth:`new_data` needs.
    """

    n_obs: int
    n_dropped: int
    rows: IntArray
    response: Column | None
    additions: Mapping[str, AdditionColumns]
    predictors: tuple[PredictorDesign, ...]
    variables: tuple[str, ...]
    recipe: Recipe = field(repr=False)

    def __getitem__(self, name: str) -> PredictorDesign:
        """The predictor of a parameter: ``design["sigma"]``."""
        for predictor in self.predictors:
            if predictor.name == name:
                return predictor
        raise KeyError(f"no predictor '{name}'; there are {[p.name for p in self.predictors]}")

    def take(self, rows: Rows) -> Design:
        """The same design on some of its rows, with all that was learned from the others.

        Parameters
        ----------
        rows : array of int or slice
            Positions among the rows that are used. Levels of factors and groups stay.
        """
        used = self.rows[rows]
        return replace(
            self,
            n_obs=len(used),
            rows=frozen(used),
            response=None if self.response is None else self.response.take(rows),
            additions=MappingProxyType({k: a.take(rows) for k, a in self.additions.items()}),
            predictors=tuple(p.take(rows) for p in self.predictors),
        )

    def to_frame(self, dpar: str = "mu") -> pd.DataFrame:
        """The population-level columns of a parameter.

        Parameters
        ----------
        dpar : str
            A distributional or non-linear parameter.

        Returns
        -------
        pandas.DataFrame
            With brms' coefficient names; the index holds `rows`.

        Raises
        ------
        KeyError
            If the parameter is not predicted.
        """
        predictor = self[dpar]
        return pd.DataFrame(predictor.X, columns=list(predictor.columns), index=self.rows.copy())

    def new_data(
        self,
        frame: Any,
        allow_new_levels: bool = False,
        need_response: bool = False,
        groups: bool = True,
        additions: Collection[str] = (),
    ) -> Design:
        """New rows through the same recipe.

        Parameters
        ----------
        frame : DataFrame
            With the columns of `variables`, in any order; others are ignored.
        allow_new_levels : bool
            Whether group-level terms may meet new levels. Their index is -1.
        need_response : bool
            Whether the response must be there. If not, it is evaluated where its columns are
            there, and rows may lack it.
        groups : bool
            False leaves group-level terms out.
        additions : collection of str
            Names of addition terms whose columns must be there; others are treated as the
            response is.

        Returns
        -------
        Design

        Raises
        ------
        DataError
            For missing columns and new levels.
        """
        given = to_pandas(frame, "new data")
        inputs = read_inputs(given, self.recipe, need_response, groups, additions)
        return _design(inputs, allow_new_levels)


@dataclass(frozen=True, slots=True, eq=False)
class MvDesign:
    """The data of a model with several responses: one :class:`Design` for each.

    `n_obs` counts the rows that are complete; with ``subset()`` a response may use fewer.
    """

    designs: tuple[Design, ...]
    n_obs: int
    n_dropped: int
    rescor: bool | None = None

    def __getitem__(self, response: str) -> Design:
        """The design of a response."""
        names = [d.recipe.formula.response.name for d in self.designs]
        if response not in names:
            raise KeyError(f"no response '{response}'; there are {names}")
        return self.designs[names.index(response)]

    def new_data(self, frame: Any, **options: Any) -> MvDesign:
        """New rows through the same recipes; options as in :meth:`Design.new_data`."""
        designs = tuple(d.new_data(frame, **options) for d in self.designs)
        return MvDesign(designs, max(d.n_obs for d in designs), 0, self.rescor)


def build_design(
    formula: BrmsFormula | MvFormula,
    data: Any,
    data2: Mapping[str, Any] | None = None,
    contrasts: Mapping[str, str] | None = None,
) -> Any:
    """The arrays of a model.

    Parameters
    ----------
    formula : BrmsFormula or MvFormula
        What :func:`bambi_lite.formula.bf` gives.
    data : DataFrame
        pandas, or any data frame that narwhals reads.
    data2 : mapping, optional
        Matrices by name, for ``gr(cov = A)``.
    contrasts : mapping, optional
        Names of contrasts by factor: ``{"f": "contr.sum"}``.

    Returns
    -------
    Design or MvDesign
        The latter for an MvFormula.

    Raises
    ------
    DataError
        For data that do not fit the formula.
    FormulaError
        For an unknown function, or two columns of one name.

    Warns
    -----
    DataWarning
        If rows are left out because a value is missing.

    Examples
    --------
    >>> import pandas as pd
    >>> from ..formula import bf
    >>> frame = pd.DataFrame({"y": [1.0, 2.0, 4.0], "x": [0.0, 1.0, 2.0]})
    >>> build_design(bf("y ~ x"), frame).predictors[0].columns
    ('Intercept', 'x')
    """
    frame = to_pandas(data)
    columns = [str(c) for c in frame.columns]
    forms = formula.forms if isinstance(formula, MvFormula) else (formula,)
    inputs = [
        read_inputs(frame, Recipe(expand_dots(f, columns), contrasts=dict(contrasts or {})))
        for f in forms
    ]
    if not isinstance(formula, MvFormula):
        return _design(inputs[0], data2=data2 or {})
    # A row is left out if any response that uses it lacks a value there.
    complete = np.logical_and.reduce([i.complete | ~i.subset for i in inputs])
    _warn_dropped(complete)
    designs = tuple(_design(i, data2=data2 or {}, complete=complete) for i in inputs)
    return MvDesign(designs, int(complete.sum()), int((~complete).sum()), formula.rescor)


def _design(
    inputs: Inputs,
    allow_new_levels: bool = False,
    data2: Mapping[str, Any] | None = None,
    complete: Any = None,
) -> Design:
    """The arrays on the rows that are complete, here or, if given, in all responses."""
    if complete is None:
        complete = inputs.complete | ~inputs.subset
        _warn_dropped(complete)
    kept = complete & inputs.subset
    if not kept.any():
        raise DataError(
            f"No row is left by subset(): it is FALSE in all of the {int(complete.sum())} rows "
            "without missing values."
        )
    used: IntArray = np.flatnonzero(kept)
    # A slice spares the copies of long columns when nothing is left out.
    rows: Rows = slice(None) if kept.all() else used
    level_rows: Rows = slice(None) if complete.all() else np.flatnonzero(complete)
    atoms = prepare_atoms(inputs, rows, level_rows)
    groupings = _groupings(inputs, level_rows, data2 or {})
    response = _response(inputs, rows)
    additions = _additions(inputs, rows)
    recipe = inputs.recipe
    thresholds = recipe.thresholds
    if recipe.training and response is not None and _has_category_effects(inputs):
        thresholds = n_thresholds(response, additions)
    chosen = Chosen(inputs, rows, len(used), atoms, groupings, allow_new_levels, thresholds)
    predictors = tuple(build_predictor(p, chosen) for p in inputs.formula.predictors)
    if recipe.training:
        levels = {key: value.levels for key, value in atoms.items() if value.is_factor}
        if response is not None and response.levels:
            levels[response.name] = response.levels
        recipe = Recipe(
            formula=recipe.formula,
            states=MappingProxyType(dict(inputs.scope.learned)),
            levels=MappingProxyType(levels),
            groupings=MappingProxyType(dict(groupings)),
            thresholds=thresholds,
            contrasts=MappingProxyType(dict(recipe.contrasts)),
        )
    return Design(
        n_obs=len(used),
        n_dropped=int((~complete).sum()),
        rows=frozen(used),
        response=response,
        additions=MappingProxyType(additions),
        predictors=predictors,
        variables=inputs.names,
        recipe=recipe,
    )


def _has_category_effects(inputs: Inputs) -> bool:
    """Whether some group-level effect is that of a single threshold."""
    return any(category_terms(special) for term in inputs.groups for special in term.specials)


def _groupings(
    inputs: Inputs, level_rows: Rows, data2: Mapping[str, Any]
) -> Mapping[GroupTerm, Grouping]:
    if not inputs.recipe.training:
        return inputs.recipe.groupings
    made = {}
    for term, item in inputs.groups.items():
        chosen = item.take(level_rows)
        levels = chosen.levels()
        by = read_by(term, chosen.parts, chosen.by, levels)
        pw = None
        if term.pw is not None:
            weights = evaluate(term.pw, inputs.scope, inputs.text).take(level_rows)
            pw = read_pw(term, chosen.parts, weights, levels)
        made[term] = Grouping(levels, by, read_cov(term, data2, levels), pw)
    return made


def _response(inputs: Inputs, rows: Rows) -> Column | None:
    if not inputs.has_response:
        return None
    name = deparse(inputs.formula.response.node)
    value = inputs.value(inputs.formula.response.node).take(rows)
    if value.is_factor and inputs.recipe.training:
        value = drop_unused(value)
    elif value.is_factor:
        value = on_known_levels(value, name, inputs.recipe.levels)
    return Column.of(name, value)


def _additions(inputs: Inputs, rows: Rows) -> dict[str, AdditionColumns]:
    def column(node: Node) -> Column:
        return Column.of(deparse(node), inputs.value(node).take(rows))

    made = {}
    for addition in inputs.additions:
        params = {p.name: p for p in ADDITIONS[addition.name].params}
        kwargs: dict[str, Any] = {
            p.name: p.default for p in params.values() if p.default is not None
        }
        for name, node in addition.kwargs:
            kind = params[name].kind
            constant = flag(node, False) if kind == "flag" else number(node)
            kwargs[name] = column(node) if kind == "expr" else constant
        args = tuple(column(node) for node in addition.args)
        made[addition.name] = AdditionColumns(addition.name, args, MappingProxyType(kwargs))
    return made


def _warn_dropped(complete: Any) -> None:
    n, kept = len(complete), int(complete.sum())
    if not kept:
        raise DataError("No row is left: in each some variable of the formula is missing.")
    if kept < n:
        warnings.warn(
            f"{n - kept} of {n} rows {'was' if n - kept == 1 else 'were'} left out because a "
            "variable of the formula is missing there.",
            DataWarning,
            skip_file_prefixes=(_PACKAGE,),
        )
