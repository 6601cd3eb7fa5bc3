"""bf() and what is added to it: whole models as values."""

import dataclasses
import math

import pytest

from bambi_lite.formula import (
    BrmsFormula,
    FamilyCall,
    MvFormula,
    Name,
    bf,
    deparse,
    lf,
    mvbf,
    nlf,
    set_mecor,
    set_nl,
    set_rescor,
)
from reference import cases, formula_of
from tables import each


def summary(formula: BrmsFormula) -> dict[str, str]:
    return {p.name: p.text for p in formula.predictors}


def test_text_is_spaced_as_in_brms() -> None:
    formula = bf("Reaction~Days+(Days|Subject)")
    assert formula.text == "Reaction ~ Days + (Days | Subject)"
    assert str(formula) == formula.text
    assert bf(formula) is formula


def test_parts_options_and_fixed_values() -> None:
    formula = bf("y ~ x", "sigma ~ 0 + z", "a + b ~ 1", lf("nu ~ w", center=False), phi="~ x",
                 sigma2="sigma1", zi=0.5, center=False, cmc=False)  # fmt: skip
    assert summary(formula) == {
        "mu": "x", "sigma": "0 + z", "a": "1", "b": "1", "nu": "w", "phi": "x",
    }  # fmt: skip
    assert formula.fixed == (("sigma2", "sigma1"), ("zi", 0.5))
    by_name = {p.name: p for p in formula.predictors}
    assert [by_name[n].center for n in ("mu", "sigma", "nu")] == [False, True, False]
    assert [by_name[n].cmc for n in ("mu", "sigma")] == [False, True]
    assert str(formula).splitlines()[-2:] == ["sigma2 = sigma1", "zi = 0.5"]


def test_nonlinear() -> None:
    formula = bf("y ~ a - exp(b * x)", "a ~ 1 + (1 | g)", "b ~ z", "sigma ~ x", nl=True)
    mu = formula.mu
    assert formula.nl
    assert deparse(mu.body) == "a - exp(b * x)"
    assert (mu.terms, mu.intercept) == ((), False)
    assert [(p.dpar, p.nlpar) for p in formula.predictors] == [
        ("mu", ""), ("", "a"), ("", "b"), ("sigma", ""),
    ]  # fmt: skip
    assert [p.center for p in formula.predictors] == [True, False, False, True]
    added = bf("y ~ b1 + b2 * x", "b1 ~ 1") + set_nl() + lf("b2 ~ z") + nlf("sigma ~ s0 * 2")
    added = added + lf("s0 ~ 1")
    assert [(p.dpar, p.nlpar, p.body is not None) for p in added.predictors] == [
        ("mu", "", True), ("", "b1", False), ("", "b2", False), ("sigma", "", True),
        ("", "s0", False),
    ]  # fmt: skip
    assert (bf("y ~ x", "sigma ~ a") + lf("a ~ 1") + set_nl(dpar="sigma")).predictors[1].body


def test_multivariate() -> None:
    both = bf("y ~ x") + bf("z_1 ~ w", "sigma ~ x") + set_rescor(True)
    assert isinstance(both, MvFormula)
    assert (both.responses, both.rescor) == (("y", "z1"), True)
    assert mvbf("y ~ x", "z ~ 1", rescor=False).rescor is False
    bound = bf("mvbind(y, log(z)) ~ x + (1 | p | g)", "sigma ~ x")
    assert bound.responses == ("y", "logz")
    assert [f.text for f in bound.forms] == [
        "y ~ x + (1 | p | g)", "log(z) ~ x + (1 | p | g)",
    ]  # fmt: skip
    assert all(len(f.predictors) == 2 for f in bound.forms)
    three = both + bf("w ~ 1") + lf("nu ~ x", resp="w") + set_mecor(False)
    assert [len(f.predictors) for f in three.forms] == [1, 2, 2]
    assert not three.forms[0].mecor
    early = bf("y ~ x") + set_rescor(False) + bf("z ~ x")
    assert early.rescor is False


