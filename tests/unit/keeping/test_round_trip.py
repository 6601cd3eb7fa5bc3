"""Saved and loaded, a fit is the same to the last bit: draws, tables, predictions, criteria."""

import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import bambi_lite as bl
from bambi_lite.formula import BrmsFormula, bf
from bambi_lite.keeping.models import formula_note, read_formula_note
from kept import quick_fit
from tables import each

FACTS = Path(__file__).parents[2] / "facts"


def frame(seed=3, n=60):
    """Columns of many kinds."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    return pd.DataFrame(
        {
            "y": 2.0 + x + rng.normal(size=n),
            "x": x,
            "z": rng.normal(size=n),
            "positive": rng.gamma(2.0, size=n),
            "count": rng.poisson(3.0, n),
            "size": rng.integers(5, 9, n),
            "hits": rng.integers(0, 5, n),
            "yes": rng.random(n) < 0.5,
            "g": rng.choice(["a", "b", "c c"], n),
            "h": rng.choice(["u", "v"], n),
            "f": pd.Categorical(rng.choice(["low", "mid", "top"], n), ["low", "mid", "top"]),
            "o": pd.Categorical(rng.choice(["1", "2", "3"], n), ["1", "2", "3"], ordered=True),
            "part": rng.random(n) < 0.8,
            "w": rng.uniform(0.5, 2.0, n),
            "error": rng.uniform(0.1, 0.3, n),
            "censored": rng.choice(["none", "left", "right"], n),
        }
    )


def with_gaps():
    data = frame()
    data.loc[[2, 7], "x"] = np.nan
    data.loc[[5], "g"] = None
    return data


A = pd.DataFrame(
    [[1.0, 0.2, 0.1], [0.2, 1.0, 0.3], [0.1, 0.3, 1.0]], ["c c", "a", "b"], ["c c", "a", "b"]
)
HORSE = {"prior": {"b": "horseshoe(1)"}}
TAGGED = [
    bl.prior("normal(0, 1)", class_="b", tag="slopes"),
    bl.prior("exponential(2)", class_="sd", group="g"),
    bl.prior("normal(0, 10)", class_="sigma", ub=20),
]
CASES = {
    "correlated groups": ("y ~ x + (x | g)", frame, "gaussian", {}),
    "nested groups": ("y ~ x + (1 | g / h) + (0 + z || f)", frame, "gaussian", {}),
    "missing rows": ("y ~ x + (1 | g)", with_gaps, "gaussian", {}),
    "subset": ("y | subset(part) ~ x + (1 | g)", frame, "gaussian", {}),
    "every column": ("y ~ z + .^2", lambda: frame()[["x", "f", "y", "z"]], "gaussian", {}),
    "weights, se": ("y | weights(w) + se(error, sigma = TRUE) ~ x", frame, "gaussian", {}),
    "censoring": ("y | cens(censored) ~ x", frame, "gaussian", {}),
    "truncation": ("count | trunc(ub = 30) ~ x", frame, "poisson", {}),
    "trials": ("hits | trials(size) ~ f", frame, "binomial", {}),
    "link": ("hits | trials(9) ~ x", frame, bl.binomial("probit"), {}),
    "truth": ("yes ~ x * f + (1 | g)", frame, "bernoulli", {}),
    "rate": ("count | rate(w) ~ x", frame, "negbinomial", {}),
    "family in the formula": (bl.bf("count ~ x", family="poisson"), frame, "gaussian", {}),
    "family object in it": (
        bl.bf("count ~ x", family=bl.negbinomial(link_shape="identity")), frame, "gaussian", {},
    ),
    "distributional": (
        bl.bf("y ~ x + (1 | i | g)", "sigma ~ 0 + f + (1 | i | g)"), frame, "gaussian",
        {"prior": "set:proper"},
    ),
    "fixed": (bl.bf("y ~ x", sigma=0.1 + 0.2, nu=4), frame, "student", {}),
    "not centred": (bl.bf("y ~ 0 + Intercept + x"), frame, "gaussian", {}),
    "options": (bl.bf("y ~ x + f", bl.lf("sigma ~ 0 + f", cmc=False), center=False), frame,
                "gaussian", {"prior": "set:proper"}),
    "transforms": (
        "y ~ poly(x, 2) + scale(z) + bs(w, df = 4) + offset(log(positive)) + I(x^2)", frame,
        "gaussian", {},
    ),
    "contrasts": ("y ~ f * h", frame, "gaussian", {"contrasts": {"f": "contr.sum"}}),
    "ordered factor": ("y ~ o + factor(size)", frame, "gaussian", {}),
    "ordinal": ("o ~ x + (1 | g)", frame, bl.cumulative("probit"), {}),
    "equidistant": ("o ~ x", frame, bl.acat(threshold="equidistant"),
                    {"prior": "set:proper"}),
    "thresholds by group": ("o | thres(2, gr = h) ~ x", frame, "cumulative", {}),
    "categorical": ("f ~ x", frame, "categorical", {"prior": "set:proper"}),
    "multi-membership": ("y ~ x + (1 | mm(g, h))", frame, "gaussian", {}),
    "by, dist": ("y ~ x + (1 | gr(g, by = h, dist = 'student'))",
                 lambda: frame().assign(h=lambda d: np.where(d["g"] == "a", "u", "v")),
                 "gaussian", {}),
    "cov": ("y ~ x + (1 | gr(g, cov = A))", frame, "gaussian", {"data2": {"A": A}}),
    "cov as an array": (
        "y ~ x + (1 | gr(g, cov = A))", frame, "gaussian", {"data2": {"A": A.to_numpy()}},
    ),
    "hurdle": (bl.bf("positive ~ x", "hu ~ z"), frame, "hurdle_gamma",
               {"prior": "set:proper"}),
    "prior set": ("y ~ x + f", frame, "gaussian", {"prior": "set:rstanarm"}),
    "tags, bounds": ("y ~ x + (1 | g)", frame, "gaussian", {"prior": TAGGED}),
    "horseshoe": ("y ~ x + z + f", frame, "gaussian", HORSE),
    "names": (
        "y.ü ~ x_.é + (1 | g.é)",
        lambda: frame().rename(columns={"y": "y.ü", "x": "x_.é", "g": "g.é"}),
        "gaussian", {"data_name": "é/\n\"'"},
    ),
}  # fmt: skip


def outputs(fit):
    """What a person sees of a fit, to be compared as it is."""
    yield "print", str(fit)
    yield "prior report", str(fit.prior_report())
    yield "prior", fit.prior.to_csv()
    yield "explanation", str(fit.spec.formula.explain())
    yield "variables", fit.variables()
    yield "draws", fit.as_draws_df().to_numpy().tobytes()
    yield "summary", fit.posterior_summary().to_numpy().tobytes()
    yield "log_lik", fit.log_lik().to_numpy().tobytes()
    yield "linpred", fit.posterior_linpred().to_numpy().tobytes()
    yield "predict", fit.posterior_predict(seed=4).to_numpy().tobytes()
    yield "prior draws", fit.prior_draws(draws=3, seed=2).to_numpy().tobytes()
    yield "data", fit.data.to_csv()


@each(CASES)
def test_round_trip(name, tmp_path):
    formula, data, family, options = CASES[name]
    fit = quick_fit(formula, data(), family, **options)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        again = bl.load(fit.save(tmp_path / "kept"))
    assert not caught
    assert fit.idata.identical(again.idata)
    assert fit.draws.keys == again.draws.keys
    assert fit.draws.settings == again.draws.settings
    assert fit.draws.seconds == again.draws.seconds
    assert fit.spec.prior_rows == again.spec.prior_rows
    assert fit.spec.priors == again.spec.priors
    assert str(fit.spec.family.links) == str(again.spec.family.links)
    pd.testing.assert_frame_equal(fit.spec.frame, again.spec.frame)
    np.testing.assert_array_equal(fit.spec.design.rows, again.spec.design.rows)
    for array, values in fit.spec.arrays.items():
        np.testing.assert_array_equal(values, again.spec.arrays[array])
    with np.errstate(all="ignore"):
        # A prior may reach where a family has no numbers.
        for (what, ours), (_, theirs) in zip(outputs(fit), outputs(again), strict=True):
            assert ours == theirs, what
    # What was loaded is kept as it was.
    assert (tmp_path / "kept.bl").read_bytes() == again.save(tmp_path / "twice").read_bytes()


def test_the_cases_are_many():
    assert len(CASES) >= 30


def test_new_data_after_loading(tmp_path):
    fit = quick_fit("y ~ poly(x, 2) + f + (x | g)", frame())
    again = bl.load(fit.save(tmp_path / "kept"))
    new = frame(seed=9, n=11).assign(g=["a", "new"] * 5 + ["b"])
    for method in ("posterior_epred", "posterior_linpred", "posterior_predict"):
        ours, theirs = (
            getattr(f, method)(new, allow_new_levels=True, seed=3) for f in (fit, again)
        )
        assert ours.identical(theirs), method


def test_criteria_come_along(tmp_path):
    table = pd.read_csv(FACTS / "postprocess" / "sleepstudy_slopes.draws.csv")
    model = bl.Model("Reaction ~ Days + (Days | Subject)", bl.load_data("sleepstudy"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", bl.ComparisonWarning)
        fit = model.from_draws(table).add_criterion(["loo", "waic", "bayes_R2"])
    again = bl.load(fit.save(tmp_path / "kept"))
    assert list(again.criteria) == ["loo", "waic", "bayes_R2"]
    for name in ("loo", "waic"):
        ours, theirs = fit.criteria[name], again.criteria[name]
        assert str(ours) == str(theirs)
        pd.testing.assert_frame_equal(ours.pointwise, theirs.pointwise, check_index_type=True)
    pd.testing.assert_frame_equal(
        fit.criteria["loo"].diagnostics, again.criteria["loo"].diagnostics
    )
    assert fit.criteria["bayes_R2"].identical(again.criteria["bayes_R2"])
    assert again.idata["log_likelihood"].identical(fit.idata["log_likelihood"])
    # They are compared with those of other fits as before.
    bl.loo_compare(fit, again)


def test_draws_made_elsewhere(tmp_path):
    model = bl.Model("y ~ x", frame())
    draws = pd.DataFrame(
        {"b_Intercept": [1.0, 2.0], "b_x": [0.5, 0.1], "sigma": [1.0, 2.0], "lp__": [-3.0, -4.0]}
    )
    fit = model.from_draws(draws)
    again = bl.load(fit.save(tmp_path / "kept"))
    assert again.idata.identical(fit.idata)
    assert again.draws.settings == fit.draws.settings


def test_a_family_of_ones_own_is_given_again(tmp_path):
    def family(link="log"):
        return bl.custom_family(
            "rayleigh",
            links=link,
            logp=lambda xp, y, mu: xp.log(y) - 2 * xp.log(mu) - y**2 / (2 * mu**2),
            mean=lambda mu: mu * (np.pi / 2) ** 0.5,
            prior={"Intercept": "normal(0, 1)"},
        )

    fit = quick_fit("positive ~ x", frame(), family())
    file = fit.save(tmp_path / "own")
    again = bl.load(file, families=[family()])
    assert again.posterior_epred().identical(fit.posterior_epred())
    assert again.log_lik().identical(fit.log_lik())
    with pytest.raises(bl.KeepingError) as error:
        bl.load(file)
    assert str(error.value) == (
        f"'{file}' was fitted with the family 'rayleigh', made in Python by custom_family(); a "
        f"file holds its name only. Make it again and give it: load(path, families=[rayleigh])."
    )
    with pytest.raises(bl.KeepingError, match="is another one than that of the fit"):
        bl.load(file, families=[family("softplus")])


FRESH = """
import sys
import bambi_lite as bl
fit = bl.load(sys.argv[1])
print(fit)
fit.posterior_predict(seed=1)
fit.log_lik()
print(fit.posterior_epred().to_numpy().tobytes().hex()[:4000])
print([name for name in ("pymc", "pytensor", "numba", "nutpie") if name in sys.modules])
"""


def test_a_fresh_process_predicts_without_compiling(tmp_path):
    fit = quick_fit("hits | trials(size) ~ x + (1 | g)", frame(), "binomial")
    file = fit.save(tmp_path / "kept")
    run = subprocess.run(
        [sys.executable, "-c", FRESH, str(file)], capture_output=True, text=True, check=True
    )
    *summary, epred, compilers = run.stdout.strip().split("\n")
    assert "\n".join(summary).strip() == str(fit).strip()
    assert epred == fit.posterior_epred().to_numpy().tobytes().hex()[:4000]
    assert compilers == "[]"


def test_numpy_reads_the_arrays(tmp_path):
    fit = quick_fit("y ~ x", frame())
    with np.load(fit.save(tmp_path / "kept"), allow_pickle=False) as arrays:
        ours = arrays["draws/posterior/b_x"]
    np.testing.assert_array_equal(ours, fit.idata["posterior"]["b_x"].to_numpy())


def test_every_formula_of_the_corpora_comes_back(facts):
    """The formulas of R and brms, those not available yet among them."""
    texts = [case["formula"] for case in facts("formulas/corpus.json")["cases"]]
    n = 0
    for text in texts:
        try:
            formula = bf(text)
        except bl.FormulaError:
            continue
        if isinstance(formula, BrmsFormula):
            assert read_formula_note(formula_note(formula)) == formula, text
            n += 1
    assert n > 200


@each(
    {
        "non-linear": bl.bf("y ~ a * exp(b * x)", "a + b ~ 1 + (1 | g)", nl=True),
        "nlf": bl.bf("y ~ a", bl.nlf("a ~ exp(b)"), "b ~ x", nl=True),
        "lf": bl.bf("y ~ x") + bl.lf("sigma ~ z", center=False, cmc=False),
        "decomp": bl.bf("y ~ x", decomp="QR") + bl.lf("sigma ~ z", decomp="QR"),
        "centered": bl.bf("y ~ x + (1 | gr(g, centered = TRUE))"),
        "set": bl.bf("y ~ me(x, z)") + bl.set_mecor(False) + bl.set_rescor(True),
        "tied": bl.bf("y ~ x", sigma2="sigma1"),
        "numbers": bl.bf("y ~ I(x * 0.1) + I(1e-300 * x) + I(3L * x)", nu=1 / 3),
        "family": bl.bf("y ~ x", family="student(link_sigma = 'identity')"),
    }.items(),
    name=lambda case: case[0],
)
def test_formulas_made_by_calls_come_back(case):
    _, formula = case
    assert read_formula_note(formula_note(formula)) == formula
