"""`make docs`: the pages of the reference, made without network, with links that lead somewhere."""

import html
import re
import runpy
import socket
from pathlib import Path

import pytest

import bambi_lite as bl

MAKE = Path(__file__).parents[2] / ".ci" / "docs.py"
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("docs")

    def offline(*_, **__):
        raise OSError("no network here")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "socket", offline)
        runpy.run_path(str(MAKE))["main"](folder)
    return {p.relative_to(folder).as_posix(): p.read_text("utf-8") for p in folder.rglob("*.html")}


def test_every_public_name_has_its_place(pages):
    for name in bl.__all__:
        assert f'id="{name}"' in pages["bambi_lite.html"], name
    assert 'id="Fit.update"' in pages["bambi_lite.html"]
    assert "chains" in pages["bambi_lite.html"]


def test_no_role_is_left(pages):
    for name, page in pages.items():
        text = html.unescape(re.sub(r"<[^>]+>", "", page))
        assert not re.findall(r":(?:func|class|meth|mod):", text), name


def test_links_between_pages_lead_somewhere(pages):
    lost = []
    for name, page in pages.items():
        for link in re.findall(r'href="([^"#:]+\.html)[^"]*"', page):
            target = (Path("/") / Path(name).parent / link).resolve().as_posix().lstrip("/")
            if target not in pages:
                lost.append((name, link))
    assert lost == []


def test_nothing_is_loaded_from_elsewhere(pages):
    for name, page in pages.items():
        assert not re.findall(r'(?:src|@import)[="\s]+"?https?://', page), name
        assert not re.findall(r'<link[^>]+href="https?://', page), name
