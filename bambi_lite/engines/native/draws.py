"""From the vectors that were sampled to the parameters of the model, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ...spec import start_values
from ...terms import GroupBlock
from ...xp import numpy_namespace
from ..lazy import made_when_asked
from ..saving import SavePars
from . import layout as at
from .centring import means_within
from .program import Program
from .recover import recovery

_EVERYTHING = SavePars()


def to_point(program: Program, x: np.ndarray) -> np.ndarray:
    """Vectors after the linear maps (see :mod:`.layout`), with any leading axes."""
    made = np.array(x)
    for start, matrix in _maps(program):
        part = slice(start, start + len(matrix))
        made[..., part] = x[..., part] @ matrix.T
    return made


def _maps(program: Program) -> list[tuple[int, np.ndarray]]:
    found = []
    for m in range(program.ints[at.N_MAPS]):
        place = program.ints[at.MAPS] + m * at.MAP_WIDTH
        start, size, f = program.ints[place : place + at.MAP_WIDTH]
        found.append((int(start), program.floats[f : f + size * size].reshape(size, size)))
    return found


def parameters(
    program: Program, x: np.ndarray, seed: int = 0, save: SavePars = _EVERYTHING
) -> dict[str, np.ndarray]:
    """Draws of the parameters from sampled vectors.

    Parameters
    ----------
    program : Program
        The model.
    x : array of shape (chain, draw, n_dim)
        What was sampled; with ``save.store`` not yet read from the disk.
    seed : int
        Of the random numbers with which effects that were integrated out are drawn.
    save : SavePars
        Whether these are drawn now, or whenever they are asked for (:mod:`..lazy`).

    Returns
    -------
    dict
        Arrays with leading (chain, draw) axes by the names of ``spec.params``, and the group
        effects ``r_<block>`` in place of their innovations.
    """
    spec = program.spec
    maps = dict(_maps(program))

    def columns(name: str) -> np.ndarray:
        part = program.places[name]
        own = np.asarray(x[..., part])
        return own @ maps[part.start].T if part.start in maps else own

    values: dict[str, np.ndarray] = {}
    for param in spec.params:
        if param.kind in ("numbers", "ordered"):
            free = columns(param.name)
            own = constrain(free, *program.bounds[param.name])
            if param.kind == "ordered":
                steps = np.exp(free)
                steps[..., 0] = own[..., 0]
                own = np.cumsum(steps, axis=-1)
            values[param.name] = own if param.shape else own[..., 0]
        elif param.kind == "cholesky_corr":
            partial = columns(param.name)
            values[param.name] = cholesky_factor(partial, param.shape[0])
    for block in spec.blocks:
        if block.name == program.plan.integrated:
            continue
        if save.store:
            values[f"r_{block.name}"] = _read_when_asked(program, block, x, values, save.dtype)
            continue
        z = columns(f"z_{block.name}")
        values[f"r_{block.name}"] = _effects(program, block, z, values)
    if program.plan.integrated:
        left = recovery(program, values, seed)
        effects = made_when_asked(left.draw, left.shape, save.dtype)
        values[f"r_{left.name}"] = np.asarray(effects) if save.group and not save.store else effects
    return values


def _effects(
    program: Program, block: GroupBlock, z: np.ndarray, values: Mapping[str, np.ndarray]
) -> np.ndarray:
    """The effects of a block from what was sampled of it, (..., level, coef)."""
    own = z.reshape(*z.shape[:-1], len(block.levels), len(block.coefs))
    if block.name in program.plan.centred:
        return np.asarray(own - _means(program, block, values))
    known = {**values, f"z_{block.name}": own}
    return np.asarray(block.effects(numpy_namespace(), known, program.spec.arrays))


def _read_when_asked(
    program: Program, block: GroupBlock, x: Any, values: Mapping[str, np.ndarray], dtype: str
) -> Any:
    """Effects that are made from the store of the draws whenever they are asked for."""
    part = program.places[f"z_{block.name}"]
    effects = {f"r_{own.name}" for own in program.spec.blocks}
    known = {n: v for n, v in values.items() if n not in effects}
    n_draws = x.shape[1]

    def make(which: np.ndarray) -> np.ndarray:
        made = []
        for chain in dict.fromkeys((which // n_draws).tolist()):
            draws = which[which // n_draws == chain] % n_draws
            own = {n: v[chain, draws] for n, v in known.items()}
            made.append(_effects(program, block, np.asarray(x[chain, draws, part]), own))
        return np.concatenate(made)

    shape = (x.shape[0], n_draws, len(block.levels), len(block.coefs))
    return made_when_asked(make, shape, dtype)


def _means(
    program: Program, block: GroupBlock, values: Mapping[str, np.ndarray]
) -> np.ndarray | float:
    """The means of centred effects, (..., level, coef)."""
    within = means_within(program.spec, block, block.coefs[0].dpar)
    total: np.ndarray | float = 0.0
    for param, i in program.plan.centred[block.name]:
        array = values[param]
        own = array if program.spec_of(param).shape == () else array[..., i]
        total = total + own[..., None, None] * within[param, i]
    return total


def constrain(u: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> np.ndarray:
    """Numbers between their bounds from the real line."""
    low, high = np.isfinite(lower), np.isfinite(upper)
    lower, upper = np.where(low, lower, 0.0), np.where(high, upper, 0.0)
    made = np.array(u)
    with np.errstate(over="ignore"):
        grown = np.exp(u)
        share = 1.0 / (1.0 + np.exp(-u))
    made = np.where(low & ~high, lower + grown, made)
    made = np.where(~low & high, upper - grown, made)
    return np.where(low & high, lower + (upper - lower) * share, made)


def unconstrain(values: np.ndarray, lower: np.ndarray, upper: np.ndarray) -> np.ndarray:
    """The inverse of :func:`constrain`."""
    low, high = np.isfinite(lower), np.isfinite(upper)
    lower, upper = np.where(low, lower, 0.0), np.where(high, upper, 0.0)
    with np.errstate(all="ignore"):
        made = np.where(low & ~high, np.log(values - lower), values)
        made = np.where(~low & high, np.log(upper - values), made)
        return np.where(low & high, np.log(values - lower) - np.log(upper - values), made)


def cholesky_factor(partial: np.ndarray, q: int) -> np.ndarray:
    """Cholesky factors of correlations from log-odds of partial ones, (..., q, q)."""
    w = np.tanh(0.5 * partial)
    L = np.zeros((*partial.shape[:-1], q, q))
    L[..., 0, 0] = 1.0
    k = 0
    for i in range(1, q):
        left = np.ones(partial.shape[:-1])
        for j in range(i):
            L[..., i, j] = w[..., k] * np.sqrt(left)
            left = left * (1.0 - w[..., k] ** 2)
            k += 1
        L[..., i, i] = np.sqrt(left)
    return L


def start(program: Program) -> np.ndarray:
    """Where chains start, before the jitter: the centres of the priors."""
    spec = program.spec
    given = start_values(spec)
    x = np.zeros(program.n_dim)
    for param in spec.params:
        if param.kind not in ("numbers", "ordered"):
            continue
        lower, upper = program.bounds[param.name]
        size = len(lower)
        priors = spec.priors[param.name]
        own = priors * size if len(priors) == 1 else priors
        centre = np.array([_centre(p.dist.args if p.dist else {}) for p in own])
        centre = np.full(size, given.get(param.name, 0.0)) if param.name in given else centre
        inside = np.clip(centre, lower, upper)
        # Between two bounds the middle; beside one, as far as the scale of the prior.
        scale = np.array([_scale(p.dist.args if p.dist else {}) for p in own])
        both = np.isfinite(lower) & np.isfinite(upper)
        with np.errstate(invalid="ignore"):
            inside = np.where(both, (lower + upper) / 2.0, inside)
        inside = np.where(~both & (inside <= lower), lower + scale, inside)
        inside = np.where(~both & (inside >= upper), upper - scale, inside)
        part = program.places[param.name]
        x[part] = unconstrain(inside, lower, upper)
        if param.kind == "ordered":
            x[part] = np.log(2.0 / max(size - 1, 1))
            x[part.start] = -1.0 if size > 1 else 0.0
    for first, matrix in _maps(program):
        part = slice(first, first + len(matrix))
        x[part] = np.linalg.solve(matrix, x[part])
    # Centred effects start at their means.
    values = parameters(program, x[None, None]) if program.plan.centred else {}
    for name in program.plan.centred:
        block = next(b for b in spec.blocks if b.name == name)
        mean = np.asarray(_means(program, block, values))
        x[program.places[f"z_{name}"]] = np.broadcast_to(
            mean, (1, 1, len(block.levels), len(block.coefs))
        ).ravel()
    return x


def _centre(args: Mapping[str, float]) -> float:
    return float(args.get("mu", 0.0))


def _scale(args: Mapping[str, float]) -> float:
    return float(args.get("sigma", 1.0))
