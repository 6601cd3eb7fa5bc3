"""Draws out and back in, and the tables and counts of them, against brms and posterior."""

import numpy as np
import pandas as pd
import pytest

import bambi_lite as bl

CASES = (
    "sleepstudy_slopes",
    "sleepstudy_intercepts",
    "rats_multilevel",
    "epilepsy_negbinomial",
    "inhaler_cumulative",
)
#: The facts have 12 significant digits.
RTOL = 1e-8

# Half-chains here have 25 draws. posterior follows the autocorrelations of such an odd number one
# pair of lags less far than ArviZ, so that the ESS of slowly mixing effects differ; everything else
# is the same to the last digit. posterior's numbers are the first, the second is ours.
DIFFERENT = {
    ("rats_multilevel", "r_batch[7,Intercept]", "ess_bulk"): (66.8935, 65.6914),
    ("rats_multilevel", "r_batch[9,Intercept]", "ess_bulk"): (201.9998, 202.4630),
    # The log prior is worked out anew, and rounding decides which of the two middle draws is the
    # further one from the median between them; their ranks count in Rhat.
    ("inhaler_cumulative", "lprior", "rhat"): (1.010958, 1.011225),
    ("inhaler_cumulative", "r_subject[13,Intercept]", "ess_bulk"): (118.7051, 111.7691),
    ("inhaler_cumulative", "r_subject[126,Intercept]", "ess_bulk"): (204.2752, 196.5733),
    ("inhaler_cumulative", "r_subject[272,Intercept]", "ess_tail"): (69.8989, 67.4650),
    ("inhaler_cumulative", "r_subject[273,Intercept]", "ess_tail"): (145.4935, 143.1875),
}


@pytest.mark.parametrize("case", CASES)
def test_posterior_summary_is_that_of_brms(case, reference_fit, facts):
    theirs = facts(f"comparison/{case}.json")["posterior_summary"]
    ours = reference_fit(case).posterior_summary()
    # brms 2.18, which made these draws, does not keep the centred intercepts.
    assert [n for n in ours.index if not n.startswith("Intercept")] == theirs["rows"]
    assert list(ours.columns) == theirs["cols"]
    np.testing.assert_allclose(ours.loc[theirs["rows"]], theirs["values"], rtol=RTOL, atol=1e-12)


@pytest.mark.parametrize("case", CASES)
def test_summarise_draws_is_that_of_posterior(case, reference_fit, facts):
    theirs = pd.DataFrame(facts(f"comparison/{case}.json")["summarise_draws"])
    theirs = theirs.set_index("variable").astype(float)
    ours = reference_fit(case).summarise_draws()
    assert ours.index.name == "variable"
    for column in ours:
        for name in theirs.index:
            expected, actual = theirs.loc[name, column], ours.loc[name, column]
            if (case, name, column) in DIFFERENT:
                assert (expected, actual) == pytest.approx(DIFFERENT[case, name, column], abs=1e-4)
            else:
                assert actual == pytest.approx(expected, rel=RTOL, abs=1e-12, nan_ok=True)


def test_rhat_and_neff_ratio_are_columns_of_that_table(reference_fit):
    fit = reference_fit("inhaler_cumulative")
    table = fit.summarise_draws()
    pd.testing.assert_series_equal(fit.rhat(), table["rhat"])
    ess = table[["ess_bulk", "ess_tail"]].min(axis=1)
    np.testing.assert_allclose(fit.neff_ratio(), ess / 200)
    assert np.isnan(fit.rhat()["disc"])  # a constant


@pytest.mark.parametrize("case", CASES)
def test_draws_go_out_and_come_back(case, reference_fit):
    fit = reference_fit(case)
    frame = fit.as_draws_df()
    assert list(frame.columns[-3:]) == [".chain", ".iteration", ".draw"]
    assert tuple(frame.columns[:-3]) == fit.variables()
    assert frame[".draw"].tolist() == list(range(1, 201))
    formula, data = str(fit.spec.formula), bl.load_data(fit.spec.data_name)
    again = bl.Model(formula, data, fit.spec.family).from_draws(frame)
    pd.testing.assert_frame_equal(again.as_draws_df(), frame)


def test_draws_come_in_from_a_file_of_r(reference_fit, tmp_path):
    fit = reference_fit("sleepstudy_slopes")
    path = tmp_path / "draws.csv"
    frame = fit.as_draws_df()
    frame.set_axis(range(1, len(frame) + 1)).to_csv(path)  # R numbers the rows
    model = bl.Model("Reaction ~ Days + (Days | Subject)", bl.load_data("sleepstudy"))
    for given in (path, str(path)):
        again = model.from_draws(given).as_draws_df()
        pd.testing.assert_frame_equal(again, frame, rtol=1e-12)


