"""Draws of predicted responses, or their distribution in each draw."""

from __future__ import annotations

from typing import Any, Unpack

import xarray as xr

from ..draws import Draws
from .asked import Options, ask
from .basis import basis_of
from .outputs import Output, check_output, distribution, needs_response
from .responses import check_drawn, drawing


def posterior_predict(
    draws: Draws,
    newdata: Any = None,
    re_formula: str | None = None,
    *,
    output: Output = "random",
    q: Any = None,
    p: Any = None,
    lower_tail: bool = True,
    log_p: bool = False,
    log: bool = False,
    **options: Unpack[Options],
) -> xr.DataArray:
    """Draws of the response itself: new data as the model would make them.

    Parameters
    ----------
    output : "random", "density", "probability", "quantile" or "pit"
        Draws; or of the distribution of the response in each draw (brms 2.23) its density (or
        probability mass) at `q`, P(Y <= q), the quantile of `p`, or the probability integral
        transform of `q`: P(Y <= q), and where q has a probability of its own a random number
        between P(Y < q) and P(Y <= q).
    q : number or one for each row, optional
        Values of the response; the observed ones by default, which `newdata` then need. Categories
        are numbers from 1; a response with columns has a number for each.
    p : number or one for each row
        Probabilities, for "quantile".
    lower_tail : bool
        False: P(Y > q), and quantiles of 1 - p.
    log_p, log : bool
        Whether probabilities are logarithms; whether densities are.
    draws, newdata, re_formula, **options
        See :func:`bambi_lite.predict.posterior_linpred`; `seed` is also that of the responses.

    Returns
    -------
    xarray.DataArray
        Dims chain, draw, obs (and ``category`` for draws of a response with columns); response
        scale. Ordinal and categorical responses are numbers of categories, from 1. Weights and
        censoring play no part; a truncated response lies between its bounds.

    Raises
    ------
    DataError
        See :func:`bambi_lite.predict.posterior_linpred`; for arguments that play no part in an
        output.
    FamilyError
        For probabilities of a family that has no cumulative distribution function here.
    SamplingError
        When there is no probability between the bounds of a truncation.

    Examples
    --------
    >>> fit.posterior_predict(output="probability", q=300.0)  # doctest: +SKIP
    """
    given = {"q": q, "p": p, "lower_tail": lower_tail, "log_p": log_p, "log": log}
    check_output(output, given)
    asked = ask(draws, newdata, re_formula, options)
    check_drawn(asked)
    if output == "random":
        return drawing(basis_of(draws, asked)).draws()
    basis = basis_of(draws, asked, "response" if needs_response(output, q) else "additions")
    return distribution(basis, output, given).draws()
