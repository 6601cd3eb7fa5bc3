"""Addition terms in the sampler's density and in ``log_lik``: SciPy's values, written by hand."""

import numpy as np
import pandas as pd
import pytest
from scipy import special, stats

import bambi_lite as bl

N = 24
RNG = np.random.default_rng(20)


def data_set():
    x = RNG.normal(size=N)
    y = 1.0 + 0.5 * x + RNG.normal(size=N)
    count = RNG.poisson(np.exp(1.2 + 0.3 * x))
    time = np.exp(0.4 + 0.3 * x + 0.6 * RNG.normal(size=N))
    cens = np.resize(["none", "left", "right", "interval", "none"], N)
    return pd.DataFrame(
        {
            "y": y,
            "x": x,
            "count": count,
            "time": time,
            "n": RNG.integers(5, 12, N),
            "k": RNG.integers(0, 5, N),
            "w": RNG.uniform(0.2, 2.5, N),
            "se": RNG.uniform(0.3, 0.9, N),
            "exposure": RNG.uniform(0.5, 4.0, N),
            "kept": np.arange(N) % 3 != 0,
            "cens": cens,
            # Upper ends of the intervals; what stands in the other rows plays no part.
            "y_end": np.where(cens == "interval", y + RNG.uniform(0.3, 1.5, N), np.nan),
            "time_end": np.where(cens == "interval", time * RNG.uniform(1.2, 2.0, N), -1.0),
            "count_end": np.where(cens == "interval", count + RNG.integers(1, 4, N), 0),
            "lower": y - RNG.uniform(0.2, 2.0, N),
            "upper": y + RNG.uniform(0.2, 2.0, N),
            "some_lower": np.where(np.arange(N) % 3 == 0, y - 0.7, -np.inf),
            "some_upper": np.where(np.arange(N) % 4 == 0, y + 0.8, np.inf),
            "some_count_lower": np.where(np.arange(N) % 3 == 0, count, -np.inf),
            "some_count_upper": np.where(np.arange(N) % 4 == 0, count + 2, np.inf),
            "count_lower": np.maximum(count - RNG.integers(0, 3, N), 0),
            "count_upper": count + RNG.integers(0, 4, N),
        }
    )


DATA = data_set()
X = (DATA["x"] - DATA["x"].mean()).to_numpy()
Y, COUNT, TIME = (DATA[name].to_numpy() for name in ("y", "count", "time"))
INTERCEPT = bl.prior("normal(0, 5)", class_="Intercept")
SIGMA = bl.prior("exponential(1)", class_="sigma")
SHAPE = bl.prior("exponential(1)", class_="shape")


def prior(v, *positive):
    """The priors above; the slope has a flat one."""
    known = stats.norm(0, 5).logpdf(v["Intercept"])
    return known + sum(stats.expon.logpdf(v[name]) for name in positive)


def eta(v, x=X):
    return v["Intercept"] + v["b"][0] * x


def observed(law, y, end, discrete=False):
    """What each row says of a response that is censored in all ways, from its distribution."""
    point = law.logpmf(y) if discrete else law.logpdf(y)
    with np.errstate(invalid="ignore", divide="ignore"):
        interval = np.log(law.cdf(end) - law.cdf(y))
    kinds = {"none": point, "left": law.logcdf(y), "right": law.logsf(y), "interval": interval}
    return np.select([DATA["cens"] == kind for kind in kinds], list(kinds.values()))


def negbinomial(mu, shape):
    return stats.nbinom(shape, shape / (shape + mu))


def weibull(mean, shape):
    return stats.weibull_min(shape, scale=mean / special.gamma(1.0 + 1.0 / shape))


# -- terms that every likelihood takes alike, and terms of some families ---------------------


def weights(v):
    return DATA["w"] * stats.norm(eta(v), v["sigma"]).logpdf(Y), prior(v, "sigma")


def scaled_weights(v):
    row, known = weights(v)
    return row / DATA["w"].mean(), known


def weighted_trials(v):
    p = special.expit(eta(v))
    return DATA["w"] * stats.binom(DATA["n"], p).logpmf(DATA["k"]), prior(v)


def constant_trials(v):
    return stats.binom(12, special.expit(eta(v))).logpmf(DATA["k"]), prior(v)


def known_error(v):
    return stats.norm(eta(v), DATA["se"]).logpdf(Y), prior(v)


def known_error_and_sigma(v):
    return stats.norm(eta(v), np.hypot(DATA["se"], v["sigma"])).logpdf(Y), prior(v, "sigma")


def student_error(v):
    scale = np.hypot(DATA["se"], v["sigma"])
    known = prior(v, "sigma") + stats.expon(scale=10.0, loc=1.0).logpdf(v["nu"])
    return stats.t(v["nu"], eta(v), scale).logpdf(Y), known


def rate(v):
    return stats.poisson(DATA["exposure"] * np.exp(eta(v))).logpmf(COUNT), prior(v)


def negbinomial_rate(v):
    mu, shape = DATA["exposure"] * np.exp(eta(v)), DATA["exposure"] * v["shape"]
    return negbinomial(mu, shape).logpmf(COUNT), prior(v, "shape")


