"""A family of one's own: counts of sick cattle that vary more than a binomial allows.

    python examples/custom_family.py

`beta_binomial2` is written here from nothing but its formula. bambi_lite has the same distribution
as family 'beta_binomial', so that the two can be compared.
"""

import numpy as np
import pytensor.tensor as pt
from lecture import heading, say, show

import bambi_lite as bl

FORMULA = "incidence | trials(size) ~ period + (1 | herd)"


def log_beta(a, b):
    return pt.gammaln(a) + pt.gammaln(b) - pt.gammaln(a + b)


def logp(y, mu, phi, trials):
    """log of choose(trials, y) B(y + a, trials - y + b) / B(a, b), with a = mu phi, b = phi - a."""
    successes, failures = mu * phi, (1 - mu) * phi
    ways = -log_beta(y + 1, trials - y + 1) - pt.log(trials + 1)
    return ways + log_beta(y + successes, trials - y + failures) - log_beta(successes, failures)


def rng(rng, mu, phi, trials):
    return rng.binomial(trials.astype(int), rng.beta(mu * phi, (1 - mu) * phi))


def mean(mu, trials):
    return mu * trials


beta_binomial2 = bl.custom_family(
    "beta_binomial2",
    dpars=("mu", "phi"),
    links=("logit", "log"),
    logp=logp,
    rng=rng,
    mean=mean,
    bounds={"phi": (0, None)},
    type="int",
    vars="trials",
    # As for the built-in family; a custom family's own priors would be flat.
    prior={"Intercept": "student_t(3, 0, 2.5)", "phi": "gamma(0.01, 0.01)"},
)


def main() -> None:
    cbpp = bl.load_data("cbpp")

    heading("The model")
    say("""
        The data are 56 counts of serological cases of a lung disease in 15 herds of cattle over
        four periods: `incidence` cases among `size` animals.

            incidence[i] ~ beta_binomial2(size[i], mu[i], phi)
            logit(mu[i]) = a + b[period[i]] + r[herd[i]]

        The probability of an animal varies around mu[i] as a beta distribution does, of precision
        phi: the smaller phi, the more the counts of equal herds differ.
    """)
    model = bl.Model(FORMULA, cbpp, beta_binomial2)
    print(model.explain())

    heading("The fit, and that of the built-in family")
    # phi and sd(Intercept) explain the same spread; small steps follow them where they trade off.
    own = model.sample(seed=1, adapt_delta=0.95)
    built_in = bl.brm(FORMULA, cbpp, "beta_binomial", seed=1, adapt_delta=0.95)
    show(own)
    for name in ("b_Intercept", "b_period4", "sd_herd__Intercept"):
        ours, theirs = (float(fit.draws.posterior[name].mean()) for fit in (own, built_in))
        print(f"{name:20} own {ours:6.2f}   built in {theirs:6.2f}")

    heading("What it predicts")
    predicted = own.posterior_predict(seed=1)
    zeros = (predicted == 0).mean(("chain", "draw")).sum()
    say(f"""
        {int((cbpp["incidence"] == 0).sum())} of the 56 counts are zero, and the model expects
        {float(zeros):.1f}. The log-density of all observations is
        {float(own.log_lik().sum("obs").mean()):.1f} on average over the draws; expected cases in
        the first row: {float(own.posterior_epred().isel(obs=0).mean()):.1f} of {cbpp["size"][0]},
        observed {np.asarray(cbpp["incidence"])[0]}.
    """)


if __name__ == "__main__":
    main()
