"""The models of the reference cases, and what brms 2.23.1 calls their draws."""

from __future__ import annotations

import json
import warnings
from functools import cache

import bambi_lite as bl
from bambi_lite.errors import BambiLiteError
from bambi_lite.families import Family
from reference import DATA2, FACTS, cases, data_of, formula_of

REST = json.loads((FACTS / "standata" / "standata.json").read_text("utf-8"))["cases"]
NAMES = json.loads((FACTS / "standata" / "parameter_names.json").read_text("utf-8"))["cases"]

# Cases with arrays of special terms, which have no columns yet, or of special priors. The list may
# only shrink: a case in it that passes fails the test.
WAITING = (
    "add_index", "cls_epil_ar", "cls_inhaler_sratio", "fit_lifesat_monotonic",
    "fit_mcycle_smooth", "mv_student_rescor", "sp_ar", "sp_arma", "sp_cosy", "sp_cs",
    "sp_cs_group", "sp_fcor", "sp_gp", "sp_gp_2d_iso_false", "sp_gp_approx", "sp_gp_by",
    "sp_ma_cov", "sp_me", "sp_me_interaction", "sp_mi", "sp_mi_response_sdy", "sp_mo",
    "sp_mo_group", "sp_mo_id", "sp_mo_interaction", "sp_smooth", "sp_smooth_by", "sp_smooth_k",
    "sp_smooth_sigma", "sp_t2", "sp_two_smooths", "sp_unstr", "user_horseshoe",
)  # fmt: skip


def family_of(name: str) -> Family | None:
    """The family of a case, or None if it waits for one."""
    facts = REST[name]["family"]
    try:
        links = {"mu": facts["link"], **(facts.get("dpar_links") or {})}
        family = bl.get_family(facts["name"], links)
        return family.with_options({**family.options, **facts.get("options", {})})
    except (BambiLiteError, KeyError):
        return None


@cache
def model_of(name: str) -> bl.Model | None:
    """The model of a case, or None if a part of it is parsed and not available yet."""
    case, family = cases()[name], family_of(name)
    if family is None or name in WAITING:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", bl.errors.DataWarning)
        try:
            return bl.Model(formula_of(name), data_of(case["data"]), family, data2=DATA2)
        except BambiLiteError as error:
            if "not available yet" in str(error):
                return None
            raise
