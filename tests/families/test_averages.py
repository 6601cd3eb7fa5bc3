"""Families whose mean is linear in mu, and quantiles of every word that has a CDF."""

import numpy as np
import pytest

import bambi_lite as bl
from bambi_lite.families import families, get_family
from bambi_lite.links import Linked, get_link
from bambi_lite.observation import quantiles
from bambi_lite.xp import numpy_namespace

XP = numpy_namespace()
LINEAR = [name for name in families() if get_family(name).linear]
WITH_CDF = [
    name
    for name in sorted(bl.families())
    if get_family(name).structure is None and {"cens", "trunc"} & set(get_family(name).additions)
]


@pytest.mark.parametrize("name", LINEAR)
def test_the_mean_is_linear_in_mu(name, tools):
    """The mean at the middle of two values of mu is the middle of the two means."""
    family = get_family(name)
    for point in tools.grid(family):
        linked = dict(tools.linked(family, point))
        response = tools.response(family, np.ones(1))

        def mean(mu, linked=linked, response=response):
            own = Linked(np.asarray(mu), get_link("identity"))
            return np.asarray(family.mean(XP, {**linked, "mu": own}, response))

        middle = (mean(0.2) + mean(0.7)) / 2.0
        np.testing.assert_allclose(mean(0.45), middle, rtol=1e-12)


@pytest.mark.parametrize("name", WITH_CDF)
def test_quantiles_invert_the_distribution_function(name, tools):
    family = get_family(name)
    p = np.array([1e-8, 0.01, 0.3, 0.5, 0.8, 0.999])
    for point in tools.grid(family)[:3]:
        dist = family.likelihood(
            XP, tools.linked(family, point), tools.response(family, np.ones(6))
        )
        lower, upper = np.full(6, -np.inf), np.full(6, np.inf)
        found = quantiles(dist, p, lower, upper, family.discrete)
        with np.errstate(all="ignore"):
            at = np.exp(np.asarray(dist.lcdf(XP, found)))
            step = 1.0 if family.discrete else 1e-7 * np.maximum(np.abs(found), 1e-3)
            before = np.exp(np.asarray(dist.lcdf(XP, found - step)))
        assert (at >= p * (1.0 - 1e-9)).all()
        assert (before < p * (1.0 + 1e-9)).all()
