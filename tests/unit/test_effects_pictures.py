"""Pictures of conditional effects: what is in them, by the artists of their panels."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import PathCollection, QuadMesh
from matplotlib.colors import to_hex

import bambi_lite as bl
from fits import brms_fit, made_fit

RNG = np.random.default_rng(4)
DATA = pd.DataFrame(
    {
        "y": RNG.normal(size=40),
        "a": RNG.normal(size=40),
        "b": RNG.normal(size=40),
        "f": pd.Categorical(RNG.choice(["u", "v", "w"], 40)),
    }
)


def panels(figure):
    """The axes that show something, without colour bars."""
    return [axis for axis in figure.axes if axis.get_xlabel()]


def legend_of(axis):
    legend = axis.get_legend()
    return legend.get_title().get_text(), [t.get_text() for t in legend.get_texts()]


def test_a_number_is_a_line_with_a_ribbon():
    effects = brms_fit("sleepstudy_slopes").conditional_effects()
    (axis,) = panels(effects.plot())
    assert (axis.get_xlabel(), axis.get_ylabel()) == ("Days", "Reaction")
    (line,) = axis.lines
    np.testing.assert_allclose(line.get_ydata(), effects["Days"]["estimate__"])
    (ribbon,) = axis.collections
    y = ribbon.get_paths()[0].vertices[:, 1]
    assert y.min() == pytest.approx(effects["Days"]["lower__"].min())
    assert y.max() == pytest.approx(effects["Days"]["upper__"].max())
    assert axis.get_legend() is None


def test_points_and_rug():
    effects = brms_fit("sleepstudy_slopes").conditional_effects()
    (axis,) = panels(effects.plot(points=True, rug=True))
    shown = [c for c in axis.collections if isinstance(c, PathCollection)]
    assert [len(c.get_offsets()) for c in shown] == [180, 180, 180]
    (moved,) = panels(effects.plot(points=True, jitter_width=0.5))
    dots = next(c for c in moved.collections if isinstance(c, PathCollection))
    x = dots.get_offsets()[:, 0]
    days = bl.load_data("sleepstudy")["Days"]
    assert 0 < np.abs(x - days).max() <= 0.25


def test_levels_are_points_with_bars():
    effects = made_fit("y ~ f * a", DATA).conditional_effects(["f", "f:a"])
    first, second = panels(effects.plot())
    assert [t.get_text() for t in first.get_xticklabels()] == ["u", "v", "w"]
    assert len(first.containers) == 1
    np.testing.assert_allclose(first.containers[0].lines[0].get_ydata(), effects["f"]["estimate__"])
    # The three values of a beside one another, the largest first, in colours of a scale.
    assert len(second.containers) == 3
    title, labels = legend_of(second)
    assert title == "a"
    assert [float(t) for t in labels] == sorted((float(t) for t in labels), reverse=True)


def test_an_interaction_has_a_colour_for_each_level():
    effects = made_fit("y ~ a * f", DATA).conditional_effects("a:f")
    (axis,) = panels(effects.plot(points=True))
    assert legend_of(axis) == ("f", ["u", "v", "w"])
    assert len({to_hex(line.get_color()) for line in axis.lines}) == 3
    dots = [c for c in axis.collections if isinstance(c, PathCollection)]
    assert [len(c.get_offsets()) for c in dots] == [(DATA["f"] == v).sum() for v in "uvw"]


def test_categories_and_their_raster():
    fit = brms_fit("inhaler_cumulative")
    lines = fit.conditional_effects("treat", categorical=True)
    (axis,) = panels(lines.plot())
    assert axis.get_ylabel() == "Probability"
    assert legend_of(axis) == ("category", ["1", "2", "3", "4"])
    raster = fit.conditional_effects("treat", ordinal=True)
    axis, bar = raster.plot().axes
    assert axis.get_ylabel() == "rating"
    assert bar.get_ylabel() == "Probability"
    (mesh,) = (c for c in axis.collections if isinstance(c, QuadMesh))
    assert mesh.get_array().shape == (4, 100)


def test_curves_of_single_draws():
    fit = made_fit("y ~ a * f", DATA)
    effects = fit.conditional_effects("a:f", spaghetti=True, ndraws=5, seed=1)
    (axis,) = panels(effects.plot())
    assert len(axis.lines) == 3 * (5 + 1)
    (axis,) = panels(effects.plot(mean=False))
    assert len(axis.lines) == 3 * 5


@pytest.mark.parametrize("stype", ["contour", "raster"])
def test_surfaces(stype):
    fit = made_fit("y ~ a * b", DATA)
    effects = fit.conditional_effects("a:b", surface=True, resolution=15, too_far=0.3)
    axis, bar = effects.plot(stype=stype, points=True).axes
    assert (axis.get_xlabel(), axis.get_ylabel(), bar.get_ylabel()) == ("a", "b", "y")


def test_conditions_are_panels_with_one_scale():
    fit = made_fit("y ~ a * b * f", DATA)
    held = bl.make_conditions(fit, "b")
    figure = fit.conditional_effects("a:f", conditions=held).plot()
    found = panels(figure)
    assert [axis.get_title() for axis in found] == held["cond__"].tolist()
    assert len({axis.get_ylim() for axis in found}) == 1
    assert [axis.get_legend() is not None for axis in found] == [False, False, True]
    both = fit.conditional_effects(["a", "f"], conditions=held).plot(ncol=2)
    assert len(panels(both)) == 6


def test_saved(tmp_path):
    figure = made_fit("y ~ a * f", DATA).conditional_effects().plot()
    figure.axes[0].set_title("changed")
    figure.savefig(tmp_path / "effects.png")
    assert (tmp_path / "effects.png").stat().st_size > 5000


def test_points_of_a_response_with_columns():
    data = DATA.assign(n=9, m1=RNG.integers(0, 5, 40)).assign(m2=lambda d: 9 - d["m1"])
    fit = made_fit("cbind(m1, m2) | trials(n) ~ a", data, "multinomial")
    effects = fit.conditional_effects(categorical=True)
    effects.plot()
    with pytest.raises(bl.DataError) as error:
        effects.plot(points=True)
    assert str(error.value) == (
        "The response 'cbindm1m2' has columns, and its observations are no points of a picture: "
        "points = False, rug = False."
    )
