"""fit.update(): what stays, what changes, what is compiled, what is refused."""

from functools import cache
from typing import Any

import numpy as np
import nutpie
import pandas as pd
import pytest

import bambi_lite as bl
from bambi_lite import reuse as compiled
from tables import each

pytestmark = pytest.mark.filterwarnings("ignore::bambi_lite.errors.ConvergenceWarning")
HOW = {"chains": 2, "iter": 200, "seed": 3, "progress": False}


@cache
def data() -> pd.DataFrame:
    rng = np.random.default_rng(4)
    frame = pd.DataFrame({"x": rng.normal(size=120), "z": rng.normal(size=120)})
    frame["g"] = np.repeat(list("abcdefghij"), 12)
    frame["y"] = 3.0 + frame["x"] + rng.normal(size=120)
    frame["n"] = rng.poisson(4, size=120)
    return frame


@cache
def fitted() -> bl.Fit:
    priors = [bl.prior("normal(0, 4)"), bl.prior("exponential(1)", class_="sd")]
    return bl.brm("y ~ x + (1 | g)", data(), prior=priors, adapt_delta=0.9, **HOW)


def same_draws(one: bl.Fit, other: bl.Fit) -> bool:
    return one.as_draws_df().equals(other.as_draws_df())


def test_data_alone() -> None:
    fit, later = fitted(), data().iloc[::2].assign(y=lambda d: d["y"] * 2)
    made = fit.update(later)
    assert made.changed == ("data: 120 rows -> 60 rows", "nothing was compiled")
    # Whatever data a default prior looked at, it stays, as in brms.
    assert set(made.prior["prior"]) == set(fit.prior["prior"])
    assert made.prior.set_index("class").loc["sigma", "source"] in ("default", "earlier")
    by_hand = bl.brm("y ~ x + (1 | g)", later, prior=fit.prior, adapt_delta=0.9, **HOW)
    assert same_draws(made, by_hand)


def test_defaults_of_other_data_are_told() -> None:
    fit = bl.brm("y ~ x", data(), **HOW)
    made = fit.update(newdata=data().assign(y=data()["y"] * 1000))
    by_class = made.prior.set_index("class")
    assert by_class.loc["Intercept", "source"] == "earlier"
    assert (
        by_class.loc["Intercept", "prior"] == fit.prior.set_index("class").loc["Intercept", "prior"]
    )
    # Said priors stay and defaults are computed anew as soon as something is said, as in brms.
    said = made.update(prior=bl.prior("normal(0, 1)"))
    own = bl.Model("y ~ x", data().assign(y=data()["y"] * 1000)).prior.set_index("class")
    after = said.prior.set_index("class")
    assert after.loc["Intercept", "prior"] == own.loc["Intercept", "prior"]
    assert after.loc["Intercept", "source"] == "default"
    # Another family has defaults of its own.
    other = fit.update(family="student")
    assert set(other.prior["source"]) == {"default"}
    assert other.changed[0] == "family: gaussian(identity) -> student(identity)"


def test_nothing_changes_but_the_seed() -> None:
    fit = fitted()
    again = fit.update()
    assert same_draws(fit, again)
    assert again.changed == (
        "the model, its data and its settings are the same",
        "nothing was compiled",
    )
    assert not same_draws(fit, fit.update(seed=4))


def test_formula_priors_and_settings() -> None:
    fit = fitted()
    prior = bl.prior("normal(0, 1)", coef="z")
    made = fit.update(data(), "~ . + z", prior, iter=300, chains=1)
    assert str(made.spec.formula) == "y ~ x + (1 | g) + z"
    assert made.changed == (
        "formula: y ~ x + (1 | g) -> y ~ x + (1 | g) + z",
        "setting chains: 2 -> 1",
        "setting iter: 200 -> 300",
        "setting warmup: 100 -> 150",
        "nothing was compiled",
    )
    rows = made.prior.set_index(["class", "coef", "group"])["prior"]
    assert rows["b", "", ""] == "normal(0, 4)"
    assert rows["b", "z", ""] == "normal(0, 1)"
    assert rows["sd", "", ""] == "exponential(1)"
    assert made.draws.settings.adapt_delta == 0.9
    without = made.update(formula="~ . - (1 | g)", prior=bl.prior("normal(0, 9)"))
    assert without.changed == (
        "formula: y ~ x + (1 | g) + z -> y ~ x + z",
        "prior of class = 'b': normal(0, 4) -> normal(0, 9)",
        "prior of class = 'sd' is gone: exponential(1)",
        "nothing was compiled",
    )


