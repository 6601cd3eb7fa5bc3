"""Draws made elsewhere, under brms' names, as draws of a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd

from .draws import Draws, labelled, named_tree
from .engines import SampleSettings
from .errors import DataError, listing, suggest
from .logprior import log_prior
from .naming import read_parameters
from .spec import ModelSpec, template
from .terms import Quantity

#: Columns that say where a draw comes from (brms' data frames, posterior's draws_df); the first
#: that is there counts.
_CHAIN_COLUMNS = ("chain", ".chain")
_DRAW_COLUMNS = ("iteration", ".iteration", "draw", ".draw")
#: Columns of brms' draws that are no parameters, log prior and log posterior, and their names among
#: the statistics of the sampler.
_NOT_PARAMETERS = {"lprior": "lprior", "lp__": "lp"}


def from_file(spec: ModelSpec, path: str | Path) -> Draws:
    """Draws from a CSV file, such as ``write.csv(as_draws_df(fit), path)`` writes in R.

    Parameters
    ----------
    spec : ModelSpec
        The model they belong to.
    path : str or Path
        The file: a line of names, then a line a draw; see :func:`from_frame`. The numbers of the
        rows that R puts in front are left out.

    Raises
    ------
    DataError
        For a file that is not there or is no table, and as :func:`from_frame`.
    """
    try:
        frame = pd.read_csv(path)
    except OSError as error:
        raise DataError(f"The draws '{path}' cannot be read: {error.strerror or error}.") from error
    except (ValueError, pd.errors.ParserError) as error:
        raise DataError(
            f"'{path}' is no CSV file of draws ({str(error).strip()}): a line of brms' names, then "
            f"a line of numbers for each draw."
        ) from error
    numbers = frame.columns[0]
    if (
        str(numbers).startswith("Unnamed")
        and (frame[numbers] == np.arange(1, len(frame) + 1)).all()
    ):
        frame = frame.drop(columns=numbers)
    return from_frame(spec, frame)


def from_frame(spec: ModelSpec, frame: pd.DataFrame) -> Draws:
    """Draws made elsewhere, for example by brms, as draws of a model.

    Parameters
    ----------
    spec : ModelSpec
        The model they belong to.
    frame : pandas.DataFrame
        A row a draw; a column a number under brms' name: ``b_Days``, ``sd_Subject__Days``,
        ``cor_Subject__Intercept__Days``, ``r_Subject[308,Days]``, ``sigma``. White space in
        levels may be dots, as brms writes it. Optional columns: ``chain`` (else all rows are one
        chain) and ``iteration`` or ``draw`` (else rows are in order), also with a leading dot;
        ``Intercept``, the centred one, is computed where it is missing, and a dpar that the model
        fixes has its value there; ``lprior`` is computed anew, ``lp__`` is kept as it is.

    Returns
    -------
    Draws
        Its ``sample_stats`` have ``lprior`` and ``lp``, or are not there; its settings have no
        warmup, since nothing tells it.

    Raises
    ------
    DataError
        For columns that are missing, unknown, not numbers or not finite, and for chains of
        different lengths.

    Examples
    --------
    >>> from_frame(spec, pd.read_csv("draws.csv")).posterior["b_Days"].mean()  # doctest: +SKIP
    """
    if not isinstance(frame, pd.DataFrame) or frame.empty:
        what = "one without rows" if isinstance(frame, pd.DataFrame) else type(frame).__name__
        raise DataError(f"Draws have to be a pandas DataFrame, a row a draw, not {what}.")
    if not frame.columns.is_unique:
        twice = frame.columns[frame.columns.duplicated()].unique()
        raise DataError(f"Columns of draws that come twice: {listing(twice)}.")
    values = template(spec)
    expected = [
        (part, q, _columns_of(q, frame.columns))
        for part in spec.terms()
        for q in part.quantities(values)
    ]
    present = set(frame.columns)
    # What the model knows, or can tell from the rest, may be missing.
    computed = [
        q.name
        for part, q, found in expected
        if (q.key.cls == "Intercept" or not part.params) and not present & set(found.ravel())
    ]
    _check_columns(
        frame.columns,
        [c for _, q, found in expected if q.name not in computed for c in found.ravel()],
        [c for _, q, found in expected if q.name in computed for c in found.ravel()],
        str(spec.formula),
    )
    rows = _rows_by_chain(frame)
    wanted = [(q, found) for _, q, found in expected if q.name not in computed]
    numbers = _numbers(frame, [c for _, found in wanted for c in found.ravel()])
    given = [
        replace(
            q, values=numbers[found.ravel()].to_numpy()[rows].reshape(*rows.shape, *found.shape)
        )
        for q, found in wanted
    ]
    # What the linear predictors need is enough to tell the centred intercepts.
    partial, _ = labelled(given)
    for part, q, _ in expected:
        if q.name in computed:
            known = np.broadcast_to(q.values[0, 0], (*rows.shape, *np.shape(q.values)[2:]))
            given.append(replace(q, values=part.read(partial).get(q.name, known)))
    stats = {
        ours: (("chain", "draw"), frame[name].to_numpy(dtype=float)[rows])
        for name, ours in _NOT_PARAMETERS.items()
        if name in frame and ours != "lprior"
    }
    posterior, _ = labelled(given)
    priors = log_prior(spec, read_parameters(spec, posterior))
    tree, keys = named_tree(spec, given, stats, log_priors=priors)
    chains, n_draws = rows.shape
    settings = SampleSettings(chains=chains, iter=n_draws, warmup=0, progress=False)
    return Draws(spec, tree, keys, settings, MappingProxyType({}))


def _columns_of(q: Quantity, columns: pd.Index) -> np.ndarray:
    """The column of each element of a quantity, in an array of its shape."""
    shape = np.shape(q.values)[2:]
    if not shape:
        return np.asarray(q.name, dtype=object)
    coords = q.coords or {}
    names = []
    for labels in product(*(coords[dim] for dim in q.dims)):
        name = f"{q.name}[{','.join(labels)}]"
        dotted = f"{q.name}[{','.join('.'.join(label.split(' ')) for label in labels)}]"
        names.append(name if name in columns or dotted not in columns else dotted)
    return np.asarray(names, dtype=object).reshape(shape)


def _check_columns(
    columns: pd.Index, needed: Sequence[str], optional: Sequence[str], formula: str
) -> None:
    """DataError that names what is missing and what belongs to no parameter."""
    present, known = set(columns), {*needed, *optional}
    missing = [name for name in needed if name not in present]
    ignored = {*_NOT_PARAMETERS, *_CHAIN_COLUMNS, *_DRAW_COLUMNS}
    unknown = [str(c) for c in columns if c not in known and c not in ignored]
    if not missing and not unknown:
        return
    lines = [f"The columns of the draws are not those of the model '{formula}'."]
    if missing:
        lines.append(f"Missing: {listing(missing)}.")
    lines += [f"'{c}' is no parameter of the model.{suggest(c, known)}" for c in unknown[:6]]
    if len(unknown) > 6:
        lines.append(f"{len(unknown) - 6} more columns are no parameters of the model.")
    raise DataError("\n".join(lines))


def _rows_by_chain(frame: pd.DataFrame) -> np.ndarray:
    """The row of each draw, shape (chain, draw)."""
    chain = next((frame[c].to_numpy() for c in _CHAIN_COLUMNS if c in frame), None)
    chain = np.zeros(len(frame)) if chain is None else chain
    order = next((frame[c].to_numpy() for c in _DRAW_COLUMNS if c in frame), None)
    order = np.arange(len(frame)) if order is None else order
    repeated = pd.DataFrame({"chain": chain, "draw": order}).duplicated()
    if repeated.any():
        raise DataError(
            f"{repeated.sum()} draw(s) have the chain and the number of another one; draws of "
            f"several chains need a column 'chain'."
        )
    labels, counts = np.unique(chain, return_counts=True)
    if np.ptp(counts):
        lengths = listing(f"chain {k}: {n}" for k, n in zip(labels, counts, strict=True))
        raise DataError(f"Chains have to have equally many draws ({lengths}).")
    return np.lexsort((order, chain)).reshape(len(labels), -1)


def _numbers(frame: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Columns as numbers; DataError unless all are finite."""
    numeric = frame[list(names)].apply(pd.to_numeric, errors="coerce").astype(float)
    bad = ~np.isfinite(numeric.to_numpy()).all(axis=0)
    if bad.any():
        raise DataError(
            f"Columns of draws with missing or infinite values, or with text: "
            f"{listing(numeric.columns[bad])}."
        )
    return numeric
