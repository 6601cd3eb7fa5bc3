"""What is kept of the draws: brms' ``save_pars``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import SamplingError, listing

PRECISIONS = ("float64", "float32")


@dataclass(frozen=True, slots=True)
class SavePars:
    """What is kept of the draws; made by :func:`save_pars`.

    Attributes
    ----------
    group : bool
        Whether the group-level effects are kept.
    dtype : str
        Precision in which they are kept: ``float64`` or ``float32``.
    store : str
        The folder in which the sampler writes its draws; empty for memory.
    """

    group: bool = True
    dtype: str = "float64"
    store: str = ""


def save_pars(
    group: bool = True, dtype: str = "float64", store: str | Path | None = None
) -> SavePars:
    """What to keep of the draws: ``brm(..., save_pars=bl.save_pars(group=False))``.

    As in brms 2.23, but that nothing is lost: group-level effects that are not kept are drawn
    again, the same ones, whenever something asks for them (``ranef``, predictions, ``log_lik``,
    ``loo``). That needs them integrated out (``model.plan``); effects that NUTS samples are kept,
    and a warning says so.

    Parameters
    ----------
    group : bool
        False keeps no group-level effects.
    dtype : "float64" or "float32"
        ``float32`` keeps them in half of the memory, with seven digits.
    store : str or Path, optional
        A new or empty folder, for draws larger than memory: nutpie writes them there as they are
        made (Zarr), and group-level effects are read from it when something asks for a part of
        them. Models that the kernels sample can do so (``model.plan``). The fit needs the folder.

    Returns
    -------
    SavePars

    Raises
    ------
    SamplingError
        For anything else.

    Examples
    --------
    >>> save_pars(group=False)
    SavePars(group=False, dtype='float64', store='')
    """
    if not isinstance(group, bool):
        raise SamplingError(f"save_pars: group is True or False, not {group!r}.")
    if dtype not in PRECISIONS:
        raise SamplingError(f"save_pars: dtype is one of {listing(PRECISIONS)}, not {dtype!r}.")
    return SavePars(group, dtype, "" if not store else str(store))


def checked(given: Any, save_ranef: Any = None) -> SavePars:
    """What a user gave as ``save_pars``, or as ``save_ranef``; None is not given."""
    if save_ranef is not None:
        if given is not None:
            raise SamplingError(
                "save_ranef is brms' older word for save_pars(group = ...): give one of the two."
            )
        return save_pars(group=save_ranef)
    if given is None:
        return SavePars()
    if isinstance(given, SavePars):
        return given
    raise SamplingError(
        f"save_pars is made by bl.save_pars(), for example bl.save_pars(group=False); "
        f"not {given!r}."
    )
