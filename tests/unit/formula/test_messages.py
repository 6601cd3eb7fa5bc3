"""Wrong formulas and what is said about them, word for word.

The table is ``facts/formulas/messages.txt``: a line ``> formula`` (as a Python string), then the
message with the caret. The formulas after the line ``# with data`` fail when the design is built.
"""

import ast
from pathlib import Path

import pandas as pd
import pytest

from bambi_lite.design import build_design
from bambi_lite.errors import BambiLiteError, DataError, FormulaError
from bambi_lite.formula import bf, lf, mvbf, set_nl
from tables import each

TABLE = Path(__file__).parents[2] / "facts" / "formulas" / "messages.txt"


def read_table() -> tuple[dict[str, str], dict[str, str]]:
    parsing, building = TABLE.read_text(encoding="utf-8").split("\n# with data\n")
    return read_blocks(parsing), read_blocks(building)


def read_blocks(text: str) -> dict[str, str]:
    blocks = {}
    for block in ("\n" + text.rstrip("\n")).split("\n> ")[1:]:
        formula, message = block.split("\n", 1)
        blocks[ast.literal_eval(formula)] = message
    return blocks


PARSING, BUILDING = read_table()


@each(PARSING)
def test_wrong_formula(formula: str) -> None:
    with pytest.raises(FormulaError) as caught:
        bf(formula)
    assert str(caught.value) == PARSING[formula]


@each(BUILDING)
def test_formula_that_does_not_fit_the_data(formula: str, corpus_data: pd.DataFrame) -> None:
    parsed = bf(formula)
    with pytest.raises(BambiLiteError) as caught:
        build_design(parsed, corpus_data)
    assert str(caught.value) == BUILDING[formula]
    assert isinstance(caught.value, FormulaError if "^" in str(caught.value) else DataError)


def test_every_parsing_error_has_a_caret() -> None:
    assert len(PARSING) + len(BUILDING) >= 60
    carets = [m for m in PARSING.values() if set(m.splitlines()[-1].strip()) == {"^"}]
    assert len(carets) >= len(PARSING) - 4  # errors about several formulas mark no place


def test_arguments_in_python() -> None:
    wrong = {
        "centre=True: a parameter gets a number, the name of another parameter or a formula; the "
        "options of bf() are nl, center, cmc, decomp, family. Did you mean 'center'?":
            lambda: bf("y ~ x", centre=True),
        "'nl' is True or False, not 1.": lambda: bf("y ~ x", nl=1),
        "A formula is a string, not int.": lambda: bf(3),
        "sigma=inf: a fixed value is a finite number.": lambda: bf("y ~ x", sigma=float("inf")),
        "sigma='2 * x': give a number, the name of another parameter or a formula.":
            lambda: bf("y ~ x", sigma="2 * x"),
        "The parameter 'sigma' has a formula and a fixed value.":
            lambda: bf("y ~ x", "sigma ~ z", sigma=2),
        "Two formulas have the response 'y'.": lambda: bf("y ~ x") + bf("y ~ z"),
        "A multivariate model has two or more formulas.": lambda: mvbf("y ~ x"),
        "set_nl(): there is no formula of 'nu'.": lambda: bf("y ~ x") + set_nl(dpar="nu"),
        "A int cannot be added to a formula; valid are bf(), lf(), nlf(), set_rescor(), set_nl() "
        "and set_mecor(). A family is an argument: bf(..., family=...).": lambda: bf("y ~ x") + 3,
        "A string cannot be added to a formula; write bf('z ~ x') for another response, or "
        "lf('z ~ x') for another parameter.": lambda: bf("y ~ x") + "z ~ x",
        "This formula is made by bf() already; add to it with '+': formula + lf(\"sigma ~ z\").":
            lambda: bf(bf("y ~ x"), "sigma ~ z"),
        "The formula given for 'nu' predicts 'sigma'.\n  sigma ~ x\n  ^^^^^^^^^":
            lambda: lf("sigma ~ x", dpar="nu"),
    }  # fmt: skip
    for message, call in wrong.items():
        with pytest.raises(FormulaError) as caught:
            call()
        assert str(caught.value) == message
