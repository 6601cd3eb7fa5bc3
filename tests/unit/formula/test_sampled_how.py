"""What a formula may say of sampling: ``gr(centered = )`` and ``decomp``."""

import numpy as np
import pandas as pd
import pytest

import bambi_lite as bl
from bambi_lite.errors import DataError, FormulaError
from bambi_lite.formula import bf


def test_centered_is_read():
    for text, value in (("", None), (", centered = TRUE", True), (", centered = FALSE", False)):
        (term,) = bf(f"y ~ (x | gr(g{text}))").mu.groups
        assert term.centered is value


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        ("y ~ (x | gr(g, centered = 1))", "'centered' of 'gr' is TRUE or FALSE, not '1'."),
        ("y ~ (x | gr(g, by = h, centered = TRUE))", "centered = TRUE is for normal effects"),
        ("y ~ (x | gr(g, dist = 'student', centered = TRUE))", "centered = TRUE is for normal"),
        ("y ~ (x | mm(g, h, centered = TRUE))", "Unknown argument 'centered' of 'mm'."),
        ('bf(y ~ x, decomp = "SVD")', 'the one decomposition is "QR".'),
        ("bf(y ~ x, decomp = TRUE)", "'decomp = TRUE' must be a string in quotes."),
        ('bf(y ~ a, a ~ 1, nl = TRUE, decomp = "QR")', "is about the columns of a linear formula"),
    ],
)
def test_wrong_words(formula, message):
    with pytest.raises(FormulaError) as caught:
        bf(formula)
    assert message in str(caught.value)


def test_decomp_belongs_to_one_linear_predictor():
    for made in (
        bf("y ~ x", "sigma ~ z", decomp="QR"),
        bf('bf(y ~ x, sigma ~ z, decomp = "QR")'),
    ):
        assert [p.decomp for p in made.predictors] == ["QR", ""]
    made = bf("y ~ x") + bl.lf("sigma ~ z", decomp="QR")
    assert [p.decomp for p in made.predictors] == ["", "QR"]
    assert [p.decomp for p in bf("bf(y ~ x, decomp = NULL)").predictors] == [""]
    with pytest.raises(FormulaError, match="decomp is \"QR\" or None, not 'qr'"):
        bf("y ~ x", decomp="qr")


def test_terms_of_one_id_are_sampled_alike():
    frame = pd.DataFrame({"y": np.arange(12.0), "g": np.repeat(list("abc"), 4)})
    text = "bf(y ~ (1 | q | gr(g, centered = TRUE)), sigma ~ (1 | q | gr(g, centered = {})))"
    with pytest.raises(FormulaError, match="cannot be TRUE in one and FALSE in another"):
        bl.Model(text.format("FALSE"), frame)
    (block,) = bl.Model(text.format("TRUE"), frame).spec.blocks
    assert block.centered is True


def test_columns_that_depend_on_each_other_have_no_qr():
    x = np.arange(10.0)
    frame = pd.DataFrame({"y": x**2, "x": x, "z": 2.0 * x + 1.0})
    with pytest.raises(DataError, match="decomp = 'QR' needs linearly independent columns"):
        bl.Model(bf("y ~ x + z", decomp="QR"), frame)
