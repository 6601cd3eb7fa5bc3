"""The mathematics of explanations is LaTeX: matplotlib's parser reads every line of it."""

import json
from pathlib import Path

from matplotlib.mathtext import MathTextParser

import bambi_lite as bl
from explained import HOSTILE, MODELS, explained

FORMULAS = Path(__file__).parents[1] / "facts" / "formulas" / "structure.json"
# A model of each kind: population, group-level, distributional, non-linear, several responses.
KINDS = ("pop_", "grp_", "dist_", "nl_", "mv_", "sp_", "add_")


def test_latex_is_accepted_by_a_parser() -> None:
    cases = json.loads(FORMULAS.read_text(encoding="utf-8"))["cases"]
    texts = [c["r_formula"] for c in cases if c["id"].startswith(KINDS)]
    explanations = [explained(name) for name in MODELS]
    explanations += [bl.explain(text) for text in (*texts, *HOSTILE)]
    lines = {e.latex for x in explanations for e in x.equations}
    lines |= {e.where.latex for x in explanations for e in x.equations if e.where}
    lines |= {s.symbol.latex for x in explanations for s in x.symbols}
    assert len(lines) > 200
    parser = MathTextParser("path")
    for line in lines:
        parser.parse(f"${line}$")
