"""What is odd about a prior, a function a kind of oddity.

The corners of brms' defaults that they find are those of brms 2.23.1: a scale of the response on
the scale of another parameter, censored values taken for exact ones, and others. The defaults are
mirrored, and the report says so.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from ..dists import support
from ..links import PROBABILITY
from ..priors import Statistic, number
from ..spec import ModelSpec
from ..xp import numpy_namespace
from .unknown import Unknown

#: A probability beyond these is as good as certain, and a hundredfold change as good as any.
_CERTAIN = 0.01
_MANIFOLD = 1.0 / _CERTAIN
#: A prior is too wide if more than this share of it lies where the link has nothing left to tell.
_SHARE = 0.5
#: The response is far from a prior if it lies outside its central interval of this mass.
_FAR = 0.999
#: Bounds that keep less than this of a distribution are worth a look.
_KEPT = 0.05
#: Columns whose sds differ by more than this are not on one scale.
_UNEQUAL = 10.0
#: Quantiles that stand for a prior; evenly spaced, so that a share of them is a probability.
_GRID = (np.arange(1000) + 0.5) / 1000

_MULTIPLICATIVE = ("log", "logm1")
_BOUNDED = tuple(name for name in PROBABILITY if name not in ("identity", "log"))


def flags(spec: ModelSpec, u: Unknown) -> tuple[str, ...]:
    """Everything that is odd about the prior of a parameter, a sentence each."""
    found = [
        *improper(u),
        *too_wide(spec, u),
        *borrowed(spec, u),
        *bounds_and_support(u),
        *far_from_data(spec, u),
        *unequal_columns(spec, u),
    ]
    return tuple(found)


def improper(u: Unknown) -> Iterator[str]:
    """Flat priors without end."""
    if u.prior.proper:
        return
    why = ""
    if u.key.cls == "b" and u.key.coef == "Intercept" and not u.key.nlpar:
        why = "; an intercept written as 0 + Intercept is a coefficient and takes class b"
    elif u.key.nlpar:
        why = f"; the data alone have to tell the non-linear parameter {u.key.nlpar}"
    yield f"improper: flat without end{why}"


def too_wide(spec: ModelSpec, u: Unknown) -> Iterator[str]:
    """Priors of which more than half lies where the link saturates, or leaves the data behind."""
    if u.law is None or u.dpar is None:
        return
    values = u.law.quantile(_GRID)
    xp = numpy_namespace()
    eta = u.centre + values * u.step if u.is_effect else values
    with np.errstate(all="ignore"):
        there = np.asarray(u.link.inverse(xp, eta))
        start = float(u.link.inverse(xp, np.float64(u.centre)))
    name = u.dpar.name
    if u.link.name in _BOUNDED:
        out = (there < _CERTAIN) | (there > 1.0 - _CERTAIN)
        what = f"puts {name} below {_CERTAIN:g} or above {1 - _CERTAIN:g}"
    elif u.link.name in _MULTIPLICATIVE:
        with np.errstate(all="ignore"):
            out = np.abs(np.log(there / start)) > math.log(_MANIFOLD)
        what = f"changes {name} more than {_MANIFOLD:.0f}-fold"
    elif name == "mu" and u.link.name == "identity" and spec.scales.scaled:
        out = np.abs(there - start) > _MANIFOLD * spec.scales.sd
        what = f"moves {name} by more than {_MANIFOLD:.0f} sds of {spec.scales.response}"
    else:
        return
    share = float(np.mean(out))
    if share > _SHARE:
        yield f"too wide for the {u.link.name} link: {100 * share:.0f} % of it {what}{_per(u)}"


def _per(u: Unknown) -> str:
    if u.key.cls == "b" and u.step != 1.0:
        return f" per {number(float(f'{u.step:.3g}'))} of {u.key.coef}"
    return " in a group one sd away" if u.key.cls == "sd" else ""


def borrowed(spec: ModelSpec, u: Unknown) -> Iterator[str]:
    """Numbers that the response gave, on a scale that is not the response's."""
    computed = u.row.computed
    if computed is None:
        return
    facts = computed.facts
    taken = [name for a in computed.rule.args.values() for name in _decides(a, u)]
    of_response = [name for name in taken if name.startswith("response_")]
    if of_response and (u.key.dpar or u.key.nlpar):
        what = facts.describe(of_response[-1], u.key)
        where = _scale_of(u)
        yield f"scale borrowed: {what} is on the scale of the response, the parameter on {where}"
    sigma = u.key.cls == "sigma" and not u.key.dpar
    if sigma and facts.scaled and facts.link != "identity" and not spec.family.scale_link:
        y = facts.response
        yield f"scale borrowed: it is of {facts.link}({y}), and sigma is on the scale of {y}"
    if not of_response or u.key.dpar or u.key.nlpar:
        return
    if spec.family.about:
        what = facts.describe(of_response[-1], u.key)
        about = spec.family.about
        yield f"scale borrowed: {what} is on the scale of the response, and mu is {about}"
    if "response_location" in of_response and facts.offset:
        shift = f"mean(offset) = {facts.offset:.4g}"
        yield f"location shifted: {shift} is taken off after the median was rounded"
    given = [a.name for a in spec.formula.response.additions]
    if "rate" in given and u.key.cls == "Intercept":
        yield "location borrowed: it is that of counts, and with rate() the intercept is of rates"
    for name in ("cens", "trunc"):
        if name in given:
            yield f"location and scale are of the response as it stands, without regard to {name}()"