def negbinomial2_rate(v):
    mu, shape = DATA["exposure"] * np.exp(eta(v)), DATA["exposure"] / v["sigma"]
    return negbinomial(mu, shape).logpmf(COUNT), prior(v, "sigma")


def geometric_rate(v):
    mu = DATA["exposure"] * np.exp(eta(v))
    return negbinomial(mu, DATA["exposure"]).logpmf(COUNT), prior(v)


def rate_and_offset(v):
    offset = np.log(DATA["w"])
    return stats.poisson(DATA["exposure"] * np.exp(eta(v) + offset)).logpmf(COUNT), prior(v)


def subset(v):
    kept = DATA["kept"].to_numpy()
    x = DATA["x"].to_numpy()[kept]
    return stats.norm(eta(v, x - x.mean()), v["sigma"]).logpdf(Y[kept]), prior(v, "sigma")


# -- censoring -------------------------------------------------------------------------------


def cens_gaussian(v):
    return observed(stats.norm(eta(v), v["sigma"]), Y, DATA["y_end"]), prior(v, "sigma")


def cens_lognormal(v):
    law = stats.lognorm(v["sigma"], scale=np.exp(eta(v)))
    return observed(law, TIME, DATA["time_end"]), prior(v, "sigma")


def cens_weibull(v):
    law = weibull(np.exp(eta(v)), v["shape"])
    return observed(law, TIME, DATA["time_end"]), prior(v, "shape")


def cens_poisson(v):
    law = stats.poisson(np.exp(eta(v)))
    return observed(law, COUNT, DATA["count_end"], discrete=True), prior(v)


def cens_binomial(v):
    law = stats.binom(12, special.expit(eta(v)))
    row = np.where(DATA["kept"], law.logsf(DATA["k"]), law.logpmf(DATA["k"]))
    return row, prior(v)


def cens_rate(v):
    law = stats.poisson(DATA["exposure"] * np.exp(eta(v)))
    return observed(law, COUNT, DATA["count_end"], discrete=True), prior(v)


# -- truncation ------------------------------------------------------------------------------


def trunc_gaussian(v):
    law = stats.norm(eta(v), v["sigma"])
    mass = law.cdf(DATA["upper"]) - law.cdf(DATA["lower"])
    return law.logpdf(Y) - np.log(mass), prior(v, "sigma")


def trunc_of_some(v):
    """Bounds that only some rows have, on either side."""
    law = stats.norm(eta(v), v["sigma"])
    mass = law.cdf(DATA["some_upper"]) - law.cdf(DATA["some_lower"])
    return law.logpdf(Y) - np.log(mass), prior(v, "sigma")


def trunc_of_some_counts(v):
    law = stats.poisson(np.exp(eta(v)))
    mass = law.cdf(DATA["some_count_upper"]) - law.cdf(DATA["some_count_lower"] - 1)
    return law.logpmf(COUNT) - np.log(mass), prior(v)


def trunc_below(v):
    law = stats.norm(eta(v), v["sigma"])
    return law.logpdf(Y) - law.logsf(-4.0), prior(v, "sigma")


def trunc_above(v):
    law = stats.norm(eta(v), v["sigma"])
    return law.logpdf(Y) - law.logcdf(DATA["upper"]), prior(v, "sigma")


def trunc_poisson(v):
    law = stats.poisson(np.exp(eta(v)))
    # The lower bound itself can be observed.
    mass = law.cdf(DATA["count_upper"]) - law.cdf(DATA["count_lower"] - 1)
    return law.logpmf(COUNT) - np.log(mass), prior(v)


def zero_truncated(v):
    law = stats.poisson(np.exp(eta(v)))
    return law.logpmf(COUNT + 1) - np.log1p(-np.exp(-np.exp(eta(v)))), prior(v)


def trunc_weibull(v):
    law = weibull(np.exp(eta(v)), v["shape"])
    return law.logpdf(TIME) - law.logsf(0.05), prior(v, "shape")


def trunc_and_error(v):
    law = stats.norm(eta(v), np.hypot(DATA["se"], v["sigma"]))
    mass = law.cdf(DATA["upper"]) - law.cdf(DATA["lower"])
    return law.logpdf(Y) - np.log(mass), prior(v, "sigma")


def all_of_them(v):
    law = weibull(np.exp(eta(v)), v["shape"])
    row = observed(law, TIME, DATA["time_end"]) - np.log(law.cdf(60.0) - law.cdf(0.05))
    return DATA["w"] * row, prior(v, "shape")


def all_of_them_counted(v):
    law = stats.poisson(DATA["exposure"] * np.exp(eta(v)))
    row = observed(law, COUNT, DATA["count_end"], discrete=True) - law.logsf(-1)
    return DATA["w"] / DATA["w"].mean() * row, prior(v)


