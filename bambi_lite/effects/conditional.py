"""brms' ``conditional_effects``: what the model says along one or two predictors, others held."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import product
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from ..draws import Draws
from ..errors import DataError, DataWarning, warn
from ..estimates import estimates
from ..predict.asked import check_resp
from .arguments import (
    Settings,
    check_categories,
    check_distance,
    chosen_effects,
    interval_ends,
    read_transform,
)
from .conditions import LABEL, Condition, read_conditions
from .effect import Effect
from .evaluate import EPRED, LINPRED, Ask, ask, complete, pieces, prediction
from .grid import Axis, axis_of, check_resolution, level_text, read_int_conditions
from .points import near_data, points_of
from .result import ConditionalEffects
from .variables import (
    GROUP,
    PREDICTOR,
    Variable,
    Variables,
    effect_text,
    variables_of,
)

#: brms' name of the column of categories.
CATEGORIES = "cats__"


def conditional_effects(
    draws: Draws,
    effects: str | Sequence[str] | None = None,
    conditions: Any = None,
    int_conditions: Mapping[str, Any] | None = None,
    re_formula: str | None = "NA",
    *,
    prob: float = 0.95,
    robust: bool = True,
    method: str = EPRED,
    spaghetti: bool = False,
    surface: bool = False,
    categorical: bool = False,
    ordinal: bool = False,
    transform: Callable[[Any], Any] | str | None = None,
    resolution: int = 100,
    select_points: float = 0.0,
    too_far: float = 0.0,
    probs: Sequence[float] | None = None,
    dpar: str | None = None,
    resp: str | None = None,
    **options: Any,
) -> ConditionalEffects:
    """What the model expects along each predictor while the others are held fixed.

    Parameters
    ----------
    draws : Draws
        The fit's draws.
    effects : str or sequence of str, optional
        Columns (``"Days"``) and pairs of them (``"zBase:Trt"``, the first on the x axis); grouping
        factors too. By default the columns of each population-level term of all distributional
        parameters, and their two-way interactions.
    conditions : DataFrame or mapping, optional
        Values to hold, a row each; an effect is shown for every row. Column ``cond__`` names them.
        By default, and where a column is not given, numbers are at their mean, factors at their
        first level, trials at 1, and no group is meant. See :func:`make_conditions`.
    int_conditions : mapping, optional
        At which values a column of an effect is shown: numbers or levels, a mapping from names
        to values, or a function of the column such as ``lambda x: x.quantile([.1, .9])``. By
        default the second of two numeric columns is at mean - sd, mean and mean + sd.
    re_formula : None or str
        ``"NA"``: without group effects. None: with them; a group that no condition names is a new
        one, so that the spread between groups is in the intervals. ``"~ (1 | g)"``: with those
        that it names.
    prob : float
        Mass of the equal-tailed interval.
    robust : bool
        Median and MAD (times 1.4826), or mean and standard deviation.
    method : str
        ``posterior_epred`` (expected response), ``posterior_predict`` (new responses) or
        ``posterior_linpred`` (linear predictor).
    spaghetti : bool
        Keep the curve of each draw; choose few by `ndraws`.
    surface : bool
        Two numeric columns on a grid of `resolution` points each.
    categorical : bool
        The probability of each category, for families of categories.
    ordinal : bool
        As `categorical`, drawn as a raster (brms' older form).
    transform : callable or str, optional
        Applied to predicted responses (``method="posterior_predict"``) before they are summarised.
    resolution : int
        Points of a curve.
    select_points : float
        How far, on the unit interval, the numbers of an observation may be from those that are
        held for it to be among the points of a picture; 0 keeps all.
    too_far : float
        How far, on the unit square, a point of a surface may be from the data; 0 keeps all.
    probs : two floats, optional
        Probabilities of the ends of the interval, in the place of `prob`.
    dpar : str, optional
        A distributional parameter (``"sigma"``) in the place of the response, on its own scale.
    resp : str, optional
        The response; there is one.
    **options
        See :class:`bambi_lite.predict.Options`: ``ndraws``, ``draw_ids``, ``seed``,
        ``sample_new_levels``, ``group_effects``.

    Returns
    -------
    ConditionalEffects
        A table for each effect, by its name. Columns as in brms: the effect's columns, the other
        columns of the model where they are held, ``cond__``, ``effect1__`` and ``effect2__`` (what
        a picture shows), ``estimate__``, ``se__``, ``lower__``, ``upper__``; response scale unless
        `method` says otherwise. With `categorical` the second effect is ``cats__``.
        ``.plot()`` draws them.

    Raises
    ------
    DataError, FamilyError
        For effects, conditions and settings that the model cannot have.

    Notes
    -----
    brms 2.23.1's ``conditional_effects``. Values are held at points, not averaged over: for an
    average over the data see :func:`bambi_lite.predictions`. Where brms takes a missing factor as
    all of its dummy variables at zero, a missing value is refused here.

    Examples
    --------
    >>> effects = fit.conditional_effects("Days")  # doctest: +SKIP
    >>> effects["Days"].head()  # doctest: +SKIP
    >>> effects.plot(points=True)  # doctest: +SKIP
    """
    spec, variables = draws.spec, variables_of(draws.spec)
    check_resp(spec, resp)
    ends = interval_ends(prob, probs)
    # A group that is not named is a new one.
    asked = ask(draws, method, re_formula, dpar, {"allow_new_levels": True, **options})
    by_category = categorical or ordinal
    if by_category:
        check_categories(draws, asked)
    settings = Settings(
        asked=asked,
        probs=ends,
        robust=robust,
        spaghetti=spaghetti,
        surface=surface,
        categorical=by_category,
        ordinal=ordinal,
        transform=read_transform(transform, asked),
        resolution=check_resolution(resolution),
        select_points=check_distance(select_points, "select_points"),
        too_far=check_distance(too_far, "too_far"),
    )
    chosen = chosen_effects(draws, effects, variables, by_category)
    rows = read_conditions(conditions, variables)
    given = read_int_conditions(int_conditions, variables)
    if spec.family.thresholds and not by_category and asked.method == EPRED and not dpar:
        warn(
            "The categories are taken as the numbers 1, 2, ... and averaged, which is rarely what "
            "an ordinal response means. categorical = True shows the probability of each.",
            DataWarning,
        )
    found = [_effect(draws, effect, rows, given, variables, settings) for effect in chosen]
    return ConditionalEffects(
        effects=MappingProxyType({e.name: e for e in found}),
        response=spec.response_name,
        shown=_shown(draws, asked, by_category),
        held=_held(variables, rows, asked),
        centre="median" if robust else "mean",
        prob=ends[1] - ends[0],
    )


# -- one effect ------------------------------------------------------------------------------


def _effect(
    draws: Draws,
    effect: tuple[str, ...],
    conditions: Sequence[Condition],
    given: Mapping[str, Any],
    variables: Variables,
    settings: Settings,
) -> Effect:
    surface = settings.surface and len(effect) == 2 and all(variables[n].numeric for n in effect)
    axes = tuple(
        axis_of(
            variables[name], given.get(name), settings.resolution, second=i > 0, surface=surface
        )
        for i, name in enumerate(effect)
    )
    data = _grid(axes, conditions, variables)
    if surface and settings.too_far:
        data = data[near_data(data, axes, variables, settings.too_far)].reset_index(drop=True)
    lines = settings.spaghetti and not surface and not axes[0].labels
    stats, categories, curves = _summaries(draws, data, variables, settings, lines)
    table = _table(data, axes, stats, categories)
    names = (*effect, CATEGORIES) if categories else effect
    table.attrs = {"effects": names, "response": draws.spec.response_name, "prob": settings.probs}
    return Effect(
        name=effect_text(names),
        columns=names,
        table=table,
        axes=axes,
        categories=categories,
        ordered=draws.spec.family.thresholds,
        raster=settings.ordinal,
        surface=surface,
        points=points_of(draws.spec, axes, conditions, variables, settings.select_points),
        curves=_spaghetti(table, curves) if curves is not None else None,
    )


def _grid(
    axes: Sequence[Axis], conditions: Sequence[Condition], variables: Variables
) -> pd.DataFrame:
    """The rows of an effect: for each condition every combination, the first column slowest."""
    combinations = list(product(*(a.values for a in axes)))
    effect = [a.name for a in axes]
    columns: dict[str, Any] = {
        name: variables[name].series([row[i] for row in combinations] * len(conditions))
        for i, name in enumerate(effect)
    }
    for v in variables:
        if v.name not in effect:
            held = [c.values[v.name] for c in conditions for _ in combinations]
            columns[v.name] = v.series(held)
    labels = [c.label for c in conditions]
    codes = np.repeat(np.arange(len(labels)), len(combinations))
    columns[LABEL] = pd.Categorical.from_codes(codes, categories=labels)
    return pd.DataFrame(columns)


def _summaries(
    draws: Draws, data: pd.DataFrame, variables: Variables, settings: Settings, lines: bool
) -> tuple[np.ndarray, tuple[str, ...], np.ndarray | None]:
    """Estimates (4, rows[, categories]), the categories, and the draws where lines are wanted."""
    made = prediction(draws, complete(data, variables), settings.asked)
    (categories,) = made.last.values() or ((),)
    parts, curves = [], []
    for _, found in pieces(made):
        values = found[:, 0]
        if categories and not settings.categorical:
            values = _one_number(draws, values)
        if settings.transform is not None:
            values = np.asarray(settings.transform(values), dtype=float)
        parts.append(estimates(values, settings.robust, settings.probs))
        if lines:
            curves.append(values)
    stats = np.concatenate(parts, axis=1)
    whole = np.concatenate(curves, axis=1) if lines else None
    return stats, tuple(map(str, categories)) if settings.categorical else (), whole


def _one_number(draws: Draws, values: np.ndarray) -> np.ndarray:
    """The mean category of an ordinal response; other categories have no mean."""
    if not draws.spec.family.thresholds:
        raise DataError(
            f"A response of family '{draws.spec.family.name}' has a number for each of its "
            f"categories: categorical = True shows them."
        )
    return np.asarray(values @ np.arange(1.0, values.shape[-1] + 1.0))


def _table(
    data: pd.DataFrame, axes: Sequence[Axis], stats: np.ndarray, categories: tuple[str, ...]
) -> pd.DataFrame:
    """brms' columns; the rows once more for each category."""
    if categories:
        n = len(data)
        data = pd.concat([data] * len(categories), ignore_index=True)
        codes = np.repeat(np.arange(len(categories)), n)
        data[CATEGORIES] = pd.Categorical.from_codes(codes, categories=list(categories))
        stats = stats.transpose(0, 2, 1).reshape(len(stats), -1)
    shown = [_shown_values(data[a.name], a) for a in axes]
    if categories:
        shown.append(data[CATEGORIES])
    data = data.assign(**{f"effect{i}__": values for i, values in enumerate(shown, start=1)})
    names = ("estimate__", "se__", "lower__", "upper__")
    return data.assign(**dict(zip(names, stats, strict=True)))


def _shown_values(column: pd.Series, axis: Axis) -> Any:
    """Numbers of a scale, or the labels of cases in the order of the axis."""
    if not axis.labels:
        return column.to_numpy(dtype=float)
    places = {value: i for i, value in enumerate(axis.values)}
    codes = [places[value] for value in column]
    return pd.Categorical.from_codes(codes, categories=list(axis.labels))


def _spaghetti(table: pd.DataFrame, curves: np.ndarray) -> pd.DataFrame:
    """brms' table of curves: a row for each point of each draw, which ``sample__`` numbers."""
    kept = [c for c in table.columns if c not in ("estimate__", "se__", "lower__", "upper__")]
    n_draws, values = len(curves), curves
    if values.ndim > 2:
        values = values.transpose(0, 2, 1).reshape(n_draws, -1)
    made = table[kept].loc[np.tile(table.index, n_draws)].reset_index(drop=True)
    return made.assign(
        estimate__=values.ravel(), sample__=np.repeat(np.arange(1, n_draws + 1), len(table))
    )


# -- words -----------------------------------------------------------------------------------


def _shown(draws: Draws, asked: Ask, by_category: bool) -> str:
    """What the y axis shows."""
    if by_category:
        return "Probability" if draws.spec.response.y.ndim == 1 else draws.spec.response_name
    if asked.method == LINPRED:
        return f"{asked.dpar or 'mu'} (link scale)"
    return asked.dpar or draws.spec.response_name


def _held(variables: Variables, conditions: Sequence[Condition], asked: Ask) -> str:
    """What is held, in a line."""
    parts = []
    for v in variables:
        if v.role not in (PREDICTOR, GROUP) and v.term != "trials":
            continue
        own = list(dict.fromkeys(c.values[v.name] for c in conditions))
        if own == [None]:
            groups = {"zero": "none", "integrate": "averaged over"}
            parts.append(f"{v.name}: {groups.get(asked.group_effects, 'a new one')}")
        elif len(own) == 1:
            parts.append(f"{v.name} = {_rounded(v, own[0])}")
    return ", ".join(parts)


def _rounded(variable: Variable, value: Any) -> str:
    """A value for a line of text; a mean that is zero but for rounding is zero."""
    if not isinstance(value, float):
        return level_text(value)
    spread = float(np.nanmax(np.abs(variable.numbers))) if variable.numeric else 0.0
    return "0" if abs(value) < 1e-12 * spread else f"{value:.4g}"
