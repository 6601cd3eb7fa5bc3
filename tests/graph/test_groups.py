"""Group-level terms in the sampler's density and in ``log_lik``: SciPy's values, by hand."""

import numpy as np
import pandas as pd
import pymc as pm
import pytest
from scipy import special, stats

import bambi_lite as bl

N, GROUPS = 36, 6
RNG = np.random.default_rng(8)
LEVELS = [f"g{i + 1}" for i in range(GROUPS)]


def data_set():
    g = RNG.integers(0, GROUPS, N)
    g[:GROUPS] = np.arange(GROUPS)
    other = (g + RNG.integers(1, GROUPS, N)) % GROUPS
    x = RNG.normal(size=N)
    return pd.DataFrame(
        {
            "y": 1.0 + 0.5 * x + RNG.normal(size=N),
            "count": RNG.poisson(3.0, N),
            "choice": np.resize(["p", "q", "r", "q"], N),
            "x": x,
            "x1": RNG.normal(size=N),
            "x2": RNG.normal(size=N),
            "g": np.take(LEVELS, g),
            "h": np.take(LEVELS, other),
            "b": np.where(g % 2 == 0, "even", "odd"),
            "w1": RNG.uniform(0.5, 2.0, N),
            "w2": RNG.uniform(0.5, 2.0, N),
        }
    )


DATA = data_set()
Y, COUNT, SLOPE = (DATA[name].to_numpy() for name in ("y", "count", "x"))
X = SLOPE - SLOPE.mean()
G, H = (DATA[name].str[1:].astype(int).to_numpy() - 1 for name in ("g", "h"))
EVEN = np.arange(GROUPS) % 2 == 0


def relations():
    """A covariance matrix of the levels, its rows in another order than the levels'."""
    root = RNG.normal(size=(GROUPS, GROUPS))
    matrix = root @ root.T / GROUPS + 0.5 * np.eye(GROUPS)
    order = RNG.permutation(GROUPS)
    names = np.take(LEVELS, order)
    return matrix, pd.DataFrame(matrix[np.ix_(order, order)], index=names, columns=names)


MATRIX, A = relations()
INTERCEPT = bl.prior("normal(0, 5)", class_="Intercept")
SIGMA = bl.prior("exponential(1)", class_="sigma")
SD = bl.prior("exponential(0.5)", class_="sd")
COR = bl.prior("lkj(2)", class_="cor")


def sd_prior(v):
    return sum(stats.expon(scale=2.0).logpdf(x).sum() for k, x in v.items() if k.startswith("sd_"))


def known(v, *positive):
    """The log prior of everything but what is special to a model."""
    found = stats.norm(0, 5).logpdf(v["Intercept"]) + sd_prior(v)
    found += sum(stats.norm.logpdf(z).sum() for k, z in v.items() if k.startswith("z_"))
    # LKJ(2) of two coefficients: (rho + 1) / 2 has the distribution Beta(2, 2).
    found += sum(stats.beta(2, 2).logpdf(u).sum() for k, u in v.items() if k.endswith("_partial"))
    return found + sum(stats.expon.logpdf(v[name]) for name in positive)


def factor(v, name, sd):
    """The Cholesky factor of the covariance of two effects."""
    (u,) = v[f"L_{name}_partial"]
    rho = 2.0 * u - 1.0
    return sd[:, None] * np.array([[1.0, 0.0], [rho, np.sqrt(1.0 - rho**2)]])


def eta(v):
    return v["Intercept"] + v["b"][0] * X


def gaussian(v, mu):
    return stats.norm(mu, v["sigma"]).logpdf(Y), known(v, "sigma")


def correlated(v):
    r = v["z_g"] @ factor(v, "g", v["sd_g"]).T
    return gaussian(v, eta(v) + r[G, 0] + r[G, 1] * SLOPE)


def not_correlated(v):
    r = v["z_g"] * v["sd_g"]
    return gaussian(v, eta(v) + r[G, 0] + r[G, 1] * SLOPE)


def by(v):
    """The effects of even groups and of odd ones have a covariance of their own."""
    r = np.where(
        EVEN[:, None],
        v["z_g"] @ factor(v, "g_1", v["sd_g"][:2]).T,
        v["z_g"] @ factor(v, "g_2", v["sd_g"][2:]).T,
    )
    return gaussian(v, eta(v) + r[G, 0] + r[G, 1] * SLOPE)


