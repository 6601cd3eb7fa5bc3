"""Priors that cannot be meant: every message in full."""

import pandas as pd
import pytest

import bambi_lite as bl
from tables import each

SLOPES = "Reaction ~ Days + (Days | Subject)"
TWO = bl.bf("Reaction ~ Days", "sigma ~ Days")


@pytest.fixture(scope="module")
def sleepstudy():
    return bl.load_data("sleepstudy")


def message(run):
    with pytest.raises(bl.PriorError) as caught:
        run()
    return str(caught.value)


TEXTS = {
    "normal(0, 5": (
        "Cannot read the prior 'normal(0, 5'. A prior is a distribution with numbers, "
        "such as 'normal(0, 5)', 'student_t(3, 0, 2.5)' or 'exponential(1)'."
    ),
    "normall(0, 5)": (
        "Unknown distribution 'normall' in prior 'normall(0, 5)'. Available "
        "distributions: beta, cauchy, chi_square, constant, dirichlet, "
        "double_exponential, exp_mod_normal, exponential, gamma, gumbel, inv_chi_square, "
        "inv_gamma, lkj, lkj_corr_cholesky, logistic, lognormal, normal, "
        "scaled_inv_chi_square, skew_normal, student_t, uniform, von_mises, weibull. Did "
        "you mean 'normal'?"
    ),
    "normal(0)": ("Prior 'normal(0)' has 1 argument(s), but 'normal' takes 2: normal(mu, sigma)."),
    "normal(0, 5, 1)": (
        "Prior 'normal(0, 5, 1)' has 3 argument(s), but 'normal' takes 2: normal(mu, sigma)."
    ),
    "normal(0, -1)": ("In prior 'normal(0, -1)', 'sigma' has to be positive, not -1."),
    "normal(0, 1/3)": (
        "Cannot read the prior 'normal(0, 1/3)': '1/3' divides whole numbers, and Stan "
        "drops the remainder of such a division. Write one of them with a point, as in "
        "1.0 / 3."
    ),
    "normal(0, inv_logit(2))": (
        "Cannot read the prior 'normal(0, inv_logit(2))': argument 'inv_logit(2)' is not "
        "a number; read are numbers with + - * / ^, brackets, exp(), log() and sqrt(), "
        "and vectors such as [1, 2]."
    ),
    "normal(0, log(-1))": (
        "Cannot read the prior 'normal(0, log(-1))': argument 'log(-1)' is not a number; "
        "read are numbers with + - * / ^, brackets, exp(), log() and sqrt(), and vectors "
        "such as [1, 2]."
    ),
    "normal([0, 1], 1)": ("In prior 'normal([0, 1], 1)', 'mu' is one number, not a vector."),
    "normal(mean = 0, sd = 1)": (
        "Cannot read the prior 'normal(mean = 0, sd = 1)': 'mean = 0' is named. As in "
        "Stan, the arguments of a distribution have their places, such as normal(0, 5)."
    ),
    "normal(, 1)": ("Cannot read the prior 'normal(, 1)': argument '' is not a number."),
    "normal(0, TRUE)": (
        "Cannot read the prior 'normal(0, TRUE)': argument 'TRUE' is not a number."
    ),
    "student_t(-3, 0, 1)": ("In prior 'student_t(-3, 0, 1)', 'nu' has to be positive, not -3."),
    "lkj(0)": ("In prior 'lkj(0)', 'eta' has to be positive, not 0."),
    "dirichlet([1, -2])": ("In prior 'dirichlet([1, -2])', 'alpha' has to be positive, not -2."),
    "bernoulli(0.5)": (
        "Unknown distribution 'bernoulli' in prior 'bernoulli(0.5)'. Available "
        "distributions: beta, cauchy, chi_square, constant, dirichlet, "
        "double_exponential, exp_mod_normal, exponential, gamma, gumbel, inv_chi_square, "
        "inv_gamma, lkj, lkj_corr_cholesky, logistic, lognormal, normal, "
        "scaled_inv_chi_square, skew_normal, student_t, uniform, von_mises, weibull."
    ),
    "<PyMC: Moyal>": (
        "'<PyMC: Moyal>' shows a PyMC distribution; it cannot be read back. Give the "
        "function itself again: bl.prior(function, ...)."
    ),
    "horseshoe(-1)": ("In prior 'horseshoe(-1)', 'df' has to be a positive number, not -1."),
    "horseshoe(scale = 2)": (
        "Prior 'horseshoe(scale = 2)': 'horseshoe' has no argument 'scale'. It has: df, "
        "scale_global, df_global, scale_slab, df_slab, par_ratio, autoscale, main. Did "
        "you mean 'autoscale'?"
    ),
    "horseshoe(df = 1, df = 2)": (
        "Cannot read the prior 'horseshoe(df = 1, df = 2)': 'df' is given twice."
    ),
    "horseshoe(df = 1, 2)": (
        "Cannot read the prior 'horseshoe(df = 1, 2)': '2' follows arguments with names, "
        "so its place says nothing; give it a name too."
    ),
    "horseshoe(1, 2, 3, 4, 5, 6, TRUE, FALSE, 9)": (
        "Prior 'horseshoe(1, 2, 3, 4, 5, 6, TRUE, FALSE, 9)' has 9 argument(s), but "
        "'horseshoe' takes 8: horseshoe(df, scale_global, df_global, scale_slab, "
        "df_slab, par_ratio, autoscale, main)."
    ),
    "horseshoe(autoscale = 1)": (
        "In prior 'horseshoe(autoscale = 1)', 'autoscale' has to be TRUE or FALSE, not 1."
    ),
    "horseshoe(df = NULL)": (
        "In prior 'horseshoe(df = NULL)', 'df' has to be a positive number, not NULL."
    ),
    "R2D2(mean_R2 = 1.5)": (
        "In prior 'R2D2(mean_R2 = 1.5)', 'mean_R2' has to be a number between 0 and 1, not 1.5."
    ),
    "R2D2(cons_D2 = [1, 0])": (
        "In prior 'R2D2(cons_D2 = [1, 0])', 'cons_D2' has to be a positive number, or a "
        "vector of them, not a vector."
    ),
}


