"""Prior files: TOML to rows and rules. A file is data; reading it runs nothing and opens nothing.

    format = 1                         # of this description
    name, title, why, reference        # for a reader
    unmatched = "error" | "ignore"     # what an entry that is about nothing in a model is
    [for]                              # which models it is for: family, link of mu
    [[prior]]                          # a row of a prior table: class, coef, ..., prior = "normal(0, 5)"
    [[rule]]                           # a rule: class, dpar, ..., dist = "normal", mu = 0, sigma = ...

priors/README.md describes the format in full.
"""  # noqa: E501  the lines of the format stay whole

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ..dists import ALIASES, VOCABULARY, Dist
from ..errors import PriorError, listing, suggest
from ..params import ParamKey, Shrinkage
from ..shelf import shelf
from .keys import general_key
from .rows import COLUMNS, PriorRow
from .rules import RULE_COLUMNS, Rule, RuleArgument, Statistic
from .scales import STATISTICS, ScaleFacts, number
from .text import DATA_NUMBERS, parse_prior

#: The format that this version reads and writes.
FORMAT = 1
#: A prior file of this many bytes is none: 20,000 coefficients need a tenth of it.
_LARGEST = 20_000_000
_TEXTS = ("name", "title", "why", "reference", "caveat")
_TOP = ("format", *_TEXTS, "unmatched", "for", "prior", "rule")
_ROW = (*COLUMNS, "why")
_RULE = ("class", *RULE_COLUMNS, "dist", "tag", "why")
_NUMBER = ("stat", "over", "times", "at_least", "at_most")
_SOURCES = re.compile(r"default|user|set:[\w.-]+")


@dataclass(frozen=True, slots=True)
class PriorFile:
    """What a prior file says.

    Attributes
    ----------
    label : str
        What messages call it: ``set:rstanarm``, or its path.
    name, title, why, reference, caveat : str
        For a reader.
    ignore : bool
        Whether entries that are about nothing in a model are passed over; else each is an error.
    needs : mapping
        Families and links of mu that it is for; empty for any.
    rules : tuple of Rule
        Rules.
    rows : tuple of PriorRow
        Rows, which go over the rules.
    """

    label: str
    name: str = ""
    title: str = ""
    why: str = ""
    reference: str = ""
    caveat: str = ""
    ignore: bool = False
    needs: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    rules: tuple[Rule, ...] = ()
    rows: tuple[PriorRow, ...] = ()


# -- where files are -------------------------------------------------------------------------


def prior_sets() -> tuple[str, ...]:
    """Names of the prior sets that come with the package.

    Examples
    --------
    >>> "rstanarm" in prior_sets()
    True
    """
    folder = shelf("priors") / "sets"
    return tuple(sorted(e.name[:-5] for e in folder.iterdir() if e.name.endswith(".toml")))


@cache
def read_set(name: str) -> PriorFile:
    """The prior set of that name.

    Raises
    ------
    PriorError
        If there is none, with the nearest one that is.
    """
    known = prior_sets()
    if name not in known:
        raise PriorError(
            f"There is no prior set '{name}'. Prior sets: {listing(known)}.{suggest(name, known)}"
        )
    text = (shelf("priors") / "sets" / f"{name}.toml").read_text(encoding="utf-8")
    return read_text(text, f"set:{name}")


def read_file(path: str | Path) -> PriorFile:
    """A prior file of the user's own.

    Parameters
    ----------
    path : str or Path
        Where it is.

    Raises
    ------
    PriorError
        When it is not there, is no file, is not UTF-8, is not TOML, or does not say priors; the
        message names the entry.
    """
    place = Path(path)
    label = str(path)
    if place.is_dir():
        raise PriorError(f"'{label}' is a directory, not a prior file.")
    if not place.exists():
        raise PriorError(
            f"There is no prior file '{label}'. A prior set that comes with bambi_lite is called "
            f"'set:NAME': {listing(prior_sets())}."
        )
    if not place.is_file():
        raise PriorError(f"'{label}' is not a regular file.")
    if place.stat().st_size > _LARGEST:
        raise PriorError(
            f"'{label}' has {place.stat().st_size:,} bytes; a prior file has at most {_LARGEST:,}."
        )
    try:
        data = place.read_bytes()
    except OSError as error:
        raise PriorError(f"'{label}' cannot be read: {error.strerror}.") from error
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise PriorError(
            f"'{label}' is not UTF-8 text (byte {error.start}); TOML files are."
        ) from error
    return read_text(text, label)


