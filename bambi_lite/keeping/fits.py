"""A fit to a file and back: what ``fit.save()`` and ``load()`` do."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from ..draws import Draws, named_tree
from ..engines import SampleSettings, sample_settings, save_pars
from ..errors import BambiLiteError, KeepingError, listing
from ..families import Family, is_registered
from ..priors import PriorSet, read_text
from ..spec import ModelSpec, template
from . import archive as files
from .archive import Archive, Member
from .columns import Note
from .criteria import get_criteria, put_criteria
from .models import PRIOR, again, check_same, describe, fingerprint, read_family_note, restore
from .values import Arrays, get_tree, put_tree

#: The libraries whose versions are written down.
_LIBRARIES = ("bambi_lite", "numpy", "pandas", "scipy", "xarray", "arviz", "pymc", "nutpie")

#: Draws are numbers of these types (``save_pars``).
_PRECISIONS = (np.dtype("float64"), np.dtype("float32"))


def save(draws: Draws, criteria: Mapping[str, Any], path: str | Path) -> Path:
    """Keep a fit in one file.

    Parameters
    ----------
    draws : Draws
        Of the fit.
    criteria : mapping
        What :meth:`bambi_lite.Fit.add_criterion` has added.
    path : str or Path
        The file; ``.bl`` is added where it is missing. A file that is there is replaced as the
        last step, so that whatever happens before leaves it whole.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    KeepingError
        When the file cannot be written, and for what a file cannot hold: a prior made in Python,
        data of Python objects, the fits of ``kfold(save_fits=True)``.

    Notes
    -----
    The file is a zip without compression. It holds the formula, the family, the prior as prior
    files, the data with their types, the draws with their labels and the sampler's statistics,
    settings, versions, and a SHA-256 of each; arrays are NumPy's ``.npy``. Nothing in it is a
    pickle and reading it runs nothing. ``numpy.load(path)`` opens the arrays without bambi_lite.

    Examples
    --------
    >>> fit.save("sleepstudy")  # doctest: +SKIP
    PosixPath('sleepstudy.bl')
    """
    place = files.place_of(path)
    arrays = {name: Arrays(name) for name in ("data", "draws", "criteria")}
    model, priors = describe(draws.spec, arrays["data"])
    _check_comes_back(draws.spec, model, priors)
    texts = {
        "model.json": model,
        "draws.json": put_tree(arrays["draws"], draws.idata),
        "sampling.json": {
            "settings": _settings_note(draws.settings),
            "seconds": dict(draws.seconds),
            "interrupted": draws.interrupted,
        },
        "criteria.json": put_criteria(arrays["criteria"], criteria),
    }

    def members() -> Iterator[Member]:
        yield from ((name, json.dumps(note).encode()) for name, note in texts.items())
        yield from priors
        for own in arrays.values():
            yield from own.members()

    files.write(place, members(), versions())
    return place


def check_keepable(spec: ModelSpec, place: Path) -> None:
    """KeepingError, before anything is sampled, for a fit that could not be kept there."""
    model, priors = describe(spec, Arrays("data"))
    _check_comes_back(spec, model, priors)
    files.check_writable(place)


def load(path: str | Path, own: Sequence[Family] = ()) -> tuple[Draws, Mapping[str, Any]]:
    """The draws and criteria that :func:`save` has kept.

    Parameters
    ----------
    path : str or Path
        The file, with or without its ``.bl``.
    own : sequence of Family
        The families made by :func:`bambi_lite.custom_family`, which a file knows by name only.

    Returns
    -------
    tuple
        The draws, and the criteria by name.

    Raises
    ------
    KeepingError
        For a file that is not there, no saved fit, damaged, or of a newer format; and when the
        model cannot be made again as it was.
    """
    if not isinstance(own, Sequence) or not all(isinstance(f, Family) for f in own):
        raise KeepingError(f"families has to be a list of what custom_family() gave, not {own!r}.")
    archive = files.read(path)
    try:
        return _load(archive, own)
    except KeepingError:
        raise
    except BambiLiteError as error:
        raise files.damaged(archive.label, str(error)) from error
    # Its hashes are right, so that such a file was made by hand: whatever is odd about it shows in
    # one of these, and nothing of it has run.
    except (LookupError, TypeError, ValueError, AttributeError, AssertionError) as error:
        problem = f"{type(error).__name__}: {error}"
        raise files.damaged(archive.label, f"what it says does not fit together ({problem})") from (
            error
        )


def _load(archive: Archive, own: Sequence[Family]) -> tuple[Draws, Mapping[str, Any]]:
    spec = restore(archive, archive.json("model.json"), own)
    tree = get_tree(archive, archive.json("draws.json"))
    keys = _checked_keys(spec, tree, archive.label)
    sampling = archive.json("sampling.json")
    draws = Draws(
        spec,
        tree,
        keys,
        _read_settings(sampling["settings"]),
        MappingProxyType({str(k): float(v) for k, v in sampling["seconds"].items()}),
        bool(sampling["interrupted"]),
    )
    criteria = get_criteria(archive, archive.json("criteria.json"))
    return draws, MappingProxyType(criteria)


def _check_comes_back(spec: ModelSpec, model: Note, priors: Sequence[Member]) -> None:
    """KeepingError unless the model can be made again from what is written of it.

    Better now than in a year, when nobody has the draws any more.
    """
    family = spec.family
    if is_registered(family):
        family = read_family_note(model["family"], (), "")
    prior = read_text(dict(priors)[PRIOR].decode(), PRIOR)
    try:
        made = again(model, family, spec.frame, spec.data2, PriorSet(files=(prior,)))
    except BambiLiteError as error:
        raise KeepingError(f"The fit cannot be kept, since its model: {error}") from error
    check_same(model["check"], fingerprint(made), "the model")
    other = [a.describe() for a, b in zip(spec.prior_rows, made.prior_rows, strict=True) if a != b]
    if other:
        raise KeepingError(f"The fit cannot be kept: its prior reads back as another one at "
                           f"{listing(other)}.")  # fmt: skip


def _checked_keys(spec: ModelSpec, tree: Any, label: str) -> Any:
    """Which parameter each variable is, when the draws are those of the model."""
    expected, keys = named_tree(spec, _quantities(spec))
    wanted, found = expected["posterior"].to_dataset(), tree["posterior"].to_dataset()
    for name, array in wanted.data_vars.items():
        own = found.get(name)
        if own is None or own.dims != array.dims or own.dtype not in _PRECISIONS:
            raise files.damaged(label, f"it has no draws of '{name}' as the model has it")
        for dim in array.dims[2:]:
            if own[dim].values.tolist() != array[dim].values.tolist():
                raise files.damaged(label, f"the draws of '{name}' have other labels")
    return keys


def _quantities(spec: ModelSpec) -> list[Any]:
    values = template(spec)
    return [q for part in spec.terms() for q in part.quantities(values)]


# -- settings and versions -------------------------------------------------------------------


def _settings_note(settings: SampleSettings) -> Note:
    note = asdict(settings)
    if isinstance(note["init"], Mapping):
        note["init"] = {k: np.asarray(v, dtype=float).tolist() for k, v in note["init"].items()}
    return note


def _read_settings(note: Note) -> SampleSettings:
    # An earlier release had fewer settings, and their defaults are what it did.
    own = {f.name: note[f.name] for f in fields(SampleSettings) if f.name in note}
    return sample_settings(**{**own, "save_pars": save_pars(**own.get("save_pars", {}))})


def versions() -> dict[str, str]:
    """The version of Python and of each library that has a part in a fit."""
    found = {"python": platform.python_version()}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