FILES = {
    "binary": (
        b"\x00\xff\xfe\x01\n",
        "'{path}' is no CSV file of draws ('utf-8' codec can't decode byte 0xff in position 1: "
        "invalid start byte): a line of brms' names, then a line of numbers for each draw.",
    ),
    "empty": (
        b"",
        "'{path}' is no CSV file of draws (No columns to parse from file): a line of brms' names, "
        "then a line of numbers for each draw.",
    ),
    "ragged": (
        b"a,b\n1,2\n1,2,3,4\n",
        "'{path}' is no CSV file of draws (Error tokenizing data. C error: Expected 2 fields in "
        "line 3, saw 4): a line of brms' names, then a line of numbers for each draw.",
    ),
    "missing": (None, "The draws '{path}' cannot be read: No such file or directory."),
}


@pytest.mark.parametrize("name", FILES)
def test_files_that_hold_no_draws(name, tmp_path):
    data, message = FILES[name]
    path = tmp_path / "draws.csv"
    if data is not None:
        path.write_bytes(data)
    model = bl.Model("Reaction ~ Days", bl.load_data("sleepstudy"))
    with pytest.raises(bl.DataError) as error:
        model.from_draws(path)
    assert str(error.value) == message.format(path=path)


def test_variables_are_those_of_the_model_closed_by_what_is_kept(reference_fit):
    fit = reference_fit("rats_multilevel")
    model = bl.Model("m | trials(n) ~ 1 + (1 | batch)", bl.load_data("rats"), "binomial")
    assert fit.variables() == (*model.variables(), "lprior", "lp__")
    without = fit.as_draws_df().drop(columns=["lprior", "lp__"])
    # The log prior is told by the parameters, the log posterior is not.
    assert model.from_draws(without).variables() == (*model.variables(), "lprior")


def test_a_fixed_parameter_is_a_constant_draw():
    data = pd.DataFrame({"y": [1.0, 2.0, 4.0], "x": [0.0, 1.0, 3.0]})
    model = bl.Model(bl.bf("y ~ x", sigma=2), data)
    fit = model.from_draws(pd.DataFrame({"b_Intercept": [0.1, 0.2], "b_x": [1.0, 2.0]}))
    assert model.variables() == ("b_Intercept", "b_x", "sigma", "Intercept")
    assert fit.variables() == (*model.variables(), "lprior")
    assert fit.as_draws_df()["sigma"].tolist() == [2.0, 2.0]


def test_variables_are_chosen_by_name_by_root_and_by_pattern(reference_fit):
    fit = reference_fit("sleepstudy_slopes")
    assert list(fit.posterior_summary("b_Days").index) == ["b_Days"]
    assert len(fit.posterior_summary("r_Subject")) == 36
    assert list(fit.as_draws_df(["sigma", "b_Days"]).columns[:2]) == ["sigma", "b_Days"]
    found = fit.posterior_summary(["^sd_", "308"], regex=True, robust=True, probs=0.5)
    assert list(found.columns) == ["Estimate", "Est.Error", "Q50"]
    assert list(found.index) == [
        "sd_Subject__Intercept",
        "sd_Subject__Days",
        "r_Subject[308,Intercept]",
        "r_Subject[308,Days]",
    ]
    np.testing.assert_allclose(found["Estimate"], found["Q50"])


def test_counts(reference_fit):
    fit = reference_fit("sleepstudy_slopes")
    assert (fit.ndraws(), fit.nchains(), fit.niterations(), fit.nobs()) == (200, 4, 50, 180)
    assert fit.ngrps() == {"Subject": 18}


def test_log_posterior_is_lp(reference_fit):
    fit = reference_fit("sleepstudy_slopes")
    table = fit.log_posterior()
    assert list(table.columns) == ["Chain", "Iteration", "Value"]
    np.testing.assert_array_equal(table["Value"], fit.as_draws_df()["lp__"])
    assert (table["Chain"].iloc[50], table["Iteration"].iloc[50]) == (2, 1)


def test_nuts_params_have_the_names_of_stan(reference_fit):
    from dataclasses import replace

    import xarray as xr

    fit = reference_fit("sleepstudy_slopes")
    tree = fit.idata.copy()
    rng = np.random.default_rng(1)
    energy, diverging = rng.normal(size=(4, 50)), rng.random((4, 50)) < 0.1
    stats = {"energy": (("chain", "draw"), energy), "diverging": (("chain", "draw"), diverging)}
    tree["sample_stats"] = xr.DataTree(xr.Dataset(stats))
    sampled = replace(fit, draws=replace(fit.draws, idata=tree))
    table = sampled.nuts_params()
    assert list(table.columns) == ["Chain", "Iteration", "Parameter", "Value"]
    assert table["Parameter"].unique().tolist() == ["divergent__", "energy__"]
    own = table[(table["Chain"] == 2) & (table["Parameter"] == "energy__")]
    np.testing.assert_array_equal(own["Value"], energy[1])
    assert sampled.nuts_params("divergent__")["Value"].sum() == diverging.sum()
