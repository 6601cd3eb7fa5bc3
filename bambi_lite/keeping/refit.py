"""``brm(file=)``: a kept fit in the place of a new one, as long as nothing changed."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..draws import Draws
from ..engines import SampleSettings
from ..errors import KeepingError, KeepingWarning, listing, suggest, warn
from ..families import is_registered
from ..priors import PriorRow
from ..spec import ModelSpec
from .archive import place_of
from .columns import encode_column
from .fits import check_keepable, load
from .models import family_note

#: brms' values.
FILE_REFIT = ("never", "on_change", "always")
#: Settings that change what the draws are. How many run at a time, and what the density is
#: computed with, changes how long it takes.
_SETTINGS = (
    *("chains", "iter", "warmup", "thin", "adapt_delta", "max_treedepth", "init", "backend"),
    "sample_prior",
)


def kept(
    file: str | Path | None,
    file_refit: str,
    spec: ModelSpec,
    settings: SampleSettings,
    asked: Collection[str],
) -> tuple[Draws, Mapping[str, Any]] | None:
    """The fit of a model that a file holds, or None where it is to be fitted.

    Parameters
    ----------
    file : str or Path or None
        The file; ``.bl`` is added where it is missing. None: there is none.
    file_refit : "never", "on_change" or "always"
        As in brms: what the file holds is taken whatever it is (with a warning where it is not
        the model asked for), taken if nothing changed, or not looked at.
    spec : ModelSpec
        The model asked for.
    settings : SampleSettings
        The settings asked for.
    asked : collection of str
        Names of the settings that the user gave. A seed counts only if it was given.

    Returns
    -------
    tuple or None
        See :func:`bambi_lite.keeping.load`.

    Raises
    ------
    KeepingError
        For an unknown `file_refit`, a file that is no fit, and, before anything is sampled, a
        model or a folder that no file can be made of or in.

    Warns
    -----
    KeepingWarning
        When something changed; the warning says what, and whether it is fitted anew.

    Notes
    -----
    brms 2.23, ``brm()``, arguments file and file_refit; there the settings of the sampler do not
    count as a change.
    """
    if file_refit not in FILE_REFIT:
        raise KeepingError(
            f"file_refit has to be one of {listing(map(repr, FILE_REFIT))}, not {file_refit!r}."
            f"{suggest(str(file_refit), FILE_REFIT)}"
        )
    if file is None:
        if file_refit != FILE_REFIT[0]:
            raise KeepingError(
                f"file_refit = {file_refit!r} is about a file, and none is given: file = 'name'."
            )
        return None
    place = place_of(file)
    if file_refit == "always" or not os.path.exists(place):
        check_keepable(spec, place)
        return None
    own = () if is_registered(spec.family) else (spec.family,)
    draws, criteria = load(place, own)
    found = [*model_changes(draws.spec, spec), *setting_changes(draws, settings, asked)]
    if not found:
        return draws, criteria
    text = "".join(f"\n  {change}" for change in found)
    if file_refit == "never":
        warn(
            f"'{place}' holds another fit than the one asked for, and file_refit = 'never' takes "
            f"it as it is; 'on_change' would fit anew.{text}",
            KeepingWarning,
        )
        return draws, criteria
    check_keepable(spec, place)
    warn(f"'{place}' is fitted anew:{text}", KeepingWarning)
    return None


# -- what changed ----------------------------------------------------------------------------


def model_changes(old: ModelSpec, new: ModelSpec) -> list[str]:
    """What differs between two models, a line each; empty if they are one."""
    found = [*_formula_changes(old, new), *_family_changes(old, new), *_data_changes(old, new)]
    # Default priors follow the data; where these changed, only what the user said is compared.
    return [*found, *_prior_changes(old.prior_rows, new.prior_rows, said_only=bool(found))]


def _formula_changes(old: ModelSpec, new: ModelSpec) -> Iterator[str]:
    # Of its family only the meaning counts, which the family of the model has.
    if replace(old.formula, family=None) == replace(new.formula, family=None):
        return
    texts = [" and ".join(str(spec.formula).split("\n")) for spec in (old, new)]
    if texts[0] == texts[1]:
        yield f"formula: other options of bf() for '{texts[1]}'"
    else:
        yield f"formula: '{texts[1]}', was '{texts[0]}'"


def _family_changes(old: ModelSpec, new: ModelSpec) -> Iterator[str]:
    before, now = family_note(old.family), family_note(new.family)
    if before["name"] != now["name"]:
        yield f"family: {now['name']}, was {before['name']}"
        return
    for name, link in now["dpars"].items():
        if before["dpars"].get(name, link) != link:
            yield f"family: link of {name} is {link}, was {before['dpars'][name]}"
    for name, value in now["options"].items():
        # Not a number is a setting too (no reference category), and differs from itself.
        if repr(before["options"].get(name)) != repr(value):
            yield f"family: {name} = {value!r}, was {before['options'].get(name)!r}"


def _data_changes(old: ModelSpec, new: ModelSpec) -> Iterator[str]:
    before, now = old.frame, new.frame
    if len(before) != len(now):
        yield f"data: {len(now)} rows, were {len(before)}"
    else:
        common = [c for c in now.columns if c in before.columns]
        other = [str(c) for c in common if not _same_column(before[c], now[c])]
        if other:
            yield f"data: other values or types of {listing(other, 6)}"
    if dict(old.design.recipe.contrasts) != dict(new.design.recipe.contrasts):
        yield "data: other contrasts"
    for name in dict.fromkeys((*old.data2, *new.data2)):
        if not _same_matrix(old.data2.get(name), new.data2.get(name)):
            yield f"data2: another matrix '{name}'"


def _same_column(old: pd.Series, new: pd.Series) -> bool:
    (old_note, old_parts), (new_note, new_parts) = encode_column(old), encode_column(new)
    return old_note == new_note and all(
        np.array_equal(part, new_parts[name], equal_nan=True) for name, part in old_parts.items()
    )


def _same_matrix(old: Any, new: Any) -> bool:
    if old is None or new is None or isinstance(old, pd.DataFrame) != isinstance(new, pd.DataFrame):
        return False
    if isinstance(old, pd.DataFrame):
        return bool(old.equals(new))
    return np.array_equal(np.asarray(old, dtype=float), np.asarray(new, dtype=float))


def _prior_changes(
    old: tuple[PriorRow, ...], new: tuple[PriorRow, ...], said_only: bool
) -> Iterator[str]:
    before, now = ({row.key: row for row in rows} for rows in (old, new))
    for key, row in now.items():
        other = before.get(key)
        said = row.source != "default" or (other is not None and other.source != "default")
        if _says(row) == _says(other) or (said_only and not said) or (other is None and not said):
            continue
        was = "not there" if other is None else _shown(other)
        yield f"prior of {row.describe()}: {_shown(row)}, was {was}"
    for key, other in before.items():
        if key not in now and other.source != "default":
            yield f"prior of {other.describe()}: not there, was {_shown(other)}"


def _says(row: PriorRow | None) -> tuple[str, ...] | None:
    return None if row is None else (row.prior, row.lb, row.ub, row.tag)


def _shown(row: PriorRow) -> str:
    bounds = [f"{name} = {value}" for name, value in (("lb", row.lb), ("ub", row.ub)) if value]
    tags = [f"tag = {row.tag}"] if row.tag else []
    blank = "that of the class" if row.coef or row.group else "(flat)"
    return ", ".join([row.prior or blank, *bounds, *tags])


def setting_changes(draws: Draws, new: SampleSettings, asked: Collection[str]) -> list[str]:
    """Which settings differ, a line each."""
    old = draws.settings
    names = (*_SETTINGS, *(("seed",) if "seed" in asked else ()))
    found = [
        f"{name}: {getattr(new, name)!r}, was {getattr(old, name)!r}"
        for name in names
        if not _same_setting(getattr(old, name), getattr(new, name))
    ]
    return [*found, "the kept run was interrupted"] if draws.interrupted else found


def _same_setting(old: Any, new: Any) -> bool:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        return old.keys() == new.keys() and all(np.array_equal(old[k], new[k]) for k in old)
    return type(old) is type(new) and bool(old == new)
