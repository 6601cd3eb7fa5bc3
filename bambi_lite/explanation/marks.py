"""A text and the parts that its tokens have been given to."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field

from ..formula import Infix, Node, Paren
from ..formula.tokens import tokenize
from .value import Piece, TokenRole

SIGN = Piece("sign", "", "joins the parts", shown=False)


@dataclass(slots=True)
class Marks:
    """Tokens that have a part already keep it: what is finer is marked first."""

    text: str
    number: int
    pieces: list[Piece] = field(default_factory=list)
    roles: list[TokenRole] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.roles = [
            TokenRole(self.text[t.pos : t.end], self.number, t.pos, t.end, None, "")
            for t in tokenize(self.text)
            if t.kind != "end"
        ]

    def piece(self, kind: str, text: str, meaning: str) -> Piece:
        """A new part that an explanation shows."""
        made = Piece(kind, text, meaning)
        self.pieces.append(made)
        return made

    def mark(self, start: int, end: int, piece: Piece, role: str) -> None:
        """Give the tokens of a stretch of text their part."""
        for k in range(self._first(start), len(self.roles)):
            t = self.roles[k]
            if t.end > end:
                break
            if t.piece is None:
                self.roles[k] = TokenRole(t.text, t.source, t.pos, t.end, piece, role)

    def _first(self, place: int) -> int:
        """The first token from a place on: they stand in the order of the text."""
        return bisect_left(self.roles, place, key=lambda t: t.pos)

    def sign(self, place: int, length: int, role: str) -> None:
        """Mark a token that only joins parts."""
        self.mark(place, place + length, SIGN, role)

    def open(self, node: Node) -> Node:
        """`node` without its parentheses, which are marked."""
        while isinstance(node, Paren):
            self.sign(node.pos, 1, "parenthesis")
            self.sign(node.end - 1, 1, "parenthesis")
            node = node.inner
        return node

    def operators(self, node: Infix, role: str) -> None:
        """Mark the operators between the operands of `node`."""
        for place, operator in zip(node.places, node.operators, strict=True):
            # `**` is read as `^`.
            here = self.roles[self._first(place)]
            self.sign(
                place, here.end - here.pos, role if operator == "+" else f"{role}: {operator}"
            )
