"""Prior text: what the grammar reads, and that it reads back what it writes."""

import contextlib
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bambi_lite as bl
from bambi_lite.dists import VOCABULARY, Dist
from bambi_lite.params import Shrinkage
from bambi_lite.priors import parse_prior, prior_text
from tables import each

READ = {
    " normal( -1.5e1 , +.5 ) ": (-15.0, 0.5),
    "normal(0, 1.0/3)": (0.0, 1 / 3),
    "normal(6/2, 2^3)": (3.0, 8.0),
    "normal(-2^2, 2 ^ -1)": (-4.0, 0.5),
    "normal(log(2), sqrt(2))": (math.log(2), math.sqrt(2)),
    "normal((1 + 2) * 3, exp(-1))": (9.0, math.exp(-1)),
    "normal(- -1, pi() / 2)": (1.0, math.pi / 2),
    "normal(1 - 2 - 3, 8 / 2 / 2)": (-4.0, 2.0),
}


@each(READ)
def test_numbers(text):
    assert tuple(parse_prior(text).args.values()) == pytest.approx(READ[text], rel=1e-15)


@each(["dirichlet([1, 2, 0.5])", "dirichlet(c(1, 2, .5))"])
def test_vectors_in_stans_and_rs_form(text):
    assert parse_prior(text).args["alpha"] == (1.0, 2.0, 0.5)
    assert parse_prior("dirichlet([1, 2]')").args["alpha"] == (1.0, 2.0)
    assert parse_prior("dirichlet(2)").args["alpha"] == (2.0,)


def test_the_whole_list_of_words():
    """Every name of the task's list is read, with Stan's arguments in Stan's order."""
    signatures = {
        "normal": "mu sigma", "student_t": "nu mu sigma", "cauchy": "mu sigma",
        "double_exponential": "mu sigma", "logistic": "mu sigma", "gumbel": "mu beta",
        "exponential": "beta", "gamma": "alpha beta", "inv_gamma": "alpha beta",
        "weibull": "alpha sigma", "lognormal": "mu sigma", "beta": "alpha beta",
        "uniform": "lower upper", "chi_square": "nu", "inv_chi_square": "nu",
        "scaled_inv_chi_square": "nu sigma", "skew_normal": "xi omega alpha",
        "exp_mod_normal": "mu sigma rate", "von_mises": "mu kappa", "dirichlet": "alpha",
        "lkj": "eta", "lkj_corr_cholesky": "eta", "constant": "value",
    }  # fmt: skip
    for name, signature in signatures.items():
        values = [str(k + 1) for k in range(len(signature.split()))]
        dist = parse_prior(f"{name}({', '.join(values)})")
        assert list(dist.args) == signature.split()
    assert {w.name for w in VOCABULARY.values() if w.prior} | {"lkj"} == set(signatures)


def test_shrinkage_priors_are_typed_values():
    found = parse_prior("horseshoe(3, par_ratio = 0.1, main = TRUE)")
    assert isinstance(found, Shrinkage)
    assert dict(found.args) == {
        "df": 3.0, "scale_global": 1.0, "df_global": 1.0, "scale_slab": 2.0, "df_slab": 4.0,
        "par_ratio": 0.1, "autoscale": True, "main": True,
    }  # fmt: skip
    r2d2 = parse_prior("R2D2(mean_R2 = 0.8, cons_D2 = [0.5, 1])")
    assert dict(r2d2.args) == {
        "mean_R2": 0.8, "prec_R2": 2.0, "cons_D2": (0.5, 1.0), "autoscale": True, "main": False,
    }  # fmt: skip
    assert parse_prior(prior_text(r2d2)) == r2d2
    assert parse_prior(prior_text(found)) == found


def test_numbers_of_the_data_keep_their_name():
    assert parse_prior("uniform(0, min_Y)").args["upper"] == "min_Y"
    data = bl.load_data("sleepstudy")
    said = bl.prior("uniform(0, min_Y)", class_="sigma")
    prior = bl.Model("Reaction ~ Days", data, prior=said).spec.priors["sigma"][0]
    assert prior.dist.args["upper"] == data["Reaction"].min()


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6))
def test_what_is_written_is_read_back(mu, sigma):
    mu, sigma = float(f"{mu:.15g}"), float(f"{sigma:.15g}")
    dist = Dist("normal", {"mu": mu, "sigma": sigma})
    assert parse_prior(prior_text(dist)) == dist


@given(st.text(alphabet="normal(0,1.5e-+*/^)[]c=TRUE'x \n", max_size=60))
def test_any_text_is_read_or_refused(text):
    # Whatever else it raises fails the test.
    with contextlib.suppress(bl.PriorError):
        parse_prior(text)
