"""Simulate data with a family's own random numbers, fit them with the defaults, look back."""

import warnings
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

import bambi_lite as bl

SAMPLING = {"chains": 2, "iter": 2000, "warmup": 1000, "seed": 20264, "progress": False}
# Responses that some family accepts: a place to stand on until there are simulated ones.
PLACEHOLDERS = (("A", "B", "C"), (0.2, 0.7), (0, 1), (1, 2, 3, 4))
LINES: list[str] = []


@dataclass(frozen=True)
class Recovered:
    """A fit to simulated data.

    `outside` has the true values that are not in the central 99.9 % interval of the posterior.
    """

    fit: bl.Fit
    outside: dict[str, tuple[float, float, float]]
    divergences: int


def placeholders(formula, data):
    """The data with one kind of response after the other, and the labels of its categories."""
    if str(formula).startswith("cbind(A, B, C)"):
        yield data.assign(A=0.2, B=0.3, C=0.5), ()
        yield data.assign(A=data["n"], B=0, C=0), ()
        return
    for levels in PLACEHOLDERS:
        yield data.assign(y=np.resize(levels, len(data))), levels


def accepted(formula, data, family, data2):
    """A model of the first kind of response that the family takes, and its categories."""
    for made, levels in placeholders(formula, data):
        try:
            return quiet(formula, made, family, data2), levels
        except bl.DataError:
            continue
    raise AssertionError(f"no placeholder for {family}")


def simulated(formula, data, family, values, seed=1, data2=None):
    """The data with a response that the model makes at given values of its parameters."""
    model, levels = accepted(formula, data, family, data2)
    unknown = set(values) - set(model.variables())
    assert not unknown, f"{unknown} are none of {model.variables()}"
    # The intercepts of centred predictors follow from the others, fixed parameters are known.
    names = [name for name in model.variables() if not name.startswith(("Intercept", "disc"))]
    constant = {name: values.get(name, 0.0) for name in names}
    fit = model.from_draws(pd.DataFrame(constant, index=[0]))
    y = fit.posterior_predict(seed=seed).to_numpy()[0, 0]
    if y.ndim == 2:
        return data.assign(**dict(zip("ABC", y.T, strict=True)))
    if levels and isinstance(levels[0], str):
        y = np.take(levels, y.astype(int) - 1)
    return data.assign(y=y)


def quiet(formula, data, family, data2):
    """A model without the warnings of a placeholder."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", bl.errors.DataWarning)
        return bl.Model(formula, data, family, data2=data2)


def recover(formula, data, family, values, seed=1, data2=None, **options):
    """Simulate, fit with the default priors and settings, compare."""
    made = simulated(formula, data, family, values, seed, data2)
    with warnings.catch_warnings():
        # Short chains may have few effective draws; divergences are counted below.
        warnings.simplefilter("ignore", bl.errors.ConvergenceWarning)
        fit = bl.brm(formula, made, family, data2=data2, **{**SAMPLING, **options})
    posterior = fit.idata["posterior"].to_dataset()
    outside = {}
    for name, true in values.items():
        if name.startswith("r_"):
            continue
        variable, _, rest = name.partition("[")
        draws = posterior[variable]
        if rest:
            draws = draws.sel({draws.dims[-1]: rest.removesuffix("]")})
        low, high = np.quantile(draws.to_numpy(), [0.0005, 0.9995])
        if not low <= true <= high:
            outside[name] = (true, float(low), float(high))
    divergences = int(fit.idata["sample_stats"]["diverging"].sum())
    return Recovered(fit, outside, divergences)


def pytest_terminal_summary(terminalreporter):
    """The table of a run: family, seconds, divergences."""
    if LINES:
        terminalreporter.section("recovery: seconds of sampling, divergences")
        for line in LINES:
            terminalreporter.write_line(line)


@pytest.fixture
def recovery():
    """``recover``, with a line in the summary of the run."""

    def run(name, *args, **options):
        found = recover(*args, **options)
        seconds = found.fit.draws.seconds
        LINES.append(
            f"{name:34s} compile {seconds['compile']:5.1f}  sampling {seconds['sampling']:5.1f}  "
            f"divergences {found.divergences}"
        )
        return found

    return run
