"""Families against SciPy where it has them, and against their own limits."""

import numpy as np
import pytest
from scipy import special, stats

import bambi_lite as bl

COUNTS = np.arange(12.0)
POSITIVE = np.array([0.05, 0.7, 2.0, 9.0])
REAL = np.array([-6.0, -0.5, 0.3, 4.0])
SHARES = np.array([0.02, 0.4, 0.93])


def nbinom(mu, shape):
    return stats.nbinom(shape, shape / (mu + shape))


SCIPY = {
    "gaussian": ({"mu": 0.4, "sigma": 1.3}, stats.norm(0.4, 1.3), REAL),
    "student": ({"mu": 0.4, "sigma": 1.3, "nu": 4.5}, stats.t(4.5, 0.4, 1.3), REAL),
    "exgaussian": (
        {"mu": 1.9, "sigma": 1.3, "beta": 1.5},
        stats.exponnorm(1.5 / 1.3, loc=0.4, scale=1.3),
        REAL,
    ),
    "gen_extreme_value": (
        {"mu": 0.4, "sigma": 1.3, "xi": 0.2},
        stats.genextreme(-0.2, 0.4, 1.3),
        REAL,
    ),
    "von_mises": ({"mu": 0.4, "kappa": 1.3}, stats.vonmises(1.3, 0.4), REAL[1:3]),
    "asym_laplace": (
        {"mu": 0.4, "sigma": 0.5, "quantile": 0.3},
        stats.laplace_asymmetric(np.sqrt(0.3 / 0.7), loc=0.4, scale=0.5 / np.sqrt(0.3 * 0.7)),
        REAL,
    ),
    "poisson": ({"mu": 3.3}, stats.poisson(3.3), COUNTS),
    "negbinomial": ({"mu": 3.3, "shape": 0.7}, nbinom(3.3, 0.7), COUNTS),
    "negbinomial2": ({"mu": 3.3, "sigma": 0.5}, nbinom(3.3, 2.0), COUNTS),
    "geometric": ({"mu": 3.3}, stats.geom(1 / 4.3, loc=-1), COUNTS),
    "bernoulli": ({"mu": 0.3}, stats.bernoulli(0.3), COUNTS[:2]),
    "binomial": ({"mu": 0.3}, stats.binom(7, 0.3), COUNTS[:8]),
    "beta_binomial": ({"mu": 0.3, "phi": 2.0}, stats.betabinom(7, 0.6, 1.4), COUNTS[:8]),
    "gamma": ({"mu": 3.3, "shape": 0.7}, stats.gamma(0.7, scale=3.3 / 0.7), POSITIVE),
    "exponential": ({"mu": 3.3}, stats.expon(scale=3.3), POSITIVE),
    "weibull": (
        {"mu": 3.3, "shape": 0.7},
        stats.weibull_min(0.7, scale=3.3 / special.gamma(1 + 1 / 0.7)),
        POSITIVE,
    ),
    "frechet": (
        {"mu": 3.3, "nu": 2.7},
        stats.invweibull(2.7, scale=3.3 / special.gamma(1 - 1 / 2.7)),
        POSITIVE[1:],
    ),
    "inverse.gaussian": (
        {"mu": 3.3, "shape": 0.7},
        stats.invgauss(3.3 / 0.7, scale=0.7),
        POSITIVE,
    ),
    "lognormal": ({"mu": 0.4, "sigma": 1.3}, stats.lognorm(1.3, scale=np.exp(0.4)), POSITIVE),
    "shifted_lognormal": (
        {"mu": 0.4, "sigma": 1.3, "ndt": 0.04},
        stats.lognorm(1.3, loc=0.04, scale=np.exp(0.4)),
        POSITIVE,
    ),
    "beta": ({"mu": 0.3, "phi": 2.0}, stats.beta(0.6, 1.4), SHARES),
}


@pytest.mark.parametrize("name", SCIPY)
def test_density_is_scipys(name, tools):
    point, law, y = SCIPY[name]
    expected = law.logpmf(y) if hasattr(law.dist, "logpmf") else law.logpdf(y)
    np.testing.assert_allclose(tools.logp(bl.get_family(name), point, y), expected, rtol=1e-9)


def test_skew_normal_has_the_mean_and_spread_of_its_parameters(tools):
    delta = 4.0 / np.sqrt(17.0)
    omega = 1.3 / np.sqrt(1.0 - 2.0 * delta**2 / np.pi)
    law = stats.skewnorm(4.0, 0.4 - omega * delta * np.sqrt(2.0 / np.pi), omega)
    assert (law.mean(), law.std()) == pytest.approx((0.4, 1.3))
    point = {"mu": 0.4, "sigma": 1.3, "alpha": 4.0}
    found = tools.logp(bl.get_family("skew_normal"), point, REAL[1:])
    np.testing.assert_allclose(found, law.logpdf(REAL[1:]), rtol=1e-9)


