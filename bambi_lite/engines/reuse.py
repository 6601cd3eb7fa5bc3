"""Compiled code of PyMC graphs, kept in the process for models of the same structure.

What nutpie compiles takes the data as inputs, so that it serves every model with the same graph:
other rows, other responses, the same family, terms, priors and sizes. Whether two models have the
same graph is not guessed from a description: PyTensor compares the graphs, constants included.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pymc as pm
from pytensor.compile.sharedvalue import SharedVariable
from pytensor.graph.basic import Constant, equal_computations
from pytensor.graph.traversal import graph_inputs

#: Models whose code is kept; the one that was used longest ago goes first.
_MOST = 8


@dataclass(frozen=True, slots=True, eq=False)
class _Graph:
    """A model's density and kept values as functions of free numbers and data."""

    inputs: tuple[Any, ...]
    outputs: tuple[Any, ...]
    start: tuple[np.ndarray, ...]

    def same(self, other: _Graph) -> bool:
        """Whether both are one function, from the same starting values."""
        if [v.type for v in self.inputs] != [v.type for v in other.inputs]:
            return False
        if not all(map(np.array_equal, self.start, other.start)):
            return False
        own, theirs = list(self.inputs), list(other.inputs)
        return equal_computations(list(self.outputs), list(other.outputs), own, theirs)


@dataclass(slots=True)
class _Store:
    """The compiled models of this process."""

    codes: OrderedDict[int, tuple[_Graph, Any]] = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)
    number: int = 0


_STORE = _Store()


def _graph_of(model: pm.Model, names: Sequence[str]) -> _Graph:
    kept = [model[name] for name in names]
    outputs = (model.logp(), *model.replace_rvs_by_values(kept))
    shared = [v for v in graph_inputs(outputs) if isinstance(v, SharedVariable)]
    start = model.initial_point(random_seed=0)
    points = tuple(np.asarray(start[v.name]) for v in model.value_vars)
    return _Graph((*model.value_vars, *_unique(shared)), outputs, points)


def _unique(variables: Sequence[Any]) -> list[Any]:
    return list({id(v): v for v in variables if not isinstance(v, Constant)}.values())


def code_for(model: pm.Model, names: Sequence[str], compiled: Callable[[], Any]) -> Any:
    """nutpie's code of a model, compiled unless a model of the same graph has been.

    Parameters
    ----------
    model : pymc.Model
        The model.
    names : sequence of str
        The variables that its code gives back.
    compiled : callable
        Compiles it, with the data as inputs.

    Returns
    -------
    nutpie.CompiledPyMCModel
        With the data of `model`.
    """
    graph = _graph_of(model, names)
    with _STORE.lock:
        for number, (known, code) in reversed(_STORE.codes.items()):
            if len(known.inputs) == len(graph.inputs) and known.same(graph):
                _STORE.codes.move_to_end(number)
                return _with_data(code, model)
    code = compiled()
    with _STORE.lock:
        _STORE.codes[_STORE.number] = graph, code
        _STORE.number += 1
        while len(_STORE.codes) > _MOST:
            _STORE.codes.popitem(last=False)
    return code


def forget() -> None:
    """Drop what is kept."""
    with _STORE.lock:
        _STORE.codes.clear()


def _with_data(code: Any, model: pm.Model) -> Any:
    """The code with the data of another model of its graph."""
    names = {variable.name for variable in code.shared_var_keys}
    known = {str(v.name): v for v in model.data_vars}
    return code.with_data(**{n: known[n].get_value() for n in names if n in known})
