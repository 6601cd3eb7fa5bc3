"""Hypotheses about parameters, in brms' text, tested on draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from ..draws import Draws, columns
from ..errors import DataError, listing, suggest
from ..summary import coef, ranef
from ..summary.stats import check_groups, estimates
from .evidence import evidence_ratio
from .reading import Comparison, read
from .table import HypothesisTests

__all__ = ["HypothesisTests", "hypothesis"]

#: A level of a group (or none), and posterior and prior draws by name.
type _Set = tuple[str, Mapping[str, np.ndarray], Mapping[str, np.ndarray]]

_IN_FULL = " With class_ = None names are given in full, as in fit.variables()."
SCOPES = ("standard", "ranef", "coef")


def hypothesis(
    draws: Draws,
    hypothesis: str | Sequence[str] | Mapping[str, str],
    class_: str | None = "b",
    group: str = "",
    scope: str = "standard",
    alpha: float = 0.05,
    robust: bool = False,
) -> HypothesisTests:
    """Test hypotheses about parameters, as brms' ``hypothesis``.

    Parameters
    ----------
    draws : Draws
        Of the fit.
    hypothesis : str, sequence of str or mapping
        ``"Days > 10"``, ``"a + b = c"``, ``"exp(Intercept) < 2"``; a mapping names them. Names are
        letters, digits, ``.``, ``_`` and ``:`` (``zBase:Trt1`` is one name), with an index where
        there is one (``r_Subject[308,Days]``); other names stand in backticks. ``+ - * / ^``,
        parentheses, and the functions of :data:`bambi_lite.hypothesis.reading.FUNCTIONS`.
    class_ : str or None
        The class of the parameters, which is left out of their names: ``"b"`` for ``b_Days``,
        ``"sd"`` or ``"cor"`` with a `group`. None: names are given in full.
    group : str
        The grouping factor, of class_ "sd" or "cor", and of scopes "ranef" and "coef".
    scope : "standard", "ranef" or "coef"
        About parameters; or about the coefficients of every level of `group`, as in
        ``fit.ranef()`` or ``fit.coef()``.
    alpha : float
        The interval holds ``1 - alpha`` of a two-sided hypothesis, ``1 - 2 alpha`` of a one-sided.
    robust : bool
        Median and MAD rather than mean and standard deviation.

    Returns
    -------
    HypothesisTests
        Its table has, for left minus right: Estimate, Est.Error, CI.Lower, CI.Upper; Evid.Ratio,
        the posterior odds of a one-sided hypothesis, and for a two-sided one the posterior over the
        prior density at zero (Savage-Dickey), NaN without draws from the prior (group ``prior`` of
        ``fit.idata``); Post.Prob; Star.

    Raises
    ------
    FormulaError
        For text that is no hypothesis.
    DataError
        For unknown parameters, groups and scopes, and an `alpha` outside (0, 0.5).

    Examples
    --------
    >>> hypothesis(draws, "Days > 10").hypothesis["Post.Prob"]  # doctest: +SKIP

    Notes
    -----
    Savage-Dickey: Wagenmakers, Lodewyckx, Kuriyal and Grasman (2010), Cognitive Psychology
    60:158-189.
    """
    _check(scope, alpha)
    asked = _asked(hypothesis)
    comparisons = {name or one.shown: one for name, one in asked}
    if len(comparisons) < len(asked):
        raise DataError("A hypothesis stands twice; each one is tested once.")
    if scope == "standard":
        prefix = f"{class_ or ''}_{group}__" if group else f"{class_}_" if class_ else ""
        groups = ("posterior", "prior")
        found = {g: columns(draws.idata[g].to_dataset()) for g in groups if g in draws.idata}
        own, prior = (_parameters(found.get(g, {}), prefix) for g in groups)
        sets: list[_Set] = [("", own, prior)]
        about = f"class '{prefix.rstrip('_')}'" if prefix else ""
    else:
        sets, about = _levels(draws, scope, group), f"group '{group}'"
    rows, samples, priors = [], [], []
    for level, known, known_before in sets:
        for name, one in comparisons.items():
            posterior = one.difference(_values(one, known, about))
            before = _before(one, known_before)
            row = _row(name, one.sign, posterior, before, alpha, robust)
            rows.append({"Group": level, **row} if level else row)
            samples.append(posterior)
            priors.append(np.full(len(posterior), np.nan) if before is None else before)
    names = [f"H{i + 1}" for i in range(len(rows))]
    return HypothesisTests(
        hypothesis=pd.DataFrame(rows),
        samples=pd.DataFrame(dict(zip(names, samples, strict=True))),
        prior_samples=pd.DataFrame(
            {name: pd.Series(values) for name, values in zip(names, priors, strict=True)}
        ),
        about=about,
        alpha=alpha,
    )


def _check(scope: str, alpha: Any) -> None:
    if scope not in SCOPES:
        raise DataError(
            f"scope has to be one of {listing(SCOPES)}, not {scope!r}.{suggest(str(scope), SCOPES)}"
        )
    number = isinstance(alpha, int | float) and not isinstance(alpha, bool)
    if not number or not 0.0 < alpha < 0.5:
        raise DataError(
            f"alpha = {alpha!r} is no level between 0 and 0.5: the interval of a two-sided "
            f"hypothesis holds 1 - alpha of the posterior, by default 0.95."
        )


def _asked(given: Any) -> list[tuple[str, Comparison]]:
    """Hypotheses with their names, which are empty where they have none."""
    if isinstance(given, Mapping):
        found = [(str(name), read(text)) for name, text in given.items()]
    elif isinstance(given, str):
        found = [("", read(given))]
    elif isinstance(given, Sequence):
        found = [("", read(text)) for text in given]
    else:
        found = [("", read(given))]
    if not found:
        raise DataError("There is no hypothesis to test.")
    return found


def _parameters(known: Mapping[str, np.ndarray], prefix: str) -> dict[str, np.ndarray]:
    """Draws of the parameters of a class by their names without it."""
    return {n.removeprefix(prefix): v for n, v in known.items() if n.startswith(prefix)}


def _levels(draws: Draws, scope: str, group: str) -> list[_Set]:
    """Draws of the coefficients of each level of a group."""
    if not group:
        raise DataError(f"scope = '{scope}' needs group = ..., the grouping factor it is about.")
    check_groups(draws, group)
    arrays = (ranef if scope == "ranef" else coef)(draws, group, summary=False)
    array: xr.DataArray = arrays[group]
    level, column = array.dims[2:]
    coefs = [str(c) for c in array[column].values]
    values = array.transpose("chain", "draw", level, column).values
    values = values.reshape(-1, *values.shape[2:])
    return [
        (str(one), {c: values[:, i, j] for j, c in enumerate(coefs)}, {})
        for i, one in enumerate(array[level].values)
    ]


def _values(one: Comparison, known: Mapping[str, np.ndarray], about: str) -> dict[str, np.ndarray]:
    """Draws of the names of a hypothesis; DataError for names that there are not."""
    found = {name: known.get(name, known.get(".".join(name.split()))) for name in one.names}
    missing = [name for name, values in found.items() if values is None]
    if missing:
        hints = "".join(suggest(name, known) for name in missing[:1])
        raise DataError(
            f"The hypothesis '{one.text}' names {listing(map(repr, missing))}, which is no "
            f"parameter{f' of {about}' if about else ''}. There are: {listing(known)}.{hints}"
            f"{_IN_FULL if about.startswith('class') else ''}"
        )
    return {name: values.ravel() for name, values in found.items() if values is not None}


def _before(one: Comparison, prior: Mapping[str, np.ndarray]) -> np.ndarray | None:
    """Prior draws of left minus right, where there are some of all its names."""
    if any(name not in prior for name in one.names):
        return None
    return one.difference({name: prior[name].ravel() for name in one.names})


def _row(
    name: str, sign: str, draws: np.ndarray, prior: np.ndarray | None, alpha: float, robust: bool
) -> dict[str, Any]:
    tail = alpha / 2.0 if sign == "=" else alpha
    estimate, error, low, high = estimates(draws, robust, (tail, 1.0 - tail))
    ratio = evidence_ratio(draws, sign, prior)
    probability = 1.0 if ratio == np.inf else ratio / (1.0 + ratio)
    star = not low <= 0.0 <= high if sign == "=" else probability > 1.0 - alpha
    return {
        "Hypothesis": name,
        "Estimate": float(estimate),
        "Est.Error": float(error),
        "CI.Lower": float(low),
        "CI.Upper": float(high),
        "Evid.Ratio": ratio,
        "Post.Prob": probability,
        "Star": "*" if star else "",
    }