# The text of R calls, and the same model written in Python.
R_TEXTS = {
    "bf(y ~ x, sigma ~ z)": bf("y ~ x", "sigma ~ z"),
    "brmsformula(y ~ x, sigma = 2, center = FALSE)": bf("y ~ x", sigma=2, center=False),
    "bf(y ~ x, sigma ~ z) + set_rescor(FALSE)": bf("y ~ x", "sigma ~ z") + set_rescor(False),
    "bf(y ~ a * x, a ~ 1, nl = TRUE)": bf("y ~ a * x", "a ~ 1", nl=True),
    "bf(y ~ a * x, nl = TRUE) + lf(a ~ 1, center = FALSE)":
        bf("y ~ a * x", nl=True) + lf("a ~ 1", center=False),
    "bf(y ~ x) + nlf(sigma ~ a) + lf(a ~ z)": bf("y ~ x") + nlf("sigma ~ a") + lf("a ~ z"),
    "bf(y ~ x) + bf(z ~ 1) + set_rescor(TRUE)": mvbf("y ~ x", "z ~ 1", rescor=True),
    "mvbf(bf(y ~ x), z ~ 1, rescor = FALSE)": mvbf("y ~ x", "z ~ 1", rescor=False),
    "bf(mvbind(y, z) ~ x) + set_rescor(TRUE)": bf("mvbind(y, z) ~ x") + set_rescor(True),
    "bf(y ~ x, family = poisson())": bf("y ~ x", family="poisson()"),
    "bf(y ~ x, sigma2 = 'sigma1')": bf("y ~ x", sigma2="sigma1"),
    "bf(y ~ x, sigma = ~ z)": bf("y ~ x", sigma="~ z"),
    "bf(formula = y ~ x, flist = NULL, loop = FALSE, sparse = TRUE, decomp = NULL)": bf("y ~ x"),
    "bf(y ~ x, flist = list(sigma ~ z, nu = 4))": bf("y ~ x", "sigma ~ z", nu=4),
    "bf(y ~ x) + lf(sigma ~ z, nu = 4)": bf("y ~ x", "sigma ~ z", nu=4),
    "bf(y ~ x) + lf(sigma = ~ z)": bf("y ~ x", "sigma ~ z"),
    "bf(y ~ x) + poisson()": bf("y ~ x", family="poisson()"),
    'bf(y ~ x) + lf(sigma ~ z) + student(link = "log")':
        bf("y ~ x", "sigma ~ z", family='student(link = "log")'),
    "bf(y ~ x, family = brmsfamily('gamma', 'inverse', link_shape = identity))":
        bf("y ~ x", family='brmsfamily("gamma", "inverse", link_shape = identity)'),
    # As in brms, the first formula of nlf() is non-linear, and those after it are linear.
    "bf(y ~ 1) + nlf(sigma ~ a * exp(b * x), a ~ x) + lf(b ~ z + (1|g)) + gaussian()":
        bf("y ~ 1", family="gaussian()") + nlf("sigma ~ a * exp(b * x)")
        + lf("a ~ x", "b ~ z + (1 | g)"),
    "bf(y ~ x) + acformula(~ ar(p = 1))": bf("y ~ x + ar(p = 1)"),
    "bf(y ~ x - 1, autocor = ~ arma(t, g) + car(W))": bf("y ~ x - 1 + arma(t, g) + car(W)"),
    "bf(mvbind(y, z) ~ x) + acformula(~ ar(t), resp = 'z')":
        mvbf("y ~ x", "z ~ x + ar(t)"),
}  # fmt: skip


@each(R_TEXTS)
def test_text_of_r_calls(text: str) -> None:
    expected = R_TEXTS[text]
    made = bf(text)
    assert str(made) == str(expected)
    forms = [(f.forms if isinstance(f, MvFormula) else (f,)) for f in (made, expected)]
    for one, other in zip(*forms, strict=True):
        parts = [dataclasses.replace(p, rhs=Name("")) for p in one.predictors]
        assert parts == [dataclasses.replace(p, rhs=Name("")) for p in other.predictors]
        assert (one.response, one.fixed, one.nl) == (other.response, other.fixed, other.nl)
        assert str(one.family) == str(other.family)
    assert getattr(made, "rescor", None) == getattr(expected, "rescor", None)


def test_families_are_names_with_options() -> None:
    families = {
        "poisson": FamilyCall("poisson", (), "poisson"),
        "poisson(log)": FamilyCall("poisson", (("link", "log"),), "poisson(log)"),
        "inverse.gaussian(link = 1/mu^2)":
            FamilyCall("inverse.gaussian", (("link", "1/mu^2"),),
                       "inverse.gaussian(link = 1/mu^2)"),
        "categorical(refcat = NA, link = 'logit')":
            FamilyCall("categorical", (("refcat", math.nan), ("link", "logit")),
                       'categorical(refcat = NA, link = "logit")'),
        "mixture(gaussian, student(), order = 'mu')":
            FamilyCall("mixture", (("", "gaussian"), ("", FamilyCall("student", (), "student()")),
                                   ("order", "mu")),
                       'mixture(gaussian, student(), order = "mu")'),
    }  # fmt: skip
    for text, family in families.items():
        assert bf("y ~ x", family=text).family == family
        assert bf(f"bf(y ~ x, family = {text})").family == family
    kept = object()
    assert bf("y ~ x", family=kept).family is kept


