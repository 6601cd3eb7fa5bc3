"""The shipped data: exact types, levels in order, missing values, and errors said in full."""

import csv
import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bambi_lite.datasets import describe_data, list_data, load_data
from bambi_lite.errors import DataError
from bambi_lite.shelf import _find_shelf, shelf
from tables import each

FACTS = json.loads(
    (Path(__file__).parents[1] / "facts" / "datasets.json").read_text(encoding="utf-8")
)
FACTS.pop("about")
NAMES = (
    "alcohol, bivar, blp-short2, cbpp, classroom, dyestuff, epil, epilepsy, grouseticks, inhaler, "
    "kidney, lifesat, loss, mathach, mathachieve, mathachieveschool, mcycle, orthodont, "
    "penicillin, rats, rats_factor, sleepstudy, sleepstudy2, synth1"
)


def csv_rows(name: str) -> list[dict[str, str]]:
    text = (shelf("data") / f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def test_facts_cover_every_file() -> None:
    files = {entry.name for entry in shelf("data").iterdir() if entry.name.endswith(".csv")}
    assert files == {f"{name}.csv" for name in FACTS}


@each(FACTS)
def test_load_data_agrees_with_facts(name: str) -> None:
    fact, frame = FACTS[name], load_data(name)
    assert len(frame) == fact["rows"]
    for column, mean in fact.get("means", {}).items():
        # The facts have 10 significant digits.
        assert frame[column].mean() == pytest.approx(mean, rel=1e-9)
    for column, total in fact.get("totals", {}).items():
        assert frame[column].sum() == total
    # Factors, their levels and missing values: these and no others.
    factors = {c for c in frame if isinstance(frame[c].dtype, pd.CategoricalDtype)}
    assert factors == set(fact.get("levels", {}))
    for column, levels in fact.get("levels", {}).items():
        found = list(frame[column].cat.categories)
        if isinstance(levels, int):
            assert (len(found), found) == (levels, sorted(found))
        elif isinstance(levels, str):
            assert found == [str(i) for i in range(1, int(levels.removeprefix("1:")) + 1)]
        else:
            assert found == levels
    missing = frame.isna().sum()
    assert missing[missing > 0].to_dict() == fact.get("missing", {})


@each(FACTS)
def test_load_data_reads_every_value_of_the_text(name: str) -> None:
    frame, rows = load_data(name), csv_rows(name)
    assert list(frame) == list(rows[0])
    for column in frame:
        text = [row[column] for row in rows]
        dtype = frame[column].dtype
        if isinstance(dtype, pd.CategoricalDtype):
            assert frame[column].astype(str).tolist() == text
        elif dtype == "bool":
            assert [str(v).upper() for v in frame[column]] == text
        else:
            # float() reads a decimal exactly, so the frame must hold the very same number.
            exact = [math.nan if v == "NA" else float(v) for v in text]
            np.testing.assert_array_equal(frame[column].to_numpy(), exact)


@each(list_data()["name"])
def test_describe_data_agrees_with_the_frame(name: str) -> None:
    frame, about = load_data(name), describe_data(name)
    assert list(about) == ["column", "type", "description"]
    assert about["column"].tolist() == list(frame)
    for column, kind in zip(about["column"], about["type"], strict=True):
        assert kind_of(frame[column]) == kind
    row = list_data().set_index("name").loc[name]
    assert frame.shape == (row["rows"], row["columns"])
    assert about.attrs == {"name": name, "title": row["title"], "source": row["source"]}


def kind_of(values: pd.Series) -> str:
    if isinstance(values.dtype, pd.CategoricalDtype):
        return "ordered factor" if values.dtype.ordered else "factor"
    if values.name == "rt" and values.isna().any():
        assert values.dtype == "float64"  # an integer with missing values
        return "integer"
    return {"int64": "integer", "float64": "numeric", "bool": "logical"}[str(values.dtype)]


def test_ordered_factors_are_ordered_and_only_those() -> None:
    ordered = {
        (name, column): list(frame[column].cat.categories)
        for name in list_data()["name"]
        for frame in [load_data(name)]
        for column in frame.select_dtypes("category")
        if frame[column].cat.ordered
    }
    assert ordered == {
        ("lifesat", "income"): ["below_20", "20_to_40", "40_to_100", "greater_100"],
        ("synth1", "o"): ["low", "mid", "high", "top"],
    }


def test_levels_without_a_list_are_sorted_as_text() -> None:
    assert list(load_data("grouseticks")["INDEX"].cat.categories[:4]) == ["1", "10", "100", "101"]
    assert list(load_data("mathachieve")["pupil"].cat.categories[:3]) == ["p1", "p10", "p100"]


def test_rats_factor_has_numeric_level_order() -> None:
    rats, factor = load_data("rats"), load_data("rats_factor")
    assert rats["batch"].dtype == "int64"
    assert list(factor["batch"].cat.categories) == [str(i) for i in range(1, 72)]
    assert factor["batch"].astype(int).tolist() == rats["batch"].tolist()
    pd.testing.assert_frame_equal(rats[["m", "n"]], factor[["m", "n"]])


def test_mathach_keeps_the_rows_of_the_pupils() -> None:
    joined, pupils = load_data("mathach"), load_data("mathachieve")
    assert joined[list(pupils)].equals(pupils)
    assert list(joined)[len(pupils.columns) :] == [
        "size", "sector", "pracad", "disclim", "himinty", "meanses",
    ]  # fmt: skip
    school_of = {row["school"]: row for row in csv_rows("mathachieveschool")}
    expected = [float(school_of[school]["pracad"]) for school in pupils["school"]]
    assert joined["pracad"].tolist() == expected
    # brms' design matrix of mathach ~ ses * himinty has these column means.
    assert joined["pracad"].mean() == pytest.approx(0.534487126, rel=1e-9)
    assert (joined["himinty"] == "1").mean() == pytest.approx(0.2800278358, rel=1e-9)


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("sleepstudy", "sleepstudy"),
        ("blp_short2", "blp-short2"),
        ("blp-short2", "blp-short2"),
        ("rats-factor", "rats_factor"),
        ("mathach_joined", "mathach"),
    ],
)
def test_frames_carry_the_name_of_the_data_set(said: str, name: str) -> None:
    assert load_data(said).attrs == {"name": name}


