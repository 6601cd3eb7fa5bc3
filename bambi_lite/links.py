"""Links: from the response scale to the link scale and back, each written once over ``xp``.

Names are brms' (2.23). Besides the link and its inverse a link may say ``log`` and
``log1m`` of its inverse directly: a probability of 1 - 1e-20 is 1 in floating point, but its
``log1m`` is still exact when it comes from the linear predictor.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from .errors import FamilyError, listing, suggest
from .xp import Array, Namespace

type LinkFunction = Callable[[Namespace, Array], Array]


@dataclass(frozen=True, slots=True)
class Link:
    """A link function g with its inverse.

    Attributes
    ----------
    name : str
        brms' name of the link.
    link : callable
        ``link(xp, mu)``: response scale to link scale.
    inverse : callable
        ``inverse(xp, eta)``: link scale to response scale.
    log_inverse, log1m_inverse : callable or None
        Stable forms of ``log(inverse)`` and ``log(1 - inverse)``; None means "take the logarithm".
    log_odds : callable or None
        A closed form of ``log(inverse) - log(1 - inverse)``; None means "take the difference".
    log_between : callable or None
        ``log_between(xp, low, high)``: a closed form of ``log(inverse(high) - inverse(low))``.
    averaged : callable or None
        ``averaged(xp, eta, variance)``: where the inverse is the expectation of the inverse of a
        normal variable with mean `eta` and this variance; None where that has no closed form.
    """

    name: str
    link: LinkFunction
    inverse: LinkFunction
    log_inverse: LinkFunction | None = None
    log1m_inverse: LinkFunction | None = None
    log_odds: LinkFunction | None = None
    log_between: Callable[[Namespace, Array, Array], Array] | None = None
    averaged: Callable[[Namespace, Array, Array], Array] | None = None

    def log_of_inverse(self, xp: Namespace, eta: Array) -> Array:
        """``log(inverse)``, exact where the inverse underflows."""
        if self.log_inverse is not None:
            return self.log_inverse(xp, eta)
        return xp.log(self.inverse(xp, eta))

    def log1m_of_inverse(self, xp: Namespace, eta: Array) -> Array:
        """``log(1 - inverse)``, exact where the inverse rounds to one."""
        if self.log1m_inverse is not None:
            return self.log1m_inverse(xp, eta)
        return xp.log1p(-self.inverse(xp, eta))

    def log_odds_of_inverse(self, xp: Namespace, eta: Array) -> Array:
        """``log(inverse) - log(1 - inverse)``."""
        if self.log_odds is not None:
            return self.log_odds(xp, eta)
        return self.log_of_inverse(xp, eta) - self.log1m_of_inverse(xp, eta)


@dataclass(frozen=True, slots=True)
class Linked:
    """A distributional parameter on its link scale, and the ways to leave that scale.

    Attributes
    ----------
    eta : array
        Values on the link scale.
    link : Link
        The link that ``eta`` belongs to.
    """

    eta: Array
    link: Link

    def value(self, xp: Namespace) -> Array:
        """The parameter itself (response scale)."""
        return self.link.inverse(xp, self.eta)

    def log(self, xp: Namespace) -> Array:
        """Its logarithm, exact where the value underflows."""
        return self.link.log_of_inverse(xp, self.eta)

    def log1m(self, xp: Namespace) -> Array:
        """The logarithm of one minus it, exact where the value rounds to one."""
        return self.link.log1m_of_inverse(xp, self.eta)


def _log_expm1(xp: Namespace, mu: Array) -> Array:
    """log(exp(mu) - 1), the link of softplus, without overflow."""
    return mu + xp.log(-xp.expm1(-mu))


def _log_softplus(xp: Namespace, eta: Array) -> Array:
    """log(log(1 + exp(eta))), which is eta itself where exp(eta) is nothing beside 1."""
    return xp.where(eta < -37.0, eta, xp.log(xp.softplus(xp.maximum(eta, -37.0))))


def _log1mexp(xp: Namespace, x: Array) -> Array:
    """log(1 - exp(-x)) for x > 0."""
    return xp.log(-xp.expm1(-x))


def _capped_exp(xp: Namespace, x: Array) -> Array:
    """exp(x), continued as its tangent from 600 on: value and gradient stay finite."""
    return xp.exp(xp.minimum(x, 600.0)) * (1.0 + xp.maximum(x - 600.0, 0.0))


def _log_cloglog(xp: Namespace, eta: Array) -> Array:
    # Below -37, 1 - exp(-x) is x in floating point.
    exact = _log1mexp(xp, _capped_exp(xp, xp.maximum(eta, -37.0)))
    return xp.where(eta < -37.0, eta, exact)


# The logarithm of F(high) - F(low). The difference of two values loses its digits where the two
# are close or both far out; these forms start from high - low.


def _between_logit(xp: Namespace, low: Array, high: Array, gap: Array) -> Array:
    """F(high) (1 - F(low)) (1 - exp(-gap)), where `gap` is high - low."""
    return _log1mexp(xp, gap) - xp.softplus(-high) - xp.softplus(low)


def _between_probit(xp: Namespace, low: Array, high: Array) -> Array:
    """Between points close to one another the density in their middle, to its second term."""
    # On the left side of zero, where the distribution function has all its digits.
    flip = low + high > 0.0
    a, b = xp.where(flip, -high, low), xp.where(flip, -low, high)
    gap, middle = b - a, (a + b) / 2.0
    near = gap * (1.0 + xp.abs(middle)) < 5e-3
    close = xp.where(near, gap, 1e-3)
    at = xp.where(near, middle, 0.0)
    series = xp.log(close) + xp.log1p(close**2 * (at**2 - 1.0) / 24.0)
    density = -(at**2) / 2.0 - 0.5 * math.log(2.0 * math.pi)
    upper, lower = xp.log_ndtr(b), xp.log_ndtr(a)
    apart = upper + _log1mexp(xp, xp.where(near, 1.0, upper - lower))
    return xp.where(near, density + series, apart)


def _between_cloglog(xp: Namespace, low: Array, high: Array) -> Array:
    """(1 - F(low)) F(log(exp(high) - exp(low)))."""
    return -_capped_exp(xp, low) + _log_cloglog(xp, high + _log1mexp(xp, high - low))


def _between_cauchit(xp: Namespace, low: Array, high: Array) -> Array:
    """The angle between two directions."""
    return xp.log(xp.arctan2(high - low, 1.0 + low * high) / math.pi)


def _between_softit(xp: Namespace, low: Array, high: Array) -> Array:
    """The difference of two softplus values over the product of one plus each."""
    gap = high - low
    small = xp.log1p(xp.sigmoid(low) * xp.expm1(xp.minimum(gap, 1.0)))
    far = high < -37.0  # where softplus is exp
    step = xp.where(gap < 1.0, small, xp.softplus(high) - xp.softplus(low))
    log_step = xp.where(far, high + _log1mexp(xp, gap), xp.log(xp.where(far, 1.0, step)))
    return log_step - xp.log1p(xp.softplus(low)) - xp.log1p(xp.softplus(high))


# Expectations over a normal variable: those of the lognormal distribution, of the square, and
# P(Z < eta + U) for independent normal Z and U.


def _average_exp(xp: Namespace, eta: Array, variance: Array) -> Array:
    return eta + variance / 2.0


def _average_probit(xp: Namespace, eta: Array, variance: Array) -> Array:
    return eta / xp.sqrt(1.0 + variance)


def _average_square(xp: Namespace, eta: Array, variance: Array) -> Array:
    return xp.sqrt(eta**2 + variance)


# Phi_approx of the Stan functions reference: inv_logit(0.07056 x^3 + 1.5976 x).
_CUBIC, _LINEAR = 0.07056, 1.5976


def _approx_logit(xp: Namespace, eta: Array) -> Array:
    return eta * (_CUBIC * eta**2 + _LINEAR)


def _between_probit_approx(xp: Namespace, low: Array, high: Array) -> Array:
    slope = _CUBIC * (low**2 + low * high + high**2) + _LINEAR
    gap = (high - low) * slope
    return _between_logit(xp, _approx_logit(xp, low), _approx_logit(xp, high), gap)


def _probit_approx(xp: Namespace, mu: Array) -> Array:
    """The real root of the cubic, by the hyperbolic form of Cardano's solution."""
    root = 2.0 * (_LINEAR / (3.0 * _CUBIC)) ** 0.5
    logit = xp.log(mu) - xp.log1p(-mu)
    return root * xp.sinh(xp.arcsinh(3.0 * logit / (_LINEAR * root)) / 3.0)


