"""Draws from the prior: independent ones, by direct simulation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from .dists import Dist, random_lkj
from .errors import PriorError, listing
from .params import Param, Prior, given_prior
from .priors import PriorSet, assign, deciding_row, describe_key, prior_sets
from .spec import ModelSpec, data_numbers, other_priors, with_made
from .xp import numpy_namespace

#: Rounds of redrawing thresholds that are out of order before giving up.
_ROUNDS = 1000


def prior_values(
    spec: ModelSpec, size: tuple[int, int], rng: np.random.Generator, *, effects: bool = True
) -> dict[str, np.ndarray]:
    """Independent draws of every parameter from its prior.

    Parameters
    ----------
    spec : ModelSpec
        The model.
    size : (int, int)
        Chains and draws.
    rng : numpy Generator
        Source of randomness.
    effects : bool
        Whether those of single groups are drawn too, of which there may be many.

    Returns
    -------
    dict
        By the names of ``spec.params``, with leading (chain, draw) axes; missing values where a
        prior is flat without end (see :func:`check_proper`).
    """
    values: dict[str, np.ndarray] = {}
    of_groups = {p.name for b in spec.blocks for p in b.params if p.kind == "given"}
    for param in spec.params:
        if param.name in of_groups and not effects:
            continue
        if param.kind == "given":
            values[param.name] = _given(param, values, size, rng)
        elif param.name not in spec.made:
            values[param.name] = _draw(param, spec.priors[param.name], size, rng)
    return with_made(spec, numpy_namespace(), values)


def _given(
    param: Param,
    values: Mapping[str, np.ndarray],
    size: tuple[int, int],
    rng: np.random.Generator,
) -> np.ndarray:
    """Draws of what has its distribution from the model; other parameters are its arguments."""
    assert param.given is not None
    shape = (*size, *param.shape)
    own = given_prior(param)
    if own is not None:
        return _of_word(own, param, size, rng)
    args = {}
    for name, value in param.given.args.items():
        known = values[value] if isinstance(value, str) else np.asarray(value)
        if isinstance(value, str):  # an axis for each of its own
            known = known.reshape(*known.shape, *(1,) * len(param.shape))
        args[name] = np.broadcast_to(known, shape)
    return Dist(param.given.name, args).random(rng)


def _draw(
    param: Param, priors: Sequence[Prior], size: tuple[int, int], rng: np.random.Generator
) -> np.ndarray:
    if param.kind in ("cholesky_corr", "simplex") or not param.elements:
        return _of_word(priors[0], param, size, rng)
    found = _elements(priors, size, rng)
    return _in_order(found, priors, rng) if param.kind == "ordered" else found


def _of_word(
    prior: Prior, param: Param, size: tuple[int, ...], rng: np.random.Generator
) -> np.ndarray:
    """Draws of all of a parameter from one prior, of whatever it is a distribution."""
    over = "numbers" if prior.dist is None else prior.dist.word.over
    if over == "correlations":
        assert prior.dist is not None
        return random_lkj(rng, float(prior.dist.args["eta"]), param.shape[0], size)
    if over == "proportions":
        assert prior.dist is not None
        alpha = np.broadcast_to(prior.dist.args["alpha"], param.shape)
        return rng.dirichlet(alpha, size=size)
    return _law_draws(prior, (*size, *param.shape), rng)


def _elements(
    priors: Sequence[Prior], size: tuple[int, ...], rng: np.random.Generator
) -> np.ndarray:
    found = np.empty((*size, len(priors)))
    for prior in dict.fromkeys(priors):
        where = [i for i, own in enumerate(priors) if own == prior]
        found[..., where] = _law_draws(prior, (*size, len(where)), rng)
    return found


def _in_order(values: np.ndarray, priors: Sequence[Prior], rng: np.random.Generator) -> np.ndarray:
    """Draws given that each element is above the one before.

    Of one distribution these are independent draws, sorted. Of several, draws that are out of
    order are drawn again.
    """
    if len(set(priors)) == 1 or np.isnan(values).any():  # flat ones have no draws to be in order
        return np.sort(values, axis=-1)
    for _ in range(_ROUNDS):
        wrong = ~(np.diff(values, axis=-1) > 0.0).all(axis=-1)
        if not wrong.any():
            return values
        values[wrong] = _elements(priors, (int(wrong.sum()),), rng)
    raise PriorError(
        f"{_ROUNDS} rounds of draws from the priors of ordered thresholds left some out of order: "
        f"together they leave too little room. Bring their centres into order."
    )


def _law_draws(prior: Prior, size: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    return np.full(size, np.nan) if prior.law is None else prior.law.draw(rng, size)


def improper(spec: ModelSpec) -> tuple[str, ...]:
    """The rows whose flat prior has no end, described; empty when the whole prior is proper."""
    table = {row.key: row for row in spec.prior_rows}
    found: dict[str, None] = {}
    for param in spec.params:
        for key, prior in zip(
            param.elements or (param.key,), spec.priors.get(param.name, ()), strict=False
        ):
            if not prior.proper:
                found[describe_key(deciding_row(key, table).key)] = None
    return tuple(found)


def check_proper(spec: ModelSpec) -> None:
    """PriorError unless the whole prior can be drawn from.

    The message names the rows that are flat, and the prior sets that make them proper.
    """
    rows = improper(spec)
    if not rows:
        return
    sets = proper_sets(spec)
    offer = (
        f"Proper for this model: {listing(f"prior='set:{name}'" for name in sets)}."
        if sets
        else "Give each of them a prior, for example bl.prior('normal(0, 5)')."
    )
    raise PriorError(
        f"The prior cannot be drawn from, because it is flat for {listing(f'({r})' for r in rows)}."
        f" {offer}"
    )


def proper_sets(spec: ModelSpec) -> tuple[str, ...]:
    """The prior sets that leave no flat prior in a model, beside what the user said."""
    own = PriorSet(tuple(row for row in spec.prior_rows if row.source == "user"))
    found = []
    # First the one that changes nothing else.
    for name in sorted(prior_sets(), key=lambda name: name != "proper"):
        try:
            rows = other_priors(spec, f"set:{name}" + own)
        except PriorError:
            continue
        priors = assign(spec.params, rows, data_numbers(spec.response))
        if all(p.proper for given in priors.values() for p in given):
            found.append(name)
    return tuple(found)
