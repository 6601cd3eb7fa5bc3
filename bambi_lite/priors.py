"""Priors: one keyed table of rows, the rules behind the defaults, and how rows find parameters.

The table has brms' columns and brms' rows: a general row for a class ("b", "sd"), narrower rows
below it (by group, by coefficient), and an empty ``prior`` on a narrow row means that it takes
the general row's. Prior text is read by a small grammar of its own; nothing is evaluated.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from numbers import Real
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
import pandas as pd

from .design import r_sort_key
from .dists import ALIASES, VOCABULARY, Dist, prior_dist
from .errors import PriorError, listing, suggest
from .links import Link, get_link
from .params import Param, ParamKey, Prior
from .shelf import shelf
from .xp import numpy_namespace

COLUMNS = ("prior", "class", "coef", "group", "resp", "dpar", "nlpar", "lb", "ub", "source")

#: Links whose scale the response's own median and MAD can be taken on (brms 2.23.1).
_SCALABLE_LINKS = ("identity", "log", "inverse", "sqrt", "1/mu^2")
#: Of these, the links that are not finite at zero: brms moves zeros to 0.1 first.
_ZERO_SHIFTED = ("log", "inverse", "1/mu^2")
#: 1 / qnorm(3/4), rounded as R's mad() does.
_MAD_CONSTANT = 1.4826


@dataclass(frozen=True, slots=True)
class PriorRow:
    """One row of a prior table.

    Attributes
    ----------
    prior : str
        Prior text in Stan's names; empty for "flat" on a general row and for "as the general
        row" on a narrower one.
    cls, coef, group, resp, dpar, nlpar : str
        Which parameters it is about; empty where a column does not narrow.
    lb, ub : str
        Bounds, as text; empty for none.
    source : str
        ``default`` or ``user``.
    """

    prior: str
    cls: str
    coef: str = ""
    group: str = ""
    resp: str = ""
    dpar: str = ""
    nlpar: str = ""
    lb: str = ""
    ub: str = ""
    source: str = "default"

    @property
    def key(self) -> ParamKey:
        """The columns that say what the row is about."""
        return ParamKey(self.cls, self.coef, self.group, self.resp, self.dpar, self.nlpar)

    def describe(self) -> str:
        """``class = 'b', coef = 'Days'``: the row's key for a message."""
        return describe_key(self.key)


@dataclass(frozen=True, slots=True)
class PriorSet:
    """Prior rows said by the user; what :func:`prior` returns. Sets add up with ``+``."""

    rows: tuple[PriorRow, ...]

    def __add__(self, other: PriorSet) -> PriorSet:
        if not isinstance(other, PriorSet):
            return NotImplemented
        return PriorSet(self.rows + other.rows)

    def __str__(self) -> str:
        return "\n".join(f"{row.prior}  ({row.describe()})" for row in self.rows)


@dataclass(frozen=True, slots=True)
class ScaleFacts:
    """What default priors take from the data (see priors/default.toml).

    Attributes
    ----------
    location : float
        ``response_location``.
    scale : float
        ``response_scale``.
    log_scale : float
        ``response_log_scale``.
    """

    location: float
    scale: float
    log_scale: float = 0.0


def describe_key(key: ParamKey) -> str:
    """``class = 'sd', group = 'Subject'``."""
    named = {"class": key.cls, "coef": key.coef, "group": key.group, "resp": key.resp}
    named |= {"dpar": key.dpar, "nlpar": key.nlpar}
    return ", ".join(f"{name} = '{value}'" for name, value in named.items() if value)


# -- prior text ------------------------------------------------------------------------------

_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_CALL = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_]*)\s*\(([^()]*)\)\s*")


