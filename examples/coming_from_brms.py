"""Coming from brms: what each name of its reference index is called here.

`python examples/coming_from_brms.py` prints the table; with `--write` it becomes
`coming_from_brms.md` beside this file. A test holds that every name that is claimed is there, that
every formula that is said to run builds a model, and that nothing that is there is called missing.
"""

import sys
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

import bambi_lite as bl

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Row:
    """A name of brms 2.23's reference index.

    `ours` are names below `bl`, `Fit` (what `brm()` gives) and `Model`; empty where there is none.
    `formula` is a formula that needs it, with the family to try it with. `call` is how it is
    written, where that is not the name itself.
    """

    name: str
    topic: str
    ours: tuple[str, ...] = ()
    call: str = ""
    note: str = ""
    formula: str = ""
    family: str = "gaussian"


def rows(topic, text):
    """Rows of one topic, a line each: name ; ours, ours ; call ; note."""
    found = []
    for line in text.strip().splitlines():
        name, ours, call, note = [*(part.strip() for part in line.split(";", 3)), "", "", ""][:4]
        names = tuple(n.strip() for n in ours.split(",") if n.strip())
        found.append(Row(name, topic, names, call, note))
    return found


def terms(topic, text):
    """Rows of what stands in formulas, a line each: name ; formula ; family ; note."""
    found = []
    for line in text.strip().splitlines():
        name, formula, family, note = [*(part.strip() for part in line.split(";")), "", "", ""][:4]
        found.append(Row(name, topic, (), formula, note, formula, family or "gaussian"))
    return found


def families(text):
    """Rows of families: a name each, that of the constructor."""
    return [Row(name, "Families", (f"bl.{name}",)) for name in text.split()]


