"""Text -> an immutable tree: the formula language of brms, which knows no data.

:func:`bf` reads the formulas of a model and gives a :class:`BrmsFormula`; :func:`parse` and
:func:`deparse` go between text and expression trees.
"""

from bambi_lite.formula.algebra import Term, expand
from bambi_lite.formula.api import bf, lf, mvbf, nlf, set_mecor, set_nl, set_rescor
from bambi_lite.formula.bars import GroupTerm
from bambi_lite.formula.model import (
    BrmsFormula,
    MvFormula,
    Parts,
    Predictor,
    Setting,
    expand_dots,
)
from bambi_lite.formula.naming import rename, response_name
from bambi_lite.formula.nodes import (
    Arg,
    Call,
    Constant,
    Infix,
    Name,
    Node,
    Number,
    Paren,
    String,
    Unary,
    deparse,
    is_syntactic,
    strip_parens,
    variables,
    walk,
)
from bambi_lite.formula.parser import parse
from bambi_lite.formula.response import Addition, Response
from bambi_lite.formula.signatures import Bound
from bambi_lite.formula.special import SpecialTerm

__all__ = [
    "Addition",
    "Arg",
    "Bound",
    "BrmsFormula",
    "Call",
    "Constant",
    "GroupTerm",
    "Infix",
    "MvFormula",
    "Name",
    "Node",
    "Number",
    "Paren",
    "Parts",
    "Predictor",
    "Response",
    "Setting",
    "SpecialTerm",
    "String",
    "Term",
    "Unary",
    "bf",
    "deparse",
    "expand",
    "expand_dots",
    "is_syntactic",
    "lf",
    "mvbf",
    "nlf",
    "parse",
    "rename",
    "response_name",
    "set_mecor",
    "set_nl",
    "set_rescor",
    "strip_parens",
    "variables",
    "walk",
]
