"""Wrong input to draws, comparisons and hypotheses: whole messages."""

import numpy as np
import pandas as pd
import pytest

import bambi_lite as bl

pytestmark = pytest.mark.filterwarnings("ignore::bambi_lite.ComparisonWarning")

SMALL = pd.DataFrame({"y": [1.0, 2.0, 4.0, 3.0], "x": [0.0, 1.0, 3.0, 2.0], "f": list("aabb")})


def small_fit(data=SMALL, formula="y ~ x"):
    rng = np.random.default_rng(1)
    names = [n for n in bl.Model(formula, data).variables() if n != "Intercept"]
    frame = pd.DataFrame({name: 1.0 + rng.random(20) for name in names})
    return bl.Model(formula, data).from_draws(frame)


def bare(fit):
    """The same draws without lprior and lp__."""
    frame = fit.as_draws_df().drop(columns=["lprior", "lp__"])
    return bl.Model(str(fit.spec.formula), bl.load_data("sleepstudy")).from_draws(frame)


VARIABLES = (
    "b_Intercept, b_Days, sd_Subject__Intercept, sigma, Intercept, r_Subject[308,Intercept], "
    "r_Subject[309,Intercept], r_Subject[310,Intercept], r_Subject[330,Intercept], "
    "r_Subject[331,Intercept], r_Subject[332,Intercept], r_Subject[333,Intercept] and 13 more"
)
FUNCTIONS = (
    "exp, expm1, log, log1p, log2, log10, sqrt, abs, sign, sin, cos, tan, asin, acos, atan, sinh, "
    "cosh, tanh, inv_logit, plogis, logit, qlogis, pnorm, qnorm, pmin, pmax"
)

