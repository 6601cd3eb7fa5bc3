"""Engines: what turns a ModelSpec into draws. The ones that need PyMC are imported when used."""

from .base import BACKENDS, RawDraws, SampleSettings, sample_settings

__all__ = ["BACKENDS", "RawDraws", "SampleSettings", "sample_settings"]
