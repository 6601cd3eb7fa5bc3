"""Group-level predictors: what is known about schools, beside what is known about pupils.

High School and Beyond (Raudenbush & Bryk, 2002): mathematics achievement of 7185 pupils in 160
schools. ses is known of each pupil; pracad (proportion of pupils on the academic track) and
himinty (1 if many pupils belong to a minority) are known of each school.

    python examples/06_group_level_predictors.py
"""

import warnings

import numpy as np
from figures import group_lines, intercept_slope
from lecture import (
    compare,
    estimates,
    heading,
    output_folder,
    population_normal,
    save,
    save_network,
    say,
    say_whether_same,
    show,
)

import bambi_lite as bl

folder = output_folder("06_group_level_predictors")

# Two tables, pupils and schools; the model wants one row per pupil with the columns of its school.
pupils, schools = bl.load_data("mathachieve"), bl.load_data("mathachieveschool")
mathach = pupils.merge(schools, on="school", how="left", validate="many_to_one")
mathach.attrs["name"] = "mathachieve with mathachieveschool"
show(mathach[["school", "ses", "mathach", "pracad", "himinty"]].iloc[[0, 1, 47, 48]].to_string())

# ---------------------------------------------------------------------------------------------
heading("A predictor of the schools: pracad")
say("""
        mathach[i] ~ normal(b0 + b1 pracad[school] + r[school], sigma)
        r[school] ~ normal(0, sd)

    The same model, seen from the schools: the average of a school is
    normal(b0 + b1 pracad[school], sd). So sd(Intercept) is how much schools of equal pracad
    still differ, and b1 compares schools, not pupils.
""")
academic = bl.brm("mathach ~ pracad + (1 | school)", mathach, iter=3000, seed=1)
show(academic)
compare(
    academic,
    {"b_Intercept": 8.384, "b_pracad": 8.232, "sd_school__Intercept": 2.06, "sigma": 6.26},
    "REML",
)
say("""
    May the slope of pracad vary from school to school? A slope needs more than one value of its
    predictor, and a school has one pracad. brms fits that model without a word; here a warning
    says what is wrong and what to write instead:
""")
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    bl.Model("mathach ~ pracad + (pracad | school)", mathach)
for warning in caught:
    print(f"{warning.category.__name__}: {warning.message}")

at = np.array([0.0, 1.0])
fixed = academic.fixef()["Estimate"]
per_school = mathach.groupby("school", observed=True)
averages = per_school["mathach"].mean()
pracad = per_school["pracad"].first()
grid = mathach.iloc[[0] * 21].assign(pracad=np.linspace(0, 1, 21))
line = academic.posterior_epred(grid, re_formula="NA").stack(sample=("chain", "draw")).values
low, high = np.quantile(line, [0.025, 0.975], axis=1)
name = "160 schools"
save(
    group_lines(
        {name: (pracad.to_numpy(), averages.to_numpy())},
        {"population": {name: (at, fixed["Intercept"] + fixed["pracad"] * at)}},
        title="Average achievement of schools by the proportion on the academic track",
        xlabel="proportion of pupils on the academic track (pracad)",
        ylabel="average mathematics achievement (points)",
        columns=1,
        bands={name: (grid["pracad"].to_numpy(), low, high)},
        height=4.6,
    ),
    folder,
    "pracad",
)

# ---------------------------------------------------------------------------------------------
heading("A predictor of schools that changes the slope of pupils: ses by himinty")
say("""
        mathach[i] ~ normal(c0[school] + c1[school] ses[i], sigma)
        c0[school] = b0 + b2 himinty[school] + r0[school]
        c1[school] = b1 + b3 himinty[school] + r1[school]
        (r0, r1)[school] ~ normal((0, 0), Sigma)

    Every school has a line over ses. In schools with few minority pupils the average line is
    b0 + b1 ses; in schools with many its intercept is b2 and its slope b3 away from that. A
    group-level predictor of a slope is an interaction in the formula: ses:himinty.
""")
model = bl.Model("mathach ~ ses + himinty + ses:himinty + (ses | school)", mathach)
say("The star is short for both predictors and their interaction:")
say_whether_same(model, bl.Model("mathach ~ ses * himinty + (ses | school)", mathach))
slopes = model.sample(iter=4000, seed=1)
show(slopes)
compare(
    slopes,
    {
        "b_Intercept": 13.154,
        "b_ses": 2.544,
        "b_himinty1": -1.859,
        "b_ses:himinty1": -0.576,
        "sd_school__Intercept": 2.06,
        "sd_school__ses": 0.60,
        "cor_school__Intercept__ses": -0.285,
        "sigma": 6.07,
    },
    "REML",
)

coefs = estimates(slopes, "school")
fixed = slopes.fixef()["Estimate"]
high_minority = per_school["himinty"].first() == "1"
ends = np.array([mathach["ses"].min(), mathach["ses"].max()])
kinds = {"few minority pupils (himinty = 0)": 0, "many minority pupils (himinty = 1)": 1}


def school_line(school: str, himinty: int) -> tuple[np.ndarray, np.ndarray]:
    """The line of one school; one of the other kind has none in this panel."""
    if high_minority[school] != bool(himinty):
        return ends, np.full(2, np.nan)
    c0 = coefs.loc[school, "Intercept"] + himinty * coefs.loc[school, "himinty1"]
    c1 = coefs.loc[school, "ses"] + himinty * coefs.loc[school, "ses:himinty1"]
    return ends, c0 + c1 * ends


def population_line(himinty: int) -> tuple[np.ndarray, np.ndarray]:
    """The average line of the schools of one kind."""
    c0 = fixed["Intercept"] + himinty * fixed["himinty1"]
    return ends, c0 + (fixed["ses"] + himinty * fixed["ses:himinty1"]) * ends


of_kind = {kind: mathach[mathach["himinty"] == str(k)] for kind, k in kinds.items()}
save(
    group_lines(
        {kind: (rows["ses"], rows["mathach"]) for kind, rows in of_kind.items()},
        {
            **{s: {kind: school_line(s, k) for kind, k in kinds.items()} for s in coefs.index},
            "population": {kind: population_line(k) for kind, k in kinds.items()},
        },
        title="The line of each of 160 schools",
        xlabel="socioeconomic status of the pupil (ses, standardised)",
        ylabel="mathematics achievement (points)",
        columns=2,
        height=4.6,
    ),
    folder,
    "schools",
)
mean, covariance = population_normal(slopes, "school", "ses")
save(
    intercept_slope(
        coefs[["Intercept", "ses"]],
        mean,
        covariance,
        title="Intercepts and slopes of 160 schools, the part of himinty taken out",
        xlabel="intercept: achievement at ses = 0 (points)",
        ylabel="slope: points per unit of ses",
        named=False,
    ),
    folder,
    "intercepts_and_slopes",
)
save_network(slopes, folder)
