"""The columns of the data that a model needs: what they are for, and their values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from ..design import Design, r_sort_key
from ..design.values import NUMERIC, read_column
from ..errors import DataError, listing, suggest
from ..formula import Addition, BrmsFormula, Call, Name, Node, Predictor, variables, walk
from ..spec import ModelSpec

#: What a column is for. A column that predicts is a predictor, whatever else it is.
PREDICTOR, GROUP, RESPONSE, ADDITION = "predictor", "group", "response", "addition"
#: Functions that take the values of a column as labels: other values have no meaning in them.
_LABELS = frozenset({"factor", "as.factor", "ordered", "as.ordered", "relevel", "interaction"})
#: Addition terms whose columns are codes or labels, and those that are whole numbers.
_CODES = frozenset({"cens", "dec", "subset"})
_WHOLE = frozenset({"trials", "thres", "cat", "vint"})


@dataclass(frozen=True, slots=True, eq=False)
class Variable:
    """A column of the data that the formula needs.

    Attributes
    ----------
    name : str
    role : str
        ``predictor``, ``group``, ``response`` or ``addition``.
    column : pandas.Series
        As it was given, on the rows that are used.
    levels : tuple
        The values of a factor-like column (text, categories, booleans, groups, numbers inside
        ``factor()``) in the order of the model, of the column's own type; empty for numbers.
    term : str
        For a column of an addition term, which one.
    by : str
        For groups of ``gr(g, by = x)``, the column x that separates their populations.
    """

    name: str
    role: str
    column: pd.Series
    levels: tuple[Any, ...] = ()
    term: str = ""
    by: str = ""

    @property
    def numeric(self) -> bool:
        """Whether it takes any number."""
        return not self.levels

    @property
    def numbers(self) -> np.ndarray:
        """The values of a numeric column."""
        return np.asarray(self.column.to_numpy(dtype=float, na_value=np.nan))

    @property
    def reference(self) -> Any:
        """Where brms holds it: the mean of numbers, the first level of factors.

        Trials are 1, so that a probability is shown; other whole numbers of addition terms are
        at their median; rows that ``subset()`` would leave out are not.
        """
        if self.term == "subset":
            return True
        if self.levels:
            return self.levels[0]
        if self.term == "trials":
            return 1
        if self.term in _WHOLE:
            return int(np.round(np.nanmedian(self.numbers)))
        return float(np.nanmean(self.numbers))

    @property
    def typical(self) -> Any:
        """marginaleffects' typical value: the mean of numbers, else the most frequent level.

        Of several levels that are equally frequent it is the first; groups are levels too.
        """
        if not self.levels or self.term == "subset":
            return self.reference
        counts = self.column.value_counts()
        return max(self.levels, key=lambda level: counts.get(level, 0))

    def series(self, values: Iterable[Any]) -> pd.Series:
        """Values as a column of the same type, so that a model reads them as it read the data."""
        made = list(values)
        dtype = self.column.dtype
        # Groups may be new ones.
        known = isinstance(dtype, pd.CategoricalDtype) and set(made) <= {None, *dtype.categories}
        return pd.Series(pd.Categorical(made, dtype=dtype) if known else made)


@dataclass(frozen=True, slots=True, eq=False)
class Variables:
    """All columns that a model needs: response, additions, predictors, groups, in that order."""

    found: Mapping[str, Variable]

    def __getitem__(self, name: str) -> Variable:
        return self.found[name]

    def __iter__(self) -> Iterator[Variable]:
        return iter(self.found.values())

    def __contains__(self, name: object) -> bool:
        return name in self.found

    def named(self, *roles: str) -> tuple[str, ...]:
        """Names of the columns of these roles."""
        return tuple(v.name for v in self if v.role in roles)

    def check(self, name: Any, what: str, roles: tuple[str, ...]) -> Variable:
        """The column of that name, if it has one of these roles.

        Raises
        ------
        DataError
            Saying which there are.
        """
        valid = self.named(*roles)
        if name in valid:
            return self.found[name]
        here = f" It is the {self.found[name].role} of the model." if name in self.found else ""
        columns = listing(valid) if valid else "none, since the formula has no predictors"
        raise DataError(
            f"{what}: the model has no predictor '{name}'.{here} Predictors of this model: "
            f"{columns}.{suggest(str(name), valid)}"
        )


def variables_of(spec: ModelSpec) -> Variables:
    """The columns that a model needs, with their roles and values."""
    design: Design = spec.design
    formula = design.recipe.formula
    roles, labels = _roles(formula), _labelled(formula)
    terms = {
        name: a.name for a in formula.response.additions for name in _names(*_addition_nodes(a))
    }
    by = {
        member: term.by.name
        for p in formula.predictors
        for term in p.groups
        if isinstance(term.by, Name)
        for member in term.members
    }
    found = {}
    for name in design.variables:
        if name not in spec.data.columns:
            continue
        column, role = spec.data[name], roles.get(name, ADDITION)
        term = terms.get(name, "") if role == ADDITION else ""
        coded = name in labels or term in _CODES or role == GROUP
        found[name] = Variable(
            name, role, column, _levels(column, name, coded), term, by.get(name, "")
        )
    return Variables(MappingProxyType(found))


def _roles(formula: BrmsFormula) -> dict[str, str]:
    """The role of each column; later entries count for more."""
    roles = dict.fromkeys(_names(formula.response.node), RESPONSE)
    for p in formula.predictors:
        for term in p.groups:
            roles |= dict.fromkeys(term.members, GROUP)
    for p in formula.predictors:
        roles |= dict.fromkeys(_names(*_predicting(p)), PREDICTOR)
    return roles


def _predicting(p: Predictor) -> list[Node]:
    """The expressions whose columns a person may want to see the effect of."""
    nodes = [f for term in p.terms for f in term.factors] + list(p.offsets)
    nodes += [f for special in p.specials for f in (*special.factors, *_inside(special))]
    for group in p.groups:
        nodes += [f for term in group.terms for f in term.factors]
        nodes += [f for special in group.specials for f in (*special.factors, *_inside(special))]
        nodes += [group.weights] if group.weights is not None else []
    return nodes


def _inside(special: Any) -> list[Node]:
    return [arg for call in special.calls for arg in call.args]


def _labelled(formula: BrmsFormula) -> frozenset[str]:
    """Columns whose values stand for themselves: ``factor(x)``, the groups of thresholds."""
    nodes: list[Node] = [
        node
        for p in formula.predictors
        for top in _predicting(p)
        for node in walk(top)
        if isinstance(node, Call) and node.function in _LABELS
    ]
    for addition in formula.response.additions:
        nodes += [node for name, node in addition.kwargs if name == "gr"]
    for p in formula.predictors:
        nodes += [term.by for term in p.groups if term.by is not None]
    return frozenset(_names(*nodes))


def _addition_nodes(addition: Addition) -> tuple[Node, ...]:
    return (*addition.args, *(node for _, node in addition.kwargs))


def _names(*nodes: Node) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for node in nodes for name in variables(node)))


def _levels(column: pd.Series, name: str, coded: bool) -> tuple[Any, ...]:
    """The values of a factor-like column that occur, in the model's order."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        used = set(column.cat.codes)
        return tuple(c for i, c in enumerate(column.cat.categories) if i in used)
    kind = read_column(column, name).kind
    if kind in NUMERIC and kind != "logical" and not coded:
        return ()
    present = pd.unique(column.dropna())
    if kind in NUMERIC:
        return tuple(sorted(v.item() if hasattr(v, "item") else v for v in present))
    return tuple(sorted(map(str, present), key=r_sort_key))


# -- effects ---------------------------------------------------------------------------------


def default_effects(spec: ModelSpec) -> tuple[tuple[str, ...], ...]:
    """brms' default effects: the columns of each population-level term, if they are one or two.

    Terms of all distributional parameters count, ``mu`` first, each set of columns once;
    interactions of three or more are left to `conditions`.
    """
    found: dict[frozenset[str], tuple[str, ...]] = {}
    for p in spec.design.recipe.formula.predictors:
        named = [_names(*term.factors) for term in p.terms]
        named += [_names(*_inside(special), *special.factors) for special in p.specials]
        for effect in named:
            found.setdefault(frozenset(effect), effect)
    columns = set(spec.data.columns)
    return tuple(e for e in found.values() if 0 < len(e) <= 2 and columns.issuperset(e))


def effect_text(effect: Iterable[str]) -> str:
    """``zBase:Trt``, as brms writes an effect."""
    return ":".join(effect)
