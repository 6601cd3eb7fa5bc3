"""Group effects that were integrated out, drawn from their distribution given everything else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import repeat

import numpy as np

from ...compiled import compiled
from ...spec import ModelSpec, linear_predictor
from ...terms import GroupBlock
from ...xp import numpy_namespace
from ..lazy import picked
from .program import Program
from .sums import MarginalSums, marginal_sums, on_gaussian_scale

#: Draws whose residuals are held at once, in numbers.
_BUDGET = 4_000_000


@dataclass(frozen=True, slots=True)
class Recovery:
    """The effects of a block given everything else, draw after draw (see :mod:`.marginal`).

    Each draw has random numbers of its own, so that it is the same one whenever and beside
    whichever others it is made.

    Attributes
    ----------
    spec : ModelSpec
        The model.
    name : str
        The block.
    sums : MarginalSums
        Of the rows of each level.
    values : mapping
        Draws of all other parameters and effects, shape (chain, draw, ...).
    seed : int
        Of the random numbers.
    """

    spec: ModelSpec
    name: str
    sums: MarginalSums
    values: Mapping[str, np.ndarray]
    seed: int

    @property
    def block(self) -> GroupBlock:
        """Whose effects they are."""
        return next(b for b in self.spec.blocks if b.name == self.name)

    @property
    def shape(self) -> tuple[int, ...]:
        """(chain, draw, level, coef)."""
        block = self.block
        lead = self.values[f"sd_{self.name}"].shape[:2]
        return *lead, len(block.levels), len(block.coefs)

    def draw(self, which: np.ndarray) -> np.ndarray:
        """The effects of some draws, which are counted over chains: (n, level, coef)."""
        _, _, levels, q = self.shape
        most = max(1, _BUDGET // len(self.sums.index)) if self.sums.by_rows else len(which)
        if len(which) > most:  # the other effects of these draws are not copied all at once
            parts = (which[i : i + most] for i in range(0, len(which), most))
            return np.concatenate([self.draw(part) for part in parts])
        own = {n: picked(v, which) for n, v in self._needed().items()}
        F, by = self._factors(own), self.block.by
        stratum = np.zeros(levels, dtype=np.int64) if by is None else np.array(by.codes)
        fixed = np.full(len(which), self.sums.floats[1])
        k = own["sigma"] ** -2.0 if "sigma" in own else fixed
        ZZ, ZX, b = self._fixed_part(own, len(which))
        made = np.empty((len(which), levels, q))
        for i, Zy in enumerate(self._residual_sums(own, len(which))):
            rng = np.random.default_rng([self.seed, 0x6272, int(which[i])])
            noise = rng.standard_normal((levels, q))
            _draw(ZZ, ZX, Zy, b[i], k[i], F[i], stratum, noise, made[i])
        return made

    def _needed(self) -> Mapping[str, np.ndarray]:
        """The draws that the distribution of the effects depends on."""
        if self.sums.by_rows:
            return self.values
        names = {f"sd_{self.name}", *self._correlations(), "sigma"}
        names |= {name for name, _ in self.sums.fixed}
        return {n: v for n, v in self.values.items() if n in names}

    def _correlations(self) -> list[str]:
        """The Cholesky factors of correlations, one for each stratum; none without."""
        return [param.name for param in self.block.params if param.kind == "cholesky_corr"]

    def _factors(self, own: Mapping[str, np.ndarray]) -> np.ndarray:
        """diag(sd) L of each stratum, (draw, stratum, coef, coef)."""
        strata, q, names = len(self.block.strata), len(self.block.coefs), self._correlations()
        L = np.stack([own[name] for name in names], axis=1) if names else np.eye(q)
        return np.asarray(own[f"sd_{self.name}"].reshape(-1, strata, q, 1) * L)

    def _fixed_part(
        self, own: Mapping[str, np.ndarray], n: int
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """``Z'Z`` and ``Z'X`` of each level, and the coefficients of X from those of the sums."""
        _, _, levels, q = self.shape
        floats, p = self.sums.floats, len(self.sums.fixed)
        if self.sums.by_rows:
            return floats[3:].reshape(levels, q * q), np.zeros((levels, q, 0)), np.zeros((n, 0))
        per = floats[3 + 2 * p + p * p :].reshape(levels, -1)
        columns = [
            own[name] if own[name].ndim == 1 else own[name][:, i] for name, i in self.sums.fixed
        ]
        b = np.stack(columns, axis=-1) if columns else np.zeros((n, 0))
        ZX = per[:, q * q : q * q + q * p].reshape(levels, q, p)
        return per[:, : q * q], ZX, b - floats[3 : 3 + p]

    def _residual_sums(self, own: Mapping[str, np.ndarray], n: int) -> Iterator[np.ndarray]:
        """``Z'y`` of each level for one draw after another; y without all other effects."""
        _, _, levels, q = self.shape
        p = len(self.sums.fixed)
        if not self.sums.by_rows:
            per = self.sums.floats[3 + 2 * p + p * p :].reshape(levels, -1)
            yield from repeat(per[:, q * q + q * p :], n)
            return
        index, Z, w = self.sums.index, self.sums.Z, self.sums.precision
        for residual in on_gaussian_scale(self.spec) - _without(self.spec, own, self.name):
            own_y = residual if w is None else w * residual
            yield np.stack([np.bincount(index, own_y * z, levels) for z in Z.T], axis=-1)


