"""The expected response, given the distributional parameters."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ..errors import FamilyError
from ..families import Family, Response
from ..links import Linked
from ..observation import Observation
from ..xp import numpy_namespace
from .basis import Basis, Part


def categories(basis: Basis) -> Mapping[str, tuple[str, ...]]:
    """The last dim of expected responses, where there is one."""
    labels = basis.response.categories
    return {"category": labels} if labels else {}


def expected(part: Part) -> np.ndarray:
    """The expected response of some rows."""
    return mean(part.spec.family, part.linked, part.response, part.seen)


def mean(
    family: Family, linked: Mapping[str, Linked], response: Response, seen: Observation
) -> np.ndarray:
    """The expectation of a response, between the bounds of its truncation."""
    xp = numpy_namespace()
    if "lb" not in seen.arrays and "ub" not in seen.arrays:
        # A category without any probability is meant where it occurs.
        with np.errstate(divide="ignore", over="ignore"):
            return np.asarray(family.mean(xp, linked, response))
    if family.truncated_mean is None:
        raise FamilyError(
            f"The expectation of a truncated response is not available for family "
            f"'{family.name}'. posterior_predict() draws such responses."
        )
    lower = seen.arrays.get("lb", np.full(1, -np.inf))
    upper = seen.arrays.get("ub", np.full(1, np.inf))
    # Bounds may be infinite, and lie where nothing has any probability.
    with np.errstate(all="ignore"):
        return np.asarray(family.truncated_mean(xp, linked, response, lower, upper))
