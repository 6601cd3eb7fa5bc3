"""bf(), lf(), nlf(), mvbf() and set_*(): how a user writes a model's formulas.

Each takes formulas as strings; :func:`bf` also reads the text of a whole call as written in R.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..errors import FormulaError, formula_error, suggest
from .family import read_family
from .make import make, parts_of, read_parts
from .model import BrmsFormula, MvFormula, Part, Parts, Setting, check_decomp, gather
from .nodes import Name, Unary, strip_parens
from .parser import parse
from .rcalls import is_r_call, read_r

_OPTIONS = ("nl", "center", "cmc", "decomp", "family")


def bf(
    formula: str | BrmsFormula | MvFormula,
    *parts: str | Parts,
    nl: bool = False,
    center: bool | None = None,
    cmc: bool | None = None,
    decomp: str | None = None,
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
    decomp : "QR", optional
        The coefficients of the main formula are sampled on orthogonal columns, ``X = Q R`` with
        the columns of Q scaled by ``sqrt(n - 1)``, and, as in brms, *their priors are about
        those*; reported are the ones of the columns of X. Where priors are flat nothing changes:
        models are sampled on orthogonal columns in any case (``model.plan``), with the priors
        where they are.
    family : str or Family
        The family of this response: ``"poisson"``, ``"poisson(link = 'sqrt')"``, or what
        ``bl.poisson()`` gives. It counts for more than the family that is given to ``brm()``.
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
        options = (center, cmc, decomp, family)
        if parts or dpars or nl or any(option is not None for option in options):
            raise FormulaError(
                "This formula is made by bf() already; add to it with '+': "
                'formula + lf("sigma ~ z").'
            )
        return formula
    _check_flags(nl=nl, center=center, cmc=cmc)
    decomposed = check_decomp(decomp)
    node = parse(formula)
    if is_r_call(node):
        if parts or dpars or nl or any(option is not None for option in (center, cmc, decomp)):
            raise formula_error(
                "This text is a whole call already; put everything into it, or give formulas.",
                formula,
                0,
                len(formula),
            )
        made = read_r(node, formula)
        return made if family is None else _with_family(made, _read_family(family))
    extra: list[Part] = []
    for part in parts:
        extra += part.parts if isinstance(part, Parts) else read_parts(part)
    fixed: list[tuple[str, float | str]] = []
    for name, value in dpars.items():
        if isinstance(value, str) and "~" in value:
            extra += _named_part(name, value)
        else:
            fixed.append((name, _fixed_value(name, value)))
    given = (tuple(extra), tuple(fixed), nl, center, cmc, _read_family(family), decomposed)
    return make(node, formula, *given)


def lf(
    *formulas: str,
    center: bool | None = None,
    cmc: bool | None = None,
    decomp: str | None = None,
    dpar: str = "",
    resp: str = "",
) -> Parts:
    """Linear formulas of parameters, to be added: ``bf("y ~ x") + lf("sigma ~ z")``.

    Parameters
    ----------
    *formulas : str
        ``"sigma ~ z"``, ``"a + b ~ 1"``.
    center, cmc, decomp
        As in :func:`bf`.
    dpar, resp : str
        The parameter, where the formula does not name it, and the response it belongs to.

    Returns
    -------
    Parts
    """
    _check_flags(center=center, cmc=cmc)
    own = check_decomp(decomp)
    read = [p for f in formulas for p in (_named_part(dpar, f) if dpar else read_parts(f))]
    return Parts(tuple(replace(p, center=center, cmc=cmc, decomp=own, resp=resp) for p in read))


def nlf(*formulas: str, dpar: str = "", resp: str = "") -> Parts:
    """A non-linear formula of a parameter: ``bf("y ~ a", nl=True) + nlf("a ~ exp(b)", "b ~ 1")``.

    Parameters
    ----------
    *formulas : str
        The first is non-linear. Those after it are linear, as those of :func:`lf`.
    dpar, resp : str
        As in :func:`lf`.

    Returns
    -------
    Parts
    """
    read = [
        replace(p, nl=i == 0, resp=resp)
        for i, f in enumerate(formulas)
        for p in (_named_part(dpar, f) if dpar else read_parts(f))
    ]
    return Parts(tuple(read))


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
    return gather([bf(formula) for formula in formulas], rescor)


def set_rescor(rescor: bool = True) -> Setting:
    """Whether the residuals of the responses are correlated: ``mvbf(...) + set_rescor(False)``."""
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


def _with_family(made: BrmsFormula | MvFormula, family: Any) -> BrmsFormula | MvFormula:
    if isinstance(made, BrmsFormula):
        return replace(made, family=family)
    return replace(made, forms=tuple(replace(f, family=family) for f in made.forms))


def _read_family(family: Any) -> Any:
    return read_family(parse(family), family) if isinstance(family, str) else family


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
            f"{name}={value!r}: a parameter gets a number, the name of another parameter or a "
            f"formula; the options of bf() are {', '.join(_OPTIONS)}.{suggest(name, _OPTIONS)}"
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
