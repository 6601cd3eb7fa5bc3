"""What a prediction is made of: draws of parameters, rows, and the terms that count."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
import pandas as pd
import xarray as xr

from ..additions import UNPREDICTED, family_data, new_observation, observation
from ..design import Column, Design
from ..design.evaluate import data_variables
from ..design.frames import to_pandas
from ..design.inputs import nodes_of
from ..draws import Draws, parameter_values
from ..errors import DataError, DataWarning, listing, rows_at
from ..families import Response
from ..formula import BrmsFormula
from ..links import Linked
from ..observation import Observation
from ..spec import ModelSpec, linked_dpars, model_predictors, new_arrays
from ..terms import new_effects
from ..xp import numpy_namespace
from .asked import Asked
from .chunks import chunks
from .kept import NONE, kept_effects, without_dropped

#: What new rows have to have: see :func:`basis_of`.
type Need = Literal["predictors", "additions", "response", "everything"]


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Some of the rows: their distributional parameters, and what is known of their responses.

    Attributes
    ----------
    rows : slice
    spec : ModelSpec
    linked : mapping
        Every distributional parameter on its link scale, shape (chain, draw, rows) or one that
        broadcasts to it; the parameters of the family as a whole among them.
    response : Response
    seen : Observation
    design : Design
    """

    rows: slice
    spec: ModelSpec
    linked: Mapping[str, Linked]
    response: Response
    seen: Observation
    design: Design


@dataclass(frozen=True, slots=True, eq=False)
class Basis:
    """Everything that predictions are computed from.

    Attributes
    ----------
    spec : ModelSpec
        The model with the group-level terms whose effects are known: those of "integrate" are left
        out.
    whole : ModelSpec
        The model with all terms that count.
    design : Design
        The rows asked for.
    response : Response
    seen : Observation
    p : mapping
        Draws of the parameters that ``Term.eta`` needs, shape (chain, draw, ...).
    posterior : xarray.Dataset
        The draws that were chosen, under brms' names.
    asked : Asked
    """

    spec: ModelSpec
    whole: ModelSpec
    design: Design
    response: Response
    seen: Observation
    p: Mapping[str, np.ndarray]
    posterior: xr.Dataset
    asked: Asked

    @property
    def shape(self) -> tuple[int, int]:
        """Chains and draws."""
        return int(self.posterior.sizes["chain"]), int(self.posterior.sizes["draw"])

    def part(self, rows: slice) -> Part:
        """Some of the rows, by their positions."""
        design = self.design.take(rows)
        d = new_arrays(self.spec, design)
        linked = linked_dpars(self.spec, numpy_namespace(), self.p, d)
        response, seen = self.response.take(rows), self.seen.take(rows)
        return Part(rows, self.spec, MappingProxyType(linked), response, seen, design)

    def parts(self, width: int = 1) -> Iterator[Part]:
        """All rows, a few at a time; `width` numbers a row and draw are made of them."""
        chains, n = self.shape
        for rows in chunks(self.design.n_obs, chains * n, width):
            yield self.part(rows)

    def attrs(self, scale: str) -> dict[str, str]:
        """What results say of themselves."""
        return {
            "scale": scale,
            "response": self.spec.response_name,
            "group_effects": self.asked.group_effects,
            "re_formula": self.asked.re_formula,
        }


def basis_of(draws: Draws, asked: Asked, need: Need = "additions") -> Basis:
    """Draws and rows for a prediction.

    Parameters
    ----------
    draws : Draws
        Of the fit.
    asked : Asked
        The arguments.
    need : "predictors", "additions", "response" or "everything"
        What new rows have to have: what predictors need, and nothing is known of responses; the
        addition terms that a response depends on (``trials``) too; the response itself; and the
        addition terms that say how it was observed (``weights``, ``cens``).

    Raises
    ------
    DataError
        For new data that do not fit the model.
    """
    chosen = draws if asked.draw_ids is None else pick(draws, asked.draw_ids)
    whole = without_dropped(draws.spec, asked.kept)
    integrate = asked.group_effects == "integrate"
    known = without_dropped(whole, NONE) if integrate else whole
    design = _design(whole, asked, need)
    response, seen = Response(np.full(design.n_obs, np.nan)), Observation()
    if need != "predictors":
        response, seen = _observed(draws.spec, design, asked.newdata is None, need)
    p = parameter_values(replace(chosen, spec=known))
    basis = Basis(known, whole, design, response, seen, p, chosen.posterior, asked)
    return replace(basis, p=MappingProxyType(_with_effects(basis)))


