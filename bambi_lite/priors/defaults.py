"""The rows that rules give: brms' default table, and those of prior sets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from ..params import ParamKey
from ..shelf import shelf
from .files import PriorFile, read_text
from .keys import general_key, row_keys, used_class
from .rows import PriorRow, sort_rows
from .rules import Computed, Rule, Target, best_rule
from .scales import number


@cache
def default_rules() -> PriorFile:
    """The rules of priors/default.toml."""
    text = shelf("priors").joinpath("default.toml").read_text(encoding="utf-8")
    return read_text(text, "priors/default.toml")


def default_rows(target: Target) -> tuple[PriorRow, ...]:
    """brms' default prior table for the parameters of a model, in brms' row order."""
    rows: dict[ParamKey, PriorRow] = {}

    def add(key: ParamKey, computed: Computed | None = None, lb: str = "", ub: str = "") -> None:
        if key not in rows:
            text = "" if computed is None else computed.rule.text(target.scales, key)
            names = (key.cls, key.coef, key.group, key.resp, key.dpar, key.nlpar)
            rows[key] = PriorRow(text, *names, lb, ub, computed=computed)

    for param, key in target.elements():
        bounds = [_bound_text(b) for b in (param.lower, param.upper)]
        general = general_key(key)
        rule = best_rule(default_rules().rules, target, general, general)
        add(general, None if rule is None else Computed(rule, target.scales, general), *bounds)
        add(replace(key, coef=""))
        add(key)
    return sort_rows(rows.values(), table="default")


def rule_rows(rules: Sequence[Rule], target: Target, source: str) -> tuple[PriorRow, ...]:
    """The rows that rules give to the parameters of a model, each where it is general enough.

    Parameters
    ----------
    rules : sequence of Rule
        The rules.
    target : Target
        The model.
    source : str
        What the rows say about where they are from.
    """
    rows: dict[ParamKey, PriorRow] = {}
    for _, element in target.elements():
        for key in reversed(row_keys(element)):
            rule = best_rule(rules, target, key, element)
            if rule is None or key in rows:
                continue
            rows[key] = PriorRow(
                rule.text(target.scales, key),
                used_class(key.cls),
                key.coef,
                key.group,
                key.resp,
                key.dpar,
                key.nlpar,
                source=source,
                tag=rule.tag,
                computed=Computed(rule, target.scales, key),
            )
    return tuple(rows.values())


def _bound_text(bound: float | str | None) -> str:
    """A bound as prior tables write it; the name of a number of the data stays a name."""
    if bound is None or isinstance(bound, str):
        return bound or ""
    return number(bound)
