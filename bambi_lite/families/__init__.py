"""Families: one small file each, or for close kin; importing this package registers them all.

The constructors have brms' names, a dot as an underscore. The families that brms does not export
are had by their name: ``family="negbinomial2"``, ``brmsfamily("negbinomial2")``.
"""

from . import asym_laplace as _asym_laplace
from . import bernoulli as _bernoulli
from . import beta as _beta
from . import beta_binomial as _beta_binomial
from . import binomial as _binomial
from . import categorical as _categorical
from . import com_poisson as _com_poisson  # noqa: F401  registers itself
from . import cox as _cox
from . import dirichlet as _dirichlet
from . import discrete_weibull as _discrete_weibull  # noqa: F401  registers itself
from . import exgaussian as _exgaussian
from . import frechet as _frechet
from . import gamma as _gamma
from . import gaussian as _gaussian
from . import gen_extreme_value as _gen_extreme_value
from . import inverse_gaussian as _inverse_gaussian
from . import logistic_normal as _logistic_normal
from . import lognormal as _lognormal
from . import multinomial as _multinomial
from . import negbinomial as _negbinomial
from . import ordinal as _ordinal
from . import poisson as _poisson
from . import skew_normal as _skew_normal
from . import student as _student
from . import von_mises as _von_mises
from . import weibull as _weibull
from . import wiener as _wiener
from . import xbeta as _xbeta  # noqa: F401  registers itself
from .base import (
    Dpar,
    Family,
    Linkeds,
    Response,
    brmsfamily,
    constructor,
    families,
    get_family,
    is_registered,
    named,
    same_family,
    stem_links,
    unbound,
)
from .custom import custom_family

gaussian = constructor(_gaussian.gaussian)
student = constructor(_student.student)
skew_normal = constructor(_skew_normal.skew_normal)
asym_laplace = constructor(_asym_laplace.asym_laplace)
exgaussian = constructor(_exgaussian.exgaussian)
gen_extreme_value = constructor(_gen_extreme_value.gen_extreme_value)
von_mises = constructor(_von_mises.von_mises)
bernoulli = constructor(_bernoulli.bernoulli)
binomial = constructor(_binomial.binomial)
zero_inflated_binomial = constructor(_binomial.zero_inflated_binomial)
beta_binomial = constructor(_beta_binomial.beta_binomial)
zero_inflated_beta_binomial = constructor(_beta_binomial.zero_inflated_beta_binomial)
poisson = constructor(_poisson.poisson)
zero_inflated_poisson = constructor(_poisson.zero_inflated_poisson)
hurdle_poisson = constructor(_poisson.hurdle_poisson)
negbinomial = constructor(_negbinomial.negbinomial)
geometric = constructor(_negbinomial.geometric)
zero_inflated_negbinomial = constructor(_negbinomial.zero_inflated_negbinomial)
hurdle_negbinomial = constructor(_negbinomial.hurdle_negbinomial)
Gamma = constructor(_gamma.gamma)
hurdle_gamma = constructor(_gamma.hurdle_gamma)
weibull = constructor(_weibull.weibull)
exponential = constructor(_weibull.exponential)
frechet = constructor(_frechet.frechet)
inverse_gaussian = constructor(_inverse_gaussian.inverse_gaussian)
lognormal = constructor(_lognormal.lognormal)
shifted_lognormal = constructor(_lognormal.shifted_lognormal)
hurdle_lognormal = constructor(_lognormal.hurdle_lognormal)
wiener = constructor(_wiener.wiener)
Beta = constructor(_beta.beta)
zero_inflated_beta = constructor(_beta.zero_inflated_beta)
zero_one_inflated_beta = constructor(_beta.zero_one_inflated_beta)
categorical = constructor(_categorical.categorical)
cox = constructor(_cox.cox)
multinomial = constructor(_multinomial.multinomial)
dirichlet_multinomial = constructor(_multinomial.dirichlet_multinomial)
dirichlet = constructor(_dirichlet.dirichlet)
logistic_normal = constructor(_logistic_normal.logistic_normal)
cumulative = constructor(_ordinal.cumulative)
sratio = constructor(_ordinal.sratio)
cratio = constructor(_ordinal.cratio)
acat = constructor(_ordinal.acat)
hurdle_cumulative = constructor(_ordinal.hurdle_cumulative)

__all__ = [
    "Beta",
    "Dpar",
    "Family",
    "Gamma",
    "Linkeds",
    "Response",
    "acat",
    "asym_laplace",
    "bernoulli",
    "beta_binomial",
    "binomial",
    "brmsfamily",
    "categorical",
    "constructor",
    "cox",
    "cratio",
    "cumulative",
    "custom_family",
    "dirichlet",
    "dirichlet_multinomial",
    "exgaussian",
    "exponential",
    "families",
    "frechet",
    "gaussian",
    "gen_extreme_value",
    "geometric",
    "get_family",
    "hurdle_cumulative",
    "hurdle_gamma",
    "hurdle_lognormal",
    "hurdle_negbinomial",
    "hurdle_poisson",
    "inverse_gaussian",
    "is_registered",
    "logistic_normal",
    "lognormal",
    "multinomial",
    "named",
    "negbinomial",
    "poisson",
    "same_family",
    "shifted_lognormal",
    "skew_normal",
    "sratio",
    "stem_links",
    "student",
    "unbound",
    "von_mises",
    "weibull",
    "wiener",
    "zero_inflated_beta",
    "zero_inflated_beta_binomial",
    "zero_inflated_binomial",
    "zero_inflated_negbinomial",
    "zero_inflated_poisson",
    "zero_one_inflated_beta",
]
