"""Data frames of all kinds, missing values, levels, groups, new data."""

import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bambi_lite.design import build_design, group_effects_frame, r_sort_key
from bambi_lite.errors import DataError, DataWarning
from bambi_lite.formula import bf, mvbf
from tables import each


def frame(**columns: Any) -> pd.DataFrame:
    return pd.DataFrame({"y": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0], **columns})


def names(formula: str, data: pd.DataFrame) -> tuple[str, ...]:
    return build_design(bf(formula), data).predictors[0].columns


# A column, and the names of its coefficients in `y ~ 0 + v`.
KINDS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "float": ([0.5, 1, 2, 3, 4, 5], ("v",)),
    "int": ([3, 1, 2, 3, 1, 2], ("v",)),
    "uint8": (np.array([3, 1, 2, 3, 1, 2], dtype="uint8"), ("v",)),
    "Int64": (pd.array([3, 1, 2, 3, 1, 2], dtype="Int64"), ("v",)),
    "Float64": (pd.array([3, 1, 2, 3, 1, 2], dtype="Float64"), ("v",)),
    "bool": ([True, False] * 3, ("vFALSE", "vTRUE")),
    "one bool": ([True] * 6, ("vFALSE", "vTRUE")),
    "boolean": (pd.array([True, False] * 3, dtype="boolean"), ("vFALSE", "vTRUE")),
    "object bool": (np.array([True, False] * 3, dtype=object), ("vFALSE", "vTRUE")),
    "object int": (np.array([1, 2] * 3, dtype=object), ("v",)),
    "object float": (np.array([1.5, 2] * 3, dtype=object), ("v",)),
    "text": (["b", "B", "a", "_", "1", "é"], ("v_", "v1", "va", "vb", "vB", "vé")),
    "string": (pd.array(["b", "a", "c"] * 2, dtype="string"), ("va", "vb", "vc")),
    "str": (pd.Series(["b", "a", "c"] * 2, dtype="str"), ("va", "vb", "vc")),
    "category": (pd.Categorical(["z", "a"] * 3, categories=["z", "q", "a"]), ("vz", "va")),
    "int category": (pd.Categorical([10, 9] * 3), ("v9", "v10")),
    "float category": (pd.Categorical([1.0, 0.5] * 3), ("v0.5", "v1")),
    "bool category": (pd.Categorical([True, False] * 3), ("vFALSE", "vTRUE")),
}


@each(KINDS)
def test_kinds_of_columns(kind: str) -> None:
    values, expected = KINDS[kind]
    assert names("y ~ 0 + v", frame(v=values)) == expected


@pytest.mark.parametrize(
    "values",
    [
        pd.date_range("2020", periods=6),
        np.array([1, "a", None, 2.0, True, 3], dtype=object),
        np.array([[1]] * 6 + [None], dtype=object)[:6],
        np.array([1j] * 6),
        pd.timedelta_range("1s", periods=6),
    ],
)
def test_columns_without_meaning(values: Any) -> None:
    with pytest.raises(DataError, match="Column 'v'"):
        names("y ~ v", frame(v=values))


GROUPS: dict[str, tuple[Any, tuple[str, ...], list[int]]] = {
    "ints sort as numbers": ([10, 9, 100, 9, 10, 100], ("9", "10", "100"), [1, 0, 2, 0, 1, 2]),
    "large ints": ([2**60 + 1, 2**60] * 3, (str(2**60), str(2**60 + 1)), [1, 0] * 3),
    "floats": ([1.0, 0.5, 2] * 2, ("0.5", "1", "2"), [1, 0, 2] * 2),
    "text as in R": (["s10", "s9", "S1"] * 2, ("S1", "s10", "s9"), [1, 2, 0] * 2),
    "unused levels": (
        pd.Categorical(["b", "a"] * 3, categories=list("bca")),
        ("b", "a"),
        [0, 1] * 3,
    ),
    "booleans": ([True, False] * 3, ("FALSE", "TRUE"), [1, 0] * 3),
}


