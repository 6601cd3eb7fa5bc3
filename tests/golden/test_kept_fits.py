"""Sampled fits in files: what the sampler leaves in memory comes back to the last bit."""

import warnings

import numpy as np
import pytest

import bambi_lite as bl

SHORT = {"chains": 2, "iter": 300, "seed": 1, "progress": False}
MODELS = {
    "sleepstudy": ("Reaction ~ Days + (Days | Subject)", "gaussian", {}),
    # Group effects that are sampled lie in memory in another order.
    "sleepstudy ": ("Reaction ~ Days + (Days | Subject)", "gaussian", {"marginalize": False}),
    # Effects that are made when they are asked for are written, and draws of half the digits.
    "sleepstudy  ": (
        "Reaction ~ Days + (Days | Subject)",
        "gaussian",
        {"save_pars": bl.save_pars(group=False)},
    ),
    "sleepstudy   ": (
        "Reaction ~ Days + (Days | Subject)",
        "gaussian",
        {"save_pars": bl.save_pars(dtype="float32")},
    ),
    "rats": ("m | trials(n) ~ 1 + (1 | batch)", "binomial", {"sample_prior": "yes"}),
}


@pytest.mark.parametrize("name", MODELS)
def test_a_sampled_fit(name, tmp_path):
    formula, family, options = MODELS[name]
    call = (formula, bl.load_data(name.strip()), family)
    with warnings.catch_warnings():
        # Short runs, and rows that importance sampling is not good for.
        warnings.simplefilter("ignore", bl.ConvergenceWarning)
        warnings.simplefilter("ignore", bl.ComparisonWarning)
        fit = bl.brm(*call, **SHORT, **options, file=tmp_path / "kept")
        again = bl.brm(*call, **SHORT, **options, file=tmp_path / "kept", file_refit="on_change")
        assert str(fit.loo()) == str(again.loo())
        assert fit.bayes_R2().equals(again.bayes_R2())
    assert again.idata.identical(fit.idata)
    assert str(again) == str(fit)
    for group in fit.idata.children.values():
        for variable, values in group.to_dataset().data_vars.items():
            theirs = again.idata[group.name][variable].to_numpy().strides
            # The order of axes in memory decides how sums are rounded.
            np.testing.assert_array_equal(np.argsort(values.to_numpy().strides), np.argsort(theirs))
    for method in ("posterior_epred", "posterior_linpred", "log_lik"):
        assert getattr(fit, method)().identical(getattr(again, method)()), method
    assert fit.posterior_predict(seed=2).identical(again.posterior_predict(seed=2))
    for table in ("fixef", "VarCorr", "summarise_draws", "nuts_params", "log_posterior"):
        assert repr(getattr(fit, table)()) == repr(getattr(again, table)()), table
    for table in ("ranef", "coef"):
        ours, theirs = getattr(fit, table)(), getattr(again, table)()
        assert all(ours[group].identical(theirs[group]) for group in ours), table
    assert repr(fit.hypothesis("Intercept > 0")) == repr(again.hypothesis("Intercept > 0"))
