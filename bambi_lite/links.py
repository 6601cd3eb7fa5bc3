"""Links: from the response scale to the link scale and back, each written once over ``xp``.

Names are brms' (2.23). Besides the link and its inverse a link may say ``log`` and
``log1m`` of its inverse directly: a probability of 1 - 1e-20 is 1 in floating point, but its
``log1m`` is still exact when it comes from the linear predictor.
"""

from __future__ import annotations

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
    """

    name: str
    link: LinkFunction
    inverse: LinkFunction
    log_inverse: LinkFunction | None = None
    log1m_inverse: LinkFunction | None = None


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
        if self.link.log_inverse is not None:
            return self.link.log_inverse(xp, self.eta)
        return xp.log(self.value(xp))

    def log1m(self, xp: Namespace) -> Array:
        """The logarithm of one minus it, exact where the value rounds to one."""
        if self.link.log1m_inverse is not None:
            return self.link.log1m_inverse(xp, self.eta)
        return xp.log1p(-self.value(xp))


def _log_expm1(xp: Namespace, mu: Array) -> Array:
    """log(exp(mu) - 1), the link of softplus, without overflow."""
    return mu + xp.log(-xp.expm1(-mu))


_LINKS: tuple[Link, ...] = (
    Link("identity", lambda xp, mu: mu, lambda xp, eta: eta),
    Link(
        "log",
        lambda xp, mu: xp.log(mu),
        lambda xp, eta: xp.exp(eta),
        log_inverse=lambda xp, eta: eta,
        log1m_inverse=lambda xp, eta: xp.log(-xp.expm1(eta)),
    ),
    Link(
        "logit",
        lambda xp, mu: xp.log(mu) - xp.log1p(-mu),
        lambda xp, eta: xp.sigmoid(eta),
        log_inverse=lambda xp, eta: -xp.softplus(-eta),
        log1m_inverse=lambda xp, eta: -xp.softplus(eta),
    ),
    Link(
        "probit",
        lambda xp, mu: xp.ndtri(mu),
        lambda xp, eta: xp.ndtr(eta),
        log_inverse=lambda xp, eta: xp.log_ndtr(eta),
        log1m_inverse=lambda xp, eta: xp.log_ndtr(-eta),
    ),
    Link("inverse", lambda xp, mu: 1.0 / mu, lambda xp, eta: 1.0 / eta),
    Link(
        "softplus",
        _log_expm1,
        lambda xp, eta: xp.softplus(eta),
    ),
    Link(
        "squareplus",
        lambda xp, mu: mu - 1.0 / mu,
        lambda xp, eta: (eta + xp.sqrt(eta**2 + 4.0)) / 2.0,
    ),
)

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
