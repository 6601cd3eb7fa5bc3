"""How the pictures look: colours, sizes, and what the kinds of marks look like everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

#: Okabe and Ito's colours: they stay apart for colour-blind readers.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#000000")
BLUE, ORANGE, GREEN = COLOURS[:3]
BLACK, GREY = "#000000", "#767676"
#: What is observed, and what the model says of it.
OBSERVED, PREDICTED = BLACK, BLUE
#: Size in inches of one panel, of one among several, and the most that stand side by side.
WIDTH, HEIGHT = 6.4, 4.0
SMALL_WIDTH, SMALL_HEIGHT = 3.0, 2.4
COLUMNS = 4

type Style = Mapping[str, Any]

OBSERVED_LINE: Style = MappingProxyType({"color": OBSERVED, "width": 2.0})
PREDICTED_LINE: Style = MappingProxyType({"color": PREDICTED, "width": 1.0, "alpha": 0.45})
OBSERVED_POINTS: Style = MappingProxyType(
    {"color": OBSERVED, "size": 14.0, "marker": "o", "width": 0.0}
)
PREDICTED_BARS: Style = MappingProxyType(
    {"facecolor": PREDICTED, "edgecolor": "#ffffff", "alpha": 0.55}
)
OBSERVED_BARS: Style = MappingProxyType(
    {"facecolor": OBSERVED, "edgecolor": "#ffffff", "alpha": 0.45}
)
REFERENCE_LINE: Style = MappingProxyType({"color": GREY, "width": 1.0, "linestyle": "C1"})
