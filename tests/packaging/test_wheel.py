"""The wheel holds priors/ and data/ and works away from the checkout, zipped too."""

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
KINDS = ("data", "priors")

LOAD = """
import bambi_lite.datasets as datasets
from bambi_lite.shelf import shelf
frame = datasets.load_data("sleepstudy")
print(datasets.__file__)
print(*frame.shape, frame["Subject"].dtype, frame["Subject"].cat.categories[-1])
print(len(datasets.load_data("mathach")), len(datasets.list_data()))
print(sorted(entry.name for entry in shelf("priors").iterdir()))
"""


def run(*command: str | Path, cwd: Path, **env: str) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=os.environ | env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def shipped(kind: str) -> set[str]:
    """Every file of the checkout's folder `kind`, as paths below it."""
    folder = ROOT / kind
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}


def below(prefix: str, names: list[str]) -> set[str]:
    return {n.removeprefix(prefix) for n in names if n.startswith(prefix) and n[-1] != "/"}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist, and the wheel that was built from that sdist."""
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", out, ROOT, cwd=out)
    return out


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    (found,) = built.glob("*.whl")
    return found


def test_wheel_holds_the_package_and_the_shelves_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for kind in KINDS:
        assert below(f"bambi_lite/_shelf/{kind}/", names) == shipped(kind)
    assert {"bambi_lite/shelf.py", "bambi_lite/datasets.py"} <= set(names)
    tops = {n.split("/")[0] for n in names}
    assert tops == {"bambi_lite", f"{'-'.join(wheel.stem.split('-')[:2])}.dist-info"}
    assert [n for n in names if "__pycache__" in n] == []


def test_sdist_holds_what_the_wheel_is_built_from(built: Path) -> None:
    (sdist,) = built.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = [member.name for member in archive.getmembers() if member.isfile()]
    top = sdist.name.removesuffix(".tar.gz")
    for kind in KINDS:
        assert below(f"{top}/{kind}/", names) == shipped(kind)
    for name in ("LICENSE", "pyproject.toml", "Makefile", "constraints.txt", "CHANGELOG.md"):
        assert f"{top}/{name}" in names


def check_load(path: Path, cwd: Path) -> None:
    """Run LOAD in a fresh process outside the checkout with `path` first on sys.path."""
    where, shape, counts, priors = run(
        sys.executable, "-c", LOAD, cwd=cwd, PYTHONPATH=str(path)
    ).splitlines()
    assert where.startswith(str(path))
    assert shape == "180 3 category 372"
    assert counts == "7185 24"
    assert priors == str(sorted({name.split("/")[0] for name in shipped("priors")}))


def test_installed_wheel_loads_data(wheel: Path, tmp_path: Path) -> None:
    target = tmp_path / "site"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps"]
    run(*pip, "--target", target, wheel, cwd=tmp_path)
    check_load(target, tmp_path)


def test_zipped_wheel_loads_data(wheel: Path, tmp_path: Path) -> None:
    check_load(shutil.copy(wheel, tmp_path / "bambi_lite.zip"), tmp_path)
