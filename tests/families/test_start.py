"""Every registered family with every link starts where density and gradient are finite."""

import warnings

import numpy as np
import pandas as pd

import bambi_lite as bl
from bambi_lite.links import get_link
from bambi_lite.spec import start_values
from bambi_lite.xp import numpy_namespace

N = 40


def data_of(family, tools):
    """Responses of the family's own, with a predictor."""
    point = {d.name: tools.values(d)[-1] for d in family.dpars}
    point["mu"] = 1.0 if family.dpars[0].lower is None else point["mu"]
    y = tools.draws(family, point, N, seed=3)
    x = np.linspace(-1.0, 1.0, N)
    return pd.DataFrame({"y": y, "x": x, "n": int(tools.TRIALS), "d": np.arange(N) % 2})


def formula_of(family):
    terms = {"trials": "trials(n)", "dec": "dec(d)"}
    needed = [terms[name] for name in family.required]
    return f"y | {' + '.join(needed)} ~ x" if needed else "y ~ x"


def start_of(model):
    """Unconstrained start, density and gradient there."""
    import pytensor

    point = model.initial_point()
    density = model.logp()
    gradient = pytensor.grad(density, model.value_vars)
    run = pytensor.function(
        model.value_vars, [density, *gradient], mode="FAST_COMPILE", on_unused_input="ignore"
    )
    return run(*(point[v.name] for v in model.value_vars))


def test_default_links_start(family, tools):
    """The PyMC model itself."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", bl.DataWarning)
        model = bl.Model(formula_of(family), data_of(family, tools), family).pymc
    density, *gradient = start_of(model)
    assert np.isfinite(density)
    assert all(np.isfinite(g).all() for g in gradient)


def test_every_link_of_mu_starts(family, tools):
    """The density at the centre of the intercept's default prior, other parameters moderate."""
    data = data_of(family, tools)
    point = {d.name: float(tools.values(d)[1]) for d in family.dpars}
    for link in family.dpars[0].links:
        chosen = family.with_links({"mu": link})
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", bl.DataWarning)
            spec = bl.Model(formula_of(family), data, chosen).spec
        centre = spec.priors["Intercept"][0].dist.args["mu"]
        centre = start_values(spec).get("Intercept", centre)
        mu = float(get_link(link).inverse(numpy_namespace(), np.float64(centre)))
        values = tools.logp(family, {**point, "mu": mu}, spec.response.y)
        assert np.isfinite(values).all(), f"{family.name}({link!r}) starts at mu = {mu}"


def test_start_inside_the_range_is_used_by_the_model(tools):
    """A probability on the identity link, where brms' prior is centred at 3 successes."""
    data = pd.DataFrame({"y": [3, 3, 4], "n": 7})
    model = bl.Model("y | trials(n) ~ 1", data, bl.binomial("identity"))
    assert model.spec.priors["Intercept"][0].dist.args["mu"] == 3.0
    assert model.pymc.initial_point()["Intercept"] == 0.5
    assert np.isfinite(start_of(model.pymc)[0])


def test_predicted_shift_starts_below_the_data():
    data = pd.DataFrame({"y": [0.3, 0.4, 0.9]})
    model = bl.Model(bl.bf("y ~ 1", "ndt ~ 1"), data, "shifted_lognormal")
    assert np.exp(model.pymc.initial_point()["Intercept_ndt"]) < 0.3
    assert np.isfinite(start_of(model.pymc)[0])
