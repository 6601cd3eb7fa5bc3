"""Rules: from the columns of a parameter and the data to a prior with numbers.

A rule is a line of priors/default.toml or of a prior set. It holds for every parameter that its
columns match; the rule with most columns wins, the later one among equals.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from ..dists import ALIASES, VOCABULARY
from ..params import Param, ParamKey
from .keys import brms_class, general_key
from .scales import OF_PREDICTORS, ScaleFacts, number, significant

#: The columns of a rule that have to match, besides its class.
RULE_COLUMNS = ("coef", "group", "resp", "dpar", "nlpar", "family", "link")


@dataclass(frozen=True, slots=True)
class Statistic:
    """A number that the data give: ``times * stat / over``, kept between two limits.

    Attributes
    ----------
    stat, over : str
        Names of :data:`bambi_lite.priors.scales.STATISTICS`; empty for one.
    times : float
        Factor.
    at_least, at_most : float or None
        Limits.
    """

    stat: str = ""
    over: str = ""
    times: float = 1.0
    at_least: float | None = None
    at_most: float | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The statistics it names."""
        return tuple(name for name in (self.stat, self.over) if name)

    def value(self, facts: ScaleFacts, key: ParamKey) -> float:
        """Its value on these data."""
        value = facts.value(self.stat, key) if self.stat else 1.0
        if self.over or self.times != 1.0:
            # What is computed here carries three digits; brms' own statistics are rounded already.
            divisor = facts.value(self.over, key) if self.over else 1.0
            value = significant(self.times * value / divisor)
        if self.at_least is not None:
            value = max(value, self.at_least)
        return value if self.at_most is None else min(value, self.at_most)

    def explain(self, facts: ScaleFacts, key: ParamKey) -> str:
        """How it comes about: ``max(2.5, mad(Reaction) = 59.3)``."""
        names, values = [], []
        if self.times != 1.0 or not self.stat:
            names.append(f"{self.times:g}")
            values.append(f"{self.times:g}")
        if self.stat:
            names.append(facts.describe(self.stat, key))
            values.append(f"{facts.value(self.stat, key):g}")
        left, right = " * ".join(names), " * ".join(values)
        if self.over:
            left += f" / {facts.describe(self.over, key)}"
            right += f" / {facts.value(self.over, key):.4g}"
        text = left if left == right else f"{left} = {right}"
        if self.at_least is not None:
            text = f"max({self.at_least:g}, {text})"
        return text if self.at_most is None else f"min({self.at_most:g}, {text})"

    def describe(self) -> str:
        """What it is, whatever the data: ``max(2.5, response_scale)``."""
        factors = [*([f"{self.times:g}"] if self.times != 1.0 or not self.stat else []), self.stat]
        text = " * ".join(f for f in factors if f) + (f" / {self.over}" if self.over else "")
        if self.at_least is not None:
            text = f"max({self.at_least:g}, {text})"
        return text if self.at_most is None else f"min({self.at_most:g}, {text})"


#: An argument of a rule: a number, several, text (as brms prints it, or ``min_Y``), a statistic.
type RuleArgument = float | tuple[float, ...] | str | Statistic


@dataclass(frozen=True, slots=True)
class Rule:
    """A line of a rule file.

    Attributes
    ----------
    cls : str
        Parameter class.
    columns : mapping
        What else has to match: a value, or a tuple of values.
    dist : str
        Stan's name of the distribution; empty for flat.
    args : mapping
        Its arguments by name.
    tag, why : str
        The user's word for it, and its reason.
    """

    cls: str
    columns: Mapping[str, str | tuple[str, ...]]
    dist: str
    args: Mapping[str, RuleArgument]
    tag: str = ""
    why: str = ""

    @property
    def statistics(self) -> tuple[str, ...]:
        """The statistics its arguments name."""
        args = [a for a in self.args.values() if isinstance(a, Statistic)]
        return tuple(name for a in args for name in a.names)

    @property
    def by_predictor(self) -> bool:
        """Whether each coefficient has numbers of its own."""
        return any(name in OF_PREDICTORS for name in self.statistics)

    def matches(self, cls: str, facts: Mapping[str, Any]) -> bool:
        """Whether it holds for a parameter of that class and these columns."""
        if self.cls != cls:
            return False
        return all(
            facts.get(c) in wanted if isinstance(wanted, tuple) else facts.get(c) == wanted
            for c, wanted in self.columns.items()
        )

    def text(self, facts: ScaleFacts, key: ParamKey) -> str:
        """The prior text on these data."""
        if self.dist == "":
            return ""
        return f"{self.dist}({', '.join(_text(a, facts, key) for a in self._ordered())})"

    def explain(self, facts: ScaleFacts, key: ParamKey) -> str:
        """The same with the inputs of each number; empty if the data gave none."""
        if not self.statistics:
            return ""
        words = [
            a.explain(facts, key) if isinstance(a, Statistic) else _text(a, facts, key)
            for a in self._ordered()
        ]
        return f"{self.dist}({', '.join(words)})"

    def describe(self) -> str:
        """What it says before there are data: ``normal(0, 2.5 * response_sd / predictor_sd)``."""
        if self.dist == "":
            return "(flat)"
        words = [a.describe() if isinstance(a, Statistic) else _plain(a) for a in self._ordered()]
        return f"{self.dist}({', '.join(words)})"

    def _ordered(self) -> Iterator[RuleArgument]:
        word = VOCABULARY[ALIASES.get(self.dist, self.dist)]
        return (self.args[name] for name in word.args)


