"""A model's parameters as free numbers, and its log density there: all in NumPy, on many draws."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..dists import support
from ..draws import Draws
from ..errors import SamplingError
from ..observation import numpy_log_density
from ..params import Param, Prior
from ..spec import ModelSpec, linked_dpars, take_rows, with_effects
from ..xp import numpy_namespace

type Values = Mapping[str, np.ndarray]

#: Bytes of linear predictor that are held at a time.
_BUDGET = 32 * 2**20


@dataclass(frozen=True, slots=True)
class Place:
    """A parameter's place among the free numbers: how it comes there and back.

    Attributes
    ----------
    param : Param
        The parameter.
    size : int
        How many free numbers it has.
    to_free : callable
        Values of shape (draws, ...) to free numbers of shape (draws, size).
    from_free : callable
        The inverse, with the logarithm of the Jacobian determinant of each draw.
    """

    param: Param
    size: int
    to_free: Callable[[np.ndarray], np.ndarray]
    from_free: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True, slots=True)
class FreeModel:
    """A model as a density over free numbers.

    Attributes
    ----------
    spec : ModelSpec
        The model.
    places : tuple of Place
        Its parameters one after another.
    parts : tuple of ModelSpec
        The model of some rows at a time.
    """

    spec: ModelSpec
    places: tuple[Place, ...]
    parts: tuple[ModelSpec, ...]

    def free(self, draws: Draws) -> np.ndarray:
        """The draws of a fit as free numbers, shape (chains * draws, numbers).

        Raises
        ------
        SamplingError
            Where a parameter cannot be told from the draws that are kept.
        """
        known = sampled_values(draws)
        lost = [p.param.name for p in self.places if p.param.name not in known]
        if lost:
            raise SamplingError(
                f"Moment matching needs the draws of {', '.join(lost)}, which a fit does not keep. "
                f"reloo = True fits the model again without the rows, and needs none."
            )
        flat = {n: v.reshape(-1, *v.shape[2:]) for n, v in known.items()}
        return np.concatenate([p.to_free(flat[p.param.name]) for p in self.places], axis=1)

    def values(self, free: np.ndarray) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """Parameters by name, group effects among them, and the log Jacobian of each draw."""
        found, total, start = {}, np.zeros(len(free)), 0
        for place in self.places:
            own = free[:, start : start + place.size]
            start += place.size
            found[place.param.name], log_jacobian = place.from_free(own)
            total = total + log_jacobian
        return with_effects(self.spec, numpy_namespace(), found, self.spec.arrays), total

    def log_density(self, free: np.ndarray) -> np.ndarray:
        """The log posterior density of free numbers, up to a constant, shape (draws,)."""
        with np.errstate(all="ignore"):
            values, total = self.values(free)
            total = total + sum(self._log_prior(p.param, values) for p in self.places)
            for part in self.parts:
                total = total + log_lik_of(part, values).sum(axis=1)
        return np.asarray(total)

    def log_lik(self, free: np.ndarray, row: int) -> np.ndarray:
        """The log-likelihood of one row, shape (draws,)."""
        with np.errstate(all="ignore"):
            values, _ = self.values(free)
            part = take_rows(self.spec, np.array([row]))
            return np.asarray(log_lik_of(part, values)[:, 0])

    def _log_prior(self, param: Param, values: Values) -> Any:
        xp = numpy_namespace()
        value = values[param.name]
        if param.kind == "cholesky_corr":
            return 0.0  # its prior and its Jacobian are one thing: see _correlations
        if param.kind == "given":
            assert param.given is not None
            args = {
                k: values[v].reshape(-1, *[1] * (value.ndim - 1)) if isinstance(v, str) else v
                for k, v in param.given.args.items()
            }
            dens = param.given.word.logp(xp, value, **args)
            return np.sum(dens, axis=tuple(range(1, value.ndim)))
        columns = value.reshape(len(value), -1)
        return sum(
            prior.dist.logp(xp, columns[:, i])
            for i, prior in enumerate(self.spec.priors[param.name])
            if prior.dist is not None and prior.dist.name != "constant"
        )


def log_lik_of(spec: ModelSpec, values: Values) -> np.ndarray:
    """The log-likelihood of each row, shape (draws, rows)."""
    xp = numpy_namespace()
    dist = spec.family.likelihood(xp, linked_dpars(spec, xp, values, spec.arrays), spec.response)
    found = numpy_log_density(dist, spec.response.y, spec.seen, spec.family.discrete)
    n_draws = len(next(iter(values.values())))
    return np.broadcast_to(found, (n_draws, spec.design.n_obs))


def free_model(spec: ModelSpec, n_draws: int) -> FreeModel:
    """A model as a density over free numbers, for so many draws at a time.

    Raises
    ------
    SamplingError
        For a parameter or a prior that has no free form here.
    """
    n = spec.design.n_obs
    step = max(1, _BUDGET // (8 * n_draws))
    parts = [take_rows(spec, slice(i, min(n, i + step))) for i in range(0, n, step)]
    if spec.made:
        raise SamplingError(_NO_FORM.format(what=f"the shrinkage prior of '{min(spec.made)}'"))
    places = tuple(_place(p, spec.priors.get(p.name, ())) for p in spec.params)
    return FreeModel(spec, places, tuple(parts))


def sampled_values(draws: Draws) -> dict[str, np.ndarray]:
    """The parameters that were sampled, from the draws under brms' names; shape (chain, draw, ...).

    Those that the names do not tell are left out.
    """
    posterior: Any = draws.posterior
    spec = draws.spec
    found: dict[str, np.ndarray] = {}
    for part in spec.terms():
        found |= part.read(posterior)
    for block in spec.blocks:
        found |= block.innovations(posterior, spec.arrays)
    names = {p.name for p in spec.params}
    return {name: values for name, values in found.items() if name in names}


# -- the places ------------------------------------------------------------------------------


def _place(param: Param, priors: Sequence[Prior]) -> Place:
    size = int(np.prod(param.shape, dtype=int))
    if param.kind == "cholesky_corr":
        dist = priors[0].dist
        if dist is None or "eta" not in dist.args:
            raise SamplingError(_NO_FORM.format(what=f"the prior of '{param.name}'"))
        return _correlations(param, float(dist.args["eta"]))
    if param.kind == "ordered":
        return Place(param, size, _ordered_to_free, _ordered_from_free)
    if param.kind not in ("numbers", "given"):
        raise SamplingError(_NO_FORM.format(what=f"'{param.name}'"))
    known = np.full(size, np.nan)
    if param.kind == "given":
        assert param.given is not None
        low, high = (np.full(size, end) for end in param.given.word.support)
    else:
        known = np.broadcast_to([_constant(p) for p in priors], (size,))
        ends = np.broadcast_to([_support(p) for p in priors], (size, 2))
        low, high = ends[:, 0], ends[:, 1]
    free = np.isnan(known)

    def to_free(x: np.ndarray) -> np.ndarray:
        return _bounded_to_free(x.reshape(len(x), size)[:, free], low[free], high[free])

    def from_free(y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        x = np.tile(known, (len(y), 1))
        x[:, free], log_jacobian = _bounded_from_free(y, low[free], high[free])
        return x.reshape(len(y), *param.shape), log_jacobian

    return Place(param, int(free.sum()), to_free, from_free)


_NO_FORM = (
    "Moment matching is not available for {what}. reloo = True fits the model again without the "
    "rows instead."
)


def _constant(prior: Prior) -> float:
    """The number that a prior fixes an element at; NaN where it is free."""
    if prior.dist is None or prior.dist.name != "constant":
        return float("nan")
    return float(prior.dist.args["value"])


def _support(prior: Prior) -> tuple[float, float]:
    """Between which numbers an element is."""
    low, high = (-np.inf, np.inf) if prior.dist is None else support(prior.dist)
    return (
        low if prior.lb is None else max(low, prior.lb),
        high if prior.ub is None else min(high, prior.ub),
    )


def _bounded_to_free(x: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    below, above = np.isfinite(low), np.isfinite(high)
    up = np.log(np.where(below, x - low, 1.0))
    down = np.log(np.where(above, high - x, 1.0))
    return np.where(below & above, up - down, np.where(below, up, np.where(above, down, x)))


def _bounded_from_free(
    y: np.ndarray, low: np.ndarray, high: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    below, above = np.isfinite(low), np.isfinite(high)
    both, free = below & above, ~(below | above)
    p = 1.0 / (1.0 + np.exp(-y))
    width = np.where(both, high - low, 1.0)
    e = np.exp(np.where(free, 0.0, y))
    x = np.where(below, low + e, np.where(above, high - e, y))
    x = np.where(both, np.where(both, low, 0.0) + width * p, x)
    inside = np.log(width) - np.logaddexp(0.0, -y) - np.logaddexp(0.0, y)
    log_jacobian = np.where(both, inside, np.where(free, 0.0, y)).sum(axis=1)
    return x, log_jacobian


def _ordered_to_free(x: np.ndarray) -> np.ndarray:
    return np.concatenate([x[:, :1], np.log(np.diff(x, axis=1))], axis=1)


def _ordered_from_free(y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    steps = np.concatenate([y[:, :1], np.exp(y[:, 1:])], axis=1)
    return np.cumsum(steps, axis=1), y[:, 1:].sum(axis=1)


def _correlations(param: Param, eta: float) -> Place:
    """The Cholesky factor of correlations, by the log-odds of canonical partial correlations.

    Under LKJ(eta) they are independent, (w + 1) / 2 in column j a beta variable with both shapes
    eta + (q - 2 - j) / 2 (Lewandowski, Kurowicka and Joe 2009, J. Multivariate Analysis
    100:1989-2001); the log density of their log-odds is returned as the Jacobian.
    """
    q = param.shape[0]
    cells = [(i, j) for i in range(1, q) for j in range(i)]
    shapes = np.array([eta + (q - 2 - j) / 2.0 for _, j in cells])

    def to_free(L: np.ndarray) -> np.ndarray:
        left = 1.0 - np.cumsum(L**2, axis=2)  # what the columns up to here leave of a row
        w = [L[:, i, j] / np.sqrt(left[:, i, j - 1] if j else np.ones(len(L))) for i, j in cells]
        return 2.0 * np.arctanh(np.stack(w, axis=1))

    def from_free(y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        w = np.tanh(y / 2.0)
        L = np.zeros((len(y), q, q))
        left = np.ones((len(y), q))
        for k, (i, j) in enumerate(cells):
            L[:, i, j] = w[:, k] * np.sqrt(left[:, i])
            left[:, i] *= 1.0 - w[:, k] ** 2
        L[:, range(q), range(q)] = np.sqrt(left)
        density = -shapes * (np.logaddexp(0.0, y) + np.logaddexp(0.0, -y))
        return L, density.sum(axis=1)

    return Place(param, len(cells), to_free, from_free)
