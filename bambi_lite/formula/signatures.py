"""What a call in a formula may be given: names, kinds and defaults of arguments, checked by caret.

Matching is R's without its guessing: named arguments by their full names, the others by position.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..errors import formula_error, listing, suggest
from .nodes import (
    Arg,
    Call,
    Constant,
    Infix,
    Name,
    Node,
    Number,
    String,
    Unary,
    deparse,
    error_at,
    strip_parens,
    walk,
)


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter of a call.

    `kind` is ``expr`` (an expression of columns), ``name`` (one variable), ``flag``, ``number``,
    ``count`` (a whole number from `low`), ``string`` (one of `choices`, if there are any)
    or ``any``. `default` None means that the argument may
    be left out and has no value then.
    """

    name: str
    kind: str = "expr"
    required: bool = False
    default: bool | float | str | None = None
    choices: tuple[str, ...] = ()
    low: int = 1


@dataclass(frozen=True, slots=True)
class Signature:
    """A function of the formula language; `rest` is the kind of any number of leading arguments."""

    name: str
    params: tuple[Param, ...] = ()
    rest: str = ""
    at_least: int = 0

    def __str__(self) -> str:
        shown = ["..."] if self.rest else []
        shown += [p.name if p.required or p.default is None else _shown(p) for p in self.params]
        return f"{self.name}({', '.join(shown)})"


@dataclass(frozen=True, slots=True)
class Bound:
    """A call whose arguments are matched: `args` fill the dots, `options` the named parameters.

    `options` holds the parameters that were given, in the order of the signature.
    """

    name: str
    args: tuple[Node, ...]
    options: tuple[tuple[str, Node], ...]
    node: Call

    def get(self, name: str) -> Node | None:
        """The argument of this name, or None if it was not given (or given as NA or NULL)."""
        value = dict(self.options).get(name)
        if isinstance(value, Constant) and value.text in ("NA", "NULL"):
            return None
        return value


def _shown(param: Param) -> str:
    value = param.default
    if isinstance(value, bool):
        return f"{param.name} = {'TRUE' if value else 'FALSE'}"
    if isinstance(value, str):
        return f'{param.name} = "{value}"'
    return f"{param.name} = {value:g}"


def bind(call: Call, signature: Signature, text: str) -> Bound:
    """Match and check the arguments of `call`.

    Parameters
    ----------
    call : Call
        The call as parsed.
    signature : Signature
        What it may be given.
    text : str
        The text of the formula, for the caret.

    Returns
    -------
    Bound

    Raises
    ------
    FormulaError
        For an unknown, repeated, missing or surplus argument, or one of the wrong kind.
    """
    rest: list[Node] = []
    given: dict[str, Node] = {}
    names = [p.name for p in signature.params]
    for arg in call.args:
        if arg.name:
            _check_name(arg, names, given, signature, text)
            given[arg.name] = arg.value
    for arg in call.args:
        if arg.name:
            continue
        free = next((n for n in names if n not in given), None)
        if signature.rest:
            rest.append(arg.value)
        elif free is not None:
            given[free] = arg.value
        else:
            raise error_at(
                arg, text, f"Too many arguments in '{call.function}': it takes {signature}."
            )
    if len(rest) < signature.at_least:
        raise error_at(
            call, text, f"'{deparse(call)}' has too few arguments: it takes {signature}."
        )
    for param in signature.params:
        if param.name in given:
            _check_kind(param, given[param.name], signature, text)
        elif param.required:
            raise error_at(
                call, text, f"'{deparse(call)}' lacks '{param.name}': it takes {signature}."
            )
    for node in rest:
        _check_kind(Param("...", signature.rest), node, signature, text)
    options = tuple((n, given[n]) for n in names if n in given)
    return Bound(call.function, tuple(rest), options, call)


def flag(node: Node | None, default: bool) -> bool:
    """The value of an argument of kind ``flag`` that was checked."""
    return node.text == "TRUE" if isinstance(node, Constant) else default


def string(node: Node | None, default: str = "") -> str:
    """The value of an argument of kind ``string`` or ``name`` that was checked."""
    if isinstance(node, String):
        return node.value
    return node.name if isinstance(node, Name) else default


def number(node: Node | None) -> float | None:
    """The value of a constant expression such as ``2``, ``-1`` or ``5/4``, or None."""
    node = strip_parens(node) if node is not None else None
    match node:
        case Number(value=value):
            return value
        case Constant(text="Inf"):
            return float("inf")
        case Unary(operator=("-" | "+") as sign, operand=operand):
            value_ = number(operand)
            return None if value_ is None else -value_ if sign == "-" else value_
        case Infix(operands=(first, second), operators=(("*" | "/") as operator,)):
            a, b = number(first), number(second)
            if a is None or b is None or (operator == "/" and b == 0):
                return None
            return a * b if operator == "*" else a / b
    return None


def find(call: Call, table: Mapping[str, Signature], what: str, text: str) -> Signature:
    """The signature of `call` in `table`, or an error with the nearest name."""
    if call.function not in table:
        raise formula_error(
            f"Unknown {what} '{call.function}'.{suggest(call.function, table)} "
            f"Known: {listing(sorted(table), 20)}.",
            text,
            call.pos,
            len(call.function),
        )
    return table[call.function]


def _check_name(
    arg: Arg, names: list[str], given: dict[str, Node], signature: Signature, text: str
) -> None:
    if arg.name not in names:
        raise error_at(
            arg,
            text,
            f"Unknown argument '{arg.name}' of '{signature.name}'.{suggest(arg.name, names)} "
            f"It takes {signature}.",
        )
    if arg.name in given:
        raise error_at(arg, text, f"Argument '{arg.name}' of '{signature.name}' is given twice.")


def _check_kind(param: Param, node: Node, signature: Signature, text: str) -> None:
    wanted = _WANTED[param.kind]
    if param.kind == "string" and param.choices:
        wanted = "one of " + ", ".join(f'"{c}"' for c in param.choices)
    if param.kind == "count":
        wanted = f"a whole number from {param.low}"
    blank = isinstance(node, Constant) and node.text in ("NA", "NULL")
    if blank and not param.required and param.default is None:
        return
    if (blank and param.required) or not _fits(param, strip_parens(node)):
        raise error_at(
            node,
            text,
            f"'{param.name}' of '{signature.name}' is {wanted}, not '{deparse(node)}'."
            if param.name != "..."
            else f"'{signature.name}' takes {wanted}, not '{deparse(node)}'.",
        )


_WANTED = {
    "expr": "an expression of columns",
    "name": "the name of one variable",
    "flag": "TRUE or FALSE",
    "number": "a number",
    "count": "a whole number",
    "string": "a string in quotes",
    "any": "anything",
}


def _fits(param: Param, node: Node) -> bool:
    match param.kind:
        case "name":
            return isinstance(node, Name)
        case "flag":
            return isinstance(node, Constant) and node.text in ("TRUE", "FALSE")
        case "number":
            return number(node) is not None
        case "count":
            value = number(node)
            return value is not None and value >= param.low and value % 1 == 0
        case "string":
            return isinstance(node, String) and (not param.choices or node.value in param.choices)
        case "expr":
            return not isinstance(node, String) and not any(
                (isinstance(n, Unary) and n.operator == "~")
                or (isinstance(n, Infix) and n.operators[0] == "~")
                for n in walk(node)
            )
    return True
