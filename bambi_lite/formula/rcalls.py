"""The text of a call in R -> formulas: ``bf(y ~ x, sigma ~ z) + set_rescor(FALSE)``.

Nothing is evaluated: the few functions that may be called are named here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

from ..errors import formula_error, listing, suggest
from .make import make, parts_of
from .model import BrmsFormula, MvFormula, Part, Parts, Setting, gather
from .nodes import (
    Arg,
    Call,
    Constant,
    Infix,
    Name,
    Node,
    String,
    Unary,
    deparse,
    error_at,
    strip_parens,
)
from .signatures import number

_FORMULAS = ("bf", "brmsformula", "mvbf", "mvbrmsformula")
_ADDED = ("lf", "nlf", "set_rescor", "set_nl", "set_mecor")
_IGNORED_IF_DEFAULT = {"sparse": False, "loop": True, "unused": None, "decomp": None}


def is_r_call(node: Node) -> bool:
    """Whether a tree is a call of ``bf`` or ``mvbf``, or a sum that starts with one."""
    node = strip_parens(node)
    if isinstance(node, Infix) and set(node.operators) == {"+"}:
        node = strip_parens(node.operands[0])
    return isinstance(node, Call) and node.function in _FORMULAS


def read_r(node: Node, text: str) -> BrmsFormula | MvFormula:
    """The formulas that the text of R calls stands for.

    Raises
    ------
    FormulaError
        For any function or argument that has no meaning here.
    """
    node = strip_parens(node)
    items = node.operands if isinstance(node, Infix) else (node,)
    made: Any = None
    for item in items:
        value = _value(strip_parens(item), text)
        made = value if made is None else made + value
    return cast(BrmsFormula | MvFormula, made)


def _value(node: Node, text: str) -> Any:
    if not isinstance(node, Call):
        raise error_at(
            node,
            text,
            f"'{deparse(node)}' cannot be added to a formula; valid are "
            f"{listing((*_FORMULAS, *_ADDED))}.",
        )
    readers: dict[str, Callable[[Call, str], Any]] = {
        "bf": _bf,
        "brmsformula": _bf,
        "mvbf": _mvbf,
        "mvbrmsformula": _mvbf,
        "lf": _lf,
        "nlf": _nlf,
        "set_rescor": _set_flag,
        "set_nl": _set_flag,
        "set_mecor": _set_flag,
    }
    if node.function not in readers:
        raise formula_error(
            f"Unknown function '{node.function}'.{suggest(node.function, readers)} Valid are "
            f"{listing(readers)}.",
            text,
            node.pos,
            len(node.function),
        )
    return readers[node.function](node, text)


def _bf(call: Call, text: str) -> BrmsFormula | MvFormula:
    main: Node | None = None
    parts: list[Part] = []
    fixed: list[tuple[str, float | str]] = []
    flags: dict[str, Any] = {}
    family: str | None = None
    for arg in call.args:
        value = strip_parens(arg.value)
        if arg.name == "formula" or (not arg.name and main is None):
            main = value
        elif not arg.name and isinstance(value, Call) and value.function in ("lf", "nlf"):
            parts += _value(value, text).parts
        elif not arg.name:
            parts += parts_of(value, text)
        elif arg.name == "family":
            family = deparse(value)
        elif arg.name in ("nl", "center", "cmc"):
            flags[arg.name] = _flag(arg, text)
        elif arg.name in _IGNORED_IF_DEFAULT:
            _refuse_option(arg, text)
        elif isinstance(value, Unary) and value.operator == "~":
            parts.append(Part(arg.name, value.operand, text, place=arg.pos))
        elif isinstance(value, Infix) and value.operators[0] == "~":
            named = parts_of(value, text)
            if [p.name for p in named] != [arg.name]:
                raise error_at(arg, text, f"The formula given for '{arg.name}' predicts another.")
            parts += named
        else:
            fixed.append((arg.name, _fixed(arg, text)))
    if main is None:
        raise error_at(call, text, f"'{call.function}' needs a formula: bf(y ~ x).")
    return make(
        main,
        text,
        tuple(parts),
        tuple(fixed),
        flags.get("nl", False),
        flags.get("center"),
        flags.get("cmc"),
        family,
    )


def _mvbf(call: Call, text: str) -> MvFormula:
    forms: list[BrmsFormula | MvFormula] = []
    rescor: bool | None = None
    for arg in call.args:
        value = strip_parens(arg.value)
        if arg.name == "rescor":
            rescor = _flag(arg, text)
        elif arg.name:
            raise error_at(
                arg,
                text,
                f"Unknown argument '{arg.name}' of '{call.function}'; it takes "
                "formulas and rescor.",
            )
        elif is_r_call(value):
            forms.append(read_r(value, text))
        else:
            forms.append(make(value, text))
    return gather(forms, rescor)


def _lf(call: Call, text: str) -> Parts:
    return _parts(call, text, ("center", "cmc"))


def _nlf(call: Call, text: str) -> Parts:
    parts = _parts(call, text, ())
    return Parts(tuple(replace(p, nl=True) for p in parts.parts))


def _parts(call: Call, text: str, options: tuple[str, ...]) -> Parts:
    parts: list[Part] = []
    flags: dict[str, Any] = {}
    names: dict[str, str] = {}
    for arg in call.args:
        value = strip_parens(arg.value)
        if arg.name in options:
            flags[arg.name] = _flag(arg, text)
        elif arg.name in ("dpar", "resp"):
            names[arg.name] = _string(arg, text)
        elif arg.name in _IGNORED_IF_DEFAULT:
            _refuse_option(arg, text)
        elif not arg.name and isinstance(value, Unary) and value.operator == "~":
            parts.append(Part("", value.operand, text, place=value.pos))
        elif not arg.name or isinstance(value, Infix):
            parts += parts_of(value, text)
        else:
            raise error_at(
                arg,
                text,
                f"Unknown argument '{arg.name}' of '{call.function}'."
                f"{suggest(arg.name, (*options, 'dpar', 'resp'))}",
            )
    if "dpar" in names:
        parts = [replace(p, name=p.name or names["dpar"]) for p in parts]
    for part in parts:
        if not part.name:
            raise formula_error(
                "The formula does not say which parameter it predicts: write sigma ~ x.",
                text,
                part.place,
            )
    return Parts(tuple(replace(p, resp=names.get("resp", ""), **flags) for p in parts))


def _set_flag(call: Call, text: str) -> Setting:
    name = call.function.removeprefix("set_")
    value, names = True, {"dpar": "", "resp": ""}
    for arg in call.args:
        if arg.name in ("", name):
            value = _flag(arg, text)
        elif name == "nl" and arg.name in names:
            names[arg.name] = _string(arg, text)
        else:
            raise error_at(arg, text, f"Unknown argument '{arg.name}' of '{call.function}'.")
    return Setting(name, value, **names)


def _flag(arg: Arg, text: str) -> bool:
    value = strip_parens(arg.value)
    if isinstance(value, Constant) and value.text in ("TRUE", "FALSE"):
        return value.text == "TRUE"
    raise error_at(arg, text, f"'{deparse(arg)}' must be TRUE or FALSE.")


def _string(arg: Arg, text: str) -> str:
    value = strip_parens(arg.value)
    if isinstance(value, String):
        return value.value
    if isinstance(value, Constant) and value.text == "NULL":
        return ""
    raise error_at(arg, text, f"'{deparse(arg)}' must be a string in quotes.")


def _fixed(arg: Arg, text: str) -> float | str:
    value = strip_parens(arg.value)
    constant = number(value)
    if constant is not None and abs(constant) != float("inf"):
        return constant
    if isinstance(value, String) and value.value:
        return value.value
    if isinstance(value, Name):
        raise error_at(arg, text, f"'{deparse(arg)}': the name of a parameter stands in quotes.")
    raise error_at(
        arg,
        text,
        f"'{deparse(arg)}': a parameter is fixed to a number, or to another "
        f"parameter in quotes.{suggest(arg.name, ('nl', 'center', 'cmc', 'family'))}",
    )


def _refuse_option(arg: Arg, text: str) -> None:
    value = strip_parens(arg.value)
    default = _IGNORED_IF_DEFAULT[arg.name]
    shown = {True: "TRUE", False: "FALSE", None: "NULL"}[default]
    if not (isinstance(value, Constant) and value.text == shown):
        raise error_at(arg, text, f"The option '{arg.name}' has no meaning here.")
