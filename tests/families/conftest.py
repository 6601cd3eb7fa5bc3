"""What the tests over the registry share: values of the parameters, and data to go with them."""

import dataclasses
import itertools
from types import SimpleNamespace

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


# What a response is, where it is no number: one of some ordered categories, one without an order,
# or a column of counts or of shares for each.
CATEGORIES = ("A", "B", "C")
THRESHOLDS = 3
COLUMNS = {
    "categorical": "labels",
    **dict.fromkeys(("multinomial", "dirichlet_multinomial"), "counts"),
    **dict.fromkeys(("dirichlet", "dirichlet2", "logistic_normal"), "shares"),
}
#: What else a family has found out about its response.
STATIC = {"cox": {"knots": (0.0, 0.5, 4.0), "groups": ("",)}}
#: Values of parameters that belong to no linear predictor, by their kind.
STRUCTURE = {
    "ordered": lambda shape: np.linspace(-0.9, 1.2, *shape) ** 3,
    "numbers": lambda shape: np.linspace(0.8, -0.4, *shape),
    "simplex": lambda shape: np.arange(1.0, shape[0] + 1.0) / np.arange(1.0, shape[0] + 1.0).sum(),
    "cholesky_corr": lambda shape: np.linalg.cholesky(np.full(shape, 0.4) + 0.6 * np.eye(*shape)),
}


def kind(family):
    """``number``, ``ordered``, ``labels``, ``counts`` or ``shares``."""
    return "ordered" if family.thresholds else COLUMNS.get(family.name, "number")


def lowest(family):
    """The first of ordered categories: zero where that has no threshold."""
    return 0 if any(d.name == "hu" for d in family.dpars) else 1


def blank(family, n):
    """An array that may hold `n` responses."""
    return np.ones((n, len(CATEGORIES))) if kind(family) in ("counts", "shares") else np.zeros(n)


def settled(family):
    """The family on its response: with a ``mu`` for each category, where it has so."""
    return family.on(response(family, blank(family, 2)))


def grid(family):
    """All combinations of these values, as dicts."""
    dpars = settled(family).dpars
    return [
        dict(zip((d.name for d in dpars), combination, strict=True))
        for combination in itertools.product(*(values(d) for d in dpars))
    ]


def structure(family):
    """Values of what belongs to no linear predictor: thresholds, correlations, splines."""
    if family.structure is None:
        return {}
    nothing = SimpleNamespace(columns=(), intercept=False, center=False)
    terms = family.structure(family, response(family, blank(family, 2)), nothing)
    p = {q.name: STRUCTURE[q.kind](q.shape) for term in terms for q in term.params}
    return {term.name: term.value(numpy_namespace(), p) for term in terms}


def linked(family, point):
    """Parameter values as the family takes them, on identity links.

    One that the likelihood takes on a link scale, such as the location of ordered categories, is
    given as a linear predictor.
    """
    latent = {d.name: d.links[0] for d in settled(family).dpars if family.latent and d.main}
    given = {**structure(family), **point}
    return {
        name: Linked(np.asarray(value), get_link(latent.get(name, "identity")))
        for name, value in given.items()
    }


def response(family, y):
    y = np.asarray(y, dtype=float)
    n = y.shape[:1]
    extra = {name: np.full(n, TRIALS) for name in family.additions if name == "trials"}
    extra |= {name: np.arange(*n) % 2.0 for name in family.additions if name == "dec"}
    which = kind(family)
    if which == "number":
        return Response(y, extra, static=STATIC.get(family.name, {}))
    if which != "ordered":
        return Response(y, extra, categories=CATEGORIES)
    extra |= {"start": np.zeros(n), "count": np.full(n, float(THRESHOLDS))}
    labels = tuple(map(str, range(lowest(family), THRESHOLDS + 2)))
    static = {"groups": ("",), "counts": (THRESHOLDS,)}
    return Response(y, extra, categories=labels, static=static)


def logp(family, point, y, dec=None):
    """Log-density; of a time alone where the response has a decision too, unless that is given."""
    if "dec" in family.additions and dec is None:
        return np.logaddexp(*(logp(family, point, y, np.full(np.shape(y), d)) for d in (0.0, 1.0)))
    r = response(family, y)
    if dec is not None:
        r = dataclasses.replace(r, extra={"dec": dec})
    with np.errstate(all="ignore"):
        dist = family.likelihood(numpy_namespace(), linked(family, point), r)
        return dist.logp(numpy_namespace(), r.y)


def draws(family, point, n, seed=1):
    r = response(family, blank(family, n))
    wide = {name: np.full(n, value) for name, value in point.items()}
    dist = family.likelihood(numpy_namespace(), linked(family, wide), r)
    found = np.asarray(dist.random(np.random.default_rng(seed)), dtype=float)
    return np.broadcast_to(found, (n, *found.shape[1:]))


def mean(family, point):
    """The expectation, for categories with an axis of them: shape (1, ...)."""
    dpars = linked(family, {name: np.full(1, value) for name, value in point.items()})
    return np.asarray(family.mean(numpy_namespace(), dpars, response(family, blank(family, 1))))


