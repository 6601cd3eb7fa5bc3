"""Trees -> the formulas of a model."""

from __future__ import annotations

from typing import Any

from ..errors import formula_error
from .model import BrmsFormula, MvFormula, Part, assemble, multivariate
from .nodes import Name, Node, deparse, operands_of, strip_parens
from .parser import parse
from .response import read_response, split_formula


def make(
    node: Node,
    text: str,
    parts: tuple[Part, ...] = (),
    fixed: tuple[tuple[str, float | str], ...] = (),
    nl: bool = False,
    center: bool | None = None,
    cmc: bool | None = None,
    family: Any = None,
    decomp: str = "",
) -> BrmsFormula | MvFormula:
    """The formula of a tree and of parts that were read already."""
    left, right = split_formula(node, text)
    responses = read_response(left, text)
    main = Part("mu", right, text, nl, center, cmc, right.pos, decomp=decomp)
    forms = []
    for response in responses:
        shown = deparse(response.node)
        if response.additions:
            shown += " | " + " + ".join(deparse(a.node) for a in response.additions)
        made = BrmsFormula(
            f"{shown} ~ {deparse(right)}",
            response,
            (),
            fixed,
            nl,
            family,
            parts,
            main,
        )
        forms.append(assemble(made))
    return forms[0] if len(forms) == 1 else multivariate(tuple(forms), None)


def read_parts(text: str) -> list[Part]:
    """The parts of ``"sigma ~ z"`` or ``"a + b ~ 1"``."""
    return parts_of(parse(text), text)


def parts_of(node: Node, text: str) -> list[Part]:
    """The parts that a formula of parameters stands for."""
    left, right = split_formula(node, text)
    if left is None:
        raise formula_error(
            "The formula does not say which parameter it predicts: write sigma ~ x.", text, node.pos
        )
    parts = []
    for name in map(strip_parens, operands_of(strip_parens(left), "+")):
        if not isinstance(name, Name) or name.name == ".":
            raise formula_error(
                f"'{deparse(name)}' is no parameter; the left side names parameters: "
                "sigma ~ x, or a + b ~ 1.",
                text,
                name.pos,
                max(1, name.end - name.pos),
            )
        parts.append(Part(name.name, right, text, place=name.pos))
    return parts
