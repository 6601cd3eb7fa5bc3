"""How prior rows find parameters: the user's over sets over defaults, the narrowest row first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from ..dists import VOCABULARY, Dist, prior_dist
from ..errors import PriorError, listing, suggest
from ..params import Param, ParamKey, Prior, Shrinkage
from .defaults import rule_rows
from .files import PriorFile
from .keys import brms_class, describe_key, general_key, row_keys
from .rows import PriorRow, as_used, deciding_row, sort_rows
from .rules import Target
from .say import gather
from .text import parse_prior

#: What each kind of parameter can have a distribution of.
_OVER = {"cholesky_corr": "correlations", "simplex": "proportions"}


def prior_table(
    defaults: Sequence[PriorRow], targets: Sequence[Target], priors: Any = None
) -> tuple[PriorRow, ...]:
    """The table that a model uses: single rows over files and sets over defaults.

    Parameters
    ----------
    defaults : sequence of PriorRow
        The default table.
    targets : sequence of Target
        The model: one for each response, and one for what several of them share.
    priors : PriorSet, list, DataFrame, str, ...
        What the user said; see :func:`bambi_lite.priors.gather`.

    Returns
    -------
    tuple of PriorRow
        In the order of brms' ``prior_summary()``.

    Raises
    ------
    PriorError
        When a row matches no parameter (with the nearest rows that would), two rows of one level
        have the same key, or a set is not for this model.
    """
    said = gather(priors)
    table = {row.key: row for row in map(as_used, defaults)}
    blank = dict(table)
    again = {as_used(row).key for row in said.rows}
    earlier = [row for row in map(as_used, said.earlier) if row.key in table.keys() - again]
    if said.files:  # what is said now is over it
        table, earlier = _put(table, blank, earlier), []
    for file in said.files:
        _check_meant(file, targets)
        ruled = [row for t in targets for row in rule_rows(file.rules, t, _source(file))]
        rows = [as_used(row) for row in file.rows]
        matched = [row for row in rows if row.key in table or not file.ignore]
        if not file.ignore:
            _check_rules_used(file, ruled, table)
        # A set may have nothing to change; one of other classes altogether is a mistake.
        if not ruled and not matched and not {brms_class(k.cls) for k in table} & _classes(file):
            raise PriorError(
                f"'{file.label}' says nothing about a parameter of this model. Its classes: "
                f"{listing(sorted(_classes(file)))}; classes "
                f"of the model: {listing(dict.fromkeys(brms_class(k.cls) for k in table))}."
            )
        for level in (ruled, matched):
            table = _put(table, blank, level)
    table = _put(table, blank, (*earlier, *said.rows))
    return sort_rows(table.values(), table="resolved")


def merge(defaults: Sequence[PriorRow], user: Sequence[PriorRow]) -> tuple[PriorRow, ...]:
    """Put the user's rows in the place of the defaults they name; see :func:`prior_table`."""
    table = {row.key: row for row in map(as_used, defaults)}
    return sort_rows(_put(table, dict(table), user).values(), table="resolved")


def _classes(file: PriorFile) -> set[str]:
    return {brms_class(cls) for cls in (*(r.cls for r in file.rules), *(r.cls for r in file.rows))}


def _source(file: PriorFile) -> str:
    return file.label if file.label.startswith("set:") else "user"


def _put(
    table: Mapping[ParamKey, PriorRow],
    blank: Mapping[ParamKey, PriorRow],
    rows: Sequence[PriorRow],
) -> dict[ParamKey, PriorRow]:
    """A level of rows over a table; `blank` is the table of the defaults."""
    found = dict(table)
    seen: set[ParamKey] = set()
    for given in rows:
        row = as_used(given)
        if row.key not in found:
            raise PriorError(_no_match(row, list(found)))
        if row.key in seen:
            raise PriorError(f"Two priors are given for {row.describe()}; keep one of them.")
        seen.add(row.key)
        default = blank[row.key]
        row = replace(row, lb=row.lb or default.lb, ub=row.ub or default.ub)
        if row.source in ("default", "earlier"):
            # A default row that was left as it is stays the default; an edited one is the user's.
            if (row.prior, row.lb, row.ub, row.tag) == _said(default):
                row = default
            elif row.source == "default":
                row = replace(row, source="user")
        found[row.key] = row
    # A row of this level is over the narrower rows that sets and files gave.
    for key, row in found.items():
        broader = [k for k in row_keys(key)[1:] if k in seen]
        if broader and key not in seen and row != blank[key]:
            found[key] = blank[key]
    return found


