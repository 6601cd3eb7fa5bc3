"""What the README holds that the package knows better."""

import re
from pathlib import Path

import bambi_lite as bl
from bambi_lite.families.__main__ import table
from tables import each

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
COMMAND = "python -m bambi_lite.families"


def between(text):
    """What stands between the two marks."""
    return re.search(
        rf"<!-- families: {COMMAND} -->\n(.*?)<!-- end of families -->", text, re.DOTALL
    )[1].strip()


def test_the_table_of_families_is_that_of_the_registry():
    assert between(README) == table(), f"put what `{COMMAND}` prints between the marks"


def test_every_family_has_a_row_with_its_links():
    for name in bl.families():
        (row,) = (line for line in table().splitlines() if line.startswith(f"| `{name}` |"))
        for dpar in bl.get_family(name).dpars:
            assert f"`{dpar.name}` " in row
    rows = table().splitlines()
    assert "| `negbinomial` | `mu` *count*, `shape` *positive* | cens trunc rate |" in rows
    assert "| `von_mises` | `mu` (tan_half, identity), `kappa` *positive* | cens trunc |" in rows
    assert any(row.startswith("| `binomial` |") and "**trials**" in row for row in rows)


def test_a_missing_row_is_seen():
    lines = README.splitlines()
    without = "\n".join(line for line in lines if not line.startswith("| `gaussian` |"))
    assert between(without) != table()


@each(["positive", "share", "location"])
def test_kinds_of_links_are_explained(kind):
    assert f"\n| *{kind}* | " in between(README)
