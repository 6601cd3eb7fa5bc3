"""Effects of groups that the training data do not have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np

from ..errors import DataError, listing
from .group import GroupBlock

#: Where the effects of a new group come from.
type NewLevels = Literal["uncertainty", "gaussian", "old_levels"]
NEW_LEVELS: tuple[NewLevels, ...] = ("uncertainty", "gaussian", "old_levels")


def new_effects(
    block: GroupBlock,
    q: Mapping[Any, Any],
    known: np.ndarray,
    levels: Sequence[str],
    strata: np.ndarray,
    how: NewLevels,
    rng: np.random.Generator,
) -> np.ndarray:
    """Draws of the effects of new groups, given those of the known ones.

    Parameters
    ----------
    block : GroupBlock
        The effects.
    q : mapping
        Draws of the block's quantities under brms' names, shape (chain, draw).
    known : array of shape (chain, draw, levels, coefs)
        Draws of the effects of the known groups.
    levels : sequence of str
        The new groups.
    strata : array of int
        The value of ``gr(by =)`` that each of them has, as a position among the values; zeros
        without ``by``.
    how : "uncertainty", "gaussian" or "old_levels"
        In each draw the effects of a group chosen at random among the known ones (with ``by``,
        among those of its value), as in brms; a draw from the fitted distribution of the groups:
        normal, or t with ``gr(dist = "student")``, for which brms has no draws; or in all draws
        the effects of one group, chosen as in the first case.

    Returns
    -------
    array of shape (chain, draw, new levels, coefs)

    Raises
    ------
    DataError
        For "gaussian" draws of groups that ``gr(cov = A)`` relates to each other: nothing tells
        how a new one is related to them. (brms draws it as if it were related to none.)
    """
    if how != "gaussian":
        return _of_known_groups(block, known, strata, how == "uncertainty", rng)
    if block.cov:
        raise DataError(
            f"Nothing tells how the new levels {listing(map(repr, levels))} of '{block.group}' are "
            f"related to the others: the matrix '{block.cov}' of gr({block.group}, cov = "
            f"{block.cov}) has the levels of the training data. sample_new_levels = 'uncertainty' "
            f"takes the effects of known groups, re_formula = 'NA' none."
        )
    z = rng.standard_normal((*known.shape[:2], len(levels), known.shape[-1]))
    factors = np.stack([covariance_factor(block, q, s) for s in block.strata], axis=2)
    effects: np.ndarray = np.einsum("cdnij,cdnj->cdni", factors[:, :, strata], z)
    if not block.student:
        return effects
    df = np.asarray(q[f"df_{block.group}"])[..., None]
    mixing = df / rng.chisquare(np.broadcast_to(df, effects.shape[:-1]))
    return np.asarray(effects * np.sqrt(mixing)[..., None])


def _of_known_groups(
    block: GroupBlock,
    known: np.ndarray,
    strata: np.ndarray,
    anew: bool,
    rng: np.random.Generator,
) -> np.ndarray:
    """The effects of a known group of the same stratum, in each draw chosen `anew` or not."""
    codes = np.zeros(known.shape[-2], int) if block.by is None else np.asarray(block.by.codes)
    chosen = np.empty((*known.shape[:2], len(strata)), dtype=int)
    for i, stratum in enumerate(strata):
        candidates = np.flatnonzero(codes == stratum)
        size = known.shape[:2] if anew else (1, 1)
        chosen[..., i] = candidates[rng.integers(len(candidates), size=size)]
    picked: np.ndarray = np.take_along_axis(known, chosen[..., None], axis=-2)
    return picked


def covariance_factor(block: GroupBlock, q: Mapping[Any, Any], stratum: str) -> np.ndarray:
    """Lower factor of the covariance of the effects of a group, shape (chain, draw, q, q).

    Parameters
    ----------
    block : GroupBlock
        The effects.
    q : mapping
        Draws of the block's quantities under brms' names, shape (chain, draw).
    stratum : str
        One of ``block.strata``.
    """
    labels = [f"{c.label}{stratum}" for c in block.coefs]
    sd = np.stack([np.asarray(q[f"sd_{block.group}__{label}"]) for label in labels], axis=-1)
    cor = np.broadcast_to(np.eye(len(labels)), (*sd.shape, len(labels))).copy()
    if block.correlated:
        for j, second in enumerate(labels):
            for i, first in enumerate(labels[:j]):
                values = np.asarray(q[f"cor_{block.group}__{first}__{second}"])
                cor[..., i, j] = cor[..., j, i] = values
    return np.asarray(sd[..., :, None] * np.linalg.cholesky(cor))
