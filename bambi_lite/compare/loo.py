"""loo() as a user calls it: importance sampling, and what to do where that fails."""

from __future__ import annotations

from typing import Any

from ..draws import Draws
from ..errors import ComparisonWarning, warn
from .blocks import check_threshold
from .importance import psis_loo
from .kfold import reloo as leave_out
from .moment_match import loo_moment_match
from .result import Elpd


def loo(
    draws: Draws,
    moment_match: bool = False,
    reloo: bool = False,
    k_threshold: float = 0.7,
    **sampling: Any,
) -> Elpd:
    """Leave-one-out cross-validation by Pareto-smoothed importance sampling, as brms' ``loo``.

    Parameters
    ----------
    draws : Draws
        Of the fit.
    moment_match : bool
        Whether rows with a Pareto k above `k_threshold` get importance sampling from draws that
        are moved towards them: :func:`~bambi_lite.compare.moment_match.loo_moment_match`.
    reloo : bool
        Whether rows whose k is (still) above it are left out by exact refits:
        :func:`~bambi_lite.compare.kfold.reloo`.
    k_threshold : float
        From which k on.
    **sampling
        How refits are sampled: seed, progress, chains, iter, ...

    Returns
    -------
    Elpd
        It prints as R's loo table does; ``estimates``, ``pointwise`` and ``pareto_k`` hold the
        numbers. The log-likelihood is that of the sampled model, with weights, censoring and
        truncation.

    Raises
    ------
    DataError
        For a threshold that is no number, and where a log-likelihood is not a number.
    TypeError
        For an unknown keyword.

    Warns
    -----
    ComparisonWarning
        When Pareto k is above the largest good value in some row.

    Notes
    -----
    Vehtari, Gelman and Gabry (2017), Statistics and Computing 27:1413-1432; Pareto k and tail
    lengths as in R's loo 2.5.1.
    """
    limit = check_threshold(k_threshold)
    if sampling and not reloo:
        raise TypeError(
            f"loo() takes {', '.join(sampling)} for refits only, which reloo = True asks for."
        )
    result = psis_loo(draws)
    if moment_match:
        result = loo_moment_match(draws, result, limit)
    if reloo:
        result = leave_out(draws, result, limit, **sampling)
    bad = int((result.pareto_k > result.good_k).sum())
    if bad:
        warn(
            f"Pareto k is above {result.good_k:.2g} in {bad} of {len(result.pointwise)} rows: "
            f"importance sampling fails there. loo(moment_match = True) or, exact and slower, "
            f"loo(reloo = True) mends it.",
            ComparisonWarning,
        )
    return result