def by_without_correlations(v):
    sd = np.where(EVEN, v["sd_g"][0], v["sd_g"][1])
    return gaussian(v, eta(v) + (v["z_g"][:, 0] * sd)[G])


def cov(v):
    """Written for the effects themselves: r ~ N(0, A kron Sigma), then back to z."""
    r = v["sd_g"][0] * np.linalg.cholesky(MATRIX) @ v["z_g"][:, 0]
    row, prior = gaussian(v, eta(v) + r[G])
    prior -= stats.norm.logpdf(v["z_g"]).sum()
    covariance = v["sd_g"][0] ** 2 * MATRIX
    density = stats.multivariate_normal(np.zeros(GROUPS), covariance).logpdf(r)
    return row, prior + density + np.linalg.slogdet(covariance)[1] / 2.0


def cov_of_slopes(v):
    L = factor(v, "g", v["sd_g"])
    r = np.linalg.cholesky(MATRIX) @ v["z_g"] @ L.T
    row, prior = gaussian(v, eta(v) + r[G, 0] + r[G, 1] * SLOPE)
    prior -= stats.norm.logpdf(v["z_g"]).sum()
    covariance = np.kron(MATRIX, L @ L.T)
    density = stats.multivariate_normal(np.zeros(2 * GROUPS), covariance).logpdf(r.ravel())
    return row, prior + density + np.linalg.slogdet(covariance)[1] / 2.0


def df_prior(df):
    law = stats.gamma(2.0, scale=10.0)
    return law.logpdf(df) - law.logsf(1.0)


def student(v):
    """The mixing variable is 1 / chi-square, so that the effects are t: see below."""
    u, df = v["u_g"], v["df_g"]
    r = v["z_g"] @ factor(v, "g", v["sd_g"]).T * np.sqrt(df * u)[:, None]
    row, prior = gaussian(v, eta(v) + r[G, 0] + r[G, 1] * SLOPE)
    mixing = stats.chi2(df).logpdf(1.0 / u) - 2.0 * np.log(u)
    return row, prior + mixing.sum() + df_prior(df)


def id_across_dpars(v):
    r = v["z_g"] @ factor(v, "g", v["sd_g"]).T
    sigma = np.exp(v["Intercept_sigma"] + r[G, 1])
    prior = known(v) + stats.norm(0, 5).logpdf(v["Intercept_sigma"])
    return stats.norm(eta(v) + r[G, 0], sigma).logpdf(Y), prior


def group_on_sigma(v):
    sigma = np.exp(v["Intercept_sigma"] + v["b_sigma"][0] * X + v["sd_g"][0] * v["z_g"][G, 0])
    prior = known(v) + stats.norm(0, 5).logpdf(v["Intercept_sigma"])
    return stats.norm(eta(v), sigma).logpdf(Y), prior


def inflated(v):
    """Two groupings on two parameters of a family of counts."""
    log_mu = eta(v) + v["sd_g"][0] * v["z_g"][G, 0]
    zi = special.expit(v["Intercept_zi"] + v["sd_h"][0] * v["z_h"][H, 0])
    law = stats.poisson(np.exp(log_mu))
    row = np.where(
        COUNT == 0,
        np.log(zi + (1.0 - zi) * law.pmf(0)),
        np.log1p(-zi) + law.logpmf(COUNT),
    )
    return row, known(v) + stats.norm(0, 5).logpdf(v["Intercept_zi"])


def members(v):
    r = v["sd_mmgh"][0] * v["z_mmgh"][:, 0]
    return gaussian(v, eta(v) + (r[G] + r[H]) / 2.0)


def weighted_members(v):
    r = v["sd_mmgh"][0] * v["z_mmgh"][:, 0]
    total = DATA["w1"] + DATA["w2"]
    return gaussian(v, eta(v) + DATA["w1"] / total * r[G] + DATA["w2"] / total * r[H])


def unscaled_members(v):
    r = v["sd_mmgh"][0] * v["z_mmgh"][:, 0]
    return gaussian(v, eta(v) + DATA["w1"] * r[G] + DATA["w2"] * r[H])


def member_covariates(v):
    r = v["z_mmgh"] @ factor(v, "mmgh", v["sd_mmgh"]).T
    first = r[G, 0] + r[G, 1] * DATA["x1"]
    second = r[H, 0] + r[H, 1] * DATA["x2"]
    return gaussian(v, eta(v) + (first + second) / 2.0)


