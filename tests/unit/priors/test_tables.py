"""Prior tables as brms resolves them; rows over sets over defaults; through files and back."""

import json
from pathlib import Path

import pandas as pd
import pytest

import bambi_lite as bl
from bambi_lite.formula import lf
from bambi_lite.priors import COLUMNS, PriorRow, gather, merge, read_text, to_frame, to_toml
from tables import each

FACTS = Path(__file__).parents[2] / "facts" / "prior_tables.json"
CASES = {case["id"]: case for case in json.loads(FACTS.read_text(encoding="utf-8"))["cases"]}
RESOLVED = [name for name, case in CASES.items() if "resolved_prior" in case]

# The priors of the reference cases that have some, in Python (`r_prior` is brms' own text).
SAID = {
    "user_b_class": bl.prior("normal(0, 5)", class_="b"),
    "user_b_coef": [bl.prior("normal(0, 5)"), bl.prior("normal(1, 1)", coef="x")],
    "user_sd_group": [
        bl.prior("exponential(0.5)", class_="sd", group="g"),
        bl.prior("cauchy(0, 2)", class_="sd", group="g", coef="x"),
        bl.prior("lkj(2)", class_="cor"),
    ],
    "user_intercept_sigma": {"Intercept": "normal(10, 3)", "sigma": "exponential(1)"},
    "user_bounds": bl.prior("normal(0, 1)", lb=0),
    "user_horseshoe": bl.prior("horseshoe(1)"),
    "user_constant": bl.prior("constant(1)", coef="x") + bl.prior("constant(2)", class_="sigma"),
    "user_dpar": [
        bl.prior("normal(0, 1)", dpar="sigma"),
        bl.prior("normal(0, 2)", class_="Intercept", dpar="sigma"),
    ],
    "user_nlpar": [
        bl.prior("normal(5, 2)", nlpar="b1"),
        bl.prior("normal(0, 1)", nlpar="b2", lb=0),
    ],
    "user_mv": [bl.prior("normal(0, 2)", resp="y"), bl.prior("lkj(3)", class_="rescor")],
    "fit_rats_flat": {"b": "normal(0, 1.5)"},
    "fit_epilepsy_negbinomial": {"class": "shape", "prior": "inv_gamma(0.4, 0.3)"},
    "fit_loss_nonlinear": [
        bl.prior("normal(5000, 1000)", nlpar="ult"),
        bl.prior("normal(1, 2)", nlpar="omega"),
        bl.prior("normal(45, 10)", nlpar="theta"),
    ],
}


def table_rows(records):
    """Rows of a table of facts."""
    place = {column: i for i, column in enumerate(COLUMNS)}
    names = {"class": "cls"}
    return [
        PriorRow(**{names.get(c, c): record[i] for c, i in place.items()}) for record in records
    ]


def values(frame):
    return [list(record) for record in frame[list(COLUMNS)].itertuples(index=False)]


def test_there_are_thirteen_resolved_cases():
    assert len(RESOLVED) == 13
    assert set(SAID) == set(RESOLVED)


@each(RESOLVED)
def test_resolved_from_brms_own_default_table(name):
    case = CASES[name]
    rows = merge(table_rows(case["default_prior"]), gather(SAID[name]).rows)
    assert values(to_frame(rows)) == case["resolved_prior"]


def formula_of(formula):
    if formula.get("multivariate"):
        return sum(map(formula_of, formula["forms"].values())) + bl.set_rescor(formula["rescor"])
    whole = bl.bf(formula["formula"], nl=formula.get("nl", False))
    for part in (formula.get("parameters") or {}).values():
        whole = whole + lf(part)
    return whole


@each(RESOLVED)
def test_resolved_for_the_model(name):
    case = CASES[name]
    one = case["family"] if "name" in case["family"] else next(iter(case["family"].values()))
    family = bl.get_family(one["name"], {"mu": one["link"]})
    data, formula = bl.load_data(case["data"]), formula_of(case["formula"])
    table = bl.validate_prior(SAID[name], formula, data, family)
    assert values(table) == case["resolved_prior"]


