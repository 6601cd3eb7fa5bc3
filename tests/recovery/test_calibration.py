"""Simulation-based calibration: draws from the prior, data from these, draws from the posterior.

If all three are right, the rank of a true value among the draws of its posterior is uniform (Talts,
Betancourt, Simpson, Vehtari and Gelman 2018). Each model is refitted to 200 data sets through its
tables alone: nothing is parsed, designed or compiled again.
"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import bambi_lite as bl
from bambi_lite.engines import Plan, make_plan, program, sample_settings
from bambi_lite.engines.native import layout as at
from bambi_lite.engines.native.sample import sample
from bambi_lite.spec import linked_dpars
from bambi_lite.xp import numpy_namespace

pytestmark = pytest.mark.slow

SIMULATIONS, DRAWS, THIN, BINS = 200, 99, 6, 10
#: A true model fails by chance once in a thousand rows of the table, a planted error has to be
#: far beyond.
CHANCE, CAUGHT = 1e-4, 1e-6

GROUPS, ROWS = 6, 5
X = np.random.default_rng(1).normal(size=GROUPS * ROWS)
DATA = pd.DataFrame(
    {
        "x": X,
        "g": np.repeat(list("abcdef"), ROWS),
        "y": X,
        "k": np.resize([0, 3, 7], len(X)),
        "n": 8,
        "count": np.resize([0, 1, 4], len(X)),
        "grade": np.resize([1, 2, 3, 4], len(X)),
    }
)
#: A single trial of four groups says next to nothing: an error in a prior shows.
FEW = pd.DataFrame({"x": X[:4], "g": list("abcd"), "k": [0, 1, 1, 0], "n": 1})
PRIORS = [
    bl.prior("normal(0, 1)", class_="b"),
    bl.prior("normal(0.5, 1)", class_="Intercept"),
    bl.prior("gamma(2, 2)", class_="sd"),
]
MODELS = {
    "sleepstudy-like": (
        "y ~ x + (x | g)",
        "gaussian",
        [bl.prior("lkj(2)", class_="cor"), bl.prior("exponential(1)", class_="sigma")],
    ),
    "binomial": ("k | trials(n) ~ x + (1 | g)", "binomial", []),
    "poisson": ("count ~ x + (1 | g)", "poisson", []),
    "ordinal": ("grade ~ x + (1 | g)", "cumulative", []),
}


def spec_of(name, priors=PRIORS, data=DATA):
    formula, family, more = MODELS[name]
    return bl.Model(formula, data, family, prior=[*priors, *more]).spec


def true_values(spec, rng):
    """One draw from the prior, by NumPy alone."""
    (block,) = spec.blocks
    q = len(block.coefs)
    values = {"b": rng.normal(size=1), f"sd_{block.name}": rng.gamma(2.0, 0.5, q)}
    if spec.structure:  # thresholds in ascending order
        values["Intercept"] = np.sort(rng.normal(0.5, 1.0, 3))
    else:
        values["Intercept"] = rng.normal(0.5, 1.0)
    if "sigma" in {p.name for p in spec.params}:
        values["sigma"] = rng.exponential(1.0)
    if block.correlated:  # two coefficients: (1 + cor) / 2 is Beta(2, 2) under lkj(2)
        cor = 2.0 * rng.beta(2.0, 2.0) - 1.0
        values[f"L_{block.name}"] = np.array([[1.0, 0.0], [cor, np.sqrt(1.0 - cor**2)]])
    values[f"z_{block.name}"] = rng.normal(size=(len(block.levels), q))
    effects = block.effects(numpy_namespace(), values, spec.arrays)
    return values | {f"r_{block.name}": effects}


def simulate(spec, values, rng):
    xp = numpy_namespace()
    one = {name: np.asarray(value)[None] for name, value in values.items()}  # an axis of draws
    dpars = linked_dpars(spec, xp, one, spec.arrays)
    dist = spec.family.likelihood(xp, dpars, spec.response)
    return np.asarray(dist.random(rng), dtype=float)[0]


def watched(values):
    """The numbers whose ranks are looked at: all but the innovations, the effects of one group."""
    found = {}
    for name, array in values.items():
        if name.startswith("z_"):
            continue
        own = np.asarray(array)
        if name.startswith("L_"):
            own = own[..., 1, 0]
        elif name.startswith("r_"):
            own = own[..., 0, :]
        found[name] = own
    return found


def ranks(spec, plan, change=lambda made: made, simulations=SIMULATIONS):
    """The rank of each true value among the draws, (simulation, number)."""
    rng = np.random.default_rng(2026)
    found = []
    for i in range(simulations):
        truth = true_values(spec, rng)
        response = replace(spec.response, y=simulate(spec, truth, rng))
        made = change(program(replace(spec, response=response), plan))
        settings = sample_settings(
            chains=1, warmup=300, iter=300 + DRAWS * THIN, thin=THIN, seed=i, progress=False
        )
        draws = watched(sample(made, settings).values)
        row = []
        for name, value in watched(truth).items():
            row += np.ravel((draws[name][0] < value).sum(axis=0)).tolist()
        found.append(row)
    return np.array(found)


def p_values(found):
    """Of the chi-square test that ranks are uniform, for each number."""
    counts = np.apply_along_axis(np.bincount, 0, found * BINS // (DRAWS + 1), minlength=BINS)
    return stats.chisquare(counts, axis=0).pvalue


@pytest.mark.parametrize(
    ("name", "integrated"),
    [
        ("sleepstudy-like", True),
        ("sleepstudy-like", False),
        ("binomial", False),
        ("poisson", False),
        ("ordinal", False),
    ],
)
def test_ranks_are_uniform(name, integrated):
    spec = spec_of(name)
    plan = make_plan(spec, marginalize="auto" if integrated else False)
    assert bool(plan.integrated) == integrated
    # What the plan does by the data at hand is the same for all data sets.
    plan = replace(plan, collapse=False)
    p = p_values(ranks(spec, plan))
    assert p.min() > CHANCE, p


def test_priors_of_double_scale_are_caught():
    wide = [
        bl.prior("normal(0, 2)", class_="b"),
        bl.prior("normal(0.5, 2)", class_="Intercept"),
        bl.prior("gamma(2, 1)", class_="sd"),
    ]
    spec, own = spec_of("binomial", data=FEW), spec_of("binomial", wide, FEW)

    def change(made):
        return program(replace(own, response=made.spec.response), made.plan)

    assert p_values(ranks(spec, Plan(), change)).min() < CAUGHT


@pytest.mark.parametrize("integrated", [True, False])
def test_a_lost_jacobian_is_caught(integrated):
    """Without the Jacobian of its logarithm, gamma(2, 2) of an sd is gamma(1, 2)."""

    def change(made):
        (block,) = made.spec.blocks
        ints, floats = made.ints, made.floats.copy()
        first = ints[ints[at.BLOCKS] + at.SD]
        for number in range(first, first + len(block.coefs)):
            floats[ints[at.SCALARS_F] + number * at.SCALAR_WIDTH_F + 2] -= 1.0
        return replace(made, floats=floats)

    spec = spec_of("sleepstudy-like")
    plan = Plan(integrated="g" if integrated else "")
    assert p_values(ranks(spec, plan, change)).min() < CAUGHT
