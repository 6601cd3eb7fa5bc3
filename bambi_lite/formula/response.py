"""The left side of a formula: the response and the additions after its bar."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ..errors import formula_error
from .naming import response_name
from .nodes import (
    Call,
    Infix,
    Name,
    Node,
    Unary,
    deparse,
    error_at,
    operands_of,
    strip_parens,
    variables,
)
from .signatures import Bound, bind, find
from .vocabulary import ADDITION_ARGS, ADDITIONS


@dataclass(frozen=True, slots=True)
class Addition:
    """One function after the bar of a response: ``trials(n)``, ``cens(c, y2)``.

    `args` are the columns by position (``cens``: the codes and, if given, the upper bounds),
    `kwargs` the other arguments that were given (``sigma`` of ``se``, ``lb`` of ``trunc``).
    """

    name: str
    args: tuple[Node, ...]
    kwargs: tuple[tuple[str, Node], ...]
    node: Call


@dataclass(frozen=True, slots=True)
class Response:
    """The left side of a formula.

    Attributes
    ----------
    node : Node
        The response: a variable or an expression.
    name : str
        Its name in the names of parameters.
    additions : tuple of Addition
        What stands after the bar.
    """

    node: Node
    name: str
    additions: tuple[Addition, ...] = ()

    @property
    def variables(self) -> tuple[str, ...]:
        """The columns that the response itself (not its additions) needs."""
        return variables(self.node)


def split_formula(node: Node, text: str) -> tuple[Node | None, Node]:
    """The left side (None if there is none) and the right side of a formula."""
    node = strip_parens(node)
    match node:
        case Unary(operator="~", operand=operand):
            return None, operand
        case Infix(operators=("~",), operands=(left, right)):
            return left, right
        case Infix(operators=("~", *_), places=places):
            raise formula_error("A second '~': a formula has one.", text, places[1])
    if isinstance(node, Call):
        raise formula_error(
            f"'{node.function}' makes no formula; write y ~ x, or a call of bf() or mvbf().",
            text,
            node.pos,
            len(node.function),
        )
    raise formula_error(
        "A formula needs a '~' between the response and its predictors: y ~ x.",
        text,
        node.pos,
        max(1, node.end - node.pos),
    )


def read_response(node: Node | None, text: str) -> tuple[Response, ...]:
    """The responses of a left side; more than one if it is ``mvbind(y1, y2)``.

    Raises
    ------
    FormulaError
        If there is none, or for an unknown or repeated addition.
    """
    if node is None:
        raise formula_error("The response is missing: write y ~ x.", text, max(0, text.find("~")))
    node = strip_parens(node)
    additions: tuple[Addition, ...] = ()
    if isinstance(node, Infix) and node.operators[0] in ("|", "||"):
        if len(node.operands) > 2 or node.operators[0] == "||":
            place = node.places[min(1, len(node.places) - 1)]
            raise formula_error(
                "The response has one '|', and the terms after it are added: "
                "y | trials(n) + weights(w) ~ x.",
                text,
                place,
            )
        additions = _additions(node.operands[1], text)
        node = strip_parens(node.operands[0])
    _check_response(node, text)
    if isinstance(node, Call) and node.function == "mvbind":
        if len(node.args) < 2:
            raise error_at(node, text, "mvbind() takes two or more responses: mvbind(y1, y2).")
        for arg in node.args:
            if arg.name:
                raise error_at(arg, text, "mvbind() takes responses without names.")
        responses = tuple(
            Response(a.value, response_name(deparse(a.value)), additions) for a in node.args
        )
    else:
        responses = (Response(node, response_name(deparse(node)), additions),)
    names = [r.name for r in responses]
    for name in names:
        if names.count(name) > 1:
            raise error_at(node, text, f"The response '{name}' is named twice.")
    return responses


def _check_response(node: Node, text: str) -> None:
    if not variables(node):
        raise error_at(node, text, f"The response '{deparse(node)}' names no column.")
    if isinstance(node, Call) and node.function in ADDITIONS and node.function != "index":
        raise error_at(
            node,
            text,
            f"'{deparse(node)}' belongs after the bar of a response: y | {deparse(node)} ~ x.",
        )
    if Name(".") in (node, *(a.value for a in getattr(node, "args", ()))):
        raise error_at(node, text, "'.' stands for all other columns, and cannot be a response.")


def _summands(node: Node) -> Iterator[Node]:
    for item in operands_of(strip_parens(node), "+"):
        if item is node:
            yield item
        elif isinstance(strip_parens(item), Infix):
            yield from _summands(item)
        else:
            yield item


def _additions(node: Node, text: str) -> tuple[Addition, ...]:
    additions: list[Addition] = []
    for item in _summands(node):
        call = strip_parens(item)
        if not isinstance(call, Call):
            raise error_at(
                item,
                text,
                f"'{deparse(item)}' is no addition term; after the bar of a response stand calls "
                "joined by '+': y | trials(n) + weights(w) ~ x.",
            )
        # brms exports its addition terms as resp_trials() and the like, and reads these as well.
        named = replace(call, function=call.function.removeprefix("resp_"))
        bound = bind(named, find(named, ADDITIONS, "addition term", text), text)
        if any(a.name == bound.name for a in additions):
            raise error_at(call, text, f"'{bound.name}' is given twice.")
        additions.append(replace(_addition(bound, text), node=call))
    return tuple(additions)


def _addition(bound: Bound, text: str) -> Addition:
    given = [(name, node) for name, node in bound.options if bound.get(name) is not None]
    if bound.name == "thres" and not given:
        raise error_at(bound.node, text, "thres() needs a number of thresholds, or gr = a column.")
    if bound.name == "trunc" and not given:
        raise error_at(bound.node, text, "trunc() needs a bound: lb, ub or both.")
    columns = ADDITION_ARGS.get(bound.name, ("x",))
    args = bound.args + tuple(node for name, node in given if name in columns)
    kwargs = tuple((name, node) for name, node in given if name not in columns)
    return Addition(bound.name, args, kwargs, bound.node)
