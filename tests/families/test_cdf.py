"""Every word that cens(), trunc() or a bounded prior needs: its log CDF and log survival."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy import special, stats

import bambi_lite as bl
from bambi_lite.dists import VOCABULARY, Dist, only_priors
from bambi_lite.links import Linked
from bambi_lite.xp import numpy_namespace, pytensor_namespace

XP = numpy_namespace()
FACTS = Path(__file__).parents[1] / "facts" / "tails.json"

# Families that honour cens() and trunc() in brms 2.23.1.
HONOUR = (
    "gaussian", "student", "skew_normal", "asym_laplace", "zero_inflated_asym_laplace",
    "exgaussian", "gen_extreme_value", "von_mises", "binomial", "beta_binomial",
    "zero_inflated_binomial", "zero_inflated_beta_binomial", "poisson", "negbinomial",
    "negbinomial2", "geometric", "com_poisson", "discrete_weibull", "zero_inflated_poisson",
    "zero_inflated_negbinomial", "hurdle_poisson", "hurdle_negbinomial", "gamma", "weibull",
    "exponential", "frechet", "inverse.gaussian", "lognormal", "shifted_lognormal",
    "hurdle_gamma", "hurdle_lognormal", "cox", "beta", "zero_inflated_beta",
)  # fmt: skip
CENSORED = [
    name
    for name in sorted(bl.families())
    if (name in HONOUR or {"cens", "trunc"} & set(bl.get_family(name).additions))
    and bl.get_family(name).structure is None  # test_cox.py has the one with a baseline hazard
]
# A matrix has no cumulative distribution function; those of words that are priors alone come from
# SciPy (dists/laws.py).
ONLY_PRIORS = {word.name for word in only_priors.WORDS} | {"inv_chi_square", "lkj_corr_cholesky"}
PRIORS = [w for w in VOCABULARY.values() if w.prior and w.name not in ONLY_PRIORS]


def distribution(family, tools, point, y):
    return family.likelihood(XP, tools.linked(family, point), tools.response(family, y))


def both(dist, y):
    with np.errstate(all="ignore"):
        return np.broadcast_arrays(dist.lcdf(XP, y), dist.lccdf(XP, y))


def inner_points(family, tools, point):
    """Values inside the support: counts, or quantiles of draws that are no masses."""
    if family.discrete:
        top = tools.TRIALS + 1.0 if "trials" in family.additions else 12.0
        return np.arange(top)
    drawn = tools.draws(family, point, 4000, seed=3)
    drawn = drawn[~np.isin(drawn, family.masses)]
    return np.quantile(drawn, [0.001, 0.02, 0.2, 0.5, 0.8, 0.98, 0.999])


@pytest.fixture(params=CENSORED)
def censored(request):
    return bl.get_family(request.param)


def test_every_family_that_honours_censoring_has_tails(censored, tools):
    word = distribution(censored, tools, tools.grid(censored)[0], np.ones(1)).word
    assert word.lcdf is not None
    assert word.lccdf is not None


@pytest.mark.parametrize("word", PRIORS, ids=lambda word: word.name)
def test_every_prior_has_tails(word):
    assert word.lcdf is not None
    assert word.lccdf is not None
    assert word.name in SCIPY


def test_no_tails_is_an_error():
    with pytest.raises(bl.FamilyError) as error:
        Dist("lkj_corr_cholesky", {"eta": 1.0}).lcdf(XP, np.eye(2))
    assert str(error.value) == (
        "Distribution 'lkj_corr_cholesky' has no cumulative distribution function, which "
        "cens() and trunc() need."
    )


def test_tails_add_up_and_differ_by_the_density(censored, tools):
    for point in tools.grid(censored):
        label = f"{censored.name} at {point}"
        y = inner_points(censored, tools, point)
        dist = distribution(censored, tools, point, y)
        lower, upper = both(dist, y)
        np.testing.assert_allclose(np.exp(lower) + np.exp(upper), 1.0, rtol=1e-12, err_msg=label)
        with np.errstate(all="ignore"):
            density = np.exp(dist.logp(XP, y))
        if censored.discrete:
            # From the tail that is small, where the difference keeps its digits.
            before = both(dist, y - 1.0)
            step = np.where(
                lower < upper, np.exp(lower) - np.exp(before[0]), np.exp(before[1]) - np.exp(upper)
            )
            np.testing.assert_allclose(step, density, rtol=1e-8, atol=1e-14, err_msg=label)
            continue
        h = 1e-4 * np.minimum(np.ptp(y), np.abs(y - edge_near(censored, tools, point, y)))
        slopes = []
        for k in (0, 1):
            # Richardson's extrapolation of central differences: an error of order h^4.
            wide, narrow = (
                (np.exp(both(dist, y + s)[k]) - np.exp(both(dist, y - s)[k])) / (2.0 * s)
                for s in (2.0 * h, h)
            )
            slopes.append((4.0 * narrow - wide) / 3.0)
        for slope in (slopes[0], -slopes[1]):
            # Differences keep no more digits than 1e-16 / 1e-4 of the cumulative probability.
            np.testing.assert_allclose(slope * h, density * h, rtol=1e-6, atol=1e-15, err_msg=label)


def edge_near(family, tools, point, y):
    """The nearest end of the support, or mass, or kink: differences must not step over it."""
    word = VOCABULARY[distribution(family, tools, point, y).name]
    shift = point.get("ndt", 0.0)
    edges = [e + shift for e in word.support if np.isfinite(e)] + list(family.masses)
    if family.name in KINKS:
        edges.append(point["mu"])
    edges = np.array(edges or [np.inf])
    return edges[np.abs(y[:, None] - edges).argmin(axis=1)]


# The density has a kink at mu.
KINKS = ("asym_laplace", "zero_inflated_asym_laplace")


# -- SciPy, and exact numbers -------------------------------------------------------------------

PLACE = {"mu": 0.4, "sigma": 1.3}
P = {"log_p": np.log(0.3), "log1m_p": np.log1p(-0.3)}
# A word: its arguments, SciPy's distribution, and the smallest tails (below, above) that SciPy
# has to ten digits: for some it takes one from the other, or adds up terms of both signs.
SCIPY = {
    "normal": (PLACE, stats.norm(0.4, 1.3), 1e-300, 1e-300),
    "student_t": ({**PLACE, "nu": 4.5}, stats.t(4.5, 0.4, 1.3), 1e-300, 1e-300),
    "cauchy": (PLACE, stats.cauchy(0.4, 1.3), 1e-100, 1e-100),
    "double_exponential": (PLACE, stats.laplace(0.4, 1.3), 1e-300, 1e-300),
    "logistic": (PLACE, stats.logistic(0.4, 1.3), 1e-300, 1e-300),
    "uniform": ({"lower": 0.0, "upper": 4.0}, stats.uniform(0.0, 4.0), 1e-100, 1e-3),
    "skew_normal": (
        {"xi": 0.4, "omega": 1.3, "alpha": 2.0}, stats.skewnorm(2.0, 0.4, 1.3), 1e-3, 1e-10,
    ),
    "asym_laplace": (
        {"mu": 0.4, "sigma": 0.5, "log_q": np.log(0.3), "log1m_q": np.log(0.7)},
        stats.laplace_asymmetric(np.sqrt(0.3 / 0.7), loc=0.4, scale=0.5 / np.sqrt(0.3 * 0.7)),
        1e-100,
        1e-100,
    ),
    "exgaussian": (
        {**PLACE, "beta": 1.5}, stats.exponnorm(1.5 / 1.3, loc=0.4, scale=1.3), 1e-3, 1e-100,
    ),
    "gen_extreme_value": (
        {**PLACE, "xi": 0.2}, stats.genextreme(-0.2, 0.4, 1.3), 1e-100, 1e-10,
    ),
    "von_mises": ({"mu": 0.0, "kappa": 1.3}, stats.vonmises(1.3), 1e-3, 1e-3),
    "exponential": ({"beta": 0.5}, stats.expon(scale=2.0), 1e-100, 1e-300),
    "gamma": ({"alpha": 0.7, "beta": 0.5}, stats.gamma(0.7, scale=2.0), 1e-100, 1e-100),
    "inv_gamma": ({"alpha": 0.7, "beta": 0.5}, stats.invgamma(0.7, scale=0.5), 1e-100, 1e-100),
    "lognormal": (PLACE, stats.lognorm(1.3, scale=np.exp(0.4)), 1e-300, 1e-300),
    "shifted_lognormal": (
        {**PLACE, "shift": 0.25}, stats.lognorm(1.3, loc=0.25, scale=np.exp(0.4)), 1e-10, 1e-100,
    ),
    "weibull": ({"alpha": 1.4, "sigma": 2.0}, stats.weibull_min(1.4, scale=2.0), 1e-100, 1e-300),
    "weibull_mean": (
        {"log_mu": 0.4, "shape": 0.7},
        stats.weibull_min(0.7, scale=np.exp(0.4) / special.gamma(1 + 1 / 0.7)),
        1e-100,
        1e-300,
    ),
    "frechet_mean": (
        {"log_mu": 0.4, "nu": 2.7},
        stats.invweibull(2.7, scale=np.exp(0.4) / special.gamma(1 - 1 / 2.7)),
        1e-300,
        1e-10,
    ),
    "inverse_gaussian": (
        {"log_mu": np.log(3.3), "shape": 0.7},
        stats.invgauss(3.3 / 0.7, scale=0.7),
        1e-100,
        1e-30,
    ),
    "beta": ({"alpha": 0.6, "beta": 1.4}, stats.beta(0.6, 1.4), 1e-100, 1e-10),
    "beta_mean": (
        {"log_mu": np.log(0.3), "log1m_mu": np.log(0.7), "log_phi": np.log(2.0)},
        stats.beta(0.6, 1.4),
        1e-100,
        1e-10,
    ),
    "binomial": ({"trials": 300.0, **P}, stats.binom(300, 0.3), 1e-30, 1e-100),
    "beta_binomial": (
        {"trials": 30.0, **P, "log_phi": np.log(2.0)}, stats.betabinom(30, 0.6, 1.4), 1e-3, 1e-3,
    ),
    "poisson": ({"log_mu": np.log(300.0)}, stats.poisson(300.0), 1e-100, 1e-300),
    "neg_binomial": (
        {"log_mu": np.log(300.0), "log_shape": np.log(50.0)},
        stats.nbinom(50.0, 50.0 / 350.0),
        1e-30,
        1e-100,
    ),
    # SciPy has only that of shape one, which is geometric.
    "discrete_weibull": (
        {"log_p": np.log(0.6), "log1m_p": np.log(0.4), "shape": 1.0},
        stats.nbinom(1.0, 0.4),
        0.1,
        1e-100,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SCIPY)
def test_scipy_agrees_far_into_both_tails(name):
    args, law, down_to, up_to = SCIPY[name]
    dist = Dist(name, args)
    tails = 10.0 ** -np.array([0.1, 0.5, 1, 3, 10, 30, 100, 300])
    low, high = law.ppf(tails[tails >= down_to]), law.isf(tails[tails >= up_to])
    np.testing.assert_allclose(both(dist, low)[0], law.logcdf(low), rtol=1e-9)
    np.testing.assert_allclose(both(dist, high)[1], law.logsf(high), rtol=1e-9)
    # And the large tails that belong to small ones.
    low, high = low[law.cdf(low) < 0.5], high[law.sf(high) < 0.5]
    np.testing.assert_allclose(both(dist, low)[1], np.log1p(-law.cdf(low)), rtol=1e-9)
    np.testing.assert_allclose(both(dist, high)[0], np.log1p(-law.sf(high)), rtol=1e-9)


def facts():
    return [
        pytest.param(name, np.array(args), np.array(values), id=f"{name}{tuple(args)}")
        for name, cases in json.loads(FACTS.read_text(encoding="utf-8")).items()
        for args, values in cases
    ]


@pytest.mark.parametrize(("name", "args", "values"), facts())
def test_kernels_are_exact_with_their_derivatives(name, args, values):
    from bambi_lite.dists.kernels import tails

    found = np.array(getattr(tails, name).function(*args))
    # Sixty-digit numbers; the tails of a probability below 1e-280 have no further digits.
    np.testing.assert_allclose(found, values, rtol=1e-12, atol=1e-280)


# -- edges, axes, gradients -----------------------------------------------------------------------


def test_edges_of_the_support(censored, tools):
    for point in tools.grid(censored):
        dist = distribution(censored, tools, point, np.ones(1))
        low, high = VOCABULARY[dist.name].support
        low = low + point.get("ndt", 0.0)
        if "trials" in censored.additions:
            high = tools.TRIALS
        label = f"{censored.name} at {point}"
        endless = both(dist, np.array([-np.inf, np.inf]))
        np.testing.assert_array_equal(endless, [[-np.inf, 0.0], [0.0, -np.inf]], err_msg=label)
        if np.isfinite(low):
            outside = np.array([low - 1.5, low - 0.5])
            for k, expected in enumerate((-np.inf, 0.0)):
                assert (both(dist, outside)[k] == expected).all(), label
            at = both(dist, np.array([low]))
            if low in censored.masses or censored.discrete:
                mass = np.exp(dist.logp(XP, np.array([low])))
                np.testing.assert_allclose(np.exp(at[0]), mass, rtol=1e-12, err_msg=label)
            else:
                assert at[0] == -np.inf, label
                assert at[1] == 0.0, label
        if np.isfinite(high):
            outside = np.array([high, high + 0.5, high + 3.0])
            for k, expected in enumerate((0.0, -np.inf)):
                assert (both(dist, outside)[k] == expected).all(), label
        if censored.discrete:
            between = both(dist, np.array([2.0, 2.7]))
            assert between[0][0] == between[0][1], label
            assert between[1][0] == between[1][1], label


@pytest.mark.parametrize("name", SCIPY)
def test_nothing_lies_beyond_infinity(name):
    found = both(Dist(name, SCIPY[name][0]), np.array([-np.inf, np.inf]))
    np.testing.assert_array_equal(found, [[-np.inf, 0.0], [0.0, -np.inf]])


@pytest.mark.parametrize("name", sorted({case.values[0] for case in facts()}))
def test_kernels_return_for_what_is_no_number(name):
    from bambi_lite.dists.kernels import tails

    own = getattr(tails, name)
    n_args = own.function.py_func.__code__.co_argcount
    assert np.isnan(own.function(*[np.nan] * n_args)).all()


def test_extreme_values_end_where_their_support_ends():
    for xi, y, expected in ((0.5, -3.0, (-np.inf, 0.0)), (-0.5, 4.0, (0.0, -np.inf))):
        dist = Dist("gen_extreme_value", {"mu": 0.0, "sigma": 1.0, "xi": xi})
        assert tuple(both(dist, np.array(y))) == expected


def test_uniform_and_its_edges():
    dist = Dist("uniform", {"lower": -1.0, "upper": 3.0})
    lower, upper = both(dist, np.array([-2.0, -1.0, 0.0, 3.0, 4.0]))
    np.testing.assert_allclose(np.exp(lower), [0.0, 0.0, 0.25, 1.0, 1.0])
    np.testing.assert_allclose(np.exp(upper), [1.0, 1.0, 0.75, 0.0, 0.0])


def test_draws_have_leading_axes(censored, tools):
    """Parameters of shape (chain, draw, 1) against a response of shape (obs,)."""
    points = (tools.grid(censored) * 3)[:3]
    y = inner_points(censored, tools, points[0])
    wide = {
        d.name: np.array([p[d.name] for p in points for _ in range(2)]).reshape(3, 2, 1)
        for d in censored.dpars
    }
    found = both(distribution(censored, tools, wide, y), y)
    for k in (0, 1):
        assert found[k].shape == (3, 2, len(y))
        for i, point in enumerate(points):
            alone = both(distribution(censored, tools, point, y), y)[k]
            np.testing.assert_array_equal(found[k][i], np.broadcast_to(alone, (2, len(y))))


def gradient_rows(family, tools):
    """Rows to differentiate at: y, linear predictors on default links, and which tail.

    Moderate points, and from the first of them each predictor in turn at -30 and 30; values
    inside, at the ends of and outside the support.
    """
    near = [
        {
            d.name: float(
                family.link(d.name).link(
                    XP, np.float64(tools.fitting(family.link(d.name).name, point[d.name]))
                )
            )
            for d in family.dpars
        }
        for point in tools.grid(family)
    ]
    far = [
        {**near[0], d.name: value}
        for d in family.dpars
        for value in (-30.0, 30.0)
        if family.link(d.name).name != "1/mu^2" or value > 0.0
    ]
    inside = inner_points(family, tools, tools.grid(family)[0])[[0, 3, 5]]
    ends = [-1.0, 0.0, tools.TRIALS] if family.discrete else [-0.93, 0.0, 0.97, 1.0, 7.1, -4e4, 5e4]
    ends += [-np.inf, np.inf]
    rows = [(y, eta, k) for eta in near + far for y in [*inside, *ends] for k in (0, 1)]
    y, etas, side = zip(*rows, strict=True)
    etas = {d.name: np.array([eta[d.name] for eta in etas]) for d in family.dpars}
    return np.array(y), etas, np.array(side)


def tail_on_links(family, tools, y, etas, side):
    """The tails in NumPy: the lower one where `side` is 0, the upper one where it is 1."""
    dpars = {name: Linked(eta, family.link(name)) for name, eta in etas.items()}
    dist = family.likelihood(XP, dpars, tools.response(family, y))
    return np.where(side == 0, *both(dist, y))


def tail_graph(family, tools, y, side, mode):
    """``f(y, *etas) -> [tail, gradients with respect to y and etas]``."""
    import dataclasses

    import pytensor
    import pytensor.tensor as pt

    xp = pytensor_namespace()
    inputs = [pt.dvector("y"), *(pt.dvector(d.name) for d in family.dpars)]
    dpars = {
        d.name: Linked(eta, family.link(d.name))
        for d, eta in zip(family.dpars, inputs[1:], strict=True)
    }
    response = dataclasses.replace(tools.response(family, y), y=inputs[0])
    dist = family.likelihood(xp, dpars, response)
    tail = pt.where(side == 0, dist.lcdf(xp, inputs[0]), dist.lccdf(xp, inputs[0]))
    gradients = pytensor.grad(tail.sum(), inputs, disconnected_inputs="ignore")
    return pytensor.function(inputs, [tail, *gradients], mode=mode, on_unused_input="ignore")


# 1 + exp(-30) has three digits left behind the one: a step of 1e-5 in eta does not move it, and
# the order of operations (1 - 1 / nu) is seen in the third digit.
COARSE = {("frechet", "nu")}


def test_gradients(censored, tools):
    y, etas, side = gradient_rows(censored, tools)
    with np.errstate(all="ignore"):
        tail, *gradients = tail_graph(censored, tools, y, side, "FAST_COMPILE")(y, *etas.values())
    ours = tail_on_links(censored, tools, y, etas, side)
    assert not np.isnan(tail).any()
    assert (tail <= 0.0).all()
    np.testing.assert_allclose(tail, ours, rtol=1e-10, atol=1e-300)
    compared = 0
    for name, gradient in zip(["y", *etas], gradients, strict=True):
        bad = ~np.isfinite(gradient)
        assert not bad.any(), f"d {name}: {row(bad, y, etas, side)}"
        if name == "y" and censored.discrete:
            continue
        slopes = []
        for step in (1e-5, 2e-5, 4e-5):
            moved = [
                tail_on_links(
                    censored,
                    tools,
                    y + s if name == "y" else y,
                    etas if name == "y" else {**etas, name: etas[name] + s},
                    side,
                )
                for s in (step, -step)
            ]
            with np.errstate(all="ignore"):
                slopes.append((moved[0] - moved[1]) / (2.0 * step))
        # Differences are right where they do not depend on the step; across an edge, a kink or a
        # density narrower than the step they do. Rounding of the tail adds to them.
        noise = 1e-15 * np.abs(np.where(np.isfinite(tail), tail, 0.0)) / 1e-5
        with np.errstate(all="ignore"):
            change = np.maximum(np.abs(slopes[0] - slopes[1]), np.abs(slopes[1] - slopes[2]))
            steady = change < 1e-6 * np.abs(slopes[0]) + noise + 1e-9
        if name == "y":
            steady &= y != 0.0  # the end of many supports, where there are two slopes
        if (censored.name, name) in COARSE:
            steady &= etas[name] > -30.0
        if censored.name == "com_poisson":
            # At a shape of 1e-13 all counts up to 1e13 count, and the sum over them is cut.
            steady &= etas["shape"] > -30.0
        gap = np.abs(slopes[0] - gradient) > 1e-5 * np.abs(gradient) + 10.0 * noise + 1e-8
        assert not (gap & steady).any(), (
            f"d {name}: {row(gap & steady, y, etas, side)}, "
            f"{gradient[gap & steady][0]:g} for {slopes[0][gap & steady][0]:g}"
        )
        compared += steady.sum()
    assert compared > 0.6 * len(y)


@pytest.mark.parametrize("word", PRIORS, ids=lambda word: word.name)
def test_gradients_of_priors(word):
    import pytensor
    import pytensor.tensor as pt

    args, law, *_ = SCIPY[word.name]
    inside = law.ppf([0.01, 0.3, 0.6, 0.99])
    y = np.array([*inside, *np.clip(word.support, -1e3, 1e3), -7.3, 0.0, 7.3, -np.inf, np.inf])
    values = [y, *(np.full(len(y), value) for value in args.values())]
    inputs = [pt.dvector("y"), *(pt.dvector(name) for name in args)]
    dist = Dist(word.name, dict(zip(args, inputs[1:], strict=True)))
    for k, tail in enumerate((dist.lcdf, dist.lccdf)):
        graph = tail(pytensor_namespace(), inputs[0])
        function = pytensor.function(
            inputs, [graph, *pytensor.grad(graph.sum(), inputs)], mode="FAST_COMPILE"
        )
        with np.errstate(all="ignore"):
            found, *gradients = function(*values)
        np.testing.assert_allclose(found, both(Dist(word.name, args), y)[k], rtol=1e-12)
        for j, gradient in enumerate(gradients):
            assert np.isfinite(gradient).all()
            up, down = ([v + s * (i == j) for i, v in enumerate(values)] for s in (1e-6, -1e-6))
            slope = [
                both(Dist(word.name, dict(zip(args, moved[1:], strict=True))), moved[0])[k][:4]
                for moved in (up, down)
            ]
            expected = (slope[0] - slope[1]) / 2e-6
            np.testing.assert_allclose(gradient[:4], expected, rtol=1e-5, atol=1e-8)


def row(bad, y, etas, side):
    i = int(np.flatnonzero(bad)[0])
    point = {name: float(eta[i]) for name, eta in etas.items()}
    return f"{bad.sum()} rows, first: tail {side[i]}, y = {y[i]:g}, eta = {point}"


def test_rewrites_know_the_operations(tools, caplog):
    """PyTensor reports a rewrite that failed as a log message; the graph is right without it."""
    from pytensor.graph.rewriting.utils import rewrite_graph

    family = bl.get_family("hurdle_poisson")
    graph = tail_graph(family, tools, np.ones(1), np.zeros(1), "FAST_COMPILE")
    outputs = [output.variable for output in graph.maker.outputs]
    rewrite_graph(outputs, include=("canonicalize", "stabilize", "specialize"), clone=True)
    assert caplog.text == ""


def test_rewrites_would_not_know_a_plain_elementwise_operation(caplog):
    """When this fails, PyTensor's rules count outputs, and ours (op.py) can go."""
    import pytensor.tensor as pt
    from pytensor.graph.rewriting.utils import rewrite_graph
    from pytensor.tensor.elemwise import Elemwise

    from bambi_lite.dists.kernels.tails import GAMMA

    a, x = pt.dvectors("a", "x")
    own = GAMMA.on_graph(a, x).owner.op
    plain, *_ = Elemwise(own.scalar_op)(a, x)
    rewrite_graph(pt.log(plain * x).sum(), include=("canonicalize", "stabilize", "specialize"))
    assert "1 states for 6 outputs" in caplog.text


def test_second_derivatives_are_refused():
    import pytensor
    import pytensor.tensor as pt

    from bambi_lite.dists.kernels.tails import GAMMA

    a, x = pt.dscalars("a", "x")
    slope = pytensor.grad(GAMMA.on_graph(a, x), x)
    with pytest.raises(NotImplementedError, match="'gamma_tails' has no second derivatives"):
        pytensor.grad(slope, x)


@pytest.mark.slow
def test_tails_compile_with_numba(censored, tools):
    """The mode that sampling uses gives what NumPy gives."""
    y, etas, side = gradient_rows(censored, tools)
    graph = tail_graph(censored, tools, y, side, None)
    tail, *gradients = graph(y, *etas.values())
    ours = tail_on_links(censored, tools, y, etas, side)
    # Arithmetic in another order rounds the parameter itself there.
    fine = np.ones(len(y), dtype=bool)
    for name in etas:
        fine &= ((censored.name, name) not in COARSE) | (etas[name] > -30.0)
    np.testing.assert_allclose(tail[fine], ours[fine], rtol=1e-9, atol=1e-300)
    for gradient in gradients:
        assert np.isfinite(gradient).all()
