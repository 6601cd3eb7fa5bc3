"""Words made of other words: extra zeros, hurdles, and masses at both ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from ..xp import Array, Namespace
from . import counts, positive, real, unit
from .tails import LOWER, UPPER, bounded, completed, tails
from .words import Vocable, log1mexp, shape_of

type Random = Callable[..., np.ndarray]
type Args = Mapping[str, Array]


def _draw(word: Vocable) -> Random:
    assert word.random is not None
    return word.random


def _tail_of(word: Vocable, xp: Namespace, which: int, y: Array, args: Args) -> Array:
    assert word.lcdf is not None
    assert word.lccdf is not None
    return (word.lcdf if which == LOWER else word.lccdf)(xp, y, **args)


def _zero_inflated(base: Vocable) -> Vocable:
    """Zero with probability zi, else the count that `base` gives, which may be zero too."""
    n = len(base.args)
    draw = _draw(base)

    def logp(xp: Namespace, y: Array, *, log_zi: Array, log1m_zi: Array, **args: Array) -> Array:
        own = log1m_zi + base.logp(xp, y, **args)
        nothing = log1m_zi + base.logp(xp, 0.0 * y, **args)
        return xp.where(y > 0.0, own, xp.logaddexp(log_zi, nothing))

    def tail(
        xp: Namespace, which: int, y: Array, *, log_zi: Array, log1m_zi: Array, **args: Array
    ) -> Array:
        upper = log1m_zi + _tail_of(base, xp, UPPER, y, args)
        lower = xp.logaddexp(log_zi, log1m_zi + _tail_of(base, xp, LOWER, y, args))
        return bounded(xp, which, upper if which == UPPER else completed(xp, lower, upper), y < 0.0)

    def random(rng: np.random.Generator, *args: Array) -> np.ndarray:
        zero = rng.random(shape_of(*args)) < np.exp(args[n])
        return np.where(zero, 0, draw(rng, *args[:n]))

    return Vocable(
        f"zero_inflated_{base.name}",
        (*base.args, "log_zi", "log1m_zi"),
        base.support,
        logp,
        prior=False,
        random=random,
        **tails(tail),
    )


def _hurdle_count(base: Vocable, above_zero: Random) -> Vocable:
    """Zero with probability hu, else a count of `base` given that it is not zero."""
    n = len(base.args)

    def logp(xp: Namespace, y: Array, *, log_hu: Array, log1m_hu: Array, **args: Array) -> Array:
        some = log1mexp(xp, -base.logp(xp, 0.0 * y, **args))
        own = log1m_hu + base.logp(xp, y, **args) - some
        return xp.where(y > 0.0, own, log_hu)

    def tail(
        xp: Namespace, which: int, y: Array, *, log_hu: Array, log1m_hu: Array, **args: Array
    ) -> Array:
        some = _tail_of(base, xp, UPPER, 0.0 * y, args)
        upper = log1m_hu + _tail_of(base, xp, UPPER, y, args) - some
        if which == LOWER:
            # Between nothing and y: P(0 < Y <= y) as a difference that keeps its digits.
            counted = y >= 1.0
            up_to = _tail_of(base, xp, LOWER, xp.where(counted, y, 1.0), args)
            nothing = base.logp(xp, 0.0 * y, **args)
            between = up_to + log1mexp(xp, up_to - nothing) - some
            lower = xp.where(counted, xp.logaddexp(log_hu, log1m_hu + between), log_hu)
            return bounded(xp, which, completed(xp, lower, upper), y < 0.0)
        return bounded(xp, which, upper, y < 0.0)

    def random(rng: np.random.Generator, *args: Array) -> np.ndarray:
        zero = rng.random(shape_of(*args)) < np.exp(args[n])
        return np.where(zero, 0, above_zero(rng, *args[:n]))

    return Vocable(
        f"hurdle_{base.name}",
        (*base.args, "log_hu", "log1m_hu"),
        base.support,
        logp,
        prior=False,
        random=random,
        **tails(tail),
    )


def _mass_at_zero(base: Vocable, name: str, mass: str) -> Vocable:
    """Exactly zero with the probability `mass`, else the measurement that `base` gives."""
    n = len(base.args)
    draw = _draw(base)

    def logp(xp: Namespace, y: Array, **args: Array) -> Array:
        log_mass, log1m_mass = args.pop(f"log_{mass}"), args.pop(f"log1m_{mass}")
        # The density at zero need not be finite; where it does not count it is taken at 1/2.
        inside = xp.where(xp.abs(y) > 0.0, y, 0.5)
        return xp.where(xp.abs(y) > 0.0, log1m_mass + base.logp(xp, inside, **args), log_mass)

    def tail(xp: Namespace, which: int, y: Array, **args: Array) -> Array:
        log_mass, log1m_mass = args.pop(f"log_{mass}"), args.pop(f"log1m_{mass}")
        parts = [log1m_mass + _tail_of(base, xp, side, y, args) for side in (LOWER, UPPER)]
        # The mass is below y from zero on, and above it before.
        sums = [xp.logaddexp(log_mass, part) for part in parts]
        reached = y >= 0.0
        lower = xp.where(reached, sums[LOWER], parts[LOWER])
        upper = xp.where(reached, parts[UPPER], sums[UPPER])
        inner = completed(xp, lower, upper) if which == LOWER else completed(xp, upper, lower)
        return inner if base.support[0] < 0.0 else bounded(xp, which, inner, y < 0.0)

    def random(rng: np.random.Generator, *args: Array) -> np.ndarray:
        zero = rng.random(shape_of(*args)) < np.exp(args[n])
        return np.where(zero, 0.0, draw(rng, *args[:n]))

    return Vocable(
        name,
        (*base.args, f"log_{mass}", f"log1m_{mass}"),
        base.support,
        logp,
        prior=False,
        random=random,
        **tails(tail),
    )


def _zero_one_inflated(base: Vocable) -> Vocable:
    """Zero or one with probability zoi, one among these with probability coi."""
    n = len(base.args)
    draw = _draw(base)

    def logp(
        xp: Namespace,
        y: Array,
        *,
        log_zoi: Array,
        log1m_zoi: Array,
        log_coi: Array,
        log1m_coi: Array,
        **args: Array,
    ) -> Array:
        between = (y > 0.0) & (y < 1.0)
        own = log1m_zoi + base.logp(xp, xp.where(between, y, 0.5), **args)
        end = log_zoi + xp.where(y > 0.5, log_coi, log1m_coi)
        return xp.where(between, own, end)

    def tail(
        xp: Namespace,
        which: int,
        y: Array,
        *,
        log_zoi: Array,
        log1m_zoi: Array,
        log_coi: Array,
        log1m_coi: Array,
        **args: Array,
    ) -> Array:
        # The mass at zero is below y, that at one above it.
        inner = log1m_zoi + _tail_of(base, xp, which, y, args)
        end = log_zoi + (log1m_coi if which == LOWER else log_coi)
        return bounded(xp, which, xp.logaddexp(end, inner), y < 0.0, y >= 1.0)

    def random(rng: np.random.Generator, *args: Array) -> np.ndarray:
        size = shape_of(*args)
        end = rng.random(size) < np.exp(args[n])
        one = rng.random(size) < np.exp(args[n + 2])
        return np.where(end, np.where(one, 1.0, 0.0), draw(rng, *args[:n]))

    return Vocable(
        f"zero_one_inflated_{base.name}",
        (*base.args, "log_zoi", "log1m_zoi", "log_coi", "log1m_coi"),
        base.support,
        logp,
        prior=False,
        random=random,
        **tails(tail),
    )


def _arrival(rng: np.random.Generator, rate: np.ndarray) -> np.ndarray:
    """When the first event of a Poisson process comes, given one before time 1; times `rate`."""
    return np.asarray(-np.log1p(rng.random(np.shape(rate)) * np.expm1(-rate)))


def _poisson_above_zero(rng: np.random.Generator, log_mu: Array) -> np.ndarray:
    """One event, and those of the time that is left after it."""
    mu = np.exp(log_mu)
    return np.asarray(1 + rng.poisson(np.maximum(mu - _arrival(rng, mu), 0.0)))


def _neg_binomial_above_zero(
    rng: np.random.Generator, log_mu: Array, log_shape: Array
) -> np.ndarray:
    """The negative binomial as a Poisson number of logarithmic clusters (Quenouille 1949).

    The first cluster comes as the first Poisson event does; those after it add up to a negative
    binomial for the time that is left.
    """
    log_mu, log_shape = np.broadcast_arrays(log_mu, log_shape)
    rate = np.exp(log_shape) * np.logaddexp(0.0, log_mu - log_shape)
    left = np.clip(1.0 - _arrival(rng, rate) / np.maximum(rate, 1e-300), 1e-300, 1.0)
    # 1 - 1e-16 is the largest argument that logseries() takes.
    share = np.minimum(np.exp(-np.logaddexp(0.0, log_shape - log_mu)), 1.0 - 1e-16)
    rest = rng.poisson(rng.gamma(left * np.exp(log_shape), np.exp(log_mu - log_shape)))
    return np.asarray(rng.logseries(share) + rest)


_BASE = {word.name: word for word in (*real.WORDS, *positive.WORDS, *counts.WORDS, *unit.WORDS)}

WORDS = (
    _zero_inflated(_BASE["poisson"]),
    _zero_inflated(_BASE["neg_binomial"]),
    _zero_inflated(_BASE["binomial"]),
    _zero_inflated(_BASE["beta_binomial"]),
    _hurdle_count(_BASE["poisson"], _poisson_above_zero),
    _hurdle_count(_BASE["neg_binomial"], _neg_binomial_above_zero),
    _mass_at_zero(_BASE["gamma"], "hurdle_gamma", "hu"),
    _mass_at_zero(_BASE["lognormal"], "hurdle_lognormal", "hu"),
    _mass_at_zero(_BASE["beta_mean"], "zero_inflated_beta_mean", "zi"),
    _mass_at_zero(_BASE["asym_laplace"], "zero_inflated_asym_laplace", "zi"),
    _zero_one_inflated(_BASE["beta_mean"]),
)
