"""Prior files that cannot be meant: every message in full."""

import os

import pytest

import bambi_lite as bl
from tables import each

SLOPES = "Reaction ~ Days + (Days | Subject)"
HEAD = "format = 1\n"
ROW = '[[prior]]\nclass = "b"\nprior = "normal(0, 1)"\n'
RULE = '[[rule]]\nclass = "b"\ndist = "normal"\nmu = 0\n'


@pytest.fixture(scope="module")
def sleepstudy():
    return bl.load_data("sleepstudy")


def message(run):
    with pytest.raises(bl.PriorError) as caught:
        run()
    return str(caught.value)


FILES = {
    "no format": (
        '[[prior]]\nclass = "b"\nprior = "normal(0, 1)"\n',
        ("'mine.toml' does not say its format. A prior file begins with 'format = 1'."),
    ),
    "another format": (
        "format = 2\n",
        ("'mine.toml' has format 2; this version of bambi_lite reads format 1."),
    ),
    "format that is text": (
        'format = "1"\n',
        ("'mine.toml' has format '1'; this version of bambi_lite reads format 1."),
    ),
    "no TOML": (
        "format = 1\nclass b\n",
        (
            "'mine.toml' is not TOML: Expected '=' after a key in a key/value pair (at "
            "line 2, column 7)."
        ),
    ),
    "unknown key": (
        "format = 1\nprirs = 3\n",
        (
            "'mine.toml' has an unknown key 'prirs'. Keys: format, name, title, why, "
            "reference, caveat, unmatched, for, prior, rule. Did you mean 'prior'?"
        ),
    ),
    "priors that are no list": (
        HEAD + 'prior = "normal(0, 1)"\n',
        ("'mine.toml': prior is a list of tables, each headed [[prior]]."),
    ),
    "title that is a number": (
        "format = 1\ntitle = 3\n",
        ("'mine.toml': title is text, not 3."),
    ),
    "row without a class": (
        HEAD + '[[prior]]\nprior = "normal(0, 1)"\n',
        ("'mine.toml', [[prior]] number 1 does not say its class, such as class = 'b'."),
    ),
    "row without a prior": (
        HEAD + '[[prior]]\nclass = "b"\n',
        ("'mine.toml', [[prior]] number 1 does not say its prior, such as prior = 'normal(0, 5)'."),
    ),
    "unknown key of a row": (
        HEAD + ROW + 'coeff = "Days"\n',
        (
            "'mine.toml', [[prior]] number 1 has an unknown key 'coeff'. Keys: prior, "
            "class, coef, group, resp, dpar, nlpar, lb, ub, tag, source, why. Did you "
            "mean 'coef'?"
        ),
    ),
    "row with a bad prior": (
        HEAD + '[[prior]]\nclass = "b"\nprior = "normal(0, -1)"\n',
        (
            "'mine.toml', [[prior]] number 1: In prior 'normal(0, -1)', 'sigma' has to "
            "be positive, not -1."
        ),
    ),
    "row with a number": (
        HEAD + '[[prior]]\nclass = "b"\nprior = 3\n',
        ("'mine.toml', [[prior]] number 1: prior is text, not 3."),
    ),
    "row with a dist": (
        HEAD + '[[prior]]\nclass = "b"\ndist = "normal"\n',
        (
            "'mine.toml', [[prior]] number 1 has a dist: a row says prior = 'normal(0, "
            "5)'. Rules, which have a dist and its arguments, stand under [[rule]]."
        ),
    ),
    "row with a bound that is text": (
        HEAD + ROW + 'lb = "zero"\n',
        ("'mine.toml', [[prior]] number 1: lb is a number, not 'zero'."),
    ),
    "bounds of a coefficient": (
        HEAD + ROW + 'coef = "Days"\nlb = 0\n',
        (
            "'mine.toml', [[prior]] number 1 has bounds. Bounds belong to a whole class: "
            "leave out coef."
        ),
    ),
    "source that is none": (
        HEAD + ROW + 'source = "me"\n',
        ("'mine.toml', [[prior]] number 1: source is 'default', 'user' or 'set:NAME', not 'me'."),
    ),
    "row twice": (
        HEAD + ROW + ROW,
        ("Two priors are given for class = 'b'; keep one of them."),
    ),
    "row that matches nothing": (
        HEAD + ROW + 'coef = "Dayz"\n',
        (
            "The prior 'normal(0, 1)' matches no parameter: class = 'b', coef = 'Dayz'. "
            "Did you mean 'Days'?\n"
            "Rows of that class:\n"
            "  class = 'b'\n"
            "  class = 'b', coef = 'Days'"
        ),
    ),
    "rule without a dist": (
        HEAD + '[[rule]]\nclass = "b"\n',
        (
            "'mine.toml', [[rule]] number 1 does not say its dist, such as dist = "
            "'normal' (or dist = '' for flat)."
        ),
    ),
    "rule without a class": (
        HEAD + '[[rule]]\ndist = "exponential"\nbeta = 1\n',
        ("'mine.toml', [[rule]] number 1 does not say its class, such as class = 'b'."),
    ),
    "unknown distribution": (
        HEAD + '[[rule]]\nclass = "b"\ndist = "pymc"\n',
        (
            "'mine.toml', [[rule]] number 1: unknown distribution 'pymc'. Available "
            "distributions: beta, cauchy, chi_square, constant, dirichlet, "
            "double_exponential, exp_mod_normal, exponential, gamma, gumbel, "
            "inv_chi_square, inv_gamma, lkj, lkj_corr_cholesky, logistic, lognormal, "
            "normal, scaled_inv_chi_square, skew_normal, student_t, uniform, von_mises, "
            "weibull."
        ),
    ),
    "missing argument": (
        HEAD + RULE,
        ("'mine.toml', [[rule]] number 1: 'normal' needs mu, sigma; missing: sigma."),
    ),
    "argument too many": (
        HEAD + RULE + "sigma = 1\nnu = 3\n",
        (
            "'mine.toml', [[rule]] number 1 has an unknown key 'nu'. Keys: class, coef, "
            "group, resp, dpar, nlpar, family, link, dist, tag, why, mu, sigma."
        ),
    ),
    "unknown statistic": (
        HEAD + RULE + 'sigma = { stat = "response_sdd" }\n',
        (
            "'mine.toml', [[rule]] number 1: 'sigma' names the statistic 'response_sdd'. "
            "Statistics: response_location, response_scale, response_log_scale, "
            "response_mean, response_sd, predictor_sd, predictor_spread. Did you mean "
            "'response_sd'?"
        ),
    ),
    "unknown key of a statistic": (
        HEAD + RULE + 'sigma = { stat = "response_sd", time = 2 }\n',
        (
            "'mine.toml', [[rule]] number 1: 'sigma' has an unknown key 'time'. Keys: "
            "stat, over, times, at_least, at_most. Did you mean 'times'?"
        ),
    ),
    "table without a statistic": (
        HEAD + RULE + "sigma = { times = 2 }\n",
        (
            "'mine.toml', [[rule]] number 1: 'sigma' names no statistic; a plain number "
            "needs no table."
        ),
    ),
    "factor that is text": (
        HEAD + RULE + 'sigma = { stat = "response_sd", times = "two" }\n',
        ("'mine.toml', [[rule]] number 1: times of 'sigma' is a number, not 'two'."),
    ),
    "code as a number": (
        HEAD + RULE + "sigma = \"__import__('os')\"\n",
        (
            "'mine.toml', [[rule]] number 1: 'sigma' is a number, a list of numbers or a "
            "table with a statistic such as { stat = 'response_scale', at_least = 2.5 }, "
            "not \"__import__('os')\"."
        ),
    ),
    "negative scale": (
        HEAD + RULE + "sigma = -1\n",
        (
            "'mine.toml', [[rule]] number 1: In prior 'normal(0, -1)', 'sigma' has to be "
            "positive, not -1."
        ),
    ),
    "infinite scale": (
        HEAD + RULE + "sigma = inf\n",
        (
            "'mine.toml', [[rule]] number 1: 'sigma' is a number, a list of numbers or a "
            "table with a statistic such as { stat = 'response_scale', at_least = 2.5 }, "
            "not inf."
        ),
    ),
    "column that is a number": (
        HEAD + RULE + "sigma = 1\nlink = 3\n",
        ("'mine.toml', [[rule]] number 1: link is text or a list of texts, not 3."),
    ),
    "rule that matches nothing": (
        HEAD + '[[rule]]\nclass = "zi"\ndist = "beta"\nalpha = 1\nbeta = 1\n',
        (
            "'mine.toml': rule number 1 (class 'zi') matches no parameter of this model, "
            "or another rule of the file is narrower everywhere. Classes of this model: "
            "b, cor, Intercept, sd, sigma. With unmatched = 'ignore' such rules are "
            "passed over."
        ),
    ),
    "nothing for this model": (
        HEAD + 'unmatched = "ignore"\n[[rule]]\nclass = "zi"\ndist = "beta"\nalpha = 1\nbeta = 1\n',
        (
            "'mine.toml' says nothing about a parameter of this model. Its classes: zi; "
            "classes of the model: b, cor, Intercept, sd, sigma."
        ),
    ),
    "unmatched that is neither": (
        HEAD + 'unmatched = "maybe"\n',
        ("'mine.toml': unmatched is 'error' or 'ignore', not 'maybe'."),
    ),
    "models that are no table": (
        HEAD + 'for = "logit"\n',
        ("'mine.toml', [for] is a table with family and link, not 'logit'."),
    ),
    "unknown kind of model": (
        HEAD + '[for]\nlinks = "logit"\n',
        ("'mine.toml', [for] has an unknown key 'links'. Keys: family, link. Did you mean 'link'?"),
    ),
}


