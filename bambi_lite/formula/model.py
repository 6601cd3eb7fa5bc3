"""A whole model's formulas as values: :class:`BrmsFormula` and :class:`MvFormula`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from ..errors import FormulaError, formula_error, suggest
from .algebra import Term
from .bars import GroupTerm
from .family import FamilyCall
from .nodes import Infix, Node, Paren, deparse, error_at, variables
from .response import Response
from .special import SpecialTerm, check_body
from .terms import RightSide, fill_dot, read_right_side
from .vocabulary import AUTOCORRELATION

#: How formulas explain themselves: the module that knows lies above and puts its function here.
EXPLAINERS: list[Callable[[Any], Any]] = []


@dataclass(frozen=True, slots=True)
class Predictor:
    """The formula of one distributional or non-linear parameter.

    Attributes
    ----------
    dpar, nlpar : str
        What is predicted; one of them is empty unless a non-linear parameter belongs to ``mu``.
    text : str
        The right side as written (``x + (x | g)``), spaced as R prints it.
    terms : tuple of Term
        Population-level terms in R's order, without the intercept.
    intercept : bool
        Whether there is one.
    groups, specials, offsets
        Group-level terms, terms with special functions, the expressions of ``offset()``.
    body : Node or None
        The expression of a non-linear formula; the other parts are empty then.
    center, cmc : bool
        brms' options of these names.
    decomp : str
        ``"QR"`` where the coefficients are those of orthogonal columns, else empty.
    """

    dpar: str
    nlpar: str
    text: str
    terms: tuple[Term, ...] = ()
    intercept: bool = True
    groups: tuple[GroupTerm, ...] = ()
    specials: tuple[SpecialTerm, ...] = ()
    offsets: tuple[Node, ...] = ()
    body: Node | None = None
    center: bool = True
    cmc: bool = True
    decomp: str = ""
    has_dot: bool = False
    rhs: Node = field(default_factory=Node, repr=False)
    source: str = field(default="", compare=False, repr=False)

    @property
    def name(self) -> str:
        """The parameter that is predicted: ``mu``, ``sigma``, ``b1``."""
        return self.nlpar or self.dpar


@dataclass(frozen=True, slots=True)
class Part:
    """The formula of one parameter as given to ``bf``, ``lf`` or ``nlf``, not yet read."""

    name: str
    rhs: Node
    text: str = field(default="", compare=False, repr=False)
    nl: bool = False
    center: bool | None = None
    cmc: bool | None = None
    place: int = field(default=0, compare=False, repr=False)
    resp: str = ""
    decomp: str = ""


@dataclass(frozen=True, slots=True)
class BrmsFormula:
    """The formulas of a model with one response; made by :func:`bf`.

    Attributes
    ----------
    text : str
        The main formula, spaced as brms prints it.
    response : Response
    predictors : tuple of Predictor
        ``mu`` first, then the others in the order given.
    fixed : tuple of (str, float or str)
        ``sigma = 2`` and ``sigma2 = "sigma1"``.
    nl : bool
        Whether the main formula is non-linear.
    family : FamilyCall or object
        What was given as ``family`` to ``bf``, read if it was text; None if nothing was.
    mecor, rescor : bool
        What ``set_mecor`` and ``set_rescor`` said; the latter acts when a second response is added.
    """

    text: str
    response: Response
    predictors: tuple[Predictor, ...]
    fixed: tuple[tuple[str, float | str], ...] = ()
    nl: bool = False
    family: Any = None
    parts: tuple[Part, ...] = field(default=(), repr=False)
    main: Part = field(default_factory=lambda: Part("mu", Node(), ""), repr=False)
    mecor: bool = True
    rescor: bool | None = None

    def __str__(self) -> str:
        lines = [self.text]
        lines += [f"{p.name} ~ {deparse(p.rhs)}" for p in self.parts]
        lines += [f"{k} = {v:g}" if isinstance(v, float) else f"{k} = {v}" for k, v in self.fixed]
        return "\n".join(lines)

    def __add__(self, other: Any) -> Any:
        return combine(self, other)

    def __radd__(self, other: Any) -> Any:
        # sum([bf1, bf2]) starts from 0.
        return self if other == 0 else NotImplemented

    def explain(self) -> Any:
        """What each part means: see :func:`bambi_lite.explain`."""
        return EXPLAINERS[-1](self)

    @property
    def mu(self) -> Predictor:
        """The predictor of the main formula."""
        return self.predictors[0]


@dataclass(frozen=True, slots=True)
class MvFormula:
    """The formulas of a model with several responses.

    `rescor` says whether the residuals are correlated; None leaves it to the families.
    """

    forms: tuple[BrmsFormula, ...]
    rescor: bool | None = None

    def __str__(self) -> str:
        return "\n".join(str(f) for f in self.forms)

    def __add__(self, other: Any) -> Any:
        return combine(self, other)

    def explain(self) -> Any:
        """What each part means: see :func:`bambi_lite.explain`."""
        return EXPLAINERS[-1](self)

    @property
    def responses(self) -> tuple[str, ...]:
        """The names of the responses."""
        return tuple(f.response.name for f in self.forms)


@dataclass(frozen=True, slots=True)
class Parts:
    """What ``lf`` and ``nlf`` give: formulas of parameters, to be added to a ``bf``.

    `fixed` are the parameters that get a value, of the response `resp` (empty: of each).
    """

    parts: tuple[Part, ...]
    fixed: tuple[tuple[str, float | str], ...] = ()
    resp: str = ""

    def __str__(self) -> str:
        return "\n".join(f"{p.name} ~ {deparse(p.rhs)}" for p in self.parts)


@dataclass(frozen=True, slots=True)
class Autocor:
    """The right side of ``acformula(~ ar(p = 1))``: terms to be added to the main formula."""

    rhs: Node
    text: str = field(default="", compare=False, repr=False)
    resp: str = ""


@dataclass(frozen=True, slots=True)
class Setting:
    """What ``set_rescor``, ``set_nl`` and ``set_mecor`` give."""

    name: str
    value: bool
    dpar: str = ""
    resp: str = ""


def check_decomp(given: Any) -> str:
    """What ``decomp`` of a formula is; empty for none.

    Raises
    ------
    FormulaError
        For anything but None and ``"QR"``.
    """
    if given is None:
        return ""
    if given != "QR":
        raise FormulaError(f'decomp is "QR" or None, not {given!r}.')
    return "QR"


def assemble(formula: BrmsFormula) -> BrmsFormula:
    """`formula` with its predictors read anew from its parts."""
    main, parts = formula.main, formula.parts
    used = {name for part in (main, *parts) if part.nl for name in variables(part.rhs)}
    _check_parts(formula, used)
    # Thresholds that differ between groups cannot be shifted together to centre the predictors.
    if any(a.name == "thres" and dict(a.kwargs).get("gr") for a in formula.response.additions):
        main = replace(main, center=False)
    predictors = [_predictor(main, nlpar=False)]
    predictors += [_predictor(part, nlpar=part.name in used) for part in parts]
    _check_across(predictors)
    return replace(formula, predictors=tuple(predictors), nl=main.nl)


def _check_parts(formula: BrmsFormula, used: set[str]) -> None:
    seen: set[str] = set()
    for part in formula.parts:
        if part.name == "mu":
            raise formula_error(
                "'mu' is the parameter of the main formula already.", part.text, part.place, 2
            )
        if part.name in seen:
            raise formula_error(
                f"The parameter '{part.name}' has two formulas.",
                part.text,
                part.place,
                len(part.name),
            )
        seen.add(part.name)
        if part.name in used and ("." in part.name or "_" in part.name):
            raise formula_error(
                f"The non-linear parameter '{part.name}' must not have dots or underscores in "
                "its name.",
                part.text,
                part.place,
                len(part.name),
            )
    for name, _ in formula.fixed:
        if name == "mu":
            raise FormulaError("'mu' is the parameter of the main formula, and has no fixed value.")
        if name in seen:
            raise FormulaError(f"The parameter '{name}' has a formula and a fixed value.")


def _predictor(part: Part, nlpar: bool) -> Predictor:
    predictor = Predictor(
        dpar="" if nlpar else part.name,
        nlpar=part.name if nlpar else "",
        text=deparse(part.rhs),
        # Non-linear parameters have no centred intercept of their own class.
        center=part.center is not False and not nlpar,
        cmc=part.cmc is not False,
        decomp=part.decomp,
        rhs=part.rhs,
        source=part.text,
    )
    if not part.nl:
        return _with_side(predictor, read_right_side(part.rhs, part.text))
    if part.decomp:
        raise formula_error(
            f'decomp = "{part.decomp}" is about the columns of a linear formula; this one is '
            'non-linear. Give it to the formulas of its parameters: lf(a ~ x, decomp = "QR").',
            part.text,
            part.place,
        )
    check_body(part.rhs, part.text)
    return replace(predictor, intercept=False, body=part.rhs)


def _with_side(predictor: Predictor, side: RightSide) -> Predictor:
    return replace(
        predictor,
        terms=side.terms,
        intercept=side.intercept,
        groups=side.groups,
        specials=side.specials,
        offsets=side.offsets,
        has_dot=side.has_dot,
    )


def _check_across(predictors: Iterable[Predictor]) -> None:
    """Terms of one ID belong to one grouping."""
    groups: dict[str, str] = {}
    for predictor in predictors:
        for term in predictor.groups:
            if term.id and groups.setdefault(term.id, term.group) != term.group:
                raise formula_error(
                    f"The ID '{term.id}' is used for the groups '{groups[term.id]}' and "
                    f"'{term.group}'; an ID belongs to one grouping.",
                    predictor.source,
                    term.pos,
                    max(1, term.end - term.pos),
                )


def expand_dots(formula: BrmsFormula, columns: Iterable[str]) -> BrmsFormula:
    """`formula` with ``.`` replaced by the columns that the left side does not name.

    Parameters
    ----------
    formula : BrmsFormula
    columns : iterable of str
        The columns of the data, in order.

    Returns
    -------
    BrmsFormula
        The same object if there is no dot in it.
    """
    if not any(p.has_dot for p in formula.predictors):
        return formula
    left = set(variables(formula.response.node))
    for addition in formula.response.additions:
        left |= set(variables(addition.node))
    others = tuple(c for c in columns if c not in left)

    def fill(predictor: Predictor) -> Predictor:
        if not predictor.has_dot:
            return predictor
        rhs = fill_dot(predictor.rhs, others, predictor.source)
        return replace(_with_side(predictor, read_right_side(rhs, predictor.source)), rhs=rhs)

    return replace(formula, predictors=tuple(fill(p) for p in formula.predictors))


def multivariate(forms: tuple[BrmsFormula, ...], rescor: bool | None) -> MvFormula:
    """Several formulas as one model, their names checked."""
    names = [f.response.name for f in forms]
    for name in names:
        if names.count(name) > 1:
            raise FormulaError(f"Two formulas have the response '{name}'.")
    if len(forms) < 2:
        raise FormulaError("A multivariate model has two or more formulas.")
    return MvFormula(forms, rescor)


def gather(made: Iterable[BrmsFormula | MvFormula], rescor: bool | None) -> MvFormula:
    """Formulas, some of them of several responses, as one model."""
    forms: list[BrmsFormula] = []
    said: bool | None = None
    for formula in made:
        # The last word counts, and an argument of mvbf() is the last.
        said = formula.rescor if said is None or formula.rescor is not None else said
        forms += formula.forms if isinstance(formula, MvFormula) else [formula]
    rescor = said if rescor is None else rescor
    return multivariate(tuple(forms), rescor)


def combine(left: BrmsFormula | MvFormula, right: Any) -> BrmsFormula | MvFormula:
    """What ``left + right`` means."""
    if isinstance(right, str):
        raise FormulaError(
            f"A string cannot be added to a formula; write bf({right!r}) for another response, or "
            f"lf({right!r}) for another parameter."
        )
    if isinstance(right, BrmsFormula | MvFormula):
        return gather([left, right], None)
    if isinstance(right, Parts):
        return _each(left, right, _add_parts)
    if isinstance(right, Autocor):
        return _each(left, right, _add_autocor)
    if isinstance(right, FamilyCall):
        if isinstance(left, BrmsFormula):
            return replace(left, family=right)
        raise FormulaError(
            f"The family {right} is added to the formula of one response: bf(y ~ x) + {right}."
        )
    if isinstance(right, Setting):
        if right.name == "rescor":
            return replace(left, rescor=right.value)
        return _each(left, right, _set)
    raise FormulaError(
        f"A {type(right).__name__} cannot be added to a formula; valid are bf(), lf(), nlf(), "
        "set_rescor(), set_nl() and set_mecor(). A family is an argument: bf(..., family=...)."
    )


def _each[T](
    left: BrmsFormula | MvFormula, right: T, change: Callable[[BrmsFormula, T], BrmsFormula]
) -> BrmsFormula | MvFormula:
    if isinstance(left, BrmsFormula):
        return change(left, right)
    return replace(left, forms=tuple(change(f, right) for f in left.forms))


def _add_parts(formula: BrmsFormula, more: Parts) -> BrmsFormula:
    mine = tuple(p for p in more.parts if p.resp in ("", formula.response.name))
    fixed = more.fixed if more.resp in ("", formula.response.name) else ()
    if not mine and not fixed:
        return formula
    return assemble(replace(formula, parts=formula.parts + mine, fixed=formula.fixed + fixed))


def _add_autocor(formula: BrmsFormula, more: Autocor) -> BrmsFormula:
    """`formula` with autocorrelation terms, which stand among the others as well.

    Raises
    ------
    FormulaError
        If there is any other term among them; brms would leave it out in silence.
    """
    if more.resp not in ("", formula.response.name):
        return formula
    side = read_right_side(more.rhs, more.text)
    found = {s.kind for s in side.specials}
    if not found or side.terms or side.groups or side.offsets or found - AUTOCORRELATION:
        raise error_at(
            more.rhs,
            more.text,
            f"'{deparse(more.rhs)}' must consist of autocorrelation terms: "
            f"{', '.join(sorted(AUTOCORRELATION))}.",
        )
    rhs = formula.main.rhs
    first = rhs if not isinstance(rhs, Infix) or rhs.operators[0] in ("+", "-") else Paren(rhs)
    joined = Infix((first, more.rhs), ("+",), (more.rhs.pos,), pos=rhs.pos, end=rhs.end)
    text = f"{formula.text.removesuffix(deparse(rhs))}{deparse(joined)}"
    return assemble(replace(formula, text=text, main=replace(formula.main, rhs=joined)))


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
