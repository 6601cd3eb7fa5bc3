"""Nothing of a formula is lost on the way into a model: it is in it, or building it is refused."""

import numpy as np
import pandas as pd
import pytest

import bambi_lite as bl
from bambi_lite.errors import FamilyError, FormulaError
from bambi_lite.families import families
from bambi_lite.formula.vocabulary import FAMILIES
from tables import each

RNG = np.random.default_rng(3)
FRAME = pd.DataFrame(
    {
        "y": RNG.normal(size=40),
        "k": RNG.integers(1, 5, 40),
        "x": RNG.normal(size=40),
        "g": RNG.integers(8, size=40),
        "h": RNG.integers(8, size=40),
        "p": RNG.uniform(1.0, 2.0, size=40),
    }
)

# What a formula says of the family counts for more than the argument, as in brms.
NAMED = {
    "bf(k ~ x, family = poisson())": ("poisson", "log"),
    "bf(k ~ x, family = 'geometric')": ("geometric", "log"),
    "bf(k ~ x) + poisson(link = sqrt)": ("poisson", "sqrt"),
    "bf(k ~ x, family = brmsfamily('negbinomial', link_shape = 'identity'))": (
        "negbinomial", "log",
    ),
    "bf(p ~ x, family = Gamma)": ("gamma", "log"),
    "bf(k ~ x, family = inverse.gaussian(1/mu^2))": ("inverse.gaussian", "1/mu^2"),
}  # fmt: skip


@each(NAMED)
def test_a_family_named_in_the_formula_is_the_family(text: str) -> None:
    family = bl.Model(text, FRAME, family="student").spec.family
    assert (family.name, family.link("mu").name) == NAMED[text]


def test_a_family_may_be_a_value_in_the_formula() -> None:
    made = bl.bf("k ~ x", family=bl.poisson("sqrt"))
    assert bl.Model(made, FRAME).spec.family.link("mu").name == "sqrt"


def test_families_that_a_formula_cannot_name() -> None:
    wrong = {
        "bf(y ~ x, family = poison())": "Unknown family 'poison'.",
        "bf(k ~ x) + poisson(linc = 'log')": (
            "poisson() got an unexpected keyword argument 'linc'. Valid: link. Did you mean "
            "'link'?\n  poisson(linc = \"log\")\n          ^^^^^^^^^^^^"
        ),
        "bf(k ~ x, family = poisson('probit'))": "Link 'probit' is not available",
    }
    for text, why in wrong.items():
        with pytest.raises(FamilyError) as caught:
            bl.Model(text, FRAME)
        assert str(caught.value).startswith(why)
    assert set(families()) <= FAMILIES


# Terms that were once left out without a word somewhere, and the formula without them.
TERMS = {
    "y ~ x + mo(k)": ("mo(k)", "y ~ x"),
    "y ~ x + (1 + mo(k) | g)": ("mo(k)", "y ~ x + (1 | g)"),
    "k ~ x + (cs(1) | g)": ("cs(1)", "k ~ x"),
    "bf(y ~ x, autocor = ~ ar(p = 1))": ("ar(p = 1)", "y ~ x"),
    "y ~ (1 | gr(g, pw = p))": ("gr(pw = ...)", "y ~ (1 | g)"),
    "y ~ (1 | mm(g, h))": ("mm()", "y ~ (1 | g)"),
    "bf(y ~ x, sigma ~ s(x))": ("s(x)", "bf(y ~ x, sigma ~ 1)"),
}


@each(TERMS)
def test_a_term_is_in_the_model_or_refused(text: str) -> None:
    term, without = TERMS[text]
    # One weight a group, so that it is the right kind of weight once it is available.
    frame = FRAME.assign(p=1.0 + FRAME["g"])
    why = ""
    try:
        model = bl.Model(text, frame)
    except FormulaError as refused:
        why = str(refused)
    if why:
        assert "not available yet" in why
        assert term in why
    else:
        bare = bl.Model(without, frame)
        made = [(m.variables(), set(m.standata())) for m in (model, bare)]
        assert made[0] != made[1]
