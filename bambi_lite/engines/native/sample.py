"""Sampling a program with nutpie."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ..base import RawDraws, SampleSettings
from ..nuts import from_zero, run
from ..upstream import light_nutpie
from . import callbacks
from .draws import parameters, start
from .program import Program

light_nutpie()

from nutpie import _lib  # noqa: E402 (imported the light way above)
from nutpie.sample import CompiledModel  # noqa: E402

#: Chains start this far around the centres of the priors, on the unconstrained scale.
_JITTER = 1.0


@dataclass(frozen=True)
class KernelModel(CompiledModel):  # type: ignore[misc] # nutpie has no types
    """A program as nutpie takes a model.

    Attributes
    ----------
    table : array
        The tables in the form that :mod:`.callbacks` reads; it has to outlive the sampler.
    initial_point_func : callable
        ``f(seed) -> array``.
    """

    table: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    initial_point_func: Any = None
    size: int = 0

    @property
    def n_dim(self) -> int:
        """Numbers in the unconstrained vector."""
        return self.size

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """What comes back: the vector itself."""
        return {"x": (self.size,)}

    @property
    def coords(self) -> dict[str, Any]:
        """None."""
        return {}

    def _make_sampler(
        self,
        settings: Any,
        init_mean: Any,
        cores: Any,
        progress_type: Any,
        extra_callback: Any,
        extra_callback_rate: Any,
        store: Any,
    ) -> Any:
        model = self._make_model(init_mean)
        return _lib.PySampler.from_pymc(
            settings, cores, model, progress_type, extra_callback, extra_callback_rate, store
        )

    def _make_model(self, init_mean: Any) -> Any:
        address = self.table.ctypes.data
        density = _lib.LogpFunc(callbacks.log_density.address, address, self)
        keep = _lib.ExpandFunc(self.size, self.size, callbacks.keep.address, address, self)
        sizes = {"unconstrained": self.size}
        variables = _lib.PyVariable.new_variables(
            ["x"], ["float64"], [(self.size,)], sizes, {"x": ["unconstrained"]}
        )

        def make_adapter(*args: Any, **kwargs: Any) -> Any:
            raise NotImplementedError("normalising flows need a PyMC model")

        return _lib.PyMcModel(
            density, keep, variables, self.size, sizes, {}, self.initial_point_func, make_adapter
        )


def kernel_model(program: Program) -> KernelModel:
    """A program in the form that nutpie takes."""
    table = callbacks.table(program.ints, program.floats)
    centre = start(program)

    def initial(seed: int | None) -> np.ndarray:
        jitter = np.random.default_rng(seed).uniform(-_JITTER, _JITTER, program.n_dim)
        return centre + jitter

    return KernelModel(dims={}, table=table, initial_point_func=initial, size=program.n_dim)


def sample(program: Program, settings: SampleSettings) -> RawDraws:
    """Draw from the posterior of a program.

    Parameters
    ----------
    program : Program
        The model.
    settings : SampleSettings
        How to sample.

    Raises
    ------
    SamplingError
        When no draws came back.
    """
    begin = time.perf_counter()
    code = kernel_model(program)
    code = from_zero(code) if settings.init == 0 else code
    compiled = time.perf_counter() - begin
    raw = run(code, settings, ["x"])
    begin = time.perf_counter()
    values = parameters(program, raw.values["x"], settings.seed, settings.save_pars)
    seconds = {"compile": compiled, **raw.seconds, "post": time.perf_counter() - begin}
    return replace(raw, values=values, seconds=seconds)
