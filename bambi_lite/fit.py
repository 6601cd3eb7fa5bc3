"""Fit: draws with everything a person asks of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd
import xarray as xr

from . import compare, keeping, pictures, posterior, predict
from . import summary as tables
from .audit import PriorReport, prior_report
from .draws import Draws
from .effects import (
    Answer,
    ConditionalEffects,
    comparisons,
    conditional_effects,
    predictions,
    slopes,
)
from .engines import Timing, timing
from .graph import graph as network
from .hypothesis import HypothesisTests
from .hypothesis import hypothesis as test_hypotheses
from .next_prior import posterior_as_prior
from .prior_draws import prior_draws
from .priors import PriorFrame, to_frame
from .report import write_report
from .sensitivity import DRAWS, THRESHOLD, sensitivity
from .spec import ModelSpec
from .update import update as refit


@dataclass(frozen=True, slots=True, repr=False)
class Fit:
    """A fitted model.

    Attributes
    ----------
    draws : Draws
        The model's spec, its draws under brms' names, and how they were made.
    criteria : mapping
        What :meth:`add_criterion` has added.
    changed : tuple of str
        What :meth:`update` changed to make it; empty for a first fit.

    Examples
    --------
    >>> fit = bl.brm("Reaction ~ Days + (Days | Subject)", sleepstudy, seed=1)  # doctest: +SKIP
    >>> fit.fixef()  # doctest: +SKIP
    """

    draws: Draws
    criteria: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    changed: tuple[str, ...] = ()

    @property
    def spec(self) -> ModelSpec:
        """The model."""
        return self.draws.spec

    @property
    def idata(self) -> xr.DataTree:
        """Draws as an ArviZ DataTree: ``posterior``, ``sample_stats``, ``observed_data``."""
        return self.draws.idata

    @property
    def data(self) -> pd.DataFrame:
        """The data that the model was fitted to: the columns of the formula, the rows used."""
        return self.spec.data.copy()

    @property
    def timing(self) -> Timing:
        """What the fit took, by stage, in seconds: see :class:`bambi_lite.engines.Timing`."""
        return timing(self.draws.seconds)

    # -- prior -------------------------------------------------------------------------------

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
        ndraws: int | None = DRAWS,
    ) -> pd.DataFrame:
        """Whether the prior matters: see :func:`bambi_lite.sensitivity.sensitivity`."""
        return sensitivity(self.draws, prior, variables, threshold, ndraws)

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

    # -- another fit -------------------------------------------------------------------------

    def update(
        self, newdata: Any = None, formula: Any = None, prior: Any = None, **options: Any
    ) -> Fit:
        """The model fitted again, changed: see :func:`bambi_lite.update.update`."""
        draws, changed = refit(self.draws, newdata, formula, prior, **options)
        return Fit(draws, changed=changed)

    # -- tables ------------------------------------------------------------------------------

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
        approximation: str = "trigamma",
    ) -> Any:
        """Intraclass correlation: see :func:`bambi_lite.summary.icc`."""
        return tables.icc(
            self.draws,
            group=group,
            summary=summary,
            robust=robust,
            probs=probs,
            approximation=approximation,
        )

    # -- predictions -------------------------------------------------------------------------

    def posterior_linpred(
        self, newdata: Any = None, re_formula: str | None = None, **options: Any
    ) -> xr.DataArray:
        """Linear predictor: see :func:`bambi_lite.predict.posterior_linpred`."""
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

    def log_lik(
        self, newdata: Any = None, re_formula: str | None = None, **options: Any
    ) -> xr.DataArray:
        """Log-density of each observation: see :func:`bambi_lite.predict.log_lik`."""
        return predict.log_lik(self.draws, newdata, re_formula, **options)

    def fitted(self, newdata: Any = None, re_formula: str | None = None, **options: Any) -> Any:
        """Expected responses as a table: see :func:`bambi_lite.predict.fitted`."""
        return predict.fitted(self.draws, newdata, re_formula, **options)

    def predict(self, newdata: Any = None, re_formula: str | None = None, **options: Any) -> Any:
        """Predicted responses as a table: see :func:`bambi_lite.predict.predict`."""
        return predict.predict(self.draws, newdata, re_formula, **options)

    def residuals(self, newdata: Any = None, re_formula: str | None = None, **options: Any) -> Any:
        """Observed minus predicted responses: see :func:`bambi_lite.predict.residuals`."""
        return predict.residuals(self.draws, newdata, re_formula, **options)

    def predictive_error(
        self, newdata: Any = None, re_formula: str | None = None, **options: Any
    ) -> xr.DataArray:
        """The same as draws: see :func:`bambi_lite.predict.predictive_error`."""
        return predict.predictive_error(self.draws, newdata, re_formula, **options)

    def predictive_interval(
        self, newdata: Any = None, re_formula: str | None = None, **options: Any
    ) -> pd.DataFrame:
        """Intervals of new responses: see :func:`bambi_lite.predict.predictive_interval`."""
        return predict.predictive_interval(self.draws, newdata, re_formula, **options)

    # -- draws -------------------------------------------------------------------------------

    def variables(self) -> tuple[str, ...]:
        """brms' names of the draws: see :func:`bambi_lite.posterior.names`."""
        return posterior.names(self.draws)

    def as_draws_df(self, variable: posterior.Names = None, regex: bool = False) -> pd.DataFrame:
        """All draws as one table: see :func:`bambi_lite.posterior.as_draws_df`."""
        return posterior.as_draws_df(self.draws, variable, regex)

    def posterior_summary(
        self,
        variable: posterior.Names = None,
        regex: bool = False,
        robust: bool = False,
        probs: Sequence[float] = (0.025, 0.975),
    ) -> pd.DataFrame:
        """Estimates of every variable: see :func:`bambi_lite.posterior.posterior_summary`."""
        return posterior.posterior_summary(self.draws, variable, regex, robust, probs)

    def posterior_interval(
        self, variable: posterior.Names = None, regex: bool = False, prob: float = 0.95
    ) -> pd.DataFrame:
        """Intervals of every variable: see :func:`bambi_lite.posterior.posterior_interval`."""
        return posterior.posterior_interval(self.draws, variable, regex, prob)

    def summarise_draws(
        self, variable: posterior.Names = None, regex: bool = False
    ) -> pd.DataFrame:
        """posterior's table of estimates and diagnostics: see :mod:`bambi_lite.posterior`."""
        return posterior.summarise_draws(self.draws, variable, regex)

    def rhat(self, variable: posterior.Names = None, regex: bool = False) -> pd.Series:
        """Rhat of each variable: see :func:`bambi_lite.posterior.rhat`."""
        return posterior.rhat(self.draws, variable, regex)

    def neff_ratio(self, variable: posterior.Names = None, regex: bool = False) -> pd.Series:
        """Effective draws per draw: see :func:`bambi_lite.posterior.neff_ratio`."""
        return posterior.neff_ratio(self.draws, variable, regex)

    def nuts_params(self, pars: str | Sequence[str] | None = None) -> pd.DataFrame:
        """What the sampler tells of each draw: see :func:`bambi_lite.posterior.nuts_params`."""
        return posterior.nuts_params(self.draws, pars)

    def log_posterior(self) -> pd.DataFrame:
        """The log posterior density of each draw: :func:`bambi_lite.posterior.log_posterior`."""
        return posterior.log_posterior(self.draws)

    def ndraws(self) -> int:
        """Draws after warmup, of all chains."""
        return posterior.ndraws(self.draws)

    def nchains(self) -> int:
        """Chains."""
        return posterior.nchains(self.draws)

    def niterations(self) -> int:
        """Draws after warmup of each chain."""
        return posterior.niterations(self.draws)

    def nobs(self) -> int:
        """Rows that the model was fitted to."""
        return posterior.nobs(self.draws)

    def ngrps(self) -> dict[str, int]:
        """Number of levels of each grouping factor."""
        return posterior.ngrps(self.draws)

    # -- comparison --------------------------------------------------------------------------

    def loo(self, **options: Any) -> compare.Elpd:
        """Leave-one-out cross-validation: see :func:`bambi_lite.compare.loo`."""
        if not options and "loo" in self.criteria:
            return self.criteria["loo"]  # type: ignore[no-any-return] # criteria are of any type
        return compare.loo(self.draws, **options)

    def waic(self) -> compare.Elpd:
        """The widely applicable information criterion: see :func:`bambi_lite.compare.waic`."""
        return compare.waic(self.draws)

    def kfold(
        self, K: int = 10, folds: Any = None, group: Any = None, **options: Any
    ) -> compare.Elpd:
        """K-fold cross-validation: see :func:`bambi_lite.compare.kfold`."""
        return compare.kfold(self.draws, K, folds, group, **options)

    def bayes_R2(self, **options: Any) -> Any:
        """The share of variance explained: see :func:`bambi_lite.compare.bayes_R2`."""
        return compare.bayes_R2(self.draws, **options)

    def loo_R2(self, **options: Any) -> Any:
        """The share of variance predicted: see :func:`bambi_lite.compare.loo_R2`."""
        return compare.loo_R2(self.draws, **options)

    def loo_predict(self, method: str = "posterior_predict", **options: Any) -> pd.DataFrame:
        """Predictions of each row left out: see :func:`bambi_lite.compare.loo_predict`."""
        return compare.loo_predict(self.draws, method, **options)

    def loo_epred(self, **options: Any) -> pd.DataFrame:
        """Their expectations: see :func:`bambi_lite.compare.loo_predict`."""
        return compare.loo_predict(self.draws, "posterior_epred", **options)

    def loo_linpred(self, **options: Any) -> pd.DataFrame:
        """Their linear predictors: see :func:`bambi_lite.compare.loo_predict`."""
        return compare.loo_predict(self.draws, "posterior_linpred", **options)

    def loo_predictive_interval(self, prob: float = 0.9, **options: Any) -> pd.DataFrame:
        """Their intervals: see :func:`bambi_lite.compare.loo_predictive_interval`."""
        return compare.loo_predictive_interval(self.draws, prob, **options)

    def add_criterion(
        self, criterion: str | Sequence[str], overwrite: bool = False, **options: Any
    ) -> Fit:
        """The fit with a criterion: see :func:`bambi_lite.compare.add_criterion`."""
        fit: Fit = compare.add_criterion(self, criterion, overwrite, **options)
        return fit

    # -- hypotheses --------------------------------------------------------------------------

    def hypothesis(
        self,
        hypothesis: str | Sequence[str] | Mapping[str, str],
        class_: str | None = "b",
        **options: Any,
    ) -> HypothesisTests:
        """Tests of hypotheses about parameters: see :func:`bambi_lite.hypothesis.hypothesis`."""
        return test_hypotheses(self.draws, hypothesis, class_, **options)

    # -- effects -----------------------------------------------------------------------------

    def conditional_effects(
        self, effects: Any = None, conditions: Any = None, **options: Any
    ) -> ConditionalEffects:
        """brms' conditional effects: see :func:`bambi_lite.effects.conditional_effects`."""
        return conditional_effects(self.draws, effects, conditions, **options)

    def predictions(self, newdata: Any = None, **options: Any) -> Answer:
        """Expected responses and their averages: see :func:`bambi_lite.predictions`."""
        return predictions(self, newdata, **options)

    def comparisons(self, variables: Any = None, newdata: Any = None, **options: Any) -> Answer:
        """What changes when a predictor changes: see :func:`bambi_lite.comparisons`."""
        return comparisons(self, variables, newdata, **options)

    def slopes(self, variables: Any = None, newdata: Any = None, **options: Any) -> Answer:
        """Slopes of the expected response: see :func:`bambi_lite.slopes`."""
        return slopes(self, variables, newdata, **options)

    # -- pictures ----------------------------------------------------------------------------

    def pp_check(self, type: str | None = None, **options: Any) -> Any:
        """Posterior predictive check: see :func:`bambi_lite.pictures.pp_check`."""
        return pictures.pp_check(self.draws, type, **options)

    def plot(self, variable: posterior.Names = None, **options: Any) -> Any:
        """Density and trace of each parameter: see :func:`bambi_lite.pictures.plot_draws`."""
        return pictures.plot_draws(self.draws, variable, **options)

    def pairs(self, variable: posterior.Names = None, **options: Any) -> Any:
        """Parameters against one another: see :func:`bambi_lite.pictures.pairs`."""
        return pictures.pairs(self.draws, variable, **options)

    def mcmc_plot(
        self, type: str = "intervals", variable: posterior.Names = None, **options: Any
    ) -> Any:
        """Pictures of the draws by bayesplot's names: see :func:`bambi_lite.pictures.mcmc_plot`."""
        return pictures.mcmc_plot(self.draws, type, variable, **options)

    def plot_ranef(self, group: str | None = None, **options: Any) -> Any:
        """Every group's effects: see :func:`bambi_lite.pictures.plot_ranef`."""
        return pictures.plot_ranef(self.draws, group, **options)

    def plot_shrinkage(self, group: str | None = None, **options: Any) -> Any:
        """From no pooling to the model: see :func:`bambi_lite.pictures.plot_shrinkage`."""
        return pictures.plot_shrinkage(self.draws, group, **options)

    def plot_group_lines(self, x: str, group: str | None = None, **options: Any) -> Any:
        """Every group's own line: see :func:`bambi_lite.pictures.plot_group_lines`."""
        return pictures.plot_group_lines(self.draws, x, group, **options)

    def graph(self) -> Any:
        """The network of the model with plates: see :func:`bambi_lite.graph.graph`."""
        return network(self.spec)

    # -- keeping -----------------------------------------------------------------------------

    def save(self, path: str | Path) -> Path:
        """Keep the fit in one file, which :func:`bambi_lite.load` reads.

        See :func:`bambi_lite.keeping.save`, also for what a file cannot hold.
        """
        return keeping.save(self.draws, self.criteria, path)

    def report(self, path: str | Path, title: str | None = None) -> Path:
        """Write a page for a browser: see :func:`bambi_lite.report.write_report`."""
        return write_report(self.draws, path, title)

    # -- shown -------------------------------------------------------------------------------

    def __str__(self) -> str:
        return str(self.summary())

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return self.summary()._repr_html_()