@each(FILES)
def test_a_file_that_is_no_prior_file(name, tmp_path, monkeypatch, sleepstudy):
    monkeypatch.chdir(tmp_path)
    text, expected = FILES[name]
    (tmp_path / "mine.toml").write_text(text, encoding="utf-8")
    assert message(lambda: bl.Model(SLOPES, sleepstudy, prior="mine.toml")) == expected


def test_a_file_nested_too_deeply(tmp_path, monkeypatch, sleepstudy):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.toml").write_text(f"format = 1\nwhy = {'[' * 5000}{']' * 5000}\n")
    assert message(lambda: bl.Model(SLOPES, sleepstudy, prior="mine.toml")) == (
        "'mine.toml' is not read: its values are nested too deeply."
    )


PLACES = {
    "folder.toml": "'folder.toml' is a directory, not a prior file.",
    "latin.toml": "'latin.toml' is not UTF-8 text (byte 20); TOML files are.",
    "large.toml": "'large.toml' has 20,000,001 bytes; a prior file has at most 20,000,000.",
    "pipe.toml": "'pipe.toml' is not a regular file.",
    "absent.toml": (
        "There is no prior file 'absent.toml'. A prior set that comes with bambi_lite is called "
        "'set:NAME': gelman2008, penalised_complexity, proper, rstanarm, unit_scale."
    ),
}


