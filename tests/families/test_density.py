"""Every registered family: its density is one, its mean and its draws are that density's."""

import itertools

import numpy as np
import pytest
from scipy import integrate

from bambi_lite.xp import numpy_namespace

N_DRAWS = 100_000
# More counts than any point of the grid needs.
COUNTS = np.arange(30_000.0)
# Angles have a mean direction, and no mean as numbers.
CIRCULAR = ("von_mises",)
# It depends on the hazard after the last time, of which the data say nothing.
NO_MEAN = ("cox",)


def support(family, tools, point):
    known = tools.linked(family, point)
    likelihood = family.likelihood(numpy_namespace(), known, tools.response(family, np.zeros(1)))
    return likelihood.word.support


def masses(family, tools, point):
    """Values with a probability of their own, and these probabilities."""
    if not family.discrete:
        y = np.array(family.masses)
    elif "trials" in family.additions:
        y = np.arange(tools.TRIALS + 1.0)
    else:
        y = np.array([0.0, 1.0]) if len(family.dpars) == 1 and _binary(family) else COUNTS
    return y, np.exp(tools.logp(family, point, y)) if len(y) else np.zeros(0)


def _binary(family):
    return family.dpars[0].upper == 1.0


def pieces(family, tools, point, drawn):
    """Quantiles of draws and kinks, and integrals between them.

    Of the density, and of y, the square and the fourth power of its distance from the mean of the
    draws times it: shape (piece, 4).
    """
    if family.discrete:
        return np.zeros(0), np.zeros((0, 4))
    low, high = support(family, tools, point)
    shift = point.get("ndt", 0.0)
    low = low + shift
    inner = drawn[~np.isin(drawn, family.masses)]
    cuts = {*np.quantile(inner, [0.001, 0.05, 0.5, 0.95, 0.999])}
    cuts |= {point["mu"]} if low < point["mu"] < high else set()
    cuts = sorted(c for c in cuts if low < c < high)
    ends = [low, *cuts, high]
    centre = drawn.mean()
    functions = (
        lambda y: 1.0, lambda y: y, lambda y: (y - centre) ** 2, lambda y: (y - centre) ** 4,
    )  # fmt: skip

    if positive := (low, high) == (shift, np.inf):
        # The logarithm as the variable: long tails and poles at the end become smooth.
        ends = [-np.inf, *np.log(np.array(cuts) - shift), np.inf]

    def density(t, f):
        distance = np.exp(min(t, 700.0)) if positive else 1.0
        y = shift + distance if positive else t
        if positive and y == shift:
            return 0.0
        p = np.exp(tools.logp(family, point, np.array([y]))[0]) * distance
        return f(y) * p if p > 0.0 else 0.0

    found = [
        [integrate.quad(density, a, b, args=(f,), limit=200, epsabs=1e-10)[0] for f in functions]
        for a, b in itertools.pairwise(ends)
    ]
    return np.array(cuts), np.array(found)


def direction(family, tools, point):
    """The angle of the mean of exp(i y)."""
    parts = [
        integrate.quad(
            lambda y, f=f: f(y) * np.exp(tools.logp(family, point, np.array([y]))[0]), -np.pi, np.pi
        )[0]
        for f in (np.sin, np.cos)
    ]
    return np.arctan2(*parts)


@pytest.mark.filterwarnings("ignore::scipy.integrate.IntegrationWarning")
def test_density_mean_and_draws(number_family, tools):
    family = number_family
    for i, point in enumerate(tools.grid(family)):
        label = f"{family.name} at {point}"
        drawn = tools.draws(family, point, N_DRAWS, seed=i)
        atoms, weights = masses(family, tools, point)
        cuts, parts = pieces(family, tools, point, drawn)
        assert weights.sum() + parts[:, 0].sum() == pytest.approx(1.0, abs=1e-6), label
        expected = (atoms * weights).sum() + parts[:, 1].sum()
        if family.name in CIRCULAR:
            mean = tools.mean(family, point).item()
            assert mean == pytest.approx(direction(family, tools, point), abs=1e-8), label
        elif family.name not in NO_MEAN:
            mean = tools.mean(family, point).item()
            assert mean == pytest.approx(expected, rel=1e-6, abs=1e-6), label
        second, fourth = (
            ((atoms - drawn.mean()) ** k * weights).sum() + parts[:, j].sum()
            for j, k in ((2, 2), (3, 4))
        )
        check_moments(drawn, expected, second, fourth, heavy(family, point), label)
        # As many draws fall between their quantiles as the density has there ...
        for low, high, mass in zip(
            [-np.inf, *cuts], [*cuts, np.inf], parts[:, 0], strict=len(cuts) > 0
        ):
            inside = (drawn > low) & (drawn <= high) & ~np.isin(drawn, atoms)
            error = 5.0 * np.sqrt(mass * (1.0 - mass) / N_DRAWS) + 1e-5
            assert abs(inside.mean() - mass) < error, f"{label}: {low:g} < y <= {high:g}"
        # ... and hit values with a probability of their own as often as they should.
        for y, weight in list(zip(atoms, weights, strict=True))[:8]:
            share = np.mean(drawn == y)
            error = 5.0 * np.sqrt(weight * (1.0 - weight) / N_DRAWS) + 1e-9
            assert abs(share - weight) < error, f"{label}: P({y:g})"


def heavy(family, point):
    """Whether the fourth moment does not exist: nu is then the order of the tail."""
    return point.get("nu", np.inf) <= 4.0


def check_moments(drawn, expected, second, fourth, heavy, label):
    """Mean and variance of draws; `second` and `fourth` are about the mean of the draws."""
    n = len(drawn)
    # The distance between the two means is what the first check is about.
    variance = second - (drawn.mean() - expected) ** 2
    error = 5.0 * np.sqrt(variance / n) + 1e-9
    assert abs(drawn.mean() - expected) < error, label
    if not heavy:
        error = 5.0 * np.sqrt(max(fourth - variance**2, 0.0) / n) + 1e-9
        assert abs(drawn.var() - second) < error, f"{label}: variance"
