"""The code of the package as trees, parsed once for all tests that look at it."""

import ast
from functools import cache
from pathlib import Path


def tree(path: Path) -> ast.Module:
    """The tree of a file; not to be changed."""
    return _parse(path.read_text(encoding="utf-8"))


@cache
def _parse(text: str) -> ast.Module:
    return ast.parse(text)
