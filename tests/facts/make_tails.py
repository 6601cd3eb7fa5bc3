"""Writes tails.json: what the kernels of bambi_lite/dists/kernels return, to 60 digits' accuracy.

Run by hand with mpmath (which the tests do not need): the numbers in the file come from mpmath
1.4.1. Each tail is a closed form of mpmath's or an integral of the density, and each derivative
a central difference in 60 digits; the small tail gives the other one.
"""

import json
from pathlib import Path

import mpmath as mp

mp.mp.dps = 60
STEP = mp.mpf(10) ** -18


def rest(small):
    return mp.log1p(-mp.exp(small))


def gamma(a, log_x):
    x = mp.exp(log_x)
    lower = x**a * mp.exp(-x) / mp.gamma(a + 1) * mp.hyp1f1(1, a + 1, x)
    if lower < 0.6 or x < 2:
        return mp.log(lower), rest(mp.log(lower))
    upper = mp.log(mp.gammainc(a, x, mp.inf, regularized=True))
    return rest(upper), upper


def beta(a, b, logit):
    x, y = 1 / (1 + mp.exp(-logit)), 1 / (1 + mp.exp(logit))

    def lower(a, b, x, y):
        return x**a * y**b / (a * mp.beta(a, b)) * mp.hyp2f1(a + b, 1, a + 1, x)

    tails = [lower(a, b, x, y) if x < y else None, lower(b, a, y, x) if x >= y else None]
    if x < y and tails[0] > 0.6:
        tails = [None, lower(b, a, y, x)]
    elif x >= y and tails[1] > 0.6:
        tails = [lower(a, b, x, y), None]
    if tails[0] is not None:
        return mp.log(tails[0]), rest(mp.log(tails[0]))
    return rest(mp.log(tails[1])), mp.log(tails[1])


def student(nu, t):
    small = mp.log(0.5) + beta(nu / 2, mp.mpf(0.5), mp.log(nu) - 2 * mp.log(abs(t)))[0]
    return (small, rest(small)) if t < 0 else (rest(small), small)


def mills(t, d):
    def ratio(s):
        return mp.erfc(s / mp.sqrt(2)) / (2 * mp.npdf(s))

    gap = mp.npdf(t) * (ratio(t) - ratio(t + d))
    left = mp.erfc(-t / mp.sqrt(2)) / 2 + mp.npdf(t) * ratio(t + d)
    if gap < 0.6:
        return mp.log(gap), rest(mp.log(gap))
    return rest(mp.log(left)), mp.log(left)


def skew_normal(z, alpha):
    """By Owen's T, whose cancellation costs fewer digits than there are."""
    angle = mp.quad(
        lambda x: mp.exp(-z * z * (1 + x * x) / 2) / (1 + x * x), mp.linspace(0, alpha, 9)
    )
    lower = mp.ncdf(z) - angle / mp.pi
    upper = mp.erfc(z / mp.sqrt(2)) / 2 + angle / mp.pi
    small = mp.log(min(lower, upper))
    return (small, rest(small)) if lower < upper else (rest(small), small)


def von_mises(y, mu, kappa):
    def part(low, high):
        cuts = {low, high} | {
            t
            for j in range(16)
            for t in (mu + j, mu - j, low + mp.mpf(2) ** -j, high - mp.mpf(2) ** -j)
            if low < t < high
        }
        return mp.quad(lambda t: mp.exp(kappa * (mp.cos(t - mu) - 1)), sorted(cuts))

    lower, upper = part(-mp.pi, y), part(y, mp.pi)
    return -mp.log1p(upper / lower), -mp.log1p(lower / upper)


def beta_binomial(y, n, log_a, log_b):
    a, b = mp.exp(log_a), mp.exp(log_b)
    p = [mp.binomial(n, k) * mp.beta(k + a, n - k + b) for k in range(int(n) + 1)]
    lower, upper = mp.fsum(p[: int(y) + 1]), mp.fsum(p[int(y) + 1 :])
    return -mp.log1p(upper / lower), -mp.log1p(lower / upper)


CASES = {
    "GAMMA": (
        gamma,
        [(a, lx) for a in (1e-13, 0.03, 0.99, 2.5, 17.0, 250.0) for lx in (-30.0, -1.0, 0.3, 3.0)]
        + [(250.0, 5.5), (250.0, 5.6), (1500.0, 7.31), (1500.0, 7.5), (1500.0, 9.0), (2.5, 6.5)],
    ),
    "BETA": (
        beta,
        [
            (a, b, u)
            for a, b in (
                (1e-13, 1e-3), (1e-13, 17.0), (0.3, 0.3), (0.99, 250.0), (1.0, 1.0), (2.5, 17.0),
                (1500.0, 0.5), (1500.0, 17.0), (250.0, 300.0),
            )
            for u in (-30.0, -0.5, 2.0, 7.0)
        ],
    ),
    "STUDENT": (
        student,
        [(nu, t) for nu in (0.5, 1.5, 4.5, 30.0, 1500.0) for t in (-1e5, -3.0, -0.1, 1e-8, 1.5)],
    ),
    "MILLS": (
        mills,
        [(t, d) for t in (-30.0, -1.0, 0.3, 2.4, 31.0) for d in (1e-13, 1e-3, 0.3, 2.0, 1e4)]
        + [(-1e8, 3e-9)],
    ),
    "SKEW_NORMAL": (
        skew_normal,
        [
            (z, alpha)
            for z in (-3.0, -0.5, 1e-4, 1.0, 2.5)
            for alpha in (-3.0, 1e-6, 0.5, 2.0)
        ],
    ),
    "VON_MISES": (
        von_mises,
        [(y, mu, k) for k in (1e-5, 0.3, 20.0) for mu in (-1.0, 0.5) for y in (-3.0, -0.7, 2.0)],
    ),
    "BETA_BINOMIAL": (
        beta_binomial,
        [
            (float(y), float(n), a, b)
            for y, n in ((0, 1), (3, 7), (20, 60))
            for a, b in ((-30.0, -30.0), (-3.0, 1.0), (4.0, 2.0), (30.0, 28.0), (2.0, -30.0))
        ],
    ),
}  # fmt: skip


def derivatives(function, args, j):
    step = STEP * (abs(args[j]) or 1)
    up, down = (function(*args[:j], args[j] + s, *args[j + 1 :]) for s in (step, -step))
    return [(u - d) / (2 * step) for u, d in zip(up, down, strict=True)]


def main():
    found = {}
    for name, (function, cases) in CASES.items():
        rows = []
        for case in cases:
            args = [mp.mpf(value) for value in case]
            slopes = [
                [mp.mpf(0)] * 2
                if name == "BETA_BINOMIAL" and j < 2
                else derivatives(function, args, j)
                for j in range(len(args))
            ]
            values = [*function(*args), *(s[0] for s in slopes), *(s[1] for s in slopes)]
            rows.append([list(case), [float(v) for v in values]])
        found[name] = rows
    rows = ",\n".join(
        f'"{name}": [\n' + ",\n".join(json.dumps(row) for row in cases) + "\n]"
        for name, cases in found.items()
    )
    Path(__file__).with_name("tails.json").write_text(f"{{\n{rows}\n}}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
