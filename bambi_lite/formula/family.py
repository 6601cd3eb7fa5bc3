"""A family as it is written in a formula: a name with options, which nothing here looks up."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from .nodes import Arg, Call, Constant, Name, Node, String, deparse, error_at, strip_parens
from .signatures import number

type Option = str | float | bool | FamilyCall | None
_CONSTANTS = {"TRUE": True, "FALSE": False, "NULL": None, "NA": math.nan}


@dataclass(frozen=True, slots=True)
class FamilyCall:
    """``poisson(link = "log")``, ``brmsfamily("gaussian", link_sigma = "identity")``.

    Attributes
    ----------
    name : str
        brms' name of the family, or ``mixture``.
    options : tuple of (str, value)
        Its arguments by name (``link`` for the first one); those without a name, the components of
        a mixture, are families themselves.
    text : str
        How it was written.
    places : tuple of (int, int)
        Where its name and each of its options start and end in the text it came from.
    """

    name: str
    options: tuple[tuple[str, Option], ...] = ()
    text: str = ""
    places: tuple[tuple[int, int], ...] = field(default=(), compare=False, repr=False)

    def __str__(self) -> str:
        return self.text


def read_family(node: Node, text: str) -> FamilyCall:
    """The family that an expression names.

    Parameters
    ----------
    node : Node
        A name (``poisson``), a string or a call with constant arguments.
    text : str
        The text that its positions refer to.

    Returns
    -------
    FamilyCall

    Raises
    ------
    FormulaError
        For anything else.
    """
    node = strip_parens(node)
    if isinstance(node, Name):
        return FamilyCall(node.name, (), node.name, ((node.pos, node.end),))
    if isinstance(node, String):
        return FamilyCall(node.value, (), deparse(node), ((node.pos, node.end),))
    if not isinstance(node, Call):
        raise error_at(
            node,
            text,
            f"'{deparse(node)}' is no family; write poisson() or poisson(link = \"log\").",
        )
    name, args = node.function, list(node.args)
    place = (node.pos, node.pos + len(name))
    if name == "brmsfamily":
        first = next((a for a in args if a.name == "family"), args[0] if args else None)
        if first is None or not isinstance(strip_parens(first.value), String):
            raise error_at(node, text, "brmsfamily() takes the name of a family in quotes.")
        args.remove(first)
        name, place = read_family(first.value, text).name, (first.value.pos, first.value.end)
    options: list[tuple[str, Option]] = []
    for i, arg in enumerate(args):
        if arg.name or name == "mixture":
            options.append((arg.name, _option(arg, text)))
        elif i == 0:
            options.append(("link", _option(arg, text)))
        else:
            shown = deparse(arg)
            raise error_at(
                arg, text, f"'{shown}' of {name}() needs a name, such as link_sigma = {shown}."
            )
    places = (place, *((arg.pos, arg.end) for arg in args))
    return FamilyCall(name, tuple(options), deparse(node), places)


def _option(arg: Arg, text: str) -> Option:
    value = strip_parens(arg.value)
    if not arg.name and isinstance(value, Call):
        return read_family(value, text)
    if isinstance(value, String):
        return value.value
    if isinstance(value, Constant) and value.text in _CONSTANTS:
        return _CONSTANTS[value.text]
    constant = number(value)
    if constant is not None:
        return constant
    if isinstance(value, Call):
        raise error_at(arg, text, f"'{deparse(arg)}': an option of a family is a constant.")
    # R's families take the name of a link without quotes, also 1/mu^2.
    return deparse(value)
