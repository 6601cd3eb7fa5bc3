"""help() of what a person starts with: every argument, what comes back, what can go wrong."""

import inspect
import pydoc

import pytest

import bambi_lite as bl
from bambi_lite.docstrings import parameters, passing_on
from tables import each

FIRST = {"brm": bl.brm, "Model": bl.Model, "Model.sample": bl.Model.sample, "bf": bl.bf}
SECTIONS = {
    "brm": ("Returns", "Raises", "Examples"),
    "Model.sample": ("Returns", "Raises", "Warns"),
}


@each(FIRST)
def test_every_argument_is_described(name: str) -> None:
    function = FIRST[name]
    entries = parameters(function.__doc__)
    described = {
        word.strip().lstrip("*"): text
        for head, text in entries.items()
        for word in head.split(" : ")[0].split(",")
    }
    for own in inspect.signature(function).parameters.values():
        if own.name in ("self", "unknown"):
            continue
        assert own.name in described, own.name
        text = described[own.name]
        assert len(text.splitlines()) > 1, own.name
        assert "See :class:" not in text, own.name
    for section in SECTIONS.get(name, ()):
        assert f"\n{section}\n---" in inspect.cleandoc(function.__doc__)


def test_help_of_brm_shows_everything() -> None:
    text = pydoc.plain(pydoc.render_doc(bl.brm))
    for argument in ("formula", "prior", "chains", "adapt_delta", "marginalize", "sample_prior"):
        assert f"{argument}: " in text.partition("Fit a Bayesian")[0]  # the signature
        assert f"    {argument} : " in text
    assert "iter: 'int' = 2000" in text
    assert "**sampling" not in text


def test_arguments_that_are_passed_on_have_one_description() -> None:
    assert parameters(bl.Model.__doc__).items() <= parameters(bl.brm.__doc__).items()
    assert parameters(bl.Model.sample.__doc__).items() <= parameters(bl.brm.__doc__).items()


def test_an_entry_that_is_not_there_is_an_error() -> None:
    with pytest.raises(ValueError, match="not enough values"):

        @passing_on({"**options": bl.Model.sample})
        def function(x: int) -> None:
            """Do.

            Parameters
            ----------
            x : int
                A number.
            """
