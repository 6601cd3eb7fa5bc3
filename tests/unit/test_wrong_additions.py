"""Wrong input of addition terms: each message says what, where, what would be valid and why."""

import dataclasses
import warnings

import numpy as np
import pandas as pd
import pytest

import bambi_lite as bl
from tables import each

DATA = pd.DataFrame(
    {
        "y": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
        "k": [0, 1, 2, 3, 2, 1],
        "n": [5, 5, 5, 5, 5, 5],
        "x": [0.0, 1.0, 2.0, 3.0, 4.0, 5.0],
        "w": [1.0, 1.0, 2.0, 2.0, 1.0, 1.0],
        "e": [0.5, 0.5, 0.5, 1.0, 1.0, 1.0],
        "t": ["a", "b", "a", "b", "a", "b"],
        "c": ["none", "left", "right", "none", "none", "none"],
        "up": [2.0, 3.0, 4.0, 5.0, 6.0, 7.0],
    }
)
# A family that takes what only families of a user take.
TAKES_ALL = dataclasses.replace(
    bl.get_family("gaussian"), additions=("se", "cens", "trunc", "vint", "vreal", "dec")
)
ALL_ROWS = "rows 0, 1, 2, 3, 4 and 1 more (counted from 0)"


def at(i, value, column="w", frame=DATA):
    """The data with another value in one row."""
    values = list(frame[column])
    values[i] = value
    return frame.assign(**{column: values})


