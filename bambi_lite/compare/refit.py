"""Fitting a model again to some of its rows, without compiling it again."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import fields, replace
from typing import Any

import numpy as np
import xarray as xr

from ..diagnosis import diagnose
from ..draws import Draws
from ..engines import SampleSettings, sample_settings
from ..errors import ConvergenceWarning, DataError, SamplingError, listing, suggest, warn
from ..sampling import refitter
from ..spec import ModelSpec, take_rows

#: Arguments of sampling that a refit takes from the user.
_NOT_GIVEN = ("init", "progress", "sample_prior")
_ARGUMENTS = tuple(f.name for f in fields(SampleSettings) if f.name not in _NOT_GIVEN)

#: Smallest eigenvalue, by the largest, of columns that are linearly independent.
_DEPENDENT = 1e-10


def refit_settings(settings: SampleSettings, given: Mapping[str, Any]) -> SampleSettings:
    """How refits are sampled: as the fit was, but for what is given.

    Parameters
    ----------
    settings : SampleSettings
        Of the fit; where nothing tells how it was sampled, brms' defaults stand in.
    given : mapping
        chains, iter, warmup, thin, seed, cores, adapt_delta, max_treedepth, backend.

    Raises
    ------
    TypeError
        For an unknown argument, with the nearest valid one.
    SamplingError
        For impossible settings.
    """
    for name in given:
        if name not in _ARGUMENTS:
            raise TypeError(
                f"Refits take no argument '{name}'. They take: {listing(_ARGUMENTS)}."
                f"{suggest(name, _ARGUMENTS)}"
            )
    known = {} if settings.warmup == 0 else {n: getattr(settings, n) for n in _ARGUMENTS}
    if "iter" in given and "warmup" not in given:
        known.pop("warmup", None)
    free = {"seed": None, "cores": os.cpu_count() or 1}
    return sample_settings(**{**known, **free, **given}, progress=False)


def refit_all(
    spec: ModelSpec,
    kept: Mapping[int, np.ndarray],
    settings: SampleSettings,
    names: Sequence[str],
    use: Callable[[int, Draws], Any],
    progress: bool = True,
) -> list[Any]:
    """Fit a model to several sets of its rows, as many at a time as there are cores for.

    Parameters
    ----------
    spec : ModelSpec
        The model.
    kept : mapping of int to array
        The rows of each refit, by a number that decides its seed: one refit alone has the draws
        that it has among others.
    settings : SampleSettings
        How to sample; refits run at the same time where `cores` exceed `chains`.
    names : sequence of str
        What each refit is called in messages.
    use : callable
        ``use(i, draws)``: what is to be kept of refit i.
    progress : bool
        Whether a progress bar counts the refits.

    Returns
    -------
    list
        What `use` gave, in order.

    Raises
    ------
    DataError
        When the rows left do not tell a coefficient that has no prior.

    Warns
    -----
    ConvergenceWarning
        Once, when draws of some refits are doubtful.
    """
    for rows, name in zip(kept.values(), names, strict=True):
        _check_told(spec, rows, name)
    again = refitter(spec, replace(settings, cores=min(settings.cores, settings.chains)))
    numbers = list(kept)

    def one(i: int) -> tuple[Any, tuple[str, ...]]:
        stream = np.random.SeedSequence([settings.seed, numbers[i]])
        part = take_rows(spec, kept[numbers[i]])
        draws = again(part, int(stream.generate_state(1)[0] % 2**31))
        return use(i, draws), diagnose(draws)

    found = []
    with _counted(len(kept), progress) as tick:
        for result in _run(one, len(kept), max(1, settings.cores // settings.chains)):
            found.append(result)
            tick()
    doubtful = [f"{n}: {' '.join(why)}" for n, (_, why) in zip(names, found, strict=True) if why]
    if doubtful:
        more = [f"and {len(doubtful) - 5} more"] if len(doubtful) > 5 else []
        head = f"Draws of {len(doubtful)} of {len(found)} refits are doubtful:"
        warn("\n".join([head, *doubtful[:5], *more]), ConvergenceWarning)
    return [value for value, _ in found]


def _run(one: Callable[[int], Any], n: int, at_once: int) -> Iterator[Any]:
    """``one(0)``, ``one(1)``, ... in order, some of them at the same time."""
    if at_once == 1:
        yield from map(one, range(n))
        return
    with ThreadPoolExecutor(at_once) as pool:
        try:
            yield from pool.map(one, range(n))
        except BaseException:
            # An interrupt or a failure ends the refits that have not begun.
            pool.shutdown(wait=False, cancel_futures=True)
            raise


@contextmanager
def _counted(total: int, shown: bool) -> Iterator[Callable[[], None]]:
    """A progress bar of refits."""
    if not shown:
        yield lambda: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeElapsedColumn

    bar = Progress("Refits", BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with bar:
        task = bar.add_task("refits", total=total)
        yield lambda: bar.advance(task)


def _check_told(spec: ModelSpec, rows: np.ndarray, name: str) -> None:
    """DataError when coefficients with a flat prior are told by the rows left out alone."""
    if len(rows) == 0:
        raise SamplingError(f"{name} leaves no row to fit the model to.")
    for predictor in spec.predictors:
        flat = {
            key.coef
            for param in spec.params
            for key, prior in zip(
                param.elements or (param.key,), spec.priors.get(param.name, ()), strict=False
            )
            if prior.dist is None
            and (key.cls, key.nlpar) == ("b", predictor.nlpar)
            and (key.dpar or "mu") == predictor.dpar
        }
        chosen = [j for j, column in enumerate(predictor.columns) if column in flat]
        if not chosen:
            continue
        X = predictor.X[:, chosen]
        shifted = predictor.intercept or bool(spec.structure)
        seen = np.column_stack([X - X.mean(axis=0), np.ones(len(X))]) if shifted else X
        lost = untold(seen, rows)[: len(chosen)]
        if not lost.any():
            continue
        alone = lost & (np.ptp(X[rows], axis=0) == 0.0)
        found = np.flatnonzero(alone if alone.any() else lost)
        named = [predictor.columns[chosen[i]] for i in found]
        others = "from one another" if not alone.any() else "from the intercept" if shifted else ""
        raise DataError(
            f"{' '.join([name, 'leaves out every row that tells', listing(named), others]).strip()}"
            f", and the prior is flat there: nothing would tell the coefficients. Use folds with "
            f"all values in each (folds = 'stratified', group = ...), or give class 'b' a prior."
        )


def untold(X: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Which columns are linearly dependent in some rows and are not so in all of them."""
    scaled = X / np.maximum(np.sqrt((X**2).sum(axis=0)), np.finfo(float).tiny)

    def null(A: np.ndarray) -> np.ndarray:
        values, vectors = np.linalg.eigh(A.T @ A)
        return np.asarray(vectors[:, values <= _DEPENDENT * max(values[-1], 0.0)])

    before, now = null(scaled), null(scaled[rows])
    new = now - before @ (before.T @ now)
    return np.asarray((np.abs(new) > np.sqrt(_DEPENDENT)).any(axis=1))


