"""Functions of the user's own as densities and draws: called by name, in either world.

A density is written over ``pytensor.tensor``, or over a namespace ``xp`` that is its first
argument. Everything that can be wrong with its result is said with the name of the function.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from ..errors import BambiLiteError, FamilyError, listing, suggest
from ..xp import Array, Namespace, numpy_namespace


@dataclass(frozen=True, slots=True)
class OwnFunction:
    """A function of the user's, and what it asks for.

    Attributes
    ----------
    family, role : str
        Whose function it is, and which: for messages.
    call : callable
        The function.
    names : tuple of str
        The parameters and variables it takes, by name.
    takes_xp : bool
        Whether its first argument is the namespace of the world it is called in.
    """

    family: str
    role: str
    call: Callable[..., Any]
    names: tuple[str, ...]
    takes_xp: bool

    def density(self, xp: Namespace, y: Array, args: Mapping[str, Array]) -> Array:
        """A log-density or log-probability: one number an observation, in either world."""
        own = {name: args[name] for name in self.names}
        numbers = xp is numpy_namespace()
        if self.takes_xp:
            value = self._run(lambda: self.call(xp, y, **own))
        elif numbers:
            value = self._run(lambda: _evaluated(self.call, y, own))
        else:
            value = self._run(lambda: self.call(y, **own))
        if not numbers and not hasattr(value, "owner"):
            raise FamilyError(
                f"{self} returned a {type(value).__name__} when the model was built. It is called "
                f"with PyTensor variables then: write it with pytensor.tensor, or with a first "
                f"argument xp whose functions work for both."
            )
        if value.ndim == 0:
            raise FamilyError(
                f"{self} returned a single number. It has to return one for each observation: no "
                f"sum over the observations."
            )
        if numbers:
            self._check_shape(value, np.broadcast_shapes(*map(np.shape, (y, *args.values()))))
        return value

    def number(self, shape: tuple[int, ...], lead: tuple[Any, ...], args: Mapping[str, Any]) -> Any:
        """What it makes of NumPy arrays: draws or means, of a shape that fits `shape`."""
        own = {name: np.asarray(args[name]) for name in self.names}
        value = np.asarray(self._run(lambda: self.call(*lead, **own)), dtype=float)
        self._check_shape(value, shape)
        return value

    def _run(self, call: Callable[[], Any]) -> Any:
        try:
            return call()
        except BambiLiteError:
            raise
        except Exception as error:
            raise FamilyError(
                f"{self} stopped with {type(error).__name__}: {error}. "
                f"logp, lcdf and lccdf get PyTensor variables, rng and mean NumPy arrays."
            ) from error

    def _check_shape(self, value: np.ndarray, wanted: tuple[int, ...]) -> None:
        try:
            fits = np.broadcast_shapes(value.shape, wanted) == wanted
        except ValueError:
            fits = False
        if not fits:
            raise FamilyError(
                f"{self} returned an array of shape {value.shape} where its arguments have "
                f"{wanted}: it has to work elementwise, with draws as leading axes and "
                f"observations as the last."
            )

    def __str__(self) -> str:
        return f"{self.role}() of family '{self.family}'"


def own_function(
    family: str, role: str, function: Callable[..., Any], lead: str, known: Sequence[str]
) -> OwnFunction:
    """What a function asks for.

    Parameters
    ----------
    family, role : str
        See :class:`OwnFunction`.
    function : callable
        The function.
    lead : str
        What its first argument is beside those that it takes by name: ``y``, ``rng`` or nothing.
    known : sequence of str
        What it may take by name.

    Raises
    ------
    FamilyError
        For an argument that nothing provides.
    """
    if not callable(function):
        raise FamilyError(f"{role} of family '{family}' is no function.")
    parameters = list(inspect.signature(function).parameters.values())
    takes_xp = lead == "y" and bool(parameters) and parameters[0].name == "xp"
    parameters = parameters[1:] if takes_xp else parameters
    if lead:
        first = parameters.pop(0).name if parameters else ""
        if not first or first in known:
            found = f", which is a parameter of the family: {first}" if first else ""
            raise FamilyError(
                f"The first argument of {role}() of family '{family}' has to be {lead}{found}."
            )
    names = []
    for parameter in parameters:
        if parameter.kind is parameter.VAR_KEYWORD:
            names = list(known)
        elif parameter.name in known:
            names.append(parameter.name)
        elif parameter.default is parameter.empty:
            raise FamilyError(
                f"{role}() of family '{family}' takes '{parameter.name}', which is neither a "
                f"parameter nor a variable of it: {listing(known)}."
                f"{suggest(parameter.name, known)}"
            )
    return OwnFunction(family, role, function, tuple(dict.fromkeys(names)), takes_xp)


def _evaluated(function: Callable[..., Any], y: Array, args: Mapping[str, Array]) -> np.ndarray:
    """The value of a function over PyTensor variables at arrays with leading axes."""
    arrays = [np.asarray(a, dtype=float) for a in (y, *args.values())]
    ndim = max(a.ndim for a in arrays)
    arrays = [a.reshape((1,) * (ndim - a.ndim) + a.shape) for a in arrays]
    # PyTensor broadcasts only those axes of which it is known beforehand.
    shapes = tuple(tuple(1 if n == 1 else None for n in a.shape) for a in arrays)
    return np.asarray(_compiled(function, tuple(args), shapes)(*arrays))


@lru_cache(maxsize=64)
def _compiled(
    function: Callable[..., Any], names: tuple[str, ...], shapes: tuple[tuple[int | None, ...], ...]
) -> Callable[..., Any]:
    """`function` as one over arrays; stable forms are put in as they are when it is sampled."""
    import pytensor.tensor as pt
    from pytensor.compile.maker import function as compiled
    from pytensor.compile.mode import Mode, get_mode

    inputs = [
        pt.tensor(n, dtype="float64", shape=s) for n, s in zip(("y", *names), shapes, strict=True)
    ]
    value = pt.as_tensor_variable(function(inputs[0], **dict(zip(names, inputs[1:], strict=True))))
    # Through NumPy, operation by operation: nothing to compile, and fast enough for arrays.
    stable = get_mode("FAST_RUN").excluding("fusion", "inplace").optimizer
    found: Callable[..., Any] = compiled(
        inputs, value, mode=Mode("py", stable), on_unused_input="ignore"
    )
    return found
