"""The layers of the package: who may import whom, and which libraries must wait until needed.

A module imports only from layers with lower numbers; the modules of one package (``formula``,
``design``, ...) may import each other, but the files of SIBLINGS packages know only the shared
ones. A library that is slow to import is never imported when ``import bambi_lite`` runs.
To place a new module, give it a line in LAYERS.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from trees import tree

PACKAGE = "bambi_lite"
ROOT = Path(__file__).parents[2] / PACKAGE

# The layer of each module or package directly below bambi_lite; "" is bambi_lite/__init__.py.
LAYERS = {
    "errors": 0,
    "shelf": 0,
    "xp": 0,
    "tabular": 0,
    "compiled": 0,
    "docstrings": 0,
    "estimates": 1,
    "dists": 1,
    "links": 1,
    "params": 2,
    "observation": 2,
    "formula": 3,
    "design": 4,
    "terms": 5,
    "additions": 5,
    "families": 6,
    "priors": 6,
    "spec": 7,
    "engines": 8,
    "logprior": 8,
    "simulate": 8,
    "naming": 8,
    "draws": 9,
    "reuse": 9,
    "sampling": 10,
    "totals": 10,
    "summary": 10,
    "given": 10,
    "standata": 10,
    "explanation": 10,
    "diagnosis": 10,
    "predict": 10,
    "audit": 10,
    "prior_draws": 10,
    "prior_diff": 10,
    "prior_tables": 10,
    "prior_plots": 10,
    "next_prior": 10,
    "sensitivity": 11,
    "graph": 10,
    "datasets": 10,
    "posterior": 11,
    "compare": 11,
    "hypothesis": 11,
    "running": 11,
    "keeping": 12,
    "pictures": 12,
    "update": 12,
    "effects": 13,
    "report": 14,
    "fit": 15,
    "api": 16,
    "selfcheck": 17,
    "": 17,
    "__main__": 18,
}

# shelf raises DataError: errors is the one module that the others of its layer may import.
COMMON = {"errors"}

# Packages whose files must not know each other, and the files in them that all may import.
SIBLINGS = {
    "families": {"base", "categories", "common", "responses", "truncated"},
    "engines": {"base", "lazy", "native", "nuts", "plan", "saving", "timing", "upstream"},
}

# Slow to import (PyMC alone takes seconds): only inside functions, or for type checking.
HEAVY = {
    "arviz",
    "arviz_base",
    "arviz_plots",
    "arviz_stats",
    "formulae",
    "graphviz",
    "matplotlib",
    "numba",
    "nutpie",
    "pymc",
    "pytensor",
}

# Modules that may import HEAVY libraries at their top, each with the reason. They are themselves
# imported inside functions only.
LOADED_LAZILY = {
    "compiled": "compiles with numba; what is compiled imports it",
    "dists.kernels.beta": "compiled by numba; a kernel imports it when it is asked for",
    "dists.kernels.circle": "as above",
    "dists.kernels.counts": "as above",
    "dists.kernels.gamma": "as above",
    "dists.kernels.normal": "as above",
    "dists.kernels.shared": "as above",
    "engines.pymc": "builds PyMC models; the api imports it when a model is built",
    "engines.native.sample": "samples with nutpie; the api imports it when a model is sampled",
    "dists.kernels.series": "compiled by numba, as are the ones below; a density loads its own",
    "dists.kernels.beta_fraction": "as above",
    "dists.kernels.com_poisson": "as above",
    "dists.kernels.first_passage": "as above",
    "dists.kernels.xbeta": "as above",
    "dists.kernels.op": "an operation of PyTensor; a graph with a kernel loads it",
    "engines.native.callbacks": "compiled by numba, as are the ones below",
    "engines.native.draws": "as above",
    "engines.native.kernel": "as above",
    "engines.native.likelihoods": "as above",
    "engines.native.likelihoods.categories": "as above",
    "engines.native.likelihoods.counts": "as above",
    "engines.native.likelihoods.forms": "as above",
    "engines.native.likelihoods.loop": "as above",
    "engines.native.likelihoods.marginal": "as above",
    "engines.native.likelihoods.mixed": "as above",
    "engines.native.likelihoods.positive": "as above",
    "engines.native.likelihoods.real": "as above",
    "engines.native.call": "calls what numba compiled",
    "engines.native.predictors": "as above",
    "engines.native.recover": "as above",
    "engines.native.special": "as above",
}

# Other imports inside functions, as (module, what it imports), each with the reason. Imports of
# HEAVY libraries and of modules LOADED_LAZILY need no entry.
INSIDE_FUNCTIONS = {
    ("dists.laws", "scipy"): "as for xp: only priors that are cut or reported need it",
    ("predict.integrate", "scipy"): "as for xp",
    ("totals", "scipy"): "as for xp: only sensitivity() needs it",
    ("summary.icc", "scipy.special"): "as for xp",
    ("xp", "scipy"): "scipy.special takes about 0.2 s, and only densities and predictions need it",
    ("engines.nuts", "pyarrow"): "0.1 s, and it comes with nutpie",
    ("engines.upstream", "numba"): "1 s, and it is imported with nutpie in any case",
    ("dists.survival", "scipy.interpolate"): "as for stateful: only baseline hazards need it",
    ("design.numeric", "scipy"): "as for xp: only poly() and the like need it",
    ("design.stateful", "scipy.interpolate"): "0.3 s, and only bs() and ns() need it",
    ("compare.importance", "scipy.special"): "as for xp",
    ("compare.stacking", "scipy.optimize"): "0.3 s, and only stacking needs it",
    ("compare.refit", "rich.progress"): "0.1 s, and only a progress bar needs it",
    ("hypothesis.reading", "scipy.special"): "as for xp",
}


@dataclass(frozen=True, slots=True)
class Import:
    """One import statement's target, seen from the module that has it."""

    module: str  # the importing module below bambi_lite, "" for its __init__
    target: str  # what is imported: "numpy.linalg", or "bambi_lite.terms.base"
    line: int
    inside: bool  # in a function
    typing: bool  # under `if TYPE_CHECKING:`

    @property
    def ours(self) -> str | None:
        """The target below bambi_lite, or None if it is another library's."""
        if unit(self.target) != PACKAGE:
            return None
        return self.target.removeprefix(PACKAGE).removeprefix(".")

    @property
    def place(self) -> str:
        return f"{PACKAGE}.{self.module}:{self.line}".replace(".:", ":")


