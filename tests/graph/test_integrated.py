"""Gaussian effects integrated out, against the dense multivariate normal in eighty digits.

Value and gradient of the likelihood alone: the prior is that of the kernels without rows, which
test_kernels.py holds to PyMC.
"""

from decimal import Decimal as D
from decimal import localcontext

import numpy as np
import pandas as pd
import pytest

import bambi_lite as bl
from bambi_lite.engines import Plan, program
from bambi_lite.engines.native import layout as at
from bambi_lite.engines.native.callbacks import density
from bambi_lite.engines.native.centring import effect_columns, pieces_of

DIGITS, STEP = 80, D("1e-25")
LEVELS, N = 5, 30


def data():
    rng = np.random.default_rng(11)
    frame = pd.DataFrame(
        {name: rng.normal(size=N) for name in ("x", "z", "v", "off")}
        | {
            "g": np.repeat([f"g{i}" for i in range(LEVELS)], N // LEVELS),
            "h": np.resize(["a", "b", "c"], N),
            "sub": np.repeat(["s", "t", "s", "t", "t"], N // LEVELS),
            "w": rng.uniform(0.5, 2.0, N),
            "se": rng.uniform(0.3, 1.0, N),
        }
    )
    group = rng.normal(size=LEVELS)[np.arange(N) // (N // LEVELS)]
    frame["y"] = 1.0 + 0.5 * frame["x"] + group + rng.normal(size=N)
    frame["pos"] = np.exp(frame["y"])
    return frame


# (formula, family, the block that is integrated out; empty for none).
MODELS = {
    "one coefficient": ("y ~ x + (1 | g)", "gaussian", "g"),
    "two": ("y ~ x + (x | g)", "gaussian", "g"),
    "three": ("y ~ x + (x + z | g)", "gaussian", "g"),
    "five": ("y ~ x + (x * z + v | g)", "gaussian", "g"),
    "two, uncorrelated": ("y ~ x + (x || g)", "gaussian", "g"),
    "two without intercept": ("y ~ 0 + h + (0 + x + z | g)", "gaussian", "g"),
    "by": ("y ~ x + (x | gr(g, by = sub))", "gaussian", "g"),
    "by, uncorrelated": ("y ~ x + (x || gr(g, by = sub)) + (1 | h)", "gaussian", "g"),
    "by of one": ("y ~ x + (1 | gr(g, by = sub))", "gaussian", "g"),
    "weights": ("y | weights(w) ~ x + (x | g)", "gaussian", "g"),
    "se": ("y | se(se) ~ x + (x | g)", "gaussian", "g"),
    "se and weights": ("y | se(se) + weights(w) ~ x + (1 | g)", "gaussian", "g"),
    "fixed sigma": ("bf(y ~ x + (x | g), sigma = 2)", "gaussian", "g"),
    "offset": ("y ~ x + offset(off) + (x | g)", "gaussian", "g"),
    "lognormal": ("pos ~ x + (x | g)", "lognormal", "g"),
    "crossed": ("y ~ x + (x | g) + (1 | h)", "gaussian", "g"),
    "crossed, weights": ("y | weights(w) ~ x + (1 | g) + (x | h)", "gaussian", "g"),
    "nested": ("y ~ x + (1 | h / g)", "gaussian", "h:g"),
    "no groups": ("y ~ x + z", "gaussian", ""),
    "no groups, weights": ("y | weights(w) ~ x * z + offset(off)", "gaussian", ""),
    "no groups, lognormal": ("pos ~ x", "lognormal", ""),
}


# -- the same in eighty digits ---------------------------------------------------------------


def factor(block, values, level):
    """diag(sd) L of a level, with L from the log-odds of partial correlations."""
    q = len(block.coefs)
    stratum = 0 if block.by is None else block.by.codes[level]
    L = [[D(int(i == j)) for j in range(q)] for i in range(q)]
    if block.correlated:
        names = [param.name for param in block.params if param.kind == "cholesky_corr"]
        partial = iter(values[names[stratum]])
        for i in range(1, q):
            left = D(1)
            for j in range(i):
                e = next(partial).exp()
                w = (e - 1) / (e + 1)
                L[i][j] = w * left.sqrt()
                left *= 1 - w * w
            L[i][i] = left.sqrt()
    sd = [u.exp() for u in values[f"sd_{block.name}"][stratum * q : (stratum + 1) * q]]
    return [[sd[i] * L[i][j] for j in range(q)] for i in range(q)]


def decimals(array):
    return [D(float(number)) for number in np.ravel(array)]


def mean_of(spec, values, name):
    """The mean of each row, and the log-prior of the effects that are sampled."""
    mu, prior = [D(0)] * N, D(0)
    for piece in pieces_of(spec, "mu"):
        if piece.known:
            parts = decimals(spec.arrays[piece.known])
        elif piece.effects:
            continue
        elif piece.columns:
            X = spec.arrays[piece.columns]
            b = values[piece.param]
            parts = [sum(D(float(x)) * c for x, c in zip(row, b, strict=True)) for row in X]
        else:
            parts = [values[piece.param][0]] * N
        mu = [m + p for m, p in zip(mu, parts, strict=True)]
    for block in spec.blocks:
        if block.name == name:
            continue
        q = len(block.coefs)
        factors = [factor(block, values, level) for level in range(len(block.levels))]
        z = values[f"z_{block.name}"]
        prior -= sum(u * u for u in z) / 2
        index, Z = effect_columns(spec, block, "mu")
        for i in range(N):
            own = z[index[i] * q : (index[i] + 1) * q]
            F = factors[index[i]]
            for k in range(q):
                effect = sum(F[k][m] * own[m] for m in range(q))
                mu[i] += D(float(Z[i, k])) * effect
    return mu, prior


def log_normal(residual, S):
    """The log-density without its constant, by Cholesky's factor of the covariance."""
    n, total, white = len(residual), D(0), []
    C = [[D(0)] * n for _ in range(n)]
    for i in range(n):
        for j in range(i + 1):
            rest = S[i][j] - sum(C[i][m] * C[j][m] for m in range(j))
            C[i][j] = rest.sqrt() if i == j else rest / C[j][j]
        white.append((residual[i] - sum(C[i][m] * white[m] for m in range(i))) / C[i][i])
        total -= C[i][i].ln() + white[i] ** 2 / 2
    return total


def likelihood(made, x):
    """The log-likelihood of a point with the effects integrated out."""
    spec, name = made.spec, made.plan.integrated
    values = {param: x[part] for param, part in made.places.items()}
    mu, total = mean_of(spec, values, name)
    y = decimals(np.log(spec.response.y) if spec.family.name == "lognormal" else spec.response.y)
    w = decimals(spec.seen.arrays.get("weights", np.ones(N)))
    if "se" in spec.response.extra:
        variance = [s * s for s in decimals(spec.response.extra["se"])]
    elif "sigma" in values:
        variance = [(2 * values["sigma"][0]).exp()] * N
        # A row counts w times: the variance is 1 / w of it, its logarithm w times as much.
        total -= sum((wi - 1) * values["sigma"][0] for wi in w)
    else:
        variance = [D(4)] * N
    S = [[variance[i] / w[i] if i == j else D(0) for j in range(N)] for i in range(N)]
    for block in (b for b in spec.blocks if b.name == name):
        q = len(block.coefs)
        index, Z = effect_columns(spec, block, "mu")
        rows = []
        for i in range(N):
            F = factor(block, values, index[i])
            rows.append([sum(D(float(Z[i, k])) * F[k][m] for k in range(q)) for m in range(q)])
        for i in range(N):
            for j in range(N):
                if index[i] == index[j]:
                    S[i][j] += sum(a * b for a, b in zip(rows[i], rows[j], strict=True))
    return total + log_normal([a - b for a, b in zip(y, mu, strict=True)], S)


def exact(made, x):
    """Value and gradient; central differences of a step of 1e-25 are exact to 50 digits."""
    with localcontext() as context:
        context.prec = DIGITS
        point = decimals(x)
        gradient = []
        for i in range(len(point)):
            ends = [[*point[:i], point[i] + h, *point[i + 1 :]] for h in (STEP, -STEP)]
            gradient.append(
                float((likelihood(made, ends[0]) - likelihood(made, ends[1])) / STEP / 2)
            )
        return float(likelihood(made, point)), np.array(gradient)


# -- the kernels -----------------------------------------------------------------------------


def without_prior(made, x):
    """Value and gradient of the kernels, less those of the kernels without any rows."""
    gradient = np.empty(made.n_dim)
    value = density(x, made.ints, made.floats, gradient)
    plain = program(made.spec, Plan())
    ints, full, nothing = plain.ints.copy(), np.zeros(plain.n_dim), np.empty(plain.n_dim)
    ints[at.N_ROWS] = 0
    for name, part in made.places.items():
        if not name.startswith("z_"):
            full[plain.places[name]] = x[part]
    value -= density(full, ints, plain.floats, nothing)
    for name, part in made.places.items():
        if not name.startswith("z_"):
            gradient[part] -= nothing[plain.places[name]]
    return value, gradient


def compare(made, points, rtol):
    constant = None
    for x in points:
        value, gradient = without_prior(made, x)
        expected, slopes = exact(made, x)
        constant = expected - value if constant is None else constant
        np.testing.assert_allclose(value + constant, expected, rtol=rtol)
        np.testing.assert_allclose(gradient, slopes, rtol=rtol, atol=rtol * np.abs(slopes).max())


@pytest.mark.parametrize("name", MODELS)
def test_integrating_is_exact(name):
    formula, family, block = MODELS[name]
    spec = bl.Model(formula, data(), family).spec
    made = program(spec, Plan(integrated=block, summed=not block))
    rng = np.random.default_rng(6)
    compare(made, rng.normal(scale=0.5, size=(2, made.n_dim)), 1e-9)


@pytest.mark.parametrize("cor", [0.999, -0.999])
@pytest.mark.parametrize("sd", [1e-6, 1e6])
@pytest.mark.parametrize("name", ["one coefficient", "two", "three", "five", "crossed"])
def test_extreme_scales_and_correlations(name, sd, cor):
    formula, family, block = MODELS[name]
    spec = bl.Model(formula, data(), family).spec
    made = program(spec, Plan(integrated=block))
    (own,) = (b for b in spec.blocks if b.name == block)
    rng = np.random.default_rng(7)
    points = rng.normal(scale=0.4, size=(2, made.n_dim))
    points[:, made.places[f"sd_{block}"]] += np.log(sd)
    if own.correlated:
        points[:, made.places[f"L_{block}"]] = 2.0 * np.arctanh(cor)
    compare(made, points, 1e-9)
