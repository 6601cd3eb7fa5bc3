"""A formula is data: none of these runs anything. Each attack leaves a witness if it does."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from bambi_lite.design import build_design
from bambi_lite.errors import BambiLiteError
from bambi_lite.formula import bf
from tables import each

# What Python reports when code is compiled or run, a process started or a file opened.
EVENTS = frozenset(
    {"exec", "compile", "open", "os.system", "os.exec", "os.posix_spawn", "subprocess.Popen",
     "os.remove", "import", "pickle.find_class", "socket.connect", "ctypes.dlopen"}
)  # fmt: skip
_watching: list[list[str]] = []


def _hook(event: str, args: Any) -> None:
    if _watching and event in EVENTS:
        _watching[-1].append(f"{event} {args!r:.80}")


sys.addaudithook(_hook)


@contextmanager
def witness(folder: Path) -> Iterator[Path]:
    """A file that an attack would write, and a record of what Python was made to do."""
    path = folder / "witness"
    seen: list[str] = []
    _watching.append(seen)
    try:
        yield path
    finally:
        _watching.remove(seen)
    assert not path.exists()
    assert not seen


# {w} is the path of the witness.
CALLS = [
    "__import__('os').system('touch {w}')",
    "__import__('os')",
    "os.system('touch {w}')",
    'eval(\'open("{w}", "w")\')',
    'exec(\'open("{w}", "w")\')',
    "compile('1', 'x', 'exec')",
    "open('{w}', 'w')",
    "getattr(x, 'tofile')",
    "x.tofile('{w}')",
    "x.__class__",
    "x.__class__.__base__.__subclasses__()",
    "().__class__",
    "(lambda: open('{w}', 'w'))()",
    "[c for c in ().__class__.__base__.__subclasses__()]",
    "{{open('{w}', 'w')}}",
    "I(__import__('os').system('touch {w}'))",
    "log(__import__('os').system('touch {w}'))",
    "poly(x, __import__('os').system('touch {w}'))",
    "poly(x, eval('2'))",
    "cut(x, open('{w}', 'w'))",
    'factor(k, levels = eval(\'open("{w}", "w")\'))',
    "C(f4, __import__('os').system)",
    "C(f4, contr.treatment(eval('4')))",
    "C(f4, 'os.system')",
    "relevel(f4, ref = system('touch {w}'))",
    "system('touch {w}')",
    "base::system('touch {w}')",
    "source('{w}')",
    "readRDS('{w}')",
    "file('{w}', 'w')",
    "unlink('{w}')",
    "do.call('system', 'touch {w}')",
    "Sys.setenv(A = 'b')",
    "library(os)",
    "`__import__`('os')",
    "'__import__'('os')",
    "`open`('{w}', 'w')",
    "np.fromfile('{w}')",
    "pd.read_pickle('{w}')",
    "BSpline('{w}')",
    "scope.frame",
    "self",
    "numpy",
    "__builtins__",
    "print(x)",
    "input()",
    "breakpoint()",
    "globals()",
    "vars()",
    "scale(x, center = globals())",
    "ifelse(open('{w}', 'w'), 1, 0)",
    "s(x, bs = eval('1'))",
    "offset(__import__('os'))",
    "x; import os",
    "x\nimport os",
    "%s" % ("f" * 30 + "(" * 30),
]
WHOLE = [
    "{c} ~ x",
    "y ~ {c}",
    "y ~ x + ({c} | g)",
    "y ~ (1 | {c})",
    "y | trials({c}) ~ x",
    "bf(y ~ x, sigma ~ {c})",
    "bf(y ~ x, sigma = {c})",
    "bf(y ~ x, family = {c})",
    "bf(y ~ {c} * x, nl = TRUE)",
    "y ~ x + {c} + ar(time, {c})",
]


@each(CALLS)
def test_nothing_runs(attack: str, tmp_path: Path, corpus_data: pd.DataFrame) -> None:
    with witness(tmp_path) as path:
        call = attack.format(w=path)
        for whole in WHOLE:
            text = whole.replace("{c}", call)
            try:
                build_design(bf(text), corpus_data)
            except BambiLiteError:
                continue
            # What is read without complaint is a family or an argument that is kept as text.
            assert "family" in text or "bs =" in text or call.startswith("C(f4"), text


NAMES = [
    "__import__('os').system('touch {w}')",
    "x.__class__",
    "{{x}}",
    "eval('1')",
    "`x`",
    "a$b",
    "a\\`b",
    "x\x00y",
    "%s %(x)s {x}",
]


@each(NAMES)
def test_names_and_values_of_the_data_are_data(name: str, tmp_path: Path) -> None:
    with witness(tmp_path) as path:
        text = name.format(w=path) if "{w}" in name else name
        frame = pd.DataFrame({"y": [1.0, 2.0, 3.0, 4.0], "f": [text, "b"] * 2, text: 1.0})
        design = build_design(bf("y ~ f + (1 | f)"), frame)
        assert text in design.predictors[0].groups[0].levels
        for parts in (("y ~ .",), ("y ~ f", f"{text} ~ 1"), ("y ~ f", f"sigma ~ {text}")):
            with suppress(BambiLiteError):
                build_design(bf(*parts), frame)
            with suppress(BambiLiteError):
                build_design(bf(*parts, nl=True), frame)
        with pytest.raises(BambiLiteError):
            build_design(bf("y ~ f"), frame, contrasts={"f": text})


def test_the_witness_sees(tmp_path: Path) -> None:
    seen: list[str] = []
    _watching.append(seen)
    (tmp_path / "seen").write_text("x", encoding="utf-8")
    _watching.remove(seen)
    assert any(event.startswith("open") for event in seen)


def test_there_are_enough_attacks() -> None:
    assert len(CALLS) >= 40
