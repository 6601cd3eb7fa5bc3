"""A whole model's formulas as values: :class:`BrmsFormula` and :class:`MvFormula`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from bambi_lite.errors import FormulaError, formula_error
from bambi_lite.formula.nodes import (
    Call,
    Infix,
    Name,
    Node,
    Unary,
    deparse,
    operands_of,
    strip_parens,
    variables,
)
from bambi_lite.formula.naming import response_name
from bambi_lite.formula.signatures import Bound, bind, find
from bambi_lite.formula.terms import (
    GroupTerm,
    RightSide,
    SpecialTerm,
    Term,
    fill_dot,
    read_right_side,
)
from bambi_lite.formula.vocabulary import ADDITION_ARGS, ADDITIONS


@dataclass(frozen=True, slots=True)
class Addition:
    """One function after the bar of a response: ``trials(n)``, ``cens(c, y2)``.

    `args` are the columns by position (``cens``: the codes and, if given, the upper bounds),
    `kwargs` the other arguments that were given (``sigma`` of ``se``, ``lb`` of ``trunc``).
    """

    name: str
    args: tuple[Node, ...]
    kwargs: tuple[tuple[str, Node], ...]
    node: Call


@dataclass(frozen=True, slots=True)
class Response:
    """The left side of a formula.

    Attributes
    ----------
    node : Node
        The response: a variable or an expression.
    name : str
        Its name in the names of parameters.
    additions : tuple of Addition
        What stands after the bar.
    """

    node: Node
    name: str
    additions: tuple[Addition, ...] = ()

    @property
    def variables(self) -> tuple[str, ...]:
        """The columns that the response itself (not its additions) needs."""
        return variables(self.node)


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
    text: str
    nl: bool = False
    center: bool | None = None
    cmc: bool | None = None
    place: int = 0
    resp: str = ""


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
    family : object
        What was given as ``family`` to ``bf``, None if nothing was.
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

    def __str__(self) -> str:
        lines = [self.text]
        lines += [f"{p.name} ~ {deparse(p.rhs)}" for p in self.parts]
        lines += [f"{k} = {v:g}" if isinstance(v, float) else f"{k} = {v}" for k, v in self.fixed]
        return "\n".join(lines)

    def __add__(self, other: Any) -> Any:
        from bambi_lite.formula.api import combine

        return combine(self, other)

    def __radd__(self, other: Any) -> Any:
        # sum([bf1, bf2]) starts from 0.
        return self if other == 0 else NotImplemented

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
        from bambi_lite.formula.api import combine

        return combine(self, other)

    @property
    def responses(self) -> tuple[str, ...]:
        """The names of the responses."""
        return tuple(f.response.name for f in self.forms)


def split_formula(node: Node, text: str) -> tuple[Node | None, Node]:
    """The left side (None if there is none) and the right side of a formula."""
    node = strip_parens(node)
    match node:
        case Unary(operator="~", operand=operand):
            return None, operand
        case Infix(operators=("~",), operands=(left, right)):
            return left, right
        case Infix(operators=("~", *_), places=places):
            raise formula_error("A second '~': a formula has one.", text, places[1])
    raise formula_error(
        "A formula needs a '~' between the response and its predictors: y ~ x.",
        text,
        node.pos,
        max(1, node.end - node.pos),
    )


def read_response(node: Node | None, text: str) -> tuple[Response, ...]:
    """The responses of a left side; more than one if it is ``mvbind(y1, y2)``.

    Raises
    ------
    FormulaError
        If there is none, or for an unknown or repeated addition.
    """
    if node is None:
        raise formula_error(
            "The response is missing: write y ~ x.", text, max(0, text.find("~"))
        )
    node = strip_parens(node)
    additions: tuple[Addition, ...] = ()
    if isinstance(node, Infix) and node.operators[0] in ("|", "||"):
        if len(node.operands) > 2 or node.operators[0] == "||":
            place = node.places[min(1, len(node.places) - 1)]
            raise formula_error(
                "The response has one '|', and the terms after it are added: "
                "y | trials(n) + weights(w) ~ x.",
                text,
                place,
            )
        additions = _additions(node.operands[1], text)
        node = strip_parens(node.operands[0])
    _check_response(node, text)
    if isinstance(node, Call) and node.function == "mvbind":
        if len(node.args) < 2:
            raise error_at(node, text, "mvbind() takes two or more responses: mvbind(y1, y2).")
        for arg in node.args:
            if arg.name:
                raise error_at(arg, text, "mvbind() takes responses without names.")
        responses = tuple(
            Response(a.value, response_name(deparse(a.value)), additions) for a in node.args
        )
    else:
        responses = (Response(node, response_name(deparse(node)), additions),)
    names = [r.name for r in responses]
    for name in names:
        if names.count(name) > 1:
            raise error_at(node, text, f"The response '{name}' is named twice.")
    return responses


def _check_response(node: Node, text: str) -> None:
    if not variables(node):
        raise error_at(node, text, f"The response '{deparse(node)}' names no column.")
    if isinstance(node, Call) and node.function in ADDITIONS and node.function != "index":
        raise error_at(
            node,
            text,
            f"'{deparse(node)}' belongs after the bar of a response: y | {deparse(node)} ~ x.",
        )
    if Name(".") in (node, *(a.value for a in getattr(node, "args", ()))):
        raise error_at(node, text, "'.' stands for all other columns, and cannot be a response.")


def _additions(node: Node, text: str) -> tuple[Addition, ...]:
    additions: list[Addition] = []
    for item in operands_of(strip_parens(node), "+"):
        call = strip_parens(item)
        if not isinstance(call, Call):
            raise error_at(
                item,
                text,
                f"'{deparse(item)}' is no addition term; after the bar of a response stand calls "
                "joined by '+': y | trials(n) + weights(w) ~ x.",
            )
        bound = bind(call, find(call, ADDITIONS, "addition term", text), text)
        if any(a.name == call.function for a in additions):
            raise error_at(call, text, f"'{call.function}' is given twice.")
        additions.append(_addition(bound, text))
    return tuple(additions)


def _addition(bound: Bound, text: str) -> Addition:
    given = [(name, node) for name, node in bound.options if bound.get(name) is not None]
    if bound.name == "thres" and not given:
        raise error_at(bound.node, text, "thres() needs a number of thresholds, or gr = a column.")
    if bound.name == "trunc" and not given:
        raise error_at(bound.node, text, "trunc() needs a bound: lb, ub or both.")
    columns = ADDITION_ARGS.get(bound.name, ("x",))
    args = bound.args + tuple(node for name, node in given if name in columns)
    kwargs = tuple((name, node) for name, node in given if name not in columns)
    return Addition(bound.name, args, kwargs, bound.node)


def assemble(formula: BrmsFormula) -> BrmsFormula:
    """`formula` with its predictors read anew from its parts."""
    main, parts = formula.main, formula.parts
    used = {
        name for part in (main, *parts) if part.nl for name in variables(part.rhs)
    }
    _check_parts(formula, used)
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
        if name in seen:
            raise FormulaError(f"The parameter '{name}' has a formula and a fixed value.")


def _predictor(part: Part, nlpar: bool) -> Predictor:
    center = part.center is not False
    common = {
        "dpar": "" if nlpar else part.name,
        "nlpar": part.name if nlpar else "",
        "text": deparse(part.rhs),
        # Non-linear parameters have no centred intercept of their own class.
        "center": center and not nlpar,
        "cmc": part.cmc is not False,
        "rhs": part.rhs,
        "source": part.text,
    }
    if part.nl:
        if Name(".") in (part.rhs,):
            raise error_at(part.rhs, part.text, "'.' has no meaning in a non-linear formula.")
        return Predictor(intercept=False, body=part.rhs, **common)
    return _with_side(Predictor(**common), read_right_side(part.rhs, part.text))


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
