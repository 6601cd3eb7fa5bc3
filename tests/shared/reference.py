"""The 217 models of which brms 2.23.1 said what it makes of them, and their designs here."""

from __future__ import annotations

import json
import warnings
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import bambi_lite as bl
from bambi_lite.design import Design, MvDesign, build_design

FACTS = Path(__file__).parents[1] / "facts"
# The matrices that some formulas name.
DATA2 = {"A": np.eye(12), "V": np.eye(120)}


@cache
def cases() -> dict[str, dict[str, Any]]:
    """What brms said of each model, by its name."""
    text = (FACTS / "formulas" / "structure.json").read_text(encoding="utf-8")
    return {c["id"]: c for c in json.loads(text)["cases"]}


@cache
def data_of(name: str) -> pd.DataFrame:
    """A data set of the package; not to be changed."""
    return bl.load_data(name)


@cache
def formula_of(name: str) -> Any:
    """The formula of a model, from the text of the call in R."""
    return bl.bf(cases()[name]["r_formula"])


@cache
def design_of(name: str) -> Design | MvDesign:
    """The design of a model; what it drops is another test's business."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", bl.errors.DataWarning)
        return build_design(formula_of(name), data_of(cases()[name]["data"]), data2=DATA2)


def near(made: np.ndarray, expected: Any, rtol: float = 1e-10, atol: float = 1e-11) -> bool:
    """As ``np.allclose``, of equal shapes only and in a fraction of its time."""
    expected = np.asarray(expected, dtype=float)
    if made.shape != expected.shape:
        return False
    return bool((np.abs(made - expected) <= atol + rtol * np.abs(expected)).all())


def same(expected: Any, made: Any) -> bool:
    """Whether an array is that of the facts, where a large one is its mean, sd and first rows."""
    made = np.asarray(made, dtype=float)
    if isinstance(expected, int | float):
        return near(made, expected, atol=0.0)
    if expected is None or tuple(expected["dim"]) != made.shape:
        return False
    if "values" in expected:
        values = np.array(expected["values"], dtype=float).reshape(made.shape)
        known = np.isfinite(values)
        if known.all():
            return near(made, values)
        return bool((known == np.isfinite(made)).all()) and near(made[known], values[known])
    head = np.array(expected["head"], dtype=float)
    # These have ten digits.
    pairs = (
        (made.mean(axis=0), expected.get("col_means", expected.get("mean"))),
        (made.std(axis=0, ddof=1), expected.get("col_sds", expected.get("sd"))),
        (made[: len(head)], head),
    )
    return all(near(ours, theirs, atol=1e-8) for ours, theirs in pairs)
