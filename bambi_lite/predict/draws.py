"""Draws of linear predictors and of expected responses."""

from __future__ import annotations

from typing import Any, Unpack

import numpy as np
import xarray as xr

from ..draws import Draws
from ..errors import DataError
from ..xp import numpy_namespace
from .asked import Options, ask
from .basis import Basis, Part, basis_of
from .expectation import categories, expected
from .integrate import averaging
from .prediction import Prediction


def posterior_linpred(
    draws: Draws,
    newdata: Any = None,
    re_formula: str | None = None,
    *,
    transform: bool = False,
    dpar: str = "mu",
    **options: Unpack[Options],
) -> xr.DataArray:
    """Draws of the linear predictor of a distributional parameter.

    Parameters
    ----------
    draws : Draws
        The fit's draws.
    newdata : DataFrame, optional
        New rows; the training data by default.
    re_formula : None or str
        None includes all group-level effects, ``"NA"`` (``"~ 0"``, ``"~ 1"``) none, and
        ``"~ (1 | Subject)"`` those that it names: other terms and coefficients are left out.
    transform : bool
        Whether the inverse of the link is applied. (Not to the latent scale under ordered
        categories and to predictors that categories share, where it is not the link of one.)
    dpar : str
        Which distributional parameter.
    **options
        See :class:`bambi_lite.predict.Options`: ``ndraws``, ``draw_ids``, ``allow_new_levels``,
        ``sample_new_levels``, ``group_effects``, ``seed``, ``resp``, ``nlpar``.

    Returns
    -------
    xarray.DataArray
        Dims chain, draw, obs; link scale, or that of the parameter. Where the main formula predicts
        several parameters (a ``mu`` for each category) and `dpar` names none of them, they are a
        last dim ``dpar``. The attributes say what stands for group-level effects.

    Raises
    ------
    DataError
        When `newdata` lacks a column or has an unknown level; for ``re_formula`` with terms that
        the model does not have; for "gaussian" effects of new groups where ``gr(cov = A)`` relates
        groups to each other; for arguments that contradict each other.
    FamilyError
        For a `dpar` that the family does not have.

    Examples
    --------
    >>> fit.posterior_linpred(re_formula="~ (1 | Subject)")  # doctest: +SKIP
    """
    return linear(draws, newdata, re_formula, transform, dpar, options).draws()


def linear(
    draws: Draws, newdata: Any, re_formula: Any, transform: bool, dpar: str, options: Options
) -> Prediction:
    """The prediction of :func:`posterior_linpred`."""
    asked = ask(draws, newdata, re_formula, options)
    if asked.group_effects == "integrate":
        raise DataError(
            "group_effects = 'integrate' averages the expected response, not a linear predictor, "
            "whose average over groups is that of group_effects = 'zero'. posterior_epred() and "
            "fitted() integrate."
        )
    several = draws.spec.main_dpars
    if not (dpar == "mu" and several != ("mu",)):
        draws.spec.family.dpar(dpar)
        several = ()
    plain = bool(several) or (draws.spec.family.latent and draws.spec.family.dpar(dpar).main)
    scale = f"linear predictor of {dpar}, link scale"
    if transform and not plain:
        scale = f"{dpar}, its own scale"

    def compute(part: Part) -> np.ndarray:
        if several:
            etas = np.broadcast_arrays(*(part.linked[name].eta for name in several))
            return np.stack(etas, axis=-1)
        own = part.linked[dpar]
        return np.asarray(own.value(numpy_namespace()) if transform and not plain else own.eta)

    last = {"dpar": several} if several else {}
    return Prediction(basis_of(draws, asked, "predictors"), compute, scale, last)


def posterior_epred(
    draws: Draws,
    newdata: Any = None,
    re_formula: str | None = None,
    *,
    dpar: str | None = None,
    **options: Unpack[Options],
) -> xr.DataArray:
    """Draws of the expected response.

    Parameters
    ----------
    dpar : str, optional
        A distributional parameter whose value is wanted instead.
    draws, newdata, re_formula, **options
        See :func:`posterior_linpred`.

    Returns
    -------
    xarray.DataArray
        Dims chain, draw, obs; response scale (for a binomial model expected successes, so that
        one trial a row gives the probability). Families of categories have a last dim
        ``category``: the probability of each, or the expected count or share.

    Raises
    ------
    DataError
        See :func:`posterior_linpred`.
    FamilyError
        For a family without an expectation, or a truncated one whose expectation has no form here.
    """
    return expectation(draws, newdata, re_formula, dpar, options).draws()


def expectation(
    draws: Draws, newdata: Any, re_formula: Any, dpar: str | None, options: Options
) -> Prediction:
    """The prediction of :func:`posterior_epred`."""
    if dpar is not None:
        return linear(draws, newdata, re_formula, True, dpar, options)
    return expecting(basis_of(draws, ask(draws, newdata, re_formula, options)))


def expecting(basis: Basis) -> Prediction:
    """The expected responses of some rows."""
    compute = averaging(basis) if basis.asked.group_effects == "integrate" else expected
    return Prediction(basis, compute, "expected response, response scale", categories(basis))