# -- what a user may say ---------------------------------------------------------------------

SLOPES = "Reaction ~ Days + (Days | Subject)"


@pytest.fixture(scope="module")
def sleepstudy():
    return bl.load_data("sleepstudy")


def row(table, cls, coef="", group=""):
    chosen = (table["class"] == cls) & (table["coef"] == coef) & (table["group"] == group)
    (found,) = table[chosen].to_dict("records")
    return found


SAME = {
    "sum": bl.prior("normal(0, 10)", coef="Days") + bl.prior("lkj(2)", class_="cor"),
    "sum()": sum([bl.prior("normal(0, 10)", coef="Days"), bl.prior("lkj(2)", class_="cor")]),
    "list": [bl.prior("normal(0, 10)", coef="Days"), bl.prior("lkj(2)", class_="cor")],
    "tuple in a list": [(bl.prior("normal(0, 10)", coef="Days"),), {"cor": "lkj(2)"}],
    "dicts of columns": [
        {"prior": "normal(0, 10)", "class": "b", "coef": "Days"},
        {"prior": "lkj(2)", "class_": "cor"},
    ],
    "set_prior": [bl.set_prior("normal(0, 10)", coef="Days"), bl.set_prior("lkj(2)", "cor")],
    "frame": pd.DataFrame(
        {"prior": ["normal(0, 10)", "lkj(2)"], "class": ["b", "cor"], "coef": ["Days", None]}
    ),
    "cholesky": [bl.prior("normal(0, 10)", "b", "Days"), {"L": "lkj_corr_cholesky(2)"}],
}


@each(SAME)
def test_ways_of_saying_the_same(how, sleepstudy):
    table = bl.Model(SLOPES, sleepstudy, prior=SAME[how]).prior
    assert row(table, "b", "Days")["prior"] == "normal(0, 10)"
    assert row(table, "L")["prior"] == "lkj_corr_cholesky(2)"
    assert (table["source"] == "user").sum() == 2


def test_tags_are_a_column(sleepstudy):
    table = bl.Model(SLOPES, sleepstudy, prior=bl.prior("normal(0, 10)", tag="weak")).prior
    assert list(table.columns) == list(COLUMNS)
    assert row(table, "b")["tag"] == "weak"


def test_an_edited_default_row_is_the_users(sleepstudy):
    """In brms too the text of an edited row counts, whatever its source says."""
    table = bl.default_prior(SLOPES, sleepstudy)
    table.loc[(table["class"] == "b") & (table["coef"] == "Days"), "prior"] = "normal(0, 7)"
    found = bl.Model(SLOPES, sleepstudy, prior=table).prior
    assert row(found, "b", "Days")["source"] == "user"
    assert (found["source"] == "user").sum() == 1


def test_bounds_of_a_table(sleepstudy):
    frame = pd.DataFrame({"prior": ["normal(0, 10)"], "class": ["b"], "lb": [0.0], "ub": [None]})
    assert row(bl.Model(SLOPES, sleepstudy, prior=frame).prior, "b")["lb"] == "0"


# -- levels ----------------------------------------------------------------------------------


def test_rows_over_sets_over_defaults(sleepstudy):
    said = ["set:rstanarm", bl.prior("normal(0, 1)", coef="Days")]
    table = bl.Model(SLOPES, sleepstudy, prior=said).prior
    assert row(table, "b", "Days")["source"] == "user"
    assert row(table, "sigma")["source"] == "set:rstanarm"
    assert row(table, "b")["source"] == "default"


def test_a_class_wide_row_is_over_the_narrow_rows_of_a_set(sleepstudy):
    said = "set:rstanarm" + bl.prior("normal(0, 1)")
    table = bl.Model(SLOPES, sleepstudy, prior=said).prior
    assert row(table, "b")["prior"] == "normal(0, 1)"
    assert row(table, "b", "Days")["prior"] == ""
    spec = bl.Model(SLOPES, sleepstudy, prior=said).spec
    assert dict(spec.priors["b"][0].dist.args) == {"mu": 0.0, "sigma": 1.0}


