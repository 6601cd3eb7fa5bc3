"""Text -> an immutable tree: the formula language of brms, which knows no data.

:func:`bf` reads the formulas of a model and gives a :class:`BrmsFormula`; :func:`parse` and
:func:`deparse` go between text and expression trees.
"""

from .algebra import Term, expand
from .api import bf, lf, mvbf, nlf, set_mecor, set_nl, set_rescor
from .bars import GroupTerm
from .change import change_formula
from .family import FamilyCall, read_family
from .make import read_parts
from .model import (
    BrmsFormula,
    MvFormula,
    Parts,
    Predictor,
    Setting,
    expand_dots,
)
from .naming import rename, response_name
from .nodes import (
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
from .parser import parse
from .response import Addition, Response
from .signatures import Bound
from .special import SpecialTerm

__all__ = [
    "Addition",
    "Arg",
    "Bound",
    "BrmsFormula",
    "Call",
    "Constant",
    "FamilyCall",
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
    "change_formula",
    "deparse",
    "expand",
    "expand_dots",
    "is_syntactic",
    "lf",
    "mvbf",
    "nlf",
    "parse",
    "read_family",
    "read_parts",
    "rename",
    "response_name",
    "set_mecor",
    "set_nl",
    "set_rescor",
    "strip_parens",
    "variables",
    "walk",
]
