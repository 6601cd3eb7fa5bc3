"""The right side of a linear formula, summand by summand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..design import Design, GroupDesign, r_sort_key
from ..errors import listing
from ..formula import (
    Call,
    GroupTerm,
    Infix,
    Name,
    Node,
    Number,
    Predictor,
    Term,
    Unary,
    deparse,
    expand,
    strip_parens,
)
from . import words
from .columns import columns_by_term
from .marks import Marks
from .value import Piece


class Side:
    """Reads one right side; with a design it knows columns and levels."""

    def __init__(self, reader: Marks, predictor: Predictor, design: Design | None) -> None:
        self.reader = reader
        self.predictor = predictor
        self.seen: set[str] = set()
        self.intercept = False
        self.columns: Mapping[str, tuple[str, ...]] = {}
        self.groups: dict[GroupTerm, GroupDesign] = {}
        if design is not None:
            made = design[predictor.name]
            # The recipe's formula says what '.' stood for.
            formula = design.recipe.formula
            self.predictor = next(p for p in formula.predictors if p.name == predictor.name)
            self.columns = columns_by_term(self.predictor, made.columns, design.recipe.levels)
            ordered = sorted(self.predictor.groups, key=lambda t: r_sort_key(t.group))
            self.groups = dict(zip(ordered, made.groups, strict=True))
        self.labels = {_key(t.factors): t.label for t in self.predictor.terms}
        self.specials = {
            _key((*(c.node for c in s.calls), *s.factors)): s for s in self.predictor.specials
        }

    def read(self, node: Node, whole: bool = True) -> None:
        """Give every token of the right side, or of some of its summands, its part."""
        self._summand(node, adding=True)
        if whole and not self.intercept and self.predictor.intercept:
            self.reader.piece("intercept", "", f"{self.predictor.name} has one by default")

    def _summand(self, node: Node, adding: bool) -> None:
        inner = strip_parens(node)
        if isinstance(inner, Infix) and set(inner.operators) <= {"+", "-"}:
            self.reader.open(node)
            self._sum(inner, adding)
        elif isinstance(inner, Unary) and inner.operator in ("+", "-"):
            self.reader.open(node)
            self.reader.sign(inner.pos, 1, "adds" if inner.operator == "+" else "takes away")
            self._summand(inner.operand, adding is (inner.operator == "+"))
        elif isinstance(inner, Number):
            self.reader.open(node)
            self._constant(inner, adding)
        elif isinstance(inner, Infix) and inner.operators[0] in ("|", "||"):
            self._group(node, inner)
        elif isinstance(inner, Call) and inner.function == "offset":
            self._whole(node, "offset", "known, added with the coefficient 1")
        elif inner == Name("."):
            self._dot(node)
        else:
            self._product(node, adding)

    def _sum(self, node: Infix, adding: bool) -> None:
        self._summand(node.operands[0], adding)
        for operator, place, operand in zip(
            node.operators, node.places, node.operands[1:], strict=True
        ):
            self.reader.sign(place, 1, "adds" if operator == "+" else "takes away")
            self._summand(operand, adding is (operator == "+"))

    def _whole(self, node: Node, kind: str, meaning: str) -> None:
        made = self.reader.piece(kind, deparse(node), meaning)
        self.reader.mark(node.pos, node.end, made, kind)

    def _constant(self, node: Number, adding: bool) -> None:
        self.intercept = True
        has = (node.value == 1.0) is adding
        meaning = "there is one" if has else "there is none"
        if has is not self.predictor.intercept:
            meaning += " (a later number says otherwise)"
        sign = "" if adding else "-"
        made = self.reader.piece("intercept", sign + deparse(node), meaning)
        self.reader.mark(node.pos, node.end, made, "intercept")

    def _dot(self, node: Node) -> None:
        meaning = "all other columns of the data"
        if self.columns:
            meaning = f"all other columns: {listing(self.columns)}"
        self._whole(node, "population-level term", meaning)

    def _product(self, node: Node, adding: bool) -> None:
        whole = expand(node, self.reader.text)
        if not adding:
            self._whole(node, "taken away", listing(t.label for t in whole.terms))
            return
        found = [self.specials.get(_key(t.factors)) for t in whole.terms]
        parts = [
            self._term(term) if special is None
            else f"{special.label} ({words.special_meaning(special)})"
            for term, special in zip(whole.terms, found, strict=True)
        ]  # fmt: skip
        if not whole.intercept:
            self.intercept = True
            parts.append("no intercept")
        special_too = any(special is not None for special in found)
        self._whole(node, "special term" if special_too else "population-level term",
                   "; ".join(parts))  # fmt: skip

    def _term(self, term: Term) -> str:
        final = self.labels.get(_key(term.factors))
        if final is None:
            return f"{term.label} (taken away again)"
        if final in self.seen:
            return f"{final} (named before)"
        self.seen.add(final)
        columns = self.columns.get(final)
        if columns is None:
            return final
        if columns == (final,):
            return f"coefficient {final}"
        return f"coefficient{'s' if len(columns) > 1 else ''} {listing(columns)}"

    def _group(self, node: Node, bar: Infix) -> None:
        terms = [t for t in self.predictor.groups if t.pos == bar.pos and t.end == bar.end]
        made: Piece | None = None
        for term in terms:
            design = self.groups.get(term)
            coefs = design.coefs if design else tuple(_effects(term))
            levels = len(design.levels) if design else None
            meaning = words.group_meaning(term, coefs, levels, design is not None)
            text = term.text if len(terms) == 1 else f"{term.text}: {term.group}"
            piece = self.reader.piece("group-level term", text, meaning)
            made = made or piece
        assert made is not None
        role = "bar: correlated effects" if bar.operators[0] == "|" else "bar: uncorrelated effects"
        for place, operator in zip(bar.places, bar.operators, strict=True):
            self.reader.mark(place, place + len(operator), made, role)
        left, *label, right = bar.operands
        self.reader.mark(left.pos, left.end, made, "varying effects")
        for item in label:
            self.reader.mark(item.pos, item.end, made, "ID")
        self.reader.mark(right.pos, right.end, made, "grouping")
        self.reader.mark(node.pos, node.end, made, "parenthesis")


def _key(factors: Iterable[Node]) -> frozenset[str]:
    """A term without the order of its atoms, which brms changes."""
    return frozenset(map(deparse, factors))


def _effects(term: GroupTerm) -> list[str]:
    effects = ["Intercept"] if term.intercept else []
    return effects + [t.label for t in term.terms] + [s.label for s in term.specials]
