"""Two priors side by side, and the posterior of one study as the prior of the next."""

import warnings

import numpy as np
import pandas as pd
import pytest

import bambi_lite as bl
from bambi_lite.priors import read_file

SLOPES = "Reaction ~ Days + (Days | Subject)"


@pytest.fixture(scope="module")
def sleepstudy():
    return bl.load_data("sleepstudy")


BESIDE = """\
class      coef  a                              b
b                (flat)                         normal(0, 1)
b          Days  normal(0, 10)                  (as above)
Intercept        student_t(3, 288.7, 59.3)      normal(0, 1)
L                lkj_corr_cholesky(1)           lkj_corr_cholesky(2)
sd               student_t(3, 0, 59.3), lb = 0  exponential(1), lb = 0
sigma            student_t(3, 0, 59.3), lb = 0  exponential(1), lb = 0"""


def test_a_model_beside_a_set(sleepstudy):
    model = bl.Model(SLOPES, sleepstudy, prior=bl.prior("normal(0, 10)", coef="Days"))
    found = bl.diff_prior(model, "set:unit_scale")
    assert str(found) == BESIDE


def test_two_models(sleepstudy):
    first = bl.Model("Reaction ~ Days", sleepstudy)
    second = bl.Model(SLOPES, sleepstudy, prior=bl.prior("lkj(2)", "cor", tag="mine"))
    found = bl.diff_prior(first, second).frame
    assert found.loc[found["class"] == "L", ["a", "b"]].values.tolist()[0] == [
        "-", "lkj_corr_cholesky(2), tag = mine",
    ]  # fmt: skip
    assert len(bl.diff_prior(first, first)) == 0
    assert str(bl.diff_prior(first, first)) == "No differences."
    assert "No differences." in bl.diff_prior(first, first)._repr_html_()


def test_two_sets_as_they_are_written():
    found = bl.diff_prior("set:rstanarm", "set:penalised_complexity").frame
    sigma = found[found["class"] == "sigma"]
    assert sigma[["a", "b"]].values.tolist() == [
        ["exponential(1 / response_sd)", "exponential(1.535 / response_sd)"]
    ]


def test_nothing_beside_something(sleepstudy):
    with pytest.raises(bl.PriorError, match="one side is None"):
        bl.diff_prior(None, "set:rstanarm")


# -- the next study --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def fit(request):
    folder = request.config.rootpath / "tests" / "facts" / "postprocess"
    frame = pd.read_csv(folder / "sleepstudy_slopes.draws.csv")
    return bl.Model(SLOPES, bl.load_data("sleepstudy")).from_draws(frame)


def test_the_posterior_as_a_prior(fit, tmp_path):
    path = tmp_path / "next.toml"
    with pytest.warns(bl.BambiLiteWarning) as caught:
        fit.posterior_as_prior(path)
    caveat = str(caught[0].message)
    assert caveat.startswith("These are marginal summaries of one posterior")
    file = read_file(path)
    assert file.caveat == caveat
    assert "180 observations" in file.why
    model = bl.Model(SLOPES, bl.load_data("sleepstudy"), prior=path)
    posterior = fit.idata["posterior"]
    for name, place in {
        "b_Days": ("b", 0),
        "sd_Subject__Days": ("sd_Subject", 1),
        "sigma": ("sigma", 0),
    }.items():
        prior = model.spec.priors[place[0]][place[1]]
        draws = posterior[name].values
        law = prior.law.draw(np.random.default_rng(1), (40_000,))
        assert law.mean() == pytest.approx(
            draws.mean(), abs=4 * draws.std() / 200 + 0.01 * draws.std()
        )
        assert law.std() == pytest.approx(draws.std(ddof=1), rel=0.03)
    # Correlations keep what they had, and the bound of the class stays.
    table = model.prior
    assert table.loc[table["class"] == "L", "prior"].tolist() == ["lkj_corr_cholesky(1)", ""]
    assert table.loc[(table["class"] == "sd") & (table["group"] == ""), "lb"].tolist() == ["0"]


def test_each_support_has_its_family(tmp_path):
    data = bl.load_data("epilepsy")
    said = ["set:proper", bl.prior("normal(0, 1)", lb=-1, ub=1)]
    model = bl.Model("count ~ zBase", data, "zero_inflated_poisson", prior=said)
    fit = model.sample(sample_prior="only", iter=400, seed=1)
    path = tmp_path / "next.toml"
    with pytest.warns(bl.BambiLiteWarning):
        fit.posterior_as_prior(path)
    table = bl.Model("count ~ zBase", data, "zero_inflated_poisson", prior=path).prior
    row = table.set_index(["class", "coef"])
    assert row.loc[("zi", ""), "prior"].startswith("beta(")
    assert row.loc[("b", "zBase"), "prior"].startswith("normal(")
    assert row.loc[("b", ""), ["lb", "ub"]].tolist() == ["-1", "1"]
    assert row.loc[("Intercept", ""), "prior"].startswith("normal(")


def test_it_can_be_the_prior_of_a_smaller_model_with_the_rest_left(fit, tmp_path):
    path = tmp_path / "next.toml"
    with pytest.warns(bl.BambiLiteWarning):
        fit.posterior_as_prior(path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(bl.PriorError, match="matches no parameter"):
            bl.Model("Reaction ~ Days", bl.load_data("sleepstudy"), prior=path)