def _said(row: PriorRow) -> tuple[str, str, str, str]:
    return row.prior, row.lb, row.ub, row.tag


# -- what does not match ---------------------------------------------------------------------


def _check_meant(file: PriorFile, targets: Sequence[Target]) -> None:
    for target in targets:
        # The main parameters come first: mu, or those of the categories.
        link = next(iter(target.links.values()), "")
        found = {"family": target.family, "link": link}
        for name, valid in file.needs.items():
            # What several responses share has no family.
            if target.family and found[name] not in valid:
                raise PriorError(
                    f"'{file.label}' is for models with {name} {listing(valid)}; this model has "
                    f"{name} '{found[name]}'."
                )


def _check_rules_used(
    file: PriorFile, ruled: Sequence[PriorRow], table: Mapping[ParamKey, PriorRow]
) -> None:
    used = [row.computed.rule for row in ruled if row.computed is not None]
    for i, rule in enumerate(file.rules, start=1):
        if rule not in used:
            classes = dict.fromkeys(brms_class(key.cls) for key in table)
            raise PriorError(
                f"'{file.label}': rule number {i} (class '{rule.cls}') matches no parameter of "
                f"this model, or another rule of the file is narrower everywhere. Classes of this "
                f"model: {listing(classes)}.{suggest(rule.cls, classes)} With unmatched = 'ignore' "
                f"such rules are passed over."
            )


def _no_match(row: PriorRow, keys: Sequence[ParamKey]) -> str:
    """The message for a row that is about nothing in the model."""
    shown = [replace(key, cls=brms_class(key.cls)) for key in keys]
    wanted = replace(row.key, cls=brms_class(row.cls))
    classes = list(dict.fromkeys(key.cls for key in shown))
    start = f"The prior '{row.prior}' matches no parameter: {describe_key(wanted)}."
    if wanted.cls not in classes:
        return f"{start} Classes of this model: {listing(classes)}.{suggest(wanted.cls, classes)}"
    rows = [describe_key(key) for key in shown if key.cls == wanted.cls]
    near = suggest(describe_key(wanted), rows).replace("'", "", 1).replace("'?", "?")
    coefs = [key.coef for key in shown if key.cls == wanted.cls and key.coef]
    hint = suggest(wanted.coef, coefs) if wanted.coef and wanted.coef not in coefs else near
    body = "".join(f"\n  {text}" for text in rows[:12])
    more = f"\n  and {len(rows) - 12} more" if len(rows) > 12 else ""
    return f"{start}{hint}\nRows of that class:{body}{more}"


# -- the prior of each parameter -------------------------------------------------------------


def assign(
    params: Sequence[Param],
    rows: Sequence[PriorRow],
    numbers: Mapping[str, float] = MappingProxyType({}),
) -> dict[str, tuple[Prior, ...]]:
    """The prior of every element of every parameter: the narrowest row that says something.

    Parameters
    ----------
    params : sequence of Param
        The unknowns.
    rows : sequence of PriorRow
        A merged table.
    numbers : mapping
        What the names in it stand for, for example ``min_Y``.

    Returns
    -------
    dict
        For each parameter's name, one Prior per element (one for a scalar or a matrix).

    Raises
    ------
    PriorError
        For a distribution that the parameter cannot have: one of correlations for a number, bounds
        outside its own, bounds that leave nothing of the distribution.
    """
    table = {row.key: row for row in rows}

    def lookup(param: Param, key: ParamKey) -> Prior:
        general, row = table[general_key(key)], deciding_row(key, table)
        said = _with_numbers(row, numbers)
        if said is None and param.kind == "simplex":
            said = prior_dist("dirichlet", (1.0,), "")  # flat over proportions
        prior = Prior(
            None if isinstance(said, Shrinkage) else said,
            _number(general.lb, numbers),
            _number(general.ub, numbers),
            row.tag,
            said if isinstance(said, Shrinkage) else None,
        )
        if row.source != "default" or general.source != "default":
            _check_fits(param, key, row, prior, numbers)
        return prior

    return {
        param.name: tuple(lookup(param, key) for key in (param.elements or (param.key,)))
        for param in params
        if param.kind != "given"
    }


