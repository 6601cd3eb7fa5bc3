"""`python -m bambi_lite`: what it prints, and that a wrong answer is seen."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import bambi_lite as bl
from bambi_lite import __main__ as program
from bambi_lite import selfcheck

ROOT = Path(bl.__file__).parents[1]


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bambi_lite", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )


def test_it_is_right_here() -> None:
    made = run()
    assert made.returncode == 0, made.stdout + made.stderr
    assert f"bambi_lite {bl.__version__}" in made.stdout
    assert "nutpie" in made.stdout
    assert made.stdout.count("  ok ") == len(selfcheck.CHECKS)
    assert made.stdout.rstrip().endswith("Good.")


def test_help_fits_nothing() -> None:
    made = run("--help")
    assert made.returncode == 0
    assert "--no-check" in made.stdout
    assert "The exit code is 1 where one is wrong." in " ".join(made.stdout.split())


def test_an_unknown_option_is_refused() -> None:
    made = run("--chekc")
    assert made.returncode == 2
    assert "unrecognized arguments: --chekc" in made.stderr


def test_the_cache_is_told(capsys, monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("BAMBI_LITE_CACHE", str(tmp_path))
    assert program.main(["--no-check"]) == 0
    assert f"kernels: {tmp_path}, 0.0 MB in 0 files" in capsys.readouterr().out
    monkeypatch.setenv("BAMBI_LITE_CACHE", "off")
    assert program.main(["--no-check"]) == 0
    assert "kernels: kept nowhere" in capsys.readouterr().out


def test_a_missing_library_is_told(capsys, monkeypatch) -> None:
    monkeypatch.setattr(program, "_LIBRARIES", ("numpy", "no_such_library"))
    program.main(["--no-check"])
    assert "no_such_library MISSING" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["normal_mean", "group_effects"])
def test_wrong_draws_are_seen(capsys, monkeypatch, name) -> None:
    """As if the sampler were off by a tenth."""
    fit = selfcheck.brm

    def off(*args, **options):
        made = fit(*args, **options)
        posterior = made.idata["posterior"].to_dataset()
        made.idata["posterior"] = made.idata["posterior"].assign(
            b_Intercept=posterior.b_Intercept + 0.1
        )
        return made

    monkeypatch.setattr(selfcheck, "brm", off)
    monkeypatch.setattr(selfcheck, "CHECKS", {name: getattr(selfcheck, name)})
    assert program.main([]) == 1
    out = capsys.readouterr().out
    assert f"  WRONG {name}" in out
    assert "WrongAnswerError: the mean of b_Intercept is" in out
    assert "1 of the checks failed" in out


def test_a_broken_installation_is_seen(capsys, monkeypatch) -> None:
    def broken() -> None:
        raise ImportError("no module named nutpie")

    monkeypatch.setattr(selfcheck, "CHECKS", {"a fit": broken, "rows": selfcheck.log_density})
    assert program.main([]) == 1
    out = capsys.readouterr().out
    assert "ImportError: no module named nutpie" in out
    assert "  ok    rows" in out