def recovery(program: Program, values: Mapping[str, np.ndarray], seed: int) -> Recovery:
    """The effects that a plan integrates out, ready to be drawn.

    Parameters
    ----------
    program : Program
        The model.
    values : mapping
        Draws of all other parameters and effects.
    seed : int
        Of the random numbers.
    """
    spec, name = program.spec, program.plan.integrated
    return Recovery(spec, name, marginal_sums(spec, name), dict(values), seed)


def _without(spec: ModelSpec, own: Mapping[str, np.ndarray], name: str) -> np.ndarray:
    """The linear predictor of mu without the effects of one block, (draw, n_obs)."""
    block = next(b for b in spec.blocks if b.name == name)
    n = len(own[f"sd_{name}"])
    zero = {f"r_{name}": np.zeros((n, len(block.levels), len(block.coefs)))}
    mu = linear_predictor(spec, spec.dpars[0], numpy_namespace(), {**own, **zero}, spec.arrays)
    return np.asarray(mu)


@compiled
def _draw(ZZ, ZX, Zy, b, k, Fs, stratum, noise, out):
    levels, q = Zy.shape
    p = len(b)
    C, v, e, u = np.empty((q, q)), np.empty(q), np.empty(q), np.empty(q)
    for level in range(levels):
        F = Fs[stratum[level]]
        for i in range(q):
            e[i] = Zy[level, i]
            for j in range(p):
                e[i] -= ZX[level, i, j] * b[j]
        for i in range(q):
            u[i] = 0.0
            for m in range(i, q):
                u[i] += F[m, i] * e[m]
        # C is the Cholesky factor of I + k F' ZZ F.
        for i in range(q):
            for j in range(i + 1):
                total = 1.0 if i == j else 0.0
                for m in range(i, q):
                    for n in range(j, q):
                        total += k * F[m, i] * ZZ[level, m * q + n] * F[n, j]
                for m in range(j):
                    total -= C[i, m] * C[j, m]
                C[i, j] = np.sqrt(total) if i == j else total / C[j, j]
        for i in range(q):
            total = k * u[i]
            for m in range(i):
                total -= C[i, m] * v[m]
            v[i] = total / C[i, i]
        for i in range(q):
            v[i] += noise[level, i]
        for i in range(q - 1, -1, -1):
            total = v[i]
            for m in range(i + 1, q):
                total -= C[m, i] * v[m]
            v[i] = total / C[i, i]
        for i in range(q):
            total = 0.0
            for m in range(i + 1):
                total += F[i, m] * v[m]
            out[level, i] = total