def _number(text: str, numbers: Mapping[str, float]) -> float | None:
    """A bound as a number; None where there is none."""
    if text in ("", "Inf", "-Inf"):
        return None
    return float(numbers.get(text, text))


def _with_numbers(row: PriorRow, numbers: Mapping[str, float]) -> Dist | Shrinkage | None:
    """The distribution of a row, with the numbers of the data in the place of their names."""
    if row.make is not None:
        return Dist("pymc", {"make": row.make})
    dist = parse_prior(row.prior)
    if not isinstance(dist, Dist) or not any(isinstance(v, str) for v in dist.args.values()):
        return dist
    values = [numbers[v] if isinstance(v, str) else v for v in dist.args.values()]
    return prior_dist(dist.name, values, row.prior)


def _check_fits(
    param: Param, key: ParamKey, row: PriorRow, prior: Prior, numbers: Mapping[str, float]
) -> None:
    """PriorError unless the parameter can have that prior."""
    where = f"The prior '{row.prior}' of {describe_key(replace(key, cls=brms_class(key.cls)))}"
    _check_bounds(param, prior, where, numbers)
    wanted = _OVER.get(param.kind, "numbers")
    if prior.shrinkage is not None:
        if wanted != "numbers":
            raise PriorError(f"{where} is for numbers, and this is a parameter of {wanted}.")
        return
    if prior.dist is None:
        return
    over = VOCABULARY[prior.dist.name].over
    if over != wanted:
        raise PriorError(
            f"{where} is a distribution of {over}, and this is a parameter of {wanted}"
            f"{'' if wanted == 'numbers' else _EXAMPLES[wanted]}."
        )
    if over == "proportions":
        alpha = prior.dist.args["alpha"]
        if len(alpha) not in (1, param.shape[-1]):
            raise PriorError(
                f"{where} has {len(alpha)} numbers, and the parameter has {param.shape[-1]} "
                f"proportions."
            )
    law = prior.law if over == "numbers" else None
    if law is not None and law.log_mass() == float("-inf"):
        raise PriorError(
            f"{where} has no probability between its bounds "
            f"({_shown(prior.lb, '-Inf')}, {_shown(prior.ub, 'Inf')})."
        )


_EXAMPLES = {"correlations": ", such as lkj(2)", "proportions": ", such as dirichlet(1)"}


def _check_bounds(param: Param, prior: Prior, where: str, numbers: Mapping[str, float]) -> None:
    """PriorError for bounds wider than what the parameter can be."""
    own = [numbers.get(b) if isinstance(b, str) else b for b in (param.lower, param.upper)]
    low, high = own
    if low is not None and prior.lb is not None and prior.lb < low:
        raise PriorError(f"{where} has the lower bound {prior.lb:g}; it cannot be below {low:g}.")
    if high is not None and prior.ub is not None and prior.ub > high:
        raise PriorError(f"{where} has the upper bound {prior.ub:g}; it cannot be above {high:g}.")
    if prior.lb is not None and prior.ub is not None and not prior.lb < prior.ub:
        raise PriorError(
            f"{where} has the bounds {prior.lb:g} and {prior.ub:g}: nothing is between."
        )


def _shown(bound: float | None, infinite: str) -> str:
    return infinite if bound is None else f"{bound:g}"
