"""Prior tables: brms' rows exactly, and messages for rows that cannot be meant."""

import json
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import bambi_lite as bl
from bambi_lite.priors import COLUMNS, parse_prior
from tables import each

SLEEPSTUDY = "Reaction ~ Days + (Days | Subject)"


@pytest.fixture(scope="module")
def sleepstudy():
    return bl.load_data("sleepstudy")


def rows(frame):
    return [tuple(record) for record in frame[list(COLUMNS)].itertuples(index=False)]


def expected(table):
    return [tuple(row.get(c, "") for c in COLUMNS) for row in table]


def by_id(case):
    return case["id"]


def cases():
    path = Path(__file__).parents[1] / "facts" / "default_priors.json"
    return json.loads(path.read_text(encoding="utf-8"))["cases"]


def default_prior(case):
    family, formula = case["family"], case["formula"]
    links = {k: v for k, v in (family.get("dpar_links") or {}).items() if k in ("mu", "sigma")}
    chosen = bl.get_family(family["name"], {"mu": family["link"], **links})
    parts = (formula.get("parameters") or {}).values()
    options = {k: formula[k] for k in ("nl", "center") if k in formula}
    whole = bl.bf(formula["formula"], *parts, **options, **(formula.get("fixed") or {}))
    data = bl.load_data(case["data"])
    data2 = {"A": np.eye(data["g"].nunique())} if "cov = A" in formula["formula"] else None
    with warnings.catch_warnings():
        # What the data lack is the business of other tests.
        warnings.simplefilter("ignore", bl.DataWarning)
        return bl.default_prior(whole, data, chosen, data2=data2)


@each(cases(), by_id)
def test_default_priors_are_brms(case):
    assert rows(default_prior(case)) == expected(case["default_prior"])


def test_the_models_own_table_has_cholesky_factors(sleepstudy):
    table = bl.Model(SLEEPSTUDY, sleepstudy).prior
    assert list(table.columns) == list(COLUMNS)
    assert [(r.prior, r[1], r.coef, r.group) for r in table.itertuples(index=False)] == [
        ("", "b", "", ""),
        ("", "b", "Days", ""),
        ("student_t(3, 288.7, 59.3)", "Intercept", "", ""),
        ("lkj_corr_cholesky(1)", "L", "", ""),
        ("", "L", "", "Subject"),
        ("student_t(3, 0, 59.3)", "sd", "", ""),
        ("", "sd", "", "Subject"),
        ("", "sd", "Days", "Subject"),
        ("", "sd", "Intercept", "Subject"),
        ("student_t(3, 0, 59.3)", "sigma", "", ""),
    ]


def test_a_users_row_replaces_a_default_one(sleepstudy):
    given = [
        bl.prior("normal(0, 10)", class_="b", coef="Days"),
        bl.prior("lkj(2)", class_="cor") + bl.prior("exponential(0.1)", class_="sd"),
    ]
    model = bl.Model(SLEEPSTUDY, sleepstudy, prior=given)
    table = model.prior.set_index(["class", "coef", "group"])
    assert tuple(table.loc[("b", "Days", ""), ["prior", "source"]]) == ("normal(0, 10)", "user")
    assert table.loc[("L", "", ""), "prior"] == "lkj_corr_cholesky(2)"
    # The bound of the class stays where the user says none.
    assert tuple(table.loc[("sd", "", ""), ["prior", "lb"]]) == ("exponential(0.1)", "0")
    sd = model.spec.priors["sd_Subject"]
    assert {p.dist.name for p in sd} == {"exponential"}


def test_the_narrowest_row_wins(sleepstudy):
    given = [
        bl.prior("exponential(1)", class_="sd"),
        bl.prior("exponential(2)", class_="sd", group="Subject"),
        bl.prior("exponential(3)", class_="sd", group="Subject", coef="Days"),
    ]
    spec = bl.Model(SLEEPSTUDY, sleepstudy, prior=given).spec
    assert [p.dist.args["beta"] for p in spec.priors["sd_Subject"]] == [2.0, 3.0]


