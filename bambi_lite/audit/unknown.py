"""One free parameter of a model, with what the audit needs to know of it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from ..dists import Law
from ..links import Link, get_link
from ..naming import element_names
from ..params import ON_LINK, Param, ParamKey, Prior, given_prior, single_law
from ..priors import PriorRow, brms_class, deciding_row, general_key
from ..spec import DparSpec, ModelSpec
from ..terms import ShrinkageBlock
from ..xp import numpy_namespace


@dataclass(frozen=True, slots=True)
class Unknown:
    """A free parameter and its prior.

    Attributes
    ----------
    name : str
        brms' name of its draws; the prior of class ``Intercept`` is on the centred ``Intercept``.
    size : int
        How many numbers it is: one, or the correlations of a group.
    key : ParamKey
        Which parameter it is.
    param : Param
        The parameter of the model that it is part of.
    prior : Prior
        Its prior.
    row : PriorRow
        The row of the table that says it.
    general : PriorRow
        The general row of its class, which has the bounds.
    law : Law or None
        Its distribution as a number (for correlations that of each); None where it is flat.
    dpar : DparSpec or None
        The linear predictor it is in; None if it is in none.
    centre : float
        The centre of that predictor under the prior: the median of its intercept, else 0.
    step : float
        What a coefficient is multiplied by to show what it does: one sd of its column, or the
        distance of its two values; 1 for everything else.
    unit : str or float
        What the parameter is times its prior: another parameter by its name, or a number.
    block : ShrinkageBlock or None
        The shrinkage prior that brings it.
    """

    name: str
    size: int
    key: ParamKey
    param: Param
    prior: Prior
    row: PriorRow
    general: PriorRow
    law: Law | None
    dpar: DparSpec | None
    centre: float
    step: float
    unit: str | float = 1.0
    block: ShrinkageBlock | None = None

    @property
    def link(self) -> Link:
        """The link that leads from its scale to that of the distributional parameter."""
        return get_link("identity") if self.dpar is None else self.dpar.link

    @property
    def is_effect(self) -> bool:
        """Whether it moves a predictor away from its centre, and is no value of its own."""
        return self.dpar is not None and self.key.cls != "Intercept"

    def implied(self, values: np.ndarray) -> np.ndarray:
        """What values of it mean on the response scale.

        An intercept gives the parameter of the response itself; a coefficient the change of it by
        one step of the column, an sd the change in a group that lies one sd above.
        """
        xp = numpy_namespace()
        with np.errstate(all="ignore"):
            if not self.is_effect:
                return np.asarray(self.link.inverse(xp, values))
            start = self.link.inverse(xp, np.float64(self.centre))
            return np.asarray(self.link.inverse(xp, self.centre + values * self.step) - start)


def unknowns(spec: ModelSpec) -> Iterator[Unknown]:
    """Every free parameter of a model, in the order of the model.

    Under a shrinkage prior these are the coefficients, as everywhere, and then what they are made
    of: its global and local scales, and the coefficients before they are scaled.
    """
    table = {row.key: row for row in spec.prior_rows}
    names = element_names(spec)
    dpars = {("" if d.name == "mu" else d.name): d for d in spec.dpars if d.predicted}
    centres = {name: _centre(spec, name) for name in dpars}
    for param in spec.params:
        if param.kind == "given":
            continue
        for i, key in enumerate(param.elements or (param.key,)):
            prior = spec.priors[param.name][i]
            if prior.dist is not None and prior.dist.name == "constant":
                continue
            inside = dpars.get(key.dpar) if key.cls in ON_LINK and not key.nlpar else None
            yield Unknown(
                name=_name(param, names[param.name], i),
                size=_size(param),
                key=key,
                param=param,
                prior=prior,
                row=deciding_row(key, table),
                general=table[general_key(key)],
                law=single_law(param, prior),
                dpar=inside,
                centre=centres[key.dpar] if inside is not None else 0.0,
                step=_step(spec, key),
            )
    yield from (u for block in spec.shrinkage for u in _of_shrinkage(block, table))


def _of_shrinkage(block: ShrinkageBlock, table: Mapping[ParamKey, PriorRow]) -> Iterator[Unknown]:
    row = table[general_key(block.at.key)]
    for name, param, unit in block.free:
        prior = given_prior(param)
        assert prior is not None
        yield Unknown(
            name=name,
            size=param.shape[0] if param.shape else 1,
            key=param.key,
            param=param,
            prior=prior,
            row=row,
            general=row,
            law=single_law(param, prior),
            dpar=None,
            centre=0.0,
            step=1.0,
            unit=unit,
            block=block,
        )


def _name(param: Param, names: tuple[str, ...], i: int) -> str:
    if param.kind == "simplex":
        return param.name
    if param.kind == "cholesky_corr":
        group = param.name.partition("_")[2]
        return "_".join(part for part in (brms_class(param.key.cls), group) if part)
    return names[i]


def _size(param: Param) -> int:
    if param.kind == "cholesky_corr":
        return param.shape[0] * (param.shape[0] - 1) // 2
    return param.shape[0] if param.kind == "simplex" else 1


def _centre(spec: ModelSpec, dpar: str) -> float:
    for param in spec.params:
        if param.key.cls == "Intercept" and param.key.dpar == dpar:
            law = spec.priors[param.name][0].law
            middle = 0.0 if law is None else float(law.quantile(0.5))
            return middle if math.isfinite(middle) else 0.0
    return 0.0


def _step(spec: ModelSpec, key: ParamKey) -> float:
    if key.cls != "b":
        return 1.0
    sd, spread = spec.scales.columns.get((key.resp, key.dpar, key.nlpar), {}).get(
        key.coef, (1.0, 1.0)
    )
    # Two values lie a spread apart; of a measured column the spread is two sds.
    return sd if math.isclose(spread, 2.0 * sd) else spread
