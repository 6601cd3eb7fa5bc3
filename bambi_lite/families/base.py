"""What a family is: its distributional parameters, its response, its likelihood, its mean.

A family is one file beside this one that builds a :class:`Family` and registers it. Nothing
outside ``families/`` knows a family by name: the rest of the package asks the family.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np

from ..design import Column, PredictorDesign
from ..dists import Dist
from ..errors import FamilyError, listing, marked, suggest
from ..formula import parse, read_family
from ..links import Link, Linked, get_link
from ..terms import FamilyTerm
from ..xp import Array, Namespace

type FloatArray = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
#: The distributional parameters by name, on their link scales.
type Linkeds = Mapping[str, Linked]


@dataclass(frozen=True, slots=True)
class Response:
    """The response as the likelihood wants it.

    Attributes
    ----------
    y : array of shape (n_obs,) or (n_obs, n_columns)
        Encoded values: numbers; 0/1 for a response with two categories, 1, 2, ... with more; the
        columns of ``cbind()``.
    extra : mapping
        Arrays of shape (n_obs,) from addition terms, for example ``trials``.
    levels : tuple of str
        Labels of the encoded values where the response was categorical.
    categories : tuple of str
        Labels of the trailing axis that the mean has, where it has one: categories, columns.
    static : mapping
        What belongs to no row: for ordinal families the thresholds of each group.
    first : int
        The number of the first category, where the response is one of `categories`.
    """

    y: FloatArray
    extra: Mapping[str, FloatArray] = field(default_factory=dict)
    levels: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    static: Mapping[str, Any] = field(default_factory=dict)
    first: int = 1

    def take(self, rows: Any) -> Response:
        """The same response on some of its rows."""
        extra = {name: values[rows] for name, values in self.extra.items()}
        return dataclasses.replace(self, y=self.y[rows], extra=extra)


@dataclass(frozen=True, slots=True)
class Dpar:
    """A distributional parameter of a family.

    Attributes
    ----------
    name : str
        brms' name: ``mu``, ``sigma``, ...
    links : tuple of str
        Links it may have, the default first.
    lower, upper : float, str or None
        Bounds of the parameter itself, in force when it is not predicted; ``"min_Y"`` is the
        smallest response.
    fixed : float or None
        Its value when it is not predicted, where the family does not estimate it then (``disc``).
    stem : str
        The name that default priors and links know it by, where that is not its own: ``mu`` for
        ``muB``, ``sigma`` for ``sigmap2``. A parameter of stem ``mu`` takes the main formula
        unless it has its own.
    known : str
        Why it can have neither a formula nor another value, where it cannot.
    joint : bool
        Whether responses whose residuals are correlated have one of it together.
    """

    name: str
    links: tuple[str, ...]
    lower: float | None = None
    upper: float | str | None = None
    fixed: float | None = None
    stem: str = ""
    known: str = ""
    joint: bool = False

    @property
    def main(self) -> bool:
        """Whether the main formula predicts it."""
        return (self.stem or self.name) == "mu"


@dataclass(frozen=True, slots=True)
class Family:
    """A response distribution with a link for each of its distributional parameters.

    Attributes
    ----------
    name : str
        brms' name.
    dpars : tuple of Dpar
        Distributional parameters, ``mu`` first.
    encode : callable
        ``encode(column, additions) -> Response``: checks the response; raises DataError.
    likelihood : callable
        ``likelihood(xp, dpars, response) -> Dist``.
    mean : callable
        ``mean(xp, dpars, response) -> array``: expectation of the response.
    additions : tuple of str
        Addition terms the family honours beside those that all do (``weights``, ``subset``,
        ``index``); each of them is required if in `required`.
    required : tuple of str
        Addition terms it cannot do without.
    scaled : bool
        Whether default priors take location and scale from the response
        (brms: not for families of categories and proportions).
    scale_link : str
        The link through which default priors look at the response, when it is not that of ``mu``
        (``log`` where ``mu`` is the location of a logarithm).
    discrete : bool
        Whether the response is a whole number.
    masses : tuple of float
        Single values of a measured response that have a probability of their own.
    latent_variance : mapping
        Variance of the latent residual per link of ``mu``, where the family has one.
    variance : callable or None
        ``variance(mean, dpars) -> array``: the variance of what ``mu`` is the mean of (the
        response, or its logarithm where `scale_link` says so), from the mean and the values of the
        other parameters. The intraclass correlation takes it.
    links : mapping
        The link in force for each dpar (or stem of dpars).
    bind : callable or None
        ``bind(family, response) -> Family``: the family on these data, where its parameters
        depend on them (a ``mu`` for each category, a ``sigma`` that ``se()`` makes known).
    structure : callable or None
        ``structure(family, response, mu) -> terms``: parameters that belong to no linear
        predictor (thresholds, correlations, a baseline hazard); ``mu`` is the design of the main
        formula. Their values reach `likelihood` and `mean` among the dpars, under their names.
    renew : callable or None
        ``renew(response, extra) -> Response``: the response of new rows, of which only the
        addition terms are known; by default the training response with these.
    truncated_mean : callable or None
        ``truncated_mean(xp, dpars, response, lower, upper) -> array``: expectation of a response
        known to lie between bounds.
    linear : bool
        Whether the mean is linear in the value of ``mu`` while the other parameters stay, so that
        the average of a mean is the mean at the average of ``mu``.
    residual_variance : callable or None
        ``residual_variance(xp, dpars, response) -> array``: the variance of the response around its
        expectation, where R-squared takes it from the model (brms 2.23: gaussian, bernoulli).
    about : str
        What ``mu`` is, where default priors take its scale from a response that it is no location
        of: a drift, a hazard.
    thresholds : bool
        Whether thresholds stand in place of the intercept.
    latent : bool
        Whether the likelihood takes ``mu`` on its link scale, as where thresholds or other
        categories come in before the link.
    law : str
        What the likelihood says of ``mu``, for explanations; ``{link}`` is the link of ``mu``.
    squares : bool
        Whether residuals from `mu` are normal, so that squares tell the likelihood.
    rescor : str
        The multivariate distribution of its residuals where they are correlated with those of
        another response, which has to name the same; empty where they cannot be.
    options : mapping
        Settings of the family itself, with their values: ``threshold`` of ordinal families,
        ``refcat`` of categorical ones.
    check_options : callable or None
        ``check_options(options)`` raises FamilyError for a setting that cannot be.
    priors : mapping or None
        Default priors of its own in place of those of priors/default.toml, by the name of the
        parameter (``phi``, ``Intercept``, ``Intercept_phi``); those that are not there are flat.
    kernel : str
        Name of the compiled log-likelihood over the linear predictors of `dpars`, in their order,
        where an engine has one; a test holds it to `likelihood`.
    information : callable or None
        ``information(family, response)``: about how much a row knows of its linear predictor of
        ``mu`` (Fisher information on the link scale, one number or one a row), or None where the
        link is another than the default one. It decides how group effects are sampled.
    """

    name: str
    dpars: tuple[Dpar, ...]
    encode: Callable[[Column, Mapping[str, Any]], Response]
    likelihood: Callable[[Namespace, Linkeds, Response], Dist]
    mean: Callable[[Namespace, Linkeds, Response], Array]
    additions: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    scaled: bool = False
    scale_link: str = ""
    discrete: bool = False
    masses: tuple[float, ...] = ()
    latent_variance: Mapping[str, float] = field(default_factory=dict)
    variance: Callable[[Any, Mapping[str, Any]], Any] | None = None
    links: Mapping[str, str] = field(default_factory=dict)
    bind: Callable[[Family, Response], Family] | None = None
    structure: Callable[[Family, Response, PredictorDesign], tuple[FamilyTerm, ...]] | None = None
    renew: Callable[[Response, Mapping[str, Any]], Response] | None = None
    truncated_mean: Callable[..., Array] | None = None
    linear: bool = False
    residual_variance: Callable[[Namespace, Linkeds, Response], Array] | None = None
    about: str = ""
    thresholds: bool = False
    latent: bool = False
    law: str = ""
    squares: bool = False
    rescor: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    check_options: Callable[[Mapping[str, Any]], None] | None = None
    priors: Mapping[str, str] | None = None
    kernel: str = ""
    information: Callable[[Family, Response], Any] | None = None

    def on(self, response: Response) -> Family:
        """The family with the parameters that it has for this response."""
        return self if self.bind is None else self.bind(self, response)

    def new_response(self, response: Response, extra: Mapping[str, Any], n_obs: int) -> Response:
        """The response of `n_obs` new rows, of which only the addition terms are known."""
        unknown = np.full((n_obs, *response.y.shape[1:]), np.nan)
        known = dataclasses.replace(response, y=unknown)
        if self.renew is not None:
            return self.renew(known, extra)
        return dataclasses.replace(known, extra=extra)

    def dpar(self, name: str) -> Dpar:
        """The distributional parameter of that name; FamilyError when the family lacks it."""
        names = [d.name for d in self.dpars]
        for d in self.dpars:
            if d.name == name:
                return d
        raise FamilyError(
            f"Family '{self.name}' has no distributional parameter '{name}'. "
            f"It has: {listing(names)}.{suggest(name, names)}"
        )

    def link(self, name: str) -> Link:
        """The link in force for a distributional parameter."""
        own = self.dpar(name)
        return get_link(self.links.get(name) or self.links.get(own.stem) or own.links[0])

    def with_links(self, links: Mapping[str, str]) -> Family:
        """The same family with other links, each checked.

        Parameters
        ----------
        links : mapping
            Link name by dpar.

        Raises
        ------
        FamilyError
            For a dpar the family lacks, or a link that dpar cannot have.
        """
        for name, link in links.items():
            get_link(link, self.dpar(name).links, f"dpar '{name}' of family '{self.name}'")
        chosen = MappingProxyType({**self.links, **links})
        return dataclasses.replace(self, links=chosen)

    def with_options(self, options: Mapping[str, Any]) -> Family:
        """The same family with other settings, each checked by the family.

        Raises
        ------
        FamilyError
            For a setting the family cannot have.
        """
        if self.check_options is not None:
            self.check_options(options)
        return dataclasses.replace(self, options=MappingProxyType(dict(options)))

    def __str__(self) -> str:
        return self.name


_REGISTRY: dict[str, Family] = {}
#: R writes two constructors in capitals, since gamma() and beta() are functions there.
_R_NAMES = {"gamma": "Gamma", "beta": "Beta"}


def register(family: Family) -> Family:
    """Make a family known by its name; returns it."""
    _REGISTRY[family.name] = family
    return family


def families() -> tuple[str, ...]:
    """Names of all registered families."""
    return tuple(_REGISTRY)


def is_registered(family: Family) -> bool:
    """Whether a family can be had by its name; one made by ``custom_family()`` cannot."""
    return family.name in _REGISTRY


def same_family(one: Family, other: Family) -> bool:
    """Whether two families are the same one with the same links."""
    return one.name == other.name and stem_links(one) == stem_links(other)


def stem_links(family: Family) -> dict[str, str]:
    """Names of the links in force, by parameter or by the stem that several have in common."""
    return {d.stem or d.name: family.link(d.name).name for d in family.dpars}


def named(name: str, own: Sequence[Family] = ()) -> Family | None:
    """The family of that name among `own` or those of the package; None where there is none."""
    for family in own:
        if family.name == name:
            return family
    return get_family(name) if name in _REGISTRY else None


def get_family(family: str | Family, links: Mapping[str, str] | None = None) -> Family:
    """A family from its name or from the text of a call in R, or the family itself.

    Parameters
    ----------
    family : str or Family
        brms' name of the family, a call as it is written in R (read, never evaluated), or one made
        by a constructor such as ``bl.bernoulli("probit")``.
    links : mapping, optional
        Link name by distributional parameter.

    Raises
    ------
    FamilyError
        For an unknown family, link or setting; in the text of a call with a caret under it.
    FormulaError
        For a text that is no call with constants as arguments.

    Examples
    --------
    >>> get_family("binomial").link("mu").name
    'logit'
    >>> dict(get_family('cumulative("probit", threshold = "equidistant")').options)
    {'threshold': 'equidistant'}
    """
    if isinstance(family, Family):
        return family.with_links(links) if links else family
    if not isinstance(family, str):
        raise FamilyError(
            f"family has to be a name or a family such as bl.bernoulli(), not "
            f"{type(family).__name__}."
        )
    if "(" in family:
        return _read(family).with_links(links or {})
    family = next((name for name, r_name in _R_NAMES.items() if family == r_name), family)
    if family not in _REGISTRY:
        raise FamilyError(
            f"Unknown family '{family}'. Available families: {listing(sorted(_REGISTRY), 60)}."
            f"{suggest(family, _REGISTRY)}"
        )
    return _REGISTRY[family].with_links(links or {})


def _read(text: str) -> Family:
    """The family of the text of a call."""
    call = read_family(parse(text), text)
    first, *others = call.places
    try:
        family = get_family(call.name)
    except FamilyError as problem:
        raise FamilyError(marked(str(problem), text, first[0], first[1] - first[0])) from None
    seen: set[str] = set()
    for (name, value), (start, end) in zip(call.options, others, strict=True):
        try:
            if name in seen:
                raise FamilyError(f"The argument '{name}' is given twice.")
            family = constructor(family)(**{name: value})
        except (FamilyError, TypeError) as problem:
            raise FamilyError(marked(str(problem), text, start, end - start)) from None
        seen.add(name)
    return family


def unbound(family: Family) -> Family:
    """A family of a model as it was before it met the data, with its links and settings."""
    known = _REGISTRY.get(family.name)
    if known is None or known.encode is not family.encode:  # one of the user's own
        return family
    return dataclasses.replace(known, links=family.links, options=family.options)


def brmsfamily(family: str, link: str | None = None, **links: Any) -> Family:
    """Any family by brms' name, also those without a constructor of their own.

    Parameters
    ----------
    family : str
        brms' name.
    link : str, optional
        Link of ``mu``.
    **links : str
        Links of the other distributional parameters, as ``link_<dpar>``.

    Raises
    ------
    FamilyError
        For an unknown family or link.

    Examples
    --------
    >>> brmsfamily("negbinomial2", link="sqrt").link("mu").name
    'sqrt'
    """
    return constructor(get_family(family))(link, **links)


def constructor(base: Family) -> Callable[..., Family]:
    """The function a user calls, with brms' arguments: ``link`` and ``link_<dpar>``.

    Parameters
    ----------
    base : Family
        The registered family.

    Returns
    -------
    callable
        ``f(link="...", link_sigma="...") -> Family``.
    """

    def make(link: str | None = None, **others: Any) -> Family:
        chosen: dict[str, str] = {} if link is None else {"mu": link}
        options = dict(base.options)
        valid = [*(f"link_{d.name}" for d in base.dpars if d.name != "mu"), *options]
        for argument, value in others.items():
            if argument not in valid:
                raise TypeError(
                    f"{base.name}() got an unexpected keyword argument '{argument}'. "
                    f"Valid: {listing(['link', *valid])}.{suggest(argument, ['link', *valid])}"
                )
            if argument in options:
                options[argument] = value
            else:
                chosen[argument.removeprefix("link_")] = value
        return base.with_links(chosen).with_options(options)

    make.__name__ = make.__qualname__ = _R_NAMES.get(base.name, base.name).replace(".", "_")
    others = "".join(f", link_{d.name}={d.links[0]!r}" for d in base.dpars if d.name != "mu")
    others += "".join(f", {name}={value!r}" for name, value in base.options.items())
    call = f"{make.__name__}(link={base.dpars[0].links[0]!r}{others})"
    make.__doc__ = f"""Family ``{base.name}``: ``{call}``.

    Parameters
    ----------
    link : str, optional
        Link of ``mu``: {listing(base.dpars[0].links, 20)}.
    **others
        Links of the other distributional parameters, as ``link_<dpar>``, and settings.

    Returns
    -------
    Family

    Raises
    ------
    FamilyError
        For a link the parameter cannot have.
    """
    return make
