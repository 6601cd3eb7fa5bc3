"""Some rows at a time: how much memory predictions take."""

from __future__ import annotations

from collections.abc import Iterator

#: Bytes of one array of draws x rows that are looked at together. What is computed of them takes a
#: few times that, so that predictions need little beside their result; arrays of this size also
#: stay near the processor. Tables of any number of rows need no more. Responses are drawn part
#: after part: under another budget the same seed gives other ones.
BUDGET = 16 * 2**20


def chunks(n_obs: int, n_draws: int, width: int = 1, budget: int = BUDGET) -> Iterator[slice]:
    """Slices of rows whose draws fit into the budget, at least one row each.

    Parameters
    ----------
    n_obs, n_draws, width : int
        Rows, draws, and numbers per row and draw (categories).
    budget : int
        Bytes.
    """
    step = max(1, budget // (8 * n_draws * width))
    for start in range(0, n_obs, step):
        yield slice(start, min(n_obs, start + step))
