"""The widely applicable information criterion."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..draws import Draws
from ..errors import ComparisonWarning, warn
from .blocks import blocks, fingerprint
from .psis import log_mean_exp
from .result import COLUMNS, P_WAIC_LIMIT, Elpd


def waic(draws: Draws) -> Elpd:
    """The widely applicable information criterion, which ArviZ has no longer.

    Parameters
    ----------
    draws : Draws
        Of the fit.

    Returns
    -------
    Elpd

    Warns
    -----
    ComparisonWarning
        When p_waic is above 0.4 in some row.

    Notes
    -----
    Watanabe (2010), JMLR 11:3571-3594; elpd = lpd - p, p the variance of the log-likelihood.
    """
    parts = [(log_mean_exp(v), v.var(axis=1, ddof=1)) for _, v in blocks(draws)]
    lpd, p = (np.concatenate(part) for part in zip(*parts, strict=True))
    columns = dict(zip(COLUMNS["waic"], (lpd - p, p, -2.0 * (lpd - p)), strict=True))
    table = pd.DataFrame(columns, index=pd.Index(draws.spec.design.rows, name="obs"))
    sizes = draws.posterior.sizes
    total = int(sizes["chain"] * sizes["draw"])
    if high := int((p > P_WAIC_LIMIT).sum()):
        warn(
            f"p_waic is above {P_WAIC_LIMIT} in {high} of {len(p)} rows: WAIC is not to be trusted "
            f"there. loo() is better, and tells where it fails.",
            ComparisonWarning,
        )
    return Elpd("waic", table, total, fingerprint(draws.spec))