TABLE = [
    *rows(
        "Fitting",
        """
        brm ; bl.brm ; bl.brm("y ~ x + (1 | g)", data) ; `bl.Model` stops before sampling
        brm_multiple
        update.brmsfit ; Fit.update ; fit.update(newdata=, formula="~ . + z") ; says what it changed
        update.brmsfit_multiple
        combine_models
        save_pars ; bl.save_pars ; bl.brm(..., save_pars=bl.save_pars(group=False))
        threading ; ;  ; chains run side by side, `cores=`
        opencl
        control_params ; Fit.draws ; fit.draws.settings ; `adapt_delta` is an argument of `brm`
        recompile_model ; ;  ; nothing to recompile: `model.plan` says what is compiled
        add_rstan_model ; ;  ; there is no Stan model
        restructure ; ;  ; saved fits say their format
        brmsfit_needs_refit ; bl.brm ; bl.brm(..., file="fit", file_refit="on_change")
        launch_shinystan ; ;  ; `fit.idata` goes to ArviZ
        expose_functions ; ;  ; there is no Stan code
        stancode ; Model.pymc ; model.pymc ; the model as PyMC's
        make_stancode ; Model.pymc ; model.pymc
        standata ; Model.standata ; model.standata() ; by brms' names
        make_standata ; Model.standata ; model.standata()
        stanvar ; ;  ; `bl.custom_family` takes Python functions
        """,
    ),
    *rows(
        "Formulas",
        """
        brmsformula ; bl.bf ; bl.bf("y ~ x", "sigma ~ z")
        bf ; bl.bf ; bl.bf("y ~ x", "sigma ~ z") ; reads whole calls in R's words too
        update.brmsformula ; Fit.update ; fit.update(formula=...)
        update_adterms ; Fit.update ; fit.update(formula=". | weights(w) ~ .")
        brmsterms ; bl.explain, Model.explain ; bl.explain("y ~ x")
        parse_bf ; bl.explain ; ; deprecated in brms
        is.brmsformula ; bl.BrmsFormula ; isinstance(x, bl.BrmsFormula)
        is.mvbrmsformula
        is.brmsterms
        is.mvbrmsterms
        get_y ; Model.standata ; model.standata()["Y"]
        data_predictor ; Model.design, Model.standata ; model.design()
        data_response ; Model.standata
        validate_newdata ; ;  ; predictions check what they are given
        rows2labels
        cse ; ;  ; brms' older name of `cs()`
        """,
    ),
    *terms(
        "Formulas",
        """
        lf ; bf(y ~ x) + lf(sigma ~ z) ; ; `bl.lf`
        nlf ; bf(y ~ a, nl = TRUE) + nlf(a ~ exp(b)) + lf(b ~ 1) ; ; `bl.nlf`
        mvbf ; mvbf(bf(y ~ x), bf(z ~ x)) ; ; `bl.mvbf`
        mvbrmsformula ; mvbf(y ~ x, z ~ x) ; ; `bl.mvbf`
        mvbind ; mvbind(y, z) ~ x
        set_nl ; bf(y ~ a) + lf(a ~ 1) + set_nl() ; ; `bl.set_nl`
        set_rescor ; bf(y ~ x) + bf(z ~ x) + set_rescor(FALSE) ; ; `bl.set_rescor`
        set_mecor ; bf(y ~ me(x, p)) + set_mecor(FALSE) ; ; `bl.set_mecor`
        acformula ; bf(y ~ x) + acformula(~ ar(p = 1))
        """,
    ),
    *terms(
        "Terms of formulas",
        """
        gr ; y ~ x + (x | gr(g, by = f))
        mm ; y ~ x + (1 | mm(g, h))
        mmc ; y ~ x + (1 + mmc(x, z) | mm(g, h))
        cs ; k ~ cs(x) ; acat
        mo ; y ~ mo(k)
        me ; y ~ me(x, p)
        mi ; y | mi() ~ x
        s ; y ~ s(x)
        t2 ; y ~ t2(x, z)
        gp ; y ~ gp(x)
        ar ; y ~ x + ar(p = 1)
        ma ; y ~ x + ma(q = 1)
        arma ; y ~ x + arma(p = 1, q = 1)
        cosy ; y ~ x + cosy(gr = g)
        unstr ; y ~ x + unstr(n, g)
        sar ; y ~ x + sar(W)
        car ; y ~ x + car(W, gr = g)
        fcor ; y ~ x + fcor(V)
        offset ; y ~ x + offset(z)
        resp_weights ; y | weights(p) ~ x
        resp_trials ; k | trials(n) ~ x ; binomial
        resp_se ; y | se(p) ~ x
        resp_cens ; y | cens(c) ~ x
        resp_trunc ; y | trunc(lb = -9) ~ x
        resp_rate ; n | rate(p) ~ x ; poisson
        resp_dec ; p | dec(b) ~ x ; wiener
        resp_cat ; k | cat(5) ~ x ; cumulative ; brms' older name of thres()
        resp_thres ; k | thres(4) ~ x ; cumulative
        resp_subset ; y | subset(b) ~ x
        resp_vreal ; y | vreal(p) ~ x ; custom
        resp_vint ; y | vint(n) ~ x ; custom
        resp_mi ; y | mi() ~ x
        resp_index ; y | index(n) ~ x
        """,
    ),
    *rows(
        "Families",
        """
        brmsfamily ; bl.brmsfamily ; bl.brmsfamily("negbinomial2")
        custom_family ; bl.custom_family ; ; a density, draws and a mean in Python
        family.brmsfit ; Fit.spec ; fit.spec.family
        mixture
        get_dpar ; Fit.posterior_linpred ; fit.posterior_linpred(dpar="sigma")
        """,
    ),
    *families(
        """
        acat asym_laplace bernoulli beta_binomial categorical cox cratio cumulative dirichlet
        exgaussian exponential frechet gen_extreme_value geometric hurdle_cumulative hurdle_gamma
        hurdle_lognormal hurdle_negbinomial hurdle_poisson logistic_normal lognormal multinomial
        negbinomial shifted_lognormal skew_normal sratio student von_mises weibull wiener
        zero_inflated_beta zero_inflated_beta_binomial zero_inflated_binomial
        zero_inflated_negbinomial zero_inflated_poisson zero_one_inflated_beta Beta
        """
    ),
    *rows(
        "Priors",
        """
        prior ; bl.prior ; bl.prior("normal(0, 5)", class_="b")
        set_prior ; bl.set_prior
        prior_ ; bl.prior
        prior_string ; bl.prior
        empty_prior ; bl.PriorSet ; bl.PriorSet()
        default_prior ; bl.default_prior, Model.prior ; bl.default_prior("y ~ x", data)
        get_prior ; bl.get_prior
        prior_summary.brmsfit ; bl.prior_summary, Fit.prior ; fit.prior
        validate_prior ; bl.validate_prior
        as.brmsprior ; bl.prior ; prior=table ; any table with brms' columns is a prior
        is.brmsprior ; bl.PriorSet ; isinstance(x, bl.PriorSet)
        prior_draws.brmsfit ; Fit.prior_draws, Model.prior_draws ; model.prior_draws()
        prior_samples ; Fit.prior_draws ; ; deprecated in brms
        horseshoe ; bl.prior ; bl.prior("horseshoe(1)") ; text of the prior
        R2D2 ; bl.prior ; bl.prior("R2D2(0.5)") ; text of the prior
        lasso ; ;  ; brms no longer supports it
        constant ; bl.prior ; bl.prior("constant(1)") ; text of the prior
        create_priorsense_data.brmsfit ; Fit.sensitivity ; fit.sensitivity()
        """,
    ),
    *rows(
        "Summaries and draws",
        """
        summary.brmsfit ; Fit.summary ; print(fit)
        print.brmsfit ; Fit.summary ; print(fit)
        fixef.brmsfit ; Fit.fixef
        ranef.brmsfit ; Fit.ranef
        coef.brmsfit ; Fit.coef
        VarCorr.brmsfit ; Fit.VarCorr
        vcov.brmsfit ; ;  ; `fit.fixef(summary=False)` has the draws
        posterior_summary.brmsfit ; Fit.posterior_summary
        posterior_table
        as_draws ; Fit.idata ; fit.idata ; an ArviZ DataTree
        as_draws_array ; Fit.idata ; fit.idata["posterior"]
        as_draws_df ; Fit.as_draws_df
        as_draws_list ; Fit.idata
        as_draws_matrix ; Fit.as_draws_df ; fit.as_draws_df().to_numpy()
        as_draws_rvars ; Fit.idata ; fit.idata["posterior"] ; an xarray Dataset
        as.data.frame.brmsfit ; Fit.as_draws_df
        as.matrix.brmsfit ; Fit.as_draws_df ; fit.as_draws_df().to_numpy()
        as.array.brmsfit ; Fit.idata
        as.mcmc.brmsfit ; Fit.idata ; ; deprecated in brms
        posterior_samples.brmsfit ; Fit.as_draws_df ; ; deprecated in brms
        variables.brmsfit ; Fit.variables, Model.variables
        parnames ; Fit.variables ; ; deprecated in brms
        nvariables ; Fit.variables ; len(fit.variables())
        ndraws ; Fit.ndraws
        nchains ; Fit.nchains
        niterations ; Fit.niterations
        nsamples ; Fit.ndraws ; ; deprecated in brms
        ngrps.brmsfit ; Fit.ngrps
        nobs.brmsfit ; Fit.nobs
        rhat.brmsfit ; Fit.rhat
        neff_ratio ; Fit.neff_ratio
        nuts_params ; Fit.nuts_params
        log_posterior ; Fit.log_posterior
        formula.brmsfit ; Fit.spec ; fit.spec.formula
        model.frame.brmsfit ; Fit.data ; fit.data
        getCall.brmsfit
        logLik.brmsfit ; Fit.log_lik
        is.brmsfit ; bl.Fit ; isinstance(x, bl.Fit)
        is.brmsfit_multiple
        rename_pars ; ;  ; names are brms' from the start; `Model.from_draws` reads draws of brms
        """,
    ),
    *rows(
        "Predictions",
        """
        posterior_linpred.brmsfit ; Fit.posterior_linpred
        posterior_epred.brmsfit ; Fit.posterior_epred
        posterior_predict.brmsfit ; Fit.posterior_predict
        posterior_smooths.brmsfit ; ;  ; smooth terms are not built yet
        posterior_interval.brmsfit ; Fit.posterior_interval
        fitted.brmsfit ; Fit.fitted
        predict.brmsfit ; Fit.predict
        residuals.brmsfit ; Fit.residuals
        predictive_error.brmsfit ; Fit.predictive_error
        predictive_interval.brmsfit ; Fit.predictive_interval
        pp_expect ; Fit.posterior_epred ; ; deprecated in brms
        posterior_average.brmsfit
        pp_average.brmsfit ; bl.pp_average
        pp_mixture.brmsfit ; ;  ; mixtures are not built yet
        prepare_predictions ; Fit.posterior_linpred ; ; an inner step of brms
        extract_draws ; Fit.posterior_linpred ; ; deprecated in brms
        """,
    ),
    *rows(
        "Model comparison",
        """
        log_lik.brmsfit ; Fit.log_lik
        loo.brmsfit ; Fit.loo
        LOO ; Fit.loo ; ; deprecated in brms
        waic.brmsfit ; Fit.waic
        WAIC ; Fit.waic ; ; deprecated in brms
        psis.brmsfit ; Fit.loo ; fit.loo().pareto_k
        reloo.brmsfit ; Fit.loo ; fit.loo(reloo=True)
        loo_moment_match.brmsfit ; Fit.loo ; fit.loo(moment_match=True)
        loo_subsample.brmsfit
        kfold.brmsfit ; Fit.kfold
        kfold_predict
        loo_compare.brmsfit ; bl.loo_compare
        compare_ic ; bl.loo_compare ; ; deprecated in brms
        model_weights.brmsfit ; bl.model_weights
        loo_model_weights.brmsfit ; bl.loo_model_weights
        add_criterion ; Fit.add_criterion
        add_ic ; Fit.add_criterion ; ; deprecated in brms
        add_loo ; Fit.add_criterion ; ; deprecated in brms
        add_waic ; Fit.add_criterion ; ; deprecated in brms
        bayes_R2.brmsfit ; Fit.bayes_R2
        loo_R2.brmsfit ; Fit.loo_R2
        loo_predict.brmsfit ; Fit.loo_predict
        loo_linpred.brmsfit ; Fit.loo_linpred
        loo_predictive_interval.brmsfit ; Fit.loo_predictive_interval
        bridge_sampler.brmsfit
        bayes_factor.brmsfit ; ;  ; `fit.hypothesis` gives those of point hypotheses
        post_prob.brmsfit
        """,
    ),
    *rows(
        "Hypotheses and effects",
        """
        hypothesis.brmsfit ; Fit.hypothesis ; fit.hypothesis("x > 0")
        brmshypothesis ; bl.HypothesisTests
        density_ratio ; Fit.hypothesis ; ; Evid.Ratio of `hypothesis`
        conditional_effects.brmsfit ; Fit.conditional_effects
        conditional_smooths.brmsfit ; ;  ; smooth terms are not built yet
        marginal_effects ; Fit.conditional_effects ; ; deprecated in brms
        marginal_smooths ; ;  ; deprecated in brms
        make_conditions ; bl.make_conditions
        """,
    ),
    *rows(
        "Pictures",
        """
        plot.brmsfit ; Fit.plot
        pairs.brmsfit ; Fit.pairs
        mcmc_plot.brmsfit ; Fit.mcmc_plot
        stanplot ; ;  ; deprecated in brms
        pp_check.brmsfit ; Fit.pp_check
        plot.brmshypothesis ; bl.HypothesisTests ; fit.hypothesis("x > 0").plot()
        plot.brms_conditional_effects ; bl.ConditionalEffects ; fit.conditional_effects().plot()
        theme_black ; ;  ; styles are matplotlib's
        theme_default ; ;  ; styles are matplotlib's
        """,
    ),
    *[
        Row(
            name,
            "Distributions",
            (),
            "",
            "the density is that of a fit's `log_lik`; as a function of its own it is in SciPy"
            if name in ("Student", "InvGaussian", "VonMises", "ExGaussian", "BetaBinomial")
            else "as functions of their own they are not there",
        )
        for name in (
            "AsymLaplace", "BetaBinomial", "Dirichlet", "ExGaussian", "Frechet", "GenExtremeValue",
            "Hurdle", "InvGaussian", "LogisticNormal", "MultiNormal", "MultiStudentT",
            "Shifted_Lognormal", "SkewNormal", "StudentT", "VonMises", "Wiener", "ZeroInflated",
        )
    ],
    *rows(
        "Small functions",
        """
        logit_scaled
        inv_logit_scaled
        logm1 ; bl.families ; link="logm1" ; a link
        expp1 ; bl.families ; link="logm1" ; the inverse of that link
        do_call ; ;  ; an inner function of brms
        """,
    ),
    *rows(
        "Data",
        """
        epilepsy ; bl.load_data ; bl.load_data("epilepsy")
        inhaler ; bl.load_data ; bl.load_data("inhaler")
        kidney ; bl.load_data ; bl.load_data("kidney")
        loss ; bl.load_data ; bl.load_data("loss")
        """,
    ),
    *[
        Row(name, "Older autocorrelation", (), "", "deprecated in brms: terms of the formula")
        for name in (
            "autocor.brmsfit", "cor_ar", "cor_arma", "cor_arr", "cor_brms", "cor_bsts", "cor_car",
            "cor_cosy", "cor_fixed", "cor_ma", "cor_sar",
        )
    ],
]  # fmt: skip


