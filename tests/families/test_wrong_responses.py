"""Responses that a family cannot have: which rows, and what would take them."""

import numpy as np
import pandas as pd
import pytest

import bambi_lite as bl

GOOD = np.array([0.2, 0.4, 0.6, 0.8, 0.5, 0.3])


def text(family):
    y = ["a", "b", "c", "a", "b", "c"]
    message = (
        f"Response 'y' is a string, but family '{family}' needs numbers. Two categories: family "
        f"'bernoulli'."
    )
    return y, message


def infinite(family):
    y = [1.0, np.inf, 1.0, -np.inf, 1.0, 1.0]
    message = (
        f"Response 'y' is infinite in rows 1, 3 (counted from 0); family '{family}' needs finite "
        f"numbers."
    )
    return y, message


def date(family):
    y = pd.date_range("2026-01-01", periods=6)
    return y, None


def at(values, where=2):
    y = GOOD.copy()
    y[where] = values
    return y


def negative_count(family):
    message = (
        f"Response 'y' is negative in row 2 (counted from 0); family '{family}' needs counts of 0 "
        f"or more."
    )
    return [1, 2, -1, 0, 3, 5], message


def fraction(family):
    message = (
        f"Response 'y' is not a whole number in row 2 (counted from 0); family '{family}' needs "
        f"counts. Positive measurements: family 'gamma', 'lognormal' or 'weibull'."
    )
    return [1, 2, 1.5, 0, 3, 5], message


def fraction_of_trials(family):
    message = (
        f"Response 'y' is not a whole number in row 2 (counted from 0); family '{family}' needs "
        f"counts."
    )
    return [1, 2, 1.5, 0, 3, 5], message


def above_trials(family):
    message = (
        "Response 'y' exceeds its number of trials in row 2 (counted from 0). Successes come "
        "first: 'successes | trials(total) ~ ...'."
    )
    return [1, 2, 8, 0, 3, 5], message


def outside(value, problem, needs, hint=""):
    def case(family):
        message = (
            f"Response 'y' is {problem} in row 2 (counted from 0); family '{family}' needs "
            f"{needs}.{hint and ' ' + hint}"
        )
        return at(value), message

    return case


def ten_values(family):
    message = (
        "Response 'y' has 6 different values (0, 1, 2, 3, 4, 5), but family 'bernoulli' needs "
        "exactly two, for example 0 and 1. Counts of successes out of several trials: family "
        "'binomial' with 'y | trials(n) ~ ...'."
    )
    return np.arange(6.0), message


def three_words(family):
    message = (
        "Response 'y' has 3 different values (a, b, c), but family 'bernoulli' needs exactly two, "
        "for example 0 and 1. Counts of successes out of several trials: family 'binomial' with "
        "'y | trials(n) ~ ...'."
    )
    return ["a", "b", "c", "a", "b", "c"], message


def one_value(family):
    message = (
        "Response 'y' has 1 different values (3), but family 'bernoulli' needs exactly two, for "
        "example 0 and 1. Counts of successes out of several trials: family 'binomial' with "
        "'y | trials(n) ~ ...'."
    )
    return np.full(6, 3.0), message


# -- categories ------------------------------------------------------------------------------


def no_order(family):
    lowest = 0 if family == "hurdle_cumulative" else 1
    message = (
        f"Response 'y' has no order of its categories (a, b, c); family '{family}' needs an "
        f"ordered factor or whole numbers from {lowest} on. Order them: pd.Categorical(x, "
        f"categories=[...], ordered=True); without an order: family 'categorical'."
    )
    return ["a", "b", "c", "a", "b", "c"], message


def no_category(family):
    lowest = 0 if family == "hurdle_cumulative" else 1
    message = (
        f"Response 'y' is no whole number of {lowest} or more in rows 1, 3 (counted from 0); "
        f"family '{family}' needs an ordered factor or categories counted from {lowest}."
    )
    return [1, -2, 3, 2.5, 2, 1], message


def one_category(family):
    besides = " beside 0" if family == "hurdle_cumulative" else ""
    message = (
        f"Response 'y' has only one category{besides}; ordinal families need two or more. "
        f"thres(n) says how many thresholds there could be."
    )
    return np.ones(6), message


def columns_for_one(family):
    message = (
        f"Response 'cbind(a, b, c)' has 3 columns, but family '{family}' takes one. Counts or "
        f"shares of categories in columns: family 'multinomial' or 'dirichlet'; several "
        f"responses: mvbind(y1, y2)."
    )
    return columns([[1, 2, 4]] * 6), message


def one_label(family):
    return ["a"] * 6, ("Response 'y' has one category (a); family 'categorical' needs two or more.")


def many_values(family):
    data = np.arange(60.0) / 7.0
    return data, (
        "Response 'y' has 60 different values in 60 rows; family 'categorical' takes categories. "
        "Measurements: family 'gaussian'."
    )


def columns(rows):
    return dict(zip("abc", np.array(rows).T, strict=True))


def counts_with(row, problem):
    def case(family):
        rows = [[1, 2, 4]] * 6
        rows[2] = row
        return columns(rows), problem.format(family=family)

    return case


