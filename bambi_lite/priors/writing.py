"""Prior files written: rows and rules to TOML, with text that no key can break out of."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..errors import PriorError
from .files import FORMAT
from .rows import COLUMNS, PriorRow
from .rules import Rule, RuleArgument, Statistic
from .scales import number


def to_toml(
    rows: Sequence[PriorRow],
    head: Mapping[str, str],
    *,
    rules: bool = False,
    all: bool = False,
    notes: Iterable[str] = (),
) -> str:
    """A prior table as the text of a prior file.

    Parameters
    ----------
    rows : sequence of PriorRow
        The table.
    head : mapping
        Texts at the head of the file: name, title, why, reference, caveat.
    rules : bool
        Whether rows that a rule gave are written as that rule, to be applied to other data anew;
        otherwise every number is frozen.
    all : bool
        Whether rows that only take a broader row's prior are written too.
    notes : iterable of str
        Comment lines at the head.

    Raises
    ------
    PriorError
        For a row with a PyMC distribution, which is no text.
    """
    lines = [*(f"# {_one_line(note)}" for note in notes), f"format = {FORMAT}"]
    lines += [f"{name} = {_string(text)}" for name, text in head.items() if text]
    blocks = ["\n".join(lines)]
    written: list[Rule] = []
    for row in rows:
        if row.make is not None:
            raise PriorError(
                f"The prior {row.prior} of {row.describe()} is a PyMC distribution made in "
                f"Python; a prior file holds text only."
            )
        narrow = row.coef or row.group
        if narrow and not row.prior and not all:
            continue
        if rules and row.computed is not None:
            if row.computed.rule not in written:
                written.append(row.computed.rule)
                blocks.append(_rule_text(row.computed.rule))
        else:
            blocks.append(_row_text(row))
    return "\n\n".join(blocks) + "\n"


def write_file(path: str | Path, text: str) -> None:
    """Write a prior file; PriorError where that cannot be done."""
    try:
        Path(path).write_text(text, encoding="utf-8")
    except (OSError, UnicodeEncodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise PriorError(f"The prior file '{path}' cannot be written: {reason}.") from error


def _row_text(row: PriorRow) -> str:
    lines = ["[[prior]]"]
    for column in ("class", *(c for c in COLUMNS if c != "class")):
        value = row.cls if column == "class" else getattr(row, column)
        if column in ("lb", "ub") and value:
            lines.append(f"{column} = {_bound(value)}")
        elif value or column in ("class", "prior"):
            lines.append(f"{column} = {_string(value)}")
    return "\n".join(lines)


def _rule_text(rule: Rule) -> str:
    lines = ["[[rule]]", f"class = {_string(rule.cls)}"]
    lines += [f"{column} = {_value(value)}" for column, value in rule.columns.items()]
    lines.append(f"dist = {_string(rule.dist)}")
    lines += [f"{name} = {_value(value)}" for name, value in rule.args.items()]
    lines += [f"{k} = {_string(v)}" for k, v in (("tag", rule.tag), ("why", rule.why)) if v]
    return "\n".join(lines)


def _value(value: RuleArgument | tuple[str, ...]) -> str:
    if isinstance(value, Statistic):
        names = ("stat", "over", "times", "at_least", "at_most")
        parts = {name: getattr(value, name) for name in names}
        empty = {"stat": "", "over": "", "times": 1.0, "at_least": None, "at_most": None}
        given = [f"{k} = {_value(v)}" for k, v in parts.items() if v != empty[k]]
        return f"{{ {', '.join(given)} }}"
    if isinstance(value, tuple):
        return f"[{', '.join(_value(v) for v in value)}]"
    if isinstance(value, str):
        return _string(value)
    return _number(value)


def _number(value: float) -> str:
    """A number that reads back to the same double."""
    return repr(int(value)) if value == int(value) and abs(value) < 1e15 else repr(float(value))


def _bound(text: str) -> str:
    """A bound as a number where that says the same."""
    try:
        value = float(text)
    except ValueError:
        return _string(text)
    return _number(value) if number(value) == text else _string(text)


def _string(text: Any) -> str:
    """A basic string of TOML; JSON escapes the same signs in the same way, save DEL."""
    return json.dumps(str(text), ensure_ascii=False).replace("\x7f", "\\u007f")


def _one_line(text: str) -> str:
    return " ".join(text.split())
