"""Which models the kernels have all parts of."""

from __future__ import annotations

from ...spec import ModelSpec
from . import layout as at


class NotCoveredError(Exception):
    """The kernels lack a part of the model; the message says which."""


def check_covered(spec: ModelSpec) -> None:
    """NotCoveredError unless the kernels have all parts of a model."""
    if spec.family.kernel not in at.LIKELIHOODS:
        raise NotCoveredError(f"family '{spec.family.name}'")
    acting = [name for name in spec.seen.arrays if name != "weights"]
    if acting:
        raise NotCoveredError("censoring or truncation")
    for dpar in spec.dpars:
        if dpar.tied:
            raise NotCoveredError(f"parameters tied to one another ({dpar.name} = {dpar.tied})")
        if dpar.link.name not in at.LINKS:
            raise NotCoveredError(f"link '{dpar.link.name}' of {dpar.name}")
        for term in dpar.terms:
            if term.pieces() is None:
                raise NotCoveredError("a multi-membership term")
    for block in spec.blocks:
        if not block.simple:
            raise NotCoveredError(f"the covariance of group '{block.group}'")
    for part in spec.structure:
        if not part.simple:
            raise NotCoveredError("parameters of the family")
    for shrinkage in spec.shrinkage:
        raise NotCoveredError(f"a shrinkage prior of class '{shrinkage.at.key.cls}'")
    for priors in spec.priors.values():
        for prior in priors:
            known = prior.dist is None or prior.dist.name in (*at.PRIORS, "lkj_corr_cholesky")
            if not known:
                assert prior.dist is not None
                raise NotCoveredError(f"prior '{prior.dist.name}'")
