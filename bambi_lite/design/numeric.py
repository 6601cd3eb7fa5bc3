"""Functions of numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .operators import Refused, numbers, wrap
from .values import Value, as_factor


def _special(name: str) -> Callable[[Any], Any]:
    def apply(x: Any) -> Any:
        # SciPy is slow to import, and few formulas need it.
        from scipy import special

        return getattr(special, name)(x)

    return apply


def _cloglog(p: Any) -> Any:
    return np.log(-np.log1p(-p))


def _inv_cloglog(x: Any) -> Any:
    return -np.expm1(-np.exp(x))


ELEMENTWISE: dict[str, Callable[[Any], Any]] = {
    "log2": np.log2,
    "log10": np.log10,
    "log1p": np.log1p,
    "exp": np.exp,
    "expm1": np.expm1,
    "sqrt": np.sqrt,
    "abs": np.abs,
    "sign": np.sign,
    "floor": np.floor,
    "ceiling": np.ceil,
    "trunc": np.trunc,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "asin": np.arcsin,
    "acos": np.arccos,
    "atan": np.arctan,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "tanh": np.tanh,
    "asinh": np.arcsinh,
    "acosh": np.arccosh,
    "atanh": np.arctanh,
    "plogis": _special("expit"),
    "logistic": _special("expit"),
    "inv_logit": _special("expit"),
    "qlogis": _special("logit"),
    "logit": _special("logit"),
    "pnorm": _special("ndtr"),
    "Phi": _special("ndtr"),
    "qnorm": _special("ndtri"),
    "probit": _special("ndtri"),
    "cloglog": _cloglog,
    "inv_cloglog": _inv_cloglog,
    "square": np.square,
    "lgamma": _special("gammaln"),
    "gamma": _special("gamma"),
    "factorial": lambda x: _special("gamma")(np.asarray(x) + 1.0),
}
# Remembered: the mean of the training data is used for new data as well.
SUMMARIES: dict[str, Callable[[Any], Any]] = {
    "mean": np.mean,
    "median": np.median,
    "min": np.min,
    "max": np.max,
    "sum": np.sum,
    "sd": lambda x: np.std(x, ddof=1),
    "var": lambda x: np.var(x, ddof=1),
}
_WHOLE = (np.abs, np.sign, np.floor, np.ceil, np.trunc)


def elementwise(operation: Callable[[Any], Any], x: Any) -> Any:
    """One number for each number."""
    kind = "integer" if isinstance(x, Value) and x.kind == "integer" else "numeric"
    return wrap(operation(numbers(x)), x, kind=kind if operation in _WHOLE else "numeric")


def summary(operation: Callable[[Any], Any], state: Any, x: Any, na_rm: Any = False) -> Any:
    """One number for a column of the training data."""
    if state is None:
        data = numbers(x)
        data = data[~np.isnan(data)] if na_rm is True else data
        state = float(operation(data))
    return state, state


def identity(x: Any) -> Any:
    """``I(x)``."""
    return x


def log(x: Any, base: Any = None) -> Any:
    """The logarithm, natural unless there is a base."""
    data = np.log(numbers(x))
    return wrap(data if base is None else data / np.log(_one(base, "base")), x)


def round_(x: Any, digits: Any = 0.0) -> Any:
    """Rounded to even, as in R."""
    return wrap(np.round(numbers(x), int(_one(digits, "digits"))), x)


def signif(x: Any, digits: Any = 6.0) -> Any:
    """Rounded to significant digits."""
    keep, data = int(_one(digits, "digits")), numbers(x)
    safe = np.where((data == 0) | ~np.isfinite(data), 1.0, data)
    scale = 10.0 ** (keep - 1 - np.floor(np.log10(np.abs(safe))))
    return wrap(np.where(safe == data, np.round(data * scale) / scale, data), x)


def atan2(y: Any, x: Any) -> Any:
    """The angle of a point."""
    return wrap(np.arctan2(numbers(y), numbers(x)), y, x)


def ifelse(test: Any, yes: Any, no: Any) -> Any:
    """``yes`` where the test holds, ``no`` where not, missing where it is missing."""
    condition = numbers(test, "the test of ifelse()")
    texts = [isinstance(v, str) or (isinstance(v, Value) and v.is_factor) for v in (yes, no)]
    if all(isinstance(v, str) for v in (yes, no)) and isinstance(test, Value):
        levels = tuple(sorted({yes, no}))
        codes = np.where(condition != 0, levels.index(yes), levels.index(no))
        return Value("string", np.where(np.isnan(condition), -1, codes).astype(np.intp), levels)
    if any(texts):
        raise Refused("both results must be numbers or both texts")
    chosen = np.where(condition != 0, numbers(yes), numbers(no))
    kinds = {v.kind if isinstance(v, Value) else _kind_of(v) for v in (yes, no)}
    kind = kinds.pop() if len(kinds) == 1 else "numeric"
    return wrap(np.where(np.isnan(condition), np.nan, chosen), test, yes, no, kind=kind)


def _kind_of(constant: Any) -> str:
    if isinstance(constant, bool):
        return "logical"
    return "integer" if float(constant).is_integer() else "numeric"


def is_na(x: Any) -> Any:
    """Whether a value is missing."""
    if not isinstance(x, Value):
        return x != x
    return Value("logical", x.missing.astype(float))


def pmin(*args: Any) -> Any:
    """The smallest of several columns, row by row."""
    return _parallel(np.minimum, args)


def pmax(*args: Any) -> Any:
    """The largest of several columns, row by row."""
    return _parallel(np.maximum, args)


def _parallel(operation: Any, args: tuple[Any, ...]) -> Any:
    result = numbers(args[0])
    for arg in args[1:]:
        result = operation(result, numbers(arg))
    return wrap(result, *args)


def concatenate(*args: Any) -> tuple[Any, ...]:
    """``c()`` of constants."""
    if any(isinstance(a, Value) for a in args):
        raise Refused("c() joins constants; columns are bound by cbind()")
    flat: list[Any] = []
    for arg in args:
        flat.extend(arg if isinstance(arg, tuple) else (arg,) if arg is not None else ())
    if any(isinstance(a, str) for a in flat) and not all(isinstance(a, str) for a in flat):
        raise Refused("texts and numbers together")
    return tuple(flat)


def seq(**options: Any) -> tuple[float, ...]:
    """``seq(from, to, by)``."""
    first, last = _one(options["from"], "from"), _one(options["to"], "to")
    by = options.get("by")
    step = (1.0 if last >= first else -1.0) if by is None else _one(by, "by")
    if step == 0 or (last - first) / step < 0 or (last - first) / step > 10_000:
        raise Refused("it does not lead from the first number to the last in 10,000 steps")
    count = int(np.floor((last - first) / step + 1e-10))
    return tuple(first + i * step for i in range(count + 1))


def cbind(*args: Any) -> Value:
    """Columns side by side."""
    if not any(isinstance(a, Value) for a in args):
        raise Refused("it needs a column")
    if any(isinstance(a, tuple) for a in args):
        raise Refused("it binds columns and single numbers")
    values = [a for a in args if isinstance(a, Value)]
    n = values[0].data.shape[0]
    blocks = [_block(arg, n) for arg in args]
    kinds = {arg.kind if isinstance(arg, Value) else _kind_of(arg) for arg in args}
    kind = "integer" if kinds == {"integer"} else "numeric"
    matrix = np.hstack(blocks)
    return Value(kind, matrix, names=tuple(str(i + 1) for i in range(matrix.shape[1])))


def _block(arg: Any, n: int) -> Any:
    """One argument of ``cbind`` as columns; a factor gives its codes from 1."""
    if isinstance(arg, Value) and arg.is_factor:
        data = np.where(arg.missing, np.nan, as_factor(arg).data + 1.0)
    else:
        data = numbers(arg)
    data = np.broadcast_to(data, (n,)) if data.ndim == 0 else data
    return data[:, None] if data.ndim == 1 else data


def _one(value: Any, name: str) -> float:
    if isinstance(value, Value | str | tuple) or value is None:
        raise Refused(f"'{name}' is one number")
    if not np.isfinite(value):
        raise Refused(f"'{name}' is a finite number")
    return float(value)
