"""Tables of text: aligned lines for a console, HTML for a notebook."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

_CELL = "text-align:left;padding:0.15em 0.6em;vertical-align:top"


def aligned(cells: Sequence[Sequence[str]], *, right: bool = False, gap: str = "  ") -> list[str]:
    """The lines of a table whose columns stand below one another.

    Examples
    --------
    >>> aligned([["a", "bb"], ["ccc", "d"]])
    ['a    bb', 'ccc  d']
    """
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [
        gap.join(
            text.rjust(width) if right else text.ljust(width)
            for text, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in cells
    ]


def html(cells: Sequence[Sequence[str]]) -> str:
    """A table as HTML; the first row is its head. Line breaks in a cell are kept."""
    head, *rows = ([escape(text).replace("\n", "<br>") for text in row] for row in cells)
    top = "".join(f'<th style="{_CELL}">{text}</th>' for text in head)
    body = "".join(
        "<tr>" + "".join(f'<td style="{_CELL}">{text}</td>' for text in row) + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"
