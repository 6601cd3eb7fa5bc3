"""Engines: what turns a ModelSpec into draws. The ones that need PyMC are imported when used."""

from .base import BACKENDS, RawDraws, SampleSettings, sample_settings
from .native.program import Program, program
from .plan import Plan, make_plan
from .timing import Timing, timing

__all__ = [
    "BACKENDS",
    "Plan",
    "Program",
    "RawDraws",
    "SampleSettings",
    "Timing",
    "make_plan",
    "program",
    "sample_settings",
    "timing",
]
