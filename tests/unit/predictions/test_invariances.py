"""The same rows are the same prediction, however they come."""

import numpy as np
import pandas as pd
import pytest

import bambi_lite as bl
from bambi_lite.predict import chunks as chunking
from fits import BRMS, DATA, brms_fit, made_up
from tables import each


@each(BRMS)
def test_training_rows_as_new_data_are_fitted(case):
    fit = brms_fit(case)
    data = bl.load_data(BRMS[case][1])
    for ours, theirs in (
        (fit.posterior_epred(data), fit.posterior_epred()),
        (fit.fitted(data), fit.fitted()),
        (fit.predict(data, seed=1), fit.predict(seed=1)),
    ):
        np.testing.assert_allclose(np.asarray(ours), np.asarray(theirs), rtol=1e-11, atol=1e-12)


@each(BRMS)
def test_rows_and_columns_come_in_any_order(case):
    fit = brms_fit(case)
    data = bl.load_data(BRMS[case][1])
    shuffled = data.sample(frac=1.0, random_state=3)
    order = shuffled.index.to_numpy()
    shuffled = shuffled[[*reversed(data.columns)]].reset_index(drop=True)
    ours, theirs = np.asarray(fit.fitted(shuffled)), np.asarray(fit.fitted())
    np.testing.assert_allclose(ours, theirs[order], rtol=1e-11, atol=1e-12)


@each(BRMS)
def test_rows_come_alone(case):
    """Levels and categories that a row does not have are still those of the model."""
    fit = brms_fit(case)
    data = bl.load_data(BRMS[case][1])
    whole = np.asarray(fit.fitted(data))
    for i in (0, 7, len(data) - 1):
        alone = np.asarray(fit.fitted(data.iloc[[i]]))
        np.testing.assert_allclose(alone[0], whole[i], rtol=1e-11, atol=1e-12)


def test_factors_with_levels_that_a_row_does_not_have():
    fit = made_up(
        "y ~ f * x + poly(z, 2) + (f | g)", b_fv=1.0, b_fw=-2.0, b_x=0.5, sigma=1.0,
        others={"b_polyz21": 2.0, "b_fv:x": 0.3, "r_g[b,fv]": 1.5},
    )  # fmt: skip
    whole = fit.posterior_linpred(DATA).to_numpy()
    np.testing.assert_allclose(whole, fit.posterior_linpred(), rtol=1e-12)
    for i in range(6):
        alone = fit.posterior_linpred(DATA.iloc[[i]]).to_numpy()
        np.testing.assert_allclose(alone[..., 0], whole[..., i], rtol=1e-12)


@each(BRMS)
def test_polars_and_arrow_are_pandas(case):
    polars, pa = pytest.importorskip("polars"), pytest.importorskip("pyarrow")
    fit = brms_fit(case)
    data = bl.load_data(BRMS[case][1])
    plain = {c: data[c].astype(str) if data[c].dtype == "category" else data[c] for c in data}
    theirs = np.asarray(fit.fitted())
    for made in (polars.DataFrame, pa.table):
        frame = made({c: values.to_numpy().tolist() for c, values in plain.items()})
        np.testing.assert_allclose(np.asarray(fit.fitted(frame)), theirs, rtol=1e-11, atol=1e-12)


@each(["sleepstudy_slopes", "inhaler_cumulative"])
def test_chunks_do_not_show(case, monkeypatch):
    fit = brms_fit(case)
    whole = fit.posterior_epred(), fit.log_lik(), fit.fitted()
    averaged = fit.posterior_epred(group_effects="integrate")

    def small(n_obs, n_draws, width=1, budget=8 * 200 * 7):
        return chunks(n_obs, n_draws, width, budget)

    chunks = chunking.chunks
    monkeypatch.setattr("bambi_lite.predict.basis.chunks", small)
    for ours, theirs in zip(
        (fit.posterior_epred(), fit.log_lik(), fit.fitted()), whole, strict=True
    ):
        np.testing.assert_allclose(np.asarray(ours), np.asarray(theirs), rtol=1e-12)
    ours = fit.posterior_epred(group_effects="integrate")
    np.testing.assert_allclose(ours, averaged, rtol=1e-7)


def test_chunks_cover_all_rows_within_the_budget():
    found = list(chunking.chunks(1000, 4000, budget=8 * 4000 * 300))
    assert [(s.start, s.stop) for s in found] == [(0, 300), (300, 600), (600, 900), (900, 1000)]
    assert [s.stop - s.start for s in chunking.chunks(2, 10**9)] == [1, 1]


def test_attributes_say_what_stands_for_groups():
    fit = brms_fit("sleepstudy_slopes")
    assert fit.posterior_epred().attrs["group_effects"] == "observed"
    assert fit.posterior_epred(re_formula="NA").attrs["group_effects"] == "zero"
    table = fit.fitted(group_effects="integrate")
    assert isinstance(table, pd.DataFrame)
    assert table.attrs["group_effects"] == "integrate"
    drawn = fit.posterior_predict(re_formula="~ (1 | Subject)", group_effects="new", seed=1)
    assert drawn.attrs["group_effects"] == "new"
    assert drawn.attrs["re_formula"] == "~ (1 | Subject)"
