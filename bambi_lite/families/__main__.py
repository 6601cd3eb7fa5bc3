"""The table of families in the README: ``python -m bambi_lite.families`` prints it."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping

from .. import links
from .base import Dpar, families, get_family

#: Links that several parameters have in common, by what they are links of.
KINDS: Mapping[str, tuple[str, ...]] = {
    "location": links.LOCATION,
    "real": links.REAL,
    "logarithm": links.LOG_LOCATION,
    "measure": links.MEASURE,
    "count": links.COUNT,
    "probability": links.PROBABILITY,
    "ordinal": links.ORDINAL,
    "positive": links.POSITIVE,
    "share": links.SHARE,
}


def table() -> str:
    """Every registered family: its parameters, their links, its addition terms; as Markdown.

    Addition terms that a family cannot do without are bold; ``weights``, ``subset`` and ``index``,
    which all families take, are left out.

    Examples
    --------
    >>> table().splitlines()[0]
    '| family | parameters and their links | addition terms |'
    """
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield "| family | parameters and their links | addition terms |"
    yield "|---|---|---|"
    for name in sorted(families()):
        family = get_family(name)
        parameters = ", ".join(f"`{dpar.name}` {_links(dpar)}" for dpar in family.dpars)
        needed = [f"**{term}**" if term in family.required else term for term in family.additions]
        yield f"| `{name}` | {parameters} | {' '.join(needed)} |"
    yield ""
    yield "| links of | the default first |"
    yield "|---|---|"
    for kind, names in KINDS.items():
        yield f"| *{kind}* | {', '.join(names)} |"


def _links(dpar: Dpar) -> str:
    kind = next((kind for kind, names in KINDS.items() if names == dpar.links), "")
    return f"*{kind}*" if kind else f"({', '.join(dpar.links)})"


if __name__ == "__main__":
    sys.stdout.write(f"{table()}\n")
