"""Crossed groups: participants who see words, words that are seen by participants.

A small part of the British Lexicon Project (Keuleers et al., 2012): 78 participants decide
whether what they see is a word; rt is the time they take in milliseconds. Every reaction belongs
to a participant and to a word, and neither is inside the other.

    python examples/05_crossed.py
"""

import numpy as np
from figures import intervals
from lecture import compare, heading, output_folder, save, save_network, say, show

import bambi_lite as bl

folder = output_folder("05_crossed")
blp = bl.load_data("blp-short2")

# ---------------------------------------------------------------------------------------------
heading("Who saw what")
pairs = blp.groupby(["participant", "spelling"], observed=True).size()
print(
    f"{blp['participant'].nunique()} participants, {blp['spelling'].nunique()} words, "
    f"{len(blp)} rows; {len(pairs)} of {78 * 58} possible pairs occur."
)

# ---------------------------------------------------------------------------------------------
heading("Varying intercepts of participants and of words")
say("""
        rt[i] ~ normal(mu + r[participant[i]] + t[spelling[i]], sigma)
        r[j] ~ normal(0, sd_participant)        t[k] ~ normal(0, sd_spelling)

    mu is the average reaction of an average participant to an average word. sd_participant is
    how much participants differ in speed, sd_spelling how much words differ in difficulty, and
    sigma is what is left of a single reaction. The formula has one bar per grouping factor; that
    they are crossed is a matter of the data, not of the formula.

    Rows without a valid reaction cannot be used. They are counted in a warning:
""")
fit = bl.brm("rt ~ 1 + (1 | participant) + (1 | spelling)", blp, seed=1)
show(fit)
compare(
    fit,
    {
        "b_Intercept": 586.27,
        "sd_participant__Intercept": 77.74,
        "sd_spelling__Intercept": 64.13,
        "sigma": 137.23,
    },
    "REML",
)
say("""
    The shares of the variance: most of a reaction time is neither the participant nor the word.
""")
show(fit.icc().round(3).to_string())

columns = {"Estimate": "estimate", "Q2.5": "low", "Q97.5": "high"}
coefs = fit.coef()
tables = {
    group: coefs[group].sel(coef="Intercept").to_pandas().rename(columns=columns)
    for group in ("participant", "spelling")
}
tables = {group: table.sort_values("estimate") for group, table in tables.items()}
print("\nThe easiest and the hardest words (ms, for an average participant):")
words = tables["spelling"]["estimate"].round(0)
print("   ", ", ".join(f"{word} {time:.0f}" for word, time in words.iloc[:4].items()))
print("   ", ", ".join(f"{word} {time:.0f}" for word, time in words.iloc[-4:].items()))
save(
    intervals(
        {"78 participants": tables["participant"], "58 words": tables["spelling"]},
        centre=float(fit.fixef().loc["Intercept", "Estimate"]),
        title="Reaction times of participants (average word) and words (average participant)",
        xlabel="reaction time (ms; posterior mean, 95 % interval; dotted: population)",
        ylabels=["participant, by speed", "word, by difficulty"],
    ),
    folder,
    "participants_and_words",
)
save_network(fit, folder)

# ---------------------------------------------------------------------------------------------
heading("A reaction to be expected")
say("""
    Both kinds of effects add up for a pair that was never observed: the slowest participant with
    the hardest word, and the fastest with the easiest.
""")
pairs_to_come = blp.iloc[[0, 0]].assign(
    participant=[tables["participant"].index[i] for i in (-1, 0)],
    spelling=[tables["spelling"].index[i] for i in (-1, 0)],
)
expected = fit.posterior_epred(pairs_to_come)
for i, pair in enumerate(pairs_to_come.itertuples()):
    draws = expected.values[..., i]
    low, high = np.quantile(draws, [0.025, 0.975])
    print(
        f"participant {pair.participant}, '{pair.spelling}': {draws.mean():.0f} ms "
        f"[{low:.0f}, {high:.0f}]"
    )
