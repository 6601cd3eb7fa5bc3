"""Mathematics that is written once and read twice: as LaTeX and as plain text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..formula import Call, Constant, Infix, Name, Node, Paren, Unary, deparse

_ESCAPES = {
    "\\": r"\backslash ", "_": r"\_", "%": r"\%", "$": r"\$", "#": r"\#", "&": r"{\wedge}",
    "{": r"\{", "}": r"\}", "^": r"{\uparrow}", "~": r"\sim ", " ": r"\ ", "\n": r"\ ",
    "\t": r"\ ", "`": "'", '"': "''", ":": "{:}", "-": "{-}", "*": r"{\cdot}",
}  # fmt: skip
#: Parameters that lectures write in Greek. alpha and beta are the coefficients' own letters.
_GREEK = (
    "mu", "sigma", "nu", "phi", "kappa", "theta", "xi", "delta", "lambda", "tau", "rho", "omega",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Maths:
    """An expression in LaTeX (accepted by MathJax and by matplotlib) and in plain text."""

    latex: str
    text: str

    def __add__(self, other: Maths) -> Maths:
        return Maths(f"{self.latex}{other.latex}", f"{self.text}{other.text}")


def escape(name: str) -> str:
    r"""`name` for use inside an upright group of LaTeX.

    Examples
    --------
    >>> print(escape("my_var"))
    my\_var
    """
    return "".join(_ESCAPES.get(c, c) for c in name)


def upright(name: str) -> Maths:
    """A word: the name of a column, a function, a distribution."""
    return Maths(rf"\mathrm{{{escape(name)}}}", name)


def letter(name: str) -> Maths:
    """A letter or a number, set as mathematics sets it."""
    return Maths(name, name)


def greek(name: str) -> Maths:
    """A Greek letter by its name."""
    return Maths(rf"\{name}", name)


def parameter(name: str) -> Maths:
    """A parameter of a family: Greek where lectures do so."""
    stem = name.rstrip("0123456789")
    if stem in _GREEK:
        symbol = greek(stem)
        return sub(symbol, letter(name[len(stem) :])) if name != stem else symbol
    return upright(name)


def sub(base: Maths, *index: Maths) -> Maths:
    """``base`` with indices: ``r_{1,j}`` and ``r_1,j``."""
    return Maths(
        f"{base.latex}_{{{','.join(m.latex for m in index)}}}",
        f"{base.text}_{','.join(m.text for m in index)}",
    )


def at(base: Maths, index: Maths) -> Maths:
    """An element of what has a number already: ``r_{1,j[i]}`` and ``r_1[j[i]]``."""
    stem, _, number = base.latex.partition("_{")
    return Maths(f"{stem}_{{{number[:-1]},{index.latex}}}", f"{base.text}[{index.text}]")


def call(name: str | Maths, args: Iterable[Maths]) -> Maths:
    """A function or distribution with its arguments."""
    word = upright(name) if isinstance(name, str) else name
    return word + around(join(", ", args))


def around(inner: Maths) -> Maths:
    """Parentheses around an expression."""
    return Maths(rf"\left({inner.latex}\right)", f"({inner.text})")


def join(separator: str, parts: Iterable[Maths]) -> Maths:
    """The parts with a separator between them."""
    parts = list(parts)
    return Maths(
        separator.replace(", ", r",\ ").join(p.latex for p in parts),
        separator.join(p.text for p in parts),
    )


def times(*factors: Maths) -> Maths:
    """A product."""
    return Maths(r"\,".join(f.latex for f in factors), " ".join(f.text for f in factors))


def run(symbols: Sequence[Maths]) -> Maths:
    """``beta_1, ..., beta_5``: a run of symbols, the middle of a long one left out."""
    if len(symbols) > 3:
        return join(", ", (symbols[0], Maths(r"\ldots", "..."), symbols[-1]))
    return join(", ", symbols)


def counted(index: str, size: int | None) -> Maths:
    """``i = 1, ..., N``."""
    name = "N" if index == "i" else index.upper()
    last = letter(name if size is None else str(size))
    return letter(f"{index} = 1") + Maths(rf",\ \ldots,\ {last.latex}", f", ..., {last.text}")


def word(name: str) -> str:
    """The name of a distribution as a title: ``student_t`` gives ``StudentT``."""
    return "".join(part[:1].upper() + part[1:] for part in name.replace(".", "_").split("_"))


def expression(node: Node, parameters: Iterable[str] = ()) -> Maths:
    """The body of a non-linear formula; each name stands for its value at observation i."""
    names = set(parameters)

    def read(node: Node) -> Maths:
        match node:
            case Name(name=name):
                symbol = parameter(name) if name in names else upright(name)
                return sub(symbol, letter("i"))
            case Paren(inner=inner):
                return around(read(inner))
            case Unary(operator=operator, operand=operand):
                return _sign(operator) + read(operand)
            case Infix(operands=(base, exponent), operators=("^",)):
                power = read(exponent)
                return Maths(
                    f"{{{read(base).latex}}}^{{{power.latex}}}", f"{read(base).text}^{power.text}"
                )
            case Infix(operands=operands, operators=operators):
                total = read(operands[0])
                for operator, operand in zip(operators, operands[1:], strict=True):
                    total = total + _sign(operator, spaced=True) + read(operand)
                return total
            case Call(function=function, args=args):
                return call(function, (read(a.value) for a in args))
            case Constant():
                return upright(deparse(node))
        return letter(deparse(node))

    return read(node)


def _sign(operator: str, spaced: bool = False) -> Maths:
    latex = {"*": r"\cdot ", "<=": r"\leq ", ">=": r"\geq ", "!=": r"\neq ", "==": "="}
    signs = "+-/<>"
    shown = operator if operator in signs else latex.get(operator)
    made = upright(operator).latex if shown is None else shown
    return Maths(made, f" {operator} " if spaced else operator)
