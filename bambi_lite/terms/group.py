"""Group-level terms: varying intercepts and slopes, correlated or not.

A :class:`GroupBlock` is one set of effects that share standard deviations and correlations
(several linear predictors may draw on one, through ``|ID|``); a :class:`GroupTerm` is what one
linear predictor takes from it. There is never a matrix of rows by levels: a row knows the index
of its group.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from ..design import GroupDesign, PredictorDesign
from ..dists import Dist
from ..params import Param, ParamKey
from ..xp import Array, Namespace
from .base import Piece, Quantity, Values, suffix, table_dpar

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
class By:
    """``gr(g, by = x)``: a covariance of their own for the groups of each value of `x`.

    Attributes
    ----------
    variable : str
        The variable.
    levels : tuple of str
        Its values.
    codes : tuple of int
        The value of each group, as a position in `levels`.
    """

    variable: str
    levels: tuple[str, ...]
    codes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class GroupBlock:
    """Effects of one grouping factor with a common covariance, non-centred.

    ``r = z (diag(sd) L)'`` with standard normal ``z`` and the Cholesky factor ``L`` of the
    correlations; without correlations ``r = z sd``. With ``gr(by =)`` each value of the variable
    has its own ``sd`` and ``L``; with ``gr(cov = A)`` the groups are correlated, and ``z`` is
    multiplied by the Cholesky factor of ``A``; with ``gr(dist = "student")`` the effects of a group
    are divided by the square root of a chi-square variable over its degrees of freedom.

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
    place : (str, int)
        The predicted parameter, and the position in its formula, of the first group-level term
        that takes effects from it: what the data say of its groups stands in its design.
    by : By or None
        Of ``gr(by =)``.
    cov : str
        The name of the matrix of ``gr(cov = A)``, or empty.
    student : bool
        Whether the effects have a multivariate t distribution.
    centered : bool or None
        Whether the formula says how they are sampled: as they are, around their mean (True), or
        as standard normal innovations (False).
    """

    name: str
    group: str
    levels: tuple[str, ...]
    coefs: tuple[Coef, ...]
    cor: bool
    place: tuple[str, int]
    by: By | None = None
    cov: str = ""
    student: bool = False
    centered: bool | None = None

    @property
    def dim(self) -> str:
        """Name of the axis over levels."""
        return f"{self.group}." if self.group in _TAKEN else self.group

    @property
    def correlated(self) -> bool:
        """Whether there is more than one coefficient to correlate, and it is asked for."""
        return self.cor and len(self.coefs) > 1

    @property
    def simple(self) -> bool:
        """Whether the effects are normal and independent between levels."""
        return not self.cov and not self.student

    @property
    def strata(self) -> tuple[str, ...]:
        """The endings of names of coefficients, one per covariance: ``:bctl``, ``:btrt``."""
        by = self.by
        return ("",) if by is None else tuple(f":{by.variable}{level}" for level in by.levels)

    @property
    def labels(self) -> tuple[str, ...]:
        """brms' names of the standard deviations: stratum after stratum."""
        return tuple(f"{c.label}{stratum}" for stratum in self.strata for c in self.coefs)

    @property
    def sd_dim(self) -> str:
        """Name of the axis over standard deviations."""
        return f"{self.name}__coef" if self.by is None else f"{self.name}__sd"

    def _factor_name(self, i: int) -> str:
        return f"L_{self.name}" if self.by is None else f"L_{self.name}_{i + 1}"

    @property
    def params(self) -> tuple[Param, ...]:
        """``sd``, ``L`` (where correlated), ``df`` (where student) and the innovations ``z``."""
        q = len(self.coefs)
        elements = tuple(
            ParamKey("sd", c.name, self.group, c.resp, table_dpar(c.dpar), c.nlpar)
            for _ in self.strata
            for c in self.coefs
        )
        # An sd has one general row per linear predictor: the key of its first coefficient's.
        general = ParamKey("sd", "", "", elements[0].resp, elements[0].dpar, elements[0].nlpar)
        found = [
            Param(f"sd_{self.name}", general, (len(elements),), (self.sd_dim,), elements, lower=0.0)
        ]
        if self.correlated:
            key = ParamKey("L", group=self.group)
            found += [
                Param(self._factor_name(i), key, (q, q), kind="cholesky_corr")
                for i in range(len(self.strata))
            ]
        if self.student:
            found.append(Param(f"df_{self.name}", ParamKey("df", group=self.group), lower=1.0))
            mixing = Dist("inv_chi_square", {"nu": f"df_{self.name}"})
            found.append(self._given("u", (len(self.levels),), (self.dim,), mixing))
        shape, dims = (len(self.levels), q), (self.dim, f"{self.name}__coef")
        found.append(self._given("z", shape, dims, Dist("normal", {"mu": 0.0, "sigma": 1.0})))
        return tuple(found)

    def _given(
        self, letter: str, shape: tuple[int, ...], dims: tuple[str, ...], dist: Dist
    ) -> Param:
        key = ParamKey(letter, group=self.group)
        return Param(f"{letter}_{self.name}", key, shape, dims, kind="given", given=dist)

    @property
    def coords(self) -> dict[str, tuple[str, ...]]:
        """Labels of the axes of its parameters."""
        return {
            self.dim: self.levels,
            f"{self.name}__coef": tuple(c.label for c in self.coefs),
            self.sd_dim: self.labels,
        }

    def design(self, predictors: Sequence[PredictorDesign]) -> GroupDesign:
        """What some data say of the groups."""
        name, position = self.place
        return next(p for p in predictors if p.name == name).groups[position]

    def arrays(self, predictors: Sequence[PredictorDesign]) -> dict[str, np.ndarray]:
        """The Cholesky factor of the matrix of ``gr(cov = )``, where there is one."""
        matrix = self.design(predictors).cov_matrix
        return {} if matrix is None else {f"Lcov_{self.name}": np.linalg.cholesky(matrix)}

    def effects(self, xp: Namespace, p: Values, d: Values) -> Array:
        """The group-level effects, shape (..., levels, coefs), on the link scale."""
        z, sd = p[f"z_{self.name}"], p[f"sd_{self.name}"]
        if self.cov:
            z = xp.matmul(d[f"Lcov_{self.name}"], z)
        r = self._scaled(xp, p, z, sd)
        if not self.student:
            return r
        spread = p[f"df_{self.name}"][..., None] * p[f"u_{self.name}"]
        return r * xp.sqrt(spread)[..., None]

    def _scaled(self, xp: Namespace, p: Values, z: Array, sd: Array) -> Array:
        """`z` with the covariance of its stratum."""
        q = len(self.coefs)
        if self.by is None:
            if not self.correlated:
                return z * sd[..., None, :]
            return xp.matmul(z, xp.swap(p[self._factor_name(0)] * sd[..., :, None]))
        # Each stratum's covariance on all groups, of which it keeps its own: a few more products
        # than sorting the groups by stratum, and a graph that compiles in a fraction of the time.
        codes = np.asarray(self.by.codes)
        total: Array = 0.0
        for i in range(len(self.strata)):
            scale = sd[..., i * q : (i + 1) * q]
            if self.correlated:
                factor = p[self._factor_name(i)] * scale[..., :, None]
                part = xp.matmul(z, xp.swap(factor))
            else:
                part = z * scale[..., None, :]
            total = total + np.where(codes == i, 1.0, 0.0)[:, None] * part
        return total

    def quantities(self, p: Values) -> tuple[Quantity, ...]:
        """``sd_<group>__<coef>``, ``cor_<group>__<coef>__<coef>``, ``df_<group>``, ``r_...``."""
        sd = np.asarray(p[f"sd_{self.name}"])
        q = len(self.coefs)
        found = []
        for i, (name, row) in enumerate(zip(self.labels, self.params[0].elements, strict=True)):
            key = replace(row, coef=f"{row.coef}{self.strata[i // q]}")
            found.append(Quantity(f"sd_{self.group}__{name}", key, sd[..., i]))
        if self.correlated:
            for s, stratum in enumerate(self.strata):
                L = np.asarray(p[self._factor_name(s)])
                for i, j in combinations(range(q), 2):
                    first = f"{self.coefs[i].label}{stratum}"
                    second = f"{self.coefs[j].label}{stratum}"
                    cor = np.sum(L[..., i, :] * L[..., j, :], axis=-1)
                    key = ParamKey("cor", f"{first},{second}", self.group)
                    found.append(Quantity(f"cor_{self.group}__{first}__{second}", key, cor))
        if self.student:
            df = np.asarray(p[f"df_{self.name}"])
            found.append(Quantity(f"df_{self.group}", ParamKey("df", group=self.group), df))
        return (*found, *self._effect_quantities(p[f"r_{self.name}"]))

    def _predictors(self) -> tuple[tuple[str, str, str], ...]:
        """The linear predictors that take part, each once, in order."""
        return tuple(dict.fromkeys((c.resp, c.dpar, c.nlpar) for c in self.coefs))

    def _effects_name(self, predictor: tuple[str, str, str]) -> str:
        ending = suffix(*predictor)
        return f"r_{self.group}_{ending}" if ending else f"r_{self.group}"

    def _columns(self, predictor: tuple[str, str, str]) -> list[int]:
        return [i for i, c in enumerate(self.coefs) if (c.resp, c.dpar, c.nlpar) == predictor]

    def _effect_quantities(self, r: Array) -> tuple[Quantity, ...]:
        found = []
        # Of one predictor the effects as they are: they may be many, or made when asked for.
        if len(self._predictors()) > 1:
            r = np.asarray(r)
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
            own = r if len(columns) == len(self.coefs) else r[..., columns]
            found.append(Quantity(name, key, own, (self.dim, coef_dim), coords))
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
            array, dim = q[name], f"{name[2:]}__coef"
            # Effects are most of what a fit holds: they are not copied where they need not be.
            own = array if array[dim].values.tolist() == names else array.sel({dim: names})
            parts.append(np.asarray(own))
        return {f"r_{self.name}": parts[0] if len(parts) == 1 else np.concatenate(parts, axis=-1)}

    def innovations(self, q: Values, d: Values) -> dict[str, np.ndarray]:
        """What was sampled, ``sd``, ``L`` and ``z``: the inverse of `effects`, from brms' names.

        The mixing variables of ``gr(dist = "student")`` are not told by the effects; without them
        there is no ``z`` either.
        """
        n = len(self.coefs)
        sd = np.stack([np.asarray(q[f"sd_{self.group}__{x}"]) for x in self.labels], axis=-1)
        found = {f"sd_{self.name}": sd}
        if self.student:
            return {**found, f"df_{self.name}": np.asarray(q[f"df_{self.group}"])}
        r = self.read(q)[f"r_{self.name}"]
        z = np.empty(r.shape)
        codes = np.zeros(len(self.levels), dtype=int) if self.by is None else self.by.codes
        for s, stratum in enumerate(self.strata):
            factor = sd[..., s * n : (s + 1) * n, None] * np.eye(n)
            if self.correlated:
                found[self._factor_name(s)] = np.linalg.cholesky(self._correlations(q, stratum))
                factor = factor @ found[self._factor_name(s)]
            rows = np.flatnonzero(np.asarray(codes) == s)
            z[..., rows, :] = np.swapaxes(
                np.linalg.solve(factor, np.swapaxes(r[..., rows, :], -1, -2)), -1, -2
            )
        if self.cov:
            z = np.linalg.solve(d[f"Lcov_{self.name}"], z)
        return {**found, f"z_{self.name}": z}

    def _correlations(self, q: Values, stratum: str) -> np.ndarray:
        """Correlation matrices of a stratum, shape (..., coefs, coefs)."""
        names = [f"{c.label}{stratum}" for c in self.coefs]
        pairs = {
            (i, j): np.asarray(q[f"cor_{self.group}__{names[i]}__{names[j]}"])
            for i, j in combinations(range(len(names)), 2)
        }
        shape = next(iter(pairs.values())).shape
        found = np.broadcast_to(np.eye(len(names)), (*shape, len(names), len(names))).copy()
        for (i, j), values in pairs.items():
            found[..., i, j] = found[..., j, i] = values
        return found


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
    members : int
        How many groups a row belongs to, ``mm(g1, g2)``; zero for an ordinary term.
    """

    block: GroupBlock
    columns: tuple[int, ...]
    index: int
    dpar: str
    nlpar: str = ""
    resp: str = ""
    members: int = 0

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
        if self.members:
            assert design.weights is not None
            arrays[f"W_{self._ending}"] = design.weights
        if not self._intercept_only():
            arrays[f"Z_{self._ending}"] = design.Z
        return arrays

    def eta(self, xp: Namespace, p: Values, d: Values) -> Array:
        """Contribution to the linear predictor, shape (..., n_obs)."""
        r = p[f"r_{self.block.name}"]
        J = d[f"J_{self._ending}"]
        if not self.members:
            return self._sum(xp, r, J, d, None)
        W = d[f"W_{self._ending}"]
        return sum(W[:, m] * self._sum(xp, r, J[:, m], d, m) for m in range(self.members))

    def _sum(self, xp: Namespace, r: Array, J: Array, d: Values, member: int | None) -> Array:
        # One vector per coefficient: its gradient is a plain scatter-add, and no array of
        # rows x coefficients is made per draw.
        picked = [xp.take(r[..., k], J, axis=-1) for k in self.columns]
        if self._intercept_only():
            return picked[0]
        Z = d[f"Z_{self._ending}"]
        # mmc() gives each member columns of its own.
        own = Z[:, member] if member is not None and Z.ndim == 3 else Z
        return sum(values * own[:, i] for i, values in enumerate(picked))

    def pieces(self) -> tuple[Piece, ...] | None:
        """One for each coefficient."""
        if self.members:
            return None
        Z = "" if self._intercept_only() else f"Z_{self._ending}"
        return tuple(
            Piece(
                effects=self.block.name,
                column=k,
                index=f"J_{self._ending}",
                columns=Z,
                place=i,
            )
            for i, k in enumerate(self.columns)
        )

    def quantities(self, p: Values) -> tuple[Quantity, ...]:
        """None of its own: they are the block's."""
        return ()

    def read(self, q: Values) -> dict[str, np.ndarray]:
        """Nothing of its own: the block reads."""
        return {}
