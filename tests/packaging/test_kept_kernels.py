"""Whole fits with kernels that are kept, damaged, and written by two processes at once."""

import os
import subprocess
import sys

import pytest

from bambi_lite import compiled

FIT = """
import hashlib
import bambi_lite as bl
fit = bl.brm(
    "Reaction ~ Days + (Days | Subject)", bl.load_data("sleepstudy"), seed=1, progress=False
)
draws = fit.idata["posterior"].to_dataset()
print(hashlib.sha256(b"".join(draws[name].to_numpy().tobytes() for name in draws)).hexdigest())
"""


def start(folder):
    return subprocess.Popen(
        [sys.executable, "-c", FIT],
        env={**os.environ, "BAMBI_LITE_CACHE": str(folder)},
        stdout=subprocess.PIPE,
        text=True,
    )


def answer(process):
    out, _ = process.communicate()
    assert process.returncode == 0
    return out.strip()


@pytest.mark.slow
def test_a_damaged_or_shared_folder_never_changes_a_fit(tmp_path):
    expected = answer(start(tmp_path))
    kept = sorted(tmp_path.glob("*.compiled"))
    assert len(kept) > 3
    whole = {path: path.read_bytes() for path in kept}
    damages = (
        lambda content: content[: len(content) // 3],
        lambda content: b"",
        lambda content: content[:-9] + b"x" * 9,
        lambda content: whole[kept[0]],
    )
    for i, path in enumerate(kept[1:]):
        path.write_bytes(damages[i % len(damages)](whole[path]))
    assert {answer(process) for process in [start(tmp_path), start(tmp_path)]} == {expected}
    assert sorted(tmp_path.iterdir()) == kept
    assert all(compiled.read(path) is not None for path in kept)
    # Nothing is compiled again.
    times = {path: path.stat().st_size for path in kept}
    assert answer(start(tmp_path)) == expected
    assert {path: path.stat().st_size for path in kept} == times
    # And with nothing kept it is the same.
    assert answer(start("off")) == expected
