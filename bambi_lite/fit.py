"""Fit: draws with everything a person asks of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import xarray as xr

from . import plots, predict
from . import summary as tables
from .audit import PriorReport, prior_report
from .draws import Draws
from .graph import graph as network
from .next_prior import posterior_as_prior
from .prior_draws import prior_draws
from .priors import PriorFrame, to_frame
from .sensitivity import THRESHOLD, sensitivity
from .spec import ModelSpec


@dataclass(frozen=True, slots=True, repr=False)
class Fit:
    """A fitted model.

    Attributes
    ----------
    draws : Draws
        The model's spec, its draws under brms' names, and how they were made.

    Examples
    --------
    >>> fit = bl.brm("Reaction ~ Days + (Days | Subject)", sleepstudy, seed=1)  # doctest: +SKIP
    >>> fit.fixef()  # doctest: +SKIP
    """

    draws: Draws

    @property
    def spec(self) -> ModelSpec:
        """The model."""
        return self.draws.spec

    @property
    def idata(self) -> xr.DataTree:
        """Draws as an ArviZ DataTree: ``posterior``, ``sample_stats``, ``observed_data``."""
        return self.draws.idata

    @property
    def prior(self) -> PriorFrame:
        """The prior table that the model was fitted with (brms' ``prior_summary``)."""
        return to_frame(self.spec.prior_rows)

    def prior_report(self) -> PriorReport:
        """The audit of the prior: see :meth:`bambi_lite.Model.prior_report`."""
        return prior_report(self.spec)

    def prior_draws(
        self, variables: Sequence[str] | None = None, draws: int = 4000, seed: int | None = None
    ) -> pd.DataFrame:
        """Independent draws from the prior: see :func:`bambi_lite.prior_draws.prior_draws`."""
        return prior_draws(self.spec, variables, draws, seed)

    def posterior_as_prior(self, path: str | Path) -> None:
        """Write the posterior as a prior file for the next study.

        See :func:`bambi_lite.next_prior.posterior_as_prior`, also for what that leaves out.
        """
        posterior_as_prior(self.draws, path)

    def sensitivity(
        self,
        prior: str | Sequence[str] | None = None,
        variables: Sequence[str] | None = None,
        threshold: float = THRESHOLD,
    ) -> pd.DataFrame:
        """Whether the prior matters: see :func:`bambi_lite.sensitivity.sensitivity`."""
        log_lik = predict.total_log_lik(self.draws)
        return sensitivity(self.draws, log_lik, prior, variables, threshold)

    def summary(
        self,
        prob: float = 0.95,
        robust: bool = False,
        priors: bool = False,
        digits: int = 2,
        sensitivity: bool = False,
    ) -> tables.Summary:
        """brms' summary: see :func:`bambi_lite.summary.summary`.

        With ``sensitivity=True`` two more columns say how much each parameter depends on prior and
        likelihood, and a line each what that may mean: see :meth:`sensitivity`.
        """
        found = self.sensitivity() if sensitivity else None
        return tables.summary(
            self.draws, prob=prob, robust=robust, priors=priors, digits=digits, sensitivity=found
        )

    def fixef(
        self,
        summary: bool = True,
        robust: bool = False,
        probs: Sequence[float] = (0.025, 0.975),
    ) -> Any:
        """Population-level effects: see :func:`bambi_lite.summary.fixef`."""
        return tables.fixef(self.draws, summary=summary, robust=robust, probs=probs)

    def ranef(
        self,
        groups: str | Sequence[str] | None = None,
        summary: bool = True,
        robust: bool = False,
        probs: Sequence[float] = (0.025, 0.975),
    ) -> dict[str, xr.DataArray]:
        """Group-level effects: see :func:`bambi_lite.summary.ranef`."""
        return tables.ranef(self.draws, groups=groups, summary=summary, robust=robust, probs=probs)

    def coef(
        self,
        groups: str | Sequence[str] | None = None,
        summary: bool = True,
        robust: bool = False,
        probs: Sequence[float] = (0.025, 0.975),
    ) -> dict[str, xr.DataArray]:
        """Coefficients of each level: see :func:`bambi_lite.summary.coef`."""
        return tables.coef(self.draws, groups=groups, summary=summary, robust=robust, probs=probs)

    def VarCorr(
        self,
        summary: bool = True,
        robust: bool = False,
        probs: Sequence[float] = (0.025, 0.975),
    ) -> Any:
        """Standard deviations, correlations, covariances: :func:`bambi_lite.summary.var_corr`."""
        return tables.var_corr(self.draws, summary=summary, robust=robust, probs=probs)

    def icc(
        self,
        group: str | None = None,
        summary: bool = True,
        robust: bool = False,
        probs: Sequence[float] = (0.025, 0.975),
    ) -> Any:
        """Intraclass correlation: see :func:`bambi_lite.summary.icc`."""
        return tables.icc(self.draws, group=group, summary=summary, robust=robust, probs=probs)

    def posterior_linpred(
        self, newdata: Any = None, re_formula: str | None = None, **options: Any
    ) -> xr.DataArray:
        """Linear predictor of mu: see :func:`bambi_lite.predict.posterior_linpred`."""
        return predict.posterior_linpred(self.draws, newdata, re_formula, **options)

    def posterior_epred(
        self, newdata: Any = None, re_formula: str | None = None, **options: Any
    ) -> xr.DataArray:
        """Expected response: see :func:`bambi_lite.predict.posterior_epred`."""
        return predict.posterior_epred(self.draws, newdata, re_formula, **options)

    def posterior_predict(
        self, newdata: Any = None, re_formula: str | None = None, **options: Any
    ) -> xr.DataArray:
        """New responses: see :func:`bambi_lite.predict.posterior_predict`."""
        return predict.posterior_predict(self.draws, newdata, re_formula, **options)

    def log_lik(self) -> xr.DataArray:
        """Log-density of each observation: see :func:`bambi_lite.predict.log_lik`."""
        return predict.log_lik(self.draws)

    def plot(self, **options: Any) -> Any:
        """Density and trace of each parameter: see :func:`bambi_lite.plots.plot_draws`."""
        return plots.plot_draws(self.draws, **options)

    def graph(self) -> Any:
        """The network of the model with plates: see :func:`bambi_lite.graph.graph`."""
        return network(self.spec)

    def __str__(self) -> str:
        return str(self.summary())

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return self.summary()._repr_html_()
