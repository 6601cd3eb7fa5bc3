"""Kernels as elementwise PyTensor operations, compiled by numba with the graph around them."""

from __future__ import annotations

from functools import cache
from typing import Any

from pytensor.gradient import DisconnectedType
from pytensor.link.numba.dispatch.basic import register_funcify_and_cache_key
from pytensor.scalar.basic import ScalarOp, float64
from pytensor.tensor.elemwise import Elemwise

from .texts import fingerprint


class KernelOp(ScalarOp):
    """One kernel: its values, and their derivatives as further outputs.

    The gradient takes the derivatives from there, so that values and gradient together cost one
    call of the kernel. Second derivatives are not known.
    """

    def __init__(self, kernel: Any) -> None:
        self.kernel = kernel
        self.nin = kernel.n_args
        self.nout = kernel.n_values * (1 + kernel.n_args)
        super().__init__(name=kernel.name)  # type: ignore[no-untyped-call] # PyTensor's own

    def output_types(self, types: Any) -> Any:
        """All outputs are doubles."""
        return (float64,) * self.nout

    def impl(self, *args: Any) -> tuple[float, ...]:
        """The numbers, where the graph is not compiled."""
        values: tuple[float, ...] = self.kernel.function(*(float(a) for a in args))
        return values

    def c_code(self, *args: Any, **kwargs: Any) -> Any:
        """There is none: PyTensor's C backend falls back to `impl`."""
        raise NotImplementedError

    def pullback(self, inputs: Any, outputs: Any, output_gradients: Any) -> Any:
        """Each argument's gradient from the derivatives among the outputs."""
        n = self.kernel.n_values
        known = [not isinstance(g.type, DisconnectedType) for g in output_gradients]
        if any(known[n:]):
            raise NotImplementedError(f"{self.name} has no second derivatives.")
        gradients = []
        for j in range(self.nin):
            parts = [
                output_gradients[i] * outputs[n + i * self.nin + j] for i in range(n) if known[i]
            ]
            gradients.append(sum(parts[1:], start=parts[0]))
        return gradients

    def __eq__(self, other: object) -> bool:
        return isinstance(other, KernelOp) and other.kernel == self.kernel

    def __hash__(self) -> int:
        return hash((KernelOp, self.kernel.name))


def _compile(op: KernelOp, node: Any, **kwargs: Any) -> tuple[Any, str]:
    # The kernel is compiled as part of the graph, and kept on disk with it: under a key that
    # changes with the kernel's own code.
    return op.kernel.function, f"{op.name} {fingerprint()}"


register_funcify_and_cache_key(KernelOp)(_compile)


@cache
def operation(kernel: Any) -> Elemwise:
    """The kernel over tensors that broadcast."""
    return Elemwise(KernelOp(kernel))
