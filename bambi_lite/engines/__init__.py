"""Engines: what turns a ModelSpec into draws. The ones that need PyMC are imported when used."""

from .base import BACKENDS, RawDraws, SampleSettings, sample_settings
from .lazy import is_made_when_asked
from .native.program import Program, program
from .plan import Plan, make_plan
from .saving import SavePars, save_pars
from .timing import Timing, timing

__all__ = [
    "BACKENDS",
    "Plan",
    "Program",
    "RawDraws",
    "SampleSettings",
    "SavePars",
    "Timing",
    "is_made_when_asked",
    "make_plan",
    "program",
    "sample_settings",
    "save_pars",
    "timing",
]
