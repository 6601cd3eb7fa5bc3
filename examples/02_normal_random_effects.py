"""Normal random effects: how much alcohol is drunk in 189 countries.

The World Health Organization's figures of litres of pure alcohol per adult and year: for each
country one to a few years. How much do countries differ, and how much do years within a country?

    python examples/02_normal_random_effects.py
"""

import numpy as np
import pandas as pd
from figures import densities, intervals
from lecture import compare, heading, output_folder, save, save_network, say, show

import bambi_lite as bl

folder = output_folder("02_normal_random_effects")
alcohol = bl.load_data("alcohol")

# ---------------------------------------------------------------------------------------------
heading("Each country for itself: the flat model")
say("""
        alcohol[i] ~ normal(b[country[i]], sigma)

    A mean per country; the one sigma is the spread of years around the mean of their country.
""")
flat = bl.brm("alcohol ~ 0 + country", alcohol, iter=4000, seed=1)
show(flat.fixef().iloc[:5].round(2).to_string())
print(f"... ({len(flat.fixef())} countries)")
show(flat.summary().spec_pars.round(2).to_string())

# ---------------------------------------------------------------------------------------------
heading("The countries as a sample: the multilevel model")
say("""
        alcohol[i] ~ normal(mu + r[country[i]], sigma)
        r[j] ~ normal(0, sd)

    mu is the average country, sd how much countries differ from it, and sigma how much a year
    differs from its country's average.

    This model mixes slowly. The sampler walks over r[j] / sd, which is the right thing when
    groups say little about themselves; here almost every country's mean is known to a litre, so
    that mu and all 189 values of r[j] / sd can only move together. We run more iterations than
    the usual 2000 to have enough independent draws of mu: compare its Bulk_ESS with sigma's.
""")
multilevel = bl.brm("alcohol ~ 1 + (1 | country)", alcohol, iter=8000, seed=1)
show(multilevel)
compare(
    multilevel,
    {"b_Intercept": 6.661, "sd_country__Intercept": 4.713, "sigma": 1.053},
    "REML",
)

years = alcohol["country"].value_counts()
fitted = multilevel.coef()["country"].sel(coef="Intercept")
# The flat model has a coefficient per level, in the order of the levels.
alone = flat.fixef().set_axis(fitted["country"].values, axis=0)
columns = {"Estimate": "estimate", "Q2.5": "low", "Q97.5": "high"}
order = alone["Estimate"].sort_values().index
flat_table = alone.rename(columns=columns).loc[order]
multilevel_table = fitted.to_pandas().rename(columns=columns).loc[order]
mu = multilevel.fixef().loc["Intercept", "Estimate"]
save(
    intervals(
        {"Flat model": flat_table, "Multilevel model": multilevel_table},
        centre=mu,
        title="Average consumption in 189 countries: with so large an sd, hardly any shrinkage",
        xlabel="litres of pure alcohol per adult and year (95 % interval; dotted: mu)",
        ylabels=["country, by average", ""],
    ),
    folder,
    "shrinkage",
)
moved = pd.DataFrame(
    {
        "years of data": years.loc[order],
        "flat": flat_table["estimate"],
        "multilevel": multilevel_table["estimate"],
    }
)
farthest = (moved["flat"] - moved["multilevel"]).abs().sort_values(ascending=False).index[:6]
print("\nThe countries that moved most towards the average:")
show(moved.loc[farthest].round(2).to_string())

# ---------------------------------------------------------------------------------------------
heading("The intraclass correlation")
say("""
        ICC = sd^2 / (sd^2 + sigma^2)

    the share of the variance that lies between countries, which is also the correlation of two
    years of one country. The classical one is computed from two point estimates; here every draw
    of sd and sigma gives an ICC, and the draws are its posterior.
""")
show(multilevel.icc().round(3).to_string())
icc = np.ravel(multilevel.icc(summary=False))
print(f"\nClassical (REML): {4.713**2 / (4.713**2 + 1.053**2):.2f}. Ours: {icc.mean():.3f}.")
save(
    densities(
        {"ICC": icc},
        title="95 % of the variance of alcohol consumption lies between countries",
        xlabel="intraclass correlation",
        limits=(0.9, 1.0),
    ),
    folder,
    "icc",
)
save_network(multilevel, folder)
