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


def test_fits_of_the_kernels_need_neither_pymc_nor_pictures() -> None:
    program = (
        "import bambi_lite as bl\n"
        "fit = bl.brm('Reaction ~ Days + (Days | Subject)', bl.load_data('sleepstudy'), seed=1,\n"
        "             progress=False)\n"
        "str(fit)"
    )
    assert loaded(program, ("pymc", "pytensor", "arviz", "arviz_plots", "matplotlib")) == []
    # ArviZ is there for everybody else, nutpie among them.
    after = "import arviz, nutpie\narviz.plot_forest, nutpie.sample.__globals__['arviz'].from_dict"
    assert loaded(f"{program}\n{after}", ("arviz", "arviz_plots")) == ["arviz", "arviz_plots"]
