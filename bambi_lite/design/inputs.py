"""Every expression that a formula needs, evaluated on all rows, and which rows are complete."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..errors import DataError, listing, rows_of, suggest
from ..formula import (
    Addition,
    BrmsFormula,
    GroupTerm,
    Name,
    Node,
    Predictor,
    SpecialTerm,
    deparse,
    variables,
)
from ..formula.vocabulary import AUTOCORRELATION
from .coding import atoms_of
from .evaluate import Scope, data_variables, evaluate
from .groups import GroupInput, nodes_of_group
from .recipe import Recipe
from .values import Value


@dataclass(frozen=True, slots=True, eq=False)
class Inputs:
    """A formula on a data frame, before the rows are chosen.

    Attributes
    ----------
    frame : pandas.DataFrame
    recipe : Recipe
    scope : Scope
        Holds the value of every expression.
    complete : array
        Which rows have all values.
    subset : array
        Which rows ``subset()`` asks for.
    names : tuple of str
        The columns that are needed.
    additions : tuple of Addition
        Those that can be evaluated; all of them in training.
    groups : mapping
        The grouping variables of each group-level term; empty if group terms are left out.
    has_response : bool
    """

    frame: pd.DataFrame
    recipe: Recipe
    scope: Scope
    complete: Any
    subset: Any
    names: tuple[str, ...]
    additions: tuple[Addition, ...]
    groups: Mapping[GroupTerm, GroupInput]
    has_response: bool

    @property
    def formula(self) -> BrmsFormula:
        """The formula."""
        return self.recipe.formula

    @property
    def text(self) -> str:
        """The text that the positions in the response refer to."""
        return self.recipe.formula.main.text

    def value(self, node: Node, text: str | None = None) -> Value:
        """The value of an expression on all rows."""
        return evaluate(node, self.scope, self.text if text is None else text)


@dataclass(frozen=True, slots=True)
class _Need:
    """An expression to evaluate; its missing values count unless `gaps`."""

    node: Node
    text: str
    gaps: bool = False


def read_inputs(
    frame: pd.DataFrame,
    recipe: Recipe,
    need_response: bool = True,
    with_groups: bool = True,
    need_additions: Collection[str] = (),
) -> Inputs:
    """Evaluate everything that a formula needs.

    Of new data, the addition terms that `need_additions` names have to be there, the others and
    (unless `need_response`) the response are evaluated where their columns are.

    Raises
    ------
    DataError
        For missing columns.
    FormulaError
        For unknown functions and wrong arguments.
    """
    formula = recipe.formula
    has_response = need_response or _has(frame, formula.response.node)
    additions = tuple(
        a for a in formula.response.additions if recipe.training or _has(frame, *_nodes(a))
    )
    if recipe.training:
        _check_parameters(frame, formula)
    else:
        _check_columns(frame, formula, need_response, with_groups, need_additions)
    scope = Scope(frame, recipe.states)
    missing = np.zeros(len(frame), dtype=bool)
    names: dict[str, None] = {}
    # A new row counts as complete if it has all that is asked for.
    asked = None if need_response else need_additions
    for need in _needs(formula, additions, has_response, with_groups, asked):
        value = evaluate(need.node, scope, need.text)
        names.update(dict.fromkeys(data_variables(need.node)))
        if not need.gaps:
            missing |= value.missing
            for name in data_variables(need.node):
                missing |= scope.column(name).missing
    groups: dict[GroupTerm, GroupInput] = {}
    for predictor in formula.predictors if with_groups else ():
        for term in predictor.groups:
            groups[term] = GroupInput.read(term, frame)
            missing |= groups[term].missing
            names.update(dict.fromkeys(term.members))
            if term.pw is not None and recipe.training:
                missing |= evaluate(term.pw, scope, predictor.source).missing
                names.update(dict.fromkeys(data_variables(term.pw)))
    for addition in additions:
        if addition.name == "cens" and len(addition.args) > 1 and asked is None:
            missing |= _bound_missing(addition, scope, formula.main.text)
    subset = _subset(additions, scope, formula.main.text, len(frame))
    kept = tuple(n for n in names if n != "Intercept")
    return Inputs(frame, recipe, scope, ~missing, subset, kept, additions, groups, has_response)


def _has(frame: pd.DataFrame, *nodes: Node) -> bool:
    return all(v in frame.columns for node in nodes for v in data_variables(node))


def _nodes(addition: Addition) -> tuple[Node, ...]:
    return (*addition.args, *(node for _, node in addition.kwargs))


def _needs(
    formula: BrmsFormula,
    additions: Iterable[Addition],
    has_response: bool,
    with_groups: bool,
    asked: Collection[str] | None,
) -> Iterable[_Need]:
    """`asked` are the addition terms that have to be there; None: all, and the response too."""
    text = formula.main.text
    imputed = any(a.name == "mi" for a in additions)
    if has_response:
        yield _Need(formula.response.node, text, imputed or asked is not None)
    for addition in additions:
        for i, node in enumerate(_nodes(addition)):
            # Errors of measurement belong to observed values only, upper bounds to intervals.
            gaps = addition.name == "mi" or (addition.name == "cens" and i == 1)
            gaps = gaps or (asked is not None and addition.name not in asked)
            yield _Need(node, text, gaps)
    for predictor in formula.predictors:
        for node in nodes_of(predictor, formula, with_groups):
            yield _Need(node, predictor.source)


def _bound_missing(addition: Addition, scope: Scope, text: str) -> Any:
    """Rows that are censored in an interval and lack its upper bound."""
    codes = evaluate(addition.args[0], scope, text)
    bound = evaluate(addition.args[1], scope, text)
    interval = codes.labels() == "interval" if codes.is_factor else codes.data == 2
    return interval & bound.missing


def _subset(additions: Iterable[Addition], scope: Scope, text: str, n: int) -> Any:
    for addition in additions:
        if addition.name == "subset":
            value = evaluate(addition.args[0], scope, text)
            if value.is_factor or value.data.ndim != 1:
                raise DataError(f"'{deparse(addition.node)}' needs a column of TRUE and FALSE.")
            data = np.asarray(value.data, dtype=float)
            if np.isnan(data).any():
                raise DataError(
                    f"'{deparse(addition.node)}' is missing in {rows_of(np.isnan(data))}; it says "
                    "of each row whether it is used, TRUE or FALSE."
                )
            return data != 0
    return np.ones(n, dtype=bool)


def _check_parameters(frame: pd.DataFrame, formula: BrmsFormula) -> None:
    """Names that are no columns because they were meant as parameters."""
    parameters = [p.name for p in formula.predictors[1:]]
    for predictor in formula.predictors:
        for node in nodes_of(predictor, formula, False):
            for name in data_variables(node):
                if name in frame.columns or name == "Intercept":
                    continue
                if name in parameters:
                    raise DataError(
                        f"The data have no column '{name}', and '{name}' has a formula of its own. "
                        "Did you forget nl=True?"
                    )
                if predictor.body is not None:
                    raise DataError(
                        f"'{name}' in the non-linear formula is neither a column of the data nor a "
                        f"parameter.{suggest(name, [*parameters, *map(str, frame.columns)])} A "
                        f"parameter needs a formula: {name} ~ 1."
                    )


def _check_columns(
    frame: pd.DataFrame,
    formula: BrmsFormula,
    need_response: bool,
    with_groups: bool,
    need_additions: Collection[str],
) -> None:
    """All columns that new data lack at once, rather than the first."""
    nodes = [n for p in formula.predictors for n in nodes_of(p, formula, with_groups)]
    if need_response:
        nodes.append(formula.response.node)
    # Each name with the addition term that it is for.
    names = dict.fromkeys((v for node in nodes for v in data_variables(node)), "")
    if with_groups:
        names |= {m: "" for p in formula.predictors for t in p.groups for m in t.members}
    for addition in formula.response.additions:
        if addition.name in need_additions:
            own = {v: f" of {deparse(addition.node)}" for v in data_variables(addition.node)}
            names = own | names
    lacking = [
        f"{v!r}{reason}"
        for v, reason in names.items()
        if v not in frame.columns and v != "Intercept"
    ]
    if lacking:
        raise DataError(
            f"The new data lack the column{'s' if len(lacking) > 1 else ''} {listing(lacking)}."
        )


def nodes_of(predictor: Predictor, formula: BrmsFormula, with_groups: bool) -> list[Node]:
    """The expressions that a predictor needs, grouping variables aside."""
    if predictor.body is not None:
        return [Name(v) for v in covariates(predictor, formula)]
    nodes = [*atoms_of(predictor.terms).values(), *predictor.offsets]
    nodes += [Name(v) for s in predictor.specials for v in _columns_of_special(s)]
    for term in predictor.groups if with_groups else ():
        nodes += nodes_of_group(term)
        nodes += [Name(v) for s in term.specials for v in _columns_of_special(s)]
    return nodes


def covariates(predictor: Predictor, formula: BrmsFormula) -> tuple[str, ...]:
    """The names in a non-linear body that are no parameters, but columns."""
    known = {p.name for p in formula.predictors} | {name for name, _ in formula.fixed}
    assert predictor.body is not None
    return tuple(v for v in variables(predictor.body) if v not in known)


def _columns_of_special(special: SpecialTerm) -> list[str]:
    """The columns of a special term that must be complete: ``mi(x)`` allows gaps in x."""
    found = [v for f in special.factors for v in data_variables(f)]
    for call in special.calls:
        nodes: list[Node] = list(call.args)
        nodes += [node for name, node in call.options if _is_column(call.name, name)]
        found += variables(*nodes)
    return found


def _is_column(function: str, argument: str) -> bool:
    """Whether an argument of a special function names columns of the data."""
    if function in AUTOCORRELATION:
        return argument in ("time", "gr")
    columns = {"mo": ("x",), "me": ("x", "sdx", "gr"), "mi": ("idx",), "cs": ("expr",)}
    return argument in columns.get(function, ("by",))
