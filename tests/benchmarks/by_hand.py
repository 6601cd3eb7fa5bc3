"""The likelihoods of the families as a user of PyMC writes them.

PyMC's own distribution where it has one in the same parametrisation, else its logarithm written
with PyTensor. Each function gets the linear predictor (link scale, default link), the parameters
by name, the response and the addition terms.
"""

import numpy as np
import pymc as pm
import pytensor.tensor as pt


def logp(dist, y):
    """Log-density of an unnamed distribution."""
    return pm.logp(dist, y)


def potential(values):
    pm.Potential("y", pt.sum(values))


def asym_laplace(eta, p, y, extra):
    q, z = p["quantile"], (y - eta) / p["sigma"]
    potential(pt.log(q * (1.0 - q) / p["sigma"]) - z * (q - (z < 0.0)))


def zero_inflated_asym_laplace(eta, p, y, extra):
    q, z, zi = p["quantile"], (y - eta) / p["sigma"], p["zi"]
    inside = pt.log1p(-zi) + pt.log(q * (1.0 - q) / p["sigma"]) - z * (q - (z < 0.0))
    potential(pt.where(pt.eq(y, 0.0), pt.log(zi), inside))


def bernoulli(eta, p, y, extra):
    pm.Bernoulli("y", logit_p=eta, observed=y.astype(int))


def beta(eta, p, y, extra):
    pm.Beta("y", mu=pm.math.sigmoid(eta), nu=p["phi"], observed=y)


def zero_inflated_beta(eta, p, y, extra):
    inside = logp(pm.Beta.dist(mu=pm.math.sigmoid(eta), nu=p["phi"]), np.where(y == 0.0, 0.5, y))
    potential(pt.where(y == 0.0, pt.log(p["zi"]), pt.log1p(-p["zi"]) + inside))


def zero_one_inflated_beta(eta, p, y, extra):
    safe = np.where((y == 0.0) | (y == 1.0), 0.5, y)
    inside = logp(pm.Beta.dist(mu=pm.math.sigmoid(eta), nu=p["phi"]), safe)
    ends = pt.where(y == 1.0, pt.log(p["coi"]), pt.log1p(-p["coi"]))
    zoi = p["zoi"]
    potential(pt.where((y == 0.0) | (y == 1.0), pt.log(zoi) + ends, pt.log1p(-zoi) + inside))


def beta_binomial(eta, p, y, extra):
    mu, phi = pm.math.sigmoid(eta), p["phi"]
    pm.BetaBinomial("y", alpha=mu * phi, beta=(1.0 - mu) * phi, n=extra["trials"], observed=y)


def zero_inflated_beta_binomial(eta, p, y, extra):
    mu, phi, zi = pm.math.sigmoid(eta), p["phi"], p["zi"]
    base = pm.BetaBinomial.dist(alpha=mu * phi, beta=(1.0 - mu) * phi, n=extra["trials"])
    inside = pt.log1p(-zi) + logp(base, y)
    potential(pt.where(y == 0.0, pt.logaddexp(pt.log(zi), inside), inside))


def binomial(eta, p, y, extra):
    pm.Binomial("y", n=extra["trials"], logit_p=eta, observed=y)


def zero_inflated_binomial(eta, p, y, extra):
    pm.ZeroInflatedBinomial(
        "y", psi=1.0 - p["zi"], n=extra["trials"], p=pm.math.sigmoid(eta), observed=y
    )


def categorical(eta, p, y, extra):
    pm.Categorical("y", logit_p=eta, observed=y.astype(int) - 1)


def cumulative(eta, p, y, extra):
    pm.OrderedLogistic(
        "y", eta=eta, cutpoints=p["Intercept"], compute_p=False, observed=y.astype(int) - 1
    )


def discrete_weibull(eta, p, y, extra):
    pm.DiscreteWeibull("y", q=pm.math.sigmoid(eta), beta=p["shape"], observed=y)


def exgaussian(eta, p, y, extra):
    pm.ExGaussian("y", mu=eta - p["beta"], sigma=p["sigma"], nu=p["beta"], observed=y)


