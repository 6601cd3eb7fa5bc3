"""Functions that numba compiles, kept on disk between processes.

numba's own cache notices when the file of a function changes, not when a function that it calls
does (numba 0.68, numba/core/caching.py), and trusts what it reads: a file that lost its end stops
the program. So what is kept here has a name of its own: a hash of the texts of the function and of
all that it calls, of the types, the processor and the versions of numba and Python. What does not
fit is never found. A file begins with the hash of what follows; a damaged one counts as none and is
written again. Files are written whole and renamed into place, so that processes may write at once.

The environment says where and how much:

- ``BAMBI_LITE_CACHE``: another folder; ``off`` keeps nothing.
- ``BAMBI_LITE_CACHE_MB``: how much is kept (default 200); what was unused longest goes first.
"""

from __future__ import annotations

import hashlib
import inspect
import os
import pickle
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

import llvmlite
import numba
from numba.core import serialize
from numba.core.ccallback import CFunc
from numba.core.compiler import CompileResult

_FOLDER, _SIZE = "BAMBI_LITE_CACHE", "BAMBI_LITE_CACHE_MB"
_PACKAGE = __name__.partition(".")[0]
_SUFFIX = ".compiled"
#: A division by zero is infinite, as in NumPy; other threads may run meanwhile. Arithmetic is exact
#: by name: what is not set is inherited from the caller, and PyTensor lets numba reorder it, which
#: would undo every form that avoids cancellation.
_OPTIONS: dict[str, Any] = {"error_model": "numpy", "nogil": True, "fastmath": False}


def folder() -> Path | None:
    """Where compiled functions are kept; None when nothing is, or nothing can be written."""
    given = os.environ.get(_FOLDER, "")
    if given.lower() in ("off", "0", "no"):
        return None
    home = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    base = Path(home) if home else Path.home() / ".cache"
    own = Path(given) if given else base / "bambi_lite"
    try:
        own.mkdir(mode=0o700, parents=True, exist_ok=True)  # what is in it will be run
    except OSError:
        return None
    return own if os.access(own, os.W_OK) else None


# -- the three kinds of compiled functions ---------------------------------------------------


def inner[F: Callable[..., Any]](function: F) -> F:
    """A function that only compiled ones call: it is kept as a part of them."""
    made: F = numba.njit(**_OPTIONS, no_cpython_wrapper=True, no_cfunc_wrapper=True)(function)
    return made


def compiled[F: Callable[..., Any]](function: F) -> F:
    """A function compiled when it is first called with arguments of some types, and kept."""
    made: Any = numba.njit(**_OPTIONS)(function)
    made._cache = _Kept(function)
    result: F = made
    return result


def elementwise(function: Callable[..., float]) -> Callable[..., Any]:
    """The NumPy ufunc of a function of numbers, compiled when first called, and kept."""
    made: Any = numba.vectorize(function)
    made._dispatcher.cache = _Kept(made._dispatcher.py_func)
    result: Callable[..., Any] = made
    return result


def callback(signature: Any, function: Callable[..., Any]) -> Any:
    """A C function: its ``address``, or as a function of ``ctypes``. Compiled now, and kept."""
    made: Any = CFunc(function, (signature.args, signature.return_type), {}, dict(_OPTIONS))
    made._cache = _Kept(function)
    made.compile()
    return made


# -- what a function is known by -------------------------------------------------------------


def fingerprint(function: Any) -> str:
    """A hash of the texts of a function and of everything in this package that it calls."""
    texts: dict[str, str] = {}
    _collect(function, texts)
    parts = sorted(texts.items())
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _collect(value: Any, texts: dict[str, str]) -> None:
    """Add the texts that a value stands for: a function's module, and what the function uses."""
    if isinstance(value, ModuleType):
        texts[value.__name__] = _text(value.__name__)
        return
    function = getattr(value, "py_func", None) or getattr(value, "_defn", None) or value
    if not inspect.isfunction(function):
        if isinstance(value, int | float | str | tuple):
            texts.setdefault(f"constant {value!r}", "")
        return
    module = function.__module__
    if texts and module.partition(".")[0] != _PACKAGE:
        return  # of other libraries the version counts
    key = f"{module}:{function.__qualname__}:{function.__code__.co_firstlineno}"
    cells = [cell.cell_contents for cell in function.__closure__ or ()]
    # Functions made by one factory differ in what they enclose.
    key += "".join(f":{_name(cell)}" for cell in cells)
    if key in texts:
        return
    texts[key] = _text(module)
    for used in (*cells, *_used(function)):
        _collect(used, texts)


