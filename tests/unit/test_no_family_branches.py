"""Nothing outside families/ does one thing for one family and another for another.

What differs between families is said by the family (its parameters, links, encoder, likelihood,
...), so that a new one works everywhere at once. This test walks the code of all other modules for
branches on a family's name or type.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import bambi_lite as bl
from bambi_lite.dists import VOCABULARY
from tables import each
from trees import tree

ROOT = Path(__file__).parents[2] / "bambi_lite"
#: Names of families that are words of other vocabularies too: distributions of responses and of
#: group effects.
OTHER_WORDS = {*VOCABULARY, "gaussian", "student"}


def names_of_families():
    """Names that nothing but a family has."""
    return set(bl.families()) - OTHER_WORDS


def is_family(node: ast.expr) -> bool:
    """``family``, ``spec.family``, ``own_family``."""
    name = node.id if isinstance(node, ast.Name) else getattr(node, "attr", "")
    return name == "family" or name.endswith("_family")


def is_identity(node: ast.expr) -> bool:
    """A family, its name, its text, its type, or the label of its compiled likelihood."""
    match node:
        case ast.Attribute(value=value, attr="name" | "kernel" | "__class__" | "__name__"):
            return is_identity(value)
        case ast.Call(func=ast.Name(id="str" | "type" | "repr"), args=[value]):
            return is_identity(value)
    return is_family(node)


def strings(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def branches(tree: ast.AST, names: set[str]) -> Iterator[tuple[int, str]]:
    """Line and kind of each branch on a family."""
    for node in ast.walk(tree):
        match node:
            case ast.Compare(left=left, comparators=comparators):
                others = [c for c in (left, *comparators) if not isinstance(c, ast.Constant)]
                nothing = any(isinstance(c, ast.Constant) and c.value is None for c in comparators)
                if any(is_identity(c) for c in others) and not nothing:
                    yield node.lineno, "compares a family"
                elif names.intersection(strings(node)):
                    yield node.lineno, "compares with the name of a family"
            case ast.Match(subject=subject, cases=cases):
                found = {s for case in cases for s in strings(case.pattern)}
                if is_identity(subject) or names & found:
                    yield node.lineno, "matches a family"
            case ast.Subscript(slice=key) if is_identity(key):
                yield node.lineno, "looks a family up"
            case ast.Call(func=ast.Attribute(attr="get"), args=[key, *_]) if is_identity(key):
                yield node.lineno, "looks a family up"
            case ast.Call(
                func=ast.Attribute(value=value, attr="startswith" | "endswith" | "removeprefix")
            ) if is_identity(value):
                yield node.lineno, "takes a family's name apart"
            case ast.Call(func=ast.Name(id="isinstance" | "issubclass"), args=[value, kind]) if (
                is_family(value) and getattr(kind, "id", "") != "str"
            ):
                yield node.lineno, "asks for a family's type"
            case ast.ImportFrom(module=module) if module and ".families." in f".{module}":
                yield node.lineno, "imports the file of a family"


def complaints(root: Path) -> list[str]:
    names = names_of_families()
    found = []
    for path in sorted(root.rglob("*.py")):
        place = path.relative_to(root)
        if place.parts[0] == "families":
            continue
        lines = path.read_text(encoding="utf-8").splitlines()
        for line, what in branches(tree(path), names):
            # Kernels are the engines' own; what else they know of a family, the family says.
            if place.parts[0] == "engines" and "family.kernel" in lines[line - 1]:
                continue
            found.append(f"{place}:{line} {what}")
    return found


def test_no_branch_on_a_family_outside_families():
    assert complaints(ROOT) == []


PLANTED = {
    'if spec.family.name == "poisson": pass': "compares a family",
    'x = 1 if family == "gaussian" else 2': "compares a family",
    'x = spec.family.name in ("gaussian", "student")': "compares a family",
    "ok = str(draws.spec.family) != other": "compares a family",
    "ok = type(family) is Poisson": "compares a family",
    'name = f(); ok = name == "negbinomial"': "compares with the name of a family",
    'ok = name in {"cumulative", "acat"}': "compares with the name of a family",
    'match spec.family.name:\n    case "gaussian": pass': "matches a family",
    'match name:\n    case "negbinomial2": pass': "matches a family",
    'fast = family.kernel == "gaussian"': "compares a family",
    "scale = SCALES[family.name]": "looks a family up",
    "scale = SCALES.get(spec.family.name, 1)": "looks a family up",
    'zero = family.name.startswith("zero_inflated")': "takes a family's name apart",
    "if isinstance(chosen_family, Ordinal): pass": "asks for a family's type",
    "from ..families.poisson import poisson": "imports the file of a family",
    "from bambi_lite.families.poisson import poisson": "imports the file of a family",
    # What is right: its name in a message, its presence, what it says of itself.
    'message = f"family {spec.family.name}"': None,
    "if family is None: pass": None,
    "family = get_family(family) if isinstance(family, str) else family": None,
    "if spec.family.discrete: pass": None,
    'if group.dist == "student": pass': None,
    'if family.dpar(name).name == "sigma": pass': None,
    "if family.bind is not None: pass": None,
    "from ..families import Family, get_family": None,
}


@each(PLANTED)
def test_planted(text, tmp_path):
    (tmp_path / "module.py").write_text(text, encoding="utf-8")
    (tmp_path / "families").mkdir()
    (tmp_path / "families" / "poisson.py").write_text(text, encoding="utf-8")
    found = [complaint.partition(" ")[2] for complaint in complaints(tmp_path)]
    assert found == ([] if PLANTED[text] is None else [PLANTED[text]])
