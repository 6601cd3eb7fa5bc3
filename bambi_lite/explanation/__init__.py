"""What a formula or a model means, token by token and as mathematics."""

from __future__ import annotations

from typing import Any

from ..errors import listing
from ..formula import BrmsFormula, MvFormula, bf
from ..formula.model import EXPLAINERS
from ..spec import ModelSpec
from . import model as maths
from . import structure
from .equations import Notation, group_distributions, predictors
from .reading import read_formulas
from .value import Equation, Explanation, Piece, Symbol, TokenRole
from .views import view_formula, view_model

__all__ = [
    "Equation",
    "Explanation",
    "Piece",
    "Symbol",
    "TokenRole",
    "explain",
    "explain_model",
]


def explain(formula: str | BrmsFormula | MvFormula, *parts: Any, **options: Any) -> Explanation:
    """What a formula means, without data.

    Parameters
    ----------
    formula : str or what bf() gives
        The formula.
    *parts, **options
        As for :func:`bambi_lite.bf`.

    Returns
    -------
    Explanation
        Printing it shows what each part became; ``.tokens`` is a table of every token, ``.latex``
        the mathematics. Special terms are explained too.

    Raises
    ------
    FormulaError
        With a caret under the place, if the formula means nothing.

    Examples
    --------
    >>> print(explain("y ~ x + (1 | g)"))  # doctest: +ELLIPSIS
    Formula
      y ~ x + (1 | g)
    <BLANKLINE>
        y              response: what is explained
        x              population-level term: x
        (1 | g)        group-level term: Intercept varies over g
        (not written)  intercept: mu has one by default
    <BLANKLINE>
    Model
      y_i ~ Family(mu_i, ...)                   for i = 1, ..., N
      g(mu_i) = alpha + beta_1 x_i + r_1[j[i]]  for i = 1, ..., N; j[i]: g of observation i, ...
    <BLANKLINE>
    Group-level effects
      r_1[j] ~ Normal(0, tau_1)  for j = 1, ..., J; levels of g
    """
    made = bf(formula, *parts, **options)
    forms = made.forms if isinstance(made, MvFormula) else (made,)
    sources, pieces, roles = read_formulas(forms)
    sections: list[tuple[str, tuple[Equation, ...]]] = []
    for form in forms:
        notation = Notation(view_formula(form, several=len(forms) > 1))
        title = f" of {form.response.name}" if len(forms) > 1 else ""
        equations = [maths.unknown_family(notation.view.response), *predictors(notation)]
        sections.append((f"Model{title}", tuple(equations)))
        groups = tuple(group_distributions(notation))
        sections += [(f"Group-level effects{title}", groups)] if groups else []
    return Explanation(sources, pieces, roles, tuple(sections))


def explain_model(spec: ModelSpec) -> Explanation:
    """What a model means: its formula, its mathematics, its priors.

    Parameters
    ----------
    spec : ModelSpec
        The model.

    Returns
    -------
    Explanation
    """
    sources, pieces, roles = read_formulas((spec.formula,), spec.design)
    notation = Notation(view_model(spec))
    sections: list[tuple[str, tuple[Equation, ...]]] = [
        (
            "Model",
            (
                maths.likelihood(spec, notation),
                *predictors(notation),
                *structure.equations(spec, notation),
            ),
        )
    ]
    groups = tuple(group_distributions(notation))
    sections += [("Group-level effects", groups)] if groups else []
    sections.append(("Priors", tuple(maths.priors(spec, notation))))
    symbols = tuple(maths.symbols(spec, notation))
    pieces = tuple(_of_family(piece, spec) for piece in pieces)
    return Explanation(sources, pieces, roles, tuple(sections), symbols)


def _of_family(piece: Piece, spec: ModelSpec) -> Piece:
    """What the family makes of the intercept that the main formula has without saying it."""
    if piece != Piece("intercept", "", "mu has one by default"):
        return piece
    if spec.family.thresholds:
        return Piece("thresholds", "", "stand in place of the intercept of mu")
    if spec.main_dpars == ("mu",):
        return piece
    return Piece("intercept", "", f"{listing(spec.main_dpars)} have one each by default")


EXPLAINERS.append(explain)
