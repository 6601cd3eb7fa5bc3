"""Shares whose log-ratios to a reference category are correlated normal variables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..design import PredictorDesign
from ..dists import Dist, logistic_normal_word
from ..errors import FamilyError
from ..links import POSITIVE
from ..terms import CorrelationTerm, FamilyTerm
from ..xp import Array, Namespace
from .base import Dpar, Family, Linkeds, Response, register
from .categories import for_each, of_each, parameter, reference, share_columns


def _check_options(options: Mapping[str, Any]) -> None:
    wanted = options["refcat"]
    if isinstance(wanted, float) and np.isnan(wanted):
        raise FamilyError(
            "refcat = NA is not available for family 'logistic_normal': it is about the logarithms "
            "of shares less that of one of them. None takes the first category, or name one."
        )


def _structure(family: Family, response: Response, mu: PredictorDesign) -> tuple[FamilyTerm, ...]:
    skipped = reference(family, response.categories)
    others = tuple(parameter("", c) for i, c in enumerate(response.categories) if i != skipped)
    return (CorrelationTerm("lncor", others),)


def _likelihood(xp: Namespace, dpars: Linkeds, response: Response) -> Dist:
    # The reference is the category without a mean.
    names = [parameter("mu", c) for c in response.categories]
    word = logistic_normal_word(next(i for i, n in enumerate(names) if n not in dpars))
    args = {
        "mu": xp.stack([mu.value(xp) for mu in of_each(dpars, "mu", response)]),
        "sigma": xp.stack([sigma.value(xp) for sigma in of_each(dpars, "sigma", response)]),
        "chol": dpars["lncor"].eta,
    }
    return Dist(word.name, args, word)


def _mean(xp: Namespace, dpars: Linkeds, response: Response) -> Array:
    raise FamilyError(
        "The expectation of family 'logistic_normal' has no closed form, in brms neither. "
        "posterior_predict() draws responses, whose mean estimates it."
    )


logistic_normal = register(
    Family(
        "logistic_normal",
        dpars=(Dpar("mu", ("identity",)), Dpar("sigma", POSITIVE, lower=0.0)),
        encode=share_columns("logistic_normal"),
        likelihood=_likelihood,
        mean=_mean,
        bind=for_each("mu", "sigma"),
        structure=_structure,
        law="log(share of k / share of {reference}) has mean mu_k and standard deviation sigma_k",
        options={"refcat": None},
        check_options=_check_options,
    )
)
