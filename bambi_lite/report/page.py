"""The report as one page that opens from disk: no network, no script, nothing beside it."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from html import escape
from pathlib import Path

from ..draws import Draws
from ..errors import BambiLiteError, BambiLiteWarning, KeepingError
from ..keeping import replacing
from .markup import facts, paragraph
from .sections import SECTIONS, Section, verdict
from .style import STYLE

#: Nothing may be loaded or run: only the styles and pictures that stand in the page.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
_SUFFIXES = (".html", ".htm")


def write_report(draws: Draws, path: str | Path, title: str | None = None) -> Path:
    """Write a report of a fit for somebody who has a browser and nothing else.

    Parameters
    ----------
    draws : Draws
        Of the fit.
    path : str or Path
        The page; ``.html`` is added where there is no suffix.
    title : str, optional
        Its title; by default the formula.

    Returns
    -------
    Path
        The page. It has the model as mathematics, the prior with what it implies, the estimates,
        the diagnostics with advice, pictures, and how it was made.

    Raises
    ------
    KeepingError
        For another suffix, and when the page cannot be written.

    Examples
    --------
    >>> fit.report("sleepstudy.html")  # doctest: +SKIP
    PosixPath('sleepstudy.html')
    """
    place = _place(path)
    text = page(draws, title).encode()
    with replacing(place, "report") as file:
        file.write(text)
    return place


def _place(path: str | Path) -> Path:
    if not isinstance(path, str | Path) or not str(path):
        raise KeepingError(f"The path of a report is text, such as 'report.html', not {path!r}.")
    place = Path(path).expanduser()
    if place.is_dir():
        raise KeepingError(
            f"'{path}' is a directory; a report is one file, such as '{place / 'report.html'}'."
        )
    place = place if place.suffix else place.with_suffix(".html")
    if place.suffix.lower() not in _SUFFIXES:
        raise KeepingError(
            f"A report is a page for a browser: its name ends in .html, not in '{place.suffix}'. "
            f"A browser prints it as a PDF."
        )
    return place


def page(draws: Draws, title: str | None = None, sections: Sequence[Section] = SECTIONS) -> str:
    """The page as text."""
    made = [(section, _made(section, draws)) for section in sections]
    shown = [(section, inner) for section, inner in made if inner]
    links = "".join(
        f'<li><a href="#{section.name}">{escape(section.title)}</a></li>' for section, _ in shown
    )
    body = "".join(
        f'<section id="{section.name}"><h2>{escape(section.title)}</h2>{inner}</section>'
        for section, inner in shown
    )
    name = title or draws.spec.formula.text
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(name)}</title><style>{STYLE}</style></head><body>"
        f"<header><h1>{escape(name)}</h1>{_head(draws)}{verdict(draws)}"
        f"<nav><ul>{links}</ul></nav></header><main>{body}</main>"
        f"<footer>Made by bambi_lite.</footer></body></html>\n"
    )


def _made(section: Section, draws: Draws) -> str:
    """A section with the warnings that it gave; one that does not suit the model says so."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            made = section.make(draws)
        except BambiLiteError as error:
            return paragraph(f"Not shown: {error}", "soft")
        # A picture that a library cannot draw is no reason to have nothing of the rest.
        except Exception as error:
            return paragraph(f"Not shown: {type(error).__name__}: {error}", "soft")
    notes = [w for w in caught if issubclass(w.category, BambiLiteWarning)]
    for other in caught:
        if other not in notes:
            warnings.warn_explicit(other.message, other.category, other.filename, other.lineno)
    # A reader of the page sees no console.
    return made + "".join(paragraph(str(note.message), "soft") for note in notes) if made else ""


def _head(draws: Draws) -> str:
    """What the report is about, at a glance."""
    spec = draws.spec
    links = ", ".join(f"{d.name} ({d.link.name})" for d in spec.dpars if not d.tied)
    groups = ", ".join(f"{b.group} ({len(b.levels)} levels)" for b in spec.blocks)
    chains, n = draws.posterior.sizes["chain"], draws.posterior.sizes["draw"]
    found = {
        "Family": f"{spec.family.name}; links: {links}",
        "Data": f"{spec.data_name}, {spec.design.n_obs:,} observations"
        + (f" ({spec.design.n_dropped:,} left out)" if spec.design.n_dropped else ""),
        **({"Groups": groups} if groups else {}),
        "Draws": f"{chains * n:,} from {chains} chain{'s' if chains > 1 else ''}",
    }
    return facts(found)
