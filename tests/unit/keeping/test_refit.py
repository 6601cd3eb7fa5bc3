"""brm(file=): fitted anew when something changed, and what changed is said."""

import warnings

import numpy as np
import pandas as pd
import pytest

import bambi_lite as bl
from tables import each


def data():
    rng = np.random.default_rng(2)
    return pd.DataFrame(
        {
            "y": rng.normal(size=20),
            "x": rng.normal(size=20),
            "z": rng.normal(size=20),
            "f": pd.Categorical(rng.choice(["a", "b"], 20)),
            "g": rng.choice(["u", "v", "w"], 20),
        }
    )


A = np.array([[1.0, 0.1, 0.1], [0.1, 1.0, 0.1], [0.1, 0.1, 1.0]])
SETTINGS = {"chains": 2, "iter": 20, "warmup": 10, "sample_prior": "only", "seed": 1}
FIRST = {
    "formula": "y ~ x + f + (1 | gr(g, cov = A))",
    "data": data(),
    "family": "gaussian",
    "prior": {"b": "normal(0, 1)"},
    "data2": {"A": A},
    **SETTINGS,
}


def changed(**other):
    return {**FIRST, **other}


def with_column(name, values):
    return changed(data=data().assign(**{name: values}))


CHANGES = {
    "formula": (
        changed(formula="y ~ x + (1 | gr(g, cov = A))"),
        ["formula: 'y ~ x + (1 | gr(g, cov = A))', was 'y ~ x + f + (1 | gr(g, cov = A))'"],
    ),
    "option": (
        changed(formula=bl.bf(FIRST["formula"], center=False)),
        ["formula: other options of bf() for 'y ~ x + f + (1 | gr(g, cov = A))'"],
    ),
    "family": (
        changed(family="student"), ["family: student, was gaussian"],
    ),
    "link": (
        changed(family=bl.gaussian(link_sigma="softplus"),
                formula=bl.bf(FIRST["formula"], "sigma ~ 1")),
        ["formula: 'y ~ x + f + (1 | gr(g, cov = A)) and sigma ~ 1', was "
         "'y ~ x + f + (1 | gr(g, cov = A))'",
         "family: link of sigma is softplus, was log"],
    ),
    "rows": (changed(data=data().iloc[:-1]), ["data: 19 rows, were 20"]),
    "values": (with_column("x", np.arange(20.0)), ["data: other values or types of x"]),
    "type": (
        with_column("x", np.arange(20)), ["data: other values or types of x"],
    ),
    "levels": (
        with_column("f", data()["f"].cat.reorder_categories(["b", "a"])),
        ["data: other values or types of f"],
    ),
    "contrasts": (
        changed(contrasts={"f": "contr.sum"}), ["data: other contrasts"],
    ),
    "matrix": (changed(data2={"A": A + 0.2 * np.eye(3)}), ["data2: another matrix 'A'"]),
    "prior": (
        changed(prior={"b": "normal(0, 2)"}),
        ["prior of class = 'b': normal(0, 2), was normal(0, 1)"],
    ),
    "prior of one": (
        changed(prior=[bl.prior("normal(0, 1)"), bl.prior("normal(0, 3)", coef="x")]),
        ["prior of class = 'b', coef = 'x': normal(0, 3), was that of the class"],
    ),
    "bound": (
        changed(prior=[bl.prior("normal(0, 1)"),
                       bl.prior("normal(0, 1)", class_="sigma", ub=9)]),
        ["prior of class = 'sigma': normal(0, 1), lb = 0, ub = 9, was "
         "student_t(3, 0, 2.5), lb = 0"],
    ),
    "iterations": (changed(iter=30), ["iter: 30, was 20"]),
    "several": (
        changed(chains=1, adapt_delta=0.9), ["chains: 1, was 2", "adapt_delta: 0.9, was 0.8"],
    ),
    "seed": (changed(seed=2), ["seed: 2, was 1"]),
    "values to start from": (
        changed(init={"b": [0.1, 0.2]}), ["init: {'b': [0.1, 0.2]}, was 'random'"],
    ),
}  # fmt: skip


def test_the_same_call_is_fitted_once(tmp_path, recwarn):
    file = tmp_path / "kept"
    first = bl.brm(**FIRST, file=file)
    written = (tmp_path / "kept.bl").stat().st_mtime_ns
    for refit in ("never", "on_change"):
        again = bl.brm(**FIRST, file=file, file_refit=refit)
        assert again.idata.identical(first.idata)
    # Neither blanks nor the frame's other columns nor the order of its columns is a change, and
    # nor is how many chains run at once, nor a seed that is not asked for.
    other = changed(
        formula="y~x+f+(1|gr(g,cov=A))", data=data().assign(more=1)[[*"gfxyz", "more"]],
        cores=1, progress=False,
    )  # fmt: skip
    other.pop("seed")
    assert bl.brm(**other, file=file, file_refit="on_change").idata.identical(first.idata)
    assert (tmp_path / "kept.bl").stat().st_mtime_ns == written
    assert not recwarn.list


@each(CHANGES)
def test_what_changed_is_said_and_fitted(name, tmp_path):
    call, lines = CHANGES[name]
    file = tmp_path / "kept"
    with warnings.catch_warnings(record=True):
        bl.brm(**FIRST, file=file)
    text = "".join(f"\n  {line}" for line in lines)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", bl.KeepingWarning)
        old = bl.brm(**call, file=file)
        new = bl.brm(**call, file=file, file_refit="on_change")
        bl.brm(**call, file=file, file_refit="on_change")
    said = [str(w.message) for w in caught if w.category is bl.KeepingWarning]
    assert said == [
        f"'{file}.bl' holds another fit than the one asked for, and file_refit = 'never' takes it "
        f"as it is; 'on_change' would fit anew.{text}",
        f"'{file}.bl' is fitted anew:{text}",
    ]
    assert old.draws.settings.iter == 20
    assert str(new.spec.formula) == str(bl.bf(call["formula"]))
    assert bl.load(file).idata.identical(new.idata)


def test_always_fits_anew_and_does_not_look(tmp_path):
    file = tmp_path / "kept.bl"
    file.write_text("not a fit")
    fit = bl.brm(**FIRST, file=file, file_refit="always")
    assert bl.load(file).idata.identical(fit.idata)


def test_a_file_of_something_else_is_not_written_over(tmp_path):
    file = tmp_path / "kept.bl"
    file.write_text("not a fit")
    for refit in ("never", "on_change"):
        with pytest.raises(bl.KeepingError, match="it is no saved fit"):
            bl.brm(**FIRST, file=file, file_refit=refit)
    assert file.read_text() == "not a fit"


def test_default_priors_follow_the_data(tmp_path):
    """That the data changed is said, not that brms' numbers of them changed with them."""
    file = tmp_path / "kept"
    bl.brm(**FIRST, file=file)
    call = changed(data=data().assign(y=lambda d: 100 * d["y"]))
    with pytest.warns(bl.KeepingWarning) as caught:
        bl.brm(**call, file=file, file_refit="on_change")
    assert str(caught[0].message).split("\n")[1:] == ["  data: other values or types of y"]


def test_an_interrupted_run_is_no_fit_to_keep_to(tmp_path):
    import dataclasses

    fit = bl.brm(**FIRST)
    draws = dataclasses.replace(fit.draws, interrupted=True)
    bl.Fit(draws).save(tmp_path / "kept")
    with pytest.warns(bl.KeepingWarning, match="the kept run was interrupted"):
        again = bl.brm(**FIRST, file=tmp_path / "kept", file_refit="on_change")
    assert not again.draws.interrupted
