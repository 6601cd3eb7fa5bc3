"""What is kept of compiled functions: found again, never wrong, never in the way."""

import os
import subprocess
import sys

import numpy as np
import pytest
from numba import types
from scipy.special import gammainc

from bambi_lite import compiled
from bambi_lite.dists.kernels.shared import log1mexp

SIGNATURE = types.double(types.double)


def shifted(by):
    def add(x):
        return x + by

    return add


def make(by=2.0):
    """A C function that adds a number, and whether it was found on disk."""
    made = compiled.callback(SIGNATURE, shifted(by))
    assert made.ctypes(1.0) == 1.0 + by
    return made.cache_hits == 1


@pytest.fixture
def kept(monkeypatch, tmp_path):
    monkeypatch.setenv("BAMBI_LITE_CACHE", str(tmp_path))
    return tmp_path


def files(folder):
    return sorted(folder.glob("*.compiled"))


def test_a_function_is_found_again(kept):
    assert not make()
    assert make()
    assert len(files(kept)) == 1
    assert not list(kept.glob("*.part"))


def test_what_a_function_encloses_is_a_part_of_it(kept):
    assert not make(2.0)
    assert not make(3.0)
    assert make(2.0)


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda whole: whole[: len(whole) // 2], id="its end is missing"),
        pytest.param(lambda whole: b"", id="it is empty"),
        pytest.param(lambda whole: whole[:100] + b"?" + whole[101:], id="a byte is another"),
        pytest.param(lambda whole: b"not a kernel at all", id="it is something else"),
    ],
)
def test_a_damaged_file_is_written_again(kept, damage):
    make()
    (path,) = files(kept)
    whole = path.read_bytes()
    path.write_bytes(damage(whole))
    assert not make()
    assert make()
    assert compiled.read(path) is not None


def test_a_file_under_the_name_of_another_counts_as_none(kept):
    make(2.0)
    (two,) = files(kept)
    make(3.0)
    (three,) = set(files(kept)) - {two}
    two.write_bytes(three.read_bytes())
    assert not make(2.0)


@pytest.mark.parametrize("library", ["numba", "llvmlite"])
def test_another_version_finds_nothing(kept, monkeypatch, library):
    make()
    monkeypatch.setattr(getattr(compiled, library), "__version__", "0.0.1")
    assert not make()
    assert len(files(kept)) == 2


def test_a_function_is_known_by_what_it_calls(monkeypatch):
    from bambi_lite.dists.kernels import gamma

    before = compiled.fingerprint(gamma.tails)
    text = compiled._text
    changed = log1mexp.py_func.__module__
    monkeypatch.setattr(compiled, "_text", lambda name: text(name) + "!" * (name == changed))
    assert compiled.fingerprint(gamma.tails) != before


@pytest.mark.parametrize("off", ["off", "OFF", "0", "no"])
def test_nothing_is_kept_when_it_is_off(monkeypatch, tmp_path, off):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("BAMBI_LITE_CACHE", off)
    assert not make()
    assert not make()
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_made_is_no_error(monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("BAMBI_LITE_CACHE", str(tmp_path / "file" / "below"))
    assert not make()


def test_what_was_unused_longest_goes_first(kept, monkeypatch):
    make(1.0)
    (oldest,) = files(kept)
    make(2.0)
    size = oldest.stat().st_size
    os.utime(oldest, (1.0, 1.0))
    monkeypatch.setenv("BAMBI_LITE_CACHE_MB", str(2.5 * size / 1e6))
    make(3.0)
    assert oldest not in files(kept)
    assert len(files(kept)) == 2
    # The newest stays even where it alone is too large.
    monkeypatch.setenv("BAMBI_LITE_CACHE_MB", "0")
    make(4.0)
    assert len(files(kept)) == 1
    assert make(4.0)


AT_ONCE = """
from bambi_lite.dists.kernels.tails import GAMMA
print(repr(float(GAMMA.on_arrays(2.0, 0.3))))
"""


def test_two_processes_may_write_at_once(kept):
    command = [sys.executable, "-c", AT_ONCE]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    answers = {process.communicate()[0].strip() for process in running}
    assert all(process.returncode == 0 for process in running)
    before = {path: path.read_bytes() for path in files(kept)}
    again = subprocess.run(command, capture_output=True, text=True, check=True)
    assert answers == {again.stdout.strip()}
    np.testing.assert_allclose(float(answers.pop()), np.log(gammainc(2.0, np.exp(0.3))), rtol=1e-12)
    # The third process compiled nothing.
    assert {path: path.read_bytes() for path in files(kept)} == before
    assert all(compiled.read(path) is not None for path in before)
