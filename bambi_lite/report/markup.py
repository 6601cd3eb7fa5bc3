"""Parts of a page: every text that comes in is escaped here, and nowhere else is HTML written."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import pandas as pd

from ..summary.text import cells

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: Dots per inch of a picture: sharp on screens with two dots a pixel.
_DPI = 170
#: Inches of a picture whose words can be read on a phone, where it is 3.7 inches wide.
WIDTH, HEIGHT = 4.6, 3.1


def paragraph(text: str, kind: str = "") -> str:
    """A paragraph of plain text."""
    return f"<p{_class(kind)}>{escape(text)}</p>"


def heading(text: str) -> str:
    """The heading of a part of a section."""
    return f"<h3>{escape(text)}</h3>"


def items(texts: Iterable[str]) -> str:
    """A list of plain texts."""
    return f"<ul>{''.join(f'<li>{escape(text)}</li>' for text in texts)}</ul>"


def code(text: str) -> str:
    """Lines as they are."""
    return f"<pre>{escape(text)}</pre>"


def facts(found: Mapping[str, str]) -> str:
    """Names and what they are."""
    pairs = (f"<dt>{escape(k)}</dt><dd>{escape(v)}</dd>" for k, v in found.items())
    return f'<dl class="facts">{"".join(pairs)}</dl>'


def folded(title: str, inner: str) -> str:
    """What a reader may open; `inner` is HTML."""
    return f"<details><summary>{escape(title)}</summary>{inner}</details>"


def table(head: Sequence[str], rows: Iterable[Sequence[str]], kind: str = "stacked") -> str:
    """A table of text whose first column names the rows.

    On a phone a table of kind ``stacked`` has its cells below one another, each with its name;
    others are moved sideways, and one of ``estimates`` is without its columns on convergence.
    """
    shown = ([escape(cell).replace("\n", "<br>") for cell in row] for row in rows)
    return raw_table(head, shown, kind)


def raw_table(head: Sequence[str], rows: Iterable[Sequence[str]], kind: str = "stacked") -> str:
    """The same of cells that are HTML."""
    top = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
    body = "".join(f"<tr>{_row(head, row)}</tr>" for row in rows)
    return (
        f'<div class="wide {kind}"><table><thead><tr>{top}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _row(head: Sequence[str], row: Sequence[str]) -> str:
    first, *rest = row
    # An empty cell has nothing to say where it would have a line of its own.
    cells = (
        f'<td data-head="{escape(name)}"{_class("" if cell else "empty")}>{cell}</td>'
        for name, cell in zip(head[1:], rest, strict=True)
    )
    return f'<th scope="row">{first}</th>{"".join(cells)}'


def numbers(frame: pd.DataFrame, kind: str = "numbers", digits: int = 2) -> str:
    """A table of numbers, written as in the printed summary."""
    rows = zip(map(str, frame.index), cells(frame, digits), strict=True)
    shown = ([_breakable(name), *map(escape, row)] for name, row in rows)
    return raw_table(["", *map(str, frame.columns)], shown, kind)


def _breakable(name: str) -> str:
    """A name that a narrow page may break where one of its parts ends."""
    return re.sub(r"([,\[]|__)", r"\1<wbr>", escape(name))


def picture(
    figure: Figure, alt: str, name: str = "", size: tuple[float, float] = (WIDTH, HEIGHT)
) -> str:
    """A matplotlib figure as part of the page, with a name above it; it is closed.

    One that is wider than :data:`WIDTH` keeps its size on a phone, where it is moved sideways.
    """
    import matplotlib.pyplot as plt

    figure.set_size_inches(*size)
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=_DPI, facecolor="white")
    plt.close(figure)
    data = base64.b64encode(file.getvalue()).decode("ascii")
    width = round(size[0] * 96)
    kind = _class("wide" if size[0] > WIDTH else "")
    above = f"<figcaption>{escape(name)}</figcaption>" if name else ""
    image = f'<img alt="{escape(alt)}" width="{width}" src="data:image/png;base64,{data}">'
    return f"<figure{kind}>{above}{image}</figure>"


def gallery(pictures: Iterable[str]) -> str:
    """Pictures side by side, on a phone below one another."""
    return f'<div class="pictures">{"".join(pictures)}</div>'


def figure_of(plot: Any) -> Figure:
    """The matplotlib figure of a PlotCollection of arviz-plots."""
    found: Figure = plot.viz["figure"].item()
    return found


def _class(kind: str) -> str:
    return f' class="{kind}"' if kind else ""
