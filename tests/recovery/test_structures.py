"""Distributional models and the kinds of group-level terms recover what they were made with."""

import numpy as np
import pandas as pd
import pytest

import bambi_lite as bl

pytestmark = pytest.mark.slow

GROUPS, EACH = 40, 10
LEVELS = [f"g{i:02d}" for i in range(GROUPS)]


def data_set(seed=6):
    rng = np.random.default_rng(seed)
    g = np.repeat(np.arange(GROUPS), EACH)
    return pd.DataFrame(
        {
            "x": np.round(rng.uniform(-1.5, 1.5, len(g)), 3),
            "g": np.take(LEVELS, g),
            "h": np.take(LEVELS, (g + rng.integers(1, GROUPS, len(g))) % GROUPS),
            "b": np.where(g % 2 == 0, "ctl", "trt"),
            "w": rng.uniform(0.5, 1.5, len(g)),
        }
    )


DATA = data_set()


def centred(values):
    """Values of mean 0: what a sample of groups happens to share is no matter of the intercept."""
    return values - values.mean(axis=0)


def effects(r, group="g", coef="Intercept", dpar=""):
    """True effects of the groups under brms' names."""
    name = f"r_{group}__{dpar}" if dpar else f"r_{group}"
    return {f"{name}[{level},{coef}]": value for level, value in zip(LEVELS, r, strict=True)}


def correlated(sd, cor, seed):
    rng = np.random.default_rng(seed)
    covariance = np.outer(sd, sd) * np.array([[1.0, cor], [cor, 1.0]])
    return centred(rng.multivariate_normal(np.zeros(2), covariance, GROUPS))


def test_formula_and_group_term_of_sigma(recovery):
    r = centred(0.5 * np.random.default_rng(1).standard_normal(GROUPS))
    values = {
        "b_Intercept": 1.0, "b_x": 0.5, "b_sigma_Intercept": 0.2, "b_sigma_x": 0.4,
        "sd_g__sigma_Intercept": 0.5, **effects(r, dpar="sigma"),
    }  # fmt: skip
    formula = bl.bf("y ~ x", "sigma ~ x + (1 | g)")
    found = recovery("sigma ~ x + (1 | g)", formula, DATA, "gaussian", values)
    assert found.outside == {}
    assert found.divergences == 0


def test_effects_that_mu_and_sigma_share(recovery):
    r = correlated((1.0, 0.5), 0.7, seed=2)
    values = {
        "b_Intercept": 1.0, "b_x": 0.5, "b_sigma_Intercept": 0.2,
        "sd_g__Intercept": 1.0, "sd_g__sigma_Intercept": 0.5,
        "cor_g__Intercept__sigma_Intercept": 0.7,
        **effects(r[:, 0]), **effects(r[:, 1], dpar="sigma"),
    }  # fmt: skip
    formula = bl.bf("y ~ x + (1 | p | g)", "sigma ~ 1 + (1 | p | g)")
    found = recovery("(1 | p | g) of mu and sigma", formula, DATA, "gaussian", values)
    assert found.outside == {}
    assert found.divergences == 0


def test_a_covariance_for_each_stratum(recovery):
    ctl, trt = correlated((1.5, 0.4), -0.5, seed=3), correlated((0.5, 1.2), 0.6, seed=4)
    even = (np.arange(GROUPS) % 2 == 0)[:, None]
    r = np.where(even, ctl, trt)
    values = {
        "b_Intercept": 1.0, "b_x": 0.5, "sigma": 1.0,
        "sd_g__Intercept:bctl": 1.5, "sd_g__x:bctl": 0.4, "sd_g__Intercept:btrt": 0.5,
        "sd_g__x:btrt": 1.2, "cor_g__Intercept:bctl__x:bctl": -0.5,
        "cor_g__Intercept:btrt__x:btrt": 0.6, **effects(r[:, 0]), **effects(r[:, 1], coef="x"),
    }  # fmt: skip
    found = recovery("gr(g, by = b)", "y ~ x + (x | gr(g, by = b))", DATA, "gaussian", values)
    assert found.outside == {}
    assert found.divergences == 0


def test_student_effects(recovery):
    r = centred(np.random.default_rng(5).standard_t(3.0, GROUPS))
    values = {"b_Intercept": 1.0, "b_x": 0.5, "sigma": 0.7, "sd_g__Intercept": 1.0, "df_g": 3.0,
              **effects(r)}  # fmt: skip
    formula = 'y ~ x + (1 | gr(g, dist = "student"))'
    name = 'gr(g, dist = "student")'
    # Where df is near one the mixing variables make a funnel: 4 of 1,000 draws diverge at 0.8.
    found = recovery(name, formula, DATA, "gaussian", values, adapt_delta=0.99)
    assert found.outside == {}
    assert found.divergences == 0


def test_related_groups(recovery):
    """Levels whose relation falls with their distance, as on a line."""
    place = np.arange(GROUPS)
    A = 0.8 ** np.abs(place[:, None] - place)
    rng = np.random.default_rng(6)
    r = centred(1.2 * np.linalg.cholesky(A) @ rng.standard_normal(GROUPS))
    values = {"b_Intercept": 1.0, "b_x": 0.5, "sigma": 1.0, "sd_g__Intercept": 1.2, **effects(r)}
    formula = "y ~ x + (1 | gr(g, cov = A))"
    data2 = {"A": pd.DataFrame(A, index=LEVELS, columns=LEVELS)}
    found = recovery("gr(g, cov = A)", formula, DATA, "gaussian", values, data2=data2)
    assert found.outside == {}
    assert found.divergences == 0


def test_members_of_several_groups(recovery):
    r = centred(1.5 * np.random.default_rng(7).standard_normal(GROUPS))
    values = {
        "b_Intercept": 0.3, "b_x": 0.5, "sd_mmgh__Intercept": 1.5, **effects(r, group="mmgh"),
    }  # fmt: skip
    formula = "y ~ x + (1 | mm(g, h, weights = cbind(w, 2 - w)))"
    found = recovery("mm(g, h)", formula, DATA, "poisson", values)
    assert found.outside == {}
    assert found.divergences == 0
