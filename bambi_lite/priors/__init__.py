"""Priors: one keyed table of rows, the rules behind the defaults, and how rows find parameters.

The table has brms' columns and brms' rows: a general row for a class ("b", "sd"), narrower rows
below it (by group, by coefficient), and an empty ``prior`` on a narrow row means that it takes
the general row's. Prior text is read by a small grammar of its own; nothing is evaluated.
"""

from .defaults import ScaleFacts, default_rows, default_rules, default_text, scale_facts
from .match import assign, merge
from .rows import (
    COLUMNS,
    PriorRow,
    PriorSet,
    as_default_frame,
    brms_class,
    describe_key,
    number,
    sort_rows,
    to_frame,
)
from .say import prior, user_rows
from .text import parse_prior

__all__ = [
    "COLUMNS",
    "PriorRow",
    "PriorSet",
    "ScaleFacts",
    "as_default_frame",
    "assign",
    "brms_class",
    "default_rows",
    "default_rules",
    "default_text",
    "describe_key",
    "merge",
    "number",
    "parse_prior",
    "prior",
    "scale_facts",
    "sort_rows",
    "to_frame",
    "user_rows",
]
