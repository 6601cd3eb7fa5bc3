"""Conditional effects: brms' tables from its draws, and the rest by its documentation."""

from functools import partial

import numpy as np
import pandas as pd
import pytest

import bambi_lite as bl
from bambi_lite.predict.chunks import chunks
from fits import BRMS, brms_fit, made_fit, values
from tables import each

ASKED = {
    "conditional_effects": {},
    "conditional_effects_mean": {"robust": False, "prob": 0.9},
    "conditional_effects_categorical": {"categorical": True},
}
RATING = "The categories are taken as the numbers 1, 2, ... and averaged"
RNG = np.random.default_rng(3)
MIXED = pd.DataFrame(
    {
        "y": RNG.normal(size=60),
        "a": RNG.normal(2.0, 1.5, size=60),
        "b": RNG.uniform(10.0, 20.0, size=60),
        "f": pd.Categorical(RNG.choice(["lo", "mid", "hi"], 60), ["lo", "mid", "hi", "never"]),
        "s": RNG.choice(["B", "a", "c"], 60),
        "t": RNG.choice([True, False], 60),
        "k": RNG.choice([4, 6, 8], 60),
        "g": RNG.choice([11, 12, 13, 14], 60),
    }
)


def effects_of(fit, **options):
    return fit.conditional_effects(**options)


def same(theirs, ours):
    """Whether a cell is brms': text, a missing group, or a number to 1e-8."""
    if theirs is None:
        return pd.isna(ours)
    if isinstance(theirs, str):
        return theirs == str(ours)
    # The mean of standardised columns is zero but for rounding.
    return abs(theirs - ours) <= 1e-8 * abs(theirs) + 1e-13


@each(BRMS)
@pytest.mark.filterwarnings(f"ignore:{RATING}")
def test_tables_are_brms(case, facts):
    fit, cells = brms_fit(case), 0
    for what, theirs in facts(f"effects/{case}.json").items():
        if "error" in theirs:
            with pytest.raises(bl.DataError, match="there is no effect to show"):
                effects_of(fit, **ASKED[what])
            continue
        ours = effects_of(fit, **ASKED[what])
        assert list(ours) == list(theirs)
        for name, table in theirs.items():
            assert list(ours[name].columns) == list(table["columns"])
            assert len(ours[name]) == table["rows"]
            for column, cell in table["columns"].items():
                listed = cell if isinstance(cell, list) else [cell] * table["rows"]
                found = ours[name][column].tolist()
                bad = [
                    i for i, (a, b) in enumerate(zip(listed, found, strict=True)) if not same(a, b)
                ]
                assert not bad, (what, name, column, bad[:3])
                cells += len(listed)
    assert (
        cells
        == {
            "sleepstudy_slopes": 1800,
            "sleepstudy_intercepts": 1800,
            "epilepsy_negbinomial": 9244,
            "inhaler_cumulative": 22200,
            "rats_multilevel": 0,
        }[case]
    )


# -- which effects, at which values -----------------------------------------------------------

DEFAULTS = {
    "y ~ a * b * f": ["a", "b", "f", "a:b", "a:f", "b:f"],
    "y ~ f + a:b": ["f", "a:b"],
    "y ~ log(b) + b + poly(a, 2)": ["b", "a"],
    "y ~ I(a * b)": ["a:b"],
    "y ~ 0 + Intercept + a": ["a"],
    "y ~ a + (b | g)": ["a"],
    "y ~ a + offset(b)": ["a"],
}


@each(DEFAULTS)
def test_default_effects(formula):
    assert list(effects_of(made_fit(formula, MIXED), resolution=2)) == DEFAULTS[formula]


def test_effects_of_all_distributional_parameters_are_shown_once():
    fit = made_fit(bl.bf("y ~ a", "sigma ~ f + a"), MIXED)
    assert list(effects_of(fit)) == ["a", "f"]
    sigma = effects_of(fit, effects="f", dpar="sigma", robust=False)["f"]
    mid = np.exp(values(fit, "b_sigma_Intercept") + values(fit, "b_sigma_fmid")
                 + MIXED["a"].mean() * values(fit, "b_sigma_a"))  # fmt: skip
    assert sigma.loc[1, "estimate__"] == pytest.approx(mid.mean(), rel=1e-12)


