"""What a fresh process loads: data, models, priors and networks need no modelling library."""

import ast
import subprocess
import sys

HEAVY = (
    "pymc", "pytensor", "nutpie", "numba", "arviz", "arviz_stats", "matplotlib", "formulae",
    "narwhals",
)  # fmt: skip


def loaded(program: str, watched: tuple[str, ...]) -> list[str]:
    code = f"{program}\nimport sys\nprint([m for m in {watched!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return ast.literal_eval(done.stdout)


def test_importing_and_loading_data_is_light() -> None:
    program = "from bambi_lite.datasets import load_data\nload_data('rats')"
    assert loaded(program, (*HEAVY, "scipy")) == []


def test_models_and_networks_are_made_without_a_sampler() -> None:
    program = (
        "import bambi_lite as bl\n"
        "model = bl.Model('Reaction ~ Days + (Days | Subject)', bl.load_data('sleepstudy'))\n"
        "model.graph(), model.prior, model.explain(), model.standata(), model.variables()"
    )
    assert loaded(program, HEAVY) == []
