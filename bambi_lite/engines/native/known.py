"""What is known of the compiled likelihoods without compiling them: this imports no numba.

The texts are in :mod:`.likelihoods`, under the same names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np

type Columns = Callable[[np.ndarray, Mapping[str, np.ndarray]], Sequence[np.ndarray]]

_LOCATION = ("identity", "log", "logit", "inverse", "softplus", "probit", "cloglog")
_POSITIVE = ("log", "identity", "inverse", "sqrt", "softplus")
_SHARE = ("logit", "probit", "cloglog", "log", "identity")

#: The kinds of distributional parameters (:mod:`.likelihoods.forms`) and the links they may have.
FORMS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "real": _LOCATION,
        "positive": _POSITIVE,
        "log": _POSITIVE,
        "share": _SHARE,
        "above_one": ("logm1", "identity"),
        "gamma_shape": _POSITIVE,
        "weibull_shape": _POSITIVE,
        "precision": _POSITIVE,
        "latent": ("logit", "probit", "cloglog"),
        "softmax": ("logit",),
    }
)


@dataclass(frozen=True, slots=True)
class Known:
    """A likelihood that can be compiled.

    Attributes
    ----------
    name : str
        What families call it.
    forms : tuple of str
        The kinds of its parameters; of all further ones the last.
    columns : callable
        ``columns(y, extra) -> arrays``: what its rows read of the response, at most three columns.
    seen : bool
        Whether it takes responses that are censored or truncated.
    discrete : bool
        Whether the response is a whole number: a lower bound then belongs to it.
    transform : callable or None
        Where the response is gaussian on some scale, the way there.
    options : mapping
        Settings of the family with which alone it is right.
    """

    name: str
    forms: tuple[str, ...]
    columns: Columns
    seen: bool = False
    discrete: bool = False
    transform: Callable[[np.ndarray], np.ndarray] | None = None
    options: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    def links(self, number: int) -> tuple[str, ...]:
        """The links that a parameter may have."""
        return FORMS[self.forms[min(number, len(self.forms) - 1)]]


# -- what rows read of the response ----------------------------------------------------------


def _alone(y: np.ndarray, extra: Any) -> tuple[np.ndarray, ...]:
    return (y,)


def _log(y: np.ndarray, extra: Any) -> tuple[np.ndarray, ...]:
    """The logarithm alone, zero where there is none."""
    return (np.log(np.where(y > 0.0, y, 1.0)),)


def _with_error(y: np.ndarray, extra: Any) -> tuple[np.ndarray, ...]:
    """The standard errors of ``se()`` too."""
    return (y, extra["se"]) if "se" in extra else (y,)


def _and_log(y: np.ndarray, extra: Any) -> tuple[np.ndarray, ...]:
    """The logarithm too, zero where there is none."""
    return y, np.log(np.where(y > 0.0, y, 1.0))


def _logs(y: np.ndarray, extra: Any) -> tuple[np.ndarray, ...]:
    """Logarithms of a share and of the other one, zero where there is none."""
    inside = (y > 0.0) & (y < 1.0)
    some = np.where(inside, y, 0.5)
    return np.where(inside, np.log(some), 0.0), np.where(inside, np.log1p(-some), 0.0)


def _per_unit(y: np.ndarray, extra: Any) -> tuple[np.ndarray, ...]:
    """The logarithms of the units that ``rate()`` counts by too."""
    return (y, np.log(extra["rate"])) if "rate" in extra else (y,)


def _of_trials(y: np.ndarray, extra: Any) -> tuple[np.ndarray, ...]:
    return y, np.asarray(extra["trials"], dtype=float)


def _marked(columns: Columns) -> Columns:
    """A third column says where the response is zero."""

    def three(y: np.ndarray, extra: Any) -> tuple[np.ndarray, ...]:
        a, b = (*columns(y, extra), np.zeros(len(y)))[:2]
        return a, b, (y == 0.0).astype(float)

    return three


_SEEN: dict[str, Any] = {"seen": True}
_COUNT: dict[str, Any] = {"discrete": True}
_BOTH: dict[str, Any] = {"seen": True, "discrete": True}
_ORDINAL = ("latent", "positive")
_ALL = (
    Known("gaussian", ("real", "positive"), _with_error, transform=np.asarray, **_SEEN),
    Known("lognormal", ("real", "positive"), _log, transform=np.log, **_SEEN),
    Known("student", ("real", "positive", "above_one"), _with_error, **_SEEN),
    Known("exgaussian", ("real", "positive", "positive"), _alone, **_SEEN),
    Known("shifted_lognormal", ("real", "positive", "positive"), _alone, **_SEEN),
    Known("hurdle_lognormal", ("real", "positive", "share"), _marked(_log)),
    Known("exponential", ("log",), _alone, **_SEEN),
    Known("gamma", ("log", "gamma_shape"), _and_log, **_SEEN),
    Known("hurdle_gamma", ("log", "gamma_shape", "share"), _marked(_and_log)),
    Known("weibull", ("log", "weibull_shape"), _log, **_SEEN),
    Known("inverse_gaussian", ("log", "positive"), _alone),
    Known("beta", ("share", "precision"), _logs, **_SEEN),
    Known("zero_inflated_beta", ("share", "precision", "share"), _marked(_logs)),
    Known("bernoulli", ("share",), _alone, **_COUNT),
    Known("binomial", ("share",), _of_trials, **_BOTH),
    Known("zero_inflated_binomial", ("share", "share"), _marked(_of_trials), **_COUNT),
    Known("beta_binomial", ("share", "positive"), _of_trials, **_COUNT),
    Known(
        "zero_inflated_beta_binomial",
        ("share", "positive", "share"),
        _marked(_of_trials),
        **_COUNT,
    ),
    Known("poisson", ("log",), _per_unit, **_BOTH),
    Known("zero_inflated_poisson", ("log", "share"), _marked(_alone), **_COUNT),
    Known("hurdle_poisson", ("log", "share"), _marked(_alone), **_COUNT),
    Known("negbinomial", ("log", "log"), _per_unit, **_BOTH),
    Known("negbinomial2", ("log", "log"), _per_unit, **_BOTH),
    Known("geometric", ("log",), _per_unit, **_BOTH),
    Known("zero_inflated_negbinomial", ("log", "log", "share"), _marked(_alone), **_COUNT),
    Known("hurdle_negbinomial", ("log", "log", "share"), _marked(_alone), **_COUNT),
    Known("cumulative", _ORDINAL, _alone, **_COUNT),
    Known("sratio", _ORDINAL, _alone, **_COUNT),
    Known("cratio", _ORDINAL, _alone, **_COUNT),
    Known("acat", _ORDINAL, _alone, **_COUNT),
    # The first category is the one without a predictor.
    Known("categorical", ("softmax",), _alone, options={"refcat": None}, **_COUNT),
)

#: By the name that a family gives to its kernel.
KNOWN: Mapping[str, Known] = MappingProxyType({own.name: own for own in _ALL})

#: A gaussian likelihood whose group effects are integrated out, and one that sums stand for.
MARGINAL, SUMS = "marginal", "sums"

#: What LIKELIHOOD in a table says: one of these, or one of responses as they were seen.
NAMES = (*KNOWN, *(f"{name} seen" for name in KNOWN), MARGINAL, SUMS)
