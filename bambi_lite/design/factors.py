"""Functions that make or change factors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from ..errors import listing, suggest
from ..formula.nodes import Call, Name, Node, String, deparse, strip_parens
from ..formula.signatures import number
from .contrasts import CONTRASTS
from .operators import Refused, numbers
from .values import (
    Contrast,
    Value,
    as_factor,
    drop_unused,
    label_of,
    r_sort_key,
    recode,
)

_State = tuple[tuple[str, ...], tuple[str, ...]]


def _column(x: Any) -> Value:
    if not isinstance(x, Value) or np.ndim(x.data) != 1:
        raise Refused("it needs a column")
    return x


def _texts(items: Any, what: str) -> tuple[str, ...] | None:
    if items is None:
        return None
    if isinstance(items, Value):
        raise Refused(f'\'{what}\' is a constant such as c("a", "b")')
    return tuple(label_of(i) for i in (items if isinstance(items, tuple) else (items,)))


def with_new_levels(value: Value, levels: Sequence[str]) -> Value:
    """A factor on the given levels; others that occur come after them."""
    codes, unknown = recode(value, levels)
    if unknown:
        codes, _ = recode(value, (*levels, *unknown))
    return replace(value, data=codes, levels=(*levels, *unknown))


def factor(
    state: _State | None, x: Any, levels: Any = None, labels: Any = None, ordered: Any = None
) -> tuple[Value, _State]:
    """R's ``factor``: the values become labels, sorted, or in the order of `levels`."""
    value = drop_unused(as_factor(_column(x)))
    given, shown = _texts(levels, "levels"), _texts(labels, "labels")
    kind = (
        "ordered" if ordered is True or (ordered is None and value.kind == "ordered") else "factor"
    )
    if state is None:
        names = given or value.levels
        if shown is not None and len(shown) != len(names):
            raise Refused(f"{len(shown)} labels for {len(names)} levels")
        state = (names, shown or names)
    names, shown = state
    if given is not None:
        # As in R, what is not among the levels asked for is missing.
        codes, _ = recode(value, names)
        made = replace(value, data=codes, levels=names)
    else:
        made = with_new_levels(value, names)
    renamed = (*shown, *made.levels[len(names) :])
    return _merge(replace(made, kind=kind, levels=renamed)), state


def _merge(value: Value) -> Value:
    """Equal labels are one level."""
    unique = tuple(dict.fromkeys(value.levels))
    if len(unique) == len(value.levels):
        return value
    table = np.array([*(unique.index(lv) for lv in value.levels), -1], dtype=np.intp)
    return replace(value, data=table[value.data], levels=unique)


def ordered(state: _State | None, x: Any, levels: Any = None, labels: Any = None) -> Any:
    """R's ``ordered``."""
    return factor(state, x, levels, labels, True)


def droplevels(state: _State | None, x: Any) -> tuple[Value, _State]:
    """A factor without unused levels."""
    return factor(state, as_factor(_column(x)))


def relevel(state: tuple[str, ...] | None, x: Any, ref: Any) -> tuple[Value, tuple[str, ...]]:
    """A factor with another first level."""
    value = as_factor(_column(x))
    if value.kind == "ordered":
        raise Refused("it needs an unordered factor")
    if isinstance(ref, Value | tuple) or ref is None:
        raise Refused("'ref' is one level")
    if state is None:
        label = label_of(ref)
        if isinstance(ref, float) and not isinstance(ref, bool) and label not in value.levels:
            # R takes a number as the position of the level.
            place = int(ref)
            label = value.levels[place - 1] if 1 <= place <= len(value.levels) else label
        if label not in value.levels:
            raise Refused(
                f"'{label}' is no level.{suggest(label, value.levels)} "
                f"The levels: {listing(value.levels)}"
            )
        state = (label, *(lv for lv in value.levels if lv != label))
    return with_new_levels(value, state), state


def interaction(
    state: tuple[str, ...] | None,
    *args: Any,
    drop: Any = False,
    sep: Any = ".",
    lex_order: Any = False,
) -> tuple[Value, tuple[str, ...]]:
    """All combinations of factors as one factor; the first varies fastest."""
    parts = [as_factor(_column(a)) for a in args]
    first, rest = parts[0], parts[1:]
    codes, levels = first.data, first.levels
    for part in rest:
        k, m = len(levels), len(part.levels)
        if k * m > 100_000:
            raise Refused("it gives more than 100,000 levels")
        missing = (codes < 0) | (part.data < 0)
        if lex_order is True:
            joined = codes * m + part.data
            levels = tuple(f"{a}{sep}{b}" for a in levels for b in part.levels)
        else:
            joined = codes + k * part.data
            levels = tuple(f"{a}{sep}{b}" for b in part.levels for a in levels)
        codes = np.where(missing, -1, joined)
    made = Value("factor", codes, levels)
    if drop is True:
        made = drop_unused(made)
    state = made.levels if state is None else state
    return with_new_levels(drop_unused(made) if drop is True else made, state), state