def parse_prior(text: str) -> Dist | None:
    """The distribution that a prior text names.

    Parameters
    ----------
    text : str
        ``"name(number, ...)"`` in Stan's names and argument order; empty for the flat prior.

    Returns
    -------
    Dist or None
        None for the flat prior.

    Raises
    ------
    PriorError
        When the text is not of that form, the name is unknown, or an argument is impossible.

    Examples
    --------
    >>> parse_prior("student_t(3, 0, 59.3)").name
    'student_t'
    """
    if text.strip() == "":
        return None
    call = _CALL.fullmatch(text)
    if call is None:
        raise PriorError(
            f"Cannot read the prior '{text}'. A prior is a distribution with numbers, such as "
            f"'normal(0, 5)', 'student_t(3, 0, 2.5)' or 'exponential(1)'."
        )
    name, inside = call.group(1), call.group(2).strip()
    words = [word.strip() for word in inside.split(",")] if inside else []
    for word in words:
        if re.fullmatch(_NUMBER, word) is None:
            raise PriorError(f"Cannot read the prior '{text}': argument '{word}' is not a number.")
    values = tuple(float(word) for word in words)
    if not all(math.isfinite(v) for v in values):
        raise PriorError(f"Cannot read the prior '{text}': its arguments have to be finite.")
    return prior_dist(name, values, text)


def prior(
    prior: str,
    class_: str = "b",
    coef: str = "",
    group: str = "",
    resp: str = "",
    dpar: str = "",
    nlpar: str = "",
    lb: float | None = None,
    ub: float | None = None,
) -> PriorSet:
    """Say a prior, as brms' ``prior()`` and ``set_prior()`` do.

    Parameters
    ----------
    prior : str
        Distribution in Stan's names, for example ``"normal(0, 10)"``; empty for flat.
    class_ : str
        Parameter class: ``b``, ``Intercept``, ``sd``, ``cor``, ``sigma``, ...
    coef, group, resp, dpar, nlpar : str
        Narrow it to a coefficient, a grouping factor, a response, a distributional or a
        non-linear parameter.
    lb, ub : float, optional
        Bounds of the parameter (of a whole class, not of single coefficients).

    Returns
    -------
    PriorSet
        One row; add sets with ``+`` or give a list of them.

    Raises
    ------
    PriorError
        When the text cannot be read, or the bounds are impossible.

    Examples
    --------
    >>> print(prior("normal(0, 10)", class_="b", coef="Days"))
    normal(0, 10)  (class = 'b', coef = 'Days')
    """
    if not isinstance(prior, str):
        raise PriorError(
            f"A prior is written as text such as 'normal(0, 5)', not as {type(prior).__name__}."
        )
    parse_prior(prior)
    for name, text in (("class_", class_), ("coef", coef), ("group", group), ("dpar", dpar)):
        if not isinstance(text, str):
            raise PriorError(f"Prior '{prior}': {name} is a name, not {text!r}.")
    for name, bound in (("lb", lb), ("ub", ub)):
        if bound is not None and (isinstance(bound, bool) or not isinstance(bound, Real)):
            raise PriorError(f"Prior '{prior}': {name} is a number or None, not {bound!r}.")
    if lb is not None and ub is not None and not lb < ub:
        raise PriorError(f"Prior '{prior}': the lower bound {lb:g} is not below the upper {ub:g}.")
    if (lb is not None or ub is not None) and coef:
        raise PriorError(
            f"Prior '{prior}' for coef '{coef}' has bounds. Bounds belong to a whole class: "
            f"leave out coef."
        )
    if class_ in ("cor", "L") and (lb is not None or ub is not None):
        raise PriorError(f"Prior '{prior}': correlations have no bounds to set.")
    cls = "L" if class_ == "cor" else class_
    row = PriorRow(
        prior.strip(),
        cls,
        coef,
        group,
        resp,
        "" if dpar == "mu" else dpar,
        nlpar,
        lb="" if lb is None else number(lb),
        ub="" if ub is None else number(ub),
        source="user",
    )
    return PriorSet((row,))


def number(value: float) -> str:
    """A number as R prints it into a prior: 15 digits at most, no trailing zeros."""
    return f"{value:.15g}"


def _bound_text(bound: float | str | None) -> str:
    """A bound as prior tables write it; the name of a number of the data stays a name."""
    if bound is None or isinstance(bound, str):
        return bound or ""
    return number(bound)


# -- defaults --------------------------------------------------------------------------------


