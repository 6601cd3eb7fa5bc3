"""Linear predictors as arrays, on the rows that were chosen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from ..errors import DataError, FormulaError, formula_error, listing
from ..formula import GroupTerm, Node, Predictor, SpecialTerm, deparse, rename
from ..formula.nodes import error_at
from .coding import atoms_of, columns_of
from .evaluate import data_variables
from .factors import named_contrast
from .groups import GroupDesign, build_group, terms_of_group
from .inputs import Inputs, covariates
from .levels import Grouping
from .operators import Refused
from .values import (
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

Rows = IntArray | slice


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
    decomp : str
        Of which columns the coefficients are the QR decomposition's, with ``decomp = "QR"``:
        ``centred`` ones or ``plain``; empty without.
    resp : str
        The response, where there are several.
    """

    dpar: str
    nlpar: str
    columns: tuple[str, ...]
    X: FloatArray
    intercept: bool
    center: bool
    offset: FloatArray | None = None
    groups: tuple[GroupDesign, ...] = ()
    specials: tuple[SpecialTerm, ...] = ()
    body: Node | None = None
    covariates: tuple[Column, ...] = ()
    decomp: str = ""
    resp: str = ""

    @property
    def name(self) -> str:
        """The parameter that is predicted."""
        return self.nlpar or self.dpar

    def take(self, rows: Rows) -> PredictorDesign:
        """The same predictor on some of its rows."""
        return replace(
            self,
            X=self.X[rows],
            offset=None if self.offset is None else self.offset[rows],
            groups=tuple(g.take(rows) for g in self.groups),
            covariates=tuple(c.take(rows) for c in self.covariates),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """The rows that are used, with what the predictors need on them."""

    inputs: Inputs
    rows: Rows
    n: int
    atoms: Mapping[str, Value]
    groupings: Mapping[GroupTerm, Grouping]
    allow_new_levels: bool
    thresholds: int


def build_predictor(predictor: Predictor, chosen: Chosen) -> PredictorDesign:
    """The arrays of one predictor.

    Raises
    ------
    DataError
        For a factor with one level, an infinite value, an unknown group.
    FormulaError
        For two columns of one name, or an effect that two terms of a group have.
    """
    inputs = chosen.inputs
    if predictor.body is not None:
        columns = tuple(
            Column.of(name, inputs.scope.column(name).take(chosen.rows))
            for name in covariates(predictor, inputs.formula)
        )
        empty = frozen(np.empty((chosen.n, 0)))
        return PredictorDesign(
            predictor.dpar,
            predictor.nlpar,
            (),
            empty,
            False,
            False,
            body=predictor.body,
            covariates=columns,
        )
    names, X = columns_of(
        predictor.terms, chosen.atoms, predictor.intercept, predictor.cmc, chosen.n
    )
    groups = [
        build_group(
            inputs.groups[term],
            chosen.groupings[term],
            chosen.atoms,
            inputs.scope,
            predictor.source,
            chosen.rows,
            chosen.allow_new_levels,
            chosen.thresholds,
        )
        for term in predictor.groups
        if term in inputs.groups
    ]
    groups.sort(key=lambda g: r_sort_key(g.group))
    _check_effects(groups, predictor)
    center = predictor.center and predictor.intercept
    return PredictorDesign(
        dpar=predictor.dpar,
        nlpar=predictor.nlpar,
        columns=_unique_names(names, predictor),
        X=frozen(X),
        intercept=predictor.intercept,
        center=center,
        offset=_offset(predictor, chosen),
        groups=tuple(groups),
        specials=predictor.specials,
        decomp=predictor.decomp and ("centred" if center else "plain"),
    )


def _offset(predictor: Predictor, chosen: Chosen) -> FloatArray | None:
    if not predictor.offsets:
        return None
    total = np.zeros(chosen.n)
    for node in predictor.offsets:
        value = chosen.inputs.value(node, predictor.source)
        if value.is_factor or value.data.ndim != 1:
            raise error_at(
                node, predictor.source, f"offset({deparse(node)}) must be a column of numbers."
            )
        _check_finite(value, f"offset({deparse(node)})", chosen.rows)
        total += value.take(chosen.rows).data
    return np.asarray(frozen(total))


def prepare_atoms(inputs: Inputs, rows: Rows, level_rows: Rows) -> dict[str, Value]:
    """The atoms of all terms on the rows that are used, factors with their final levels."""
    atoms: dict[str, Value] = {}
    for predictor in inputs.formula.predictors:
        groups = [terms_of_group(t) for t in predictor.groups if t in inputs.groups]
        for terms in (predictor.terms, *groups):
            for key, node in atoms_of(terms).items():
                if key in atoms:
                    continue
                if not data_variables(node):
                    raise error_at(node, predictor.source, f"'{key}' names no column of the data.")
                value = inputs.value(node, predictor.source)
                if value.kind == "logical" and value.data.ndim == 2:
                    raise error_at(
                        node, predictor.source, f"'{key}' gives several columns of TRUE and FALSE."
                    )
                value = _as_atom(value, key, inputs, level_rows)
                if not value.is_factor:
                    _check_finite(value, key, rows)
                atoms[key] = value.take(rows)
    _check_contrasts(inputs.recipe.contrasts, atoms)
    return atoms


def _as_atom(value: Value, key: str, inputs: Inputs, level_rows: Rows) -> Value:
    """A value as it enters a design: logicals as factors, factors on their final levels."""
    if not inputs.recipe.training:
        value = _as_trained(value, key, inputs.recipe.levels)
    if value.kind == "logical":
        value = as_factor(value)
    elif value.is_factor:
        value = as_factor(value)
        if inputs.recipe.training:
            used = drop_unused(value.take(level_rows)).levels
            value = Value(value.kind, recode(value, used)[0], used, (), value.contrast)
        else:
            value = on_known_levels(value, key, inputs.recipe.levels)
    else:
        return value
    name = inputs.recipe.contrasts.get(key)
    return value if name is None else _with_contrast(value, key, name)


def _as_trained(value: Value, key: str, known: Mapping[str, tuple[str, ...]]) -> Value:
    """A new value as the kind of value that it was in the training data.

    Raises
    ------
    DataError
        For text where there were numbers.
    """
    if key in known:
        # Labels that are numbers come as numbers out of many files.
        return value if value.is_factor or value.kind == "logical" else as_factor(value)
    if value.kind == "logical":
        return replace(value, kind="numeric")
    if value.is_factor:
        raise DataError(
            f"'{key}' was a number in the training data, but in the new data it is text or a "
            f"category ({listing(map(repr, value.levels), 3)}). Text that holds numbers becomes "
            f"numbers by pd.to_numeric()."
        )
    return value


def on_known_levels(value: Value, key: str, known: Mapping[str, tuple[str, ...]]) -> Value:
    """A factor on the levels that it had in the training data.

    Raises
    ------
    DataError
        If it has others.
    """
    levels = known.get(key)
    if levels is None:
        return value
    codes, unknown = recode(value, levels)
    if unknown:
        raise DataError(
            f"'{key}' has levels that the training data do not have: "
            f"{listing(map(repr, unknown))}. Known: {listing(map(repr, levels))}."
        )
    return Value(value.kind, codes, levels, (), value.contrast)


def _with_contrast(value: Value, key: str, name: str) -> Value:
    try:
        made = named_contrast(name)
    except Refused as problem:
        raise DataError(f"contrasts of '{key}': {problem}.") from None
    return Value(value.kind, value.data, value.levels, (), made)


def _check_contrasts(contrasts: Mapping[str, str], atoms: Mapping[str, Value]) -> None:
    for name in contrasts:
        if name not in atoms or not atoms[name].is_factor:
            factors = [k for k, v in atoms.items() if v.is_factor]
            raise DataError(
                f"contrasts names '{name}', which is no factor of the formula. "
                f"Factors: {listing(factors) if factors else 'none'}."
            )


def _check_finite(value: Value, key: str, rows: Rows) -> None:
    infinite = np.isinf(value.data[rows])
    if infinite.any():
        place = int(np.argwhere(infinite)[0][0])
        row = place if isinstance(rows, slice) else int(rows[place])
        raise DataError(f"'{key}' is infinite in row {row} (counted from 0).")


def _unique_names(raw: tuple[str, ...], predictor: Predictor) -> tuple[str, ...]:
    """brms' names; two columns of one name are an error."""
    made = tuple(map(rename, raw))
    if len(set(made)) == len(made):
        return made
    name = next(n for n in made if made.count(n) > 1)
    same = [f"'{r}'" for r, m in zip(raw, made, strict=True) if m == name]
    raise error_at(
        predictor.rhs,
        predictor.source,
        f"The columns {' and '.join(same)} get the same name '{name}'. Make one of them a column "
        "of the data.",
    )


def _check_effects(groups: Iterable[GroupDesign], predictor: Predictor) -> None:
    """Two terms may name one effect differently: ``(x | g) + (0 + x:h | g)`` with a factor h."""
    seen: set[tuple[str, str]] = set()
    for group in groups:
        for coef in group.coefs:
            if (group.group, coef) in seen:
                raise _duplicated(coef, group.group, predictor)
            seen.add((group.group, coef))


def _duplicated(coef: str, group: str, predictor: Predictor) -> FormulaError:
    term = next(t for t in reversed(predictor.groups) if t.group == group)
    return formula_error(
        f"Duplicated group-level effect '{coef}' of group '{group}' in '{term.text}'.",
        predictor.source,
        term.pos,
        max(1, term.end - term.pos),
    )
