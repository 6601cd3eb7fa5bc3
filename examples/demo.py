"""The first model one fits with bambi_lite: reaction times over ten days of little sleep.

    python examples/demo.py          (or `make demo`)

Fits `Reaction ~ Days + (Days | Subject)`, prints its priors and its table, and writes four
figures to the folder demo-output.
"""

from pathlib import Path

import numpy as np
import pandas as pd
from figures import group_lines, intercept_slope
from lecture import (
    estimates,
    least_squares,
    points_by,
    population_normal,
    save,
    save_network,
    straight,
)

import bambi_lite as bl

folder = Path("demo-output")
folder.mkdir(exist_ok=True)

sleepstudy = bl.load_data("sleepstudy")
model = bl.Model("Reaction ~ Days + (Days | Subject)", sleepstudy)

print(f"{model}\n\nPriors ((vectorized) rows take the row above them; b is flat):\n")
print(model.prior)
print("\nSampling ...\n")
fit = model.sample(seed=1)
print(fit)

print(f"\nFigures, in {folder.resolve()}:")
fit.plot().savefig(folder / "trace.png", dpi=120)
print(f"Figure: {folder / 'trace.png'}")

days = np.arange(10)
alone = least_squares(sleepstudy, "Days", "Reaction", "Subject")
together = estimates(fit, "Subject")
mean, covariance = population_normal(fit, "Subject", "Days")
everyone = pd.DataFrame([mean] * len(together), index=together.index)
save(
    group_lines(
        points_by(sleepstudy, "Days", "Reaction", "Subject"),
        {
            "population": straight(everyone, days),
            "no pooling": straight(alone, days),
            "multilevel": straight(together, days),
        },
        title="18 subjects: the multilevel line lies between the two others",
        xlabel="days of sleep restriction",
        ylabel="average reaction time (ms)",
    ),
    folder,
    "subjects",
)
save(
    intercept_slope(
        together,
        mean,
        covariance,
        title="Lines of 18 subjects, and the normal distribution fitted to them",
        xlabel="intercept: reaction time at day 0 (ms)",
        ylabel="slope: change per day (ms)",
        flat=alone,
    ),
    folder,
    "intercepts_and_slopes",
)
save_network(model, folder)
