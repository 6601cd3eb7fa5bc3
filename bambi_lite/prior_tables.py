"""Prior tables as brms' functions give them, and as files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from .errors import PriorError
from .formula import BrmsFormula
from .priors import (
    PriorFrame,
    as_default_frame,
    prior_sets,
    read_set,
    to_frame,
    to_toml,
    write_file,
)
from .spec import ModelSpec, prior_rows


def default_prior(
    formula: str | BrmsFormula, data: Any, family: Any = "gaussian", data2: Any = None
) -> PriorFrame:
    """The default priors of a model before it is built, as brms' ``default_prior()``.

    Parameters
    ----------
    formula, data, family, data2
        See :class:`bambi_lite.Model`; also a nonlinear formula and one of several responses, which
        cannot be sampled yet. Of these `family` may be a list, one for each response.

    Returns
    -------
    pandas.DataFrame
        brms' columns and row order; correlations are class ``cor`` with an ``lkj`` prior here,
        and class ``L`` with ``lkj_corr_cholesky`` in ``model.prior``, as in brms. It prints as in
        brms, with ``(flat)`` and ``(vectorized)``; the values themselves are blank there.

    Examples
    --------
    >>> import bambi_lite as bl
    >>> bl.default_prior("Reaction ~ Days", bl.load_data("sleepstudy"))["class"].tolist()
    ['b', 'b', 'Intercept', 'sigma']
    """
    return as_default_frame(prior_rows(formula, data, family, data2=data2))


def validate_prior(
    prior: Any, formula: str | BrmsFormula, data: Any, family: Any = "gaussian", data2: Any = None
) -> PriorFrame:
    """Check priors against a model without building it, as brms' ``validate_prior()``.

    Parameters
    ----------
    prior
        Whatever a model takes as its prior: rows, a table, ``"set:NAME"``, a path, a list of them.
    formula, data, family, data2
        See :func:`default_prior`.

    Returns
    -------
    pandas.DataFrame
        The table that the model would have.

    Raises
    ------
    PriorError
        When a prior does not fit the model.

    Examples
    --------
    >>> import bambi_lite as bl
    >>> rows = bl.prior("normal(0, 5)")
    >>> bl.validate_prior(rows, "Reaction ~ Days", bl.load_data("sleepstudy")).loc[0, "prior"]
    'normal(0, 5)'
    """
    return to_frame(prior_rows(formula, data, family, prior, data2))


def prior_summary(model: Any, all: bool = True) -> PriorFrame:
    """The prior table of a model or a fit, as brms' ``prior_summary()``.

    Parameters
    ----------
    model : Model, Fit or prior table
        Whose; for a formula that cannot be sampled yet, what :func:`validate_prior` gives.
    all : bool
        Whether rows that are flat, or only take a broader row's prior, are shown too.

    Returns
    -------
    pandas.DataFrame

    Raises
    ------
    PriorError
        For something that is none of these.
    """
    spec = getattr(model, "spec", None)
    if not isinstance(spec, ModelSpec) and not isinstance(model, PriorFrame):
        raise PriorError(f"prior_summary() takes a model or a fit, not {type(model).__name__}.")
    table = to_frame(spec.prior_rows) if isinstance(spec, ModelSpec) else model
    if all:
        return table
    return PriorFrame(table[table["prior"] != ""].reset_index(drop=True))


def list_prior_sets() -> pd.DataFrame:
    """The prior sets that come with the package: ``prior="set:NAME"``.

    Returns
    -------
    pandas.DataFrame
        A row a set: name, title, why, reference and caveat, as they stand in its file.

    Examples
    --------
    >>> list_prior_sets()["name"].tolist()
    ['gelman2008', 'penalised_complexity', 'proper', 'rstanarm', 'unit_scale']
    """
    columns = ("name", "title", "why", "reference", "caveat")
    files = [read_set(name) for name in prior_sets()]
    records = [[" ".join(getattr(f, c).split()) for c in columns] for f in files]
    return pd.DataFrame(records, columns=list(columns))


def prior_to_toml(
    spec: ModelSpec, path: str | Path, rules: bool = False, all: bool = False
) -> None:
    """Write the prior of a model as a file that ``prior="path"`` reads.

    Parameters
    ----------
    spec : ModelSpec
        The model.
    path : str or Path
        The file; one that is there is written over.
    rules : bool
        Whether rows that a rule gave (brms' defaults, a prior set) are written as that rule, to be
        applied to other data anew; otherwise every number is frozen as it is.
    all : bool
        Whether rows that only take a broader row's prior are written too.

    Raises
    ------
    PriorError
        When the file cannot be written, or a prior is a PyMC distribution.
    """
    head = {
        "title": f"Prior of {spec.formula.text}",
        "why": f"{spec.family.name}, {spec.data_name}, {spec.design.n_obs} observations",
    }
    write_file(path, to_toml(spec.prior_rows, head, rules=rules, all=all))