# -- reading ---------------------------------------------------------------------------------


def read_text(text: str, label: str) -> PriorFile:
    """A prior file from its text; see :func:`read_file` for what is raised."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PriorError(f"'{label}' is not TOML: {error}.") from error
    except RecursionError:
        raise PriorError(f"'{label}' is not read: its values are nested too deeply.") from None
    _check_format(data, label)
    _known(data, _TOP, f"'{label}'")
    texts = {name: _text(data, name, f"'{label}'") for name in _TEXTS}
    unmatched = data.get("unmatched", "error")
    if unmatched not in ("error", "ignore"):
        raise PriorError(f"'{label}': unmatched is 'error' or 'ignore', not {unmatched!r}.")
    return PriorFile(
        label,
        **texts,
        ignore=unmatched == "ignore",
        needs=_needs(data, label),
        rules=tuple(r for entry in _entries(data, "rule", label) for r in _rules(*entry)),
        rows=tuple(_row(*entry) for entry in _entries(data, "prior", label)),
    )


def _check_format(data: Mapping[str, Any], label: str) -> None:
    found = data.get("format")
    if found is None:
        raise PriorError(
            f"'{label}' does not say its format. A prior file begins with 'format = {FORMAT}'."
        )
    if found != FORMAT or isinstance(found, bool):
        raise PriorError(
            f"'{label}' has format {found!r}; this version of bambi_lite reads format {FORMAT}."
        )


def _entries(
    data: Mapping[str, Any], kind: str, label: str
) -> Iterable[tuple[Mapping[str, Any], str]]:
    found = data.get(kind, [])
    if not isinstance(found, list) or not all(isinstance(e, dict) for e in found):
        raise PriorError(f"'{label}': {kind} is a list of tables, each headed [[{kind}]].")
    return ((entry, f"'{label}', [[{kind}]] number {i}") for i, entry in enumerate(found, start=1))


def _known(entry: Mapping[str, Any], valid: Sequence[str], where: str) -> None:
    for key in entry:
        if key not in valid:
            raise PriorError(
                f"{where} has an unknown key '{key}'. Keys: {listing(valid, 20)}."
                f"{suggest(key, valid)}"
            )


def _text(entry: Mapping[str, Any], key: str, where: str) -> str:
    value = entry.get(key, "")
    if not isinstance(value, str):
        raise PriorError(f"{where}: {key} is text, not {value!r}.")
    return value


def _needs(data: Mapping[str, Any], label: str) -> Mapping[str, tuple[str, ...]]:
    needs = data.get("for", {})
    where = f"'{label}', [for]"
    if not isinstance(needs, dict):
        raise PriorError(f"{where} is a table with family and link, not {needs!r}.")
    _known(needs, ("family", "link"), where)
    return MappingProxyType({key: _several(needs, key, where) for key in needs})


def _several(entry: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
    value = entry[key]
    values = value if isinstance(value, list) else [value]
    if not values or not all(isinstance(v, str) for v in values):
        raise PriorError(f"{where}: {key} is text or a list of texts, not {value!r}.")
    return tuple(values)


def _class(entry: Mapping[str, Any], where: str) -> str:
    cls = _text(entry, "class", where)
    if not cls:
        raise PriorError(f"{where} does not say its class, such as class = 'b'.")
    return cls


def _row(entry: Mapping[str, Any], where: str) -> PriorRow:
    if "dist" in entry:
        raise PriorError(
            f"{where} has a dist: a row says prior = 'normal(0, 5)'. Rules, which have a dist "
            f"and its arguments, stand under [[rule]]."
        )
    _known(entry, _ROW, where)
    if "prior" not in entry:
        raise PriorError(f"{where} does not say its prior, such as prior = 'normal(0, 5)'.")
    names = ("coef", "group", "resp", "dpar", "nlpar", "prior", "tag")
    coef, group, resp, dpar, nlpar, text, tag = (_text(entry, c, where) for c in names)
    source = _text(entry, "source", where) or "user"
    if not _SOURCES.fullmatch(source):
        raise PriorError(f"{where}: source is 'default', 'user' or 'set:NAME', not {source!r}.")
    parsed = _parse(text, where)
    row = PriorRow(
        text,
        _class(entry, where),
        coef,
        group,
        resp,
        "" if dpar == "mu" else dpar,
        nlpar,
        lb=_bound(entry, "lb", where),
        ub=_bound(entry, "ub", where),
        source=source,
        tag=tag,
    )
    if row.key != general_key(row.key) and (row.lb or row.ub):
        raise PriorError(f"{where} has bounds. Bounds belong to a whole class: leave out coef.")
    if isinstance(parsed, Shrinkage) and (row.lb or row.ub):
        raise PriorError(f"{where} has bounds; '{parsed.name}' takes none.")
    return row


def _bound(entry: Mapping[str, Any], key: str, where: str) -> str:
    value = entry.get(key, "")
    if value in ("", "Inf", "-Inf", *DATA_NUMBERS):
        return str(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        raise PriorError(f"{where}: {key} is a number, not {value!r}.")
    return number(float(value))


def _rules(entry: Mapping[str, Any], where: str) -> Iterable[Rule]:
    """The rule of an entry, once for each class that it names."""
    if "class" not in entry:
        return [_rule(entry, "", where)]
    return [_rule(entry, cls, where) for cls in _several(entry, "class", where)]


def _rule(entry: Mapping[str, Any], cls: str, where: str) -> Rule:
    dist = entry.get("dist")
    if not isinstance(dist, str):
        raise PriorError(
            f"{where} does not say its dist, such as dist = 'normal' (or dist = '' for flat)."
        )
    word = VOCABULARY.get(ALIASES.get(dist, dist))
    if dist and (word is None or not word.prior):
        known = [w.name for w in VOCABULARY.values() if w.prior] + list(ALIASES)
        raise PriorError(
            f"{where}: unknown distribution '{dist}'. Available distributions: "
            f"{listing(sorted(known), 40)}.{suggest(dist, known)}"
        )
    names = () if word is None else word.args
    _known(entry, (*_RULE, *names), where)
    missing = [name for name in names if name not in entry]
    if missing:
        raise PriorError(f"{where}: '{dist}' needs {listing(names)}; missing: {listing(missing)}.")
    columns = {c: _several(entry, c, where) for c in RULE_COLUMNS if c in entry}
    if not cls:
        raise PriorError(f"{where} does not say its class, such as class = 'b'.")
    rule = Rule(
        cls,
        MappingProxyType({c: v[0] if len(v) == 1 else v for c, v in columns.items()}),
        dist,
        MappingProxyType({name: _argument(entry[name], name, where) for name in names}),
        tag=_text(entry, "tag", where),
        why=_text(entry, "why", where),
    )
    if not rule.statistics:
        _parse(rule.text(ScaleFacts(0.0, 1.0), ParamKey(rule.cls)), where)
    return rule


def _parse(text: str, where: str) -> Dist | Shrinkage | None:
    """A prior text read; the message of what is wrong with it names the entry."""
    try:
        return parse_prior(text)
    except PriorError as error:
        raise PriorError(f"{where}: {error}") from error


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _argument(value: Any, name: str, where: str) -> RuleArgument:
    if isinstance(value, str):
        # A number as brms prints it, such as "5.0", or one that the data give.
        if value in DATA_NUMBERS or re.fullmatch(r"-?\d+(\.\d+)?", value):
            return value
    elif isinstance(value, dict):
        return _statistic(value, name, where)
    elif isinstance(value, list) and value and all(map(_is_number, value)):
        return tuple(float(v) for v in value)
    elif _is_number(value):
        return float(value)
    raise PriorError(
        f"{where}: '{name}' is a number, a list of numbers or a table with a statistic such as "
        f"{{ stat = 'response_scale', at_least = 2.5 }}, not {value!r}."
    )


def _statistic(value: Mapping[str, Any], name: str, where: str) -> Statistic:
    _known(value, _NUMBER, f"{where}: '{name}'")
    for key in ("stat", "over"):
        if key in value and value[key] not in STATISTICS:
            raise PriorError(
                f"{where}: '{name}' names the statistic {value[key]!r}. Statistics: "
                f"{listing(STATISTICS)}.{suggest(str(value[key]), STATISTICS)}"
            )
    for key in ("times", "at_least", "at_most"):
        if key in value and not _is_number(value[key]):
            raise PriorError(f"{where}: {key} of '{name}' is a number, not {value[key]!r}.")
    if "stat" not in value and "over" not in value:
        raise PriorError(f"{where}: '{name}' names no statistic; a plain number needs no table.")
    return Statistic(**value)