@each(GROUPS)
def test_group_levels(kind: str) -> None:
    values, levels, codes = GROUPS[kind]
    (group,) = build_design(bf("y ~ (1 | v)"), frame(v=values)).predictors[0].groups
    assert (group.levels, group.J.tolist()) == (levels, codes)


def test_observed_combinations_only() -> None:
    data = frame(a=[1, 1, 10, 10, 2, 2], b=list("xyxyxx"))
    (group,) = build_design(bf("y ~ (1 | a:b)"), data).predictors[0].groups
    assert group.levels == ("1_x", "1_y", "10_x", "10_y", "2_x")
    assert group.J.tolist() == [0, 1, 2, 3, 4, 4]
    ambiguous = frame(a=["p", "p_q", "p", "p_q", "p", "p"], b=["q_r", "r", "q_r", "r", "s", "s"])
    (group,) = build_design(bf("y ~ (1 | a:b)"), ambiguous).predictors[0].groups
    # As in brms, equal labels are one group.
    assert (group.levels, group.J.tolist()) == (("p_q_r", "p_s"), [0, 0, 0, 0, 1, 1])


def test_r_sorts_labels_its_own_way() -> None:
    expected = ["_", "1", "1_1", "10_1", "100_1", "a", "A", "a_b", "ab", "b", "é", "f"]
    made = sorted(["f", "é", "b", "ab", "a_b", "A", "a", "100_1", "10_1", "1_1", "1", "_"],
                  key=r_sort_key)  # fmt: skip
    assert made == expected
    # Once the largest code points went beyond the end.
    assert sorted(["\U0010ffff", "\U0010ff80", "z"], key=r_sort_key)[0] == "z"


def test_missing_values_are_dropped_jointly_with_one_warning() -> None:
    data = frame(
        x=[np.nan, 1, 2, 3, 4, 5], f=["a", "b", None, "c", "b", "a"],
        g=pd.Categorical(["u", "v", "w", None, "u", "v"]), z=[1, 2, 3, 4, 5, np.nan],
    )  # fmt: skip
    with pytest.warns(DataWarning) as caught:
        design = build_design(bf("y ~ x + f + (1 | g)", "sigma ~ 1"), data)
    assert [str(w.message) for w in caught] == [
        "3 of 6 rows were left out because a variable of the formula is missing there."
    ]
    assert caught[0].filename == __file__
    assert (design.n_obs, design.n_dropped, design.rows.tolist()) == (3, 3, [1, 4, 5])
    assert design.predictors[0].columns == ("Intercept", "x", "fb")
    assert design.predictors[0].groups[0].levels == ("u", "v")
    assert set(design.variables) == {"y", "x", "f", "g"}
    assert design.to_frame().index.tolist() == [1, 4, 5]
    assert len(design.to_frame("sigma")) == 3
    with pytest.warns(DataWarning, match="1 of 6 rows was left out"):
        build_design(bf("y ~ 1", "sigma ~ z"), data)


def test_data_that_cannot_be_used() -> None:
    wrong: list[tuple[Any, str, str]] = [
        ({"y": [1]}, "y ~ 1", "not dict. Give a pandas DataFrame: pd.DataFrame"),
        (None, "y ~ 1", "The data must be a data frame, not NoneType."),
        (frame().iloc[:0], "y ~ 1", "The data have no rows."),
        (frame(), "y ~ Days", "The data have no column 'Days'. Their columns: y."),
        (frame(day=1), "y ~ Day", "Did you mean 'day'?"),
        (frame(x=np.nan), "y ~ x", "No row is left"),
        (frame(f="a"), "y ~ f", "The factor 'f' has one level ('a')"),
        (frame(f=pd.Categorical(["a"] * 6, categories=["a", "b"])), "y ~ f", "has one level"),
        (frame(x=[np.inf] + [1] * 5), "y ~ x", "'x' is infinite in row 0"),
        (pd.DataFrame([[1, 2], [3, 4]], columns=["y", "y"]), "y ~ 1", "two columns of the name"),
        (frame(b=False), "y | subset(b) ~ 1", "No row is left by subset()"),
    ]
    for data, formula, why in wrong:
        with pytest.raises(DataError) as caught:
            build_design(bf(formula), data)
        assert why in str(caught.value)


