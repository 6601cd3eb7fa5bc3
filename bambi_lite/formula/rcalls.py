"""The text of a call in R -> formulas: ``bf(y ~ x, sigma ~ z) + set_rescor(FALSE)``.

Nothing is evaluated: the few functions that may be called are named here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any, cast

from ..errors import formula_error, listing, suggest
from .family import read_family
from .make import make, parts_of
from .model import Autocor, BrmsFormula, MvFormula, Part, Parts, Setting, gather
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
from .vocabulary import FAMILIES

_FORMULAS = ("bf", "brmsformula", "mvbf", "mvbrmsformula")
_ADDED = ("lf", "nlf", "acformula", "set_rescor", "set_nl", "set_mecor")
#: They say how something is computed, and leave the model what it is.
_COMPUTING = ("sparse", "loop")
_IGNORED_IF_NULL = ("unused",)


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
        "lf": _parts,
        "nlf": _parts,
        "acformula": _acformula,
        "set_rescor": _set_flag,
        "set_nl": _set_flag,
        "set_mecor": _set_flag,
    }
    if node.function in FAMILIES:
        return read_family(node, text)
    if node.function not in readers:
        raise formula_error(
            f"Unknown function '{node.function}'.{suggest(node.function, (*readers, *FAMILIES))} "
            f"Valid are {listing(readers)} and families.",
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
    family: Any = None
    autocor: Autocor | None = None
    for arg in _arguments(call, text):
        value = strip_parens(arg.value)
        if arg.name == "formula" or (not arg.name and main is None):
            main = value
        elif not arg.name and isinstance(value, Call) and value.function in ("lf", "nlf"):
            given = _value(value, text)
            parts += given.parts
            fixed += given.fixed
        elif not arg.name:
            parts += _formulas_of(arg, text)
        elif arg.name == "family":
            family = read_family(value, text)
        elif arg.name == "autocor":
            autocor = _autocor(value, text)
        elif arg.name in ("nl", "center", "cmc"):
            flags[arg.name] = _flag(arg, text)
        elif arg.name == "decomp":
            flags["decomp"] = _decomp(arg, text)
        elif arg.name in _COMPUTING:
            _flag(arg, text)
        elif arg.name in _IGNORED_IF_NULL:
            _refuse_option(arg, text)
        elif _is_formula(value):
            parts += _formulas_of(arg, text)
        else:
            fixed.append((arg.name, _fixed(arg, text)))
    if main is None:
        raise error_at(call, text, f"'{call.function}' needs a formula: bf(y ~ x).")
    _check_named(parts, text)
    made: Any = make(
        main,
        text,
        tuple(parts),
        tuple(fixed),
        flags.get("nl", False),
        flags.get("center"),
        flags.get("cmc"),
        family,
        flags.get("decomp", ""),
    )
    return cast(BrmsFormula | MvFormula, made if autocor is None else made + autocor)


def _is_formula(node: Node) -> bool:
    if isinstance(node, Unary):
        return node.operator == "~"
    return isinstance(node, Infix) and node.operators[0] == "~"


def _formulas_of(arg: Arg, text: str) -> list[Part]:
    """The parts of ``sigma ~ x``, ``a + b ~ 1``, ``sigma = ~ x``; that of ``~ x`` has no name."""
    value = strip_parens(arg.value)
    if isinstance(value, Unary) and value.operator == "~":
        return [Part(arg.name, value.operand, text, place=arg.pos)]
    parts = parts_of(value, text)
    if arg.name and [p.name for p in parts] != [arg.name]:
        raise error_at(arg, text, f"The formula given for '{arg.name}' predicts another.")
    return parts


def _check_named(parts: Iterable[Part], text: str) -> None:
    for part in parts:
        if not part.name:
            raise formula_error(
                "The formula does not say which parameter it predicts: write sigma ~ x.",
                text,
                part.place,
            )


def _arguments(call: Call, text: str) -> Iterator[Arg]:
    """The arguments of a call, at the end those of ``flist = list(...)``."""
    yield from (arg for arg in call.args if arg.name != "flist")
    for arg in call.args:
        value = strip_parens(arg.value)
        if arg.name != "flist" or (isinstance(value, Constant) and value.text == "NULL"):
            continue
        if not (isinstance(value, Call) and value.function == "list"):
            raise error_at(arg, text, f"'{deparse(arg)}' must be a list: flist = list(sigma ~ x).")
        yield from value.args


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


def _acformula(call: Call, text: str) -> Autocor:
    found: Autocor | None = None
    resp = ""
    for arg in call.args:
        if arg.name == "resp":
            resp = _string(arg, text)
        elif arg.name in ("", "autocor") and found is None:
            found = _autocor(strip_parens(arg.value), text)
        else:
            raise error_at(arg, text, f"Unknown argument '{deparse(arg)}' of 'acformula'.")
    if found is None:
        raise error_at(call, text, "acformula() needs a formula: acformula(~ ar(p = 1)).")
    return replace(found, resp=resp)


def _autocor(node: Node, text: str) -> Autocor:
    if isinstance(node, Unary) and node.operator == "~":
        return Autocor(node.operand, text)
    raise error_at(node, text, f"'{deparse(node)}' must be a one-sided formula: ~ ar(p = 1).")


def _parts(call: Call, text: str) -> Parts:
    """The formulas of lf() and nlf()."""
    nonlinear = call.function == "nlf"
    options = () if nonlinear else ("center", "cmc")
    parts: list[Part] = []
    fixed: list[tuple[str, float | str]] = []
    flags: dict[str, Any] = {}
    names: dict[str, str] = {}
    for arg in _arguments(call, text):
        value = strip_parens(arg.value)
        if arg.name in options:
            flags[arg.name] = _flag(arg, text)
        elif arg.name == "decomp" and not nonlinear:
            flags["decomp"] = _decomp(arg, text)
        elif arg.name in ("dpar", "resp"):
            names[arg.name] = _string(arg, text)
        elif arg.name in _COMPUTING:
            _flag(arg, text)
        elif arg.name in _IGNORED_IF_NULL:
            _refuse_option(arg, text)
        elif arg.name and number(value) is not None:
            fixed.append((arg.name, _fixed(arg, text)))
        elif not arg.name or _is_formula(value):
            found = _formulas_of(arg, text)
            # As in brms, the first formula of nlf() is non-linear, and those after it are linear.
            parts += [replace(p, nl=nonlinear and not parts) for p in found]
        else:
            raise error_at(
                arg,
                text,
                f"Unknown argument '{arg.name}' of '{call.function}'."
                f"{suggest(arg.name, (*options, 'decomp', 'dpar', 'resp'))}",
            )
    if "dpar" in names:
        parts = [replace(p, name=p.name or names["dpar"]) for p in parts]
    _check_named(parts, text)
    resp = names.get("resp", "")
    return Parts(tuple(replace(p, resp=resp, **flags) for p in parts), tuple(fixed), resp)


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


def _decomp(arg: Arg, text: str) -> str:
    value = _string(arg, text)
    if value in ("", "QR"):
        return value
    raise error_at(arg, text, f"'{deparse(arg)}': the one decomposition is \"QR\".")


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
        f"parameter in quotes.{suggest(arg.name, ('nl', 'center', 'cmc', 'decomp', 'family'))}",
    )


def _refuse_option(arg: Arg, text: str) -> None:
    value = strip_parens(arg.value)
    if not (isinstance(value, Constant) and value.text == "NULL"):
        raise error_at(arg, text, f"The option '{arg.name}' has no meaning here.")
