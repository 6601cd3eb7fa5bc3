"""Expected responses averaged over all groups that there could be.

Group-level effects are normal: what they add to the linear predictor of a row is normal too, with
the variance ``z' Sigma z`` summed over the group-level terms (z holds the row's columns of a term,
Sigma its covariance). Where several distributional parameters have effects, they are normal
together. The expected response is averaged over them in closed form where mean and link allow it,
and by Gauss-Hermite quadrature else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise, product
from typing import Any

import numpy as np

from ..design import GroupDesign
from ..errors import DataError, DataWarning, listing, warn
from ..links import Linked
from ..spec import ModelSpec, model_predictors
from ..terms import GroupBlock, covariance_factor
from ..xp import numpy_namespace
from .basis import Basis, Part
from .expectation import mean
from .kept import group_terms, kept_effects

#: Numbers of points that are tried, in one dimension, in two and in three: the first that the next
#: one does not improve upon is taken. Even and odd numbers take turns, since no even number of
#: points sees a step near the middle.
_ORDERS: Mapping[int, tuple[int, ...]] = {
    1: (8, 15, 32, 63, 256, 1023, 4096, 8191),
    2: (8, 15, 32, 63, 128),
    3: (6, 13, 24, 47),
}
#: From more points on the trapezoidal rule is better than that of Gauss and Hermite, and how far
#: out it goes (Trefethen and Weideman 2014, SIAM Review 56:385-458).
_GAUSS, _RANGE = 128, 10.0
#: The relative change that counts as none.
_CLOSE = 1e-8

#: What group-level effects add to the linear predictors of two parameters: their covariance, shape
#: (chain, draw, rows).
type Covariances = Mapping[tuple[str, str], np.ndarray]


@dataclass(frozen=True, slots=True, eq=False)
class _Block:
    """A block of effects, and where the linear predictors take them from.

    Attributes
    ----------
    sigmas : array, shape (strata, chain * draw, q * q)
        Covariances of the effects of a group.
    places : tuple of (dpar, index of the group-level term, columns of the block)
    """

    sigmas: np.ndarray
    places: tuple[tuple[str, int, tuple[int, ...]], ...]


def averaging(basis: Basis) -> Callable[[Part], np.ndarray]:
    """What gives the expected response of some rows, averaged over groups.

    Raises
    ------
    DataError
        For effects that are not normal or belong to related groups, and for means that depend on
        the effects of four distributional parameters or more.
    """
    blocks = [_block(basis, block) for block in basis.whole.blocks]

    def averaged(part: Part) -> np.ndarray:
        found = _covariances(basis, part, blocks)
        dims = [d for d in _used(part) if (d, d) in found]
        return _average(part, dims, found) if dims else _mean(part, part.linked)

    return averaged


def _block(basis: Basis, block: GroupBlock) -> _Block:
    _check(basis.whole, block)
    kept = kept_effects(basis.whole, basis.asked.kept)[block.name]
    sigmas = []
    for stratum in block.strata:
        factor = covariance_factor(block, basis.posterior, stratum) * kept[:, None]
        q = len(block.coefs)
        sigmas.append((factor @ np.swapaxes(factor, -1, -2)).reshape(-1, q * q))
    places = tuple(
        (dpar.name, term.index, term.columns)
        for dpar in basis.whole.dpars
        for term in group_terms(dpar)
        if term.block.name == block.name
    )
    return _Block(np.stack(sigmas), places)


def _check(spec: ModelSpec, block: GroupBlock) -> None:
    others = "group_effects = 'new' draws groups instead."
    if block.student:
        raise DataError(
            f"group_effects = 'integrate' needs normal group-level effects; those of "
            f"'{block.group}' have a t distribution. {others}"
        )
    matrix = block.design(spec.predictors).cov_matrix
    if matrix is not None and not np.allclose(np.diag(matrix), 1.0, rtol=1e-6):
        raise DataError(
            f"group_effects = 'integrate' needs effects of one variance in all groups; the matrix "
            f"'{block.cov}' of gr({block.group}, cov = {block.cov}) gives each group its own. "
            f"A matrix with ones on its diagonal does not."
        )


# -- the covariance of what effects add to linear predictors ---------------------------------


def _covariances(basis: Basis, part: Part, blocks: Sequence[_Block]) -> Covariances:
    """Of each pair of parameters with effects, once."""
    groups = {p.dpar: p.groups for p in model_predictors(basis.whole.family, part.design)}
    found: dict[tuple[str, str], np.ndarray] = {}
    for block in blocks:
        for (d, i, own), (e, j, other) in product(block.places, block.places):
            if (e, d) in found and d != e:
                continue
            value = _covariance(block.sigmas, groups[d][i], own, groups[e][j], other)
            shaped = value.reshape(*basis.shape, -1)
            found[d, e] = found[d, e] + shaped if (d, e) in found else shaped
    return found


def _covariance(
    sigmas: np.ndarray,
    first: GroupDesign,
    own: Sequence[int],
    second: GroupDesign,
    other: Sequence[int],
) -> np.ndarray:
    """The covariance of what two terms of one block add, shape (chain * draw, rows)."""
    q = int(np.sqrt(sigmas.shape[-1]))
    total: Any = 0.0
    for (code, z), (code_2, z_2) in product(_members(first, own, q), _members(second, other, q)):
        outer = (z[:, :, None] * z_2[:, None, :]).reshape(len(z), -1) * (code == code_2)[:, None]
        strata = np.zeros(len(z), dtype=int) if first.by is None else first.by[2][code]
        for s in range(len(sigmas)):
            # A product of matrices: (draws, q q) and (q q, rows).
            total = total + sigmas[s] @ (outer * (strata == s)[:, None]).T
    return np.asarray(total)


def _members(
    group: GroupDesign, columns: Sequence[int], q: int
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The group of each row and its columns among those of the block, for each membership."""
    index = group.J if group.index is None else group.index
    for m in range(index.shape[1] if index.ndim == 2 else 1):
        z = np.zeros((len(index), q))
        z[:, list(columns)] = group.Z[:, m] if group.Z.ndim == 3 else group.Z
        if group.weights is not None:
            z *= group.weights[:, m, None]
        yield (index[:, m] if index.ndim == 2 else index), z


