"""The model as a Bayesian network with plates, in the notation of the multilevel lecture."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING, Any

from .errors import listing
from .params import Param, Prior
from .priors import number, prior_text
from .spec import DparSpec, ModelSpec
from .terms import GroupBlock, GroupTerm, OffsetTerm, PopulationTerm

if TYPE_CHECKING:
    import graphviz

_FONT = {"fontname": "Helvetica", "fontsize": "12"}
#: Observed or given.
_KNOWN = {"style": "filled", "fillcolor": "#dddddd"}
_GIVEN = {"shape": "box", "margin": "0.1,0.05", **_KNOWN}
#: Follows from its parents without chance.
_COMPUTED = {"style": "dashed"}
_PLATE = {
    "style": "rounded",
    "color": "#777777",
    "margin": "12",
    "labeljust": "r",
    "labelloc": "b",
    "fontname": "Helvetica",
    "fontsize": "10",
}
#: A list of names is cut after this many: a picture of 71 coefficients says no more than one.
_AT_MOST = 3
#: Letters in a line of an equation.
_WIDE = 24


def graph(spec: ModelSpec) -> graphviz.Digraph:
    """The Bayesian network of a model.

    An ellipse is unknown, with its prior below its name; a dashed ellipse is computed from its
    parents; a shaded ellipse is the observed response, a shaded box is known beforehand. A plate
    repeats what is in it: once per level of a grouping factor, or once per observation.

    Parameters
    ----------
    spec : ModelSpec
        The model.

    Returns
    -------
    graphviz.Digraph
        ``.source`` is its text; notebooks draw it, and ``.render()`` writes a file, where
        graphviz' ``dot`` is installed.

    Examples
    --------
    >>> print(model.graph().source)  # doctest: +SKIP
    """
    import graphviz

    dot = graphviz.Digraph(
        "model",
        # With newrank a rank may hold nodes of a plate and nodes outside it.
        graph_attr={"newrank": "true", "nodesep": "0.2", "ranksep": "0.35", **_FONT},
        node_attr={"margin": "0.03,0.02", **_FONT},
        edge_attr={"arrowsize": "0.7", "color": "#555555"},
    )
    # Blocks of one grouping factor repeat over the same levels: they share a plate.
    for group in dict.fromkeys(block.group for block in spec.blocks):
        _draw_group(dot, spec, [block for block in spec.blocks if block.group == group])
    _draw_observations(dot, spec)
    for dpar in spec.dpars:
        _draw_dpar(dot, spec, dpar)
    for part in spec.structure:
        for param in part.params:
            _draw_unknown(dot, spec, param, (param.name,), "y")
    return dot


# -- parts -----------------------------------------------------------------------------------


def _draw_group(dot: Any, spec: ModelSpec, blocks: list[GroupBlock]) -> None:
    """Standard deviations and correlations above a plate with the effects of each level."""
    group = blocks[0].group
    with dot.subgraph(name=f"cluster_{_id(group)}") as plate:
        # The name of the group stands in the nodes: a long label here would lie on the arrows.
        plate.attr(label=_label(f"{len(blocks[0].levels)} levels"), **_PLATE)
        for block in blocks:
            coefs = _names(c.label for c in block.coefs)
            plate.node(_id(f"r_{block.name}"), _label(f"r[{group}]", coefs, _law(block)))
    for block in blocks:
        sd, *rest = block.params
        coefs = _names(c.label for c in block.coefs)
        _draw_unknown(dot, spec, sd, (f"sd[{group}]", coefs), f"r_{block.name}")
        for param in rest:
            if param.kind == "cholesky_corr":
                _draw_unknown(dot, spec, param, (f"cor[{group}]", coefs), f"r_{block.name}")


def _draw_observations(dot: Any, spec: ModelSpec) -> None:
    """The plate of the observations: what is known of each, its linear predictors, its response."""
    predicted = [dpar for dpar in spec.dpars if dpar.predicted]
    with dot.subgraph(name="cluster_obs") as plate:
        plate.attr(label=_label(f"{spec.design.n_obs} observations"), **_PLATE)
        # As the data call it: brms' name of a response has no underscores.
        column = spec.design.response
        response = spec.response_name if column is None else column.name
        plate.node("y", _label(response, spec.family.name), **_KNOWN)
        # What is known stands beside what it enters, so that the plate stays below the groups.
        with plate.subgraph() as row:
            row.attr(rank="same")
            for dpar in predicted:
                row.node(_id(f"eta_{dpar.name}"), _equation(dpar), **_COMPUTED)
                if known := _known(dpar):
                    row.node(_id(f"X_{dpar.name}"), known, **_GIVEN)
            for name in spec.response.extra:
                row.node(_id(f"known_{name}"), _label(name), **_GIVEN)
    for name in spec.response.extra:
        dot.edge(_id(f"known_{name}"), "y")


def _draw_dpar(dot: Any, spec: ModelSpec, dpar: DparSpec) -> None:
    """The parameters of a distributional parameter and all the arrows towards the response."""
    if dpar.tied:
        source = next(d for d in spec.dpars if d.name == dpar.tied)
        dot.node(_id(dpar.name), _label(dpar.name, f"= {dpar.tied}"), **_COMPUTED)
        dot.edge(_id(f"eta_{source.name}" if source.predicted else source.name), _id(dpar.name))
        dot.edge(_id(dpar.name), "y")
        return
    if not dpar.predicted:
        for term in dpar.terms:
            for param in term.params:
                _draw_unknown(dot, spec, param, (param.name,), "y")
        return
    eta = f"eta_{dpar.name}"
    dot.edge(_id(eta), "y")
    if _known(dpar):
        dot.edge(_id(f"X_{dpar.name}"), _id(eta))
    for term in dpar.terms:
        if isinstance(term, GroupTerm):
            dot.edge(_id(f"r_{term.block.name}"), _id(eta))
        for param in term.params:
            coefs = [key.coef for key in param.elements]
            title = (param.name, _names(coefs)) if coefs else (param.name,)
            _draw_unknown(dot, spec, param, title, eta)


def _draw_unknown(
    dot: Any, spec: ModelSpec, param: Param, title: tuple[str, ...], child: str
) -> None:
    """A parameter with its prior, and the arrow to what depends on it."""
    dot.node(_id(param.name), _label(*title, _prior_text(spec.priors[param.name])))
    dot.edge(_id(param.name), _id(child))


# -- words -----------------------------------------------------------------------------------


def _id(name: str) -> str:
    """A name of a node that DOT and the graphviz package take as it is.

    A colon would name a port of a node, and other signs would need quotes; each becomes its
    number, so that two names never become one.
    """
    return re.sub(r"[^0-9A-Za-z_]", lambda sign: f"_x{ord(sign[0]):x}_", name)


def _label(title: str, *below: str) -> str:
    """What it is called, and in smaller lines what it consists of and how it comes about."""
    small = (f'<font point-size="10" color="#333333">{escape(line)}</font>' for line in below)
    return f"<{'<br/>'.join([escape(title), *small])}>"


def _names(names: Iterable[str]) -> str:
    return listing(names, _AT_MOST)


def _law(block: GroupBlock) -> str:
    """How the effects of one level are distributed."""
    if len(block.coefs) == 1:
        return "normal(0, sd)"
    return "normal(0, sd, cor)" if block.correlated else "normal(0, sd), independent"


def _prior_text(priors: tuple[Prior, ...]) -> str:
    """The different priors of a parameter's elements, with the bounds that cut them."""
    texts = []
    for prior in dict.fromkeys(priors):
        text = prior_text(prior.said) or "flat"
        bounds = (("> ", prior.lb), ("< ", prior.ub))
        limits = [f"{sign}{number(b)}" for sign, b in bounds if b is not None]
        texts.append(", ".join([text, *limits]))
    return listing(texts, _AT_MOST).replace("), ", "); ") if len(texts) > 1 else texts[0]


