"""Random effects: tumours in 71 batches of rats.

Tarone (1982) collected 71 experiments; in each, some of a batch of laboratory rats developed a
tumour. What is the tumour rate of a batch, and what would it be in a batch not seen yet?

    python examples/01_random_effects.py
"""

import warnings

import numpy as np
import pandas as pd
from figures import densities, intervals
from lecture import compare, heading, output_folder, save, save_network, say, show

import bambi_lite as bl

folder = output_folder("01_random_effects")
rats = bl.load_data("rats")
rats_factor = bl.load_data("rats_factor")


def rates(fit: bl.Fit, newdata: pd.DataFrame) -> np.ndarray:
    """Draws of the tumour rate (draws x rows): the expected number of tumours in one rat."""
    one_rat = newdata.assign(n=1)
    return fit.posterior_epred(one_rat).stack(sample=("chain", "draw")).values.T


def interval_table(draws: np.ndarray) -> pd.DataFrame:
    """Mean and 95 % interval of each column of draws."""
    low, high = np.quantile(draws, [0.025, 0.975], axis=0)
    return pd.DataFrame({"estimate": draws.mean(axis=0), "low": low, "high": high})


# ---------------------------------------------------------------------------------------------
heading("Batch 42 alone")
say("""
    In batch 42, 2 of 13 rats had a tumour. With theta for the tumour rate,

        m ~ binomial(n, theta)        logit(theta) = b

    where logit(theta) = log(theta / (1 - theta)), the log odds, so that b may be any number.
""")
batch_42 = rats[rats["batch"] == 42]
alone = bl.brm("m | trials(n) ~ 1", batch_42, family="binomial", seed=42, data_name="batch 42")
show(alone)
theta_42 = rates(alone, batch_42)[:, 0]
print(f"\nObserved rate {2 / 13:.3f}; posterior mean of theta {theta_42.mean():.3f},")
print("95 % interval {:.3f} to {:.3f}: thirteen rats say little.".format(
    *np.quantile(theta_42, [0.025, 0.975])
))  # fmt: skip

# ---------------------------------------------------------------------------------------------
heading("All batches, each for itself: the flat model")
say("""
        m[j] ~ binomial(n[j], theta[j])        logit(theta[j]) = b[j]        j = 1 ... 71

    71 separate models in one formula: `0 + batch` has a coefficient per batch and no intercept.
    With the default prior of class b, which is flat, this is no proper model. The log odds of a
    batch without a tumour want to be minus infinity, and nothing holds them back:
""")
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    bl.Model("m | trials(n) ~ 0 + batch", rats_factor, family="binomial")
for warning in caught:
    print(f"{warning.category.__name__}: {warning.message}")
say("""
    So each b[j] gets a normal(0, 1.5) prior, which is close to uniform for the rate theta[j].
""")
flat = bl.brm(
    "m | trials(n) ~ 0 + batch",
    rats_factor,
    family="binomial",
    prior=bl.prior("normal(0, 1.5)", class_="b"),
    seed=1,
)
show(flat.fixef().iloc[[0, 41, 70]].round(2).to_string())
print("... (batches 1, 42 and 71 of 71; log odds)")

# ---------------------------------------------------------------------------------------------
heading("The batches as a sample: the multilevel model")
say("""
        m[j] ~ binomial(n[j], theta[j])        logit(theta[j]) = b + r[j]
        r[j] ~ normal(0, sd)

    The flat model learns nothing about one batch from the others: its prior on b[j] is fixed
    beforehand. Here the prior of a batch, normal(b, sd), is learnt from all batches. b is the
    average log odds in the population of batches, and sd says how much batches differ.
""")
multilevel = bl.brm("m | trials(n) ~ 1 + (1 | batch)", rats, family="binomial", seed=1)
show(multilevel)
compare(
    multilevel,
    {"b_Intercept": -1.937, "sd_batch__Intercept": 0.665},
    "maximum likelihood, Laplace approximation",
)
say("""
    The posterior mean of an sd lies above its maximum likelihood estimate: the likelihood is
    skewed, with more room above than below, and maximum likelihood takes the peak.
""")

order = np.argsort((rats["m"] / rats["n"]).to_numpy(), kind="stable")
tables = [
    interval_table(rates(fit, data)).iloc[order]
    for fit, data in ((flat, rats_factor), (multilevel, rats))
]
population_rate = 1 / (1 + np.exp(-multilevel.fixef().loc["Intercept", "Estimate"]))
save(
    intervals(
        dict(zip(("Flat model", "Multilevel model"), tables, strict=True)),
        centre=population_rate,
        title="Tumour rates of 71 batches: the multilevel model draws them together",
        xlabel="tumour rate (posterior mean, 95 % interval; dotted: population)",
        ylabels=["batch, by observed rate", ""],
    ),
    folder,
    "shrinkage",
)
widths = [float((t["high"] - t["low"]).mean()) for t in tables]
print(f"Average width of the 95 % intervals: flat {widths[0]:.3f}, multilevel {widths[1]:.3f}.")

# ---------------------------------------------------------------------------------------------
heading("A batch not seen yet: batch 72")
say("""
    The flat model has nothing to say about batch 72. The multilevel model has a population:
    in every draw of the posterior, r[72] ~ normal(0, sd) with that draw's sd. The rate of batch
    72 is far less certain than the average rate of the population, because batches differ.
""")
batch_72 = pd.DataFrame({"batch": [72], "n": [1]})
predicted = multilevel.posterior_epred(
    batch_72, allow_new_levels=True, sample_new_levels="gaussian", seed=1
)
theta_72 = predicted.values.ravel()
theta_population = 1 / (1 + np.exp(-multilevel.idata["posterior"]["b_Intercept"].values.ravel()))
save(
    densities(
        {"population, r = 0": theta_population, "batch 72": theta_72},
        title="Tumour rate of the population and of a new batch",
        xlabel="tumour rate",
        limits=(0.0, 0.6),
    ),
    folder,
    "batch_72",
)
print("Tumour rate of batch 72: mean {:.3f}, 95 % interval {:.3f} to {:.3f}.".format(
    theta_72.mean(), *np.quantile(theta_72, [0.025, 0.975])
))  # fmt: skip

save_network(multilevel, folder)
