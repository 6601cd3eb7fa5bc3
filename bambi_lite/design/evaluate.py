"""Expressions of a formula -> values, over the columns of a data frame.

Nothing here runs text: a name is a column, a call is a function of the closed registry, and any
other node is arithmetic. What a transform learns from the training data is kept by the text of its
call and used again for new data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

import numpy as np
import pandas as pd

from ..errors import BambiLiteError, DataError, formula_error, listing, suggest
from ..formula.nodes import (
    Call,
    Constant,
    Infix,
    Name,
    Node,
    Number,
    Paren,
    String,
    Unary,
    deparse,
    error_at,
    is_syntactic,
    walk,
)
from ..formula.signatures import bind
from .builtins import BUILTINS, Constantlike, Refused
from .operators import combine, negate, sign
from .registry import UserTransform, user_transforms
from .values import FloatArray, Value, read_column

Result = Value | Constantlike


@dataclass(slots=True)
class Scope:
    """The columns that expressions may name, and what was computed from them so far.

    `states` are those of the training data; in training it starts empty and `learned` collects
    them. `values` caches columns and calls, `used` the columns that were read.
    """

    frame: pd.DataFrame
    states: Mapping[str, Any] | None = None
    learned: dict[str, Any] = field(default_factory=dict)
    values: dict[str, Value] = field(default_factory=dict)
    columns: dict[str, Value] = field(default_factory=dict)

    def column(self, name: str) -> Value:
        """A column of the data, or ones for ``Intercept``."""
        if name not in self.columns:
            if name == "Intercept":
                return Value("numeric", np.ones(len(self.frame)))
            self.columns[name] = read_column(find_column(self.frame, name), name)
        return self.columns[name]


def find_column(frame: pd.DataFrame, name: str) -> pd.Series:
    """The column of this name.

    Raises
    ------
    DataError
        If there is none, with the nearest name; or if R (and so brms) could not name it.
    """
    if name not in frame.columns:
        names = [str(c) for c in frame.columns]
        raise DataError(
            f"The data have no column '{name}'.{suggest(name, names)} "
            f"Their columns: {listing(names) if names else 'none'}."
        )
    if not is_syntactic(name):
        raise DataError(
            f"The column name '{name}' cannot be used in a formula, as in brms: rename it to "
            f"letters, digits, '.' and '_', such as '{_valid_name(name)}'."
        )
    series = frame[name]
    if isinstance(series, pd.DataFrame):
        raise DataError(f"The data have two columns of the name '{name}'.")
    return series


def data_variables(node: Node) -> tuple[str, ...]:
    """The columns that an expression reads: its variables, the names of contrasts aside."""
    skipped: set[int] = set()
    found: dict[str, None] = {}
    for inner in walk(node):
        if isinstance(inner, Call) and inner.function == "C":
            for arg in inner.args[1:]:
                skipped.update(id(n) for n in walk(arg))
        elif isinstance(inner, Name) and id(inner) not in skipped:
            found[inner.name] = None
    return tuple(found)


def _valid_name(name: str) -> str:
    kept = "".join(c if c.isalnum() or c in "._" else "_" for c in name).lstrip("_")
    return kept if kept[:1].isalpha() else f"x{kept}"


def evaluate(node: Node, scope: Scope, text: str) -> Value:
    """The value of an expression for every row.

    Parameters
    ----------
    node : Node
    scope : Scope
    text : str
        The text of the formula, for carets.

    Returns
    -------
    Value
        With as many rows as the data; a constant is repeated.

    Raises
    ------
    FormulaError
        For an unknown function or wrong arguments.
    DataError
        For an unknown column.
    """
    key = deparse(node)
    if key not in scope.values:
        scope.values[key] = _spread(_evaluate(node, scope, text), len(scope.frame), node, text)
    return scope.values[key]


def _spread(result: Result, n: int, node: Node, text: str) -> Value:
    if isinstance(result, Value):
        return result
    if isinstance(result, bool):
        return Value("logical", np.broadcast_to(np.float64(result), (n,)))
    if isinstance(result, float | int):
        kind = "integer" if float(result).is_integer() else "numeric"
        return Value(kind, np.broadcast_to(np.float64(result), (n,)))
    if isinstance(result, str):
        return Value("string", np.zeros(n, dtype=np.intp), (result,))
    if result is None:
        raise error_at(node, text, f"'{deparse(node)}' has no value.")
    raise error_at(
        node, text, f"'{deparse(node)}' has {len(result)} values, and not one for each row."
    )


def _evaluate(node: Node, scope: Scope, text: str) -> Result:
    match node:
        case Name(name=name):
            return scope.column(name)
        case Number(value=value) | String(value=value):
            return value
        case Constant(text=word):
            return cast(Result, _CONSTANTS[word])
        case Paren(inner=inner):
            return _evaluate(inner, scope, text)
        case Unary(operator=operator, operand=operand):
            if operator == "~":
                raise error_at(node, text, "A formula inside an expression.")
            below = _evaluate(operand, scope, text)
            try:
                made = negate(below) if operator == "!" else sign(operator, below)
                return cast(Result, made)
            except Refused as problem:
                raise error_at(node, text, f"'{deparse(node)}': {problem}.") from None
        case Infix(operands=operands, operators=operators):
            result: Result = _evaluate(operands[0], scope, text)
            for i, operator in enumerate(operators):
                right = _evaluate(operands[i + 1], scope, text)
                try:
                    result = cast(Result, combine(operator, result, right))
                except (ArithmeticError, TypeError, ValueError) as problem:
                    place = node.places[i] if i < len(node.places) else node.pos
                    raise formula_error(
                        f"'{operator}': {problem}.", text, place, len(operator)
                    ) from None
            return result
        case Call():
            return _call(node, scope, text)
    raise error_at(node, text, f"'{deparse(node)}' has no value.")


_CONSTANTS: dict[str, Any] = {
    "TRUE": True,
    "FALSE": False,
    "NULL": None,
    "NA": float("nan"),
    "NaN": float("nan"),
    "Inf": float("inf"),
}


def _call(node: Call, scope: Scope, text: str) -> Result:
    user = user_transforms().get(node.function)
    if user is not None:
        return _call_user(user, node, scope, text)
    if node.function not in BUILTINS:
        known = [*BUILTINS, *user_transforms()]
        raise formula_error(
            f"Unknown function '{node.function}'.{suggest(node.function, known)} A formula may "
            "call the functions that are built in and those added by register_transform().",
            text,
            node.pos,
            len(node.function),
        )
    builtin = BUILTINS[node.function]
    bound = bind(node, builtin.signature, text)
    rest = [_evaluate(arg, scope, text) for arg in bound.args]
    options = {
        name: value if name in builtin.raw else _evaluate(value, scope, text)
        for name, value in bound.options
    }
    names = tuple(_arg_name(a.name, a.value) for a in node.args)
    key = deparse(node)
    state = None if scope.states is None else scope.states.get(key)
    try:
        with np.errstate(all="ignore"):
            if builtin.remembers:
                result, scope.learned[key] = builtin.function(state, *rest, **options)
            else:
                result = builtin.function(*rest, **options)
    except (ArithmeticError, IndexError, TypeError, ValueError) as problem:
        # Refused, or arguments of shapes and types that the function cannot take.
        why = (
            problem if isinstance(problem, Refused) else f"it cannot take these values ({problem})"
        )
        raise error_at(node, text, f"'{key}': {why}.") from None
    if isinstance(result, Value) and node.function == "cbind":
        return _named(result, names)
    return cast(Result, result)


def _arg_name(name: str, value: Node) -> str:
    return name or (deparse(value) if isinstance(value, Name) else "")


def _named(value: Value, names: tuple[str, ...]) -> Value:
    """``cbind(x, z)``: columns named after variables, or by number if one has no name."""
    return replace(
        value, names=names if all(names) and len(names) == len(value.names) else value.names
    )


def _call_user(user: UserTransform, node: Call, scope: Scope, text: str) -> Value:
    n = len(scope.frame)
    args = [_plain(_evaluate(a.value, scope, text)) for a in node.args if not a.name]
    options = {a.name: _plain(_evaluate(a.value, scope, text)) for a in node.args if a.name}
    key = deparse(node)
    try:
        if user.fit is None:
            made = user.apply(*args, **options)
        else:
            if not args:
                raise error_at(node, text, f"'{key}' needs the values as its first argument.")
            if scope.states is not None and key in scope.states:
                state = scope.states[key]
            else:
                state = user.fit(args[0], *args[1:], **options)
            scope.learned[key] = state
            made = user.apply(args[0], state, *args[1:], **options)
    except BambiLiteError:
        raise
    except Exception as problem:
        raise DataError(f"The transform '{key}' failed: {problem}") from problem
    return _from_user(made, n, key)


def _plain(result: Result) -> Any:
    """What a user's function is given: arrays, text labels, and Python constants."""
    if not isinstance(result, Value):
        return result
    if result.is_factor:
        return result.labels()
    data: FloatArray = np.array(result.data, dtype=float)
    return data.astype(bool) if result.kind == "logical" and not np.isnan(data).any() else data


def _from_user(made: Any, n: int, key: str) -> Value:
    array = np.asarray(made)
    if array.ndim not in (1, 2) or array.shape[0] != n:
        raise DataError(
            f"The transform '{key}' gave an array of shape {array.shape}; expected ({n},) or "
            f"({n}, k)."
        )
    if array.ndim == 1 and array.dtype.kind in "OUST":
        return read_column(pd.Series(array), key)
    if array.dtype.kind == "b":
        return Value("logical", array.astype(float))
    if array.dtype.kind not in "iuf":
        raise DataError(f"The transform '{key}' gave values of type {array.dtype}.")
    return Value("numeric", np.array(array, dtype=float))
