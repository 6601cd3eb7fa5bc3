"""The audit as a table: a row a free parameter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from textwrap import wrap
from typing import Any

import numpy as np
import pandas as pd

from ..priors import describe_key, number, prior_text
from ..simulate import prior_values
from ..spec import ModelSpec
from ..tabular import aligned, html
from .flags import flags
from .unknown import Unknown, unknowns

COLUMNS = (
    "parameter", "size", "class", "prior", "support", "source", "row", "rule",
    "link_low", "link_high", "response_low", "response_high", "flags",
)  # fmt: skip

_NOTES = (
    "link: 95 % of the prior of the parameter itself. response: what that means for the parameter",
    "of the response; for an intercept its value, for a coefficient the change by one sd of its",
    "column (or between its two values), for an sd the change in a group one sd above the centre.",
)
_WIDTH = 100
_ENDS = [0.025, 0.975]
#: Draws that tell the intervals of shrinkage priors, which have no distribution function.
_DRAWS = 10_000


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PriorReport:
    """What the prior of a model says, parameter by parameter.

    Attributes
    ----------
    frame : pandas.DataFrame
        A row a free parameter. ``parameter`` brms' name of its draws, ``size`` how many numbers it
        is, ``class``, ``prior`` the distribution with its numbers, ``support`` where it lies,
        ``source`` and ``row`` which row of the table says so, ``rule`` how its numbers came about,
        ``link_low``, ``link_high`` and ``response_low``, ``response_high`` implied 95 % intervals,
        ``flags`` what is odd about it (a tuple of sentences).
    """

    frame: pd.DataFrame

    @property
    def flagged(self) -> pd.DataFrame:
        """The rows with a flag."""
        return self.frame[[bool(f) for f in self.frame["flags"]]]

    def to_text(self) -> str:
        """The report as text: what printing it shows."""
        lines = [*aligned(self._cells()), ""]
        for name, rule in zip(self.frame["parameter"], self.frame["rule"], strict=True):
            if rule:
                lines += wrap(f"{name}: {rule}", _WIDTH, subsequent_indent="    ")
        flagged = self.flagged
        lines += ["", f"Flags ({len(flagged)} of {len(self.frame)} parameters):"]
        for name, found in zip(flagged["parameter"], flagged["flags"], strict=True):
            for flag in found:
                lines += wrap(f"! {name}: {flag}", _WIDTH, subsequent_indent="    ")
        if flagged.empty:
            lines[-1] = "No flags."
        return "\n".join([*lines, "", *_NOTES])

    __str__ = to_text
    __repr__ = to_text

    def to_html(self) -> str:
        """The report as HTML: what a notebook shows."""
        head, *rows = self._cells()
        more = zip(rows, self.frame["rule"], self.frame["flags"], strict=True)
        marks = [[*row, rule, "\n".join(f"\u2691 {f}" for f in found)] for row, rule, found in more]
        table = html([[*head, "from", "flags"], *marks])
        notes = escape(" ".join(_NOTES))
        return f"<div>{table}<p><small>{notes}</small></p></div>"

    _repr_html_ = to_html

    def _cells(self) -> list[list[str]]:
        rows = [["parameter", "prior", "support", "source", "95 % link", "95 % response"]]
        for r in self.frame.to_dict("records"):
            name = r["parameter"] if r["size"] == 1 else f"{r['parameter']} ({r['size']})"
            link = _interval(r["link_low"], r["link_high"])
            response = _interval(r["response_low"], r["response_high"])
            rows.append([name, r["prior"] or "(flat)", r["support"], r["source"], link, response])
        return rows


def prior_report(spec: ModelSpec) -> PriorReport:
    """The audit of a model's prior.

    Parameters
    ----------
    spec : ModelSpec
        The model.

    Returns
    -------
    PriorReport
        Printing it gives text, notebooks show HTML, ``.frame`` is a DataFrame.

    Examples
    --------
    >>> from bambi_lite.datasets import load_data
    >>> from bambi_lite.spec import resolve
    >>> report = prior_report(resolve("Reaction ~ Days", load_data("sleepstudy")))
    >>> report.frame.loc[1, "flags"]
    ('improper: flat without end',)
    """
    drawn: Mapping[str, np.ndarray] = {}
    if spec.shrinkage:
        drawn = prior_values(spec, (1, _DRAWS), np.random.default_rng(1), effects=False)
    records = [_record(spec, u, drawn) for u in unknowns(spec)]
    return PriorReport(pd.DataFrame(records, columns=list(COLUMNS)))


def _record(spec: ModelSpec, u: Unknown, drawn: Mapping[str, np.ndarray]) -> dict[str, Any]:
    link, response = _intervals(u, drawn)
    return {
        "parameter": u.name,
        "size": u.size,
        "class": u.key.cls,
        "prior": _prior_text(u),
        "support": _support(u),
        "source": u.row.source,
        "row": describe_key(u.row.key),
        "rule": _rule(u),
        "link_low": link[0],
        "link_high": link[1],
        "response_low": response[0],
        "response_high": response[1],
        "flags": flags(spec, u),
    }


def _rule(u: Unknown) -> str:
    """How the numbers of the prior came about."""
    if u.block is not None:
        return f"part of {u.row.prior}{_times(u)}"
    return "" if u.row.computed is None else u.row.computed.explain()


def _times(u: Unknown) -> str:
    if u.unit == 1.0:
        return ""
    unit = u.unit if isinstance(u.unit, str) else number(u.unit)
    return f", times {unit}"


def _prior_text(u: Unknown) -> str:
    prior = u.prior
    text = prior_text(prior.said)
    if prior.dist is None or prior.law is None or not prior.law.cut:
        return text
    return f"{text} in ({number(prior.law.lower)}, {number(prior.law.upper)})"


def _support(u: Unknown) -> str:
    if u.param.kind == "cholesky_corr":
        return "(-1, 1)"
    if u.law is None:
        low = -np.inf if u.prior.lb is None else u.prior.lb
        high = np.inf if u.prior.ub is None else u.prior.ub
    else:
        low, high = u.law.ends
    return f"({number(low)}, {number(high)})"


def _intervals(
    u: Unknown, drawn: Mapping[str, np.ndarray]
) -> tuple[tuple[float, float], tuple[float, float]]:
    """The implied 95 % intervals on the link and on the response scale."""
    if u.prior.shrinkage is not None or u.unit != 1.0:
        values = drawn[u.param.name]
        own = values[..., u.param.elements.index(u.key)] if u.param.elements else values
        unit = drawn[u.unit] if isinstance(u.unit, str) else u.unit
        ends = np.quantile(own * unit, _ENDS)
        low, high = np.sort(u.implied(ends))
        return (float(ends[0]), float(ends[1])), (float(low), float(high))
    if u.law is None:
        nothing = (np.nan, np.nan)
        return nothing, nothing
    ends = u.law.quantile(_ENDS)
    if u.param.kind == "cholesky_corr":
        ends = 2.0 * ends - 1.0
        return (float(ends[0]), float(ends[1])), (float(ends[0]), float(ends[1]))
    low, high = np.sort(u.implied(ends))
    return (float(ends[0]), float(ends[1])), (float(low), float(high))


def _interval(low: float, high: float) -> str:
    return "" if np.isnan(low) or np.isnan(high) else f"({low:.3g}, {high:.3g})"
