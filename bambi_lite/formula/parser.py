"""Tokens -> tree, with R's precedences."""

from __future__ import annotations

from ..errors import FormulaError, formula_error
from .nodes import (
    Arg,
    Call,
    Constant,
    Infix,
    Name,
    Node,
    Number,
    Paren,
    String,
    Unary,
)
from .tokens import Token, tokenize

# Everything that reads a tree recurses over it, and one level of nesting is up to a dozen nodes:
# this bound keeps all of that below Python's own limit, whatever the caller has on the stack.
MAX_DEPTH = 40

_TILDE, _OR, _AND, _NOT, _COMPARE, _SUM, _PRODUCT, _SPECIAL, _COLON, _SIGN, _POWER = range(1, 12)
_INFIX = {
    "~": _TILDE,
    "|": _OR,
    "||": _OR,
    "&": _AND,
    "&&": _AND,
    **dict.fromkeys(("==", "!=", "<", ">", "<=", ">="), _COMPARE),
    "+": _SUM,
    "-": _SUM,
    "*": _PRODUCT,
    "/": _PRODUCT,
    ":": _COLON,
    "^": _POWER,
}
_PREFIX = {"-": _SIGN, "+": _SIGN, "!": _NOT, "~": _TILDE}


def parse(text: str) -> Node:
    """The tree of an expression in the formula language.

    Parameters
    ----------
    text : str
        A formula such as ``y ~ x + (x | g)``, or any expression of one.

    Returns
    -------
    Node

    Raises
    ------
    FormulaError
        Where the text stops being an expression, with a caret at the place.

    Examples
    --------
    >>> parse("x + log(z)")
    Infix(operands=(Name(name='x'), Call(function='log', ...)), operators=('+',))
    """
    if not isinstance(text, str):
        raise FormulaError(f"A formula is a string, not {type(text).__name__}.")
    return parse_tokens(text, tokenize(text))


def parse_tokens(text: str, tokens: tuple[Token, ...], what: str = "formula") -> Node:
    """The tree of tokens, the last of which is of kind ``end``.

    Parameters
    ----------
    text : str
        What they were read from, for messages.
    tokens : tuple of Token
        All of it, or a part.
    what : str
        What messages call it.

    Raises
    ------
    FormulaError
        As :func:`parse`.
    """
    parser = _Parser(text, tokens, what)
    tree = parser.expression(0, 0)
    if parser.now.kind != "end":
        raise parser.unexpected(f"an operator such as + or *, or the end of the {what}")
    return tree