def exponential(eta, p, y, extra):
    pm.Exponential("y", scale=pt.exp(eta), observed=y)


def frechet(eta, p, y, extra):
    nu = p["nu"]
    z = y / (pt.exp(eta) / pt.gamma(1.0 - 1.0 / nu))
    potential(pt.log(nu) - pt.log(y) - nu * pt.log(z) - z**-nu)


def gamma(eta, p, y, extra):
    pm.Gamma("y", alpha=p["shape"], beta=p["shape"] / pt.exp(eta), observed=y)


def gaussian(eta, p, y, extra):
    pm.Normal("y", eta, p["sigma"], observed=y)


def gen_extreme_value(eta, p, y, extra):
    t = 1.0 + p["xi"] * (y - eta) / p["sigma"]
    potential(-pt.log(p["sigma"]) - (1.0 + 1.0 / p["xi"]) * pt.log(t) - t ** (-1.0 / p["xi"]))


def geometric(eta, p, y, extra):
    pm.NegativeBinomial("y", mu=pt.exp(eta), alpha=1.0, observed=y)


def hurdle_gamma(eta, p, y, extra):
    pm.HurdleGamma(
        "y", psi=1.0 - p["hu"], alpha=p["shape"], beta=p["shape"] / pt.exp(eta), observed=y
    )


def hurdle_lognormal(eta, p, y, extra):
    pm.HurdleLogNormal("y", psi=1.0 - p["hu"], mu=eta, sigma=p["sigma"], observed=y)


def hurdle_negbinomial(eta, p, y, extra):
    pm.HurdleNegativeBinomial("y", psi=1.0 - p["hu"], mu=pt.exp(eta), alpha=p["shape"], observed=y)


def hurdle_poisson(eta, p, y, extra):
    pm.HurdlePoisson("y", psi=1.0 - p["hu"], mu=pt.exp(eta), observed=y)


def inverse_gaussian(eta, p, y, extra):
    pm.Wald("y", mu=pt.exp(eta), lam=p["shape"], observed=y)


def lognormal(eta, p, y, extra):
    pm.LogNormal("y", eta, p["sigma"], observed=y)


def shifted_lognormal(eta, p, y, extra):
    potential(logp(pm.LogNormal.dist(eta, p["sigma"]), y - p["ndt"]))


def negbinomial(eta, p, y, extra):
    pm.NegativeBinomial("y", mu=pt.exp(eta), alpha=p["shape"], observed=y)


def negbinomial2(eta, p, y, extra):
    pm.NegativeBinomial("y", mu=pt.exp(eta), alpha=1.0 / p["sigma"], observed=y)


def poisson(eta, p, y, extra):
    pm.Poisson("y", pt.exp(eta), observed=y)


def skew_normal(eta, p, y, extra):
    alpha = p["alpha"]
    shift = np.sqrt(2.0 / np.pi) * alpha / pt.sqrt(1.0 + alpha**2)
    omega = p["sigma"] / pt.sqrt(1.0 - shift**2)
    pm.SkewNormal("y", mu=eta - omega * shift, sigma=omega, alpha=alpha, observed=y)


def student(eta, p, y, extra):
    pm.StudentT("y", nu=p["nu"], mu=eta, sigma=p["sigma"], observed=y)


def von_mises(eta, p, y, extra):
    pm.VonMises("y", mu=2.0 * pt.arctan(eta), kappa=p["kappa"], observed=y)


def weibull(eta, p, y, extra):
    shape = p["shape"]
    pm.Weibull("y", alpha=shape, beta=pt.exp(eta) / pt.gamma(1.0 + 1.0 / shape), observed=y)


def zero_inflated_negbinomial(eta, p, y, extra):
    pm.ZeroInflatedNegativeBinomial(
        "y", psi=1.0 - p["zi"], mu=pt.exp(eta), alpha=p["shape"], observed=y
    )


def zero_inflated_poisson(eta, p, y, extra):
    pm.ZeroInflatedPoisson("y", psi=1.0 - p["zi"], mu=pt.exp(eta), observed=y)
