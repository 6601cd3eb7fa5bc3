"""Fits from draws made elsewhere: those that brms' facts are about, and made-up ones."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import bambi_lite as bl

POSTPROCESS = Path(__file__).parents[1] / "facts" / "postprocess"
# The five fits of which brms printed what it predicts.
BRMS = {
    "sleepstudy_slopes": ("Reaction ~ Days + (Days | Subject)", "sleepstudy", "gaussian"),
    "sleepstudy_intercepts": ("Reaction ~ Days + (1 | Subject)", "sleepstudy", "gaussian"),
    "rats_multilevel": ("m | trials(n) ~ 1 + (1 | batch)", "rats", "binomial"),
    "epilepsy_negbinomial": (
        "count ~ zAge + zBase * Trt + (1 | patient)", "epilepsy", "negbinomial",
    ),
    "inhaler_cumulative": (
        "rating ~ treat + period + carry + (1 | subject)", "inhaler", "cumulative",
    ),
}  # fmt: skip


@cache
def brms_fit(case: str) -> Any:
    """One of the five, with brms' own 200 draws."""
    formula, data, family = BRMS[case]
    frame = pd.read_csv(POSTPROCESS / f"{case}.draws.csv")
    return bl.Model(formula, bl.load_data(data), family).from_draws(frame)


RNG = np.random.default_rng(3)
LEVELS = "abcdef"
#: Responses of several kinds, predictors and two grouping factors.
DATA = pd.DataFrame(
    {
        "y": RNG.normal(size=24),
        "c": RNG.poisson(2.0, 24),
        "s": RNG.integers(0, 2, 24),
        "p": RNG.uniform(0.1, 0.9, 24),
        "w": RNG.gamma(2.0, 1.0, 24),
        "n": 10,
        "x": RNG.normal(size=24),
        "z": RNG.normal(size=24),
        "f": np.repeat(["u", "v", "w"], 8),
        "g": np.resize(list(LEVELS), 24),
        "h": np.resize(list(LEVELS[1:] + LEVELS[:1]), 24),
        "o": pd.Categorical(np.resize(["low", "mid", "top"], 24), ["low", "mid", "top"], True),
        "b": np.resize(["ctl", "trt"], 24),
    }
)


def made_up(formula: Any, family: Any = "gaussian", n: int = 2, data2: Any = None, **values: Any):
    """A fit whose draws all have the values given, by brms' names, and else 0.

    A ``__`` in a keyword is that of brms; brackets come as a dictionary ``others``.
    """
    others = values.pop("others", {})
    model = bl.Model(formula, DATA, family, data2=data2)
    constant = dict.fromkeys(model.variables(), 0.0)
    unknown = {*values, *others} - set(constant)
    assert not unknown, (unknown, list(constant))
    return model.from_draws(pd.DataFrame({**constant, **values, **others}, index=range(n)))