# A family, the family that it becomes, the parameters that take it there, and how near.
LIMITS = {
    "student to gaussian": ("student", "gaussian", {"nu": 1e12}, REAL, 1e-9),
    "skew_normal to gaussian": ("skew_normal", "gaussian", {"alpha": 0.0}, REAL, 1e-12),
    "exgaussian to gaussian": ("exgaussian", "gaussian", {"beta": 1e-9}, REAL, 1e-7),
    "negbinomial to poisson": ("negbinomial", "poisson", {"shape": 1e13}, COUNTS, 1e-9),
    "negbinomial2 to poisson": ("negbinomial2", "poisson", {"sigma": 1e-13}, COUNTS, 1e-9),
    "negbinomial to geometric": ("negbinomial", "geometric", {"shape": 1.0}, COUNTS, 1e-12),
    "zip to poisson": ("zero_inflated_poisson", "poisson", {"zi": 0.0}, COUNTS, 1e-12),
    "zinb to negbinomial": (
        "zero_inflated_negbinomial", "negbinomial", {"zi": 0.0}, COUNTS, 1e-12,
    ),
    "zinb to zip": (
        "zero_inflated_negbinomial", "zero_inflated_poisson", {"shape": 1e13}, COUNTS, 1e-9,
    ),
    "hurdle_poisson at the Poisson's own zeros": (
        "hurdle_poisson", "poisson", {"hu": np.exp(-0.8)}, COUNTS, 1e-12,
    ),
    "zib to binomial": ("zero_inflated_binomial", "binomial", {"zi": 0.0}, COUNTS[:8], 1e-12),
    "zibb to beta_binomial": (
        "zero_inflated_beta_binomial", "beta_binomial", {"zi": 0.0}, COUNTS[:8], 1e-12,
    ),
    "beta_binomial to binomial": ("beta_binomial", "binomial", {"phi": 1e13}, COUNTS[:8], 1e-9),
    "gamma to exponential": ("gamma", "exponential", {"shape": 1.0}, POSITIVE, 1e-12),
    "weibull to exponential": ("weibull", "exponential", {"shape": 1.0}, POSITIVE, 1e-12),
    "hurdle_gamma to gamma": ("hurdle_gamma", "gamma", {"hu": 0.0}, POSITIVE, 1e-12),
    "hurdle_lognormal to lognormal": (
        "hurdle_lognormal", "lognormal", {"hu": 0.0}, POSITIVE, 1e-12,
    ),
    "shifted_lognormal to lognormal": (
        "shifted_lognormal", "lognormal", {"ndt": 0.0}, POSITIVE, 1e-12,
    ),
    "zero_inflated_beta to beta": ("zero_inflated_beta", "beta", {"zi": 0.0}, SHARES, 1e-12),
    "zoib to zero_inflated_beta": (
        "zero_one_inflated_beta", "zero_inflated_beta", {"zoi": 0.3, "zi": 0.3, "coi": 0.0},
        np.array([0.0, *SHARES]), 1e-12,
    ),
    "zial to asym_laplace": (
        "zero_inflated_asym_laplace", "asym_laplace", {"zi": 0.0}, REAL, 1e-12,
    ),
    "com_poisson to poisson": ("com_poisson", "poisson", {"shape": 1.0}, COUNTS, 1e-12),
    "xbeta to beta": ("xbeta", "beta", {"kappa": 1e-14}, SHARES, 1e-11),
    "discrete_weibull to geometric": (
        "discrete_weibull", "geometric", {"shape": 1.0, "mu": 0.8 / 1.8}, COUNTS, 1e-12,
    ),
}  # fmt: skip

OTHERS = {
    "mu": 0.8, "sigma": 1.3, "nu": 4.0, "shape": 2.2, "phi": 3.1, "quantile": 0.3, "zi": 0.2,
    "alpha": 0.5, "beta": 0.7, "hu": 0.2, "ndt": 0.0, "zoi": 0.1, "coi": 0.4, "kappa": 0.3,
}  # fmt: skip


@pytest.mark.parametrize("name", LIMITS)
def test_limits(name, tools):
    wide, narrow, at, y, tolerance = LIMITS[name]
    found = []
    for which, family_name in (("wide", wide), ("narrow", narrow)):
        family = bl.get_family(family_name)
        point = {d.name: at.get(d.name, OTHERS[d.name]) for d in family.dpars}
        if which == "narrow":
            point["mu"] = OTHERS["mu"]
        found.append(tools.logp(family, point, y))
    np.testing.assert_allclose(found[0], found[1], rtol=tolerance, atol=tolerance)


def test_gumbel_is_the_middle_of_extreme_values(tools):
    family = bl.get_family("gen_extreme_value")
    gumbel = stats.gumbel_r(0.4, 1.3).logpdf(REAL)
    for xi, tolerance in ((0.0, 1e-12), (1e-9, 1e-7), (-1e-9, 1e-7)):
        found = tools.logp(family, {"mu": 0.4, "sigma": 1.3, "xi": xi}, REAL)
        np.testing.assert_allclose(found, gumbel, rtol=tolerance)


def test_negative_binomial_keeps_its_variance(tools):
    family = bl.get_family("negbinomial")
    y = np.arange(4000.0)
    p = np.exp(tools.logp(family, {"mu": 6.0, "shape": 1.5}, y))
    assert (p * y**2).sum() - (p * y).sum() ** 2 == pytest.approx(6.0 + 36.0 / 1.5)
