"""The same structure with new data does not compile again, whatever engine samples it."""

import numpy as np
import pytest

import bambi_lite as bl
from bambi_lite.reuse import _RECENT

FORMULA = "Reaction ~ Days + (1 | Subject)"
# The default priors take numbers from the data, and these are part of a model.
PRIOR = [
    bl.prior("normal(300, 60)", class_="Intercept"),
    bl.prior("exponential(0.05)", class_="sd"),
    bl.prior("exponential(0.05)", class_="sigma"),
]
RUN = {"seed": 3, "iter": 400, "progress": False}

# Short chains tell nothing of the posterior, and need not.
pytestmark = pytest.mark.filterwarnings("ignore::bambi_lite.ConvergenceWarning")


@pytest.fixture
def compiling(monkeypatch):
    """How often nutpie compiled, from an empty store."""
    import nutpie

    _RECENT.clear()
    calls = []
    own = nutpie.compile_pymc_model

    def counted(*args, **options):
        calls.append(args)
        return own(*args, **options)

    monkeypatch.setattr(nutpie, "compile_pymc_model", counted)
    yield calls
    _RECENT.clear()


def other_data(k):
    data = bl.load_data("sleepstudy")
    noise = np.random.default_rng(k).normal(scale=5.0, size=len(data))
    return data.assign(Reaction=data["Reaction"] + noise)


def fit(data, **options):
    return bl.brm(FORMULA, data, prior=PRIOR, **{**RUN, **options})


def test_graphs_of_one_structure_are_compiled_once(compiling):
    fits = [fit(other_data(k), kernels=False) for k in range(3)]
    # Fewer rows with all levels are the same structure too.
    fits.append(fit(other_data(3).iloc[::2], kernels=False))
    assert len(compiling) == 1
    assert all(f.timing.compile < 0.2 * fits[0].timing.compile for f in fits[1:])
    # What is drawn is what code of its own draws.
    _RECENT.clear()
    for k, again in ((2, fit(other_data(2), kernels=False)),):
        np.testing.assert_array_equal(
            fits[k].idata["posterior"]["b_Days"], again.idata["posterior"]["b_Days"]
        )
    assert len(compiling) == 2


@pytest.mark.slow  # five models are compiled
def test_another_structure_is_another_model(compiling):
    data = other_data(0)
    fit(data, kernels=False)
    others = [
        {"data": data[data["Subject"] != "308"]},  # another number of levels
        {"prior": PRIOR[:2]},  # another prior
        {"prior": [bl.prior("normal(300, 61)", class_="Intercept"), *PRIOR[1:]]},
        {"formula": "Reaction ~ Days + I(Days^2) + (1 | Subject)"},
    ]
    for n, change in enumerate(others):
        arguments = {"formula": FORMULA, "data": data, "prior": PRIOR, **change}
        bl.Model(**arguments).sample(**RUN, kernels=False)
        assert len(compiling) == n + 2


def test_kernels_compile_nothing(compiling, monkeypatch):
    from numba.core import event

    fit(other_data(0))  # loaded once
    compiled = []

    class Listener(event.Listener):
        def on_start(self, event):
            compiled.append(event)

        def on_end(self, event):
            pass

    with event.install_listener("numba:compile", Listener()):
        for k in range(1, 4):
            fit(other_data(k).iloc[k:])
    assert compiled == []
    assert compiling == []
