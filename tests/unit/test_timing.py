"""What a fit took, by stage; how warmup and sampling are told apart."""

import pytest

from bambi_lite.engines import Timing, timing
from bambi_lite.engines.timing import STAGES, report, warmup_share


def test_every_stage_is_a_field_in_order():
    made = timing({stage: float(i) for i, stage in enumerate(STAGES)})
    assert made == Timing(0.0, 1.0, 2.0, 3.0, 4.0, 5.0)
    assert list(made.as_dict()) == list(STAGES)
    assert made.total == 15.0


def test_it_prints_a_line_a_stage():
    shown = str(Timing(import_=1.25, sampling=0.5))
    assert shown.splitlines()[0] == "import      1.250 s  loading libraries and kernels"
    assert shown.splitlines()[-1] == "total       1.750 s"
    assert "<td>0.500 s</td>" in Timing(sampling=0.5)._repr_html_()


@pytest.mark.parametrize(
    ("reports", "share"),
    [
        ([], 0.5),  # nothing is known: all draws equally fast
        ([((0, 0.0),)], 0.5),
        ([((100, 6.0),), ((200, 8.0),)], 0.75),
        ([((100, 6.0),), ((150, 7.0),)], 0.75),  # the last report comes before the end
        ([((50, 2.0),), ((150, 6.0),), ((200, 8.0),)], 0.5),  # the end of warmup between two
        ([((100, 6.0), (0, 0.0)), ((200, 8.0), (100, 2.0)), ((200, 8.0), (200, 4.0))], 8 / 12),
        ([((100, 6.0),), ((100, 6.5),), ((200, 8.0),)], 6.5 / 8),
    ],
)
def test_the_share_of_warmup(reports, share):
    assert warmup_share(reports, warmup=100, iter=200) == pytest.approx(share)


def test_what_nutpie_reports():
    class Chain:
        finished_draws, runtime_ms = 7, 3.0

    assert report([Chain()]) == ((7, 3.0),)
