"""Predictions, comparisons, slopes: exact answers, draw by draw."""

from functools import partial

import numpy as np
import pandas as pd
import pytest

import bambi_lite as bl
from bambi_lite.predict.chunks import chunks
from fits import brms_fit, made_fit, values
from tables import each

RNG = np.random.default_rng(5)
DATA = pd.DataFrame(
    {
        "y": RNG.normal(size=50),
        "count": RNG.poisson(3, 50),
        "hit": RNG.integers(0, 2, 50),
        "a": RNG.normal(1.0, 2.0, 50),
        "b": RNG.uniform(0.0, 5.0, 50),
        "f": pd.Categorical(RNG.choice(["lo", "mid", "hi"], 50), ["lo", "mid", "hi"]),
        "g": RNG.choice(["p", "q", "r"], 50),
    }
)


def draws_of(answer):
    """Draws of each row of a table, shape (draws, rows)."""
    array = answer.draws
    assert array.dims == ("chain", "draw", "row")
    return array.to_numpy().reshape(-1, array.sizes["row"])


def epred(fit, frame=None, **options):
    found = fit.posterior_epred(frame, **options).to_numpy()
    return found.reshape(-1, *found.shape[2:])


def test_slope_of_a_linear_model_is_its_coefficient():
    fit = made_fit("y ~ a + b", DATA)
    for by in (None, True, "f"):
        found = draws_of(bl.slopes(fit, "a", DATA, by=by))
        expected = values(fit, "b_a")[:, None]
        np.testing.assert_allclose(found, np.broadcast_to(expected, found.shape), rtol=1e-8)


def test_slope_of_an_interaction():
    fit = made_fit("y ~ a * b", DATA)
    found = draws_of(bl.slopes(fit, "a"))
    expected = values(fit, "b_a")[:, None] + np.outer(values(fit, "b_a:b"), DATA["b"])
    np.testing.assert_allclose(found, expected, rtol=1e-7, atol=1e-9)


def test_slope_under_a_log_link_is_the_coefficient_times_the_mean():
    fit = made_fit("count ~ a + f", DATA, "poisson")
    found = draws_of(bl.slopes(fit, "a"))
    mu = epred(fit)
    np.testing.assert_allclose(found, values(fit, "b_a")[:, None] * mu, rtol=1e-6)
    average = draws_of(bl.slopes(fit, "a", by=True))
    # Small differences of numbers lose some digits.
    np.testing.assert_allclose(average[:, 0], found.mean(axis=1), rtol=1e-8)


def test_slope_of_a_smooth_function():
    fit = made_fit("y ~ exp(a)", DATA)
    found = draws_of(bl.slopes(fit, "a"))
    np.testing.assert_allclose(found, np.outer(values(fit, "b_expa"), np.exp(DATA["a"])), rtol=1e-6)


def test_average_predictions_are_means_over_rows_of_draws():
    fit = made_fit("count ~ a + f + (1 | g)", DATA, "poisson")
    mu = epred(fit)
    np.testing.assert_allclose(draws_of(bl.predictions(fit)), mu, rtol=1e-12)
    np.testing.assert_allclose(draws_of(bl.predictions(fit, by=True))[:, 0], mu.mean(axis=1))
    by = bl.predictions(fit, by=["f", "g"])
    for i, (f, g) in enumerate(zip(by["f"], by["g"], strict=True)):
        rows = ((DATA["f"] == f) & (DATA["g"] == g)).to_numpy()
        np.testing.assert_allclose(draws_of(by)[:, i], mu[:, rows].mean(axis=1), rtol=1e-12)
    # Not the average of the bounds of rows: those would be wider.
    one, rows = bl.predictions(fit, by=True), bl.predictions(fit)
    assert one["Q2.5"][0] == pytest.approx(np.quantile(mu.mean(axis=1), 0.025))
    assert one["Q97.5"][0] - one["Q2.5"][0] < (rows["Q97.5"] - rows["Q2.5"]).mean()


def test_estimates_are_medians_or_means():
    fit = made_fit("y ~ a", DATA)
    mean = epred(fit).mean(axis=1)
    robust = bl.predictions(fit, by=True)
    assert robust["Estimate"][0] == pytest.approx(np.median(mean))
    assert robust["Est.Error"][0] == pytest.approx(
        1.4826 * np.median(np.abs(mean - np.median(mean)))
    )
    plain = bl.predictions(fit, by=True, robust=False, prob=0.5)
    assert plain["Estimate"][0] == pytest.approx(mean.mean())
    assert plain["Est.Error"][0] == pytest.approx(mean.std(ddof=1))
    assert list(plain.columns) == ["Estimate", "Est.Error", "Q25", "Q75"]


