"""What cannot be kept or loaded, and what is said then: whole messages."""

import contextlib
import dataclasses
import decimal
import errno
import gzip
import json
import os
import pickle
import resource
import shutil
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import bambi_lite as bl
from kept import quick_fit
from tables import each

ELSEWHERE = "Draws made elsewhere become a fit by Model(...).from_draws(table)."
AGAIN = "Nothing of it is used; take another copy of the file, or fit the model again."


def head_of(file, **other):
    """The same file with another manifest."""
    with zipfile.ZipFile(file) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    head = json.loads(members["manifest.json"]) | other
    members["manifest.json"] = json.dumps(head).encode()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)


def members_of(file, change):
    """The same file with other members, its manifest as it was."""
    with zipfile.ZipFile(file) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)


def one(**columns):
    return pd.DataFrame({"y": [1.0, 2.0, 4.0], "x": [0.0, 1.0, 3.0], **columns})


# -- loading ---------------------------------------------------------------------------------


# Each makes a file of the one given and returns what is loaded and what is said then.
def near(file):
    return file.with_name("smal"), (
        f"There is no file '{file.parent}/smal'. Fits in '{file.parent}': small.bl. Did you mean "
        f"'small.bl'?"
    )


def empty_folder(file):
    folder = file.parent / "empty"
    folder.mkdir()
    return folder / "a", f"There is no file '{folder}/a'. No fit is kept in '{folder}'."


def no_folder(file):
    path = file.parent / "nowhere" / "a.bl"
    return path, f"There is no file '{path}': there is no folder '{path.parent}'."


def directory(file):
    return file.parent, (
        f"'{file.parent}' is a directory; a fit is one file, such as '{file.parent}/fit.bl'."
    )


def pipe(file):
    path = file.with_name("pipe.bl")
    os.mkfifo(path)
    return path, f"'{path}' is not a regular file."


def text(file):
    file.write_text("y ~ x")
    return file, f"'{file}' was not written by fit.save(): it is no saved fit. {ELSEWHERE}"


def empty(file):
    file.write_bytes(b"")
    return file, f"'{file}' was not written by fit.save(): it is no saved fit. {ELSEWHERE}"


def a_pickle(file):
    file.write_bytes(pickle.dumps([1], protocol=5))
    return file, (
        f"'{file}' is a pickle, which could run anything: it is no saved fit. {ELSEWHERE}"
    )


def rds(file):
    file.write_bytes(gzip.compress(b"X"))
    return file, f"'{file}' is a gzip file, as R's .rds files are: it is no saved fit. {ELSEWHERE}"


def netcdf(file):
    file.write_bytes(b"\x89HDF\r\n\x1a\n" + bytes(100))
    return file, f"'{file}' is a NetCDF or HDF5 file: it is no saved fit. {ELSEWHERE}"


def npz(file):
    with file.open("wb") as opened:
        np.savez(opened, a=np.ones(3))
    return file, (
        f"'{file}' is a zip file, and was not written by fit.save(): it is no saved fit. "
        f"{ELSEWHERE}"
    )


def cut(file):
    file.write_bytes(file.read_bytes()[:5000])
    return file, f"'{file}' is damaged: it ends too early, or is no whole zip file. {AGAIN}"


def newer(file):
    head_of(file, format=2, versions={"bambi_lite": "9.1"})
    return file, (
        f"'{file}' has format 2, written by bambi_lite 9.1; this version reads up to format 1. "
        f"Install a newer bambi_lite to read it."
    )


def no_format(file):
    head_of(file, format="1")
    return file, f"'{file}' is damaged: its manifest has no format number. {AGAIN}"


def other_kind(file):
    head_of(file, kind="something")
    return file, f"'{file}' is no saved fit: its manifest is not ours. {ELSEWHERE}"


def other_number(file):
    def change(members):
        array = bytearray(members["draws/posterior/sigma.npy"])
        array[-3] ^= 1
        members["draws/posterior/sigma.npy"] = bytes(array)

    members_of(file, change)
    return file, (
        f"'{file}' is damaged: 'draws/posterior/sigma.npy' is not what was written (its SHA-256 "
        f"differs). {AGAIN}"
    )


def lost_member(file):
    members_of(file, lambda members: members.pop("prior.toml"))
    return file, f"'{file}' is damaged: it has other members than its manifest names. {AGAIN}"