def one_column_only(what):
    def case(family):
        message = (
            f"Response 'y' is one column, but family '{family}' needs the {what} of each category "
            f"in a column of its own: cbind(a, b, c)."
        )
        return GOOD, message

    return case


def shares_with(row, problem):
    def case(family):
        rows = [[0.2, 0.3, 0.5]] * 6
        rows[2] = rows[4] = row
        return columns(rows), problem.format(family=family)

    return case


ANY = (text, infinite)
ORDERED = (no_order, no_category, one_category, columns_for_one)
COUNT_COLUMNS = (
    one_column_only("counts"),
    counts_with(
        [1, -1, 7],
        "Response 'cbind(a, b, c)' is negative in row 2 (counted from 0); family '{family}' needs "
        "counts of 0 or more.",
    ),
    counts_with(
        [1, 1.5, 4.5],
        "Response 'cbind(a, b, c)' is not a whole number in row 2 (counted from 0); family "
        "'{family}' needs counts. Shares: family 'dirichlet'.",
    ),
    counts_with(
        [1, 2, 3],
        "The counts of response 'cbind(a, b, c)' do not add up to trials() in row 2 (counted "
        "from 0): the trials of a row are the sum of its columns.",
    ),
)
SHARE_COLUMNS = (
    one_column_only("shares"),
    shares_with(
        [0.2, -0.3, 1.1],
        "Response 'cbind(a, b, c)' is negative in rows 2, 4 (counted from 0); family '{family}' "
        "needs shares of 0 or more.",
    ),
    shares_with(
        [20.0, 30.0, 50.0],
        "The shares of response 'cbind(a, b, c)' do not add up to 1 in rows 2, 4 (counted from "
        "0). Counts: family 'multinomial'; percentages: divide them by 100.",
    ),
    shares_with(
        [0.2, 0.0, 0.8],
        "Response 'cbind(a, b, c)' has a share of 0 in rows 2, 4 (counted from 0), which has no "
        "density; family '{family}' needs shares above 0. Join rare categories, or move all "
        "shares a little away from 0.",
    ),
    shares_with(
        [0.2, np.inf, 0.3],
        "Response 'cbind(a, b, c)' is infinite in rows 2, 4 (counted from 0); family '{family}' "
        "needs finite numbers.",
    ),
)
COUNTS = (*ANY, negative_count, fraction)
SUCCESSES = (*ANY, negative_count, fraction_of_trials, above_trials)
TIMES = (
    *ANY,
    outside(0.0, "0 or below", "positive numbers"),
    outside(-3.0, "0 or below", "positive numbers"),
)
NOT_NEGATIVE = (
    *ANY,
    outside(
        -0.1,
        "below 0",
        "numbers of 0 or more",
        "Numbers of either sign: family 'gaussian' or 'student'.",
    ),
)
HURDLE_GAMMA = "Exact zeros: family 'hurdle_gamma'."
HURDLE_LOGNORMAL = "Exact zeros: family 'hurdle_lognormal'."
BETA = "Exact zeros: family 'zero_inflated_beta'; zeros and ones: 'zero_one_inflated_beta'."
ANGLES = ("angles in radians between -pi and pi", "Degrees: multiply them by pi / 180.")
SHARES = ("proportions between 0 and 1", "Percentages: divide them by 100.")

CASES = {
    **dict.fromkeys(
        (
            "gaussian", "student", "skew_normal", "asym_laplace", "zero_inflated_asym_laplace",
            "exgaussian", "gen_extreme_value",
        ),
        (*ANY, date),
    ),
    **dict.fromkeys(
        (
            "poisson", "negbinomial", "negbinomial2", "geometric", "discrete_weibull",
            "com_poisson", "zero_inflated_poisson", "zero_inflated_negbinomial",
            "hurdle_poisson", "hurdle_negbinomial",
        ),
        COUNTS,
    ),
    **dict.fromkeys(
        (
            "binomial", "zero_inflated_binomial", "beta_binomial", "zero_inflated_beta_binomial",
        ),
        SUCCESSES,
    ),
    **dict.fromkeys(
        (
            "weibull",
            "exponential",
            "frechet",
            "inverse.gaussian",
            "shifted_lognormal",
            "wiener",
            "cox",
        ),
        TIMES,
    ),
    "gamma": (*ANY, outside(0.0, "0 or below", "positive numbers", HURDLE_GAMMA)),
    "lognormal": (*ANY, outside(-1.0, "0 or below", "positive numbers", HURDLE_LOGNORMAL)),
    "hurdle_gamma": NOT_NEGATIVE,
    "hurdle_lognormal": NOT_NEGATIVE,
    "bernoulli": (ten_values, three_words, one_value),
    "beta": (
        *ANY,
        outside(0.0, "0 or below", "proportions above 0 and below 1", BETA),
        outside(1.0, "1 or above", "proportions above 0 and below 1", BETA),
    ),
    "zero_inflated_beta": (
        *ANY,
        outside(-0.1, "below 0", "proportions of 0 or more and below 1",
                "Exact ones: family 'zero_one_inflated_beta'."),
        outside(1.0, "1 or above", "proportions of 0 or more and below 1",
                "Exact ones: family 'zero_one_inflated_beta'."),
    ),
    **dict.fromkeys(
        ("zero_one_inflated_beta", "xbeta"),
        (*ANY, outside(-0.1, "below 0", *SHARES), outside(50.0, "above 1", *SHARES)),
    ),
    "von_mises": (
        *ANY, outside(-3.2, "below -3.14159", *ANGLES), outside(180.0, "above 3.14159", *ANGLES),
    ),
    **dict.fromkeys(("cumulative", "sratio", "cratio", "acat", "hurdle_cumulative"), ORDERED),
    "categorical": (one_label, many_values, columns_for_one),
    **dict.fromkeys(("multinomial", "dirichlet_multinomial"), COUNT_COLUMNS),
    **dict.fromkeys(("dirichlet", "dirichlet2", "logistic_normal"), SHARE_COLUMNS),
}  # fmt: skip


