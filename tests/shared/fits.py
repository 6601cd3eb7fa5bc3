"""Fits without a sampler: brms' own draws, and draws made up for exact answers."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import bambi_lite as bl

FACTS = Path(__file__).parents[1] / "facts"
#: The models whose draws brms printed.
BRMS = {
    "sleepstudy_slopes": ("Reaction ~ Days + (Days | Subject)", "sleepstudy", "gaussian"),
    "sleepstudy_intercepts": ("Reaction ~ Days + (1 | Subject)", "sleepstudy", "gaussian"),
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
    "rats_multilevel": ("m | trials(n) ~ 1 + (1 | batch)", "rats", "binomial"),
}


@cache
def brms_fit(case: str) -> Any:
    """The fit of brms' 200 draws."""
    formula, data, family = BRMS[case]
    draws = pd.read_csv(FACTS / "postprocess" / f"{case}.draws.csv")
    return bl.Model(formula, bl.load_data(data), family).from_draws(draws)


def made_fit(formula: Any, data: pd.DataFrame, family: Any = "gaussian", n: int = 40) -> Any:
    """A fit whose draws are random numbers around 0, or around 1 where they have to be positive."""
    model = bl.Model(formula, data, family)
    rng = np.random.default_rng(7)
    positive = ("sigma", "shape", "phi", "sd_")
    frame = pd.DataFrame(
        {
            name: rng.uniform(0.5, 1.5, n) if name.startswith(positive) else rng.normal(0, 0.4, n)
            for name in model.variables()
            if name != "Intercept" and not name.startswith("Intercept_")
        }
    )
    return model.from_draws(frame)


def values(fit: Any, name: str) -> np.ndarray:
    """All draws of a variable."""
    return fit.idata["posterior"][name].to_numpy().ravel()


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
