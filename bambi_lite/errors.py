"""What can go wrong, said so that it can be mended: what, where, what would be valid."""

from __future__ import annotations

import difflib
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any


class BambiLiteError(ValueError):
    """Base of every error that bambi_lite raises about its input."""


class FormulaError(BambiLiteError):
    """A formula that cannot mean anything; built by :func:`formula_error`, it marks the place."""


class DataError(BambiLiteError):
    """Data that do not fit the formula or the family."""


class PriorError(BambiLiteError):
    """A prior that cannot be read, or that belongs to no parameter of the model."""


class FamilyError(BambiLiteError):
    """An unknown family, link or distributional parameter."""


class SamplingError(BambiLiteError):
    """Settings the sampler cannot run with, or a run that gave no draws."""


class KeepingError(BambiLiteError):
    """A file of a fit that cannot be written, or that cannot be read as one."""


class BambiLiteWarning(UserWarning):
    """Base of every warning of bambi_lite: the model runs, and something about it wants a look."""


class DataWarning(BambiLiteWarning):
    """Rows were dropped, or the data cannot tell a parameter."""


class ConvergenceWarning(BambiLiteWarning):
    """The draws may not represent the posterior."""


class ComparisonWarning(BambiLiteWarning):
    """A comparison of models that may be off, and what would make it better."""


class KeepingWarning(BambiLiteWarning):
    """A kept fit is not that of the model asked for; what differs, and what was done."""


def warn(message: str, category: type[BambiLiteWarning]) -> None:
    """Warn at the line of the user's own code that led here."""
    # The package itself and the libraries that call back into it are not where to look.
    warnings.warn(message, category, skip_file_prefixes=(str(Path(__file__).parent),))


def suggest(name: str, valid: Iterable[str]) -> str:
    """The sentence ``Did you mean 'x'?`` for the nearest valid name, or nothing.

    Parameters
    ----------
    name : str
        What was written.
    valid : iterable of str
        What could have been written.

    Returns
    -------
    str
        A sentence with a leading space, or the empty string when nothing is near.

    Examples
    --------
    >>> suggest("Dayz", ["Days", "Subject"])
    " Did you mean 'Days'?"
    """
    names = list(valid)
    folded = {n.casefold(): n for n in reversed(names)}
    near = difflib.get_close_matches(name.casefold(), folded, n=1, cutoff=0.6)
    return f" Did you mean '{folded[near[0]]}'?" if near else ""


def listing(names: Iterable[str], at_most: int = 12) -> str:
    """``a, b, c and 5 more``: a list of names short enough for a message."""
    items = [str(n) for n in names]
    if len(items) <= at_most:
        return ", ".join(items)
    return ", ".join(items[:at_most]) + f" and {len(items) - at_most} more"


#: Where the rows that are checked stand in the data of the user; None: they are all of them.
_POSITIONS: ContextVar[Any] = ContextVar("positions", default=None)


@contextmanager
def rows_at(positions: Any) -> Iterator[None]:
    """Within it, messages count rows as the user's data do.

    Parameters
    ----------
    positions : array of int
        Where each row that is used stands in the data: rows with missing values, and those that
        ``subset()`` leaves out, are gone when a family checks its response.
    """
    token = _POSITIONS.set(positions)
    try:
        yield
    finally:
        _POSITIONS.reset(token)


def rows_of(mask: Any, at_most: int = 5) -> str:
    """``rows 3, 7 and 2 more (counted from 0)``: where a check failed, for a message."""
    positions = _POSITIONS.get()
    where = [i if positions is None else positions[i] for i, failed in enumerate(mask) if failed]
    word = "row" if len(where) == 1 else "rows"
    return f"{word} {listing(map(str, where), at_most)} (counted from 0)"


def formula_error(message: str, text: str, position: int, length: int = 1) -> FormulaError:
    """A :class:`FormulaError` that shows the formula with a caret under the token.

    Parameters
    ----------
    message : str
        What was found, and what would be valid there.
    text : str
        The whole formula.
    position, length : int
        Where the offending token starts, and how many characters it has.
    """
    return FormulaError(marked(message, text, position, length))


def marked(message: str, text: str, position: int, length: int = 1) -> str:
    """A message with the text that it is about below it, and carets under the token."""
    start = text.rfind("\n", 0, position) + 1
    end = text.find("\n", position)
    line = text[start : end if end >= 0 else len(text)]
    column = position - start
    # A very long formula is shown around the place only, so that the caret stays visible.
    if len(line) > 100:
        left = max(0, column - 60)
        right = min(len(line), column + 40)
        head, tail = ("... " if left else ""), (" ..." if right < len(line) else "")
        line = head + line[left:right] + tail
        column = column - left + len(head)
    marks = "^" * max(1, min(length, len(line) - column))
    return f"{message}\n  {line}\n  {' ' * column}{marks}"
