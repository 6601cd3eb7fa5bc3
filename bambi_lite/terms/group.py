"""Group-level terms: varying intercepts and slopes, correlated or not.

A :class:`GroupBlock` is one set of effects that share standard deviations and correlations
(several linear predictors may draw on one, through ``|ID|``); a :class:`GroupTerm` is what one
linear predictor takes from it. There is never a matrix of rows by levels: a row knows the index
of its group.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from ..design import PredictorDesign
from ..params import Param, ParamKey
from ..xp import Array, Namespace
from .base import Quantity, Values, suffix, table_dpar

#: Names that xarray or ArviZ give to other axes; a grouping factor of that name gets a dot.
_TAKEN = ("chain", "draw", "sample", "obs")


@dataclass(frozen=True, slots=True)
class Coef:
    """A group-level coefficient and the linear predictor that uses it."""

    name: str
    dpar: str
    nlpar: str = ""
    resp: str = ""

    @property
    def label(self) -> str:
        """brms' name of it: ``Days`` for mu, ``sigma_Days`` for sigma."""
        ending = suffix(self.resp, self.dpar, self.nlpar)
        return f"{ending[1:]}_{self.name}" if ending else self.name


@dataclass(frozen=True, slots=True)
class GroupBlock:
    """Effects of one grouping factor with a common covariance, non-centred.

    ``r = z (diag(sd) L)'`` with standard normal ``z`` and the Cholesky factor ``L`` of the
    correlations; without correlations ``r = z sd``.

    Attributes
    ----------
    name : str
        Unique ending of its parameters' names (the group, numbered where it recurs).
    group : str
        The grouping factor, ``schoolid:classid2`` for an interaction.
    levels : tuple of str
        Its levels in brms' order.
    coefs : tuple of Coef
        Its coefficients.
    cor : bool
        Whether correlations are estimated.
    """

    name: str
    group: str
    levels: tuple[str, ...]
    coefs: tuple[Coef, ...]
    cor: bool

    @property
    def dim(self) -> str:
        """Name of the axis over levels."""
        return f"{self.group}." if self.group in _TAKEN else self.group

    @property
    def correlated(self) -> bool:
        """Whether there is more than one coefficient to correlate, and it is asked for."""
        return self.cor and len(self.coefs) > 1

    @property
    def params(self) -> tuple[Param, ...]:
        """``sd``, ``L`` (where correlated) and the innovations ``z``."""
        q = len(self.coefs)
        coef_dim = f"{self.name}__coef"
        elements = tuple(
            ParamKey("sd", c.name, self.group, c.resp, table_dpar(c.dpar), c.nlpar)
            for c in self.coefs
        )
        # An sd has one general row per linear predictor: the key of its first coefficient's.
        general = ParamKey("sd", "", "", elements[0].resp, elements[0].dpar, elements[0].nlpar)
        sd = Param(f"sd_{self.name}", general, (q,), (coef_dim,), elements, lower=0.0)
        cor = Param(
            f"L_{self.name}",
            ParamKey("L", group=self.group),
            (q, q),
            kind="cholesky_corr",
        )
        z = Param(
            f"z_{self.name}",
            ParamKey("z", group=self.group),
            (len(self.levels), q),
            (self.dim, coef_dim),
            kind="innovations",
        )
        return (sd, *((cor,) if self.correlated else ()), z)

    def effects(self, xp: Namespace, p: Values) -> Array:
        """The group-level effects, shape (..., levels, coefs), on the link scale."""
        z, sd = p[f"z_{self.name}"], p[f"sd_{self.name}"]
        if not self.correlated:
            return z * sd[..., None, :]
        return xp.matmul(z, xp.swap(p[f"L_{self.name}"] * sd[..., :, None]))

    def quantities(self, p: Values) -> tuple[Quantity, ...]:
        """``sd_<group>__<coef>``, ``cor_<group>__<coef>__<coef>``, ``r_<group>``."""
        sd = np.asarray(p[f"sd_{self.name}"])
        found = [
            Quantity(f"sd_{self.group}__{c.label}", key, sd[..., i])
            for i, (c, key) in enumerate(zip(self.coefs, self.params[0].elements, strict=True))
        ]
        if self.correlated:
            L = np.asarray(p[f"L_{self.name}"])
            for i, j in combinations(range(len(self.coefs)), 2):
                first, second = self.coefs[i].label, self.coefs[j].label
                cor = np.sum(L[..., i, :] * L[..., j, :], axis=-1)
                key = ParamKey("cor", f"{first},{second}", self.group)
                found.append(Quantity(f"cor_{self.group}__{first}__{second}", key, cor))
        return (*found, *self._effect_quantities(np.asarray(p[f"r_{self.name}"])))

    def _predictors(self) -> tuple[tuple[str, str, str], ...]:
        """The linear predictors that take part, each once, in order."""
        return tuple(dict.fromkeys((c.resp, c.dpar, c.nlpar) for c in self.coefs))

    def _effects_name(self, predictor: tuple[str, str, str]) -> str:
        ending = suffix(*predictor)
        return f"r_{self.group}_{ending}" if ending else f"r_{self.group}"

    def _columns(self, predictor: tuple[str, str, str]) -> list[int]:
        return [i for i, c in enumerate(self.coefs) if (c.resp, c.dpar, c.nlpar) == predictor]

    def _effect_quantities(self, r: np.ndarray) -> tuple[Quantity, ...]:
        found = []
        for predictor in self._predictors():
            columns = self._columns(predictor)
            name = self._effects_name(predictor)
            coef_dim = f"{name[2:]}__coef"
            resp, dpar, nlpar = predictor
            key = ParamKey("r", "", self.group, resp, table_dpar(dpar), nlpar)
            coords = {
                self.dim: self.levels,
                coef_dim: tuple(self.coefs[i].name for i in columns),
            }
            found.append(Quantity(name, key, r[..., columns], (self.dim, coef_dim), coords))
        return tuple(found)

    def read(self, q: Values) -> dict[str, np.ndarray]:
        """The effects ``r`` from ``r_<group>``, the only thing a linear predictor needs.

        `q` holds labelled arrays (xarray), so that the effects of two blocks of one group, which
        share a name, are told apart by their coefficients.
        """
        parts = []
        for predictor in self._predictors():
            name = self._effects_name(predictor)
            names = [self.coefs[i].name for i in self._columns(predictor)]
            parts.append(np.asarray(q[name].sel({f"{name[2:]}__coef": names})))
        return {f"r_{self.name}": np.concatenate(parts, axis=-1)}