def tied(v):
    """A parameter that takes the value of another one: two categories with the same odds."""
    mu = v["Intercept_muq"] + v["b_muq"][0] * X
    logits = np.column_stack([np.zeros(N), mu, mu])
    p = np.exp(special.log_softmax(logits, axis=1))
    chosen = np.searchsorted(["p", "q", "r"], DATA["choice"])
    prior = stats.norm(0, 5).logpdf(v["Intercept_muq"])
    return stats.multinomial(1, p).logpmf(np.eye(3)[chosen]), prior


LOG_SIGMA = bl.prior("normal(0, 5)", class_="Intercept", dpar="sigma")
SD_SIGMA = bl.prior("exponential(0.5)", class_="sd", dpar="sigma")
MODELS = {
    "correlated": ("y ~ x + (x | g)", "gaussian", [SIGMA, SD, COR], correlated),
    "gr(cor = FALSE)": (
        "y ~ x + (x | gr(g, cor = FALSE))", "gaussian", [SIGMA, SD], not_correlated,
    ),
    "double bar": ("y ~ x + (x || g)", "gaussian", [SIGMA, SD], not_correlated),
    "gr(by)": ("y ~ x + (x | gr(g, by = b))", "gaussian", [SIGMA, SD, COR], by),
    "gr(by), one effect": (
        "y ~ x + (1 | gr(g, by = b))", "gaussian", [SIGMA, SD], by_without_correlations,
    ),
    "gr(cov)": ("y ~ x + (1 | gr(g, cov = A))", "gaussian", [SIGMA, SD], cov),
    "gr(cov), slopes": (
        "y ~ x + (x | gr(g, cov = A))", "gaussian", [SIGMA, SD, COR], cov_of_slopes,
    ),
    "gr(student)": (
        'y ~ x + (x | gr(g, dist = "student"))', "gaussian", [SIGMA, SD, COR], student,
    ),
    "ID across mu and sigma": (
        bl.bf("y ~ x + (1 | p | g)", "sigma ~ 1 + (1 | p | g)"), "gaussian",
        [LOG_SIGMA, SD, SD_SIGMA, COR], id_across_dpars,
    ),
    "group term on sigma": (
        bl.bf("y ~ x", "sigma ~ x + (1 | g)"), "gaussian", [LOG_SIGMA, SD_SIGMA], group_on_sigma,
    ),
    "groups of mu and zi": (
        bl.bf("count ~ x + (1 | g)", "zi ~ 1 + (1 | h)"), "zero_inflated_poisson",
        [
            SD,
            bl.prior("normal(0, 5)", class_="Intercept", dpar="zi"),
            bl.prior("exponential(0.5)", class_="sd", dpar="zi"),
        ],
        inflated,
    ),
    "mur tied to muq": (
        bl.bf("choice ~ x", mur="muq"), "categorical",
        [bl.prior("normal(0, 5)", class_="Intercept", dpar="muq")], tied,
    ),
    "mm": ("y ~ x + (1 | mm(g, h))", "gaussian", [SIGMA, SD], members),
    "mm, weights": (
        "y ~ x + (1 | mm(g, h, weights = cbind(w1, w2)))", "gaussian", [SIGMA, SD],
        weighted_members,
    ),
    "mm, weights as they are": (
        "y ~ x + (1 | mm(g, h, weights = cbind(w1, w2), scale = FALSE))", "gaussian",
        [SIGMA, SD], unscaled_members,
    ),
    "mmc": (
        "y ~ x + (1 + mmc(x1, x2) | mm(g, h))", "gaussian", [SIGMA, SD, COR], member_covariates,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MODELS)
def test_density_and_log_lik_are_what_scipy_says(tools, name):
    formula, family, priors, by_hand = MODELS[name]
    given = priors if family == "categorical" else [INTERCEPT, *priors]
    built = bl.Model(formula, DATA, family, prior=given, data2={"A": A})

    def as_arrays(v):
        row, prior = by_hand(v)
        return np.asarray(row, dtype=float), prior

    tools.check(built, as_arrays, rtol=1e-9)


def test_student_effects_have_a_t_distribution():
    """sqrt(df u) z with u one over chi-square is a t variable, and a new group's effect is too."""
    built = bl.Model('y ~ 1 + (1 | gr(g, dist = "student"))', DATA)
    model = built.pymc
    with model:
        fixed = pm.do(model, {"df_g": 4.0, "sd_g": [2.0]})
    drawn = pm.draw(fixed["r_g"], draws=3000, random_seed=4).ravel()
    assert stats.kstest(drawn, stats.t(4.0, scale=2.0).cdf).pvalue > 1e-3