@each(TEXTS)
def test_a_text_that_is_no_prior(text):
    assert message(lambda: bl.prior(text)) == TEXTS[text]


def test_hostile_texts():
    assert message(lambda: bl.prior("x" * 3000)).startswith("Cannot read the prior 'xxx")
    deep = f"normal(0, {'(' * 500}1{')' * 500})"
    assert "is not a number" in message(lambda: bl.prior(deep))
    assert "is not a number" in message(lambda: bl.prior("normal(0, 9^9^9^9^9)"))


def takes_nothing():
    return 1


# What is said, the model it is said of (None: saying it is enough), and the message.
SAID = {
    "lb above ub": (
        lambda: bl.prior("normal(0, 1)", lb=1, ub=0),
        None,
        ("Prior 'normal(0, 1)': the lower bound 1 is not below the upper 0."),
    ),
    "lb that is text": (
        lambda: bl.prior("normal(0, 1)", lb="0"),
        None,
        ("Prior 'normal(0, 1)': lb is a number or None, not '0'."),
    ),
    "bounds of a group": (
        lambda: bl.prior("normal(0, 1)", class_="sd", group="Subject", lb=0),
        None,
        (
            "Prior 'normal(0, 1)' for group 'Subject' has bounds. Bounds belong to a "
            "whole class: leave out group."
        ),
    ),
    "bounds of correlations": (
        lambda: bl.prior("lkj(2)", class_="cor", lb=0),
        None,
        ("Prior 'lkj(2)': correlations have no bounds to set."),
    ),
    "no class": (
        lambda: bl.prior("normal(0, 1)", class_=""),
        None,
        ("Prior 'normal(0, 1)': class_ is empty; it is 'b' for coefficients."),
    ),
    "no text": (
        lambda: bl.prior(5),
        None,
        ("A prior is written as text such as 'normal(0, 5)', not as int."),
    ),
    "coef that is no name": (
        lambda: bl.prior("normal(0, 1)", coef=3),
        None,
        ("Prior 'normal(0, 1)': coef is a name, not 3."),
    ),
    "tag that is no name": (
        lambda: bl.prior("normal(0, 1)", tag=3),
        None,
        ("Prior 'normal(0, 1)': tag is a name, not 3."),
    ),
    "shrinkage of a coefficient": (
        lambda: bl.prior("R2D2(0.5)", coef="Days"),
        None,
        ("Prior 'R2D2(0.5)' is one over a whole class: leave out coef = 'Days'."),
    ),
    "shrinkage with bounds": (
        lambda: bl.prior("horseshoe(1)", lb=0),
        None,
        ("Prior 'horseshoe(1)' takes no bounds."),
    ),
    "function that takes nothing": (
        lambda: bl.prior(takes_nothing),
        None,
        (
            "The prior <PyMC: takes_nothing> raised TypeError: takes_nothing() got an unexpected "
            "keyword argument 'shape'. It has to be a function that takes shape and returns "
            "pm.X.dist(..., shape=shape)."
        ),
    ),
    "function that gives a number": (
        lambda: bl.prior(lambda shape: 1),
        None,
        (
            "The prior <PyMC: <lambda>> gave int, not a PyMC distribution. It has to be "
            "a function that takes shape and returns pm.X.dist(..., shape=shape)."
        ),
    ),
    "class that is not here": (
        lambda: bl.prior("normal(0, 1)", class_="zi"),
        SLOPES,
        (
            "The prior 'normal(0, 1)' matches no parameter: class = 'zi'. Classes of "
            "this model: b, cor, Intercept, sd, sigma."
        ),
    ),
    "coef of another dpar": (
        lambda: bl.prior("normal(0, 1)", coef="z", dpar="sigma"),
        TWO,
        (
            "The prior 'normal(0, 1)' matches no parameter: class = 'b', coef = 'z', "
            "dpar = 'sigma'.\n"
            "Rows of that class:\n"
            "  class = 'b'\n"
            "  class = 'b', coef = 'Days'\n"
            "  class = 'b', dpar = 'sigma'\n"
            "  class = 'b', coef = 'Days', dpar = 'sigma'"
        ),
    ),
    "dpar that has no formula": (
        lambda: bl.prior("normal(0, 1)", coef="Days", dpar="nu"),
        TWO,
        (
            "The prior 'normal(0, 1)' matches no parameter: class = 'b', coef = 'Days', "
            "dpar = 'nu'. Did you mean class = 'b', coef = 'Days', dpar = 'sigma'?\n"
            "Rows of that class:\n"
            "  class = 'b'\n"
            "  class = 'b', coef = 'Days'\n"
            "  class = 'b', dpar = 'sigma'\n"
            "  class = 'b', coef = 'Days', dpar = 'sigma'"
        ),
    ),
    "group": (
        lambda: bl.prior("normal(0, 1)", class_="sd", group="Subjet"),
        SLOPES,
        (
            "The prior 'normal(0, 1)' matches no parameter: class = 'sd', group = "
            "'Subjet'. Did you mean class = 'sd', group = 'Subject'?\n"
            "Rows of that class:\n"
            "  class = 'sd'\n"
            "  class = 'sd', group = 'Subject'\n"
            "  class = 'sd', coef = 'Days', group = 'Subject'\n"
            "  class = 'sd', coef = 'Intercept', group = 'Subject'"
        ),
    ),
    "same row twice": (
        lambda: [bl.prior("normal(0, 1)"), bl.prior("normal(0, 2)")],
        SLOPES,
        ("Two priors are given for class = 'b'; keep one of them."),
    ),
    "bound below zero of an sd": (
        lambda: bl.prior("normal(0, 1)", class_="sd", lb=-1),
        SLOPES,
        (
            "The prior 'normal(0, 1)' of class = 'sd', coef = 'Intercept', group = "
            "'Subject' has the lower bound -1; it cannot be below 0."
        ),
    ),
    "proportions for a number": (
        lambda: bl.prior("dirichlet(2)"),
        SLOPES,
        (
            "The prior 'dirichlet(2)' of class = 'b', coef = 'Days' is a distribution of "
            "proportions, and this is a parameter of numbers."
        ),
    ),
    "correlations for a number": (
        lambda: bl.prior("lkj(2)", class_="sd"),
        SLOPES,
        (
            "The prior 'lkj(2)' of class = 'sd', coef = 'Intercept', group = 'Subject' "
            "is a distribution of correlations, and this is a parameter of numbers."
        ),
    ),
    "numbers for correlations": (
        lambda: bl.prior("normal(0, 1)", class_="cor"),
        SLOPES,
        (
            "The prior 'normal(0, 1)' of class = 'cor', group = 'Subject' is a "
            "distribution of numbers, and this is a parameter of correlations, such as "
            "lkj(2)."
        ),
    ),
    "shrinkage for correlations": (
        lambda: bl.prior("horseshoe(1)", class_="cor"),
        SLOPES,
        (
            "The prior 'horseshoe(1)' of class = 'cor', group = 'Subject' is for "
            "numbers, and this is a parameter of correlations."
        ),
    ),
    "bounds that leave nothing": (
        lambda: bl.prior("beta(1, 1)", lb=2),
        SLOPES,
        (
            "The prior 'beta(1, 1)' of class = 'b', coef = 'Days' has no probability "
            "between its bounds (2, Inf)."
        ),
    ),
    "constant outside": (
        lambda: bl.prior("constant(-2)", class_="sigma"),
        SLOPES,
        (
            "The prior 'constant(-2)' of class = 'sigma' has no probability between its "
            "bounds (0, Inf)."
        ),
    ),
    "limits that the data cross": (
        lambda: bl.prior("uniform(300, min_Y)", class_="sigma"),
        SLOPES,
        ("In prior 'uniform(300, min_Y)', the lower limit has to be below the upper one."),
    ),
    "text without a class": (
        lambda: "normal(0, 1)",
        SLOPES,
        (
            "prior = 'normal(0, 1)' does not say which parameters it is for. Say "
            "bl.prior('normal(0, 1)', class_='b'), with coef= for a single coefficient."
        ),
    ),
    "set that is none": (
        lambda: "set:rstanrm",
        SLOPES,
        (
            "There is no prior set 'rstanrm'. Prior sets: gelman2008, "
            "penalised_complexity, proper, rstanarm, unit_scale. Did you mean 'rstanarm'?"
        ),
    ),
    "set without its prefix": (
        lambda: "rstanarm",
        SLOPES,
        (
            "prior = 'rstanarm' would be a file of that name. The prior set is called "
            "'set:rstanarm'."
        ),
    ),
    "set for another link": (
        lambda: "set:gelman2008",
        SLOPES,
        ("'set:gelman2008' is for models with link logit; this model has link 'identity'."),
    ),
    "mapping of numbers": (
        lambda: {1: "normal(0, 1)"},
        SLOPES,
        ("A prior mapping has names as its keys, not 1."),
    ),
    "mapping with an unknown column": (
        lambda: {"prior": "normal(0, 1)", "clas": "b"},
        SLOPES,
        (
            "A prior has the columns prior, class, coef, group, resp, dpar, nlpar, lb, "
            "ub, tag, source; unknown: clas. Did you mean 'class'?"
        ),
    ),
    "mapping to a number": (
        lambda: {"b": 3},
        SLOPES,
        ("A prior is written as text such as 'normal(0, 5)', not as int."),
    ),
    "table without classes": (
        lambda: pd.DataFrame({"prior": ["normal(0, 1)"]}),
        SLOPES,
        (
            "A prior table has the columns prior, class, coef, group, resp, dpar, nlpar, "
            "lb, ub, tag, source; missing: class."
        ),
    ),
    "table with an unknown column": (
        lambda: pd.DataFrame({"prior": [""], "class": ["b"], "colour": ["red"]}),
        SLOPES,
        (
            "A prior table has the columns prior, class, coef, group, resp, dpar, nlpar, "
            "lb, ub, tag, source; unknown: colour."
        ),
    ),
    "table with a bound that is text": (
        lambda: pd.DataFrame({"prior": [""], "class": ["b"], "lb": ["low"]}),
        SLOPES,
        ("Prior '': lb is a number or None, not 'low'."),
    ),
    "a number": (
        lambda: 3,
        SLOPES,
        (
            "prior has to be bl.prior(...), a list of them, a prior table, 'set:NAME' or "
            "the path of a TOML file, not int."
        ),
    ),
}


@each(SAID)
def test_something_that_cannot_be_said(name, sleepstudy):
    say, formula, expected = SAID[name]
    run = say if formula is None else lambda: bl.Model(formula, sleepstudy, prior=say())
    assert message(run) == expected
