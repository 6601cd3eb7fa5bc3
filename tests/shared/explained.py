"""Models and formulas whose explanations several tests look at."""

from __future__ import annotations

import bambi_lite as bl
from bambi_lite.explanation import Explanation

MODELS = {
    "slopes": ("Reaction ~ Days + (Days | Subject)", "sleepstudy", "gaussian"),
    "nested": ("mathscore ~ ses + (1 | schoolid/classid2)", "classroom", "gaussian"),
    "binomial": ("m | trials(n) ~ 1 + (1 | batch)", "rats", "binomial"),
    "sigma": ("bf(Reaction ~ Days + (1 | Subject), sigma ~ Days)", "sleepstudy", "gaussian"),
    "uncorrelated": ("Reaction ~ Days + (Days || Subject)", "sleepstudy", "gaussian"),
    "factors": ("count ~ zAge + zBase * Trt + (1 | patient)", "epilepsy", "gaussian"),
    "fixed": ("bf(Reaction ~ 0 + Intercept + Days, sigma = 40)", "sleepstudy", "gaussian"),
    "shared": (
        "bf(Reaction ~ Days + (Days | p | Subject), sigma ~ (1 | p | Subject))",
        "sleepstudy",
        "gaussian",
    ),
    "thresholds": ("rating ~ treat + (1 | subject)", "inhaler", 'cumulative("probit")'),
    "equidistant": ("yord ~ x", "synth1", 'acat(threshold = "equidistant")'),
    "sum to zero": ("yord ~ x", "synth1", 'sratio(threshold = "sum_to_zero")'),
    "groups of thresholds": ("yord | thres(gr = strat) ~ x", "synth1", "cratio"),
    "categories": ("ycat ~ x", "synth1", 'categorical(refcat = "B")'),
    "log-ratios": ("cbind(p1, p2, p3) ~ 1", "synth1", "logistic_normal"),
}


def explained(name: str) -> Explanation:
    formula, data, family = MODELS[name]
    return bl.Model(formula, bl.load_data(data), family).explain()


# Names and operators that LaTeX could stumble over.
HOSTILE = (
    "y ~ `a_b $%#&{}^~ c` + `<b>é` + I(x > 0 & z != 1) + poly(x, 2):f + `a:b` + (1 | g_1/h_2)",
    "`y_1 (%)` ~ x.y_z + a:b + log(z) + `x|y`",
    "bf(y ~ a1 * exp(-b * x)^2 / (1 + z_1), a1 + b ~ 1 + (1 | q | g), nl = TRUE)",
    "y ~ a * b * c * d",
)
