"""Group-level terms: ``(x | ID | gr(g1/g2, by = b))`` -> one :class:`GroupTerm` a grouping."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from ..errors import formula_error, suggest
from .algebra import Term, expand, renumber
from .nodes import (
    Call,
    Infix,
    Name,
    Node,
    Number,
    Paren,
    Unary,
    deparse,
    error_at,
    is_syntactic,
    strip_parens,
    walk,
)
from .signatures import Bound, bind, flag, string
from .special import SpecialTerm, check_intercept, check_plain, read_special
from .vocabulary import GROUPINGS, IN_GROUPS, SPECIALS


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
    pw : Node or None
        The prior weights of the groups.
    centered : bool or None
        Whether the effects are sampled centred; None leaves it to the plan.
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
    centered: bool | None = None
    pos: int = field(default=-1, compare=False, repr=False)
    end: int = field(default=-1, compare=False, repr=False)


def read_bar(bar: Infix, text: str) -> list[GroupTerm]:
    """A bar expression, taken apart by its groups."""
    left, label, cor, right = _split_bar(bar, text)
    blank = replace(
        _left_of_bar(left, text),
        text=f"({deparse(bar)})",
        cor=cor,
        id=label,
        pos=bar.pos,
        end=bar.end,
    )
    terms: list[GroupTerm] = []
    for factors in _group_factors(right, text):
        first = strip_parens(factors[0])
        if len(factors) == 1 and isinstance(first, Call):
            terms.append(_called_group(first, blank, text))
            continue
        names = tuple(_group_name(f, text) for f in factors)
        terms.append(replace(blank, group=":".join(names), members=names))
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


def _left_of_bar(node: Node, text: str) -> GroupTerm:
    """The effects on the left of a bar, as a term that has no grouping yet."""
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
            check_plain(term, text)
            plain.append(term)
    dots = [f for t in plain for f in t.factors if f == Name(".")]
    if dots:
        raise error_at(
            dots[0], text, "'.' stands for columns among the population-level terms only."
        )
    check_intercept(plain, whole.intercept, text)
    # cs(1) is an intercept of its own for each threshold, and stands instead of the common one.
    intercept = whole.intercept and not any(s.kind == "cs" for s in specials)
    if not (plain or specials or intercept):
        raise error_at(node, text, f"No effects on the left of the bar: '{deparse(node)}'.")
    return GroupTerm("", "", (), renumber(plain), intercept, tuple(specials))


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
        return read_special(term, text)
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


def _called_group(call: Call, blank: GroupTerm, text: str) -> GroupTerm:
    """The term of a grouping that is written as gr() or mm()."""
    if call.function not in GROUPINGS:
        _group_name(call, text)
    bound = bind(call, GROUPINGS[call.function], text)
    own = string(bound.get("id"))
    if own and blank.id and own != blank.id:
        raise error_at(call, text, f"Two IDs for one term: '{blank.id}' and '{own}'.")
    term = replace(
        blank,
        cor=blank.cor and flag(bound.get("cor"), True),
        id=own or blank.id,
        by=bound.get("by"),
        pw=bound.get("pw"),
        cov=string(bound.get("cov")),
        dist=string(bound.get("dist"), "gaussian"),
    )
    if call.function == "gr" and bound.get("centered") is not None:
        term = replace(term, centered=_centered(bound, term, text))
    if call.function == "mm":
        names = tuple(_group_name(a, text) for a in bound.args)
        return replace(
            term,
            by=_by_of_members(term.by, len(names), text),
            group="mm" + "".join(names),
            members=names,
            gtype="mm",
            weights=bound.get("weights"),
            scale=flag(bound.get("scale"), True),
        )
    parts = [factors for group in bound.args for factors in _group_factors(group, text)]
    if len(parts) != 1:
        shown = ", ".join(map(deparse, bound.args))
        raise error_at(
            bound.args[-1],
            text,
            f"gr() takes one grouping, not '{shown}': write one term for each.",
        )
    names = tuple(_group_name(f, text) for f in parts[0])
    return replace(term, group=":".join(names), members=names)


def _centered(bound: Bound, term: GroupTerm, text: str) -> bool:
    """Whether effects are sampled centred, which those of a special covariance cannot be."""
    node = bound.get("centered")
    assert node is not None
    asked = flag(node, False)
    if asked and (term.by is not None or term.cov or term.dist != "gaussian"):
        raise error_at(
            node,
            text,
            "centered = TRUE is for normal effects with one covariance: it cannot stand beside by, "
            "cov or dist.",
        )
    return asked


def _by_of_members(by: Node | None, members: int, text: str) -> Node | None:
    """``cbind(b1, b2)``: the sub-population of each member of mm()."""
    call = strip_parens(by) if by is not None else None
    if call is None:
        return None
    if isinstance(call, Call) and call.function == "cbind":
        names = [a for a in call.args if isinstance(a.value, Name) and not a.name]
        if len(names) == len(call.args) == members:
            return call
    shown = ", ".join(f"b{i + 1}" for i in range(members))
    raise error_at(call, text, f"'by' of mm() is a column for each member: by = cbind({shown}).")


def _check_mmc(term: GroupTerm, text: str) -> None:
    for call in (c for s in term.specials for c in s.calls if c.name == "mmc"):
        if term.gtype != "mm":
            raise error_at(
                call.node,
                text,
                f"'{deparse(call.node)}' needs a multi-membership term mm() on the right of the "
                "bar.",
            )
        if len(call.args) != len(term.members):
            raise error_at(
                call.node,
                text,
                f"'{deparse(call.node)}' needs one variable for each of the {len(term.members)} "
                f"members of '{term.group}'.",
            )


def check_duplicates(groups: Iterable[GroupTerm], text: str) -> None:
    """Refuse an effect that two terms of one group have."""
    seen: set[tuple[str, str]] = set()
    for term in groups:
        labels = ["Intercept"] if term.intercept else []
        labels += [t.label for t in term.terms] + [s.label for s in term.specials]
        for label in labels:
            if (term.group, label) in seen:
                raise formula_error(
                    f"Duplicated group-level effect '{label}' of group '{term.group}' in "
                    f"'{term.text}'. Each effect of a group stands once: (1 | g) + (0 + x | g).",
                    text,
                    term.pos,
                    max(1, term.end - term.pos),
                )
            seen.add((term.group, label))
