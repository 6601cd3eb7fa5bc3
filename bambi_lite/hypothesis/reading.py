"""Text of a hypothesis -> the two sides of a comparison, as trees. Nothing is evaluated as code."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import DataError, FormulaError, formula_error, listing, suggest
from ..formula import Call, Infix, Name, Node, Number, Paren, Unary, variables
from ..formula.parser import parse_tokens
from ..formula.tokens import Token

# Names are read as brms reads them: a letter or a dot, then letters, digits, `_`, `.` and `:` (so
# that zBase:Trt1 is one name), then perhaps an index: r_g[1,Intercept].
_TOKEN = re.compile(
    r"""
    (?P<blank>\s+)
  | (?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
  | (?P<name>(?:[^\W\d_]|\.(?![0-9]))[\w.:]*(?:\[[^],]+(?:,[^],]+)*\])?)
  | (?P<tick>`[^`]+`)
  | (?P<sign>[<>=!]+)
  | (?P<op>\*\*|[-+*/^(),])
    """,
    re.VERBOSE,
)
_SIGNS = ("=", "<", ">")


def _inv_logit(x: Any) -> Any:
    from scipy.special import expit

    return expit(x)


def _ndtr(x: Any) -> Any:
    from scipy.special import ndtr

    return ndtr(x)


def _ndtri(x: Any) -> Any:
    from scipy.special import ndtri

    return ndtri(x)


def _logit(x: Any) -> Any:
    return np.log(x) - np.log1p(-x)


#: Functions that a hypothesis may call, by R's and brms' names, and how many arguments they take.
FUNCTIONS: Mapping[str, tuple[int, Callable[..., Any]]] = {
    **{
        name: (1, getattr(np, numpy_name))
        for name, numpy_name in {
            "exp": "exp",
            "expm1": "expm1",
            "log": "log",
            "log1p": "log1p",
            "log2": "log2",
            "log10": "log10",
            "sqrt": "sqrt",
            "abs": "abs",
            "sign": "sign",
            "sin": "sin",
            "cos": "cos",
            "tan": "tan",
            "asin": "arcsin",
            "acos": "arccos",
            "atan": "arctan",
            "sinh": "sinh",
            "cosh": "cosh",
            "tanh": "tanh",
        }.items()
    },
    "inv_logit": (1, _inv_logit),
    "plogis": (1, _inv_logit),
    "logit": (1, _logit),
    "qlogis": (1, _logit),
    "pnorm": (1, _ndtr),
    "qnorm": (1, _ndtri),
    "pmin": (2, np.minimum),
    "pmax": (2, np.maximum),
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """A hypothesis: left, sign, right.

    Attributes
    ----------
    text : str
        As the user wrote it.
    shown : str
        As brms shows it: ``(Days)-(10) > 0``.
    sign : str
        ``=``, ``<`` or ``>``.
    left, right : Node
        The two sides.
    """

    text: str
    shown: str
    sign: str
    left: Node
    right: Node

    @property
    def names(self) -> tuple[str, ...]:
        """The names on both sides, each once."""
        return variables(self.left, self.right)

    def difference(self, values: Mapping[str, np.ndarray]) -> np.ndarray:
        """Left minus right, on draws of the names."""
        with np.errstate(all="ignore"):
            return np.asarray(
                evaluate(self.left, values, self.text) - evaluate(self.right, values, self.text)
            )


def read(text: Any) -> Comparison:
    """A hypothesis from its text.

    Parameters
    ----------
    text : str
        ``left = right``, with ``=``, ``<`` or ``>``.

    Raises
    ------
    DataError
        If it is no text.
    FormulaError
        Where it stops being a hypothesis, with a caret at the place.

    Examples
    --------
    >>> read("exp(b_x) - 1 > 0").shown
    '(exp(b_x)-1) > 0'
    """
    if not isinstance(text, str):
        raise DataError(
            f"A hypothesis is text such as 'Days > 10', not {type(text).__name__} ({text!r})."
        )
    tokens = list(_tokens(text))
    signs = [t for t in tokens if t.kind == "sign"]
    if not signs:
        raise formula_error(
            "A hypothesis compares two sides: write 'left > right', with one of =, <, >.",
            text,
            0,
            len(text),
        )
    for sign in signs[1:] or [s for s in signs if s.text not in _SIGNS]:
        hint = "a comparison stands once" if len(signs) > 1 else "valid are =, <, >"
        raise formula_error(
            f"Unexpected '{sign.text}': {hint}.", text, sign.pos, sign.end - sign.pos
        )
    sign = signs[0]
    middle = tokens.index(sign)
    sides = []
    for part, end in ((tokens[:middle], sign.pos), (tokens[middle + 1 :], len(text))):
        closed = (*part, Token("end", "", end, end))
        sides.append(parse_tokens(text, closed, "side" if end < len(text) else "hypothesis"))
    left, right = ("".join(text[: sign.pos].split()), "".join(text[sign.end :].split()))
    shown = f"({left})" if right == "0" else f"({left})-({right})"
    found = Comparison(text, f"{shown} {sign.text} 0", sign.text, sides[0], sides[1])
    if not found.names:
        raise formula_error("This hypothesis names no parameter of the model.", text, 0, len(text))
    return found


def _tokens(text: str) -> Any:
    pos = 0
    while pos < len(text):
        found = _TOKEN.match(text, pos)
        if found is None:
            raise formula_error(
                f"Unexpected '{text[pos]}': a hypothesis has names, numbers, functions, "
                f"+ - * / ^ ( ), and one of = < >.",
                text,
                pos,
            )
        kind, raw, start, pos = str(found.lastgroup), found.group(), found.start(), found.end()
        if kind == "number":
            yield Token("number", raw, start, pos, float(raw))
        elif kind in ("name", "tick"):
            yield Token("name", raw.strip("`"), start, pos)
        elif kind != "blank":
            yield Token(kind, "^" if raw == "**" else raw, start, pos)


