"""What conditional effects are asked for: settings and effects, checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from ..draws import Draws
from ..errors import DataError, listing
from ..estimates import check_prob, check_probs
from .evaluate import EPRED, PREDICT, Ask
from .variables import GROUP, PREDICTOR, Variables, default_effects

#: Functions that ``transform`` may name.
_TRANSFORMS: Mapping[str, Callable[[Any], Any]] = MappingProxyType(
    {f.__name__: f for f in (np.exp, np.expm1, np.log, np.log10, np.log1p, np.log2, np.sqrt)}
)


@dataclass(frozen=True, slots=True)
class Settings:
    """How effects are computed and summarised: see ``conditional_effects``."""

    asked: Ask
    probs: tuple[float, float]
    robust: bool
    spaghetti: bool
    surface: bool
    categorical: bool
    ordinal: bool
    transform: Callable[[Any], Any] | None
    resolution: int
    select_points: float
    too_far: float


def interval_ends(prob: float, probs: Sequence[float] | None) -> tuple[float, float]:
    """Probabilities of the ends of the interval; DataError for what are none."""
    if probs is None:
        tail = (1.0 - check_prob(prob)) / 2.0
        return tail, 1.0 - tail
    ends = check_probs(probs)
    if len(ends) != 2 or ends[0] >= ends[1]:
        raise DataError(
            f"probs are the two ends of the interval, the smaller one first, such as (0.025, "
            f"0.975), not {probs!r}."
        )
    return ends[0], ends[1]


def check_distance(value: Any, name: str) -> float:
    """A distance on a unit scale; DataError unless a number of 0 or more."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not value >= 0:
        raise DataError(f"{name} = {value!r} has to be a number of 0 or more: a distance.")
    return float(value)


def read_transform(transform: Any, asked: Ask) -> Callable[[Any], Any] | None:
    """The function that predicted responses go through; DataError for other methods and names."""
    if transform is None:
        return None
    if asked.method != PREDICT:
        raise DataError(
            "transform applies to predicted responses: method = 'posterior_predict'. The "
            "expectation of a transformed response is another number than the transformed "
            "expectation."
        )
    if callable(transform):
        return transform  # type: ignore[no-any-return] # whatever the user gave
    if transform not in _TRANSFORMS:
        raise DataError(
            f"transform = {transform!r} is no function and names none of {listing(_TRANSFORMS)}."
        )
    return _TRANSFORMS[transform]


def check_categories(draws: Draws, asked: Ask) -> None:
    """DataError where there are no probabilities of categories."""
    spec = draws.spec
    if not spec.response.categories:
        raise DataError(
            f"categorical = True shows the probability of each category, and a response of family "
            f"'{spec.family.name}' has none."
        )
    if asked.method != EPRED or asked.dpar is not None:
        raise DataError(
            "categorical = True shows probabilities of categories, which are expectations: "
            "method = 'posterior_epred', without dpar."
        )


def chosen_effects(
    draws: Draws, effects: Any, variables: Variables, by_category: bool
) -> tuple[tuple[str, ...], ...]:
    """The effects asked for, each as the names of one or two columns.

    Parameters
    ----------
    draws : Draws
    effects : None, str or sequence of str
        None are brms' default effects.
    variables : Variables
    by_category : bool
        Whether the categories of the response take the place of a second column.

    Raises
    ------
    DataError
        For columns that are no predictors, more than two of them, and a formula without any.
    """
    if effects is None:
        found = default_effects(draws.spec)
        if by_category:
            found = tuple(dict.fromkeys((name,) for effect in found for name in effect))
        if not found:
            groups = variables.named(GROUP)
            also = (
                f" Groups can be named: effects = {groups[0]!r}, re_formula = None."
                if groups
                else ""
            )
            raise DataError(
                f"The formula '{draws.spec.formula}' has no population-level predictors, so that "
                f"there is no effect to show.{also}"
            )
        return found
    texts = [effects] if isinstance(effects, str) else list(effects)
    if not texts or not all(isinstance(t, str) for t in texts):
        raise DataError(f"effects are names of columns, such as 'x' and 'x:z', not {effects!r}.")
    return tuple(_effect_of(text, variables, by_category) for text in texts)


def _effect_of(text: str, variables: Variables, by_category: bool) -> tuple[str, ...]:
    # A name that has a colon itself is a column first.
    names = (text,) if text in variables else tuple(part.strip() for part in text.split(":"))
    for name in names:
        variables.check(
            name, f"effects = {text!r}" if len(names) > 1 else "effects", (PREDICTOR, GROUP)
        )
    if len(names) > 2:
        rest = names[2] if len(names) == 3 else list(names[2:])
        raise DataError(
            f"effects = {text!r}: at most two columns are shown together. Hold the others: "
            f"effects = '{names[0]}:{names[1]}', conditions = bl.make_conditions(fit, {rest!r})."
        )
    if len(set(names)) < len(names):
        raise DataError(f"effects = {text!r} has the same column twice.")
    if by_category and len(names) == 2:
        raise DataError(
            f"effects = {text!r}: with categorical = True the categories take the place of the "
            f"second column. Hold it: effects = {names[0]!r}, conditions = "
            f"bl.make_conditions(fit, {names[1]!r})."
        )
    return names
