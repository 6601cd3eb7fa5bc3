"""An explanation as a value that shows itself: as text, as LaTeX, in a notebook."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape as html

import pandas as pd

from .maths import Maths


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a formula as written, and what it became.

    Attributes
    ----------
    kind : str
        ``response``, ``population-level term``, ``group-level term``, ...
    text : str
        As R would print it; empty for what the formula means without saying it.
    meaning : str
        What it became.
    shown : bool
        Whether the text of an explanation has a line for it; signs such as ``~`` have none.
    """

    kind: str
    text: str
    meaning: str
    shown: bool = True


@dataclass(frozen=True, slots=True)
class TokenRole:
    """One token of a formula.

    Attributes
    ----------
    text : str
        As written.
    source, pos, end : int
        The number of the text it stands in, and its place there.
    piece : Piece or None
        The part it belongs to; None would be a token that nothing accounts for.
    role : str
        What it does there.
    """

    text: str
    source: int
    pos: int
    end: int
    piece: Piece | None
    role: str


@dataclass(frozen=True, slots=True)
class Equation:
    """``lhs relation rhs``, with the set that its index runs over and a remark in words."""

    lhs: Maths
    relation: Maths
    rhs: Maths
    where: Maths | None = None
    remark: str = ""

    @property
    def latex(self) -> str:
        """The equation alone, as one line of LaTeX mathematics."""
        return f"{self.lhs.latex} {self.relation.latex} {self.rhs.latex}"

    @property
    def text(self) -> str:
        """The equation alone, as plain text."""
        return f"{self.lhs.text} {self.relation.text} {self.rhs.text}"


@dataclass(frozen=True, slots=True)
class Symbol:
    """A symbol of the equations: the name of its draws, and what it is."""

    symbol: Maths
    name: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a formula or a model means; printing it gives text, notebooks show mathematics.

    Attributes
    ----------
    sources : tuple of str
        The texts that were read.
    pieces : tuple of Piece
        What each part of them became, in the order of the texts.
    roles : tuple of TokenRole
        Every token, with the part it belongs to.
    sections : tuple of (str, tuple of Equation)
        The mathematics, under their headings.
    symbols : tuple of Symbol
        The symbols of the equations.

    Examples
    --------
    >>> import bambi_lite as bl
    >>> bl.explain("y ~ x + (1 | g)").tokens["part"].unique().tolist()
    ['response', 'sign', 'population-level term', 'group-level term']
    """

    sources: tuple[str, ...]
    pieces: tuple[Piece, ...]
    roles: tuple[TokenRole, ...]
    sections: tuple[tuple[str, tuple[Equation, ...]], ...]
    symbols: tuple[Symbol, ...] = ()

    @property
    def tokens(self) -> pd.DataFrame:
        """A row a token: its text, where it stands, the part it belongs to and its role there."""
        rows = [
            (t.text, t.source, t.pos, t.piece.kind if t.piece else "", t.piece.text if t.piece
             else "", t.role)
            for t in self.roles
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=["token", "text", "position", "part", "of", "role"])

    @property
    def equations(self) -> tuple[Equation, ...]:
        """The equations of all sections."""
        return tuple(e for _, equations in self.sections for e in equations)

    @property
    def latex(self) -> str:
        """The mathematics as one LaTeX environment, to be put between ``$$``."""
        lines = []
        for equation in self.equations:
            line = f"{equation.lhs.latex} &{equation.relation.latex} {equation.rhs.latex}"
            where = [] if equation.where is None else [equation.where.latex]
            lines.append(line + "".join(rf" &&\quad {w}" for w in where))
        body = " \\\\\n".join(lines)
        return f"\\begin{{aligned}}\n{body}\n\\end{{aligned}}"

    def __str__(self) -> str:
        lines = ["Formula", *(f"  {line}" for s in self.sources for line in s.splitlines()), ""]
        shown = [p for p in self.pieces if p.shown]
        lines += _columns([(p.text or "(not written)", f"{p.kind}: {p.meaning}") for p in shown], 4)
        for title, equations in self.sections:
            lines += ["", title, *_columns([_line(e) for e in equations], 2)]
        if self.symbols:
            rows = [(s.symbol.text, s.name, s.meaning) for s in self.symbols]
            lines += ["", "Symbols", *_columns(rows, 2)]
        return "\n".join(lines)

    def __repr__(self) -> str:
        return str(self)

    def _repr_latex_(self) -> str:
        return f"$$\n{self.latex}\n$$"

    def _repr_markdown_(self) -> str:
        code = "\n".join(self.sources)
        rows = [(f"`{p.text}`" if p.text else "", f"{p.kind}: {p.meaning}") for p in self.pieces
                if p.shown]  # fmt: skip
        parts = [f"```r\n{code}\n```", _markdown(("written", "meaning"), rows)]
        parts.append(self._repr_latex_())
        parts += [f"- {e.remark}" for e in self.equations if e.remark]
        symbols = [(f"${s.symbol.latex}$", f"`{s.name}`", s.meaning) for s in self.symbols]
        parts += [_markdown(("symbol", "draws", "meaning"), symbols)] if symbols else []
        return "\n\n".join(parts)

    def _repr_html_(self) -> str:
        source = "\n".join(self.sources)
        rows = [
            (f"<code>{html(p.text)}</code>", html(p.kind), html(p.meaning))
            for p in self.pieces
            if p.shown
        ]
        parts = [f"<pre>{html(source)}</pre>", _table(("written", "part", "meaning"), rows)]
        parts.append(f"<div>{html(self._repr_latex_())}</div>")
        remarks = [f"<li>{html(e.remark)}</li>" for e in self.equations if e.remark]
        parts += [f"<ul>{''.join(remarks)}</ul>"] if remarks else []
        symbols = [
            (f"${html(s.symbol.latex)}$", f"<code>{html(s.name)}</code>", html(s.meaning))
            for s in self.symbols
        ]
        parts += [_table(("symbol", "draws", "meaning"), symbols)] if symbols else []
        return "\n".join(parts)


def _line(equation: Equation) -> tuple[str, str]:
    where = [] if equation.where is None else [f"for {equation.where.text}"]
    return equation.text, "; ".join([*where, *([equation.remark] if equation.remark else [])])


#: A column is not padded beyond this, so that one long equation does not push all remarks away.
_WIDEST = 60


def _columns(rows: Iterable[tuple[str, ...]], indent: int) -> list[str]:
    """Rows as aligned text."""
    rows = list(rows)
    if not rows:
        return []
    widths = [
        max((len(row[k]) for row in rows if len(row[k]) <= _WIDEST), default=0)
        for k in range(len(rows[0]) - 1)
    ]
    return [
        " " * indent
        + "  ".join([*(c.ljust(w) for c, w in zip(row, widths, strict=False)), row[-1]]).rstrip()
        for row in rows
    ]


def _markdown(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    # A bar would end the cell.
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(c.replace("|", r"\|") for c in row) + " |" for row in lines)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    def line(cells: tuple[str, ...], tag: str) -> str:
        inner = "".join(f'<{tag} style="text-align:left">{c}</{tag}>' for c in cells)
        return f"<tr>{inner}</tr>"

    return f"<table>{line(head, 'th')}{''.join(line(row, 'td') for row in rows)}</table>"
