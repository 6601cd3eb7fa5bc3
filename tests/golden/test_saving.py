"""Group effects that are not kept: the same ones whenever they are asked for."""

import tracemalloc
import warnings

import numpy as np
import pandas as pd
import pytest

import bambi_lite as bl
from bambi_lite.engines import is_made_when_asked

FORMULAS = {
    "one factor": ("Reaction ~ Days + (Days | Subject)", "sleepstudy", "Subject"),
    "two factors": ("rt ~ 1 + (1 | participant) + (1 | spelling)", "blp_short2", None),
}


def fits(name, **save):
    formula, data, _ = FORMULAS[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", bl.DataWarning)  # missing values of blp
        model = bl.Model(formula, bl.load_data(data))
    options = {"seed": 2, "iter": 1000, "progress": False}
    return [model.sample(**options, save_pars=bl.save_pars(**s)) for s in ({}, save)]


@pytest.fixture(scope="module")
def pair():
    return fits("one factor", group=False)


def held(fit, name):
    return is_made_when_asked(fit.idata["posterior"].to_dataset()[name].variable._data)


def test_they_are_the_same_bit_by_bit(pair):
    kept, made = (fit.idata["posterior"]["r_Subject"] for fit in pair)
    np.testing.assert_array_equal(kept, made)
    np.testing.assert_array_equal(made.to_numpy(), made.to_numpy())
    assert not held(pair[0], "r_Subject")
    assert held(pair[1], "r_Subject")


@pytest.mark.parametrize(
    "part",
    [
        {"draw": slice(10, 20)},
        {"chain": 1, "draw": 3},
        {"Subject": [4, 1], "Subject__coef": 1},
        {"chain": [3, 0], "draw": slice(None, None, 7), "Subject": slice(2, 9)},
    ],
)
def test_parts_are_parts_of_the_whole(pair, part):
    kept, made = (fit.idata["posterior"]["r_Subject"].isel(part) for fit in pair)
    assert made.dims == kept.dims
    np.testing.assert_array_equal(kept, made)


@pytest.mark.filterwarnings("ignore:Pareto k:bambi_lite.ComparisonWarning")
def test_everything_works_on_them(pair):
    kept, made = pair
    np.testing.assert_array_equal(kept.ranef()["Subject"], made.ranef()["Subject"])
    np.testing.assert_array_equal(kept.coef()["Subject"], made.coef()["Subject"])
    np.testing.assert_array_equal(kept.log_lik(), made.log_lik())
    np.testing.assert_array_equal(kept.posterior_epred(), made.posterior_epred())
    assert kept.loo().estimates.equals(made.loo().estimates)
    assert str(kept) == str(made)
    assert kept.as_draws_df().equals(made.as_draws_df())


@pytest.mark.filterwarnings("ignore:save_pars:bambi_lite.BambiLiteWarning")
def test_only_the_integrated_factor_is_left_out():
    kept, made = fits("two factors", group=False)
    ways = {name: held(made, name) for name in ("r_participant", "r_spelling")}
    assert sorted(ways.values()) == [False, True]
    for name in ways:
        np.testing.assert_array_equal(kept.idata["posterior"][name], made.idata["posterior"][name])


def test_sampled_effects_are_kept_with_a_warning():
    model = bl.Model("m | trials(n) ~ 1 + (1 | batch)", bl.load_data("rats"), "binomial")
    with pytest.warns(bl.BambiLiteWarning, match="the effects of batch are sampled"):
        fit = model.sample(seed=1, progress=False, save_pars=bl.save_pars(group=False))
    assert not held(fit, "r_batch")


def test_single_precision_is_the_same_to_seven_digits():
    double, single = fits("one factor", dtype="float32")
    array = single.idata["posterior"]["r_Subject"]
    assert array.dtype == np.float32
    np.testing.assert_allclose(array, double.idata["posterior"]["r_Subject"], rtol=1e-6)
    model = bl.Model("m | trials(n) ~ 1 + (1 | batch)", bl.load_data("rats"), "binomial")
    rats = model.sample(seed=1, progress=False, save_pars=bl.save_pars(dtype="float32"))
    assert rats.idata["posterior"]["r_batch"].dtype == np.float32


def test_what_is_not_kept_takes_no_memory():
    rng = np.random.default_rng(3)
    g = np.repeat(np.arange(2000), 2)
    data = {"g": g, "y": rng.normal(size=2000)[g] + rng.normal(size=len(g))}
    model = bl.Model("y ~ 1 + (1 | g)", pd.DataFrame(data))
    size = 2000 * 1000 * 8
    used = []
    for group in (True, False):
        tracemalloc.start()
        fit = model.sample(seed=1, iter=500, progress=False, save_pars=bl.save_pars(group=group))
        used.append(tracemalloc.get_traced_memory())
        tracemalloc.stop()
        assert fit.idata["posterior"]["r_g"].shape == (4, 250, 2000, 1)
        del fit
    (kept, _), (left_out, low) = used
    assert kept > size
    assert left_out < 0.2 * size
    assert low < 0.6 * size


def test_brms_older_word():
    model = bl.Model("Reaction ~ Days + (Days | Subject)", bl.load_data("sleepstudy"))
    fit = model.sample(seed=2, iter=1000, progress=False, save_ranef=False)
    assert held(fit, "r_Subject")
    assert fit.draws.settings.save_pars == bl.save_pars(group=False)
    with pytest.raises(bl.SamplingError, match="give one of the two"):
        model.sample(save_ranef=False, save_pars=bl.save_pars())


def test_wrong_arguments():
    for wrong in ({"group": "no"}, {"dtype": "float16"}):
        with pytest.raises(bl.SamplingError, match="save_pars: "):
            bl.save_pars(**wrong)
    with pytest.raises(bl.SamplingError, match=r"save_pars is made by bl\.save_pars\(\)"):
        bl.Model("Reaction ~ Days", bl.load_data("sleepstudy")).sample(save_pars=False)


@pytest.mark.parametrize("save", [{"group": False}, {"dtype": "float32"}])
def test_a_fit_that_is_kept_comes_back(save, tmp_path):
    _, fit = fits("one factor", **save)
    fit.save(tmp_path / "fit.bl")
    back = bl.load(tmp_path / "fit.bl")
    array = back.idata["posterior"]["r_Subject"]
    np.testing.assert_array_equal(array, fit.idata["posterior"]["r_Subject"])
    assert array.dtype == save.get("dtype", "float64")
    assert back.draws.settings.save_pars == fit.draws.settings.save_pars


STORED = {
    "integrated": ("Reaction ~ Days + (Days | Subject)", "sleepstudy", "gaussian", "r_Subject"),
    "non-centred": ("fast_rt ~ Days + (Days | Subject)", "sleepstudy2", "bernoulli", "r_Subject"),
    "centred": ("m | trials(n) ~ 1 + (1 | gr(batch, centered = TRUE))", "rats", "binomial",
                "r_batch"),
    "two factors": ("rt ~ 1 + (1 | participant) + (1 | spelling)", "blp_short2", "gaussian",
                    "r_participant"),
    "ordered": ("rating ~ treat + period + carry + (1 | subject)", "inhaler", "cumulative",
                "r_subject"),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore::bambi_lite.ConvergenceWarning")
@pytest.mark.filterwarnings("ignore::bambi_lite.DataWarning")  # missing values of blp
@pytest.mark.parametrize("name", STORED)
def test_draws_on_disk_are_those_in_memory(name, tmp_path):
    formula, data, family, effects = STORED[name]
    model = bl.Model(formula, bl.load_data(data), family)
    how = {"seed": 4, "iter": 300, "warmup": 200, "thin": 3, "progress": False}
    kept = model.sample(**how)
    made = model.sample(**how, save_pars=bl.save_pars(store=tmp_path / "draws"))
    assert held(made, effects)
    assert (tmp_path / "draws").is_dir()
    for group in ("posterior", "sample_stats"):
        one, two = (f.idata[group].to_dataset() for f in (kept, made))
        assert set(one.data_vars) == set(two.data_vars)
        for variable in one.data_vars:
            np.testing.assert_allclose(one[variable], two[variable], rtol=1e-12)
    some = {"chain": [2, 0], "draw": [30, 1, 8]}
    one, two = (f.idata["posterior"][effects].isel(some) for f in (kept, made))
    np.testing.assert_allclose(one, two, rtol=1e-12)
    np.testing.assert_allclose(kept.log_lik(), made.log_lik(), rtol=1e-9)


def test_a_store_is_a_new_folder_for_models_of_the_kernels(tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "something").write_text("of somebody", encoding="utf-8")
    model = bl.Model("Reaction ~ Days", bl.load_data("sleepstudy"))
    with pytest.raises(bl.SamplingError, match="is not empty"):
        model.sample(save_pars=bl.save_pars(store=tmp_path / "full"))
    with pytest.raises(bl.SamplingError, match="only draws of the kernels"):
        model.sample(kernels=False, save_pars=bl.save_pars(store=tmp_path / "new"))
