"""One right side -> what brms makes of it: population, group-level and special terms, offsets."""

from __future__ import annotations

from dataclasses import dataclass, replace

from .algebra import Term, expand, renumber
from .bars import GroupTerm, check_duplicates, read_bar
from .nodes import Call, Infix, Name, Node, Paren, Unary, deparse, error_at, walk
from .special import SpecialTerm, check_intercept, check_plain, read_special
from .vocabulary import SPECIALS


@dataclass(frozen=True, slots=True)
class RightSide:
    """The parts of one linear predictor."""

    terms: tuple[Term, ...]
    intercept: bool
    groups: tuple[GroupTerm, ...] = ()
    specials: tuple[SpecialTerm, ...] = ()
    offsets: tuple[Node, ...] = ()
    has_dot: bool = False


def read_right_side(node: Node, text: str) -> RightSide:
    """Sort the terms of a right side by what they are.

    Parameters
    ----------
    node : Node
        The right side.
    text : str
        The text that its positions refer to.

    Returns
    -------
    RightSide

    Raises
    ------
    FormulaError
        For a term that brms has no meaning for.
    """
    whole = expand(node, text)
    plain: list[Term] = []
    groups: list[GroupTerm] = []
    specials: list[SpecialTerm] = []
    offsets: list[Node] = []
    for term in whole.terms:
        bars = [f for f in term.factors if isinstance(f, Infix)]
        if bars:
            if len(term.factors) > 1:
                raise error_at(
                    bars[0],
                    text,
                    f"The group-level term '({deparse(bars[0])})' cannot be part of an "
                    "interaction; add it with '+'.",
                )
            groups.extend(read_bar(bars[0], text))
        elif any(isinstance(f, Call) and f.function == "offset" for f in term.factors):
            offsets.append(_offset(term, text))
        elif any(isinstance(f, Call) and f.function in SPECIALS for f in term.factors):
            specials.append(read_special(term, text))
        else:
            plain.append(term)
    for term in plain:
        check_plain(term, text)
    check_intercept(plain, whole.intercept, text)
    check_duplicates(groups, text)
    has_dot = any(f == Name(".") for t in whole.terms for f in t.factors)
    return RightSide(
        renumber(plain), whole.intercept, tuple(groups), tuple(specials), tuple(offsets), has_dot
    )


def fill_dot(node: Node, names: tuple[str, ...], text: str) -> Node:
    """`node` with each term ``.`` replaced by the sum of the columns `names`."""
    dot = next((n for n in walk(node) if n == Name(".")), None)
    if dot is None:
        return node
    if not names:
        raise error_at(dot, text, "'.' stands for all other columns, and there are none.")
    columns = tuple(Name(n, pos=dot.pos, end=dot.end) for n in names)
    total = Infix(columns, ("+",) * (len(names) - 1), pos=dot.pos, end=dot.end)
    return put_for_dot(node, total if len(names) > 1 else columns[0])


def put_for_dot(node: Node, other: Node) -> Node:
    """`node` with each term ``.`` replaced by another right side, in parentheses."""
    match node:
        case Name(name="."):
            return Paren(other, pos=node.pos, end=node.end)
        case Infix(operands=operands):
            return replace(node, operands=tuple(put_for_dot(o, other) for o in operands))
        case Paren(inner=inner):
            return replace(node, inner=put_for_dot(inner, other))
        case Unary(operand=operand):
            return replace(node, operand=put_for_dot(operand, other))
    return node


def _offset(term: Term, text: str) -> Node:
    if len(term.factors) > 1:
        raise error_at(
            term.factors[0], text, f"'{term.label}': an offset cannot be part of an interaction."
        )
    call = term.factors[0]
    assert isinstance(call, Call)
    if len(call.args) != 1 or call.args[0].name:
        raise error_at(call, text, f"'{deparse(call)}' takes one expression: offset(log(n)).")
    return call.args[0].value