# name: (formula, data, family, class of the error, message)
WRONG = {
    "trials that the data lack": (
        "k | trials(m) ~ x", DATA, "binomial", bl.DataError,
        "The data have no column 'm'. Their columns: y, k, n, x, w, e, t, c, up.",
    ),
    "trials missing": (
        "k ~ x", DATA, "binomial", bl.FamilyError,
        "Family 'binomial' needs the addition term 'trials()': 'k | trials(n) ~ ...', where n is a "
        "column or a number.",
    ),
    "trials of text": (
        "k | trials(t) ~ x", DATA, "binomial", bl.DataError,
        "trials() takes numbers, but 't' is a string ('a', 'b').",
    ),
    "trials of numbers as text": (
        "k | trials(n) ~ x", DATA.assign(n=["5", "6", "5", "6", "5", "7"]), "binomial",
        bl.DataError,
        "trials() takes numbers, but 'n' is a string ('5', '6', '7'). Text that holds numbers "
        "becomes numbers by pd.to_numeric(data['n']).",
    ),
    "negative trials": (
        "k | trials(n) ~ x", at(2, -1, "n"), "binomial", bl.DataError,
        "trials(n) is not a whole number of 0 or more in row 2 (counted from 0). It is the number "
        "of trials of a row: 'successes | trials(total) ~ ...'.",
    ),
    "half a trial": (
        "k | trials(n) ~ x", at(3, 4.5, "n"), "binomial", bl.DataError,
        "trials(n) is not a whole number of 0 or more in row 3 (counted from 0). It is the number "
        "of trials of a row: 'successes | trials(total) ~ ...'.",
    ),
    "trials in quotes": (
        "k | trials('n') ~ x", DATA, "binomial", bl.FormulaError,
        "'x' of 'trials' is an expression of columns, not '\"n\"'.\n"
        "  k | trials('n') ~ x\n"
        "             ^^^",
    ),
    "unknown word of censoring": (
        "y | cens(c) ~ x", at(2, "rigth", "c"), "gaussian", bl.DataError,
        "'rigth' of cens(c) says nothing about censoring; valid are left, none, right, interval, "
        "TRUE, FALSE. Did you mean 'right'?",
    ),
    "unknown code of censoring": (
        "y | cens(c) ~ x", DATA.assign(c=[0, 1, 2, 3, 0, 5]), "gaussian", bl.DataError,
        "cens(c) has a code that is none of -1, 0, 1, 2 in rows 3, 5 (counted from 0); as words "
        "they are left, none, right, interval, TRUE, FALSE. The code of a row comes first, the "
        "upper end of its interval second.",
    ),
    "interval without an end": (
        "y | cens(c) ~ x", at(4, "interval", "c"), "gaussian", bl.DataError,
        "Interval censoring in row 4 (counted from 0) needs the upper ends as the second argument: "
        "cens(c, upper).",
    ),
    "interval that ends before it starts": (
        "y | cens(c, up) ~ x", at(4, 4.5, "up", at(4, "interval", "c")), "gaussian", bl.DataError,
        "The interval of 'y' ends at or below its start in row 4 (counted from 0): cens(code, "
        "upper) takes the larger end as its second argument.",
    ),
    "interval without end": (
        "y | cens(c, up) ~ x", at(4, np.inf, "up", at(4, "interval", "c")), "gaussian",
        bl.DataError,
        "The interval of row 4 (counted from 0) has no finite end; a value that is only known to "
        "be above a limit is censored on the right: code 1 or 'right'.",
    ),
    "end of text": (
        "y | cens(c, t) ~ x", DATA, "gaussian", bl.DataError,
        "cens() takes numbers, but 't' is a string ('a', 'b').",
    ),
    "censoring of a family without": (
        "k | cens(c) ~ x", DATA.assign(k=DATA["k"].clip(0, 1)), "bernoulli", bl.FamilyError,
        "Family 'bernoulli' has no addition term 'cens()'. Its addition terms: weights, subset, "
        "index.",
    ),
    "bounds in the wrong order": (
        "y | trunc(lb = 10, ub = 0) ~ x", DATA, "gaussian", bl.DataError,
        f"trunc(): lb is not below ub in {ALL_ROWS}; the lower bound comes first: trunc(lb, ub).",
    ),
    "response below its bound": (
        "y | trunc(lb = 2) ~ x", DATA, "gaussian", bl.DataError,
        "Response 'y' is below its bound lb of trunc() in row 0 (counted from 0). A truncated "
        "response has no values outside its bounds; values only known to be beyond a limit are "
        "censored: cens().",
    ),
    "response above its bound": (
        "y | trunc(ub = up) ~ x", at(3, 3.5, "up"), "gaussian", bl.DataError,
        "Response 'y' is above its bound ub of trunc() in row 3 (counted from 0). A truncated "
        "response has no values outside its bounds; values only known to be beyond a limit are "
        "censored: cens().",
    ),
    "bound of text": (
        "y | trunc(lb = t) ~ x", DATA, "gaussian", bl.DataError,
        "trunc() takes numbers, but 't' is a string ('a', 'b').",
    ),
    "fraction as a bound of counts": (
        "k | trunc(lb = -0.5) ~ x", DATA, "poisson", bl.DataError,
        f"trunc(): lb is not a whole number in {ALL_ROWS}, but the response is. Both bounds belong "
        "to the values that a response can have.",
    ),
    "no bound": (
        "y | trunc() ~ x", DATA, "gaussian", bl.FormulaError,
        "trunc() needs a bound: lb, ub or both.\n  y | trunc() ~ x\n      ^^^^^^^",
    ),
    "negative error": (
        "y | se(e) ~ x", at(1, -0.1, "e"), "gaussian", bl.DataError,
        "se(e) is negative in row 1 (counted from 0); standard errors are 0 or more. Variances "
        "become standard errors by se(sqrt(v)).",
    ),
    "error of zero": (
        "y | se(e) ~ x", at(1, 0.0, "e"), "gaussian", bl.DataError,
        "se(e) is 0 in row 1 (counted from 0), and the response would have to equal its mean "
        "there. se(e, sigma = TRUE) estimates a residual beside the known errors.",
    ),
    "error of text": (
        "y | se(t) ~ x", DATA, "gaussian", bl.DataError,
        "se() takes numbers, but 't' is a string ('a', 'b').",
    ),
    "infinite error": (
        "y | se(1 / x) ~ x", DATA, "gaussian", bl.DataError,
        "se() takes finite numbers, but '1/x' is infinite in row 0 (counted from 0). A division by "
        "zero gives infinite numbers, and log(0).",
    ),
    "error and a formula of sigma": (
        bl.bf("y | se(e) ~ x", "sigma ~ x"), DATA, "gaussian", bl.FamilyError,
        "'sigma' can have no formula and no value here: se() gives the standard deviation of each "
        "row. se(x, sigma = TRUE) estimates sigma beside the known errors.",
    ),
    "rate of zero": (
        "k | rate(e) ~ x", at(1, 0.0, "e"), "poisson", bl.DataError,
        "rate(e) is 0 or below in row 1 (counted from 0); the response is counted per unit of it, "
        "so that it has to be positive.",
    ),
    "rate of text": (
        "k | rate(t) ~ x", DATA, "poisson", bl.DataError,
        "rate() takes numbers, but 't' is a string ('a', 'b').",
    ),
    "rate of a family without": (
        "y | rate(e) ~ x", DATA, "gaussian", bl.FamilyError,
        "Family 'gaussian' has no addition term 'rate()'. Its addition terms: weights, subset, "
        "index, se, cens, trunc.",
    ),
    "negative weight": (
        "y | weights(w) ~ x", at(1, -2.0), "gaussian", bl.DataError,
        "weights(w) is negative in row 1 (counted from 0). The log-likelihood of a row is "
        "multiplied by its weight, which is 0 or more.",
    ),
    "no weight at all": (
        "y | weights(w, scale = TRUE) ~ x", DATA.assign(w=0.0), "gaussian", bl.DataError,
        "weights(w) is 0 in every row, so that no row would count.",
    ),
    "infinite weight": (
        "y | weights(w) ~ x", at(1, np.inf), "gaussian", bl.DataError,
        "weights() takes finite numbers, but 'w' is infinite in row 1 (counted from 0). A division "
        "by zero gives infinite numbers, and log(0).",
    ),
    "weights that the data lack": (
        "y | weights(wt) ~ x", DATA, "gaussian", bl.DataError,
        "The data have no column 'wt'. Did you mean 'w'? Their columns: y, k, n, x, w, e, t, c, "
        "up.",
    ),
    "weights of text": (
        "y | weights(t) ~ x", DATA, "gaussian", bl.DataError,
        "weights() takes numbers, but 't' is a string ('a', 'b').",
    ),
    "weight for weights": (
        "y | weight(w) ~ x", DATA, "gaussian", bl.FormulaError,
        "Unknown addition term 'weight'. Did you mean 'weights'? Known: bhaz, cat, cens, dec, "
        "index, mi, rate, se, subset, thres, trials, trunc, vint, vreal, weights.\n"
        "  y | weight(w) ~ x\n"
        "      ^^^^^^",
    ),
    "weights without a call": (
        "y | w ~ x", DATA, "gaussian", bl.FormulaError,
        "'w' is no addition term; after the bar of a response stand calls joined by '+': "
        "y | trials(n) + weights(w) ~ x.\n"
        "  y | w ~ x\n"
        "      ^",
    ),
    "weights twice": (
        "y | weights(w) + weights(x) ~ x", DATA, "gaussian", bl.FormulaError,
        "'weights' is given twice.\n"
        "  y | weights(w) + weights(x) ~ x\n"
        "                   ^^^^^^^^^^",
    ),
    "vint that is not whole": (
        "y | vint(e) ~ x", DATA, TAKES_ALL, bl.DataError,
        "vint(e) is not a whole number in rows 0, 1, 2 (counted from 0). Other numbers: vreal().",
    ),
    "vreal of text": (
        "y | vreal(x, t) ~ x", DATA, TAKES_ALL, bl.DataError,
        "vreal() takes numbers, but 't' is a string ('a', 'b').",
    ),
    "unknown decision": (
        "y | dec(w) ~ x", DATA, TAKES_ALL, bl.DataError,
        "dec(w) has a code that is none of 0, 1 in rows 2, 3 (counted from 0); as words they are "
        "lower, upper, FALSE, TRUE.",
    ),
    "unknown word of a decision": (
        "y | dec(t) ~ x", DATA.assign(t=["lower", "uper"] * 3), TAKES_ALL, bl.DataError,
        "'uper' of dec(t) is no decision; valid are lower, upper, FALSE, TRUE. Did you mean "
        "'upper'?",
    ),
    "subset that leaves nothing": (
        "y | subset(w) ~ x", DATA.assign(w=False), "gaussian", bl.DataError,
        "No row is left by subset(): it is FALSE in all of the 6 rows without missing values.",
    ),
    "subset of text": (
        "y | subset(t) ~ x", DATA, "gaussian", bl.DataError,
        "'subset(t)' needs a column of TRUE and FALSE.",
    ),
    "subset that says nothing of a row": (
        "y | subset(w) ~ x", at(3, np.nan), "gaussian", bl.DataError,
        "'subset(w)' is missing in row 3 (counted from 0); it says of each row whether it is used, "
        "TRUE or FALSE.",
    ),
    "half a threshold": (
        "k | thres(2.5) ~ x", DATA.assign(k=[1, 2, 3, 1, 2, 3]), "cumulative", bl.DataError,
        f"thres(2.5) is not a whole number of 1 or more in {ALL_ROWS}.",
    ),
    "a parameter tied to itself": (
        bl.bf("y ~ x", sigma="sigma"), DATA, "gaussian", bl.FamilyError,
        "'sigma = sigma' ties 'sigma' to itself.",
    ),
    "a parameter tied to another kind": (
        bl.bf("y ~ x", sigma="nu"), DATA, "student", bl.FamilyError,
        "'sigma = nu' ties 'sigma' to a parameter of another kind. Parameters of one kind can be "
        "tied, such as the sigma1 and sigma2 of a mixture.",
    ),
    "a parameter tied to one that there is not": (
        bl.bf("y ~ x", sigma="nu"), DATA, "gaussian", bl.FamilyError,
        "Family 'gaussian' has no distributional parameter 'nu'. It has: mu, sigma.",
    ),
}  # fmt: skip


