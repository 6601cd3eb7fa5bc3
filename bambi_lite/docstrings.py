"""One description of an argument for all functions that pass it on."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any


def parameters(doc: str | None) -> dict[str, str]:
    """The entries of the section Parameters of a numpydoc docstring: text by the first line."""
    lines = inspect.cleandoc(doc or "").splitlines()
    first, last = _section(lines, "Parameters")
    found: dict[str, list[str]] = {}
    entry: list[str] = []
    for line in lines[first:last]:
        if line and not line.startswith(" "):
            entry = found.setdefault(line, [])
        entry.append(line)
    return {head: "\n".join(text).rstrip() for head, text in found.items()}


def passing_on[F: Callable[..., Any]](
    sources: Mapping[str, Callable[..., Any]],
) -> Callable[[F], F]:
    """Make a function that passes its arguments on describe them all.

    Parameters
    ----------
    sources : mapping
        By the beginning of an entry of its section Parameters: the function or class whose own
        entries stand there for ``help()``. Its arguments stand in the signature in the place of
        ``**options`` too.

    Returns
    -------
    callable
        A decorator.
    """

    def decorate(function: F) -> F:
        if function.__doc__ is None:  # python -OO leaves no docstrings
            return function
        whole = inspect.cleandoc(function.__doc__)
        own = list(inspect.signature(function).parameters.values())
        for beginning, source in sources.items():
            given = parameters(function.__doc__)
            (entry,) = (text for head, text in given.items() if head.startswith(beginning))
            whole = whole.replace(entry, "\n".join(parameters(source.__doc__).values()))
            if beginning.startswith("**"):
                own = [p for p in own if p.kind is not inspect.Parameter.VAR_KEYWORD]
                own += [
                    p.replace(kind=inspect.Parameter.KEYWORD_ONLY)
                    for p in inspect.signature(source).parameters.values()
                    if p.name != "self" and p.kind is not inspect.Parameter.VAR_KEYWORD
                ]
        function.__doc__ = whole
        vars(function)["__signature__"] = inspect.signature(function).replace(parameters=own)
        return function

    return decorate


def _section(lines: list[str], title: str) -> tuple[int, int]:
    """The lines of a section, without its head."""
    heads = [i for i in range(1, len(lines)) if lines[i] and set(lines[i]) == {"-"}]
    first = next((i for i in heads if lines[i - 1] == title), None)
    if first is None:
        return 0, 0
    last = next((i - 1 for i in heads if i > first), len(lines))
    return first + 1, last
