"""A formula's text, token by token: which part of the model each belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..design import Design, MvDesign
from ..errors import FormulaError
from ..formula import (
    Arg,
    BrmsFormula,
    Call,
    Infix,
    Node,
    Predictor,
    Unary,
    deparse,
    parse,
    strip_parens,
    walk,
)
from ..formula.rcalls import is_r_call
from ..formula.vocabulary import FAMILIES
from . import words
from .marks import Marks
from .side import Side
from .value import Piece, TokenRole

_CALLS = ("bf", "brmsformula", "mvbf", "mvbrmsformula", "lf", "nlf", "acformula", "list")


def read_formulas(
    forms: Sequence[BrmsFormula], design: Design | MvDesign | None = None
) -> tuple[tuple[str, ...], tuple[Piece, ...], tuple[TokenRole, ...]]:
    """The texts of formulas, their parts and their tokens.

    Parameters
    ----------
    forms : sequence of BrmsFormula
        One a response.
    design : Design or MvDesign, optional
        Names the columns that each term gives.

    Returns
    -------
    sources : tuple of str
    pieces : tuple of Piece
    roles : tuple of TokenRole
    """
    texts = dict.fromkeys(p.text for form in forms for p in (form.main, *form.parts))
    pieces: list[Piece] = []
    roles: list[TokenRole] = []
    for number, text in enumerate(texts):
        reader = _Reader(text, number, forms=forms, design=design)
        reader.read()
        pieces += reader.pieces
        roles += reader.roles
    in_text = any(is_r_call(parse(text)) for text in texts)
    pieces += [] if in_text else _fixed_by_argument(forms)
    return tuple(texts), tuple(pieces), tuple(roles)


def _fixed_by_argument(forms: Iterable[BrmsFormula]) -> list[Piece]:
    fixed = dict.fromkeys(item for form in forms for item in form.fixed)
    return [
        Piece("fixed value", f"{name} = {value:g}" if isinstance(value, float) else
              f"{name} = {value}", _fixed_meaning(name, value))
        for name, value in fixed
    ]  # fmt: skip


def _fixed_meaning(name: str, value: float | str) -> str:
    if isinstance(value, str):
        return f"{name} is the same parameter as {value}"
    return f"{name} is known and not estimated"


@dataclass(slots=True)
class _Reader(Marks):
    """Reads one text, which may be a formula or a call of R with several."""

    forms: Sequence[BrmsFormula] = ()
    design: Design | MvDesign | None = None

    def read(self) -> None:
        self.anything(parse(self.text))

    def anything(self, node: Node) -> None:
        node = self.open(node)
        if is_r_call(node) and isinstance(node, Infix):
            self.operators(node, "adds to the model")
            for item in node.operands:
                self.anything(item)
        elif isinstance(node, Call):
            self.call(node)
        else:
            self.formula(node)

    def call(self, node: Call) -> None:
        if node.function in FAMILIES:
            made = self.piece("family", deparse(node), words.option_meaning("family"))
            self.mark(node.pos, node.end, made, "family")
            return
        setting = node.function.startswith("set_")
        text = deparse(node) if setting else f"{node.function}()"
        made = Piece("call", text, words.call_meaning(node.function), shown=setting)
        if setting:
            self.pieces.append(made)
        for arg in () if setting else node.args:
            inner = strip_parens(arg.value)
            is_formula = isinstance(inner, Infix | Unary) and _operator(inner) == "~"
            nested = isinstance(inner, Call) and inner.function in _CALLS
            if is_formula or nested or is_r_call(inner):
                self.mark(arg.pos, arg.value.pos, made, "names the argument")
                self.anything(arg.value)
            else:
                self.option(arg)
        self.own_tokens(node, made)

    def own_tokens(self, node: Call, made: Piece) -> None:
        """The tokens of a call that are none of its arguments': name, parentheses, commas."""
        edges = (
            [(a.pos, a.end) for a in node.args] if made.kind == "call" and not made.shown else []
        )
        starts = [node.pos, *(end for _, end in edges)]
        ends = [*(start for start, _ in edges), node.end]
        for start, end in zip(starts, ends, strict=True):
            self.mark(start, end, made, "call")

    def option(self, arg: Arg) -> None:
        fixed = {name: value for form in self.forms for name, value in form.fixed}
        if arg.name in fixed:
            made = self.piece(
                "fixed value", deparse(arg), _fixed_meaning(arg.name, fixed[arg.name])
            )
        else:
            made = self.piece("option", deparse(arg), words.option_meaning(arg.name))
        self.mark(arg.pos, arg.end, made, "option")

    def formula(self, node: Node) -> None:
        left: Node | None = None
        if isinstance(node, Infix):
            left, right = node.operands
            self.sign(node.places[0], 1, "separates the two sides")
        else:
            assert isinstance(node, Unary)
            right = node.operand
            self.sign(node.pos, 1, "separates the two sides")
        # The terms of acformula() are some of the summands of a right side.
        owners = [
            (form, predictor)
            for form in self.forms
            for predictor in form.predictors
            if predictor.source == self.text
            and any(n.pos == right.pos and n.end == right.end for n in walk(predictor.rhs))
        ]
        if not owners:
            raise FormulaError(f"'{deparse(node)}' belongs to no response of this model.")
        form, predictor = owners[0]
        if left is not None and predictor is form.mu:
            self.response(left)
        elif left is not None:
            self.parameters(left)
        if predictor.body is not None:
            self.body(right, form, predictor)
            return
        design = self.design
        if isinstance(design, MvDesign):
            design = design[form.response.name]
        Side(self, predictor, design).read(right, whole=right.pos == predictor.rhs.pos)

    def parameters(self, node: Node) -> None:
        node = self.open(node)
        names = node.operands if isinstance(node, Infix) else (node,)
        if isinstance(node, Infix):
            self.operators(node, "joins the parameters")
        for name in names:
            inner = self.open(name)
            made = self.piece("parameter", deparse(inner), "has a formula of its own")
            self.mark(inner.pos, inner.end, made, "the parameter that is predicted")

    def response(self, node: Node) -> None:
        node = self.open(node)
        if isinstance(node, Infix) and node.operators[0] == "|":
            self.sign(node.places[0], 1, "separates response and addition terms")
            self.additions(node.operands[1])
            node = self.open(node.operands[0])
        made = Piece("response", deparse(node), "what is explained")
        if isinstance(node, Call) and node.function == "mvbind":
            made = Piece("response", deparse(node), "responses with the same predictors")
        self.pieces.insert(self._first_of_formula(node), made)
        self.mark(node.pos, node.end, made, "response")

    def _first_of_formula(self, node: Node) -> int:
        """The response stands before its additions, which are read first."""
        count = 0
        for piece in reversed(self.pieces):
            if piece.kind != "addition term":
                break
            count += 1
        return len(self.pieces) - count

    def additions(self, node: Node) -> None:
        node = self.open(node)
        if isinstance(node, Infix):
            self.operators(node, "joins the addition terms")
            for item in node.operands:
                self.additions(item)
            return
        known = {deparse(a.node): a for form in self.forms for a in form.response.additions}
        addition = known[deparse(node)]
        made = self.piece("addition term", deparse(node), words.addition_meaning(addition))
        self.mark(node.pos, node.end, made, "addition term")

    def body(self, node: Node, form: BrmsFormula, predictor: Predictor) -> None:
        parameters = {p.name for p in form.predictors}
        made = self.piece(
            "non-linear formula", deparse(node), f"the value of {predictor.name}, as it is written"
        )
        for k, token in enumerate(self.roles):
            if node.pos <= token.pos and token.end <= node.end and token.piece is None:
                role = "arithmetic"
                if token.text.strip("`").isidentifier() or token.text[0] == "`":
                    role = "parameter" if token.text in parameters else "function or covariate"
                self.roles[k] = TokenRole(
                    token.text, token.source, token.pos, token.end, made, role
                )  # fmt: skip


def _operator(node: Infix | Unary) -> str:
    return node.operators[0] if isinstance(node, Infix) else node.operator