def test_additions_by_the_names_that_brms_exports() -> None:
    exported = bf("y | resp_trials(n) + resp_weights(w) ~ x").response
    written = bf("y | trials(n) + weights(w) ~ x").response
    assert [(a.name, a.args) for a in exported.additions] == [
        (a.name, a.args) for a in written.additions
    ]


def test_every_model_of_the_references_is_read() -> None:
    for name, case in cases().items():
        assert bf(case["r_formula"]) == formula_of(name)
    assert len(cases()) == 217


GROUPS = {
    "(x | g)": [("g", True, "", ("x",), True)],
    "(x || g)": [("g", False, "", ("x",), True)],
    "(0 + x | g)": [("g", True, "", ("x",), False)],
    "(x | ID | g)": [("g", True, "ID", ("x",), True)],
    "(x || 2 || g)": [("g", False, "2", ("x",), True)],
    "(1 | a/b)": [("a", True, "", (), True), ("a:b", True, "", (), True)],
    "(1 | a/b/c)": [(n, True, "", (), True) for n in ("a", "a:b", "a:b:c")],
    "(1 | a + b)": [("a", True, "", (), True), ("b", True, "", (), True)],
    "(1 | a * b)": [(n, True, "", (), True) for n in ("a", "b", "a:b")],
    "(1 | a:b)": [("a:b", True, "", (), True)],
    "(x * f | g)": [("g", True, "", ("x", "f", "x:f"), True)],
    "(x | gr(g, cor = FALSE, id = 'p'))": [("g", False, "p", ("x",), True)],
    "(1 | gr(a:b))": [("a:b", True, "", (), True)],
    "(x | mm(a, b))": [("mmab", True, "", ("x",), True)],
    "x | g": [("g", True, "", ("x",), True)],
}


@each(GROUPS)
def test_group_terms(text: str) -> None:
    groups = bf(f"y ~ 1 + {text}").mu.groups
    made = [(g.group, g.cor, g.id, tuple(t.label for t in g.terms), g.intercept) for g in groups]
    assert made == GROUPS[text]


def test_options_of_groupings() -> None:
    (term,) = bf("y ~ (1 | gr(g, by = f, cov = A, dist = 'student'))").mu.groups
    assert (deparse(term.by), term.cov, term.dist, term.members) == ("f", "A", "student", ("g",))
    (term,) = bf("y ~ (1 | gr(g, pw = 2 * p))").mu.groups
    assert deparse(term.pw) == "2 * p"
    (term,) = bf("y ~ (1 | mm(a, b, by = cbind(c, d), pw = cbind(p, q)))").mu.groups
    assert (deparse(term.by), deparse(term.pw)) == ("cbind(c, d)", "cbind(p, q)")
    (term,) = bf("y ~ (mmc(x, z) | mm(a, b, weights = cbind(u, v), scale = FALSE))").mu.groups
    assert (term.gtype, term.members, term.scale) == ("mm", ("a", "b"), False)
    assert deparse(term.weights) == "cbind(u, v)"
    assert term.specials[0].kind == "mmc"


# Each special term: the formula, its kind, and the arguments that were matched.
SPECIALS = {
    "mo(x)": ("mo", {"x": "x"}),
    "mo(x, id = 'a')": ("mo", {"x": "x", "id": '"a"'}),
    "me(x, sdx, gr = g)": ("me", {"x": "x", "sdx": "sdx", "gr": "g"}),
    "mi(x)": ("mi", {"x": "x"}),
    "mi(x, idx = i)": ("mi", {"x": "x", "idx": "i"}),
    "cs(x * z)": ("cs", {"expr": "x * z"}),
    "s(x, k = 5, bs = 'cr', by = f)": ("s", {"k": "5", "bs": '"cr"', "by": "f"}),
    "s(x, z, m = c(1, 2))": ("s", {"m": "c(1, 2)"}),
    "t2(x, z)": ("t2", {}),
    "gp(x, z, k = 10, c = 5/4, iso = FALSE)": ("gp", {"k": "10", "iso": "FALSE", "c": "5/4"}),
    "ar(time, g, p = 2)": ("ar", {"time": "time", "gr": "g", "p": "2"}),
    "ar(p = 1, cov = TRUE)": ("ar", {"p": "1", "cov": "TRUE"}),
    "ma(gr = a:b)": ("ma", {"gr": "a:b"}),
    "arma(time, p = 2, q = 0)": ("arma", {"time": "time", "p": "2", "q": "0"}),
    "cosy(time, g)": ("cosy", {"time": "time", "gr": "g"}),
    "unstr(time, g)": ("unstr", {"time": "time", "gr": "g"}),
    "sar(W, type = 'error')": ("sar", {"M": "W", "type": '"error"'}),
    "car(W, gr = g, type = 'icar')": ("car", {"M": "W", "gr": "g", "type": '"icar"'}),
    "fcor(V)": ("fcor", {"M": "V"}),
}


