"""R's algebra of terms: the right side of a formula -> terms in R's order.

A term is a set of atoms, held as the bits of an integer; an atom is a variable or a call, numbered
in the order in which the formula names it. The operators are set operations on lists of terms, and
the result is sorted by degree, stably, as ``terms()`` in R does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from ..errors import FormulaError, formula_error
from .nodes import (
    Call,
    Constant,
    Infix,
    Name,
    Node,
    Number,
    String,
    Unary,
    deparse,
    strip_parens,
)

# `a * b * c * ...` doubles the number of terms with every factor.
MAX_TERMS = 20_000

Terms = list[int]


@dataclass(frozen=True, slots=True)
class Term:
    """A product of atoms; `label` is R's: the texts of the atoms joined by ``:``."""

    factors: tuple[Node, ...]
    label: str

    def factor_labels(self) -> tuple[str, ...]:
        """The texts of its atoms."""
        return (self.label,) if len(self.factors) == 1 else tuple(map(deparse, self.factors))


@dataclass(frozen=True, slots=True)
class Expansion:
    """The terms of a right side in R's order, and whether it has an intercept."""

    terms: tuple[Term, ...]
    intercept: bool


@dataclass(slots=True)
class _State:
    """The numbering of the atoms and the sign of the intercept, while one side is read."""

    text: str
    numbers: dict[str, int] = field(default_factory=dict)
    atoms: list[Node] = field(default_factory=list)
    intercept: bool = True
    adding: bool = True

    def bit(self, node: Node) -> int:
        key = deparse(node)
        if key not in self.numbers:
            self.numbers[key] = len(self.atoms)
            self.atoms.append(node)
        return 1 << self.numbers[key]

    def error(self, message: str, node: Node) -> FormulaError:
        return formula_error(message, self.text, node.pos, max(1, node.end - node.pos))


def expand(node: Node, text: str) -> Expansion:
    """The terms of the right side `node` of a formula.

    Parameters
    ----------
    node : Node
        A right side.
    text : str
        The text that the positions in `node` refer to.

    Returns
    -------
    Expansion

    Raises
    ------
    FormulaError
        For what is no product or sum of variables and calls.

    Examples
    --------
    >>> from . import parse
    >>> [t.label for t in expand(parse("a * b + z - a"), "a * b + z - a").terms]
    ['b', 'z', 'a:b']
    """
    state = _State(text)
    terms = _unique(_evaluate(node, state))
    terms.sort(key=int.bit_count)
    keys = tuple(state.numbers)
    made = []
    for term in terms:
        places = tuple(_bits(term))
        label = ":".join(keys[i] for i in places)
        made.append(Term(tuple(state.atoms[i] for i in places), label))
    return Expansion(tuple(made), state.intercept)


def renumber(terms: Iterable[Term]) -> tuple[Term, ...]:
    """The terms as brms reads them again from their labels.

    The atoms of a term are put in the order in which the labels, read from the first to the last,
    name them: ``x * f - x`` gives ``f`` and ``f:x``, where R alone keeps ``x:f``.
    """
    terms = tuple(terms)
    texts = [t.factor_labels() for t in terms]
    order: dict[str, int] = {}
    for labels in texts:
        for label in labels:
            order.setdefault(label, len(order))
    made = []
    for term, labels in zip(terms, texts, strict=True):
        places = sorted(range(len(labels)), key=lambda i: order[labels[i]])
        factors = tuple(term.factors[i] for i in places)
        made.append(Term(factors, ":".join(labels[i] for i in places)))
    return tuple(made)


def _bits(term: int) -> Iterable[int]:
    while term:
        low = term & -term
        yield low.bit_length() - 1
        term ^= low


def _unique(terms: Terms) -> Terms:
    return list(dict.fromkeys(terms))


def _evaluate(node: Node, state: _State) -> Terms:
    node = strip_parens(node)
    match node:
        case Number(value=value):
            return _intercept(node, value, state)
        case Name() | Call():
            return [state.bit(node)]
        case Infix(operators=(operator, *_)) if operator in _OPERATORS:
            return _OPERATORS[operator](node, state)
        case Infix(operators=("|" | "||", *_)):
            return [state.bit(node)]
        case Unary(operator="+", operand=operand):
            return _evaluate(operand, state)
        case Unary(operator="-", operand=operand):
            _subtract(operand, state)
            return []
    raise _no_term(node, state)


def _intercept(node: Node, value: float, state: _State) -> Terms:
    if value not in (0.0, 1.0):
        raise state.error(
            f"The number {deparse(node)} is no term; valid are 1 and 0 (with and without an "
            "intercept). To compute with a number write I(2 * x).",
            node,
        )
    state.intercept = (value == 1.0) is state.adding
    return []


