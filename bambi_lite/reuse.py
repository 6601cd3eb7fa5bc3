"""Compiled models that take other data: what refits of one model share."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np

from .spec import ModelSpec

#: How many compiled models are kept for the next refit.
KEPT = 8


@dataclass(frozen=True, slots=True, eq=False)
class Compiled:
    """The code of a model whose data can be exchanged.

    Attributes
    ----------
    spec : ModelSpec
        The model that it was compiled for.
    model : pymc.Model
        What the engine built of it.
    code : nutpie.CompiledPyMCModel
        Its density, gradient and values to keep.
    """

    spec: ModelSpec
    model: Any
    code: Any


_RECENT: deque[Compiled] = deque(maxlen=KEPT)
_LOCK = Lock()


def compiled_for(spec: ModelSpec, model: Any = None) -> tuple[Compiled, bool]:
    """Code that takes the data of a model, and whether it had to be compiled for it.

    The code of the last :data:`KEPT` models is kept in this process. It serves any model with the
    same graph, parameters and levels: other rows, other responses, other values.

    Parameters
    ----------
    spec : ModelSpec
        The model.
    model : pymc.Model, optional
        What the engine built of it, if it has.
    """
    from .engines.pymc import build, compile_nutpie

    model = build(spec) if model is None else model
    with _LOCK:
        for known in _RECENT:
            if same_graph(known.spec, known.model, spec, model):
                return known, False
        made = Compiled(spec, model, compile_nutpie(spec, model, frozen=False))
        _RECENT.appendleft(made)
    return made, True


def same_graph(one: ModelSpec, one_model: Any, other: ModelSpec, other_model: Any) -> bool:
    """Whether two models differ in nothing but their data.

    Their densities and the values that are kept have to be the same operations on the same
    numbers, the data themselves apart: nothing is assumed of what families and terms do with them.
    """
    from pytensor.graph.basic import equal_computations

    if [(p.name, p.shape, p.dims) for p in one.params] != [
        (p.name, p.shape, p.dims) for p in other.params
    ] or _sizes(one) != _sizes(other):
        return False
    # Chains of the one start as those of the other.
    starts = zip(*(m.initial_point(0).values() for m in (one_model, other_model)), strict=True)
    if not all(np.array_equal(a, b) for a, b in starts):
        return False
    known, new = _inputs(one_model), _inputs(other_model)
    if [v.name for v in known] != [v.name for v in new]:
        return False
    return bool(
        equal_computations(_outputs(one, one_model), _outputs(other, other_model), known, new)
    )


def _sizes(spec: ModelSpec) -> dict[str, int]:
    return {name: len(labels) for name, labels in spec.coords.items()}


def _inputs(model: Any) -> list[Any]:
    return [*model.value_vars, *model.data_vars, *model.dim_lengths.values()]


def _outputs(spec: ModelSpec, model: Any) -> list[Any]:
    kept = [model[p.name] for p in spec.params if p.name in model.named_vars]
    return [model.logp(), *model.replace_rvs_by_values(kept)]


def with_data(code: Any, spec: ModelSpec) -> Any:
    """Compiled code with the data of a model, by the names that they have in PyMC's."""
    data = data_of(spec)
    # What the density does not depend on is no part of the code.
    used = {variable.name for variable in code.shared_var_keys}
    return code.with_data(**{name: values for name, values in data.items() if name in used})


def data_of(spec: ModelSpec) -> dict[str, np.ndarray]:
    """The data of a model by the names that they have in PyMC's."""
    known = {**spec.arrays, **spec.response.extra, **spec.seen.arrays}
    return {**known, f"{spec.response_name}_observed": spec.response.y}