@dataclass(frozen=True, slots=True)
class Rules:
    """The tables above, so that a planted tree can bring its own."""

    layers: Mapping[str, int]
    siblings: Mapping[str, set[str]]
    lazy: Mapping[str, str]
    inside: Mapping[tuple[str, str], str]


RULES = Rules(LAYERS, SIBLINGS, LOADED_LAZILY, INSIDE_FUNCTIONS)
# A planted tree makes none of the package's own exceptions.
PLANTED_RULES = Rules(LAYERS, {"families": {"base"}, "engines": {"base"}}, LOADED_LAZILY, {})


def unit(module: str) -> str:
    """The part of a module's name that has a layer."""
    return module.partition(".")[0]


def find_modules(root: Path) -> dict[str, Path]:
    """Every module below the package folder `root`: dotted name to file."""
    found = {}
    for path in sorted(root.rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def find_imports(module: str, path: Path, modules: Mapping[str, Path]) -> Iterator[Import]:
    """Every import in the file, wherever it stands."""
    here = [PACKAGE, *module.split(".")] if module else [PACKAGE]
    package = here if path.name == "__init__.py" else here[:-1]

    def targets(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
            return
        above = package[: len(package) - node.level + 1] if node.level else []
        source = ".".join([*above, *([node.module] if node.module else [])])
        for alias in node.names:
            # `from bambi_lite.terms import base` imports a module, `... import Term` a name.
            full = f"{source}.{alias.name}"
            yield full if full.removeprefix(f"{PACKAGE}.") in modules else source

    def walk(node: ast.AST, inside: bool, typing: bool) -> Iterator[Import]:
        if isinstance(node, ast.Import | ast.ImportFrom):
            for target in dict.fromkeys(targets(node)):
                yield Import(module, target, node.lineno, inside, typing)
        inside = inside or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for field, value in ast.iter_fields(node):
            only_typing = (
                isinstance(node, ast.If)
                and field == "body"
                and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING")
            )
            for child in value if isinstance(value, list) else [value]:
                # No expression has an import in it.
                if isinstance(child, ast.stmt | ast.excepthandler | ast.match_case):
                    yield from walk(child, inside, typing or only_typing)

    yield from walk(tree(path), inside=False, typing=False)


def is_lazy(module: str, rules: Rules) -> bool:
    """Whether a module, or the package it is in, is listed as loaded lazily."""
    return any(module == name or module.startswith(f"{name}.") for name in rules.lazy)


def check_layer(imported: Import, rules: Rules) -> str | None:
    """Why an import of one of our own modules goes the wrong way, if it does."""
    target = imported.ours
    if target is None or target in COMMON:
        return None
    source_unit, target_unit = unit(imported.module), unit(target)
    if source_unit not in rules.layers or target_unit not in rules.layers:
        return None  # check_placed says so
    if source_unit == target_unit:
        return check_sibling(imported, target, rules)
    low, high = rules.layers[target_unit], rules.layers[source_unit]
    if low >= high:
        return (
            f"{imported.place} (layer {high}) imports {imported.target} (layer {low}): "
            "only lower layers may be imported"
        )
    return None


def check_sibling(imported: Import, target: str, rules: Rules) -> str | None:
    """Why an import within one package is wrong, if it is."""
    name, _, source_file = imported.module.partition(".")
    if name not in rules.siblings or not source_file:
        return None  # a plain package, or the __init__ that gathers the siblings
    source_file, target_file = unit(source_file), unit(target.partition(".")[2])
    shared = rules.siblings[name]
    if target_file in shared or target_file == source_file:
        return None
    return (
        f"{imported.place} imports {imported.target}: in {name}/ only "
        f"{', '.join(sorted(shared))} may be imported by the others"
    )


def check_time(imported: Import, rules: Rules) -> str | None:
    """Why an import comes too early, or is hidden in a function for nothing."""
    library, ours = unit(imported.target), imported.ours
    slow = library in HEAVY or (ours is not None and is_lazy(ours, rules))
    if imported.typing:
        return None
    if not imported.inside:
        if slow and not is_lazy(imported.module, rules):
            return (
                f"{imported.place} imports {imported.target} at its top: import it inside the "
                "function that needs it, or list the module in LOADED_LAZILY with a reason"
            )
        return None
    if not slow and (imported.module, imported.target) not in rules.inside:
        return (
            f"{imported.place} imports {imported.target} inside a function: import it at the "
            "top, or list it in INSIDE_FUNCTIONS with a reason"
        )
    return None


def check_placed(modules: Mapping[str, Path], rules: Rules) -> Iterator[str]:
    for name in dict.fromkeys(unit(module) for module in modules):
        if name not in rules.layers:
            yield (
                f"{PACKAGE}.{name} has no layer: "
                "give it a line in LAYERS (tests/unit/test_layers.py)"
            )


def check_stale(modules: Mapping[str, Path], imports: list[Import], rules: Rules) -> Iterator[str]:
    """An exception that nothing uses any more would hide the next mistake."""
    made = {(i.module, i.target) for i in imports if i.inside}
    for entry in rules.inside:
        if entry not in made:
            yield f"INSIDE_FUNCTIONS lists {entry}, which no function imports any more"


def check_cycles(imports: list[Import]) -> Iterator[str]:
    """Each cycle once, as `a -> b -> a`."""
    graph: dict[str, list[str]] = {}
    for imported in imports:
        if imported.ours is not None:
            graph.setdefault(imported.module, []).append(imported.ours)
    done: set[str] = set()

    def visit(module: str, path: list[str]) -> Iterator[str]:
        if module in path:
            cycle = [*path[path.index(module) :], module]
            yield "cycle: " + " -> ".join(name or PACKAGE for name in cycle)
        elif module not in done:
            for target in dict.fromkeys(graph.get(module, [])):
                yield from visit(target, [*path, module])
            done.add(module)

    for module in graph:
        yield from visit(module, [])


def complaints(root: Path, rules: Rules = RULES) -> list[str]:
    """Everything that is wrong with the imports of the package in the folder `root`."""
    modules = find_modules(root)
    imports = [i for name, path in modules.items() for i in find_imports(name, path, modules)]
    found = [*check_placed(modules, rules)]
    found += [c for i in imports for c in (check_layer(i, rules), check_time(i, rules)) if c]
    found += [*check_cycles(imports), *check_stale(modules, imports, rules)]
    return found


def test_imports_go_down_only_and_heavy_libraries_wait() -> None:
    assert complaints(ROOT) == []


def test_the_walk_sees_the_package() -> None:
    modules = find_modules(ROOT)
    assert {"errors", "shelf", "datasets"} <= set(modules)
    found = {i.target for i in find_imports("datasets", modules["datasets"], modules)}
    assert {"pandas", "bambi_lite.errors", "bambi_lite.shelf"} <= found


# What each planted file is, and the complaint it must raise (None: it is right).
PLANTED = {
    "lower layer": ({"spec.py": "from bambi_lite.formula import parse"}, None),
    "module of a package": ({"formula/bf.py": "from bambi_lite.formula.lexer import lex"}, None),
    "errors from its own layer": ({"shelf.py": "from bambi_lite.errors import DataError"}, None),
    "upward": (
        {"spec.py": "import numpy\nfrom bambi_lite.api import brm"},
        f"bambi_lite.spec:2 (layer 7) imports bambi_lite.api (layer {LAYERS['api']}): "
        "only lower layers may be imported",
    ),
    "upward, relative": (
        {"terms/base.py": "from ..spec import ModelSpec"},
        "bambi_lite.terms.base:1 (layer 5) imports bambi_lite.spec (layer 7): "
        "only lower layers may be imported",
    ),
    "upward, from the package": (
        {"spec.py": "from bambi_lite import brm"},
        f"bambi_lite.spec:1 (layer 7) imports bambi_lite (layer {LAYERS['']}): "
        "only lower layers may be imported",
    ),
    "upward for type checking": (
        {"spec.py": "if TYPE_CHECKING:\n    from bambi_lite import api"},
        f"bambi_lite.spec:2 (layer 7) imports bambi_lite.api (layer {LAYERS['api']}): "
        "only lower layers may be imported",
    ),
    "same layer": (
        {"priors/rows.py": "import bambi_lite.families.base"},
        "bambi_lite.priors.rows:1 (layer 6) imports bambi_lite.families.base (layer 6): "
        "only lower layers may be imported",
    ),
    "family to base": ({"families/poisson.py": "from bambi_lite.families import base"}, None),
    "families gathered": (
        {"families/__init__.py": "from bambi_lite.families import poisson"},
        None,
    ),
    "family to family": (
        {"families/zip.py": "from bambi_lite.families.poisson import POISSON"},
        "bambi_lite.families.zip:1 imports bambi_lite.families.poisson: in families/ only base "
        "may be imported by the others",
    ),
    "family to the gathering": (
        {"families/zip.py": "from bambi_lite.families import get"},
        "bambi_lite.families.zip:1 imports bambi_lite.families: in families/ only base "
        "may be imported by the others",
    ),
    "engine to engine": (
        {"engines/numpyro.py": "def f():\n    from .pymc import build"},
        "bambi_lite.engines.numpyro:2 imports bambi_lite.engines.pymc: in engines/ only base "
        "may be imported by the others",
    ),
    "heavy at the top": (
        {"graph.py": "import matplotlib.pyplot as plt"},
        "bambi_lite.graph:1 imports matplotlib.pyplot at its top: import it inside the function "
        "that needs it, or list the module in LOADED_LAZILY with a reason",
    ),
    "heavy in a class body": (
        {"graph.py": "class A:\n    from arviz_plots import plot_forest"},
        "bambi_lite.graph:2 imports arviz_plots at its top: import it inside the function "
        "that needs it, or list the module in LOADED_LAZILY with a reason",
    ),
    "heavy in a function": ({"graph.py": "def draw():\n    import matplotlib"}, None),
    "heavy for type checking": ({"graph.py": "if TYPE_CHECKING:\n    import pymc"}, None),
    "heavy in a lazy module": ({"engines/pymc.py": "import pymc, pytensor"}, None),
    "lazy module at the top": (
        {"api.py": "from bambi_lite.engines.pymc import build"},
        "bambi_lite.api:1 imports bambi_lite.engines.pymc at its top: import it inside the "
        "function that needs it, or list the module in LOADED_LAZILY with a reason",
    ),
    "lazy module in a function": (
        {"api.py": "def f():\n    from bambi_lite.engines import pymc"},
        None,
    ),
    "light in a function": (
        {"api.py": "def f():\n    import numpy as np"},
        "bambi_lite.api:2 imports numpy inside a function: import it at the top, or list it in "
        "INSIDE_FUNCTIONS with a reason",
    ),
    "cycle": (
        {
            "formula/bf.py": "from bambi_lite.formula import lexer",
            "formula/lexer.py": "from bambi_lite.formula.bf import bf",
        },
        "cycle: formula.bf -> formula.lexer -> formula.bf",
    ),
    "no layer": (
        {"helpers/text.py": "x = 1"},
        "bambi_lite.helpers has no layer: give it a line in LAYERS (tests/unit/test_layers.py)",
    ),
}


@pytest.mark.parametrize("case", PLANTED)
def test_planted_tree(case: str, tmp_path: Path) -> None:
    files, complaint = PLANTED[case]
    plain = ("__init__.py", "api.py", "spec.py", "formula/lexer.py", "families/base.py")
    lazy = ("families/__init__.py", "families/poisson.py", "engines/__init__.py", "engines/pymc.py")
    for name in (*plain, *lazy):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert complaints(tmp_path, PLANTED_RULES) == ([] if complaint is None else [complaint])


def test_stale_exception_is_a_complaint(tmp_path: Path) -> None:
    (tmp_path / "api.py").write_text("import numpy", encoding="utf-8")
    rules = Rules(LAYERS, SIBLINGS, LOADED_LAZILY, {("api", "numpy"): "a reason"})
    assert complaints(tmp_path, rules) == [
        "INSIDE_FUNCTIONS lists ('api', 'numpy'), which no function imports any more"
    ]
    (tmp_path / "api.py").write_text("def f():\n    import numpy", encoding="utf-8")
    assert complaints(tmp_path, rules) == []
