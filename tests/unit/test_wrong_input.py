"""Every wrong input has a message of our own that says what, where and what would be valid."""

import warnings

import numpy as np
import pandas as pd
import pytest

import bambi_lite as bl
from tables import each

SLEEPSTUDY = bl.load_data("sleepstudy")
RATS = bl.load_data("rats")
COLUMNS = "Their columns: Reaction, Days, Subject."
GROUPED = "Reaction ~ Days + (Days | Subject)"


def model(formula, data=SLEEPSTUDY, *rest):
    return lambda: bl.Model(formula, data, *rest)


def infinite():
    return SLEEPSTUDY.assign(Reaction=SLEEPSTUDY["Reaction"].where(SLEEPSTUDY.index != 3, np.inf))


WRONG = {
    "unknown column": (
        model("Reaction ~ Dayz"),
        bl.DataError,
        f"The data have no column 'Dayz'. Did you mean 'Days'? {COLUMNS}",
    ),
    "unknown group": (
        model("Reaction ~ Days + (Days | Subjct)"),
        bl.DataError,
        f"The data have no column 'Subjct'. Did you mean 'Subject'? {COLUMNS}",
    ),
    "unknown response": (
        model("Reactio ~ Days"),
        bl.DataError,
        f"The data have no column 'Reactio'. Did you mean 'Reaction'? {COLUMNS}",
    ),
    "no tilde": (
        model("Reaction + Days"),
        bl.FormulaError,
        "A formula needs a '~' between the response and its predictors: y ~ x.\n"
        "  Reaction + Days\n"
        "  ^^^^^^^^^^^^^^^",
    ),
    "open parenthesis": (
        model("Reaction ~ (Days"),
        bl.FormulaError,
        "The parenthesis '(' at character 12 is not closed; expected ')'.\n"
        "  Reaction ~ (Days\n"
        "             ^",
    ),
    "closing parenthesis": (
        model("Reaction ~ Days)"),
        bl.FormulaError,
        "This ')' closes nothing.\n  Reaction ~ Days)\n                 ^",
    ),
    "trailing text": (
        model("Reaction ~ Days Days"),
        bl.FormulaError,
        "Unexpected name 'Days'; expected an operator such as + or *, or the end of the formula.\n"
        "  Reaction ~ Days Days\n"
        "                  ^^^^",
    ),
    "unknown function": (
        model("Reaction ~ logg(Days)"),
        bl.FormulaError,
        "Unknown function 'logg'. Did you mean 'log'? A formula may call the functions that are "
        "built in and those added by register_transform().\n"
        "  Reaction ~ logg(Days)\n"
        "             ^^^^",
    ),
    "bar in a bar": (
        model("Reaction ~ ((1 | Days) | Subject)"),
        bl.FormulaError,
        "A bar inside a bar: '1 | Days'.\n"
        "  Reaction ~ ((1 | Days) | Subject)\n"
        "               ^^^^^^^^",
    ),
    "duplicated effects": (
        model("Reaction ~ (1 | Subject) + (Days | Subject)"),
        bl.FormulaError,
        "Duplicated group-level effect 'Intercept' of group 'Subject' in '(Days | Subject)'. Each "
        "effect of a group stands once: (1 | g) + (0 + x | g).\n"
        "  Reaction ~ (1 | Subject) + (Days | Subject)\n"
        "                              ^^^^^^^^^^^^^^",
    ),
    "special term": (
        model("Reaction ~ mo(Days)"),
        bl.FormulaError,
        "Parsed, not available yet: mo(Days) in 'Reaction ~ mo(Days)'. The formula and its design "
        "can be looked at; the model cannot be built.",
    ),
    "code": (
        model("Reaction ~ os.system('true')"),
        bl.FormulaError,
        None,
    ),
    "unknown family": (
        model("Reaction ~ Days", SLEEPSTUDY, "gausian"),
        bl.FamilyError,
        f"Unknown family 'gausian'. Available families: {', '.join(sorted(bl.families()))}. "
        "Did you mean 'gaussian'?",
    ),
    "family of another kind": (
        model("Reaction ~ Days", SLEEPSTUDY, 3),
        bl.FamilyError,
        "family has to be a name or a family such as bl.bernoulli(), not int.",
    ),
    "unknown link": (
        lambda: bl.bernoulli("probitt"),
        bl.FamilyError,
        "Link 'probitt' is not available for dpar 'mu' of family 'bernoulli'. Available links: "
        "logit, probit, probit_approx, cloglog, cauchit, softit, identity, log. Did you mean "
        "'probit'?",
    ),
    "unknown dpar": (
        model(bl.bf("Reaction ~ Days", "shape ~ Days")),
        bl.FamilyError,
        "Family 'gaussian' has no distributional parameter 'shape'. It has: mu, sigma.",
    ),
    "fixed outside its bounds": (
        model(bl.bf("Reaction ~ Days", sigma=-2)),
        bl.FamilyError,
        "'sigma = -2' is outside the bounds of 'sigma': it is 0 or more.",
    ),
    "response of text": (
        model("Subject ~ Days"),
        bl.DataError,
        "Response 'Subject' is a factor, but family 'gaussian' needs numbers. Two categories: "
        "family 'bernoulli'.",
    ),
    "infinite response": (
        model("Reaction ~ Days", infinite()),
        bl.DataError,
        "Response 'Reaction' is infinite in row 3 (counted from 0); family 'gaussian' needs "
        "finite numbers.",
    ),
    "infinite predictor": (
        model("Reaction ~ log(Days)"),
        bl.DataError,
        None,
    ),
    "all rows missing": (
        model("Reaction ~ Days", SLEEPSTUDY.assign(Reaction=np.nan)),
        bl.DataError,
        "No row is left: in each some variable of the formula is missing.",
    ),
    "no rows": (
        model("Reaction ~ Days", SLEEPSTUDY.iloc[:0]),
        bl.DataError,
        "The data have no rows.",
    ),
    "a list as data": (
        model("Reaction ~ Days", [1, 2]),
        bl.DataError,
        "The data must be a data frame, not list. Give a pandas DataFrame: pd.DataFrame(...).",
    ),
    "two columns of one name": (
        model("Reaction ~ Days", pd.concat([SLEEPSTUDY, SLEEPSTUDY], axis=1)),
        bl.DataError,
        "The data have two columns of the name 'Reaction'.",
    ),
    "no trials": (
        model("m ~ 1", RATS, "binomial"),
        bl.FamilyError,
        "Family 'binomial' needs the addition term 'trials()': 'm | trials(n) ~ ...', where n is a "
        "column or a number.",
    ),
    "addition term of another family": (
        model("Reaction | trials(Days) ~ 1"),
        bl.FamilyError,
        "Family 'gaussian' has no addition term 'trials()'. Its addition terms: weights, subset, "
        "index, se, cens, trunc.",
    ),
    "successes above trials": (
        model("n | trials(m) ~ 1", RATS, "binomial"),
        bl.DataError,
        "Response 'n' exceeds its number of trials in rows 0, 1, 2, 3, 4 and 66 more (counted from "
        "0). Successes come first: 'successes | trials(total) ~ ...'.",
    ),
    "negative counts": (
        model("m | trials(n) ~ 1", RATS.assign(m=-RATS["m"]), "binomial"),
        bl.DataError,
        "Response 'm' is negative in rows 14, 15, 16, 17, 18 and 52 more (counted from 0); family "
        "'binomial' needs counts of 0 or more.",
    ),
    "fractional counts": (
        model("m | trials(n) ~ 1", RATS.assign(m=RATS["m"] + 0.5), "binomial"),
        bl.DataError,
        "Response 'm' is not a whole number in rows 0, 1, 2, 3, 4 and 66 more (counted from 0); "
        "family 'binomial' needs counts.",
    ),
    "bernoulli with ten values": (
        model("Days ~ 1", SLEEPSTUDY, "bernoulli"),
        bl.DataError,
        "Response 'Days' has 10 different values (0, 1, 2, 3, 4, 5 and 4 more), but family "
        "'bernoulli' needs exactly two, for example 0 and 1. Counts of successes out of several "
        "trials: family 'binomial' with 'Days | trials(n) ~ ...'.",
    ),
    "factor with one level": (
        model("Reaction ~ f", SLEEPSTUDY.assign(f="a")),
        bl.DataError,
        "The factor 'f' has one level ('a') in the rows that are used; it needs two or more. Leave "
        "it out of the formula.",
    ),
    "prior bound as text": (
        lambda: bl.prior("normal(0, 1)", lb="0"),
        bl.PriorError,
        "Prior 'normal(0, 1)': lb is a number or None, not '0'.",
    ),
}


