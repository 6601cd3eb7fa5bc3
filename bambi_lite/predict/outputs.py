"""What ``posterior_predict(output=)`` gives beside draws: the predictive distribution itself.

As in brms 2.23 (pull request 1857): densities, probabilities, quantiles, and the probability
integral transform.
"""

from __future__ import annotations

from typing import Any, Literal, get_args

import numpy as np

from ..dists import Dist
from ..errors import DataError, FamilyError, listing, suggest
from ..observation import log_bounds, log_tails, quantiles
from ..xp import numpy_namespace
from .basis import Basis, Part
from .expectation import mean
from .prediction import Prediction
from .responses import likelihood

type Output = Literal["random", "density", "probability", "quantile", "pit"]
OUTPUTS: tuple[Output, ...] = get_args(Output.__value__)
#: What each output reads beside the model.
_READS = {
    "random": (),
    "density": ("q", "log"),
    "probability": ("q", "lower_tail", "log_p"),
    "quantile": ("p", "lower_tail", "log_p"),
    "pit": ("q",),
}
_DEFAULTS = {"q": None, "p": None, "lower_tail": True, "log_p": False, "log": False}


def check_output(output: Any, given: dict[str, Any]) -> None:
    """DataError for an unknown output, and for arguments that play no part in it."""
    if output not in OUTPUTS:
        raise DataError(
            f"output has to be one of {listing(OUTPUTS)}, not {output!r}."
            f"{suggest(str(output), OUTPUTS)}"
        )
    for name, value in given.items():
        if value is not _DEFAULTS[name] and name not in _READS[output]:
            readers = [o for o in OUTPUTS if name in _READS[o]]
            raise DataError(
                f"{name} plays no part in output = '{output}'; it belongs to output = "
                f"{listing(map(repr, readers))}."
            )
    if output == "quantile" and given["p"] is None:
        raise DataError("output = 'quantile' needs p, the probability of the quantile: p = 0.9.")


def distribution(basis: Basis, output: Output, given: dict[str, Any]) -> Prediction:
    """Densities, probabilities, quantiles or the transform of each row in each draw."""
    n = basis.design.n_obs
    if output == "density":
        q = _values(basis, given["q"])

        def compute(part: Part) -> np.ndarray:
            return _density(part, basis.shape, q[part.rows], given["log"])

    elif output == "quantile":
        p = _per_row(given["p"], n, "p")
        p = np.exp(p) if given["log_p"] else p
        if ((p < 0.0) | (p > 1.0)).any():
            raise DataError(
                f"p has to be probabilities between 0 and 1, or their logarithms with "
                f"log_p = True; it has {_first_bad(p)}."
            )
        p = p if given["lower_tail"] else 1.0 - p

        def compute(part: Part) -> np.ndarray:
            return _quantile(part, basis.shape, p[part.rows])

    elif output == "probability":
        q = _values(basis, given["q"])

        def compute(part: Part) -> np.ndarray:
            tails = _tails(part, basis.shape, q[part.rows])
            found = tails[0 if given["lower_tail"] else 1]
            return found if given["log_p"] else np.exp(found)

    else:
        q = _values(basis, given["q"])
        # The third stream: those of new groups and of responses are others.
        rng = np.random.default_rng(basis.asked.seed).spawn(3)[2]

        def compute(part: Part) -> np.ndarray:
            return _transform(part, basis.shape, q[part.rows], rng)

    return Prediction(basis, compute, f"{output} of the predicted response")


def _first_bad(p: np.ndarray) -> str:
    return f"{p[(p < 0.0) | (p > 1.0)][0]:g}"


def needs_response(output: Output, q: Any) -> bool:
    """Whether an output is about the observed responses."""
    return "q" in _READS[output] and q is None


def _values(basis: Basis, q: Any) -> np.ndarray:
    """The values to look at, by default the observed responses."""
    if q is None:
        return np.asarray(basis.response.y, dtype=float)
    if basis.response.y.ndim > 1:
        values = np.asarray(q, dtype=float)
        width = basis.response.y.shape[1]
        if values.shape not in ((width,), (basis.design.n_obs, width)):
            raise DataError(
                f"q has the shape {values.shape}; it has to be {width} numbers, or as many for "
                f"each of the {basis.design.n_obs} rows."
            )
        return np.broadcast_to(values, (basis.design.n_obs, width))
    return _per_row(q, basis.design.n_obs, "q")


def _per_row(values: Any, n: int, name: str) -> np.ndarray:
    """A number, or one for each row."""
    try:
        found = np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise DataError(f"{name} has to be a number or one for each row, not {values!r}.") from None
    if found.shape not in ((), (n,)) or np.isnan(found).any():
        raise DataError(
            f"{name} has to be a number or one for each of the {n} rows; it has the shape "
            f"{found.shape}{' and missing values' if np.isnan(found).any() else ''}."
        )
    return np.broadcast_to(found, (n,))


