"""Group-level terms -> index arrays and the columns of each effect."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from ..errors import DataError, listing
from ..formula import Call, GroupTerm, Name, Node, SpecialTerm, Term, deparse, rename
from ..formula.special import category_terms
from .coding import atoms_of, column_counts, columns_of
from .evaluate import Scope, evaluate, find_column
from .levels import By, Grouping, extend_by, joined, level_union, members_missing
from .values import FloatArray, IntArray, Value, frozen, read_group, recode


@dataclass(frozen=True, slots=True, eq=False)
class GroupDesign:
    """One group-level term on the rows that are used.

    Attributes
    ----------
    group : str
        brms' name of the grouping.
    id : str
        The label of ``(x | ID | g)``, or empty.
    coefs : tuple of str
        The effects, by brms' names.
    types : tuple of str
        What each effect is: empty for an ordinary one, ``mmc``, or ``cs`` for the one of a single
        threshold (``Intercept[2]``).
    cor : bool
        Whether they are correlated.
    gtype : str
        ``"mm"`` for a multi-membership term, else empty.
    by : tuple or None
        For ``gr(by =)``: the variable, its levels and the code of each group level, new levels
        after the known ones.
    cov : str
        The name of the covariance matrix of ``gr(cov =)``, or empty.
    dist : str
        ``gaussian`` or ``student``.
    Z : array, shape (n_obs, q)
        The columns of the effects; (n_obs, members, q) if ``mmc()`` gives each member its own.
    J : array, shape (n_obs,) or (n_obs, members)
        Positions in `levels`; -1 for a level that only the new data have.
    levels : tuple of str
        The group levels in brms' order.
    new_levels : tuple of str
        Levels that only the new data have.
    index : array
        As `J`, but a new level has the position it would have in ``levels + new_levels``.
    weights : array or None, shape (n_obs, members)
        The weights of a multi-membership term.
    cov_matrix : array or None
        The matrix `cov` of ``data2``, its rows in the order of `levels`.
    pw : array or None, shape (len(levels),)
        The prior weight of each level: its effects enter the log prior that many times.
    specials : tuple of SpecialTerm
        Effects of special terms, which have no columns yet.
    centered : bool or None
        What ``gr(centered = )`` says of how the effects are sampled.
    origins : tuple of frozenset
        The term on the left of the bar that each effect belongs to, as the texts of its factors;
        the intercept has none.
    """

    group: str
    id: str
    coefs: tuple[str, ...]
    types: tuple[str, ...]
    cor: bool
    gtype: str
    by: By | None
    cov: str
    dist: str
    Z: FloatArray
    J: IntArray
    levels: tuple[str, ...]
    new_levels: tuple[str, ...] = ()
    index: IntArray | None = None
    weights: FloatArray | None = None
    cov_matrix: FloatArray | None = None
    pw: FloatArray | None = None
    specials: tuple[SpecialTerm, ...] = ()
    centered: bool | None = None
    origins: tuple[frozenset[str], ...] = ()

    def take(self, rows: IntArray | slice) -> GroupDesign:
        """The same term on some of its rows; levels that none of them has stay."""
        return replace(
            self,
            Z=self.Z[rows],
            J=self.J[rows],
            index=None if self.index is None else self.index[rows],
            weights=None if self.weights is None else self.weights[rows],
        )


@dataclass(frozen=True, slots=True, eq=False)
class GroupInput:
    """What is known of a term before the rows are chosen, on all rows.

    `parts` are the members of a multi-membership term, else the one grouping factor; `by` are the
    sub-populations beside them, if there are any.
    """

    term: GroupTerm
    parts: tuple[Value, ...]
    by: tuple[Value, ...]
    missing: Any

    @classmethod
    def read(cls, term: GroupTerm, frame: pd.DataFrame) -> GroupInput:
        """The grouping variables of a term."""
        members = _read(term.members, frame)
        parts = members if term.gtype == "mm" else (joined(members),)
        by = _read([node.name for node in _by_nodes(term)], frame)
        return cls(term, parts, by, members_missing((*members, *by)))

    def take(self, rows: IntArray | slice) -> GroupInput:
        """The same on some rows."""
        parts = tuple(p.take(rows) for p in self.parts)
        by = tuple(b.take(rows) for b in self.by)
        return GroupInput(self.term, parts, by, self.missing[rows])

    def levels(self) -> tuple[str, ...]:
        """The levels that occur."""
        return level_union(self.parts)


def _read(names: Iterable[str], frame: pd.DataFrame) -> tuple[Value, ...]:
    return tuple(read_group(find_column(frame, name), name) for name in names)


def _by_nodes(term: GroupTerm) -> tuple[Name, ...]:
    """The variables of ``by``: one, or with ``mm()`` one for each member."""
    given = [a.value for a in term.by.args] if isinstance(term.by, Call) else [term.by]
    return tuple(node for node in given if isinstance(node, Name))


def build_group(
    item: GroupInput,
    grouping: Grouping,
    values: Mapping[str, Value],
    scope: Scope,
    source: str,
    rows: IntArray | slice,
    allow_new_levels: bool,
    thresholds: int,
) -> GroupDesign:
    """The arrays of one group-level term.

    Raises
    ------
    DataError
        For a group that the training data do not have, unless `allow_new_levels`.
    """
    term, levels = item.term, grouping.levels
    chosen = item.take(rows)
    index, new = _index(chosen.parts, levels)
    if new and not allow_new_levels:
        raise DataError(
            f"The grouping '{term.group}' has levels that the training data do not have: "
            f"{listing(repr(n) for n in new)}. With allow_new_levels=True their effects are drawn "
            "from the population."
        )
    index = index if term.gtype == "mm" else index[:, 0]
    codes = np.where(index >= len(levels), -1, index) if new else index
    n = len(index)
    names, Z = columns_of(term.terms, values, term.intercept, True, n)
    effects = _Effects(tuple(map(rename, names)), ("",) * len(names), Z)
    effects = _with_thresholds(effects, term, values, thresholds)
    effects = _with_member_columns(effects, term, scope, source, rows)
    weights = _weights(term, scope, source, rows, n) if term.gtype == "mm" else None
    return GroupDesign(
        group=term.group,
        id=term.id,
        coefs=effects.coefs,
        types=effects.types,
        cor=term.cor,
        gtype=term.gtype,
        by=extend_by(term, grouping.by, chosen.parts, chosen.by, levels, new),
        cov=term.cov,
        dist=term.dist,
        Z=frozen(effects.Z),
        J=frozen(codes),
        levels=levels,
        new_levels=new,
        index=frozen(index),
        weights=None if weights is None else frozen(weights),
        cov_matrix=grouping.cov,
        pw=grouping.pw,
        specials=tuple(s for s in term.specials if s.kind != "mmc" and not category_terms(s)),
        centered=term.centered,
        origins=_origins(term, values, effects.coefs),
    )


def _origins(
    term: GroupTerm, values: Mapping[str, Value], coefs: Sequence[str]
) -> tuple[frozenset[str], ...]:
    counts = column_counts(term.terms, values, term.intercept, True)
    plain = [frozenset[str]()] * term.intercept
    for own, count in zip(term.terms, counts, strict=True):
        plain += [frozenset(map(deparse, own.factors))] * count
    # The effects of mmc() and cs() come after those of ordinary terms; each is one of its own.
    return (*plain, *(frozenset({c}) for c in coefs[len(plain) :]))


def _index(parts: Sequence[Value], levels: tuple[str, ...]) -> tuple[IntArray, tuple[str, ...]]:
    new: tuple[str, ...] = ()
    for part in parts:
        new += tuple(u for u in recode(part, levels)[1] if u not in new)
    known = (*levels, *new)
    columns = [part.data if part.levels == known else recode(part, known)[0] for part in parts]
    return np.column_stack(columns).astype(np.intp, copy=False), new


@dataclass(frozen=True, slots=True, eq=False)
class _Effects:
    """The effects of a term: names, types, columns of shape (n, q) or (n, members, q)."""

    coefs: tuple[str, ...]
    types: tuple[str, ...]
    Z: FloatArray

    def and_(self, coefs: Sequence[str], kind: str, columns: FloatArray) -> _Effects:
        """With further ones."""
        Z = np.concatenate([self.Z, columns], axis=-1)
        return _Effects((*self.coefs, *coefs), (*self.types, *(kind for _ in coefs)), Z)


def _with_member_columns(
    effects: _Effects, term: GroupTerm, scope: Scope, source: str, rows: IntArray | slice
) -> _Effects:
    """Columns of ``mmc(x1, x2)``, one for each member, after the common ones."""
    specials = [s for s in term.specials if s.kind == "mmc"]
    if specials:
        repeated = np.repeat(effects.Z[:, None, :], len(term.members), axis=1)
        effects = _Effects(effects.coefs, effects.types, repeated)
    for special in specials:
        if len(special.calls) > 1 or special.factors:
            raise DataError(f"'{special.label}': mmc() cannot be part of an interaction.")
        columns = []
        for node in special.calls[0].args:
            value = evaluate(node, scope, source).take(rows)
            if value.is_factor or value.data.ndim != 1:
                raise DataError(f"'{deparse(node)}' of mmc() must be a column of numbers.")
            columns.append(value.data)
        made = np.column_stack(columns)[:, :, None]
        effects = effects.and_([rename(special.label)], "mmc", made)
    return effects


def _with_thresholds(
    effects: _Effects, term: GroupTerm, values: Mapping[str, Value], thresholds: int
) -> _Effects:
    """Columns of ``cs()``: each as often as there are thresholds, after the common ones."""
    for special in term.specials:
        expansion = category_terms(special)
        if expansion is not None:
            n = effects.Z.shape[0]
            names, Z = columns_of(expansion.terms, values, expansion.intercept, True, n)
            coefs = [f"{rename(name)}[{k + 1}]" for name in names for k in range(thresholds)]
            effects = effects.and_(coefs, "cs", np.repeat(Z, thresholds, axis=1))
    return effects


def _weights(
    term: GroupTerm, scope: Scope, source: str, rows: IntArray | slice, n: int
) -> FloatArray:
    count = len(term.members)
    if term.weights is None:
        return np.full((n, count), 1.0 / count)
    value = evaluate(term.weights, scope, source).take(rows)
    data = np.asarray(value.data, dtype=float)
    if value.is_factor or data.shape != (n, count):
        raise DataError(
            f"The weights of '{term.text}' must be {count} columns of numbers: "
            f"weights = cbind({', '.join(f'w{i + 1}' for i in range(count))})."
        )
    if (data < 0).any():
        raise DataError(f"The weights of '{term.text}' must not be negative.")
    if not term.scale:
        return data.copy()
    total = data.sum(axis=1, keepdims=True)
    if (total == 0).any():
        raise DataError(f"The weights of '{term.text}' are all zero in some row.")
    return np.asarray(data / total)


def terms_of_group(term: GroupTerm) -> tuple[Term, ...]:
    """The ordinary terms on the left of a bar, those inside ``cs()`` among them."""
    inside = [category_terms(s) for s in term.specials]
    return (*term.terms, *(t for expansion in inside if expansion for t in expansion.terms))


def nodes_of_group(term: GroupTerm) -> list[Node]:
    """The expressions that a group-level term needs besides its grouping variables."""
    nodes = list(atoms_of(terms_of_group(term)).values())
    nodes += _by_nodes(term)
    if term.weights is not None:
        nodes.append(term.weights)
    for special in term.specials:
        if special.kind == "mmc":
            nodes += special.calls[0].args
    return nodes