def test_an_edited_table_is_a_prior(sleepstudy):
    table = bl.Model(SLEEPSTUDY, sleepstudy).prior
    table.loc[1, ["prior", "source"]] = ["normal(0, 10)", "user"]
    again = bl.Model(SLEEPSTUDY, sleepstudy, prior=table).prior
    pd.testing.assert_frame_equal(again, table)


def message(error, run):
    with pytest.raises(error) as caught:
        run()
    return str(caught.value)


def test_a_row_that_matches_nothing(sleepstudy):
    given = bl.prior("normal(0, 1)", class_="b", coef="days")
    assert message(bl.PriorError, lambda: bl.Model(SLEEPSTUDY, sleepstudy, prior=given)) == (
        "The prior 'normal(0, 1)' matches no parameter: class = 'b', coef = 'days'. "
        "Did you mean 'Days'?\n"
        "Rows of that class:\n  class = 'b'\n  class = 'b', coef = 'Days'"
    )


def test_a_class_that_the_model_lacks(sleepstudy):
    given = bl.prior("normal(0, 1)", class_="sgima")
    assert message(bl.PriorError, lambda: bl.Model(SLEEPSTUDY, sleepstudy, prior=given)) == (
        "The prior 'normal(0, 1)' matches no parameter: class = 'sgima'. "
        "Classes of this model: b, cor, Intercept, sd, sigma. Did you mean 'sigma'?"
    )


def test_two_rows_with_one_key(sleepstudy):
    given = [bl.prior("normal(0, 1)"), bl.prior("normal(0, 2)")]
    assert message(bl.PriorError, lambda: bl.Model(SLEEPSTUDY, sleepstudy, prior=given)) == (
        "Two priors are given for class = 'b'; keep one of them."
    )


UNREADABLE = {
    "normal(0, 5": (
        "Cannot read the prior 'normal(0, 5'. A prior is a distribution with numbers, such as "
        "'normal(0, 5)', 'student_t(3, 0, 2.5)' or 'exponential(1)'."
    ),
    "normal(0, five)": "Cannot read the prior 'normal(0, five)': argument 'five' is not a number.",
    "normal(0, 1e999)": (
        "Cannot read the prior 'normal(0, 1e999)': its arguments have to be finite."
    ),
    "normal(0, 1); normal(0, 2)": (
        "Cannot read the prior 'normal(0, 1); normal(0, 2)'. A prior is a distribution with "
        "numbers, such as 'normal(0, 5)', 'student_t(3, 0, 2.5)' or 'exponential(1)'."
    ),
    "__import__('os').system('true')": (
        "Cannot read the prior '__import__('os').system('true')'. A prior is a distribution with "
        "numbers, such as 'normal(0, 5)', 'student_t(3, 0, 2.5)' or 'exponential(1)'."
    ),
}


@each(UNREADABLE)
def test_unreadable_priors(text):
    assert message(bl.PriorError, lambda: bl.prior(text)) == UNREADABLE[text]


def test_bounds_that_cannot_be():
    assert message(bl.PriorError, lambda: bl.prior("normal(0, 1)", lb=2, ub=1)) == (
        "Prior 'normal(0, 1)': the lower bound 2 is not below the upper 1."
    )
    assert message(bl.PriorError, lambda: bl.prior("normal(0, 1)", coef="x", lb=0)) == (
        "Prior 'normal(0, 1)' for coef 'x' has bounds. Bounds belong to a whole class: "
        "leave out coef."
    )


def test_something_that_is_no_prior(sleepstudy):
    assert message(bl.PriorError, lambda: bl.Model(SLEEPSTUDY, sleepstudy, prior=1.5)) == (
        "prior has to be bl.prior(...), a list of them, a prior table, 'set:NAME' or the path of a "
        "TOML file, not float."
    )


def test_numbers_in_every_form():
    assert dict(parse_prior(" normal( -1.5e1 , +.5 ) ").args) == {"mu": -15.0, "sigma": 0.5}