def _softit(xp: Namespace, mu: Array) -> Array:
    return _log_expm1(xp, mu / (1.0 - mu))


_LINKS: tuple[Link, ...] = (
    Link(
        "identity",
        lambda xp, mu: mu,
        lambda xp, eta: eta,
        averaged=lambda xp, eta, variance: eta + 0.0 * variance,
    ),
    Link(
        "log",
        lambda xp, mu: xp.log(mu),
        lambda xp, eta: xp.exp(eta),
        log_inverse=lambda xp, eta: eta,
        log1m_inverse=lambda xp, eta: xp.log(-xp.expm1(eta)),
        averaged=_average_exp,
    ),
    Link(
        "logm1",
        lambda xp, mu: xp.log(mu - 1.0),
        lambda xp, eta: 1.0 + xp.exp(eta),
        log_inverse=lambda xp, eta: xp.softplus(eta),
        averaged=_average_exp,
    ),
    Link(
        "log1p",
        lambda xp, mu: xp.log1p(mu),
        lambda xp, eta: xp.expm1(eta),
        averaged=_average_exp,
    ),
    Link(
        "inverse",
        lambda xp, mu: 1.0 / mu,
        lambda xp, eta: 1.0 / eta,
        log_inverse=lambda xp, eta: -xp.log(eta),
    ),
    Link(
        "1/mu^2",
        lambda xp, mu: 1.0 / mu**2,
        lambda xp, eta: 1.0 / xp.sqrt(eta),
        log_inverse=lambda xp, eta: -0.5 * xp.log(eta),
    ),
    Link(
        "sqrt",
        lambda xp, mu: xp.sqrt(mu),
        lambda xp, eta: eta**2,
        log_inverse=lambda xp, eta: 2.0 * xp.log(xp.abs(eta)),
        averaged=_average_square,
    ),
    Link(
        "softplus",
        _log_expm1,
        lambda xp, eta: xp.softplus(eta),
        log_inverse=_log_softplus,
    ),
    Link(
        "squareplus",
        lambda xp, mu: mu - 1.0 / mu,
        # (eta + sqrt(eta^2 + 4)) / 2 without the cancellation at negative eta.
        lambda xp, eta: xp.exp(xp.arcsinh(eta / 2.0)),
        log_inverse=lambda xp, eta: xp.arcsinh(eta / 2.0),
    ),
    Link(
        "logit",
        lambda xp, mu: xp.log(mu) - xp.log1p(-mu),
        lambda xp, eta: xp.sigmoid(eta),
        log_inverse=lambda xp, eta: -xp.softplus(-eta),
        log1m_inverse=lambda xp, eta: -xp.softplus(eta),
        log_odds=lambda xp, eta: eta,
        log_between=lambda xp, low, high: _between_logit(xp, low, high, high - low),
    ),
    Link(
        "probit",
        lambda xp, mu: xp.ndtri(mu),
        lambda xp, eta: xp.ndtr(eta),
        log_inverse=lambda xp, eta: xp.log_ndtr(eta),
        log1m_inverse=lambda xp, eta: xp.log_ndtr(-eta),
        log_between=_between_probit,
        averaged=_average_probit,
    ),
    Link(
        "probit_approx",
        _probit_approx,
        lambda xp, eta: xp.sigmoid(_approx_logit(xp, eta)),
        log_inverse=lambda xp, eta: -xp.softplus(-_approx_logit(xp, eta)),
        log1m_inverse=lambda xp, eta: -xp.softplus(_approx_logit(xp, eta)),
        log_odds=_approx_logit,
        log_between=_between_probit_approx,
    ),
    Link(
        "cloglog",
        lambda xp, mu: xp.log(-xp.log1p(-mu)),
        lambda xp, eta: -xp.expm1(-_capped_exp(xp, eta)),
        log_inverse=_log_cloglog,
        log1m_inverse=lambda xp, eta: -_capped_exp(xp, eta),
        log_between=_between_cloglog,
    ),
    Link(
        "cauchit",
        # 1/2 + arctan(eta) / pi, with both tails exact.
        lambda xp, mu: -1.0 / xp.tan(math.pi * mu),
        lambda xp, eta: xp.arctan2(1.0, -eta) / math.pi,
        log_inverse=lambda xp, eta: xp.log(xp.arctan2(1.0, -eta) / math.pi),
        log1m_inverse=lambda xp, eta: xp.log(xp.arctan2(1.0, eta) / math.pi),
        log_between=_between_cauchit,
    ),
    Link(
        "softit",
        _softit,
        lambda xp, eta: xp.softplus(eta) / (1.0 + xp.softplus(eta)),
        log_inverse=lambda xp, eta: _log_softplus(xp, eta) - xp.log1p(xp.softplus(eta)),
        log1m_inverse=lambda xp, eta: -xp.log1p(xp.softplus(eta)),
        log_between=_between_softit,
    ),
    Link("tan_half", lambda xp, mu: xp.tan(mu / 2.0), lambda xp, eta: 2.0 * xp.arctan(eta)),
)