def test_dot_stands_for_the_other_columns() -> None:
    data = frame(n=2, x=range(6), f=list("ababab"), g=list("uvwuvw"))
    assert names("y | trials(n) ~ . - g", data) == ("Intercept", "x", "fb")
    assert names("log(y) ~ .^2 - .:g - g - n - n:.", data) == ("Intercept", "x", "fb", "x:fb")
    design = build_design(bf("y ~ ."), data)
    assert design.predictors[0].columns == ("Intercept", "n", "x", "fb", "gv", "gw")
    new = design.new_data(data.assign(later=1).iloc[:2])
    assert new.predictors[0].X.tolist() == [[1, 2, 0, 0, 0, 0], [1, 2, 1, 1, 1, 0]]


def test_new_data() -> None:
    data = frame(x=[1.0, 2, 3, 4, 5, 6], f=list("abcabc"), g=list("uvwuvw"), n=3)
    design = build_design(bf("y | trials(n) ~ x + f + (x | g) + (1 | g:f)"), data)
    new = design.new_data(pd.DataFrame({"g": ["w"], "x": [9], "f": ["c"], "extra": ["?"]}))
    assert (new.response, dict(new.additions)) == (None, {})
    assert new.predictors[0].X.tolist() == [[1, 9, 0, 1]]
    assert [g.J.tolist() for g in new.predictors[0].groups] == [[2], [2]]
    with pytest.raises(DataError, match=r"The new data lack the columns 'f', 'g'\."):
        design.new_data(pd.DataFrame({"x": [9]}))
    with pytest.raises(DataError, match="lack the column 'y'"):
        design.new_data(data[["x", "f", "g", "n"]], need_response=True)
    with pytest.raises(DataError, match="'f' has levels that the training data do not have: 'd'"):
        design.new_data(pd.DataFrame({"g": ["w"], "x": [9], "f": ["d"]}))
    unknown = pd.DataFrame({"g": ["q", "u", "p"], "x": [9, 8, 7], "f": ["a", "a", "b"]})
    with pytest.raises(DataError, match=r"grouping 'g' has levels .*: 'p', 'q'"):
        design.new_data(unknown)
    allowed = design.new_data(unknown, allow_new_levels=True).predictors[0]
    one, both = allowed.groups
    assert (one.new_levels, both.new_levels) == (("p", "q"), ("p_b", "q_a"))
    assert (one.J.tolist(), one.index.tolist()) == ([-1, 0, -1], [4, 0, 3])
    assert design.new_data(unknown.drop(columns="g"), groups=False).predictors[0].groups == ()
    with pytest.warns(DataWarning, match="1 of 2 rows"):
        gaps = design.new_data(pd.DataFrame({"g": ["u", None], "x": [1, 2], "f": ["a", "b"]}))
    assert gaps.rows.tolist() == [0]


def test_responses() -> None:
    data = frame(f=pd.Categorical(list("abcabc")), o=[1, 2, 3, 1, 2, 3], b=[True, False] * 3, s="t")
    kinds = {"y": "numeric", "o": "integer", "f": "factor", "b": "logical", "s": "string"}
    for name, kind in kinds.items():
        column = build_design(bf(f"{name} ~ 1"), data).response
        assert (column.name, column.kind) == (name, kind)
        assert not column.values.flags.writeable
    assert build_design(bf("f ~ 1"), data).response.levels == ("a", "b", "c")
    matrix = build_design(bf("cbind(y, o) ~ 1"), data).response
    assert (matrix.values.shape, matrix.columns) == ((6, 2), ("y", "o"))
    assert build_design(bf("log(y) ~ 1"), data).response.values[0] == 0.0


