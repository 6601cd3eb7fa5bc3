"""What a family asks of its response: checks that name the rows, as ``encode`` functions."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ..design import Column
from ..errors import DataError, rows_of
from .base import FloatArray, Response

type Encoder = Callable[[Column, Mapping[str, Any]], Response]


def one_column(column: Column, family: str) -> None:
    """DataError for a response with several columns."""
    if column.columns:
        raise DataError(
            f"Response '{column.name}' has {len(column.columns)} columns, but family '{family}' "
            f"takes one. Counts or shares of categories in columns: family 'multinomial' or "
            f"'dirichlet'; several responses: mvbind(y1, y2)."
        )


def numeric_response(column: Column, family: str) -> FloatArray:
    """The response as numbers; DataError for columns, text, factors and infinite values."""
    one_column(column, family)
    if column.kind not in ("numeric", "integer", "logical"):
        raise DataError(
            f"Response '{column.name}' is a {column.kind}, but family '{family}' needs numbers. "
            f"Two categories: family 'bernoulli'."
        )
    y = np.asarray(column.values, dtype=float)
    if np.isinf(y).any():
        raise DataError(
            f"Response '{column.name}' is infinite in {rows_of(np.isinf(y))}; "
            f"family '{family}' needs finite numbers."
        )
    return y


def count_response(column: Column, family: str, hint: str = "") -> FloatArray:
    """The response as counts; DataError unless all are whole numbers of at least 0."""
    y = numeric_response(column, family)
    if (bad := y < 0).any():
        raise DataError(
            f"Response '{column.name}' is negative in {rows_of(bad)}; "
            f"family '{family}' needs counts of 0 or more."
        )
    if (bad := y != np.floor(y)).any():
        raise DataError(
            f"Response '{column.name}' is not a whole number in {rows_of(bad)}; "
            f"family '{family}' needs counts.{hint and ' ' + hint}"
        )
    return y


def numbers(family: str) -> Encoder:
    """Any finite numbers."""
    return lambda column, additions: Response(numeric_response(column, family), dict(additions))


def counts(family: str) -> Encoder:
    """Whole numbers of at least 0."""
    hint = "Positive measurements: family 'gamma', 'lognormal' or 'weibull'."
    return lambda column, additions: Response(count_response(column, family, hint), dict(additions))


def successes(family: str) -> Encoder:
    """Counts of successes, of which no row has more than its number of trials."""

    def encode(column: Column, additions: Mapping[str, Any]) -> Response:
        y = count_response(column, family)
        trials = additions["trials"]
        if (bad := y > trials).any():
            raise DataError(
                f"Response '{column.name}' exceeds its number of trials in {rows_of(bad)}. "
                f"Successes come first: 'successes | trials(total) ~ ...'."
            )
        return Response(y, {"trials": trials})

    return encode


def between(
    family: str,
    needs: str,
    lower: float,
    upper: float = math.inf,
    *,
    closed: tuple[bool, bool] = (False, False),
    hint: str = "",
) -> Encoder:
    """Numbers of an interval.

    Parameters
    ----------
    family : str
        Who asks.
    needs : str
        What the interval is called in the message: ``"positive numbers"``.
    lower, upper : float
        Its ends.
    closed : (bool, bool)
        Whether each end belongs to it.
    hint : str
        What would take the numbers outside.
    """

    def encode(column: Column, additions: Mapping[str, Any]) -> Response:
        y = numeric_response(column, family)
        low = y < lower if closed[0] else y <= lower
        high = y > upper if closed[1] else y >= upper
        ends = {
            f"below {lower:g}" if closed[0] else f"{lower:g} or below": low,
            f"above {upper:g}" if closed[1] else f"{upper:g} or above": high,
        }
        for problem, bad in ends.items():
            if bad.any():
                raise DataError(
                    f"Response '{column.name}' is {problem} in {rows_of(bad)}; "
                    f"family '{family}' needs {needs}.{hint and ' ' + hint}"
                )
        return Response(y, dict(additions))

    return encode


def positive(family: str, hint: str = "") -> Encoder:
    """Numbers above zero."""
    return between(family, "positive numbers", 0.0, hint=hint)


def not_negative(family: str) -> Encoder:
    """Numbers above zero, and zeros."""
    hint = "Numbers of either sign: family 'gaussian' or 'student'."
    return between(family, "numbers of 0 or more", 0.0, closed=(True, False), hint=hint)


def decided_times(family: str) -> Encoder:
    """Times above zero, each with its decision (0 or 1)."""
    times = positive(family)

    def encode(column: Column, additions: Mapping[str, FloatArray]) -> Response:
        return Response(times(column, additions).y, {"dec": additions["dec"]})

    return encode
