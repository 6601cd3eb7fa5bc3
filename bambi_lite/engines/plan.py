"""How a model will be sampled: decided from the spec and the data, and open to inspection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from ..errors import SamplingError, listing
from ..spec import ModelSpec
from ..terms import GroupBlock
from .native.centring import ENOUGH, informed, means_within
from .native.covered import NotCoveredError, check_covered
from .native.known import KNOWN
from .native.rows import correlated_columns, equal_rows


@dataclass(frozen=True, slots=True)
class Plan:
    """What will be done, and why.

    Attributes
    ----------
    engine : str
        ``kernels``, which are compiled once for a machine, or ``pymc``, where PyMC's graph of the
        model is compiled.
    integrated : str
        The block of group effects that is integrated out; empty for none.
    centred : mapping
        Blocks whose effects are sampled around their mean rather than as standard normal
        innovations, with the population-level columns (parameter and element) in their mean.
    decomposed : tuple of str
        Coefficients that are sampled on orthogonal columns (QR).
    collapse : bool
        Whether equal rows are merged.
    summed : bool
        Whether the likelihood comes from sums over all rows, as where nothing is integrated out of
        a gaussian response.
    reasons : mapping
        Why, by what was decided.
    """

    engine: str = "kernels"
    integrated: str = ""
    centred: Mapping[str, tuple[tuple[str, int], ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    decomposed: tuple[str, ...] = ()
    collapse: bool = False
    summed: bool = False
    reasons: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def __str__(self) -> str:
        lines = [f"engine: {self.engine} ({self.reasons.get('engine', '')})"]
        lines += [f"{what}: {why}" for what, why in self.reasons.items() if what != "engine"]
        return "\n".join(lines)

    __repr__ = __str__


def make_plan(
    spec: ModelSpec, marginalize: Any = "auto", kernels: bool = True, decomp: Any = "auto"
) -> Plan:
    """Decide how a model is sampled.

    Parameters
    ----------
    spec : ModelSpec
        The model.
    marginalize : "auto", True or False
        Whether gaussian group effects are integrated out: where it can be done; always (else an
        error says why not); never.
    kernels : bool
        False samples PyMC's graph of the model.
    decomp : "auto" or False
        Whether population-level coefficients may be sampled on orthogonal columns, which changes
        neither their priors nor what is reported.

    Returns
    -------
    Plan

    Raises
    ------
    SamplingError
        When `marginalize` is True and the model does not allow it, or one of the arguments is
        something else.
    """
    if decomp not in ("auto", False):
        raise SamplingError(
            f"decomp has to be 'auto' or False, not {decomp!r}. brms' decomposition, with "
            f"priors on the orthogonal columns, is part of the formula: bf(..., decomp='QR')."
        )
    if marginalize not in ("auto", True, False):
        raise SamplingError(f"marginalize has to be 'auto', True or False, not {marginalize!r}.")
    why_not = _uncovered(spec) if kernels else "asked for"
    obstacle = why_not or _why_not_integrated(spec)
    summed = not obstacle and not spec.blocks
    obstacle = obstacle or ("" if spec.blocks else "there are none")
    if marginalize is True and obstacle:
        raise SamplingError(
            f"marginalize = True: the group effects of this model cannot be integrated out "
            f"({obstacle})."
        )
    if why_not:
        return Plan("pymc", reasons=MappingProxyType({"engine": why_not, **_asked(spec)}))
    reasons = {"engine": "every part of the model has a compiled kernel"}
    integrated = ""
    if spec.blocks and marginalize is not False:
        if obstacle:
            reasons["group effects"] = f"all sampled: {obstacle}"
        else:
            block = _largest(_open(spec))
            integrated = block.name
            reasons["group effects"] = (
                f"those of '{block.group}' ({len(block.levels)} x {len(block.coefs)}) are "
                f"integrated out and drawn afterwards"
            )
    centred: dict[str, tuple[tuple[str, int], ...]] = {}
    for block in spec.blocks:
        if block.name == integrated:
            continue
        ratio = informed(spec, block) if block.centered is None else 0.0
        how = "non-centred"
        if block.centered or ratio > ENOUGH:
            # A column can be in the mean of one block alone.
            taken = {which for own in centred.values() for which in own}
            within = _means(spec, block)
            centred[block.name] = tuple(which for which in within if which not in taken)
            how = "centred around what is constant within its levels"
        reasons[f"effects of '{block.group}'"] = (
            f"{how}: a level knows {ratio:.2g} times as much of its effects as their distribution"
            if block.centered is None
            else f"{how}: the formula says so"
        )
    reasons |= _decomposition(spec)
    decomposed = tuple(correlated_columns(spec)) if decomp == "auto" else ()
    if decomposed:
        reasons["coefficients"] = (
            f"{listing(decomposed)} sampled on orthogonal columns (QR), their priors as they are"
        )
    n, merged = spec.design.n_obs, 0
    if summed:
        reasons["rows"] = f"sums over the {n} rows stand for them"
    elif not integrated:
        merged = len(equal_rows(spec).rows)
    collapse = 0 < merged <= n // 2
    if collapse:
        reasons["rows"] = f"{n} rows are {merged} different ones with weights"
    return Plan(
        "kernels",
        integrated=integrated,
        centred=MappingProxyType(centred),
        decomposed=decomposed,
        collapse=collapse,
        summed=summed,
        reasons=MappingProxyType(reasons),
    )


def _uncovered(spec: ModelSpec) -> str:
    """What the kernels lack for a model; empty when they have it all."""
    try:
        check_covered(spec)
    except NotCoveredError as missing:
        return f"the kernels do not have {missing}"
    return ""


def _open(spec: ModelSpec) -> list[GroupBlock]:
    """The blocks of which the formula does not say how they are sampled."""
    return [block for block in spec.blocks if block.centered is None]


def _largest(blocks: Sequence[GroupBlock]) -> GroupBlock:
    return max(blocks, key=lambda block: len(block.levels) * len(block.coefs))


def _means(spec: ModelSpec, block: GroupBlock) -> Iterable[tuple[str, int]]:
    """What can be part of the mean of effects; of those of several predictors nothing can."""
    dpars = {coef.dpar for coef in block.coefs}
    return means_within(spec, block, dpars.pop()) if len(dpars) == 1 else ()


def _asked(spec: ModelSpec) -> dict[str, str]:
    """What the formula says of sampling, for a model that is sampled as PyMC's graph."""
    asked = {
        f"effects of '{block.group}'": f"{'' if block.centered else 'non-'}centred: the formula "
        f"says so"
        for block in spec.blocks
        if block.centered is not None
    }
    return asked | _decomposition(spec)


def _decomposition(spec: ModelSpec) -> dict[str, str]:
    """The orthogonal columns that the formula asks for."""
    names = [predictor.name for predictor in spec.predictors if predictor.decomp]
    why = "the formula says decomp = QR, and priors are about those"
    return {"columns": f"orthogonal ones in {listing(names)}: {why}"} if names else {}


def _why_not_integrated(spec: ModelSpec) -> str:
    """Why a block of group effects cannot be integrated out; empty when one can be."""
    own = KNOWN[spec.family.kernel]
    if own.transform is None or spec.dpars[0].link.name != "identity":
        return "the response is not gaussian with an identity link"
    if spec.blocks and not _open(spec):
        return "the formula says how they are sampled"
    if spec.seen.arrays.keys() - {"weights"}:
        return "the response is censored or truncated"
    sigma = spec.dpars[1]
    if sigma.predicted:
        return "sigma has a formula"
    known = all(piece.value is not None for term in sigma.terms for piece in term.pieces() or ())
    if "se" in spec.response.extra and not known:
        return "se(sigma = TRUE) adds a residual to known errors"
    if spec.blocks and any(c.dpar != "mu" for c in _largest(_open(spec)).coefs):
        return "the effects are shared with another distributional parameter"
    return ""