def test_comparisons_of_levels_are_differences_of_cell_means():
    fit = made_fit("y ~ f * a", DATA)
    answer = bl.comparisons(fit, "f", by=True)
    assert answer["contrast"].tolist() == ["mid - lo", "hi - lo"]
    at = {level: epred(fit, DATA.assign(f=level)).mean(axis=1) for level in ("lo", "mid", "hi")}
    np.testing.assert_allclose(draws_of(answer)[:, 1], at["hi"] - at["lo"], rtol=1e-10)
    pairs = bl.comparisons(fit, {"f": "pairwise"}, by=True)
    assert pairs["contrast"].tolist() == ["mid - lo", "hi - lo", "hi - mid"]
    np.testing.assert_allclose(draws_of(pairs)[:, 2], at["hi"] - at["mid"], rtol=1e-10)
    steps = bl.comparisons(fit, {"f": "sequential"}, by=True)
    assert steps["contrast"].tolist() == ["mid - lo", "hi - mid"]
    chosen = bl.comparisons(fit, {"f": ["hi", "lo"]}, by=True)
    assert chosen["contrast"].tolist() == ["lo - hi"]
    np.testing.assert_allclose(draws_of(chosen)[:, 0], at["lo"] - at["hi"], rtol=1e-10)


STEPS = {
    "one": (None, lambda a: (a, a + 1)),
    "a step": (-2.5, lambda a: (a, a - 2.5)),
    "two values": ([3, 1], lambda a: (np.full(50, 1.0), np.full(50, 3.0))),
    "sd": ("sd", lambda a: (a.mean() - a.std() / 2, a.mean() + a.std() / 2)),
    "2sd": ("2sd", lambda a: (a.mean() - a.std(), a.mean() + a.std())),
    "iqr": ("iqr", lambda a: (a.quantile(0.25), a.quantile(0.75))),
    "minmax": ("minmax", lambda a: (a.min(), a.max())),
}


@each(STEPS)
def test_comparisons_of_numbers(name):
    how, ends = STEPS[name]
    fit = made_fit("count ~ a + b", DATA, "poisson")
    low, high = ends(DATA["a"])
    expected = epred(fit, DATA.assign(a=high)) - epred(fit, DATA.assign(a=low))
    found = bl.comparisons(fit, {"a": how})
    np.testing.assert_allclose(draws_of(found), expected, rtol=1e-10, atol=1e-12)


def test_ratios_are_those_of_means_where_rows_are_averaged():
    fit = made_fit("hit ~ f + a", DATA, "bernoulli")
    low, high = (epred(fit, DATA.assign(f=level)) for level in ("lo", "hi"))
    pair = {"f": ["lo", "hi"]}
    row = draws_of(bl.comparisons(fit, pair, comparison="ratio"))
    np.testing.assert_allclose(row, high / low)
    mean_low, mean_high = low.mean(axis=1), high.mean(axis=1)
    odds = {k: v / (1 - v) for k, v in {"low": mean_low, "high": mean_high}.items()}
    for comparison, expected in {
        "ratio": mean_high / mean_low,
        "lnratio": np.log(mean_high / mean_low),
        "lnor": np.log(odds["high"] / odds["low"]),
    }.items():
        found = draws_of(bl.comparisons(fit, pair, by=True, comparison=comparison))
        np.testing.assert_allclose(found[:, 0], expected, rtol=1e-10, err_msg=comparison)
    own = bl.comparisons(fit, pair, by=True, comparison=lambda h, low: (h - low) / low)
    np.testing.assert_allclose(draws_of(own)[:, 0], mean_high / mean_low - 1)
    # Log odds of a row differ by the coefficient.
    unit = draws_of(bl.comparisons(fit, pair, comparison="lnor"))
    np.testing.assert_allclose(
        unit, np.broadcast_to(values(fit, "b_fhi")[:, None], unit.shape), rtol=1e-8
    )


def test_categories_have_a_row_each():
    fit = brms_fit("inhaler_cumulative")
    answer = bl.comparisons(fit, {"treat": [-0.5, 0.5]}, by=True, re_formula="NA")
    assert answer["category"].tolist() == ["1", "2", "3", "4"]
    np.testing.assert_allclose(draws_of(answer).sum(axis=1), 0.0, atol=1e-12)
    data = bl.load_data("inhaler")
    high = epred(fit, data.assign(treat=0.5), re_formula="NA").mean(axis=1)
    low = epred(fit, data.assign(treat=-0.5), re_formula="NA").mean(axis=1)
    np.testing.assert_allclose(draws_of(answer), high - low, rtol=1e-9, atol=1e-12)


def test_a_distributional_parameter():
    fit = made_fit(bl.bf("y ~ a", "sigma ~ a + f"), DATA)
    answer = bl.comparisons(fit, "f", by=True, dpar="sigma", comparison="lnratio")
    np.testing.assert_allclose(draws_of(answer)[:, 0], values(fit, "b_sigma_fmid"), rtol=1e-9)
    slope = bl.slopes(fit, "a", dpar="mu", by=True)
    np.testing.assert_allclose(draws_of(slope)[:, 0], values(fit, "b_a"), rtol=1e-8)
    eta = bl.predictions(fit, method="posterior_linpred", dpar="sigma", by="f")
    assert len(eta) == 3


