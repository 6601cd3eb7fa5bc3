"""A formula changed as R's ``update()`` changes it: a dot stands for what was there before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..errors import FormulaError, suggest
from .algebra import Term, expand
from .api import bf, lf
from .make import read_parts
from .model import BrmsFormula, Part
from .nodes import Infix, Name, Node, Number, deparse, error_at, strip_parens, walk
from .parser import parse
from .rcalls import is_r_call
from .response import split_formula
from .terms import put_for_dot

_DOT = Name(".")


type Change = str | BrmsFormula | Sequence[str]


def change_formula(old: BrmsFormula, change: Change) -> BrmsFormula:
    """`old` with the changes that another formula says.

    Parameters
    ----------
    old : BrmsFormula
        The formula of a fit, without dots of its own.
    change : str, sequence of str or BrmsFormula
        ``"~ . + x"``, ``". ~ . - x"``, a whole formula; with formulas of further parameters
        ``["~ . + x", "sigma ~ . + z"]`` or ``bl.bf("y ~ . + x", "sigma ~ . + z", nu=4)``. A dot on
        the right is the formula of that parameter, one on the left the response with its addition
        terms. Parameters that it does not name keep what they have.

    Returns
    -------
    BrmsFormula
        Its terms in R's order, spelt out: ``~ x * z`` becomes ``x + z + x:z``.

    Raises
    ------
    FormulaError
        For a text that cannot be read, another response, a term taken away that is not there, or
        a dot for a parameter that had no formula.

    Examples
    --------
    >>> print(change_formula(bf("y ~ x + (x | g)"), "~ . - (x | g) + (1 | g)"))
    y ~ x + (1 | g)
    """
    left, main, parts, fixed, text = _read(change)
    olds = {p.name: p.rhs for p in old.predictors}
    named = {part.name for part in parts} | {name for name, _ in fixed}
    kept = [p for p in old.parts if p.name not in named]
    formulas = [lf(f"{p.name} ~ {deparse(olds[p.name])}", **_options(p)) for p in kept]
    for part in parts:
        body = _changed(olds.get(part.name), part.rhs, part.text, part.name)
        formulas.append(lf(f"{part.name} ~ {body}", **_options(part)))
    values = {name: value for name, value in old.fixed if name not in named} | dict(fixed)
    own = change if isinstance(change, BrmsFormula) else None
    return bf(  # type: ignore[no-any-return] # one response, so no MvFormula
        f"{_left(old, left, text)} ~ {_changed(olds['mu'], main.rhs, text, 'mu')}",
        *formulas,
        center=old.main.center if main.center is None else main.center,
        cmc=old.main.cmc if main.cmc is None else main.cmc,
        decomp=main.decomp or old.main.decomp or None,
        family=old.family if own is None or own.family is None else own.family,
        **values,  # type: ignore[arg-type] # no dpar is called nl
    )


def _options(part: Part) -> dict[str, Any]:
    return {"center": part.center, "cmc": part.cmc, "decomp": part.decomp or None}


type _Read = tuple[Node | None, Part, tuple[Part, ...], tuple[tuple[str, float | str], ...], str]


def _read(change: Change) -> _Read:
    """The left side, the main formula, those of other parameters, fixed values and the text."""
    if isinstance(change, BrmsFormula):
        return _read_made(change)
    texts = [change] if isinstance(change, str) else change
    if (
        not isinstance(texts, list | tuple)
        or not texts
        or not all(isinstance(text, str) for text in texts)
    ):
        raise FormulaError(
            f"A change of a formula is text such as '~ . + x', several of them (the first is the "
            f"main one), or what bl.bf() gives, not {change!r}."
        )
    node = parse(texts[0])
    if is_r_call(node):
        made = bf(texts[0])
        if len(texts) > 1 or not isinstance(made, BrmsFormula):
            raise FormulaError("The text of a whole call of bf() stands alone, for one response.")
        return _read_made(made)
    left, right = split_formula(node, texts[0])
    parts = tuple(part for text in texts[1:] for part in read_parts(text))
    return left, Part("mu", right, texts[0]), parts, (), texts[0]


def _read_made(change: BrmsFormula) -> _Read:
    if change.nl:
        raise FormulaError(
            "A nonlinear formula replaces another one as a whole: fit it with bl.brm()."
        )
    left, _ = split_formula(parse(change.text), change.text)
    return left, change.main, change.parts, change.fixed, change.text


def _left(old: BrmsFormula, left: Node | None, text: str) -> str:
    """The left side as text: the response stays, its addition terms may change."""
    own = old.response.node
    if left is None or strip_parens(left) == _DOT:
        additions = " + ".join(deparse(a.node) for a in old.response.additions)
        return f"{deparse(own)} | {additions}" if additions else deparse(own)
    bar = isinstance(left, Infix) and left.operators[0] == "|"
    response = strip_parens(left.operands[0] if isinstance(left, Infix) and bar else left)
    if response not in (_DOT, own):
        raise error_at(
            response,
            text,
            f"The response of the fit is '{deparse(own)}', here it is "
            f"'{deparse(response)}'. A model of another response is another model, with priors "
            f"of its own: fit it with bl.brm(). '~ . + x' leaves the response as it is.",
        )
    if not isinstance(left, Infix) or not bar:
        return deparse(own)
    return f"{deparse(own)} | {deparse(left.operands[1])}"


def _changed(before: Node | None, change: Node, text: str, name: str) -> str:
    """The right side as text, its dots filled and its terms spelt out."""
    if not any(node == _DOT for node in walk(change)):
        return deparse(change)
    if before is None:
        raise error_at(
            next(node for node in walk(change) if node == _DOT),
            text,
            f"'.' stands for the formula that '{name}' had, and it had none; write the whole one.",
        )
    _check_removed(before, change, text)
    whole = expand(put_for_dot(change, before), text)
    labels = [_label(term, change, text) for term in whole.terms]
    if not whole.intercept:
        labels.insert(0, "0")
    return " + ".join(labels) or "1"


def _label(term: Term, change: Node, text: str) -> str:
    bars = [f for f in term.factors if isinstance(f, Infix) and f.operators[0] in ("|", "||")]
    if bars and len(term.factors) > 1:
        raise error_at(
            change,
            text,
            f"The group-level term '({deparse(bars[0])})', which '.' stands for too, cannot be "
            f"part of an interaction; write '~ . + x * z' with the variables.",
        )
    return f"({deparse(bars[0])})" if bars else term.label


def _check_removed(before: Node, change: Node, text: str) -> None:
    """FormulaError when a term is taken away that is not there."""
    top = strip_parens(change)
    if not isinstance(top, Infix) or "-" not in top.operators:
        return
    present = {
        _label(t, change, text)
        for t in expand(put_for_dot(_additions_only(top), before), text).terms
    }
    for operator, operand in zip(top.operators, top.operands[1:], strict=True):
        if operator != "-" or isinstance(strip_parens(operand), Number):
            continue
        for term in expand(put_for_dot(operand, before), text).terms:
            label = _label(term, change, text)
            if label not in present:
                raise error_at(
                    operand,
                    text,
                    f"'{label}' is taken away and is not there; the terms are "
                    f"{', '.join(sorted(present)) or 'none'}.{suggest(label, present)}",
                )


def _additions_only(top: Infix) -> Node:
    """A sum without what it takes away."""
    kept = [top.operands[0]]
    kept += [
        operand
        for operator, operand in zip(top.operators, top.operands[1:], strict=True)
        if operator == "+"
    ]
    if len(kept) == 1:
        return kept[0]
    return Infix(tuple(kept), ("+",) * (len(kept) - 1), pos=top.pos, end=top.end)
