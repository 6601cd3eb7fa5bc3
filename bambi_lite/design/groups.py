"""Group-level terms -> index arrays and the columns of each effect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from ..errors import DataError, listing
from ..formula import GroupTerm, Node, SpecialTerm, deparse, rename
from .coding import atoms_of, columns_of
from .evaluate import Scope, evaluate, find_column
from .values import (
    FloatArray,
    IntArray,
    Value,
    drop_unused,
    frozen,
    r_sort_key,
    read_group,
    recode,
)


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
    cor : bool
        Whether they are correlated.
    gtype : str
        ``"mm"`` for a multi-membership term, else empty.
    by : tuple or None
        For ``gr(by =)``: the variable, its levels and the code of each group level.
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
    specials : tuple of SpecialTerm
        Effects of special terms, which have no columns yet.
    """

    group: str
    id: str
    coefs: tuple[str, ...]
    cor: bool
    gtype: str
    by: tuple[str, tuple[str, ...], IntArray] | None
    cov: str
    dist: str
    Z: FloatArray
    J: IntArray
    levels: tuple[str, ...]
    new_levels: tuple[str, ...] = ()
    index: IntArray | None = None
    weights: FloatArray | None = None
    cov_matrix: FloatArray | None = None
    specials: tuple[SpecialTerm, ...] = ()

    def take(self, rows: IntArray | slice) -> GroupDesign:
        """The same term on some of its rows; levels that none of them has stay."""
        return replace(
            self,
            Z=self.Z[rows],
            J=self.J[rows],
            index=None if self.index is None else self.index[rows],
            weights=None if self.weights is None else self.weights[rows],
        )


def members_missing(members: Sequence[Value]) -> Any:
    """Which rows lack a group."""
    missing = members[0].missing
    for member in members[1:]:
        missing = missing | member.missing
    return missing


def joined(members: Sequence[Value]) -> Value:
    """The observed combinations of grouping variables, labelled ``a_b`` and sorted as text.

    One variable alone keeps its levels, also those that do not occur.
    """
    if len(members) == 1:
        return members[0]
    codes = members[0].data.astype(np.int64)
    for member in members[1:]:
        codes = codes * len(member.levels) + member.data
    codes = np.where(members_missing(members), -1, codes)
    found, uniques = pd.factorize(codes)
    labels: dict[str, list[int]] = {}
    for i, unique in enumerate(uniques):
        if unique >= 0:
            labels.setdefault(_label(int(unique), members), []).append(i)
    levels = tuple(sorted(labels, key=r_sort_key))
    table = np.full(len(uniques) + 1, -1, dtype=np.intp)
    for place, level in enumerate(levels):
        table[labels[level]] = place
    return Value("factor", table[found], levels)


def _label(code: int, members: Sequence[Value]) -> str:
    parts = []
    for member in reversed(members):
        code, place = divmod(code, len(member.levels))
        parts.append(member.levels[place])
    return "_".join(reversed(parts))


def level_union(members: Sequence[Value]) -> tuple[str, ...]:
    """The levels of a multi-membership term: those of all members.

    Levels of factors keep their order; levels of text are sorted together, numbers as numbers.
    """
    used = [drop_unused(m) for m in members]
    found = set().union(*(m.levels for m in used))
    if all(m.kind == "string" for m in members):
        return tuple(sorted(found, key=r_sort_key))
    ordered = dict.fromkeys(level for m in members for level in m.levels)
    kept = [level for level in ordered if level in found]
    if all(_is_number(level) for level in kept):
        kept.sort(key=float)
    return tuple(kept)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


@dataclass(frozen=True, slots=True, eq=False)
class GroupInput:
    """What is known of a term before the rows are chosen, on all rows.

    `parts` are the members of a multi-membership term, else the one grouping factor.
    """

    term: GroupTerm
    parts: tuple[Value, ...]
    missing: Any

    @classmethod
    def read(cls, term: GroupTerm, frame: pd.DataFrame) -> GroupInput:
        """The grouping variables of a term."""
        members = tuple(read_group(find_column(frame, name), name) for name in term.members)
        parts = members if term.gtype == "mm" else (joined(members),)
        return cls(term, parts, members_missing(members))


def group_levels(item: GroupInput, rows: IntArray | slice) -> tuple[str, ...]:
    """The levels of a grouping on some rows."""
    parts = [p.take(rows) for p in item.parts]
    return level_union(parts) if item.term.gtype == "mm" else drop_unused(parts[0]).levels


def build_group(
    item: GroupInput,
    values: Mapping[str, Value],
    scope: Scope,
    source: str,
    rows: IntArray | slice,
    levels: tuple[str, ...],
    allow_new_levels: bool,
    by: tuple[str, tuple[str, ...], IntArray] | None,
    cov_matrix: FloatArray | None,
) -> GroupDesign:
    """The arrays of one group-level term.

    Raises
    ------
    DataError
        For a group that the training data do not have, unless `allow_new_levels`.
    """
    term = item.term
    parts = [p.take(rows) for p in item.parts]
    index, new = _index(parts, levels)
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
    coefs = tuple(map(rename, names))
    mmc = [s for s in term.specials if s.kind == "mmc"]
    if mmc:
        coefs, Z = _with_member_columns(coefs, Z, mmc, values, scope, source, rows)
    weights = _weights(term, scope, source, rows, n) if term.gtype == "mm" else None
    return GroupDesign(
        group=term.group,
        id=term.id,
        coefs=coefs,
        cor=term.cor,
        gtype=term.gtype,
        by=by,
        cov=term.cov,
        dist=term.dist,
        Z=frozen(Z),
        J=frozen(codes),
        levels=levels,
        new_levels=new,
        index=frozen(index),
        weights=None if weights is None else frozen(weights),
        cov_matrix=cov_matrix,
        specials=tuple(s for s in term.specials if s.kind != "mmc"),
    )