def test_counterfactual_predictions():
    fit = made_fit("count ~ a * f", DATA, "poisson")
    answer = bl.predictions(fit, variables="f", by="f")
    assert answer["f"].tolist() == ["lo", "mid", "hi"]
    expected = [epred(fit, DATA.assign(f=level)).mean(axis=1) for level in answer["f"]]
    np.testing.assert_allclose(draws_of(answer).T, expected, rtol=1e-10)
    two = bl.predictions(fit, variables={"a": [0, 1], "f": "hi"}, by=["a", "f"])
    assert two[["a", "f"]].to_numpy().tolist() == [[0, "hi"], [1, "hi"]]


def test_rows_to_answer_for():
    fit = made_fit("count ~ a + f + (1 | g)", DATA, "poisson")
    mean = bl.predictions(fit, "mean", re_formula="NA")
    assert len(mean) == 1
    assert mean["a"][0] == pytest.approx(DATA["a"].mean())
    assert mean["f"][0] == DATA["f"].mode()[0]
    assert bl.predictions(fit, "median")["a"][0] == pytest.approx(DATA["a"].median())
    balanced = bl.predictions(fit, "balanced")
    assert balanced["f"].tolist() == ["lo", "mid", "hi"]
    grid = bl.datagrid(fit, a=[0, 1], g=np.unique)
    assert grid[["a", "g"]].to_numpy().tolist() == [[a, g] for a in (0, 1) for g in "pqr"]
    assert list(grid.columns) == ["a", "f", "g"]
    assert len(bl.predictions(fit, grid)) == 6
    assert len(bl.datagrid(fit, {"a": 2.0}, grid="balanced")) == 3
    assert len(bl.datagrid(fit, a=[0, 1], grid="counterfactual")) == 100
    # Without group effects the groups need not be there.
    some = DATA[["a", "f"]].head(4)
    expected = epred(fit, DATA.head(4), re_formula="NA")
    np.testing.assert_allclose(draws_of(bl.predictions(fit, some, re_formula="NA")), expected)


def test_rows_without_a_value_are_left_out():
    fit = made_fit("y ~ a", DATA)
    holes = DATA.assign(a=DATA["a"].where(DATA.index != 3))
    with pytest.warns(bl.DataWarning, match="1 of 50 rows of newdata were left out"):
        answer = bl.predictions(fit, holes)
    assert len(answer) == 49


def test_both_values_meet_the_same_new_group():
    fit = made_fit("y ~ a + (1 | g)", DATA)
    new = DATA.head(5).assign(g=["u", "u", "v", "w", "v"])
    answer = bl.comparisons(fit, "a", new, allow_new_levels=True, seed=1)
    found = draws_of(answer)
    np.testing.assert_allclose(found, np.broadcast_to(values(fit, "b_a")[:, None], found.shape))


def test_averages_in_pieces_are_the_same(monkeypatch):
    fit = made_fit("count ~ a * f + (1 | g)", DATA, "poisson")
    calls = [
        lambda: bl.predictions(fit),
        lambda: bl.predictions(fit, by="f"),
        lambda: bl.comparisons(fit, by=["f", "g"], comparison="ratio"),
        lambda: bl.slopes(fit),
    ]
    whole = [call() for call in calls]
    monkeypatch.setattr("bambi_lite.effects.evaluate.chunks", partial(chunks, budget=5600))
    for one, call in zip(whole, calls, strict=True):
        pieces = call()
        pd.testing.assert_frame_equal(pd.DataFrame(one), pd.DataFrame(pieces))
        np.testing.assert_allclose(draws_of(one), draws_of(pieces), rtol=1e-12)


def test_draws_that_are_too_many_are_not_kept(monkeypatch):
    fit = made_fit("y ~ a", DATA)
    monkeypatch.setattr("bambi_lite.effects.table._KEPT", 1000)
    answer = bl.predictions(fit)
    assert len(answer) == 50
    with pytest.raises(bl.DataError, match="The draws of 50 rows were not kept"):
        _ = answer.draws


def test_some_draws():
    fit = made_fit("y ~ a", DATA)
    assert bl.predictions(fit, by=True, ndraws=7, seed=1).draws.shape == (1, 7, 1)
    one = bl.predictions(fit, by=True, draw_ids=[3])
    assert float(one.draws[0, 0, 0]) == pytest.approx(epred(fit)[2].mean())


def test_methods_of_a_fit_are_the_functions():
    fit = made_fit("y ~ a + f", DATA)
    for own, free in (
        (fit.predictions(by="f"), bl.predictions(fit, by="f")),
        (fit.comparisons("f", by=True), bl.comparisons(fit, "f", by=True)),
        (fit.slopes("a", by=True), bl.slopes(fit, "a", by=True)),
    ):
        pd.testing.assert_frame_equal(pd.DataFrame(own), pd.DataFrame(free))
    # What is cut out is an ordinary frame.
    assert type(own.head()) is pd.DataFrame