def scale_facts(
    y: np.ndarray, link: Link, scaled: bool, offset: np.ndarray | None = None
) -> ScaleFacts:
    """Location and scale of the response on the scale of a link, as brms 2.23.1 rounds them.

    Parameters
    ----------
    y : array
        The encoded response.
    link : Link
        The link of ``mu``.
    scaled : bool
        Whether the family lets its priors depend on the response.
    offset : array, optional
        The offset of ``mu``.
    """
    shift = 0.0 if offset is None else float(np.mean(offset))
    if not scaled or link.name not in _SCALABLE_LINKS:
        return ScaleFacts(0.0 - shift, 0.0)
    location, scale = _median_and_mad(y, link)
    return ScaleFacts(location - shift, scale, _median_and_mad(y, get_link("log"))[1])


def _median_and_mad(y: np.ndarray, link: Link) -> tuple[float, float]:
    """Rounded median and MAD of ``link(y)``; zeros where some of it is not a number, as in brms."""
    values = np.where(y == 0.0, 0.1, y) if link.name in _ZERO_SHIFTED else y
    with np.errstate(all="ignore"):
        g = np.asarray(link.link(numpy_namespace(), values), dtype=float)
    if not np.isfinite(g).all():
        return 0.0, 0.0
    median = float(np.median(g))
    mad = _MAD_CONSTANT * float(np.median(np.abs(g - median)))
    return round(median, 1), round(mad, 1)


@cache
def default_rules() -> tuple[Mapping[str, Any], ...]:
    """The rules of priors/default.toml."""
    text = shelf("priors").joinpath("default.toml").read_text(encoding="utf-8")
    return tuple(tomllib.loads(text)["prior"])


_RULE_COLUMNS = ("dpar", "family", "link", "predicted")