def test_every_frame_is_fresh() -> None:
    first = load_data("mathach")
    first["mathach"] = 0.0
    first.attrs["name"] = "mine"
    first["school"] = first["school"].cat.rename_categories(lambda s: s.upper())
    again = load_data("mathach")
    assert again["mathach"].iloc[0] == 5.876
    assert again["school"].iloc[0] == "s1224"
    assert again.attrs == {"name": "mathach"}


def test_list_data_is_a_table() -> None:
    table = list_data()
    assert list(table) == ["name", "title", "rows", "columns", "source"]
    assert ", ".join(table["name"]) == NAMES


def test_readme_of_the_folder_names_every_data_set() -> None:
    readme = (shelf("data") / "README.md").read_text(encoding="utf-8")
    table = list_data()
    assert [n for n in table["name"] if f"| {n} |" not in readme] == []


@each([load_data, describe_data])
def test_unknown_name(call) -> None:
    with pytest.raises(DataError) as error:
        call("sleepstudi")
    assert str(error.value) == (
        f"There is no data set 'sleepstudi'. Did you mean 'sleepstudy'? Valid names: {NAMES}."
    )


def test_unknown_name_with_nothing_near() -> None:
    with pytest.raises(DataError) as error:
        load_data("../pyproject")
    assert str(error.value) == f"There is no data set '../pyproject'. Valid names: {NAMES}."


def test_name_that_is_no_text() -> None:
    with pytest.raises(DataError) as error:
        load_data(pd.DataFrame())
    assert str(error.value) == (
        "The name of a data set must be text such as 'sleepstudy', not DataFrame. "
        f"Valid names: {NAMES}."
    )


def test_unknown_shelf() -> None:
    with pytest.raises(DataError) as error:
        shelf("prior")
    assert str(error.value) == (
        "There is no shipped folder 'prior'; valid: priors, data. Did you mean 'priors'?"
    )


def test_shelf_looks_in_the_package_first_and_in_a_checkout_second(tmp_path: Path) -> None:
    package, checkout = tmp_path / "bambi_lite", tmp_path
    (checkout / "data").mkdir()
    # A folder beside the package is the repository's only if pyproject.toml lies there too.
    with pytest.raises(DataError) as error:
        _find_shelf("data", package, checkout)
    assert str(error.value) == (
        "This installation of bambi_lite lacks its folder 'data': it is neither in the package "
        "(bambi_lite/_shelf/data) nor beside it in a checkout. Install bambi_lite again."
    )
    (checkout / "pyproject.toml").touch()
    assert _find_shelf("data", package, checkout) == checkout / "data"
    (package / "_shelf" / "data").mkdir(parents=True)
    assert _find_shelf("data", package, checkout) == package / "_shelf" / "data"
