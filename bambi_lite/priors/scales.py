"""What priors may take from the data: a few statistics, each defined here and nowhere else."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from ..links import Link, get_link
from ..params import ParamKey
from ..xp import numpy_namespace

#: Links whose scale the response's own median and MAD can be taken on (brms 2.23.1).
_SCALABLE_LINKS = ("identity", "log", "inverse", "sqrt", "1/mu^2")
#: Of these, the links that are not finite at zero: brms moves zeros to 0.1 first.
_ZERO_SHIFTED = ("log", "inverse", "1/mu^2")
#: 1 / qnorm(3/4), rounded as R's mad() does.
_MAD_CONSTANT = 1.4826

#: The statistics that a rule may name (see priors/README.md).
STATISTICS = (
    "response_location",
    "response_scale",
    "response_log_scale",
    "response_mean",
    "response_sd",
    "predictor_sd",
    "predictor_spread",
)
#: Of these, the ones that are of a column of the design, so that each coefficient has its own.
OF_PREDICTORS = ("predictor_sd", "predictor_spread")
#: And those that are of the response itself, where the link of mu is the identity.
_OF_IDENTITY = ("response_mean", "response_sd")


@dataclass(frozen=True, slots=True)
class ScaleFacts:
    """What priors take from the data (see priors/README.md).

    Attributes
    ----------
    location : float
        ``response_location``.
    scale : float
        ``response_scale``.
    log_scale : float
        ``response_log_scale``.
    mean, sd : float
        ``response_mean`` and ``response_sd``.
    offset : float
        Mean of the offset of mu.
    response : str
        What the response is called.
    link : str
        The link that location and scale were taken through.
    scaled : bool
        Whether they were taken at all.
    columns : mapping
        For each linear predictor (resp, dpar, nlpar) the sd and the spread of each of its columns.
    """

    location: float
    scale: float
    log_scale: float = 0.0
    mean: float = 0.0
    sd: float = 1.0
    offset: float = 0.0
    response: str = "Y"
    link: str = "identity"
    scaled: bool = False
    columns: Mapping[tuple[str, str, str], Mapping[str, tuple[float, float]]] = field(
        default_factory=lambda: MappingProxyType({})
    )

    def value(self, stat: str, key: ParamKey) -> float:
        """A statistic, for the parameter of a key."""
        if stat in OF_PREDICTORS:
            own = self.columns.get((key.resp, key.dpar, key.nlpar), {})
            # What has no column of its own is left as it is.
            return own.get(key.coef, (1.0, 1.0))[OF_PREDICTORS.index(stat)]
        return {
            "response_location": self.location,
            "response_scale": self.scale,
            "response_log_scale": self.log_scale,
            "response_mean": self.mean,
            "response_sd": self.sd,
        }[stat]

    def describe(self, stat: str, key: ParamKey) -> str:
        """What a statistic is, in words of the data: ``mad(log(count))``."""
        if stat in OF_PREDICTORS:
            known = key.coef in self.columns.get((key.resp, key.dpar, key.nlpar), {})
            word = "sd" if stat == "predictor_sd" else "spread"
            return f"{word}({key.coef})" if known and key.coef != "Intercept" else "1"
        if not self.scaled or (stat in _OF_IDENTITY and self.link != "identity"):
            return number(self.value(stat, key))
        y = self.response
        g = {"identity": y, "inverse": f"1/{y}", "1/mu^2": f"1/{y}^2"}
        linked = g.get(self.link, f"{self.link}({y})")
        if stat == "response_location":
            return f"median({linked})" + (" - mean(offset)" if self.offset else "")
        return {
            "response_scale": f"mad({linked})",
            "response_log_scale": f"mad(log({y}))",
            "response_mean": f"mean({y})",
            "response_sd": f"sd({y})",
        }[stat]


def scale_facts(
    y: np.ndarray,
    link: Link,
    scaled: bool,
    offset: np.ndarray | None = None,
    response: str = "Y",
    designs: Mapping[tuple[str, str, str], tuple[tuple[str, ...], np.ndarray]] = MappingProxyType(
        {}
    ),
) -> ScaleFacts:
    """Location and scale of the response on the scale of a link, as brms 2.23.1 rounds them.

    Parameters
    ----------
    y : array
        The encoded response.
    link : Link
        The link of ``mu``.
    scaled : bool
        Whether the family lets its priors depend on the response.
    offset : array, optional
        The offset of ``mu``.
    response : str
        What the response is called.
    designs : mapping, optional
        Names and values of the columns of each linear predictor (resp, dpar, nlpar).

    Notes
    -----
    The mean and the standard deviation are those of the response itself, and only where the link
    of mu is the identity: elsewhere a coefficient is not on the scale of the response, and rules
    take 0 and 1 for them (as rstanarm does).
    """
    shift = 0.0 if offset is None else float(np.mean(offset))
    columns = MappingProxyType(
        {
            key: MappingProxyType(dict(zip(names, map(_spread, np.asarray(X).T), strict=True)))
            for key, (names, X) in designs.items()
        }
    )
    if not scaled or link.name not in _SCALABLE_LINKS:
        return ScaleFacts(
            0.0 - shift, 0.0, offset=shift, response=response, link=link.name, columns=columns
        )
    location, scale = _median_and_mad(y, link)
    mean, sd = _mean_and_sd(y) if link.name == "identity" else (0.0, 1.0)
    return ScaleFacts(
        location=location - shift,
        scale=scale,
        log_scale=_median_and_mad(y, get_link("log"))[1],
        mean=mean,
        sd=sd,
        offset=shift,
        response=response,
        link=link.name,
        scaled=True,
        columns=columns,
    )


def _median_and_mad(y: np.ndarray, link: Link) -> tuple[float, float]:
    """Rounded median and MAD of ``link(y)``; zeros where some of it is not a number, as in brms."""
    values = np.where(y == 0.0, 0.1, y) if link.name in _ZERO_SHIFTED else y
    with np.errstate(all="ignore"):
        g = np.asarray(link.link(numpy_namespace(), values), dtype=float)
    if not np.isfinite(g).all():
        return 0.0, 0.0
    median = float(np.median(g))
    mad = _MAD_CONSTANT * float(np.median(np.abs(g - median)))
    return round(median, 1), round(mad, 1)


def _mean_and_sd(y: np.ndarray) -> tuple[float, float]:
    """Mean and standard deviation to three digits of the latter; an sd of zero counts as one."""
    sd = float(np.std(y, ddof=1)) if y.size > 1 else 0.0
    if not sd > 0.0 or not math.isfinite(sd):
        return float(np.mean(y)), 1.0
    return round(float(np.mean(y)), 2 - math.floor(math.log10(sd))), significant(sd)


def _spread(x: np.ndarray) -> tuple[float, float]:
    """sd of a column, and its spread after Gelman et al. (2008): 2 sd, or the range of two values.

    A constant column has 1 for both.
    """
    values = np.unique(x)
    if values.size < 2:
        return 1.0, 1.0
    sd = float(np.std(x, ddof=1))
    return sd, float(np.ptp(values)) if values.size == 2 else 2.0 * sd


def number(value: float) -> str:
    """A number as R prints it into a prior: 15 digits at most, no trailing zeros."""
    return f"{value:.15g}"


def significant(value: float, digits: int = 3) -> float:
    """A number to so many significant digits: more would say nothing in a prior."""
    return float(f"{value:.{digits}g}")