def _index(parts: Sequence[Value], levels: tuple[str, ...]) -> tuple[IntArray, tuple[str, ...]]:
    new: tuple[str, ...] = ()
    for part in parts:
        new += tuple(u for u in recode(part, levels)[1] if u not in new)
    known = (*levels, *new)
    columns = [part.data if part.levels == known else recode(part, known)[0] for part in parts]
    return np.column_stack(columns).astype(np.intp, copy=False), new


def _with_member_columns(
    coefs: tuple[str, ...],
    Z: FloatArray,
    terms: Sequence[SpecialTerm],
    values: Mapping[str, Value],
    scope: Scope,
    source: str,
    rows: IntArray | slice,
) -> tuple[tuple[str, ...], FloatArray]:
    """Columns of ``mmc(x1, x2)``, one for each member, after the common ones."""
    count = len(terms[0].calls[0].args)
    blocks = [np.repeat(Z[:, None, :], count, axis=1)]
    for term in terms:
        if len(term.calls) > 1 or term.factors:
            raise DataError(f"'{term.label}': mmc() cannot be part of an interaction.")
        columns = []
        for node in term.calls[0].args:
            value = evaluate(node, scope, source).take(rows)
            if value.is_factor or value.data.ndim != 1:
                raise DataError(f"'{deparse(node)}' of mmc() must be a column of numbers.")
            columns.append(value.data)
        blocks.append(np.column_stack(columns)[:, :, None])
        coefs = (*coefs, rename(term.label))
    return coefs, np.concatenate(blocks, axis=2)


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


def read_by(
    term: GroupTerm,
    item: GroupInput,
    frame: pd.DataFrame,
    rows: IntArray | slice,
    levels: tuple[str, ...],
) -> tuple[str, tuple[str, ...], IntArray] | None:
    """The ``by`` variable of each group level.

    Raises
    ------
    DataError
        If it changes within a group.
    """
    if term.by is None:
        return None
    name = deparse(term.by)
    if term.gtype == "mm":
        raise DataError(f"'{term.text}': by is not available for mm() yet.")
    value = drop_unused(read_group(find_column(frame, name), name).take(rows))
    group = item.parts[0].take(rows)
    places, _ = recode(group, levels)
    codes = np.full(len(levels), -1, dtype=np.intp)
    codes[places] = value.data
    wrong = codes[places] != value.data
    if wrong.any():
        level = levels[int(places[np.flatnonzero(wrong)[0]])]
        raise DataError(
            f"The by variable '{name}' of '{term.text}' has more than one value in the group "
            f"'{level}'; it must be constant within each level of '{term.group}'."
        )
    return name, value.levels, frozen(codes)


def read_cov(
    term: GroupTerm, data2: Mapping[str, Any], levels: tuple[str, ...]
) -> FloatArray | None:
    """The matrix of ``gr(cov =)``, its rows in the order of the group levels.

    Raises
    ------
    DataError
        If ``data2`` has no such matrix, or it does not fit the levels.
    """
    if not term.cov:
        return None
    if term.cov not in data2:
        raise DataError(
            f"'{term.text}' needs the matrix '{term.cov}': give data2={{'{term.cov}': matrix}}."
        )
    given = data2[term.cov]
    if isinstance(given, pd.DataFrame):
        if set(map(str, given.index)) != set(map(str, given.columns)):
            raise DataError(f"The rows and columns of '{term.cov}' have different names.")
        named = given.set_axis(map(str, given.index), axis=0).set_axis(
            map(str, given.columns), axis=1
        )
        lacking = [level for level in levels if level not in named.index]
        if lacking:
            raise DataError(f"'{term.cov}' lacks the levels {listing(lacking)} of '{term.group}'.")
        matrix = named.loc[list(levels), list(levels)].to_numpy(dtype=float, copy=True)
    else:
        matrix = np.array(given, dtype=float)
        if matrix.shape != (len(levels), len(levels)):
            raise DataError(
                f"'{term.cov}' has shape {matrix.shape}; '{term.group}' has {len(levels)} levels. "
                "A DataFrame with row and column names may have more."
            )
    if not np.allclose(matrix, matrix.T):
        raise DataError(f"The covariance matrix '{term.cov}' is not symmetric.")
    try:
        np.linalg.cholesky(matrix)
    except np.linalg.LinAlgError:
        raise DataError(f"The covariance matrix '{term.cov}' is not positive definite.") from None
    return np.asarray(frozen(matrix))


def nodes_of_group(term: GroupTerm) -> list[Node]:
    """The expressions that a group-level term needs besides its grouping variables."""
    nodes = list(atoms_of(term.terms).values())
    if term.weights is not None:
        nodes.append(term.weights)
    for special in term.specials:
        if special.kind == "mmc":
            nodes += special.calls[0].args
    return nodes