def test_a_prior_set_is_over_what_was_said() -> None:
    made = fitted().update(prior="set:rstanarm")
    own = bl.Model("y ~ x + (1 | g)", data(), prior="set:rstanarm").prior
    sources = made.prior.set_index(["class", "coef", "group"])["source"]
    for key, source in own.set_index(["class", "coef", "group"])["source"].items():
        assert sources[key] == source or source == "default"
    assert "set:rstanarm" in set(sources)


def test_levels_of_other_data() -> None:
    made = fitted().update(data().query("g != 'a'"))
    assert "levels of g: 10 -> 9" in made.changed
    assert made.ngrps() == {"g": 9}


def test_a_residual_comes_back_when_errors_are_not_known() -> None:
    """Known errors are a matter of the formula, not of the family that it left behind."""
    known = bl.brm("y | se(w) ~ x", data().assign(w=1.0), **HOW)
    free = known.update(formula="y ~ .")
    assert "sigma" in free.variables()
    assert float(free.as_draws_df("sigma")["sigma"].std()) > 0.0


@pytest.mark.slow  # categories are compiled
def test_parameters_that_belong_to_the_response_are_found_anew() -> None:
    frame = data().assign(k=pd.cut(data()["y"], 4, labels=list("ABCD")).astype(str))
    fit = bl.brm("k ~ x", frame, "categorical", **HOW)
    made = fit.update(frame[frame["k"] != "D"])
    assert list(made.fixef().index) == ["muB_Intercept", "muC_Intercept", "muB_x", "muC_x"]


def test_settings_of_draws_made_elsewhere_are_the_defaults() -> None:
    model = bl.Model("y ~ x", data())
    frame = pd.DataFrame({name: [1.0, 1.1, 0.9, 1.2] for name in model.variables()})
    made = model.from_draws(frame).update(chains=1, iter=100, seed=1, progress=False)
    assert (made.draws.settings.warmup, made.draws.settings.adapt_delta) == (50, 0.8)


# -- what is compiled ------------------------------------------------------------------------


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """How often nutpie compiles a model."""
    calls: list[str] = []
    compile_model = nutpie.compile_pymc_model

    def count(model: Any, *args: Any, **options: Any) -> Any:
        calls.append("frozen" if options.get("freeze_model") else "open")
        return compile_model(model, *args, **options)

    monkeypatch.setattr(nutpie, "compile_pymc_model", count)
    compiled._RECENT.clear()
    return calls


def test_kernels_compile_nothing(counted: list[str]) -> None:
    fit = bl.brm("n ~ x + (1 | g)", data(), "poisson", **HOW)
    fit.update(data().iloc[:60]).update(formula="~ . + z", newdata=data())
    assert counted == []


@pytest.mark.slow
def test_a_graph_is_compiled_for_its_structure_alone(counted: list[str]) -> None:
    formula = "y ~ x + (1 | g)"
    fit = bl.brm(formula, data(), kernels=False, **HOW)
    assert counted == ["open"]
    half = fit.update(data().iloc[::2])
    assert counted == ["open"]
    made = half.update(data().iloc[::3], seed=9)
    assert counted == ["open"]
    assert made.changed[-1] == (
        "nothing was compiled: the code of a model of the same structure took the data"
    )
    # The code saw the data of this update, not those of an earlier one.
    long = {"chains": 2, "iter": 2000, "seed": 9}
    one = half.update(data().iloc[::3], **long)
    assert counted == ["open"]
    other = bl.brm(formula, data().iloc[::3], prior=fit.prior, progress=False, **long)
    for mine, theirs in zip(one.fixef().values, other.fixef().values, strict=True):
        assert abs(mine[0] - theirs[0]) < 6 * mine[1] / np.sqrt(500)
    # Another prior, other levels and another formula are other structures.
    half.update(prior=bl.prior("normal(0, 1)"))
    assert counted == ["open", "open"]
    half.update(data().query("g != 'a'"))
    assert counted == ["open", "open", "open"]