def _text(argument: RuleArgument, facts: ScaleFacts, key: ParamKey) -> str:
    if isinstance(argument, Statistic):
        return number(argument.value(facts, key))
    return _plain(argument)


def _plain(argument: float | tuple[float, ...] | str) -> str:
    if isinstance(argument, str):
        return argument
    if isinstance(argument, tuple):
        return f"[{', '.join(number(v) for v in argument)}]"
    return number(argument)


@dataclass(frozen=True, slots=True)
class Computed:
    """Where the text of a prior row comes from.

    Attributes
    ----------
    rule : Rule
        The rule.
    facts : ScaleFacts
        What it looked at.
    key : ParamKey
        For which parameter.
    """

    rule: Rule
    facts: ScaleFacts
    key: ParamKey

    def explain(self) -> str:
        """See :meth:`Rule.explain`."""
        return self.rule.explain(self.facts, self.key)


@dataclass(frozen=True, slots=True)
class Target:
    """What rules are asked about: the parameters of a model, and what the data say.

    Attributes
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
    resp : str
        The response whose rows these are, where a model has several; what belongs to none of them
        alone has rows without one.
    """

    params: Sequence[Param]
    family: str
    links: Mapping[str, str]
    scales: ScaleFacts
    stems: Mapping[str, str] = MappingProxyType({})
    resp: str = ""

    def elements(self) -> Iterator[tuple[Param, ParamKey]]:
        """Every key that has prior rows, with its parameter."""
        for param in self.params:
            if param.kind != "given":
                for key in (param.key, *param.elements):
                    if key.resp == self.resp:
                        yield param, key


def best_rule(
    rules: Sequence[Rule], target: Target, key: ParamKey, element: ParamKey
) -> Rule | None:
    """The rule that speaks at a row of the table: that with most columns; None if none does.

    `key` is the row, `element` the parameter: a rule speaks at the broadest row that its columns
    allow, one that looks at a column of the design at the row of that coefficient.

    On its own scale (identity link) the intercept of a predicted parameter starts from the prior
    of the number, as in brms. The main parameter is called ``mu``.
    """
    cls = target.stems.get(key.cls, brms_class(key.cls))
    link = target.links.get(key.dpar or "mu")
    dpar = target.stems.get(key.dpar, key.dpar) or "mu"
    if cls == "Intercept" and dpar != "mu" and link == "identity":
        cls = dpar
    facts = {
        "coef": key.coef,
        "group": key.group,
        "resp": key.resp,
        "nlpar": key.nlpar,
        "dpar": "" if key.nlpar else dpar,
        "family": target.family,
        "link": link,
    }
    found = [r for r in rules if r.matches(cls, facts) and _speaks_at(r, key, element)]
    # max() takes the first among equals; the later line of a file is the one meant.
    return max(reversed(found), key=lambda rule: len(rule.columns), default=None)


def _speaks_at(rule: Rule, key: ParamKey, element: ParamKey) -> bool:
    if rule.by_predictor or "coef" in rule.columns:
        return key == element and bool(key.coef)
    if "group" in rule.columns:
        return bool(key.group) and not key.coef
    return key == general_key(element)
