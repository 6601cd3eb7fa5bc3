"""Expectations of truncated responses: integrals and sums, far tails, bounds that are nearly one.

brms' own numbers (add_trunc, add_trunc_gaussian) are in test_evaluated.py.
"""

import dataclasses

import numpy as np
import pandas as pd
import pytest

import bambi_lite as bl
from bambi_lite.families import Response
from bambi_lite.xp import numpy_namespace

INF = np.inf
XP = numpy_namespace()

# The families that brms has expectations of, and negbinomial2; where the bounds lie for the
# measurements: about the middle, one-sided, far out on either side, nearly one.
REAL = [(-1.0, 2.0), (-INF, 0.3), (0.3, INF), (-INF, INF), (-90.0, -60.0), (60.0, INF),
        (-INF, -60.0), (0.5, 0.5001), (40.0, 40.0 + 1e-7)]  # fmt: skip
POSITIVE = [(0.2, 2.0), (-INF, 0.3), (0.3, INF), (-INF, INF), (1e-6, 1e-5), (30.0, INF),
            (30.0, 31.0), (0.5, 0.5001), (0.0, 1e-4)]  # fmt: skip
COUNTS = [(1.0, 4.0), (-INF, 3.0), (2.0, INF), (-INF, INF), (0.0, 0.0), (3.0, 3.0), (5.0, 7.0),
          (4.0, INF)]  # fmt: skip
BOUNDS = {
    **dict.fromkeys(("gaussian", "student"), REAL),
    **dict.fromkeys(("lognormal", "gamma", "exponential", "weibull"), POSITIVE),
    **dict.fromkeys(("binomial", "poisson", "negbinomial", "negbinomial2", "geometric"), COUNTS),
}
# Counts may be far out too, where there is no largest one.
FAR_COUNTS = [(60.0, INF), (150.0, 160.0)]


def truncated(family, tools, point, lower, upper):
    dpars = tools.linked(family, {k: np.full(1, v) for k, v in point.items()})
    bounds = np.full(1, lower), np.full(1, upper)
    with np.errstate(all="ignore"):  # as posterior_epred() calls it
        value = family.truncated_mean(XP, dpars, tools.response(family, [0.0]), *bounds)
    return np.asarray(value).item()


def summed(family, tools, point, lower, upper):
    top = tools.TRIALS if "trials" in family.additions else 20_000.0
    y = np.arange(max(lower, 0.0), min(upper, top) + 1.0)
    logp = tools.logp(family, point, y)
    p = np.exp(logp - logp.max())
    return (p * y).sum() / p.sum()


NODES, WEIGHTS = np.polynomial.legendre.leggauss(40)


def integrated(family, tools, point, lower, upper):
    """Gauss and Legendre's rule on pieces that grow away from where the density is largest.

    Positive responses by their logarithm, on which long tails are short.
    """
    positive = BOUNDS[family.name] is POSITIVE
    mode = min(max(tools.mean(family, point).item(), lower), upper)
    with np.errstate(divide="ignore"):
        low, high, near = (
            np.log([max(lower, 0.0), upper, mode]) if positive else (lower, upper, mode)
        )
    # Far out the density falls fast beside the bound, and slowly in heavy tails.
    steps = np.concatenate([[0.0], np.geomspace(1e-9, 1e9, 91)]) * max(abs(near), 1e-3)
    ends = np.unique(np.clip(np.concatenate([near - steps, near + steps]), low, high))
    ends = ends[np.abs(ends) < (700.0 if positive else INF)]
    half = np.diff(ends)[:, None] / 2.0
    t = (ends[:-1, None] + half + half * NODES).ravel()
    y = np.exp(t) if positive else t
    logp = tools.logp(family, point, y) + (t if positive else 0.0)
    p = np.exp(logp - logp.max()) * (half * WEIGHTS).ravel()
    # About the mode, so that no digits are lost where the bounds are near to one another.
    return mode + (p * (y - mode)).sum() / p.sum()


@pytest.mark.parametrize("name", BOUNDS)
def test_expectations_are_integrals(name, tools):
    family = bl.get_family(name)
    bounds = BOUNDS[name]
    if bounds is COUNTS and name != "binomial":
        bounds = [*bounds, *FAR_COUNTS]
    for point in tools.grid(family):
        for lower, upper in bounds:
            ours = truncated(family, tools, point, lower, upper)
            direct = (summed if family.discrete else integrated)(family, tools, point, lower, upper)
            # What lies outside the bounds of so narrow an interval is lost in any sum.
            assert ours == pytest.approx(direct, rel=1e-8), f"{name} at {point}: {lower}, {upper}"
            assert lower <= ours <= upper


@pytest.mark.parametrize("name", BOUNDS)
def test_without_bounds_it_is_the_mean(name, tools):
    family = bl.get_family(name)
    for point in tools.grid(family):
        ours = truncated(family, tools, point, -INF, INF)
        assert ours == pytest.approx(tools.mean(family, point).item(), rel=1e-10)


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        # Mills' ratio at a large argument: x + 1 / x - 2 / x^3.
        ((1e3, INF), 1e3 + 1e-3 - 2e-9),
        ((1e8, INF), 1e8 + 1e-8),
        ((-INF, -1e3), -1e3 - 1e-3 + 2e-9),
        ((1e8, 1e8 + 1.0), 1e8),
        ((-3.0, 3.0), 0.0),
        ((2.0, 2.0 + 1e-13), 2.0 + 5e-14),
        ((1e-9, 2e-9), 1.5e-9),
    ],
)
def test_gaussian_far_out_and_nearly_one(bounds, expected, tools):
    found = truncated(bl.get_family("gaussian"), tools, {"mu": 0.0, "sigma": 1.0}, *bounds)
    assert found == pytest.approx(expected, rel=1e-14, abs=1e-14)


