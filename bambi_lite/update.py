"""fit.update(): the model of a fit with other data, another formula, other priors or settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from .design import data_variables
from .draws import Draws
from .engines import SampleSettings, sample_settings
from .errors import DataError, listing, suggest
from .families import Family, get_family, same_family, stem_links, unbound
from .formula import BrmsFormula, change_formula
from .priors import PriorRow, PriorSet, gather
from .reuse import Compiled, compiled_for, with_data
from .running import run
from .sampling import plan_of
from .spec import ModelSpec, resolve

_MODEL = ("newdata", "formula", "prior", "family", "data2", "contrasts")
_SETTINGS = tuple(f.name for f in fields(SampleSettings))


def update(
    draws: Draws,
    newdata: Any = None,
    formula: Any = None,
    prior: Any = None,
    family: Any = None,
    data2: Mapping[str, Any] | None = None,
    contrasts: Mapping[str, str] | None = None,
    **sampling: Any,
) -> tuple[Draws, tuple[str, ...]]:
    """Fit the model of a fit again, changed.

    Parameters
    ----------
    draws : Draws
        Of the fit.
    newdata : DataFrame, optional
        Data in the place of those of the fit.
    formula : str, sequence of str or BrmsFormula, optional
        ``"~ . + x"``, ``". ~ . - x"``, a whole formula; with formulas of further parameters
        ``["~ . + x", "sigma ~ . + z"]`` or ``bl.bf("y ~ . + x", nu=4)``. A dot stands for what
        was there, and what is not named stays. A variable that is new needs `newdata`: a fit
        keeps the columns of its own formula.
    prior : optional
        As in :func:`bambi_lite.brm`; over what the user said for the fit. As in brms 2.23 the
        default priors keep the numbers of the first data (``source`` is then ``earlier``) unless
        something is said here; another family has its own. A prior whose parameter is gone goes
        with it.
    family : str or Family, optional
        Another family or link.
    data2, contrasts : mapping, optional
        As in :func:`bambi_lite.brm`; those of the fit by default.
    **sampling
        Settings of :meth:`bambi_lite.Model.sample`. Others stay as they were, the seed among
        them; where ``iter`` is given, ``warmup`` is half of it unless given too.

    Returns
    -------
    Draws, tuple of str
        Those of the new fit, and a line on each thing that changed.

    Raises
    ------
    FormulaError
        For a formula that cannot be read, of another response, or that takes away what is not
        there.
    DataError
        When a variable is not in the data.
    FamilyError, PriorError, SamplingError
        As :func:`bambi_lite.brm` does.
    TypeError
        For an unknown argument, with the nearest valid one.

    Notes
    -----
    With compiled kernels nothing is compiled. A model that PyTensor compiles is compiled with its
    data left open, and the code serves every later update in this process that changes the data
    alone.

    Examples
    --------
    >>> fit.update(newdata=later, seed=2).changed  # doctest: +SKIP
    ('data: 180 rows -> 90 rows', 'setting seed: 1 -> 2', 'nothing was compiled')
    """
    for name in sampling:
        if name not in _SETTINGS:
            valid = (*_MODEL, *_SETTINGS)
            raise TypeError(
                f"update() got an unexpected keyword argument '{name}'.{suggest(name, valid)}"
            )
    old = draws.spec
    settings = _settings(draws.settings, sampling)
    chosen = unbound(old.family) if family is None else get_family(family)
    changed = _formula(old, formula, family is not None)
    if newdata is None:
        _check_known(old, changed)
    spec = resolve(
        changed,
        old.data if newdata is None else newdata,
        chosen,
        _priors(old, prior, chosen),
        old.data2 if data2 is None else data2,
        old.data_name if newdata is None else None,
        old.design.recipe.contrasts if contrasts is None else contrasts,
    )
    found: list[Compiled] = []

    def code() -> Compiled:
        if not found:
            made, new = compiled_for(spec)
            found.append(made)
            lines.append(
                "compiled: the model, with its data left open for later updates"
                if new
                else "nothing was compiled: the code of a model of the same structure took the data"
            )
        return found[0]

    lines = _changes(old, spec, draws.settings, settings, newdata is not None)
    if plan_of(spec, settings).engine == "kernels" or settings.sample_prior == "only":
        lines.append("nothing was compiled")
    made = run(spec, settings, lambda: code().model, lambda: with_data(code().code, spec))
    return made, tuple(lines)


# -- what stays ------------------------------------------------------------------------------


def _formula(old: ModelSpec, change: Any, other_family: bool) -> BrmsFormula:
    """The new formula; a family named in it makes way for one that is given."""
    # In the recipe a dot of the first formula is spelt out.
    own = old.design.recipe.formula
    made = own if change is None else change_formula(own, change)
    return replace(made, family=None) if other_family else made


def _check_known(old: ModelSpec, formula: BrmsFormula) -> None:
    """DataError for a variable that the fit did not have, and so does not keep."""
    known = {*_names(old.design.recipe.formula), *old.data.columns, *old.data2, "Intercept"}
    lost = [name for name in _names(formula) if name not in known]
    if lost:
        raise DataError(
            f"{listing(map(repr, lost))} is not in the data that the fit keeps: these are the "
            f"columns of its own formula ({listing(old.data.columns)}). Give the data again: "
            f"update(formula = ..., newdata = ...).{suggest(lost[0], list(old.data.columns))}"
        )


def _names(formula: BrmsFormula) -> tuple[str, ...]:
    """The variables of a formula, each once."""
    nodes = [formula.response.node, *(a.node for a in formula.response.additions)]
    nodes += [predictor.rhs for predictor in formula.predictors]
    return tuple(dict.fromkeys(name for node in nodes for name in data_variables(node)))


def _priors(old: ModelSpec, given: Any, family: Family) -> PriorSet:
    """What is said now over what the fit had; its default priors stay if nothing is said."""
    stay = given is None and same_family(family, old.family)
    kept = [row for row in old.prior_rows if stay or row.source not in ("default", "earlier")]
    return replace(gather(given), earlier=tuple(map(_as_earlier, kept)))


def _as_earlier(row: PriorRow) -> PriorRow:
    source = "earlier" if row.source == "default" and row.prior else row.source
    # The rule does not tell any more where the numbers come from.
    return replace(row, source=source, computed=None)


def _settings(old: SampleSettings, given: Mapping[str, Any]) -> SampleSettings:
    # Draws that were made elsewhere do not tell how: brms' defaults stand in.
    known = {name: getattr(old, name) for name in _SETTINGS} if old.warmup else {}
    if "iter" in given and "warmup" not in given:
        known.pop("warmup", None)
    return sample_settings(**{**known, **given})


# -- what changed ----------------------------------------------------------------------------


def _changes(
    old: ModelSpec, new: ModelSpec, before: SampleSettings, after: SampleSettings, given: bool
) -> list[str]:
    """A line on each difference; `given` says whether there were new data."""
    found = []
    if str(old.formula) != str(new.formula):
        found.append(f"formula: {_line(old.formula)} -> {_line(new.formula)}")
    if not same_family(old.family, new.family):
        found.append(f"family: {_family_line(old.family)} -> {_family_line(new.family)}")
    shared = [name for name in new.data.columns if name in old.data.columns]
    if given and not old.data[shared].equals(new.data[shared]):
        found.append(f"data: {old.design.n_obs} rows -> {new.design.n_obs} rows")
    levels = {b.group: len(b.levels) for b in old.blocks}
    for group, n in {b.group: len(b.levels) for b in new.blocks}.items():
        if levels.get(group, n) != n:
            found.append(f"levels of {group}: {levels[group]} -> {n}")
    found += _prior_changes(old, new)
    for name in _SETTINGS:
        one, other = getattr(before, name), getattr(after, name)
        if one is not other and one != other:
            found.append(f"setting {name}: {one} -> {other}")
    return found or ["the model, its data and its settings are the same"]


def _line(formula: BrmsFormula) -> str:
    return ", ".join(str(formula).splitlines())


def _family_line(family: Family) -> str:
    return f"{family.name}({stem_links(family).get('mu', '')})"


def _prior_changes(old: ModelSpec, new: ModelSpec) -> list[str]:
    """Rows whose prior is another one, and rows of the user's that are gone."""
    before = {row.key: row for row in old.prior_rows}
    after = {row.key: row for row in new.prior_rows}
    found = []
    for key, row in after.items():
        was = before.get(key)
        if was is not None and (was.prior, was.lb, was.ub) != (row.prior, row.lb, row.ub):
            bounds = (
                f", bounds ({row.lb}, {row.ub})" if (row.lb, row.ub) != (was.lb, was.ub) else ""
            )
            found.append(
                f"prior of {row.describe()}: {was.prior or '(flat)'} -> {row.prior or '(flat)'}"
                f"{bounds}"
            )
    gone = [row for row in old.prior_rows if row.key not in after and row.source == "user"]
    return found + [f"prior of {row.describe()} is gone: {row.prior or '(flat)'}" for row in gone]