def _decides(argument: object, u: Unknown) -> tuple[str, ...]:
    """The statistics of an argument, unless its limit has the last word."""
    if not isinstance(argument, Statistic):
        return ()
    assert u.row.computed is not None
    value = argument.value(u.row.computed.facts, u.row.computed.key)
    return () if value in (argument.at_least, argument.at_most) else argument.names


def _scale_of(u: Unknown) -> str:
    if u.key.nlpar:
        return f"that of the non-linear parameter {u.key.nlpar}"
    return f"that of {u.link.name}({u.key.dpar})" if u.link.name != "identity" else u.key.dpar


def bounds_and_support(u: Unknown) -> Iterator[str]:
    """Bounds outside the distribution, and distributions narrower than the parameter."""
    dist = u.prior.dist
    if dist is None or u.param.kind not in ("numbers", "ordered") or dist.name == "pymc":
        return
    low, high = support(dist)
    lb, ub = u.prior.lb, u.prior.ub
    shown = f"({number(low)}, {number(high)})"
    if lb is not None and lb < low and u.general.lb and u.general.source != "default":
        yield f"bound outside the support: {dist.name} lies in {shown}, and lb = {number(lb)}"
    elif lb is None and low > -math.inf:
        yield (
            f"support narrower than the parameter: {dist.name} lies in {shown}; say lb = "
            f"{number(low)} if that is meant"
        )
    if ub is not None and ub > high and u.general.ub and u.general.source != "default":
        yield f"bound outside the support: {dist.name} lies in {shown}, and ub = {number(ub)}"
    elif ub is None and high < math.inf:
        yield (
            f"support narrower than the parameter: {dist.name} lies in {shown}; say ub = "
            f"{number(high)} if that is meant"
        )
    kept = math.exp(u.prior.law.log_mass()) if u.prior.law is not None else 1.0
    if kept < _KEPT:
        yield f"the bounds keep {100 * kept:.2g} % of the distribution"


def unequal_columns(spec: ModelSpec, u: Unknown) -> Iterator[str]:
    """Shrinkage priors over columns of very different scales, which they take for alike."""
    if u.block is None or u.param != u.block.params[0]:
        return
    columns = spec.scales.columns.get((u.key.resp, u.key.dpar, u.key.nlpar), {})
    sds = {k.coef: columns[k.coef][0] for m in u.block.members for k in m.elements
           if k.cls == "b" and k.coef in columns}  # fmt: skip
    if not sds:
        return
    low, high = min(sds, key=sds.__getitem__), max(sds, key=sds.__getitem__)
    if sds[high] > _UNEQUAL * sds[low]:
        yield (
            f"columns of different scales: sd({low}) = {sds[low]:.3g} and sd({high}) = "
            f"{sds[high]:.3g}, and the prior takes all coefficients for alike; standardise them"
        )


def far_from_data(spec: ModelSpec, u: Unknown) -> Iterator[str]:
    """Intercepts whose prior all but rules out what the data are centred at."""
    facts = spec.scales
    if u.key.cls != "Intercept" or u.key.dpar or u.law is None or not facts.scaled:
        return
    assert u.dpar is not None
    if facts.link != u.dpar.link.name and not spec.family.scale_link:
        return
    centre = facts.location
    tail = (1.0 - _FAR) / 2.0
    low, high = (float(q) for q in u.law.quantile([tail, 1.0 - tail]))
    if not low <= centre <= high:
        what = facts.describe("response_location", u.key)
        yield (
            f"far from the data: {what} = {number(centre)} lies outside 99.9 % of it, "
            f"({low:.3g}, {high:.3g})"
        )