@dataclass(frozen=True, slots=True)
class GroupTerm:
    """What one linear predictor takes from a block: ``sum_k Z[:, k] r[group of row, k]``.

    Attributes
    ----------
    block : GroupBlock
        Where the effects come from.
    columns : tuple of int
        Which of the block's coefficients it takes.
    index : int
        Position of the term among the group terms of its predictor's design.
    dpar, nlpar, resp : str
        The linear predictor.
    """

    block: GroupBlock
    columns: tuple[int, ...]
    index: int
    dpar: str
    nlpar: str = ""
    resp: str = ""

    @property
    def params(self) -> tuple[Param, ...]:
        """None of its own: they are the block's."""
        return ()

    @property
    def _ending(self) -> str:
        return f"{self.block.name}{suffix(self.resp, self.dpar, self.nlpar)}"

    def _intercept_only(self) -> bool:
        return [self.block.coefs[k].name for k in self.columns] == ["Intercept"]

    def arrays(self, predictor: PredictorDesign) -> dict[str, np.ndarray]:
        """Group index ``J`` and, unless it is a column of ones, the columns ``Z``."""
        design = predictor.groups[self.index]
        # New levels count on from the known ones, as their effects do in a prediction.
        index = design.J if design.index is None else design.index
        arrays: dict[str, np.ndarray] = {f"J_{self._ending}": index}
        if not self._intercept_only():
            arrays[f"Z_{self._ending}"] = design.Z
        return arrays

    def eta(self, xp: Namespace, p: Values, d: Values) -> Array:
        """Contribution to the linear predictor, shape (..., n_obs)."""
        r = p[f"r_{self.block.name}"]
        J = d[f"J_{self._ending}"]
        # One vector per coefficient: its gradient is a plain scatter-add, and no array of
        # rows x coefficients is made per draw.
        picked = [xp.take(r[..., k], J, axis=-1) for k in self.columns]
        if self._intercept_only():
            return picked[0]
        Z = d[f"Z_{self._ending}"]
        return sum(values * Z[:, i] for i, values in enumerate(picked))

    def quantities(self, p: Values) -> tuple[Quantity, ...]:
        """None of its own: they are the block's."""
        return ()

    def read(self, q: Values) -> dict[str, np.ndarray]:
        """Nothing of its own: the block reads."""
        return {}