def test_kept_missing_values() -> None:
    data = frame(m=[1.0, np.nan, 3, 4, 5, 6], e=[0.1, np.nan, 0.1, 0.1, 0.1, 0.1],
                 c=["none", "interval", "left", "none", "none", "interval"],
                 u=[np.nan, 2, np.nan, np.nan, np.nan, np.nan])  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        design = build_design(bf("m | mi(e) ~ y"), data)
        assert (design.n_obs, int(np.isnan(design.response.values).sum())) == (6, 1)
        assert build_design(bf("y ~ mi(m)"), data).n_obs == 6
    with pytest.warns(DataWarning, match="1 of 6"):
        censored = build_design(bf("y | cens(c, u) ~ 1"), data)
    assert censored.rows.tolist() == [0, 1, 2, 3, 4]


def test_constants_are_repeated() -> None:
    design = build_design(bf("y | trials(10) + weights(2) + trunc(lb = 0) ~ 1"), frame())
    assert design.additions["trials"].args[0].values.tolist() == [10.0] * 6
    assert design.additions["weights"].kwargs == {"scale": False}
    assert design.additions["trunc"].kwargs["lb"].values.tolist() == [0.0] * 6


def test_groups_by_and_covariance() -> None:
    data = frame(g=list("uvwuvw"), b=["p", "q", "p"] * 2, x=range(6))
    (group,) = build_design(bf("y ~ (x | gr(g, by = b))"), data).predictors[0].groups
    assert group.by[:2] == ("b", ("p", "q"))
    assert group.by[2].tolist() == [0, 1, 0]
    cov = pd.DataFrame(np.diag([1.0, 2, 3, 4]), index=list("wvux"), columns=list("wvux"))
    (group,) = build_design(bf("y ~ (1 | gr(g, cov = A))"), data, {"A": cov}).predictors[0].groups
    assert np.diag(group.cov_matrix).tolist() == [3, 2, 1]
    wrong = {
        "shape": np.eye(2),
        "symmetric": np.tri(3),
        "positive definite": np.ones((3, 3)),
        "lacks the levels u": cov.drop(index="u", columns="u"),
        "different names": cov.drop(index="u"),
    }
    for why, matrix in wrong.items():
        with pytest.raises(DataError, match=why):
            build_design(bf("y ~ (1 | gr(g, cov = A))"), data, {"A": matrix})


def test_populations_of_groups_in_new_data() -> None:
    data = frame(g=list("uvwuvw"), b=["p", "q", "p"] * 2)
    design = build_design(bf("y ~ (1 | gr(g, by = b))"), data)
    new = pd.DataFrame({"g": ["a", "v", "z"], "b": ["q", "q", "p"]})
    (group,) = design.new_data(new, allow_new_levels=True).predictors[0].groups
    assert group.new_levels == ("a", "z")
    assert group.by[2].tolist() == [0, 1, 0, 1, 0]
    wrong = {
        r"has levels that the training data do not have: 'r'\. Known: 'p', 'q'": ["q", "q", "r"],
        "is 'p' in the group 'v', and was 'q' there": ["q", "p", "p"],
    }
    for why, b in wrong.items():
        with pytest.raises(DataError, match=why):
            design.new_data(new.assign(b=b), allow_new_levels=True)
    twice = pd.DataFrame({"g": ["a", "a"], "b": ["p", "q"]})
    with pytest.raises(DataError, match="more than one value in the group 'a'"):
        design.new_data(twice, allow_new_levels=True)


def test_prior_weights_of_groups() -> None:
    data = frame(g=list("wvuwvu"), p=[2.0, 0.5, 1.0] * 2, q=[0.0, 3.0, 4.0] * 2)
    design = build_design(bf("y ~ (1 | gr(g, pw = 2 * p))"), data)
    (group,) = design.predictors[0].groups
    assert (group.levels, group.pw.tolist()) == (("u", "v", "w"), [2.0, 1.0, 4.0])
    assert "p" in design.variables
    # The weights belong to the levels that were fitted: new data need none.
    (new,) = design.new_data(data[["g"]].iloc[:2]).predictors[0].groups
    assert new.pw.tolist() == [2.0, 1.0, 4.0]
    with pytest.warns(DataWarning, match="1 of 6 rows"):
        build_design(bf("y ~ (1 | gr(g, pw = p))"), data.assign(p=[None, 1, 1, 1, 1, 1]))


