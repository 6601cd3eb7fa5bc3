"""The log-likelihood of all observations together, for each draw: no array of rows times draws."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from .draws import Draws, parameter_values
from .observation import numpy_log_density
from .spec import ModelSpec, linked_dpars
from .terms import Piece
from .xp import numpy_namespace

if TYPE_CHECKING:
    from scipy import sparse

#: Numbers that the likelihood looks at together: more of them would not stay near the processor.
_TOGETHER = 150_000


def total_log_lik(draws: Draws, step: int = 1) -> np.ndarray:
    """The sum of the log-densities of all observations, shape (chain, draw).

    Parameters
    ----------
    draws : Draws
        The fit's draws.
    step : int
        Every which draw is taken.

    Notes
    -----
    Of normal residuals with one standard deviation it is told by sums over the rows that are the
    same for all draws, so that the time does not grow with rows times draws.
    """
    spec = draws.spec
    p = {name: np.asarray(v)[:, ::step] for name, v in parameter_values(draws).items()}
    if _by_squares(spec):
        return _from_sums(spec, p)
    shape = next(iter(p.values())).shape[:2]
    total = np.empty(shape)
    size = max(1, _TOGETHER // (shape[0] * spec.design.n_obs))
    for start in range(0, shape[1], size):
        some = slice(start, start + size)
        total[:, some] = _from_rows(spec, {name: v[:, some] for name, v in p.items()})
    return total


def _from_rows(spec: ModelSpec, p: Mapping[str, np.ndarray]) -> np.ndarray:
    linked = linked_dpars(spec, numpy_namespace(), p, spec.arrays)
    dist = spec.family.likelihood(numpy_namespace(), linked, spec.response)
    rows = numpy_log_density(dist, spec.response.y, spec.seen, spec.family.discrete)
    return np.asarray(np.sum(rows, axis=-1))


# -- normal residuals ------------------------------------------------------------------------


def _by_squares(spec: ModelSpec) -> bool:
    """Whether residuals are normal around a sum of known columns, with one standard deviation."""
    if not spec.family.squares or spec.response.extra or set(spec.seen.arrays) - {"weights"}:
        return False
    mu, sigma = spec.dpars
    plain = all(term.pieces() is not None for term in mu.terms)
    return plain and mu.link.name == "identity" and not sigma.predicted


def _from_sums(spec: ModelSpec, p: Mapping[str, np.ndarray]) -> np.ndarray:
    """``-sum(w) log(sigma sqrt(2 pi)) - sum(w (y - mu)^2) / (2 sigma^2)``.

    With ``mu = known + W v`` and the mean draw m of v the squares are those of the residuals at m,
    and a quadratic form of ``v - m``: nothing large is taken off from something large.
    """
    from scipy import sparse

    y = np.array(spec.response.y, dtype=float)
    columns, values = [], []
    for piece in _pieces(spec):
        if piece.known or piece.value is not None:
            y = y - (spec.arrays[piece.known] if piece.known else piece.value)
            continue
        columns.append(_columns(spec, piece))
        values.append(_coefficients(p, piece))
    v = np.concatenate(values, axis=-1)
    W = sparse.csr_array(sparse.hstack(columns))
    w = np.asarray(spec.seen.arrays.get("weights", np.ones(len(y))), dtype=float)
    centre = v.mean(axis=(0, 1))
    residual = y - W @ centre
    weighted = W.multiply(w[:, None]).T.tocsr()
    flat = (v - centre).reshape(-1, len(centre))
    squares = (
        np.sum(w * residual**2)
        - 2.0 * flat @ (weighted @ residual)
        + np.sum(flat.T * ((weighted @ W) @ flat.T), axis=0)
    ).reshape(v.shape[:2])
    xp = numpy_namespace()
    spread = sum(term.eta(xp, p, spec.arrays) for term in spec.dpars[1].terms)[..., 0]
    with np.errstate(divide="ignore"):
        return np.asarray(
            -w.sum() * (np.log(spread) + 0.5 * np.log(2.0 * np.pi)) - 0.5 * squares / spread**2
        )


def _pieces(spec: ModelSpec) -> Iterator[Piece]:
    return chain.from_iterable(term.pieces() or () for term in spec.dpars[0].terms)


def _columns(spec: ModelSpec, piece: Piece) -> sparse.coo_array:
    """The columns that the coefficients of a piece are multiplied by, shape (n_obs, coefs)."""
    from scipy import sparse

    n = spec.design.n_obs
    X = np.asarray(spec.arrays[piece.columns]) if piece.columns else np.ones((n, 1))
    if not piece.effects:
        return sparse.coo_array(X)
    block = next(b for b in spec.blocks if b.name == piece.effects)
    index = np.asarray(spec.arrays[piece.index])
    place = piece.place if piece.columns else 0
    return sparse.coo_array((X[:, place], (np.arange(n), index)), shape=(n, len(block.levels)))


def _coefficients(p: Mapping[str, np.ndarray], piece: Piece) -> np.ndarray:
    """The draws of a piece, shape (chain, draw, coefs)."""
    if piece.effects:
        return p[f"r_{piece.effects}"][..., piece.column]
    return p[piece.param] if piece.columns else p[piece.param][..., None]
