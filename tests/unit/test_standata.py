"""Data lists and names of draws against brms 2.23.1: 217 models."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

import bambi_lite as bl
from bambi_lite.design import build_design
from bambi_lite.given import from_frame
from bambi_lite.standata import Outcome, data_list
from models import NAMES, REST, WAITING, model_of
from reference import cases, data_of, design_of, same
from tables import each

CASES = cases()


def check(name: str, made: dict[str, Any]) -> None:
    expected = CASES[name]["standata"] | REST[name]["standata"]
    assert set(made) == set(REST[name]["names"])
    wrong = [key for key in made if not same(expected[key], made[key])]
    assert wrong == []


def outcome_of(name: str) -> Outcome:
    case, family = CASES[name], REST[name]["family"].get("name")
    return Outcome(case["ordinal"], tuple(case["mu"]), family == "mixture")


@each(CASES)
def test_data_list_of_a_formula(name: str) -> None:
    made = data_list(design_of(name), outcome_of(name))
    if name in WAITING:
        with pytest.raises(AssertionError):
            check(name, made)
    else:
        check(name, made)


# -- models ----------------------------------------------------------------------------------

# Families and terms are added by and by; each brings its cases here by itself.
AT_LEAST = 120
# brms closes its list with the first two; the third is xi before it gets its bounds, a helper of
# brms' program.
NO_PARAMETERS = ("lprior", "lp__", "tmp_xi", "first_Intercept")


def _is_helper(name: str) -> bool:
    """Whether brms saves it for its own use: the matrices of gr(by =) among others."""
    return name in NO_PARAMETERS or name.startswith("Cor_")


@each(CASES)
def test_model(name: str) -> None:
    model = model_of(name)
    if model is None:
        return
    check(name, model.standata())
    # brms itself stops at dist_categorical_separate before it has names.
    if name in NAMES:
        assert model.variables() == tuple(n for n in NAMES[name] if not _is_helper(n))
    case = CASES[name]
    assert {g: list(v) for g, v in model.levels.items()} == case.get("group_levels", {})
    for key, expected in case["standata"].items():
        if key.split("_")[0] == "X":
            design = model.design(key.partition("_")[2] or "mu")
            assert list(design.columns) == expected.get("columns", [])
            assert len(design) == model.standata()["N"]


def test_models_do_not_become_fewer() -> None:
    assert sum(model_of(name) is not None for name in CASES) >= AT_LEAST


ANNOUNCED = (
    "bf(Reaction ~ Days + (Days | Subject), sigma ~ 0 + Intercept + Days)",
    "bf(Reaction ~ 0 + Intercept + Days, sigma ~ Days)",
    "bf(Reaction ~ Days + (1 | Subject) + (0 + Days | Subject), sigma = 25)",
    "bf(Reaction ~ 0 + Intercept + Days, sigma ~ 0 + Intercept + Days)",
)


@each(ANNOUNCED)
def test_a_fit_has_the_draws_that_are_announced(text: str) -> None:
    """Under the same names and in the same order."""
    model = bl.Model(text, data_of("sleepstudy"))
    rng = np.random.default_rng(1)
    columns = {name: rng.normal(size=8) for name in model.variables()}
    posterior = from_frame(model.spec, pd.DataFrame(columns)).posterior
    made = []
    for name, values in posterior.items():
        if values.ndim == 2:
            made.append(name)
        else:
            rows, coefs = (values[d].values for d in values.dims[2:])
            made += [f"{name}[{r},{c}]" for c in coefs for r in rows]
    # The log prior, where there is one, closes the draws; it is no parameter.
    assert tuple(name for name in made if name != "lprior") == model.variables()


def test_coefficients_of_a_predictor_that_is_not_centred_stay_together() -> None:
    names = bl.Model(ANNOUNCED[-1], data_of("sleepstudy")).variables()
    assert names == ("b_Intercept", "b_Days", "b_sigma_Intercept", "b_sigma_Days")


# -- what the facts do not have --------------------------------------------------------------


def test_design_of_an_unknown_parameter() -> None:
    model = bl.Model("bf(Reaction ~ Days, sigma ~ Days)", bl.load_data("sleepstudy"))
    assert model.design("sigma").columns.tolist() == ["Intercept", "Days"]
    with pytest.raises(bl.DataError) as caught:
        model.design("sigmas")
    assert str(caught.value) == (
        "No formula predicts 'sigmas'; this model has formulas of mu, sigma. Did you mean 'sigma'?"
    )


def test_rows_left_out_keep_their_index() -> None:
    frame = pd.DataFrame({"y": [1.0, 2.0, None, 5.0, 7.0], "x": [1.0, 3.0, 2.0, 2.0, 4.0]})
    with pytest.warns(bl.DataWarning, match="1 of 5 rows"):
        model = bl.Model("y ~ x", frame)
    assert model.design().index.tolist() == [0, 1, 3, 4]
    assert model.standata()["Y"].tolist() == [1.0, 2.0, 5.0, 7.0]


def test_censoring_in_words() -> None:
    frame = pd.DataFrame({"y": [1.0, 2.0, 4.0, 3.0], "c": ["none", "left", "right", "interval"]})
    data = data_list(build_design(bl.bf("y | cens(c, y) ~ 1"), frame))
    assert data["cens"].tolist() == [0, -1, 1, 2]
    assert data["rcens"].tolist() == [0.0, 0.0, 0.0, 3.0]
    wrong = frame.assign(c=["none", "lefft", "right", "none"])
    with pytest.raises(bl.DataError) as caught:
        data_list(build_design(bl.bf("y | cens(c) ~ 1"), wrong))
    assert str(caught.value) == (
        "'lefft' of cens(c) says nothing about censoring; valid are left, none, right, interval, "
        "TRUE, FALSE. Did you mean 'left'?"
    )


def test_weights_are_scaled_to_mean_one() -> None:
    frame = pd.DataFrame({"y": [1.0, 2.0, 4.0], "w": [1.0, 2.0, 3.0]})
    data = data_list(build_design(bl.bf("y | weights(w, scale = TRUE) ~ 1"), frame))
    assert data["weights"].tolist() == [0.5, 1.0, 1.5]


def test_populations_and_prior_weights_of_groups() -> None:
    frame = pd.DataFrame({"y": [1.0, 2.0, 4.0, 3.0], "g": list("baba"), "s": list("tuvu")})
    frame = frame.assign(p=[2.0, 0.5, 2.0, 0.5], q=list("mnmn"))
    data = data_list(build_design(bl.bf("y ~ (1 | gr(g, by = q, pw = p))"), frame))
    assert data["PW_1"].tolist() == [0.5, 2.0]
    assert (data["Nby_1"], data["Jby_1"].tolist()) == (2, [2, 1])
    of = {"a": 0.5, "b": 2.0, "t": 1.0, "u": 3.0, "v": 4.0}
    frame["r"] = frame["s"].map(of)
    text = "y ~ (1 | mm(g, s, by = cbind(q, q), pw = cbind(p, r)))"
    with pytest.raises(bl.DataError, match="by variable"):
        build_design(bl.bf(text), frame.assign(q=list("mnnn")))
    data = data_list(build_design(bl.bf(text), frame))
    assert data["PW_1"].tolist() == [0.5, 2.0, 1.0, 3.0, 4.0]
    assert (data["N_1"], data["Jby_1"].tolist()) == (5, [2, 1, 1, 2, 1])


def test_blanks_in_levels_are_dots_in_names() -> None:
    frame = pd.DataFrame({"y": [1.0, 2.0, 4.0, 6.0], "g": ["a b", "c", "a b", "c"]})
    assert bl.Model("y ~ (1 | g)", frame).variables()[-2:] == (
        "r_g[a.b,Intercept]",
        "r_g[c,Intercept]",
    )
