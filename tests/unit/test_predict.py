"""Predictions from draws made elsewhere: the numbers of brms, new groups, wrong arguments."""

import numpy as np
import pandas as pd
import pytest

import bambi_lite as bl
from tables import each

CASES = {
    "sleepstudy_slopes": ("Reaction ~ Days + (Days | Subject)", "sleepstudy", "gaussian"),
    "sleepstudy_intercepts": ("Reaction ~ Days + (1 | Subject)", "sleepstudy", "gaussian"),
    "rats_multilevel": ("m | trials(n) ~ 1 + (1 | batch)", "rats", "binomial"),
}


def fit_of(case):
    from pathlib import Path

    formula, data, family = CASES[case]
    frame = pd.read_csv(Path(__file__).parents[1] / "facts" / "postprocess" / f"{case}.draws.csv")
    return bl.Model(formula, bl.load_data(data), family).from_draws(frame)


def flat(array):
    return array.stack(sample=("chain", "draw")).transpose("sample", "obs").to_numpy()


@each(CASES)
def test_epred_and_linpred_are_brms(case, facts):
    theirs = facts(f"predictions/{case}.json")
    fit = fit_of(case)
    newdata = pd.DataFrame(theirs["newdata"])
    for name, ours in {
        "posterior_linpred": fit.posterior_linpred(),
        "posterior_linpred_population": fit.posterior_linpred(re_formula="NA"),
        "posterior_epred": fit.posterior_epred(),
        "posterior_epred_population": fit.posterior_epred(re_formula="NA"),
        "newdata_linpred": fit.posterior_linpred(newdata),
        "newdata_epred": fit.posterior_epred(newdata),
        "newdata_epred_population": fit.posterior_epred(newdata, re_formula="NA"),
    }.items():
        first, means = np.array(theirs[name]["first"]), np.array(theirs[name]["means"])
        np.testing.assert_allclose(flat(ours)[: len(first)], first, rtol=1e-8)
        np.testing.assert_allclose(flat(ours).mean(axis=0), means, rtol=1e-8)


def test_training_rows_as_new_data_give_the_same_prediction():
    fit = fit_of("sleepstudy_slopes")
    data = bl.load_data("sleepstudy")
    shuffled = data.sample(frac=1.0, random_state=3)[["Subject", "Days"]]
    new = fit.posterior_epred(shuffled)
    old = fit.posterior_epred().isel(obs=shuffled.index.to_numpy())
    np.testing.assert_allclose(new.to_numpy(), old.to_numpy(), rtol=1e-12)


def test_a_subset_of_group_effects():
    fit = fit_of("sleepstudy_slopes")
    data = bl.load_data("sleepstudy")
    r = fit.idata["posterior"]["r_Subject"].sel(Subject=data["Subject"].astype(str).to_list())
    population = fit.posterior_linpred(re_formula="~ 1").to_numpy()
    intercept, slope = r.to_numpy()[..., 0], r.to_numpy()[..., 1] * data["Days"].to_numpy()
    for text, added in {
        "~ (1 | Subject)": intercept,
        "~ (0 + Days | Subject)": slope,
        "~ (Days || Subject)": intercept + slope,
        "~ (1 | Subject) + (0 + Days | Subject)": intercept + slope,
        "~ 0": 0.0,
    }.items():
        ours = fit.posterior_linpred(re_formula=text).to_numpy()
        np.testing.assert_allclose(ours, population + added, rtol=1e-12, err_msg=text)


def test_draws_are_chosen():
    fit = fit_of("sleepstudy_slopes")
    whole = fit.posterior_epred()
    some = fit.posterior_epred(draw_ids=[1, 51, 200])
    assert dict(some.sizes) == {"chain": 1, "draw": 3, "obs": 180}
    assert some.draw.values.tolist() == [1, 51, 200]
    stacked = whole.to_numpy().reshape(200, 180)
    np.testing.assert_array_equal(some.to_numpy()[0], stacked[[0, 50, 199]])
    few = fit.posterior_epred(ndraws=20, seed=1)
    np.testing.assert_array_equal(few.to_numpy()[0], stacked[few.draw.values - 1])
    assert len(set(few.draw.values)) == 20


def test_new_groups_are_distinct_and_have_the_fitted_spread():
    fit = fit_of("sleepstudy_slopes")
    new = pd.DataFrame({"Days": [0, 1, 0], "Subject": ["a", "a", "b"]})
    with pytest.raises(bl.DataError):
        fit.posterior_linpred(new)
    drawn = fit.posterior_linpred(
        new, allow_new_levels=True, sample_new_levels="gaussian", seed=1
    ).to_numpy()
    population = fit.posterior_linpred(new, re_formula="NA").to_numpy()
    effects = drawn - population
    # Two rows of one new subject share its intercept; the other subject has its own.
    slope = effects[..., 1] - effects[..., 0]
    assert np.std(slope) > 0
    assert abs(np.corrcoef(effects[..., 0].ravel(), effects[..., 2].ravel())[0, 1]) < 0.3
    # In units of each draw's own sd they are standard normal.
    z = effects[..., 0] / fit.idata["posterior"]["sd_Subject__Intercept"].to_numpy()
    assert abs(z.std(ddof=1) - 1.0) < 4 / np.sqrt(2 * (z.size - 1))
    assert abs(z.mean()) < 4 / np.sqrt(z.size)


def test_effects_of_a_new_group_come_from_existing_ones_by_default():
    fit = fit_of("sleepstudy_intercepts")
    new = pd.DataFrame({"Days": [0], "Subject": ["new"]})
    drawn = fit.posterior_linpred(new, allow_new_levels=True, seed=2).to_numpy()
    effects = drawn - fit.posterior_linpred(new, re_formula="NA").to_numpy()
    known = fit.idata["posterior"]["r_Subject"].to_numpy()[..., 0]
    nearest = np.abs(known - effects).min(axis=-1)
    assert nearest.max() < 1e-9


def test_a_new_batch_of_rats():
    fit = fit_of("rats_multilevel")
    new = pd.DataFrame({"batch": [72], "n": [1]})
    p = fit.posterior_epred(new, allow_new_levels=True, sample_new_levels="gaussian", seed=3)
    assert dict(p.sizes) == {"chain": 4, "draw": 50, "obs": 1}
    assert 0.05 < float(p.mean()) < 0.25
    # Wider than the population's own rate, which leaves the differences between batches out.
    assert float(p.std()) > 2 * float(fit.posterior_epred(new, re_formula="NA").std())


WRONG = {
    "column": (
        lambda fit: fit.posterior_epred(pd.DataFrame({"Days": [1]})),
        "The new data lack the column 'Subject'",
    ),
    "re_formula": (
        lambda fit: fit.posterior_epred(re_formula="~ (1 | Item)"),
        "re_formula has the term '(1 | Item)', but the model has no group-level terms of 'Item'. "
        "Its grouping factors: Subject.",
    ),
    "sample_new_levels": (
        lambda fit: fit.posterior_epred(sample_new_levels="normal"),
        "sample_new_levels has to be one of uncertainty, gaussian, old_levels, not 'normal'.",
    ),
}


@each(WRONG)
def test_wrong_arguments(name):
    run, expected = WRONG[name]
    with pytest.raises(bl.DataError) as error:
        run(fit_of("sleepstudy_slopes"))
    assert expected in str(error.value)
