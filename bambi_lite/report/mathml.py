r"""The mathematics of explanations as MathML, which browsers show without any program.

It reads the LaTeX that :mod:`bambi_lite.explanation` writes: letters, numbers, signs, indices,
``\mathrm``, ``\mathbf``, ``\overline``, ``\left(...\right)`` and symbols. Whatever it reads, what
it writes is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

_TOKEN = re.compile(
    r"\\(?P<word>[A-Za-z]+)\s*|\\(?P<sign>.)|(?P<number>\d+(?:\.\d+)?(?:e[+-]?\d+)?)|(?P<char>\S)",
    re.DOTALL,
)
#: Symbols between others, and those that stand for something.
_OPERATORS = {
    "sim": "∼", "propto": "∝", "leq": "≤", "geq": "≥", "neq": "≠", "cdot": "⋅", "sum": "∑",
    "ldots": "…", "in": "∈",
}  # fmt: skip
_LETTERS = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "theta": "θ", "kappa": "κ",
    "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ", "rho": "ρ", "sigma": "σ", "tau": "τ",
    "phi": "φ", "omega": "ω", "Sigma": "Σ",
}  # fmt: skip
#: What stands for a sign in a name, where LaTeX would read the sign itself as something else.
_IN_NAMES = {"backslash": "\\", "wedge": "&", "uparrow": "^", "sim": "~", "cdot": "*"}
_SPACES = {",": "0.17em", " ": "0.3em"}


@dataclass(frozen=True, slots=True)
class _Token:
    """A word or a sign after a backslash, a number, or a character."""

    kind: str
    text: str


_OPEN, _CLOSE, _RIGHT = _Token("char", "{"), _Token("char", "}"), _Token("word", "right")
_INDICES = (_Token("char", "_"), _Token("char", "^"))


class _Reader:
    """Tokens one after the other."""

    def __init__(self, latex: str) -> None:
        self._tokens = [
            _Token(str(found.lastgroup), found[str(found.lastgroup)])
            for found in _TOKEN.finditer(latex)
        ]
        self._place = 0

    @property
    def next(self) -> _Token | None:
        """The token that comes next, if there is one."""
        return self._tokens[self._place] if self._place < len(self._tokens) else None

    def take(self) -> _Token | None:
        """The same, and step over it."""
        token = self.next
        self._place += 1
        return token


def mathml(latex: str) -> str:
    r"""LaTeX of explanations as a ``<math>`` element.

    Examples
    --------
    >>> mathml(r"\mu_{i}")
    '<math><msub><mi>μ</mi><mi>i</mi></msub></math>'
    """
    return f"<math>{''.join(_items(_Reader(latex)))}</math>"


def summands(latex: str) -> list[str]:
    """The same in parts that each begin with a plus sign: a page may break its lines there."""
    parts: list[list[str]] = [[]]
    for item in _items(_Reader(latex)):
        if item == _leaf("mo", "+") and parts[-1]:
            # Where it begins a part, a browser would take it for a sign.
            parts.append(['<mo lspace="0" rspace="0.25em">+</mo>'])
        else:
            parts[-1].append(item)
    return [f"<math>{''.join(part)}</math>" for part in parts]


def _items(reader: _Reader, until: _Token | None = None) -> Iterator[str]:
    """Everything up to the closing token `until`, which is stepped over."""
    while (token := reader.take()) is not None and token != until:
        yield _with_indices(_atom(token, reader), token, reader)


def _with_indices(base: str, token: _Token, reader: _Reader) -> str:
    found: dict[str, str] = {}
    while (mark := reader.next) in _INDICES and mark is not None and mark.text not in found:
        reader.take()
        found[mark.text] = _argument(reader)
    low, high = found.get("_", ""), found.get("^", "")
    # The limits of a sum stand below and above it, indices beside their letter.
    names = ("munder", "mover") if token.text == "sum" else ("msub", "msup")
    if low and high:
        name = "munderover" if token.text == "sum" else "msubsup"
        return f"<{name}>{base}{low}{high}</{name}>"
    if low or high:
        name = names[0] if low else names[1]
        return f"<{name}>{base}{low or high}</{name}>"
    return base


def _argument(reader: _Reader) -> str:
    """A group in braces, or the one token that comes next, as one element."""
    token = reader.take()
    if token is None:
        return _row("")
    if token != _OPEN:
        return _atom(token, reader)
    items = list(_items(reader, _CLOSE))
    return items[0] if len(items) == 1 else _row("".join(items))


def _atom(token: _Token, reader: _Reader) -> str:
    if token.kind == "number":
        return _leaf("mn", token.text)
    if token.kind == "sign":
        width = _SPACES.get(token.text)
        return _leaf("mo", token.text) if width is None else f'<mspace width="{width}"></mspace>'
    if token.kind == "word":
        return _word(token.text, reader)
    if token == _OPEN:
        return _row("".join(_items(reader, _CLOSE)))
    if token.text.isalpha():
        return _leaf("mi", token.text)
    return _leaf("mo", "−" if token.text == "-" else token.text)


def _word(word: str, reader: _Reader) -> str:
    if word == "mathrm":
        return f'<mi mathvariant="normal">{escape(_name(reader))}</mi>'
    if word == "mathbf":
        return f'<mi mathvariant="normal" class="bold">{escape(_name(reader))}</mi>'
    if word == "overline":
        # Few fonts have a line that grows with what is below it; a border does.
        return f'<mrow class="mean">{_argument(reader)}</mrow>'
    if word == "left":
        opening = reader.take()
        inner = "".join(_items(reader, _RIGHT))
        return _row(f"{_fence(opening)}{inner}{_fence(reader.take())}")
    if word == "quad":
        return '<mspace width="1em"></mspace>'
    if word in _OPERATORS:
        return _leaf("mo", _OPERATORS[word])
    # A word that is no symbol is a function, such as log.
    return _leaf("mi", _LETTERS.get(word, word))


def _name(reader: _Reader) -> str:
    """The text of a group in braces: a name as the user has it."""
    if reader.take() != _OPEN:
        return ""
    depth, text = 1, ""
    while (token := reader.take()) is not None:
        depth += {_OPEN: 1, _CLOSE: -1}.get(token, 0)
        if not depth:
            break
        if token not in (_OPEN, _CLOSE):
            text += _IN_NAMES.get(token.text, token.text) if token.kind == "word" else token.text
    return text.replace("''", '"')


def _fence(token: _Token | None) -> str:
    return "" if token is None else f'<mo stretchy="true">{escape(token.text)}</mo>'


def _leaf(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>"


def _row(inner: str) -> str:
    return f"<mrow>{inner}</mrow>"
