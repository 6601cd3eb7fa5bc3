"""Sampling itself: seeds, thinning, the other backend, Ctrl-C. One small model for all."""

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

import bambi_lite as bl


@pytest.fixture(scope="module")
def model():
    return bl.Model("Reaction ~ Days", bl.load_data("sleepstudy"))


@pytest.fixture(scope="module")
def fit(model):
    return model.sample(seed=11, progress=False)


def test_the_same_seed_gives_the_same_draws(model, fit):
    again = model.sample(seed=11, progress=False, cores=1)
    for name in ("b_Intercept", "b_Days", "sigma"):
        np.testing.assert_array_equal(fit.idata["posterior"][name], again.idata["posterior"][name])
    other = model.sample(seed=12, progress=False, chains=1)
    assert other.draws.settings.seed == 12
    assert not np.array_equal(
        other.idata["posterior"]["sigma"][0, :50], fit.idata["posterior"]["sigma"][0, :50]
    )


def test_thinning_keeps_every_third_draw_of_the_same_chain(model, fit):
    thinned = model.sample(seed=11, thin=3, init="random", progress=False)
    assert dict(thinned.idata["posterior"].sizes) == {"chain": 4, "draw": 334}
    np.testing.assert_array_equal(
        thinned.idata["posterior"]["sigma"], fit.idata["posterior"]["sigma"][:, ::3]
    )


def test_chains_start_where_they_are_told(model):
    short = {"progress": False, "chains": 2, "iter": 1400, "warmup": 700, "seed": 5}
    for init in (0, {"Intercept": 300.0, "b": [10.0], "sigma": 50.0}):
        started = model.sample(init=init, **short)
        assert 240 < float(started.idata["posterior"]["b_Intercept"].mean()) < 262
    with pytest.raises(bl.SamplingError) as error:
        model.sample(init={"slope": 1.0}, **short)
    assert str(error.value) == "init names 'slope'; parameters of the model: Intercept, b, sigma."


def test_arviz_reads_the_draws_as_they_are(fit):
    import arviz_stats as azs

    table = azs.summary(fit.idata, var_names=["b_Intercept", "sigma"], round_to="none")
    assert list(table.index) == ["b_Intercept", "sigma"]
    assert table.loc["sigma", "mean"] == pytest.approx(fit.summary().spec_pars.iloc[0, 0])


def test_pymcs_own_sampler_agrees(model, fit):
    import arviz_stats as azs

    other = model.sample(seed=11, progress=False, backend="pymc")
    for name in ("b_Intercept", "b_Days", "sigma"):
        first, second = (f.idata["posterior"][name].to_numpy() for f in (fit, other))
        bound = 4 * np.hypot(float(azs.mcse(first)), float(azs.mcse(second)))
        assert abs(first.mean() - second.mean()) < bound
    assert set(other.idata["sample_stats"].data_vars) == set(fit.idata["sample_stats"].data_vars)


def test_the_fit_says_what_it_cost(fit):
    stages = ["import", "build", "compile", "warmup", "sampling", "post"]
    assert list(fit.timing.as_dict()) == stages
    assert fit.timing.warmup > 0.0 < fit.timing.sampling
    assert fit.timing.total == pytest.approx(sum(fit.draws.seconds.values()))
    assert [line.split()[0] for line in str(fit.timing).splitlines()] == [*stages, "total"]


INTERRUPTED = """
import json, warnings
import bambi_lite as bl
model = bl.Model("Reaction ~ Days", bl.load_data("sleepstudy"))
model.sample(chains=4, seed=1, progress=False)  # compiled from here on
print("ready", flush=True)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    fit = model.sample(chains=2, iter=4_000_000, warmup=200, seed=1, progress=False)
sizes = fit.idata["posterior"].sizes
message = [str(w.message) for w in caught if w.category is bl.ConvergenceWarning][0]
print(json.dumps({"draws": sizes["draw"], "message": message}))
"""


@pytest.mark.slow  # a real signal at a real time: not for a busy machine
def test_ctrl_c_keeps_what_was_drawn():
    process = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "ready"
    # The model is compiled, so its chains run at once; 4,000,000 iterations take minutes.
    time.sleep(5)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=120)
    found = json.loads(out)
    assert 0 < found["draws"] < 3_999_800
    assert found["message"].startswith("Sampling was interrupted: 2 chain(s) with ")


HASH = """
import hashlib
import bambi_lite as bl
model = bl.Model("Reaction ~ Days", bl.load_data("sleepstudy"))
draws = model.sample(seed=3, progress=False).idata["posterior"]["sigma"].to_numpy()
print(hashlib.sha256(draws.tobytes()).hexdigest())
"""


@pytest.mark.slow
def test_freshly_compiled_and_cached_code_give_the_same_draws(tmp_path):
    environment = {**os.environ, "PYTENSOR_FLAGS": f"base_compiledir={tmp_path}"}
    found = [
        subprocess.run(
            [sys.executable, "-c", HASH], env=environment, stdout=subprocess.PIPE, check=True
        ).stdout
        for _ in range(2)
    ]
    assert found[0] == found[1]
