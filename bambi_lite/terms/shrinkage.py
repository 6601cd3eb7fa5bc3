"""Shrinkage priors: the parameters that they bring, and the coefficients that these make.

Regularised horseshoe: Piironen and Vehtari (2017), Electronic Journal of Statistics 11:5018-5051,
equation 2.8. R2D2: Zhang, Naughton, Bondell and Reich (2022), JASA 117:862-874. Parameters, their
names and what counts to ``lprior`` are those of brms 2.23.

A scale that takes sigma as its unit is sampled without it and multiplied afterwards: the same
distribution, with one dependence fewer for the sampler to follow.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ..dists import Dist, law_of
from ..params import Param, ParamKey, Shrinkage
from ..xp import Array, Namespace, numpy_namespace
from .base import Quantity, Values, suffix

#: A share of the variance below this one counts as this one: its root keeps a finite gradient.
_LEAST = float(np.finfo(float).tiny)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the parameters of a prior belong, and how many scales it gives.

    Attributes
    ----------
    key : ParamKey
        The class, dpar, ... of its row.
    size : int
        How many scales.
    """

    key: ParamKey
    size: int

    @property
    def ending(self) -> str:
        """brms' ending of the names."""
        return suffix(self.key.resp, self.key.dpar, self.key.nlpar)

    def param(self, name: str, dist: Dist, lower: float | None = None, each: bool = False) -> Param:
        """A parameter of the prior with a distribution of its own, a number or one per scale."""
        key = ParamKey(name, "", "", self.key.resp, self.key.dpar, self.key.nlpar)
        shape, dims = ((self.size,), (f"scale{self.ending}",)) if each else ((), ())
        whole = f"{name}{self.ending}"
        return Param(whole, key, shape, dims, kind="given", lower=lower, given=dist)


@dataclass(frozen=True, slots=True)
class Horseshoe:
    """Scales ``tau lambda_k``, those far beyond the slab's c cut down to c.

    ``lambda_k`` and ``tau`` are half-t, and ``c^2 = scale_slab^2 hs_slab`` has an inverse gamma
    distribution.
    """

    df: float
    scale_global: float
    df_global: float
    scale_slab: float
    df_slab: float

    #: The classes of its parameters that are sampled over their unit, under their name with a z.
    in_units: ClassVar[tuple[str, ...]] = ("zhs_global",)

    @property
    def _global(self) -> Dist:
        return Dist("student_t", {"nu": self.df_global, "mu": 0.0, "sigma": self.scale_global})

    @property
    def _slab(self) -> Dist:
        return Dist("inv_gamma", {"alpha": 0.5 * self.df_slab, "beta": 0.5 * self.df_slab})

    def params(self, at: Place) -> tuple[Param, ...]:
        """``zhs_global`` (hs_global over its unit), ``hs_slab`` and the local ``hs_local``."""
        local = Dist("student_t", {"nu": self.df, "mu": 0.0, "sigma": 1.0})
        return (
            at.param("zhs_global", self._global, lower=0.0),
            at.param("hs_slab", self._slab),
            at.param("hs_local", local, lower=0.0, each=True),
        )

    def scales(self, xp: Namespace, p: Values, at: Place, unit: Array) -> Array:
        """The scale of each coefficient, shape (..., size)."""
        tau = (p[f"zhs_global{at.ending}"] * unit)[..., None]
        c = self.scale_slab * xp.sqrt(p[f"hs_slab{at.ending}"])[..., None]
        wide = tau * p[f"hs_local{at.ending}"]
        return wide / xp.sqrt(1.0 + (wide / c) ** 2)

    def named(self, p: Values, at: Place, unit: Array) -> dict[str, Array]:
        """What brms keeps of it."""
        return {
            "hs_global": p[f"zhs_global{at.ending}"] * unit,
            "hs_slab": p[f"hs_slab{at.ending}"],
        }

    def log_prior(self, named: Mapping[str, Array], unit: Array) -> Array:
        """What brms counts to ``lprior``: the global numbers, not the local ones."""
        xp = numpy_namespace()
        tau = law_of(self._global, 0.0, None).logp(xp, named["hs_global"] / unit) - np.log(unit)
        return tau + self._slab.logp(xp, named["hs_slab"])

    def data(self) -> dict[str, float]:
        """Its numbers in the data list."""
        return {
            "hs_df": self.df,
            "hs_df_global": self.df_global,
            "hs_df_slab": self.df_slab,
            "hs_scale_global": self.scale_global,
            "hs_scale_slab": self.scale_slab,
        }


