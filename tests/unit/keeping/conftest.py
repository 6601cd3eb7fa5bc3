"""A fit that costs nothing, and its file."""

import pandas as pd
import pytest

from kept import quick_fit


@pytest.fixture
def small_fit():
    """A fit whose file is a few kilobytes."""
    data = pd.DataFrame(
        {"y": [1.0, 2.5, 2.0, 4.0], "x": [0.0, 1.0, 2.0, 3.0], "g": ["a", "b", "a", "b"]}
    )
    return quick_fit("y ~ x + (1 | g)", data)


@pytest.fixture
def small_file(small_fit, tmp_path):
    return small_fit.save(tmp_path / "small.bl")