@each(["negbinomial", "cumulative"])
def test_structures_are_told_apart(family: str) -> None:
    from bambi_lite.engines.pymc import build

    frame = data().assign(y=data()["n"] + 1 if family == "cumulative" else data()["n"])
    if family == "cumulative":
        frame["y"] = frame["y"].clip(upper=4)

    def spec_of(formula: str, rows: pd.DataFrame, prior: Any = None) -> Any:
        return bl.Model(formula, rows, family, prior=prior).spec

    first = spec_of("y ~ x + (1 | g)", frame)
    rows = bl.Model("y ~ x + (1 | g)", frame, family).prior
    same = spec_of("y ~ x + (1 | g)", frame.iloc[::2], rows)
    # Thresholds hold the means of the columns, which are numbers of the graph.
    assert compiled.same_graph(first, build(first), same, build(same)) == (family != "cumulative")
    # The names of columns are no part of a graph.
    renamed = spec_of("y ~ z + (1 | g)", frame, rows.assign(coef=rows["coef"].replace("x", "z")))
    same_names = compiled.same_graph(first, build(first), renamed, build(renamed))
    assert same_names == (family != "cumulative")
    others = (
        spec_of("y ~ x", frame),
        spec_of("y ~ x + (1 | g)", frame, bl.prior("normal(0, 1)")),
        spec_of("y | weights(n + 1) ~ x + (1 | g)", frame, rows),
        spec_of("y ~ x + (1 | g)", frame.query("g != 'a'"), rows),
    )
    for other in others:
        assert not compiled.same_graph(first, build(first), other, build(other))


# -- what is refused -------------------------------------------------------------------------

WRONG: dict[str, Any] = {
    "newdata without a column": (
        lambda fit: fit.update(data()[["y", "g"]]),
        bl.DataError,
        "'x'",
    ),
    "no data frame": (
        lambda fit: fit.update({"y": [1.0]}),
        bl.DataError,
        "The data must be a data frame, not dict.",
    ),
    "a new variable without data": (
        lambda fit: fit.update(formula="~ . + z"),
        bl.DataError,
        "'z' is not in the data that the fit keeps: these are the columns of its own formula "
        "(y, x, g). Give the data again: update(formula = ..., newdata = ...).",
    ),
    "a formula that does not parse": (
        lambda fit: fit.update(formula="~ . + (1 | g"),
        bl.FormulaError,
        "",
    ),
    "another response": (
        lambda fit: fit.update(formula="z ~ .", newdata=data()),
        bl.FormulaError,
        "The response of the fit is 'y', here it is 'z'.",
    ),
    "a term that is not there": (
        lambda fit: fit.update(formula="~ . - z"),
        bl.FormulaError,
        "'z' is taken away and is not there",
    ),
    "an unknown argument": (
        lambda fit: fit.update(new_data=data()),
        TypeError,
        "update() got an unexpected keyword argument 'new_data'. Did you mean 'newdata'?",
    ),
    "an unknown setting": (
        lambda fit: fit.update(itr=300),
        TypeError,
        "update() got an unexpected keyword argument 'itr'. Did you mean 'iter'?",
    ),
    "an impossible setting": (
        lambda fit: fit.update(iter=100, warmup=100),
        bl.SamplingError,
        "iter = 100 leaves no draws after warmup = 100",
    ),
    "a prior of no parameter": (
        lambda fit: fit.update(prior=bl.prior("normal(0, 1)", coef="q")),
        bl.PriorError,
        "The prior 'normal(0, 1)' matches no parameter: class = 'b', coef = 'q'.",
    ),
    "a family that does not suit the data": (
        lambda fit: fit.update(family="poisson"),
        bl.DataError,
        "Response 'y'",
    ),
    "an unknown family": (
        lambda fit: fit.update(family="gausian"),
        bl.FamilyError,
        "Unknown family 'gausian'.",
    ),
    "a parameter that the family lacks": (
        lambda fit: fit.update(formula=["~ .", "nu ~ x"]),
        bl.FamilyError,
        "Family 'gaussian' has no distributional parameter 'nu'.",
    ),
}


@each(WRONG)
def test_wrong_input(case: str) -> None:
    call, error, message = WRONG[case]
    with pytest.raises(error) as caught:
        call(fitted())
    assert message in str(caught.value)
