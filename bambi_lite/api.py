"""The two doors: ``Model`` to look before sampling, ``brm`` to fit at once."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import xarray as xr

from .audit import PriorReport, prior_report
from .docstrings import passing_on
from .engines import Plan, SampleSettings, SavePars, make_plan, sample_settings
from .errors import suggest
from .explanation import Explanation, explain_model
from .families import Family
from .fit import Fit
from .formula import BrmsFormula
from .given import from_file, from_frame
from .graph import graph as network
from .keeping import kept
from .keeping import load as load_draws
from .prior_draws import prior_draws, prior_predictive
from .prior_plots import plot_prior, plot_prior_predictive
from .prior_tables import prior_to_toml
from .priors import PriorFrame, to_frame
from .reuse import compiled_for, with_data
from .running import run
from .spec import ModelSpec, resolve
from .standata import design_frame, levels, standata, variables

if TYPE_CHECKING:
    import graphviz
    import pymc
    from matplotlib.figure import Figure

_MODEL_ARGUMENTS = ("formula", "data", "family", "prior", "data2", "data_name", "contrasts")
_FILE_ARGUMENTS = ("file", "file_refit")
_SAMPLE_ARGUMENTS = (*SampleSettings.__dataclass_fields__, "save_ranef")


class Model:
    """A model, checked against its data and not yet sampled.

    Parameters
    ----------
    formula : str or BrmsFormula
        A brms formula, for example ``"Reaction ~ Days + (Days | Subject)"``.
    data : pandas.DataFrame
        One row per observation. Rows with a missing value in a variable of the formula are
        dropped, with a warning that counts them.
    family : str or Family
        Response distribution: ``"gaussian"`` (default), ``"bernoulli"``, ``"binomial"``, or a
        constructor such as ``bl.bernoulli("probit")``.
    prior : optional
        What replaces default priors: ``bl.prior("normal(0, 10)", class_="b")``, an edited copy of
        ``model.prior``, a mapping ``{"b": "normal(0, 10)"}``, a prior set ``"set:rstanarm"``
        (see :func:`bambi_lite.list_prior_sets`), the path of a TOML file, or a list of these.
        Single rows are over files and sets, and these over the defaults.
    data2 : mapping, optional
        Matrices that terms of the formula refer to by name.
    data_name : str, optional
        What the summary calls the data.
    contrasts : mapping, optional
        Coding of factors by their names, for example ``{"f": "contr.sum"}``.

    Raises
    ------
    FormulaError, DataError, FamilyError, PriorError
        When formula, data, family and priors do not fit together.

    Examples
    --------
    >>> import bambi_lite as bl
    >>> model = bl.Model("Reaction ~ Days + (Days | Subject)", bl.load_data("sleepstudy"))
    >>> model.prior.loc[2, "prior"]
    'student_t(3, 288.7, 59.3)'
    """

    def __init__(
        self,
        formula: str | BrmsFormula,
        data: Any,
        family: str | Family = "gaussian",
        prior: Any = None,
        data2: Mapping[str, Any] | None = None,
        data_name: str | None = None,
        contrasts: Mapping[str, str] | None = None,
    ) -> None:
        start = time.perf_counter()
        self._spec = resolve(formula, data, family, prior, data2, data_name, contrasts)
        self._resolving = time.perf_counter() - start

    @property
    def spec(self) -> ModelSpec:
        """The model as a value: design, parameters, priors."""
        return self._spec

    @property
    def prior(self) -> PriorFrame:
        """The whole prior, as brms' ``prior_summary()``: one row a parameter or class.

        Columns prior, class, coef, group, resp, dpar, nlpar, lb, ub, tag, source. An empty
        ``prior`` on a row with a narrower column means that it takes the prior of the general row
        above; on a general row it means flat. Printing shows both as brms does.
        """
        return to_frame(self._spec.prior_rows)

    def prior_report(self) -> PriorReport:
        """The audit of the prior: a row a free parameter, with where its numbers come from.

        Distribution, support, source and rule, the implied 95 % interval on the link and on the
        response scale, and flags for what is odd: see :class:`bambi_lite.audit.PriorReport`.
        """
        return prior_report(self._spec)

    def prior_to_toml(self, path: str | Path, *, rules: bool = False, all: bool = False) -> None:
        """Write the prior as a file that ``prior="path"`` reads.

        Parameters
        ----------
        path : str or Path
            The file; one that is there is written over.
        rules : bool
            Whether rows that a rule gave (brms' defaults, a prior set) are written as that rule,
            to be applied to other data anew; otherwise every number is frozen as it is.
        all : bool
            Whether rows that only take a broader row's prior are written too.

        Raises
        ------
        PriorError
            When the file cannot be written, or a prior is a PyMC distribution.
        """
        prior_to_toml(self._spec, path, rules, all)

    def prior_draws(
        self, variables: Sequence[str] | None = None, draws: int = 4000, seed: int | None = None
    ) -> pd.DataFrame:
        """Independent draws of the parameters: see :func:`bambi_lite.prior_draws.prior_draws`."""
        return prior_draws(self._spec, variables, draws, seed)

    def prior_predictive(self, draws: int = 500, seed: int | None = None) -> xr.DataTree:
        """Responses that the prior expects, for the rows of the data.

        Parameters, groups and errors: see :func:`bambi_lite.prior_draws.prior_predictive`.
        """
        return prior_predictive(self._spec, draws, seed)

    def plot_prior(self) -> Figure:
        """The prior density of each class: see :func:`bambi_lite.prior_plots.plot_prior`."""
        return plot_prior(self._spec)

    def plot_prior_predictive(
        self, draws: int = 100, seed: int | None = None, **options: Any
    ) -> Any:
        """What the prior expects beside the data.

        Parameters are those of :meth:`prior_predictive`, and the options of
        :func:`bambi_lite.prior_plots.plot_prior_predictive`.
        """
        tree = self.prior_predictive(draws, seed)
        return plot_prior_predictive(self._spec, tree, **options)

    @cached_property
    def pymc(self) -> pymc.Model:
        """The model as a ``pm.Model`` (built when first asked for)."""
        from .engines.pymc import build

        return build(self._spec)

    @cached_property
    def _compiled(self) -> Any:
        """nutpie's code for the model; a model of the same structure does not compile again."""
        return with_data(compiled_for(self._spec, self.pymc)[0].code, self._spec)

    def graph(self) -> graphviz.Digraph:
        """The Bayesian network with plates, as a graphviz Digraph."""
        return network(self._spec)

    def sample(
        self,
        *,
        chains: int = 4,
        iter: int = 2000,
        warmup: int | None = None,
        thin: int = 1,
        seed: int | None = None,
        cores: int | None = None,
        adapt_delta: float = 0.8,
        max_treedepth: int = 10,
        init: Any = "random",
        backend: str = "nutpie",
        progress: bool = True,
        marginalize: Any = "auto",
        kernels: bool = True,
        decomp: Any = "auto",
        sample_prior: str | bool = "no",
        save_pars: SavePars | None = None,
        save_ranef: bool | None = None,
        **unknown: Any,
    ) -> Fit:
        """Draw from the posterior with NUTS.

        Parameters
        ----------
        chains : int
            Markov chains.
        iter : int
            Iterations per chain, warmup included.
        warmup : int, optional
            Iterations that adapt the sampler; half of `iter` by default.
        thin : int
            Keep every `thin`-th draw.
        seed : int, optional
            The same seed on the same machine gives the same draws.
        cores : int, optional
            Chains that run at the same time; by default as many as the machine can.
        adapt_delta : float
            Target acceptance rate in (0, 1); raise it against divergences.
        max_treedepth : int
            A trajectory has at most ``2 ** max_treedepth`` steps.
        init : "random", 0 or mapping
            Where chains start.
        backend : "nutpie" or "pymc"
            Which NUTS.
        progress : bool
            Whether a progress bar shows.
        marginalize : "auto", True or False
            Whether gaussian group effects are integrated out of the density that NUTS sees (and
            drawn exactly afterwards): where it can be done, always, or never. The posterior is
            the same.
        kernels : bool
            Whether compiled kernels may stand in for PyMC's graph of the model; they give the same
            density. False compiles the graph.
        decomp : "auto" or False
            Whether population-level coefficients may be sampled on orthogonal columns (QR), which
            changes neither their priors nor what is reported. brms' ``decomp = "QR"``, which does,
            is part of the formula: :func:`bambi_lite.bf`.
        sample_prior : "no", "yes" or "only"
            ``"yes"`` keeps draws from the prior in ``fit.idata["prior"]`` (flat parameters have
            none); ``"only"`` draws from the prior in the place of the posterior, independently and
            without a sampler.
        save_pars : SavePars, optional
            What is kept of the draws: ``bl.save_pars(group=False)`` keeps no group-level effects,
            which are drawn again where they are asked for; ``dtype="float32"`` halves them.
        save_ranef : bool, optional
            brms' older word for it: False is ``save_pars(group=False)``.

        Returns
        -------
        Fit

        Raises
        ------
        SamplingError
            For impossible settings, or when nothing was drawn.
        TypeError
            For an unknown keyword, with the nearest valid one.

        Warns
        -----
        ConvergenceWarning
            Once, when the draws are doubtful: divergences, low E-BFMI, Rhat above 1.01, ESS below
            400; also when the run was interrupted and what had been drawn is kept.
        """
        if unknown:
            raise TypeError(_unknown_keyword("sample", min(unknown), _SAMPLE_ARGUMENTS))
        settings = sample_settings(
            chains, iter, warmup, thin, seed, cores, adapt_delta, max_treedepth, init, backend,
            progress, marginalize, kernels, decomp, sample_prior,
            save_pars, save_ranef,
        )  # fmt: skip
        graph, code = (lambda: self.pymc), (lambda: self._compiled)
        return Fit(run(self._spec, settings, graph, code, self._resolving))

    @property
    def plan(self) -> Plan:
        """How the model will be sampled, and why."""
        return make_plan(self._spec)

    def from_draws(self, draws: pd.DataFrame | str | Path) -> Fit:
        """A fit from draws made elsewhere, for example by brms itself.

        Parameters
        ----------
        draws : pandas.DataFrame, str or Path
            A row a draw, columns under brms' names (see :func:`bambi_lite.given.from_frame`), or
            the path of a CSV file of these (:func:`bambi_lite.given.from_file`).

        Returns
        -------
        Fit

        Raises
        ------
        DataError
            For missing, unknown or unusable columns, and for files that cannot be read.
        """
        given = from_file if isinstance(draws, str | Path) else from_frame
        return Fit(given(self._spec, draws))

    def explain(self) -> Explanation:
        """What the model means: each part of the formula, the equations, the priors, the symbols.

        Printing it gives text, ``.latex`` the mathematics; notebooks show both.
        """
        return explain_model(self._spec)

    def standata(self) -> dict[str, Any]:
        """The data as brms' ``standata()`` lists them: N, Y, X, K, Z_1_1, J_1, ... as NumPy arrays.

        The columns of ``X`` have the names of :meth:`design`.

        Examples
        --------
        >>> import bambi_lite as bl
        >>> model = bl.Model("Reaction ~ Days + (1 | Subject)", bl.load_data("sleepstudy"))
        >>> {k: v for k, v in model.standata().items() if isinstance(v, int)}
        {'N': 180, 'K': 2, 'Kc': 1, 'N_1': 18, 'M_1': 1, 'NC_1': 0, 'prior_only': 0}
        """
        return standata(self._spec)

    def design(self, dpar: str = "mu") -> pd.DataFrame:
        """The population-level design of a parameter, with brms' coefficient names.

        Parameters
        ----------
        dpar : str
            A parameter that has a formula: ``"mu"``, ``"sigma"``.

        Returns
        -------
        pandas.DataFrame
            A row an observation that is used; the index holds its position in the data.

        Raises
        ------
        DataError
            If the parameter has no formula, with the nearest one that has.
        """
        return design_frame(self._spec, dpar)

    @property
    def levels(self) -> dict[str, tuple[str, ...]]:
        """The levels of each grouping factor, in brms' order."""
        return levels(self._spec)

    def variables(self) -> tuple[str, ...]:
        """The names of the draws as brms gives them, in brms' order, without lprior and lp__."""
        return variables(self._spec)

    def __repr__(self) -> str:
        spec = self._spec
        groups = ", ".join(f"{b.group} ({len(b.levels)} levels)" for b in spec.blocks)
        lines = [
            f"Model: {spec.formula}",
            f"Family: {spec.family.name}",
            f"Data: {spec.data_name} ({spec.design.n_obs} observations)",
            *([f"Groups: {groups}"] if groups else []),
            "Not sampled: .sample() draws, .prior and .pymc and .graph() show.",
        ]
        return "\n".join(lines)


@passing_on({"formula, data,": Model, "**sampling": Model.sample})
def brm(
    formula: str | BrmsFormula,
    data: Any,
    family: str | Family = "gaussian",
    prior: Any = None,
    data2: Mapping[str, Any] | None = None,
    data_name: str | None = None,
    contrasts: Mapping[str, str] | None = None,
    file: str | Path | None = None,
    file_refit: str = "never",
    **sampling: Any,
) -> Fit:
    """Fit a Bayesian multilevel model: ``Model(...)`` and ``.sample(...)`` in one call.

    Parameters
    ----------
    formula, data, family, prior, data2, data_name, contrasts
        See :class:`Model`.
    file : str or Path, optional
        Where the fit is kept (``.bl`` is added). If there is one, it is loaded and nothing is
        sampled; see :meth:`bambi_lite.Fit.save`.
    file_refit : "never", "on_change" or "always"
        When to sample although there is a file: never (as in brms, the default; a warning tells
        where it is another model), when formula, data, prior, family or settings changed (a
        warning says what), or always. A seed counts as a setting only if it is given.
    **sampling
        chains, iter, warmup, thin, seed, cores, adapt_delta, max_treedepth, init, backend,
        progress, marginalize, kernels, decomp, sample_prior,
        save_pars, save_ranef: see :meth:`Model.sample`.

    Returns
    -------
    Fit
        Printing it gives brms' summary; see :class:`Fit` for what else it tells.

    Raises
    ------
    FormulaError, DataError, FamilyError, PriorError, SamplingError
        When an argument cannot be meant; nothing is sampled then.
    KeepingError
        For a file that is no fit, and, before anything is sampled, for a fit that no file can
        hold or a folder that cannot be written to.
    TypeError
        For an unknown keyword, with the nearest valid one.

    Examples
    --------
    >>> import bambi_lite as bl
    >>> fit = bl.brm(
    ...     "Reaction ~ Days + (Days | Subject)", bl.load_data("sleepstudy"), seed=1
    ... )  # doctest: +SKIP
    >>> print(fit)  # doctest: +SKIP
    >>> fit.coef()["Subject"].sel(stat="Estimate").to_pandas()  # doctest: +SKIP
    """
    for name in sampling:
        if name not in _SAMPLE_ARGUMENTS:
            valid = (*_MODEL_ARGUMENTS, *_FILE_ARGUMENTS, *_SAMPLE_ARGUMENTS)
            raise TypeError(_unknown_keyword("brm", name, valid))
    # Settings are checked before anything is built, so that a typing error costs no time.
    settings = sample_settings(**sampling)
    model = Model(formula, data, family, prior, data2, data_name, contrasts)
    found = kept(file, file_refit, model.spec, settings, sampling)
    if found is not None:
        return Fit(*found)
    fit = model.sample(**sampling)
    if file is not None:
        fit.save(file)
    return fit


def load(path: str | Path, families: Sequence[Family] = ()) -> Fit:
    """A fit that :meth:`bambi_lite.Fit.save` has kept, ready for all that a fit can do.

    Nothing is compiled and nothing of the file is run: it holds numbers and text, which the model
    is made of again. Draws, tables and predictions are those of the fit, to the last bit.

    Parameters
    ----------
    path : str or Path
        The file, with or without its ``.bl``.
    families : sequence of Family, optional
        The family of the fit, if it was made by :func:`bambi_lite.custom_family`: a file holds the
        name of such a family only.

    Returns
    -------
    Fit

    Raises
    ------
    KeepingError
        For a file that is not there, that is no saved fit, damaged, or of a newer format, and when
        the model cannot be made again as it was.

    Examples
    --------
    >>> import bambi_lite as bl
    >>> fit = bl.load("sleepstudy.bl")  # doctest: +SKIP
    """
    return Fit(*load_draws(path, families))


def _unknown_keyword(function: str, name: str, valid: tuple[str, ...]) -> str:
    return f"{function}() got an unexpected keyword argument '{name}'.{suggest(name, valid)}"
