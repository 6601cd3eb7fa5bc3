"""A model as the tables that the kernels read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from ...dists import VOCABULARY
from ...params import Param, Prior
from ...spec import DparSpec, ModelSpec
from ...terms import GroupBlock, Piece
from ..plan import Plan
from . import layout as at
from .centring import means_within
from .covered import check_covered
from .known import KNOWN, MARGINAL, NAMES, SUMS
from .rows import equal_rows, orthogonal_map
from .sums import marginal_sums
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
        effects = factors = 0
        nothing = self.tables.ints([0])
        for number, block in enumerate(self.spec.blocks):
            self.block_at[block.name] = number
            row = np.zeros(at.BLOCK_WIDTH, dtype=np.int64)
            levels, q = len(block.levels), len(block.coefs)
            row[at.LEVELS], row[at.COEFS] = levels, q
            row[at.CORRELATED] = block.correlated
            row[at.SD] = self.first[f"sd_{block.name}"]
            row[at.STRATA], row[at.FACTOR] = len(block.strata), factors
            factors += len(block.strata)
            if block.by is not None:
                row[at.STRATUM] = self.tables.ints(block.by.codes)
            names = [p.name for p in block.params if p.kind == "cholesky_corr"]
            row[at.LKJ] = self.tables.floats([self._lkj(name) for name in names])
            # Those of one block stand one after another.
            starts = [self._place(name, q * (q - 1) // 2) for name in names]
            row[at.PARTIAL] = starts[0] if starts else 0
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
        self.head[at.N_FACTORS] = factors
        self.head[at.N_DIM] = self.n_dim
        self.head[at.MOST_COEFS] = max((len(b.coefs) for b in self.spec.blocks), default=1)

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

    def _lkj(self, name: str) -> float:
        dist = self.spec.priors[name][0].dist
        assert dist is not None
        return float(dist.args["eta"])

    # -- rows --------------------------------------------------------------------------------

    def rows(self) -> None:
        """The response and what comes with it."""
        spec = self.spec
        own = KNOWN[spec.family.kernel]
        self.head[at.N_ROWS] = spec.design.n_obs
        weights = spec.seen.arrays.get("weights")
        if self.merged is not None:
            self.head[at.N_ROWS] = len(self.merged.rows)
            weights = self.merged.weights
        self.head[at.WEIGHTS] = -1 if weights is None else self.tables.floats(weights)
        y = self._rows(np.asarray(spec.response.y, dtype=float))
        extra = {
            name: self._rows(values)
            for name, values in spec.response.extra.items()
            if len(values) == spec.design.n_obs
        }
        columns = own.columns(y, extra)
        self.head[at.N_COLUMNS] = len(columns)
        self.head[at.COLUMNS] = self.tables.floats(np.stack(columns))
        seen = self._seen(y, own.discrete)
        self.head[at.SEEN] = -1 if seen is None else self.tables.floats(seen)
        name = own.name if seen is None else f"{own.name} seen"
        self.head[at.LIKELIHOOD] = NAMES.index(name)
        self.head[at.THRESHOLDS] = -1
        for part in spec.structure:
            (param,) = part.params
            self.head[at.THRESHOLDS] = self.first[param.name]
            self.head[at.N_THRESHOLDS] = param.shape[0]

    def _seen(self, y: np.ndarray, discrete: bool) -> np.ndarray | None:
        """What is known of rows that are censored or truncated (see :mod:`.layout`)."""
        arrays = {name: self._rows(np.asarray(a)) for name, a in self.spec.seen.arrays.items()}
        if not arrays.keys() - {"weights"}:
            return None
        made = np.zeros((at.SEEN_COLUMNS, len(y)))
        made[at.CODE] = arrays.get("cens", 0.0)
        made[at.AT] = y
        made[at.UPTO] = np.where(made[at.CODE] == 2.0, arrays.get("rcens", y), y)
        # P(Y >= lb) of a whole number is P(Y > lb - 1).
        made[at.BELOW] = arrays.get("lb", -np.inf) - (1.0 if discrete else 0.0)
        made[at.ABOVE] = arrays.get("ub", np.inf)
        return made

    # -- predictors --------------------------------------------------------------------------

    def dpars(self) -> None:
        """The distributional parameters."""
        dpars = self.spec.dpars
        if self.plan.integrated or self.plan.summed:
            # Sums have all that acts on rows in them; else the rows need mu.
            dpars = () if self._by_sums() else dpars[:1]
        rows = [self._dpar(dpar) for dpar in dpars]
        self.head[at.N_DPARS] = len(rows)
        self.head[at.DPARS] = self.tables.ints(rows)

    def _by_sums(self) -> bool:
        return all(block.name == self.plan.integrated for block in self.spec.blocks)

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
                row[at.WIDTH] = len(kept)
                row[at.B] = self.tables.ints([self.first[piece.param] + i for i in kept])
                row[at.X] = self.tables.floats(self._rows(X[:, kept]).T)
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
        if not name and not self.plan.summed:
            return
        if name:
            self.head[at.MARGINAL] = self.block_at[name]
        made = marginal_sums(self.spec, name)
        row = np.zeros(at.MARGINAL_WIDTH, dtype=np.int64)
        row[at.SIGMA] = self.first.get("sigma", -1)
        if made.by_rows:
            row[at.INDEX] = self.tables.ints(made.index)
            row[at.Z_COLUMNS] = self.tables.ints([self.tables.floats(z) for z in made.Z.T])
            if made.precision is not None:
                self.head[at.WEIGHTS] = self.tables.floats(made.precision)
        else:
            scalars = [self.first[param] + i for param, i in made.fixed]
            row[at.N_FIXED], row[at.FIXED] = len(scalars), self.tables.ints(scalars)
        self.head[at.LIKELIHOOD] = NAMES.index(MARGINAL if made.by_rows else SUMS)
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
