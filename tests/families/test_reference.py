"""Which of brms' reference cases the tests hold, and what the others wait for.

The facts were printed for 218 models (default priors) and for 178 of them also linear predictors,
expectations and densities at given parameter values. Cases are here when the files of facts have
them; all others stand below by name. A case in both fails: the list may only shrink.
"""

import json
import sys
from pathlib import Path

FACTS = Path(__file__).parents[1] / "facts"
PRIORS = (
    "default_priors",
    "default_priors_families",
    "default_priors_terms",
    "default_priors_parsed",
)
EVALUATED = ("families", "terms")

SPECIAL_TERMS = (
    "sp_ar", "sp_arma", "sp_cosy", "sp_cs", "sp_cs_group", "sp_fcor", "sp_gp",
    "sp_gp_2d_iso_false", "sp_gp_approx", "sp_gp_by", "sp_ma_cov", "sp_mi", "sp_mi_response_sdy",
    "sp_mo", "sp_mo_group", "sp_mo_id", "sp_mo_interaction", "sp_smooth", "sp_smooth_by",
    "sp_smooth_k", "sp_smooth_sigma", "sp_t2", "sp_two_smooths", "sp_unstr", "cls_epil_ar",
    "cls_inhaler_sratio",  # it has cs()
)  # fmt: skip
NONLINEAR = ("nl_group", "nl_nlf", "nl_no_intercept", "nl_poisson_id", "nl_two_parameters")
MULTIVARIATE = (
    "mv_distributional", "mv_id", "mv_mixed_families", "mv_mvbind_rescor", "mv_no_rescor",
    "mv_separate_formulas", "mv_student_rescor", "mv_subset",
)  # fmt: skip
MIXTURES = ("mix_gaussian", "mix_gaussian_order_none", "mix_poisson_three", "mix_theta")

# Both kinds of facts.
LATER = {
    **dict.fromkeys(SPECIAL_TERMS, "special terms"),
    **dict.fromkeys(MIXTURES, "mixtures"),
    "add_index": "special terms",
}
# Default priors alone: brms offers nothing to evaluate, or it is a case that only priors have.
LATER_PRIORS = dict.fromkeys(
    ("sp_me", "sp_me_interaction", "fit_lifesat_monotonic", "fit_mcycle_smooth"), "special terms"
)
# Values alone: these have a prior table and cannot be sampled.
LATER_VALUES = {
    **dict.fromkeys(NONLINEAR, "nonlinear formulas"),
    **dict.fromkeys(MULTIVARIATE, "multivariate formulas"),
}


def stored(path):
    return json.loads((FACTS / path).read_text(encoding="utf-8"))["cases"]


def counted(found, later, total):
    """The cases that are here, after a look that each is here or waits, and none does both."""
    lines = (f"{name}: {reason}" for name, reason in later.items())
    # What `pytest -s` shows.
    sys.stdout.write("\n  ".join([f"\n{len(found)} of {total}; waiting:", *lines]))
    assert len(set(found)) == len(found)
    assert not set(found) & set(later)
    assert len(found) + len(later) == total


def test_default_priors():
    found = [case["id"] for name in PRIORS for case in stored(f"{name}.json")]
    counted(found, LATER | LATER_PRIORS, 218)


def test_evaluated():
    found = [name for file in EVALUATED for name in stored(f"evaluated/{file}.json")]
    counted(found, LATER | LATER_VALUES, 178)
