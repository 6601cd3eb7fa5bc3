"""Settings of families of categories that cannot be: thresholds, reference categories."""

import numpy as np
import pandas as pd
import pytest

import bambi_lite as bl


@pytest.mark.parametrize(
    ("n", "message"),
    [
        (
            [3, 3, 0, 3, 3, 2.5],
            "thres(n) is not a whole number of 1 or more in rows 2, 5 (counted from 0).",
        ),
        (
            [3, 3, 3, 2, 3, 3],
            "thres() has a smaller number of thresholds than other rows in row 3 (counted from "
            "0); it is one number for all of them.",
        ),
        (
            [1] * 6,
            "Response 'y' is above its number of categories in row 2 (counted from 0): thres(n) "
            "thresholds make n + 1 categories.",
        ),
    ],
)
def test_numbers_of_thresholds(n, message):
    data = pd.DataFrame({"y": [1, 2, 3, 1, 2, 1], "n": n})
    with pytest.raises(bl.DataError) as error:
        bl.Model("y | thres(n) ~ 1", data, "sratio")
    assert str(error.value) == message


def test_a_group_of_thresholds_with_one_category():
    data = pd.DataFrame({"y": [1, 2, 3, 1], "g": list("ppqq"), "h": list("pppq")})
    bl.Model("y | thres(gr = g) ~ 1", data, "acat")
    with pytest.raises(bl.DataError) as error:
        bl.Model("y | thres(gr = h) ~ 1", data, "acat")
    assert str(error.value) == (
        "Response 'y' has only one category in the group 'q' of thres(gr = ); ordinal families "
        "need two or more. thres(n) says how many thresholds there could be."
    )


def test_unknown_groups_of_thresholds():
    data = pd.DataFrame({"y": [1, 2, 3, 1], "g": list("ppqq")})
    draws = {"b_Intercept[p,1]": [0.0], "b_Intercept[q,1]": [0.0], "b_Intercept[q,2]": [1.0]}
    fit = bl.Model("y | thres(gr = g) ~ 1", data, "acat").from_draws(pd.DataFrame(draws))
    with pytest.raises(bl.DataError) as error:
        fit.posterior_epred(pd.DataFrame({"g": ["p", "r"]}))
    assert str(error.value) == (
        "thres(gr = g) has groups that the training data do not have: r. Known: p, q."
    )


def test_a_category_that_is_never_seen_is_a_warning():
    data = pd.DataFrame(
        {"y": [1, 2, 4, 1], "a": [3, 1, 2, 2], "b": [0, 0, 0, 0], "c": [1, 3, 2, 2]}
    )
    with pytest.warns(bl.DataWarning) as caught:
        bl.Model("y ~ 1", data, "cumulative")
    assert str(caught[0].message) == (
        "No row of the response 'y' has the category 3: only their priors tell the thresholds "
        "around it."
    )
    with pytest.warns(bl.DataWarning) as caught:
        bl.Model("cbind(a, b, c) | trials(4) ~ 1", data, "multinomial")
    assert str(caught[0].message) == (
        "No row of the response 'cbind(a, b, c)' has the category b: only priors tell its "
        "parameters."
    )


def test_unknown_reference_category():
    data = pd.DataFrame({"y": list("abcabc")})
    for family in (bl.categorical(refcat="d"), 'categorical(refcat = "d")'):
        with pytest.raises(bl.FamilyError) as error:
            bl.Model("y ~ 1", data, family)
        assert str(error.value) == ("refcat = 'd' is no category of the response; it has a, b, c.")


def test_categories_of_one_parameter_name():
    data = pd.DataFrame({"y": ["a", "b c", "bc", "a"]})
    with pytest.raises(bl.DataError) as error:
        bl.Model("y ~ 1", data, "categorical")
    assert str(error.value) == (
        "Several categories are called 'bc' where they name a parameter (b c, bc): give them "
        "names that differ in more than blanks and punctuation."
    )


def test_a_formula_for_the_reference_category():
    data = pd.DataFrame({"y": list("abcabc"), "x": np.arange(6.0)})
    with pytest.raises(bl.FamilyError) as error:
        bl.Model(bl.bf("y ~ 1", "mua ~ x"), data, "categorical")
    assert str(error.value) == (
        "Family 'categorical' has no distributional parameter 'mua'. It has: mub, muc. Did you "
        "mean 'muc'?"
    )


def test_settings_that_cannot_be():
    with pytest.raises(bl.FamilyError) as error:
        bl.cumulative(threshold="equidistent")
    assert str(error.value) == (
        "threshold = 'equidistent' is none of the spacings of thresholds: flexible, equidistant, "
        "sum_to_zero. Did you mean 'equidistant'?"
    )
    with pytest.raises(bl.FamilyError) as error:
        bl.logistic_normal(refcat=float("nan"))
    assert str(error.value) == (
        "refcat = NA is not available for family 'logistic_normal': it is about the logarithms "
        "of shares less that of one of them. None takes the first category, or name one."
    )
    with pytest.raises(TypeError, match="unexpected keyword argument 'refcat'"):
        bl.brmsfamily("dirichlet2", refcat="a")
