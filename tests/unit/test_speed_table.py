"""The README's tables of speed are those of the measurements beside the benchmark."""

import importlib.util
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "tests" / "benchmarks"


@pytest.fixture(scope="module")
def table():
    spec = importlib.util.spec_from_file_location("table_of_speed", FOLDER / "table.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def measured():
    return json.loads((FOLDER / "speed.json").read_text(encoding="utf-8"))


def test_the_readme_shows_what_was_measured(table, measured):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert table.inserted(readme, measured) == readme, "run python tests/benchmarks/table.py"


def test_every_figure_has_the_load_beside_it_and_no_name_of_a_machine(measured):
    assert all(run["load"] >= 0.0 and run["whole"] > 0.0 for run in measured["runs"])
    text = json.dumps(measured)
    assert not any(word in text for word in ("/home", "/tmp", "/root", "/work", "http"))


def run(round_, peer, whole, ess=1000.0, **more):
    return {
        "round": round_, "model": "m", "peer": peer, "whole": whole, "processor": whole / 2,
        "seconds": {"sampling": 2.0}, "ess_bulk": ess, "ess_tail": ess / 2, "rhat": 1.0,
        "load": 0.1, "memory": 1.0, **more,
    }  # fmt: skip


def test_ratios_are_those_within_a_round(table):
    runs = [
        run(0, "bambi_lite", 1.0), run(0, "brms", 10.0, 100.0),
        run(1, "bambi_lite", 2.0), run(1, "brms", 40.0, 500.0),
        run(2, "bambi_lite", 8.0),  # nothing beside it
        run(3, "bambi_lite", 8.0), run(3, "brms", 8.0, failed="no compiler"),
    ]  # fmt: skip
    results = table.Results({"runs": runs})
    assert results.ratios("m", "brms", table.whole) == pytest.approx([0.1, 0.05])
    assert results.ratios("m", "brms", table.bulk) == pytest.approx([10.0, 2.0])
    assert table.cell(results.ratios("m", "brms", table.whole)) == "0.08 (0.05-0.10)"
    assert results.ratios("m", "pymc", table.whole) == []


@pytest.mark.parametrize(
    ("value", "shown"), [(0.0234, "0.02"), (0.996, "1.0"), (9.94, "9.9"), (12345.0, "12,000")]
)
def test_numbers_have_two_digits(table, value, shown):
    assert table.number(value) == shown
