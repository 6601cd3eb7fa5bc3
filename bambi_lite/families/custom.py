"""Families of the user's own: a log-density, draws and a mean as Python functions.

A family made by :func:`custom_family` is a :class:`~bambi_lite.families.base.Family` like any
other: each of its distributional parameters may have a formula and group terms, and addition
terms, ``log_lik``, predictions and tables work as they do for the families of brms.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np

from ..design import Column
from ..dists import Dist, Vocable
from ..dists.own import OwnFunction, own_function
from ..dists.words import log1mexp
from ..errors import DataError, FamilyError, listing, rows_of, suggest
from ..links import get_link
from ..xp import Array, Namespace
from .base import Dpar, Family, Linkeds, Response, families
from .responses import numeric_response

#: Names of parameters: in ``b_phi_x`` it has to be clear where one ends.
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*")
#: Names that have a meaning already: for the functions, and as classes of parameters.
_TAKEN = ("y", "xp", "rng", "b", "r", "sd", "cor", "df", "Intercept")
#: What a function may ask for beside the parameters: numbers that addition terms bring.
_VARIABLE = re.compile(r"(trials|dec|rate|se)|(vreal|vint)[1-9][0-9]*")
_TYPES = ("real", "int")


def custom_family(
    name: str,
    dpars: Sequence[str] = ("mu",),
    links: str | Sequence[str] | Mapping[str, str] = "identity",
    logp: Callable[..., Any] | None = None,
    rng: Callable[..., Any] | None = None,
    mean: Callable[..., Any] | None = None,
    bounds: Mapping[str, Sequence[float | None]] | Sequence[Sequence[float | None]] | None = None,
    type: str = "real",
    vars: str | Sequence[str] = (),
    *,
    support: tuple[float | None, float | None] = (None, None),
    lcdf: Callable[..., Any] | None = None,
    lccdf: Callable[..., Any] | None = None,
    prior: Mapping[str, str] | None = None,
) -> Family:
    """A family of one's own, as brms' ``custom_family()``, with Python functions for Stan's.

    All functions take the parameters of the family and the variables of `vars` by their names, in
    any order, and only those they need. They work elementwise: parameters are on the response
    scale, of shape (..., n_obs) or (..., 1), where the leading axes are those of draws (chain,
    draw) and there are none while the model is built; variables have shape (n_obs,).

    Parameters
    ----------
    name : str
        What it is called.
    dpars : sequence of str
        Its distributional parameters, ``mu`` among them: letters and digits.
    links : str, sequence or mapping
        The link of each (of all, if it is one text), by position or by name; a parameter that a
        mapping leaves out has the identity.
    logp : callable
        ``logp(y, mu, ...)``: the log-density of each observation, written with ``pytensor.tensor``.
        For draws it is compiled once and given arrays. If its first argument is named ``xp``, it
        is called as ``logp(xp, y, mu, ...)`` with a namespace of functions for the world that it is
        called in (:mod:`bambi_lite.xp`), and nothing is compiled.
    rng : callable, optional
        ``rng(rng, mu, ...)``: draws, from a ``numpy.random.Generator``; NumPy arrays of the full
        shape (chain, draw, n_obs) in and out. ``posterior_predict()`` needs it.
    mean : callable, optional
        ``mean(mu, ...)``: the expected response, NumPy arrays. ``posterior_epred()`` needs it.
    bounds : mapping or sequence, optional
        Bounds (lb, ub) of each parameter on the response scale, None where there is none, by name
        or by position; in force where a parameter has no formula.
    type : "real" or "int"
        Whether the response is measured or a whole number.
    vars : str or sequence of str
        Data that the functions take, brought by addition terms: ``trials``, ``dec``, ``rate``,
        ``se``, ``vreal1``, ``vreal2``, ..., ``vint1``, ... (brms' ``vint1[n]`` is understood).
    support : (float or None, float or None)
        The lowest and the highest value that a response may have; None where there is none.
    lcdf, lccdf : callable, optional
        ``lcdf(y, mu, ...)``, ``lccdf(y, mu, ...)``: log P(Y <= y) and log P(Y > y), called as
        `logp`. With one of them the family has the addition terms ``cens()`` and ``trunc()``; give
        both where tails matter, since the other one is then one minus it.
    prior : mapping, optional
        Default priors: text by parameter (``phi``), and ``Intercept`` or ``Intercept_phi`` for
        those with a formula. Without it they are flat, as in brms; group terms have the usual ones.

    Returns
    -------
    Family
        For ``bl.brm(..., family=...)``.

    Raises
    ------
    FamilyError
        When the parts do not fit together; later, when a function does not do what it has to.

    Examples
    --------
    >>> import pytensor.tensor as pt
    >>> rayleigh = custom_family(
    ...     "rayleigh",
    ...     links="log",
    ...     logp=lambda y, mu: pt.log(y) - 2 * pt.log(mu) - y**2 / (2 * mu**2),
    ...     rng=lambda rng, mu: rng.rayleigh(mu),
    ...     mean=lambda mu: mu * (3.141592653589793 / 2) ** 0.5,
    ... )
    >>> rayleigh.link("mu").name
    'log'
    """
    names = _parameters(name, (dpars,) if isinstance(dpars, str) else dpars)
    variables = _variables(name, (vars,) if isinstance(vars, str) else vars)
    if type not in _TYPES:
        raise FamilyError(f"type = {type!r} of family '{name}' is none of {listing(_TYPES)}.")
    if logp is None:
        raise FamilyError(f"Family '{name}' needs logp = a function of y and {listing(names)}.")
    known = (*names, *variables)

    def read(role: str, function: Callable[..., Any] | None, lead: str = "") -> OwnFunction | None:
        return None if function is None else own_function(name, role, function, lead, known)

    density = own_function(name, "logp", logp, "y", known)
    if unused := [n for n in names if n not in density.names]:
        raise FamilyError(f"{density} does not take {listing(unused)}: nothing would tell it.")
    own_links, own_bounds = _by_name(name, "links", links, names), _bounds(name, bounds, names)
    ends = _pair(name, "support", support)
    word = _word(name, known, ends, density, read("lcdf", lcdf, "y"), read("lccdf", lccdf, "y"),
                 read("rng", rng, "rng"))  # fmt: skip
    terms = tuple(dict.fromkeys(re.sub(r"[0-9]+$", "", v) for v in variables))
    tails = ("cens", "trunc") if lcdf or lccdf else ()
    return Family(
        name,
        dpars=tuple(
            Dpar(n, (get_link(own_links.get(n, "identity")).name,), *own_bounds.get(n, ()))
            for n in names
        ),
        encode=_encoder(name, type == "int", ends, variables),
        likelihood=_likelihood(word, variables),
        mean=_mean(name, read("mean", mean), variables),
        additions=(*terms, *tails),
        required=terms,
        scaled=True,
        discrete=type == "int",
        priors=MappingProxyType(_priors(name, prior, names)),
    )


# -- reading ---------------------------------------------------------------------------------


def _parameters(family: str, dpars: Sequence[str]) -> tuple[str, ...]:
    """The names of the parameters, ``mu`` first."""
    if family in families():
        raise FamilyError(f"There is a family '{family}' already; give yours another name.")
    for dpar in dpars:
        if not _NAME.fullmatch(dpar) or dpar in _TAKEN:
            raise FamilyError(
                f"'{dpar}' of family '{family}' is no name of a distributional parameter: it is "
                f"made of letters and digits, and none of {listing(_TAKEN)}."
            )
        if list(dpars).count(dpar) > 1:
            raise FamilyError(f"Family '{family}' has the parameter '{dpar}' twice.")
    if "mu" not in dpars:
        raise FamilyError(
            f"Family '{family}' has no parameter 'mu', which the main formula predicts; it has "
            f"{listing(dpars) or 'none'}."
        )
    return ("mu", *(dpar for dpar in dpars if dpar != "mu"))


def _variables(family: str, vars: Sequence[str]) -> tuple[str, ...]:
    # brms' users write them as Stan sees them, vint1[n].
    variables = tuple(v.removesuffix("[n]") for v in vars)
    for variable in variables:
        if not _VARIABLE.fullmatch(variable):
            raise FamilyError(
                f"'{variable}' is no variable that family '{family}' can have; addition terms "
                f"bring trials, dec, rate, se, vreal1, vreal2, ... and vint1, vint2, ..."
            )
    return variables


def _by_name(family: str, what: str, given: Any, names: Sequence[str]) -> dict[str, Any]:
    """Something for each parameter, given for all, by position or by name."""
    if isinstance(given, str):
        return dict.fromkeys(names, given)
    if isinstance(given, Mapping):
        for name in given:
            if name not in names:
                raise FamilyError(
                    f"{what} of family '{family}' names '{name}', which is no parameter of it: "
                    f"{listing(names)}.{suggest(str(name), names)}"
                )
        return dict(given)
    if len(given) != len(names):
        raise FamilyError(
            f"{what} of family '{family}' has {len(given)} entries for {len(names)} parameters: "
            f"{listing(names)}."
        )
    return dict(zip(names, given, strict=True))


def _bounds(
    family: str, bounds: Any, names: Sequence[str]
) -> dict[str, tuple[float | None, float | None]]:
    given = _by_name(family, "bounds", bounds or {}, names)
    return {name: _pair(family, f"bounds of '{name}'", pair) for name, pair in given.items()}


def _pair(family: str, what: str, pair: Any) -> tuple[float | None, float | None]:
    """A lower and an upper bound, None where there is none."""
    ends = (None, None) if pair is None else tuple(pair)
    if len(ends) != 2:
        raise FamilyError(f"{what} of family '{family}' has to be a pair (lb, ub), not {pair!r}.")
    low, high = (None if end is None or not math.isfinite(end) else float(end) for end in ends)
    if low is not None and high is not None and low >= high:
        raise FamilyError(
            f"In {what} of family '{family}' the lower one is not below the upper one: "
            f"({low:g}, {high:g})."
        )
    return low, high


def _priors(family: str, prior: Mapping[str, str] | None, names: Sequence[str]) -> dict[str, str]:
    rows = ["Intercept" if n == "mu" else f"Intercept_{n}" for n in names]
    for name in prior or {}:
        if name not in (*names, *rows):
            raise FamilyError(
                f"prior of family '{family}' names '{name}', which is none of "
                f"{listing((*names, *rows))}.{suggest(name, (*names, *rows))}"
            )
    return dict(prior or {})


# -- the family ------------------------------------------------------------------------------


def _encoder(
    family: str,
    whole: bool,
    support: tuple[float | None, float | None],
    variables: Sequence[str],
) -> Callable[[Column, Mapping[str, Any]], Response]:
    low, high = support

    def encode(column: Column, additions: Mapping[str, Any]) -> Response:
        y = numeric_response(column, family)
        for problem, end, bad in (
            ("below", low, low is not None and y < low),
            ("above", high, high is not None and y > high),
        ):
            if np.any(bad):
                raise DataError(
                    f"Response '{column.name}' is {problem} {end:g} in {rows_of(bad)}; that is "
                    f"outside the support of family '{family}'."
                )
        if whole and (bad := y != np.floor(y)).any():
            raise DataError(
                f"Response '{column.name}' is not a whole number in {rows_of(bad)}; family "
                f"'{family}' needs whole numbers. Measurements: type = 'real'."
            )
        for variable in variables:
            if variable not in additions:
                term = re.sub(r"[0-9]+$", "", variable)
                raise DataError(
                    f"Family '{family}' needs '{variable}', but {term}() has "
                    f"{sum(name.startswith(term) for name in additions)} argument(s)."
                )
        if "se_sigma" in additions:
            raise DataError(
                f"se(x, sigma = TRUE) has no meaning for family '{family}': what it makes of se is "
                f"its own business."
            )
        return Response(y, {variable: additions[variable] for variable in variables})

    return encode


def _arguments(
    xp: Namespace, dpars: Linkeds, response: Response, variables: Sequence[str]
) -> dict[str, Array]:
    values = {name: own.value(xp) for name, own in dpars.items()}
    return values | {name: response.extra[name] for name in variables}


def _likelihood(
    word: Vocable, variables: Sequence[str]
) -> Callable[[Namespace, Linkeds, Response], Dist]:
    def likelihood(xp: Namespace, dpars: Linkeds, response: Response) -> Dist:
        return Dist(word.name, _arguments(xp, dpars, response, variables), word)

    return likelihood


def _mean(
    family: str, function: OwnFunction | None, variables: Sequence[str]
) -> Callable[[Namespace, Linkeds, Response], Array]:
    def mean(xp: Namespace, dpars: Linkeds, response: Response) -> Array:
        if function is None:
            raise FamilyError(
                f"Family '{family}' has no expectation: custom_family(mean = a function of "
                f"{listing(dpars)}) would give it one."
            )
        args = _arguments(xp, dpars, response, variables)
        shape = np.broadcast_shapes(response.y.shape, *map(np.shape, args.values()))
        return function.number(shape, (), args)

    return mean


def _word(
    name: str,
    args: tuple[str, ...],
    support: tuple[float | None, float | None],
    logp: OwnFunction,
    lcdf: OwnFunction | None,
    lccdf: OwnFunction | None,
    rng: OwnFunction | None,
) -> Vocable:
    """The distribution as the rest of the package takes it."""

    def random(generator: np.random.Generator, *values: Any) -> np.ndarray:
        if rng is None:
            raise FamilyError(
                f"Family '{name}' has no draws: custom_family(rng = a function of a "
                f"numpy.random.Generator and {listing(args)}) would give it some."
            )
        shape = np.broadcast_shapes(*map(np.shape, values))
        whole = {n: np.broadcast_to(v, shape) for n, v in zip(args, values, strict=True)}
        drawn: np.ndarray = rng.number(shape, (generator,), whole)
        return drawn

    return Vocable(
        name,
        args,
        (
            -math.inf if support[0] is None else support[0],
            math.inf if support[1] is None else support[1],
        ),
        lambda xp, y, **own: logp.density(xp, y, own),
        prior=False,
        random=random,
        lcdf=_tail(lcdf, lccdf),
        lccdf=_tail(lccdf, lcdf),
    )


def _tail(own: OwnFunction | None, other: OwnFunction | None) -> Callable[..., Array] | None:
    """A log-probability; one minus the other one where it is not given itself."""
    if own is not None:
        return lambda xp, y, **args: own.density(xp, y, args)
    if other is not None:
        return lambda xp, y, **args: log1mexp(xp, -other.density(xp, y, args))
    return None
