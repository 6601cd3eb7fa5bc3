"""A kernel as a node of a PyTensor graph: an elementwise operation that numba compiles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytensor.tensor as pt
from pytensor.assumptions.core import ALL_KEYS, FactState, register_assumption
from pytensor.gradient import DisconnectedType
from pytensor.link.numba.dispatch.basic import register_funcify_and_cache_key
from pytensor.scalar.basic import ScalarOp, float64
from pytensor.tensor.elemwise import Elemwise

from ...compiled import fingerprint


class KernelOp(ScalarOp):
    """The scalar operation: values and slopes of a kernel.

    The slopes are outputs beside the values, so that a density and its gradient share one
    evaluation. They have no gradient themselves.
    """

    def __init__(
        self, name: str, function: Callable[..., tuple[float, ...]], values: int, n_args: int
    ) -> None:
        self.function, self.values = function, values
        self.nin = n_args
        self.nout = values * (1 + n_args)
        # PyTensor has no annotations there, nor in the two calls below.
        super().__init__(lambda *types: (float64,) * self.nout, name)  # type: ignore[no-untyped-call]

    def impl(self, *inputs: Any) -> tuple[float, ...]:
        """Values and slopes at numbers."""
        return self.function(*map(float, inputs))

    def c_code(self, *args: Any, **kwargs: Any) -> str:
        """None: numba compiles it."""
        raise NotImplementedError

    def pullback(self, inputs: Any, outputs: Any, output_gradients: Any) -> list[Any]:
        """The gradients of the values: their own times the slopes."""
        values = self.values
        known = [not isinstance(g.type, DisconnectedType) for g in output_gradients]
        if any(known[values:]):
            raise NotImplementedError(f"'{self.name}' has no second derivatives.")
        gradients = []
        for j in range(self.nin):
            parts = [
                output_gradients[i] * outputs[values + i * self.nin + j]
                for i in range(values)
                if known[i]
            ]
            gradients.append(sum(parts[1:], start=parts[0]))
        return gradients

    def __eq__(self, other: object) -> bool:
        return isinstance(other, KernelOp) and self.function is other.function

    def __hash__(self) -> int:
        return hash((KernelOp, self.name))


class _Elementwise(Elemwise):
    """A :class:`KernelOp` over arrays.

    Rules of PyTensor 3.3 that look for structure in matrices count on a single output of an
    ``Elemwise``, and print an error for more. Of a kernel nothing is known.
    """


def _unknown(*args: Any) -> list[FactState]:
    node = args[-2]
    return [FactState.UNKNOWN] * len(node.outputs)


for _key in ALL_KEYS:
    register_assumption(_key, _Elementwise)(_unknown)


@register_funcify_and_cache_key(KernelOp)  # type: ignore[untyped-decorator]
def _numba_kernel(op: KernelOp, **_: Any) -> tuple[Any, str]:
    """The compiled function, and a key that changes with its text or one that it calls."""
    return op.function, f"{op.name} {fingerprint(op.function)}"


def apply(
    name: str, function: Callable[..., tuple[float, ...]], values: int, args: Sequence[Any]
) -> list[Any]:
    """The values of a kernel at PyTensor variables (or numbers), which broadcast."""
    operation: Any = _Elementwise(KernelOp(name, function, values, len(args)))  # type: ignore[no-untyped-call]
    made = operation(*(pt.cast(arg, "float64") for arg in args), return_list=True)
    return list(made[:values])
