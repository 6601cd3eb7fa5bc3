"""Families: one small file each; importing this package registers them all."""

from . import bernoulli as _bernoulli
from . import binomial as _binomial
from . import gaussian as _gaussian
from .base import Dpar, Family, Linkeds, Response, constructor, families, get_family

gaussian = constructor(_gaussian.gaussian)
bernoulli = constructor(_bernoulli.bernoulli)
binomial = constructor(_binomial.binomial)

__all__ = [
    "Dpar",
    "Family",
    "Linkeds",
    "Response",
    "bernoulli",
    "binomial",
    "constructor",
    "families",
    "gaussian",
    "get_family",
]
