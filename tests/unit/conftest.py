"""What holds for every test of this ring."""

import sys

import pytest


@pytest.fixture(autouse=True)
def without_pymc():
    """Importing PyMC takes longer than this whole ring may: such a test belongs elsewhere."""
    before = "pymc" in sys.modules
    yield
    assert before or sys.modules.get("pymc") is None, "imports PyMC: see tests/graph"
