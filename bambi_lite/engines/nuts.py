"""nutpie's NUTS on compiled code, whoever compiled it."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import SamplingError
from .base import RawDraws, SampleSettings
from .timing import Report, report, warmup_share
from .upstream import light_nutpie

_NOTHING = "The run was stopped before the first draw after warmup; nothing is kept."
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
    nutpie = light_nutpie()
    reports: list[Report] = []
    store = settings.save_pars.store
    way = {"zarr_store": _new_store(nutpie, store)} if store else {"return_raw_trace": True}
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
        **way,
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
    posterior, stats = (_opened if store else _taken)(trace, names, settings)
    return RawDraws(
        values=posterior,
        stats={_NUTPIE_STATS[name]: values for name, values in stats.items()},
        seconds={"warmup": warmup, "sampling": whole - warmup},
        interrupted=interrupted,
        library=f"nutpie {nutpie.__version__}",
    )


def from_zero(code: Any) -> Any:
    """The same code, every chain of which starts at zero."""
    origin = np.zeros(code.n_dim)
    return dataclasses.replace(code, initial_point_func=lambda seed: origin.copy())


def _new_store(nutpie: Any, folder: str) -> Any:
    """A store on disk that has nothing in it yet."""
    place = Path(folder)
    try:
        place.mkdir(parents=True, exist_ok=True)
        full = any(place.iterdir())
    except OSError as error:
        raise SamplingError(f"save_pars: the store '{folder}' cannot be made: {error}.") from error
    if full:
        raise SamplingError(
            f"save_pars: the store '{folder}' is not empty; name a new folder, or remove what is "
            f"in it if no fit needs it any more."
        )
    return nutpie.zarr_store.LocalStore(str(place))


def _opened(
    trace: Any, names: Sequence[str], settings: SampleSettings
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Draws of a store on disk, not yet read, and their statistics, cut and thinned."""
    found = trace["sample_stats"]
    chains, draws = _whole(np.asarray(found["energy"], dtype=float), settings.thin)
    rows = {"chain": chains, "draw": draws}
    return (
        {name: trace["posterior"][name].variable.isel(rows) for name in names},
        {n: np.asarray(found[n].isel(rows)) for n in _NUTPIE_STATS if n in found},
    )


def _taken(
    trace: Any, names: Sequence[str], settings: SampleSettings
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Draws and statistics of nutpie's own trace, cut and thinned as :func:`complete` does."""
    draws, stats = trace.get_arrow_trace()
    warmups = [int(np.sum(_numbers(one, "tuning"))) for one in stats]
    lengths = np.array([d.num_rows - w for d, w in zip(draws, warmups, strict=True)])
    if lengths.max(initial=0) == 0:
        raise SamplingError(_NOTHING)
    kept = np.flatnonzero(lengths >= max(1, lengths.max() // 2))
    count = int(lengths[kept].min())

    def stacked(chains: Any, name: str) -> np.ndarray:
        own = (_numbers(chains[int(c)].slice(warmups[int(c)], count), name) for c in kept)
        return np.stack([values[:: settings.thin] for values in own])

    there = set(stats[0].schema.names)
    return (
        {name: stacked(draws, name) for name in names},
        {name: stacked(stats, name) for name in _NUTPIE_STATS if name in there},
    )


def _numbers(batch: Any, name: str) -> np.ndarray:
    """A column of a table of Arrow, with the shape that nutpie notes beside it."""
    import pyarrow

    column = batch.column(name)
    shape = (column.field.metadata or {}).get(b"shape", b"").decode()
    array = pyarrow.array(column)
    flat = array.flatten() if hasattr(array, "flatten") else array
    values = np.asarray(flat.to_numpy(zero_copy_only=False))
    return values.reshape(len(array), *(int(n) for n in shape.split(",") if n))


def complete(
    trace: Any, settings: SampleSettings
) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Posterior and statistics, cut to the draws that every kept chain has, and thinned."""
    groups = [group for group in ("posterior", "sample_stats") if group in trace.children]
    if len(groups) < 2 or trace.posterior.sizes.get("draw", 0) == 0:
        raise SamplingError(_NOTHING)
    chains, draws = _whole(np.asarray(trace.sample_stats["energy"], dtype=float), settings.thin)

    def cut(group: Any) -> dict[str, np.ndarray]:
        return {
            str(name): np.asarray(values)[chains][:, draws]
            for name, values in group.data_vars.items()
            if values.dtype != object
        }

    return cut(trace.posterior), cut(trace.sample_stats)


def _whole(energy: np.ndarray, thin: int) -> tuple[np.ndarray, slice]:
    """The chains to keep, and the draws that all of them have.

    An interrupted run leaves chains of different lengths, padded with missing values.
    """
    lengths = np.isfinite(energy).sum(axis=1)
    chains = np.flatnonzero(lengths >= max(1, lengths.max() // 2))
    return chains, slice(0, int(lengths[chains].min()), thin)
