"""The audit of a model's prior: what it says of each parameter, where it is from, what is odd."""

from .report import PriorReport, prior_report

__all__ = ["PriorReport", "prior_report"]