def _equation(dpar: DparSpec) -> str:
    """The label of a linear predictor: ``logit(mu)`` and below it ``Intercept + r[batch]``."""
    left = dpar.name if dpar.link.name == "identity" else f"{dpar.link.name}({dpar.name})"
    parts = []
    for term in dpar.terms:
        if isinstance(term, PopulationTerm):
            parts += ["Intercept"] if term.centred else []
            parts += ["b X"] if term.coefs else []
        elif isinstance(term, GroupTerm):
            varying = any(term.block.coefs[k].name != "Intercept" for k in term.columns)
            parts.append(f"r[{term.block.group}] Z" if varying else f"r[{term.block.group}]")
        else:
            parts.append("offset")
    lines: list[str] = []
    for part in parts:
        # A line holds about two summands; a wide ellipse would push the others out of the page.
        if lines and len(lines[-1]) + len(part) < _WIDE:
            lines[-1] = f"{lines[-1]} + {part}"
        else:
            lines.append(f"+ {part}" if lines else part)
    return _label(left, *lines)


def _known(dpar: DparSpec) -> str:
    """The label of what a linear predictor needs of an observation: columns, and which levels."""
    columns: list[str] = []
    groups: list[str] = []
    for term in dpar.terms:
        if isinstance(term, PopulationTerm):
            columns += term.coefs
        elif isinstance(term, GroupTerm):
            columns += [term.block.coefs[k].name for k in term.columns]
            groups.append(term.block.group)
        elif isinstance(term, OffsetTerm):
            columns.append("offset")
    # Each list is cut by itself: the groups show however many columns there are.
    lists = [[c for c in dict.fromkeys(columns) if c != "Intercept"], list(dict.fromkeys(groups))]
    lines = [_names(names) for names in lists if names]
    return f"<{'<br/>'.join(map(escape, lines))}>" if lines else ""
