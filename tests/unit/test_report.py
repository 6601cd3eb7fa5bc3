"""The report as text: what stands in it, escaped; the browser looks at it in tests/report."""

import re
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

import bambi_lite as bl
from bambi_lite.report import SECTIONS, Section, page
from kept import quick_fit
from tables import each

#: Elements that have no end.
_EMPTY = {"meta", "img", "br", "wbr"}


class Page(HTMLParser):
    """The elements of a page, checked to be closed in order, and its text."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.attributes, self.words = [], [], [], []
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in _EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            # A place where a line may break is no end of a word.
            if self.tags[-1:] == ["wbr"]:
                data = self.words.pop() + data
            self.words.append(data)

    @property
    def text(self):
        return " ".join(self.words)


def data(n=40):
    rng = np.random.default_rng(1)
    return pd.DataFrame(
        {
            "y": rng.normal(size=n),
            "x": rng.normal(size=n),
            "f": rng.choice(["a", "b"], n),
            "g": rng.choice(list("uvw"), n),
            "count": rng.poisson(2.0, n),
            "o": pd.Categorical(rng.choice(["1", "2", "3"], n), ordered=True),
        }
    )


MODELS = {
    "gaussian": ("y ~ x + f + (x | g)", "gaussian"),
    "ordinal": ("o ~ x", "cumulative"),
    "poisson": ("count ~ x + (1 | g)", "poisson"),
    "truth": ("f ~ x", "bernoulli"),
    "categories": ("o ~ x", "categorical"),
    "distributional": (bl.bf("y ~ x", "sigma ~ f"), "student"),
}
#: Where draws from a wide prior are no numbers that a response could have.
NARROW = {
    "poisson": [
        bl.prior("normal(0, 1)", class_="Intercept"),
        bl.prior("normal(0, 0.1)"),
        bl.prior("exponential(5)", class_="sd"),
    ]
}
#: The others take as long again each.
QUICK = ("gaussian", "ordinal")


@pytest.mark.parametrize(
    "name", [n if n in QUICK else pytest.param(n, marks=pytest.mark.slow) for n in MODELS]
)
def test_every_section_of_a_page(name):
    formula, family = MODELS[name]
    fit = quick_fit(formula, data(), family, prior=["set:proper", *NARROW.get(name, ())])
    text = page(fit.draws)
    found = Page(text)
    ids = [value for key, value in found.attributes if key == "id"]
    without = () if fit.spec.blocks else ("groups",)
    assert ids == [section.name for section in SECTIONS if section.name not in without]
    links = [value for key, value in found.attributes if key == "href"]
    assert links == [f"#{name}" for name in ids]
    assert "Not shown" not in found.text
    for spelt in (str(fit.spec.formula).split("\n")[0], family, "Estimate"):
        assert spelt in found.text
    for row, estimate in fit.fixef()["Estimate"].items():
        assert str(row) in found.words
        assert f"{estimate:.2f}" in found.words
    # Nothing comes from elsewhere, and nothing can run.
    assert not {"script", "link", "iframe", "object", "embed", "base", "form"} & set(found.tags)
    assert not [key for key, _ in found.attributes if key.startswith("on")]
    sources = [value for key, value in found.attributes if key == "src"]
    assert sources
    assert all(source.startswith("data:image/png;base64,") for source in sources)
    # Addresses stand in no other place: neither in styles nor in attributes.
    assert not re.search(r"https?:|url\(|@import|//[a-z]", re.sub(r'src="[^"]*"', "", text))
    assert len(text) < 5 * 2**20


HOSTILE = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</style><b>", "&lt;",
           "$x^2$", "a\nb"]  # fmt: skip


def test_names_and_levels_from_strangers_are_text():
    frame = data(len(HOSTILE) * 4).assign(g=HOSTILE * 4, f=HOSTILE * 4)
    fit = quick_fit(bl.bf("y ~ x + f + (x | g)"), frame, data_name=HOSTILE[0])
    found = Page(page(fit.draws, title=HOSTILE[1]))
    plain = Page(page(quick_fit("y ~ x + (x | g)", data()).draws))
    assert set(found.tags) == set(plain.tags) | {"br"}
    assert {key for key, _ in found.attributes} == {key for key, _ in plain.attributes}
    assert HOSTILE[0] in found.text
    assert HOSTILE[1] in found.text


def test_a_section_more_is_a_line_more():
    fit = quick_fit("y ~ x", data())

    def fails(draws):
        raise bl.DataError("Columns <b> are missing.")

    def breaks(draws):
        return 1 / 0

    more = (
        Section("mine", "Mine & yours", lambda draws: f"<p>{draws.spec.design.n_obs} rows</p>"),
        Section("none", "None", lambda draws: ""),
        Section("fails", "Fails", fails),
        Section("breaks", "Breaks", breaks),
    )
    found = Page(page(fit.draws, sections=more))
    assert [value for key, value in found.attributes if key == "id"] == ["mine", "fails", "breaks"]
    assert "Mine & yours" in found.text
    assert "40 rows" in found.text
    # What cannot be shown for a model says why in its place.
    assert "Not shown: Columns <b> are missing." in found.text
    assert "Not shown: ZeroDivisionError: division by zero" in found.text


def test_doubts_come_first(recwarn):
    """Two chains that disagree: the box at the top says so, with advice."""
    rng, chain = np.random.default_rng(1), np.repeat([0, 1], 50)
    draws = pd.DataFrame(
        {
            "chain": chain,
            "b_Intercept": rng.normal(5.0 * chain, 1.0),
            "b_x": rng.normal(size=100),
            "sigma": rng.uniform(1, 2, 100),
        }
    )
    fit = bl.Model("y ~ x", data()).from_draws(draws)
    text = page(fit.draws)
    assert '<div class="verdict doubtful">The draws are doubtful:' in text
    top = text.split("<main>")[0]
    assert "Rhat is above 1.01 for b_Intercept" in top
    assert "Run more iterations" in top


def test_the_file(tmp_path):
    fit = quick_fit("y ~ x", data())
    assert fit.report(tmp_path / "mine") == tmp_path / "mine.html"
    assert fit.report(str(tmp_path / "mine.htm"), "A title") == tmp_path / "mine.htm"
    assert "<title>A title</title>" in (tmp_path / "mine.htm").read_text("utf-8")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["mine.htm", "mine.html"]


@each(
    {
        "suffix": ("{0}/fit.pdf", "A report is a page for a browser: its name ends in .html, not "
                   "in '.pdf'. A browser prints it as a PDF."),
        "directory": ("{0}", "'{0}' is a directory; a report is one file, such as "
                      "'{0}/report.html'."),
        "folder": ("{0}/no/a.html", "The report cannot be written to '{0}/no/a.html': there is no "
                   "folder '{0}/no'. What was there before is unchanged."),
        "number": (3, "The path of a report is text, such as 'report.html', not 3."),
        "nothing": ("", "The path of a report is text, such as 'report.html', not ''."),
    }.items(),
    name=lambda case: case[0],
)  # fmt: skip
def test_wrong_paths(case, tmp_path):
    _, (path, message) = case
    fit = quick_fit("y ~ x", data())
    with pytest.raises(bl.KeepingError) as error:
        fit.report(path.format(tmp_path) if isinstance(path, str) else path)
    assert str(error.value) == message.format(tmp_path)
    assert not list(tmp_path.iterdir())
