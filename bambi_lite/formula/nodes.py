"""The expression tree of a formula, and how it is written back as text.

A tree is data: it holds names, numbers, strings and calls, and nothing in it can run. Operators of
one precedence level stand side by side in one :class:`Infix`, so that a sum of ten thousand terms
is a flat node; the parser bounds the depth of everything else, and plain recursion over a tree is
therefore safe.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ..errors import FormulaError, formula_error


@dataclass(frozen=True, slots=True)
class Node:
    """Base of the tree; `pos` and `end` say which characters of the text the node came from.

    Positions do not take part in comparisons: two trees are equal if they mean the same.
    """

    pos: int = field(default=-1, compare=False, repr=False, kw_only=True)
    end: int = field(default=-1, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A variable, without the backticks it may have been written in."""

    name: str


@dataclass(frozen=True, slots=True)
class Number(Node):
    """A number; `integer` if it was written with R's suffix ``L``."""

    value: float
    integer: bool = False


@dataclass(frozen=True, slots=True)
class String(Node):
    """A quoted string, without quotes and escapes."""

    value: str


@dataclass(frozen=True, slots=True)
class Constant(Node):
    """One of ``TRUE``, ``FALSE``, ``NULL``, ``NA``, ``NaN``, ``Inf``."""

    text: str


@dataclass(frozen=True, slots=True)
class Arg(Node):
    """One argument of a call: `name` is empty for a positional one."""

    name: str
    value: Node


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A function call by name."""

    function: str
    args: tuple[Arg, ...]


@dataclass(frozen=True, slots=True)
class Unary(Node):
    """A prefix operator: ``-``, ``+``, ``!`` or a one-sided ``~``."""

    operator: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Infix(Node):
    """Operands joined by operators of one precedence level, to be read from left to right.

    ``a - b + c`` has operands ``(a, b, c)`` and operators ``("-", "+")``. ``^`` binds to the right
    and always has two operands. `places` are the positions of the operators.
    """

    operands: tuple[Node, ...]
    operators: tuple[str, ...]
    places: tuple[int, ...] = field(default=(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Paren(Node):
    """An expression in parentheses."""

    inner: Node


# R writes these operators without blanks around them.
_TIGHT = frozenset({"^", ":", "/", "%%", "%/%"})
RESERVED = frozenset(
    (
        *("if", "else", "repeat", "while", "function", "for", "next", "break", "in"),
        *("TRUE", "FALSE", "NULL", "NA", "NaN", "Inf"),
        *("NA_integer_", "NA_real_", "NA_character_", "NA_complex_"),
    )
)
#: A name that needs no backticks: letters, digits, dots and underscores, a letter or a dot first.
NAME = r"(?:[^\W\d_]|\.(?![0-9]))[\w.]*"
_NAME = re.compile(NAME)
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\u{0}"}


def is_syntactic(name: str) -> bool:
    """Whether `name` can stand in a formula without backticks.

    Parameters
    ----------
    name : str
        The name of a column.

    Returns
    -------
    bool

    Examples
    --------
    >>> is_syntactic("my.var"), is_syntactic("my var"), is_syntactic("_x")
    (True, False, False)
    """
    return _NAME.fullmatch(name) is not None and name not in RESERVED


def write_number(value: float, integer: bool = False) -> str:
    """`value` as R prints it: the shorter of the fixed and the scientific form.

    Parameters
    ----------
    value : float
        A finite number.
    integer : bool
        Whether it carries R's suffix ``L``.

    Returns
    -------
    str

    Examples
    --------
    >>> write_number(100.0), write_number(100000.0), write_number(0.5), write_number(2.0, True)
    ('100', '1e+05', '0.5', '2L')
    """
    if integer:
        return f"{int(value)}L"
    digits = next((d for d in range(1, 18) if float(f"{value:.{d - 1}e}") == value), 17)
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    power = int(exponent)
    scientific = f"{mantissa}e{'-' if power < 0 else '+'}{abs(power):02d}"
    fixed = f"{value:.{max(0, digits - 1 - power)}f}"
    return fixed if len(fixed) <= len(scientific) else scientific


def write_name(name: str) -> str:
    """`name`, in backticks where it needs them."""
    if is_syntactic(name):
        return name
    return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`"


def write_string(value: str) -> str:
    """`value` in double quotes with R's escapes."""
    return '"' + "".join(_ESCAPES.get(c, c) for c in value) + '"'


def deparse(node: Node) -> str:
    """The text of a tree, spaced as R prints it.

    Parameters
    ----------
    node : Node
        A tree.

    Returns
    -------
    str
        Text that parses to the same tree.

    Examples
    --------
    >>> from . import parse
    >>> deparse(parse("y~x+I( x**2 )+(x|g)"))
    'y ~ x + I(x^2) + (x | g)'
    """
    match node:
        case Name(name=name):
            return write_name(name)
        case Number(value=value, integer=integer):
            return write_number(value, integer)
        case String(value=text):
            return write_string(text)
        case Constant(text=text):
            return text
        case Arg(name=name, value=value):
            return f"{write_name(name)} = {deparse(value)}" if name else deparse(value)
        case Call(function=function, args=args):
            return f"{write_name(function)}({', '.join(map(deparse, args))})"
        case Unary(operator=operator, operand=operand):
            return operator + deparse(operand)
        case Paren(inner=inner):
            return f"({deparse(inner)})"
        case Infix(operands=operands, operators=operators):
            parts = [deparse(operands[0])]
            for operator, operand in zip(operators, operands[1:], strict=True):
                parts.append(operator if operator in _TIGHT else f" {operator} ")
                parts.append(deparse(operand))
            return "".join(parts)
    raise TypeError(f"not a node of a formula: {node!r}")


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below `node`, from left to right."""
    match node:
        case Arg(value=value):
            return (value,)
        case Call(args=args):
            return args
        case Unary(operand=operand):
            return (operand,)
        case Paren(inner=inner):
            return (inner,)
        case Infix(operands=operands):
            return operands
    return ()


def walk(node: Node) -> Iterator[Node]:
    """`node` and everything below it, from left to right."""
    stack = [node]
    while stack:
        top = stack.pop()
        yield top
        stack.extend(reversed(children(top)))


def variables(*nodes: Node) -> tuple[str, ...]:
    """The names of the variables in `nodes`, each once, in order of appearance."""
    found = (n.name for node in nodes for n in walk(node) if isinstance(n, Name))
    return tuple(dict.fromkeys(found))


def strip_parens(node: Node) -> Node:
    """`node` without the parentheses around it."""
    while isinstance(node, Paren):
        node = node.inner
    return node


def operands_of(node: Node, operator: str) -> tuple[Node, ...]:
    """The operands if `node` is a chain of `operator` alone, else `node` itself."""
    if isinstance(node, Infix) and set(node.operators) == {operator}:
        return node.operands
    return (node,)


def error_at(node: Node, text: str, message: str) -> FormulaError:
    """A :class:`FormulaError` that marks `node` in the text it came from."""
    return formula_error(message, text, node.pos, max(1, node.end - node.pos))
