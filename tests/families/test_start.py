"""Every registered family with every link starts where density and gradient are finite."""

import warnings

import numpy as np
import pandas as pd

import bambi_lite as bl
from bambi_lite.spec import linked_dpars, start_values
from bambi_lite.xp import numpy_namespace

N = 40


def data_of(family, tools):
    """Responses of the family's own, with a predictor."""
    dpars = tools.settled(family).dpars
    point = {d.name: tools.values(d)[-1] for d in dpars}
    if dpars[0].lower is None:
        # Ordered categories: between their thresholds.
        point[dpars[0].name] = 0.0 if family.thresholds else 1.0
    y = tools.draws(family, point, N, seed=3)
    x = np.linspace(-1.0, 1.0, N)
    data = pd.DataFrame({"x": x, "n": int(tools.TRIALS), "d": np.arange(N) % 2})
    labels = tools.CATEGORIES
    if y.ndim > 1:
        return data.assign(**dict(zip(labels, y.T, strict=True)))
    return data.assign(y=np.array(labels)[y.astype(int) - 1] if _labelled(family, tools) else y)


def _labelled(family, tools):
    return tools.kind(family) == "labels"


def formula_of(family, tools):
    terms = {"trials": "trials(n)", "dec": "dec(d)"}
    needed = [terms[name] for name in family.required]
    columns = tools.blank(family, 1).ndim > 1
    y = f"cbind({', '.join(tools.CATEGORIES)})" if columns else "y"
    return f"{y} | {' + '.join(needed)} ~ x" if needed else f"{y} ~ x"


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
        model = bl.Model(formula_of(family, tools), data_of(family, tools), family).pymc
    density, *gradient = start_of(model)
    assert np.isfinite(density)
    assert all(np.isfinite(g).all() for g in gradient)


def test_every_link_of_mu_starts(family, tools):
    """The density at the centre of the intercept's default prior, other parameters moderate."""
    data = data_of(family, tools)
    for link in family.dpars[0].links:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", bl.DataWarning)
            spec = bl.Model(formula_of(family, tools), data, family.with_links({"mu": link})).spec
        p = {param.name: start_of_param(spec, param, tools) for param in spec.params}
        xp = numpy_namespace()
        dist = spec.family.likelihood(xp, linked_dpars(spec, xp, p, spec.arrays), spec.response)
        with np.errstate(all="ignore"):
            values = dist.logp(xp, spec.response.y)
        assert np.isfinite(values).all(), f"{family.name}({link!r}) starts at {p}"


def start_of_param(spec, param, tools):
    if param.key.cls == "b":
        return np.zeros(param.shape)
    if param.key.cls == "Intercept" and param.kind == "numbers" and not param.shape:
        centre = spec.priors[param.name][0].dist.args["mu"]
        return np.array(start_values(spec).get(param.name, centre))
    if param.kind == "numbers" and not param.shape:
        return np.array(float(tools.values(spec.family.dpar(param.name))[1]))
    return tools.STRUCTURE[param.kind](param.shape)


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
