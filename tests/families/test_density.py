"""Every registered family: its density is one, its mean and its draws are that density's."""

import itertools

import numpy as np
import pytest
from scipy import integrate

N_DRAWS = 20_000
# More counts than any point of the grid needs.
COUNTS = np.arange(30_000.0)
# Angles have a mean direction, and no mean as numbers.
CIRCULAR = ("von_mises",)


def support(family, tools, point):
    from bambi_lite.dists import VOCABULARY
    from bambi_lite.xp import numpy_namespace

    r = tools.response(family, np.zeros(1))
    return VOCABULARY[
        family.likelihood(numpy_namespace(), tools.linked(family, point), r).name
    ].support


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
    """Integrals of the density, and of y times it, between quantiles of draws and kinks."""
    if family.discrete:
        return []
    low, high = support(family, tools, point)
    shift = point.get("ndt", 0.0)
    low = low + shift
    inner = drawn[~np.isin(drawn, family.masses)]
    cuts = {*np.quantile(inner, [0.001, 0.05, 0.5, 0.95, 0.999])}
    cuts |= {point["mu"]} if low < point["mu"] < high else set()
    ends = [low, *sorted(c for c in cuts if low < c < high), high]

    if positive := (low, high) == (shift, np.inf):
        # The logarithm as the variable: long tails and poles at the end become smooth.
        ends = [-np.inf, *np.log(np.array(ends[1:-1]) - shift), np.inf]

    def density(t, power):
        distance = np.exp(min(t, 700.0)) if positive else 1.0
        y = shift + distance if positive else t
        if positive and y == shift:
            return 0.0
        return y**power * np.exp(tools.logp(family, point, np.array([y]))[0]) * distance

    return [
        [integrate.quad(density, a, b, args=(k,), limit=200, epsabs=1e-10)[0] for k in (0, 1)]
        for a, b in itertools.pairwise(ends)
    ]


@pytest.mark.filterwarnings("ignore::scipy.integrate.IntegrationWarning")
def test_density_mean_and_draws(number_family, tools):
    family = number_family
    for i, point in enumerate(tools.grid(family)):
        label = f"{family.name} at {point}"
        drawn = tools.draws(family, point, N_DRAWS, seed=i)
        atoms, weights = masses(family, tools, point)
        parts = np.array(pieces(family, tools, point, drawn)).reshape(-1, 2)
        assert weights.sum() + parts[:, 0].sum() == pytest.approx(1.0, abs=1e-6), label
        expected = (atoms * weights).sum() + parts[:, 1].sum()
        if family.name not in CIRCULAR:
            mean = tools.mean(family, point).item()
            assert mean == pytest.approx(expected, rel=1e-6, abs=1e-6), label
        error = 5.0 * drawn.std() / np.sqrt(N_DRAWS) + 1e-9
        assert abs(drawn.mean() - expected) < error, label
        # Where values have probabilities of their own, draws hit each as often as they should.
        for y, weight in list(zip(atoms, weights, strict=True))[:8]:
            share = np.mean(drawn == y)
            error = 5.0 * np.sqrt(weight * (1.0 - weight) / N_DRAWS) + 1e-9
            assert abs(share - weight) < error, f"{label}: P({y:g})"