def evaluate(node: Node, values: Mapping[str, np.ndarray], text: str) -> Any:
    """The value of an expression on draws.

    Parameters
    ----------
    node : Node
        The expression.
    values : mapping
        Draws by name.
    text : str
        What it was read from, for messages.

    Raises
    ------
    FormulaError
        For functions that are not known here.
    """
    match node:
        case Number(value=value):
            return value
        case Name(name=name):
            return values[name]
        case Paren(inner=inner):
            return evaluate(inner, values, text)
        case Unary(operator=operator, operand=operand) if operator in "+-":
            below = evaluate(operand, values, text)
            return -below if operator == "-" else below
        case Infix(operands=operands, operators=operators):
            result = evaluate(operands[0], values, text)
            for operator, operand in zip(operators, operands[1:], strict=True):
                result = _OPERATORS[operator](result, evaluate(operand, values, text))
            return result
        case Call():
            return _call(node, values, text)
    raise _no_value(node, text)


_OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "^": np.power,
}


def _call(node: Call, values: Mapping[str, np.ndarray], text: str) -> Any:
    if node.function not in FUNCTIONS:
        raise formula_error(
            f"Unknown function '{node.function}'.{suggest(node.function, FUNCTIONS)} A hypothesis "
            f"may call: {listing(FUNCTIONS, 40)}.",
            text,
            node.pos,
            len(node.function),
        )
    count, function = FUNCTIONS[node.function]
    if len(node.args) != count:
        raise formula_error(
            f"{node.function}() takes {count} argument(s), not {len(node.args)}.",
            text,
            node.pos,
            node.end - node.pos,
        )
    return function(*(evaluate(arg.value, values, text) for arg in node.args))


def _no_value(node: Node, text: str) -> FormulaError:
    return formula_error("This has no value.", text, node.pos, max(1, node.end - node.pos))