def values_of(family):
    """All the responses there are, or can be told apart: categories, counts that fit the trials."""
    which = kind(family)
    if which == "ordered":
        return np.arange(lowest(family), THRESHOLDS + 2.0)
    if which == "labels":
        return np.arange(1.0, len(CATEGORIES) + 1.0)
    assert which == "counts"
    every = itertools.product(range(int(TRIALS) + 1), repeat=len(CATEGORIES))
    return np.array([y for y in every if sum(y) == TRIALS], dtype=float)


def some_responses(family):
    """A few responses of the family."""
    if kind(family) in ("ordered", "labels"):
        return values_of(family)
    found = draws(family, grid(family)[0], 5)
    if kind(family) in ("counts", "shares"):
        return found
    zero = (0.0,) if family.discrete else ()
    return np.unique([*found, *family.masses, *zero])[:6]


def registered():
    return [bl.get_family(name) for name in sorted(bl.families())]


def pytest_generate_tests(metafunc):
    """``family``: every registered family; ``number_family``, ``category_family``: some."""
    wanted = {
        "family": registered(),
        "number_family": [f for f in registered() if kind(f) == "number"],
        "category_family": [f for f in registered() if kind(f) != "number"],
    }
    for name, found in wanted.items():
        if name in metafunc.fixturenames:
            metafunc.parametrize(name, found, ids=str)


@pytest.fixture
def tools():
    """The functions above (test files of one folder cannot import each other)."""
    return __import__("sys").modules[__name__]


@pytest.fixture
def slopes():
    """Compare the slopes of a kernel's function of numbers with those of its value."""

    def compare(function, args, free):
        value, *found = function(*args)
        for i in free:
            step = 1e-4 * max(abs(args[i]), 0.1)
            moved = [
                function(*args[:i], args[i] + k * step, *args[i + 1 :])[0] for k in (1, -1, 2, -2)
            ]
            slope = (8.0 * (moved[0] - moved[1]) - (moved[2] - moved[3])) / (12.0 * step)
            # What rounding of the value, and of its change, can make of the quotient.
            noise = 1e-12 * max(abs(value), abs(moved[0] - value), 1e-3) / step
            assert abs(found[i] - slope) < 1e-6 * (1.0 + abs(slope)) + noise, (args, i)

    return compare


# -- all links of a family in one graph ------------------------------------------------------

PROBABILITIES = ("logit", "probit", "probit_approx", "cloglog", "cauchit", "softit")
POSITIVES = ("log", "softplus", "squareplus", "sqrt", "inverse", "1/mu^2")


def fitting(link, value):
    """A value that a link can have, near the one given."""
    if link in PROBABILITIES:
        return value if 0.0 < value < 1.0 else 1.0 / (1.0 + np.exp(-value))
    if link == "logm1":
        return value if value > 1.0 else value + 1.0
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
    dpars = settled(family).dpars
    n = max(len(d.links) for d in dpars)
    return [{d.name: d.links[i % len(d.links)] for d in dpars} for i in range(n)]


def in_turn(names, n):
    """One link that is another one for each `n` values: that of `names`."""
    links = [get_link(name) for name in names]

    def form(which):
        def run(xp, *etas):
            parts = [
                which(link)(xp, *(eta[i * n : (i + 1) * n] for eta in etas))
                for i, link in enumerate(links)
            ]
            if isinstance(etas[0], np.ndarray):
                return np.concatenate(parts)
            import pytensor.tensor as pt

            return pt.concatenate(parts)

        return run

    return Link(
        "in turn",
        None,
        form(lambda link: link.inverse),
        form(lambda link: link.log_of_inverse),
        form(lambda link: link.log1m_of_inverse),
        form(lambda link: link.log_odds_of_inverse),
        form(lambda link: link.log_between),
    )


def graph(family, n, mode="FAST_COMPILE"):
    """``f(y, *etas) -> [logp, *gradients]`` with `n` values for each row of links."""
    import pytensor
    import pytensor.tensor as pt

    xp = pytensor_namespace()
    rows = rows_of_links(family)
    size = n * len(rows)
    y = pt.dmatrix("y") if blank(family, 1).ndim > 1 else pt.dvector("y")
    etas = {d.name: pt.dvector(d.name) for d in settled(family).dpars}
    known = dataclasses.replace(response(family, blank(family, size)), y=y)
    dpars = {
        name: Linked(pt.as_tensor_variable(value), get_link("identity"))
        for name, value in structure(family).items()
    } | {name: Linked(eta, in_turn([row[name] for row in rows], n)) for name, eta in etas.items()}
    density = family.likelihood(xp, dpars, known).logp(xp, y)
    gradients = pytensor.grad(density.sum(), list(etas.values()), disconnected_inputs="ignore")
    return pytensor.function(
        [y, *etas.values()], [density, *gradients], mode=mode, on_unused_input="ignore"
    )
