"""Nested groups: pupils in classrooms in schools.

Mathematics scores of 1190 pupils in 312 classrooms of 107 schools, with the pupils'
socioeconomic status (ses). Pupils of one classroom share a teacher, classrooms of one school
share the school: two levels of groups, the lower inside the higher.

    python examples/04_nested.py
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

folder = output_folder("04_nested")
classroom = bl.load_data("classroom")

# ---------------------------------------------------------------------------------------------
heading("Labels of nested groups")
say("""
    classid is a label of its own for every classroom; classid2 counts classrooms inside each
    school, so that "classroom 1" is another room in every school:
""")
show(classroom.iloc[[0, 1, 11, 40, 200]][["schoolid", "classid", "classid2"]].to_string())
say("""
    With classid, (1 | schoolid) + (1 | classid) is nested because the labels are. With classid2
    the formula has to say so: schoolid/classid2 is short for schoolid and schoolid:classid2,
    where the latter is the combination of the two labels.
""")
nested = bl.Model("mathscore ~ ses + (1 | schoolid/classid2)", classroom)
expanded = bl.Model("mathscore ~ ses + (1 | schoolid) + (1 | schoolid:classid2)", classroom)
say_whether_same(nested, expanded)
for block in nested.spec.blocks:
    print(f"    {block.group}: {len(block.levels)} levels")
wrong = bl.Model("mathscore ~ ses + (1 | schoolid) + (1 | classid2)", classroom)
say("""
    Without the school, classid2 has 9 levels for 312 classrooms, and the model believes that the
    first classrooms of all schools are one group:
""")
say_whether_same(nested, wrong)
for block in wrong.spec.blocks:
    print(f"    {block.group}: {len(block.levels)} levels")

# ---------------------------------------------------------------------------------------------
heading("Varying intercepts of schools and classrooms")
say("""
        mathscore[i] ~ normal(b0 + r[school] + t[classroom] + b1 ses[i], sigma)
        r[school] ~ normal(0, sd_school)        t[classroom] ~ normal(0, sd_classroom)

    Three standard deviations: between schools, between classrooms of one school, and between
    pupils of one classroom (sigma).

    The sd of classrooms is uncertain down to nearly 0, and near 0 the posterior is narrow: a
    sampler with large steps visits that corner seldom and leaves it late. So adapt_delta = 0.95,
    which makes the steps smaller, and more iterations.
""")
intercepts = nested.sample(iter=4000, adapt_delta=0.95, seed=1)
show(intercepts)
compare(
    intercepts,
    {
        "b_Intercept": 523.17,
        "b_ses": 11.81,
        "sd_schoolid__Intercept": 15.40,
        "sd_schoolid:classid2__Intercept": 8.64,
        "sigma": 33.20,
    },
    "REML",
)
print("\nShare of the variance of scores (given ses) between schools, and between their rooms:")
show(intercepts.icc().round(3).to_string())
save_network(intercepts, folder, "network_intercepts")

# ---------------------------------------------------------------------------------------------
heading("Varying slopes of ses in schools and classrooms")
say("""
        mathscore[i] ~ normal(b0 + r0[school] + t0[classroom]
                              + (b1 + r1[school] + t1[classroom]) ses[i], sigma)
        (r0, r1)[school] ~ normal(0, Sigma_school)
        (t0, t1)[classroom] ~ normal(0, Sigma_classroom)

    A classroom has four pupils on average: too few to tell how the slope differs between
    classrooms of one school, let alone how it goes together with their intercepts. REML puts
    this correlation at its bound 1, and the sd of the slope at 0.9. The posterior says that
    nothing is known: the interval of the correlation goes from -0.9 to 0.9.

    With two sds that reach down to 0 there is more than one narrow corner. If a warning shows
    here, it names these sds and correlations: about the other parameters the draws are plenty.
    Twice the iterations would end the warning, at twice the time, and change nothing that one
    would say about classrooms.
""")
correlated = bl.brm(
    "mathscore ~ ses + (ses | classid) + (ses | schoolid)",
    classroom,
    iter=4000,
    adapt_delta=0.95,
    seed=1,
)
show(correlated)

say("""
    Two bars for the classrooms leave that correlation out. This is the model whose classical
    estimates the lecture shows; its REML estimate of sd(ses) of classrooms is 0.
""")
slopes = bl.brm(
    "mathscore ~ ses + (ses || classid) + (ses | schoolid)",
    classroom,
    iter=4000,
    adapt_delta=0.95,
    seed=1,
)
show(slopes)
compare(
    slopes,
    {
        "b_Intercept": 522.82,
        "b_ses": 11.20,
        "sd_classid__Intercept": 8.40,
        "sd_classid__ses": 0.0,
        "sd_schoolid__Intercept": 15.44,
        "sd_schoolid__ses": 7.30,
        "cor_schoolid__Intercept__ses": 0.47,
        "sigma": 32.90,
    },
    "REML",
)
say("""
    An sd whose REML estimate is exactly 0 has a posterior all the same: it says which values the
    data leave possible. The mean is well above 0, because an sd cannot lie below.
""")

schools = estimates(slopes, "schoolid")
mean, covariance = population_normal(slopes, "schoolid", "ses")
sizes = classroom["schoolid"].value_counts()
largest = [str(s) for s in sizes.index[:24]]
range_of_ses = np.array([classroom["ses"].min(), classroom["ses"].max()])
points = points_by(classroom, "ses", "mathscore", "schoolid")
average = pd.DataFrame([mean] * len(schools), index=schools.index)
save(
    group_lines(
        {f"school {s}": points[s] for s in largest},
        {
            kind: {f"school {s}": lines[s] for s in largest}
            for kind, lines in (
                ("population", straight(average, range_of_ses)),
                ("multilevel", straight(schools, range_of_ses)),
            )
        },
        title="The 24 schools with most pupils: the line of each school",
        xlabel="socioeconomic status (standardised)",
        ylabel="mathematics score (points)",
    ),
    folder,
    "schools",
)
save(
    intercept_slope(
        schools,
        mean,
        covariance,
        title="Intercepts and slopes of 107 schools, and the fitted bivariate normal",
        xlabel="intercept: score at ses = 0 (points)",
        ylabel="slope: points per unit of ses",
        named=False,
    ),
    folder,
    "intercepts_and_slopes",
)
save_network(slopes, folder, "network_slopes")