def example_data():
    """Data on which every formula of the table can be tried."""
    rng = np.random.default_rng(1)
    n = 60
    return pd.DataFrame(
        {
            "y": rng.normal(size=n),
            "x": rng.normal(size=n),
            "z": rng.normal(size=n),
            "p": rng.uniform(0.3, 1.0, size=n),
            "n": rng.integers(5, 9, size=n),
            "k": np.arange(n) % 5 + 1,
            "b": np.arange(n) % 2 == 0,
            "c": np.where(np.arange(n) % 7 == 0, "right", "none"),
            "f": np.repeat(["one", "two"], n // 2),
            "g": np.repeat(list("abcdef"), n // 6),
            "h": np.tile(list("abcdef"), n // 6),
        }
    )


def family_of(row):
    """The family that the formula of a row is tried with."""
    if row.family != "custom":
        return row.family
    wanted = "vreal1" if "vreal" in row.formula else "vint1"
    return bl.custom_family("own", logp=lambda y, mu: -((y - mu) ** 2), vars=wanted)


def resolves(name):
    """Whether a dotted name is there: `bl.brm`, `Fit.loo`, `Model.pymc`."""
    first, _, rest = name.partition(".")
    if first == "bl":
        return rest in bl.__all__
    return hasattr({"Fit": bl.Fit, "Model": bl.Model}[first], rest)


def runs(row):
    """Whether a model with the formula of a row can be built."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            bl.Model(row.formula, example_data(), family_of(row))
        except bl.FormulaError as problem:
            if "not available yet" in str(problem):
                return False
            raise
    return True


def state(row):
    """`yes`, `parsed` or `no`."""
    if row.formula:
        return "yes" if runs(row) else "parsed"
    return "yes" if row.ours else "no"


def shown(row):
    """How it is written here."""
    call = row.call or ", ".join(row.ours).replace("Fit.", "fit.").replace("Model.", "model.")
    return f"`{call}`".replace("|", "\\|") if call else ""


def table():
    """The whole page, its counts among it."""
    states = {row.name: state(row) for row in TABLE}
    own = [states[row.name] for row in TABLE]
    present, parsed = own.count("yes"), own.count("parsed")
    topics = dict.fromkeys(row.topic for row in TABLE)
    lines = [
        "# Coming from brms",
        "",
        "Every name of the reference index of brms 2.23, and what it is here. `fit` is what",
        "`bl.brm()` gives, `model` what `bl.Model()` gives. This page is made by",
        "`python examples/coming_from_brms.py --write`; a test holds that what it claims is there.",
        "",
        f"**{present} of {len(TABLE)}** are there. {parsed} more are terms that are read, checked",
        "and explained, and of which no model is built yet (*parsed*). The others are marked *no*.",
        "",
        "| topic | there | parsed | of |",
        "|---|---|---|---|",
    ]
    for topic in topics:
        inside = [states[row.name] for row in TABLE if row.topic == topic]
        counts = inside.count("yes"), inside.count("parsed"), len(inside)
        lines.append(f"| {topic} | {counts[0]} | {counts[1] or ''} | {counts[2]} |")
    for topic in topics:
        lines += ["", f"## {topic}", "", "| brms | | here | |", "|---|---|---|---|"]
        lines += [
            f"| `{row.name}` | {'' if states[row.name] == 'yes' else states[row.name]} | "
            f"{shown(row)} | {row.note} |"
            for row in TABLE
            if row.topic == topic
        ]
    return "\n".join(line.rstrip() for line in lines) + "\n"


if __name__ == "__main__":
    page = table()
    if "--write" in sys.argv:
        (HERE / "coming_from_brms.md").write_text(page, encoding="utf-8")
    else:
        print(page)
