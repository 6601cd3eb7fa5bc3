"""Diagnosis: whether the draws can be trusted, and what to try when they cannot."""

from __future__ import annotations

import numpy as np
import xarray as xr

from .draws import Draws, scalars
from .errors import ConvergenceWarning, listing, warn

#: Vehtari et al. (2021), Bayesian Analysis 16:667-718: Rhat below 1.01 and at least 100
#: effective draws per chain of four.
RHAT_LIMIT = 1.01
ESS_LIMIT = 400
#: Betancourt (2016), arXiv:1604.00695: lower energy fractions mean poorly explored tails.
BFMI_LIMIT = 0.3


def diagnose(draws: Draws) -> tuple[str, ...]:
    """What is doubtful about the draws, one sentence each; empty when nothing is.

    Looks at divergent transitions, the energy fraction E-BFMI, and for every parameter except
    the single group effects at Rhat, bulk and tail ESS.
    """
    import arviz_stats as azs

    found: list[str] = []
    given = "sample_stats" in draws.idata.children
    stats = draws.idata["sample_stats"].to_dataset() if given else xr.Dataset()
    if "diverging" in stats and (n := int(stats["diverging"].sum())):
        found.append(
            f"{n} divergent transition(s) after warmup: the sampler could not follow the posterior "
            f"everywhere. Try a larger adapt_delta (now {draws.settings.adapt_delta:g}) or tighter "
            f"priors on the sd parameters."
        )
    chains, n_draws = draws.posterior.sizes["chain"], draws.posterior.sizes["draw"]
    if n_draws < 4:
        return (*found, f"Only {n_draws} draw(s) per chain: convergence cannot be judged.")
    if "energy" in stats:
        bfmi = np.atleast_1d(np.asarray(azs.bfmi(stats["energy"].values)))
        if (low := np.flatnonzero(bfmi < BFMI_LIMIT)).size:
            found.append(
                f"E-BFMI is below {BFMI_LIMIT} in chain(s) {listing(low)}: the tails are explored "
                f"slowly. Try more warmup, or look at the parameters with low ESS."
            )
    single = scalars(draws)
    names = list(single.watched())
    posterior = single.posterior[names]
    measures = {
        "ESS": (ess_table(posterior), ESS_LIMIT),
        "Rhat": (azs.rhat(posterior), RHAT_LIMIT),
    }
    if chains == 1:
        measures.pop("Rhat")
    for word, (values, limit) in measures.items():
        bad = {n: float(values[n]) for n in names if _beyond(word, float(values[n]), limit)}
        if bad:
            worst = sorted(bad, key=lambda n: bad[n], reverse=word == "Rhat")
            named = listing((f"{n} ({bad[n]:.3g})" for n in worst), 6)
            comparison = "above" if word == "Rhat" else "below"
            found.append(
                f"{word} is {comparison} {limit:g} for {named}. Run more iterations "
                f"(iter = {2 * draws.settings.iter})."
            )
    return tuple(found)


def _beyond(word: str, value: float, limit: float) -> bool:
    return np.isfinite(value) and (value > limit if word == "Rhat" else value < limit)


def ess_table(posterior: xr.Dataset) -> xr.Dataset:
    """The smaller of bulk and tail ESS of each variable."""
    import arviz_stats as azs

    bulk = azs.ess(posterior, method="bulk")
    tail = azs.ess(posterior, method="tail", prob=(0.05, 0.95))
    smaller: xr.Dataset = xr.where(bulk < tail, bulk, tail)
    return smaller


def warn_if_doubtful(draws: Draws) -> None:
    """One ConvergenceWarning with everything that :func:`diagnose` found."""
    found = list(diagnose(draws))
    if draws.interrupted:
        sizes = draws.posterior.sizes
        found.insert(
            0,
            f"Sampling was interrupted: {sizes['chain']} chain(s) with {sizes['draw']} draws after "
            f"warmup are kept, of {draws.settings.chains} x {draws.settings.draws} asked for.",
        )
    if found:
        warn("\n".join(found), ConvergenceWarning)