def absent_levels(spec: ModelSpec, rows: np.ndarray) -> dict[str, np.ndarray]:
    """Positions of the levels of each grouping factor that none of the rows has."""
    found: dict[str, np.ndarray] = {}
    for block in spec.blocks:
        seen = [
            group.J[rows].ravel()
            for predictor in spec.predictors
            for group in predictor.groups
            if group.group == block.group
        ]
        absent = np.setdiff1d(np.arange(len(block.levels)), np.concatenate(seen))
        found[block.group] = absent
    return found


def resample_levels(
    draws: Draws, absent: Mapping[str, np.ndarray], rng: np.random.Generator
) -> Draws:
    """Draws in which each absent level has, in every draw, the effects of a random other level.

    This is brms' ``sample_new_levels = "uncertainty"``. Without it an absent level has draws from
    the distribution of the levels, which the refit has given it.

    Parameters
    ----------
    draws : Draws
        Of a refit.
    absent : mapping
        Positions of levels without rows, by grouping factor; see :func:`absent_levels`.
    rng : numpy.random.Generator
        Chooses the levels; one choice serves all coefficients and distributional parameters.
    """
    posterior = draws.posterior
    changed: dict[str, np.ndarray] = {}
    for block in {b.group: b for b in draws.spec.blocks}.values():
        gone = absent[block.group]
        codes = np.zeros(len(block.levels), int) if block.by is None else np.array(block.by.codes)
        sizes = posterior.sizes["chain"], posterior.sizes["draw"]
        names = [n for n, key in draws.keys.items() if (key.cls, key.group) == ("r", block.group)]
        values = {n: changed.get(n, posterior[n].values.copy()) for n in names}
        for level in gone:
            others = np.setdiff1d(np.flatnonzero(codes == codes[level]), gone)
            if not len(others):
                continue  # nothing to choose from: its own draws stay
            chosen = others[rng.integers(len(others), size=sizes)]
            for own in values.values():
                picked = np.take_along_axis(own, chosen[..., None, None], axis=2)
                own[:, :, level] = picked[:, :, 0]
        changed |= values
    if not changed:
        return draws
    tree = draws.idata.copy()
    new = {name: (posterior[name].dims, values) for name, values in changed.items()}
    tree["posterior"] = xr.DataTree(posterior.assign(new))
    return replace(draws, idata=tree)
