"""Arguments of predictions that cannot be: every message in full."""

import numpy as np
import pandas as pd
import pytest

import bambi_lite as bl
from fits import DATA, brms_fit, made_up
from tables import each


def slopes():
    return brms_fit("sleepstudy_slopes")


NEW = pd.DataFrame({"Days": [1, 2], "Subject": ["308", "999"]})
KNOWN = NEW.assign(Subject="308")

WRONG = {
    "no column": (
        lambda: slopes().posterior_epred(pd.DataFrame({"Days": [1]})),
        "The new data lack the column 'Subject'.",
    ),
    "no columns": (
        lambda: slopes().fitted(pd.DataFrame({"a": [1]})),
        "The new data lack the columns 'Days', 'Subject'.",
    ),
    "no predictor": (
        lambda: slopes().posterior_epred(pd.DataFrame({"a": [1]}), re_formula="NA"),
        "The new data lack the column 'Days'.",
    ),
    "no trials": (
        lambda: brms_fit("rats_multilevel").posterior_epred(pd.DataFrame({"batch": [1]})),
        "The new data lack the column 'n' of trials(n).",
    ),
    "no response": (
        lambda: slopes().residuals(KNOWN),
        "The new data lack the column 'Reaction'.",
    ),
    "unseen level": (
        lambda: slopes().predict(NEW),
        "The grouping 'Subject' has levels that the training data do not have: '999'. With "
        "allow_new_levels=True their effects are drawn from the population.",
    ),
    "unseen level of a factor": (
        lambda: made_up("y ~ f").fitted(pd.DataFrame({"f": ["u", "q"]})),
        "'f' has levels that the training data do not have: 'q'. Known: 'u', 'v', 'w'.",
    ),
    "a predictor of another type": (
        lambda: slopes().fitted(KNOWN.assign(Days=["1", "2"])),
        "'Days' was a number in the training data, but in the new data it is text or a category "
        "('1', '2'). Text that holds numbers becomes numbers by pd.to_numeric().",
    ),
    "numbers where there were labels": (
        lambda: made_up("y ~ f").fitted(pd.DataFrame({"f": [1, 2]})),
        "'f' has levels that the training data do not have: '1', '2'. Known: 'u', 'v', 'w'.",
    ),
    "no data frame": (
        lambda: slopes().fitted([1, 2]),
        "The new data must be a data frame, not list. Give a pandas DataFrame: pd.DataFrame(...).",
    ),
    "no rows": (lambda: slopes().fitted(NEW.head(0)), "The new data have no rows."),
    "re_formula of a number": (
        lambda: slopes().fitted(re_formula=1),
        "re_formula has to be None (all group-level effects), 'NA' (none) or a formula of "
        "group-level terms such as '~ (1 | g)', not int.",
    ),
    "re_formula without a tilde": (
        lambda: slopes().fitted(re_formula="(1 | Subject)"),
        "re_formula = '(1 | Subject)' is no formula of group-level terms: it starts with '~' and "
        "has nothing on its left, as '~ (1 | g)'.",
    ),
    "re_formula that cannot be read": (
        lambda: slopes().fitted(re_formula="~ (1 | Subject"),
        "re_formula cannot be read. ",
    ),
    "re_formula with a predictor": (
        lambda: slopes().fitted(re_formula="~ Days + (1 | Subject)"),
        "re_formula = '~ Days + (1 | Subject)' has the term 'Days', which is not group-level. It "
        "only says which group-level terms count; all others always do.",
    ),
    "re_formula with another group": (
        lambda: slopes().fitted(re_formula="~ (1 | subject)"),
        "re_formula has the term '(1 | subject)', but the model has no group-level terms of "
        "'subject'. Its grouping factors: Subject. Did you mean 'Subject'?",
    ),
    "re_formula with another effect": (
        lambda: slopes().fitted(re_formula="~ (0 + Day | Subject)"),
        "re_formula has the effect 'Day' in '(0 + Day | Subject)', but in the model 'Subject' has "
        "the effects Intercept, Days. Did you mean 'Days'?",
    ),
    "re_formula without groups in the model": (
        lambda: made_up("y ~ x").fitted(re_formula="~ (1 | g)"),
        "re_formula = '~ (1 | g)' has the term '(1 | g)', but the model has no group-level terms.",
    ),
    "draw 0": (
        lambda: slopes().fitted(draw_ids=[0, 1]),
        "draw_ids has 0; the fit has draws 1 to 200. Draws are counted from 1, as in brms.",
    ),
    "draws that are not there": (
        lambda: slopes().fitted(draw_ids=[1, 201, 500]),
        "draw_ids has 201, 500; the fit has draws 1 to 200.",
    ),
    "draws that are no numbers": (
        lambda: slopes().fitted(draw_ids=[0.5]),
        "draw_ids has to be whole numbers from 1 to 200, not [0.5].",
    ),
    "too many draws": (
        lambda: slopes().fitted(ndraws=201),
        "ndraws = 201: it has to be a whole number from 1 to 200, the draws that the fit has.",
    ),
    "no draws": (
        lambda: slopes().fitted(ndraws=0),
        "ndraws = 0: it has to be a whole number from 1 to 200, the draws that the fit has.",
    ),
    "group_effects": (
        lambda: slopes().fitted(group_effects="integrated"),
        "group_effects has to be one of observed, new, zero, integrate, not 'integrated'. Did you "
        "mean 'integrate'?",
    ),
    "group_effects against no group effects": (
        lambda: slopes().fitted(re_formula="NA", group_effects="integrate"),
        "re_formula = 'NA' leaves all group-level effects out, which contradicts group_effects = "
        "'integrate'. Leave re_formula out, or name the terms that count: '~ (1 | g)'.",
    ),
    "no group effects against re_formula": (
        lambda: slopes().fitted(re_formula="~ (1 | Subject)", group_effects="zero"),
        "re_formula = '~ (1 | Subject)' says which group-level effects count, which contradicts "
        "group_effects = 'zero': none. Leave one of them out.",
    ),
    "sample_new_levels": (
        lambda: slopes().fitted(sample_new_levels="gauss"),
        "sample_new_levels has to be one of uncertainty, gaussian, old_levels, not 'gauss'. Did "
        "you mean 'gaussian'?",
    ),
    "sample_new_levels against integrate": (
        lambda: slopes().fitted(sample_new_levels="gaussian", group_effects="integrate"),
        "sample_new_levels = 'gaussian' contradicts group_effects = 'integrate', which draws no "
        "effects: it averages over their fitted distribution. group_effects = 'new' draws.",
    ),
    "integrate a linear predictor": (
        lambda: slopes().posterior_linpred(group_effects="integrate"),
        "group_effects = 'integrate' averages the expected response, not a linear predictor, whose "
        "average over groups is that of group_effects = 'zero'. posterior_epred() and fitted() "
        "integrate.",
    ),
    "integrate single responses": (
        lambda: slopes().posterior_predict(group_effects="integrate"),
        "group_effects = 'integrate' is about the expected response: posterior_epred(), fitted(). "
        "Responses of groups that there could be: group_effects = 'new'.",
    ),
    "integrate t effects": (
        lambda: made_up('y ~ (1 | gr(g, dist = "student"))', df_g=4.0).fitted(
            group_effects="integrate"
        ),
        "group_effects = 'integrate' needs normal group-level effects; those of 'g' have a t "
        "distribution. group_effects = 'new' draws groups instead.",
    ),
    "seed": (
        lambda: slopes().predict(seed=1.5),
        "seed has to be a whole number of 0 or more, not 1.5.",
    ),
    "resp": (
        lambda: slopes().fitted(resp="y"),
        "The model has no response 'y'; its only response is 'Reaction'.",
    ),
    "nlpar": (
        lambda: slopes().fitted(nlpar="a"),
        "nlpar = 'a': the model 'Reaction ~ Days + (Days | Subject)' has no non-linear parameters. "
        "dpar asks for distributional ones: mu, sigma.",
    ),
    "dpar": (
        lambda: slopes().fitted(dpar="sigam"),
        "Family 'gaussian' has no distributional parameter 'sigam'. It has: mu, sigma. Did you "
        "mean 'sigma'?",
    ),
    "scale": (
        lambda: slopes().fitted(scale="link"),
        "scale has to be one of response, linear, not 'link'. Did you mean 'linear'?",
    ),
    "probs": (
        lambda: slopes().predict(probs=(0.5, 2)),
        "probs has to be numbers in [0, 1] such as (0.025, 0.975); it has 2.",
    ),
    "prob": (
        lambda: slopes().predictive_interval(prob=90),
        "prob = 90 is no probability between 0 and 1: it is the mass of the equal-tailed interval, "
        "by default 0.95.",
    ),
    "type": (
        lambda: slopes().residuals(type="deviance"),
        "type has to be one of ordinary, pearson, not 'deviance'.",
    ),
    "method": (
        lambda: slopes().residuals(method="epred"),
        "method has to be one of posterior_predict, posterior_epred, not 'epred'.",
    ),
    "residuals of categories": (
        lambda: brms_fit("inhaler_cumulative").residuals(),
        "residuals() is about differences of numbers; 'rating' (family 'cumulative') has the "
        "categories 1, 2, 3, 4. fitted() and predict() have their probabilities.",
    ),
    "output": (
        lambda: slopes().posterior_predict(output="cdf"),
        "output has to be one of random, density, probability, quantile, pit, not 'cdf'.",
    ),
    "an argument of another output": (
        lambda: slopes().posterior_predict(q=3.0),
        "q plays no part in output = 'random'; it belongs to output = 'density', 'probability', "
        "'pit'.",
    ),
    "quantiles without a probability": (
        lambda: slopes().posterior_predict(output="quantile"),
        "output = 'quantile' needs p, the probability of the quantile: p = 0.9.",
    ),
    "no probability": (
        lambda: slopes().posterior_predict(output="quantile", p=1.5),
        "p has to be probabilities between 0 and 1, or their logarithms with log_p = True; it has "
        "1.5.",
    ),
    "values of other rows": (
        lambda: slopes().posterior_predict(output="density", q=[1.0, 2.0]),
        "q has to be a number or one for each of the 180 rows; it has the shape (2,).",
    ),
    "values that are no numbers": (
        lambda: slopes().posterior_predict(output="density", q="a"),
        "q has to be a number or one for each row, not 'a'.",
    ),
    "no distribution function": (
        lambda: made_up("p ~ x", "xbeta", phi=5.0, kappa=0.5).posterior_predict(output="pit"),
        "Family 'xbeta' has no cumulative distribution function: it has no closed form here. "
        "output = 'density' and draws (output = 'random') are there.",
    ),
    "interval of columns": (
        lambda: (
            bl.Model("cbind(c, n) | trials(c + n) ~ x", DATA, "multinomial")
            .from_draws(pd.DataFrame({"b_mun_Intercept": [0.0], "b_mun_x": [0.0]}))
            .predictive_interval()
        ),
        "predictive_interval() is about responses that are one number; 'cbindcn' has the columns "
        "c, n. predict() has intervals of each.",
    ),
    "variable": (
        lambda: slopes().posterior_interval("b_Day"),
        "The fit has no variable 'b_Day'. Variables: ",
    ),
}


