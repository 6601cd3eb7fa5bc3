"""What all tests share."""

import json
import os
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

import bambi_lite as bl

# Figures are files in tests, never windows.
os.environ.setdefault("MPLBACKEND", "Agg")

FACTS = Path(__file__).parent / "facts"


#: Fits of real brms whose 200 draws stand in facts/postprocess: formula, data, family.
REFERENCE = {
    "sleepstudy_slopes": ("Reaction ~ Days + (Days | Subject)", "sleepstudy", "gaussian"),
    "sleepstudy_intercepts": ("Reaction ~ Days + (1 | Subject)", "sleepstudy", "gaussian"),
    "rats_multilevel": ("m | trials(n) ~ 1 + (1 | batch)", "rats", "binomial"),
    "epilepsy_negbinomial": (
        "count ~ zAge + zBase * Trt + (1 | patient)",
        "epilepsy",
        "negbinomial",
    ),
    "inhaler_cumulative": (
        "rating ~ treat + period + carry + (1 | subject)",
        "inhaler",
        "cumulative",
    ),
}


@pytest.fixture(scope="session")
def reference_fit():
    """A fit from the draws of real brms, by its name in REFERENCE; each is made once."""

    @cache
    def made(name: str):
        formula, data, family = REFERENCE[name]
        draws = pd.read_csv(FACTS / "postprocess" / f"{name}.draws.csv")
        return bl.Model(formula, bl.load_data(data), family).from_draws(draws)

    return made


@pytest.fixture(scope="session")
def facts():
    """Read a file of reference facts (printed by real brms) by its path below tests/facts."""

    def read(path: str):
        return json.loads((FACTS / path).read_text(encoding="utf-8"))

    return read
