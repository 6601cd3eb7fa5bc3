"""The functions that brms gives a meaning of its own in a formula, with their arguments."""

from __future__ import annotations

from .signatures import Param, Signature

_TIME = (Param("time", "any"), Param("gr", "any"))
_SMOOTH = (
    Param("k", "any"),
    Param("fx", "flag", default=False),
    Param("bs", "any"),
    Param("m", "any"),
    Param("by", "expr"),
    Param("xt", "any"),
    Param("id", "any"),
    Param("sp", "any"),
    Param("pc", "any"),
)


def _table(*signatures: Signature) -> dict[str, Signature]:
    return {s.name: s for s in signatures}


# After the bar of a response: `y | trials(n) ~`.
ADDITIONS = _table(
    Signature("se", (Param("x", required=True), Param("sigma", "flag", default=False))),
    Signature("weights", (Param("x", required=True), Param("scale", "flag", default=False))),
    Signature("trials", (Param("x", required=True),)),
    Signature("cens", (Param("x", required=True), Param("y2"))),
    Signature("trunc", (Param("lb"), Param("ub"))),
    Signature("mi", (Param("sdy"),)),
    Signature("cat", (Param("x", required=True),)),
    Signature("thres", (Param("x"), Param("gr"))),
    Signature("dec", (Param("x", required=True),)),
    Signature("rate", (Param("denom", required=True),)),
    Signature("subset", (Param("x", required=True),)),
    Signature("index", (Param("x", required=True),)),
    Signature("bhaz", (Param("gr"), Param("df", "count", default=5.0))),
    Signature("vreal", rest="expr", at_least=1),
    Signature("vint", rest="expr", at_least=1),
)
# The parameters of additions that are columns; the first of them stand in `args`.
ADDITION_ARGS = {"cens": ("x", "y2"), "mi": ("sdy",), "rate": ("denom",), "trunc": ()}

# Terms with a basis, a latent variable or a correlation structure of their own.
SPECIALS = _table(
    Signature("mo", (Param("x", required=True), Param("id", "string"))),
    Signature("me", (Param("x", required=True), Param("sdx", required=True), Param("gr", "name"))),
    Signature("mi", (Param("x", "name", required=True), Param("idx", "expr"))),
    Signature("cs", (Param("expr", required=True),)),
    Signature("s", _SMOOTH, rest="expr", at_least=1),
    Signature(
        "t2",
        (
            *_SMOOTH,
            Param("d", "any"),
            Param("full", "flag", default=False),
            Param("ord", "any"),
        ),
        rest="expr",
        at_least=1,
    ),
    Signature(
        "gp",
        (
            Param("by", "expr"),
            Param("k", "count"),
            Param(
                "cov",
                "string",
                default="exp_quad",
                choices=("exp_quad", "exponential", "matern15", "matern25"),
            ),
            Param("iso", "flag", default=True),
            Param("gr", "flag", default=True),
            Param("cmc", "flag", default=True),
            Param("scale", "flag", default=True),
            Param("c", "number"),
        ),
        rest="expr",
        at_least=1,
    ),
    Signature(
        "ar", (*_TIME, Param("p", "count", default=1.0), Param("cov", "flag", default=False))
    ),
    Signature(
        "ma", (*_TIME, Param("q", "count", default=1.0), Param("cov", "flag", default=False))
    ),
    Signature(
        "arma",
        (
            *_TIME,
            Param("p", "count", default=1.0, low=0),
            Param("q", "count", default=1.0, low=0),
            Param("cov", "flag", default=False),
        ),
    ),
    Signature("cosy", _TIME),
    Signature("unstr", (Param("time", "name", required=True), Param("gr", "any", required=True))),
    Signature(
        "sar",
        (
            Param("M", "name", required=True),
            Param("type", "string", default="lag", choices=("lag", "error")),
        ),
    ),
    Signature(
        "car",
        (
            Param("M", "name", required=True),
            Param("gr", "any"),
            Param(
                "type",
                "string",
                default="escar",
                choices=("escar", "esicar", "icar", "bym2"),
            ),
        ),
    ),
    Signature("fcor", (Param("M", "name", required=True),)),
    Signature("mmc", rest="expr", at_least=1),
)

