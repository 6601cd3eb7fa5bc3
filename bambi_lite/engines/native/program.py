"""A model as the tables that the kernels read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from ...dists import VOCABULARY
from ...params import Param, Prior
from ...spec import DparSpec, ModelSpec
from ...terms import GroupBlock, Piece
from ..plan import Plan
from . import layout as at
from .centring import effect_columns, level_sums, means_within, pieces_of
from .covered import check_covered
from .rows import equal_rows, orthogonal_map
from .tables import Tables


@dataclass(frozen=True, slots=True)
class Program:
    """A model for the kernels.

    Attributes
    ----------
    ints, floats : arrays
        The tables of :mod:`.layout`.
    places : mapping
        For each sampled parameter its slice of the unconstrained vector.
    bounds : mapping
        For each parameter of numbers its lower and upper bounds, infinite where there is none.
    spec : ModelSpec
        The model.
    plan : Plan
        How it is sampled.
    """

    ints: np.ndarray
    floats: np.ndarray
    places: Mapping[str, slice]
    bounds: Mapping[str, tuple[np.ndarray, np.ndarray]]
    spec: ModelSpec
    plan: Plan

    def spec_of(self, param: str) -> Param:
        """A parameter of the model by its name."""
        return next(own for own in self.spec.params if own.name == param)

    @property
    def n_dim(self) -> int:
        """Numbers in the unconstrained vector."""
        return int(self.ints[at.N_DIM])


def program(spec: ModelSpec, plan: Plan) -> Program:
    """The tables of a model.

    Parameters
    ----------
    spec : ModelSpec
        The model.
    plan : Plan
        How to sample it.

    Raises
    ------
    NotCoveredError
        When the kernels lack a part of it.
    """
    check_covered(spec)
    tables = Tables()
    writer = _Writer(spec, plan, tables)
    writer.scalars()
    writer.blocks()
    writer.maps()
    writer.rows()
    writer.dpars()
    writer.marginal()
    ints, floats = tables.done()
    return Program(
        ints, floats, MappingProxyType(writer.places), MappingProxyType(writer.bounds), spec, plan
    )


class _Writer:
    """Writes one model into tables, part after part; used once by :func:`program`."""

    def __init__(self, spec: ModelSpec, plan: Plan, tables: Tables) -> None:
        self.spec, self.plan, self.tables = spec, plan, tables
        self.head = tables.head
        self.n_dim = 0
        self.first: dict[str, int] = {}  # the scalar that a parameter begins with
        self.places: dict[str, slice] = {}
        self.bounds: dict[str, tuple[np.ndarray, np.ndarray]] = {}
        self.block_at: dict[str, int] = {}  # the number of a block
        # Columns that are in the mean of centred effects, and so not in a predictor.
        self.absorbed = {which for own in plan.centred.values() for which in own}
        self.merged = equal_rows(spec) if plan.collapse else None

    def _place(self, name: str, size: int) -> int:
        start = self.n_dim
        self.places[name] = slice(start, start + size)
        self.n_dim += size
        return start

    # -- scalars -----------------------------------------------------------------------------

    def scalars(self) -> None:
        """Every parameter of numbers, element by element."""
        rows: list[tuple[int, int, int]] = []
        numbers: list[tuple[float, ...]] = []
        for param in self.spec.params:
            if param.kind not in ("numbers", "ordered"):
                continue
            priors = self.spec.priors[param.name]
            size = param.shape[0] if param.shape else 1
            own = priors * size if len(priors) == 1 else priors
            limits = [limits_of(prior) for prior in own]
            self.first[param.name] = len(rows)
            self.bounds[param.name] = (
                np.array([low for low, _ in limits]),
                np.array([high for _, high in limits]),
            )
            start = self._place(param.name, size)
            for i, prior in enumerate(own):
                kind = _transform(param, i, limits[i])
                code, args = _prior(prior)
                rows.append((start + i, kind, code))
                numbers.append((*limits[i], *args))
        self.head[at.N_SCALARS] = len(rows)
        self.head[at.SCALARS] = self.tables.ints(rows)
        self.head[at.SCALARS_F] = self.tables.floats(np.nan_to_num(numbers))

    # -- group effects -----------------------------------------------------------------------

    def blocks(self) -> None:
        """The blocks of group effects."""
        rows = []
        effects = 0
        nothing = self.tables.ints([0])
        for number, block in enumerate(self.spec.blocks):
            self.block_at[block.name] = number
            row = np.zeros(at.BLOCK_WIDTH, dtype=np.int64)
            levels, q = len(block.levels), len(block.coefs)
            row[at.LEVELS], row[at.COEFS] = levels, q
            row[at.CORRELATED] = block.correlated
            row[at.SD] = self.first[f"sd_{block.name}"]
            row[at.LKJ] = self.tables.floats(self._lkj(block))
            if block.correlated:
                row[at.PARTIAL] = self._place(f"L_{block.name}", q * (q - 1) // 2)
            row[at.SHIFTS] = nothing
            row[at.MODE] = at.NON_CENTRED
            if block.name in self.plan.centred:
                row[at.MODE] = at.CENTRED
                row[at.SHIFTS] = self._shifts(block)
            if block.name == self.plan.integrated:
                row[at.MODE] = at.INTEGRATED
            else:
                row[at.INNOVATIONS] = self._place(f"z_{block.name}", levels * q)
                row[at.EFFECTS] = effects
                effects += levels * q
            rows.append(row)
        self.head[at.N_BLOCKS] = len(rows)
        self.head[at.BLOCKS] = self.tables.ints(rows)
        self.head[at.N_EFFECTS] = effects
        self.head[at.N_DIM] = self.n_dim

    def _shifts(self, block: GroupBlock) -> int:
        """What the mean of centred effects is made of."""
        means = means_within(self.spec, block, block.coefs[0].dpar)
        found = [
            (self.first[param] + i, k, self.tables.floats(means[param, i][:, k]))
            for param, i in self.plan.centred[block.name]
            for k in range(len(block.coefs))
            if means[param, i][:, k].any()
        ]
        return self.tables.ints(np.concatenate([[len(found)], *map(np.array, found)]))

    def maps(self) -> None:
        """Coefficients as combinations of those on orthogonal columns."""
        rows = []
        for name in self.plan.decomposed:
            matrix = orthogonal_map(self._centred(self._columns_of(name)))
            place = self.places[name]
            rows.append((place.start, len(matrix), self.tables.floats(matrix)))
        self.head[at.N_MAPS] = len(rows)
        self.head[at.MAPS] = self.tables.ints(rows)

    def _columns_of(self, param: str) -> str:
        pieces = [p for d in self.spec.dpars for t in d.terms for p in t.pieces() or ()]
        return next(piece.columns for piece in pieces if piece.param == param)

    def _lkj(self, block: GroupBlock) -> float:
        if not block.correlated:
            return 1.0
        dist = self.spec.priors[f"L_{block.name}"][0].dist
        assert dist is not None
        return float(dist.args["eta"])

    # -- rows --------------------------------------------------------------------------------

    def rows(self) -> None:
        """The response and what comes with it."""
        spec = self.spec
        self.head[at.N_ROWS] = spec.design.n_obs
        self.head[at.LIKELIHOOD] = at.LIKELIHOODS[spec.family.kernel]
        weights = spec.seen.arrays.get("weights")
        if self.merged is not None:
            self.head[at.N_ROWS] = len(self.merged.rows)
            weights = self.merged.weights
        extra = next(
            (spec.response.extra[k] for k in ("trials", "rate", "se") if k in spec.response.extra),
            None,
        )
        for where, array in ((at.Y, spec.response.y), (at.EXTRA, extra)):
            self.head[where] = -1 if array is None else self.tables.floats(self._rows(array))
        self.head[at.WEIGHTS] = -1 if weights is None else self.tables.floats(weights)
        self.head[at.THRESHOLDS] = -1
        for part in spec.structure:
            (param,) = part.params
            self.head[at.THRESHOLDS] = self.first[param.name]
            self.head[at.N_THRESHOLDS] = param.shape[0]

    # -- predictors --------------------------------------------------------------------------

    def dpars(self) -> None:
        """The distributional parameters."""
        rows = [self._dpar(dpar) for dpar in self.spec.dpars]
        self.head[at.N_DPARS] = len(rows)
        self.head[at.DPARS] = self.tables.ints(rows)

    def _dpar(self, dpar: DparSpec) -> np.ndarray:
        row = np.zeros(at.DPAR_WIDTH, dtype=np.int64)
        row[at.LINK] = at.LINKS[dpar.link.name]
        pieces = [piece for term in dpar.terms for piece in term.pieces() or ()]
        row[at.INTERCEPT] = row[at.OFFSET] = -1
        row[at.PARTS] = self.tables.ints([0])
        if not dpar.predicted:
            (piece,) = pieces
            if piece.value is not None:
                row[at.KIND], row[at.B] = at.CONSTANT, self.tables.floats(piece.value)
            else:
                row[at.KIND], row[at.B] = at.SCALAR, self.first[piece.param]
            return row
        parts = []
        for piece in pieces:
            if piece.effects:
                if piece.effects != self.plan.integrated:
                    parts.append(self._part(piece))
            elif piece.known:
                row[at.OFFSET] = self.tables.floats(self._rows(self._array(piece.known)))
            elif piece.columns:
                X = self._centred(piece.columns)
                kept = [i for i in range(X.shape[1]) if (piece.param, i) not in self.absorbed]
                row[at.N_COLUMNS] = len(kept)
                row[at.B] = self.tables.ints([self.first[piece.param] + i for i in kept])
                row[at.X] = self.tables.floats(self._rows(X[:, kept]))
            elif (piece.param, 0) not in self.absorbed:
                row[at.INTERCEPT] = self.first[piece.param]
        if parts:
            row[at.PARTS] = self.tables.ints(np.concatenate([[len(parts)], *parts]))
        return row

    def _array(self, name: str) -> np.ndarray:
        return np.asarray(self.spec.arrays[name])

    def _rows(self, array: np.ndarray) -> np.ndarray:
        """The rows that are kept, when equal ones are merged."""
        return np.asarray(array if self.merged is None else array[self.merged.rows])

    def _centred(self, name: str) -> np.ndarray:
        """Columns of a predictor; under thresholds, which are sampled at their means, centred.

        The means are those of the data that the model was made for, whatever rows there are now.
        """
        X = self._array(name)
        means = next((own.means for own in self.spec.structure if own.centres == name), None)
        return X if means is None else X - np.asarray(means)

    def _part(self, piece: Piece) -> np.ndarray:
        Z = -1
        if piece.columns:
            Z = self.tables.floats(self._rows(self._array(piece.columns)[:, piece.place]))
        index = self.tables.ints(self._rows(self._array(piece.index)))
        return np.array([self.block_at[piece.effects], piece.column, index, Z])

    # -- integrating -------------------------------------------------------------------------

    def marginal(self) -> None:
        """The sums that integrating a block out needs."""
        self.head[at.MARGINAL] = -1
        name = self.plan.integrated
        if not name:
            return
        self.head[at.MARGINAL] = self.block_at[name]
        made = marginal_sums(self.spec, name)
        row = np.zeros(at.MARGINAL_WIDTH, dtype=np.int64)
        row[at.SIGMA] = self.first.get("sigma", -1)
        if made.by_rows:
            row[at.BY_ROWS] = 1
            row[at.INDEX] = self.tables.ints(made.index)
            row[at.COLUMNS] = self.tables.ints([self.tables.floats(column) for column in made.Z.T])
            if made.precision is not None:
                self.head[at.WEIGHTS] = self.tables.floats(made.precision)
        else:
            scalars = [self.first[param] + i for param, i in made.fixed]
            row[at.N_FIXED], row[at.FIXED] = len(scalars), self.tables.ints(scalars)
        self.head[at.MARGINAL_I] = self.tables.ints(row)
        self.head[at.MARGINAL_F] = self.tables.floats(made.floats)


def limits_of(prior: Prior) -> tuple[float, float]:
    """The interval on which a parameter may lie: its bounds within its distribution's support."""
    low, high = -np.inf, np.inf
    if prior.dist is not None:
        low, high = VOCABULARY[prior.dist.name].support
        if "lower" in prior.dist.args:
            low, high = prior.dist.args["lower"], prior.dist.args["upper"]
    low = max(low, -np.inf if prior.lb is None else prior.lb)
    high = min(high, np.inf if prior.ub is None else prior.ub)
    return float(low), float(high)


