"""Predictions, comparisons and slopes for rows of data and averages of them.

In the manner of marginaleffects (Arel-Bundock, Greifer and Heiss 2024, Journal of Statistical
Software 111(9)): whatever is averaged is averaged in each draw, and only then summarised.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..draws import Draws
from ..errors import DataError, listing, suggest
from ..estimates import check_prob
from .averages import Rows, group_means
from .contrasts import Contrast, contrasts, read_variables, slope_of
from .datagrid import counterfactual, read_newdata, shown_values
from .evaluate import EPRED, Ask, Version, ask, pieces, prediction, versions_of
from .grid import check_values
from .table import Answer, answer, summarised
from .variables import Variables, variables_of

#: From the prediction with the higher value and that with the lower one.
type Compare = Callable[[np.ndarray, np.ndarray], np.ndarray]


def predictions(
    fit: Any,
    newdata: Any = None,
    *,
    variables: Any = None,
    by: Any = None,
    re_formula: str | None = None,
    dpar: str | None = None,
    method: str = EPRED,
    prob: float = 0.95,
    robust: bool = True,
    **options: Any,
) -> Answer:
    """Expected responses for rows of data, or their averages.

    Parameters
    ----------
    fit : Fit
        A fitted model.
    newdata : DataFrame or str, optional
        Rows to predict for: the data by default; ``"mean"`` (one row at typical values),
        ``"median"``, ``"balanced"`` (each combination of levels), or :func:`datagrid`.
    variables : str, sequence or mapping, optional
        Counterfactual rows: each row once for every value of these columns. A mapping gives the
        values; by default they are all levels, or minimum, quartiles and maximum.
    by : True, str or sequence of str, optional
        Average over the rows: all of them, or those with the same values of these columns.
    re_formula : None or str
        With the effects of the groups of the rows; ``"NA"``: without group effects; or those that a
        formula names.
    dpar : str, optional
        A distributional parameter in the place of the response.
    method : str
        ``posterior_epred`` (expected response), ``posterior_linpred`` or ``posterior_predict``.
    prob : float
        Mass of the equal-tailed interval.
    robust : bool
        Median and MAD (the default, as marginaleffects has for Bayesian models), or mean and
        standard deviation.
    **options
        See :class:`bambi_lite.predict.Options`: ``group_effects`` (``"integrate"`` averages over
        groups that there could be), ``ndraws``, ``draw_ids``, ``seed``, ``allow_new_levels``, ...

    Returns
    -------
    DataFrame
        What each row is about, then Estimate, Est.Error and the quantiles, response scale; a column
        ``category`` for families of categories. ``.draws`` has the draws, dims chain, draw, row.

    Raises
    ------
    DataError, FamilyError
        For columns and values that the model does not have.

    Examples
    --------
    >>> bl.predictions(fit, by="Days")  # doctest: +SKIP
    """
    draws, own = fit.draws, variables_of(fit.spec)
    asked = ask(draws, method, re_formula, dpar, options)
    frame = read_newdata(newdata, draws.spec, own, re_formula is None)
    if variables is not None:
        axes = {
            name: shown_values(own[name]) if values is None else _listed(values)
            for name, values in read_variables(variables, own, "predictions").items()
        }
        for name, values in axes.items():
            _check_known(own, name, values)
        frame = counterfactual(frame, axes, own)
    rows = _rows(frame, by, own)
    return _answer(draws, rows, [({}, (_same,), _only)], asked, check_prob(prob), robust)


def comparisons(
    fit: Any,
    variables: Any = None,
    newdata: Any = None,
    *,
    by: Any = None,
    comparison: str | Compare = "difference",
    re_formula: str | None = None,
    dpar: str | None = None,
    prob: float = 0.95,
    robust: bool = True,
    **options: Any,
) -> Answer:
    """What changes in the expected response when a predictor changes, all else as it is.

    Parameters
    ----------
    fit : Fit
        A fitted model.
    variables : str, sequence or mapping, optional
        Columns to change; all predictors by default. A mapping says how. Numbers: a step (default
        1, from the value of the row on), two values (larger minus smaller), ``"sd"``, ``"2sd"``
        (around the mean of the data), ``"iqr"``, ``"minmax"``. Levels: ``"reference"`` (default:
        each with the first), ``"pairwise"``, ``"sequential"``, ``"minmax"``, or two levels (second
        minus first).
    newdata, by, re_formula, dpar, prob, robust, **options
        See :func:`predictions`.
    comparison : str or callable
        ``difference``, ``ratio``, ``lnratio``, ``lnor`` (difference of log odds), or a function of
        the prediction with the higher and that with the lower value (arrays of the same shape,
        draws first). With `by` the predictions are averaged first, so that a ratio is one of means.

    Returns
    -------
    DataFrame
        Columns ``term``, ``contrast``, what each row is about, Estimate, Est.Error and the
        quantiles. ``.draws`` has the draws.

    Raises
    ------
    DataError, FamilyError
        For columns and values that the model does not have, and for columns with one value.

    Examples
    --------
    >>> bl.comparisons(fit, {"zBase": "sd", "Trt": None}, by=True)  # doctest: +SKIP
    """
    draws, own = fit.draws, variables_of(fit.spec)
    compare = _comparison(comparison)
    asked = ask(draws, EPRED, re_formula, dpar, options)
    wanted = read_variables(variables, own, "comparisons")
    if variables is None:
        wanted = {n: h for n, h in wanted.items() if own[n].column.nunique() > 1}
    _check_any(wanted, draws, "comparisons")
    pairs = [c for name, how in wanted.items() for c in contrasts(own[name], how, "comparisons")]
    cases = [
        ({"term": c.name, "contrast": c.label}, _versions(c, own), _compared(compare))
        for c in pairs
    ]
    rows = _rows(read_newdata(newdata, draws.spec, own, re_formula is None), by, own)
    _check_columns(rows, pairs, "comparisons")
    return _answer(draws, rows, cases, asked, check_prob(prob), robust)


def slopes(
    fit: Any,
    variables: str | Sequence[str] | None = None,
    newdata: Any = None,
    *,
    by: Any = None,
    re_formula: str | None = None,
    dpar: str | None = None,
    prob: float = 0.95,
    robust: bool = True,
    **options: Any,
) -> Answer:
    """Slopes of the expected response in numeric predictors: derivatives at each row.

    Parameters
    ----------
    fit : Fit
        A fitted model.
    variables : str or sequence of str, optional
        Numeric columns; all numeric predictors by default.
    newdata, by, re_formula, dpar, prob, robust, **options
        See :func:`predictions`. With `by` these are average slopes.

    Returns
    -------
    DataFrame
        As :func:`comparisons`; units of the response for one unit of the column.

    Raises
    ------
    DataError, FamilyError
        For columns that the model does not have, factors and constants.

    Notes
    -----
    Central differences over 1e-4 of the range of the column in the data.

    Examples
    --------
    >>> bl.slopes(fit, "zBase", by="Trt")  # doctest: +SKIP
    """
    draws, own = fit.draws, variables_of(fit.spec)
    asked = ask(draws, EPRED, re_formula, dpar, options)
    wanted = read_variables(variables, own, "slopes")
    if variables is None:
        wanted = {n: h for n, h in wanted.items() if own[n].numeric and own[n].column.nunique() > 1}
    if any(how is not None for how in wanted.values()):
        raise DataError("slopes: variables are names of columns; steps belong to comparisons().")
    _check_any(wanted, draws, "slopes")
    found = [slope_of(own[name], "slopes") for name in wanted]
    cases = [
        ({"term": c.name, "contrast": c.label}, _versions(c, own), _per_unit(c)) for c in found
    ]
    rows = _rows(read_newdata(newdata, draws.spec, own, re_formula is None), by, own)
    _check_columns(rows, found, "slopes")
    return _answer(draws, rows, cases, asked, check_prob(prob), robust)


# -- arguments -------------------------------------------------------------------------------


def _listed(values: Any) -> list[Any]:
    single = isinstance(values, str) or np.ndim(values) == 0
    return [values] if single else [v.item() if isinstance(v, np.generic) else v for v in values]


def _check_known(variables: Variables, name: str, values: list[Any]) -> None:
    check_values(variables[name], values, "predictions")


def _check_any(wanted: Mapping[str, Any], draws: Draws, what: str) -> None:
    if not wanted:
        raise DataError(
            f"{what}: the formula '{draws.spec.formula}' has no "
            f"{'numeric ' if what == 'slopes' else ''}predictors that vary."
        )


def _check_columns(rows: Rows, pairs: Sequence[Contrast], what: str) -> None:
    """Steps start from a value of the row."""
    for c in pairs:
        if c.low is None and c.name not in rows.frame.columns:
            raise DataError(f"{what}: newdata has no column '{c.name}', whose values are changed.")


def _rows(frame: pd.DataFrame, by: Any, variables: Variables) -> Rows:
    """The rows with the groups in which they are averaged."""
    if by is None or by is False:
        shown = [v.name for v in variables if v.name in frame.columns]
        own = frame[shown]
        own.insert(0, "rowid", np.arange(len(frame)))
        return Rows(frame, None, own)
    if by is True:
        return Rows(frame, np.zeros(len(frame), dtype=int), pd.DataFrame(index=[0]))
    names = [by] if isinstance(by, str) else list(by)
    columns = [str(c) for c in frame.columns]
    for name in names:
        if name not in columns:
            raise DataError(
                f"by: newdata has no column '{name}'. Columns: {listing(columns)}. True averages "
                f"over all rows.{suggest(str(name), columns)}"
            )
    grouped = frame.groupby(names, observed=True, dropna=False, sort=True)
    groups = grouped.size().reset_index()[names]
    return Rows(frame, grouped.ngroup().to_numpy(), groups)


_COMPARISONS = ("difference", "ratio", "lnratio", "lnor")


def _comparison(comparison: Any) -> Compare:
    if callable(comparison):
        return comparison  # type: ignore[no-any-return] # whatever the user gave
    if comparison not in _COMPARISONS:
        raise DataError(
            f"comparison = {comparison!r} is no function and none of {listing(_COMPARISONS)}."
            f"{suggest(str(comparison), _COMPARISONS)}"
        )
    known: dict[str, Compare] = {
        "difference": lambda high, low: high - low,
        "ratio": lambda high, low: high / low,
        "lnratio": _lnratio,
        "lnor": _lnor,
    }
    return known[comparison]


def _lnratio(high: np.ndarray, low: np.ndarray) -> np.ndarray:
    _check_between(high, low, np.inf, "lnratio", "positive expectations")
    return np.asarray(np.log(high) - np.log(low))


def _lnor(high: np.ndarray, low: np.ndarray) -> np.ndarray:
    _check_between(high, low, 1.0, "lnor", "probabilities between 0 and 1")
    return np.asarray(np.log(high) - np.log1p(-high) - np.log(low) + np.log1p(-low))


def _check_between(high: Any, low: Any, most: float, name: str, what: str) -> None:
    if any((v <= 0.0).any() or (v >= most).any() for v in (high, low)):
        raise DataError(f"comparison = {name!r} takes logarithms of {what}; these are others.")


# -- computing -------------------------------------------------------------------------------

#: What a result is about, the versions of the rows it takes, and what is made of their predictions.
type _Case = tuple[dict[str, str], tuple[Version, ...], Callable[[np.ndarray], np.ndarray]]


def _same(frame: pd.DataFrame) -> pd.DataFrame:
    return frame


def _only(values: np.ndarray) -> np.ndarray:
    return np.asarray(values[:, 0])


def _versions(contrast: Contrast, variables: Variables) -> tuple[Version, Version]:
    """The rows at the lower and at the higher value."""

    def version(high: bool) -> Version:
        def change(frame: pd.DataFrame) -> pd.DataFrame:
            name, variable = contrast.name, variables[contrast.name]
            rows = frame[name] if name in frame.columns else pd.Series(0.0, index=frame.index)
            return frame.assign(**{name: contrast.column(variable, rows, high)})

        return change

    return version(False), version(True)


def _compared(compare: Compare) -> Callable[[np.ndarray], np.ndarray]:
    def made(values: np.ndarray) -> np.ndarray:
        low, high = values[:, 0], values[:, 1]
        found = np.asarray(compare(high, low), dtype=float)
        if found.shape != high.shape:
            raise DataError(
                f"comparison has to give an array of the shape that it gets, {high.shape}, not "
                f"{found.shape}."
            )
        return found

    return made


def _per_unit(contrast: Contrast) -> Callable[[np.ndarray], np.ndarray]:
    width = contrast.steps[1] - contrast.steps[0]

    def made(values: np.ndarray) -> np.ndarray:
        return np.asarray((values[:, 1] - values[:, 0]) / width)

    return made


def _answer(
    draws: Draws,
    rows: Rows,
    cases: Sequence[_Case],
    asked: Ask,
    prob: float,
    robust: bool,
) -> Answer:
    """A table with a row for each case, group (or row) and category."""
    tail = (1.0 - prob) / 2.0
    probs = (tail, 1.0 - tail)
    parts = []
    for label, versions, make in cases:
        made = prediction(draws, versions_of(rows.frame, versions), asked)
        n = len(versions)
        if rows.codes is not None:
            found = summarised([make(group_means(made, rows, n))], robust, probs)
        else:
            found = summarised((make(values) for _, values in pieces(made, n)), robust, probs)
        parts.append((label, found))
    return answer(made, parts, rows.groups, probs)