@each(WRONG)
def test_wrong_input(name):
    run, error, expected = WRONG[name]
    with pytest.raises(error) as caught:
        run()
    assert isinstance(caught.value, bl.BambiLiteError)
    if expected is not None:
        assert str(caught.value) == expected


DOUBTFUL = {
    "constant response": (
        model("z ~ Days", SLEEPSTUDY.assign(z=3.0)),
        "Response 'z' has the same value in all 180 rows: these data cannot tell how it varies.",
    ),
    "group with one level": (
        model("Reaction ~ (1 | g)", SLEEPSTUDY.assign(g="a")),
        "Grouping factor 'g' has one level ('a'): its standard deviation cannot be estimated and "
        "keeps its prior.",
    ),
    "group with a level per row": (
        model("Reaction ~ (1 | g)", SLEEPSTUDY.assign(g=np.arange(180))),
        "Grouping factor 'g' has a level per row (180): its effects cannot be told from the "
        "residual 'sigma'.",
    ),
    "slope that cannot vary": (
        model("mathach ~ pracad + (pracad | school)", bl.load_data("mathach")),
        "'pracad' is constant within every level of 'school', so its slope cannot vary by "
        "'school': the data do not tell its standard deviation. Leave it out of the group-level "
        "term, for example (1 | school).",
    ),
    "missing responses": (
        model("rt ~ 1 + (1 | participant)", bl.load_data("blp_short2")),
        "11 of 662 rows were left out because a variable of the formula is missing there.",
    ),
    "batches without tumours": (
        model("m | trials(n) ~ 0 + batch", bl.load_data("rats_factor"), "binomial"),
        "No proper posterior for batch1, batch2, batch3, batch4, batch5, batch6, batch7, batch8, "
        "batch9, batch10, batch11, batch12, batch13, batch14: all of its rows are failures, or all "
        "successes, and its prior is flat. Give class 'b' a proper prior, for example "
        "bl.prior('normal(0, 1.5)', class_='b'), or let the groups inform each other: (1 | group).",
    ),
}


@each(DOUBTFUL)
def test_doubtful_data_warn_and_build(name):
    run, expected = DOUBTFUL[name]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        built = run()
    assert isinstance(built, bl.Model)
    assert [str(w.message) for w in caught] == [expected]
    # The warning points at the caller's line, not into the package.
    assert caught[0].filename == __file__


def test_a_proper_prior_silences_the_warning_about_batches():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        bl.Model(
            "m | trials(n) ~ 0 + batch",
            bl.load_data("rats_factor"),
            "binomial",
            prior=bl.prior("normal(0, 1.5)", class_="b"),
        )
