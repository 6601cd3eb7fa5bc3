"""Default priors of families, of addition terms and of whole models: brms' tables, row by row."""

import json
import warnings
from pathlib import Path

import pytest

import bambi_lite as bl
from bambi_lite.formula import lf
from bambi_lite.priors import COLUMNS

FACTS = Path(__file__).parents[1] / "facts"
FILES = ("default_priors_families.json", "default_priors_terms.json")
# Models that have a prior table and cannot be sampled yet.
ONLY_PARSED = ("default_priors_parsed.json",)


def stored(files):
    texts = ((FACTS / file).read_text(encoding="utf-8") for file in files)
    return {case["id"]: case for text in texts for case in json.loads(text)["cases"]}


CASES, PARSED = stored(FILES), stored(ONLY_PARSED)


def rows(frame):
    return [tuple(record) for record in frame[list(COLUMNS)].itertuples(index=False)]


def formula_of(case):
    formula = case["formula"]
    parts = dict(formula.get("parameters") or {})
    whole = bl.bf(formula["formula"], **(formula.get("fixed") or {}))
    for part in parts.values():
        whole = whole + lf(part, center=False if "center = FALSE" in case["r_formula"] else None)
    return whole


@pytest.mark.parametrize("name", CASES)
def test_default_priors_are_brms(name):
    case = CASES[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", bl.DataWarning)
        data, family = bl.load_data(case["data"]), bl.get_family(case["r_family"])
        table = bl.default_prior(formula_of(case), data, family)
    assert rows(table) == [tuple(row.get(c, "") for c in COLUMNS) for row in case["default_prior"]]


@pytest.mark.parametrize("name", PARSED)
def test_default_priors_of_what_is_parsed_only(name):
    """Nonlinear formulas and those of several responses, from brms' own text."""
    case = PARSED[name]
    data, formula = bl.load_data(case["data"]), bl.bf(case["r_formula"])
    table = bl.default_prior(formula, data, case["r_family"])
    assert rows(table) == [tuple(row.get(c, "") for c in COLUMNS) for row in case["default_prior"]]
    with pytest.raises(bl.FormulaError, match="Parsed, not available yet"):
        bl.Model(formula, data, case["r_family"])


def test_discrimination_on_its_own_scale():
    """As brms 2.23: normal(0, 1) on the logarithm, lognormal(0, 1) on an identity link."""
    data = bl.load_data("synth1")
    for link, prior in (("log", "normal(0, 1)"), ("identity", "lognormal(0, 1)")):
        family = bl.cumulative(link_disc=link)
        table = bl.default_prior(bl.bf("yord ~ x", "disc ~ z"), data, family)
        row = table[(table["class"] == "Intercept") & (table["dpar"] == "disc")]
        assert list(row["prior"]) == [prior]
