"""The rows that rules give: brms' default table, and those of prior sets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache

from ..params import Param, ParamKey
from ..shelf import shelf
from .files import PriorFile, read_text
from .rows import PriorRow, general_key, sort_rows, used_class
from .rules import Computed, Rule, asked_about, best_rule
from .scales import ScaleFacts, number


@cache
def default_rules() -> PriorFile:
    """The rules of priors/default.toml."""
    text = shelf("priors").joinpath("default.toml").read_text(encoding="utf-8")
    return read_text(text, "priors/default.toml")


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

    def add(key: ParamKey, computed: Computed | None = None, lb: str = "", ub: str = "") -> None:
        if key not in rows:
            text = "" if computed is None else computed.rule.text(scales, key)
            names = (key.cls, key.coef, key.group, key.resp, key.dpar, key.nlpar)
            rows[key] = PriorRow(text, *names, lb, ub, computed=computed)

    for param in params:
        if param.kind == "innovations":
            continue
        bounds = [_bound_text(b) for b in (param.lower, param.upper)]
        for key in (param.key, *param.elements):
            general = general_key(key)
            rule = best_rule(default_rules().rules, asked_about(general, family, links))
            add(general, None if rule is None else Computed(rule, scales, general), *bounds)
            add(replace(key, coef=""))
            add(key)
    return sort_rows(rows.values(), table="default")


def rule_rows(
    rules: Sequence[Rule],
    params: Sequence[Param],
    family: str,
    links: Mapping[str, str],
    facts: ScaleFacts,
    source: str,
) -> tuple[PriorRow, ...]:
    """The rows that rules give to the parameters of a model, each where it is general enough.

    Parameters
    ----------
    rules : sequence of Rule
        The rules.
    params : sequence of Param
        The unknowns; innovations have no row.
    family : str
        Name of the family.
    links : mapping
        Link by distributional parameter.
    facts : ScaleFacts
        What the data say.
    source : str
        What the rows say about where they are from.
    """
    rows: dict[ParamKey, PriorRow] = {}
    for param in params:
        if param.kind == "innovations":
            continue
        for element in (param.key, *param.elements):
            for key in (general_key(element), _of_group(element), element):
                rule = best_rule(rules, asked_about(key, family, links))
                if rule is None or key in rows or not _belongs(rule, key, element):
                    continue
                names = (used_class(key.cls), key.coef, key.group, key.resp, key.dpar, key.nlpar)
                rows[key] = PriorRow(
                    rule.text(facts, key),
                    *names,
                    source=source,
                    tag=rule.tag,
                    computed=Computed(rule, facts, key),
                )
    return tuple(rows.values())


def _of_group(key: ParamKey) -> ParamKey:
    return ParamKey(key.cls, "", key.group, key.resp, key.dpar, key.nlpar)


def _belongs(rule: Rule, key: ParamKey, element: ParamKey) -> bool:
    """Whether a rule speaks at this row: at the broadest that its columns allow."""
    if rule.by_predictor or "coef" in rule.columns:
        return key == element and bool(key.coef)
    if "group" in rule.columns:
        return bool(key.group) and not key.coef
    return key == general_key(element)


def _bound_text(bound: float | str | None) -> str:
    """A bound as prior tables write it; the name of a number of the data stays a name."""
    if bound is None or isinstance(bound, str):
        return bound or ""
    return number(bound)
