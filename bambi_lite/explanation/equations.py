"""Linear predictors and group distributions as the equations of a multilevel lecture.

Observations have the index i; each grouping factor has a letter of its own, j, k, ..., and
``j[i]`` is the group of observation i. The effects of all groups are numbered through:
``r_1``, ``r_2``, ..., with standard deviations ``tau_1``, ``tau_2``, ...
"""

from __future__ import annotations

from collections.abc import Iterator

from .maths import (
    Maths,
    around,
    at,
    call,
    counted,
    expression,
    greek,
    join,
    letter,
    parameter,
    run,
    sub,
    times,
    upright,
)
from .value import Equation
from .views import GroupView, ModelView, PredictorView

LETTERS = "jklmnpquvw"
#: More coefficients than these are written as a sum over k.
MANY = 6
IS, FOLLOWS = letter("="), Maths(r"\sim", "~")
I = letter("i")  # noqa: E741


class Notation:
    """Which symbol stands for what in one model."""

    def __init__(self, view: ModelView) -> None:
        self.view = view
        first = view.predictors[0].name
        # Where it stands for a parameter of each category, all of them are named.
        self.main = first if first == "mu" else ""
        groups = list(dict.fromkeys(g.group for g in view.groups))
        self._letters = {
            group: LETTERS[k] if k < len(LETTERS) else f"g_{{{k + 1}}}"
            for k, group in enumerate(groups)
        }
        counts = [len(g.coefs) for g in view.groups]
        self._first = [sum(counts[:k]) + 1 for k in range(len(counts))]
        self._correlated = [k for k, g in enumerate(view.groups) if self.related(g)]

    @staticmethod
    def related(group: GroupView) -> bool:
        """Whether the effects of a group have correlations."""
        return group.cor and len(group.coefs) > 1

    def _own(self, name: str, *rest: Maths) -> tuple[Maths, ...]:
        """The indices of a coefficient: the main formula's have no name of a parameter."""
        return rest if name == self.main else (parameter(name), *rest)

    def intercept(self, name: str) -> Maths:
        """``alpha`` of a linear predictor."""
        own = self._own(name)
        return sub(greek("alpha"), *own) if own else greek("alpha")

    def centred(self, name: str) -> Maths:
        """The intercept at the means of the columns."""
        return sub(greek("alpha"), *self._own(name, letter("c")))

    def coefficient(self, name: str, index: int | str) -> Maths:
        """``beta_k``."""
        return sub(greek("beta"), *self._own(name, letter(str(index))))

    def columns(self, name: str) -> list[Maths]:
        """A column at observation i, an interaction as a product."""
        return [observation(c) for c in (factors_of(name) if self.view.products else [name])]

    def letter(self, group: GroupView) -> str:
        """The index of a grouping factor."""
        return self._letters[group.group]

    def effect(self, place: int, index: int) -> Maths:
        """``r_n`` without its group."""
        return sub(letter("r"), letter(str(self._first[place] + index)))

    def sd(self, place: int, index: int) -> Maths:
        """``tau_n``."""
        return sub(greek("tau"), letter(str(self._first[place] + index)))

    def matrix(self, name: str, place: int) -> Maths:
        """``R`` or ``Sigma`` of a group, numbered where there are several."""
        symbol = (
            Maths(r"\Sigma", "Sigma") if name == "Sigma" else Maths(rf"\mathbf{{{name}}}", name)
        )
        if len(self._correlated) < 2:
            return symbol
        return sub(symbol, letter(str(self._correlated.index(place) + 1)))


def observation(name: str) -> Maths:
    """A column at observation i."""
    if name == ".":
        return Maths(r"\ldots", "...")
    return sub(upright(name), I)


def factors_of(name: str) -> list[str]:
    """The columns that an interaction multiplies: ``a:b``, but not ``f(a:b)``."""
    parts, depth, quoted = [""], 0, False
    for c in name:
        quoted = quoted is not (c == "`")
        depth += (c == "(") - (c == ")")
        if c == ":" and depth == 0 and not quoted:
            parts.append("")
        else:
            parts[-1] += c
    return parts


def value_of(view: PredictorView) -> Maths:
    """A parameter in the likelihood: with an index where it has a formula."""
    symbol = parameter(view.name)
    if view.fixed is not None or not view.predicted:
        return symbol
    base, _, index = symbol.latex.partition("_{")
    if index:
        return Maths(f"{base}_{{{index[:-1]},i}}", f"{symbol.text},i")
    return sub(symbol, I)


def predictors(notation: Notation) -> Iterator[Equation]:
    """An equation for each parameter that has a formula or a fixed value."""
    size = notation.view.n_obs
    for view in notation.view.predictors:
        if view.fixed is not None:
            tied = isinstance(view.fixed, str)
            value = (
                parameter(view.fixed) if isinstance(view.fixed, str) else letter(f"{view.fixed:g}")
            )
            remark = "the same parameter" if tied else "known, not estimated"
            yield Equation(parameter(view.name), IS, value, None, remark)
        elif view.predicted:
            where = counted("i", size)
            yield Equation(
                _linked(view), IS, _linear(view, notation), where, _groups_of(view, notation)
            )
            if view.centred:
                yield _centring(view, notation)


def _linked(view: PredictorView) -> Maths:
    symbol = value_of(view)
    if view.link == "identity":
        return symbol
    # Without a family the link is not known.
    function = upright("g") if not view.link else upright(view.link)
    if view.link == "log":
        function = Maths(r"\log", "log")
    return function + around(symbol)


