"""Models of the lecture and of brms' own pages against the posteriors of real brms.

A row passes when mean, sd and both quantiles differ by less than four combined Monte Carlo
standard errors. Single group effects are many, so one in a hundred of them may lie between
four and five.
"""

import arviz_stats as azs
import numpy as np
import pytest

import bambi_lite as bl

QUICK = ["rats_multilevel", "sleepstudy_slopes"]
SLOW = [
    "alcohol_intercepts",
    "blp_crossed",
    "classroom_nested",
    "classroom_slopes",
    "dyestuff_intercepts",
    "epilepsy_negbinomial",
    "epilepsy_poisson",
    "inhaler_cumulative",
    "kidney_lognormal",
    "kidney_weibull",
    "mathach_pracad",
    "mathach_slopes",
    "rats_flat",
    "sleepstudy2_bernoulli",
    "sleepstudy_distributional",
    "sleepstudy_intercepts",
    "sleepstudy_linear",
    "sleepstudy_slopes_only",
    "sleepstudy_student",
    "sleepstudy_uncorrelated",
]
PRIORS = {"rats_flat": bl.prior("normal(0, 1.5)", class_="b")}
# adapt_delta as the reference run needed it too.
OPTIONS = {"dyestuff_intercepts": {"adapt_delta": 0.99}}


def check(golden, facts, record, case):
    fit, comparison = golden(case, PRIORS.get(case), **OPTIONS.get(case, {}))
    record(f"{case:28s} {comparison.largest:.2f} ({len(comparison.table)} parameters)")
    for table in (comparison.table, comparison.effects):
        numbers = table.to_numpy()
        # Of hundreds of comparisons one in a hundred may lie between 4 and 5 standard errors.
        many = numbers.size > 200
        assert not numbers.size or numbers.max() < (5.0 if many else 4.0), table[
            table.max(axis=1) >= 4.0
        ]
        assert not many or np.mean(numbers > 4.0) <= 0.01
    check_tables(fit, facts(f"posteriors/{case}.json"))


def check_tables(fit, reference):
    """ranef, coef and VarCorr have brms' shapes, order and labels, and its numbers."""
    errors = {name: row[4:] for name, row in reference["summary"].items()}
    for table in ("ranef", "coef"):
        for group, theirs in (reference[table] or {}).items():
            ours = getattr(fit, table)()[group]
            draws = getattr(fit, table)(summary=False)[group]
            dim = ours.dims[0]
            # A group of the name of another axis gets a dot.
            assert dim.removesuffix(".") == group
            assert list(ours.coords[dim].values) == theirs["levels"]
            assert list(ours.coords["coef"].values) == theirs["coefs"]
            assert list(ours.coords["stat"].values) == theirs["stats"]
            assert ours.dims == (dim, "stat", "coef")
            assert ours.shape == np.shape(theirs["values"])
            for k, coef in enumerate(theirs["coefs"]):
                mcse = azs.mcse(draws.isel(coef=k)).to_numpy()
                # A sum's standard error is at most the sum of its parts' standard errors.
                # A varying intercept shifts each threshold of an ordinal model: Intercept[1], ...
                own = coef.partition("[")[0]
                single = [
                    errors.get(effect(group, level, own), [0])[0] for level in theirs["levels"]
                ]
                population = errors[f"b_{coef}"][0] if table == "coef" else 0.0
                bound = np.hypot(mcse, np.array(single) + population)
                difference = ours.to_numpy()[:, 0, k] - np.array(theirs["values"])[:, 0, k]
                assert np.abs(difference / bound).max() < 5.0, (table, group, coef)
    for group, theirs in (reference["VarCorr"] or {}).items():
        sd = fit.VarCorr()[group]["sd"]
        names = [
            "sigma" if group == "residual__" else f"sd_{group}__{coef}"
            for coef in theirs["sd"]["rows"]
        ]
        assert list(sd.index) == theirs["sd"]["rows"]
        assert list(sd.columns) == theirs["sd"]["cols"]
        # These draws were compared above under their names; here is where they stand.
        means = [float(fit.idata["posterior"][name].mean()) for name in names]
        np.testing.assert_allclose(sd["Estimate"], means, rtol=1e-12)
        assert ("cor" in fit.VarCorr()[group]) == ("cor" in theirs)


def effect(group, level, coef):
    return f"r_{group}[{level.replace(' ', '.')},{coef}]"


@pytest.mark.parametrize("case", QUICK)
def test_quick(golden, facts, record, case):
    check(golden, facts, record, case)


@pytest.mark.slow
@pytest.mark.parametrize("case", SLOW)
def test_slow(golden, facts, record, case):
    check(golden, facts, record, case)
