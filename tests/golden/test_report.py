"""The report in a real browser: it renders, asks for nothing, and fits a phone."""

import pytest

import bambi_lite as bl
from browser import browser

pytestmark = pytest.mark.slow

WIDTHS = {"phone": 390, "desktop": 1280}
#: Elements that reach beyond the page, those that are moved sideways in their own box aside.
BEYOND = """
const wide = document.documentElement.clientWidth + 1;
const inside = e => e.closest('.wide, .equations, pre');
return [...document.body.querySelectorAll('*')]
  .filter(e => e.getBoundingClientRect().right > wide && !inside(e)).map(e => e.outerHTML);
"""
#: The smallest text that can be seen, in pixels of the screen.
SMALLEST = """
return Math.min(...[...document.querySelectorAll('p, td, th, li, dd, dt, h1, h2, h3, code')]
  .filter(e => e.offsetParent && e.textContent.trim())
  .map(e => parseFloat(getComputedStyle(e).fontSize)));
"""
#: Mathematics is drawn as such: an index is smaller and lower than its letter.
MATHS = """
const index = document.querySelector('msub');
const [base, low] = [...index.children].map(e => e.getBoundingClientRect());
return [
  document.querySelectorAll('math').length, low.height < base.height, low.bottom > base.bottom
];
"""


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    fit = bl.brm(
        "Reaction ~ Days + (Days | Subject)", bl.load_data("sleepstudy"), seed=1, progress=False
    )
    return fit.report(tmp_path_factory.mktemp("report") / "sleepstudy.html")


@pytest.fixture(scope="module")
def opened():
    with browser() as found:
        yield found


def test_one_file_of_a_size_that_can_be_sent(report):
    assert report.stat().st_size < 5 * 2**20
    assert [p.name for p in report.parent.iterdir()] == ["sleepstudy.html"]


@pytest.mark.parametrize("width", WIDTHS)
def test_in_a_browser(width, report, opened, tmp_path):
    opened.open(report, WIDTHS[width])
    assert opened.console() == []
    asked = [url for url in opened.requests() if not url.startswith("data:image/png;")]
    assert asked == [report.as_uri()]
    assert opened.run("return document.title") == "Reaction ~ Days + (Days | Subject)"
    pictures = "return [...document.images].map(i => i.complete && i.naturalWidth > 300)"
    drawn = opened.run(pictures)
    assert len(drawn) >= 6
    assert all(drawn)
    assert opened.run("return document.documentElement.scrollWidth") == WIDTHS[width]
    assert opened.run(BEYOND) == []
    assert opened.run(SMALLEST) >= 11.0
    number, smaller, lower = opened.run(MATHS)
    assert number > 20
    assert smaller
    assert lower
    # The estimates are seen without moving anything sideways.
    assert opened.run(
        "return [...document.querySelectorAll('.estimates')].every(e => e.scrollWidth <= "
        "e.clientWidth)"
    )
    opened.picture(tmp_path / f"{width}.png")
    assert (tmp_path / f"{width}.png").stat().st_size > 50_000


def test_names_from_strangers_run_nothing(opened, tmp_path):
    """Were one of them read as HTML, the title would change."""
    run = "<img src=x onerror=\"document.title='ran'\">"
    data = bl.load_data("sleepstudy").assign(Subject=lambda d: run + d["Subject"].astype(str))
    fit = bl.Model(
        "Reaction ~ Days + (1 | Subject)", data, prior={"b": "normal(0, 1)"}, data_name=run
    ).sample(sample_prior="only", chains=1, iter=100, seed=1)
    page = fit.report(tmp_path / "page", title=f"{run}<script>document.title='ran'</script>")
    opened.open(page, 1280)
    assert opened.console() == []
    assert opened.run("return document.title").startswith("<img src=x")
    assert opened.run("return document.scripts.length") == 0


def test_the_browser_would_see_a_request(opened, tmp_path):
    """The checks above can fail: a page that asks for a picture and runs a script is seen."""
    page = tmp_path / "page.html"
    page.write_text("<img src='http://127.0.0.1:9/x.png'><script>missing()</script>")
    opened.open(page, 1280)
    assert any("missing is not defined" in line for line in opened.console())
    assert "http://127.0.0.1:9/x.png" in opened.requests()
