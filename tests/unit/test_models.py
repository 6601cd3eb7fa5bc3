"""The lecture's models: the same model said in two ways is the same; names are ArviZ-ready."""

import warnings

import numpy as np
import pytest

import bambi_lite as bl
from tables import each

SAME = {
    "the intercept is implicit": (
        "sleepstudy",
        "Reaction ~ Days + (Days | Subject)",
        "Reaction ~ 1 + Days + (1 + Days | Subject)",
    ),
    "nested groups": (
        "classroom",
        "mathscore ~ ses + (1 | schoolid/classid2)",
        "mathscore ~ ses + (1 | schoolid) + (1 | schoolid:classid2)",
    ),
    "interaction written out": (
        "mathach",
        "mathach ~ ses * himinty + (ses | school)",
        "mathach ~ ses + himinty + ses:himinty + (ses | school)",
    ),
}  # fmt: skip


def spec_of(data, formula):
    return bl.Model(formula, bl.load_data(data)).spec


@each(SAME)
def test_one_model_said_in_two_ways(name):
    data, *formulas = SAME[name]
    first, second = (spec_of(data, formula) for formula in formulas)
    assert first.params == second.params
    assert first.priors == second.priors
    assert first.prior_rows == second.prior_rows
    assert first.arrays.keys() == second.arrays.keys()
    for array in first.arrays:
        np.testing.assert_array_equal(first.arrays[array], second.arrays[array])


def test_bars_apart_are_the_double_bar():
    """(Days || Subject) is one block without correlation; the split form has two blocks."""
    double = spec_of("sleepstudy", "Reaction ~ Days + (Days || Subject)")
    split = spec_of("sleepstudy", "Reaction ~ Days + (1 | Subject) + (0 + Days | Subject)")
    assert [len(b.coefs) for b in double.blocks] == [2]
    assert [len(b.coefs) for b in split.blocks] == [1, 1]
    assert not any(b.correlated for b in (*double.blocks, *split.blocks))
    assert double.prior_rows == split.prior_rows
    # The same density: equal innovations give equal linear predictors.
    from bambi_lite.spec import linked_dpars, with_effects
    from bambi_lite.xp import numpy_namespace

    xp, rng = numpy_namespace(), np.random.default_rng(1)
    z, sd = rng.standard_normal((1, 1, 18, 2)), np.array([[[20.0, 5.0]]])
    shared = {"Intercept": np.array([[300.0]]), "b": np.array([[[10.0]]]), "sigma": np.ones((1, 1))}
    one = {**shared, "z_Subject": z, "sd_Subject": sd}
    two = {
        **shared,
        "z_Subject": z[..., :1], "sd_Subject": sd[..., :1],
        "z_Subject_2": z[..., 1:], "sd_Subject_2": sd[..., 1:],
    }  # fmt: skip
    etas = [
        linked_dpars(spec, xp, with_effects(spec, xp, p, spec.arrays), spec.arrays)["mu"].eta
        for spec, p in ((double, one), (split, two))
    ]
    np.testing.assert_allclose(etas[0], etas[1], rtol=1e-14)


def test_a_large_model_has_no_dense_z():
    rng = np.random.default_rng(1)
    n, levels = 100_000, 10_000
    import pandas as pd

    data = pd.DataFrame(
        {"y": rng.normal(size=n), "x": rng.normal(size=n), "g": rng.integers(0, levels, n)}
    )
    spec = bl.Model("y ~ x + (x | g)", data).spec
    assert sum(array.nbytes for array in spec.arrays.values()) < 8 * n * 8
    assert len(spec.blocks[0].levels) == levels


@each(["chain", "draw", "obs"])
def test_a_group_named_as_an_axis_of_arviz(group):
    data = bl.load_data("sleepstudy").rename(columns={"Subject": group})
    spec = bl.Model(f"Reaction ~ Days + (1 | {group})", data).spec
    assert f"{group}." in spec.coords
    assert group not in spec.coords


def test_a_model_prints_what_it_is():
    assert repr(bl.Model("Reaction ~ Days + (Days | Subject)", bl.load_data("sleepstudy"))) == (
        "Model: Reaction ~ Days + (Days | Subject)\n"
        "Family: gaussian\n"
        "Data: sleepstudy (180 observations)\n"
        "Groups: Subject (18 levels)\n"
        "Not sampled: .sample() draws, .prior and .pymc and .graph() show."
    )


def test_specs_are_values():
    spec = spec_of("sleepstudy", "Reaction ~ Days + (Days | Subject)")
    with pytest.raises(AttributeError):
        spec.family = None
    with pytest.raises(ValueError, match="read-only"):
        spec.arrays["X"][0, 0] = 1.0
    with pytest.raises(TypeError):
        spec.priors["b"] = ()


@pytest.mark.parametrize(
    ("formula", "data", "family"),
    [
        ("m | trials(n) ~ 1", "rats", "binomial"),
        ("m | trials(n) ~ 1 + (1 | batch)", "rats", "binomial"),
        ("alcohol ~ 0 + country", "alcohol", "gaussian"),
        ("alcohol ~ 1 + (1 | country)", "alcohol", "gaussian"),
        ("Reaction ~ 0 + Subject + Subject:Days", "sleepstudy", "gaussian"),
        ("mathscore ~ ses + (ses | classid) + (ses | schoolid)", "classroom", "gaussian"),
        ("mathscore ~ ses + (ses || classid) + (ses | schoolid)", "classroom", "gaussian"),
        ("rt ~ 1 + (1 | participant) + (1 | spelling)", "blp_short2", "gaussian"),
        ("mathach ~ pracad + (1 | school)", "mathach", "gaussian"),
        ("fast_rt ~ Days + (Days | Subject)", "sleepstudy2", "bernoulli"),
    ],
)
def test_the_lectures_models_resolve(formula, data, family):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", bl.DataWarning)
        spec = bl.Model(formula, bl.load_data(data), family).spec
    rows = [p for p in spec.params if p.kind != "innovations"]
    named = [key for p in rows for key in (p.elements or (p.key,))]
    assert len(named) == len(set(named))


def test_the_data_of_a_model_are_the_rows_and_columns_that_it_uses():
    given = bl.load_data("sleepstudy").assign(other=1.0)
    given.loc[3, "Days"] = None
    with pytest.warns(bl.DataWarning):
        spec = bl.Model("Reaction ~ log(Days + 1) + (1 | Subject)", given).spec
    assert set(spec.data.columns) == {"Reaction", "Days", "Subject"}
    assert len(spec.data) == 179
    assert 3 not in spec.data.index
    given["Days"] = 0.0
    assert spec.data["Days"].max() == 9.0
