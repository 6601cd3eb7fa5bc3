"""What the tests over the registry share: values of the parameters, and data to go with them."""

import dataclasses
import itertools

import numpy as np
import pytest

import bambi_lite as bl
from bambi_lite.families import Response
from bambi_lite.links import Link, Linked, get_link
from bambi_lite.xp import numpy_namespace, pytensor_namespace

TRIALS = 7.0

# Values of a parameter by its name, where those of its bounds would say little.
BY_NAME = {"phi": (3.0, 20.0), "alpha": (-3.0, 0.0, 2.0), "xi": (-0.3, 0.0, 0.2)}


def values(dpar):
    """Values of a distributional parameter to test at, from its name or from its bounds."""
    if dpar.name in BY_NAME:
        return BY_NAME[dpar.name]
    if dpar.lower == 0.0 and dpar.upper == 1.0:
        return (0.2, 0.7)
    if dpar.lower == 0.0 and isinstance(dpar.upper, str):
        return (0.15, 0.3)
    if dpar.lower == 0.0:
        return (0.6, 3.0)
    if dpar.lower == 1.0:
        return (4.0, 30.0)
    return (-1.0, 2.0)


def grid(family):
    """All combinations of these values, as dicts."""
    names = [d.name for d in family.dpars]
    return [
        dict(zip(names, combination, strict=True))
        for combination in itertools.product(*(values(d) for d in family.dpars))
    ]


def linked(point):
    """Parameter values as the family takes them, on identity links."""
    identity = get_link("identity")
    return {name: Linked(np.asarray(value), identity) for name, value in point.items()}


def response(family, y):
    y = np.asarray(y, dtype=float)
    extra = {name: np.full(y.shape, TRIALS) for name in family.additions if name == "trials"}
    extra |= {name: np.ones(y.shape) for name in family.additions if name == "dec"}
    return Response(y, extra)


def logp(family, point, y):
    r = response(family, y)
    with np.errstate(all="ignore"):
        return family.likelihood(numpy_namespace(), linked(point), r).logp(numpy_namespace(), r.y)


def draws(family, point, n, seed=1):
    r = response(family, np.zeros(n))
    wide = {name: np.full(n, value) for name, value in point.items()}
    dist = family.likelihood(numpy_namespace(), linked(wide), r)
    return np.broadcast_to(dist.random(np.random.default_rng(seed)), (n,)).astype(float)


def mean(family, point):
    return np.asarray(family.mean(numpy_namespace(), linked(point), response(family, [0.0])))


def registered():
    return [bl.get_family(name) for name in sorted(bl.families())]


def pytest_generate_tests(metafunc):
    """``family``: every registered family."""
    if "family" in metafunc.fixturenames:
        metafunc.parametrize("family", registered(), ids=str)


@pytest.fixture
def tools():
    """The functions above (test files of one folder cannot import each other)."""
    return __import__("sys").modules[__name__]


# -- all links of a family in one graph ------------------------------------------------------

PROBABILITIES = ("logit", "probit", "probit_approx", "cloglog", "cauchit", "softit")
POSITIVES = ("log", "softplus", "squareplus", "sqrt", "inverse", "1/mu^2")


def fitting(link, value):
    """A value that a link can have, near the one given."""
    if link in PROBABILITIES:
        return value if 0.0 < value < 1.0 else 1.0 / (1.0 + np.exp(-value))
    return abs(value) + 0.1 if link in POSITIVES and value <= 0.0 else value


def far(dpar, link):
    """Far linear predictors of a parameter, of those that its link takes without leaving it."""
    if link == "identity":
        return (-30.0, 30.0) if dpar.lower is None and dpar.upper is None else ()
    if link in ("inverse", "1/mu^2"):
        return ()
    if link == "log" and dpar.upper == 1.0:
        return (-30.0, -1e-3)
    return (-30.0, 30.0)


def rows_of_links(family):
    """The links of every parameter in turn, until each has had all of its own."""
    n = max(len(d.links) for d in family.dpars)
    return [{d.name: d.links[i % len(d.links)] for d in family.dpars} for i in range(n)]


def in_turn(names, n):
    """One link that is another one for each `n` values: that of `names`."""
    links = [get_link(name) for name in names]

    def form(which):
        def run(xp, eta):
            parts = [
                getattr(Linked(eta[i * n : (i + 1) * n], link), which)(xp)
                for i, link in enumerate(links)
            ]
            if isinstance(eta, np.ndarray):
                return np.concatenate(parts)
            import pytensor.tensor as pt

            return pt.concatenate(parts)

        return run

    return Link("in turn", None, form("value"), form("log"), form("log1m"))


def graph(family, n, mode="FAST_COMPILE"):
    """``f(y, *etas) -> [logp, *gradients]`` with `n` values for each row of links."""
    import pytensor
    import pytensor.tensor as pt

    xp = pytensor_namespace()
    rows = rows_of_links(family)
    y = pt.dvector("y")
    etas = {d.name: pt.dvector(d.name) for d in family.dpars}
    known = dataclasses.replace(response(family, np.zeros(n * len(rows))), y=y)
    dpars = {
        name: Linked(eta, in_turn([row[name] for row in rows], n)) for name, eta in etas.items()
    }
    density = family.likelihood(xp, dpars, known).logp(xp, y)
    gradients = pytensor.grad(density.sum(), list(etas.values()), disconnected_inputs="ignore")
    return pytensor.function(
        [y, *etas.values()], [density, *gradients], mode=mode, on_unused_input="ignore"
    )
