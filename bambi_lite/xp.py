"""The mathematics both worlds share: one namespace over NumPy, one over PyTensor.

Links, densities and linear predictors are written once, as functions of a namespace ``xp``.
With :func:`numpy_namespace` they work on draws (leading chain and draw axes), with
:func:`pytensor_namespace` they build the graph that is sampled, so that the model that is
sampled and the model that predicts cannot drift apart.
"""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np

#: A NumPy array or a PyTensor variable; which of the two is the namespace's business.
type Array = Any
#: One of the two namespaces below.
type Namespace = Any


def _pick(x: np.ndarray, where: np.ndarray) -> np.ndarray:
    """The entry `where` of the last axis of `x`; the other axes broadcast."""
    lead = np.broadcast_shapes(x.shape[:-1], np.shape(where))
    wide = np.broadcast_to(x, (*lead, x.shape[-1]))
    own = np.broadcast_to(where, lead)[..., None]
    picked: np.ndarray = np.take_along_axis(wide, own, axis=-1)[..., 0]
    return picked


@cache
def numpy_namespace() -> Namespace:
    """The namespace over NumPy and SciPy arrays (any leading axes)."""
    from scipy import special

    return SimpleNamespace(
        floor=np.floor,
        exp=np.exp,
        expm1=np.expm1,
        log=np.log,
        log1p=np.log1p,
        sqrt=np.sqrt,
        abs=np.abs,
        tan=np.tan,
        cos=np.cos,
        sinh=np.sinh,
        arctan=np.arctan,
        arctan2=np.arctan2,
        arcsinh=np.arcsinh,
        where=np.where,
        equal=np.equal,
        matmul=np.matmul,
        take=np.take,
        swap=lambda x: np.swapaxes(x, -1, -2),
        sum=lambda x: np.sum(x, axis=-1),
        diagonal=lambda x: np.diagonal(x, axis1=-2, axis2=-1),
        solve_lower=np.linalg.solve,
        softplus=lambda x: np.logaddexp(0.0, x),
        sigmoid=special.expit,
        gammaln=special.gammaln,
        gammaincc=special.gammaincc,
        betainc=special.betainc,
        erfcx=special.erfcx,
        ive0=lambda x: special.ive(0.0, x),
        log_ndtr=special.log_ndtr,
        ndtr=special.ndtr,
        ndtri=special.ndtri,
        maximum=np.maximum,
        minimum=np.minimum,
        logaddexp=np.logaddexp,
        asarray=np.asarray,
        zeros_like=np.zeros_like,
        stack=lambda parts: np.stack(np.broadcast_arrays(*parts), axis=-1),
        concatenate=lambda parts: np.concatenate(parts, axis=-1),
        cumsum=lambda x: np.cumsum(x, axis=-1),
        logsumexp=lambda x: special.logsumexp(x, axis=-1),
        pick=_pick,
        integers=lambda x: np.asarray(x).astype(np.int64),
        kernel=lambda kernel, *args: kernel.on_arrays(*args),
    )


@cache
def pytensor_namespace() -> Namespace:
    """The namespace over PyTensor variables (no leading axes); PyTensor is imported here."""
    import pytensor.tensor as pt

    def log_ndtr(x: Array) -> Array:
        # log(erfc) underflows below -26 standard deviations; erfcx keeps value and gradient.
        low = pt.log(pt.erfcx(-pt.minimum(x, 0.0) / np.sqrt(2.0)) / 2.0) - x**2 / 2.0
        high = pt.log1p(-pt.erfc(pt.maximum(x, 0.0) / np.sqrt(2.0)) / 2.0)
        return pt.where(x < 0.0, low, high)

    def logsumexp(x: Array) -> Array:
        top = pt.max(x, axis=-1, keepdims=True)
        return pt.log(pt.sum(pt.exp(x - top), axis=-1)) + top[..., 0]

    def pick(x: Array, where: Array) -> Array:
        # A sum over one-hot columns: its gradient is a product, not a scatter.
        own = pt.eq(pt.arange(x.shape[-1]), where[..., None])
        return pt.sum(pt.where(own, x, 0.0), axis=-1)

    return SimpleNamespace(
        floor=pt.floor,
        exp=pt.exp,
        expm1=pt.expm1,
        log=pt.log,
        log1p=pt.log1p,
        sqrt=pt.sqrt,
        abs=pt.abs,
        tan=pt.tan,
        cos=pt.cos,
        sinh=pt.sinh,
        arctan=pt.arctan,
        arctan2=pt.arctan2,
        arcsinh=pt.arcsinh,
        where=pt.where,
        equal=pt.eq,
        matmul=pt.matmul,
        take=pt.take,
        swap=lambda x: pt.swapaxes(x, -1, -2),
        sum=lambda x: pt.sum(x, axis=-1),
        diagonal=lambda x: pt.diagonal(x, axis1=-2, axis2=-1),
        solve_lower=lambda L, x: pt.linalg.solve_triangular(L, x, lower=True),
        softplus=pt.softplus,
        sigmoid=pt.sigmoid,
        gammaln=pt.gammaln,
        gammaincc=pt.gammaincc,
        betainc=pt.betainc,
        erfcx=pt.erfcx,
        ive0=lambda x: pt.ive(0.0, x),
        log_ndtr=log_ndtr,
        ndtr=lambda x: pt.erfc(-x / np.sqrt(2.0)) / 2.0,
        ndtri=lambda p: -np.sqrt(2.0) * pt.erfcinv(2.0 * p),
        maximum=pt.maximum,
        minimum=pt.minimum,
        logaddexp=lambda a, b: pt.maximum(a, b) + pt.softplus(-pt.abs(a - b)),
        # PyTensor keeps a plain 1.5 in single precision, and an array as it is.
        asarray=lambda x: pt.as_tensor_variable(x if hasattr(x, "owner") else np.asarray(x)),
        zeros_like=pt.zeros_like,
        stack=lambda parts: pt.stack(pt.broadcast_arrays(*parts), axis=-1),
        concatenate=lambda parts: pt.concatenate(parts, axis=-1),
        cumsum=lambda x: pt.cumsum(x, axis=-1),
        logsumexp=logsumexp,
        pick=pick,
        integers=lambda x: pt.cast(x, "int64"),
        kernel=lambda kernel, *args: kernel.on_graph(*args),
    )
