"""Where the shipped folders ``priors/`` and ``data/`` are: in the wheel, or in a checkout.

They lie at the top level of the repository, where a reader looks for them. The wheel carries
them inside the package, as ``bambi_lite/_shelf/priors`` and ``bambi_lite/_shelf/data`` (see
``pyproject.toml``), because a wheel must not add top-level folders named ``priors`` and
``data`` to an environment.
"""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from .errors import DataError, listing, suggest

KINDS = ("priors", "data")


def shelf(kind: str) -> Traversable:
    """The shipped folder ``priors`` or ``data``.

    Parameters
    ----------
    kind : {"priors", "data"}
        Which folder.

    Returns
    -------
    importlib.resources.abc.Traversable
        The folder. Read from it with ``/``, ``iterdir()``, ``read_text()`` and ``read_bytes()``;
        it is no file path when the package is imported from a zip file.

    Raises
    ------
    DataError
        If `kind` is another word, or if the installation lacks the folder.

    Examples
    --------
    >>> (shelf("data") / "rats.csv").is_file()
    True
    """
    if kind not in KINDS:
        raise DataError(
            f"There is no shipped folder {kind!r}; valid: {listing(KINDS)}.{suggest(kind, KINDS)}"
        )
    return _find_shelf(kind, files("bambi_lite"), Path(__file__).parent.parent)


def _find_shelf(kind: str, package: Traversable, checkout: Path) -> Traversable:
    """The folder `kind` in an installed `package`, else in what may be a `checkout`."""
    installed = package / "_shelf" / kind
    if installed.is_dir():
        return installed
    # An environment's own site-packages may hold a folder called "data": pyproject.toml tells
    # a checkout from that.
    if (checkout / "pyproject.toml").is_file() and (checkout / kind).is_dir():
        return checkout / kind
    raise DataError(
        f"This installation of bambi_lite lacks its folder '{kind}': it is neither in the package "
        f"(bambi_lite/_shelf/{kind}) nor beside it in a checkout. Install bambi_lite again."
    )
