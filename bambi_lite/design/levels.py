"""The levels of a grouping, and what each of them has: its population, its prior weight."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..errors import DataError, listing
from ..formula import GroupTerm, deparse, rename
from .values import (
    FloatArray,
    IntArray,
    Value,
    drop_unused,
    frozen,
    r_sort_key,
    recode,
)

#: The ``by`` variable: its name as it stands in names of draws, its levels, and the code of each
#: group level.
type By = tuple[str, tuple[str, ...], IntArray]


@dataclass(frozen=True, slots=True, eq=False)
class Grouping:
    """What the training data say of the levels of a grouping.

    Attributes
    ----------
    levels : tuple of str
        In brms' order.
    by : tuple or None
        See :data:`By`.
    cov : array or None, shape (levels, levels)
        The covariance matrix of ``gr(cov =)``.
    pw : array or None, shape (levels,)
        The prior weights of ``gr(pw =)``.
    """

    levels: tuple[str, ...]
    by: By | None = None
    cov: FloatArray | None = None
    pw: FloatArray | None = None


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
    if len(members) == 1:
        return drop_unused(members[0]).levels
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


# -- what each level has ---------------------------------------------------------------------


def _per_level(
    parts: Sequence[Value], values: Sequence[Any], levels: tuple[str, ...], blank: Any
) -> tuple[Any, str]:
    """The value of each level, `blank` where it does not occur, and a level that has several.

    `parts` say which level each row has, by members; `values` what the members have there.
    """
    codes = np.concatenate([recode(part, levels)[0] for part in parts])
    given = np.concatenate(list(values))
    known = codes >= 0
    codes, given = codes[known], given[known]
    found = np.full(len(levels), blank)
    found[codes] = given
    wrong = np.flatnonzero(found[codes] != given)
    return found, levels[codes[wrong[0]]] if wrong.size else ""


def read_by(
    term: GroupTerm, parts: Sequence[Value], by: Sequence[Value], levels: tuple[str, ...]
) -> By | None:
    """The sub-population of each group level.

    Parameters
    ----------
    term : GroupTerm
    parts, by : sequence of Value
        The groups, and the ``by`` variable beside each of them; several for ``mm()``.
    levels : tuple of str
        The levels of the grouping.

    Raises
    ------
    DataError
        If it changes within a group.
    """
    if term.by is None:
        return None
    populations = level_union(by)
    codes, level = _per_level(parts, [recode(b, populations)[0] for b in by], levels, -1)
    if level:
        raise _changes(term, f"The by variable '{deparse(term.by)}'", level)
    return rename(deparse(term.by)), populations, frozen(codes.astype(np.intp))


def extend_by(
    term: GroupTerm,
    trained: By | None,
    parts: Sequence[Value],
    by: Sequence[Value],
    levels: tuple[str, ...],
    new: tuple[str, ...],
) -> By | None:
    """The ``by`` variable of the training data, with the populations of new levels at its end.

    Raises
    ------
    DataError
        For a population that the training data do not have, and where a known level has another
        population than there.
    """
    if term.by is None or trained is None:
        return trained
    name, (kept, populations, codes) = deparse(term.by), trained
    unknown = dict.fromkeys(u for b in by for u in recode(b, populations)[1])
    if unknown:
        raise DataError(
            f"The by variable '{name}' of '{term.text}' has levels that the training data do not "
            f"have: {listing(map(repr, unknown))}. Known: {listing(map(repr, populations))}."
        )
    given = [recode(b, populations)[0] for b in by]
    found, level = _per_level(parts, given, (*levels, *new), -1)
    if level:
        raise _changes(term, f"The by variable '{name}'", level)
    known = found[: len(levels)]
    wrong = np.flatnonzero((known >= 0) & (known != codes))
    if wrong.size:
        raise DataError(
            f"The by variable '{name}' of '{term.text}' is '{populations[known[wrong[0]]]}' in the "
            f"group '{levels[wrong[0]]}', and was '{populations[codes[wrong[0]]]}' there in the "
            "training data."
        )
    return kept, populations, frozen(np.concatenate([codes, found[len(levels) :]]))


def read_pw(
    term: GroupTerm, parts: Sequence[Value], value: Value, levels: tuple[str, ...]
) -> FloatArray:
    """The prior weight of each group level.

    Raises
    ------
    DataError
        If they are no numbers from 0, or change within a group.
    """
    assert term.pw is not None
    name = deparse(term.pw)
    data = np.asarray(value.data, dtype=float)
    columns = data[:, None] if data.ndim == 1 else data
    if value.is_factor or columns.shape[1] != len(parts):
        wanted = "a column of numbers"
        if len(parts) > 1:
            shown = ", ".join(f"p{i + 1}" for i in range(len(parts)))
            wanted = f"{len(parts)} columns of numbers: pw = cbind({shown})"
        raise DataError(f"The prior weights '{name}' of '{term.text}' must be {wanted}.")
    if not (np.isfinite(columns) & (columns >= 0)).all():
        raise DataError(f"The prior weights '{name}' of '{term.text}' must be finite and >= 0.")
    found, level = _per_level(parts, list(columns.T), levels, np.nan)
    if level:
        raise _changes(term, f"The prior weight '{name}'", level)
    return np.asarray(frozen(found))


def _changes(term: GroupTerm, what: str, level: str) -> DataError:
    return DataError(
        f"{what} of '{term.text}' has more than one value in the group '{level}'; it must be "
        f"constant within each level of '{term.group}'."
    )


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