@dataclass(frozen=True, slots=True)
class R2D2:
    """Scales ``sqrt(phi_k R2 / (1 - R2))``: a beta R2 whose variance a Dirichlet phi shares out."""

    mean: float
    prec: float
    cons: tuple[float, ...]

    #: See :class:`Horseshoe`.
    in_units: ClassVar[tuple[str, ...]] = ()

    @property
    def _share(self) -> Dist:
        alpha, beta = self.mean * self.prec, (1.0 - self.mean) * self.prec
        return Dist("beta", {"alpha": alpha, "beta": beta})

    def params(self, at: Place) -> tuple[Param, ...]:
        """``R2D2_R2`` and the shares ``R2D2_phi``."""
        shares = Dist("dirichlet", {"alpha": self.cons})
        return at.param("R2D2_R2", self._share), at.param("R2D2_phi", shares, each=True)

    def scales(self, xp: Namespace, p: Values, at: Place, unit: Array) -> Array:
        """The scale of each coefficient, shape (..., size)."""
        R2 = p[f"R2D2_R2{at.ending}"]
        tau = xp.sqrt(R2 / (1.0 - R2)) * unit
        return tau[..., None] * xp.sqrt(xp.maximum(p[f"R2D2_phi{at.ending}"], _LEAST))

    def named(self, p: Values, at: Place, unit: Array) -> dict[str, Array]:
        """What brms keeps of it."""
        return {"R2D2_R2": p[f"R2D2_R2{at.ending}"]}

    def log_prior(self, named: Mapping[str, Array], unit: Array) -> Array:
        """What brms counts to ``lprior``: R2, not the shares."""
        return self._share.logp(numpy_namespace(), named["R2D2_R2"])

    def data(self) -> dict[str, Any]:
        """Its numbers in the data list."""
        return {
            "R2D2_mean_R2": self.mean,
            "R2D2_prec_R2": self.prec,
            "R2D2_cons_D2": np.array(self.cons),
        }


def _horseshoe(args: Mapping[str, Any], _: int, n_obs: int) -> Horseshoe:
    ratio = args["par_ratio"]
    scale = args["scale_global"] if ratio is None else ratio / math.sqrt(n_obs)
    return Horseshoe(args["df"], scale, args["df_global"], args["scale_slab"], args["df_slab"])


def _r2d2(args: Mapping[str, Any], size: int, _: int) -> R2D2:
    cons = np.broadcast_to(args["cons_D2"], (size,))
    return R2D2(args["mean_R2"], args["prec_R2"], tuple(map(float, cons)))


_MAKE: Mapping[str, Callable[..., Horseshoe | R2D2]] = {"horseshoe": _horseshoe, "R2D2": _r2d2}


