"""The functions that are built in, by R's names, with the arguments they take."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..formula.signatures import Param, Signature
from . import factors, numeric, stateful
from .operators import Constantlike, Refused


@dataclass(frozen=True, slots=True)
class Builtin:
    """A function of the language.

    One that `remembers` takes what it learned (None in training) as its first argument and returns
    its value together with that. The parameters in `raw` are given as nodes.
    """

    signature: Signature
    function: Callable[..., Any]
    remembers: bool = False
    raw: frozenset[str] = frozenset()


def _python(name: str) -> str:
    return name.replace(".", "_")


def _make(
    name: str,
    function: Callable[..., Any],
    *params: str,
    rest: int = 0,
    remembers: bool = False,
    raw: tuple[str, ...] = (),
) -> Builtin:
    """A builtin; a parameter that ends in ``!`` must be given."""
    made = tuple(Param(p.removesuffix("!"), "any", p.endswith("!")) for p in params)

    def call(*args: Any, **options: Any) -> Any:
        return function(*args, **{_python(k): v for k, v in options.items()})

    signature = Signature(name, made, "any" if rest else "", rest)
    return Builtin(signature, call, remembers, frozenset(raw))


def _elementwise(name: str) -> Builtin:
    operation = numeric.ELEMENTWISE[name]

    def apply(x: Any) -> Any:
        return numeric.elementwise(operation, x)

    return _make(name, apply, "x!")


def _summary(name: str) -> Builtin:
    operation = numeric.SUMMARIES[name]

    def apply(state: Any, x: Any, na_rm: Any = False) -> Any:
        return numeric.summary(operation, state, x, na_rm)

    return _make(name, apply, "x!", "na.rm", remembers=True)


_SPLINE = ("x!", "df", "knots", "degree", "intercept", "Boundary.knots")
_FACTOR = ("x!", "levels", "labels", "ordered")

BUILTINS: dict[str, Builtin] = {
    **{name: _elementwise(name) for name in numeric.ELEMENTWISE},
    **{name: _summary(name) for name in numeric.SUMMARIES},
    "I": _make("I", numeric.identity, "x!"),
    "log": _make("log", numeric.log, "x!", "base"),
    "round": _make("round", numeric.round_, "x!", "digits"),
    "signif": _make("signif", numeric.signif, "x!", "digits"),
    "atan2": _make("atan2", numeric.atan2, "y!", "x!"),
    "ifelse": _make("ifelse", numeric.ifelse, "test!", "yes!", "no!"),
    "is.na": _make("is.na", numeric.is_na, "x!"),
    "pmin": _make("pmin", numeric.pmin, rest=1),
    "pmax": _make("pmax", numeric.pmax, rest=1),
    "c": _make("c", numeric.concatenate, rest=1),
    "seq": _make("seq", numeric.seq, "from!", "to!", "by"),
    "cbind": _make("cbind", numeric.cbind, rest=1),
    "scale": _make("scale", stateful.scale, "x!", "center", "scale", remembers=True),
    "center": _make("center", stateful.center, "x!", remembers=True),
    "poly": _make("poly", stateful.poly, "x!", "degree", "raw", remembers=True),
    "bs": _make("bs", stateful.bs, *_SPLINE, remembers=True),
    "ns": _make("ns", stateful.ns, *(p for p in _SPLINE if p != "degree"), remembers=True),
    "cut": _make(
        "cut",
        stateful.cut,
        "x!",
        "breaks!",
        "labels",
        "include.lowest",
        "right",
        "dig.lab",
        "ordered_result",
        remembers=True,
    ),
    "factor": _make("factor", factors.factor, *_FACTOR, remembers=True),
    "as.factor": _make("as.factor", factors.factor, "x!", remembers=True),
    "ordered": _make("ordered", factors.ordered, "x!", "levels", "labels", remembers=True),
    "as.ordered": _make("as.ordered", factors.ordered, "x!", remembers=True),
    "relevel": _make("relevel", factors.relevel, "x!", "ref!", remembers=True),
    "interaction": _make(
        "interaction", factors.interaction, "drop", "sep", "lex.order", rest=2, remembers=True
    ),
    "droplevels": _make("droplevels", factors.droplevels, "x!", remembers=True),
    "C": _make("C", factors.contrasted, "object!", "contr", "how.many", raw=("contr",)),
    "as.numeric": _make("as.numeric", factors.as_numeric, "x!"),
    "as.integer": _make("as.integer", factors.as_integer, "x!"),
    "as.logical": _make("as.logical", factors.as_logical, "x!"),
    "as.character": _make("as.character", factors.as_character, "x!"),
}
BUILTINS["as.double"] = BUILTINS["as.numeric"]

__all__ = ["BUILTINS", "Builtin", "Constantlike", "Refused"]
