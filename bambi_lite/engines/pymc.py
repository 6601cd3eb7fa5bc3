"""The plain engine: a model as a ``pm.Model``, sampled by nutpie or by PyMC's own NUTS.

It implements the vocabulary of distributions and the namespace ``xp``; it knows no family and no
term by name.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt

from ..dists import (
    Dist,
    Law,
    cholesky_of_partials,
    law_of,
    partial_shapes,
)
from ..errors import SamplingError, listing
from ..observation import Observation, draw, log_density
from ..params import Param, Prior, given_prior
from ..spec import ModelSpec, linked_dpars, start_values, with_effects, with_made
from ..terms import GroupBlock
from ..xp import pytensor_namespace
from .base import RawDraws, SampleSettings
from .native.centring import means_within
from .nuts import complete, from_zero, run
from .upstream import exact_arithmetic, lean_nutpie, quiet_blas

quiet_blas()

#: Dist name -> PyMC distribution and how its arguments are called there.
_NATIVE: Mapping[str, tuple[Any, Callable[..., dict[str, Any]]]] = {
    "normal": (pm.Normal, lambda mu, sigma: {"mu": mu, "sigma": sigma}),
    "student_t": (pm.StudentT, lambda nu, mu, sigma: {"nu": nu, "mu": mu, "sigma": sigma}),
    "cauchy": (pm.Cauchy, lambda mu, sigma: {"alpha": mu, "beta": sigma}),
    "double_exponential": (pm.Laplace, lambda mu, sigma: {"mu": mu, "b": sigma}),
    "logistic": (pm.Logistic, lambda mu, sigma: {"mu": mu, "s": sigma}),
    "exponential": (pm.Exponential, lambda beta: {"lam": beta}),
    "inv_chi_square": (pm.InverseGamma, lambda nu: {"alpha": nu / 2.0, "beta": 0.5}),
    "gamma": (pm.Gamma, lambda alpha, beta: {"alpha": alpha, "beta": beta}),
    "inv_gamma": (pm.InverseGamma, lambda alpha, beta: {"alpha": alpha, "beta": beta}),
    "lognormal": (pm.LogNormal, lambda mu, sigma: {"mu": mu, "sigma": sigma}),
    "weibull": (pm.Weibull, lambda alpha, sigma: {"alpha": alpha, "beta": sigma}),
    "beta": (pm.Beta, lambda alpha, beta: {"alpha": alpha, "beta": beta}),
    "uniform": (pm.Uniform, lambda lower, upper: {"lower": lower, "upper": upper}),
    "gumbel": (pm.Gumbel, lambda mu, beta: {"mu": mu, "beta": beta}),
}

#: Symmetric distributions cut at their centre have a form of their own, cheaper than Truncated.
_HALF: Mapping[str, tuple[Any, Callable[..., dict[str, Any]]]] = {
    "normal": (pm.HalfNormal, lambda mu, sigma: {"sigma": sigma}),
    "student_t": (pm.HalfStudentT, lambda nu, mu, sigma: {"nu": nu, "sigma": sigma}),
    "cauchy": (pm.HalfCauchy, lambda mu, sigma: {"beta": sigma}),
}


def _random_variable(name: str, prior: Prior, shape: tuple[int, ...], dims: Any) -> Any:
    """A PyMC random variable with that prior, inside the model context."""
    size = {"dims": dims} if dims else {"shape": shape}
    dist = prior.dist
    if dist is None:
        if prior.lb is None and prior.ub is None:
            return pm.Flat(name, **size)
        return _bounded_flat(name, prior.lb, prior.ub, shape, size)
    if dist.name == "constant":
        return pm.Deterministic(name, pt.full(shape, np.float64(dist.args["value"])), dims=dims)
    law = law_of(dist, prior.lb, prior.ub)
    if dist.name == "pymc":
        return _foreign(name, law, shape, dims)
    # As float64: PyTensor keeps a plain 1.5 in single precision and so its logarithm too.
    args = {arg: np.float64(value) for arg, value in dist.args.items()}
    if not law.cut and dist.name in _NATIVE:
        make, rename = _NATIVE[dist.name]
        return make(name, **rename(**args), **size)
    half = law.lower == 0.0 and law.upper == np.inf
    if half and dist.name in _HALF and dist.args["mu"] == 0.0:
        make, rename = _HALF[dist.name]
        return make(name, **rename(**args), **size)
    return _by_law(name, law, size)


def _bounded_flat(
    name: str, lb: float | None, ub: float | None, shape: tuple[int, ...], size: Mapping[str, Any]
) -> Any:
    interval = pm.distributions.transforms.Interval(lb, ub)
    if lb is not None and ub is not None:
        start = (lb + ub) / 2.0
    else:
        start = lb + 1.0 if lb is not None else float(ub or 0.0) - 1.0
    return pm.Flat(name, transform=interval, initval=np.full(shape, start), **size)


def _by_law(name: str, law: Law, size: Mapping[str, Any]) -> Any:
    """A prior that PyMC lacks, or that is cut: from the word's own density and draws.

    What the bounds leave of it is a number, computed once, and exact for every distribution.
    """
    low, high = law.ends
    middle = float(law.quantile(0.5))
    interval = None
    if low > -np.inf or high < np.inf:
        interval = pm.distributions.transforms.Interval(
            None if low == -np.inf else low, None if high == np.inf else high
        )
    xp = pytensor_namespace()
    # As float64 tensors: see _random_variable.
    args = {arg: xp.asarray(np.float64(value)) for arg, value in law.dist.args.items()}
    density = dataclasses.replace(law, dist=Dist(law.dist.name, args))
    log_mass = law.log_mass()

    def random(rng: Any = None, size: Any = None) -> Any:
        return law.draw(rng, () if size is None else tuple(size))

    return pm.CustomDist(
        name,
        logp=lambda value: density.logp(xp, value, log_mass),
        random=random,
        support_point=lambda rv, size: pt.full_like(rv, middle),
        class_name=law.dist.name.title(),
        default_transform=interval,
        **size,
    )


def _foreign(name: str, law: Law, shape: tuple[int, ...], dims: Any) -> Any:
    """A distribution of PyMC that the user made, cut where the parameter has bounds."""
    variable = law.dist.args["make"](shape=shape)
    if law.cut:
        lower = None if law.lower == -np.inf else law.lower
        upper = None if law.upper == np.inf else law.upper
        variable = pm.Truncated.dist(variable, lower=lower, upper=upper, shape=shape)
    return pm.modelcontext(None).register_rv(variable, name, dims=dims)


def _numbers(param: Param, priors: tuple[Prior, ...]) -> Any:
    """A scalar or vector parameter; elements with different priors are separate variables."""
    distinct = list(dict.fromkeys(priors))
    if len(distinct) == 1:
        return _random_variable(param.name, distinct[0], param.shape, param.dims)
    pieces, positions = [], []
    for i, prior in enumerate(distinct):
        where = [j for j, own in enumerate(priors) if own == prior]
        pieces.append(_random_variable(f"{param.name}_{i + 1}", prior, (len(where),), None))
        positions += where
    order = np.argsort(positions)
    return pm.Deterministic(param.name, pt.concatenate(pieces)[order], dims=param.dims)


def _cholesky_corr(name: str, q: int, eta: float) -> Any:
    """The Cholesky factor of a correlation matrix of q coefficients under LKJ(eta).

    Built from canonical partial correlations, which are independent under LKJ and scaled betas
    (:func:`bambi_lite.dists.partial_shapes`). On the log-odds scale of u the tails are exponential,
    as in Stan. PyMC 6.4's own transform has polynomial ones, and chains stay near correlations
    of 1.
    """
    a = np.array(partial_shapes(q, eta))
    u = pm.Beta(f"{name}_partial", alpha=a, beta=a, shape=len(a))
    return pm.Deterministic(name, cholesky_of_partials(pytensor_namespace(), 2.0 * u - 1.0, q))


def _ordered(param: Param, priors: tuple[Prior, ...]) -> Any:
    """A vector each of whose elements is above the one before, its priors conditioned on that."""
    start = np.linspace(-1.0, 1.0, param.shape[0]) if param.shape[0] > 1 else np.zeros(1)
    transform = pm.distributions.transforms.ordered
    values = pm.Flat(param.name, dims=param.dims, transform=transform, initval=start)
    xp = pytensor_namespace()
    for i, prior in enumerate(priors):
        if prior.dist is not None:
            pm.Potential(f"{param.name}_{i + 1}_prior", prior.dist.logp(xp, values[i]))
    return values


def _simplex(param: Param, prior: Prior) -> Any:
    """Numbers that add up to one, under a Dirichlet prior; one argument is meant for all of them.

    Built by breaking a stick: each piece is a part u of what the earlier ones leave, and these are
    independent betas (Connor and Mosimann 1969, JASA 64:194-206). PyMC 6.4's own transform gave
    divergences and a third of the effective draws where a weight is near zero.
    """
    alpha = 1.0 if prior.dist is None else prior.dist.args["alpha"]
    a = np.broadcast_to(np.asarray(alpha, dtype=float), param.shape)
    one = pt.ones(1)
    if len(a) == 1:
        return pm.Deterministic(param.name, one)
    later = np.cumsum(a[::-1])[::-1][1:]
    u = pm.Beta(f"{param.name}_stick", alpha=a[:-1], beta=later, shape=len(later))
    left = pt.concatenate([one, pt.cumprod(1.0 - u)])
    return pm.Deterministic(param.name, left * pt.concatenate([u, one]))


def _given(param: Param, p: Mapping[str, Any]) -> Any:
    """A variable whose distribution is part of the model; other parameters are its arguments."""
    assert param.given is not None
    own = given_prior(param)
    if own is not None and param.given.word.over == "proportions":
        return _simplex(param, own)
    if own is not None:
        return _random_variable(param.name, own, param.shape, param.dims)
    args = {k: p[v] if isinstance(v, str) else v for k, v in param.given.args.items()}
    make, rename = _NATIVE[param.given.name]
    return make(param.name, **rename(**args), dims=param.dims)


def _variable(param: Param, priors: Mapping[str, tuple[Prior, ...]], p: Mapping[str, Any]) -> Any:
    if param.kind == "given":
        return _given(param, p)
    if param.kind == "ordered":
        return _ordered(param, priors[param.name])
    if param.kind == "simplex":
        return _simplex(param, priors[param.name][0])
    if param.kind == "cholesky_corr":
        dist = priors[param.name][0].dist
        assert dist is not None
        return _cholesky_corr(param.name, param.shape[0], float(dist.args["eta"]))
    return _numbers(param, priors[param.name])


def _centred(spec: ModelSpec, block: GroupBlock, p: Mapping[str, Any]) -> Any:
    """The innovations of effects that are sampled as they are, around their mean.

    Sampled is ``c = r + M b``, where M b is what is constant within the levels of the group
    (:func:`.native.centring.means_within`) and r the effects. A shift has the Jacobian one, so any
    M gives the same posterior, one that other data would have given among them.
    """
    dpars = {coef.dpar for coef in block.coefs}
    within = means_within(spec, block, dpars.pop()) if len(dpars) == 1 else {}
    known = {param.name: param for param in spec.params}
    shape = (len(block.levels), len(block.coefs))
    mean, start = pt.zeros(shape), np.zeros(shape)
    for (name, i), weights in within.items():
        mean = mean + weights * (p[name][i] if known[name].shape else p[name])
        dist = spec.priors[name][0].dist
        start = start + weights * (0.0 if dist is None else float(dist.args.get("mu", 0.0)))
    dims = (block.dim, f"{block.name}__coef")
    effects = pm.Flat(f"c_{block.name}", dims=dims, initval=start)
    factor = p[f"sd_{block.name}"][:, None] * np.eye(shape[1])
    if block.correlated:
        factor = pt.dot(factor, p[f"L_{block.name}"])
    # Forward substitution, coefficient after coefficient: numba takes a minute over a solve.
    away = effects - mean
    columns: list[Any] = []
    for k in range(shape[1]):
        rest = away[:, k] - sum(factor[k, m] * columns[m] for m in range(k))
        columns.append(rest / factor[k, k])
    z = pt.stack(columns, axis=-1)
    volume = shape[0] * pt.sum(pt.log(pt.diag(factor)))
    pm.Potential(f"c_{block.name}_prior", -0.5 * pt.sum(z**2) - volume)
    return pm.Deterministic(f"z_{block.name}", z, dims=dims)


def _observe(spec: ModelSpec, dist: Dist, observed: Any, seen: Observation) -> None:
    """The likelihood: a native distribution where PyMC has it, our own density elsewhere."""
    name = spec.response_name
    if dist.name in _NATIVE and not seen:
        make, rename = _NATIVE[dist.name]
        make(name, **rename(**dist.args), observed=observed, dims="obs")
        return
    xp = pytensor_namespace()
    split = len(dist.args)

    def apart(args: Sequence[Any]) -> tuple[Dist, Observation]:
        own = dict(zip(dist.args, args[:split], strict=True))
        arrays = dict(zip(seen.arrays, args[split:], strict=True))
        return dataclasses.replace(dist, args=own), dataclasses.replace(seen, arrays=arrays)

    def logp(value: Any, _: Any, *args: Any) -> Any:
        own, arrays = apart(args)
        return log_density(xp, own, value, arrays, spec.family.discrete)

    def random(whole: Any, *args: Any, rng: Any = None, size: Any = None) -> Any:
        *values, generator = (*args, rng)
        # A parameter that is one number is that of every row, each of which has a draw of its own.
        rows = whole.shape[:1]
        values = [np.broadcast_to(v, rows) if np.shape(v) == (1,) else v for v in values]
        return draw(generator, *apart(values), spec.family.discrete)

    # All of the response is one value of the distribution, so that arguments of any shape may
    # belong to it (thresholds, columns); the first argument is there for its shape.
    arguments = (pt.zeros_like(observed), *dist.args.values(), *seen.arrays.values())
    inputs = [pt.as_tensor_variable(value) for value in arguments]
    pm.CustomDist(
        name,
        *inputs,
        logp=logp,
        random=random if dist.word.random is not None else None,
        signature=_signature(inputs),
        observed=observed,
        dims=("obs",) if spec.response.y.ndim == 1 else ("obs", f"{name}_column"),
        class_name=dist.word.name.title(),
    )


def _signature(inputs: Sequence[Any]) -> str:
    """``(a0),(b0,b1)->(a0)``: no axis is shared, and the result has the shape of the first."""
    shapes = [
        ",".join(f"{chr(97 + i // 26)}{chr(97 + i % 26)}{axis}" for axis in range(value.ndim))
        for i, value in enumerate(inputs)
    ]
    return f"{','.join(f'({shape})' for shape in shapes)}->({shapes[0]})"


def build(spec: ModelSpec) -> pm.Model:
    """The model as a ``pm.Model``: named dimensions, data as ``pm.Data``.

    Parameters
    ----------
    spec : ModelSpec
        The model.

    Returns
    -------
    pymc.Model
        With the parameters by the names of ``spec.params``, the group effects ``r_<group>`` as
        deterministics, and the response observed under its own name.
    """
    xp = pytensor_namespace()
    coords: dict[str, Any] = {**spec.coords, "obs": np.arange(spec.design.n_obs)}
    if spec.response.y.ndim > 1:
        coords[f"{spec.response_name}_column"] = spec.response.categories
    with pm.Model(coords=coords) as model:
        d = {name: pm.Data(name, array) for name, array in spec.arrays.items()}
        extra = {name: pm.Data(name, array) for name, array in spec.response.extra.items()}
        seen = dataclasses.replace(
            spec.seen, arrays={k: pm.Data(k, v) for k, v in spec.seen.arrays.items()}
        )
        # No dimension: a response may have columns.
        observed = pm.Data(f"{spec.response_name}_observed", spec.response.y)
        p: dict[str, Any] = {}
        centred = {f"z_{block.name}": block for block in spec.blocks if block.centered}
        for param in spec.params:
            if param.name in centred:
                p[param.name] = _centred(spec, centred[param.name], p)
            elif param.name not in spec.made:
                p[param.name] = _variable(param, spec.priors, p)
        made = with_made(spec, xp, p)
        for param in spec.params:
            if param.name in spec.made:
                p[param.name] = pm.Deterministic(param.name, made[param.name], dims=param.dims)
        for name, value in start_values(spec).items():
            model.set_initval(model[name], np.float64(value))
        p = with_effects(spec, xp, p, d)
        for block in spec.blocks:
            name = f"r_{block.name}"
            p[name] = pm.Deterministic(name, p[name], dims=(block.dim, f"{block.name}__coef"))
        dpars = linked_dpars(spec, xp, p, d)
        response = dataclasses.replace(spec.response, extra=extra)
        _observe(spec, spec.family.likelihood(xp, dpars, response), observed, seen)
    return model


# -- sampling --------------------------------------------------------------------------------

_PYMC_STATS = (
    "lp",
    "tree_depth",
    "n_steps",
    "diverging",
    "energy",
    "step_size",
    "acceptance_rate",
    "reached_max_treedepth",
)


def _kept(model: pm.Model, params: Sequence[Param]) -> list[str]:
    """Variables to bring back: the parameters themselves; everything else is computed later."""
    return [param.name for param in params if param.name in model.named_vars]


def _check_init(model: pm.Model, init: Mapping[str, Any]) -> None:
    names = [rv.name for rv in model.free_RVs]
    for name in init:
        if name not in names:
            raise SamplingError(f"init names '{name}'; parameters of the model: {listing(names)}.")


def compile_nutpie(
    spec: ModelSpec,
    model: pm.Model,
    init: Mapping[str, Any] | None = None,
    frozen: bool = True,
) -> Any:
    """The model as nutpie's compiled code: density, gradient and the values to keep.

    Parameters
    ----------
    spec : ModelSpec
        The model.
    model : pymc.Model
        What :func:`build` made of it.
    init : mapping, optional
        Values to start from, by the parameters' names.
    frozen : bool
        Whether the data are constants: what depends on them alone, such as the factorials of
        counts, is worked out once. Otherwise the code takes other data (``with_data``).

    Returns
    -------
    nutpie.CompiledPyMCModel
    """
    import nutpie

    given = None if init is None else dict(init)
    # What is worked out from constants may be the logarithm of a zero that is not used.
    with lean_nutpie(), exact_arithmetic(), np.errstate(all="ignore"):
        return nutpie.compile_pymc_model(
            model,
            initial_points=given,
            var_names=_kept(model, spec.params),
            freeze_model=frozen,
        )


def sample(
    spec: ModelSpec,
    model: pm.Model,
    settings: SampleSettings,
    compiled: Callable[[], Any],
) -> RawDraws:
    """Draw from the posterior.

    Parameters
    ----------
    spec : ModelSpec
        The model.
    model : pymc.Model
        What :func:`build` made of it.
    compiled : callable
        Gives what :func:`compile_nutpie` made of it; called only when nutpie samples.
    settings : SampleSettings
        How to sample.

    Raises
    ------
    SamplingError
        When no draws came back: interrupted before the first, or no chain could start.
    """
    if isinstance(settings.init, Mapping):
        _check_init(model, settings.init)
    if not model.free_RVs:
        raise SamplingError("The model has no free parameter to sample.")
    if settings.backend == "pymc":
        return _sample_pymc(spec, model, settings)
    return _sample_nutpie(spec, model, settings, compiled)


def _sample_nutpie(
    spec: ModelSpec, model: pm.Model, settings: SampleSettings, compiled: Callable[[], Any]
) -> RawDraws:
    start = time.perf_counter()
    if isinstance(settings.init, Mapping):
        code = compile_nutpie(spec, model, settings.init)
    else:
        code = compiled()
    if settings.init == 0:
        code = from_zero(code)
    seconds = {"compile": time.perf_counter() - start}
    raw = run(code, settings, _kept(model, spec.params))
    return dataclasses.replace(raw, seconds={**seconds, **raw.seconds})


def _sample_pymc(spec: ModelSpec, model: pm.Model, settings: SampleSettings) -> RawDraws:
    start = time.perf_counter()
    init: dict[str, Any] = {}
    if isinstance(settings.init, Mapping):
        init = {"initvals": dict(settings.init)}
    elif settings.init == 0:
        init = {"init": "adapt_diag"}
    with model, exact_arithmetic():
        trace = pm.sample(
            draws=settings.iter - settings.warmup,
            tune=settings.warmup,
            chains=settings.chains,
            cores=settings.cores,
            random_seed=settings.seed,
            nuts={"target_accept": settings.adapt_delta, "max_treedepth": settings.max_treedepth},
            progressbar=settings.progress,
            compute_convergence_checks=False,
            discard_tuned_samples=True,
            var_names=_kept(model, spec.params),
            nuts_sampler="pymc",
            quiet=not settings.progress,
            **init,
        )
    posterior, stats = complete(trace, settings)
    asked = settings.draws
    return RawDraws(
        values={name: posterior[name] for name in _kept(model, spec.params)},
        stats={name: stats[name] for name in _PYMC_STATS if name in stats},
        seconds={"sampling": time.perf_counter() - start},
        interrupted=next(iter(posterior.values())).shape[1] < asked,
        library=f"pymc {pm.__version__}",
    )
