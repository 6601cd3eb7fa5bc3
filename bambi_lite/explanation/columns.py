"""Which columns of a design belong to which term."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from ..design.coding import full_coded
from ..formula import Name, Predictor, Term, deparse, rename


def columns_by_term(
    predictor: Predictor, columns: Sequence[str], levels: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """The columns of each term, by its label.

    Parameters
    ----------
    predictor : Predictor
        Whose terms, without dots.
    columns : sequence of str
        brms' names of the columns.
    levels : mapping
        The levels of each factor, by the text of its expression.

    Returns
    -------
    dict
        Empty if the names do not tell it.
    """
    own = tuple(columns[1:] if predictor.intercept else columns)
    terms = predictor.terms
    keys = {deparse(f): f for t in terms for f in t.factors}
    full = full_coded(terms, predictor.intercept, {k: k in levels for k in keys}, predictor.cmc)

    def size(i: int) -> int | None:
        """The number of columns; None where an atom is a call, which may give any number."""
        total = 1
        for factor in terms[i].factors:
            key = deparse(factor)
            if not isinstance(factor, Name):
                return None
            total *= len(levels[key]) - (key not in full[i]) if key in levels else 1
        return total

    @cache
    def ends(i: int, start: int) -> tuple[int, ...] | None:
        """Where the terms from `i` on end, if the first of them starts at column `start`."""
        if i == len(terms):
            return () if start == len(own) else None
        exact = size(i)
        sizes = range(1, len(own) - start + 1) if exact is None else (exact,)
        for count in sizes:
            if start + count > len(own) or not _fits(terms[i], own[start + count - 1]):
                return None
            rest = ends(i + 1, start + count)
            if rest is not None:
                return (start + count, *rest)
        return None

    found = ends(0, 0)
    if found is None:
        return {}
    bounds = (0, *found)
    return {term.label: own[bounds[i] : bounds[i + 1]] for i, term in enumerate(terms)}


def _fits(term: Term, column: str) -> bool:
    """Whether a column can be one of a term: its atoms in order, each with an ending."""
    place = 0
    for k, factor in enumerate(term.factors):
        atom = rename(deparse(factor))
        place = column.find(atom, place)
        if place < 0 or (k == 0 and place > 0) or (k > 0 and column[place - 1] != ":"):
            return False
        place += len(atom)
    return True
