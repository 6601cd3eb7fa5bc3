"""The draws handed out as brms and R's posterior package do: tables, summaries, diagnostics."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from .draws import Draws, columns
from .errors import DataError, listing, suggest
from .estimates import check_prob, check_probs, estimates, flat, percent, stat_names
from .standata import variables
from .summary.stats import convergence_of
from .terms import FixedTerm

#: Stan's names of what the sampler tells of each draw, in its order, and ArviZ' names.
_NUTS: Mapping[str, str] = MappingProxyType(
    {
        "accept_stat__": "acceptance_rate",
        "stepsize__": "step_size",
        "treedepth__": "tree_depth",
        "n_leapfrog__": "n_steps",
        "divergent__": "diverging",
        "energy__": "energy",
    }
)
#: The log posterior, where it is kept: Stan's name and ArviZ'.
_LP, _KEPT_LP = "lp__", "lp"
type Names = str | Sequence[str] | None


def as_draws_df(draws: Draws, variable: Names = None, regex: bool = False) -> pd.DataFrame:
    """All draws as one table, as posterior's ``as_draws_df``.

    Parameters
    ----------
    draws : Draws
        Of the fit.
    variable : str or sequence of str, optional
        Which variables, by brms' names; ``"r_Subject"`` stands for all its elements. All of them
        by default.
    regex : bool
        Whether `variable` holds regular expressions, each of which may match anywhere in a name.

    Returns
    -------
    pandas.DataFrame
        A row a draw, chain after chain; a column a variable in brms' order, on the scale that it
        was sampled on; then ``.chain``, ``.iteration`` and ``.draw``, which count from 1.
        :func:`bambi_lite.given.from_frame` reads it back.

    Raises
    ------
    DataError
        For a name that the fit does not have, and for a regular expression that cannot be read.

    Examples
    --------
    >>> as_draws_df(draws, "b_Days")  # doctest: +SKIP
    """
    found = {name: values.ravel() for name, values in selected(draws, variable, regex).items()}
    chains, n = _sizes(draws)
    index = {
        ".chain": np.repeat(np.arange(1, chains + 1), n),
        ".iteration": np.tile(np.arange(1, n + 1), chains),
        ".draw": np.arange(1, chains * n + 1),
    }
    return pd.DataFrame(found | index)


def selected(draws: Draws, variable: Names = None, regex: bool = False) -> dict[str, np.ndarray]:
    """Draws of the variables asked for, each of shape (chain, draw), in brms' order.

    Raises
    ------
    DataError
        See :func:`as_draws_df`.
    """
    found = columns(draws.posterior)
    # Parameters that formula or family fix: brms keeps them as constant draws.
    found |= {
        d.name: np.full(_sizes(draws), t.value)
        for d in draws.spec.dpars
        for t in d.terms
        if isinstance(t, FixedTerm)
    }
    if _KEPT_LP in _kept(draws):
        found[_LP] = np.asarray(_kept(draws)[_KEPT_LP])
    return {name: found[name] for name in _asked(names(draws), variable, regex)}


def names(draws: Draws) -> tuple[str, ...]:
    """brms' names of the draws, in brms' order: parameters, ``lprior`` and its parts, ``lp__``."""
    priors = [str(name) for name in draws.posterior if name not in draws.keys]
    return (*variables(draws.spec), *priors, *([_LP] if _KEPT_LP in _kept(draws) else []))


def _kept(draws: Draws) -> Mapping[Any, Any]:
    """Statistics of the sampler, as far as there are any."""
    tree = draws.idata
    return tree["sample_stats"].to_dataset() if "sample_stats" in tree.children else {}


def _asked(known: Sequence[str], variable: Names, regex: bool) -> list[str]:
    """The names asked for, each once."""
    if variable is None:
        return list(known)
    found: dict[str, None] = {}
    for asked in (variable,) if isinstance(variable, str) else variable:
        if regex:
            pattern = _pattern(asked)
            hits = [n for n in known if pattern.search(n)]
        else:
            hits = [n for n in known if n == asked or n.startswith(f"{asked}[")]
        if not hits:
            raise DataError(_unknown(str(asked), known, regex))
        found |= dict.fromkeys(hits)
    return list(found)


def _pattern(text: str) -> re.Pattern[str]:
    try:
        return re.compile(text)
    except (re.error, TypeError) as problem:
        raise DataError(
            f"variable = {text!r} cannot be read as a regular expression: {problem}. "
            f"Without regex = True it is a plain name."
        ) from None


def _unknown(name: str, known: Sequence[str], regex: bool) -> str:
    if regex:
        return f"No variable matches the regular expression {name!r}. Variables: {listing(known)}."
    return f"The fit has no variable '{name}'. Variables: {listing(known)}.{suggest(name, known)}"


def posterior_summary(
    draws: Draws,
    variable: Names = None,
    regex: bool = False,
    robust: bool = False,
    probs: Sequence[float] = (0.025, 0.975),
) -> pd.DataFrame:
    """Estimates of every variable, as brms' ``posterior_summary``.

    Parameters
    ----------
    draws : Draws
        Of the fit.
    variable, regex
        See :func:`as_draws_df`.
    robust : bool
        Median and MAD (times 1.4826) rather than mean and standard deviation.
    probs : sequence of float
        Probabilities of the quantiles.

    Returns
    -------
    pandas.DataFrame
        A row a variable; columns Estimate, Est.Error, Q2.5, Q97.5.

    Raises
    ------
    DataError
        For unknown variables and impossible probabilities.
    """
    probs = check_probs(probs)
    found = selected(draws, variable, regex)
    values = np.stack(list(found.values()), axis=-1)
    table = estimates(flat(values), robust, probs).T
    return pd.DataFrame(table, index=list(found), columns=stat_names(probs))


def posterior_interval(
    draws: Draws, variable: Names = None, regex: bool = False, prob: float = 0.95
) -> pd.DataFrame:
    """Equal-tailed intervals of every variable, as brms' ``posterior_interval``.

    Parameters
    ----------
    draws, variable, regex
        See :func:`as_draws_df`.
    prob : float
        The mass of the interval.

    Returns
    -------
    pandas.DataFrame
        A row a variable; columns ``2.5%`` and ``97.5%``.

    Raises
    ------
    DataError
        For unknown variables and an impossible mass.
    """
    prob = check_prob(prob)
    ends = ((1.0 - prob) / 2.0, (1.0 + prob) / 2.0)
    found = selected(draws, variable, regex)
    values = [np.quantile(own, ends) for own in found.values()]
    return pd.DataFrame(values, index=list(found), columns=[f"{percent(p)}%" for p in ends])


def summarise_draws(draws: Draws, variable: Names = None, regex: bool = False) -> pd.DataFrame:
    """The default table of posterior's ``summarise_draws``.

    Parameters
    ----------
    draws, variable, regex
        See :func:`as_draws_df`.

    Returns
    -------
    pandas.DataFrame
        A row a variable; columns mean, median, sd, mad, q5, q95, rhat, ess_bulk, ess_tail. The
        last three are NaN for constants.
    """
    found = selected(draws, variable, regex)
    values = np.stack(list(found.values()), axis=-1)
    mean, sd, low, high = estimates(flat(values), False, (0.05, 0.95))
    median, mad = estimates(flat(values), True, ())
    table = pd.DataFrame(
        {"mean": mean, "median": median, "sd": sd, "mad": mad, "q5": low, "q95": high}
    )
    measures = convergence_of(values)
    for ours, theirs in {"Rhat": "rhat", "Bulk_ESS": "ess_bulk", "Tail_ESS": "ess_tail"}.items():
        table[theirs] = measures[ours]
    table.index = pd.Index(list(found), name="variable")
    return table


def rhat(draws: Draws, variable: Names = None, regex: bool = False) -> pd.Series:
    """Rank-normalized split Rhat of each variable.

    Parameters
    ----------
    draws, variable, regex
        See :func:`as_draws_df`.

    Returns
    -------
    pandas.Series
        By variable; NaN for constants and for a single chain.

    Notes
    -----
    Vehtari, Gelman, Simpson, Carpenter and Buerkner (2021), Bayesian Analysis 16:667-718.
    """
    return _measure(draws, variable, regex)["Rhat"].rename("rhat")


def neff_ratio(draws: Draws, variable: Names = None, regex: bool = False) -> pd.Series:
    """The smaller of bulk and tail ESS, per draw, as brms' ``neff_ratio`` (since 2.19).

    Parameters
    ----------
    draws, variable, regex
        See :func:`as_draws_df`.

    Returns
    -------
    pandas.Series
        By variable; 1 where the draws are worth as much as independent ones. NaN for constants.
    """
    table = _measure(draws, variable, regex)
    ess = table[["Bulk_ESS", "Tail_ESS"]].min(axis=1, skipna=False)
    return (ess / ndraws(draws)).rename("neff_ratio")


def _measure(draws: Draws, variable: Names, regex: bool) -> pd.DataFrame:
    found = selected(draws, variable, regex)
    values = np.stack(list(found.values()), axis=-1)
    return pd.DataFrame(convergence_of(values), index=pd.Index(list(found), name="variable"))


def nuts_params(draws: Draws, pars: str | Sequence[str] | None = None) -> pd.DataFrame:
    """What the sampler tells of each draw, as brms' ``nuts_params``.

    Parameters
    ----------
    draws : Draws
        Of the fit.
    pars : str or sequence of str, optional
        Which of accept_stat__, stepsize__, treedepth__, n_leapfrog__, divergent__, energy__.

    Returns
    -------
    pandas.DataFrame
        Columns Chain, Iteration, Parameter, Value.

    Raises
    ------
    DataError
        For an unknown name, and for draws that came without these numbers.
    """
    stats = _kept(draws)
    known = [name for name, ours in _NUTS.items() if ours in stats]
    if not known:
        raise DataError(
            "These draws came without statistics of the sampler (Model.from_draws() has none); "
            "a fit that was sampled here has them."
        )
    asked = known if pars is None else [pars] if isinstance(pars, str) else list(pars)
    for name in asked:
        if name not in known:
            raise DataError(
                f"The sampler has no parameter '{name}'. It has: {listing(known)}."
                f"{suggest(str(name), known)}"
            )
    values = np.stack([np.asarray(stats[_NUTS[name]], dtype=float) for name in asked], axis=1)
    chains, _, n = values.shape
    return pd.DataFrame(
        {
            "Chain": np.repeat(np.arange(1, chains + 1), len(asked) * n),
            "Iteration": np.tile(np.arange(1, n + 1), chains * len(asked)),
            "Parameter": np.tile(np.repeat(asked, n), chains),
            "Value": values.ravel(),
        }
    )


def log_posterior(draws: Draws) -> pd.DataFrame:
    """The log posterior density of each draw on the unconstrained scale, up to a constant.

    Returns
    -------
    pandas.DataFrame
        Columns Chain, Iteration, Value, as brms' ``log_posterior``.

    Raises
    ------
    DataError
        For draws that came without it.
    """
    if _KEPT_LP not in _kept(draws):
        raise DataError(
            "These draws came without their log posterior: Model.from_draws() takes it from a "
            "column 'lp__', and a fit that was sampled here has it."
        )
    values = np.asarray(_kept(draws)[_KEPT_LP], dtype=float)
    chains, n = values.shape
    return pd.DataFrame(
        {
            "Chain": np.repeat(np.arange(1, chains + 1), n),
            "Iteration": np.tile(np.arange(1, n + 1), chains),
            "Value": values.ravel(),
        }
    )


# -- counts ----------------------------------------------------------------------------------


def _sizes(draws: Draws) -> tuple[int, int]:
    sizes = draws.posterior.sizes
    return int(sizes["chain"]), int(sizes["draw"])


def ndraws(draws: Draws) -> int:
    """Draws after warmup, of all chains."""
    chains, n = _sizes(draws)
    return chains * n


def nchains(draws: Draws) -> int:
    """Chains."""
    return _sizes(draws)[0]


def niterations(draws: Draws) -> int:
    """Draws after warmup of each chain."""
    return _sizes(draws)[1]


def nobs(draws: Draws) -> int:
    """Rows that the model was fitted to."""
    return int(draws.spec.design.n_obs)


def ngrps(draws: Draws) -> dict[str, int]:
    """Number of levels of each grouping factor."""
    return {block.group: len(block.levels) for block in draws.spec.blocks}
