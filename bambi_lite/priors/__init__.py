"""Priors: one keyed table of rows, the rules behind the defaults, and how rows find parameters.

The table has brms' columns and brms' rows: a general row for a class ("b", "sd"), narrower rows
below it (by group, by coefficient), and an empty ``prior`` on a narrow row means that it takes
the general row's. Prior text is read by a small grammar of its own; nothing is evaluated.
"""

from .defaults import default_rows, default_rules, rule_rows
from .files import PriorFile, prior_sets, read_file, read_set, read_text
from .keys import CHOLESKY, KEYS, brms_class, describe_key, general_key
from .match import assign, merge, prior_table
from .rows import (
    COLUMNS,
    PriorFrame,
    PriorRow,
    as_default_frame,
    deciding_row,
    sort_rows,
    to_frame,
)
from .rules import Computed, Rule, Statistic, Target
from .say import PriorSet, gather, prior, user_rows
from .scales import ScaleFacts, number, scale_facts
from .shared import SharedPrior, shared_priors
from .text import parse_prior, prior_text
from .writing import to_toml, write_file

__all__ = [
    "CHOLESKY",
    "COLUMNS",
    "KEYS",
    "Computed",
    "PriorFile",
    "PriorFrame",
    "PriorRow",
    "PriorSet",
    "Rule",
    "ScaleFacts",
    "SharedPrior",
    "Statistic",
    "Target",
    "as_default_frame",
    "assign",
    "brms_class",
    "deciding_row",
    "default_rows",
    "default_rules",
    "describe_key",
    "gather",
    "general_key",
    "merge",
    "number",
    "parse_prior",
    "prior",
    "prior_sets",
    "prior_table",
    "prior_text",
    "read_file",
    "read_set",
    "read_text",
    "rule_rows",
    "scale_facts",
    "shared_priors",
    "sort_rows",
    "to_frame",
    "to_toml",
    "user_rows",
    "write_file",
]
