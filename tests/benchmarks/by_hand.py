"""The likelihoods of the families as a user of PyMC writes them.

PyMC's own distribution where it has one in the same parametrisation, else its logarithm written
with PyTensor. Each function gets the linear predictor (link scale, default link; with a last axis
over categories where there is one for each), the parameters by name, the response and the addition
terms.
"""

import numpy as np
import pymc as pm
import pytensor.tensor as pt


def logp(dist, y):
    """Log-density of an unnamed distribution."""
    return pm.logp(dist, y)


def potential(values):
    pm.Potential("y", pt.sum(values))


def ordered(y, log_p):
    """A response of categories from 1, from the log-probability of each."""
    potential(log_p[np.arange(len(y)), y.astype(int) - 1])


def acat(eta, p, y, extra):
    steps = pt.cumsum(eta[:, None] - p["Intercept"][None, :], axis=1)
    scores = pt.concatenate([pt.zeros((len(y), 1)), steps], axis=1)
    ordered(y, scores - pt.logsumexp(scores, axis=1, keepdims=True))


def sequential(y, log_stop, log_go):
    """Stopping at a category, after going on past all before it."""
    zero = pt.zeros((len(y), 1))
    ordered(
        y,
        pt.concatenate([log_stop, zero], axis=1)
        + pt.concatenate([zero, pt.cumsum(log_go, axis=1)], axis=1),
    )


def sratio(eta, p, y, extra):
    z = p["Intercept"][None, :] - eta[:, None]
    sequential(y, -pt.softplus(-z), -pt.softplus(z))


def cratio(eta, p, y, extra):
    z = eta[:, None] - p["Intercept"][None, :]
    sequential(y, -pt.softplus(z), -pt.softplus(-z))


def hurdle_cumulative(eta, p, y, extra):
    base = pm.OrderedLogistic.dist(eta=eta, cutpoints=p["Intercept"])
    inside = logp(base, np.maximum(y.astype(int) - 1, 0))
    potential(pt.where(y == 0.0, pt.log(p["hu"]), pt.log1p(-p["hu"]) + inside))


def com_poisson(eta, p, y, extra):
    """As many terms of the normalising sum as the largest mean needs."""
    shape, k = p["shape"], np.arange(120.0)
    terms = shape * (k[None, :] * eta[:, None] - pt.gammaln(k + 1.0)[None, :])
    potential(shape * (y * eta - pt.gammaln(y + 1.0)) - pt.logsumexp(terms, axis=1))


def cox(eta, p, y, extra):
    m_splines, i_splines = extra["splines"]
    weights = p["sbhaz"].ravel()
    potential(pt.log(m_splines @ weights) + eta - pt.exp(eta) * (i_splines @ weights))


def softmax(eta):
    return pt.special.softmax(eta, axis=-1)


def dirichlet(eta, p, y, extra):
    pm.Dirichlet("y", a=softmax(eta) * p["phi"], observed=y)


def dirichlet2(eta, p, y, extra):
    pm.Dirichlet("y", a=pt.exp(eta), observed=y)


def dirichlet_multinomial(eta, p, y, extra):
    pm.DirichletMultinomial("y", n=extra["trials"], a=softmax(eta) * p["phi"], observed=y)


def multinomial(eta, p, y, extra):
    pm.Multinomial("y", n=extra["trials"], p=softmax(eta), observed=y)


def logistic_normal(eta, p, y, extra):
    sigma = pt.stack([p["sigmaB"], p["sigmaC"]])
    z = (np.log(y[:, 1:] / y[:, :1]) - eta[:, 1:]) / sigma
    white = pt.linalg.solve_triangular(p["Llncor"], z.T, lower=True)
    scale = pt.sum(pt.log(sigma)) + pt.sum(pt.log(pt.diag(p["Llncor"])))
    constant = np.log(2.0 * np.pi) + np.log(y).sum(axis=1)
    potential(-0.5 * pt.sum(white**2, axis=0) - scale - constant)


def wiener(eta, p, y, extra):
    """Navarro and Fuss (2009), seven terms of the series for short times and for long ones."""
    up = extra["dec"] == 1.0
    drift = pt.where(up, -eta, eta)
    start = pt.where(up, 1.0 - p["bias"], p["bias"])
    a = p["bs"]
    t = (y - p["ndt"]) / a**2
    k = np.arange(-3.0, 4.0)[None, :]
    wide = start[:, None] + 2.0 * k
    short = pt.sum(wide * pt.exp(-(wide**2) / (2.0 * t[:, None])), axis=1)
    short = short / pt.sqrt(2.0 * np.pi * t**3)
    k = np.arange(1.0, 8.0)[None, :]
    waves = k * pt.exp(-(k**2) * np.pi**2 * t[:, None] / 2.0) * pt.sin(k * np.pi * start[:, None])
    density = pt.where(t < 0.5, short, np.pi * pt.sum(waves, axis=1))
    drifted = -drift * a * start - drift**2 * (y - p["ndt"]) / 2.0
    potential(pt.log(density) + drifted - 2.0 * pt.log(a))


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
