"""What is integrated out and drawn afterwards, against the same model with everything sampled."""

import warnings

import arviz_stats as azs
import numpy as np
import pytest

import bambi_lite as bl

# The model, its data and the effects that are integrated out; to sample them, its formula says
# `centered`, so that they are not.
MODELS = {
    "one factor": ("Reaction ~ Days + (Days | gr(Subject{}))", "sleepstudy", "r_Subject"),
    "two covariances": (
        "Reaction ~ Days + (Days | gr(Subject, by = half{}))",
        "sleepstudy",
        "r_Subject",
    ),
    "two factors": (
        "rt ~ 1 + (1 | gr(participant{0})) + (1 | gr(spelling{0}))",
        "blp_short2",
        "r_participant",
    ),
}
SETTINGS = {"iter": 4000, "warmup": 1000, "progress": False}


def difference(one, other):
    """The distance of two means of draws, (chain, draw), in Monte Carlo standard errors."""
    errors = [float(azs.mcse(values, method="mean")) for values in (one, other)]
    return abs(one.mean() - other.mean()) / np.hypot(*errors)


def parameters(fit):
    """Numbers of the population, (chain, draw) each, by name."""
    posterior = fit.idata["posterior"].to_dataset()
    found = {}
    for name, values in posterior.data_vars.items():
        if str(name).startswith(("b_", "sd_", "cor_", "sigma")):
            own = values.to_numpy()
            found |= {f"{name}{i}": own[(..., *i)] for i in np.ndindex(own.shape[2:])}
    return found


@pytest.mark.slow
@pytest.mark.parametrize("name", MODELS)
def test_drawn_effects_have_the_law_of_sampled_ones(name):
    """Means, standard deviations, and correlations with all parameters of the population."""
    formula, data, effects = MODELS[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", bl.DataWarning)
        frame = bl.load_data(data)
        if data == "sleepstudy":
            frame["half"] = np.where(frame["Subject"].astype(int) % 2 == 0, "even", "odd")
        model = bl.Model(formula.format(""), frame)
        other = bl.Model(formula.format(", centered = FALSE"), frame)
    assert model.plan.integrated == effects[2:]
    assert not other.plan.integrated
    drawn = model.sample(seed=1, **SETTINGS)
    sampled = other.sample(seed=2, adapt_delta=0.99, **SETTINGS)
    ours, theirs = (fit.idata["posterior"].to_dataset() for fit in (drawn, sampled))
    r, s = ours[effects].to_numpy(), theirs[effects].to_numpy()
    mean, spread = s.mean(axis=(0, 1)), s.std(axis=(0, 1))
    found = []
    for i in np.ndindex(r.shape[2:]):
        a, b = ((draws[(..., *i)] - mean[i]) / spread[i] for draws in (r, s))
        found += [difference(a, b), difference(a**2, b**2)]
        for key, own in parameters(drawn).items():
            other = parameters(sampled)[key]
            centre, scale = other.mean(), other.std()
            found.append(difference(a * (own - centre) / scale, b * (other - centre) / scale))
    found = np.array(found)
    # Of some hundred differences one in twenty is beyond two standard errors.
    assert found.max() < 4.5, found.max()
    assert np.mean(found > 2.0) < 0.12


@pytest.mark.slow
def test_what_comes_after_does_not_depend_on_the_path():
    formula, data, _ = MODELS["one factor"]
    model = bl.Model(formula.format(""), bl.load_data(data))
    drawn = model.sample(seed=1, **SETTINGS)
    sampled = model.sample(seed=2, marginalize=False, adapt_delta=0.99, **SETTINGS)
    for read in (
        lambda fit: fit.posterior_epred(),
        lambda fit: fit.log_lik(),
    ):
        a, b = (read(fit).to_numpy() for fit in (drawn, sampled))
        assert a.shape == b.shape
        for row in range(0, a.shape[-1], 9):
            assert difference(a[..., row], b[..., row]) < 4.5
    # Of estimates with some thousand independent draws the error is a fiftieth of the sd.
    for read in (lambda fit: fit.ranef()["Subject"], lambda fit: fit.coef()["Subject"]):
        a, b = read(drawn), read(sampled)
        assert a.coords.equals(b.coords)
        gap = a.sel(stat="Estimate") - b.sel(stat="Estimate")
        assert float(np.abs(gap / b.sel(stat="Est.Error")).max()) < 0.15
        assert float(np.abs(a / b - 1.0).sel(stat="Est.Error").max()) < 0.1
    for read in (lambda fit: fit.fixef(), lambda fit: fit.VarCorr().parts["Subject"]["sd"]):
        a, b = read(drawn), read(sampled)
        assert list(a.index) == list(b.index)
        assert (np.abs(a["Estimate"] - b["Estimate"]) / b["Est.Error"]).max() < 0.15
    with warnings.catch_warnings():  # of two subjects' odd days
        warnings.simplefilter("ignore", bl.ComparisonWarning)
        one, other = drawn.loo(), sampled.loo()
    assert abs(np.sum(one.elpd) - np.sum(other.elpd)) < 1.0