@each(WRONG)
def test_wrong_arguments(name):
    run, expected = WRONG[name]
    with pytest.raises((bl.DataError, bl.FamilyError)) as error:
        run()
    if expected.endswith(" "):  # what follows is a caret, or a list of forty names
        assert str(error.value).startswith(expected)
    else:
        assert str(error.value) == expected


def test_labels_that_are_numbers_and_numbers_that_are_logical():
    data = DATA.assign(k=np.resize(["1", "2", "3"], 24))
    model = bl.Model("y ~ k + x", data)
    values = dict.fromkeys(model.variables(), 0.0) | {"b_k2": 1.0, "b_k3": 2.0, "b_x": 5.0}
    fit = model.from_draws(pd.DataFrame(values, index=range(2)))
    new = pd.DataFrame({"k": [3, 1, 2, 3], "x": [True, False, False, False]})
    ours = fit.posterior_linpred(new).to_numpy()[0, 0]
    np.testing.assert_allclose(ours, [7.0, 0.0, 1.0, 2.0], atol=1e-12)


def test_an_argument_that_there_is_not():
    with pytest.raises(TypeError) as error:
        slopes().fitted(draw_id=[1])
    assert str(error.value) == (
        "A prediction got an unexpected keyword argument 'draw_id'. Valid: newdata, re_formula, "
        "resp, nlpar, ndraws, draw_ids, allow_new_levels, sample_new_levels, group_effects, seed. "
        "Did you mean 'draw_ids'?"
    )


def test_nan_is_the_na_of_r():
    fit = slopes()
    assert fit.posterior_epred(re_formula=np.nan).equals(fit.posterior_epred(re_formula="~ 0"))
