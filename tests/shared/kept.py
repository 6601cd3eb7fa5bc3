"""Fits that cost nothing: independent draws from the prior, made without a sampler."""

import warnings

import bambi_lite as bl

#: A prior that has draws for the coefficients too.
PROPER = {"b": "normal(0, 0.5)"}


def quick_fit(formula, data, family="gaussian", prior=PROPER, seed=1, **options):
    with warnings.catch_warnings():
        # Rows with missing values are left out, which some cases are about.
        warnings.simplefilter("ignore", bl.DataWarning)
        model = bl.Model(formula, data, family, prior, **options)
    return model.sample(
        sample_prior="only", chains=2, iter=30, warmup=10, seed=seed, progress=False
    )
