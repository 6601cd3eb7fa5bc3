"""Multilevel generalized linear models: is a reaction fast or slow?

The sleep study once more, with a binary outcome: fast_rt is 1 where Reaction is below the median
of all 180 reactions, and 0 where it is not.

    python examples/07_glm.py
"""

import numpy as np
import pandas as pd
from figures import densities, group_lines, intercept_slope
from lecture import (
    compare,
    estimates,
    heading,
    output_folder,
    points_by,
    population_normal,
    save,
    save_network,
    say,
    show,
)

import bambi_lite as bl

folder = output_folder("07_glm")
sleepstudy2 = bl.load_data("sleepstudy2")

# ---------------------------------------------------------------------------------------------
heading("Each subject for itself?")


def is_separated(rows: pd.DataFrame) -> bool:
    """Whether a day divides the fast reactions from the slow ones without exception."""
    fast, slow = (rows.loc[rows["fast_rt"] == value, "Days"] for value in (1, 0))
    if fast.empty or slow.empty:
        return True
    return fast.max() < slow.min() or slow.max() < fast.min()


separated = [
    str(subject)
    for subject, rows in sleepstudy2.groupby("Subject", observed=True)
    if is_separated(rows)
]
say(f"""
    A logistic regression of one subject has ten zeros and ones. For {len(separated)} of the 18
    subjects some day divides the ones from the zeros without exception (or there is only one of
    the two), and the steeper the curve the better it fits: there is no finite estimate.
    These are {", ".join(separated)}.
    The multilevel model has no such trouble. A subject's curve is held by those of the others.
""")

# ---------------------------------------------------------------------------------------------
heading("Varying intercepts and slopes on the log odds")
say("""
        fast_rt[i] ~ bernoulli(theta[i])
        logit(theta[i]) = (b0 + r0[s]) + (b1 + r1[s]) Days[i]        s = Subject[i]
        (r0[s], r1[s]) ~ normal((0, 0), Sigma)

    All coefficients are on the scale of log odds. exp(b1) is what a day multiplies the odds of a
    fast reaction by, for an average subject; at day -b0 / b1 fast and slow are equally likely.
    sd(Intercept) and sd(Days) are how much subjects differ, in log odds. There is no sigma: the
    spread of a zero-one variable follows from its mean.
""")
fit = bl.brm(
    "fast_rt ~ Days + (Days | Subject)",
    sleepstudy2,
    family="bernoulli",
    # Where sd(Days) is nearly 0 the posterior is narrow: smaller steps follow it there.
    adapt_delta=0.95,
    iter=3000,
    seed=1,
)
show(fit)
compare(
    fit,
    {
        "b_Intercept": 3.817,
        "b_Days": -0.891,
        "sd_Subject__Intercept": 2.835,
        "sd_Subject__Days": 0.490,
        "cor_Subject__Intercept__Days": -0.188,
    },
    "maximum likelihood, Laplace approximation",
)
say("""
    Both sds, the intercept and the slope lie further from zero than with maximum likelihood. With
    18 subjects and one bit per day the likelihood of the sds is skewed far to the right, and
    where subjects differ more, the curve of the average subject is steeper. About the correlation
    the data say next to nothing.
""")
posterior = fit.idata["posterior"]
odds = np.exp(posterior["b_Days"].values.ravel())
half = -(posterior["b_Intercept"] / posterior["b_Days"]).values.ravel()
for name, draws in (("Odds ratio of a day", odds), ("Day of even odds", half)):
    low, high = np.quantile(draws, [0.025, 0.975])
    print(f"{name}: {draws.mean():.2f} [{low:.2f}, {high:.2f}]")
save(
    densities(
        {"day of even odds": half},
        title="When an average subject's reactions turn slow",
        xlabel="days of sleep restriction",
        limits=(1.0, 8.0),
    ),
    folder,
    "day_of_even_odds",
)

# ---------------------------------------------------------------------------------------------
heading("The curve of each subject")
days = np.linspace(0, 9, 37)
subjects = sleepstudy2["Subject"].cat.categories
grid = pd.DataFrame({"Subject": np.repeat(subjects, len(days)), "Days": np.tile(days, 18)})
draws = fit.posterior_epred(grid).stack(sample=("chain", "draw")).values
low, high = np.quantile(draws, [0.025, 0.975], axis=1)
rows = {str(s): np.flatnonzero(grid["Subject"] == s) for s in subjects}
fixed = fit.fixef()["Estimate"]
average = 1 / (1 + np.exp(-(fixed["Intercept"] + fixed["Days"] * days)))
save(
    group_lines(
        points_by(sleepstudy2, "Days", "fast_rt", "Subject"),
        {
            "population": dict.fromkeys(rows, (days, average)),
            "multilevel": {s: (days, draws[i].mean(axis=1)) for s, i in rows.items()},
        },
        title="Probability of a fast reaction, with its 95 % interval",
        xlabel="days of sleep restriction",
        ylabel="probability of a fast reaction",
        bands={s: (days, low[i], high[i]) for s, i in rows.items()},
    ),
    folder,
    "subjects",
)
mean, covariance = population_normal(fit, "Subject", "Days")
save(
    intercept_slope(
        estimates(fit, "Subject"),
        mean,
        covariance,
        title="Intercepts and slopes of 18 subjects, and the fitted bivariate normal",
        xlabel="intercept: log odds of a fast reaction at day 0",
        ylabel="slope: change of the log odds per day",
    ),
    folder,
    "intercepts_and_slopes",
)
save_network(fit, folder)
