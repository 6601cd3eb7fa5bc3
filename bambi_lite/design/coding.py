"""Terms -> columns, coded by R's rules."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

import numpy as np

from ..errors import DataError, listing
from ..formula.algebra import Term
from ..formula.nodes import Node, deparse
from .contrasts import polynomial, treatment
from .operators import Refused
from .values import Contrast, FloatArray, Value, as_factor

# Beyond these a design is a slip, such as an interaction of identifiers.
MAX_COLUMNS = 100_000
MAX_CELLS = 2_000_000_000


@dataclass(frozen=True, slots=True)
class Coding:
    """How one atom stands in one term: its columns and their names in R."""

    names: tuple[str, ...]
    columns: Callable[[int], FloatArray]


def full_coded(
    terms: Sequence[Term], intercept: bool, is_factor: Mapping[str, bool], cmc: bool = True
) -> tuple[frozenset[str], ...]:
    """Which factors of each term get a column for every level.

    A factor is coded by contrasts if the rest of its term is part of an earlier term (the empty
    rest: always); and if there is no intercept, the first factor of the first term that has one
    is coded in full, unless `cmc` is false.
    """
    keys = [tuple(map(deparse, t.factors)) for t in terms]
    numbers = {key: i for i, key in enumerate(dict.fromkeys(k for ks in keys for k in ks))}
    masks = [sum(1 << numbers[k] for k in ks) for ks in keys]
    full: list[set[str]] = []
    for i, ks in enumerate(keys):
        marked = set()
        for key in ks:
            rest = masks[i] & ~(1 << numbers[key])
            if rest and is_factor[key] and not any(rest & m == rest for m in masks[:i]):
                marked.add(key)
        full.append(marked)
    if not intercept and cmc:
        for marked, ks in zip(full, keys, strict=True):
            first = next((k for k in ks if is_factor[k]), None)
            if first is not None:
                marked.add(first)
                break
    return tuple(frozenset(m) for m in full)


def contrast_of(value: Value) -> Contrast:
    """The contrasts of a factor: its own, or R's default for its kind."""
    if value.contrast is not None:
        return value.contrast(value.levels)
    return polynomial(value.levels) if value.kind == "ordered" else treatment(value.levels)


def code(atom: str, value: Value, full: bool) -> Coding:
    """The columns of one atom in one term.

    Raises
    ------
    DataError
        For a factor with fewer than two levels.
    """
    if not value.is_factor and value.kind != "logical":
        data = value.data
        if data.ndim == 1:
            return Coding((atom,), lambda _: data)
        if data.shape[1] == 1:
            return Coding((atom,), lambda _: data[:, 0])
        suffixes = value.names or tuple(str(i + 1) for i in range(data.shape[1]))
        return Coding(tuple(atom + s for s in suffixes), lambda j: data[:, j])
    factor = as_factor(value) if value.kind == "logical" else value
    if len(factor.levels) < 2:
        raise DataError(
            f"The factor '{atom}' has one level ('{factor.levels[0]}') in the rows that are used; "
            "it needs two or more. Leave it out of the formula."
            if factor.levels
            else f"The factor '{atom}' has no levels."
        )
    codes = factor.data
    if full:
        names = tuple(atom + level for level in factor.levels)
        return Coding(names, lambda j: (codes == j).astype(float))
    try:
        contrast = contrast_of(factor)
    except Refused as problem:
        raise DataError(f"'{atom}': {problem}.") from None
    matrix = contrast.matrix
    return Coding(tuple(atom + n for n in contrast.names), lambda j: matrix[codes, j])


def columns_of(
    terms: Sequence[Term], values: Mapping[str, Value], intercept: bool, cmc: bool, n: int
) -> tuple[tuple[str, ...], FloatArray]:
    """The design matrix of some terms, with the names that R gives its columns.

    Parameters
    ----------
    terms : sequence of Term
        Terms in R's order.
    values : mapping
        The value of each atom, by its text.
    intercept : bool
        Whether the first column is ``(Intercept)``.
    cmc : bool
        Whether a factor is coded in full when there is no intercept.
    n : int
        The number of rows.

    Returns
    -------
    names : tuple of str
    matrix : array, shape (n, len(names))
    """
    made = _codings(terms, values, intercept, cmc)
    count = sum(prod(len(c.names) for c in codings) for codings in made)
    if count > MAX_COLUMNS or count * n > MAX_CELLS:
        raise DataError(
            f"The terms {listing(t.label for t in terms)} give {count} columns for {n} rows. "
            "A factor with very many levels belongs into a group-level term: (1 | f)."
        )
    names: list[str] = ["(Intercept)"] if intercept else []
    for codings in made:
        names += map(":".join, _first_fastest([c.names for c in codings]))
    matrix = np.empty((n, len(names)), order="F")
    j = 0
    if intercept:
        matrix[:, 0] = 1.0
        j = 1
    for codings in made:
        for places in _first_fastest([range(len(c.names)) for c in codings]):
            matrix[:, j] = codings[0].columns(places[0])
            for coding, place in zip(codings[1:], places[1:], strict=True):
                matrix[:, j] *= coding.columns(place)
            j += 1
    return tuple(names), matrix


def column_counts(
    terms: Sequence[Term], values: Mapping[str, Value], intercept: bool, cmc: bool
) -> tuple[int, ...]:
    """How many columns of :func:`columns_of` each term has."""
    made = _codings(terms, values, intercept, cmc)
    return tuple(prod(len(c.names) for c in codings) for codings in made)


def _codings(
    terms: Sequence[Term], values: Mapping[str, Value], intercept: bool, cmc: bool
) -> list[list[Coding]]:
    kinds = {k: v.is_factor or v.kind == "logical" for k, v in values.items()}
    full = full_coded(terms, intercept, kinds, cmc)
    return [
        [code(key, values[key], key in marked) for key in map(deparse, term.factors)]
        for term, marked in zip(terms, full, strict=True)
    ]


def _first_fastest[T](parts: Sequence[Iterable[T]]) -> Iterable[tuple[T, ...]]:
    return (tuple(reversed(p)) for p in product(*reversed(parts)))


def atoms_of(terms: Iterable[Term]) -> dict[str, Node]:
    """The atoms of some terms by their texts."""
    return {deparse(f): f for term in terms for f in term.factors}
