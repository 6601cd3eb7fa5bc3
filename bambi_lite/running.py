"""A model sampled as a user asks: posterior or prior, and a warning where draws are doubtful."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .diagnosis import warn_if_doubtful
from .draws import Draws, check_has_draws, collect
from .engines import SampleSettings
from .prior_draws import prior_only, with_prior
from .sampling import draw
from .spec import ModelSpec


def run(
    spec: ModelSpec,
    settings: SampleSettings,
    graph: Callable[[], Any],
    code: Callable[[], Any],
    resolving: float = 0.0,
) -> Draws:
    """Draws of a model.

    Parameters
    ----------
    spec : ModelSpec
        The model.
    settings : SampleSettings
        How to sample.
    graph, code : callable
        See :func:`bambi_lite.sampling.draw`.
    resolving : float
        Seconds that formula and data took to become the model.

    Raises
    ------
    SamplingError
        When nothing was drawn, or the settings do not suit the model.
    PriorError
        For draws from a prior that is flat.

    Warns
    -----
    ConvergenceWarning
        Once, when the draws are doubtful.
    """
    if settings.sample_prior == "only":
        return prior_only(spec, settings)
    raw, seconds = draw(spec, settings, graph, code)
    seconds["build"] += resolving
    check_has_draws(raw)
    draws = collect(spec, raw, settings, seconds)
    if settings.sample_prior == "yes":
        draws = with_prior(draws)
    warn_if_doubtful(draws)
    return draws