# -- averages --------------------------------------------------------------------------------


class _Watched(Mapping[str, Linked]):
    """Parameters that remember which of them were looked at."""

    def __init__(self, linked: Mapping[str, Linked]) -> None:
        self._linked = linked
        self.seen: dict[str, None] = {}

    def __getitem__(self, name: str) -> Linked:
        value = self._linked[name]
        self.seen[name] = None
        return value

    def __contains__(self, name: object) -> bool:
        return name in self._linked

    def __iter__(self) -> Iterator[str]:
        return iter(self._linked)

    def __len__(self) -> int:
        return len(self._linked)


def _mean(part: Part, linked: Mapping[str, Linked]) -> np.ndarray:
    return mean(part.spec.family, linked, part.response, part.seen)


def _used(part: Part) -> list[str]:
    """The parameters that the mean depends on."""
    watched = _Watched(part.linked)
    _mean(part, watched)
    tied = {d.name: d.tied for d in part.spec.dpars if d.tied}
    return list(dict.fromkeys(tied.get(name, name) for name in watched.seen))


def _average(part: Part, dims: Sequence[str], found: Covariances) -> np.ndarray:
    """The mean averaged over what effects add to these parameters."""
    xp = numpy_namespace()
    first = dims[0]
    own = part.linked[first]
    truncated = "lb" in part.seen.arrays or "ub" in part.seen.arrays
    main = part.spec.family.dpar(first).main
    linear = len(dims) == 1 and main and part.spec.family.linear and not truncated
    if linear and own.link.averaged is not None:
        eta = own.link.averaged(xp, own.eta, found[first, first])
        return _mean(part, {**part.linked, first: Linked(eta, own.link)})
    if len(dims) > max(_ORDERS):
        raise DataError(
            f"group_effects = 'integrate' averages over the effects on up to {max(_ORDERS)} "
            f"distributional parameters; here the mean depends on those of {listing(dims)}. "
            f"group_effects = 'new' draws groups instead."
        )
    factor = _cholesky(dims, found)
    sizes = np.sum([row[-1] for row in factor], axis=0).max(axis=-1)
    # Draws with large effects need many points, and are few.
    classes = np.floor(np.log2(np.maximum(sizes, 0.25)))
    values: np.ndarray | None = None
    for size in np.unique(classes):
        these = classes == size
        linked = _at_draws(part.linked, these)
        scale = [[a[these][None] for a in row] for row in factor]
        order = _order(part, linked, dims, scale)
        some = _quadrature(part, linked, dims, scale, order)
        if values is None:
            values = np.empty((*sizes.shape, *some.shape[2:]))
        values[these] = some[0]
    assert values is not None
    return values