def _transform(param: Param, i: int, limits: tuple[float, float]) -> int:
    if param.kind == "ordered" and i > 0:
        return at.ORDERED
    low, high = (bool(np.isfinite(limit)) for limit in limits)
    return {
        (False, False): at.FREE,
        (True, False): at.LOWER,
        (False, True): at.UPPER,
        (True, True): at.INTERVAL,
    }[low, high]


def _prior(prior: Prior) -> tuple[int, tuple[float, float, float]]:
    if prior.dist is None:
        return at.PRIORS["flat"], (0.0, 0.0, 0.0)
    word = VOCABULARY[prior.dist.name]
    values = [float(prior.dist.args[arg]) for arg in word.args]
    a, b, c = (*values, 0.0, 0.0, 0.0)[:3]
    return at.PRIORS[prior.dist.name], (a, b, c)


@dataclass(frozen=True, slots=True)
class MarginalSums:
    """What integrating a block of effects out needs.

    Attributes
    ----------
    by_rows : bool
        Whether other group effects make the residual of a row, so that sums come from rows.
    floats : array
        What MARGINAL_F points to.
    index, Z : arrays
        The level of each row and the columns of its effects.
    precision : array or None
        Weight of each row.
    fixed : tuple of (str, int)
        The parameter and element that each column of the fixed part belongs to.
    """

    by_rows: bool
    floats: np.ndarray
    index: np.ndarray
    Z: np.ndarray
    precision: np.ndarray | None
    fixed: tuple[tuple[str, int], ...] = ()