@dataclass(frozen=True, slots=True)
class ShrinkageBlock:
    """A shrinkage prior of a linear predictor, over its coefficients and what shares it.

    Coefficients are ``b = zb scale`` with standard normal ``zb``; standard deviations of group
    effects are the scales themselves.

    Attributes
    ----------
    law : Horseshoe or R2D2
        How the scales are distributed.
    at : Place
        Where its parameters belong.
    members : tuple of Param
        What it makes, in brms' order: ``b`` before ``sd``.
    labels : tuple of str
        What each scale is called.
    unit : str or float
        What all scales are multiplied by: a parameter by its name, or a number.
    tag : str
        The tag of the row that says it.
    """

    law: Horseshoe | R2D2
    at: Place
    members: tuple[Param, ...]
    labels: tuple[str, ...]
    unit: str | float = 1.0
    tag: str = ""

    @property
    def free(self) -> tuple[tuple[str, Param, str | float], ...]:
        """What it brings, as a person knows it: name, parameter, what the parameter is times."""
        return tuple(
            (p.name.removeprefix("z"), p, self.unit)
            if p.key.cls in self.law.in_units
            else (p.name, p, 1.0)
            for p in self.params
        )

    @property
    def params(self) -> tuple[Param, ...]:
        """Those of the prior, and the standardised coefficients ``zb``."""
        normal = Dist("normal", {"mu": 0.0, "sigma": 1.0})
        z = (
            Param(f"z{m.name}", m.key, m.shape, m.dims, kind="given", given=normal)
            for m in self.members
            if m.lower is None
        )
        return (*self.law.params(self.at), *z)

    @property
    def coords(self) -> dict[str, tuple[str, ...]]:
        """Labels of the axis of its scales."""
        return {f"scale{self.at.ending}": self.labels}

    def _unit(self, p: Values) -> Array:
        return np.asarray(self.unit) if isinstance(self.unit, float) else p[self.unit]

    def _parts(self, scales: Array) -> dict[str, Array]:
        """The scales of each of its members, by their names."""
        found, start = {}, 0
        for member in self.members:
            stop = start + member.shape[0]
            found[member.name] = scales[..., start:stop]
            start = stop
        return found

    def is_made_by(self, p: Values) -> bool:
        """Whether all that its members are made of is there."""
        return all(param.name in p for param in self.params)

    def make(self, xp: Namespace, p: Values) -> dict[str, Array]:
        """The members, by their names."""
        parts = self._parts(self.law.scales(xp, p, self.at, self._unit(p)))
        return {n: p[f"z{n}"] * s if f"z{n}" in p else s for n, s in parts.items()}

    def quantities(self, p: Values) -> tuple[Quantity, ...]:
        """``hs_global`` and ``hs_slab``, or ``R2D2_R2``; ``sdb_<coef>``, the scale of each b."""
        own = self.at.key
        found = [
            Quantity(
                f"{name}{self.at.ending}",
                ParamKey(name, "", "", own.resp, own.dpar, own.nlpar),
                np.asarray(values),
            )
            for name, values in self.law.named(p, self.at, self._unit(p)).items()
        ]
        scales = self._parts(self.law.scales(numpy_namespace(), p, self.at, self._unit(p)))
        for member in self.members:
            if member.lower is not None:  # a standard deviation is its scale, and has its own name
                continue
            for i, element in enumerate(member.elements):
                key = ParamKey("sdb", element.coef, "", own.resp, own.dpar, own.nlpar)
                name = f"sd{member.name}_{element.coef}"
                found.append(Quantity(name, key, np.asarray(scales[member.name][..., i])))
        return tuple(found)

    def read(self, q: Values) -> dict[str, np.ndarray]:
        """Nothing: the linear predictors need only what it makes."""
        return {}

    def log_prior(self, values: Values) -> Array:
        """What it adds to ``lprior``, at values by the model's names or by brms'.

        Parameters
        ----------
        values : mapping
            The parameters of the model, or the draws that it names (those of :meth:`quantities`).
        """
        ending, unit = self.at.ending, self._unit(values)
        if self.law.params(self.at)[0].name in values:
            named = self.law.named(values, self.at, unit)
        else:
            named = {k.removesuffix(ending) if ending else k: v for k, v in values.items()}
        return np.asarray(self.law.log_prior(named, np.asarray(unit)))

    def data(self) -> dict[str, Any]:
        """``Kscales`` and the numbers of the prior, under brms' names in the data list."""
        return {f"{k}{self.at.ending}": v for k, v in
                {"Kscales": self.at.size, **self.law.data()}.items()}  # fmt: skip


def shrinkage_block(
    prior: Shrinkage, members: Sequence[Param], unit: str | float, n_obs: int, tag: str
) -> ShrinkageBlock:
    """A shrinkage prior over the parameters `members`, whose scales have the unit `unit`."""
    labels = tuple(
        key.coef if key.cls == "b" else f"{param.name}[{i + 1}]"
        for param in members
        for i, key in enumerate(param.elements)
    )
    at = Place(members[0].key, len(labels))
    law = _MAKE[prior.name](prior.args, len(labels), n_obs)
    return ShrinkageBlock(law, at, tuple(members), labels, unit, tag)