@each(SPECIALS)
def test_special_terms(text: str) -> None:
    mu = bf(f"y ~ w + {text}").mu
    (special,) = mu.specials
    options = {name: deparse(node) for name, node in special.calls[0].options}
    assert (special.kind, options) == SPECIALS[text]
    assert [t.label for t in mu.terms] == ["w"]


def test_special_terms_in_interactions_and_groups() -> None:
    mu = bf("y ~ mo(x) * z + me(u, su):mo(v) + (mo(x) * z | g)").mu
    assert [t.label for t in mu.terms] == ["z"]
    assert [s.label for s in mu.specials] == ["mo(x)", "mo(x):z", "me(u, su):mo(v)"]
    assert [len(s.calls) for s in mu.specials] == [1, 1, 2]
    (group,) = mu.groups
    assert [t.label for t in group.terms] == ["z"]
    assert [s.label for s in group.specials] == ["mo(x)", "mo(x):z"]
    (group,) = bf("y ~ (cs(1) | g)").mu.groups
    assert not group.intercept


ADDITIONS = {
    "se(s, sigma = TRUE)": ("se", ["s"], {"sigma": "TRUE"}),
    "weights(w, scale = TRUE)": ("weights", ["w"], {"scale": "TRUE"}),
    "trials(n + 1)": ("trials", ["n + 1"], {}),
    "cens(c, y2)": ("cens", ["c", "y2"], {}),
    "cens(c, y2 = u)": ("cens", ["c", "u"], {}),
    "trunc(ub = 3, lb = -1)": ("trunc", [], {"lb": "-1", "ub": "3"}),
    "mi()": ("mi", [], {}),
    "mi(sdy)": ("mi", ["sdy"], {}),
    "cat(4)": ("cat", ["4"], {}),
    "thres(gr = f)": ("thres", [], {"gr": "f"}),
    "thres(3, gr = f)": ("thres", ["3"], {"gr": "f"}),
    "dec(d)": ("dec", ["d"], {}),
    "rate(n)": ("rate", ["n"], {}),
    "subset(b)": ("subset", ["b"], {}),
    "index(i)": ("index", ["i"], {}),
    "vreal(a, b)": ("vreal", ["a", "b"], {}),
    "vint(a)": ("vint", ["a"], {}),
    "bhaz(gr = g, df = 4)": ("bhaz", [], {"gr": "g", "df": "4"}),
}


@each(ADDITIONS)
def test_additions(text: str) -> None:
    (addition,) = bf(f"y | {text} ~ x").response.additions
    kwargs = {name: deparse(node) for name, node in addition.kwargs}
    assert (addition.name, [deparse(a) for a in addition.args], kwargs) == ADDITIONS[text]


def test_additions_are_joined() -> None:
    response = bf("log(y) | (trials(n) + cens(c)) + weights(w) ~ x").response
    assert [a.name for a in response.additions] == ["trials", "cens", "weights"]
    assert (response.name, response.variables) == ("logy", ("y",))


def test_offsets() -> None:
    mu = bf("y ~ offset(log(n)) + x + offset(z)").mu
    assert [deparse(o) for o in mu.offsets] == ["log(n)", "z"]
    assert [t.label for t in mu.terms] == ["x"]


def test_values_are_frozen() -> None:
    formula = bf("y ~ x + (x | g)")
    with pytest.raises(dataclasses.FrozenInstanceError):
        formula.nl = True  # type: ignore[misc]
    assert hash(formula) == hash(bf("y ~ x+(x|g)"))
    assert formula == bf("y~x + (x | g)")