def marginal_sums(spec: ModelSpec, name: str) -> MarginalSums:
    """Sums over the rows of each level of a block, for :mod:`.marginal`.

    Parameters
    ----------
    spec : ModelSpec
        A gaussian model with identity link and one sigma.
    name : str
        The block.
    """
    pieces = pieces_of(spec, "mu")
    others = any(piece.effects and piece.effects != name for piece in pieces)
    block = next(b for b in spec.blocks if b.name == name)
    levels, q = len(block.levels), len(block.coefs)
    index, Z = effect_columns(spec, block, "mu")
    n = len(index)
    precision = _precision(spec)
    w = np.ones(n) if precision is None else precision
    total, known = float(w.sum()), _known_precision(spec)
    ZZ = level_sums(index, Z, w, levels)
    if others:
        head = [total, known, 0.0]
        return MarginalSums(True, np.concatenate([head, ZZ.ravel()]), index, Z, precision)
    fixed: list[tuple[str, int]] = []
    columns: list[np.ndarray] = []
    y = np.array(spec.response.y, dtype=float)
    for piece in pieces:
        if piece.known:
            y -= spec.arrays[piece.known]
        elif piece.columns and piece.param:
            X = np.asarray(spec.arrays[piece.columns])
            fixed += [(piece.param, i) for i in range(X.shape[1])]
            columns += list(X.T)
        elif piece.param:
            fixed.append((piece.param, 0))
            columns.append(np.ones(n))
    X = np.column_stack(columns) if columns else np.empty((n, 0))
    XX = X.T @ (w[:, None] * X)
    start = np.linalg.lstsq(XX, X.T @ (w * y), rcond=None)[0] if columns else np.empty(0)
    y -= X @ start
    sums = np.empty((levels, q * q + q * len(fixed) + q))
    sums[:, : q * q] = ZZ.reshape(levels, -1)
    for i in range(q):
        for j, column in enumerate(columns):
            place = q * q + i * len(fixed) + j
            sums[:, place] = np.bincount(index, w * Z[:, i] * column, levels)
        sums[:, q * q + q * len(fixed) + i] = np.bincount(index, w * Z[:, i] * y, levels)
    head = [total, known, float(np.sum(w * y * y))]
    floats = np.concatenate([head, start, X.T @ (w * y), XX.ravel(), sums.ravel()])
    return MarginalSums(False, floats, index, Z, precision, tuple(fixed))


def _known_precision(spec: ModelSpec) -> float:
    """That of a sigma that the user fixed; with ``se()`` alone it is in the weights of the rows."""
    pieces = [piece for term in spec.dpars[1].terms for piece in term.pieces() or ()]
    value = pieces[0].value
    return 1.0 if not value else float(value) ** -2.0


def _precision(spec: ModelSpec) -> np.ndarray | None:
    """Weights of the rows: those of weights(), and one over the known variances of se()."""
    weights = spec.seen.arrays.get("weights")
    se: Any = spec.response.extra.get("se")
    if se is None:
        return None if weights is None else np.asarray(weights)
    known = 1.0 / np.asarray(se) ** 2
    return known if weights is None else known * np.asarray(weights)
