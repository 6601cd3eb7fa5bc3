"""A formula changed by another one: dots, terms added and taken away, other parameters."""

import pytest

import bambi_lite as bl
from bambi_lite.formula import bf, change_formula
from tables import each

OLD = bf("y | trials(n) ~ x + (x | g)", "sigma ~ z", nu=3)
ALL = "sigma ~ z\nnu = 3"

CHANGED = {
    "~ . + z": f"y | trials(n) ~ x + (x | g) + z\n{ALL}",
    ". ~ . - x": f"y | trials(n) ~ (x | g)\n{ALL}",
    "~ . - (x | g) + (1 | g)": f"y | trials(n) ~ x + (1 | g)\n{ALL}",
    "~ . - 1": f"y | trials(n) ~ 0 + x + (x | g)\n{ALL}",
    "~ . + 0": f"y | trials(n) ~ 0 + x + (x | g)\n{ALL}",
    "~ . + x:z": f"y | trials(n) ~ x + (x | g) + x:z\n{ALL}",
    "~ . + x * z": f"y | trials(n) ~ x + (x | g) + z + x:z\n{ALL}",
    "~ . - x - (x | g)": f"y | trials(n) ~ 1\n{ALL}",
    "~ log(x)": f"y | trials(n) ~ log(x)\n{ALL}",
    "y ~ .": f"y ~ x + (x | g)\n{ALL}",
    ". | weights(w) ~ .": f"y | weights(w) ~ x + (x | g)\n{ALL}",
    ("~ .", "sigma ~ . + x"): "y | trials(n) ~ x + (x | g)\nsigma ~ z + x\nnu = 3",
    ("~ .", "sigma ~ 1", "phi ~ x"): "y | trials(n) ~ x + (x | g)\nsigma ~ 1\nphi ~ x\nnu = 3",
    "bf(y ~ ., nu = 4)": "y ~ x + (x | g)\nsigma ~ z\nnu = 4",
    "bf(y ~ ., sigma = 2)": "y ~ x + (x | g)\nnu = 3\nsigma = 2",
    "bf(y ~ ., nu ~ x)": "y ~ x + (x | g)\nsigma ~ z\nnu ~ x",
}


@each(CHANGED)
def test_changes(change) -> None:
    assert str(change_formula(OLD, change)) == CHANGED[change]


@each(["y ~ 0 + x", "y ~ 0 + Intercept + x", "y ~ offset(log(n)) + x", "y ~ x + (1 | g/h)"])
def test_nothing_is_lost(text: str) -> None:
    old = bf(text)
    made = change_formula(old, "~ . + z")
    assert change_formula(made, "~ . - z").mu.terms == old.mu.terms
    assert made.mu.intercept == old.mu.intercept
    assert made.mu.offsets == old.mu.offsets
    assert {g.group for g in made.mu.groups} == {g.group for g in old.mu.groups}


def test_options_stay() -> None:
    made = change_formula(bf("y ~ x", center=False, family="poisson"), "~ . + z")
    assert not made.mu.center
    assert str(made.family) == "poisson"
    assert change_formula(made, bf("y ~ z", center=True)).mu.center


WRONG = {
    "~ . +": "Unexpected end of the formula; expected a variable, a number, a call or '('.",
    "z ~ . + x": "The response of the fit is 'y', here it is 'z'. A model of another response is "
    "another model, with priors of its own: fit it with bl.brm(). '~ . + x' leaves the response "
    "as it is.\n  z ~ . + x\n  ^",
    "log(y) ~ .": "The response of the fit is 'y', here it is 'log(y)'.",
    "~ . - q": "'q' is taken away and is not there; the terms are (x | g), x.\n"
    "  ~ . - q\n        ^",
    "~ . - (1 | g)": "'(1 | g)' is taken away and is not there; the terms are (x | g), x. "
    "Did you mean '(x | g)'?",
    "~ . * z": "The group-level term '(x | g)', which '.' stands for too, cannot be part of an "
    "interaction; write '~ . + x * z' with the variables.",
    ("~ .", "phi ~ . + z"): "'.' stands for the formula that 'phi' had, and it had none; write "
    "the whole one.\n  phi ~ . + z\n        ^",
    3: "A change of a formula is text such as '~ . + x', several of them (the first is the main "
    "one), or what bl.bf() gives, not 3.",
    ("~ .", 3): "A change of a formula is text such as '~ . + x', several of them (the first is "
    "the main one), or what bl.bf() gives, not ('~ .', 3).",
    ("bf(y ~ x)", "sigma ~ x"): "The text of a whole call of bf() stands alone, for one response.",
    bf("y ~ a", "a ~ 1", nl=True): "A nonlinear formula replaces another one as a whole: fit it "
    "with bl.brm().",
}


@each(WRONG)
def test_wrong_changes(change) -> None:
    with pytest.raises(bl.FormulaError) as caught:
        change_formula(OLD, change)
    assert str(caught.value).startswith(WRONG[change])
