"""Keys of prior rows: what they are called, and which are broader than which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from ..params import ParamKey

#: The columns that say which parameters a row is about.
KEYS = ("class", "coef", "group", "resp", "dpar", "nlpar")
#: Classes whose general row is about one group already.
_PER_GROUP = ("df",)
#: Correlations are named by their Cholesky factors in the table that the model uses.
CHOLESKY: Mapping[str, str] = MappingProxyType({"cor": "L", "lncor": "Llncor", "rescor": "Lrescor"})
_CORRELATION = {factor: cor for cor, factor in CHOLESKY.items()}


def describe_key(key: ParamKey) -> str:
    """``class = 'sd', group = 'Subject'``."""
    values = (key.cls, key.coef, key.group, key.resp, key.dpar, key.nlpar)
    return ", ".join(f"{name} = '{v}'" for name, v in zip(KEYS, values, strict=True) if v)


def general_key(key: ParamKey) -> ParamKey:
    """The key of the general row of a class."""
    if key.cls in _PER_GROUP:
        return replace(key, coef="")
    return ParamKey(key.cls, resp=key.resp, dpar=key.dpar, nlpar=key.nlpar)


def row_keys(key: ParamKey) -> tuple[ParamKey, ...]:
    """The rows that may say the prior of a parameter, the narrowest first."""
    return tuple(dict.fromkeys((key, replace(key, coef=""), general_key(key))))


def brms_class(cls: str) -> str:
    """The class as ``default_prior()`` names it, before Cholesky factors take over."""
    return _CORRELATION.get(cls, cls)


def used_class(cls: str) -> str:
    """The class as the model has it: a prior of correlations is one of their Cholesky factor."""
    return CHOLESKY.get(cls, cls)


def is_correlation(cls: str) -> bool:
    """Whether a class, as the model has it, is one of correlations."""
    return cls in _CORRELATION
