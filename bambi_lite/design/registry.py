"""The closed list of functions that a formula may call, and how a user adds one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from ..formula.nodes import is_syntactic
from ..formula.vocabulary import GROUPINGS, SPECIALS
from .builtins import BUILTINS


@dataclass(frozen=True, slots=True)
class UserTransform:
    """A function that a user registered; `fit` is None if it remembers nothing."""

    name: str
    apply: Callable[..., Any]
    fit: Callable[..., Any] | None = None


_USER: dict[str, UserTransform] = {}


def register_transform(name: str, function: Any) -> None:
    """Add a function that formulas may call.

    Parameters
    ----------
    name : str
        What it is called in a formula.
    function : callable, or an object with ``fit`` and ``apply``
        A plain function takes arrays (floats for a numeric column, an array of labels for a
        factor) and the constants of the call, and gives an array with one row for each row of the
        data, of shape (n,) or (n, k); a boolean array is a logical, an array of strings a factor.

        A transform that remembers the training data is an object (or a class, which is
        instantiated without arguments) with two methods::

            fit(values, *args, **kwargs) -> state         # once, on the training data
            apply(values, state, *args, **kwargs) -> array  # on training data and on new data

    Raises
    ------
    ValueError
        If the name is no name, or has a meaning in the language already.

    Examples
    --------
    >>> register_transform("halve", lambda x: x / 2)
    """
    if not isinstance(name, str) or not is_syntactic(name):
        raise ValueError(f"{name!r} is no name that a formula can call.")
    if name in BUILTINS or name in SPECIALS or name in GROUPINGS:
        raise ValueError(f"'{name}' has a meaning in formulas already; choose another name.")
    if isinstance(function, type):
        function = function()
    fit, apply = getattr(function, "fit", None), getattr(function, "apply", None)
    if callable(fit) and callable(apply):
        _USER[name] = UserTransform(name, apply, fit)
    elif callable(function):
        _USER[name] = UserTransform(name, function)
    else:
        raise ValueError(
            f"The transform '{name}' must be a function, or have the methods fit and apply."
        )


def user_transforms() -> Mapping[str, UserTransform]:
    """The functions that were registered."""
    return MappingProxyType(_USER)