def one_more(file):
    members_of(file, lambda members: members.update(more=b"1"))
    return file, f"'{file}' is damaged: it has other members than its manifest names. {AGAIN}"


LOADS = (near, empty_folder, no_folder, directory, pipe, text, empty, a_pickle, rds, netcdf, npz,
         cut, newer, no_format, other_kind, other_number, lost_member, one_more)  # fmt: skip


@pytest.mark.parametrize("make", LOADS, ids=lambda make: make.__name__)
def test_loading(make, small_file):
    path, message = make(small_file)
    with pytest.raises(bl.KeepingError) as error:
        bl.load(path)
    assert str(error.value) == message


def test_what_is_no_path(small_fit):
    for path, shown in ((3, "3"), (None, "None"), ("", "''"), (b"a", "b'a'")):
        for call in (bl.load, small_fit.save):
            with pytest.raises(bl.KeepingError) as error:
                call(path)
            assert str(error.value) == (
                f"The path of a fit is text, such as 'sleepstudy.bl', not {shown}."
            )


def test_families_that_are_none(small_file):
    with pytest.raises(bl.KeepingError) as error:
        bl.load(small_file, families="gaussian")
    assert str(error.value) == (
        "families has to be a list of what custom_family() gave, not 'gaussian'."
    )


def test_a_transform_that_is_gone_or_another_one(tmp_path, monkeypatch):
    from bambi_lite.design import registry

    monkeypatch.setattr(registry, "_USER", {})
    bl.register_transform("half", lambda x: x / 2)
    file = quick_fit("y ~ half(x)", one()).save(tmp_path / "kept")
    bl.load(file)
    monkeypatch.setattr(registry, "_USER", {})
    with pytest.raises(bl.KeepingError) as error:
        bl.load(file)
    assert str(error.value).startswith(
        f"The model in '{file}' cannot be made again. Was it written by another version of "
        f"bambi_lite ({bl.__version__}), or with a transform that is registered no longer? "
        f"Unknown function 'half'."
    )
    bl.register_transform("half", lambda x: x / 3)
    with pytest.raises(bl.KeepingError) as error:
        bl.load(file)
    assert str(error.value) == (
        f"Made again, the model in '{file}' has other data than it had (X). Does a registered "
        f"transform or a family of your own do something else by now?"
    )


# -- saving ----------------------------------------------------------------------------------


def test_a_directory(small_fit, tmp_path):
    with pytest.raises(bl.KeepingError) as error:
        small_fit.save(tmp_path)
    assert str(error.value) == (
        f"'{tmp_path}' is a directory; a fit is one file, such as '{tmp_path}/fit.bl'."
    )
    with pytest.raises(bl.KeepingError, match="is a directory"):
        small_fit.save(f"{tmp_path}/new/")


def test_a_folder_that_is_not_there(small_fit, tmp_path):
    path = tmp_path / "nowhere" / "a"
    with pytest.raises(bl.KeepingError) as error:
        small_fit.save(path)
    assert str(error.value) == (
        f"The fit cannot be written to '{path}.bl': there is no folder '{path.parent}'. What was "
        f"there before is unchanged."
    )


@contextlib.contextmanager
def as_nobody():
    """Without the rights of root, who may write anywhere."""
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)