def test_values_of_each_kind_of_column():
    fit = made_fit("y ~ a * b + f + s + t + factor(k)", MIXED)
    tables = effects_of(fit, resolution=5)
    assert tables["a"]["a"].tolist() == pytest.approx(
        np.linspace(MIXED["a"].min(), MIXED["a"].max(), 5).tolist()
    )
    assert tables["f"]["effect1__"].tolist() == ["lo", "mid", "hi"]
    assert tables["s"]["effect1__"].tolist() == ["a", "B", "c"]
    assert tables["t"]["t"].tolist() == [False, True]
    assert tables["k"]["k"].tolist() == [4, 6, 8]
    # The others are held at means and first levels.
    first = tables["a"].iloc[0]
    assert first["b"] == pytest.approx(MIXED["b"].mean())
    assert (first["f"], first["s"], bool(first["t"]), first["k"]) == ("lo", "a", False, 4)
    # The second of two numbers is at mean + sd, mean and mean - sd.
    second = tables["a:b"]
    centre, spread = MIXED["b"].mean(), MIXED["b"].std()
    assert second["b"].iloc[:3].tolist() == pytest.approx(
        [centre + spread, centre, centre - spread]
    )
    labels = [f"{v:.2f}" for v in (centre + spread, centre, centre - spread)]
    assert [float(c) for c in second["effect2__"].cat.categories] == [float(t) for t in labels]


def test_values_of_ones_own():
    fit = made_fit("y ~ a * f + b", MIXED)
    named = effects_of(fit, effects="f:a", int_conditions={"a": {"low": 0, "high": 4}})["f:a"]
    assert named["a"].tolist() == [4.0, 0.0] * 3
    assert named["effect2__"].tolist() == ["high", "low"] * 3
    by_function = effects_of(
        fit, effects="f:a", int_conditions={"a": lambda x: x.quantile([0.1, 0.9]), "f": ["hi"]}
    )["f:a"]
    assert by_function["f"].tolist() == ["hi", "hi"]
    assert by_function["a"].tolist() == pytest.approx(MIXED["a"].quantile([0.9, 0.1]).tolist())
    points = effects_of(fit, effects="a", int_conditions={"a": [3, 1, 2]})["a"]
    assert points["effect1__"].tolist() == [3.0, 1.0, 2.0]


def test_close_values_keep_different_labels():
    data = MIXED.assign(b=MIXED["b"] / 1e4)
    table = effects_of(made_fit("y ~ a * b", data), effects="a:b", resolution=2)["a:b"]
    assert len(table["effect2__"].cat.categories) == 3


# -- conditions -------------------------------------------------------------------------------


def test_conditions_hold_their_values_and_the_rest_stays():
    fit = made_fit("y ~ a + b * f", MIXED)
    held = pd.DataFrame({"b": [0.0, 1.0], "f": ["hi", "lo"]})
    table = effects_of(fit, effects="a", conditions=held, resolution=3, robust=False)["a"]
    assert table["cond__"].tolist() == ["1"] * 3 + ["2"] * 3
    assert table["f"].tolist() == ["hi"] * 3 + ["lo"] * 3
    a = table["a"].to_numpy()
    first = values(fit, "b_Intercept") + values(fit, "b_fhi") + a[0] * values(fit, "b_a")
    second = values(fit, "b_Intercept") + values(fit, "b_b") + a[3] * values(fit, "b_a")
    assert table["estimate__"][[0, 3]].tolist() == pytest.approx([first.mean(), second.mean()])
    # What is shown is not held.
    same = effects_of(fit, effects="a", conditions={"a": [5.0]}, resolution=3)["a"]
    assert same["a"].tolist() == pytest.approx(a[:3].tolist())


def test_labels_of_conditions():
    fit = made_fit("y ~ a * b + f", MIXED)
    made = bl.make_conditions(fit, ["b", "f"])
    assert len(made) == 9
    low = MIXED["b"].mean() - MIXED["b"].std()
    assert made["cond__"][0] == f"b = {low:.2f} & f = lo"
    table = effects_of(fit, effects="a", conditions=made, resolution=2)["a"]
    assert list(table["cond__"].cat.categories) == made["cond__"].tolist()
    indexed = pd.DataFrame({"b": [1.0]}, index=["one"])
    assert effects_of(fit, effects="a", conditions=indexed)["a"]["cond__"][0] == "one"


