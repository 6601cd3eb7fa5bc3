"""Fits to draw: draws of brms, and a hundred groups."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

import bambi_lite as bl
from fits import brms_fit


def hundred_groups():
    rng = np.random.default_rng(20)
    group = np.repeat([f"g{i:03d}" for i in range(100)], 4)
    x = np.tile(np.arange(4.0), 100)
    data = pd.DataFrame({"y": rng.normal(x, 1.0), "x": x, "g": group})
    model = bl.Model("y ~ x + (1 | g)", data)
    names = [n for n in model.variables() if n not in ("lprior", "lp__")]
    frame = {n: 0.5 + 0.1 * rng.normal(size=40) for n in names}
    return model.from_draws(pd.DataFrame(frame))


@pytest.fixture(scope="session")
def fits():
    return {
        "gaussian": brms_fit("sleepstudy_slopes"),
        "binomial": brms_fit("rats_multilevel"),
        "ordinal": brms_fit("inhaler_cumulative"),
        "hundred": hundred_groups(),
    }


@pytest.fixture(autouse=True)
def close():
    yield
    plt.close("all")
