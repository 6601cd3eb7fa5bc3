"""Effects that a model cannot have: each message says what, where and what would be valid."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

import bambi_lite as bl
from fits import brms_fit, made_fit
from tables import each

RNG = np.random.default_rng(2)
DATA = pd.DataFrame(
    {
        "y": RNG.normal(size=30),
        "p": RNG.uniform(0.2, 0.8, 30),
        "a": RNG.normal(size=30),
        "b": RNG.normal(size=30),
        "f": pd.Categorical(RNG.choice(["u", "v"], 30)),
        "one": 3.0,
        "same": "z",
        "kind": RNG.choice(["x", "y", "z"], 30),
    }
)


@cache
def plain():
    return made_fit("y ~ a * b * f", DATA)


@cache
def nominal():
    return made_fit("kind ~ a", DATA, "categorical")


def effects(**options):
    return lambda: plain().conditional_effects(**options)


PREDICTORS = "Predictors of this model: a, b, f."
WRONG = {
    "unknown effect": (
        lambda: brms_fit("sleepstudy_slopes").conditional_effects("Day"),
        "effects: the model has no predictor 'Day'. Predictors of this model: Days, Subject. "
        "Did you mean 'Days'?",
    ),
    "unknown effect in an interaction": (
        effects(effects="a:g"),
        f"effects = 'a:g': the model has no predictor 'g'. {PREDICTORS}",
    ),
    "the response as an effect": (
        effects(effects="y"),
        f"effects: the model has no predictor 'y'. It is the response of the model. {PREDICTORS}",
    ),
    "three columns": (
        effects(effects="a:b:f"),
        "effects = 'a:b:f': at most two columns are shown together. Hold the others: effects = "
        "'a:b', conditions = bl.make_conditions(fit, 'f').",
    ),
    "a column twice": (effects(effects="a:a"), "effects = 'a:a' has the same column twice."),
    "effects that are no text": (
        effects(effects=[1]),
        "effects are names of columns, such as 'x' and 'x:z', not [1].",
    ),
    "no predictors": (
        lambda: brms_fit("rats_multilevel").conditional_effects(),
        "The formula 'm | trials(n) ~ 1 + (1 | batch)' has no population-level predictors, so that "
        "there is no effect to show. Groups can be named: effects = 'batch', re_formula = None.",
    ),
    "unknown method": (
        effects(method="posterior_epredd"),
        "Unknown method 'posterior_epredd'. Available: posterior_epred, posterior_predict, "
        "posterior_linpred. Did you mean 'posterior_epred'?",
    ),
    "unknown condition": (
        effects(conditions={"ff": ["u"]}),
        "conditions: the model has no column 'ff'. Columns that it needs: y, a, b, f. "
        "Did you mean 'f'?",
    ),
    "no conditions": (
        effects(conditions=pd.DataFrame({"a": []})),
        "conditions has no rows or no columns: each row holds some of the model's columns at "
        "values of your own. Without conditions: None.",
    ),
    "conditions that are no table": (
        effects(conditions=3),
        "conditions has to be a data frame with a row for each condition, for example "
        "pd.DataFrame({'x': [0, 1]}), not int.",
    ),
    "condition of an unknown level": (
        effects(conditions={"f": ["w"]}),
        "conditions: 'f' has no level 'w'. Its levels: 'u', 'v'.",
    ),
    "condition of text among numbers": (
        effects(conditions={"a": ["high"]}),
        "conditions: 'a' is numeric, and 'high' is no finite number.",
    ),
    "missing condition": (
        effects(conditions={"a": [0.0, None], "f": ["u", None]}),
        "conditions: 'a' is missing in row 1 (counted from 0). Give it a value, or leave the "
        f"column out: it is at {DATA['a'].mean():g} then. For an average over levels: "
        "bl.predictions(fit, variables='a', by=True).",
    ),
    "two conditions of one name": (
        effects(conditions={"a": [0, 1], "cond__": ["x", "x"]}),
        "conditions: two rows have the same label. cond__ (or the index) names each: x, x.",
    ),
    "int_conditions of an unknown column": (
        effects(int_conditions={"c": [1, 2]}),
        f"int_conditions: the model has no predictor 'c'. {PREDICTORS}",
    ),
    "int_conditions that are no mapping": (
        effects(int_conditions=[1, 2]),
        "int_conditions is a mapping from columns to values, for example {'zBase': [-1, 0, 1]}, "
        "not list.",
    ),
    "int_conditions without values": (
        effects(effects="f:a", int_conditions={"a": []}),
        "int_conditions: 'a' has no values.",
    ),
    "int_conditions of an unknown level": (
        effects(effects="a:f", int_conditions={"f": ["u", "w"]}),
        "int_conditions: 'f' has no level 'w'. Its levels: 'u', 'v'.",
    ),
    "categories of a number": (
        effects(categorical=True),
        "categorical = True shows the probability of each category, and a response of family "
        "'gaussian' has none.",
    ),
    "categories of predicted responses": (
        lambda: nominal().conditional_effects(categorical=True, method="posterior_predict"),
        "categorical = True shows probabilities of categories, which are expectations: "
        "method = 'posterior_epred', without dpar.",
    ),
    "categories of an interaction": (
        lambda: brms_fit("inhaler_cumulative").conditional_effects(
            "treat:period", categorical=True
        ),
        "effects = 'treat:period': with categorical = True the categories take the place of the "
        "second column. Hold it: effects = 'treat', conditions = bl.make_conditions(fit, "
        "'period').",
    ),
    "a mean of categories without order": (
        lambda: nominal().conditional_effects(),
        "A response of family 'categorical' has a number for each of its categories: "
        "categorical = True shows them.",
    ),
    "linear predictors of categories": (
        lambda: nominal().conditional_effects(method="posterior_linpred"),
        "posterior_linpred has a linear predictor for each of muy, muz: dpar says which one to "
        "show.",
    ),
    "unknown dpar": (
        effects(dpar="sgma"),
        "Family 'gaussian' has no distributional parameter 'sgma' here. Available: mu, sigma. "
        "Did you mean 'sigma'?",
    ),
    "dpar of predicted responses": (
        effects(dpar="sigma", method="posterior_predict"),
        "dpar = 'sigma' with method = 'posterior_predict': responses are drawn from all "
        "distributional parameters together. One of them: method = 'posterior_epred'.",
    ),
    "unknown response": (
        effects(resp="z"),
        "The model has no response 'z'; its only response is 'y'.",
    ),
    "transformed expectations": (
        effects(transform="log"),
        "transform applies to predicted responses: method = 'posterior_predict'. The expectation "
        "of a transformed response is another number than the transformed expectation.",
    ),
    "unknown transform": (
        effects(transform="cube", method="posterior_predict"),
        "transform = 'cube' is no function and names none of exp, expm1, log, log10, log1p, log2, "
        "sqrt.",
    ),
    "resolution": (
        effects(resolution=1),
        "resolution = 1 has to be a whole number of 2 or more: it is the number of points of each "
        "curve.",
    ),
    "select_points": (
        effects(select_points=-1),
        "select_points = -1 has to be a number of 0 or more: a distance.",
    ),
    "probs": (
        effects(probs=(0.9, 0.1)),
        "probs are the two ends of the interval, the smaller one first, such as (0.025, 0.975), "
        "not (0.9, 0.1).",
    ),
    "stype": (
        lambda: plain().conditional_effects("a").plot(stype="map"),
        "stype = 'map' has to be one of contour, raster.",
    ),
    "ncol": (
        lambda: plain().conditional_effects("a").plot(ncol=0),
        "ncol = 0 has to be a whole number of 1 or more: panels in a row.",
    ),
    "make_conditions of an unknown column": (
        lambda: bl.make_conditions(plain(), "z"),
        f"make_conditions: the model has no predictor 'z'. {PREDICTORS}",
    ),
    # -- rows -----------------------------------------------------------------------------
    "comparison of a constant": (
        lambda: bl.comparisons(made_fit("y ~ 0 + one", DATA), "one"),
        "comparisons: 'one' is 3 in every row: there is nothing to compare.",
    ),
    "comparison of an unknown column": (
        lambda: bl.comparisons(plain(), "aa"),
        f"comparisons: the model has no predictor 'aa'. {PREDICTORS} Did you mean 'a'?",
    ),
    "comparison of a model without predictors": (
        lambda: bl.comparisons(made_fit("y ~ 1", DATA)),
        "comparisons: the formula 'y ~ 1' has no predictors that vary.",
    ),
    "comparison of levels by a word for numbers": (
        lambda: bl.comparisons(plain(), {"f": "sd"}),
        "comparisons: 'f' is compared by two values or one of reference, pairwise, sequential, "
        "minmax, not 'sd'.",
    ),
    "comparison of numbers by an unknown word": (
        lambda: bl.comparisons(plain(), {"a": "minmx"}),
        "comparisons: 'a' is compared by a step, two values or one of sd, 2sd, iqr, minmax, not "
        "'minmx'. Did you mean 'minmax'?",
    ),
    "comparison with itself": (
        lambda: bl.comparisons(plain(), {"f": ["u", "u"]}),
        "comparisons: 'f' is compared with itself at u.",
    ),
    "comparison over no step": (
        lambda: bl.comparisons(plain(), {"a": 0}),
        "comparisons: a step of 0 in 'a' compares nothing.",
    ),
    "unknown comparison": (
        lambda: bl.comparisons(plain(), "f", comparison="rato"),
        "comparison = 'rato' is no function and none of difference, ratio, lnratio, lnor. "
        "Did you mean 'ratio'?",
    ),
    "comparison that gives another shape": (
        lambda: bl.comparisons(plain(), "f", comparison=lambda high, low: high.mean()),
        "comparison has to give an array of the shape that it gets, (40, 30), not ().",
    ),
    "log odds of what is no probability": (
        lambda: bl.comparisons(plain(), "f", comparison="lnor"),
        "comparison = 'lnor' takes logarithms of probabilities between 0 and 1; these are others.",
    ),
    "slope of a factor": (
        lambda: bl.slopes(plain(), "f"),
        "slopes: 'f' has levels (u, v) and no slope. Differences between levels: "
        "bl.comparisons(fit, 'f').",
    ),
    "slope of a constant": (
        lambda: bl.slopes(made_fit("y ~ 0 + one", DATA), "one"),
        "slopes: 'one' is 3 in every row, where it has no slope.",
    ),
    "slope with a step": (
        lambda: bl.slopes(plain(), {"a": 2}),
        "slopes: variables are names of columns; steps belong to comparisons().",
    ),
    "averages by an unknown column": (
        lambda: bl.predictions(plain(), by="ff"),
        "by: newdata has no column 'ff'. Columns: y, a, b, f. True averages over all rows. "
        "Did you mean 'f'?",
    ),
    "unknown rows": (
        lambda: bl.predictions(plain(), "balancd"),
        "newdata = 'balancd' is no data frame and none of mean, median, balanced. "
        "Did you mean 'balanced'?",
    ),
    "rows without a value": (
        lambda: bl.predictions(plain(), DATA.assign(a=np.nan)),
        "newdata: in every row some column that the model needs is missing.",
    ),
    "counterfactual rows at an unknown level": (
        lambda: bl.predictions(plain(), variables={"f": ["w"]}),
        "predictions: 'f' has no level 'w'. Its levels: 'u', 'v'.",
    ),
    "no variables": (
        lambda: bl.comparisons(plain(), []),
        "comparisons: variables is empty; None takes all predictors.",
    ),
    "datagrid of an unknown column": (
        lambda: bl.datagrid(plain(), c=1),
        "datagrid: the model has no column 'c'. Columns that it needs: a, b, f.",
    ),
    "unknown grid": (
        lambda: bl.datagrid(plain(), grid="balance"),
        "grid = 'balance' has to be one of typical, balanced, counterfactual. "
        "Did you mean 'balanced'?",
    ),
    "prob": (
        lambda: bl.predictions(plain(), prob=95),
        "prob = 95 is no probability between 0 and 1: it is the mass of the equal-tailed interval, "
        "by default 0.95.",
    ),
}


@each(WRONG)
def test_wrong_effects(name):
    run, message = WRONG[name]
    with pytest.raises(bl.BambiLiteError) as error:
        run()
    assert str(error.value) == message


def test_numbers_of_ordered_categories_are_doubtful():
    with pytest.warns(bl.DataWarning) as seen:
        brms_fit("inhaler_cumulative").conditional_effects("treat", resolution=2)
    assert str(seen[0].message) == (
        "The categories are taken as the numbers 1, 2, ... and averaged, which is rarely what an "
        "ordinal response means. categorical = True shows the probability of each."
    )
    assert seen[0].filename == __file__
