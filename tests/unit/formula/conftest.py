"""The data and facts that the tests of formulas share."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

FACTS = Path(__file__).parents[2] / "facts" / "formulas"


def read_corpus_data() -> pd.DataFrame:
    """data.csv with the column types of columns.json."""
    frame = pd.read_csv(FACTS / "data.csv")
    columns = json.loads((FACTS / "columns.json").read_text(encoding="utf-8"))
    for name in columns.pop("strings"):
        frame[name] = frame[name].astype(object)
    for name, column in columns.items():
        if column.get("type") == "logical":
            frame[name] = frame[name].astype(bool)
            continue
        text = frame[name].where(frame[name].isna(), frame[name].astype(str))
        frame[name] = pd.Categorical(
            text, categories=column["levels"], ordered=column.get("ordered", False)
        )
    return frame


@pytest.fixture(scope="session")
def corpus_data() -> pd.DataFrame:
    """72 rows with columns of all kinds."""
    return read_corpus_data()


@pytest.fixture(scope="session")
def facts() -> Callable[[str], dict[str, Any]]:
    """A file of facts by its name."""

    def read(name: str) -> dict[str, Any]:
        return json.loads((FACTS / f"{name}.json").read_text(encoding="utf-8"))

    return read