def test_a_later_set_is_over_an_earlier_one(sleepstudy):
    table = bl.Model(SLOPES, sleepstudy, prior=["set:rstanarm", "set:unit_scale"]).prior
    assert row(table, "b")["prior"] == "normal(0, 1)"
    assert row(table, "b", "Days")["prior"] == ""
    assert row(table, "sd", "Days", "Subject")["prior"] == ""


PRINTED = """\
                    prior     class      coef   group resp dpar nlpar lb ub tag       source
             normal(0, 1)         b                                                     user
             normal(0, 1)         b      Days                                   (vectorized)
student_t(3, 288.7, 59.3) Intercept                                                  default
    student_t(3, 0, 59.3)        sd                                    0             default
    student_t(3, 0, 59.3)        sd           Subject                           (vectorized)
    student_t(3, 0, 59.3)        sd Intercept Subject                           (vectorized)
                   (flat)     sigma                                    0                user"""


# -- prints ----------------------------------------------------------------------------------


def test_prints_as_brms_prints():
    data = bl.load_data("sleepstudy")
    said = [bl.prior("normal(0, 1)", class_="b"), bl.prior("", class_="sigma")]
    table = bl.Model("Reaction ~ Days + (1 | Subject)", data, prior=said).prior
    assert str(table) == PRINTED
    assert "(vectorized)" in table._repr_html_()
    # The values are brms' own: blank.
    assert table.loc[1, "prior"] == ""
    # A part of the table is a table of its own.
    assert type(table[["prior", "class"]]) is pd.DataFrame


def test_prior_summary_of_rows_that_say_something(sleepstudy):
    model = bl.Model(SLOPES, sleepstudy)
    assert bl.prior_summary(model)["class"].tolist() == model.prior["class"].tolist()
    assert bl.prior_summary(model, all=False)["class"].tolist() == ["Intercept", "L", "sd", "sigma"]


def test_names_of_brms():
    assert bl.get_prior is bl.default_prior
    assert bl.set_prior is bl.prior


# -- round trips -----------------------------------------------------------------------------


TABLES = [(name, "default_prior") for name in CASES] + [(n, "resolved_prior") for n in RESOLVED]


@each(TABLES, " ".join)
def test_table_to_toml_to_table(table):
    """Every table of the reference, with each blank row, through a file and back."""
    name, kind = table
    rows = table_rows(CASES[name][kind])
    back = read_text(to_toml(rows, {"title": name}, all=True), "a file").rows
    assert list(back) == rows


def test_a_models_prior_through_a_file(tmp_path, sleepstudy):
    said = ["set:rstanarm", bl.prior("normal(0, 1)", coef="Days", tag='odd "tag"\n')]
    model = bl.Model(SLOPES, sleepstudy, prior=said)
    for kind, options in {"frozen": {}, "all": {"all": True}}.items():
        path = tmp_path / f"{kind}.toml"
        model.prior_to_toml(path, **options)
        again = bl.Model(SLOPES, sleepstudy, prior=path).prior
        pd.testing.assert_frame_equal(again, model.prior)


def test_rules_of_a_file_look_at_new_data(tmp_path, sleepstudy):
    path = tmp_path / "rules.toml"
    bl.Model("Reaction ~ Days", sleepstudy, prior="set:rstanarm").prior_to_toml(path, rules=True)
    same = bl.Model("Reaction ~ Days", sleepstudy, prior=path).prior
    rstanarm = bl.Model("Reaction ~ Days", sleepstudy, prior="set:rstanarm").prior
    assert same["prior"].tolist() == rstanarm["prior"].tolist()
    wider = sleepstudy.assign(Reaction=sleepstudy["Reaction"] * 10)
    assert row(bl.Model("Reaction ~ Days", wider, prior=path).prior, "b", "Days")["prior"] == (
        "normal(0, 489)"
    )