def _rule_for(cls: str, facts: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The rule with most columns among those that match."""

    def columns(rule: Mapping[str, Any]) -> list[str]:
        return [c for c in _RULE_COLUMNS if c in rule]

    def holds(wanted: Any, found: Any) -> bool:
        return found in wanted if isinstance(wanted, list) else bool(found == wanted)

    def matches(rule: Mapping[str, Any]) -> bool:
        return rule["class"] == cls and all(holds(rule[c], facts.get(c)) for c in columns(rule))

    found = [rule for rule in default_rules() if matches(rule)]
    return max(found, key=lambda rule: len(columns(rule)), default=None)


def _argument(value: Any, scales: ScaleFacts) -> str:
    """An argument of a rule as text: written down, or one of the statistics."""
    if isinstance(value, str):
        return value
    if not isinstance(value, Mapping):
        return number(float(value))
    stats = {
        "response_location": scales.location,
        "response_scale": scales.scale,
        "response_log_scale": scales.log_scale,
    }
    return number(max(stats[value["stat"]], value.get("at_least", -math.inf)))


def default_text(cls: str, facts: Mapping[str, Any], scales: ScaleFacts) -> str:
    """The default prior of a class as text.

    Parameters
    ----------
    cls : str
        Parameter class as tables name it.
    facts : mapping
        The columns a rule may ask for: dpar, family, link.
    scales : ScaleFacts
        What the data say.
    """
    rule = _rule_for(cls, facts)
    if rule is None or rule["dist"] == "":
        return ""
    args = VOCABULARY[ALIASES.get(rule["dist"], rule["dist"])].args
    return f"{rule['dist']}({', '.join(_argument(rule[a], scales) for a in args)})"


def _general_key(key: ParamKey) -> ParamKey:
    return ParamKey(key.cls, resp=key.resp, dpar=key.dpar, nlpar=key.nlpar)


def default_rows(
    params: Sequence[Param], family: str, links: Mapping[str, str], scales: ScaleFacts
) -> tuple[PriorRow, ...]:
    """brms' default prior table for the parameters of a model.

    Parameters
    ----------
    params : sequence of Param
        The unknowns; innovations have no row.
    family : str
        Name of the family.
    links : mapping
        Link by distributional parameter.
    scales : ScaleFacts
        What the data say.

    Returns
    -------
    tuple of PriorRow
        In brms' row order.
    """
    rows: dict[ParamKey, PriorRow] = {}

    def add(key: ParamKey, text: str = "", lb: str = "", ub: str = "") -> None:
        if key not in rows:
            names = (key.cls, key.coef, key.group, key.resp, key.dpar, key.nlpar)
            rows[key] = PriorRow(text, *names, lb, ub)

    for param in params:
        if param.kind == "innovations":
            continue
        bounds = [_bound_text(b) for b in (param.lower, param.upper)]
        for key in (param.key, *param.elements):
            general = _general_key(key)
            cls = "cor" if key.cls == "L" else key.cls
            dpar = key.dpar or "mu"
            facts = {"dpar": dpar, "family": family, "link": links.get(dpar)}
            if cls == "Intercept" and dpar != "mu" and links.get(dpar) == "identity":
                # On its own scale a predicted parameter starts from the prior of the number.
                cls = dpar
            add(general, default_text(cls, facts, scales), *bounds)
            add(replace(key, coef=""))
            add(key)
    return sort_rows(rows.values(), table="default")


def sort_rows(
    rows: Iterable[PriorRow], table: Literal["default", "resolved"]
) -> tuple[PriorRow, ...]:
    """Rows in brms' order, which differs between ``default_prior()`` and ``prior_summary()``."""

    def default_order(row: PriorRow) -> tuple[Any, ...]:
        names = (row.resp, row.dpar, row.nlpar, brms_class(row.cls), row.group, row.coef)
        return tuple(r_sort_key(name) for name in names)

    def resolved_order(row: PriorRow) -> tuple[Any, ...]:
        names = (row.cls, row.resp, row.dpar, row.nlpar, row.group, row.coef)
        return tuple(r_sort_key(name) for name in names)

    return tuple(sorted(rows, key=default_order if table == "default" else resolved_order))


def brms_class(cls: str) -> str:
    """The class as ``default_prior()`` names it, before Cholesky factors take over."""
    return "cor" if cls == "L" else cls


# -- the user's rows -------------------------------------------------------------------------


def user_rows(priors: Any) -> tuple[PriorRow, ...]:
    """The rows of whatever a user may pass as ``prior=``.

    Parameters
    ----------
    priors : None, PriorSet, list of PriorSet, or DataFrame with brms' columns
        A DataFrame may leave columns out; ``class`` and ``prior`` are needed.

    Raises
    ------
    PriorError
        For anything else.
    """
    if priors is None:
        return ()
    if isinstance(priors, PriorSet):
        return priors.rows
    if isinstance(priors, pd.DataFrame):
        return _rows_of_frame(priors)
    if isinstance(priors, list | tuple):
        return tuple(row for item in priors for row in user_rows(item))
    raise PriorError(
        f"prior has to be bl.prior(...), a list of them or a prior table, not "
        f"{type(priors).__name__}."
    )


def _rows_of_frame(frame: pd.DataFrame) -> tuple[PriorRow, ...]:
    unknown = [c for c in frame.columns if c not in (*COLUMNS, "tag")]
    missing = [c for c in ("prior", "class") if c not in frame.columns]
    if unknown or missing:
        raise PriorError(
            f"A prior table has the columns {listing(COLUMNS)}; "
            f"{'missing' if missing else 'unknown'}: {listing(missing or unknown)}."
        )
    rows: list[PriorRow] = []
    for record in frame.to_dict("records"):
        # A default row that was left as it is stays the default.
        if record.get("source", "user") == "default":
            continue
        named = {c: str(record.get(c, "") or "") for c in COLUMNS if c not in ("lb", "ub")}
        bounds = [record.get(c, "") for c in ("lb", "ub")]
        # A bound that the data give (min_Y) stays with the default row.
        lb, ub = [None if b in ("", None, "min_Y") or pd.isna(b) else float(b) for b in bounds]
        keys = {c: named[c] for c in ("coef", "group", "resp", "dpar", "nlpar")}
        rows.extend(prior(named["prior"], named["class"], **keys, lb=lb, ub=ub).rows)
    return tuple(rows)


def merge(defaults: Sequence[PriorRow], user: Sequence[PriorRow]) -> tuple[PriorRow, ...]:
    """Put the user's rows in the place of the defaults they name.

    Parameters
    ----------
    defaults : sequence of PriorRow
        The default table.
    user : sequence of PriorRow
        The user's rows.

    Returns
    -------
    tuple of PriorRow
        The table that the model uses, in the order of brms' ``prior_summary()``.

    Raises
    ------
    PriorError
        When a row matches no parameter (with the nearest rows that would), or two user rows
        have the same key.
    """
    table = {row.key: row for row in defaults}
    seen: set[ParamKey] = set()
    for row in user:
        if row.key not in table:
            raise PriorError(_no_match(row, list(table)))
        if row.key in seen:
            raise PriorError(f"Two priors are given for {row.describe()}; keep one of them.")
        seen.add(row.key)
        old = table[row.key]
        table[row.key] = replace(row, lb=row.lb or old.lb, ub=row.ub or old.ub)
    cholesky = (_as_used(row) for row in table.values())
    return sort_rows(cholesky, table="resolved")


def _as_used(row: PriorRow) -> PriorRow:
    """Correlations as the model has them: a prior on the Cholesky factor."""
    if row.cls != "L":
        return row
    return replace(row, prior=re.sub(r"^lkj\s*\(", "lkj_corr_cholesky(", row.prior))


def _no_match(row: PriorRow, keys: Sequence[ParamKey]) -> str:
    """The message for a row that is about nothing in the model."""
    shown = [replace(key, cls=brms_class(key.cls)) for key in keys]
    wanted = replace(row.key, cls=brms_class(row.cls))
    classes = list(dict.fromkeys(key.cls for key in shown))
    start = f"The prior '{row.prior}' matches no parameter: {describe_key(wanted)}."
    if wanted.cls not in classes:
        return f"{start} Classes of this model: {listing(classes)}.{suggest(wanted.cls, classes)}"
    rows = [describe_key(key) for key in shown if key.cls == wanted.cls]
    near = suggest(describe_key(wanted), rows).replace("'", "", 1).replace("'?", "?")
    coefs = [key.coef for key in shown if key.cls == wanted.cls and key.coef]
    hint = suggest(wanted.coef, coefs) if wanted.coef and wanted.coef not in coefs else near
    body = "".join(f"\n  {text}" for text in rows[:12])
    more = f"\n  and {len(rows) - 12} more" if len(rows) > 12 else ""
    return f"{start}{hint}\nRows of that class:{body}{more}"


def assign(
    params: Sequence[Param],
    rows: Sequence[PriorRow],
    numbers: Mapping[str, float] = MappingProxyType({}),
) -> dict[str, tuple[Prior, ...]]:
    """The prior of every element of every parameter: the narrowest row that says something.

    Parameters
    ----------
    params : sequence of Param
        The unknowns.
    rows : sequence of PriorRow
        A merged table.
    numbers : mapping
        What the names in it stand for, for example ``min_Y``.

    Returns
    -------
    dict
        For each parameter's name, one Prior per element (one for a scalar or a matrix).
    """
    table = {row.key: row for row in rows}

    def lookup(key: ParamKey) -> Prior:
        general = table[_general_key(key)]
        narrower = (key, replace(key, coef=""))
        texts = [table[k].prior for k in narrower if k in table and table[k].prior]
        bounds = [float(numbers.get(b, b)) if b else None for b in (general.lb, general.ub)]
        text = texts[0] if texts else general.prior
        for name, value in numbers.items():
            text = re.sub(rf"\b{name}\b", f"{value!r}", text)
        return Prior(parse_prior(text), *bounds)

    return {
        param.name: tuple(lookup(key) for key in (param.elements or (param.key,)))
        for param in params
        if param.kind != "innovations"
    }


def to_frame(rows: Sequence[PriorRow]) -> pd.DataFrame:
    """A prior table as a DataFrame with brms' columns; all text, empty where brms is blank."""
    records = [asdict(row) | {"class": row.cls} for row in rows]
    return pd.DataFrame(records, columns=list(COLUMNS)).astype(str)


def as_default_frame(rows: Sequence[PriorRow]) -> pd.DataFrame:
    """The table of ``default_prior()``: correlations as class ``cor``, brms' order."""
    shown = (
        replace(
            row,
            cls=brms_class(row.cls),
            prior=re.sub(r"^lkj_corr_cholesky\(", "lkj(", row.prior),
        )
        for row in rows
    )
    return to_frame(sort_rows(shown, table="default"))