@pytest.mark.parametrize(
    ("name", "point", "bounds", "nearest"),
    [
        ("poisson", {"mu": 1e-300}, (5.0, 9.0), 5.0),
        ("weibull", {"mu": 1.0, "shape": 50.0}, (1e9, INF), 1e9),
        ("gamma", {"mu": 1.0, "shape": 1e4}, (1e6, 2e6), 1e6),
        ("lognormal", {"mu": 0.0, "sigma": 0.01}, (1e-300, 1e-290), 1e-290),
        ("binomial", {"mu": 1e-290}, (3.0, 5.0), 3.0),
    ],
)
def test_where_nothing_is_the_bound_next_to_the_mean_is_left(name, point, bounds, nearest, tools):
    found = truncated(bl.get_family(name), tools, point, *bounds)
    assert found == pytest.approx(nearest, rel=1e-5)


def test_known_errors_and_rates():
    """The bounds are about the response with its own standard deviation, or over its own time."""
    data = pd.DataFrame({"y": [1.0, 2.0], "s": [0.5, 2.0], "c": [1, 4], "n": [1.0, 7.0]})
    fit = bl.Model("y | se(s) + trunc(lb = 0.5) ~ 1", data).from_draws(
        pd.DataFrame({"b_Intercept": [1.2]})
    )
    for row, s in enumerate(data["s"]):
        alone = bl.Model("y | trunc(lb = 0.5) ~ 1", data).from_draws(
            pd.DataFrame({"b_Intercept": [1.2], "sigma": [s]})
        )
        found = fit.posterior_epred()[0, 0, row].item()
        assert found == pytest.approx(alone.posterior_epred()[0, 0, row].item(), rel=1e-12)
    coefs = pd.DataFrame({"b_Intercept": [0.3], "shape": [1.7]})
    fit = bl.Model("c | rate(n) + trunc(lb = 1, ub = 9) ~ 1", data, "negbinomial").from_draws(coefs)
    y = np.arange(1.0, 10.0)
    for row, n in enumerate(data["n"]):
        family = bl.get_family("negbinomial")
        dist = family.likelihood(XP, fit_dpars(n), Response(y, {"rate": np.full(9, n)}))
        p = np.exp(dist.logp(XP, y))
        assert fit.posterior_epred()[0, 0, row].item() == pytest.approx((p * y).sum() / p.sum())


def fit_dpars(n):
    from bambi_lite.links import Linked, get_link

    return {
        "mu": Linked(np.full(9, 0.3), get_link("log")),
        "shape": Linked(np.full(9, 1.7), get_link("identity")),
    }


def test_draws_have_that_mean_and_new_rows_their_own_bounds():
    data = pd.DataFrame({"y": [3.0, 5.0, 4.0], "low": [2.0, -INF, 3.0], "high": [INF, 6.0, 5.0]})
    model = bl.Model("y | trunc(lb = low, ub = high) ~ 1", data, "poisson")
    fit = model.from_draws(pd.DataFrame({"b_Intercept": np.full(4000, np.log(2.5))}))
    drawn, expected = fit.posterior_predict(seed=1), fit.posterior_epred()
    error = drawn.std("draw") / np.sqrt(4000)
    assert (abs(drawn.mean("draw") - expected.mean("draw")) < 5.0 * error).all()
    new = data.iloc[[2, 0]].assign(low=[0.0, 4.0])
    for row, (low, high) in enumerate([(0.0, 5.0), (4.0, INF)]):
        y = np.arange(low, min(high, 200.0) + 1.0)
        p = np.exp(y * np.log(2.5) - np.array([np.sum(np.log(np.arange(1.0, k + 1.0))) for k in y]))
        found = fit.posterior_epred(new)[0, 0, row].item()
        assert found == pytest.approx((p * y).sum() / p.sum(), rel=1e-9)


def test_families_without_one_say_so(tools):
    data = pd.DataFrame({"y": [0.2, 0.5]})
    fit = bl.Model("y | trunc(lb = 0.1) ~ 1", data, "beta").from_draws(
        pd.DataFrame({"b_Intercept": [0.2], "phi": [3.0]})
    )
    with pytest.raises(bl.FamilyError) as error:
        fit.posterior_epred()
    assert str(error.value) == (
        "The expectation of a truncated response is not available for family 'beta'. "
        "posterior_predict() draws such responses."
    )
    without = {f.name for f in map(bl.get_family, bl.families()) if f.truncated_mean is not None}
    assert without == set(BOUNDS)


def test_a_wrong_expectation_would_be_seen(tools):
    """The check is against the density, not against the formula."""
    family = bl.get_family("gamma")
    wrong = dataclasses.replace(family, truncated_mean=family.truncated_mean, mean=family.mean)
    point = {"mu": 3.0, "shape": 0.6}
    right = truncated(wrong, tools, point, 0.2, 2.0)
    assert abs(right / truncated(wrong, tools, {**point, "mu": 3.001}, 0.2, 2.0) - 1.0) > 1e-8