def pick(draws: Draws, ids: np.ndarray) -> Draws:
    """Some draws by their positions, as one chain whose draws are numbered as in brms."""
    length = draws.posterior.sizes["draw"]
    where = {
        "chain": xr.DataArray(ids // length, dims="picked"),
        "draw": xr.DataArray(ids % length, dims="picked"),
    }
    chosen = draws.posterior.isel(where).drop_vars(["chain", "draw"]).rename(picked="draw")
    chosen = chosen.expand_dims(chain=1).assign_coords(chain=[0], draw=ids + 1)
    tree = xr.DataTree.from_dict({"posterior": chosen.transpose("chain", "draw", ...)})
    return replace(draws, idata=tree)


# -- rows ------------------------------------------------------------------------------------


def _design(spec: ModelSpec, asked: Asked, need: Need) -> Design:
    """The rows asked for."""
    if asked.newdata is None:
        return spec.design
    frame = to_pandas(asked.newdata, "new data")
    unseen = asked.group_effects in ("new", "integrate")
    if unseen:
        frame = _with_own_groups(frame, spec.design.recipe.formula)
    needed = [name for name in spec.design.additions if name not in UNPREDICTED]
    needed = {"predictors": [], "everything": list(spec.design.additions)}.get(need, needed)
    return spec.design.new_data(
        frame,
        allow_new_levels=unseen or asked.allow_new_levels,
        need_response=need in ("response", "everything"),
        additions=tuple(needed),
    )


def _with_own_groups(frame: pd.DataFrame, formula: BrmsFormula) -> pd.DataFrame:
    """With a group of its own for each row where the frame does not name groups."""
    members = {m for p in formula.predictors for term in p.groups for m in term.members}
    others = {
        name
        for predictor in formula.predictors
        for node in nodes_of(predictor, formula, True)
        for name in data_variables(node)
    }
    lacking = [name for name in members - others if name not in frame.columns]
    own = {name: [f"{name} of row {i}" for i in range(len(frame))] for name in lacking}
    return frame.assign(**own) if own else frame


def _observed(
    spec: ModelSpec, design: Design, training: bool, need: Need
) -> tuple[Response, Observation]:
    """What is known of the responses of the rows asked for."""
    if training:
        return spec.response, spec.seen
    discrete = spec.family.discrete
    with rows_at(design.rows):
        extra = family_data(design.additions)
        response = spec.family.new_response(spec.response, extra, design.n_obs)
        if need == "additions":
            return response, new_observation(design.additions, discrete)
        known = replace(response, y=_encoded(spec, design, extra))
        if need == "response":
            return known, new_observation(design.additions, discrete)
        return known, observation(design.additions, known.y, spec.response_name, discrete)


def _encoded(spec: ModelSpec, design: Design, extra: Mapping[str, Any]) -> np.ndarray:
    """New responses as the likelihood wants them.

    The family reads them after those of the training data, which tell what categories there are;
    rows in messages are those of the new data.
    """
    trained, column = spec.design.response, design.response
    assert trained is not None
    assert column is not None
    before = family_data(spec.design.additions)
    both = {name: _joined(before[name], value) for name, value in extra.items()}
    n = spec.design.n_obs
    with rows_at(np.concatenate([np.full(n, -1), design.rows])), warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)  # the model has warned of its data
        found = spec.family.encode(_joined(trained, column), both)
    if found.categories != spec.response.categories or found.levels != spec.response.levels:
        others = [c for c in found.levels or found.categories
                  if c not in (spec.response.levels or spec.response.categories)]  # fmt: skip
        raise DataError(
            f"Response '{spec.response_name}' has values in the new data that the training data "
            f"do not have: {listing(others)}."
        )
    return found.y[n:]


def _joined(first: Any, second: Any) -> Any:
    """Two arrays or columns one after the other; settings as they are."""
    if isinstance(second, Column):
        return replace(first, values=np.concatenate([first.values, second.values]))
    return np.concatenate([first, second]) if isinstance(second, np.ndarray) else second


# -- group-level effects ---------------------------------------------------------------------


def _with_effects(basis: Basis) -> dict[str, np.ndarray]:
    """The parameters with the effects of the groups of the rows, new ones drawn."""
    p, asked = dict(basis.p), basis.asked
    rng = np.random.default_rng(asked.seed)
    predictors = model_predictors(basis.spec.family, basis.design)
    kept = kept_effects(basis.spec, asked.kept)
    for block in basis.spec.blocks:
        name, group = f"r_{block.name}", block.design(predictors)
        drawn = group.new_levels
        if asked.group_effects == "new":
            drawn = (*group.levels, *drawn)
        effects = [] if asked.group_effects == "new" else [p[name]]
        if drawn:
            strata = np.zeros(len(drawn), dtype=int)
            if group.by is not None:
                strata = group.by[2][-len(drawn) :]
            how = asked.new_levels
            new = new_effects(block, basis.posterior, p[name], drawn, strata, how, rng)
            effects.append(new)
        joined = np.concatenate(effects, axis=-2) if len(effects) > 1 else effects[0]
        if not kept[block.name].all():
            joined = joined * kept[block.name]
        # A coefficient after the other, so that picking the effects of rows copies nothing else.
        p[name] = np.moveaxis(np.ascontiguousarray(np.moveaxis(joined, -1, 0)), 0, -1)
    return p
