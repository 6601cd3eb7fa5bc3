"""What a fit took, as a value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

#: Stage -> what it is. The order is that of a fit.
STAGES: Mapping[str, str] = {
    "import": "loading libraries and kernels",
    "build": "formula and data to design, priors and tables",
    "compile": "compiling the model",
    "warmup": "adapting the sampler",
    "sampling": "drawing",
    "post": "naming the draws",
}


@dataclass(frozen=True, slots=True)
class Timing:
    """Wall time of the stages of a fit, in seconds.

    Attributes
    ----------
    import_ : float
        Loading the libraries and kernels of the engine: what an earlier fit of this process, or
        the program itself, has loaded costs nothing.
    build : float
        From formula and data to design, priors and what the engine reads.
    compile : float
        Compiling the model; zero with the kernels, which are compiled once for a machine.
    warmup, sampling : float
        Both phases of the sampler. nutpie tells of its chains some fifty times a second how far
        each has come; the time between is interpolated, and the sum is exact.
    post : float
        Drawing effects that were integrated out, and naming the draws.

    Examples
    --------
    >>> timing = Timing(0.1, 0.02, 0.0, 0.08, 0.09, 0.03)
    >>> round(timing.total, 2)
    0.32
    >>> timing.as_dict()["import"]
    0.1
    """

    import_: float = 0.0
    build: float = 0.0
    compile: float = 0.0
    warmup: float = 0.0
    sampling: float = 0.0
    post: float = 0.0

    @property
    def total(self) -> float:
        """The sum of the stages."""
        return sum(self.as_dict().values())

    def as_dict(self) -> dict[str, float]:
        """Seconds by stage: import, build, compile, warmup, sampling, post."""
        return {stage: getattr(self, _field(stage)) for stage in STAGES}

    def __str__(self) -> str:
        rows = [*self.as_dict().items(), ("total", self.total)]
        words = {**STAGES, "total": ""}
        lines = [f"{stage:<9}{value:8.3f} s  {words[stage]}".rstrip() for stage, value in rows]
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        rows = [*self.as_dict().items(), ("total", self.total)]
        cells = "".join(
            f"<tr><th style='text-align:left'>{stage}</th><td>{value:.3f} s</td>"
            f"<td style='text-align:left'>{STAGES.get(stage, '')}</td></tr>"
            for stage, value in rows
        )
        return f"<table>{cells}</table>"


def _field(stage: str) -> str:
    return "import_" if stage == "import" else stage


def timing(seconds: Mapping[str, float]) -> Timing:
    """Seconds by stage as a :class:`Timing`; what is not told is zero."""
    return Timing(**{_field(stage): float(seconds.get(stage, 0.0)) for stage in STAGES})


#: What chains had done at one time: for each its draws, warmup included, and its running time.
type Report = tuple[tuple[int, float], ...]


def report(chains: Sequence[Any]) -> Report:
    """What nutpie's ``progress_callback`` is told, as numbers."""
    return tuple((chain.finished_draws, chain.runtime_ms) for chain in chains)


def warmup_share(reports: Sequence[Report], warmup: int, iter: int) -> float:
    """The share of the chains' running time that went into warmup.

    nutpie's draws carry no times, so this is what tells warmup and sampling apart. Between two
    reports draws are taken to be equally fast; without any, all draws are.

    Parameters
    ----------
    reports : sequence
        Of the sampler, in order.
    warmup, iter : int
        Iterations of a chain: of its warmup and in all.

    Examples
    --------
    >>> round(warmup_share([((100, 6.0),), ((200, 8.0),)], warmup=100, iter=200), 2)
    0.75
    """
    chains = [_warmup_of(chain, warmup, iter) for chain in zip(*reports, strict=True)]
    whole = sum(total for _, total in chains)
    return sum(first for first, _ in chains) / whole if whole > 0.0 else warmup / iter


def _warmup_of(reports: Iterable[tuple[int, float]], warmup: int, iter: int) -> tuple[float, float]:
    """Running time of a chain up to the end of warmup, and in all."""
    draws, times = np.array([(0.0, 0.0), *sorted(dict(reports).items())]).T
    if draws[-1] == 0.0:
        return 0.0, 0.0
    if draws[-1] < iter:  # the last report comes before the end
        pace = (times[-1] - times[-2]) / (draws[-1] - draws[-2])
        times = np.append(times, times[-1] + pace * (iter - draws[-1]))
        draws = np.append(draws, iter)
    return float(np.interp(warmup, draws, times)), float(times[-1])
