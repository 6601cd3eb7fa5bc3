"""Multilevel linear regression: reaction times over ten days of little sleep.

Belenky et al. (2003): 18 subjects slept three hours a night; Reaction is a subject's average
reaction time of the day in milliseconds, Days counts from 0, the last day of normal sleep.

    python examples/03_linear.py
"""

import numpy as np
import pandas as pd
from figures import group_lines, intercept_slope
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
    say_whether_same,
    show,
    straight,
)

import bambi_lite as bl

folder = output_folder("03_linear")
sleepstudy = bl.load_data("sleepstudy")
days = np.arange(10)
labels = {"xlabel": "days of sleep restriction", "ylabel": "average reaction time (ms)"}

# ---------------------------------------------------------------------------------------------
heading("Subject 350 alone")
say("""
        Reaction[i] ~ normal(b0 + b1 Days[i], sigma)

    A plain regression of the ten days of one subject. The Intercept is the reaction time at day
    0, Days the change per day, sigma how far a day lies from the line.
""")
only_350 = sleepstudy[sleepstudy["Subject"] == "350"]
alone = bl.brm("Reaction ~ Days", only_350, seed=1, data_name="subject 350")
show(alone)
expected = alone.posterior_epred().stack(sample=("chain", "draw"))
low, high = np.quantile(expected.values, [0.025, 0.975], axis=-1)
line = expected.mean("sample").values
save(
    group_lines(
        {"350": (only_350["Days"].to_numpy(), only_350["Reaction"].to_numpy())},
        {"line": {"350": (days, line)}},
        title="Subject 350, with the 95 % interval of the line",
        columns=1,
        bands={"350": (days, low, high)},
        height=4.0,
        **labels,
    ),
    folder,
    "subject_350",
)

# ---------------------------------------------------------------------------------------------
heading("Each subject for itself: the flat model")
say("""
        Reaction[i] ~ normal(b0[s] + b1[s] Days[i], sigma)        s = Subject[i]

    18 regressions in one formula: `0 + Subject` is an intercept per subject and `Subject:Days` a
    slope per subject. They share sigma and nothing else.
""")
flat = bl.brm("Reaction ~ 0 + Subject + Subject:Days", sleepstudy, seed=1)
flat_lines = pd.DataFrame(
    flat.fixef()["Estimate"].to_numpy().reshape(2, 18).T,
    index=sleepstudy["Subject"].cat.categories,
    columns=["Intercept", "Days"],
)
show(flat_lines.round(2).to_string())

# ---------------------------------------------------------------------------------------------
heading("Varying intercepts and varying slopes")
say("""
        Reaction[i] ~ normal((b0 + r0[s]) + (b1 + r1[s]) Days[i], sigma)        s = Subject[i]
        (r0[s], r1[s]) ~ normal((0, 0), Sigma)

    Sigma is made of two standard deviations and a correlation:
    sd(Intercept) is how much subjects differ at day 0, sd(Days) how much they differ in what a
    day of little sleep does to them, and cor(Intercept,Days) whether slow starters suffer more.
    Population-level b0 and b1 are the average subject.
""")
model = bl.Model("Reaction ~ Days + (Days | Subject)", sleepstudy)
full = model.sample(seed=1)
show(full)
compare(
    full,
    {
        "b_Intercept": 251.405,
        "b_Days": 10.467,
        "sd_Subject__Intercept": 24.74,
        "sd_Subject__Days": 5.92,
        "sigma": 25.59,
    },
    "REML",
)
say("`1 +` may be left out inside the bar as outside of it:")
say_whether_same(model, bl.Model("Reaction ~ Days + (1 + Days | Subject)", sleepstudy))

