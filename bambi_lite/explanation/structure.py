"""Parameters of a family as a whole in the equations: thresholds, correlations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..params import Param
from ..spec import ModelSpec
from ..terms import CorrelationTerm, FamilyTerm, ThresholdTerm
from .equations import IS, Notation
from .maths import Maths, around, greek, join, letter, parameter, sub, times, upright
from .value import Equation, Symbol


@dataclass(frozen=True, slots=True)
class Unknown:
    """An unknown number of a term: which element of which parameter, and how it is written."""

    param: Param
    index: int
    symbol: Maths
    name: str
    meaning: str


def whole(part: FamilyTerm) -> Maths:
    """The symbol that stands for a term among the arguments of the likelihood."""
    if isinstance(part, ThresholdTerm):
        return greek("theta")
    return Maths(r"\mathbf{R}", "R") if isinstance(part, CorrelationTerm) else parameter(part.name)


def equations(spec: ModelSpec, notation: Notation) -> Iterator[Equation]:
    """How the thresholds that are sampled become those of the likelihood."""
    for part in spec.structure:
        if not isinstance(part, ThresholdTerm):
            continue
        for i, count in enumerate(part.counts):
            k = letter("k")
            where = _up_to(count)
            theta, drawn = _theta(part, i, k), _theta(part, i, k, centred=True)
            if part.spacing == "equidistant" and count > 1:
                steps = times(around(letter("k - 1")), _delta(part, i))
                first = _theta(part, i, letter("1"), centred=bool(part.b))
                own = drawn if part.b else theta
                yield Equation(own, IS, join(" + ", [first, steps]), where, "at equal distances")
            if part.spacing == "sum_to_zero":
                mean = Maths(rf"\overline{{{drawn.latex}}}", f"mean({drawn.text})")
                yield Equation(theta, IS, join(" - ", [drawn, mean]), where, "they sum to zero")
            if part.ordered and part.spacing != "equidistant" and count > 1:
                yield Equation(theta, BELOW, _theta(part, i, letter("k+1")), _up_to(count - 1))
            if part.b:
                yield Equation(theta, IS, _shifted(drawn, part, notation), where, _CENTRING)


BELOW = Maths("<", "<")
_CENTRING = "thresholds are sampled, and have their prior, where all columns are at their means"


def _up_to(count: int) -> Maths:
    return letter("k = 1") + Maths(rf",\ \ldots,\ {count}", f", ..., {count}")


def _shifted(drawn: Maths, part: ThresholdTerm, notation: Notation) -> Maths:
    means = [
        times(notation.coefficient("mu", n), Maths(rf"\overline{{{c.latex}}}", f"mean({c.text})"))
        for n, c in enumerate((upright(c) for c in part.coefs), start=1)
    ]
    return join(" + ", [drawn, *means])


def _theta(part: ThresholdTerm, i: int, k: Maths, centred: bool = False) -> Maths:
    """``theta_k``, ``theta_p,k`` of a group; with a c where it is not the one reported."""
    group = [upright(part.groups[i])] if part.groups[i] else []
    return sub(greek("theta"), *group, k, *([letter("c")] if centred else []))


def _delta(part: ThresholdTerm, i: int) -> Maths:
    return sub(greek("delta"), upright(part.groups[i])) if part.groups[i] else greek("delta")


def unknowns(part: FamilyTerm) -> Iterator[list[Unknown]]:
    """The unknown numbers of a term, parameter by parameter; not those of a matrix."""
    if isinstance(part, ThresholdTerm):
        yield from _thresholds(part)
        return
    for param in part.params:
        if param.kind == "cholesky_corr":
            continue
        if not param.elements:
            yield [Unknown(param, 0, parameter(param.name), param.name, _OTHER)]
            continue
        yield [
            Unknown(param, k, sub(parameter(param.name), letter(str(k + 1))),
                    f"{param.name}[{k + 1}]", _OTHER)
            for k in range(len(param.elements))
        ]  # fmt: skip


_OTHER = "parameter of the response distribution"


def _thresholds(part: ThresholdTerm) -> Iterator[list[Unknown]]:
    apart = bool(part.b) or not part.shifts
    groups = [part.params] if part.groups == ("",) else [
        tuple(p for p in part.params if p.key.group == g) for g in part.groups
    ]  # fmt: skip
    for i, params in enumerate(groups):
        of = f" of {part.groups[i]}" if part.groups[i] else ""
        for param in params:
            if param.key.cls == "delta":
                yield [Unknown(param, 0, _delta(part, i), param.name, f"their distance{of}")]
                continue
            what = f"threshold {{}}{of}" + (" with all columns at their means" if part.b else "")
            what += "" if part.shifts else " before the mean is taken off"
            name = param.name.removeprefix("first_")
            yield [
                Unknown(param, k, _theta(part, i, letter(str(k + 1)), apart),
                        f"{name}[{k + 1}]", what.format(k + 1))
                for k in range(max(len(param.elements), 1))
            ]  # fmt: skip


def matrices(spec: ModelSpec) -> Iterator[tuple[Param, Maths, str]]:
    """Correlation matrices: the parameter, its symbol, what is correlated."""
    for part in spec.structure:
        if isinstance(part, CorrelationTerm):
            for param in part.params:
                yield param, whole(part), ", ".join(part.labels)


def symbols(spec: ModelSpec) -> Iterator[Symbol]:
    """The symbols that stand for what is reported of a term beside its unknown numbers."""
    for part in spec.structure:
        if isinstance(part, ThresholdTerm):
            yield from _reported(part)
        if isinstance(part, CorrelationTerm) and part.params:
            pairs = [name for name, _, _ in part.pairs()]
            more = ", ..." if len(pairs) > 1 else ""
            named = f"correlations of {', '.join(part.labels)}"
            yield Symbol(whole(part), pairs[0] + more, named)


def _reported(part: ThresholdTerm) -> Iterator[Symbol]:
    for i, count in enumerate(part.counts):
        group = part.groups[i]
        for k in range(1, count + 1):
            name = f"b_Intercept[{group},{k}]" if group else f"b_Intercept[{k}]"
            # Where nothing is shifted both draws are the same.
            name += "" if part.b or not part.shifts else f", {part.drawn(i)}[{k}]"
            of = f" of {group}" if group else ""
            yield Symbol(_theta(part, i, letter(str(k))), name, f"threshold {k}{of}")
