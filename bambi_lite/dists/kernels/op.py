"""A kernel as a node of a PyTensor graph: an elementwise operation that numba compiles."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from importlib.resources import files
from types import ModuleType
from typing import Any

import pytensor.tensor as pt
from pytensor.assumptions.core import ASSUMPTION_INFER_REGISTRY, FactState, register_assumption
from pytensor.gradient import DisconnectedType
from pytensor.link.numba.dispatch.basic import register_funcify_and_cache_key
from pytensor.scalar.basic import ScalarOp, float64
from pytensor.tensor.elemwise import Elemwise


class KernelOp(ScalarOp):
    """The scalar operation: value and slopes of the function `name` of a text.

    The slopes are outputs beside the value, so that a density and its gradient share one
    evaluation. They have no gradient themselves.
    """

    def __init__(self, text: Callable[[], ModuleType], name: str, n_args: int) -> None:
        self.text = text
        self.function = name
        self.nin = n_args
        self.nout = 1 + n_args
        # PyTensor has no annotations there, nor in the two calls below.
        super().__init__(lambda *types: (float64,) * self.nout, name)  # type: ignore[no-untyped-call]

    def impl(self, *inputs: Any) -> tuple[float, ...]:
        """Value and slopes at numbers."""
        found: tuple[float, ...] = getattr(self.text(), self.function)(*map(float, inputs))
        return found

    def c_code(self, *args: Any, **kwargs: Any) -> str:
        """None: numba compiles it."""
        raise NotImplementedError

    def pullback(self, inputs: Any, outputs: Any, output_gradients: Any) -> list[Any]:
        """The gradient of the value: its own times the slopes."""
        of_value, *of_slopes = output_gradients
        if any(not isinstance(g.type, DisconnectedType) for g in of_slopes):
            raise NotImplementedError(f"'{self.name}' has no second derivatives.")
        return [of_value * slope for slope in outputs[1:]]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, KernelOp) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> tuple[Any, ...]:
        return (self.text, self.function)


class _Elementwise(Elemwise):
    """A :class:`KernelOp` over arrays.

    Rules of PyTensor 3.3 that look for structure in matrices count on a single output of an
    ``Elemwise``, and print an error for more. Of a kernel nothing is known.
    """


def _unknown(
    key: Any, op: Any, feature: Any, fgraph: Any, node: Any, input_states: Any
) -> list[FactState]:
    return [FactState.UNKNOWN] * len(node.outputs)


for _key in [key for key, op_type in ASSUMPTION_INFER_REGISTRY if op_type is Elemwise]:
    register_assumption(_key, _Elementwise)(_unknown)


@register_funcify_and_cache_key(KernelOp)  # type: ignore[untyped-decorator]
def _numba_kernel(op: KernelOp, **_: Any) -> tuple[Any, str]:
    """The compiled function, and a key that changes with any of the texts."""
    text = op.text()
    key = hashlib.sha256(f"{text.__name__}.{op.function}".encode())
    for file in sorted(files(__package__).iterdir(), key=lambda file: file.name):
        if file.name.endswith(".py"):
            key.update(file.read_bytes())
    return getattr(text, op.function), key.hexdigest()


def apply(text: Callable[[], ModuleType], name: str, args: Sequence[Any]) -> Any:
    """The values of a kernel at PyTensor variables (or numbers), which broadcast."""
    operation: Any = _Elementwise(KernelOp(text, name, len(args)))  # type: ignore[no-untyped-call]
    value, *_ = operation(*(pt.cast(arg, "float64") for arg in args))
    return value