def test_category_specific_group_effects() -> None:
    data = frame(o=pd.Categorical(list("LMHLMH"), ["L", "M", "H"], ordered=True),
                 x=range(6), f=list("abcabc"), g=list("uvwuvw"), i=[1, 2, 4, 1, 2, 3])  # fmt: skip
    coefs = {
        "o ~ (cs(1) | g)": ("Intercept[1]", "Intercept[2]"),
        "i ~ (cs(1) | g)": ("Intercept[1]", "Intercept[2]", "Intercept[3]"),
        "i | thres(4) ~ (cs(1) | g)": tuple(f"Intercept[{k}]" for k in (1, 2, 3, 4)),
        "i | cat(3) ~ (cs(1) | g)": ("Intercept[1]", "Intercept[2]"),
        "o ~ (cs(1 + x) || g)": ("Intercept[1]", "Intercept[2]", "x[1]", "x[2]"),
        "o ~ (x + cs(f) | g)": (
            "x", "fa[1]", "fa[2]", "fb[1]", "fb[2]", "fc[1]", "fc[2]",
        ),
    }  # fmt: skip
    for text, expected in coefs.items():
        (group,) = build_design(bf(text), data).predictors[0].groups
        assert group.coefs == expected, text
        assert group.types == tuple("cs" if c.endswith("]") else "" for c in expected)
    design = build_design(bf("o ~ (cs(1 + x) | g)"), data)
    (group,) = design.new_data(data[["x", "g"]].iloc[[4]]).predictors[0].groups
    assert group.Z.tolist() == [[1, 1, 4, 4]]
    with pytest.raises(DataError, match="thresholds of its own"):
        build_design(bf("i | thres(gr = f) ~ (cs(1) | g)"), data)


def test_multimembership() -> None:
    data = frame(a=list("uvwuvw"), b=list("vwuvwx"), p=[1.0, 2, 3, 4, 5, 6], q=1.0)
    (group,) = (
        build_design(bf("y ~ (p | mm(a, b, weights = cbind(p, q)))"), data).predictors[0].groups
    )
    assert (group.group, group.levels, group.J.shape) == ("mmab", ("u", "v", "w", "x"), (6, 2))
    np.testing.assert_allclose(group.weights[1], [2 / 3, 1 / 3])
    (group,) = (
        build_design(bf("y ~ (p | mm(a, b, weights = cbind(p, q), scale = FALSE))"), data)
        .predictors[0]
        .groups
    )
    np.testing.assert_allclose(group.weights[1], [2, 1])
    (group,) = build_design(bf("y ~ (mmc(p, q) | mm(a, b))"), data).predictors[0].groups
    assert (group.coefs, group.Z.shape) == (("Intercept", "mmcpq"), (6, 2, 2))
    assert group.types == ("", "mmc")
    assert group.Z[1].tolist() == [[1, 2], [1, 1]]


def test_populations_and_prior_weights_of_members() -> None:
    of = {"u": ("s", 1.0), "v": ("t", 2.0), "w": ("s", 3.0), "x": ("t", 0.5)}
    data = frame(a=list("uvwuvw"), b=list("vwuvwx"))
    for member in "ab":
        data[f"by{member}"], data[f"p{member}"] = zip(*map(of.get, data[member]), strict=True)
    text = "y ~ (1 | mm(a, b, by = cbind(bya, byb), pw = cbind(pa, pb)))"
    (group,) = build_design(bf(text), data).predictors[0].groups
    assert (group.by[0], group.by[1]) == ("cbindbyabyb", ("s", "t"))
    assert [group.by[1][c] for c in group.by[2]] == [of[level][0] for level in group.levels]
    assert group.pw.tolist() == [of[level][1] for level in group.levels]
    with pytest.raises(DataError, match="more than one value in the group 'v'"):
        build_design(bf(text), data.assign(byb=["t", "s", "s", "s", "s", "t"]))


