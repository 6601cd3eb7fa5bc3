"""One right side -> what brms makes of it: population, group-level and special terms, offsets."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from bambi_lite.errors import FormulaError, formula_error, suggest
from bambi_lite.formula.algebra import Expansion, Term, expand, renumber
from bambi_lite.formula.nodes import (
    Arg,
    Call,
    Infix,
    Name,
    Node,
    Number,
    Paren,
    Unary,
    deparse,
    is_syntactic,
    strip_parens,
    variables,
    walk,
)
from bambi_lite.formula.signatures import Bound, bind, flag, string
from bambi_lite.formula.vocabulary import (
    GROUPINGS,
    IN_GROUPS,
    IN_INTERACTIONS,
    NOT_IN_BRMS,
    SPECIALS,
)


@dataclass(frozen=True, slots=True)
class SpecialTerm:
    """A term with a special function in it: ``mo(x)``, ``mo(x):z``, ``s(x)``, ``ar(p = 1)``.

    `kind` is the first special function, `calls` are all of them with their arguments matched,
    `factors` the ordinary atoms that they are multiplied with, `label` R's name of the term.
    """

    kind: str
    label: str
    calls: tuple[Bound, ...]
    factors: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class GroupTerm:
    """One group-level term, after ``g1/g2`` and ``g1 + g2`` have been taken apart.

    Attributes
    ----------
    text : str
        The term as written, with its parentheses.
    group : str
        brms' name of the grouping: ``g``, ``g1:g2``, ``mms1s2``.
    members : tuple of str
        The columns that make up the grouping.
    terms, intercept, specials
        What is on the left of the bar.
    cor : bool
        Whether the effects are correlated.
    id : str
        The label of ``(x | ID | g)``; terms of one label share correlations. Empty if none.
    gtype : str
        ``"mm"`` for multi-membership, else empty.
    by : Node or None
        The variable that separates populations of groups.
    cov : str
        The name of the covariance matrix in ``data2``.
    dist : str
        ``gaussian`` or ``student``.
    weights : Node or None
    scale : bool
        The weights of ``mm`` and whether they are scaled to sum to one.
    """

    text: str
    group: str
    members: tuple[str, ...]
    terms: tuple[Term, ...]
    intercept: bool
    specials: tuple[SpecialTerm, ...] = ()
    cor: bool = True
    id: str = ""
    gtype: str = ""
    by: Node | None = None
    cov: str = ""
    dist: str = "gaussian"
    weights: Node | None = None
    scale: bool = True
    pw: Node | None = None
    pos: int = field(default=-1, compare=False, repr=False)
    end: int = field(default=-1, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class RightSide:
    """The parts of one linear predictor."""

    terms: tuple[Term, ...]
    intercept: bool
    groups: tuple[GroupTerm, ...] = ()
    specials: tuple[SpecialTerm, ...] = ()
    offsets: tuple[Node, ...] = ()
    has_dot: bool = False


def read_right_side(node: Node, text: str) -> RightSide:
    """Sort the terms of a right side by what they are.

    Parameters
    ----------
    node : Node
        The right side.
    text : str
        The text that its positions refer to.

    Returns
    -------
    RightSide

    Raises
    ------
    FormulaError
        For a term that brms has no meaning for.
    """
    whole = expand(node, text)
    plain: list[Term] = []
    groups: list[GroupTerm] = []
    specials: list[SpecialTerm] = []
    offsets: list[Node] = []
    for term in whole.terms:
        bars = [f for f in term.factors if isinstance(f, Infix)]
        if bars:
            if len(term.factors) > 1:
                raise error_at(
                    bars[0],
                    text,
                    f"The group-level term '({deparse(bars[0])})' cannot be part of an "
                    "interaction; add it with '+'.",
                )
            groups.extend(_group_terms(bars[0], text))
        elif any(isinstance(f, Call) and f.function == "offset" for f in term.factors):
            offsets.append(_offset(term, text))
        elif any(isinstance(f, Call) and f.function in SPECIALS for f in term.factors):
            specials.append(_special(term, text))
        else:
            plain.append(term)
    for term in plain:
        _check_plain(term, text)
    _check_intercept(plain, whole, text)
    _check_duplicates(groups, text)
    has_dot = any(f == Name(".") for t in whole.terms for f in t.factors)
    return RightSide(
        renumber(plain), whole.intercept, tuple(groups), tuple(specials), tuple(offsets), has_dot
    )


def fill_dot(node: Node, names: tuple[str, ...], text: str) -> Node:
    """`node` with each term ``.`` replaced by the sum of the columns `names`."""
    match node:
        case Name(name="."):
            if not names:
                raise error_at(node, text, "'.' stands for all other columns, and there are none.")
            columns = tuple(Name(n, pos=node.pos, end=node.end) for n in names)
            total = Infix(columns, ("+",) * (len(names) - 1), pos=node.pos, end=node.end)
            return Paren(total if len(names) > 1 else columns[0], pos=node.pos, end=node.end)
        case Infix(operands=operands):
            return replace(node, operands=tuple(fill_dot(o, names, text) for o in operands))
        case Paren(inner=inner):
            return replace(node, inner=fill_dot(inner, names, text))
        case Unary(operand=operand):
            return replace(node, operand=fill_dot(operand, names, text))
    return node


def _offset(term: Term, text: str) -> Node:
    if len(term.factors) > 1:
        raise error_at(
            term.factors[0], text, f"'{term.label}': an offset cannot be part of an interaction."
        )
    call = term.factors[0]
    assert isinstance(call, Call)
    if len(call.args) != 1 or call.args[0].name:
        raise error_at(call, text, f"'{deparse(call)}' takes one expression: offset(log(n)).")
    return call.args[0].value


def _special(term: Term, text: str) -> SpecialTerm:
    calls: list[Bound] = []
    factors: list[Node] = []
    for factor in term.factors:
        if isinstance(factor, Call) and factor.function in SPECIALS:
            calls.append(bind(factor, SPECIALS[factor.function], text))
            for arg in factor.args:
                _check_nested(arg, text)
            if len(term.factors) > 1 and factor.function not in IN_INTERACTIONS:
                raise error_at(
                    factor, text, f"'{deparse(factor)}' cannot be part of an interaction."
                )
        else:
            _check_atom(factor, text)
            factors.append(factor)
    if calls[0].name == "mmc":
        raise error_at(
            calls[0].node,
            text,
            f"'{deparse(calls[0].node)}' belongs to the left of the bar of a multi-membership "
            "term: (mmc(x1, x2) | mm(g1, g2)).",
        )
    return SpecialTerm(calls[0].name, term.label, tuple(calls), tuple(factors))


def _check_plain(term: Term, text: str) -> None:
    for factor in term.factors:
        _check_atom(factor, text)


def _check_atom(node: Node, text: str) -> None:
    if isinstance(node, Infix):
        raise error_at(node, text, f"A bar inside a bar: '{deparse(node)}'.")
    if isinstance(node, Call):
        if node.function in NOT_IN_BRMS:
            raise error_at(
                node, text, f"brms has no '{node.function}'; write {NOT_IN_BRMS[node.function]}()."
            )
        if node.function in GROUPINGS:
            raise error_at(
                node, text, f"'{node.function}' belongs to the right of a bar: "
                f"(1 | {deparse(node)})."
            )
        for arg in node.args:
            _check_nested(arg, text)


def _check_nested(arg: Arg, text: str) -> None:
    """What may stand as a term only, and not inside a call."""
    for node in walk(arg):
        if isinstance(node, Call) and (node.function in SPECIALS or node.function == "offset"):
            raise error_at(
                node, text, f"'{deparse(node)}' is a term, and cannot stand inside another call."
            )
        if isinstance(node, Name) and node.name == ".":
            raise error_at(
                node, text, "'.' stands for all other columns as terms, and not inside a call."
            )
        tilde = (isinstance(node, Unary) and node.operator == "~") or (
            isinstance(node, Infix) and node.operators[0] == "~"
        )
        if tilde:
            raise error_at(node, text, f"A formula inside a call: '{deparse(node)}'.")


def _check_intercept(terms: list[Term], whole: Expansion, text: str) -> None:
    for term in terms:
        for factor in term.factors:
            if factor == Name("Intercept") and whole.intercept:
                raise error_at(
                    factor,
                    text,
                    "'Intercept' is a variable of ones for a formula that has no intercept; "
                    "write 0 + Intercept.",
                )


def _check_duplicates(groups: list[GroupTerm], text: str) -> None:
    seen: set[tuple[str, str]] = set()
    for term in groups:
        labels = ["Intercept"] if term.intercept else []
        labels += [t.label for t in term.terms] + [s.label for s in term.specials]
        for label in labels:
            if (term.group, label) in seen:
                raise formula_error(
                    f"Duplicated group-level effect '{label}' of group '{term.group}' in "
                    f"'{term.text}'. An uncorrelated slope is written (0 + x | g).",
                    text,
                    term.pos,
                    max(1, term.end - term.pos),
                )
            seen.add((term.group, label))


def _group_terms(bar: Infix, text: str) -> list[GroupTerm]:
    """A bar expression, taken apart by its groups."""
    left, label, cor, right = _split_bar(bar, text)
    side = _left_of_bar(left, text)
    written = f"({deparse(bar)})"
    span = {"pos": bar.pos, "end": bar.end}
    terms: list[GroupTerm] = []
    for factors in _group_factors(right, text):
        first = strip_parens(factors[0])
        if len(factors) == 1 and isinstance(first, Call):
            terms.append(_called_group(first, side, written, label, cor, span, text))
            continue
        names = tuple(_group_name(f, text) for f in factors)
        terms.append(
            GroupTerm(written, ":".join(names), names, side.terms, side.intercept, side.specials,
                      cor, label, **span)
        )
    for term in terms:
        _check_mmc(term, text)
    return terms


def _split_bar(bar: Infix, text: str) -> tuple[Node, str, bool, Node]:
    operands, operators = bar.operands, bar.operators
    if len(operands) == 2:
        return operands[0], "", operators[0] == "|", operands[1]
    if len(operands) > 3:
        raise formula_error(
            "Too many bars; valid are (x | g), (x || g) and (x | ID | g).",
            text,
            bar.places[2],
            len(operators[2]),
        )
    label = strip_parens(operands[1])
    if operators[0] != operators[1]:
        raise formula_error(
            "Mixed bars; valid are (x | g), (x || g), (x | ID | g) and (x || ID || g).",
            text,
            bar.places[1],
            len(operators[1]),
        )
    if isinstance(label, Name):
        name = label.name
    elif isinstance(label, Number):
        name = deparse(label)
    else:
        raise error_at(
            operands[1], text, f"The ID of (x | ID | g) is a name, not '{deparse(operands[1])}'."
        )
    return operands[0], name, operators[0] == "|", operands[2]


def _left_of_bar(node: Node, text: str) -> RightSide:
    for inner in walk(node):
        if isinstance(inner, Infix) and inner.operators[0] in ("|", "||") and _is_term(node, inner):
            raise error_at(inner, text, f"A bar inside a bar: '{deparse(inner)}'.")
    whole = expand(node, text)
    plain: list[Term] = []
    specials: list[SpecialTerm] = []
    for term in whole.terms:
        called = [f for f in term.factors if isinstance(f, Call)]
        wrong = [
            f
            for f in called
            if f.function == "offset" or (f.function in SPECIALS and f.function not in IN_GROUPS)
        ]
        if wrong:
            raise error_at(
                wrong[0],
                text,
                f"'{deparse(wrong[0])}' cannot stand on the left of a bar; there may be "
                f"{', '.join(sorted(IN_GROUPS))} besides ordinary terms.",
            )
        if any(f.function in SPECIALS for f in called):
            specials.append(_special_in_group(term, text))
        else:
            _check_plain(term, text)
            plain.append(term)
    dots = [f for t in plain for f in t.factors if f == Name(".")]
    if dots:
        raise error_at(dots[0], text, "'.' stands for columns among the population-level terms only.")
    _check_intercept(plain, whole, text)
    # cs(1) is an intercept of its own for each threshold, and stands instead of the common one.
    intercept = whole.intercept and not any(s.kind == "cs" for s in specials)
    if not (plain or specials or intercept):
        raise error_at(node, text, f"No effects on the left of the bar: '{deparse(node)}'.")
    return RightSide(renumber(plain), intercept, (), tuple(specials))


def _is_term(top: Node, inner: Node) -> bool:
    """Whether `inner` is reached from `top` without entering a call."""
    stack = [top]
    while stack:
        node = stack.pop()
        if node is inner:
            return True
        match node:
            case Infix(operands=operands):
                stack.extend(operands)
            case Paren(inner=below) | Unary(operand=below):
                stack.append(below)
    return False


def _special_in_group(term: Term, text: str) -> SpecialTerm:
    calls = [f for f in term.factors if isinstance(f, Call) and f.function in SPECIALS]
    if calls[0].function != "mmc":
        return _special(term, text)
    bound = tuple(bind(c, SPECIALS[c.function], text) for c in calls)
    others = tuple(f for f in term.factors if f not in calls)
    return SpecialTerm("mmc", term.label, bound, others)


def _group_factors(node: Node, text: str) -> list[tuple[Node, ...]]:
    """The groupings on the right of a bar: ``g1/g2`` gives ``g1`` and ``g1:g2``."""
    for inner in walk(node):
        if isinstance(inner, Infix) and inner.operators[0] in ("|", "||") and _is_term(node, inner):
            raise error_at(inner, text, f"A bar inside a bar: '{deparse(inner)}'.")
    whole = expand(node, text)
    if not whole.terms:
        raise error_at(node, text, f"No grouping on the right of the bar: '{deparse(node)}'.")
    return [term.factors for term in whole.terms]


def _group_name(node: Node, text: str) -> str:
    node = strip_parens(node)
    if isinstance(node, Name) and is_syntactic(node.name) and node.name != ".":
        return node.name
    hint = suggest(node.function, GROUPINGS) if isinstance(node, Call) else ""
    raise error_at(
        node,
        text,
        f"Illegal grouping term '{deparse(node)}'. It may contain only names of columns combined "
        f"by ':', '/' and '+', or one of gr() and mm().{hint}",
    )


def _called_group(
    call: Call, side: RightSide, written: str, label: str, cor: bool, span: dict[str, int], text: str
) -> GroupTerm:
    if call.function not in GROUPINGS:
        _group_name(call, text)
    bound = bind(call, GROUPINGS[call.function], text)
    own = string(bound.get("id"))
    if own and label and own != label:
        raise error_at(call, text, f"Two IDs for one term: '{label}' and '{own}'.")
    common = {
        "cor": cor and flag(bound.get("cor"), True),
        "id": own or label,
        "by": bound.get("by"),
        "cov": string(bound.get("cov")),
        "dist": string(bound.get("dist"), "gaussian"),
    }
    if call.function == "mm":
        names = tuple(_group_name(a, text) for a in bound.args)
        return GroupTerm(
            written, "mm" + "".join(names), names, side.terms, side.intercept, side.specials,
            gtype="mm", weights=bound.get("weights"), scale=flag(bound.get("scale"), True),
            **common, **span,
        )  # fmt: skip
    group = bound.get("group")
    assert group is not None
    parts = _group_factors(group, text)
    if len(parts) != 1:
        raise error_at(
            group, text, f"gr() takes one grouping, not '{deparse(group)}': write one term for each."
        )
    names = tuple(_group_name(f, text) for f in parts[0])
    return GroupTerm(
        written, ":".join(names), names, side.terms, side.intercept, side.specials,
        pw=bound.get("pw"), **common, **span,
    )  # fmt: skip


def _check_mmc(term: GroupTerm, text: str) -> None:
    for special in term.specials:
        for call in special.calls:
            if call.name == "mmc" and len(call.args) != len(term.members):
                raise error_at(
                    call.node,
                    text,
                    f"'{deparse(call.node)}' needs one variable for each member of "
                    f"'{term.group}'."
                    if term.gtype == "mm"
                    else f"'{deparse(call.node)}' needs a multi-membership term mm() on the "
                    "right of the bar.",
                )
            if call.name == "mmc" and term.gtype != "mm":
                raise error_at(
                    call.node,
                    text,
                    f"'{deparse(call.node)}' needs a multi-membership term mm() on the right of "
                    "the bar.",
                )


def names_in(side: RightSide) -> tuple[str, ...]:
    """All variables that a right side names, in order of appearance within its parts."""
    nodes: list[Node] = [f for t in side.terms for f in t.factors]
    nodes += side.offsets
    return variables(*nodes)
