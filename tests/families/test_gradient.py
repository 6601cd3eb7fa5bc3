"""Every registered family with every link: gradients finite far out and right near by."""

import warnings

import numpy as np

from bambi_lite.links import Linked, get_link
from bambi_lite.xp import numpy_namespace

STEP = 1e-5


def near_and_far(family, tools, row):
    """Linear predictors under one row of links: (moderate points, far points)."""
    near, far = [], []
    centre = {}
    dpars = tools.settled(family).dpars
    for point in tools.grid(family):
        eta = {}
        for d in dpars:
            link = get_link(row[d.name])
            value = np.float64(tools.fitting(row[d.name], point[d.name]))
            eta[d.name] = float(link.link(numpy_namespace(), value))
        near.append(eta)
        centre = centre or eta
    for d in dpars:
        far += [{**centre, d.name: value} for value in tools.far(d, row[d.name])]
    return near, far


def test_gradient_of_every_link(family, tools):
    rows = tools.rows_of_links(family)
    found = [near_and_far(family, tools, row) for row in rows]
    ys = tools.some_responses(family)
    n = max(len(near) + len(far) for near, far in found) * len(ys)
    names = [d.name for d in tools.settled(family).dpars]
    etas = {name: np.zeros(n * len(rows)) for name in names}
    y = np.repeat(ys[-1:], n * len(rows), axis=0)
    kind = np.full(n * len(rows), "unused")
    for i, (near, far) in enumerate(found):
        at = i * n
        for word, points in (("near", near), ("far", far)):
            for point in points:
                for value in ys:
                    for name in names:
                        etas[name][at] = point[name]
                    y[at], kind[at] = value, word
                    at += 1
        # Places that are left over repeat a moderate point.
        for name in names:
            etas[name][at : (i + 1) * n] = near[0][name]
    logp, *gradients = tools.graph(family, n)(y, *etas.values())
    ours = numpy_logp(family, tools, rows, n, y, etas)
    assert not np.isnan(logp).any(), where(np.isnan(logp), rows, n, y, etas)
    np.testing.assert_allclose(logp, ours, rtol=1e-9, atol=1e-9)
    for name, gradient in zip(names, gradients, strict=True):
        bad = ~np.isfinite(gradient)
        assert not bad.any(), f"d {name}: {where(bad, rows, n, y, etas)}"
        # Four points: a time just above its shift bends too much for two.
        steps = []
        for step in (STEP, -STEP, 2.0 * STEP, -2.0 * STEP):
            moved = {**etas, name: etas[name] + step}
            steps.append(numpy_logp(family, tools, rows, n, y, moved))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            near, far = steps[0] - steps[1], steps[2] - steps[3]
            slope = (8.0 * near - far) / (12.0 * STEP)
        # A kink or an edge of the support within the step has no slope to compare with.
        compare = (kind == "near") & np.isfinite(slope) & np.isfinite(logp)
        gap = np.abs(slope - gradient) > 1e-4 * (1.0 + np.abs(gradient))
        assert not (gap & compare).any(), f"d {name}: {where(gap & compare, rows, n, y, etas)}"


def numpy_logp(family, tools, rows, n, y, etas):
    dpars = tools.linked(family, {}) | {
        name: Linked(eta, tools.in_turn([row[name] for row in rows], n))
        for name, eta in etas.items()
    }
    r = tools.response(family, y)
    with np.errstate(all="ignore"):
        return family.likelihood(numpy_namespace(), dpars, r).logp(numpy_namespace(), y)


def where(bad, rows, n, y, etas):
    i = int(np.flatnonzero(bad)[0])
    point = {name: float(eta[i]) for name, eta in etas.items()}
    return f"{bad.sum()} places, first: links {rows[i // n]}, y = {y[i]}, eta = {point}"