@pytest.fixture
def locked():
    """A folder that nobody may write to."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o555)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


def test_a_folder_that_cannot_be_written_to(small_fit, locked):
    with as_nobody(), pytest.raises(bl.KeepingError) as error:
        small_fit.save(locked / "a")
    assert str(error.value) == (
        f"The fit cannot be written to '{locked}/a.bl': Permission denied. What was there before "
        f"is unchanged."
    )
    # Known before anything is sampled.
    with as_nobody(), pytest.raises(bl.KeepingError) as error:
        bl.brm("y ~ x", one(), prior={"b": "normal(0, 1)"}, file=locked / "a")
    assert str(error.value) == (
        f"The fit could not be written to '{locked}/a.bl': Permission denied. Nothing was sampled."
    )
    assert not list(locked.iterdir())


@contextlib.contextmanager
def small_files(n=6000):
    """No file may be longer: the system says so while it is written, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (n, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextlib.contextmanager
def full_at_the_end():
    """Many systems say that the disk is full only when all of a file has to be there."""

    def fsync(handle):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", fsync)
        yield


@pytest.mark.parametrize(
    ("disk", "why"),
    [(small_files, "File too large"), (full_at_the_end, "No space left on device")],
)
def test_a_full_disk(disk, why, small_fit, small_file):
    before = small_file.read_bytes()
    for path in (small_file, small_file.with_name("new.bl")):
        with disk(), pytest.raises(bl.KeepingError) as error:
            small_fit.save(path)
        assert str(error.value) == (
            f"The fit cannot be written to '{path}': {why}. What was there before is unchanged."
        )
    assert small_file.read_bytes() == before
    assert [p.name for p in small_file.parent.iterdir()] == ["small.bl"]


def test_what_stops_a_save_leaves_nothing(small_fit, small_file):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda handle: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            small_fit.save(small_file)
    assert [p.name for p in small_file.parent.iterdir()] == ["small.bl"]
    bl.load(small_file)


def python_prior():
    row = dataclasses.replace(bl.prior("normal(0, 1)").rows[0], make=lambda name: None)
    fit = quick_fit("y ~ x", one())
    rows = [dataclasses.replace(r, make=row.make) if r.cls == "sigma" else r
            for r in fit.spec.prior_rows]  # fmt: skip
    spec = dataclasses.replace(fit.spec, prior_rows=tuple(rows))
    return bl.Fit(dataclasses.replace(fit.draws, spec=spec))


def objects():
    values = [decimal.Decimal(1), decimal.Decimal(2), decimal.Decimal(1)]
    return quick_fit("y ~ x + (1 | g)", one(g=pd.Series(values, dtype=object)))


def with_fits():
    fit = quick_fit("y ~ x", one())
    kfold = bl.Elpd("kfold", pd.DataFrame({"elpd_kfold": [1.0]}), 4, "", fits=(fit.draws,))
    return dataclasses.replace(fit, criteria={"kfold": kfold})


def with_something():
    return dataclasses.replace(quick_fit("y ~ x", one()), criteria={"mine": object()})


SAVES = {
    python_prior: (
        "The prior of class = 'sigma' is a PyMC distribution made in Python, which a file cannot "
        "hold without running what is in it. Say it as text, such as 'normal(0, 5)', and fit "
        "again; fit.idata holds the draws."
    ),
    objects: (
        "'g': A column holds Decimal('1'), a Decimal; columns of Python objects are kept where "
        "they are text, numbers or truth values: convert it, and fit again."
    ),
    with_fits: (
        "The criterion 'kfold' carries the fits of its folds, which a file does not hold: add it "
        "again without save_fits."
    ),
    with_something: "The criterion 'mine' is of type 'object', which cannot be kept.",
}


@each(SAVES, name=lambda make: make.__name__)
def test_what_cannot_be_kept(make, tmp_path):
    with pytest.raises(bl.KeepingError) as error:
        make().save(tmp_path / "kept")
    assert str(error.value) == SAVES[make]
    assert not list(tmp_path.iterdir())


# -- brm(file=) ------------------------------------------------------------------------------


def test_an_unknown_file_refit(tmp_path):
    with pytest.raises(bl.KeepingError) as error:
        bl.brm("y ~ x", one(), file=tmp_path / "a", file_refit="on-change")
    assert str(error.value) == (
        "file_refit has to be one of 'never', 'on_change', 'always', not 'on-change'. Did you "
        "mean 'on_change'?"
    )


def test_file_refit_without_a_file():
    with pytest.raises(bl.KeepingError) as error:
        bl.brm("y ~ x", one(), file_refit="always")
    assert str(error.value) == (
        "file_refit = 'always' is about a file, and none is given: file = 'name'."
    )


def test_a_model_that_cannot_be_kept_is_not_sampled(tmp_path):
    values = [decimal.Decimal(1), decimal.Decimal(2), decimal.Decimal(1)]
    with pytest.raises(bl.KeepingError, match="'g': A column holds"):
        bl.brm("y ~ x + (1 | g)", one(g=pd.Series(values, dtype=object)), file=tmp_path / "a")


def test_a_misspelt_argument():
    with pytest.raises(TypeError, match="Did you mean 'file_refit'"):
        bl.brm("y ~ x", one(), file_rafit="always")