def _linear(view: PredictorView, notation: Notation) -> Maths:
    if view.body is not None:
        own = {p.name for p in notation.view.predictors}
        return expression(view.body, own)
    parts: list[Maths] = []
    if view.intercept:
        parts.append(notation.intercept(view.name))
    if len(view.coefs) > MANY:
        K = len(view.coefs)
        inner = times(
            notation.coefficient(view.name, "k"),
            Maths(r"x_{i,k}", "x_i,k") if view.name == notation.main
            else Maths(rf"x^{{({parameter(view.name).latex})}}_{{i,k}}", f"x_{view.name},i,k"),
        )  # fmt: skip
        parts.append(Maths(rf"\sum_{{k=1}}^{{{K}}} {inner.latex}", f"sum_k=1..{K} {inner.text}"))
    else:
        parts += [
            times(notation.coefficient(view.name, k), *notation.columns(coef))
            for k, coef in enumerate(view.coefs, start=1)
        ]
    parts += [times(*notation.columns(special)) for special in view.specials]
    parts += [_effect(notation, place, k) for place, k in view.effects]
    parts += [observation(offset) for offset in view.offsets]
    return join(" + ", parts) if parts else letter("0")


def _effect(notation: Notation, place: int, k: int) -> Maths:
    group = notation.view.groups[place]
    j = notation.letter(group)
    symbol = notation.effect(place, k)
    name = group.coefs[k][0]
    factor = [] if name == "Intercept" else notation.columns(name)
    if group.kind == "mm":
        m = len(group.members)
        inner = times(
            Maths(r"w_{i,m}", "w_i,m"), at(symbol, Maths(f"{j}_m[i]", f"{j}_m[i]")), *factor
        )
        return Maths(rf"\sum_{{m=1}}^{{{m}}} {inner.latex}", f"sum_m=1..{m} {inner.text}")
    return times(at(symbol, letter(f"{j}[i]")), *factor)


def _groups_of(view: PredictorView, notation: Notation) -> str:
    """Which grouping factor each letter of an equation stands for."""
    found = dict.fromkeys(notation.view.groups[place].group for place, _ in view.effects)
    groups = {g.group: g for g in notation.view.groups}
    parts = [f"{notation.letter(groups[n])}[i]: {_level_of(groups[n])} of observation i"
             for n in found]  # fmt: skip
    if len(view.coefs) > MANY:
        parts.append(f"x_i,k: the {len(view.coefs)} columns in their order")
    if not view.link and view.body is None:
        parts.append("g: the link of the family")
    return ", ".join(parts)


def _level_of(group: GroupView) -> str:
    return f"the m-th of {', '.join(group.members)}" if group.kind == "mm" else group.group


def _centring(view: PredictorView, notation: Notation) -> Equation:
    def mean(name: Maths) -> Maths:
        return Maths(rf"\overline{{{name.latex}}}", f"mean({name.text})")

    if len(view.coefs) > MANY:
        K = len(view.coefs)
        beta = notation.coefficient(view.name, "k")
        total = Maths(rf"\sum_{{k=1}}^{{{K}}} {beta.latex}\,\overline{{x_{{k}}}}",
                      f"sum_k=1..{K} {beta.text} mean(x_k)")  # fmt: skip
    else:
        total = join(" + ", [
            times(notation.coefficient(view.name, k), mean(upright(c)))
            for k, c in enumerate(view.coefs, start=1)
        ])  # fmt: skip
        total = around(total) if len(view.coefs) > 1 else total
    right = join(" - ", [notation.centred(view.name), total])
    remark = "the intercept is sampled, and has its prior, where all columns are at their means"
    return Equation(notation.intercept(view.name), IS, right, None, remark)


def group_distributions(notation: Notation) -> Iterator[Equation]:
    """How the effects of the groups are distributed."""
    for place, group in enumerate(notation.view.groups):
        j = letter(notation.letter(group))
        where = counted(j.text, group.levels)
        effects = [at(notation.effect(place, k), j) for k in range(len(group.coefs))]
        sds = [notation.sd(place, k) for k in range(len(group.coefs))]
        word = "Normal" if group.dist == "gaussian" else f"{group.dist.capitalize()}"
        more = [_what(group), *_options(group)]
        if Notation.related(group):
            Sigma = notation.matrix("Sigma", place)
            left = around(run(effects))
            zero = Maths(r"\mathbf{0}", "0")
            yield Equation(
                left, FOLLOWS, call(f"Multi{word}", (zero, Sigma)), where, ", ".join(more)
            )
            diagonal = call("diag", [run(sds)])
            right = times(diagonal, notation.matrix("R", place), diagonal)
            yield Equation(Sigma, IS, right, None, "R holds the correlations")
            continue
        for k, (effect, sd) in enumerate(zip(effects, sds, strict=True)):
            remark = ", ".join(more if k == 0 else ["independent of the others", *more[1:]])
            yield Equation(effect, FOLLOWS, call(word, (letter("0"), sd)), where, remark)


def _what(group: GroupView) -> str:
    over = " and ".join(group.members)
    if group.kind == "mm":
        return f"the levels of {over} together"
    return (
        f"the combinations of {over} in the data" if len(group.members) > 1 else f"levels of {over}"
    )


def _options(group: GroupView) -> Iterator[str]:
    if group.by:
        yield f"with separate covariances for each level of {group.by}"
    if group.shared:
        yield f"with one covariance for all terms of ID '{group.shared}', in all responses"
    if group.cov:
        yield f"related over the levels by the matrix {group.cov}"
