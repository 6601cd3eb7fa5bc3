"""The mathematics of explanations as MathML: well-formed, and nothing of it lost."""

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

import bambi_lite as bl
from bambi_lite.explanation.maths import escape
from bambi_lite.report.mathml import mathml, summands
from tables import each

CORPUS = Path(__file__).parents[1] / "facts" / "formulas" / "corpus.json"

WRITTEN = {
    r"\mu_{i}": "<msub><mi>μ</mi><mi>i</mi></msub>",
    r"x_{1,j[i]}": "<msub><mi>x</mi><mrow><mn>1</mn><mo>,</mo><mi>j</mi><mo>[</mo><mi>i</mi>"
    "<mo>]</mo></mrow></msub>",
    r"{x_{i}}^{2}": "<msup><mrow><msub><mi>x</mi><mi>i</mi></msub></mrow><mn>2</mn></msup>",
    r"x^{(\mu)}_{i}": "<msubsup><mi>x</mi><mi>i</mi><mrow><mo>(</mo><mi>μ</mi><mo>)</mo></mrow>"
    "</msubsup>",
    r"\sum_{k=1}^{K} x": "<munderover><mo>∑</mo><mrow><mi>k</mi><mo>=</mo><mn>1</mn></mrow>"
    "<mi>K</mi></munderover><mi>x</mi>",
    r"\mathrm{Normal}\left(0,\ 2.5\right)": '<mi mathvariant="normal">Normal</mi><mrow>'
    '<mo stretchy="true">(</mo><mn>0</mn><mo>,</mo><mspace width="0.3em"></mspace><mn>2.5</mn>'
    '<mo stretchy="true">)</mo></mrow>',
    r"\overline{\mathrm{x}}": '<mrow class="mean"><mi mathvariant="normal">x</mi></mrow>',
    r"\mathbf{0} - 1e-05": '<mi mathvariant="normal" class="bold">0</mi><mo>−</mo><mn>1e-05</mn>',
    r"\log\left(y\right) \geq \ldots": '<mi>log</mi><mrow><mo stretchy="true">(</mo><mi>y</mi>'
    '<mo stretchy="true">)</mo></mrow><mo>≥</mo><mo>…</mo>',
    "": "",
    "x_": "<msub><mi>x</mi><mrow></mrow></msub>",
    "}": "<mo>}</mo>",
    "<": "<mo>&lt;</mo>",
}


@each(WRITTEN)
def test_each_part(latex):
    assert mathml(latex) == f"<math>{WRITTEN[latex]}</math>"


@each(["my_var", "50%", "a&b", "<script>alert(1)</script>", "x^2", "{}", "a b", "ü", 'say "x"',
       "a-b", "a:b", "a*b", "~", "\\"])  # fmt: skip
def test_names_are_those_of_the_user(name):
    made = mathml(rf"\mathrm{{{escape(name)}}}_{{i}}")
    assert ET.fromstring(made).find("msub/mi").text == name


def test_sums_break_between_their_parts():
    parts = summands(r"\alpha + \beta_{1}\,x - z + r\left(a + b\right)")
    texts = ["".join(ET.fromstring(part).itertext()) for part in parts]
    assert texts == ["α", "+β1x−z", "+r(a+b)"]


def test_every_formula_of_the_corpus():
    """Well-formed, without a word of LaTeX left, and with every name of the data."""
    known = {"alpha", "beta"}
    n = 0
    for case in json.loads(CORPUS.read_text(encoding="utf-8"))["cases"]:
        try:
            found = bl.explain(case["formula"])
        except bl.FormulaError:
            continue
        for equation in found.equations:
            parts = (equation.lhs, equation.relation, equation.rhs, equation.where)
            for maths in filter(None, parts):
                made = mathml(maths.latex)
                tree = ET.fromstring(made)
                assert "\\" not in made.replace(r"\\", "")
                words = {e.text for e in tree.iter("mi") if e.text and len(e.text) > 1}
                plain = {e.text for e in tree.iter("mi") if e.get("mathvariant")}
                assert words - plain <= {"log"} | known, maths.latex
                for name in re.findall(r"[A-Za-z]{4,}", maths.text):
                    assert name in "".join(tree.itertext()) or name in _SPELT, maths
                n += 1
    assert n > 1000


#: What plain text spells out and mathematics has a sign for.
_SPELT = {"alpha", "beta", "sigma", "Sigma", "mean", "kappa", "theta", "delta", "lambda", "omega"}


def test_nothing_is_raised_for_any_text():
    for text in ("{{{", "\\left(", "\\mathrm", "\\mathrm{", "_^", "\\overline", "x^{", "\\", "&"):
        ET.fromstring(mathml(text))
        assert summands(text)
    with pytest.raises(ET.ParseError):
        ET.fromstring("<math><mi></math>")
