"""Prior tables of nonlinear formulas and of several responses, which cannot be sampled yet."""

import pytest

import bambi_lite as bl
from bambi_lite.formula import lf
from tables import each

NL = bl.bf("y ~ b1 * exp(b2 * x)", "b1 + b2 ~ 1 + (1 | g)", nl=True)
TWO = bl.bf("y ~ x + (1 | p | g)") + bl.bf("y2 ~ x + (1 | p | g)")


@pytest.fixture(scope="module")
def data():
    return bl.load_data("synth1")


def rows(table, **columns):
    for column, value in columns.items():
        table = table[table[column.rstrip("_")] == value]
    return table["prior"].tolist()


def test_rows_of_one_nonlinear_parameter(data):
    said = [
        bl.prior("normal(5, 2)", nlpar="b1", coef="Intercept"),
        bl.prior("normal(0, 1)", nlpar="b2"),
        bl.prior("exponential(2)", class_="sd", nlpar="b2"),
    ]
    table = bl.validate_prior(said, NL, data)
    assert rows(table, class_="b", nlpar="b1") == ["", "normal(5, 2)"]
    assert rows(table, class_="b", nlpar="b2") == ["normal(0, 1)", ""]
    assert rows(table, class_="sd", nlpar="b2", group="") == ["exponential(2)"]
    assert rows(table, class_="sd", nlpar="b1", group="") == ["student_t(3, 0, 3.6)"]
    shown = bl.prior_summary(table, all=False)
    assert len(shown) == 5
    assert (shown["prior"] != "").all()
    assert bl.prior_summary(table) is table


def test_a_nonlinear_dpar_of_a_linear_model(data):
    """A dpar with a nonlinear formula stands beside a main formula that is linear."""
    formula = bl.bf("y ~ x") + bl.nlf("sigma ~ s0 * x") + lf("s0 ~ 0 + z")
    table = bl.default_prior(formula, data)
    assert rows(table, class_="Intercept") == ["student_t(3, 10.1, 3.6)"]
    assert table[table["nlpar"] == "s0"]["coef"].tolist() == ["", "z"]
    assert "sigma" not in set(table["class"])


def test_residuals_correlate_where_they_can(data):
    """As in brms, where set_rescor() says nothing: those of several responses of one kind."""
    assert rows(bl.default_prior(TWO, data), class_="rescor") == ["lkj(1)"]
    assert rows(bl.default_prior(TWO, data, "student"), class_="nu", resp="") == ["gamma(2, 0.1)"]
    apart = bl.default_prior(TWO + bl.set_rescor(False), data, "student")
    assert rows(apart, class_="rescor") == []
    assert rows(apart, class_="nu") == ["gamma(2, 0.1)"] * 2
    mixed = bl.default_prior(bl.bf("y ~ x") + bl.bf("ycnt ~ x"), data, ["gaussian", "poisson"])
    assert rows(mixed, class_="rescor") == []
    assert rows(mixed, class_="Intercept", resp="ycnt") == ["student_t(3, 1.1, 2.5)"]


def test_effects_that_share_an_id_have_one_correlation(data):
    table = bl.validate_prior(bl.prior("lkj(4)", class_="cor", group="g"), TWO, data)
    assert rows(table, class_="L") == ["lkj_corr_cholesky(1)", "lkj_corr_cholesky(4)"]
    assert rows(table, class_="Lrescor") == ["lkj_corr_cholesky(1)"]


def test_a_set_looks_at_each_response(data):
    table = bl.validate_prior("set:rstanarm", TWO, data)
    scales = {}
    for resp in ("y", "y2"):
        (text,) = rows(table, class_="b", resp=resp, coef="x")
        scales[resp] = float(text[len("normal(0, ") : -1])
        expected = 2.5 * data[resp].std() / data["x"].std()
        assert scales[resp] == pytest.approx(expected, rel=5e-3)
    assert scales["y"] != scales["y2"]


def test_a_family_with_thresholds_among_several(data):
    table = bl.default_prior(bl.bf("yord ~ x") + bl.bf("y ~ x"), data, ["cumulative", "gaussian"])
    found = table[(table["class"] == "Intercept") & (table["resp"] == "yord")]
    assert found["coef"].tolist() == ["", "1", "2", "3"]


WRONG = {
    "no such response": (
        lambda data: bl.validate_prior(bl.prior("normal(0, 1)", resp="y3"), TWO, data),
        bl.PriorError,
        "The prior 'normal(0, 1)' matches no parameter: class = 'b', resp = 'y3'. Did you mean "
        "class = 'b', resp = 'y'?\n"
        "Rows of that class:\n  class = 'b', resp = 'y'\n  class = 'b', coef = 'x', resp = 'y'\n"
        "  class = 'b', resp = 'y2'\n  class = 'b', coef = 'x', resp = 'y2'",
    ),
    "no such nonlinear parameter": (
        lambda data: bl.validate_prior(bl.prior("normal(0, 1)", nlpar="b3"), NL, data),
        bl.PriorError,
        "The prior 'normal(0, 1)' matches no parameter: class = 'b', nlpar = 'b3'. Did you mean "
        "class = 'b', nlpar = 'b2'?\n"
        "Rows of that class:\n  class = 'b', nlpar = 'b1'\n"
        "  class = 'b', coef = 'Intercept', nlpar = 'b1'\n  class = 'b', nlpar = 'b2'\n"
        "  class = 'b', coef = 'Intercept', nlpar = 'b2'",
    ),
    "correlated residuals of counts": (
        lambda data: bl.default_prior(TWO + bl.set_rescor(True), data, ["gaussian", "student"]),
        bl.FormulaError,
        "set_rescor(True): residuals can be correlated between several gaussian or several student "
        "responses, not between gaussian, student.",
    ),
    "correlated residuals of other rows": (
        lambda data: bl.default_prior(
            bl.bf("y | subset(usea) ~ x") + bl.bf("y2 ~ x") + bl.set_rescor(True), data
        ),
        bl.FormulaError,
        "set_rescor(True): residuals can be correlated where all responses use the same rows, and "
        "y uses subset().",
    ),
    "families and responses": (
        lambda data: bl.default_prior(TWO, data, ["gaussian", "poisson", "student"]),
        bl.FamilyError,
        "3 families are given for 2 responses (y, y2): one for all, or one for each.",
    ),
    "a distribution that it cannot have": (
        lambda data: bl.validate_prior(bl.prior("normal(0, 1)", class_="rescor"), TWO, data),
        bl.PriorError,
        "The prior 'normal(0, 1)' of class = 'rescor' is a distribution of numbers, and this is a "
        "parameter of correlations, such as lkj(2).",
    ),
    "a special term": (
        lambda data: bl.default_prior(bl.bf("y ~ s(x)") + bl.bf("y2 ~ x"), data),
        bl.FormulaError,
        "Parsed, not available yet: s(x) in 'y ~ s(x)'. The formula and its design can be looked "
        "at; the model cannot be built.",
    ),
    "a table of something": (
        bl.prior_summary,
        bl.PriorError,
        "prior_summary() takes a model or a fit, not DataFrame.",
    ),
}


@each(WRONG)
def test_wrong(what, data):
    run, error, message = WRONG[what]
    with pytest.raises(error) as caught:
        run(data)
    assert str(caught.value) == message