def _name(value: Any) -> str:
    function = getattr(value, "py_func", value)
    return str(getattr(function, "__qualname__", None) or repr(value))


def _used(function: Any) -> Iterator[Any]:
    """The globals of a function that its code names, and what it names in modules."""
    names = set(_names(function.__code__))
    for name in sorted(names):
        value = function.__globals__.get(name)
        yield value
        if isinstance(value, ModuleType) and value.__name__.partition(".")[0] == _PACKAGE:
            yield from (getattr(value, other) for other in sorted(names) if hasattr(value, other))


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)


@cache
def _text(module: str) -> str:
    if module.partition(".")[0] != _PACKAGE:
        return ""
    return hashlib.sha256(inspect.getsource(sys.modules[module]).encode()).hexdigest()


# -- files -----------------------------------------------------------------------------------


class _Kept:
    """What numba takes for the cache of a function."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function

    @property
    def cache_path(self) -> str:
        """The folder."""
        return str(folder() or "")

    def load_overload(self, signature: Any, target: Any) -> Any:
        """The compiled function for these types, None when there is none."""
        path = self._path(signature, target.codegen())
        found = None if path is None else read(path)
        if found is None:
            return None
        target.refresh()
        # numba has no other form for compiled code. The folder is the user's own, as __pycache__
        # is: the hash tells damage, not who wrote it, and no stranger's file is ever read here.
        return CompileResult._rebuild(target, *pickle.loads(found))

    def save_overload(self, signature: Any, result: Any) -> None:
        """Keep a compiled function."""
        path = self._path(signature, result.codegen)
        if path is None or result.lifted or result.library.has_dynamic_globals:
            return
        write(path, serialize.dumps(result._reduce()))

    def _path(self, signature: Any, codegen: Any) -> Path | None:
        own = folder()
        if own is None:
            return None
        versions = (numba.__version__, llvmlite.__version__, sys.version)
        parts = (_fingerprint(self._function), str(signature), codegen.magic_tuple(), versions)
        known = hashlib.sha256(repr(parts).encode()).hexdigest()
        name = "".join(c if c.isalnum() else "_" for c in self._function.__name__)
        return own / f"{name}-{known[:24]}{_SUFFIX}"


_fingerprint = cache(fingerprint)


def read(path: Path) -> bytes | None:
    """What a file holds; None when there is none or it is damaged."""
    try:
        whole = path.read_bytes()
        os.utime(path)  # when it was last used
    except OSError:
        return None
    seal, content = whole[:32], whole[32:]
    return content if seal == _seal(path, content) else None


def write(path: Path, content: bytes) -> None:
    """Put a file into place as a whole; a disk that is full is no error."""
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
            file.write(_seal(path, content) + content)
        os.replace(file.name, path)
        _shrink(path.parent, path)
    except OSError:
        return


def _seal(path: Path, content: bytes) -> bytes:
    """The name belongs to it: a file under another one's name is damaged."""
    return hashlib.sha256(path.name.encode() + content).digest()


def _shrink(own: Path, newest: Path) -> None:
    """Remove what was unused longest, beyond the size that is kept."""
    try:
        limit = float(os.environ.get(_SIZE, "") or 200.0) * 1e6
    except ValueError:
        limit = 200e6
    found = []
    for path in own.glob(f"*{_SUFFIX}"):
        try:
            state = path.stat()
        except OSError:  # another process was faster
            continue
        found.append((state.st_mtime, state.st_size, path))
    total = sum(size for _, size, _ in found)
    for _, size, path in sorted(found):
        if total <= limit:
            break
        if path != newest:
            path.unlink(missing_ok=True)
            total -= size
