"""How brms turns the names of R into the names of parameters."""

from __future__ import annotations

_SYMBOLS = str.maketrans(
    {
        **dict.fromkeys(" ()[],\"'?`", ""),
        "+": "P",
        "-": "M",
        "*": "MU",
        "/": "D",
        "^": "E",
        "=": "EQ",
    }
)


def rename(name: str) -> str:
    """The name brms gives to a coefficient that R calls `name`.

    Parameters
    ----------
    name : str
        A column of R's ``model.matrix``.

    Returns
    -------
    str

    Examples
    --------
    >>> rename("I(x^2)"), rename("poly(x, 2)1:f2b"), rename("(Intercept)")
    ('IxE2', 'polyx21:f2b', 'Intercept')
    """
    return name.replace("!=", "NEQ").translate(_SYMBOLS)


def response_name(text: str) -> str:
    """The name of a response as brms writes it into parameters: no dots, no underscores.

    Examples
    --------
    >>> response_name("log(y_1)")
    'logy1'
    """
    return rename(text).replace(".", "").replace("_", "")
