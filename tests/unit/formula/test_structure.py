"""The arrays that brms 2.23 makes of 217 whole models."""

from typing import Any

import numpy as np

from bambi_lite.design import MvDesign, group_effects
from reference import cases, design_of, same
from tables import each

CASES = tuple(cases().values())

# The kinds of names in standata that designs make; the facts also hold responses and additions.
KINDS = {
    *("N", "X", "K", "Kc", "offsets", "C"),
    *("Z", "J", "W", "M", "NC", "Nby", "Jby", "Lcov"),
}
EFFECT = ("id", "group", "coef", "cn", "resp", "dpar", "nlpar", "cor", "type", "by", "cov", "dist")


def population(design: Any, resp: str, case: dict[str, Any]) -> dict[str, Any]:
    """What the facts call X..., K..., Kc..., offsets..., C... for one response."""
    made: dict[str, Any] = {}
    covariates = 0
    names = {p.name for p in design.predictors}
    for predictor in design.predictors:
        own = [predictor.name]
        if predictor.name == "mu":
            own = [m for m in case["mu"] if m not in names] or [""]
        for name in own:
            if name == "" and case["mu"]:
                continue
            suffix = f"_{name}" if name else ""
            suffix = f"{suffix}_{resp}" if resp else suffix
            for column in predictor.covariates:
                covariates += 1
                made[f"C_{covariates}"] = column.values
            if predictor.body is not None:
                continue
            X, columns = predictor.X, list(predictor.columns)
            if case["ordinal"] and predictor.intercept and predictor.name == "mu":
                # Thresholds stand in place of the intercept.
                X, columns = X[:, 1:], columns[1:]
            made[f"X{suffix}"] = (X, columns)
            made[f"K{suffix}"] = len(columns)
            if predictor.center:
                made[f"Kc{suffix}"] = len(columns) - (columns[:1] == ["Intercept"])
            if predictor.offset is not None:
                made[f"offsets{suffix}"] = predictor.offset
    return made


def group_arrays(design: Any, mu: tuple[str, ...]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for effect in group_effects(design, mu):
        suffix = "".join(f"_{s}" for s in (effect.resp, effect.dpar, effect.nlpar) if s)
        group, number = effect.design, effect.id
        tail = f"_{effect.resp}" if effect.resp else ""
        if group.gtype == "mm":
            for m in range(group.J.shape[1]):
                Z = group.Z[:, m] if group.Z.ndim == 3 else group.Z
                made[f"Z_{number}{suffix}_{effect.cn}_{m + 1}"] = Z[:, effect.column]
                made[f"J_{number}{tail}_{m + 1}"] = group.J[:, m] + 1
                made[f"W_{number}{tail}_{m + 1}"] = group.weights[:, m]
        else:
            if effect.column >= 0:
                made[f"Z_{number}{suffix}_{effect.cn}"] = group.Z[:, effect.column]
            made[f"J_{number}{tail}"] = group.J + 1
        made[f"N_{number}"] = len(group.levels)
        made[f"M_{number}"] = effect.cn
        made[f"NC_{number}"] = effect.cn * (effect.cn - 1) // 2
        if group.by:
            made[f"Nby_{number}"], made[f"Jby_{number}"] = len(group.by[1]), group.by[2] + 1
        if group.cov_matrix is not None:
            made[f"Lcov_{number}"] = np.linalg.cholesky(group.cov_matrix)
    return made


def check_case(case: dict[str, Any]) -> None:
    design = design_of(case["id"])
    several = isinstance(design, MvDesign)
    facts = case["standata"]
    made = group_arrays(design, tuple(case["mu"]) or ("",))
    for one in design.designs if several else (design,):
        resp = one.recipe.formula.response.name if several else ""
        made |= population(one, resp, case)
        made[f"N_{resp}" if several else "N"] = one.n_obs
    if several:
        made["N"] = design.n_obs
    wanted = {k for k in facts if k.split("_")[0] in KINDS}
    assert set(made) == wanted
    for name, value in made.items():
        expected = facts[name]
        array, columns = value if isinstance(value, tuple) else (value, None)
        assert columns is None or columns == expected.get("columns", []), name
        assert same(expected, array), name
    found = group_effects(design, tuple(case["mu"]) or ("",))
    effects = [{k: getattr(e, k) for k in EFFECT} for e in found]
    assert effects == case.get("group_effects", [])
    for effect in found:
        assert list(effect.design.levels) == case["group_levels"][effect.group]


@each(CASES, lambda c: c["id"])
def test_structure(case: dict[str, Any]) -> None:
    check_case(case)


def additions_of(case: dict[str, Any]) -> dict[str, Any]:
    design = design_of(case["id"])
    found = {name: a.args[0].values for name, a in design.additions.items() if a.args}
    if "rate" in found:
        found["denom"] = found.pop("rate")
    if "cens" in found and len(design.additions["cens"].args) > 1:
        found["rcens"] = design.additions["cens"].args[1].values
    found |= {k: c.values for k, c in design.additions["trunc"].kwargs.items()} \
        if "trunc" in design.additions else {}  # fmt: skip
    return found


def test_additions_are_the_columns_that_brms_takes() -> None:
    names = {"weights", "trials", "cens", "rcens", "se", "dec", "denom"}
    checked = set()
    for case in CASES:
        wanted = names & set(case["standata"])
        if wanted and not case["r_formula"].startswith("cbind"):
            made = additions_of(case)
            for name in wanted & set(made):
                if name == "rcens":
                    # brms writes 0 where the bound has no meaning.
                    used = np.array(case["standata"]["cens"]["values"]) == 2
                    bound = np.array(case["standata"]["rcens"]["values"])
                    assert np.allclose(bound[used], made[name][used])
                else:
                    assert same(case["standata"][name], made[name]), (case["id"], name)
                checked.add(name)
    assert checked == names
