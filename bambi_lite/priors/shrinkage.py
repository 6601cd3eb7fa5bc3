"""Shrinkage priors: their arguments by brms' names, checked.

horseshoe: Piironen and Vehtari (2017), Electronic Journal of Statistics 11:5018-5051.
R2D2: Zhang, Naughton, Bondell and Reich (2022), JASA 117:862-874. Names and defaults of the
arguments are those of brms 2.23.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..errors import PriorError, listing, suggest
from ..params import Shrinkage

#: What an argument can be.
type Word = float | bool | tuple[float, ...] | None


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of a shrinkage prior.

    Attributes
    ----------
    name : str
        brms' name.
    default : number, bool or None
        brms' default.
    needs : str
        What it has to be, for a message.
    """

    name: str
    default: Word
    needs: str = "a positive number"


_SWITCH = "TRUE or FALSE"

SHRINKAGE: Mapping[str, tuple[Argument, ...]] = {
    "horseshoe": (
        Argument("df", 1.0),
        Argument("scale_global", 1.0),
        Argument("df_global", 1.0),
        Argument("scale_slab", 2.0),
        Argument("df_slab", 4.0),
        Argument("par_ratio", None, "a positive number or NULL"),
        Argument("autoscale", True, _SWITCH),
        Argument("main", False, _SWITCH),
    ),
    "R2D2": (
        Argument("mean_R2", 0.5, "a number between 0 and 1"),
        Argument("prec_R2", 2.0),
        Argument("cons_D2", 0.5, "a positive number, or a vector of them"),
        Argument("autoscale", True, _SWITCH),
        Argument("main", False, _SWITCH),
    ),
}


def shrinkage(
    name: str, positional: Sequence[Word], named: Mapping[str, Word], text: str
) -> Shrinkage:
    """A shrinkage prior with every argument.

    Parameters
    ----------
    name : str
        ``horseshoe`` or ``R2D2``.
    positional, named : sequence, mapping
        Arguments as they were given.
    text : str
        The text they were read from, for the message.

    Raises
    ------
    PriorError
        For an unknown argument, too many of them, or a value that cannot be.

    Examples
    --------
    >>> shrinkage("horseshoe", (3.0,), {}, "horseshoe(3)").args["scale_slab"]
    2.0
    """
    arguments = SHRINKAGE[name]
    names = [a.name for a in arguments]
    signature = f"{name}({', '.join(names)})"
    if len(positional) > len(arguments):
        raise PriorError(
            f"Prior '{text}' has {len(positional)} argument(s), but '{name}' takes "
            f"{len(arguments)}: {signature}."
        )
    given = dict(zip(names, positional, strict=False))
    for key, value in named.items():
        if key not in names:
            raise PriorError(
                f"Prior '{text}': '{name}' has no argument '{key}'. It has: {listing(names)}."
                f"{suggest(key, names)}"
            )
        if key in given:
            raise PriorError(f"Prior '{text}': '{key}' is given twice.")
        given[key] = value
    args = {a.name: given.get(a.name, a.default) for a in arguments}
    for argument in arguments:
        if not _is_valid(argument, args[argument.name]):
            raise PriorError(
                f"In prior '{text}', '{argument.name}' has to be {argument.needs}, not "
                f"{_shown(args[argument.name])}."
            )
    return Shrinkage(name, args)


def _is_valid(argument: Argument, value: Word) -> bool:
    if argument.needs == _SWITCH:
        return isinstance(value, bool)
    if value is None:
        return argument.default is None
    if isinstance(value, bool):
        return False
    if isinstance(value, tuple):
        return "vector" in argument.needs and all(v > 0.0 for v in value)
    return value > 0.0 and (value < 1.0 or "between" not in argument.needs)


def _shown(value: Word) -> str:
    if isinstance(value, tuple):
        return "a vector"
    if value is None or isinstance(value, bool):
        return {True: "TRUE", False: "FALSE", None: "NULL"}[value]
    return f"{value:g}"