def _bounds(part: Part, full: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    lower = part.seen.arrays.get("lb", np.full(1, -np.inf))
    upper = part.seen.arrays.get("ub", np.full(1, np.inf))
    return np.broadcast_to(lower, full), np.broadcast_to(upper, full)


def _density(part: Part, shape: tuple[int, int], q: np.ndarray, log: bool) -> np.ndarray:
    """The density at `q`, or the probability of it."""
    dist, xp = likelihood(part, shape), numpy_namespace()
    discrete, arrays = part.spec.family.discrete, part.seen.arrays
    with np.errstate(all="ignore"):
        found = np.asarray(dist.logp(xp, q))
        found = np.where(_impossible(part, dist, q), -np.inf, found)
        if "lb" in arrays or "ub" in arrays:
            lower, upper = _bounds(part, q.shape)
            found = found - log_bounds(xp, dist, q, arrays, discrete)
            found = np.where((q < lower) | (q > upper), -np.inf, found)
    return found if log else np.exp(found)


def _impossible(part: Part, dist: Dist, q: np.ndarray) -> np.ndarray:
    """Values that no response has: outside the support, or between whole numbers."""
    if part.response.y.ndim > 1:
        return np.zeros(len(q), dtype=bool)
    response = part.response
    first, last = dist.word.support
    bad = (q < first) | (q > last)
    if response.categories:
        top = response.first + len(response.categories) - 1
        bad |= (q < response.first) | (q > top)
    if "trials" in response.extra:
        bad |= q > response.extra["trials"]
    if part.spec.family.discrete or response.categories:
        bad |= q != np.floor(q)
    return np.asarray(bad)


def _tails(part: Part, shape: tuple[int, int], q: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """log P(Y <= q) and log P(Y > q)."""
    if _is_category(part):
        ends = np.cumsum(_probabilities(part, shape), axis=-1)
        place = np.floor(q).astype(int) - part.response.first
        held = np.clip(place, 0, ends.shape[-1] - 1)
        lower = np.take_along_axis(ends, _wide(held, ends.shape)[..., None], axis=-1)[..., 0]
        lower = np.where(place < 0, 0.0, np.where(place >= ends.shape[-1] - 1, 1.0, lower))
        with np.errstate(divide="ignore"):
            return np.log(lower), np.log1p(-np.minimum(lower, 1.0))
    dist = likelihood(part, shape)
    _check_cdf(part, dist)
    full = (*shape, len(q))
    lower, upper = log_tails(dist, q, *_bounds(part, full), part.spec.family.discrete)
    return np.broadcast_to(lower, full), np.broadcast_to(upper, full)


def _transform(
    part: Part, shape: tuple[int, int], q: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """P(Y <= q); where q has a probability of its own, a random part of that.

    Czado, Gneiting and Held (2009), Biometrics 65:1254-1261.
    """
    family = part.spec.family
    value = np.exp(_tails(part, shape, q)[0])
    if family.discrete or _is_category(part):
        before = np.exp(_tails(part, shape, q - 1.0)[0])
    elif family.masses:
        own = np.isin(q, family.masses)
        before = np.where(own, value - _density(part, shape, q, False), value)
    else:
        return value
    return np.asarray(before + rng.random(value.shape) * (value - before))


def _quantile(part: Part, shape: tuple[int, int], p: np.ndarray) -> np.ndarray:
    """The smallest value whose probability of not being exceeded reaches `p`."""
    full = (*shape, len(p))
    if _is_category(part):
        ends = np.cumsum(_probabilities(part, shape), axis=-1)
        below = (ends[..., :-1] < p[:, None]).sum(axis=-1)
        return np.asarray(part.response.first + below, dtype=float)
    dist = likelihood(part, shape)
    _check_cdf(part, dist)
    discrete = part.spec.family.discrete
    return quantiles(dist, np.broadcast_to(p, full), *_bounds(part, full), discrete)


def _is_category(part: Part) -> bool:
    """Whether the response is one of several categories, whose probabilities are the mean."""
    return bool(part.response.categories) and part.response.y.ndim == 1


def _probabilities(part: Part, shape: tuple[int, int]) -> np.ndarray:
    found = mean(part.spec.family, part.linked, part.response, part.seen)
    return np.broadcast_to(found, (*shape, part.design.n_obs, found.shape[-1]))


def _wide(values: np.ndarray, like: tuple[int, ...]) -> np.ndarray:
    return np.broadcast_to(values, like[:-1])


def _check_cdf(part: Part, dist: Dist) -> None:
    if dist.word.lcdf is None:
        several = part.response.y.ndim > 1
        why = "a response with columns has none" if several else "it has no closed form here"
        raise FamilyError(
            f"Family '{part.spec.family.name}' has no cumulative distribution function: {why}. "
            f"output = 'density' and draws (output = 'random') are there."
        )