def test_several_responses() -> None:
    data = frame(z=[1.0, np.nan, 3, 4, 5, 6], x=range(6), g=list("uvwuvw"),
                 a=[True] * 4 + [False] * 2, b=[True, False] * 3)  # fmt: skip
    with pytest.warns(DataWarning, match="1 of 6"):
        design = build_design(bf("mvbind(y, z) ~ x + (1 | p | g)"), data)
    assert (design.n_obs, design["y"].n_obs, design["z"].n_obs) == (5, 5, 5)
    table = group_effects_frame(design)
    assert table[["id", "resp", "coef", "cn"]].to_numpy().tolist() == [
        [1, "y", "Intercept", 1], [1, "z", "Intercept", 2],
    ]  # fmt: skip
    both = build_design(mvbf("y | subset(a) ~ x", "z | subset(b) ~ x"), data)
    assert [d.rows.tolist() for d in both.designs] == [[0, 1, 2, 3], [0, 2, 4]]
    assert both.new_data(data.iloc[:1])["y"].n_obs == 1


def test_arrays_are_read_only() -> None:
    data = frame(x=range(6), g=list("uvwuvw"))
    design = build_design(bf("y ~ x + offset(x) + (x | g)"), data)
    predictor = design["mu"]
    (group,) = predictor.groups
    for array in (predictor.X, predictor.offset, group.Z, group.J, design.rows):
        assert not array.flags.writeable
    before = data.copy()
    design.new_data(data)
    pd.testing.assert_frame_equal(data, before)
    with pytest.raises(KeyError, match="no predictor 'nu'"):
        design["nu"]


OTHER = {
    "i": [3, 1, 2, 3, 1, 2],
    "gap": [3, None, 2, 3, 1, 2],
    "f": [0.5, None, float("nan"), 3.0, 4.0, 5.5],
    "b": [True, False, None, True, False, True],
    "s": ["b", "B", None, "a", "é", "_"],
    "c": ["u", "q", "u", None, "a", "q"],
    "e": ["hi", "lo", "mid", "lo", None, "hi"],
}


def polars_frame() -> Any:
    import polars as pl

    levels = ["lo", "none", "mid", "hi"]
    kinds = {"c": pl.Categorical, "e": pl.Enum(levels), "s": pl.String, "f": pl.Float64}
    columns = {k: pl.Series(v, dtype=kinds.get(k), strict=False) for k, v in OTHER.items()}
    return pl.DataFrame({"y": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0], **columns})


def arrow_frame() -> Any:
    import pyarrow as pa

    columns: dict[str, Any] = {"y": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0], **OTHER}
    columns["c"] = pa.array(columns["c"]).dictionary_encode()
    codes = pa.array([3, 0, 2, 0, None, 3])
    levels = pa.array(["lo", "none", "mid", "hi"])
    columns["e"] = pa.DictionaryArray.from_arrays(codes, levels, ordered=True)
    return pa.table(columns)


def pandas_frame() -> pd.DataFrame:
    columns: dict[str, Any] = dict(OTHER)
    columns["gap"] = pd.array(columns["gap"], dtype="Int64")
    columns["b"] = pd.array(columns["b"], dtype="boolean")
    columns["c"] = pd.Categorical(columns["c"], ["u", "q", "a"])
    columns["e"] = pd.Categorical(columns["e"], ["lo", "none", "mid", "hi"], ordered=True)
    return frame(**columns)


FORMULAS = (
    "y ~ gap + i", "y ~ f + b", "y ~ s", "y ~ c", "y ~ e + (i | gap)", "y ~ 0 + c:e",
    "y ~ (1 | s) + (1 | c) + (1 | e) + (1 | b)", "e ~ i", "s ~ 1", "b ~ . - y - e - gap - s",
)  # fmt: skip


@pytest.fixture(scope="module")
def other_frames() -> dict[str, Any]:
    return {"polars": polars_frame(), "pyarrow": arrow_frame()}


