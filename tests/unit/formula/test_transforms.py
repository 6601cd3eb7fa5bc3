"""Functions in formulas: values against numbers worked out another way, and what they remember."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bambi_lite.design import build_design, register_transform
from bambi_lite.design.contrasts import CONTRASTS
from bambi_lite.design.registry import _USER
from bambi_lite.errors import DataError, FormulaError
from bambi_lite.formula import bf
from tables import each

x = np.array([0.5, 1.0, 2.0, 3.5, 4.0, 6.0, 7.5, 9.0])
DATA = pd.DataFrame(
    {
        "y": np.arange(8.0),
        "x": x,
        "k": [0, 1, 2, 3, 0, 1, 2, 3],
        "f": pd.Categorical(list("abcabcab")),
        "o": pd.Categorical(list("LMHLMHLM"), categories=["L", "M", "H"], ordered=True),
        "b": [True, False] * 4,
        "s": list("qrqrqrqr"),
        "gap": [1.0, np.nan, 3, 4, 5, 6, 7, 8],
    }
)


def columns(text: str, data: pd.DataFrame = DATA) -> np.ndarray:
    return build_design(bf(f"y ~ 0 + {text}"), data).predictors[0].X


def column(text: str) -> list[float]:
    design = build_design(bf(f"y ~ 0 + s + {text}"), DATA)
    assert design.predictors[0].X.shape[1] == 3, text
    return design.predictors[0].X[:, 2].tolist()


k = DATA["k"].to_numpy(dtype=float)
NUMBERS = {
    "log(x)": np.log(x),
    "log(x, 2)": np.log2(x),
    "log(x, base = 10)": np.log10(x),
    "log1p(x)": np.log1p(x),
    "exp(-x)": np.exp(-x),
    "expm1(x)": np.expm1(x),
    "sqrt(x)": np.sqrt(x),
    "abs(x - 3)": abs(x - 3),
    "plogis(x)": 1 / (1 + np.exp(-x)),
    "logistic(x)": 1 / (1 + np.exp(-x)),
    "logit(x/10)": np.log(x / 10 / (1 - x / 10)),
    "inv_cloglog(x/9)": 1 - np.exp(-np.exp(x / 9)),
    "sin(x) ": np.sin(x),
    "tanh(x)": np.tanh(x),
    "atan2(x, k + 1)": np.arctan2(x, k + 1),
    "I(x^2)": x**2,
    "I(-x^2)": -(x**2),
    "I(2^k^2)": 2 ** (k**2),
    "I((x + 1) * 2 - x/4)": (x + 1) * 2 - x / 4,
    "I(-k %% 3)": np.mod(-k, 3),
    "I(k %/% 2)": k // 2,
    "I(x - mean(x))": x - x.mean(),
    "I(x/sd(x))": x / x.std(ddof=1),
    "I(x/max(x))": x / 9,
    "round(x)": np.round(x),
    "signif(x * 111, 2)": [56.0, 110, 220, 390, 440, 670, 830, 1000],
    "floor(x)": np.floor(x),
    "ceiling(x)": np.ceil(x),
    "trunc(-x)": np.trunc(-x),
    "pmin(x, k)": np.minimum(x, k),
    "pmax(x, 2)": np.maximum(x, 2),
    "ifelse(x > 3, x, 0)": np.where(x > 3, x, 0),
    "as.numeric(f)": [1.0, 2, 3, 1, 2, 3, 1, 2],
    "as.numeric(b)": [1.0, 0] * 4,
    "as.integer(x)": np.trunc(x),
    "scale(x)": (x - x.mean()) / x.std(ddof=1),
    "scale(x, scale = FALSE)": x - x.mean(),
    "scale(x, center = FALSE)": x / np.sqrt((x**2).sum() / 7),
    "scale(x, center = 2, scale = 4)": (x - 2) / 4,
    "center(x)": x - x.mean(),
    "I(x > 3 & !b)": None,
}


@each([t for t, v in NUMBERS.items() if v is not None])
def test_numbers(text: str) -> None:
    np.testing.assert_allclose(column(text), NUMBERS[text], rtol=1e-12)


LOGICALS = {
    "x > 3": x > 3,
    "x >= 2 & x < 7": (x >= 2) & (x < 7),
    "!(x == 2)": x != 2,
    "x < 1 | k == 3": (x < 1) | (k == 3),
    "!b": [False, True] * 4,
    "f == 'a'": [c == "a" for c in "abcabcab"],
    "'b' != f": [c != "b" for c in "abcabcab"],
    "f %in% c('a', 'c')": [c in "ac" for c in "abcabcab"],
    "k %in% 1:2": [v in (1, 2) for v in k],
    "o >= 'M'": [c in "MH" for c in "LMHLMHLM"],
    "'M' > o": [c == "L" for c in "LMHLMHLM"],
    "s == 'q'": [True, False] * 4,
}


@each(LOGICALS)
def test_logicals(text: str) -> None:
    design = build_design(bf(f"y ~ I({text})"), DATA)
    assert design.predictors[0].columns[1].endswith("TRUE")
    assert design.predictors[0].X[:, 1].tolist() == [float(v) for v in LOGICALS[text]]


# The levels of a factor that a call makes, and its codes.
FACTORS = {
    "factor(k)": (["0", "1", "2", "3"], [0, 1, 2, 3, 0, 1, 2, 3]),
    "factor(k, levels = c(3, 2, 1, 0))": (["3", "2", "1", "0"], [3, 2, 1, 0, 3, 2, 1, 0]),
    "factor(k, labels = c('w', 'x', 'y', 'z'))": (list("wxyz"), [0, 1, 2, 3, 0, 1, 2, 3]),
    "factor(x > 3)": (["FALSE", "TRUE"], [0, 0, 0, 1, 1, 1, 1, 1]),
    "factor(x/2)": (["0.25", "0.5", "1", "1.75", "2", "3", "3.75", "4.5"], list(range(8))),
    "as.factor(s)": (["q", "r"], [0, 1] * 4),
    "relevel(f, ref = 'c')": (["c", "a", "b"], [1, 2, 0, 1, 2, 0, 1, 2]),
    "relevel(f, 2)": (["b", "a", "c"], [1, 0, 2, 1, 0, 2, 1, 0]),
    "interaction(s, b)": (["r.FALSE", "q.TRUE"], [1, 0] * 4),
    "interaction(s, f, sep = '_')": (
        ["q_a", "r_a", "q_b", "r_b", "q_c", "r_c"], [0, 3, 4, 1, 2, 5, 0, 3]
    ),
    "interaction(s, f, lex.order = TRUE)": (
        ["q.a", "q.b", "q.c", "r.a", "r.b", "r.c"], [0, 4, 2, 3, 1, 5, 0, 4]
    ),
    "cut(x, c(0, 2, 5, 9))": (["(0,2]", "(2,5]", "(5,9]"], [0, 0, 0, 1, 1, 2, 2, 2]),
    "cut(x, c(0.5, 2, 9), include.lowest = TRUE)": (["[0.5,2]", "(2,9]"], [0, 0, 0, 1, 1, 1, 1, 1]),
    "cut(x, c(0, 2, 10), right = FALSE)": (["[0,2)", "[2,10)"], [0, 0, 1, 1, 1, 1, 1, 1]),
    "cut(x, 2)": (["(0.491,4.75]", "(4.75,9.01]"], [0, 0, 0, 0, 0, 1, 1, 1]),
    "cut(x, c(0, 5, 9), labels = c('low', 'high'))": (["low", "high"], [0] * 5 + [1] * 3),
    "as.character(o)": (["H", "L", "M"], [1, 2, 0, 1, 2, 0, 1, 2]),
    "ifelse(x > 3, 'u', 'v')": (["u", "v"], [1, 1, 1, 0, 0, 0, 0, 0]),
    "C(f)": (["a", "b", "c"], [0, 1, 2, 0, 1, 2, 0, 1]),
}  # fmt: skip


@each(FACTORS)
def test_factors(text: str) -> None:
    levels, codes = FACTORS[text]
    design = build_design(bf(f"y ~ 0 + {text}"), DATA)
    assert list(design.recipe.levels.values()) == [tuple(levels)]
    assert design.predictors[0].X.argmax(axis=1).tolist() == codes
    assert (design.predictors[0].X.sum(axis=1) == 1).all()


MATRICES = {
    "contr.treatment": [[0, 0], [1, 0], [0, 1]],
    "contr.SAS": [[1, 0], [0, 1], [0, 0]],
    "contr.sum": [[1, 0], [0, 1], [-1, -1]],
    "contr.helmert": [[-1, -1], [1, -1], [0, 2]],
    "contr.sdif": [[-2 / 3, -1 / 3], [1 / 3, -1 / 3], [1 / 3, 2 / 3]],
    "contr.poly": [[-(0.5**0.5), 6**-0.5], [0, -2 * 6**-0.5], [0.5**0.5, 6**-0.5]],
}


@each(MATRICES)
def test_contrasts(name: str) -> None:
    np.testing.assert_allclose(CONTRASTS[name]("abc").matrix, MATRICES[name], atol=1e-12)
    expected = np.array(MATRICES[name])[DATA["f"].cat.codes]
    design = build_design(bf(f"y ~ C(f, {name})"), DATA)
    np.testing.assert_allclose(design.predictors[0].X[:, 1:], expected, atol=1e-12)
    chosen = build_design(bf("y ~ f"), DATA, contrasts={"f": name})
    np.testing.assert_allclose(chosen.predictors[0].X[:, 1:], expected, atol=1e-12)
    new = chosen.new_data(DATA.iloc[[2, 0]])
    np.testing.assert_allclose(new.predictors[0].X[:, 1:], expected[[2, 0]], atol=1e-12)


def test_contrast_options_and_mistakes() -> None:
    design = build_design(bf("y ~ C(f, contr.treatment(3, base = 2))"), DATA)
    assert design.predictors[0].columns[1:] == (
        "Cfcontr.treatment3baseEQ21", "Cfcontr.treatment3baseEQ23",
    )  # fmt: skip
    assert build_design(bf("y ~ f"), DATA, contrasts={"f": "contr.treatment"}).predictors[
        0
    ].columns == ("Intercept", "fb", "fc")
    for contrasts in ({"f": "contr.some"}, {"x": "contr.sum"}, {"g": "contr.sum"}):
        with pytest.raises(DataError):
            build_design(bf("y ~ f + x"), DATA, contrasts=contrasts)


NEW = pd.DataFrame({"x": [-4.0, 0.5, 5.0, 30.0]})


def extrapolated(text: str, data: pd.DataFrame = NEW) -> np.ndarray:
    design = build_design(bf(f"y ~ {text}"), DATA)
    return design.new_data(data).predictors[0].X[:, 1:]


def test_scale_and_summaries_remember() -> None:
    made = extrapolated("scale(x) + I(x - mean(x)) + scale(log(abs(x)))")
    new = NEW["x"].to_numpy()
    np.testing.assert_allclose(made[:, 0], (new - x.mean()) / x.std(ddof=1))
    np.testing.assert_allclose(made[:, 1], new - x.mean())
    logs = np.log(x)
    expected = (np.log(abs(new)) - logs.mean()) / logs.std(ddof=1)
    np.testing.assert_allclose(made[:, 2], expected)


@each(["poly(x, 3)", "poly(x, 3, raw = TRUE)", "bs(x, degree = 3)"])
def test_polynomials_are_continued(text: str) -> None:
    trained = build_design(bf(f"y ~ {text}"), DATA).predictors[0].X[:, 1:]
    fitted = np.polynomial.Polynomial.fit
    expected = np.column_stack([fitted(x, c, 3)(NEW["x"]) for c in trained.T])
    np.testing.assert_allclose(extrapolated(text), expected, rtol=1e-7, atol=1e-9)


def test_splines_beyond_the_boundary() -> None:
    line = pd.DataFrame({"x": [9.0, 12.0, 15.0, 18.0, 0.5, -1.0, -2.5]})
    made = extrapolated("ns(x, df = 3)", line)
    np.testing.assert_allclose(np.diff(made[:4], n=2, axis=0), 0, atol=1e-9)
    np.testing.assert_allclose(np.diff(made[4:], n=2, axis=0), 0, atol=1e-9)
    # The line leaves the boundary in the direction in which the curve arrives there.
    step = 1e-6
    near = pd.DataFrame({"x": [9.0 - step, 9.0, 12.0, 0.5 + step, 0.5, -2.5]})
    value = extrapolated("ns(x, df = 3)", near)
    np.testing.assert_allclose((value[1] - value[0]) / step, (value[2] - value[1]) / 3, atol=1e-5)
    np.testing.assert_allclose((value[3] - value[4]) / step, (value[4] - value[5]) / 3, atol=1e-5)
    basis = extrapolated("bs(x, df = 6, intercept = TRUE)", line)
    np.testing.assert_allclose(basis.sum(axis=1), 1, atol=1e-9)
    # One cubic on each side: fourth differences of equally spaced points vanish.
    far = pd.DataFrame({"x": np.arange(9.0, 18.0)})
    cubic = extrapolated("bs(x, knots = c(2, 5))", far)
    np.testing.assert_allclose(np.diff(cubic, n=4, axis=0), 0, atol=1e-8)
    # And it is the cubic of the outermost piece inside.
    for ends, outside in (((5.0, 9.0), [11.0, 17.0]), ((0.5, 2.0), [-1.0, -5.0])):
        inside = np.linspace(*ends, 9)
        pieces = extrapolated("bs(x, knots = c(2, 5))", pd.DataFrame({"x": inside}))
        beyond = extrapolated("bs(x, knots = c(2, 5))", pd.DataFrame({"x": outside}))
        fitted = [np.polynomial.Polynomial.fit(inside, c, 3)(np.array(outside)) for c in pieces.T]
        np.testing.assert_allclose(beyond, np.column_stack(fitted), rtol=1e-6, atol=1e-7)


def test_factors_remember() -> None:
    design = build_design(bf("y ~ cut(x, 2) + as.numeric(factor(k)) + relevel(f, 'c')"), DATA)
    new = design.new_data(pd.DataFrame({"x": [5.0, 1.0], "k": [3, 2], "f": ["c", "a"]}))
    assert new.predictors[0].X.tolist() == [[1, 1, 4, 0, 0], [1, 0, 3, 1, 0]]


@pytest.fixture
def registry() -> Iterator[None]:
    before = dict(_USER)
    yield
    _USER.clear()
    _USER.update(before)


class Rank:
    """Midpoint of the training values below and above."""

    def fit(self, values: np.ndarray, power: float = 1.0) -> np.ndarray:
        return np.sort(values)

    def apply(self, values: np.ndarray, state: np.ndarray, power: float = 1.0) -> np.ndarray:
        return np.searchsorted(state, values).astype(float) ** power


@pytest.mark.usefixtures("registry")
def test_registered_transforms() -> None:
    register_transform("halve", lambda v: v / 2)
    register_transform("both", lambda v, by=1.0: np.column_stack([v, v * by]))
    register_transform("initial", lambda labels: np.array([s[0] for s in labels]))
    register_transform("high", lambda v: v > 3)
    register_transform("my.rank", Rank)
    assert column("halve(x)") == (x / 2).tolist()
    design = build_design(bf("y ~ both(x, by = 3) + high(x) + my.rank(x, power = 2)"), DATA)
    assert design.predictors[0].columns == (
        "Intercept", "bothxbyEQ31", "bothxbyEQ32", "highxTRUE", "my.rankxpowerEQ2",
    )  # fmt: skip
    new = design.new_data(pd.DataFrame({"x": [5.0]}))
    assert new.predictors[0].X.tolist() == [[1, 5, 15, 1, 25]]
    assert build_design(bf("y ~ initial(f)"), DATA).predictors[0].columns[1:] == (
        "initialfb", "initialfc",
    )  # fmt: skip


@pytest.mark.usefixtures("registry")
def test_registered_transforms_that_go_wrong() -> None:
    register_transform("short", lambda v: v[:2])
    register_transform("broken", lambda v: v.nothing)
    register_transform("odd", lambda v: np.array([1j] * len(v)))
    for text, why in {
        "short(x)": r"shape \(2,\)",
        "broken(x)": "failed: 'numpy.ndarray' object has no attribute 'nothing'",
        "odd(x)": "complex",
    }.items():
        with pytest.raises(DataError, match=why):
            columns(text)
    bad: list[tuple[str, Any]] = [("log", abs), ("1x", abs), ("s", abs), ("gr", abs), ("g", 3)]
    for name, function in bad:
        with pytest.raises(ValueError, match=r"name|function|meaning"):
            register_transform(name, function)
    with pytest.raises(FormulaError, match="Did you mean 'short'"):
        columns("shrt(x)")


def test_missing_values_inside_transforms() -> None:
    frame = DATA.assign(y=1.0 * np.arange(8))
    with pytest.warns(match="1 of 8 rows was left out"):
        design = build_design(bf("y ~ scale(gap) + poly(gap, 2)"), frame)
    gap = frame["gap"].dropna().to_numpy()
    expected = (gap - gap.mean()) / gap.std(ddof=1)
    np.testing.assert_allclose(design.predictors[0].X[:, 1], expected)
