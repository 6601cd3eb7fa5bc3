"""The API reference as pages that open from disk: `python .ci/docs.py [folder]`.

pdoc reads the docstrings of what is installed; nothing is fetched. Roles of reStructuredText, by
which the docstrings name each other, become links.
"""

import pkgutil
import re
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import pdoc
import pdoc.render
from jinja2 import pass_context

import bambi_lite as bl

_ROLE = re.compile(r":(?:func|class|meth|mod|data|attr):`~?([\w.]+)`")
#: The compiled part, which nobody calls.
_INNER = ("!bambi_lite.engines.native", "!bambi_lite.dists.kernels")


def modules() -> Iterator[str]:
    """The package, whose page is what a user needs, and the modules that its docstrings name."""
    yield bl.__name__
    for module in pkgutil.iter_modules(bl.__path__, f"{bl.__name__}."):
        # A public name that is a module too has its page with the package's.
        if module.name.rpartition(".")[2] not in ("__main__", *bl.__all__):
            yield module.name


def without_roles(docstring: str) -> str:
    """A docstring with names in backticks, which pdoc links, in the place of roles."""
    # A tilde asks for the last part of the name alone, which would have no link.
    return _ROLE.sub(lambda role: f"`{role[1]}`", docstring)


def main(folder: Path) -> None:
    """Write the pages."""
    pdoc.render.configure(docformat="numpy", show_source=False, footer_text=f"{bl.__version__}")
    plain = pdoc.render.env.filters["to_markdown"]

    @pass_context
    def to_markdown(context, docstring):
        return plain(context, without_roles(docstring))

    pdoc.render.env.filters["to_markdown"] = to_markdown
    # What prior tables inherit from pandas has annotations that only pandas can read.
    warnings.filterwarnings("ignore", "Error parsing type annotation")
    pdoc.pdoc(*modules(), *_INNER, output_directory=folder)
    pages = list(folder.rglob("*.html"))
    sys.stdout.write(f"{len(pages)} pages: {folder / 'bambi_lite.html'}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("build/docs"))
