"""Formula and data -> arrays, with the recipe that makes the same columns of new data."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from bambi_lite.design.coding import atoms_of, columns_of
from bambi_lite.design.evaluate import Scope, evaluate, find_column
from bambi_lite.design.factors import named_contrast
from bambi_lite.design.frames import to_pandas
from bambi_lite.design.groups import (
    GroupDesign,
    GroupInput,
    build_group,
    group_levels,
    members_missing,
    nodes_of_group,
    read_by,
    read_cov,
    read_members,
)
from bambi_lite.design.operators import Refused
from bambi_lite.design.values import (
    Column,
    FloatArray,
    IntArray,
    Value,
    as_factor,
    drop_unused,
    frozen,
    r_sort_key,
    recode,
)
from bambi_lite.errors import DataError, DataWarning, FormulaError, formula_error, listing
from bambi_lite.formula import (
    Addition,
    BrmsFormula,
    MvFormula,
    Name,
    Node,
    Predictor,
    SpecialTerm,
    deparse,
    expand_dots,
    rename,
    variables,
)
from bambi_lite.formula.signatures import flag
from bambi_lite.formula.vocabulary import ADDITIONS, AUTOCORRELATION


@dataclass(frozen=True, slots=True, eq=False)
class AdditionColumns:
    """The arguments of one addition term: columns by position, options by name.

    Columns are of type :class:`Column`; a constant is repeated for each row. An option of kind
    TRUE or FALSE is a bool.
    """

    name: str
    args: tuple[Column, ...]
    kwargs: Mapping[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class PredictorDesign:
    """The arrays of one linear predictor.

    Attributes
    ----------
    dpar, nlpar : str
        What is predicted.
    columns : tuple of str
        brms' names of the coefficients; ``Intercept`` is the first where there is one.
    X : array, shape (n_obs, len(columns))
    intercept : bool
        Whether the first column is an intercept.
    center : bool
        Whether it is sampled for centred columns.
    offset : array or None, shape (n_obs,)
    groups : tuple of GroupDesign
        In brms' order.
    specials : tuple of SpecialTerm
        Parsed terms that have no columns yet.
    body : Node or None
        The expression of a non-linear formula, which has no columns.
    covariates : tuple of Column
        The columns of the data that `body` names, in order of appearance.
    """

    dpar: str
    nlpar: str
    columns: tuple[str, ...]
    X: FloatArray
    intercept: bool
    center: bool
    offset: FloatArray | None
    groups: tuple[GroupDesign, ...]
    specials: tuple[SpecialTerm, ...]
    body: Node | None = None
    covariates: tuple[Column, ...] = ()

    @property
    def name(self) -> str:
        """The parameter that is predicted."""
        return self.nlpar or self.dpar


@dataclass(frozen=True, slots=True, eq=False)
class Recipe:
    """What the training data decided: how new data are turned into the same columns."""

    formula: BrmsFormula
    states: Mapping[str, Any]
    levels: Mapping[str, tuple[str, ...]]
    groups: Mapping[str, tuple[str, ...]]
    by: Mapping[str, Any]
    covs: Mapping[str, Any]
    contrasts: Mapping[str, str]


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
        """
        predictor = self[dpar]
        return pd.DataFrame(predictor.X, columns=list(predictor.columns), index=self.rows.copy())

    def new_data(
        self,
        frame: Any,
        allow_new_levels: bool = False,
        need_response: bool = False,
        groups: bool = True,
    ) -> Design:
        """New rows through the same recipe.

        Parameters
        ----------
        frame : DataFrame
            With the columns of `variables`, in any order; others are ignored.
        allow_new_levels : bool
            Whether group-level terms may meet new levels. Their index is -1.
        need_response : bool
            Whether the response must be there. If not, it and addition terms are evaluated
            where their columns are there.
        groups : bool
            False leaves group-level terms out.

        Returns
        -------
        Design

        Raises
        ------
        DataError
            For missing columns and new levels.
        """
        return _Builder(to_pandas(frame, "new data"), self.recipe, allow_new_levels,
                        need_response, groups).design()  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class MvDesign:
    """The data of a model with several responses: one :class:`Design` for each."""

    designs: tuple[Design, ...]
    n_obs: int
    n_dropped: int
    rescor: bool | None = None

    def __getitem__(self, response: str) -> Design:
        """The design of a response."""
        for design in self.designs:
            if design.recipe.formula.response.name == response:
                return design
        raise KeyError(response)


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

    Raises
    ------
    DataError
        For data that do not fit the formula.
    FormulaError
        For an unknown function, or columns of one name.

    Warns
    -----
    DataWarning
        If rows are left out because a value is missing.

    Examples
    --------
    >>> import pandas as pd
    >>> from bambi_lite.formula import bf
    >>> frame = pd.DataFrame({"y": [1.0, 2.0, 4.0], "x": [0.0, 1.0, 2.0]})
    >>> build_design(bf("y ~ x"), frame).predictors[0].columns
    ('Intercept', 'x')
    """
    frame = to_pandas(data)
    if isinstance(formula, MvFormula):
        return _build_several(formula, frame, data2 or {}, contrasts or {})
    recipe = _raw_recipe(formula, frame, contrasts or {})
    return _Builder(frame, recipe, data2=data2 or {}, training=True).design()


def _raw_recipe(
    formula: BrmsFormula, frame: pd.DataFrame, contrasts: Mapping[str, str]
) -> Recipe:
    names = [str(c) for c in frame.columns]
    return Recipe(expand_dots(formula, names), {}, {}, {}, {}, {}, dict(contrasts))


def _build_several(
    formula: MvFormula, frame: pd.DataFrame, data2: Mapping[str, Any], contrasts: Mapping[str, str]
) -> MvDesign:
    builders = [
        _Builder(frame, _raw_recipe(f, frame, contrasts), data2=data2, training=True)
        for f in formula.forms
    ]
    complete = np.ones(len(frame), dtype=bool)
    for builder in builders:
        complete &= builder.complete() | ~builder.subset()
    _check_rows(complete, len(frame), warn=True)
    designs = tuple(b.design(complete) for b in builders)
    return MvDesign(designs, int(complete.sum()), int((~complete).sum()), formula.rescor)


def _check_rows(kept: Any, n: int, warn: bool) -> None:
    count = int(kept.sum())
    if not count:
        raise DataError("No row is left: in each some variable of the formula is missing.")
    if warn and count < n:
        dropped = n - count
        warnings.warn(
            f"{dropped} of {n} rows {'was' if dropped == 1 else 'were'} left out because a "
            "variable of the formula is missing there.",
            DataWarning,
            stacklevel=_stack_level(),
        )


def _stack_level() -> int:
    """The warning belongs to the line that called the package, however deep this is."""
    import sys

    level, frame = 1, sys._getframe(0)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith("bambi_lite"):
        frame = frame.f_back
        level += 1
    return level - 1


class _Builder:
    """One pass over one formula and one data frame."""

    def __init__(
        self,
        frame: pd.DataFrame,
        recipe: Recipe,
        allow_new_levels: bool = False,
        need_response: bool = True,
        groups: bool = True,
        *,
        data2: Mapping[str, Any] | None = None,
        training: bool = False,
    ) -> None:
        self.frame, self.recipe, self.formula = frame, recipe, recipe.formula
        self.training = training
        self.allow_new_levels = allow_new_levels
        self.data2 = data2 or {}
        self.scope = Scope(frame, None if training else recipe.states)
        self.n = len(frame)
        self.missing = np.zeros(self.n, dtype=bool)
        self.names: dict[str, None] = {}
        self.main_text = self.formula.main.text
        self.has_response = need_response or self._has(self.formula.response.node)
        self.inputs: dict[int, GroupInput] = {}
        self._check_columns(need_response, groups)
        self._evaluate_all(groups)
        self.groups = groups

    def _has(self, *nodes: Node) -> bool:
        return all(v in self.frame.columns for v in variables(*nodes))

    def _check_columns(self, need_response: bool, groups: bool) -> None:
        """All missing columns at once, rather than the first."""
        if self.training:
            return
        needed = dict.fromkeys(
            v for p in self.formula.predictors for v in _predictor_variables(p, self.formula, groups)
        )
        if need_response:
            needed.update(dict.fromkeys(variables(self.formula.response.node)))
        lacking = [v for v in needed if v not in self.frame.columns and v != "Intercept"]
        if lacking:
            raise DataError(
                f"The new data lack {'columns' if len(lacking) > 1 else 'the column'} "
                f"{listing(repr(v) for v in lacking)}."
            )

    # Which rows are complete.

    def _need(self, node: Node, text: str) -> Value:
        value = evaluate(node, self.scope, text)
        self._note(value.missing)
        for name in variables(node):
            if not name.startswith("contr."):
                self._need_column(name)
        return value

    def _need_column(self, name: str) -> None:
        if name == "Intercept" and name not in self.frame.columns:
            return
        self.names.setdefault(name)
        self._note(self.scope.column(name).missing)

    def _note(self, missing: Any) -> None:
        self.missing |= missing

    def _evaluate_all(self, groups: bool) -> None:
        response = self.formula.response
        keeps_missing = any(a.name == "mi" for a in response.additions)
        if self.has_response:
            value = evaluate(response.node, self.scope, self.main_text)
            for name in variables(response.node):
                self.names.setdefault(name)
                if not keeps_missing:
                    self._need_column(name)
            if not keeps_missing:
                self._note(value.missing)
        for addition in self._present_additions():
            self._evaluate_addition(addition)
        for predictor in self.formula.predictors:
            for node in _ordinary_nodes(predictor, self.formula):
                self._need(node, predictor.source)
            for name in _special_variables(predictor):
                self._need_column(name)
            if groups:
                self._evaluate_groups(predictor)

    def _evaluate_addition(self, addition: Addition) -> None:
        for node in (*addition.args, *(n for _, n in addition.kwargs)):
            if addition.name == "mi" or (addition.name == "cens" and node is addition.args[-1] and len(addition.args) > 1):
                # Missing errors belong to observed responses only; so do bounds of intervals.
                evaluate(node, self.scope, self.main_text)
                for name in variables(node):
                    self.names.setdefault(name)
            else:
                self._need(node, self.main_text)

    def _present_additions(self) -> tuple[Addition, ...]:
        additions = self.formula.response.additions
        if self.training or self.has_response and all(self._has(a.node) for a in additions):
            return additions
        return tuple(a for a in additions if self._has(a.node))

    def _evaluate_groups(self, predictor: Predictor) -> None:
        for term in predictor.groups:
            item = GroupInput(term, read_members(term, self.frame))
            self.inputs[id(term)] = item
            self._note(members_missing(item.members))
            for name in term.members:
                self.names.setdefault(name)
            for node in nodes_of_group(term):
                self._need(node, predictor.source)
            if term.by is not None and self.training:
                self._need_column(deparse(term.by))
            for special in term.specials:
                for name in _variables_of_special(special):
                    self._need_column(name)

    def complete(self) -> Any:
        """Which rows have all values."""
        return ~self.missing

    def subset(self) -> Any:
        """Which rows ``subset()`` asks for."""
        for addition in self._present_additions():
            if addition.name == "subset":
                data = evaluate(addition.args[0], self.scope, self.main_text).data
                return np.nan_to_num(np.asarray(data, dtype=float)) != 0
        return np.ones(self.n, dtype=bool)

    # Arrays.

    def design(self, complete: Any = None) -> Design:
        """The arrays on the rows that are complete, here or, if given, in all responses."""
        subset = self.subset()
        if complete is None:
            complete = self.complete() | ~subset
            _check_rows(complete, self.n, warn=True)
        kept = complete & subset
        if not kept.any():
            raise DataError("subset() leaves no row.")
        rows: IntArray = np.flatnonzero(kept)
        # A slice avoids copies of long columns when nothing is left out.
        take: IntArray | slice = slice(None) if len(rows) == self.n else rows
        level_rows = slice(None) if complete.all() else np.flatnonzero(complete)
        values, levels = self._atoms(take, level_rows)
        built = _Built(self, take, level_rows, len(rows), values)
        predictors = tuple(built.predictor(p) for p in self.formula.predictors)
        _check_group_effects(predictors, self.formula)
        recipe = self.recipe
        if self.training:
            recipe = Recipe(
                self.formula,
                MappingProxyType(dict(self.scope.learned)),
                MappingProxyType(levels),
                MappingProxyType(built.levels),
                MappingProxyType(built.by),
                MappingProxyType(built.covs),
                MappingProxyType(dict(self.recipe.contrasts)),
            )
        return Design(
            n_obs=len(rows),
            n_dropped=int((~complete).sum()),
            rows=frozen(rows),
            response=self._response(take),
            additions=MappingProxyType(self._additions(take)),
            predictors=predictors,
            variables=tuple(self.names),
            recipe=recipe,
        )

    def _response(self, take: IntArray | slice) -> Column | None:
        if not self.has_response:
            return None
        node = self.formula.response.node
        value = evaluate(node, self.scope, self.main_text)
        if self.training and value.is_factor:
            value = drop_unused(value.take(take))
        elif value.is_factor:
            value = self._known(value.take(take), deparse(node))
        else:
            value = value.take(take)
        return Column.of(deparse(node), value)

    def _known(self, value: Value, key: str) -> Value:
        """A factor on the levels it had in the training data."""
        levels = self.recipe.levels.get(key)
        if levels is None:
            return value
        codes, unknown = recode(value, levels)
        if unknown:
            raise DataError(
                f"'{key}' has levels that the training data do not have: "
                f"{listing(repr(u) for u in unknown)}. Known: {listing(map(repr, levels))}."
            )
        return Value(value.kind, codes, levels, value.names, value.contrast)

    def _additions(self, take: IntArray | slice) -> dict[str, AdditionColumns]:
        made = {}
        for addition in self._present_additions():
            params = {p.name: p for p in ADDITIONS[addition.name].params}
            kwargs: dict[str, Any] = {
                p.name: p.default for p in params.values() if p.default is not None
            }
            for name, node in addition.kwargs:
                kwargs[name] = (
                    flag(node, False) if params[name].kind == "flag" else self._column(node, take)
                )
            args = tuple(self._column(node, take) for node in addition.args)
            made[addition.name] = AdditionColumns(addition.name, args, MappingProxyType(kwargs))
        return made

    def _column(self, node: Node, take: IntArray | slice) -> Column:
        return Column.of(deparse(node), evaluate(node, self.scope, self.main_text).take(take))

    def _atoms(
        self, take: IntArray | slice, level_rows: IntArray | slice
    ) -> tuple[dict[str, Value], dict[str, tuple[str, ...]]]:
        """The atoms of all terms on the rows that are used, and the levels of the factors."""
        values: dict[str, Value] = {}
        levels: dict[str, tuple[str, ...]] = {}
        for predictor in self.formula.predictors:
            sides = [predictor.terms, *(g.terms for g in predictor.groups if self.groups)]
            for key, node in ((k, v) for terms in sides for k, v in atoms_of(terms).items()):
                if key not in values:
                    value = self._factor(evaluate(node, self.scope, predictor.source), key, level_rows)
                    if value.is_factor:
                        levels[key] = value.levels
                    else:
                        _check_finite(value, key)
                    values[key] = value.take(take)
        if self.training and self.has_response:
            value = evaluate(self.formula.response.node, self.scope, self.main_text)
            if value.is_factor:
                levels[deparse(self.formula.response.node)] = drop_unused(value.take(take)).levels
        return values, levels

    def _factor(self, value: Value, key: str, level_rows: IntArray | slice) -> Value:
        """An atom as it enters a design: factors on the levels that occur, on all rows."""
        if not value.is_factor and value.kind != "logical":
            return value
        if value.kind == "logical":
            value = as_factor(value)
        elif self.training:
            value = as_factor(value)
            used = drop_unused(value.take(level_rows)).levels
            value = Value(value.kind, recode(value, used)[0], used, (), value.contrast)
        else:
            value = self._known(as_factor(value), key)
        name = self.recipe.contrasts.get(key)
        if name is not None:
            try:
                made = named_contrast(name)
            except Refused as problem:
                raise DataError(f"contrasts of '{key}': {problem}.") from None
            value = Value(value.kind, value.data, value.levels, (), made)
        return value


class _Built:
    """Predictors as arrays, on rows that are chosen."""

    def __init__(
        self, base: _Builder, take: Any, level_rows: Any, n: int, values: Mapping[str, Value]
    ) -> None:
        self.base, self.take, self.level_rows, self.n = base, take, level_rows, n
        self.values = values
        self.levels: dict[str, tuple[str, ...]] = {}
        self.by: dict[str, Any] = {}
        self.covs: dict[str, Any] = {}

    def predictor(self, predictor: Predictor) -> PredictorDesign:
        if predictor.body is not None:
            return self._nonlinear(predictor)
        names, X = columns_of(
            predictor.terms, self.values, predictor.intercept, predictor.cmc, self.n
        )
        groups = [self._group(t, predictor) for t in predictor.groups] if self.base.groups else []
        groups.sort(key=lambda g: r_sort_key(g.group))
        return PredictorDesign(
            dpar=predictor.dpar,
            nlpar=predictor.nlpar,
            columns=_unique_names(names, predictor),
            X=frozen(X),
            intercept=predictor.intercept,
            center=predictor.center and predictor.intercept,
            offset=self._offset(predictor),
            groups=tuple(groups),
            specials=predictor.specials,
        )

    def _nonlinear(self, predictor: Predictor) -> PredictorDesign:
        assert predictor.body is not None
        names = _covariates(predictor, self.base.formula)
        columns = tuple(
            Column.of(name, self.base.scope.column(name).take(self.take)) for name in names
        )
        return PredictorDesign(
            predictor.dpar, predictor.nlpar, (), frozen(np.empty((self.n, 0))), False, False, None,
            (), (), predictor.body, columns,
        )  # fmt: skip

    def _offset(self, predictor: Predictor) -> FloatArray | None:
        if not predictor.offsets:
            return None
        total = np.zeros(self.n)
        for node in predictor.offsets:
            value = evaluate(node, self.base.scope, predictor.source).take(self.take)
            if value.is_factor or value.data.ndim != 1:
                raise formula_error(
                    f"offset({deparse(node)}) must be a column of numbers.",
                    predictor.source,
                    node.pos,
                    max(1, node.end - node.pos),
                )
            total += value.data
        return np.asarray(frozen(total))

    def _group(self, term: Any, predictor: Predictor) -> GroupDesign:
        base = self.base
        item = base.inputs[id(term)]
        if base.training:
            if term.group not in self.levels:
                self.levels[term.group] = group_levels(item, self.level_rows)
            levels = self.levels[term.group]
            by = read_by(term, item, base.frame, self.level_rows, levels)
            cov = read_cov(term, base.data2, levels)
            self.by[_key(term)], self.covs[term.cov] = by, cov
        else:
            levels = base.recipe.groups[term.group]
            by, cov = base.recipe.by[_key(term)], base.recipe.covs[term.cov]
        return build_group(item, self.values, base.scope, predictor.source, self.take, levels,
                           base.allow_new_levels, by, cov)  # fmt: skip


def _key(term: Any) -> str:
    return f"{term.group} by {deparse(term.by)}" if term.by is not None else term.group


def _covariates(predictor: Predictor, formula: BrmsFormula) -> tuple[str, ...]:
    """The names in a non-linear body that are no parameters."""
    known = {p.name for p in formula.predictors} | {name for name, _ in formula.fixed}
    assert predictor.body is not None
    return tuple(v for v in variables(predictor.body) if v not in known)


def _ordinary_nodes(predictor: Predictor, formula: BrmsFormula) -> Iterable[Node]:
    if predictor.body is not None:
        return [Name(v) for v in _covariates(predictor, formula)]
    return [*atoms_of(predictor.terms).values(), *predictor.offsets]


def _special_variables(predictor: Predictor) -> list[str]:
    return [v for s in predictor.specials for v in _variables_of_special(s)]


def _variables_of_special(special: SpecialTerm) -> list[str]:
    """The columns that a special term needs to be complete; ``mi(x)`` allows gaps in x."""
    found: list[str] = list(variables(*special.factors))
    for call in special.calls:
        nodes: list[Node] = list(call.args)
        wanted = ("by",) if call.name in ("s", "t2", "gp") else None
        for name, node in call.options:
            if wanted is not None and name not in wanted:
                continue
            if name in ("id", "type", "cov", "p", "q", "M"):
                continue
            if call.name == "mi" and name == "x":
                continue
            if call.name in AUTOCORRELATION and name not in ("time", "gr"):
                continue
            nodes.append(node)
        found += variables(*nodes)
    return found


def _predictor_variables(
    predictor: Predictor, formula: BrmsFormula, groups: bool
) -> Iterable[str]:
    nodes = list(_ordinary_nodes(predictor, formula))
    names = [v for v in variables(*nodes) if not v.startswith("contr.")]
    names += _special_variables(predictor)
    if groups:
        for term in predictor.groups:
            names += [v for v in variables(*nodes_of_group(term)) if not v.startswith("contr.")]
            names += term.members
            names += [v for s in term.specials for v in _variables_of_special(s)]
    return names


def _unique_names(names: Iterable[str], predictor: Predictor) -> tuple[str, ...]:
    """brms' names; two columns of one name are an error."""
    raw = tuple(names)
    made = tuple(map(rename, raw))
    for name in made:
        if made.count(name) > 1 if len(made) < 50 else False:
            raise _duplicate(name, raw, made, predictor)
    if len(set(made)) < len(made):
        raise _duplicate(next(n for n in made if made.count(n) > 1), raw, made, predictor)
    return made


def _duplicate(
    name: str, raw: tuple[str, ...], made: tuple[str, ...], predictor: Predictor
) -> FormulaError:
    same = [f"'{r}'" for r, m in zip(raw, made, strict=True) if m == name]
    return formula_error(
        f"The columns {' and '.join(same)} get the same name '{name}'. Make one of them a column "
        "of the data.",
        predictor.source,
        predictor.rhs.pos,
        max(1, predictor.rhs.end - predictor.rhs.pos),
    )


def _check_finite(value: Value, key: str) -> None:
    infinite = np.isinf(value.data)
    if infinite.any():
        row = int(np.argwhere(infinite)[0][0])
        raise DataError(f"'{key}' is infinite in row {row} (counted from 0).")


def _check_group_effects(predictors: Iterable[PredictorDesign], formula: BrmsFormula) -> None:
    for predictor in predictors:
        seen: set[tuple[str, str]] = set()
        for group in predictor.groups:
            for coef in group.coefs:
                if (group.group, coef) in seen:
                    raise FormulaError(
                        f"Duplicated group-level effect '{coef}' of group '{group.group}' in "
                        f"'{formula.text}'."
                    )
                seen.add((group.group, coef))


__all__ = ["find_column"]
