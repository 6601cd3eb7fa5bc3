"""Tables of predictions, as brms' ``fitted``, ``predict``, ``residuals`` and their kin.

Rows are looked at some at a time, so that a table of any length needs little memory beside itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, Unpack

import numpy as np
import pandas as pd
import xarray as xr

from ..draws import Draws
from ..errors import DataError, listing, suggest
from ..estimates import check_prob, check_probs, flat, percent
from .asked import Options, ask
from .basis import Basis, Part, basis_of
from .draws import expectation, expecting, linear
from .prediction import Prediction
from .responses import check_drawn, drawing

PROBS = (0.025, 0.975)
type Scale = Literal["response", "linear"]
type Method = Literal["posterior_predict", "posterior_epred"]
type Residual = Literal["ordinary", "pearson"]


def fitted(
    draws: Draws,
    newdata: Any = None,
    re_formula: str | None = None,
    *,
    scale: Scale = "response",
    dpar: str | None = None,
    summary: bool = True,
    robust: bool = False,
    probs: Sequence[float] = PROBS,
    **options: Unpack[Options],
) -> pd.DataFrame | xr.DataArray:
    """Expected responses, summarised: brms' ``fitted``.

    Parameters
    ----------
    scale : "response" or "linear"
        Expected responses, or linear predictors.
    dpar : str, optional
        A distributional parameter whose value (or linear predictor) is wanted instead.
    summary : bool
        Estimates rather than draws.
    robust : bool
        Median and MAD (times 1.4826) rather than mean and standard deviation.
    probs : sequence of float
        Probabilities of the quantiles.
    draws, newdata, re_formula, **options
        See :func:`bambi_lite.predict.posterior_linpred`.

    Returns
    -------
    pandas.DataFrame or xarray.DataArray
        A row an observation, named by its position in the data, with Estimate, Est.Error, Q2.5,
        Q97.5. Of families of categories an array with dims obs, stat, category, whose labels are
        ``P(Y = 1)``, ...; without `summary` draws.

    Raises
    ------
    DataError
        For an unknown scale, impossible probabilities, and as
        :func:`bambi_lite.predict.posterior_linpred`.
    FamilyError
        See :func:`bambi_lite.predict.posterior_epred`.

    Examples
    --------
    >>> fit.fitted(newdata, group_effects="integrate")  # doctest: +SKIP
    """
    _check_choice("scale", scale, ("response", "linear"))
    probs = check_probs(probs)
    if scale == "linear":
        found = linear(draws, newdata, re_formula, False, dpar or "mu", options)
    else:
        found = expectation(draws, newdata, re_formula, dpar, options)
    return found.table(robust, probs, _shown(found)) if summary else found.draws()


def predict(
    draws: Draws,
    newdata: Any = None,
    re_formula: str | None = None,
    *,
    summary: bool = True,
    robust: bool = False,
    probs: Sequence[float] = PROBS,
    **options: Unpack[Options],
) -> pd.DataFrame | xr.DataArray:
    """Predicted responses, summarised: brms' ``predict``.

    Parameters
    ----------
    summary, robust, probs
        See :func:`fitted`.
    draws, newdata, re_formula, **options
        See :func:`bambi_lite.predict.posterior_predict`.

    Returns
    -------
    pandas.DataFrame or xarray.DataArray
        A row an observation with Estimate, Est.Error, Q2.5, Q97.5 of its predicted responses. Of
        ordinal and categorical responses the share of predictions in each category, columns
        ``P(Y = 1)``, ...; of responses with columns an array with dims obs, stat, category.

    Raises
    ------
    DataError
        See :func:`fitted`.
    SamplingError
        See :func:`bambi_lite.predict.posterior_predict`.
    """
    probs = check_probs(probs)
    asked = ask(draws, newdata, re_formula, options)
    check_drawn(asked)
    found = drawing(basis_of(draws, asked))
    if not summary:
        return found.draws()
    if found.last or not found.basis.response.categories:
        return found.table(robust, probs)
    return _frequencies(found)


def residuals(
    draws: Draws,
    newdata: Any = None,
    re_formula: str | None = None,
    *,
    method: Method = "posterior_predict",
    type: Residual = "ordinary",
    summary: bool = True,
    robust: bool = False,
    probs: Sequence[float] = PROBS,
    **options: Unpack[Options],
) -> pd.DataFrame | xr.DataArray:
    """Observed responses minus predicted ones, summarised: brms' ``residuals``.

    Parameters
    ----------
    method : "posterior_predict" or "posterior_epred"
        Whether responses are compared with predicted responses or with expected ones.
    type : "ordinary" or "pearson"
        The differences, or those divided by the standard deviation of the predicted responses of
        the row.
    summary, robust, probs
        See :func:`fitted`.
    draws, newdata, re_formula, **options
        See :func:`bambi_lite.predict.posterior_linpred`; `newdata` need the response.

    Returns
    -------
    pandas.DataFrame or xarray.DataArray
        See :func:`fitted`. Censored responses stand for themselves.

    Raises
    ------
    DataError
        For responses that are categories, and see :func:`fitted`.
    """
    _check_choice("type", type, ("ordinary", "pearson"))
    probs = check_probs(probs)
    found = _errors(draws, newdata, re_formula, method, type == "pearson", "residuals", options)
    return found.table(robust, probs) if summary else found.draws()


def predictive_error(
    draws: Draws,
    newdata: Any = None,
    re_formula: str | None = None,
    *,
    method: Method = "posterior_predict",
    **options: Unpack[Options],
) -> xr.DataArray:
    """Draws of observed responses minus predicted ones: brms' ``predictive_error``.

    Parameters
    ----------
    draws, newdata, re_formula, method, **options
        See :func:`residuals`.

    Returns
    -------
    xarray.DataArray
        Dims chain, draw, obs.

    Raises
    ------
    DataError
        See :func:`residuals`.
    """
    name = "predictive_error"
    return _errors(draws, newdata, re_formula, method, False, name, options).draws()


def predictive_interval(
    draws: Draws,
    newdata: Any = None,
    re_formula: str | None = None,
    *,
    prob: float = 0.9,
    **options: Unpack[Options],
) -> pd.DataFrame:
    """Equal-tailed intervals of predicted responses: brms' ``predictive_interval``.

    Parameters
    ----------
    prob : float
        The mass of the interval.
    draws, newdata, re_formula, **options
        See :func:`bambi_lite.predict.posterior_predict`.

    Returns
    -------
    pandas.DataFrame
        A row an observation; columns ``5%`` and ``95%``.

    Raises
    ------
    DataError
        For responses with columns, and see :func:`fitted`.
    """
    prob = check_prob(prob)
    asked = ask(draws, newdata, re_formula, options)
    check_drawn(asked)
    found = drawing(basis_of(draws, asked))
    if found.last:
        raise DataError(
            f"predictive_interval() is about responses that are one number; "
            f"'{draws.spec.response_name}' has the columns {listing(found.last['category'])}. "
            f"predict() has intervals of each."
        )
    ends = ((1.0 - prob) / 2.0, (1.0 + prob) / 2.0)
    values = found.reduced(lambda v: np.quantile(v, ends, axis=0), 2)
    index = pd.Index(found.basis.design.rows, name="obs")
    table = pd.DataFrame(values.T, index=index, columns=[f"{percent(p)}%" for p in ends])
    table.attrs |= found.basis.attrs("response")
    return table


# -- what they are made of -------------------------------------------------------------------


def _check_choice(name: str, value: Any, valid: Sequence[str]) -> None:
    if value not in valid:
        raise DataError(
            f"{name} has to be one of {listing(valid)}, not {value!r}.{suggest(str(value), valid)}"
        )


def _errors(
    draws: Draws,
    newdata: Any,
    re_formula: Any,
    method: Any,
    scaled: bool,
    name: str,
    options: Options,
) -> Prediction:
    """Observed minus predicted responses."""
    _check_choice("method", method, ("posterior_predict", "posterior_epred"))
    spec = draws.spec
    if spec.response.categories:
        raise DataError(
            f"{name}() is about differences of numbers; '{spec.response_name}' (family "
            f"'{spec.family.name}') has the categories {listing(spec.response.categories, 6)}. "
            f"fitted() and predict() have their probabilities."
        )
    asked = ask(draws, newdata, re_formula, options)
    expects = method == "posterior_epred"
    if scaled or not expects:
        check_drawn(asked)
    basis = basis_of(draws, asked, "response")
    predicted = (expecting if expects else drawing)(basis).compute
    spread = _spread(basis, None if expects else predicted) if scaled else None

    def error(part: Part) -> np.ndarray:
        values = np.broadcast_to(predicted(part), (*basis.shape, part.design.n_obs))
        found = np.asarray(part.response.y - values)
        return found if spread is None else np.asarray(found / spread(part, values))

    kind = "Pearson residual" if scaled else "observed minus predicted response"
    return Prediction(basis, error, kind)


def _spread(
    basis: Basis, drawn: Callable[[Part], Any] | None
) -> Callable[[Part, np.ndarray], np.ndarray]:
    """The standard deviation of predicted responses: of those at hand, or of new ones."""
    fresh = drawing(basis).compute if drawn is None else None

    def spread(part: Part, values: np.ndarray) -> np.ndarray:
        own = values if fresh is None else np.asarray(fresh(part))
        return np.asarray(flat(own).std(axis=0, ddof=1))

    return spread


def _shown(found: Prediction) -> Mapping[str, Sequence[str]]:
    """brms' labels of probabilities of categories."""
    response = found.basis.response
    if "category" not in found.last or response.y.ndim > 1:
        return found.last
    return {"category": _probabilities(response.categories)}


def _probabilities(categories: Sequence[str]) -> list[str]:
    return [f"P(Y = {category})" for category in categories]


def _frequencies(found: Prediction) -> pd.DataFrame:
    """The share of predictions in each category."""
    basis = found.basis
    labels = _probabilities(basis.response.categories)
    first = basis.response.first

    def share(values: np.ndarray) -> np.ndarray:
        return np.stack([(values == first + k).mean(axis=0) for k in range(len(labels))])

    index = pd.Index(basis.design.rows, name="obs")
    table = pd.DataFrame(found.reduced(share, len(labels)).T, index=index, columns=labels)
    table.attrs |= basis.attrs("share of predicted responses")
    return table
