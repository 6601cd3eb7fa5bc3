"""Terms with special functions, and what may stand inside a term at all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..errors import formula_error, suggest
from .algebra import Expansion, Term, expand
from .nodes import (
    Arg,
    Call,
    Infix,
    Name,
    Node,
    Number,
    String,
    Unary,
    deparse,
    error_at,
    walk,
)
from .signatures import Bound, bind
from .vocabulary import (
    BODY_FUNCTIONS,
    GROUPINGS,
    IN_INTERACTIONS,
    NOT_IN_BRMS,
    SPECIALS,
)


@dataclass(frozen=True, slots=True)
class SpecialTerm:
    """A term with a special function in it: ``mo(x)``, ``mo(x):z``, ``s(x)``, ``ar(p = 1)``.

    `kind` is the first special function, `calls` are all of them with their arguments matched,
    `factors` the ordinary atoms that they are multiplied with, `label` R's name of the term.
    """

    kind: str
    label: str
    calls: tuple[Bound, ...]
    factors: tuple[Node, ...] = ()


def read_special(term: Term, text: str) -> SpecialTerm:
    """A term that has a special function in it, its arguments checked."""
    calls: list[Bound] = []
    factors: list[Node] = []
    for factor in term.factors:
        if isinstance(factor, Call) and factor.function in SPECIALS:
            calls.append(bind(factor, SPECIALS[factor.function], text))
            for arg in factor.args:
                _check_nested(arg, text)
            if len(term.factors) > 1 and factor.function not in IN_INTERACTIONS:
                raise error_at(
                    factor, text, f"'{deparse(factor)}' cannot be part of an interaction."
                )
        else:
            _check_atom(factor, text)
            factors.append(factor)
    if calls[0].name == "mmc":
        raise error_at(
            calls[0].node,
            text,
            f"'{deparse(calls[0].node)}' belongs to the left of the bar of a multi-membership "
            "term: (mmc(x1, x2) | mm(g1, g2)).",
        )
    return SpecialTerm(calls[0].name, term.label, tuple(calls), tuple(factors))


def category_terms(special: SpecialTerm) -> Expansion | None:
    """The terms inside ``cs()``, each of which has an effect for every threshold.

    As in ``0 + ...``, an intercept is among them only if it is written: ``cs(1)``. None for a term
    that is no ``cs()``, or multiplies one.
    """
    if special.kind != "cs" or len(special.calls) > 1 or special.factors:
        return None
    inside = special.calls[0].get("expr")
    assert inside is not None
    return expand(Infix((Number(0.0), inside), ("+",)), "")


def check_plain(term: Term, text: str) -> None:
    """Refuse what has no meaning in an ordinary term."""
    for factor in term.factors:
        _check_atom(factor, text)


def _check_atom(node: Node, text: str) -> None:
    if isinstance(node, Infix):
        raise error_at(node, text, f"A bar inside a bar: '{deparse(node)}'.")
    if isinstance(node, Call):
        if node.function in NOT_IN_BRMS:
            raise error_at(
                node, text, f"brms has no '{node.function}'; write {NOT_IN_BRMS[node.function]}()."
            )
        if node.function in GROUPINGS:
            raise error_at(
                node,
                text,
                f"'{node.function}' belongs to the right of a bar: (1 | {deparse(node)}).",
            )
        for arg in node.args:
            _check_nested(arg, text)


def _check_nested(arg: Arg, text: str) -> None:
    """What may stand as a term only, and not inside a call."""
    for node in walk(arg):
        if isinstance(node, Call) and (node.function in SPECIALS or node.function == "offset"):
            raise error_at(
                node, text, f"'{deparse(node)}' is a term, and cannot stand inside another call."
            )
        if isinstance(node, Name) and node.name == ".":
            raise error_at(
                node, text, "'.' stands for all other columns as terms, and not inside a call."
            )
        tilde = (isinstance(node, Unary) and node.operator == "~") or (
            isinstance(node, Infix) and node.operators[0] == "~"
        )
        if tilde:
            raise error_at(node, text, f"A formula inside a call: '{deparse(node)}'.")


def check_intercept(terms: Iterable[Term], intercept: bool, text: str) -> None:
    """Refuse the variable ``Intercept`` beside an intercept."""
    for term in terms:
        for factor in term.factors:
            if factor == Name("Intercept") and intercept:
                raise error_at(
                    factor,
                    text,
                    "'Intercept' is a variable of ones for a formula that has no intercept; "
                    "write 0 + Intercept.",
                )


def check_body(node: Node, text: str) -> None:
    """Refuse what has no meaning in a non-linear formula."""
    for inner in walk(node):
        if isinstance(inner, Call) and inner.function not in BODY_FUNCTIONS:
            raise error_at(
                inner,
                text,
                f"'{inner.function}' cannot be called in a non-linear formula."
                f"{suggest(inner.function, BODY_FUNCTIONS)} Terms such as (1 | g) and s(x) belong "
                "to the formulas of its parameters.",
            )
        if isinstance(inner, String):
            raise error_at(inner, text, "A string has no meaning in a non-linear formula.")
        if isinstance(inner, Infix) and inner.operators[0] in ("|", "||", "~", ":"):
            operator = inner.operators[0]
            raise formula_error(
                f"'{operator}' has no meaning in a non-linear formula; terms such as (1 | g) and "
                "a:b belong to the formulas of its parameters.",
                text,
                inner.places[0],
                len(operator),
            )
        if isinstance(inner, Name) and inner.name == ".":
            raise error_at(inner, text, "'.' has no meaning in a non-linear formula.")