@each(WRONG)
def test_wrong_input(name):
    formula, data, family, error, message = WRONG[name]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(error) as caught:
            bl.Model(formula, data, family)
    assert str(caught.value) == message


def test_terms_that_share_a_covariance_need_the_same_kind_of_group():
    data = DATA.assign(g=["a", "a", "b", "b", "c", "c"])
    formula = bl.bf('y ~ x + (1 | gr(g, id = "p", dist = "student"))', "sigma ~ (1 | p | g)")
    with pytest.raises(bl.FormulaError) as caught:
        bl.Model(formula, data)
    assert str(caught.value) == (
        "The terms of group 'g' with the ID 'p' share their covariance, so they need the same by, "
        "cov and dist in gr()."
    )


def test_mu_has_no_fixed_value():
    with pytest.raises(bl.FormulaError) as caught:
        bl.bf("y ~ x", mu=2)
    assert str(caught.value) == (
        "'mu' is the parameter of the main formula, and has no fixed value."
    )


def test_rows_are_counted_as_in_the_data():
    """Rows that were left out count too: the message says where to look."""
    data = at(5, -1.0).assign(x=[np.nan, 1.0, 2.0, 3.0, 4.0, 5.0], e=[1, 1, 0, 1, 1, 1])
    for formula in ("y | weights(w) ~ x", "y | weights(w) + subset(e) ~ x"):
        with (
            pytest.warns(bl.DataWarning, match="1 of 6 rows was left out"),
            pytest.raises(bl.DataError, match=r"negative in row 5 \(counted from 0\)"),
        ):
            bl.Model(formula, data)
    with (
        pytest.warns(bl.DataWarning),
        pytest.raises(bl.DataError, match=r"negative in row 4 \(counted from 0\)"),
    ):
        bl.Model("k ~ x", at(4, -3, "k", data), "poisson")


@each(["w", "n", "c", "e"])
def test_rows_without_a_value_of_an_addition_are_left_out(column):
    formulas = {
        "w": ("y | weights(w) ~ x", "gaussian"),
        "n": ("k | trials(n) ~ x", "binomial"),
        "c": ("y | cens(c) ~ x", "gaussian"),
        "e": ("y | se(e) ~ x", "gaussian"),
    }
    formula, family = formulas[column]
    with pytest.warns(bl.DataWarning) as caught:
        model = bl.Model(formula, at(1, None, column), family)
    assert [str(w.message) for w in caught] == [
        "1 of 6 rows was left out because a variable of the formula is missing there."
    ]
    assert model.standata()["N"] == 5


def test_words_that_do_not_occur_are_no_errors():
    column = pd.Categorical(DATA["c"], categories=["left", "none", "right", "unknown"])
    model = bl.Model("y | cens(c) ~ x", DATA.assign(c=column))
    assert model.spec.seen.arrays["cens"].tolist() == [0, -1, 1, 0, 0, 0]


def test_an_upper_end_may_be_missing_where_there_is_no_interval():
    data = at(0, np.nan, "up", at(4, "interval", "c"))
    assert bl.Model("y | cens(c, up) ~ x", data).standata()["N"] == 6
