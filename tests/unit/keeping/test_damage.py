"""Files that were cut, damaged or made with malice: refused by our own error, or loaded right."""

import hashlib
import io
import json
import os
import pickle
import random
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import pytest

import bambi_lite as bl
from bambi_lite.keeping.archive import read
from kept import quick_fit
from tables import each


def rewrite(file, to, change):
    """The file with other members, hashes made right: what somebody could make by hand."""
    with zipfile.ZipFile(file) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    head = json.loads(members.pop("manifest.json"))
    change(members)
    head["members"] = {
        name: {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
        for name, data in members.items()
    }
    with zipfile.ZipFile(to, "w") as archive:
        for name, data in {**members, "manifest.json": json.dumps(head).encode()}.items():
            archive.writestr(name, data)
    return to


def same(fit, other):
    return fit.idata.identical(other.idata) and str(fit) == str(other)


def test_a_file_damaged_at_random_bytes_is_refused_or_right(small_fit, small_file):
    whole, rng = small_file.read_bytes(), random.Random(7)
    refused = 0
    for _ in range(100):
        damaged = bytearray(whole)
        damaged[rng.randrange(len(whole))] ^= 1 << rng.randrange(8)
        small_file.write_bytes(damaged)
        try:
            fit = bl.load(small_file)
        except bl.KeepingError:
            refused += 1
        else:
            assert same(fit, small_fit)
    # The rest are bytes that say nothing, such as dates of members.
    assert refused >= 85


@pytest.mark.parametrize("step", [17, pytest.param(1, marks=pytest.mark.slow)])
def test_the_table_of_contents(step, small_fit, small_file):
    """Where a zip file says what is where, bytes are tried in turn: no hash covers them."""
    whole = small_file.read_bytes()
    start = whole.index(b"PK\1\2")
    for place in range(start, len(whole), step):
        for bits in (0xFF, 0x01):
            damaged = bytearray(whole)
            damaged[place] ^= bits
            small_file.write_bytes(damaged)
            try:
                archive = read(small_file)
            except bl.KeepingError:
                continue
            assert archive.json("draws.json").keys() == small_fit.idata.children.keys()


def test_a_file_cut_anywhere_is_refused(small_file):
    whole, rng = small_file.read_bytes(), random.Random(3)
    for length in (0, 1, 4, len(whole) - 1, *(rng.randrange(len(whole)) for _ in range(40))):
        small_file.write_bytes(whole[:length])
        with pytest.raises(bl.KeepingError):
            bl.load(small_file)


def mutate(value, rng):
    """A JSON value with one place changed."""
    if isinstance(value, dict) and value and rng.random() < 0.9:
        key = rng.choice(list(value))
        if rng.random() < 0.2:
            return {k: v for k, v in value.items() if k != key}
        return {**value, key: mutate(value[key], rng)}
    if isinstance(value, list) and value and rng.random() < 0.9:
        place = rng.randrange(len(value))
        return [*value[:place], mutate(value[place], rng), *value[place + 1 :]]
    return rng.choice(
        [None, True, -1, 10**30, 0.5, float("nan"), "", "x", "../../etc/passwd", [], {}, [[]],
         "__import__('os').system('true')", {"array": "data/data/x/values.npy"}]
    )  # fmt: skip


@pytest.mark.parametrize("n", [80, pytest.param(2000, marks=pytest.mark.slow)])
def test_files_made_by_hand_raise_our_error_only(n, small_file, tmp_path):
    rng, refused = random.Random(11), 0
    for i in range(n):
        name = ["model.json", "draws.json", "sampling.json", "criteria.json"][i % 4]

        def change(members, name=name):
            members[name] = json.dumps(mutate(json.loads(members[name]), rng)).encode()

        try:
            bl.load(rewrite(small_file, tmp_path / "made.bl", change))
        except bl.KeepingError:
            refused += 1
    assert refused > n / 2


#: What is there when a pickle was read.
WITNESS = Path(tempfile.gettempdir()) / f"bambi_lite_ran_{os.getpid()}"


class Trap:
    """What a pickle would run when it is read."""

    def __reduce__(self):
        return (os.mkdir, (str(WITNESS),))


def npy(descr, shape, data=b""):
    head = f"{{'descr': {descr!r}, 'fortran_order': False, 'shape': {shape}, }}".encode()
    head += b" " * (-(len(head) + 11) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(head).to_bytes(2, "little") + head + data


def pickled():
    file = io.BytesIO()
    np.save(file, np.array([Trap()], dtype=object), allow_pickle=True)
    return file.getvalue()


MEMBER = "draws/posterior/b_x.npy"
ARRAYS = {
    "pickled objects": pickled(),
    "a pickle": pickle.dumps(Trap()),
    "huge dims": npy("<f8", "(10**6, 10**6)".replace("10**6", "1000000"), b"\0" * 64),
    "more than there is": npy("<f8", "(2, 21)", b"\0" * 320),
    "negative dims": npy("<f8", "(-2, -20)", b"\0" * 320),
    "void": npy("|V8", "(2, 20)", b"\0" * 320),
    "code in the header": npy("<f8", "(__import__('os').getpid(),)", b"\0" * 8),
    "whole numbers": npy("<i8", "(2, 20)", b"\0" * 320),
    "other dims": npy("<f8", "(40,)", b"\0" * 320),
    "empty": b"",
}


@each(ARRAYS)
def test_arrays_that_are_none(name, small_file, tmp_path):
    to = rewrite(small_file, tmp_path / "made.bl", lambda m: m.update({MEMBER: ARRAYS[name]}))
    with pytest.raises(bl.KeepingError):
        bl.load(to)
    assert not WITNESS.exists()


def test_the_trap_is_one():
    pickle.loads(pickle.dumps(Trap()))
    assert WITNESS.exists()
    WITNESS.rmdir()


def test_labels_of_others(small_file, tmp_path):
    """Draws under other labels than those of the model would be other numbers."""

    def swap(members):
        labels = np.array(["b", "a"])
        file = io.BytesIO()
        np.save(file, labels)
        members["draws/posterior/g.npy"] = file.getvalue()

    with pytest.raises(bl.KeepingError, match="the draws of 'r_g' have other labels"):
        bl.load(rewrite(small_file, tmp_path / "made.bl", swap))


def test_a_setting_that_an_earlier_release_did_not_have(small_fit, small_file, tmp_path):
    def without(members):
        note = json.loads(members["sampling.json"])
        del note["settings"]["save_pars"], note["settings"]["decomp"]
        members["sampling.json"] = json.dumps(note).encode()

    fit = bl.load(rewrite(small_file, tmp_path / "made.bl", without))
    assert fit.draws.settings == small_fit.draws.settings


def test_names_of_members_are_no_paths(small_file, tmp_path):
    def escape(members):
        note = json.loads(members["draws.json"])
        note["posterior"]["variables"]["b_x"]["array"] = "../../../outside.npy"
        members["../../../outside.npy"] = members.pop(MEMBER)
        members["draws.json"] = json.dumps(note).encode()

    # It is a key like any other, and nothing is unpacked.
    bl.load(rewrite(small_file, tmp_path / "made.bl", escape))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["made.bl", "small.bl"]


def test_a_bomb_is_not_unpacked(small_file, tmp_path):
    bomb = tmp_path / "bomb.bl"
    with zipfile.ZipFile(small_file) as old, zipfile.ZipFile(bomb, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
        new.writestr("zeros", bytes(50_000_000), zipfile.ZIP_DEFLATED)
    assert bomb.stat().st_size < 200_000
    with pytest.raises(bl.KeepingError, match="is damaged: its table of contents is not one that"):
        bl.load(bomb)


def test_deep_json_is_refused(small_file, tmp_path):
    deep = b"[" * 200_000 + b"]" * 200_000
    to = rewrite(small_file, tmp_path / "made.bl", lambda m: m.update({"criteria.json": deep}))
    with pytest.raises(bl.KeepingError, match=r"criteria\.json is no JSON"):
        bl.load(to)


# -- killed, at once, and twice --------------------------------------------------------------


PROCESSES = """
import os, random, signal, sys, time
from pathlib import Path
import bambi_lite as bl

folder, kills = Path(sys.argv[1]), int(sys.argv[2])
fits = [bl.load(folder / "first.bl"), bl.load(folder / "second.bl")]
whole = [(folder / f"{name}.bl").read_bytes() for name in ("first", "second")]
target = folder / "kept.bl"
fits[0].save(target)
rng = random.Random(5)

def child(work):
    pid = os.fork()
    if not pid:
        try:
            work()
        finally:
            os._exit(0)
    return pid

def forever(told):
    i = 0
    while True:
        i += 1
        fits[i % 2].save(target)
        os.write(told, b".")

start = time.perf_counter()
fits[0].save(target)
once = time.perf_counter() - start
cut = 0
for _ in range(kills):
    heard, told = os.pipe()
    pid = child(lambda told=told: forever(told))
    # It runs: from here on it is always in the middle of a save.
    os.read(heard, 1)
    time.sleep(rng.uniform(0.0, 2.0 * once))
    os.kill(pid, signal.SIGKILL)
    os.close(heard)
    os.close(told)
    os.waitpid(pid, 0)
    assert target.read_bytes() in whole, "the file is none of the two"
    parts = list(folder.glob(".kept.bl.*.part"))
    cut += len(parts)
    for part in parts:
        part.unlink()
print(cut)
for pid in [child(lambda fit=fit: [fit.save(target) for _ in range(10)]) for fit in fits]:
    assert os.waitpid(pid, 0)[1] == 0
assert target.read_bytes() in whole, "the file is none of the two"
assert not list(folder.glob(".kept*")), "something was left behind"
"""


def test_killed_at_any_moment_and_written_by_two(small_fit, tmp_path):
    """20 saves killed by SIGKILL leave the old file or the new one; so do two processes at once."""
    data = bl.load_data("sleepstudy")
    for seed, name in ((1, "first"), (2, "second")):
        fit = quick_fit("Reaction ~ Days + (Days | Subject)", data, seed=seed)
        fit.save(tmp_path / name)
    run = subprocess.run(
        [sys.executable, "-c", PROCESSES, str(tmp_path), "20"],
        # Without threads a process can be forked.
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    # Some were killed between the first byte and the last one, or this would show nothing.
    assert int(run.stdout) >= 1
