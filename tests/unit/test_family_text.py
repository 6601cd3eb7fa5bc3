"""The text of a family call in R: what it is read as, and where it is refused."""

import math

import pytest

import bambi_lite as bl
from bambi_lite.errors import BambiLiteError
from tables import each

# Text; name of the family; links that are not the default; settings.
READ = {
    "poisson": ("poisson", {}, {}),
    "poisson()": ("poisson", {}, {}),
    'cumulative("probit", threshold = "equidistant")': (
        "cumulative", {"mu": "probit"}, {"threshold": "equidistant"},
    ),
    'brmsfamily("poisson", link = "softplus")': ("poisson", {"mu": "softplus"}, {}),
    "brmsfamily(family = 'gamma', link = 'log', link_shape = 'identity')": (
        "gamma", {"mu": "log", "shape": "identity"}, {},
    ),
    'inverse.gaussian("1/mu^2")': ("inverse.gaussian", {"mu": "1/mu^2"}, {}),
    "inverse.gaussian(1/mu^2)": ("inverse.gaussian", {"mu": "1/mu^2"}, {}),
    "Gamma(link = log)": ("gamma", {"mu": "log"}, {}),
    'categorical(refcat = "B")': ("categorical", {}, {"refcat": "B"}),
    "categorical(refcat = NULL)": ("categorical", {}, {"refcat": None}),
    'logistic_normal(link_sigma = "softplus", refcat = "p2")': (
        "logistic_normal", {"sigma": "softplus"}, {"refcat": "p2"},
    ),
}  # fmt: skip


@each(READ)
def test_read(text):
    name, links, options = READ[text]
    family = bl.get_family(text)
    assert (family.name, dict(family.links), dict(family.options)) == (
        name,
        links,
        {**bl.get_family(name).options, **options},
    )


def test_na_is_no_category():
    assert math.isnan(bl.get_family("categorical(refcat = NA)").options["refcat"])


REFUSED = {
    'cumulative("probi")': """\
Link 'probi' is not available for dpar 'mu' of family 'cumulative'. Available links: logit, \
probit, probit_approx, cloglog, cauchit, softit. Did you mean 'probit'?
  cumulative("probi")
             ^^^^^^^""",
    'cumulative(threshold = "equal")': """\
threshold = 'equal' is none of the spacings of thresholds: flexible, equidistant, sum_to_zero.
  cumulative(threshold = "equal")
             ^^^^^^^^^^^^^^^^^^^""",
    'student(link_nv = "identity")': """\
student() got an unexpected keyword argument 'link_nv'. Valid: link, link_sigma, link_nu. Did you \
mean 'link_nu'?
  student(link_nv = "identity")
          ^^^^^^^^^^^^^^^^^^^^""",
    'poisson(link = "log", link = "sqrt")': """\
The argument 'link' is given twice.
  poisson(link = "log", link = "sqrt")
                        ^^^^^^^^^^^^^""",
    'cumulative("logit", "log")': """\
'"log"' of cumulative() needs a name, such as link_sigma = "log".
  cumulative("logit", "log")
                      ^^^^^""",
    "brmsfamily(poisson)": """\
brmsfamily() takes the name of a family in quotes.
  brmsfamily(poisson)
  ^^^^^^^^^^^^^^^^^^^""",
    'categorical(refcat = system("ls"))': """\
'refcat = system("ls")': an option of a family is a constant.
  categorical(refcat = system("ls"))
              ^^^^^^^^^^^^^^^^^^^^^""",
    'poisson("log") + 1': """\
'poisson("log") + 1' is no family; write poisson() or poisson(link = "log").
  poisson("log") + 1
  ^^^^^^^^^^^^^^^^^^""",
    'poisson("log"': """\
The parenthesis '(' at character 8 is not closed; expected ')'.
  poisson("log"
         ^""",
}


@each(REFUSED)
def test_refused(text):
    with pytest.raises(BambiLiteError) as error:
        bl.get_family(text)
    assert str(error.value) == REFUSED[text]


def test_unknown_family_is_marked():
    with pytest.raises(bl.FamilyError) as error:
        bl.get_family('brmsfamily("cumulativ", "probit")')
    message = str(error.value)
    assert message.startswith("Unknown family 'cumulativ'. Available families: ")
    assert message.endswith("""Did you mean 'cumulative'?
  brmsfamily("cumulativ", "probit")
             ^^^^^^^^^^^""")