@each(PLACES)
def test_a_path_that_is_no_prior_file(name, tmp_path, monkeypatch, sleepstudy):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.toml").mkdir()
    (tmp_path / "latin.toml").write_bytes(b'format = 1\ntitle = "\xe9"\n')
    (tmp_path / "large.toml").write_bytes(b"#" * 20_000_001)
    os.mkfifo(tmp_path / "pipe.toml")
    assert message(lambda: bl.Model(SLOPES, sleepstudy, prior=name)) == PLACES[name]


def test_a_file_runs_nothing_and_opens_nothing(tmp_path, monkeypatch, sleepstudy):
    """Text that looks like code, a path or another file stays text, or is refused."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "secret.txt").write_text("a secret")
    trap = tmp_path / "trap"
    texts = (
        f"__import__('os').mkdir('{trap}')",
        f"normal(0, open('{trap}', 'w'))",
        "normal(0, exec(1))",
        "file(secret.txt)",
        "{{ 1 + 1 }}",
        "$(touch trap)",
    )
    for text in texts:
        (tmp_path / "mine.toml").write_text(
            f'format = 1\n[[prior]]\nclass = "b"\nprior = "{text}"\n'
        )
        assert "secret" not in message(
            lambda: bl.Model(SLOPES, sleepstudy, prior="mine.toml")
        ).replace("secret.txt", "")
    assert not trap.exists()
    (tmp_path / "mine.toml").write_text(
        'format = 1\ninclude = "secret.txt"\n[[prior]]\nclass = "b"\nprior = ""\n'
    )
    assert "unknown key 'include'" in message(
        lambda: bl.Model(SLOPES, sleepstudy, prior="mine.toml")
    )


def test_a_place_that_cannot_be_written(tmp_path, monkeypatch, sleepstudy):
    monkeypatch.chdir(tmp_path)
    model = bl.Model("Reaction ~ Days", sleepstudy)
    assert message(lambda: model.prior_to_toml("no/folder.toml")) == (
        "The prior file 'no/folder.toml' cannot be written: No such file or directory."
    )