def test_trials_are_one():
    data = MIXED.assign(n=20, m=RNG.integers(0, 20, 60))
    fit = made_fit("m | trials(n) ~ f", data, "binomial")
    effects = effects_of(fit, robust=False)
    p = 1 / (1 + np.exp(-values(fit, "b_Intercept")))
    assert effects["f"]["n"].tolist() == [1, 1, 1]
    assert effects["f"]["estimate__"][0] == pytest.approx(p.mean())
    assert "n = 1" in repr(effects)
    # Points are on the same scale.
    assert effects.points("f")["resp__"].max() <= 1.0
    ten = effects_of(fit, conditions={"n": [10]}, robust=False)["f"]
    assert ten["estimate__"][0] == pytest.approx(10 * p.mean())


def test_a_group_that_is_not_named_is_a_new_one():
    fit = made_fit("y ~ a + (1 | g)", MIXED, n=400)
    options = {"effects": "a", "resolution": 2, "robust": False}
    without = effects_of(fit, **options)["a"]
    new = effects_of(fit, **options, re_formula=None, seed=1)["a"]
    assert new["g"].isna().all()
    # Variances of 0.16 each, of which one comes in; standard errors of an sd of 400 draws are 4 %.
    assert new["se__"][0] > 1.1 * without["se__"][0]
    known = effects_of(fit, effects="a", resolution=2, re_formula=None, robust=False,
                       conditions={"g": [12]})["a"]  # fmt: skip
    effect = fit.idata["posterior"]["r_g"].sel(g="12").to_numpy().ravel()
    exact = values(fit, "b_Intercept") + known["a"][0] * values(fit, "b_a") + effect
    assert known["estimate__"][0] == pytest.approx(exact.mean())
    # Numbers of groups are levels.
    groups = effects_of(fit, effects="g", re_formula=None)["g"]
    assert groups["g"].tolist() == [11, 12, 13, 14]


def test_groups_of_separate_populations():
    data = MIXED.assign(g=MIXED["g"].astype(str) + MIXED["f"].astype(str))
    fit = made_fit("y ~ f + (1 | gr(g, by = f))", data)
    assert len(effects_of(fit, effects="f", re_formula=None, seed=2)["f"]) == 3


# -- methods ----------------------------------------------------------------------------------


def test_linear_predictor_and_predicted_responses():
    data = MIXED.assign(y=RNG.poisson(3, 60))
    fit = made_fit("y ~ a", data, "poisson", n=500)
    linear = effects_of(fit, method="posterior_linpred", robust=False, resolution=3)["a"]
    mean = effects_of(fit, resolution=3)["a"]
    eta = values(fit, "b_Intercept") + linear["a"][0] * values(fit, "b_a")
    assert linear["estimate__"][0] == pytest.approx(eta.mean())
    drawn = effects_of(fit, method="posterior_predict", resolution=3, seed=1)["a"]
    assert (drawn["upper__"] - drawn["lower__"] > mean["upper__"] - mean["lower__"]).all()
    root = effects_of(fit, method="predict", transform="sqrt", resolution=3, seed=1)["a"]
    assert root["upper__"][0] == pytest.approx(np.sqrt(drawn["upper__"][0]), abs=0.15)


def test_draws_that_are_chosen():
    fit = brms_fit("sleepstudy_slopes")
    one = effects_of(fit, draw_ids=[51], resolution=2, robust=False)["Days"]
    b = fit.idata["posterior"]["b_Intercept"].isel(chain=1, draw=0)
    assert one["estimate__"][0] == pytest.approx(float(b), rel=1e-12)
    some = effects_of(fit, ndraws=20, spaghetti=True, seed=1, resolution=4)
    curves = some.spaghetti("Days")
    assert len(curves) == 80
    assert curves["sample__"].nunique() == 20
    assert np.median(curves["estimate__"].to_numpy().reshape(20, 4), axis=0) == pytest.approx(
        some["Days"]["estimate__"].to_numpy()
    )
    assert effects_of(fit).spaghetti("Days") is None


def test_the_same_numbers_in_small_pieces(monkeypatch):
    fit = made_fit("s ~ a", MIXED, "categorical")
    whole = effects_of(fit, categorical=True, spaghetti=True, resolution=11)
    monkeypatch.setattr("bambi_lite.effects.evaluate.chunks", partial(chunks, budget=3840))
    pieces = effects_of(fit, categorical=True, spaghetti=True, resolution=11)
    for name in whole:
        pd.testing.assert_frame_equal(whole[name], pieces[name])
        pd.testing.assert_frame_equal(whole.spaghetti(name), pieces.spaghetti(name))


