"""What the parts of a formula mean, in words."""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import listing
from ..formula import Addition, GroupTerm, Node, SpecialTerm, deparse

_ADDITIONS = {
    "se": "known standard errors of the response",
    "weights": "weights: the log-likelihood of a row is multiplied by its weight",
    "trials": "number of trials of each row",
    "cens": "which rows are censored, and on which side",
    "trunc": "bounds beyond which no response could be observed",
    "mi": "missing responses are parameters of the model",
    "cat": "number of categories",
    "thres": "number or groups of thresholds",
    "dec": "which of two decisions was taken",
    "rate": "the response is a count per unit of this denominator",
    "subset": "the rows that this response uses",
    "index": "labels of rows, by which other responses find them",
    "bhaz": "the baseline hazard",
    "vreal": "further numbers that the family needs",
    "vint": "further whole numbers that the family needs",
}
_SPECIALS = {
    "mo": "monotonic effect of an ordered predictor",
    "me": "effect of a predictor that is measured with error",
    "mi": "effect of a response of this model, its missing values included",
    "cs": "effect that differs between the thresholds (category specific)",
    "s": "smooth function",
    "t2": "smooth function of several variables (tensor product)",
    "gp": "Gaussian process",
    "ar": "autoregressive residuals",
    "ma": "moving-average residuals",
    "arma": "autoregressive moving-average residuals",
    "cosy": "residuals of a group equally correlated",
    "unstr": "residuals of a group freely correlated",
    "sar": "spatial simultaneous autoregression",
    "car": "spatial conditional autoregression",
    "fcor": "residuals with a known covariance",
    "mmc": "a covariate with a value for each member",
}
#: Special terms that shape the residuals and add nothing to the linear predictor.
RESIDUAL = ("ar", "ma", "arma", "cosy", "unstr", "sar", "car", "fcor")

_CALLS = {
    "bf": "the formulas of one response",
    "brmsformula": "the formulas of one response",
    "mvbf": "the formulas of several responses",
    "mvbrmsformula": "the formulas of several responses",
    "lf": "linear formulas of parameters",
    "nlf": "non-linear formulas of parameters",
    "acformula": "autocorrelation terms of the main formula",
    "list": "several formulas",
    "set_rescor": "whether the residuals of the responses are correlated",
    "set_nl": "whether a formula is non-linear",
    "set_mecor": "whether latent predictors of me() are correlated",
}
_OPTIONS = {
    "nl": "whether the formula is non-linear",
    "center": "whether the intercept is sampled for centred predictors",
    "cmc": "whether factors have contrasts where there is no intercept",
    "decomp": "whether the coefficients, and their priors, are those of orthogonal columns",
    "family": "the distribution of the response",
    "rescor": "whether the residuals of the responses are correlated",
    "autocor": "autocorrelation terms of the main formula",
    "sparse": "how the columns are stored, which changes nothing here",
    "loop": "how the formula is computed, which changes nothing here",
    "dpar": "the parameter that is meant",
    "resp": "the response that is meant",
}


def addition_meaning(addition: Addition) -> str:
    """What an addition term says about the response."""
    return _ADDITIONS[addition.name]


def special_meaning(special: SpecialTerm) -> str:
    """What a special term is, with what it is multiplied by."""
    meaning = _SPECIALS[special.kind]
    others = [deparse(c.node) for c in special.calls[1:]] + [deparse(f) for f in special.factors]
    return f"{meaning}, times {listing(others)}" if others else meaning


def call_meaning(function: str) -> str:
    """What a call of R stands for."""
    return _CALLS[function]


def option_meaning(name: str) -> str:
    """What an option of such a call says."""
    return _OPTIONS.get(name, "an option at its default")


def group_meaning(
    term: GroupTerm, coefs: Sequence[str], levels: int | None, known: bool
) -> str:  # fmt: skip
    """What varies over what, and how the effects are related."""
    names = listing(coefs, 8)
    verb = "varies" if len(coefs) == 1 else "vary"
    if term.gtype == "mm":
        over = f"the weighted members {listing(term.members)} of each row"
    elif len(term.members) > 1:
        over = f"the combinations of {' and '.join(term.members)}"
    else:
        over = term.group
    parts = [f"{names} {verb} over {over}" + (f" ({levels} levels)" if levels else "")]
    # A factor on the left of a bar has several effects, which only the data can tell.
    if len(coefs) > 1 or (not known and term.terms):
        parts.append("correlated" if term.cor else "uncorrelated")
    if term.id:
        parts.append(f"correlated with the other terms of ID '{term.id}'")
    if term.by is not None:
        parts.append(f"covariances separate for each level of {deparse(term.by)}")
    if term.pw is not None:
        parts.append(f"each level weighted by {deparse(term.pw)} in the prior")
    if term.cov:
        parts.append(f"levels related by the matrix {term.cov}")
    if term.dist != "gaussian":
        parts.append(f"{term.dist} distribution")
    if term.centered is not None:
        parts.append(f"sampled {'centred' if term.centered else 'non-centred'}")
    return ", ".join(parts)


def weighted(node: Node | None) -> str:
    """The weights of a multi-membership term."""
    return "equal weights" if node is None else f"weights {deparse(node)}"