@pytest.mark.filterwarnings("ignore::bambi_lite.errors.DataWarning")
@each(FORMULAS)
def test_every_data_frame_gives_the_design_that_pandas_gives(
    text: str, other_frames: dict[str, Any]
) -> None:
    expected = build_design(bf(text), pandas_frame())
    for library, data in other_frames.items():
        made = build_design(bf(text), data)
        assert made.rows.tolist() == expected.rows.tolist(), library
        assert made.to_frame().equals(expected.to_frame()), library
        column, wanted = made.response, expected.response
        assert (column.kind, column.levels) == (wanted.kind, wanted.levels), library
        assert column.values.tolist() == wanted.values.tolist(), library
        groups = made.predictors[0].groups
        for group, other in zip(groups, expected.predictors[0].groups, strict=True):
            assert (group.levels, group.coefs) == (other.levels, other.coefs), library
            assert (group.J == other.J).all(), library
        rows = made.rows.tolist()
        new = made.new_data(data[rows] if library == "polars" else data.take(rows))
        assert (new.predictors[0].X == made.predictors[0].X).all(), library


def test_data_frames_that_are_not_in_memory_or_have_other_types() -> None:
    import polars as pl

    data = polars_frame()
    with pytest.raises(DataError, match=r"not LazyFrame.*call collect\(\) first"):
        build_design(bf("y ~ 1"), data.lazy())
    with pytest.raises(DataError, match="not Series"):
        build_design(bf("y ~ 1"), data["y"])
    dates = data.with_columns(v=pl.date(2020, 1, 1), w=pl.lit([1]))
    for name in "vw":
        with pytest.raises(DataError, match=f"Column '{name}'"):
            build_design(bf(f"y ~ {name}"), dates)
    cents = data.with_columns(v=pl.col("i").cast(pl.Decimal(10, 2)))
    assert build_design(bf("y ~ v"), cents).predictors[0].X[:, 1].tolist() == OTHER["i"]


def test_other_data_frames_need_narwhals(monkeypatch: pytest.MonkeyPatch) -> None:
    class Table:
        def __dataframe__(self) -> None: ...

    import sys

    monkeypatch.setitem(sys.modules, "narwhals.stable.v2", None)
    with pytest.raises(DataError, match="install narwhals"):
        build_design(bf("y ~ 1"), Table())
    with pytest.raises(DataError, match="not object"):
        build_design(bf("y ~ 1"), object())


def test_a_million_rows(recwarn: pytest.WarningsRecorder) -> None:
    # A tenth of the size in the issue; tests/benchmarks has the whole.
    rng = np.random.default_rng(1)
    n = 100_000
    data = pd.DataFrame({"y": rng.normal(size=n), "x": rng.normal(size=n),
                         "g": rng.integers(10_000, size=n)})  # fmt: skip
    (group,) = build_design(bf("y ~ x + (x | g)"), data).predictors[0].groups
    assert (group.Z.shape, len(group.levels)) == ((n, 2), 10_000)
    assert not recwarn


def test_parameters_that_are_taken_for_columns() -> None:
    wrong = {
        (
            "y ~ a * exp(b * x)",
            "a + b ~ 1",
        ): "'a' has a formula of its own. Did you forget nl=True?",
        ("bf(y ~ a + bb * x, a ~ 1, nl = TRUE)",): (
            "'bb' in the non-linear formula is neither a column of the data nor a parameter. A "
            "parameter needs a formula: bb ~ 1."
        ),
        ("bf(y ~ rate * xx, rate ~ 1, nl = TRUE)",): "Did you mean 'x'?",
    }
    for formula, why in wrong.items():
        with pytest.raises(DataError) as caught:
            build_design(bf(*formula), frame(x=range(6)))
        assert why in str(caught.value)
    design = build_design(bf("y ~ a + b * x", "a ~ 1", nl=True, b=2), frame(x=range(6)))
    assert [c.name for c in design["mu"].covariates] == ["x"]
    assert design["mu"].covariates[0].values.tolist() == [0, 1, 2, 3, 4, 5]