def test_categories():
    fit = brms_fit("inhaler_cumulative")
    table = effects_of(fit, effects="treat", categorical=True, robust=False)["treat:cats__"]
    total = table.groupby("effect1__")["estimate__"].sum()
    assert total.to_numpy() == pytest.approx(np.ones(100))
    data = MIXED.assign(y=RNG.choice(["u", "v", "w"], 60))
    nominal = made_fit("y ~ a + f", data, "categorical")
    assert list(effects_of(nominal, categorical=True)) == ["a:cats__", "f:cats__"]


# -- observations -----------------------------------------------------------------------------


def test_points_match_the_conditions():
    fit = made_fit("y ~ a * f + b + (1 | g)", MIXED)
    default = effects_of(fit, effects="a").points("a")
    assert len(default) == (MIXED["f"] == "lo").sum()
    assert len(effects_of(fit, effects="a:f").points("a:f")) == 60
    near = effects_of(fit, effects="a:f", select_points=0.1).points("a:f")
    width = MIXED["b"].max() - MIXED["b"].min()
    assert len(near) == ((MIXED["b"] - MIXED["b"].mean()).abs() <= 0.1 * width).sum() < 60
    # A number goes to the nearest of the values that are shown.
    cases = effects_of(fit, effects="f:a", int_conditions={"a": {"low": 0, "high": 4}})
    assert (cases.points("f:a")["effect2__"] == "low").sum() == (MIXED["a"] < 2).sum()


def test_surface_and_what_is_too_far():
    fit = made_fit("y ~ a * b", MIXED)
    whole = effects_of(fit, effects="a:b", surface=True, resolution=20)["a:b"]
    assert len(whole) == 400
    near = effects_of(fit, effects="a:b", surface=True, resolution=20, too_far=0.05)["a:b"]
    assert 0 < len(near) < 400
    unit = [(MIXED[c].to_numpy() - MIXED[c].min()) / np.ptp(MIXED[c].to_numpy()) for c in "ab"]
    at = [(near[c].to_numpy() - MIXED[c].min()) / np.ptp(MIXED[c].to_numpy()) for c in "ab"]
    gaps = np.hypot(at[0][:, None] - unit[0], at[1][:, None] - unit[1]).min(axis=1)
    assert gaps.max() <= 0.05
    # One of them is a factor: no surface.
    assert len(effects_of(made_fit("y ~ a * f", MIXED), effects="a:f", surface=True)["a:f"]) == 300


# -- shown ------------------------------------------------------------------------------------


def test_printed():
    effects = effects_of(brms_fit("epilepsy_negbinomial"), effects=["Trt", "zBase:Trt"])
    assert repr(effects) == (
        "Conditional effects: count, median and 95 % interval. Where it is not shown, held: "
        "zAge = 0, zBase = 0, Trt = 0, patient: none.\n"
        "\n"
        "Trt (2 rows)\n"
        "Trt estimate__   se__ lower__ upper__\n"
        "  0      5.972 0.7096   4.798   7.557\n"
        "  1      4.601 0.5796   3.492   5.621\n"
        "\n"
        "zBase:Trt (200 rows)\n"
        "  zBase Trt estimate__   se__ lower__ upper__\n"
        "-0.9444   0      3.074 0.4533   2.277   4.077\n"
        " 0.1525   0      6.645 0.8174   5.327   8.467\n"
        "  1.249   0      14.55  2.696   10.25   21.46\n"
        "  2.291   1      26.47  6.388   15.77   41.86\n"
        "  3.388   1      59.93  21.38   29.99   123.5\n"
        "  4.485   1      135.9   64.6   57.04   364.3"
    )
    assert effects._repr_html_().count("<table>") == 2


def test_the_order_of_the_data_plays_no_part():
    frame = MIXED.sample(frac=1.0, random_state=1)[list(MIXED)[::-1]]
    one, other = (effects_of(made_fit("y ~ a * f", d), effects="a:f") for d in (MIXED, frame))
    pd.testing.assert_frame_equal(one["a:f"], other["a:f"])