class _Parser:
    """A cursor over the tokens."""

    def __init__(self, text: str, tokens: tuple[Token, ...], what: str) -> None:
        self.text = text
        self.what = what
        self.tokens = tokens
        self.index = 0
        self.open: list[Token] = []

    @property
    def now(self) -> Token:
        return self.tokens[self.index]

    def take(self) -> Token:
        token = self.tokens[self.index]
        self.index += 1
        return token

    def at(self, operator: str) -> bool:
        return self.now.kind == "op" and self.now.text == operator

    def unexpected(self, valid: str) -> FormulaError:
        token = self.now
        length = max(1, token.end - token.pos)
        if token.kind == "end":
            if self.open:
                opened = self.open[-1]
                return formula_error(
                    f"The parenthesis '(' at character {opened.pos + 1} is not closed; "
                    "expected ')'.",
                    self.text,
                    opened.pos,
                )
            return formula_error(
                f"Unexpected end of the {self.what}; expected {valid}.", self.text, token.pos
            )
        if token.kind == "op" and token.text == ")" and not self.open:
            return formula_error("This ')' closes nothing.", self.text, token.pos)
        if token.kind == "op" and token.text == "=" and not valid.startswith("a name"):
            valid += "; to compare write '=='" if self.open else "; a formula is written y ~ x"
        shown = self.text[token.pos : token.end]
        what = {"number": "number ", "integer": "number ", "string": "string ", "name": "name "}
        shown = shown if token.kind == "string" else f"'{shown}'"
        return formula_error(
            f"Unexpected {what.get(token.kind, '')}{shown}; expected {valid}.",
            self.text,
            token.pos,
            length,
        )

    def expression(self, level: int, depth: int) -> Node:
        """An expression of operators that bind tighter than `level`."""
        if depth > MAX_DEPTH:
            raise formula_error(
                f"The {self.what} is nested more than {MAX_DEPTH} levels deep.",
                self.text,
                self.now.pos,
            )
        left = self.prefix(depth)
        while True:
            token = self.now
            if token.kind != "op":
                return left
            bound = _SPECIAL if token.text[0] == "%" else _INFIX.get(token.text, 0)
            if bound <= level:
                return left
            left = self.infix(left, bound, depth)

    def infix(self, first: Node, bound: int, depth: int) -> Node:
        """`first` and all operands that follow it on one precedence level."""
        operands, operators, places = [first], list[str](), list[int]()
        while self.now.kind == "op":
            token = self.now
            here = _SPECIAL if token.text[0] == "%" else _INFIX.get(token.text, 0)
            if here != bound:
                break
            if bound == _COMPARE and operators:
                raise formula_error(
                    "Two comparisons in a row; join two by '&': a < b & b < c.",
                    self.text,
                    token.pos,
                    token.end - token.pos,
                )
            self.take()
            operators.append(token.text)
            places.append(token.pos)
            # '^' binds to the right: its right side may itself be a power.
            operands.append(self.expression(bound - (bound == _POWER), depth + 1))
            if bound == _POWER:
                break
        return Infix(
            tuple(operands),
            tuple(operators),
            tuple(places),
            pos=first.pos,
            end=operands[-1].end,
        )

    def prefix(self, depth: int) -> Node:
        token = self.now
        pos, end = token.pos, token.end
        match token.kind:
            case "number" | "integer":
                self.take()
                return Number(token.value, token.kind == "integer", pos=pos, end=end)
            case "string":
                self.take()
                return String(token.text, pos=pos, end=end)
            case "constant":
                self.take()
                return Constant(token.text, pos=pos, end=end)
            case "name":
                self.take()
                return (
                    self.call(token, depth) if self.at("(") else Name(token.text, pos=pos, end=end)
                )
        if self.at("("):
            return self.paren(depth)
        if token.kind == "op" and token.text in _PREFIX:
            self.take()
            operand = self.expression(_PREFIX[token.text] - 1, depth + 1)
            # A sign binds looser than '^' and tighter than ':', also inside a chain of signs.
            return Unary(token.text, operand, pos=token.pos, end=operand.end)
        raise self.unexpected("a variable, a number, a call or '('")

    def paren(self, depth: int) -> Node:
        opened = self.take()
        self.open.append(opened)
        inner = self.expression(0, depth + 1)
        if not self.at(")"):
            raise self.unexpected("an operator or ')'")
        closed = self.take()
        self.open.pop()
        if self.at("("):
            raise self.unexpected("an operator: only a function name can be called")
        return Paren(inner, pos=opened.pos, end=closed.end)

    def call(self, function: Token, depth: int) -> Node:
        self.open.append(self.take())
        args: list[Arg] = []
        while not self.at(")"):
            args.append(self.argument(depth))
            if self.at(","):
                self.take()
                if self.at(")"):
                    raise self.unexpected("another argument")
            elif not self.at(")"):
                raise self.unexpected("an operator, ',' or ')'")
        closed = self.take()
        self.open.pop()
        if self.at("("):
            raise self.unexpected("an operator: only a function name can be called")
        return Call(function.text, tuple(args), pos=function.pos, end=closed.end)

    def argument(self, depth: int) -> Arg:
        token, following = self.now, self.tokens[min(self.index + 1, len(self.tokens) - 1)]
        name = ""
        named = token.kind in ("name", "string", "constant")
        if named and following.kind == "op" and following.text == "=":
            self.take()
            self.take()
            name = token.text
        value = self.expression(_TILDE - 1, depth + 1)
        return Arg(name, value, pos=token.pos, end=value.end)
