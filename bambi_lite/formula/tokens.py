"""Formula text -> tokens, by R's lexical rules."""

from __future__ import annotations

import re
from typing import NamedTuple

from ..errors import FormulaError, formula_error
from .nodes import NAME, RESERVED

CONSTANTS = frozenset({"TRUE", "FALSE", "NULL", "NA", "NaN", "Inf"})


class Token(NamedTuple):
    """One token: `kind` is name, number, integer, string, constant, op or end."""

    kind: str
    text: str
    pos: int
    end: int
    value: float = 0.0


_TOKEN = re.compile(
    rf"""
    (?P<blank>[\s\ufeff]+|\#[^\n]*)
  | (?P<hex>0[xX][0-9a-fA-F]+L?)
  | (?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?[Li]?)
  | (?P<raw>[rR](?P<q>["'])(?P<dash>-*)\((?P<body>.*?)\)(?P=dash)(?P=q))
  | (?P<name>{NAME})
  | (?P<tick>`(?:[^`\\]|\\.)*`)
  | (?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
  | (?P<op>\*\*|\|\||&&|\|>|<=|>=|==|!=|<-|->|:::?|%[^%\n]*%|[-+*/^:~|&!<>=,()])
    """,
    re.VERBOSE | re.DOTALL,
)

#: Operators that need no second look.
_PLAIN = frozenset("+-*/:~()|,=^")
_ESCAPE = re.compile(
    r"\\(?:x([0-9a-fA-F]{1,2})|u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{1,4})"
    r"|U\{([0-9a-fA-F]{1,8})\}|U([0-9a-fA-F]{1,8})|([0-7]{1,3})|(.))",
    re.DOTALL,
)
_SIMPLE = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
_LITERAL = frozenset("\\\"'` \n")

# What a character that is valid in R, but not in a formula, was probably meant for.
_NOT_HERE = {
    "$": "a formula names the columns of one data frame: write the column alone",
    "@": "a formula names the columns of one data frame: write the column alone",
    "[": "subscripts are not part of a formula: make the column in the data first",
    "]": "subscripts are not part of a formula: make the column in the data first",
    "{": "code blocks are not part of a formula: register a function with register_transform()",
    "}": "code blocks are not part of a formula: register a function with register_transform()",
    ";": "a formula is one expression",
    "\\": "functions cannot be defined in a formula: register one with register_transform()",
    "?": "this operator is not part of a formula",
    "_": "a name cannot start with '_': write it in backticks, `_name`",
    '"': "the string is not closed",
    "'": "the string is not closed",
    "`": "the backtick is not closed",
    "%": "an operator such as %in% ends with a second '%'",
}
_OPERATORS_NOT_HERE = {
    "<-": "nothing can be assigned in a formula; for 'less than minus' write `< -`",
    "->": "nothing can be assigned in a formula",
    "|>": "pipes are not part of a formula: write f(x)",
    "::": "functions have no package here: write the name alone",
    ":::": "functions have no package here: write the name alone",
}


def tokenize(text: str) -> tuple[Token, ...]:
    """The tokens of `text`, closed by one of kind ``end``.

    Parameters
    ----------
    text : str
        A formula. Line breaks and ``#`` comments count as blanks.

    Returns
    -------
    tuple of Token

    Raises
    ------
    FormulaError
        At a character that starts no token.
    """
    tokens: list[Token] = []
    pos = 0
    pos = 0
    for found in _TOKEN.finditer(text):
        start = found.start()
        if start > pos:  # what lies between starts no token
            break
        kind, pos = found.lastgroup or "", found.end()
        if kind == "op" and found[0] in _PLAIN:
            tokens.append(Token(kind, found[0], start, pos))
        elif kind != "blank":
            tokens.append(_token(kind, found, text))
    if pos < len(text):
        raise _bad_character(text, pos)
    tokens.append(Token("end", "", pos, pos))
    return tuple(tokens)


def _token(kind: str, found: re.Match[str], text: str) -> Token:
    raw, pos, end = found.group(), found.start(), found.end()
    # lastgroup names the last group that closed, which for a raw string is an inner one.
    if found.group("raw") is not None:
        return Token("string", found.group("body"), pos, end)
    if kind == "hex":
        if len(raw) > 200:
            raise formula_error("The number is too large.", text, pos, end - pos)
        value = float(int(raw.removesuffix("L"), 16))
        return Token("integer" if raw.endswith("L") else "number", raw, pos, end, value)
    if kind == "number":
        return _number(raw, pos, end, text)
    if kind == "name":
        return _name(raw, pos, end, text)
    if kind == "tick":
        name = _unescape(raw[1:-1], text, pos + 1)
        if not name:
            raise formula_error("An empty name in backticks.", text, pos, end - pos)
        return Token("name", name, pos, end, 1.0)
    if kind == "string":
        return Token("string", _unescape(raw[1:-1], text, pos + 1), pos, end)
    if raw in _OPERATORS_NOT_HERE:
        raise formula_error(
            f"Unexpected '{raw}': {_OPERATORS_NOT_HERE[raw]}.", text, pos, end - pos
        )
    return Token("op", "^" if raw == "**" else raw, pos, end)


def _number(raw: str, pos: int, end: int, text: str) -> Token:
    if raw.endswith("i"):
        raise formula_error(f"Complex number '{raw}': use real numbers.", text, pos, end - pos)
    value = float(raw.removesuffix("L"))
    if value == float("inf"):
        raise formula_error(f"The number '{raw}' is too large.", text, pos, end - pos)
    # R reads 1.5L as the number 1.5, with a warning.
    whole = raw.endswith("L") and value == int(value)
    return Token("integer" if whole else "number", raw, pos, end, value)


def _name(raw: str, pos: int, end: int, text: str) -> Token:
    if raw in CONSTANTS:
        return Token("constant", raw, pos, end)
    if raw.startswith("NA_") and raw in RESERVED:
        return Token("constant", "NA", pos, end)
    if raw in RESERVED:
        raise formula_error(
            f"Unexpected '{raw}': a reserved word of R; a column of this name needs backticks.",
            text,
            pos,
            end - pos,
        )
    return Token("name", raw, pos, end)


def _unescape(body: str, text: str, start: int) -> str:
    if "\\" not in body:
        return body

    def one(found: re.Match[str]) -> str:
        hexa = next((found.group(i) for i in range(1, 6) if found.group(i)), None)
        code = int(hexa, 16) if hexa else int(found.group(6), 8) if found.group(6) else None
        if code is not None:
            if code == 0 or code > 0x10FFFF or 0xD800 <= code <= 0xDFFF:
                raise _bad_escape(found, text, start)
            return chr(code)
        letter = found.group(7)
        if letter in _SIMPLE:
            return _SIMPLE[letter]
        if letter in _LITERAL:
            return letter
        raise _bad_escape(found, text, start)

    return _ESCAPE.sub(one, body)


def _bad_escape(found: re.Match[str], text: str, start: int) -> FormulaError:
    return formula_error(
        f"Unknown escape '{found.group()}' in a string; valid are \\n, \\t, \\\\, \\\", \\', "
        "\\xHH, \\uHHHH.",
        text,
        start + found.start(),
        len(found.group()),
    )


def _bad_character(text: str, pos: int) -> FormulaError:
    char = text[pos]
    why = _NOT_HERE.get(char, "this character is not part of the formula language")
    return formula_error(f"Unexpected '{char}': {why}.", text, pos)
