"""bf(), lf(), nlf(), mvbf() and set_*(): how a user writes a model's formulas.

Each takes formulas as strings; :func:`bf` also reads the text of a whole call as written in R.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from bambi_lite.errors import FormulaError, formula_error, suggest
from bambi_lite.formula.model import (
    BrmsFormula,
    MvFormula,
    Part,
    assemble,
    read_response,
    split_formula,
)
from bambi_lite.formula.nodes import Name, Node, Unary, deparse, operands_of, strip_parens
from bambi_lite.formula.parser import parse

_OPTIONS = ("nl", "center", "cmc", "family", "sparse", "decomp", "loop", "unused")


@dataclass(frozen=True, slots=True)
class Parts:
    """What ``lf`` and ``nlf`` give: formulas of parameters, to be added to a ``bf``."""

    parts: tuple[Part, ...]

    def __str__(self) -> str:
        return "\n".join(f"{p.name} ~ {deparse(p.rhs)}" for p in self.parts)


@dataclass(frozen=True, slots=True)
class Setting:
    """What ``set_rescor``, ``set_nl`` and ``set_mecor`` give."""

    name: str
    value: bool
    dpar: str = ""
    resp: str = ""


def bf(
    formula: str | BrmsFormula | MvFormula,
    *parts: str | Parts,
    nl: bool = False,
    center: bool | None = None,
    cmc: bool | None = None,
    family: Any = None,
    **dpars: float | str,
) -> Any:
    """The formulas of a model.

    Parameters
    ----------
    formula : str
        The main formula, ``"y ~ x + (x | g)"``; or the text of a call in R,
        ``"bf(y ~ x, sigma ~ z) + set_rescor(FALSE)"``; or what ``bf`` gave, which is returned
        unchanged.
    *parts : str or the value of lf() or nlf()
        Formulas of further parameters: ``"sigma ~ z"``, ``"b1 + b2 ~ 1"``.
    nl : bool
        Whether the main formula is a non-linear expression of parameters.
    center : bool
        False: no centring, and the intercept is an ordinary coefficient.
    cmc : bool
        False: without an intercept, a factor still has one column less than levels.
    family : object
        The family of this response, kept as it is.
    **dpars : float or str
        ``sigma=2`` fixes a parameter, ``sigma2="sigma1"`` sets it equal to another,
        ``sigma="~ z"`` gives it a formula.

    Returns
    -------
    BrmsFormula or MvFormula
        The latter for ``mvbind(y1, y2) ~ x`` and for text that adds formulas.

    Raises
    ------
    FormulaError
        With a caret under the place.

    Examples
    --------
    >>> print(bf("y~x+(x|g)", "sigma ~ z", nu=4))
    y ~ x + (x | g)
    sigma ~ z
    nu = 4
    """
    if isinstance(formula, BrmsFormula | MvFormula):
        if parts or dpars or nl or center is not None or cmc is not None or family is not None:
            raise FormulaError(
                "This formula is made by bf() already; add to it with '+': "
                'formula + lf("sigma ~ z").'
            )
        return formula
    _check_flags(nl=nl, center=center, cmc=cmc)
    node = parse(formula)
    if _is_r_call(node):
        from bambi_lite.formula.rcalls import read_r

        if parts or dpars or nl or center is not None or cmc is not None:
            raise formula_error(
                "This text is a whole call already; put everything into it, or give formulas.",
                formula,
                0,
                len(formula),
            )
        made = read_r(node, formula)
        return made if family is None else _with_family(made, family)
    extra: list[Part] = []
    for part in parts:
        extra += part.parts if isinstance(part, Parts) else read_parts(part)
    fixed: list[tuple[str, float | str]] = []
    for name, value in dpars.items():
        if isinstance(value, str) and "~" in value:
            extra += _named_part(name, value)
        else:
            fixed.append((name, _fixed_value(name, value)))
    return make(node, formula, tuple(extra), tuple(fixed), nl, center, cmc, family)


def lf(
    *formulas: str, center: bool | None = None, cmc: bool | None = None, dpar: str = "",
    resp: str = "",
) -> Parts:  # fmt: skip
    """Linear formulas of parameters, to be added: ``bf("y ~ x") + lf("sigma ~ z")``.

    Parameters
    ----------
    *formulas : str
        ``"sigma ~ z"``, ``"a + b ~ 1"``.
    center, cmc : bool
        As in :func:`bf`.
    dpar, resp : str
        The parameter, where the formula does not name it, and the response it belongs to.

    Returns
    -------
    Parts
    """
    _check_flags(center=center, cmc=cmc)
    read = [p for f in formulas for p in (_named_part(dpar, f) if dpar else read_parts(f))]
    return Parts(tuple(replace(p, center=center, cmc=cmc, resp=resp) for p in read))


def nlf(*formulas: str, dpar: str = "", resp: str = "") -> Parts:
    """Non-linear formulas of parameters: ``bf("y ~ a", nl=True) + nlf("a ~ exp(b)")``.

    Parameters
    ----------
    *formulas : str
    dpar, resp : str
        As in :func:`lf`.

    Returns
    -------
    Parts
    """
    read = [p for f in formulas for p in (_named_part(dpar, f) if dpar else read_parts(f))]
    return Parts(tuple(replace(p, nl=True, resp=resp) for p in read))


def mvbf(*formulas: str | BrmsFormula | MvFormula, rescor: bool | None = None) -> MvFormula:
    """A model of several responses.

    Parameters
    ----------
    *formulas : str or BrmsFormula
        One for each response.
    rescor : bool, optional
        Whether the residuals are correlated.

    Returns
    -------
    MvFormula
    """
    _check_flags(rescor=rescor)
    forms: list[BrmsFormula] = []
    for formula in formulas:
        made = bf(formula)
        if isinstance(made, MvFormula):
            rescor = made.rescor if rescor is None else rescor
            forms += made.forms
        else:
            forms.append(made)
    return multivariate(tuple(forms), rescor)


def set_rescor(rescor: bool = True) -> Setting:
    """Whether the residuals of several responses are correlated: ``mvbf(...) + set_rescor(False)``."""
    _check_flags(rescor=rescor)
    return Setting("rescor", rescor)


def set_nl(nl: bool = True, dpar: str = "", resp: str = "") -> Setting:
    """Make the formula of `dpar` (the main one by default) non-linear: ``bf(...) + set_nl()``."""
    _check_flags(nl=nl)
    return Setting("nl", nl, dpar, resp)


def set_mecor(mecor: bool = True) -> Setting:
    """Whether the latent variables of ``me()`` terms are correlated."""
    _check_flags(mecor=mecor)
    return Setting("mecor", mecor)


def make(
    node: Node,
    text: str,
    parts: tuple[Part, ...] = (),
    fixed: tuple[tuple[str, float | str], ...] = (),
    nl: bool = False,
    center: bool | None = None,
    cmc: bool | None = None,
    family: Any = None,
) -> BrmsFormula | MvFormula:
    """The formula of a tree and of parts that were read already."""
    left, right = split_formula(node, text)
    responses = read_response(left, text)
    main = Part("mu", right, text, nl, center, cmc, right.pos)
    forms = []
    for response in responses:
        shown = deparse(response.node)
        if response.additions:
            shown += " | " + " + ".join(deparse(a.node) for a in response.additions)
        made = BrmsFormula(
            f"{shown} ~ {deparse(right)}",
            response, (), fixed, nl, family, parts, main,
        )  # fmt: skip
        forms.append(assemble(made))
    return forms[0] if len(forms) == 1 else multivariate(tuple(forms), None)


def multivariate(forms: tuple[BrmsFormula, ...], rescor: bool | None) -> MvFormula:
    """Several formulas as one model, their names checked."""
    names = [f.response.name for f in forms]
    for name in names:
        if names.count(name) > 1:
            raise FormulaError(f"Two formulas have the response '{name}'.")
    if len(forms) < 2:
        raise FormulaError("A multivariate model has two or more formulas.")
    return MvFormula(forms, rescor)


def combine(left: BrmsFormula | MvFormula, right: Any) -> BrmsFormula | MvFormula:
    """What ``left + right`` means."""
    if isinstance(right, str):
        raise FormulaError(
            f"A string cannot be added to a formula; write bf({right!r}) for another response, or "
            f"lf({right!r}) for another parameter."
        )
    if isinstance(right, BrmsFormula | MvFormula):
        forms = [f for side in (left, right) for f in getattr(side, "forms", (side,))]
        given = [s.rescor for s in (left, right) if isinstance(s, MvFormula)]
        rescor = next((r for r in reversed(given) if r is not None), None)
        return multivariate(tuple(forms), rescor)
    if isinstance(right, Parts):
        return _each(left, right, _add_parts)
    if isinstance(right, Setting):
        if right.name == "rescor":
            # brms allows it before the second formula is added; it has no meaning for one alone.
            if isinstance(left, BrmsFormula):
                raise FormulaError(
                    "set_rescor() belongs to a model of several responses; add it after the last "
                    "formula."
                )
            return replace(left, rescor=right.value)
        return _each(left, right, _set)
    raise FormulaError(
        f"A {type(right).__name__} cannot be added to a formula; valid are bf(), lf(), nlf(), "
        "set_rescor(), set_nl() and set_mecor()."
    )


def _each(left: BrmsFormula | MvFormula, right: Any, change: Any) -> BrmsFormula | MvFormula:
    if isinstance(left, BrmsFormula):
        return change(left, right)  # type: ignore[no-any-return]
    return replace(left, forms=tuple(change(f, right) for f in left.forms))


def _add_parts(formula: BrmsFormula, more: Parts) -> BrmsFormula:
    mine = tuple(p for p in more.parts if p.resp in ("", formula.response.name))
    return assemble(replace(formula, parts=formula.parts + mine)) if mine else formula


def _set(formula: BrmsFormula, setting: Setting) -> BrmsFormula:
    if setting.resp not in ("", formula.response.name):
        return formula
    if setting.name == "mecor":
        return replace(formula, mecor=setting.value)
    if setting.dpar in ("", "mu"):
        return assemble(replace(formula, main=replace(formula.main, nl=setting.value)))
    names = [p.name for p in formula.parts]
    if setting.dpar not in names:
        raise FormulaError(
            f"set_nl(): there is no formula of '{setting.dpar}'.{suggest(setting.dpar, names)}"
        )
    parts = tuple(
        replace(p, nl=setting.value) if p.name == setting.dpar else p for p in formula.parts
    )
    return assemble(replace(formula, parts=parts))


def _is_r_call(node: Node) -> bool:
    from bambi_lite.formula.rcalls import is_r_call

    return is_r_call(node)


def _with_family(made: BrmsFormula | MvFormula, family: Any) -> BrmsFormula | MvFormula:
    if isinstance(made, BrmsFormula):
        return replace(made, family=family)
    return replace(made, forms=tuple(replace(f, family=family) for f in made.forms))


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
    for name in operands_of(strip_parens(left), "+"):
        name = strip_parens(name)
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


def _named_part(name: str, text: str) -> list[Part]:
    node = parse(text)
    tree = strip_parens(node)
    if isinstance(tree, Unary) and tree.operator == "~":
        return [Part(name, tree.operand, text, place=tree.pos)]
    parts = parts_of(node, text)
    if [p.name for p in parts] != [name]:
        raise formula_error(
            f"The formula given for '{name}' predicts '{parts[0].name}'.", text, 0, len(text)
        )
    return parts


def _fixed_value(name: str, value: float | str) -> float | str:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise FormulaError(
            f"'{name}' of bf() is no option ({', '.join(_OPTIONS[:4])}) and its value no number, "
            f"name of a parameter or formula.{suggest(name, _OPTIONS)}"
        )
    if isinstance(value, str):
        if not isinstance(strip_parens(parse(value)), Name):
            raise FormulaError(
                f"{name}={value!r}: give a number, the name of another parameter or a formula."
            )
        return value
    if value != value or value in (float("inf"), float("-inf")):
        raise FormulaError(f"{name}={value}: a fixed value is a finite number.")
    return float(value)


def _check_flags(**flags: Any) -> None:
    for name, value in flags.items():
        if value is not None and not isinstance(value, bool):
            raise FormulaError(f"'{name}' is True or False, not {value!r}.")
