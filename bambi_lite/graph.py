"""The model as a Bayesian network with plates, in the notation of the multilevel lecture."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from .params import Prior
from .priors import number
from .spec import DparSpec, ModelSpec
from .terms import GroupBlock, GroupTerm, PopulationTerm, ScalarTerm

if TYPE_CHECKING:
    import graphviz

_KNOWN = {"style": "filled", "fillcolor": "#d9d9d9"}


def graph(spec: ModelSpec) -> graphviz.Digraph:
    """The Bayesian network of a model.

    Ellipses are unknown (with their priors), boxes known; a shaded ellipse is observed. A plate
    repeats what is in it once per level of a grouping factor, or once per observation.

    Parameters
    ----------
    spec : ModelSpec
        The model.

    Returns
    -------
    graphviz.Digraph
        ``.source`` is its text; notebooks draw it, and ``.render()`` writes a file, where
        graphviz' ``dot`` is installed.
    """
    import graphviz

    dot = graphviz.Digraph(
        "model",
        graph_attr={"rankdir": "TB", "fontname": "Helvetica", "fontsize": "11"},
        node_attr={"fontname": "Helvetica", "fontsize": "11"},
        edge_attr={"arrowsize": "0.7", "color": "#555555"},
    )
    for block in spec.blocks:
        _draw_block(dot, spec, block)
    with dot.subgraph(name="cluster_obs") as plate:
        plate.attr(label=f"observation 1 ... {spec.design.n_obs}", labeljust="r", labelloc="b")
        plate.node("y", _label(spec.response_name, spec.family.name), **_KNOWN)
        for dpar in spec.dpars:
            if dpar.predicted:
                equation = f"{dpar.link.name}({dpar.name})" if dpar.link.name != "identity" else ""
                plate.node(f"eta_{dpar.name}", _label(equation or dpar.name, _formula_of(dpar)))
        for name in spec.response.extra:
            plate.node(f"known_{name}", name, shape="box", **_KNOWN)
    for name in spec.response.extra:
        dot.edge(f"known_{name}", "y")
    for dpar in spec.dpars:
        _draw_dpar(dot, spec, dpar)
    return dot


def _label(title: str, below: str = "") -> str:
    """Two lines: what it is, and how it is distributed or made."""
    if not below:
        return f"<{escape(title)}>"
    small = f'<font point-size="9" color="#555555">{escape(below)}</font>'
    return f"<{escape(title)}<br/>{small}>"


def _prior_text(priors: tuple[Prior, ...]) -> str:
    texts = []
    for prior in dict.fromkeys(priors):
        if prior.dist is None:
            text = "flat"
        else:
            text = f"{prior.dist.name}({', '.join(number(v) for v in prior.dist.args.values())})"
        bounds = (("> ", prior.lb), ("< ", prior.ub))
        limits = [f"{sign}{number(b)}" for sign, b in bounds if b is not None]
        texts.append(", ".join([text, *limits]))
    return "; ".join(texts[:3]) + (" ..." if len(texts) > 3 else "")


def _formula_of(dpar: DparSpec) -> str:
    kinds = []
    for term in dpar.terms:
        if isinstance(term, PopulationTerm):
            kinds.append("X b")
        elif isinstance(term, GroupTerm):
            kinds.append(f"r[{term.block.group}]")
        else:
            kinds.append("offset")
    return " + ".join(kinds)


def _draw_block(dot: Any, spec: ModelSpec, block: GroupBlock) -> None:
    sd, *rest = block.params
    coefs = ", ".join(c.label for c in block.coefs)
    dot.node(sd.name, _label(f"sd({coefs})", _prior_text(spec.priors[sd.name])))
    for param in rest:
        if param.kind == "cholesky_corr":
            dot.node(param.name, _label(f"cor({coefs})", _prior_text(spec.priors[param.name])))
            dot.edge(param.name, f"r_{block.name}")
    with dot.subgraph(name=f"cluster_{block.name}") as plate:
        plate.attr(label=f"{block.group}: {len(block.levels)} levels", labeljust="r", labelloc="b")
        law = "normal(0, sd)" if len(block.coefs) == 1 else "multi_normal(0, sd, cor)"
        if len(block.coefs) > 1 and not block.correlated:
            law = "normal(0, sd), independent"
        plate.node(f"r_{block.name}", _label(f"r[{block.group}]: {coefs}", law))
    dot.edge(sd.name, f"r_{block.name}")


def _draw_dpar(dot: Any, spec: ModelSpec, dpar: DparSpec) -> None:
    if not dpar.predicted:
        for term in dpar.terms:
            if isinstance(term, ScalarTerm):
                (param,) = term.params
                dot.node(param.name, _label(param.name, _prior_text(spec.priors[param.name])))
                dot.edge(param.name, "y")
        return
    eta = f"eta_{dpar.name}"
    dot.edge(eta, "y")
    for term in dpar.terms:
        if isinstance(term, GroupTerm):
            dot.edge(f"r_{term.block.name}", eta)
        for param in term.params:
            coefs = [key.coef for key in param.elements]
            shown = f"b: {', '.join(coefs[:4])}{' ...' if len(coefs) > 4 else ''}" if coefs else ""
            dot.node(param.name, _label(shown or param.name, _prior_text(spec.priors[param.name])))
            dot.edge(param.name, eta)
