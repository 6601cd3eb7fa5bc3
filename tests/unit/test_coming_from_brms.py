"""The table "coming from brms": its claims hold, and nothing that is there is called missing."""

import ast
import importlib.util
import re
import sys
from pathlib import Path

import pytest

from tables import each

EXAMPLES = Path(__file__).parents[2] / "examples"
spec = importlib.util.spec_from_file_location("coming", EXAMPLES / "coming_from_brms.py")
coming = importlib.util.module_from_spec(spec)
# A dataclass looks its own module up.
sys.modules["coming"] = coming
spec.loader.exec_module(coming)
PAGE = (EXAMPLES / "coming_from_brms.md").read_text(encoding="utf-8")


def bare(name: str) -> str:
    """The name without the class that its method is for."""
    return name.removesuffix(".brmsfit")


@each([row for row in coming.TABLE if row.ours], lambda row: row.name)
def test_what_is_claimed_is_there(row) -> None:
    for name in row.ours:
        assert coming.resolves(name), name


def test_a_claim_that_is_wrong_is_seen() -> None:
    assert not coming.resolves("Fit.bridge_sampler")
    assert not coming.resolves("bl.brm_multiple")


@each([row for row in coming.TABLE if row.call and not row.formula], lambda row: row.name)
def test_what_is_shown_is_python_and_about_what_is_claimed(row) -> None:
    text = row.call.replace("...", "None")
    text = re.sub(r"(\w+=)(?=[,)])", r"\1None", text)
    tree = ast.parse(text)
    found = {
        f"{node.value.id}.{node.attr}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }
    for name in found & {n for n in found if n.split(".")[0] in ("bl", "fit", "model")}:
        owner, _, rest = name.partition(".")
        assert coming.resolves(f"{ {'fit': 'Fit', 'model': 'Model'}.get(owner, owner) }.{rest}")


@each([row for row in coming.TABLE if not row.ours and not row.formula], lambda row: row.name)
def test_what_is_there_is_not_called_missing(row) -> None:
    name = bare(row.name)
    for owner in ("bl", "Fit", "Model"):
        assert not coming.resolves(f"{owner}.{name}"), f"{owner}.{name} is there: say so"


def test_the_index_is_whole_and_each_name_stands_once() -> None:
    names = [row.name for row in coming.TABLE]
    assert len(names) == len(set(names)) >= 230


def test_the_page_is_that_of_the_table() -> None:
    assert coming.table() == PAGE, "python examples/coming_from_brms.py --write"


def test_the_counts_are_those_of_the_rows() -> None:
    there, of = re.search(r"\*\*(\d+) of (\d+)\*\*", PAGE).groups()
    lines = [line for line in PAGE.splitlines() if line.startswith("| `")]
    assert len(lines) == int(of)
    states = [line.split(" | ")[1].strip() for line in lines]
    assert states.count("") == int(there)


@pytest.mark.parametrize("kind", ["yes", "parsed", "no"])
def test_a_state_is_found_by_trying(kind: str) -> None:
    formulas = {"yes": "y ~ x + (1 | g)", "parsed": "y ~ mo(k)", "no": ""}
    row = coming.Row("made up", "topic", formula=formulas[kind])
    assert coming.state(row) == kind