def _no_term(node: Node, state: _State) -> FormulaError:
    shown = deparse(node)
    shown = shown if len(shown) <= 40 else shown[:37] + "..."
    if isinstance(node, String):
        return state.error(f"A string is no term: {shown}. Name a column without quotes.", node)
    if isinstance(node, Constant):
        return state.error(f"{shown} is no term; name a column, or write 0 or 1.", node)
    if isinstance(node, Infix):
        operator, place = node.operators[0], node.places[0] if node.places else node.pos
        if operator == "~":
            return formula_error("A second '~': a formula has one.", state.text, place)
        length = len(operator)
        return formula_error(
            f"'{operator}' is no operator between terms (those are + - * / : ^ %in% |); to compute "
            f"with it write I({shown}).",
            state.text,
            place,
            length,
        )
    if isinstance(node, Unary) and node.operator == "~":
        return state.error("A second '~': a formula has one.", node)
    return state.error(f"'{shown}' is no term; to compute with it write I({shown}).", node)


def _subtract(node: Node, state: _State) -> Terms:
    state.adding = not state.adding
    terms = _evaluate(node, state)
    state.adding = not state.adding
    return terms


def _sum(node: Infix, state: _State) -> Terms:
    terms = dict.fromkeys(_evaluate(node.operands[0], state))
    for operator, operand in zip(node.operators, node.operands[1:], strict=True):
        if operator == "+":
            terms.update(dict.fromkeys(_evaluate(operand, state)))
        else:
            for term in _subtract(operand, state):
                terms.pop(term, None)
        _check_size(terms, operand, state)
    return list(terms)


def _product(node: Infix, state: _State) -> Terms:
    left = _evaluate(node.operands[0], state)
    for operator, operand in zip(node.operators, node.operands[1:], strict=True):
        right = _evaluate(operand, state)
        if operator == "/":
            whole = _all_of(left)
            left = left + [whole | r for r in right]
        else:
            _check_size(range(len(left) * len(right)), operand, state)
            left = left + right + [a | b for a in left for b in right]
        left = _unique(left)
        _check_size(left, operand, state)
    return left


def _interaction(node: Infix, state: _State) -> Terms:
    left = _some(node.operands[0], state)
    for operand in node.operands[1:]:
        right = _some(operand, state)
        _check_size(range(len(left) * len(right)), operand, state)
        left = _unique([a | b for a in left for b in right])
    return left


def _within(node: Infix, state: _State) -> Terms:
    left = _some(node.operands[0], state)
    for operator, operand, place in zip(
        node.operators, node.operands[1:], node.places, strict=True
    ):
        if operator != "%in%":
            raise formula_error(
                f"'{operator}' is no operator between terms (those are + - * / : ^ %in% |); to "
                f"compute with it write I(a {operator} b).",
                state.text,
                place,
                len(operator),
            )
        whole = _all_of(_some(operand, state))
        left = _unique([term | whole for term in left])
    return left


def _power(node: Infix, state: _State) -> Terms:
    base, exponent = node.operands[0], strip_parens(node.operands[1])
    valid = isinstance(exponent, Number) and exponent.value >= 1 and exponent.value % 1 == 0
    if not valid or not isinstance(exponent, Number):
        raise state.error(
            f"The power '{deparse(exponent)}' of terms must be a whole number from 1: (a + b)^2 "
            "is a + b + a:b. For the square of a variable write I(x^2).",
            node.operands[1],
        )
    terms = _unique(_evaluate(base, state))
    result = terms
    for _ in range(int(min(exponent.value, len(terms) + 1)) - 1):
        _check_size(range(len(result) * len(terms)), node.operands[1], state)
        result = _unique([a | b for a in result for b in terms])
    return result


def _some(node: Node, state: _State) -> Terms:
    """The terms of an operand that must have some: ``1:x`` would silently be nothing."""
    terms = _evaluate(node, state)
    if not terms:
        raise state.error(f"'{deparse(node)}' cannot take part in an interaction.", node)
    return terms


def _all_of(terms: Terms) -> int:
    whole = 0
    for term in terms:
        whole |= term
    return whole


def _check_size(terms: Iterable[int], node: Node, state: _State) -> None:
    size = len(terms)  # type: ignore[arg-type]
    # A product may be 50 times larger than what is left of it when repeats are gone.
    if size > MAX_TERMS * (50 if isinstance(terms, range) else 1):
        raise state.error(f"The formula expands to more than {MAX_TERMS} terms here.", node)


_OPERATORS: dict[str, Callable[[Infix, _State], Terms]] = {
    "+": _sum,
    "-": _sum,
    "*": _product,
    "/": _product,
    ":": _interaction,
    "^": _power,
}
_OPERATORS["%in%"] = _within
