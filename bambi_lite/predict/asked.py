"""What a prediction is asked for: the arguments that all of them share, checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Integral
from typing import Any, Literal, TypedDict, get_args

import numpy as np

from ..draws import Draws
from ..errors import DataError, listing, suggest
from ..spec import ModelSpec
from ..terms import NEW_LEVELS, NewLevels
from .kept import ALL, NONE, Kept, read_kept

#: What a prediction takes for the effects of groups.
type GroupEffects = Literal["observed", "new", "zero", "integrate"]
GROUP_EFFECTS: tuple[GroupEffects, ...] = get_args(GroupEffects.__value__)


class Options(TypedDict, total=False):
    """Keyword arguments that every prediction has.

    resp : str
        The response; there is one, and its name is the only one that is valid.
    nlpar : str
        A non-linear parameter: there are none yet.
    ndraws : int
        How many draws, chosen at random (by `seed`) and in their order; all by default.
    draw_ids : sequence of int
        Which draws, counted from 1 and chain after chain as in brms. Results then have one chain,
        whose ``draw`` are these numbers.
    allow_new_levels : bool
        Whether `newdata` may have groups that the training data do not have.
    sample_new_levels : "uncertainty", "gaussian" or "old_levels"
        Effects of a new group: in every draw those of a known group chosen anew (brms' default);
        a draw from the fitted distribution of the groups (normal, or t with
        ``gr(dist = "student")``); or in all draws those of one known group. Different new groups
        get different ones, each all its effects together, on all distributional parameters; with
        ``gr(by = x)`` those of groups of their own value of x.
    group_effects : "observed", "new", "zero" or "integrate"
        What stands for the group-level effects that `re_formula` keeps: those of the groups of the
        rows ("observed", the default); those of groups never seen, one for each group that the rows
        name, or for each row where they name none ("new", by default "gaussian"); none, which is
        the group in the middle ("zero", as ``re_formula = "NA"``); or the average of the expected
        response over all groups that there could be ("integrate").
    seed : int
        Of all random numbers.
    """

    resp: str | None
    nlpar: str | None
    ndraws: int | None
    draw_ids: Sequence[int] | None
    allow_new_levels: bool
    sample_new_levels: NewLevels | None
    group_effects: GroupEffects | None
    seed: int | None


@dataclass(frozen=True, slots=True)
class Asked:
    """The same, checked, with defaults filled in.

    Attributes
    ----------
    newdata : DataFrame or None
    kept : Kept
        The group-level effects that count.
    re_formula : str
        As the user wrote it, for attributes.
    draw_ids : array of int or None
        Positions of draws, from 0; None for all in their chains.
    allow_new_levels : bool
    new_levels : str
        How effects of new groups are drawn.
    group_effects : str
    seed : int or None
    """

    newdata: Any
    kept: Kept
    re_formula: str
    draw_ids: np.ndarray | None
    allow_new_levels: bool
    new_levels: NewLevels
    group_effects: GroupEffects
    seed: int | None


def ask(draws: Draws, newdata: Any, re_formula: Any, options: Options) -> Asked:
    """The arguments of a prediction, checked.

    Raises
    ------
    DataError
        For values that cannot be, and for arguments that contradict each other.
    TypeError
        For an argument that there is not.
    """
    _check_names(options)
    spec = draws.spec
    check_resp(spec, options.get("resp"))
    check_nlpar(spec, options.get("nlpar"))
    seed = _check_seed(options.get("seed"))
    kept = read_kept(spec, re_formula)
    effects = _check_group_effects(options.get("group_effects"), kept, re_formula)
    how = options.get("sample_new_levels")
    if how is not None and how not in NEW_LEVELS:
        raise DataError(
            f"sample_new_levels has to be one of {listing(NEW_LEVELS)}, not {how!r}."
            f"{suggest(str(how), NEW_LEVELS)}"
        )
    if how is not None and effects == "integrate":
        raise DataError(
            f"sample_new_levels = {how!r} contradicts group_effects = 'integrate', which draws no "
            f"effects: it averages over their fitted distribution. group_effects = 'new' draws."
        )
    return Asked(
        newdata=newdata,
        kept=NONE if effects == "zero" else kept,
        re_formula="all" if re_formula is None else str(re_formula),
        draw_ids=_draw_ids(draws, options.get("ndraws"), options.get("draw_ids"), seed),
        allow_new_levels=bool(options.get("allow_new_levels", False)),
        new_levels=how or ("gaussian" if effects == "new" else "uncertainty"),
        group_effects=effects,
        seed=seed,
    )


def _check_names(options: Options) -> None:
    valid = Options.__annotations__
    for name in options:
        if name not in valid:
            raise TypeError(
                f"A prediction got an unexpected keyword argument '{name}'. Valid: "
                f"{listing(('newdata', 're_formula', *valid))}.{suggest(name, valid)}"
            )


def check_resp(spec: ModelSpec, resp: Any) -> None:
    """DataError unless `resp` is None or the response."""
    if resp is not None and resp != spec.response_name:
        raise DataError(
            f"The model has no response {resp!r}; its only response is '{spec.response_name}'."
        )


def check_nlpar(spec: ModelSpec, nlpar: Any) -> None:
    """DataError unless `nlpar` is None."""
    if nlpar is not None:
        raise DataError(
            f"nlpar = {nlpar!r}: the model '{spec.formula}' has no non-linear parameters. "
            f"dpar asks for distributional ones: {listing(d.name for d in spec.dpars)}."
        )


def _check_group_effects(value: Any, kept: Kept, re_formula: Any) -> GroupEffects:
    """What is asked for, or what `re_formula` implies."""
    none = kept is not ALL and not kept.labels
    if value is None:
        return "zero" if none else "observed"
    if value not in GROUP_EFFECTS:
        raise DataError(
            f"group_effects has to be one of {listing(GROUP_EFFECTS)}, not {value!r}."
            f"{suggest(str(value), GROUP_EFFECTS)}"
        )
    if none and value != "zero":
        raise DataError(
            f"re_formula = {re_formula!r} leaves all group-level effects out, which contradicts "
            f"group_effects = {value!r}. Leave re_formula out, or name the terms that count: "
            f"'~ (1 | g)'."
        )
    if value == "zero" and kept is not ALL and not none:
        raise DataError(
            f"re_formula = {re_formula!r} says which group-level effects count, which contradicts "
            f"group_effects = 'zero': none. Leave one of them out."
        )
    found: GroupEffects = value
    return found


def _check_seed(seed: Any) -> int | None:
    if seed is None:
        return None
    if isinstance(seed, bool) or not isinstance(seed, Integral) or seed < 0:
        raise DataError(f"seed has to be a whole number of 0 or more, not {seed!r}.")
    return int(seed)


def _draw_ids(draws: Draws, ndraws: Any, draw_ids: Any, seed: int | None) -> np.ndarray | None:
    """Positions of the draws asked for, from 0; as in brms `draw_ids` counts for more."""
    sizes = draws.posterior.sizes
    total = int(sizes["chain"] * sizes["draw"])
    if draw_ids is not None:
        return _check_ids(draw_ids, total) - 1
    if ndraws is None:
        return None
    if (
        isinstance(ndraws, bool)
        or not isinstance(ndraws, Integral)
        or not 1 <= int(ndraws) <= total
    ):
        raise DataError(
            f"ndraws = {ndraws!r}: it has to be a whole number from 1 to {total}, the draws that "
            f"the fit has."
        )
    # The stream after those of new groups and of responses.
    rng = np.random.default_rng(seed).spawn(2)[1]
    return None if ndraws == total else np.sort(rng.choice(total, int(ndraws), replace=False))


def _check_ids(draw_ids: Any, total: int) -> np.ndarray:
    ids = np.atleast_1d(np.asarray(draw_ids))
    if ids.ndim != 1 or not ids.size or ids.dtype.kind not in "iu":
        raise DataError(f"draw_ids has to be whole numbers from 1 to {total}, not {draw_ids!r}.")
    bad = ids[(ids < 1) | (ids > total)]
    if bad.size:
        hint = " Draws are counted from 1, as in brms." if (bad == 0).any() else ""
        raise DataError(
            f"draw_ids has {listing(map(str, bad), 5)}; the fit has draws 1 to {total}.{hint}"
        )
    return np.asarray(ids, dtype=int)
