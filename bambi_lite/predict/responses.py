"""Predicted responses: their distribution, and draws from it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ..dists import Dist
from ..errors import DataError
from ..links import Linked
from ..observation import draw
from ..xp import numpy_namespace
from .asked import Asked
from .basis import Basis, Part
from .prediction import Prediction


def check_drawn(asked: Asked) -> None:
    """DataError for effects that no single response has."""
    if asked.group_effects == "integrate":
        raise DataError(
            "group_effects = 'integrate' is about the expected response: posterior_epred(), "
            "fitted(). Responses of groups that there could be: group_effects = 'new'."
        )


def columns(basis: Basis) -> Mapping[str, tuple[str, ...]]:
    """The last dim of a response with columns."""
    response = basis.response
    return {"category": response.categories} if response.y.ndim > 1 else {}


def drawing(basis: Basis) -> Prediction:
    """Random responses."""
    # The second of two independent streams: the first one draws new groups.
    rng = np.random.default_rng(basis.asked.seed).spawn(1)[0]

    def drawn(part: Part) -> np.ndarray:
        dist = likelihood(part, basis.shape)
        return draw(rng, dist, part.seen, part.spec.family.discrete)

    return Prediction(basis, drawn, "response", columns(basis))


def likelihood(part: Part, shape: tuple[int, int]) -> Dist:
    """The distribution of the responses, with an argument of its own for each draw and row."""
    full = (*shape, part.design.n_obs)
    names = {d.name for d in part.spec.dpars}
    whole = {
        name: Linked(np.broadcast_to(own.eta, full), own.link) if name in names else own
        for name, own in part.linked.items()
    }
    return part.spec.family.likelihood(numpy_namespace(), whole, part.response)
