"""What the sections of the lecture share: where files go, and the tables that are printed.

Running this file does nothing; the sections import it.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

import bambi_lite as bl


def output_folder(section: str) -> Path:
    """The folder of a section's figures in the working directory, made if it is not there."""
    folder = Path("examples-output") / section
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def heading(text: str) -> None:
    """A heading between the parts of a section."""
    print(f"\n{text}\n{'=' * len(text)}")


def say(text: str) -> None:
    """A paragraph of the lecture."""
    lines = dedent(text).strip("\n").rstrip()
    print(f"\n{lines}")


def show(thing: object) -> None:
    """A fit or a table, set off by an empty line."""
    print(f"\n{thing}")


def save(figure: Figure, folder: Path, name: str) -> None:
    """Write a figure, and say where it is."""
    path = folder / f"{name}.png"
    figure.savefig(path, dpi=120)
    print(f"Figure: {path}")


def save_network(model: bl.Model | bl.Fit, folder: Path, name: str = "network") -> None:
    """The network diagram: its source always, the picture where graphviz is installed."""
    network = model.graph()
    source = folder / f"{name}.gv"
    source.write_text(network.source, encoding="utf-8")
    print(f"Network: {source}")
    if shutil.which("dot"):
        network.graph_attr["dpi"] = "120"
        picture = folder / f"{name}.png"
        picture.write_bytes(network.pipe(format="png"))
        print(f"Figure: {picture}")
    else:
        print("(No picture of it: graphviz' program 'dot' is not installed.)")


def compare(fit: bl.Fit, classical: Mapping[str, float], method: str) -> pd.DataFrame:
    """Print classical estimates beside the posterior.

    Parameters
    ----------
    fit : Fit
        The Bayesian fit.
    classical : mapping
        Classical estimate by the name of a variable of the posterior, ``sd_Subject__Days``.
    method : str
        Where the classical figures come from.
    """
    rows = {}
    for name, value in classical.items():
        draws = fit.idata["posterior"][name].values.ravel()
        low, high = np.quantile(draws, [0.025, 0.975])
        rows[name] = [value, draws.mean(), np.median(draws), low, high]
    columns = ["classical", "post. mean", "post. median", "2.5 %", "97.5 %"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    print(f"\nClassical ({method}) beside ours:")
    print(table.to_string(float_format="{:.3f}".format))
    return table


def estimates(fit: bl.Fit, group: str) -> pd.DataFrame:
    """Posterior means of the coefficients of each level: population plus group."""
    table: pd.DataFrame = fit.coef()[group].sel(stat="Estimate").to_pandas()
    return table


def population_normal(fit: bl.Fit, group: str, slope: str) -> tuple[np.ndarray, np.ndarray]:
    """Mean and covariance (posterior means) of the normal that intercepts and slopes come from."""
    covariance = fit.VarCorr()[group]["cov"].sel(stat="Estimate").values
    return fit.fixef().loc[["Intercept", slope], "Estimate"].to_numpy(), covariance


def least_squares(data: pd.DataFrame, x: str, y: str, group: str) -> pd.DataFrame:
    """Intercept and slope of the least squares line of each group by itself: no pooling."""
    fits = {
        str(name): np.polyfit(rows[x], rows[y], 1)[::-1]
        for name, rows in data.groupby(group, observed=True)
    }
    return pd.DataFrame.from_dict(fits, orient="index", columns=["Intercept", x])


def straight(table: pd.DataFrame, x: np.ndarray) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """The line over `x` of each row of a table with intercept and slope as its first columns."""
    return {
        str(name): (x, intercept + slope * x)
        for name, (intercept, slope) in zip(table.index, table.to_numpy()[:, :2], strict=True)
    }


def points_by(data: pd.DataFrame, x: str, y: str, group: str) -> dict[str, tuple[Any, Any]]:
    """The data of each group, in the order of its levels."""
    grouped = data.groupby(group, observed=True)
    return {str(name): (rows[x].to_numpy(), rows[y].to_numpy()) for name, rows in grouped}


def differences(first: bl.Model, second: bl.Model) -> list[str]:
    """In which parts two models differ; none when they are the same model.

    A model is its response, its population-level columns, its group-level columns with the level
    of each row, which of those are correlated, and its priors. How the terms were written down,
    and in which order, is not part of it.
    """
    parts_of_first, parts_of_second = _parts(first), _parts(second)
    return [name for name, part in parts_of_first.items() if not _same(part, parts_of_second[name])]


def say_whether_same(first: bl.Model, second: bl.Model) -> None:
    """Print whether two formulas are one model, from the models themselves: nothing is fitted."""
    found = differences(first, second)
    verdict = f"differ in {', '.join(found)}" if found else "are the same model"
    print(f"\n    {first.spec.formula}\n    {second.spec.formula}\n{verdict}.")


def _parts(model: bl.Model) -> dict[str, dict[Any, np.ndarray]]:
    """A model taken apart into named arrays."""
    spec = model.spec
    columns: dict[Any, np.ndarray] = {}
    groups: dict[Any, np.ndarray] = {}
    for predictor in spec.design.predictors:
        for name, column in zip(predictor.columns, predictor.X.T, strict=True):
            columns[predictor.dpar, name] = column
        for group in predictor.groups:
            for name, column in zip(group.coefs, group.Z.T, strict=True):
                groups[predictor.dpar, group.group, name] = column
                groups[predictor.dpar, group.group, name, "level"] = np.array(group.levels)[group.J]
    correlated = [
        (block.group, *sorted(c.label for c in block.coefs))
        for block in spec.blocks
        if block.correlated
    ]
    prior = model.prior.sort_values(list(model.prior.columns))
    return {
        "response": {"y": spec.response.y, **spec.response.extra},
        "population-level columns": columns,
        "group-level columns": groups,
        "correlations": {names: np.array(names) for names in correlated},
        "priors": {"table": prior.to_numpy(dtype=str)},
    }


def _same(first: dict[Any, np.ndarray], second: dict[Any, np.ndarray]) -> bool:
    if first.keys() != second.keys():
        return False
    return all(np.array_equal(part, second[key]) for key, part in first.items())
