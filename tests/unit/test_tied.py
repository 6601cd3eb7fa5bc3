"""Distributional parameters tied to one another: one number under two names."""

import numpy as np
import pandas as pd
import pytest

import bambi_lite as bl

SYNTH = bl.load_data("synth1")
SHARES = "cbind(p1, p2, p3) ~ x"
TIED = bl.bf(SHARES, sigmap3="sigmap2")


def model(formula, data=SYNTH):
    return bl.Model(formula, data, "logistic_normal")


def draws_of(names, seed=1):
    rng = np.random.default_rng(seed)
    return pd.DataFrame({n: rng.uniform(0.2, 0.6, size=4) for n in names if "Intercept_" not in n})


def test_it_has_draws_under_its_own_name_and_no_prior():
    tied = model(TIED)
    free = model(SHARES)
    assert tied.variables() == free.variables()
    assert "sigmap3" in free.prior["class"].tolist()
    assert tied.prior["class"].tolist() == [
        c for c in free.prior["class"].tolist() if c != "sigmap3"
    ]
    with pytest.raises(bl.PriorError, match="matches no parameter: class = 'sigmap3'"):
        bl.Model(TIED, SYNTH, "logistic_normal", prior=bl.prior("normal(0, 1)", class_="sigmap3"))


@pytest.mark.parametrize("named", [True, False])
def test_numbers_are_those_of_two_equal_parameters(named):
    """Draws made elsewhere may or may not name it."""
    frame = draws_of(model(SHARES).variables())
    frame["sigmap3"] = frame["sigmap2"]
    free = model(SHARES).from_draws(frame)
    tied = model(TIED).from_draws(frame if named else frame.drop(columns="sigmap3"))
    np.testing.assert_array_equal(tied.log_lik(), free.log_lik())
    np.testing.assert_array_equal(tied.posterior_predict(seed=1), free.posterior_predict(seed=1))
    np.testing.assert_array_equal(
        tied.posterior_linpred(dpar="sigmap3"), free.posterior_linpred(dpar="sigmap2")
    )
    pd.testing.assert_frame_equal(
        tied.summary().spec_pars[["Estimate", "Est.Error"]],
        free.summary().spec_pars[["Estimate", "Est.Error"]],
    )


def test_tied_to_one_with_a_formula():
    formula = bl.bf(SHARES, "sigmap2 ~ x", sigmap3="sigmap2")
    both = bl.bf(SHARES, "sigmap2 ~ x", "sigmap3 ~ x")
    frame = draws_of(model(both).variables())
    for name in ("Intercept", "x"):
        frame[f"b_sigmap3_{name}"] = frame[f"b_sigmap2_{name}"]
    only = frame[[c for c in frame if "sigmap3" not in c]]
    tied, free = model(formula).from_draws(only), model(both).from_draws(frame)
    np.testing.assert_array_equal(tied.log_lik(), free.log_lik())
    assert not any("sigmap3" in name for name in model(formula).variables())


def test_tied_to_one_that_is_known():
    spec = model(bl.bf(SHARES, sigmap2=0.3, sigmap3="sigmap2"))
    frame = draws_of([v for v in spec.variables() if not v.startswith("sigma")])
    fit = spec.from_draws(frame)
    assert (fit.draws.posterior["sigmap3"] == 0.3).all()
    known = model(bl.bf(SHARES, sigmap2=0.3, sigmap3=0.3)).from_draws(frame)
    np.testing.assert_array_equal(fit.log_lik(), known.log_lik())


def test_it_is_explained_and_drawn():
    text = str(model(TIED).explain())
    assert "sigmap3 = sigmap2" in text
    assert "sigmap3 ~" not in text
    source = model(TIED).graph().source
    assert "sigmap2 -> sigmap3" in source
    assert "sigmap3 -> y" in source
    predicted = model(bl.bf(SHARES, "sigmap2 ~ x", sigmap3="sigmap2")).graph().source
    assert "eta_sigmap2 -> sigmap3" in predicted


def four_shares(n=40):
    shares = np.random.default_rng(1).dirichlet(np.ones(4), size=n)
    return pd.DataFrame(shares, columns=list("abcd")).assign(x=np.arange(n) / n)


def test_a_chain_of_ties_says_how_to_shorten_it():
    with pytest.raises(bl.FamilyError) as error:
        model(bl.bf("cbind(a, b, c, d) ~ x", sigmac="sigmab", sigmad="sigmac"), four_shares())
    assert str(error.value) == (
        "'sigmad = sigmac' ties 'sigmad' to 'sigmac', which is tied to 'sigmab' itself: tie "
        "'sigmad' to 'sigmab'."
    )
    two = model(bl.bf("cbind(a, b, c, d) ~ x", sigmac="sigmab", sigmad="sigmab"), four_shares())
    assert [p.name for p in two.spec.params if "sigma" in p.name] == ["sigmab"]


def test_tied_and_predicted_at_once():
    with pytest.raises(bl.FormulaError) as error:
        bl.bf(SHARES, "sigmap3 ~ x", sigmap3="sigmap2")
    assert str(error.value) == "The parameter 'sigmap3' has a formula and a fixed value."
