"""Several models side by side: which results can be compared, and their differences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..errors import DataError, listing, suggest
from ..summary.text import html_frame, text_table
from .blocks import Fitted
from .loo import loo
from .result import COLUMNS, Elpd
from .waic import waic

CRITERIA = ("loo", "waic", "kfold")

type Models = Fitted | Elpd | Mapping[str, Any]


class Comparison(pd.DataFrame):  # type: ignore[misc] # pandas is not typed
    """Models side by side: a DataFrame that prints its two differences, as R's loo does."""

    @property
    def _constructor(self) -> Any:
        # What is cut out of a table is a table of its own, printed as it is.
        return pd.DataFrame

    def __repr__(self) -> str:
        return "\n".join(text_table(self[["elpd_diff", "se_diff"]], 1))

    __str__ = __repr__

    def _repr_html_(self) -> str:
        return html_frame(self, 1)


def named(models: Sequence[Any], model_names: Sequence[str] | None) -> dict[str, Any]:
    """Models by name: a mapping as it is, others as ``model1``, ``model2``, ... if not named.

    Raises
    ------
    DataError
        For fewer than two models, and names that are not one for each.
    """
    if len(models) == 1 and isinstance(models[0], Mapping):
        found = dict(models[0])
    else:
        names = [f"model{i + 1}" for i in range(len(models))]
        if model_names is not None:
            names = list(model_names)
        if len(names) != len(models) or len(set(names)) != len(names):
            raise DataError(
                f"model_names has to name each of the {len(models)} models apart, not "
                f"{listing(map(repr, names))}."
            )
        found = dict(zip(names, models, strict=True))
    if len(found) < 2:
        raise DataError("A comparison needs two models or more: loo_compare(fit1, fit2).")
    return found


def elpds(models: Mapping[str, Any], criterion: str) -> dict[str, Elpd]:
    """The criterion of each model, about the same data.

    Raises
    ------
    DataError
        For an unknown criterion, models without it, and models of different data.
    """
    if criterion not in CRITERIA:
        raise DataError(
            f"Unknown criterion '{criterion}'. Available: {listing(CRITERIA)}."
            f"{suggest(str(criterion), CRITERIA)}"
        )
    found: dict[str, Elpd] = {}
    for name, model in models.items():
        if isinstance(model, Elpd):
            found[name] = model
        elif not hasattr(model, "draws"):
            raise DataError(
                f"'{name}' is a {type(model).__name__}; models are compared by their fits or by "
                f"what loo(), waic() or kfold() gave."
            )
        elif criterion in model.criteria:
            found[name] = model.criteria[criterion]
        elif criterion == "kfold":
            raise DataError(
                f"'{name}' carries no kfold: fit.add_criterion('kfold', K = 10, seed = 1) adds it, "
                f"with the same folds for all models where the seed is the same."
            )
        else:
            found[name] = loo(model.draws) if criterion == "loo" else waic(model.draws)
    _check_alike(found)
    return found


def _check_alike(found: Mapping[str, Elpd]) -> None:
    """DataError unless all results are of one kind and about the same data."""
    (first, one), *others = found.items()
    for name, other in others:
        if other.kind != one.kind or other.joint != one.joint:
            raise DataError(
                f"'{first}' is of kind '{one.kind}' and '{name}' of kind '{other.kind}'; only "
                f"results of one kind can be compared."
            )
        if len(other.pointwise) != len(one.pointwise):
            raise DataError(
                f"'{first}' is about {len(one.pointwise)} observations and '{name}' about "
                f"{len(other.pointwise)}: models can be compared on the same data only. Rows with "
                f"a missing value are dropped; fit both models to the rows that both can use."
            )
        if other.data != one.data:
            raise DataError(
                f"'{first}' and '{name}' are about different responses, or the same ones in "
                f"another order: models can be compared on the same data only."
            )
        if not np.array_equal(_folds(one), _folds(other)):
            raise DataError(
                f"'{first}' and '{name}' have different folds: use the same folds = ..., or the "
                f"same K and seed."
            )


def _folds(result: Elpd) -> np.ndarray:
    return np.empty(0) if result.folds is None else result.folds


def loo_compare(
    *models: Models, criterion: str = "loo", model_names: Sequence[str] | None = None
) -> Comparison:
    """Models by their predictive accuracy, the best one first.

    Parameters
    ----------
    *models : Fit or Elpd
        Fits, or what ``fit.loo()``, ``fit.waic()``, ``fit.kfold()`` gave; or one mapping of names
        to them.
    criterion : "loo", "waic" or "kfold"
        What fits are compared by; computed where a fit does not carry it.
    model_names : sequence of str, optional
        Names of the models.

    Returns
    -------
    Comparison
        A DataFrame with a row a model; columns elpd_diff (to the best one), se_diff, elpd_loo,
        se_elpd_loo, p_loo, se_p_loo, looic, se_looic. Printing shows the first two. An elpd_diff of
        a few se_diff, and of more than 4, tells models apart.

    Raises
    ------
    DataError
        For models of different data, other folds, or without the criterion.

    Examples
    --------
    >>> bl.loo_compare({"slopes": fit1, "intercepts": fit2})  # doctest: +SKIP

    Notes
    -----
    Vehtari, Gelman and Gabry (2017), Statistics and Computing 27:1413-1432; se_diff from the
    differences of the rows. That 4 is little: Sivula, Magnusson, Matamoros and Vehtari (2020),
    arXiv:2008.10296.
    """
    found = elpds(named(models, model_names), criterion)
    order = sorted(found, key=lambda name: -found[name].elpd.sum())
    best = found[order[0]].elpd
    rows = []
    for name in order:
        diff = found[name].elpd - best
        se = np.sqrt(len(diff)) * np.std(diff, ddof=1) if len(diff) > 1 else np.nan
        rows.append([diff.sum(), se, *found[name].estimates.to_numpy().ravel()])
    names = COLUMNS[found[order[0]].kind]
    columns = ["elpd_diff", "se_diff", *(c for n in names for c in (n, f"se_{n}"))]
    return Comparison(rows, index=order, columns=columns)
