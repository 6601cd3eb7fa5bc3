"""What a user may say as a prior: ``bl.prior(...)``, sums and lists, tables, files, sets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from numbers import Real
from pathlib import Path
from typing import Any

import pandas as pd

from ..errors import PriorError, listing, suggest
from ..params import ParamKey, Shrinkage
from .files import PriorFile, prior_sets, read_file, read_set
from .keys import general_key, is_correlation, used_class
from .rows import COLUMNS, PriorRow
from .scales import number
from .text import DATA_NUMBERS, parse_prior, pymc_text


@dataclass(frozen=True, slots=True)
class PriorSet:
    """What a user says about priors: single rows over whole files.

    Sums are of what may be said: ``"set:rstanarm" + bl.prior("normal(0, 1)", coef="Days")``.

    Attributes
    ----------
    rows : tuple of PriorRow
        Single rows.
    files : tuple of PriorFile
        Prior sets and files, a later one over an earlier one, and the rows over all.
    earlier : tuple of PriorRow
        Rows of an earlier fit, below all of these; one whose parameter the model does not have is
        passed over.
    """

    rows: tuple[PriorRow, ...] = ()
    files: tuple[PriorFile, ...] = ()
    earlier: tuple[PriorRow, ...] = ()

    def __add__(self, other: Any) -> PriorSet:
        more = gather(other)
        earlier = self.earlier + more.earlier
        return PriorSet(self.rows + more.rows, self.files + more.files, earlier)

    def __radd__(self, other: Any) -> PriorSet:
        # sum() starts from 0.
        return self if other == 0 else gather(other) + self

    def __str__(self) -> str:
        files = [
            f"{file.label}  ({len(file.rules)} rules, {len(file.rows)} rows)" for file in self.files
        ]
        rows = [f"{row.prior or '(flat)'}  ({row.describe()})" for row in self.rows]
        return "\n".join([*files, *rows])


def prior(
    prior: str | Callable[..., Any],
    class_: str = "b",
    coef: str = "",
    group: str = "",
    resp: str = "",
    dpar: str = "",
    nlpar: str = "",
    lb: float | None = None,
    ub: float | None = None,
    tag: str = "",
) -> PriorSet:
    """Say a prior, as brms' ``prior()`` and ``set_prior()`` do.

    Parameters
    ----------
    prior : str or callable
        Distribution in Stan's names, for example ``"normal(0, 10)"``; empty for flat. Or any
        distribution of PyMC: a function that takes ``shape`` and returns one that has no name yet,
        for example ``lambda shape: pm.AsymmetricLaplace.dist(1, 1, 0, shape=shape)`` or
        ``functools.partial(pm.Moyal.dist, 0, 1)``.
    class_ : str
        Parameter class: ``b``, ``Intercept``, ``sd``, ``cor``, ``sigma``, ...
    coef, group, resp, dpar, nlpar : str
        Narrow it to a coefficient, a grouping factor, a response, a distributional or a
        non-linear parameter.
    lb, ub : float, optional
        Bounds of the parameter (of a whole class, not of single coefficients); the distribution
        is cut there and renormalised.
    tag : str
        A word of your own; ``fit.sensitivity(prior=tag)`` asks about the priors that have it.

    Returns
    -------
    PriorSet
        One row; add them with ``+`` or give a list of them.

    Raises
    ------
    PriorError
        When the text cannot be read, or the bounds are impossible.

    Examples
    --------
    >>> print(prior("normal(0, 10)", class_="b", coef="Days"))
    normal(0, 10)  (class = 'b', coef = 'Days')

    Notes
    -----
    Columns and their meaning are those of brms 2.23. The posterior under ``horseshoe()`` and
    ``R2D2()`` has narrow places: sample it with an ``adapt_delta`` of 0.95 or more.
    """
    make = prior if callable(prior) else None
    if make is not None:
        _check_maker(make)
    text = pymc_text(make) if make is not None else prior
    if not isinstance(text, str):
        raise PriorError(
            f"A prior is written as text such as 'normal(0, 5)', not as {type(text).__name__}."
        )
    columns = {"class_": class_, "coef": coef, "group": group, "resp": resp}
    columns |= {"dpar": dpar, "nlpar": nlpar, "tag": tag}
    for name, value in columns.items():
        if not isinstance(value, str):
            raise PriorError(f"Prior '{text}': {name} is a name, not {value!r}.")
    if not class_:
        raise PriorError(f"Prior '{text}': class_ is empty; it is 'b' for coefficients.")
    parsed = None if make is not None else parse_prior(text)
    _check_bounds(text, lb, ub, columns, isinstance(parsed, Shrinkage))
    row = PriorRow(
        text.strip(),
        used_class(class_),
        coef,
        group,
        resp,
        "" if dpar == "mu" else dpar,
        nlpar,
        lb="" if lb is None else number(lb),
        ub="" if ub is None else number(ub),
        source="user",
        tag=tag,
        make=make,
    )
    return PriorSet((row,))


def _check_maker(make: Callable[..., Any]) -> None:
    """PriorError unless the function gives a PyMC distribution of a shape."""
    wanted = "a function that takes shape and returns pm.X.dist(..., shape=shape)"
    try:
        found = make(shape=())
    except Exception as error:
        raise PriorError(
            f"The prior {pymc_text(make)} raised {type(error).__name__}: {error}. It has to be "
            f"{wanted}."
        ) from error
    if getattr(found, "owner", None) is None:
        raise PriorError(
            f"The prior {pymc_text(make)} gave {type(found).__name__}, not a PyMC distribution. "
            f"It has to be {wanted}."
        )


def _check_bounds(text: str, lb: Any, ub: Any, columns: Mapping[str, str], shrinkage: bool) -> None:
    """PriorError for bounds that cannot be."""
    for name, bound in (("lb", lb), ("ub", ub)):
        if bound is not None and (isinstance(bound, bool) or not isinstance(bound, Real)):
            raise PriorError(f"Prior '{text}': {name} is a number or None, not {bound!r}.")
    narrow = "coef" if columns["coef"] else "group" if columns["group"] else ""
    if shrinkage and narrow:
        raise PriorError(
            f"Prior '{text}' is one over a whole class: leave out {narrow} = '{columns[narrow]}'."
        )
    if lb is None and ub is None:
        return
    if lb is not None and ub is not None and not lb < ub:
        raise PriorError(f"Prior '{text}': the lower bound {lb:g} is not below the upper {ub:g}.")
    key = ParamKey(columns["class_"], columns["coef"], columns["group"])
    if narrow and key != general_key(key):
        raise PriorError(
            f"Prior '{text}' for {narrow} '{columns[narrow]}' has bounds. Bounds belong to a whole "
            f"class: leave out {narrow}."
        )
    if is_correlation(used_class(columns["class_"])):
        raise PriorError(f"Prior '{text}': correlations have no bounds to set.")
    if shrinkage:
        raise PriorError(f"Prior '{text}' takes no bounds.")


# -- everything else that a user may pass ----------------------------------------------------


def gather(priors: Any) -> PriorSet:
    """Whatever a user may pass as ``prior=``, as rows and files.

    Parameters
    ----------
    priors : None, PriorSet, str, Path, DataFrame, mapping, or a list of these
        Text is ``"set:NAME"`` or the path of a TOML file. A DataFrame has brms' columns, of which
        ``class`` and ``prior`` are needed. A mapping is one row by its columns, or class to prior
        text: ``{"b": "normal(0, 5)", "sd": "exponential(1)"}``.

    Returns
    -------
    PriorSet

    Raises
    ------
    PriorError
        For anything else.
    """
    if priors is None:
        return PriorSet()
    if isinstance(priors, PriorSet):
        return priors
    if isinstance(priors, str | Path):
        return _named(priors)
    if isinstance(priors, pd.DataFrame):
        return PriorSet(_rows_of_frame(priors))
    if isinstance(priors, Mapping):
        return _of_mapping(priors)
    if isinstance(priors, list | tuple):
        total = PriorSet()
        for item in priors:
            total = total + item
        return total
    raise PriorError(
        f"prior has to be bl.prior(...), a list of them, a prior table, 'set:NAME' or the path of "
        f"a TOML file, not {type(priors).__name__}."
    )


def user_rows(priors: Any) -> tuple[PriorRow, ...]:
    """The single rows of whatever a user may pass as ``prior=``; see :func:`gather`."""
    return gather(priors).rows


def _named(name: str | Path) -> PriorSet:
    if isinstance(name, str):
        if name.startswith("set:"):
            return PriorSet(files=(read_set(name.removeprefix("set:")),))
        if "(" in name and not name.endswith(".toml"):
            raise PriorError(
                f"prior = '{name}' does not say which parameters it is for. Say "
                f"bl.prior('{name}', class_='b'), with coef= for a single coefficient."
            )
        if name in prior_sets():
            raise PriorError(
                f"prior = '{name}' would be a file of that name. The prior set is called "
                f"'set:{name}'."
            )
    return PriorSet(files=(read_file(name),))


def _of_mapping(priors: Mapping[Any, Any]) -> PriorSet:
    for key in priors:
        if not isinstance(key, str):
            raise PriorError(f"A prior mapping has names as its keys, not {key!r}.")
    if "prior" in priors:
        entry = {"class" if k == "class_" else k: v for k, v in priors.items()}
        unknown = [k for k in entry if k not in COLUMNS]
        if unknown:
            raise PriorError(
                f"A prior has the columns {listing(COLUMNS)}; unknown: {listing(unknown)}."
                f"{suggest(unknown[0], COLUMNS)}"
            )
        entry.pop("source", None)
        return prior(class_=entry.pop("class", "b"), **entry)
    total = PriorSet()
    for cls, text in priors.items():
        total = total + prior(text, class_=cls)
    return total


def _rows_of_frame(frame: pd.DataFrame) -> tuple[PriorRow, ...]:
    unknown = [str(c) for c in frame.columns if c not in COLUMNS]
    missing = [c for c in ("prior", "class") if c not in frame.columns]
    if unknown or missing:
        raise PriorError(
            f"A prior table has the columns {listing(COLUMNS)}; "
            f"{'missing' if missing else 'unknown'}: {listing(missing or unknown)}."
        )
    rows: list[PriorRow] = []
    for record in frame.to_dict("records"):
        named = {c: _cell(record.get(c, "")) for c in COLUMNS}
        source = named["source"] or "user"
        lb, ub = named["lb"], named["ub"]
        (row,) = prior(
            named["prior"],
            named["class"],
            **{c: named[c] for c in ("coef", "group", "resp", "dpar", "nlpar", "tag")},
            lb=_bound_of(lb, named["prior"], "lb"),
            ub=_bound_of(ub, named["prior"], "ub"),
        ).rows
        # A bound that the data give (min_Y) is a name; the source is what the table says.
        row = replace(row, source=source, lb=lb if _is_name(lb) else row.lb)
        rows.append(replace(row, ub=ub if _is_name(ub) else row.ub))
    return tuple(rows)


def _cell(value: Any) -> str:
    return "" if value is None or (isinstance(value, float) and value != value) else str(value)


def _is_name(bound: str) -> bool:
    return bound in ("Inf", "-Inf", *DATA_NUMBERS)


def _bound_of(text: str, prior: str, name: str) -> float | None:
    if text == "" or _is_name(text):
        return None
    try:
        return float(text)
    except ValueError:
        raise PriorError(f"Prior '{prior}': {name} is a number or None, not {text!r}.") from None
