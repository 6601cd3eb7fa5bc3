"""What an engine is asked for and what it answers, whatever does the work."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from numbers import Integral, Real
from typing import Any

import numpy as np

from ..errors import SamplingError, listing, suggest
from .saving import SavePars, checked

BACKENDS = ("nutpie", "pymc")
#: brms' values: no draws from the prior, draws beside the posterior's, draws from the prior alone.
SAMPLE_PRIOR = ("no", "yes", "only")


@dataclass(frozen=True, slots=True)
class SampleSettings:
    """How to sample: brms' arguments and defaults.

    Attributes
    ----------
    chains : int
        Markov chains.
    iter : int
        Iterations per chain, warmup included.
    warmup : int
        Iterations per chain that adapt the sampler and are thrown away.
    thin : int
        Keep every `thin`-th draw after warmup.
    seed : int
        Seed of the random numbers; the same seed on the same machine gives the same draws.
    cores : int
        Chains that run at the same time.
    adapt_delta : float
        Target acceptance rate; higher means smaller steps.
    max_treedepth : int
        A trajectory has at most ``2 ** max_treedepth`` steps.
    init : "random", 0 or mapping
        Where chains start: at the priors' centres with a jitter, at zero on the unconstrained
        scale, or at given values by the parameters' names in ``model.pymc``.
    backend : "nutpie" or "pymc"
        Which NUTS.
    progress : bool
        Whether a progress bar shows.
    marginalize : "auto", True or False
        Whether gaussian group effects are integrated out.
    kernels : bool
        Whether compiled kernels may stand in for PyMC's graph of the model.
    decomp : "auto" or False
        Whether population-level coefficients may be sampled on orthogonal columns.
    sample_prior : "no", "yes" or "only"
        Whether draws from the prior are kept beside those from the posterior, or are all there is.
    save_pars : SavePars
        What is kept of the draws.
    """

    chains: int = 4
    iter: int = 2000
    warmup: int = 1000
    thin: int = 1
    seed: int = 0
    cores: int = 1
    adapt_delta: float = 0.8
    max_treedepth: int = 10
    init: Any = "random"
    backend: str = "nutpie"
    progress: bool = True
    marginalize: Any = "auto"
    kernels: bool = True
    decomp: Any = "auto"
    sample_prior: str = "no"
    save_pars: SavePars = field(default_factory=SavePars)

    @property
    def draws(self) -> int:
        """Draws kept per chain."""
        return (self.iter - self.warmup + self.thin - 1) // self.thin


def _whole(name: str, value: Any, at_least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, Integral) or value < at_least:
        raise SamplingError(
            f"{name} has to be a whole number of at least {at_least}, not {value!r}."
        )
    return int(value)


def sample_settings(
    chains: int = 4,
    iter: int = 2000,
    warmup: int | None = None,
    thin: int = 1,
    seed: int | None = None,
    cores: int | None = None,
    adapt_delta: float = 0.8,
    max_treedepth: int = 10,
    init: Any = "random",
    backend: str = "nutpie",
    progress: bool = True,
    marginalize: Any = "auto",
    kernels: bool = True,
    decomp: Any = "auto",
    sample_prior: str | bool = "no",
    save_pars: Any = None,
    save_ranef: Any = None,
) -> SampleSettings:
    """Check sampling arguments and fill in what was left out.

    See :class:`SampleSettings` for the arguments. ``warmup`` is half of ``iter`` unless given,
    ``seed`` is drawn at random, ``cores`` is what the machine has.
    ``save_ranef=False`` is brms' older word for ``save_pars(group=False)``.

    Raises
    ------
    SamplingError
        When an argument is impossible; the message says which and why.

    Examples
    --------
    >>> sample_settings(iter=1000, seed=1).warmup
    500
    """
    chains = _whole("chains", chains, 1)
    iter = _whole("iter", iter, 1)
    warmup = iter // 2 if warmup is None else _whole("warmup", warmup, 0)
    if iter <= warmup:
        raise SamplingError(
            f"iter = {iter} leaves no draws after warmup = {warmup}: iter counts the warmup too, "
            f"so it has to be larger. brms' default is iter = 2000 with warmup = 1000."
        )
    thin = _whole("thin", thin, 1)
    if thin > iter - warmup:
        raise SamplingError(f"thin = {thin} keeps none of the {iter - warmup} draws after warmup.")
    if isinstance(adapt_delta, bool) or not isinstance(adapt_delta, Real):
        raise SamplingError(f"adapt_delta has to be a number in (0, 1), not {adapt_delta!r}.")
    if not 0.0 < float(adapt_delta) < 1.0:
        raise SamplingError(
            f"adapt_delta = {float(adapt_delta):g} is outside (0, 1): it is the acceptance rate "
            f"that the step size aims at, by default 0.8."
        )
    if backend not in BACKENDS:
        raise SamplingError(
            f"Unknown backend '{backend}'. Available: {listing(BACKENDS)}."
            f"{suggest(str(backend), BACKENDS)}"
        )
    is_zero = not isinstance(init, bool | str) and isinstance(init, Real) and float(init) == 0.0
    if not (
        init in ("random", "0") if isinstance(init, str) else is_zero or isinstance(init, Mapping)
    ):
        raise SamplingError(
            f"init has to be 'random', 0 or a mapping of parameter names to values, not {init!r}."
        )
    if isinstance(sample_prior, bool):
        sample_prior = "yes" if sample_prior else "no"
    if sample_prior not in SAMPLE_PRIOR:
        raise SamplingError(
            f"sample_prior has to be one of {listing(SAMPLE_PRIOR)}, not {sample_prior!r}."
            f"{suggest(str(sample_prior), SAMPLE_PRIOR)}"
        )
    if seed is None:
        seed = int(np.random.SeedSequence().generate_state(1)[0] % 2**31)
    available = os.cpu_count() or 1
    return SampleSettings(
        chains=chains,
        iter=iter,
        warmup=warmup,
        thin=thin,
        seed=_whole("seed", seed, 0),
        cores=min(chains, available) if cores is None else _whole("cores", cores, 1),
        adapt_delta=float(adapt_delta),
        max_treedepth=_whole("max_treedepth", max_treedepth, 1),
        init=0 if init == "0" or is_zero else init,
        backend=backend,
        progress=bool(progress),
        marginalize=marginalize,
        kernels=bool(kernels),
        decomp=decomp,
        sample_prior=sample_prior,
        save_pars=checked(save_pars, save_ranef),
    )


@dataclass(frozen=True, slots=True)
class RawDraws:
    """What an engine brings back.

    Attributes
    ----------
    values : mapping
        Draws by the parameter's name in the PyMC model, shape (chain, draw, ...).
    stats : mapping
        Sampler statistics under ArviZ' names, shape (chain, draw).
    seconds : mapping
        Wall time by stage.
    interrupted : bool
        Whether the run was stopped before its end.
    library : str
        Name and version of the sampler.
    """

    values: Mapping[str, np.ndarray]
    stats: Mapping[str, np.ndarray]
    seconds: Mapping[str, float] = field(default_factory=dict)
    interrupted: bool = False
    library: str = ""
