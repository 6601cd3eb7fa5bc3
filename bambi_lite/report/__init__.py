"""A fit as one page for a browser: the model, the prior, the estimates, whether to trust them.

A section is a function from draws to HTML; :data:`bambi_lite.report.sections.SECTIONS` lists them.
"""

from .page import page, write_report
from .sections import SECTIONS, Section

__all__ = ["SECTIONS", "Section", "page", "write_report"]
