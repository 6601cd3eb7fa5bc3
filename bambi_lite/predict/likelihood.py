"""Log-densities of the observed responses: those of the sampled model."""

from __future__ import annotations

from typing import Any, Unpack

import numpy as np
import xarray as xr

from ..draws import Draws
from ..observation import numpy_log_density
from ..xp import numpy_namespace
from .asked import Options, ask
from .basis import Part, basis_of
from .prediction import Prediction
from .responses import check_drawn


def log_lik(
    draws: Draws,
    newdata: Any = None,
    re_formula: str | None = None,
    **options: Unpack[Options],
) -> xr.DataArray:
    """Draws of the log-density of each observation: that of the sampled model.

    Weights, censoring and truncation count, as they did when the model was sampled.

    Parameters
    ----------
    draws, newdata, re_formula, **options
        See :func:`bambi_lite.predict.posterior_linpred`; `newdata` need the response and the
        addition terms.

    Returns
    -------
    xarray.DataArray
        Dims chain, draw, obs.

    Raises
    ------
    DataError
        See :func:`bambi_lite.predict.posterior_linpred`.
    """
    asked = ask(draws, newdata, re_formula, options)
    check_drawn(asked)
    return Prediction(basis_of(draws, asked, "everything"), log_density, "log-density").draws()


def log_density(part: Part) -> np.ndarray:
    """The log-density of the responses of some rows, as they were observed."""
    spec = part.spec
    dist = spec.family.likelihood(numpy_namespace(), part.linked, part.response)
    return numpy_log_density(dist, part.response.y, part.seen, spec.family.discrete)
