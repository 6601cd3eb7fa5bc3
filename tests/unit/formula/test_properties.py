"""Random input: it means something that can be written back, or it is refused; nothing else."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bambi_lite.design import build_design, r_sort_key
from bambi_lite.design.stateful import poly
from bambi_lite.design.values import Value
from bambi_lite.errors import BambiLiteError, FormulaError
from bambi_lite.formula import bf, deparse, parse

QUICK = settings(
    max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
THOROUGH = settings(QUICK, max_examples=3000)
Check = Callable[..., None]
WORDS = (
    "x z g f2 y ( ( ) ) , + - * / : ^ ~ | || %in% %% ! & == = < 0 1 2 1e3 5L .5 'a' TRUE NA "
    "`my v` é . ... log( poly( s( mo( offset( I( gr( trials( bf( # $ [ \\ ; ` ' _ \n"
)


def both(strategy: st.SearchStrategy[Any]) -> Callable[[Check], tuple[Check, Check]]:
    """Two tests of one property: a quick one, and one that takes its time (``make slow``)."""

    def decorate(check: Check) -> tuple[Check, Check]:
        slow = pytest.mark.slow(THOROUGH(given(strategy)(check)))
        return QUICK(given(strategy)(check)), slow

    return decorate


TOKENS = st.sampled_from(WORDS.split(" "))
NAMES = st.sampled_from(["x", "z", "f2", "f3", "g", "log(xp)", "I(x^2)", "poly(x, 2)"])


def comes_back(text: str) -> None:
    """It parses, and deparses to what parses to the same tree, or it is refused."""
    try:
        tree = parse(text)
    except FormulaError:
        return
    assert parse(deparse(tree)) == tree


test_tokens, test_many_tokens = both(st.lists(TOKENS, max_size=14).map(" ".join))(comes_back)
test_text, test_much_text = both(st.text(max_size=30))(comes_back)


def extend(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    operator = st.sampled_from([" + ", " * ", ":", "/", " %in% ", " - "])
    return st.one_of(
        st.tuples(inner, operator, inner).map("".join),
        inner.map("({})".format),
        inner.map("({})^2".format),
        inner.map("({} | g)".format),
        inner.map("({} || g1/g2)".format),
    )


def builds(corpus_data: pd.DataFrame, right: str) -> None:
    """It gives a design, the same columns for new data, or it is refused."""
    try:
        formula = bf(f"y ~ {right}")
        design = build_design(formula, corpus_data)
    except BambiLiteError:
        return
    assert str(bf(str(formula))) == str(formula)
    predictor = design.predictors[0]
    assert predictor.X.shape == (72, len(predictor.columns))
    assert not predictor.X.flags.writeable
    new = design.new_data(corpus_data.iloc[5:9])
    np.testing.assert_allclose(new.predictors[0].X, predictor.X[5:9], atol=1e-12)


FORMULAS = st.recursive(NAMES, extend, max_leaves=5)
test_formulas, test_many_formulas = both(FORMULAS)(builds)


def sort_in_one_order(labels: list[str]) -> None:
    once = sorted(labels, key=r_sort_key)
    once.reverse()
    assert sorted(once, key=r_sort_key) == once[::-1]


LABELS = st.lists(st.text(max_size=4), max_size=12, unique=True)
test_labels, test_many_labels = both(LABELS)(sort_in_one_order)


FLOATS = st.lists(
    st.floats(-1e3, 1e3, allow_nan=False).map(lambda v: round(v, 3)),
    min_size=8, max_size=30, unique=True,
)  # fmt: skip


def polynomials_are_orthogonal(numbers: list[float]) -> None:
    x = Value("numeric", np.array(numbers))
    made, state = poly(None, x, 3.0)
    np.testing.assert_allclose(made.data.T @ made.data, np.eye(3), atol=1e-6)
    np.testing.assert_allclose(made.data.sum(axis=0), 0, atol=1e-6)
    again, _ = poly(state, x, 3.0)
    assert (again.data == made.data).all()


test_polynomials, test_many_polynomials = both(FLOATS)(polynomials_are_orthogonal)