def contrasted(object: Any, contr: Node | None = None, how_many: Any = None) -> Value:
    """``C(f, contr.sum)``: a factor with contrasts of its own."""
    value = as_factor(_column(object))
    if how_many is not None:
        raise Refused("'how.many' is not available")
    if contr is None:
        return value
    return replace(value, contrast=contrast_maker(contr))


def contrast_maker(node: Node) -> Any:
    """The contrasts that ``contr.sum``, ``"contr.sum"`` or ``contr.treatment(4, base = 3)`` means.

    Raises
    ------
    Refused
        For anything else.
    """
    node = strip_parens(node)
    if isinstance(node, String):
        return named_contrast(node.value)
    if isinstance(node, Name):
        made = named_contrast(node.name)
        # A function given by name knows the number of the levels, not their labels.
        return lambda levels: made(tuple(str(i + 1) for i in range(len(levels))))
    if isinstance(node, Call):
        return _called_contrast(node)
    raise Refused(f"'{deparse(node)}' is no contrast; there are {', '.join(CONTRASTS)}")


def named_contrast(name: str) -> Any:
    """The contrast of this name, a function of the levels."""
    if name not in CONTRASTS:
        nearest = suggest(name, CONTRASTS) or suggest("contr." + name, CONTRASTS)
        raise Refused(f"unknown contrast '{name}'.{nearest} There are {', '.join(CONTRASTS)}")
    return CONTRASTS[name]


def _called_contrast(node: Call) -> Any:
    made = named_contrast(node.function)
    numbers_given = [(a.name, number(a.value)) for a in node.args]
    options: dict[str, int] = {}
    for i, (name, value) in enumerate(numbers_given):
        key = name or ("n" if i == 0 else "base" if node.function == "contr.treatment" else "")
        if key not in ("n", "base") or value is None or value < 1 or value % 1 or key in options:
            raise Refused(f"'{deparse(node)}' takes a number of levels and, for treatment, a base")
        options[key] = int(value)
    if "base" in options and node.function != "contr.treatment":
        raise Refused(f"'{node.function}' has no base")
    return partial(_sized_contrast, made, options.get("n"), options.get("base"))


def _sized_contrast(
    made: Any, n: int | None, base: int | None, levels: tuple[str, ...]
) -> Contrast:
    if n is not None and n != len(levels):
        raise Refused(f"contrasts for {n} levels, and the factor has {len(levels)}")
    if base is not None and base > len(levels):
        raise Refused(f"base {base}, and the factor has {len(levels)} levels")
    names = tuple(str(i + 1) for i in range(len(levels)))
    contrast: Contrast = made(names, base) if base is not None else made(names)
    return contrast


def as_numeric(x: Any) -> Any:
    """Numbers: of a factor its codes from 1, of text what it says."""
    if not isinstance(x, Value):
        return float(numbers(x)) if not isinstance(x, str | tuple) else x
    if x.kind in ("factor", "ordered"):
        return Value("integer", np.where(x.missing, np.nan, x.data + 1.0))
    if x.kind == "string":
        table = np.array([*map(_parsed, x.levels), np.nan])
        return Value("numeric", table[x.data])
    return replace(x, kind="integer" if x.kind == "logical" else x.kind)


def _parsed(text: str) -> float:
    try:
        return float(text.strip().replace("_", "x"))
    except ValueError:
        return float("nan")


def as_integer(x: Any) -> Any:
    """As :func:`as_numeric`, cut to whole numbers."""
    made = as_numeric(x)
    if not isinstance(made, Value):
        return float(np.trunc(made))
    return replace(made, kind="integer", data=np.trunc(made.data))


def as_logical(x: Any) -> Any:
    """Whether a number is not zero; text ``TRUE`` and ``FALSE`` in R's spellings."""
    value = _column(x)
    if value.is_factor:
        words = {
            "TRUE": 1.0,
            "true": 1.0,
            "T": 1.0,
            "True": 1.0,
            "FALSE": 0.0,
            "false": 0.0,
            "F": 0.0,
            "False": 0.0,
        }
        table = np.array([*(words.get(lv, np.nan) for lv in value.levels), np.nan])
        return Value("logical", table[value.data])
    return Value("logical", np.where(np.isnan(value.data), np.nan, value.data != 0))


def as_character(x: Any) -> Any:
    """Labels as text, sorted as text."""
    value = as_factor(_column(x))
    levels = tuple(sorted(value.levels, key=r_sort_key))
    codes, _ = recode(value, levels)
    return Value("string", codes, levels)
