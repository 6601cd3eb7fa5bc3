"""The models of the benchmark: what each peer needs to know of them.

`columns` are the population-level columns besides the intercept as a hand-written model has them,
`groups` the grouping factors with the columns whose slopes vary and whether these are correlated.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Case:
    """One model: brms' formula and family, and the same in parts."""

    formula: str
    data: str
    family: str = "gaussian"
    columns: tuple[str, ...] = ()
    groups: tuple[tuple[str, tuple[str, ...], bool], ...] = ()
    response: str = ""
    trials: str = ""
    #: Peers that can fit it in this lifetime.
    peers: tuple[str, ...] = ("bambi_lite", "bambi", "pymc", "brms")
    bambi: str = ""  # Bambi's formula where it is another
    lme4: str = "lmer"


SLOW = ("bambi_lite", "pymc")
CASES = {
    "sleepstudy": Case(
        "Reaction ~ Days + (Days | Subject)",
        "sleepstudy",
        columns=("Days",),
        groups=(("Subject", ("Days",), True),),
        response="Reaction",
        peers=("bambi_lite", "bambi", "pymc", "brms", "rstanarm", "lme4"),
    ),
    "alcohol": Case(
        "alcohol ~ 1 + (1 | country)",
        "alcohol",
        groups=(("country", (), False),),
        response="alcohol",
        peers=("bambi_lite", "bambi", "pymc", "brms", "lme4"),
    ),
    "classroom": Case(
        "mathscore ~ ses + (ses || classid) + (ses | schoolid)",
        "classroom",
        columns=("ses",),
        groups=(("classid", ("ses",), False), ("schoolid", ("ses",), True)),
        response="mathscore",
        bambi="mathscore ~ ses + (ses | classid) + (ses | schoolid)",
        peers=("bambi_lite", "bambi", "pymc", "brms", "lme4"),
    ),
    "blp": Case(
        "rt ~ 1 + (1 | participant) + (1 | spelling)",
        "blp_short2",
        groups=(("participant", (), False), ("spelling", (), False)),
        response="rt",
        peers=("bambi_lite", "bambi", "pymc", "brms", "lme4"),
    ),
    "mathach": Case(
        "mathach ~ ses * himinty + (ses | school)",
        "mathach",
        columns=("ses", "himinty", "ses:himinty"),
        groups=(("school", ("ses",), True),),
        response="mathach",
        peers=("bambi_lite", "bambi", "pymc", "brms", "lme4"),
    ),
    "rats": Case(
        "m | trials(n) ~ 1 + (1 | batch)",
        "rats",
        "binomial",
        groups=(("batch", (), False),),
        response="m",
        trials="n",
        bambi="p(m, n) ~ 1 + (1 | batch)",
    ),
    "sleepstudy2": Case(
        "fast_rt ~ Days + (Days | Subject)",
        "sleepstudy2",
        "bernoulli",
        columns=("Days",),
        groups=(("Subject", ("Days",), True),),
        response="fast_rt",
    ),
    "epilepsy": Case(
        "count ~ zAge + zBase * Trt + (1 | patient) + (1 | obs)",
        "epilepsy",
        "poisson",
        columns=("zAge", "zBase", "Trt", "zBase:Trt"),
        groups=(("patient", (), False), ("obs", (), False)),
        response="count",
    ),
    "inhaler": Case(
        "rating ~ treat + period + carry + (1 | subject)",
        "inhaler",
        "cumulative",
        columns=("treat", "period", "carry"),
        groups=(("subject", (), False),),
        response="rating",
    ),
    "20,000 rows": Case(
        "y ~ x + (x | g)",
        "20000 200",
        columns=("x",),
        groups=(("g", ("x",), True),),
        response="y",
        peers=SLOW,
    ),
    "1,000,000 rows": Case(
        "y ~ x + (x | g)",
        "1000000 10000",
        columns=("x",),
        groups=(("g", ("x",), True),),
        response="y",
        peers=("bambi_lite",),
    ),
    "200,000 bernoulli rows": Case(
        "y ~ 1 + (1 | g)",
        "200000 500 cells",
        "bernoulli",
        groups=(("g", (), False),),
        response="y",
        peers=SLOW,
    ),
}


def data_of(case: Case) -> pd.DataFrame:
    """The data of a model: a set of the package, or simulated with a fixed seed."""
    import bambi_lite as bl

    if not case.data[0].isdigit():
        return bl.load_data(case.data).dropna()
    rows, groups = map(int, case.data.split()[:2])
    rng = np.random.default_rng(1)
    g = rng.integers(groups, size=rows)
    if case.data.endswith("cells"):
        p = 1.0 / (1.0 + np.exp(-(0.3 + rng.normal(size=groups))))
        return pd.DataFrame({"y": rng.binomial(1, p[g]), "g": g})
    x = rng.normal(size=rows)
    u = rng.normal(size=(groups, 2)) * [1.0, 0.5]
    y = 2 + 0.5 * x + u[g, 0] + u[g, 1] * x + rng.normal(size=rows)
    return pd.DataFrame({"y": y, "x": x, "g": g})


def priors_of(case: Case, data: pd.DataFrame) -> dict[str, list[float]]:
    """brms' default priors as numbers, for the models written by hand: location and scale."""
    import bambi_lite as bl

    model = bl.Model(case.formula, data, case.family)
    found = {}
    for name, priors in model.spec.priors.items():
        dist = priors[0].dist
        if dist is not None and "sigma" in dist.args:
            found[name] = [float(dist.args["mu"]), float(dist.args["sigma"])]
    return found
