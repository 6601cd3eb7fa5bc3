"""A family is one short file: the README's, as it stands there, and one by custom_family().

Both go through the tests that every registered family goes through.
"""

import importlib.util
import re
import sys
import types
from pathlib import Path

import numpy as np
import pandas as pd
import pytensor.tensor as pt
import pytest
from scipy import stats

import bambi_lite as bl
from bambi_lite.families import base

README = Path(__file__).parents[2] / "README.md"


def text_of_the_readme():
    text = README.read_text(encoding="utf-8")
    return re.search(r"<!-- a whole family -->\n```python\n(.*?)```", text, re.DOTALL)[1]


@pytest.fixture(scope="module")
def rayleigh():
    """The registry with the family of the README, which is gone from it afterwards."""
    module = types.ModuleType("bambi_lite.families.rayleigh")
    module.__package__ = "bambi_lite.families"
    exec(compile(text_of_the_readme(), "README.md", "exec"), module.__dict__)
    yield bl.get_family("rayleigh")
    del base._REGISTRY["rayleigh"]


@pytest.fixture(scope="module")
def wald():
    """Times of a walk with drift, with a density over PyTensor."""

    def logp(y, mu, shape):
        return 0.5 * (
            pt.log(shape) - np.log(2.0 * np.pi) - 3.0 * pt.log(y) - shape * (y / mu - 1.0) ** 2 / y
        )

    return bl.custom_family(
        "wald",
        ("mu", "shape"),
        "log",
        logp,
        lambda rng, mu, shape: rng.wald(mu, shape),
        lambda mu: mu,
        {"mu": (0, None), "shape": (0, None)},
        support=(0, None),
        prior={"Intercept": "normal(0, 1)"},
    )


def test_it_is_under_20_lines():
    assert len(text_of_the_readme().splitlines()) < 20


CONFORMANCE = (
    ("test_density.py", "test_density_mean_and_draws"),
    ("test_gradient.py", "test_gradient_of_every_link"),
    ("test_start.py", "test_default_links_start"),
    ("test_start.py", "test_every_link_of_mu_starts"),
)


def conformance_test(file, name):
    """A function of another test file of this folder."""
    spec = importlib.util.spec_from_file_location(f"own_{file[:-3]}", Path(__file__).parent / file)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    try:
        spec.loader.exec_module(module)
    finally:
        del sys.modules[spec.name]
    return getattr(module, name)


@pytest.mark.filterwarnings("ignore::scipy.integrate.IntegrationWarning")
@pytest.mark.parametrize("which", ["rayleigh", "wald"])
@pytest.mark.parametrize(("file", "name"), CONFORMANCE)
def test_the_tests_of_all_families(which, file, name, request, tools):
    conformance_test(file, name)(request.getfixturevalue(which), tools)


def test_the_tests_of_all_families_can_fail(wald, tools):
    """With a mean that is not that of the density."""
    wrong = bl.custom_family("wrong", logp=lambda y, mu: -y / mu - pt.log(mu), links="log",
                             rng=lambda rng, mu: rng.exponential(mu), mean=lambda mu: 1.01 * mu,
                             bounds={"mu": (0, None)}, support=(0, None))  # fmt: skip
    with pytest.raises(AssertionError):
        conformance_test(*CONFORMANCE[0])(wrong, tools)


def test_scipy_agrees(rayleigh, wald, tools):
    y = np.array([0.05, 0.7, 2.0, 9.0])
    found = tools.logp(rayleigh, {"mu": 3.3}, y)
    np.testing.assert_allclose(found, stats.rayleigh(scale=3.3 * np.sqrt(2 / np.pi)).logpdf(y))
    found = tools.logp(wald, {"mu": 3.3, "shape": 0.7}, y)
    np.testing.assert_allclose(found, stats.invgauss(3.3 / 0.7, scale=0.7).logpdf(y))


def test_it_has_what_all_families_have(rayleigh):
    rng = np.random.default_rng(1)
    data = pd.DataFrame({"y": rng.rayleigh(size=40), "x": rng.normal(size=40), "g": [1, 2] * 20})
    model = bl.Model("y | weights(2) ~ x + (1 | g)", data, "rayleigh")
    assert model.prior["prior"].str.startswith("student_t").sum() == 2
    names = ["b_Intercept", "b_x", "sd_g__Intercept", "r_g[1,Intercept]", "r_g[2,Intercept]"]
    fit = model.from_draws(pd.DataFrame(rng.uniform(0.1, 0.5, size=(4, 5)), columns=names))
    assert fit.posterior_predict(seed=1).shape == fit.log_lik().shape == (1, 4, 40)
    assert "rayleigh" in str(fit.summary())
    assert "y_i ~ Rayleigh(mu_i)" in str(model.explain())
    constructor = base.constructor(rayleigh)
    assert constructor("softplus").link("mu").name == "softplus"
    with pytest.raises(bl.DataError, match="family 'rayleigh' needs positive numbers"):
        bl.Model("y ~ 1", data.assign(y=0.0), "rayleigh")
