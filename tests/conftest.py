"""What all tests share."""

import json
import os
from pathlib import Path

import pytest

from fits import brms_fit

# Figures are files in tests, never windows.
os.environ.setdefault("MPLBACKEND", "Agg")

FACTS = Path(__file__).parent / "facts"


@pytest.fixture(scope="session")
def reference_fit():
    """A fit from the draws of real brms, by its name; each is made once."""
    return brms_fit


@pytest.fixture(scope="session")
def facts():
    """Read a file of reference facts (printed by real brms) by its path below tests/facts."""

    def read(path: str):
        return json.loads((FACTS / path).read_text(encoding="utf-8"))

    return read
