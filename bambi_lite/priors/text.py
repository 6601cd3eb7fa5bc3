"""Prior text: a distribution in Stan's names, read by a small grammar; nothing is evaluated.

    prior  = name "(" [ arg { "," arg } ] ")"
    arg    = [ name "=" ] ( number | vector | TRUE | FALSE | NULL | number of the data )
    vector = "[" number { "," number } "]"  or  "c(" number { "," number } ")"
    number = signs, digits, + - * / ^, brackets, exp(), log(), sqrt(), pi()

Arguments are named in the shrinkage priors only, where brms names them too.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from ..dists import Argument, Dist, prior_dist
from ..errors import PriorError
from ..params import Shrinkage
from .scales import number
from .shrinkage import SHRINKAGE, Word, shrinkage

#: Numbers of the data that a prior may name, as in brms: the smallest response.
DATA_NUMBERS = ("min_Y",)

#: A prior is a line; longer texts and deeper brackets are not read.
_LONGEST = 2000
_DEEPEST = 20

#: How tables show a PyMC distribution.
_PYMC = "<PyMC: "

_CALL = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_]*)\s*\((.*)\)\s*", re.DOTALL)
_NAMED = re.compile(r"([A-Za-z_][A-Za-z0-9_.]*)\s*=(?!=)\s*(.*)", re.DOTALL)
_VECTOR = re.compile(r"(?:\[(.*)\]'?|c\s*\((.*)\))", re.DOTALL)
_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<name>[A-Za-z_]\w*)|(?P<sign>[-+*/^()]))"
)
_FUNCTIONS: Mapping[str, Callable[[float], float]] = {
    "exp": math.exp,
    "log": math.log,
    "sqrt": math.sqrt,
}
_WORDS: Mapping[str, Word] = {"TRUE": True, "FALSE": False, "NULL": None}


def parse_prior(text: str) -> Dist | Shrinkage | None:
    """The distribution that a prior text names.

    Parameters
    ----------
    text : str
        ``"name(number, ...)"`` in Stan's names and argument order; empty for the flat prior.
        Numbers may be written with ``+ - * / ^``, brackets, ``exp()``, ``log()`` and ``sqrt()``;
        a vector is ``[1, 2]`` or ``c(1, 2)``.

    Returns
    -------
    Dist, Shrinkage or None
        None for the flat prior.

    Raises
    ------
    PriorError
        When the text is not of that form, the name is unknown, or an argument is impossible.

    Examples
    --------
    >>> parse_prior("student_t(3, 0, 59.3)").name
    'student_t'
    >>> dict(parse_prior("normal(log(2), 1.0 / 3)").args)["mu"].__round__(3)
    0.693
    """
    if text.strip() == "":
        return None
    if text.startswith(_PYMC):
        raise PriorError(
            f"'{text}' shows a PyMC distribution; it cannot be read back. Give the function itself "
            f"again: bl.prior(function, ...)."
        )
    call = _CALL.fullmatch(text) if len(text) <= _LONGEST else None
    if call is None or not _closes(call.group(2)):
        shown = text if len(text) <= 80 else f"{text[:77]}..."
        raise PriorError(
            f"Cannot read the prior '{shown}'. A prior is a distribution with numbers, such as "
            f"'normal(0, 5)', 'student_t(3, 0, 2.5)' or 'exponential(1)'."
        )
    name = call.group(1)
    words = _split(call.group(2)) if call.group(2).strip() else []
    if name in SHRINKAGE:
        positional, named = _arguments(words, text)
        return shrinkage(name, positional, named, text)
    values: list[Argument] = []
    for word in words:
        if _NAMED.fullmatch(word):
            raise PriorError(
                f"Cannot read the prior '{text}': '{word}' is named. As in Stan, the arguments of "
                f"a distribution have their places, such as normal(0, 5)."
            )
        value = _value(word, text)
        if value is None or isinstance(value, bool):
            raise _not_a_number(word, text)
        values.append(value)
    return prior_dist(name, values, text)


def prior_text(prior: Dist | Shrinkage | None) -> str:
    """A distribution as prior text, ``normal(0, 5)``; the flat prior is empty.

    Of a shrinkage prior the arguments that are not the default.

    Examples
    --------
    >>> prior_text(Dist("dirichlet", {"alpha": (1.0, 2.0)}))
    'dirichlet([1, 2])'
    """
    if prior is None:
        return ""
    if isinstance(prior, Shrinkage):
        usual = {argument.name: argument.default for argument in SHRINKAGE[prior.name]}
        own = (f"{k} = {_argument_text(v)}" for k, v in prior.args.items() if v != usual[k])
        return f"{prior.name}({', '.join(own)})"
    if prior.name == "pymc":
        return pymc_text(prior.args["make"])
    return f"{prior.name}({', '.join(_argument_text(v) for v in prior.args.values())})"


def pymc_text(make: Callable[..., object]) -> str:
    """How a table shows a PyMC distribution: it is no text that can be read back."""
    inner = getattr(make, "func", make)  # of a partial
    name = getattr(inner, "__name__", type(make).__name__)
    if name == "dist":  # pm.Moyal.dist
        name = getattr(getattr(inner, "__self__", None), "__name__", name)
    return f"{_PYMC}{name}>"


def _argument_text(value: Word | str) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(number(v) for v in value)}]" if len(value) > 1 else number(value[0])
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, bool):
        return {True: "TRUE", False: "FALSE", None: "NULL"}[value]
    return number(value)


# -- arguments -------------------------------------------------------------------------------


def _closes(inside: str) -> bool:
    """Whether every bracket between the outer ones has its partner."""
    open_: list[str] = []
    for sign in inside:
        if sign in "([":
            open_.append(sign)
        elif sign in ")]" and (not open_ or open_.pop() + sign not in ("()", "[]")):
            return False
    return not open_


def _split(inside: str) -> list[str]:
    """The arguments: what stands between commas that no bracket encloses."""
    words, depth = [""], 0
    for sign in inside:
        depth += (sign in "([") - (sign in ")]")
        if sign == "," and depth == 0:
            words.append("")
        else:
            words[-1] += sign
    return [word.strip() for word in words]


def _arguments(words: list[str], text: str) -> tuple[list[Word], dict[str, Word]]:
    positional: list[Word] = []
    named: dict[str, Word] = {}
    for word in words:
        match = _NAMED.fullmatch(word)
        name, body = (match.group(1), match.group(2)) if match else ("", word)
        value = _value(body, text)
        if isinstance(value, str):
            raise _not_a_number(body, text)
        if name in named:
            raise PriorError(f"Cannot read the prior '{text}': '{name}' is given twice.")
        if name:
            named[name] = value
        elif named:
            raise PriorError(
                f"Cannot read the prior '{text}': '{word}' follows arguments with names, so its "
                f"place says nothing; give it a name too."
            )
        else:
            positional.append(value)
    return positional, named


def _value(word: str, text: str) -> Word | str:
    if word in _WORDS:
        return _WORDS[word]
    if word in DATA_NUMBERS:
        return word
    vector = _VECTOR.fullmatch(word)
    if vector:
        inside = vector.group(1) if vector.group(1) is not None else vector.group(2)
        return tuple(_number(part, text) for part in _split(inside))
    return _number(word, text)


def _number(word: str, text: str) -> float:
    try:
        value = float(_Reader(word).read())
    except (_NotANumber, ValueError, OverflowError, ZeroDivisionError):
        raise _not_a_number(word, text) from None
    except _WholeDivision:
        raise PriorError(
            f"Cannot read the prior '{text}': '{word}' divides whole numbers, and Stan drops the "
            f"remainder of such a division. Write one of them with a point, as in 1.0 / 3."
        ) from None
    if not math.isfinite(value):
        raise PriorError(f"Cannot read the prior '{text}': its arguments have to be finite.")
    return value


def _not_a_number(word: str, text: str) -> PriorError:
    simple = re.fullmatch(r"\w*", word) is not None
    more = "" if simple else (
        "; read are numbers with + - * / ^, brackets, exp(), log() and sqrt(), and vectors such "
        "as [1, 2]"
    )  # fmt: skip
    return PriorError(f"Cannot read the prior '{text}': argument '{word}' is not a number{more}.")


class _NotANumber(Exception):
    pass


class _WholeDivision(Exception):
    pass


class _Reader:
    """Arithmetic by recursive descent; whole numbers stay whole, as they do in Stan."""

    def __init__(self, word: str) -> None:
        self._tokens: list[tuple[str, str]] = []
        self._depth = 0
        at = 0
        while at < len(word.rstrip()):
            match = _TOKEN.match(word, at)
            if match is None:
                raise _NotANumber
            self._tokens.append((str(match.lastgroup), match.group().strip()))
            at = match.end()

    def read(self) -> float:
        value = self._sum()
        if self._tokens:
            raise _NotANumber
        return value

    def _next(self, *signs: str) -> str:
        """The next token if it is one of these, else nothing."""
        if self._tokens and self._tokens[0][1] in signs:
            return self._tokens.pop(0)[1]
        return ""

    def _sum(self) -> float:
        value = self._product()
        while sign := self._next("+", "-"):
            term = self._product()
            value = value + term if sign == "+" else value - term
        return value

    def _product(self) -> float:
        value = self._signed()
        while sign := self._next("*", "/"):
            factor = self._signed()
            if sign == "*":
                value = value * factor
            elif isinstance(value, int) and isinstance(factor, int):
                if factor == 0 or value % factor:
                    raise _WholeDivision
                value = value // factor
            else:
                value = value / factor
        return value

    def _signed(self) -> float:
        sign = self._next("+", "-")
        if not sign:
            return self._power()
        self._deeper()
        value = self._signed()
        self._depth -= 1
        return -value if sign == "-" else value

    def _power(self) -> float:
        base = self._atom()
        if not self._next("^"):
            return base
        self._deeper()
        value: Any = float(base) ** float(self._signed())
        self._depth -= 1
        if isinstance(value, complex):
            raise _NotANumber
        return float(value)

    def _atom(self) -> float:
        if not self._tokens:
            raise _NotANumber
        kind, token = self._tokens.pop(0)
        if kind == "number":
            return int(token) if token.isdigit() and len(token) < 16 else float(token)
        if kind == "name" and token == "pi" and self._next("("):
            return self._closed(math.pi)
        if kind == "name" and token in _FUNCTIONS and self._next("("):
            return _FUNCTIONS[token](self._bracket())
        if token == "(":
            return self._bracket()
        raise _NotANumber

    def _bracket(self) -> float:
        self._deeper()
        value = self._sum()
        self._depth -= 1
        return self._closed(value)

    def _closed(self, value: float) -> float:
        if not self._next(")"):
            raise _NotANumber
        return value

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise _NotANumber
