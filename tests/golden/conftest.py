"""Comparing a fit with a posterior that real brms sampled."""

import json
import warnings
from dataclasses import dataclass
from pathlib import Path

import arviz_stats as azs
import numpy as np
import pandas as pd
import pytest

import bambi_lite as bl

FACTS = Path(__file__).parents[1] / "facts" / "posteriors"

# How each reference case is said here, and how many iterations make our own Monte Carlo error
# smaller than the reference's.
SAMPLING = {"chains": 4, "iter": 6000, "warmup": 1000, "adapt_delta": 0.95, "progress": False}


@dataclass(frozen=True)
class Comparison:
    """|ours - theirs| in units of the combined Monte Carlo standard error, a row a parameter."""

    table: pd.DataFrame  # index: variable; columns: mean, sd, q2.5, q97.5
    effects: pd.DataFrame  # the same for the single group effects

    @property
    def largest(self) -> float:
        return float(self.table.max(axis=None))


def reference(case: str) -> dict:
    return json.loads((FACTS / f"{case}.json").read_text(encoding="utf-8"))


def fit_case(case: str, prior=None, seed: int = 20261, **options) -> bl.Fit:
    facts = reference(case)
    family = bl.get_family(facts["family"]["name"], {"mu": facts["family"]["link"]})
    data = bl.load_data(facts["data"])
    formula = bl.bf(facts["formula"]["formula"], *facts["formula"].get("parameters", {}).values())
    with warnings.catch_warnings():
        # blp has rows without a response; tests/unit/test_wrong_input.py holds the warning.
        warnings.simplefilter("ignore", bl.DataWarning)
        return bl.brm(formula, data, family, prior=prior, seed=seed, **{**SAMPLING, **options})


def flat_draws(fit: bl.Fit) -> dict[str, np.ndarray]:
    """Every scalar of the posterior under its full brms name, shape (chain, draw)."""
    found = {}
    for name, values in fit.idata["posterior"].to_dataset().data_vars.items():
        dims = values.dims[2:]
        if not dims:
            found[str(name)] = values.to_numpy()
            continue
        stacked = values.stack(cell=dims)
        for i, labels in enumerate(stacked["cell"].to_numpy()):
            label = ",".join(str(part) for part in labels).replace(" ", ".")
            found[f"{name}[{label}]"] = stacked.isel(cell=i).to_numpy()
    return found


def moments(values: np.ndarray) -> tuple[list[float], list[float]]:
    flat = values.ravel()
    ours = [flat.mean(), flat.std(ddof=1), *np.quantile(flat, [0.025, 0.975])]
    errors = [
        float(azs.mcse(values, method="mean")),
        float(azs.mcse(values, method="sd")),
        float(azs.mcse(values, method="quantile", prob=0.025)),
        float(azs.mcse(values, method="quantile", prob=0.975)),
    ]
    return ours, errors


def compare(fit: bl.Fit, case: str) -> Comparison:
    facts = reference(case)
    draws = flat_draws(fit)
    rows = {}
    for name, numbers in facts["summary"].items():
        theirs, their_errors = numbers[:4], numbers[4:]
        ours, our_errors = moments(draws[name])
        rows[name] = [
            abs(a - b) / np.hypot(ea, eb)
            for a, b, ea, eb in zip(ours, theirs, our_errors, their_errors, strict=True)
        ]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["mean", "sd", "q2.5", "q97.5"])
    single = table.index.str.startswith("r_")
    return Comparison(table[~single], table[single])


LINES: list[str] = []


def pytest_terminal_summary(terminalreporter):
    """The table of a run: case, largest difference in combined standard errors."""
    if LINES:
        terminalreporter.section("largest |difference| / sqrt(MCSE^2 + MCSE_ref^2)")
        for line in LINES:
            terminalreporter.write_line(line)


@pytest.fixture
def record():
    return LINES.append


@pytest.fixture
def golden():
    """Fit a reference case and compare it: (fit, comparison)."""

    def run(case: str, prior=None, **options):
        fit = fit_case(case, prior, **options)
        return fit, compare(fit, case)

    return run