def _cholesky(dims: Sequence[str], found: Covariances) -> list[list[Any]]:
    """The lower factor of the covariance of each draw and row, as a table of arrays."""
    factor: list[list[Any]] = []
    for i, d in enumerate(dims):
        row: list[Any] = []
        for j, e in enumerate(dims[: i + 1]):
            value: Any = found[d, e] if (d, e) in found else found.get((e, d), 0.0)
            for a, b in zip(row, factor[j] if j < i else row, strict=False):
                value = value - a * b
            if i == j:
                # A correlation of one leaves nothing, up to rounding.
                row.append(np.sqrt(np.maximum(value, 0.0)))
            else:
                scale = factor[j][j]
                with np.errstate(divide="ignore", invalid="ignore"):
                    row.append(np.where(scale > 0.0, value / scale, 0.0))
        factor.append(row)
    return factor


@cache
def _nodes(order: int) -> tuple[np.ndarray, np.ndarray]:
    """Points and weights of averages over a standard normal variable."""
    from scipy import special

    if order <= _GAUSS:
        points, weights = special.roots_hermitenorm(order)
    else:
        points = np.linspace(-_RANGE, _RANGE, order)
        weights = np.exp(-0.5 * points**2)
    return points, weights / weights.sum()


def _quadrature(
    part: Part,
    linked: Mapping[str, Linked],
    dims: Sequence[str],
    factor: Sequence[Sequence[Any]],
    order: int,
) -> np.ndarray:
    points, weights = _nodes(order)
    tied = {d.name: d.tied for d in part.spec.dpars if d.tied}
    total: Any = 0.0
    for places in product(range(order), repeat=len(dims)):
        x, weight = points[list(places)], float(np.prod(weights[list(places)]))
        if weight < 1e-18:  # less than rounding, and far out, where a mean may overflow
            continue
        moved = dict(linked)
        for d, row in zip(dims, factor, strict=True):
            eta = linked[d].eta + sum(a * float(v) for a, v in zip(row, x, strict=False))
            moved[d] = Linked(eta, linked[d].link)
        moved |= {name: moved[other] for name, other in tied.items()}
        total = total + weight * _mean(part, moved)
    return np.asarray(total)


def _order(
    part: Part,
    linked: Mapping[str, Linked],
    dims: Sequence[str],
    factor: Sequence[Sequence[Any]],
) -> int:
    """How many points these draws need: judged at the one with the largest effects."""
    sizes = np.sum([row[-1] for row in factor], axis=0).max(axis=-1)
    largest = sizes == sizes.max()
    largest &= np.cumsum(largest).reshape(largest.shape) == 1
    one = _at_draws(linked, largest)
    own = [[a[largest][None] for a in row] for row in factor]
    orders = _ORDERS[len(dims)]
    before = _quadrature(part, one, dims, own, orders[0])
    change = np.inf
    for order, more in pairwise(orders):
        after = _quadrature(part, one, dims, own, more)
        change = float(np.max(np.abs(after - before) / (np.abs(after) + 1e-12)))
        if change <= _CLOSE:
            return order
        before = after
    if change > 1e3 * _CLOSE:
        warn(
            f"The average over groups is known to a relative {change:.0e} only: group-level "
            f"effects are very large. group_effects = 'new' draws groups instead.",
            DataWarning,
        )
    return orders[-1]


def _at_draws(linked: Mapping[str, Linked], these: np.ndarray) -> dict[str, Linked]:
    """The parameters in some draws, as one chain."""

    def some(own: Linked) -> Linked:
        eta = np.asarray(own.eta)
        # An offset alone, or a fixed value, is the same in all draws.
        return own if eta.ndim < 3 else replace(own, eta=eta[these][None])

    return {name: some(own) for name, own in linked.items()}
