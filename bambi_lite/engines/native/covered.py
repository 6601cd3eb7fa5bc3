"""Which models the kernels have all parts of."""

from __future__ import annotations

from ...spec import ModelSpec
from . import layout as at
from .known import KNOWN


class NotCoveredError(Exception):
    """The kernels lack a part of the model; the message says which."""


def check_covered(spec: ModelSpec) -> None:
    """NotCoveredError unless the kernels have all parts of a model."""
    own = KNOWN.get(spec.family.kernel)
    if own is None:
        raise NotCoveredError(f"family '{spec.family.name}'")
    for name, value in own.options.items():
        if spec.family.options.get(name) != value:
            raise NotCoveredError(f"{name} = {spec.family.options.get(name)!r}")
    if spec.seen.arrays.keys() - {"weights"} and not own.seen:
        raise NotCoveredError(f"censoring or truncation of family '{spec.family.name}'")
    for i, dpar in enumerate(spec.dpars):
        if dpar.tied:
            raise NotCoveredError(f"parameters tied to one another ({dpar.name} = {dpar.tied})")
        constant = any(p.value is not None for term in dpar.terms for p in term.pieces() or ())
        links = own.links(i)
        if dpar.link.name not in (("identity",) if constant and not dpar.predicted else links):
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
