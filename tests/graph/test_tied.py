"""A tied distributional parameter in the sampled model."""

import pytest

import bambi_lite as bl

SHARES = "cbind(p1, p2, p3) ~ x"
TIED = bl.bf(SHARES, sigmap3="sigmap2")


def model(formula):
    return bl.Model(formula, bl.load_data("synth1"), "logistic_normal")


def test_the_sampled_model_has_one_parameter():
    tied, free = model(TIED).pymc, model(SHARES).pymc
    names = [rv.name for rv in free.free_RVs]
    assert [rv.name for rv in tied.free_RVs] == [n for n in names if n != "sigmap3"]
    point = free.initial_point()
    (y,) = (rv.name for rv in free.observed_RVs)
    logps = {}
    for which, built in (("tied", tied), ("free", free)):
        values = {v.name: point[v.name] for v in built.value_vars}
        run = built.compile_logp(vars=built[y], mode="FAST_COMPILE")
        logps[which] = float(run(values))
    assert logps["tied"] == pytest.approx(logps["free"], rel=1e-12)