together = estimates(full, "Subject")
mean, covariance = population_normal(full, "Subject", "Days")
average = pd.DataFrame([mean] * 18, index=together.index)
save(
    group_lines(
        points_by(sleepstudy, "Days", "Reaction", "Subject"),
        {
            "population": straight(average, days),
            "no pooling": straight(flat_lines, days),
            "multilevel": straight(together, days),
        },
        title="18 subjects: lines of the flat and of the multilevel model",
        **labels,
    ),
    folder,
    "subjects",
)
save(
    intercept_slope(
        together,
        mean,
        covariance,
        title="Intercepts and slopes of 18 subjects, and the fitted bivariate normal",
        xlabel="intercept: reaction time at day 0 (ms)",
        ylabel="slope: change per day (ms)",
        flat=flat_lines,
    ),
    folder,
    "intercepts_and_slopes",
)
save_network(full, folder)

# ---------------------------------------------------------------------------------------------
heading("Varying intercepts only")
say("""
        Reaction[i] ~ normal((b0 + r0[s]) + b1 Days[i], sigma)        r0[s] ~ normal(0, sd)

    Parallel lines. What the slopes varied before goes into sigma, which grows, and the interval
    of Days gets too narrow: the model takes the 180 days as if they all told about one slope.

    The sampler finds this model harder than the one before: ten days tell an intercept so well,
    once the slope is common, that b0 and all r0[s] / sd can only move together. More iterations
    give as many independent draws.
""")
intercepts = bl.brm("Reaction ~ Days + (1 | Subject)", sleepstudy, iter=4000, seed=1)
show(intercepts.summary().fixed.round(2).to_string())
compare(
    intercepts,
    {
        "b_Intercept": 251.405,
        "b_Days": 10.467,
        "sd_Subject__Intercept": 37.12,
        "sigma": 30.99,
    },
    "REML",
)

# ---------------------------------------------------------------------------------------------
heading("Varying slopes only")
say("""
        Reaction[i] ~ normal(b0 + (b1 + r1[s]) Days[i], sigma)        r1[s] ~ normal(0, sd)

    All lines start in one point at day 0. `0 +` takes the varying intercept out of the bar.
""")
slopes = bl.brm("Reaction ~ Days + (0 + Days | Subject)", sleepstudy, iter=4000, seed=1)
compare(
    slopes,
    {"b_Intercept": 251.405, "b_Days": 10.467, "sd_Subject__Days": 7.26, "sigma": 29.02},
    "REML",
)
together_by_model = {
    "(1 | Subject)": estimates(intercepts, "Subject")[["Intercept", "Days"]],
    "(0 + Days | Subject)": estimates(slopes, "Subject")[["Intercept", "Days"]],
    "(Days | Subject)": together,
}
save(
    group_lines(
        dict.fromkeys(together_by_model, (sleepstudy["Days"], sleepstudy["Reaction"])),
        {
            str(subject): {
                name: (days, table.loc[subject, "Intercept"] + table.loc[subject, "Days"] * days)
                for name, table in together_by_model.items()
            }
            for subject in together.index
        },
        title="The lines of 18 subjects: parallel, from one point, and free",
        columns=3,
        height=4.0,
        **labels,
    ),
    folder,
    "three_models",
)

# ---------------------------------------------------------------------------------------------
heading("Both, without a correlation")
say("""
        r0[s] ~ normal(0, sd0)        r1[s] ~ normal(0, sd1)        independent

    Two terms for the same subjects are independent of each other. Two bars say the same shortly.
""")
uncorrelated = bl.Model("Reaction ~ Days + (1 | Subject) + (0 + Days | Subject)", sleepstudy)
say_whether_same(uncorrelated, bl.Model("Reaction ~ Days + (Days || Subject)", sleepstudy))
say_whether_same(uncorrelated, model)
compare(
    uncorrelated.sample(seed=1),
    {
        "b_Intercept": 251.405,
        "b_Days": 10.467,
        "sd_Subject__Intercept": 25.05,
        "sd_Subject__Days": 5.99,
        "sigma": 25.57,
    },
    "REML",
)
say("""
    The correlation was 0.07 with an interval from -0.5 to 0.7, so leaving it out changes little.
""")
