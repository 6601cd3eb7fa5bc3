"""Every picture of a few models as files, to look at: python tests/pictures/gallery.py FOLDER.

The draws are those of brms that the tests have, so that nothing is sampled.
"""

import sys
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

import bambi_lite as bl
from bambi_lite.pictures.chains import MCMC_TYPES
from bambi_lite.pictures.check import KINDS

FACTS = Path(__file__).parents[1] / "facts" / "postprocess"
#: Name, formula, data, family, a variable with groups and one with numbers.
MODELS = {
    "sleepstudy_slopes": (
        "Reaction ~ Days + (Days | Subject)",
        "sleepstudy",
        "gaussian",
        "Subject",
        "Days",
    ),
    "rats_multilevel": ("m | trials(n) ~ 1 + (1 | batch)", "rats", "binomial", None, "n"),
    "epilepsy_negbinomial": (
        "count ~ zAge + zBase * Trt + (1 | patient)",
        "epilepsy",
        "negbinomial",
        "Trt",
        "zBase",
    ),
    "inhaler_cumulative": (
        "rating ~ treat + period + carry + (1 | subject)",
        "inhaler",
        "cumulative",
        "treat",
        "period",
    ),
}


def pictures(fit, group, x):
    """Name and function of each picture of a fit."""
    for name, kind in KINDS.items():
        if kind.grouped and group is None:
            continue
        options = {"group": group if kind.grouped else None, "x": x if kind.x else None}
        yield f"pp_{name}", lambda name=name, o=options: fit.pp_check(name, seed=1, **o)
    for name in MCMC_TYPES:
        variable = list(fit.variables()[:2]) if name == "scatter" else None
        yield f"mcmc_{name}", lambda name=name, v=variable: fit.mcmc_plot(name, v)
    yield "pairs", fit.pairs
    yield "ranef", fit.plot_ranef
    yield "shrinkage", fit.plot_shrinkage
    if x == "Days":
        yield "group_lines", lambda: fit.plot_group_lines(x)


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for model, (formula, data, family, group, x) in MODELS.items():
        draws = pd.read_csv(FACTS / f"{model}.draws.csv")
        fit = bl.Model(formula, bl.load_data(data), family).from_draws(draws)
        for name, draw in pictures(fit, group, x):
            try:
                draw().savefig(folder / f"{model}-{name}.png")
            except bl.DataError as reason:
                print(f"{model} {name}: {reason}")
            plt.close("all")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
