"""Kernels as elementwise PyTensor operations, compiled by numba with the graph around them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from importlib import resources
from typing import Any

from pytensor.assumptions.core import ALL_KEYS, FactState, register_assumption
from pytensor.gradient import DisconnectedType
from pytensor.link.numba.dispatch.basic import register_funcify_and_cache_key
from pytensor.scalar.basic import ScalarOp, float64
from pytensor.tensor.elemwise import Elemwise

#: A kernel returns two tails, then the derivatives of each.
_TAILS = 2


class KernelOp(ScalarOp):
    """One kernel: its tails, and their derivatives as further outputs.

    The gradient takes the derivatives from there, so that values and gradient together cost one
    call of the kernel. Second derivatives are not known.
    """

    def __init__(self, name: str, function: Callable[..., tuple[float, ...]], n_args: int) -> None:
        self.function = function
        self.nin = n_args
        self.nout = _TAILS * (1 + n_args)
        super().__init__(name=name)  # type: ignore[no-untyped-call] # PyTensor's own

    def output_types(self, types: Any) -> Any:
        """All outputs are doubles."""
        return (float64,) * self.nout

    def impl(self, *args: Any) -> tuple[float, ...]:
        """The numbers, where the graph is not compiled."""
        return self.function(*(float(a) for a in args))

    def c_code(self, *args: Any, **kwargs: Any) -> Any:
        """There is none: PyTensor's C backend falls back to `impl`."""
        raise NotImplementedError

    def pullback(self, inputs: Any, outputs: Any, output_gradients: Any) -> Any:
        """Each argument's gradient from the derivatives among the outputs."""
        known = [not isinstance(g.type, DisconnectedType) for g in output_gradients]
        if any(known[_TAILS:]):
            raise NotImplementedError(f"{self.name} has no second derivatives.")
        gradients = []
        for j in range(self.nin):
            parts = [
                output_gradients[i] * outputs[_TAILS + i * self.nin + j]
                for i in range(_TAILS)
                if known[i]
            ]
            gradients.append(sum(parts[1:], start=parts[0]))
        return gradients

    def __eq__(self, other: object) -> bool:
        return isinstance(other, KernelOp) and other.function is self.function

    def __hash__(self) -> int:
        return hash((KernelOp, self.name))


@cache
def _fingerprint() -> str:
    """What the code of all kernels is known by in PyTensor's cache of compiled functions."""
    parts = sorted(resources.files(__package__).iterdir(), key=lambda part: part.name)
    texts = [part.read_bytes() for part in parts if part.name.endswith(".py")]
    return hashlib.sha256(b"".join(texts)).hexdigest()


def _compile(op: KernelOp, node: Any, **kwargs: Any) -> tuple[Any, str]:
    # The kernel is compiled as part of the graph, and kept on disk with it: under a key that
    # changes with the kernel's own code.
    return op.function, f"{op.name} {_fingerprint()}"


register_funcify_and_cache_key(KernelOp)(_compile)


class _Elementwise(Elemwise):
    """Elementwise with several outputs, about which PyTensor is to infer nothing.

    PyTensor 3.3's rules about the structure of matrices answer for one output of an elementwise
    operation; asked about ours, a rewrite that needs them failed and said so on the console.
    """


def _unknown(*args: Any) -> list[FactState]:
    node = args[-2]
    return [FactState.UNKNOWN] * len(node.outputs)


for _key in ALL_KEYS:
    register_assumption(_key, _Elementwise)(_unknown)


@cache
def operation(name: str, function: Callable[..., tuple[float, ...]], n_args: int) -> Elemwise:
    """A kernel over tensors that broadcast."""
    return _Elementwise(KernelOp(name, function, n_args))  # type: ignore[no-untyped-call] # as above
