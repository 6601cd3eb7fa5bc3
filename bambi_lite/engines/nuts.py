"""nutpie's NUTS on compiled code, whoever compiled it."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..errors import SamplingError
from .base import RawDraws, SampleSettings
from .timing import Report, report, warmup_share

#: Milliseconds between two reports of the sampler.
_REPORT = 20

#: nutpie's names of statistics -> ArviZ' names.
_NUTPIE_STATS = {
    "logp": "lp",
    "depth": "tree_depth",
    "n_steps": "n_steps",
    "diverging": "diverging",
    "energy": "energy",
    "step_size": "step_size",
    "mean_tree_accept": "acceptance_rate",
    "maxdepth_reached": "reached_max_treedepth",
}


def run(code: Any, settings: SampleSettings, names: Sequence[str]) -> RawDraws:
    """Draw with nutpie.

    Parameters
    ----------
    code : nutpie.CompiledModel
        Density, gradient and the values to keep.
    settings : SampleSettings
        How to sample.
    names : sequence of str
        The values to bring back.

    Raises
    ------
    SamplingError
        When no draws came back: interrupted before the first, or no chain could start.
    """
    import nutpie

    reports: list[Report] = []
    start = time.perf_counter()
    sampler = nutpie.sample(
        code,
        draws=settings.iter - settings.warmup,
        tune=settings.warmup,
        chains=settings.chains,
        cores=settings.cores,
        seed=settings.seed,
        target_accept=settings.adapt_delta,
        maxdepth=settings.max_treedepth,
        save_warmup=False,
        progress_bar=settings.progress,
        progress_callback=lambda chains: reports.append(report(chains)),
        progress_rate=_REPORT,
        blocking=False,
    )
    interrupted = False
    try:
        trace = sampler.wait()
    except KeyboardInterrupt:
        interrupted = True
        trace = sampler.abort()
    except RuntimeError as error:
        raise SamplingError(f"The sampler could not start: {error}") from error
    whole = time.perf_counter() - start
    warmup = whole * warmup_share(reports, settings.warmup, settings.iter)
    posterior, stats = complete(trace, settings)
    return RawDraws(
        values={name: posterior[name] for name in names},
        stats={ours: stats[theirs] for theirs, ours in _NUTPIE_STATS.items() if theirs in stats},
        seconds={"warmup": warmup, "sampling": whole - warmup},
        interrupted=interrupted,
        library=f"nutpie {nutpie.__version__}",
    )


def from_zero(code: Any) -> Any:
    """The same code, every chain of which starts at zero."""
    origin = np.zeros(code.n_dim)
    return dataclasses.replace(code, initial_point_func=lambda seed: origin.copy())


def complete(
    trace: Any, settings: SampleSettings
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Posterior and statistics, cut to the draws that every kept chain has, and thinned."""
    groups = [group for group in ("posterior", "sample_stats") if group in trace.children]
    if len(groups) < 2 or trace.posterior.sizes.get("draw", 0) == 0:
        raise SamplingError(
            "The run was stopped before the first draw after warmup; nothing is kept."
        )
    energy = np.asarray(trace.sample_stats["energy"], dtype=float)
    # An interrupted run leaves chains of different lengths, padded with missing values.
    lengths = np.isfinite(energy).sum(axis=1)
    longest = lengths.max()
    chains = np.flatnonzero(lengths >= max(1, longest // 2))
    draws = slice(0, int(lengths[chains].min()), settings.thin)

    def cut(group: Any) -> dict[str, np.ndarray]:
        return {
            str(name): np.asarray(values)[chains][:, draws]
            for name, values in group.data_vars.items()
            if values.dtype != object
        }

    return cut(trace.posterior), cut(trace.sample_stats)
