"""The log prior of draws, by parameter class and by tag, counted as brms counts ``lprior``."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from .params import Param, ParamKey, Prior
from .spec import ModelSpec
from .xp import numpy_namespace


def log_prior(spec: ModelSpec, values: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The log prior of each component of a model.

    Parameters
    ----------
    spec : ModelSpec
        The model.
    values : mapping
        Parameters by their names in ``spec.params``, with leading (chain, draw) axes.

    Returns
    -------
    dict
        For each class of parameters with a proper prior (``b``, ``sd``, ``L``, ``b_sigma``, ...;
        ``b[tag]`` for those with a tag) an array of shape (chain, draw).

    Notes
    -----
    As in brms' ``lprior``: flat priors and constants add nothing, bounds are accounted for,
    correlations count by the density of their Cholesky factor, ordered thresholds by their own
    densities, and what group effects are made of belongs to the model and not to the prior.
    """
    found: dict[str, np.ndarray] = {}
    for param in spec.params:
        if param.kind == "given":
            continue
        for label, logp in _contributions(param, spec.priors[param.name], values[param.name]):
            found[label] = found[label] + logp if label in found else logp
    for block in spec.shrinkage:
        label, logp = component(block.at.key, block.tag), block.log_prior(values)
        found[label] = found[label] + logp if label in found else logp
    return found


def component(key: ParamKey, tag: str = "") -> str:
    """What a component is called: ``b``, ``b_sigma``, ``sd[strong]``.

    Examples
    --------
    >>> component(ParamKey("b", "Days", dpar="sigma"), "strong")
    'b_sigma[strong]'
    """
    name = "_".join(part for part in (key.cls, key.resp, key.dpar, key.nlpar) if part)
    return f"{name}[{tag}]" if tag else name


def _contributions(
    param: Param, priors: tuple[Prior, ...], values: np.ndarray
) -> list[tuple[str, np.ndarray]]:
    keys = param.elements or (param.key,)
    if param.kind in ("cholesky_corr", "simplex"):
        dist = priors[0].dist
        assert dist is not None
        logp = dist.logp(numpy_namespace(), values)
        return [(component(keys[0], priors[0].tag), np.asarray(logp))]
    elements = values if param.elements else values[..., None]
    # Elements with one prior are counted together.
    shared: dict[tuple[str, Prior], list[int]] = {}
    for i, (key, prior) in enumerate(zip(keys, priors, strict=True)):
        if prior.dist is not None and prior.dist.name != "constant":
            shared.setdefault((component(key, prior.tag), prior), []).append(i)
    found = []
    with np.errstate(divide="ignore"):
        for (label, prior), columns in shared.items():
            assert prior.law is not None
            logp = prior.law.logp(numpy_namespace(), elements[..., columns])
            found.append((label, np.sum(logp, axis=-1)))
    return found
