"""The mathematics of a model: likelihood, linear predictors, groups, priors, symbols."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ..dists import Dist
from ..params import Param, ParamKey, Prior, Shrinkage
from ..priors import deciding_row, number, prior_text
from ..spec import ModelSpec, linked_dpars, template
from ..terms import PopulationTerm, ScalarTerm
from ..xp import numpy_namespace
from . import structure
from .equations import FOLLOWS, Notation, observation, value_of
from .maths import Maths, call, counted, letter, parameter, run, word
from .value import Equation, Symbol


def likelihood(spec: ModelSpec, notation: Notation) -> Equation:
    """``y_i ~ Normal(mu_i, sigma)``."""
    values = {v.name: value_of(v) for v in notation.view.predictors}
    name, order = _distribution(spec)
    family = spec.family
    known = [observation(n) for n in family.required]
    args = [*known, *(values[d] for d in order), *map(structure.whole, spec.structure)]
    others = [n for n in spec.design.additions if n not in family.required]
    mu = next(d.name for d in family.dpars if d.main)
    remarks = [family.law.format(link=family.link(mu).name)] if family.law else []
    remarks += [f"with {', '.join(others)} as the addition terms say"] if others else []
    where = counted("i", notation.view.n_obs)
    law = call(name, args)
    response = observation(notation.view.response)
    return Equation(response, FOLLOWS, law, where, "; ".join(remarks))


def _distribution(spec: ModelSpec) -> tuple[str, tuple[str, ...]]:
    """The name of the response distribution and the order of its parameters.

    It is the distribution's own name if it has just the parameters of the family, and else the
    family's.
    """
    names = tuple(d.name for d in spec.dpars)
    xp = numpy_namespace()
    with np.errstate(all="ignore"):
        dpars = linked_dpars(spec, xp, template(spec), spec.arrays)
        dist = spec.family.likelihood(xp, dpars, spec.response)
    if set(dist.args) == set(names):
        return word(dist.name), tuple(dist.args)
    return word(spec.family.name), names


@dataclass(frozen=True, slots=True)
class _Element:
    """One unknown number: its symbol, the name of its draws, what it is, its prior."""

    symbol: Maths
    name: str
    meaning: str
    prior: Prior
    source: str


def priors(spec: ModelSpec, notation: Notation) -> Iterator[Equation]:
    """A line a prior; coefficients of one prior share it."""
    for elements in _vectors(spec, notation):
        start = 0
        for stop in range(1, len(elements) + 1):
            same = stop < len(elements) and elements[stop].prior == elements[start].prior
            if not same:
                yield _prior_line(elements[start:stop])
                start = stop
    for place, block in enumerate(spec.blocks):
        cor = next((p for p in block.params if p.kind == "cholesky_corr"), None)
        if cor is not None:
            dist = spec.priors[cor.name][0].dist
            assert dist is not None
            args = [letter(number(v)) for v in dist.args.values()]
            remark = f"correlations of {block.group}, {_source(spec, cor.key)}"
            yield Equation(notation.matrix("R", place), FOLLOWS, call("LKJ", args), None, remark)
    for param, symbol, labels in structure.matrices(spec):
        dist = spec.priors[param.name][0].dist
        assert dist is not None
        args = [letter(number(v)) for v in dist.args.values()]
        remark = f"correlations of {labels}, {_source(spec, param.key)}"
        yield Equation(symbol, FOLLOWS, call("LKJ", args), None, remark)


def _prior_line(elements: Sequence[_Element]) -> Equation:
    prior = elements[0].prior
    symbols = run([e.symbol for e in elements])
    # What is fixed has no range.
    fixed = prior.dist is not None and prior.dist.name == "constant"
    bound = None if fixed else _bounds(symbols, prior)
    source = elements[0].source
    if prior.said is None:
        density = Maths(rf"p\left({symbols.latex}\right)", symbols.text)
        line, flat = Maths(r"\propto", "~"), Maths("1", "flat")
        return Equation(density, line, flat, bound, f"{source}; improper: no value is preferred")
    law = _law(prior.said)
    remark = source if bound is None else f"{source}; truncated there"
    if prior.shrinkage is not None:
        remark = f"{source}; all of them together, each with a scale of its own"
    return Equation(symbols, FOLLOWS, law, bound, remark)


def _law(dist: Dist | Shrinkage) -> Maths:
    text = prior_text(dist)
    name, _, inside = text.partition("(")
    if not inside:  # a distribution of PyMC has no arguments that could be read off
        return letter(text)
    return call(word(name), [letter(arg) for arg in inside[:-1].split(", ") if arg])


def _bounds(symbols: Maths, prior: Prior) -> Maths | None:
    bounds = [Maths("", "") if b is None else letter(number(b)) for b in (prior.lb, prior.ub)]
    low, high = bounds
    if not low.text and not high.text:
        return None
    if not high.text:
        return symbols + Maths(r" \geq ", " >= ") + low
    left = low + Maths(r" \leq ", " <= ") if low.text else low
    return left + symbols + Maths(r" \leq ", " <= ") + high


def _source(spec: ModelSpec, key: ParamKey) -> str:
    source = deciding_row(key, {r.key: r for r in spec.prior_rows}).source
    return "given by the user" if source == "user" else source


def _vectors(spec: ModelSpec, notation: Notation) -> Iterator[list[_Element]]:
    """The unknown numbers, parameter by parameter, in the order of the equations."""
    for dpar in spec.dpars:
        for term in dpar.terms:
            if isinstance(term, PopulationTerm):
                yield from _population(spec, notation, term)
            elif isinstance(term, ScalarTerm):
                for param in term.params:
                    meaning = f"parameter {param.name} of the response distribution"
                    yield [_element(spec, param, 0, parameter(param.name), param.name, meaning)]
    for part in spec.structure:
        for found in structure.unknowns(part):
            yield [_element(spec, u.param, u.index, u.symbol, u.name, u.meaning) for u in found]
    for place, block in enumerate(spec.blocks):
        sd = block.params[0]
        yield [
            _element(
                spec, sd, k, notation.sd(place, k), f"sd_{block.group}__{c.label}",
                f"standard deviation of {c.label} over {block.group}",
            )
            for k, c in enumerate(block.coefs)
        ]  # fmt: skip


def _population(
    spec: ModelSpec, notation: Notation, term: PopulationTerm
) -> Iterator[list[_Element]]:
    ending = "" if term.dpar == notation.main else f"_{term.dpar}"
    for param in term.params:
        if param.elements:
            yield [
                _element(
                    spec, param, k, notation.coefficient(term.dpar, k + 1), f"b{ending}_{coef}",
                    f"coefficient of {coef}" + (f" in {term.dpar}" if ending else ""),
                )
                for k, coef in enumerate(term.coefs)
            ]  # fmt: skip
        else:
            # Without columns there is nothing to centre.
            centred = notation.centred if term.coefs else notation.intercept
            meaning = f"intercept of {term.dpar}" + (
                " with all columns at their means" if term.coefs else ""
            )
            yield [_element(spec, param, 0, centred(term.dpar), f"Intercept{ending}", meaning)]


def _element(
    spec: ModelSpec, param: Param, k: int, symbol: Maths, name: str, meaning: str
) -> _Element:
    key = param.elements[k] if param.elements else param.key
    return _Element(symbol, name, meaning, spec.priors[param.name][k], _source(spec, key))


def symbols(spec: ModelSpec, notation: Notation) -> Iterator[Symbol]:
    """The symbols of the equations with the names of their draws."""
    seen = {notation.intercept(dpar.name) for dpar in spec.dpars}
    for dpar in spec.dpars:
        for term in dpar.terms:
            if isinstance(term, PopulationTerm) and term.centred:
                ending = "" if term.dpar == notation.main else f"_{term.dpar}"
                # Without columns there is nothing to centre, and both draws are the same.
                name = f"b{ending}_Intercept" + ("" if term.coefs else f", Intercept{ending}")
                yield Symbol(notation.intercept(term.dpar), name, f"intercept of {term.dpar}")
    own = tuple(structure.symbols(spec))
    yield from own
    seen |= {s.symbol for s in own}
    for elements in _vectors(spec, notation):
        for e in elements:
            if e.symbol not in seen:
                yield Symbol(e.symbol, e.name, e.meaning)
    for place, block in enumerate(spec.blocks):
        if block.correlated:
            matrix = notation.matrix("R", place)
            pairs = f"cor_{block.group}__{block.coefs[0].label}__{block.coefs[1].label}"
            more = ", ..." if len(block.coefs) > 2 else ""
            yield Symbol(matrix, pairs + more, f"correlations of the effects of {block.group}")
        j = notation.letter(notation.view.groups[place])
        for k, c in enumerate(block.coefs):
            name = f"r_{block.group}[{j},{c.name}]"
            if c.dpar != notation.main:
                name = f"r_{block.group}__{c.dpar}[{j},{c.name}]"
            yield Symbol(notation.effect(place, k), name, f"deviation of group {j} in {c.label}")


def unknown_family(response: str) -> Equation:
    """The likelihood of a formula without a family."""
    law = call("Family", [Maths(r"\mu_{i}", "mu_i"), Maths(r"\ldots", "...")])
    return Equation(observation(response), FOLLOWS, law, counted("i", None))