# The links that kinds of parameters may have in brms, the default first.
#: A probability: mu of bernoulli, binomial, beta and their kin.
PROBABILITY = (
    "logit",
    "probit",
    "probit_approx",
    "cloglog",
    "cauchit",
    "softit",
    "identity",
    "log",
)
#: A latent scale under ordered categories.
ORDINAL = ("logit", "probit", "probit_approx", "cloglog", "cauchit", "softit")
#: A location on the real line, wherever its distribution is.
REAL = ("identity", "log", "inverse", "softplus", "squareplus")
#: A location that may also be squeezed into (0, 1): gaussian, student, skew_normal.
LOCATION = (*REAL, "logit", "probit", "probit_approx", "cloglog", "cauchit", "softit")
#: A positive mean of measurements.
MEASURE = ("log", "identity", "inverse", "softplus", "squareplus")
#: A mean of counts.
COUNT = ("log", "identity", "sqrt", "softplus", "squareplus")
#: The location of a logarithm.
LOG_LOCATION = ("identity", "inverse")
#: A positive parameter beside mu: sigma, shape, phi, ...
POSITIVE = ("log", "identity", "softplus", "squareplus")
#: A probability beside mu: zi, hu, quantile, ...
SHARE = ("logit", "identity")

_BY_NAME = {link.name: link for link in _LINKS}


def get_link(name: str, valid: tuple[str, ...] | None = None, owner: str = "") -> Link:
    """The link of that name.

    Parameters
    ----------
    name : str
        brms' name of the link.
    valid : tuple of str, optional
        The links that are allowed here; all by default.
    owner : str
        Whose link it is, for the message (``"dpar 'mu' of family 'bernoulli'"``).

    Raises
    ------
    FamilyError
        If there is no such link, or it is not allowed here.

    Examples
    --------
    >>> get_link("logit").name
    'logit'
    """
    allowed = tuple(_BY_NAME) if valid is None else valid
    if name not in allowed:
        where = f" for {owner}" if owner else ""
        raise FamilyError(
            f"Link '{name}' is not available{where}. "
            f"Available links: {listing(allowed)}.{suggest(str(name), allowed)}"
        )
    return _BY_NAME[name]
