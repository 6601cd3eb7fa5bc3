"""Sampling arguments: brms' defaults, and a message for each that cannot be."""

import pytest

import bambi_lite as bl
from bambi_lite.engines import sample_settings
from tables import each


def test_defaults_are_brms():
    s = sample_settings()
    assert (s.chains, s.iter, s.warmup, s.thin) == (4, 2000, 1000, 1)
    assert (s.adapt_delta, s.max_treedepth, s.backend) == (0.8, 10, "nutpie")
    assert s.draws == 1000


def test_a_seed_is_drawn_and_kept():
    first, second = sample_settings(), sample_settings()
    assert first.seed != second.seed
    assert sample_settings(seed=7).seed == 7


def test_thinning_keeps_the_first_of_each():
    assert sample_settings(iter=2000, warmup=1000, thin=3).draws == 334


WRONG = {
    "iter below warmup": (
        {"iter": 500, "warmup": 500},
        "iter = 500 leaves no draws after warmup = 500: iter counts the warmup too, so it has to "
        "be larger. brms' default is iter = 2000 with warmup = 1000.",
    ),
    "no chains": ({"chains": 0}, "chains has to be a whole number of at least 1, not 0."),
    "half a chain": ({"chains": 1.5}, "chains has to be a whole number of at least 1, not 1.5."),
    "true chains": ({"chains": True}, "chains has to be a whole number of at least 1, not True."),
    "adapt_delta of one": (
        {"adapt_delta": 1},
        "adapt_delta = 1 is outside (0, 1): it is the acceptance rate that the step size aims at, "
        "by default 0.8.",
    ),
    "adapt_delta as text": (
        {"adapt_delta": "0.9"},
        "adapt_delta has to be a number in (0, 1), not '0.9'.",
    ),
    "negative seed": ({"seed": -1}, "seed has to be a whole number of at least 0, not -1."),
    "thin too large": ({"thin": 5000}, "thin = 5000 keeps none of the 1000 draws after warmup."),
    "unknown backend": (
        {"backend": "nutpi"},
        "Unknown backend 'nutpi'. Available: nutpie, pymc. Did you mean 'nutpie'?",
    ),
    "unknown init": (
        {"init": "zero"},
        "init has to be 'random', 0 or a mapping of parameter names to values, not 'zero'.",
    ),
    "no trajectory": (
        {"max_treedepth": 0},
        "max_treedepth has to be a whole number of at least 1, not 0.",
    ),
}


@each(WRONG)
def test_settings_that_cannot_be(name):
    arguments, expected = WRONG[name]
    with pytest.raises(bl.SamplingError) as error:
        sample_settings(**arguments)
    assert str(error.value) == expected


def test_settings_are_checked_before_the_model_is_built():
    # The formula is wrong too; the settings are heard first, because they are cheaper to check.
    with pytest.raises(bl.SamplingError):
        bl.brm("Reaction ~ Dys", bl.load_data("sleepstudy"), chains=0)


def test_an_unknown_keyword_is_pythons_own_error_with_the_nearest_name():
    data = bl.load_data("sleepstudy")
    with pytest.raises(TypeError) as error:
        bl.brm("Reaction ~ Days", data, chain=2)
    assert str(error.value) == (
        "brm() got an unexpected keyword argument 'chain'. Did you mean 'chains'?"
    )
    with pytest.raises(TypeError) as error:
        bl.Model("Reaction ~ Days", data).sample(warmpu=2)
    assert str(error.value) == (
        "sample() got an unexpected keyword argument 'warmpu'. Did you mean 'warmup'?"
    )
