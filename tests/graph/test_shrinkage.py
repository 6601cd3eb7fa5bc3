"""Shrinkage priors in the graph that is sampled: density, gradient and log_lik by hand."""

import numpy as np
import pandas as pd
import pytensor
import pytest
from scipy import stats

import bambi_lite as bl

RNG = np.random.default_rng(5)
N = 25
DATA = pd.DataFrame(RNG.normal(size=(N, 3)), columns=["x1", "x2", "x3"])
DATA["g"] = np.take(list("abcde"), np.arange(N) % 5)
DATA["y"] = 1.0 + DATA.x1 + RNG.normal(size=N)
X = DATA[["x1", "x2", "x3"]].to_numpy()
CENTRED = X - X.mean(axis=0)
CODES = np.arange(N) % 5


def half(law):
    return lambda x: law.logpdf(x) + np.log(2.0)


def defaults(model, v):
    """What the default priors of the intercept and of sigma add."""
    rows = {row.cls: row.prior for row in model.spec.prior_rows}
    total = 0.0
    for cls in ("Intercept", "sigma"):
        nu, mu, s = (float(a) for a in rows[cls][len("student_t(") : -1].split(","))
        total += stats.t(nu, mu, s).logpdf(v[cls]) + (np.log(2.0) if cls == "sigma" else 0.0)
    return total


def test_horseshoe(tools):
    model = bl.Model("y ~ x1 + x2 + x3", DATA, prior=bl.prior("horseshoe(3, 0.2, 2, 1.5, 6)"))

    def by_hand(v):
        tau, lam = v["zhs_global"] * v["sigma"], v["hs_local"]
        c2 = 1.5**2 * v["hs_slab"]
        scale = tau * np.sqrt(c2 * lam**2 / (c2 + tau**2 * lam**2))
        mu = v["Intercept"] + CENTRED @ (v["zb"] * scale)
        prior = (
            half(stats.t(2, 0, 0.2))(v["zhs_global"])
            + stats.invgamma(3, scale=3).logpdf(v["hs_slab"])
            + half(stats.t(3))(lam).sum()
            + stats.norm.logpdf(v["zb"]).sum()
        )
        rows = stats.norm.logpdf(DATA.y, mu, v["sigma"])
        return rows, prior + defaults(model, v)

    # PyMC's half-t keeps log(2) in single precision, and here are five of them.
    tools.check(model, by_hand, rtol=1e-9)


def r2d2_scales(v, alpha):
    u = v["R2D2_phi_stick"]
    left = np.concatenate([[1.0], np.cumprod(1.0 - u)])
    phi = left * np.append(u, 1.0)
    rest = np.cumsum(alpha[::-1])[::-1][1:]
    prior = stats.beta(0.4 * 6, 0.6 * 6).logpdf(v["R2D2_R2"])
    prior += stats.beta(alpha[:-1], rest).logpdf(u).sum()
    return np.sqrt(phi * v["R2D2_R2"] / (1.0 - v["R2D2_R2"])) * v["sigma"], prior


def test_r2d2(tools):
    model = bl.Model(
        "y ~ x1 + x2 + x3", DATA, prior=bl.prior("R2D2(0.4, 6, cons_D2 = [1, 2, 0.5])")
    )

    def by_hand(v):
        scale, prior = r2d2_scales(v, np.array([1.0, 2.0, 0.5]))
        mu = v["Intercept"] + CENTRED @ (v["zb"] * scale)
        rows = stats.norm.logpdf(DATA.y, mu, v["sigma"])
        return rows, prior + stats.norm.logpdf(v["zb"]).sum() + defaults(model, v)

    tools.check(model, by_hand)


def test_r2d2_shared_with_sds(tools):
    prior = [bl.prior("R2D2(0.4, 6, main = TRUE)"), bl.prior("R2D2()", class_="sd")]
    model = bl.Model("y ~ x1 + x2 + x3 + (1 | g)", DATA, prior=prior)

    def by_hand(v):
        scale, prior = r2d2_scales(v, np.full(4, 0.5))
        r = v["z_g"][:, 0] * scale[3]
        mu = v["Intercept"] + CENTRED @ (v["zb"] * scale[:3]) + r[CODES]
        rows = stats.norm.logpdf(DATA.y, mu, v["sigma"])
        prior += stats.norm.logpdf(v["zb"]).sum() + stats.norm.logpdf(v["z_g"]).sum()
        return rows, prior + defaults(model, v)

    tools.check(model, by_hand)


@pytest.mark.parametrize("text", ["horseshoe(1)", "R2D2(cons_D2 = 0.1)"])
def test_the_gradient_is_finite_far_out(text, tools):
    """Where local scales vanish or grow without end, and shares of the variance are nothing."""
    model = bl.Model("y ~ x1 + x2 + x3", DATA, prior=bl.prior(text)).pymc
    gradients = pytensor.grad(model.logp(), model.value_vars)
    run = pytensor.function(model.value_vars, gradients, mode=tools.MODE)
    start = model.initial_point()
    for size in (-60.0, -20.0, 20.0, 60.0):
        wanted = {
            name: np.full_like(value, size)
            if name.startswith(("hs_", "zhs", "R2D2_phi"))
            else value
            for name, value in start.items()
        }
        assert all(np.isfinite(g).all() for g in run(*(wanted[v.name] for v in model.value_vars)))
