"""Prior text: a distribution in Stan's names, read by a small grammar; nothing is evaluated."""

from __future__ import annotations

import math
import re

from ..dists import Dist, prior_dist
from ..errors import PriorError

_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_CALL = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_]*)\s*\(([^()]*)\)\s*")


def parse_prior(text: str) -> Dist | None:
    """The distribution that a prior text names.

    Parameters
    ----------
    text : str
        ``"name(number, ...)"`` in Stan's names and argument order; empty for the flat prior.

    Returns
    -------
    Dist or None
        None for the flat prior.

    Raises
    ------
    PriorError
        When the text is not of that form, the name is unknown, or an argument is impossible.

    Examples
    --------
    >>> parse_prior("student_t(3, 0, 59.3)").name
    'student_t'
    """
    if text.strip() == "":
        return None
    call = _CALL.fullmatch(text)
    if call is None:
        raise PriorError(
            f"Cannot read the prior '{text}'. A prior is a distribution with numbers, such as "
            f"'normal(0, 5)', 'student_t(3, 0, 2.5)' or 'exponential(1)'."
        )
    name, inside = call.group(1), call.group(2).strip()
    words = [word.strip() for word in inside.split(",")] if inside else []
    for word in words:
        if re.fullmatch(_NUMBER, word) is None:
            raise PriorError(f"Cannot read the prior '{text}': argument '{word}' is not a number.")
    values = tuple(float(word) for word in words)
    if not all(math.isfinite(v) for v in values):
        raise PriorError(f"Cannot read the prior '{text}': its arguments have to be finite.")
    return prior_dist(name, values, text)
