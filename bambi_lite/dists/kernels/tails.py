"""The tails of distributions whose CDF is no short expression."""

from __future__ import annotations

from .base import Kernel

GAMMA = Kernel("gamma", "tails", values=2)
BETA = Kernel("beta", "tails", values=2)
STUDENT = Kernel("beta", "student", values=2)
SKEW_NORMAL = Kernel("normal", "skew_normal", values=2)
MILLS = Kernel("normal", "mills_tails", values=2)
VON_MISES = Kernel("circle", "von_mises", values=2)
BETA_BINOMIAL = Kernel("counts", "beta_binomial", values=2)
