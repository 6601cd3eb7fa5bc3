"""From a model to its draws by the engine that its plan names, once or with other data."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from .draws import Draws, check_has_draws, collect
from .engines import Plan, RawDraws, SampleSettings, SavePars, make_plan, program
from .errors import BambiLiteWarning, SamplingError, listing, warn
from .reuse import Compiled, compiled_for, with_data
from .spec import ModelSpec


def plan_of(spec: ModelSpec, settings: SampleSettings) -> Plan:
    """How a model is sampled under these settings."""
    # Values to start from are given by the names of PyMC's model.
    plain = settings.backend == "pymc" or isinstance(settings.init, Mapping)
    kernels = settings.kernels and not plain
    return make_plan(spec, settings.marginalize, kernels, settings.decomp)


def draw(
    spec: ModelSpec,
    settings: SampleSettings,
    graph: Callable[[], Any] | None = None,
    code: Callable[[], Any] | None = None,
) -> tuple[RawDraws, dict[str, float]]:
    """Draw from the posterior.

    Parameters
    ----------
    spec : ModelSpec
        The model.
    settings : SampleSettings
        How to sample.
    graph, code : callable, optional
        Where PyMC's graph is sampled: give the built model and nutpie's code of it. Without them
        both are made.

    Returns
    -------
    raw : RawDraws
        The engine's answer.
    seconds : dict
        What came before sampling: import and build.
    """
    plan = plan_of(spec, settings)
    _warn_of_kept(spec, plan, settings.save_pars)
    start = time.perf_counter()
    if plan.engine == "kernels":
        from .engines.native.sample import sample

        imported = time.perf_counter()
        made = program(spec, plan)
        built = time.perf_counter()
        raw = sample(made, settings)
    else:
        from .engines import pymc as engine

        imported = time.perf_counter()
        model = engine.build(spec) if graph is None else graph()
        built = time.perf_counter()
        raw = engine.sample(
            spec, model, settings, code or (lambda: engine.compile_nutpie(spec, model))
        )
    return raw, {"import": imported - start, "build": built - imported}


def _warn_of_kept(spec: ModelSpec, plan: Plan, save: SavePars) -> None:
    """Effects that NUTS samples cannot be drawn again; a store is for the kernels' draws."""
    if save.store and plan.engine != "kernels":
        raise SamplingError(
            f"save_pars(store = ...): only draws of the kernels are kept in a store; this model "
            f"is sampled otherwise ({plan.reasons['engine']})."
        )
    sampled = [b.group for b in spec.blocks if b.name != plan.integrated]
    if sampled and not save.group:
        warn(
            f"save_pars(group=False): the effects of {listing(sampled)} are sampled and not "
            f"integrated out, so they cannot be drawn again; they are kept.",
            BambiLiteWarning,
        )


def refitter(spec: ModelSpec, settings: SampleSettings) -> Callable[[ModelSpec, int], Draws]:
    """A model made ready to be sampled again and again with other data, as a fit is sampled.

    Parameters
    ----------
    spec : ModelSpec
        The model.
    settings : SampleSettings
        How to sample.

    Returns
    -------
    callable
        ``refit(other, seed)``: draws of a model with the parameters, priors, levels and columns of
        `spec` and other rows or responses, such as :func:`~bambi_lite.spec.take_rows` gives. It may
        be called from several threads.

    Notes
    -----
    The kernels read a model from tables, so that there is nothing to compile. Where PyMC's graph is
    sampled by nutpie, the code of the fit serves its refits (:mod:`bambi_lite.reuse`); PyMC's own
    sampler (``backend="pymc"``) compiles every time.
    """
    made: Compiled | None = None
    if plan_of(spec, settings).engine == "pymc" and settings.backend == "nutpie":
        made, _ = compiled_for(spec)

    def refit(other: ModelSpec, seed: int) -> Draws:
        own = replace(settings, seed=seed)
        if made is None:
            raw, seconds = draw(other, own)
        else:
            raw, seconds = draw(other, own, lambda: made.model, lambda: with_data(made.code, other))
        check_has_draws(raw)
        if raw.interrupted:
            raise KeyboardInterrupt
        return collect(other, raw, own, seconds)

    return refit