MODELS = {
    "weights": ("y | weights(w) ~ x", "gaussian", [SIGMA], weights),
    "scaled weights": ("y | weights(w, scale = TRUE) ~ x", "gaussian", [SIGMA], scaled_weights),
    "weights and trials": ("k | trials(n) + weights(w) ~ x", "binomial", [], weighted_trials),
    "trials, a number": ("k | trials(12) ~ x", "binomial", [], constant_trials),
    "se": ("y | se(se) ~ x", "gaussian", [], known_error),
    "se with sigma": ("y | se(se, sigma = TRUE) ~ x", "gaussian", [SIGMA], known_error_and_sigma),
    "se of student": (
        "y | se(se, sigma = TRUE) ~ x", "student",
        [SIGMA, bl.prior("exponential(0.1)", class_="nu", lb=1)], student_error,
    ),
    "rate of poisson": ("count | rate(exposure) ~ x", "poisson", [], rate),
    "rate of negbinomial": (
        "count | rate(exposure) ~ x", "negbinomial", [SHAPE], negbinomial_rate,
    ),
    "rate of negbinomial2": (
        "count | rate(exposure) ~ x", "negbinomial2", [SIGMA], negbinomial2_rate,
    ),
    "rate of geometric": ("count | rate(exposure) ~ x", "geometric", [], geometric_rate),
    "rate and offset": (
        "count | rate(exposure) ~ x + offset(log(w))", "poisson", [], rate_and_offset,
    ),
    "subset": ("y | subset(kept) ~ x", "gaussian", [SIGMA], subset),
    "cens of gaussian": ("y | cens(cens, y_end) ~ x", "gaussian", [SIGMA], cens_gaussian),
    "cens of lognormal": ("time | cens(cens, time_end) ~ x", "lognormal", [SIGMA], cens_lognormal),
    "cens of weibull": ("time | cens(cens, time_end) ~ x", "weibull", [SHAPE], cens_weibull),
    "cens of poisson": ("count | cens(cens, count_end) ~ x", "poisson", [], cens_poisson),
    "cens of binomial": ("k | trials(12) + cens(kept) ~ x", "binomial", [], cens_binomial),
    "cens and rate": (
        "count | cens(cens, count_end) + rate(exposure) ~ x", "poisson", [], cens_rate,
    ),
    "trunc of gaussian": (
        "y | trunc(lb = lower, ub = upper) ~ x", "gaussian", [SIGMA], trunc_gaussian,
    ),
    "trunc of some rows": (
        "y | trunc(lb = some_lower, ub = some_upper) ~ x", "gaussian", [SIGMA], trunc_of_some,
    ),
    "trunc of some counts": (
        "count | trunc(lb = some_count_lower, ub = some_count_upper) ~ x", "poisson", [],
        trunc_of_some_counts,
    ),
    "trunc below": ("y | trunc(lb = -4) ~ x", "gaussian", [SIGMA], trunc_below),
    "trunc above": ("y | trunc(ub = upper) ~ x", "gaussian", [SIGMA], trunc_above),
    "trunc of poisson": (
        "count | trunc(lb = count_lower, ub = count_upper) ~ x", "poisson", [], trunc_poisson,
    ),
    "zero-truncated": ("I(count + 1) | trunc(lb = 1) ~ x", "poisson", [], zero_truncated),
    "trunc of weibull": ("time | trunc(lb = 0.05) ~ x", "weibull", [SHAPE], trunc_weibull),
    "trunc and se": (
        "y | trunc(lb = lower, ub = upper) + se(se, sigma = TRUE) ~ x", "gaussian", [SIGMA],
        trunc_and_error,
    ),
    "cens, trunc and weights": (
        "time | cens(cens, time_end) + trunc(lb = 0.05, ub = 60) + weights(w) ~ x", "weibull",
        [SHAPE], all_of_them,
    ),
    "cens, trunc, weights and rate": (
        "count | weights(w, scale = TRUE) + cens(cens, count_end) + trunc(lb = 0) + "
        "rate(exposure) ~ x",
        "poisson", [], all_of_them_counted,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MODELS)
def test_density_and_log_lik_are_what_scipy_says(tools, name):
    formula, family, priors, by_hand = MODELS[name]
    built = bl.Model(formula, DATA, family, prior=[INTERCEPT, *priors])

    def as_arrays(v):
        row, known = by_hand(v)
        return np.asarray(row, dtype=float), known

    tools.check(built, as_arrays)


def test_codes_of_censoring_are_words_numbers_or_logical():
    codes = {"left": -1, "none": 0, "right": 1, "interval": 2}
    numbers = DATA.assign(cens=DATA["cens"].map(codes))
    words = bl.Model("y | cens(cens, y_end) ~ x", DATA).spec.seen
    same = bl.Model("y | cens(cens, y_end) ~ x", numbers).spec.seen
    np.testing.assert_array_equal(words.arrays["cens"], same.arrays["cens"])
    right = bl.Model("y | cens(kept) ~ x", DATA).spec.seen
    np.testing.assert_array_equal(right.arrays["cens"], DATA["kept"].astype(int))
    assert words.codes == {-1, 0, 1, 2}
    assert right.codes == {0, 1}
