"""Tables as text and as HTML, laid out as R lays out its own."""

from __future__ import annotations

from html import escape

import pandas as pd

#: Columns with digits of their own: an Rhat is read to two decimals, an ESS is a count.
DECIMALS = {"Rhat": 2, "Bulk_ESS": 0, "Tail_ESS": 0}


def number(value: float, decimals: int) -> str:
    """A number with so many decimals, ``-0.00`` for a small negative one; ``NA`` for none."""
    return "NA" if pd.isna(value) else f"{value:.{decimals}f}"


def cells(frame: pd.DataFrame, digits: int) -> list[list[str]]:
    """The numbers of a table as text, row by row."""
    decimals = [DECIMALS.get(column, digits) for column in frame.columns]
    return [
        [number(value, d) for value, d in zip(row, decimals, strict=True)]
        for row in frame.itertuples(index=False, name=None)
    ]


def text_table(frame: pd.DataFrame, digits: int = 2) -> list[str]:
    """The lines of a table: row names on the left, numbers aligned on the right.

    Parameters
    ----------
    frame : pandas.DataFrame
        Numbers, with the row names as its index.
    digits : int
        Decimals of all columns but Rhat (always 2) and ESS (always whole).

    Returns
    -------
    list of str
        The header, then a line a row. Lines are never folded: R folds at the width of its
        console, which is no part of the table.
    """
    named = zip(map(str, frame.index), cells(frame, digits), strict=True)
    return aligned(["", *map(str, frame.columns)], [[name, *row] for name, row in named])


def aligned(head: list[str], rows: list[list[str]]) -> list[str]:
    """Lines of text cells: the first column on the left, the others on the right."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    return [
        " ".join(
            [first.ljust(widths[0]), *(c.rjust(w) for c, w in zip(rest, widths[1:], strict=True))]
        )
        for first, *rest in (head, *rows)
    ]


# Borders take the colour of the text around them, so that light and dark pages both work.
_TABLE = (
    "border-collapse:collapse;margin:0.2em 0 1em 0;font-variant-numeric:tabular-nums;"
    "color:inherit;background:transparent"
)
_RULE = "border-bottom:1px solid currentColor;"
_CELL = "padding:0.15em 0.6em;"


def html_table(head: list[str], names: list[str], rows: list[list[str]]) -> str:
    """An HTML table of text that is right-aligned, with row names.

    Parameters
    ----------
    head : list of str
        Names of the columns, without that of the row names.
    names : list of str
        Row names.
    rows : list of list of str
        Text of the cells.
    """
    first = f'<th style="{_CELL}{_RULE}"></th>'
    top = first + "".join(
        f'<th scope="col" style="{_CELL}{_RULE}text-align:right">{escape(name)}</th>'
        for name in head
    )
    body = "".join(
        f'<tr><th scope="row" style="{_CELL}text-align:left;font-weight:normal">'
        f"{escape(name)}</th>"
        + "".join(f'<td style="{_CELL}text-align:right">{escape(cell)}</td>' for cell in row)
        + "</tr>"
        for name, row in zip(names, rows, strict=True)
    )
    return f'<table style="{_TABLE}"><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>'


def html_frame(frame: pd.DataFrame, digits: int = 2) -> str:
    """A DataFrame as HTML, its numbers written as in :func:`text_table`."""
    head, names = list(map(str, frame.columns)), list(map(str, frame.index))
    return html_table(head, names, cells(frame, digits))


def html_facts(facts: list[tuple[str, str]]) -> str:
    """Names and what they are, as a two-column table."""
    body = "".join(
        f'<tr><th scope="row" style="{_CELL}text-align:left;vertical-align:top">'
        f'{escape(name)}</th><td style="{_CELL}text-align:left;white-space:pre-wrap">'
        f"{escape(value)}</td></tr>"
        for name, value in facts
    )
    return f'<table style="{_TABLE}"><tbody>{body}</tbody></table>'