@pytest.mark.parametrize("which", range(5))
def test_bad_responses(family, which):
    cases = CASES[family.name]
    assert len(cases) >= 3
    if which >= len(cases):
        return
    y, message = cases[which](family.name)
    given = y if isinstance(y, dict) else {"y": y}
    data = pd.DataFrame(given).assign(n=7)
    data["d"] = data.index % 2
    terms = {"trials": "trials(n)", "dec": "dec(d)"}
    needed = " + ".join(terms[name] for name in family.required)
    response = "cbind(a, b, c)" if isinstance(y, dict) else "y"
    with pytest.raises(bl.DataError) as error:
        bl.Model(f"{response} | {needed} ~ 1" if needed else f"{response} ~ 1", data, family)
    if message is not None:
        assert str(error.value) == message


def test_trials_have_to_be_counts():
    data = pd.DataFrame({"y": [1, 2, 3], "n": [4.0, 2.5, -1.0]})
    with pytest.raises(bl.DataError) as error:
        bl.Model("y | trials(n) ~ 1", data, "beta_binomial")
    assert str(error.value) == (
        "trials(n) is not a whole number of 0 or more in rows 1, 2 (counted from 0). It is the "
        "number of trials of a row: 'successes | trials(total) ~ ...'."
    )


DECISIONS = {
    "a number": (
        [0, 2, 1],
        "dec(d) has a code that is none of 0, 1 in row 1 (counted from 0); as words they are "
        "lower, upper, FALSE, TRUE.",
    ),
    "a fraction": (
        [0.5, 1.0, 0.2],
        "dec(d) has a code that is none of 0, 1 in rows 0, 2 (counted from 0); as words they are "
        "lower, upper, FALSE, TRUE.",
    ),
    "a word": (
        ["lower", "uper", "lower"],
        "'uper' of dec(d) is no decision; valid are lower, upper, FALSE, TRUE. Did you mean "
        "'upper'?",
    ),
}


@pytest.mark.parametrize("case", DECISIONS)
def test_decisions_have_to_be_codes(case):
    codes, message = DECISIONS[case]
    with pytest.raises(bl.DataError) as error:
        bl.Model("y | dec(d) ~ 1", pd.DataFrame({"y": [0.4, 0.6, 0.5], "d": codes}), "wiener")
    assert str(error.value) == message


def test_times_need_their_decisions():
    with pytest.raises(bl.FamilyError) as error:
        bl.Model("y ~ 1", pd.DataFrame({"y": [0.4, 0.6]}), "wiener")
    assert str(error.value) == (
        "Family 'wiener' needs the addition term 'dec()': 'y | dec(n) ~ ...', where n is a column "
        "or a number."
    )


@pytest.mark.parametrize("codes", [[0, 1, 1], [False, True, True], ["lower", "upper", "upper"]])
def test_decisions_as_numbers_and_words(codes):
    data = pd.DataFrame({"y": [0.4, 0.6, 0.5], "d": codes})
    spec = bl.Model("y | dec(d) ~ 1", data, bl.wiener()).spec
    assert spec.response.extra["dec"].tolist() == [0.0, 1.0, 1.0]


def test_unknown_link_of_another_parameter():
    with pytest.raises(bl.FamilyError) as error:
        bl.student(link_nu="log")
    assert str(error.value) == (
        "Link 'log' is not available for dpar 'nu' of family 'student'. Available links: logm1, "
        "identity. Did you mean 'logm1'?"
    )


def test_brmsfamily_and_the_names_of_r():
    assert bl.get_family("Gamma") == bl.get_family("gamma")
    assert bl.brmsfamily("Beta").name == "beta"
    assert bl.inverse_gaussian().link("mu").name == "1/mu^2"
    assert (bl.Gamma.__name__, bl.inverse_gaussian.__name__) == ("Gamma", "inverse_gaussian")
    family = bl.brmsfamily("negbinomial2", link="sqrt", link_sigma="softplus")
    assert (family.link("mu").name, family.link("sigma").name) == ("sqrt", "softplus")