WRONG = {
    # -- draws
    "variable": (
        lambda fit: fit.posterior_summary("b_Dayz"),
        bl.DataError,
        f"The fit has no variable 'b_Dayz'. Variables: {VARIABLES}. Did you mean 'b_Days'?",
    ),
    "pattern without a match": (
        lambda fit: fit.as_draws_df("^bb", regex=True),
        bl.DataError,
        f"No variable matches the regular expression '^bb'. Variables: {VARIABLES}.",
    ),
    "pattern that is none": (
        lambda fit: fit.rhat("r_Subject[", regex=True),
        bl.DataError,
        "variable = 'r_Subject[' cannot be read as a regular expression: unterminated character "
        "set at position 9. Without regex = True it is a plain name.",
    ),
    "probability": (
        lambda fit: fit.posterior_summary(probs=(0.1, 1.9)),
        bl.DataError,
        "probs has to be numbers in [0, 1] such as (0.025, 0.975); it has 1.9.",
    ),
    "no statistics": (
        lambda fit: fit.nuts_params(),
        bl.DataError,
        "These draws came without statistics of the sampler (Model.from_draws() has none); a fit "
        "that was sampled here has them.",
    ),
    "no log posterior": (
        lambda fit: bare(fit).log_posterior(),
        bl.DataError,
        "These draws came without their log posterior: Model.from_draws() takes it from a column "
        "'lp__', and a fit that was sampled here has it.",
    ),
    # -- leave-one-out
    "threshold": (
        lambda fit: fit.loo(k_threshold="high"),
        bl.DataError,
        "k_threshold = 'high' is no number: rows with a Pareto k above it are looked at again, by "
        "default above 0.7.",
    ),
    "sampling without refits": (
        lambda fit: fit.loo(iter=500),
        TypeError,
        "loo() takes iter for refits only, which reloo = True asks for.",
    ),
    "unknown argument of a refit": (
        lambda fit: fit.kfold(itr=500),
        TypeError,
        "Refits take no argument 'itr'. They take: chains, iter, warmup, thin, seed, cores, "
        "adapt_delta, max_treedepth, backend, marginalize, kernels. Did you mean 'iter'?",
    ),
    "impossible refit": (
        lambda fit: fit.kfold(iter=100, warmup=200),
        bl.SamplingError,
        "iter = 100 leaves no draws after warmup = 200: iter counts the warmup too, so it has to "
        "be larger. brms' default is iter = 2000 with warmup = 1000.",
    ),
    "loo of another fit": (
        lambda fit: bl.compare.reloo(fit.draws, small_fit().loo()),
        bl.DataError,
        "reloo needs the loo result of the same fit: fit.loo(reloo = True).",
    ),
    "moment matching of another result": (
        lambda fit: bl.compare.loo_moment_match(fit.draws, fit.waic()),
        bl.DataError,
        "loo_moment_match needs the loo result of the same fit: fit.loo(moment_match = True).",
    ),
    # -- folds
    "more folds than rows": (
        lambda fit: fit.kfold(K=181),
        bl.DataError,
        "K = 181 folds need at least 181 rows; there are 180. K = 180 leaves out one at a time.",
    ),
    "more folds than groups": (
        lambda fit: fit.kfold(K=20, folds="grouped", group="Subject"),
        bl.DataError,
        "K = 20 folds need at least 20 groups; there are 18. K = 18 leaves out one at a time.",
    ),
    "one fold": (
        lambda fit: fit.kfold(K=1),
        bl.DataError,
        "K = 1 has to be a whole number of folds, 2 or more.",
    ),
    "way to make folds": (
        lambda fit: fit.kfold(folds="stratify", group="Subject"),
        bl.DataError,
        "folds = 'stratify' is no way to make folds. Valid: stratified, grouped, loo, or the "
        "number of the fold of each row. Did you mean 'stratified'?",
    ),
    "folds without groups": (
        lambda fit: fit.kfold(folds="grouped"),
        bl.DataError,
        "folds = 'grouped' needs group = ...: It has: Subject, Reaction, Days; any other labels "
        "can be given themselves, group = data['x'].",
    ),
    "unknown group": (
        lambda fit: fit.kfold(group="Subjct"),
        bl.DataError,
        "group = 'Subjct' is no group and no column of the model. It has: Subject, Reaction, Days; "
        "any other labels can be given themselves, group = data['x']. Did you mean 'Subject'?",
    ),
    "labels of other rows": (
        lambda fit: fit.kfold(group=[1, 2, 3]),
        bl.DataError,
        "group has 3 labels, but the model has 180 rows.",
    ),
    "folds of other rows": (
        lambda fit: fit.kfold(folds=[1, 2, 1]),
        bl.DataError,
        "folds has 3 numbers, but the model has 180 rows (rows with missing values are not among "
        "them).",
    ),
    "one fold for all rows": (
        lambda fit: fit.kfold(folds=np.ones(180, dtype=int)),
        bl.DataError,
        "folds puts all rows into one fold: nothing would be left to fit.",
    ),
    "folds that are not there": (
        lambda fit: fit.kfold(K=3, Ksub=[3, 4]),
        bl.DataError,
        "Ksub names fold(s) 4; folds are 1 to 3.",
    ),
    "joint without groups": (
        lambda fit: fit.kfold(joint="group"),
        bl.DataError,
        "joint = 'group' needs group = ..., which says what the groups are.",
    ),
    "new levels": (
        lambda fit: fit.kfold(sample_new_levels="normal"),
        bl.DataError,
        "sample_new_levels has to be one of uncertainty, gaussian, not 'normal'.",
    ),
    "a fold that tells a coefficient alone": (
        lambda fit: small_fit(formula="y ~ f").kfold(folds=[1, 1, 2, 2]),
        bl.DataError,
        "Fold 1 leaves out every row that tells fb from the intercept, and the prior is flat "
        "there: nothing would tell the coefficients. Use folds with all values in each (folds = "
        "'stratified', group = ...), or give class 'b' a prior.",
    ),
    "a fold with all rows of a column": (
        lambda fit: small_fit(formula="y ~ 0 + f").kfold(folds=[1, 1, 2, 2]),
        bl.DataError,
        "Fold 1 leaves out every row that tells fa, and the prior is flat there: nothing would "
        "tell the coefficients. Use folds with all values in each (folds = 'stratified', group = "
        "...), or give class 'b' a prior.",
    ),
    "a fold that tells two coefficients apart alone": (
        lambda fit: small_fit(SMALL.assign(z=[0.0, 1.0, 3.0, 7.0]), "y ~ x + z").kfold(
            folds=[2, 2, 2, 1]
        ),
        bl.DataError,
        "Fold 1 leaves out every row that tells x, z from one another, and the prior is flat "
        "there: nothing would tell the coefficients. Use folds with all values in each (folds = "
        "'stratified', group = ...), or give class 'b' a prior.",
    ),
    # -- comparisons
    "one model": (
        bl.loo_compare,
        bl.DataError,
        "A comparison needs two models or more: loo_compare(fit1, fit2).",
    ),
    "names of models": (
        lambda fit: bl.loo_compare(fit, fit, model_names=["a", "a"]),
        bl.DataError,
        "model_names has to name each of the 2 models apart, not 'a', 'a'.",
    ),
    "what is no model": (
        lambda fit: bl.loo_compare({"a": fit, "b": 3}),
        bl.DataError,
        "'b' is a int; models are compared by their fits or by what loo(), waic() or kfold() gave.",
    ),
    "other number of rows": (
        lambda fit: bl.loo_compare({"a": fit, "b": small_fit()}),
        bl.DataError,
        "'a' is about 180 observations and 'b' about 4: models can be compared on the same data "
        "only. Rows with a missing value are dropped; fit both models to the rows that both can "
        "use.",
    ),
    "other data": (
        lambda fit: bl.loo_compare(small_fit(), small_fit(SMALL.assign(y=SMALL["y"] + 1.0))),
        bl.DataError,
        "'model1' and 'model2' are about different responses, or the same ones in another order: "
        "models can be compared on the same data only.",
    ),
    "results of two kinds": (
        lambda fit: bl.loo_compare(fit.loo(), fit.waic()),
        bl.DataError,
        "'model1' is of kind 'loo' and 'model2' of kind 'waic'; only results of one kind can be "
        "compared.",
    ),
    "criterion to compare": (
        lambda fit: bl.loo_compare(fit, fit, criterion="aic"),
        bl.DataError,
        "Unknown criterion 'aic'. Available: loo, waic, kfold. Did you mean 'waic'?",
    ),
    "criterion that is not there": (
        lambda fit: bl.loo_compare(fit, fit, criterion="kfold"),
        bl.DataError,
        "'model1' carries no kfold: fit.add_criterion('kfold', K = 10, seed = 1) adds it, with the "
        "same folds for all models where the seed is the same.",
    ),
    "criterion to add": (
        lambda fit: fit.add_criterion("lou"),
        bl.DataError,
        "Unknown criterion 'lou'. Available: loo, waic, kfold, bayes_R2, loo_R2. Did you mean "
        "'loo'?",
    ),
    "weights": (
        lambda fit: bl.model_weights(fit, fit, weights="stack"),
        bl.DataError,
        "Unknown weights 'stack'. Available: stacking, pseudobma, loo, waic, kfold. Did you mean "
        "'stacking'?",
    ),
    "weights that are numbers": (
        lambda fit: bl.pp_average(fit, fit, weights=[1.0, -1.0]),
        bl.DataError,
        "weights has to be a number of 0 or more for each of the 2 models.",
    ),
    "average of results": (
        lambda fit: bl.pp_average(fit, fit.loo()),
        bl.DataError,
        "'model2' is a Elpd; pp_average() needs fits.",
    ),
    "more draws than there are": (
        lambda fit: bl.pp_average(fit, fit, weights=[1.0, 1.0], ndraws=1000),
        bl.DataError,
        "'model1' has 200 draws; 500 of them were asked for.",
    ),
    "method of prediction": (
        lambda fit: fit.loo_predict("predict"),
        bl.DataError,
        "method has to be one of posterior_predict, posterior_epred, posterior_linpred, not "
        "'predict'.",
    ),
    "type of prediction": (
        lambda fit: fit.loo_predict(type="median"),
        bl.DataError,
        "type has to be one of mean, var, quantile, not 'median'.",
    ),
    # -- hypotheses
    "unknown parameter": (
        lambda fit: fit.hypothesis("Dayz > 10"),
        bl.DataError,
        "The hypothesis 'Dayz > 10' names 'Dayz', which is no parameter of class 'b'. There are: "
        "Intercept, Days. Did you mean 'Days'? With class_ = None names are given in full, as in "
        "fit.variables().",
    ),
    "unknown coefficient of a level": (
        lambda fit: fit.hypothesis("Days > 0", scope="ranef", group="Subject"),
        bl.DataError,
        "The hypothesis 'Days > 0' names 'Days', which is no parameter of group 'Subject'. There "
        "are: Intercept.",
    ),
    "unknown group of a hypothesis": (
        lambda fit: fit.hypothesis("Days > 0", scope="coef", group="Subjects"),
        bl.DataError,
        "Unknown grouping factor 'Subjects'. Grouping factors of this model: Subject. Did you mean "
        "'Subject'?",
    ),
    "scope without a group": (
        lambda fit: fit.hypothesis("Days > 0", scope="coef"),
        bl.DataError,
        "scope = 'coef' needs group = ..., the grouping factor it is about.",
    ),
    "unknown scope": (
        lambda fit: fit.hypothesis("Days > 0", scope="coefs"),
        bl.DataError,
        "scope has to be one of standard, ranef, coef, not 'coefs'. Did you mean 'coef'?",
    ),
    "level": (
        lambda fit: fit.hypothesis("Days > 0", alpha=95),
        bl.DataError,
        "alpha = 95 is no level between 0 and 0.5: the interval of a two-sided hypothesis holds "
        "1 - alpha of the posterior, by default 0.95.",
    ),
    "no comparison": (
        lambda fit: fit.hypothesis("Days"),
        bl.FormulaError,
        "A hypothesis compares two sides: write 'left > right', with one of =, <, >.\n"
        "  Days\n"
        "  ^^^^",
    ),
    "two comparisons": (
        lambda fit: fit.hypothesis("0 < Days < 10"),
        bl.FormulaError,
        "Unexpected '<': a comparison stands once.\n  0 < Days < 10\n           ^",
    ),
    "another sign": (
        lambda fit: fit.hypothesis("Days >= 10"),
        bl.FormulaError,
        "Unexpected '>=': valid are =, <, >.\n  Days >= 10\n       ^^",
    ),
    "empty side": (
        lambda fit: fit.hypothesis("Days > "),
        bl.FormulaError,
        "Unexpected end of the hypothesis; expected a variable, a number, a call or '('.\n"
        "  Days > \n"
        "         ^",
    ),
    "open parenthesis": (
        lambda fit: fit.hypothesis("exp(Days > 1"),
        bl.FormulaError,
        "The parenthesis '(' at character 4 is not closed; expected ')'.\n  exp(Days > 1\n     ^",
    ),
    "two names in a row": (
        lambda fit: fit.hypothesis("Days Intercept > 1"),
        bl.FormulaError,
        "Unexpected name 'Intercept'; expected an operator such as + or *, or the end of the "
        "side.\n"
        "  Days Intercept > 1\n"
        "       ^^^^^^^^^",
    ),
    "unknown function": (
        lambda fit: fit.hypothesis("logg(Intercept) > 1"),
        bl.FormulaError,
        f"Unknown function 'logg'. Did you mean 'log'? A hypothesis may call: {FUNCTIONS}.\n"
        "  logg(Intercept) > 1\n"
        "  ^^^^",
    ),
    "arguments": (
        lambda fit: fit.hypothesis("exp(Days, 2) > 1"),
        bl.FormulaError,
        "exp() takes 1 argument(s), not 2.\n  exp(Days, 2) > 1\n  ^^^^^^^^^^^^",
    ),
    "character": (
        lambda fit: fit.hypothesis("Days & Intercept > 1"),
        bl.FormulaError,
        "Unexpected '&': a hypothesis has names, numbers, functions, + - * / ^ ( ), and one of "
        "= < >.\n"
        "  Days & Intercept > 1\n"
        "       ^",
    ),
    "no parameter at all": (
        lambda fit: fit.hypothesis("1 > 0"),
        bl.FormulaError,
        "This hypothesis names no parameter of the model.\n  1 > 0\n  ^^^^^",
    ),
    "no text": (
        lambda fit: fit.hypothesis(3),
        bl.DataError,
        "A hypothesis is text such as 'Days > 10', not int (3).",
    ),
    "twice": (
        lambda fit: fit.hypothesis(["Days > 1", "Days>1"]),
        bl.DataError,
        "A hypothesis stands twice; each one is tested once.",
    ),
    "panel": (
        lambda fit: fit.hypothesis("Days > 1").plot([2]),
        bl.DataError,
        "There is no hypothesis 2; rows are 1 to 1.",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_message(name, reference_fit):
    run, kind, message = WRONG[name]
    with pytest.raises(kind) as error:
        run(reference_fit("sleepstudy_intercepts"))
    assert str(error.value) == message


def test_r_squared_of_unordered_categories():
    data = pd.DataFrame({"y": list("abcabc"), "x": np.arange(6.0)})
    model = bl.Model("y ~ x", data, "categorical")
    names = [n for n in model.variables() if not n.startswith("Intercept")]
    rng = np.random.default_rng(1)
    fit = model.from_draws(pd.DataFrame({n: rng.normal(size=10) for n in names}))
    with pytest.raises(bl.DataError) as error:
        fit.bayes_R2()
    assert str(error.value) == (
        "bayes_R2() is about numbers; 'y' (family 'categorical') has the categories a, b, c. "
        "loo() compares such models."
    )


def test_r_squared_of_ordered_categories_warns(reference_fit):
    with pytest.warns(bl.ComparisonWarning) as caught:
        reference_fit("inhaler_cumulative").bayes_R2()
    assert str(caught[0].message) == (
        "bayes_R2() takes the ordered categories of 'rating' for the numbers 1, 2, ..., which is "
        "hardly ever right."
    )


def test_a_log_likelihood_that_is_no_number():
    data = pd.DataFrame({"y": [1.0, 2.0, 3.0], "x": [0.0, 1.0, 2.0]})
    model = bl.Model(bl.bf("y ~ 1", "sigma ~ x"), data, bl.gaussian(link_sigma="identity"))
    frame = pd.DataFrame(
        {"b_Intercept": [1.0, 1.1], "b_sigma_Intercept": [1.0, 1.0], "b_sigma_x": [-0.4, -0.6]}
    )
    with pytest.raises(bl.DataError) as error:
        model.from_draws(frame).loo()
    assert str(error.value) == (
        "The log-likelihood is not a number in some draws of row(s) 2 (counted from 0 in the "
        "data): a distributional parameter left its range. A link such as log or logit keeps it "
        "inside."
    )


def test_draws_that_make_a_row_impossible():
    data = pd.DataFrame({"y": [1.0, 2.0, 6.0], "x": [0.0, 1.0, 2.0]})
    model = bl.Model("y ~ 1", data, bl.shifted_lognormal(link_ndt="identity"))
    frame = pd.DataFrame({"b_Intercept": [0.1, 0.2], "sigma": [1.0, 1.1], "ndt": [0.5, 1.5]})
    with pytest.raises(bl.DataError) as error:
        model.from_draws(frame).loo()
    assert str(error.value) == (
        "The log-likelihood is infinite in some draws of row(s) 0 (counted from 0 in the data). "
        "Such draws cannot come from this model and these data: were they made with others?"
    )
