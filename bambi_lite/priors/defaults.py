"""The rules behind the default priors: what stands in priors/default.toml, on these data."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType
from typing import Any

import numpy as np

from ..dists import ALIASES, VOCABULARY
from ..links import Link, get_link
from ..params import Param, ParamKey
from ..shelf import shelf
from ..xp import numpy_namespace
from .rows import PriorRow, brms_class, general_key, number, sort_rows

#: Links whose scale the response's own median and MAD can be taken on (brms 2.23.1).
_SCALABLE_LINKS = ("identity", "log", "inverse", "sqrt", "1/mu^2")
#: Of these, the links that are not finite at zero: brms moves zeros to 0.1 first.
_ZERO_SHIFTED = ("log", "inverse", "1/mu^2")
#: 1 / qnorm(3/4), rounded as R's mad() does.
_MAD_CONSTANT = 1.4826


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


def _bound_text(bound: float | str | None) -> str:
    """A bound as prior tables write it; the name of a number of the data stays a name."""
    if bound is None or isinstance(bound, str):
        return bound or ""
    return number(bound)


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
        return holds(rule["class"], cls) and all(
            holds(rule[c], facts.get(c)) for c in columns(rule)
        )

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


def default_rows(
    params: Sequence[Param],
    family: str,
    links: Mapping[str, str],
    scales: ScaleFacts,
    stems: Mapping[str, str] = MappingProxyType({}),
) -> tuple[PriorRow, ...]:
    """brms' default prior table for the parameters of a model.

    Parameters
    ----------
    params : sequence of Param
        The unknowns; those whose distribution is part of the model have no row.
    family : str
        Name of the family.
    links : mapping
        Link by distributional parameter.
    scales : ScaleFacts
        What the data say.
    stems : mapping
        The name that rules know a distributional parameter by, where it is not its own.

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
        if param.kind == "given":
            continue
        bounds = [_bound_text(b) for b in (param.lower, param.upper)]
        for key in (param.key, *param.elements):
            general = general_key(key)
            cls = stems.get(key.cls, brms_class(key.cls))
            link = links.get(key.dpar or "mu")
            dpar = stems.get(key.dpar, key.dpar) or "mu"
            facts = {"dpar": dpar, "family": family, "link": link}
            if cls == "Intercept" and dpar != "mu" and link == "identity":
                # On its own scale a predicted parameter starts from the prior of the number.
                cls = dpar
            add(general, default_text(cls, facts, scales), *bounds)
            add(replace(key, coef=""))
            add(key)
    return sort_rows(rows.values(), table="default")