# Which of them may stand in an interaction, and which on the left of a bar.
IN_INTERACTIONS = frozenset({"mo", "me", "mi", "cs", "mmc"})
IN_GROUPS = frozenset({"mo", "me", "mi", "cs", "mmc"})
AUTOCORRELATION = frozenset({"ar", "ma", "arma", "cosy", "unstr", "sar", "car", "fcor"})

# What a non-linear formula may call: functions that exist for numbers and for tensors alike.
BODY_FUNCTIONS = frozenset(
    {
        *("exp", "expm1", "log", "log2", "log10", "log1p", "sqrt", "square", "abs", "sign"),
        # Stan's, which brms' users write: step(x) is 1 from 0 on, inv(x) is 1/x, pi() a constant.
        *("step", "int_step", "inv", "inv_sqrt", "cbrt", "pow", "log1m", "log1p_exp", "pi"),
        *("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh"),
        *("asinh", "acosh", "atanh", "floor", "ceiling", "round", "trunc", "I"),
        *("plogis", "qlogis", "logistic", "logit", "inv_logit", "Phi", "pnorm", "qnorm", "probit"),
        *("cloglog", "inv_cloglog", "lgamma", "gamma", "pmin", "pmax", "fmin", "fmax", "ifelse"),
    }
)

# Known to mgcv and not to brms.
NOT_IN_BRMS = {"te": "t2", "ti": "t2"}

# What R's text may add to a formula as a family: `bf(y ~ x) + poisson()`. Which of them can be
# fitted is known above this package.
FAMILIES = frozenset(
    (
        *("gaussian", "student", "skew_normal", "asym_laplace", "exgaussian", "von_mises"),
        *("gen_extreme_value", "bernoulli", "binomial", "beta_binomial", "poisson", "negbinomial"),
        *("geometric", "com_poisson", "discrete_weibull", "Gamma", "gamma", "weibull"),
        *("exponential", "frechet", "inverse.gaussian", "lognormal", "shifted_lognormal", "wiener"),
        *("cox", "Beta", "beta", "xbeta", "cumulative", "sratio", "cratio", "acat"),
        *("hurdle_cumulative", "categorical", "multinomial", "dirichlet_multinomial"),
        *("dirichlet", "logistic_normal", "hurdle_poisson", "hurdle_negbinomial", "hurdle_gamma"),
        *("hurdle_lognormal", "zero_inflated_poisson", "zero_inflated_negbinomial"),
        *("zero_inflated_binomial", "zero_inflated_beta_binomial", "zero_inflated_beta"),
        *("zero_one_inflated_beta", "zero_inflated_asym_laplace", "negbinomial2", "dirichlet2"),
        *("brmsfamily", "mixture"),
    )
)

_DIST = Param("dist", "string", default="gaussian", choices=("gaussian", "student"))
GROUPINGS = _table(
    Signature(
        "gr",
        (
            Param("by", "name"),
            Param("cor", "flag", default=True),
            Param("id", "string"),
            Param("pw", "expr"),
            Param("cov", "name"),
            _DIST,
            # Ours, not brms': how the effects are sampled, which is no part of the model.
            Param("centered", "flag"),
        ),
        rest="expr",
        at_least=1,
    ),
    Signature(
        "mm",
        (
            Param("weights", "expr"),
            Param("scale", "flag", default=True),
            Param("by", "expr"),
            Param("cor", "flag", default=True),
            Param("id", "string"),
            Param("pw", "expr"),
            Param("cov", "name"),
            _DIST,
        ),
        rest="name",
        at_least=2,
    ),
)
