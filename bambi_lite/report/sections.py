"""What a report says, a function a section: from the draws of a fit to a part of a page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from html import escape

import numpy as np
import pandas as pd

from .. import pictures
from .. import summary as tables
from ..audit import prior_report
from ..diagnosis import diagnose
from ..draws import Draws, scalars
from ..effects import conditional_effects
from ..errors import DataError
from ..explanation import Equation, explain_model
from ..keeping import versions
from ..priors import to_frame
from ..summary.stats import convergence
from .markup import (
    WIDTH,
    code,
    facts,
    figure_of,
    folded,
    gallery,
    heading,
    items,
    numbers,
    paragraph,
    picture,
    raw_table,
    table,
)
from .mathml import mathml, summands


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the report: its heading, and what makes it of the draws of a fit.

    `make` gives HTML, or nothing where the section has nothing to say of the model.
    """

    name: str
    title: str
    make: Callable[[Draws], str]


# -- the model -------------------------------------------------------------------------------


def model(draws: Draws) -> str:
    """The formula, and the model as mathematics."""
    found = explain_model(draws.spec)
    parts = [code("\n".join(found.sources))]
    for title, equations in found.sections:
        if title != "Priors":
            parts += [] if title == "Model" else [heading(title)]
            parts.append(_equations(equations))
    pieces = [(p.text or "(not written)", p.kind, p.meaning) for p in found.pieces if p.shown]
    words = table(("written", "part", "meaning"), pieces)
    parts.append(folded("What each part of the formula means", words))
    named = [
        (mathml(s.symbol.latex), f"<code>{escape(s.name)}</code>", escape(s.meaning))
        for s in found.symbols
    ]
    symbols = raw_table(("symbol", "name of the draws", "meaning"), named)
    return "".join([*parts, folded("What each symbol is", symbols)])


def _equations(equations: tuple[Equation, ...]) -> str:
    return f'<div class="equations">{"".join(map(_equation, equations))}</div>'


def _equation(equation: Equation) -> str:
    where = "" if equation.where is None else f"for {mathml(equation.where.latex)}"
    words = [text for text in (where, escape(equation.remark)) if text]
    note = f'<span class="where">{"; ".join(words)}</span>' if words else ""
    return (
        f'<div class="left">{mathml(equation.lhs.latex)}</div>'
        f'<div class="relation">{mathml(equation.relation.latex)}</div>'
        f'<div class="right">{" ".join(summands(equation.rhs.latex))}{note}</div>'
    )


# -- the prior -------------------------------------------------------------------------------


def prior(draws: Draws) -> str:
    """The priors as mathematics, and the audit of where they come from and what they imply."""
    found = explain_model(draws.spec)
    equations = next((e for title, e in found.sections if title == "Priors"), ())
    records = prior_report(draws.spec).frame.to_dict("records")
    head = ("parameter", "prior", "source", "95 % on the link scale", "95 % on the response scale")
    rows = [
        (_sized(r), r["prior"] or "(flat)", r["source"],
         _interval(r, "link"), _interval(r, "response"))
        for r in records
    ]  # fmt: skip
    rules = [f"{r['parameter']}: {r['rule']}" for r in records if r["rule"]]
    flags = [f"{r['parameter']}: {flag}" for r in records for flag in r["flags"]]
    parts = [_equations(equations), heading("What it implies"), table(head, rows)]
    if flags:
        parts += [heading("Worth a look"), items(flags)]
    if rules:
        parts.append(folded("Where the numbers come from", items(rules)))
    shown = to_frame(draws.spec.prior_rows).shown()
    frame = table(list(shown.columns), shown.to_numpy().tolist(), "plain")
    return "".join([*parts, folded("The prior table, as brms has it", frame)])


def _sized(record: dict[str, object]) -> str:
    name, size = record["parameter"], record["size"]
    return str(name) if size == 1 else f"{name} ({size})"


def _interval(record: dict[str, object], scale: str) -> str:
    low, high = (float(str(record[f"{scale}_{end}"])) for end in ("low", "high"))
    return "" if np.isnan(low) or np.isnan(high) else f"{low:.3g} to {high:.3g}"


# -- the estimates ---------------------------------------------------------------------------


def estimates(draws: Draws) -> str:
    """The tables of the summary."""
    found = tables.summary(draws)
    parts = []
    for group, frame in found.random.items():
        parts += [heading(f"Differences between levels of {group} ({found.levels[group]})"),
                  numbers(frame, _ESTIMATES)]  # fmt: skip
    if len(found.fixed):
        parts += [heading("Regression coefficients"), numbers(found.fixed, _ESTIMATES)]
    if len(found.spec_pars):
        parts += [
            heading("Further distributional parameters"),
            numbers(found.spec_pars, _ESTIMATES),
        ]
    parts.append(paragraph(_LEGEND, "soft"))
    return "".join(parts)


_ESTIMATES = "numbers estimates"
_LEGEND = (
    "Estimate and Est.Error are mean and standard deviation of the posterior, l-95% CI and u-95% "
    "CI its 2.5 % and 97.5 % quantiles. Coefficients, standard deviations and correlations are on "
    "the link scale."
)


# -- whether the draws can be trusted --------------------------------------------------------


def doubts(draws: Draws) -> tuple[str, ...]:
    """What is doubtful about the draws, with advice; nothing of independent draws."""
    return () if draws.settings.sample_prior == "only" else diagnose(draws)


def verdict(draws: Draws) -> str:
    """The same as a box at the top of the page."""
    if draws.settings.sample_prior == "only":
        return _box("These are draws from the prior: the data have not been looked at.", (), False)
    found = doubts(draws)
    if found:
        return _box("The draws are doubtful:", found, False)
    return _box("Nothing doubtful was found about the draws.", (), True)


def _box(text: str, found: tuple[str, ...], good: bool) -> str:
    listed = items(found) if found else ""
    kind = "good" if good else "doubtful"
    return f'<div class="verdict {kind}">{escape(text)}{listed}</div>'


def diagnostics(draws: Draws) -> str:
    """What the sampler and the chains tell, beside what they should."""
    single = scalars(draws)
    measures = convergence(single.posterior[list(single.watched())])
    rows = [*_of_chains(measures), *_of_sampler(draws)]
    advice = doubts(draws)
    parts = [table(("measure", "found", "should be"), rows)]
    parts += [heading("What to do"), items(advice)] if advice else []
    parts.append(folded("Each parameter", numbers(measures)))
    return "".join(parts)


def _of_chains(measures: pd.DataFrame) -> Iterator[tuple[str, str, str]]:
    rhat, ess = measures["Rhat"].dropna(), measures[["Bulk_ESS", "Tail_ESS"]].min(axis=1).dropna()
    if len(rhat):
        yield ("largest Rhat (do the chains agree?)", f"{rhat.max():.3f} ({rhat.idxmax()})",
               "below 1.01")  # fmt: skip
    if len(ess):
        yield ("smallest ESS (how many independent draws is it worth?)",
               f"{ess.min():.0f} ({ess.idxmin()})", "above 400")  # fmt: skip


def _of_sampler(draws: Draws) -> Iterator[tuple[str, str, str]]:
    import arviz_stats as azs

    if "sample_stats" not in draws.idata.children:
        return
    stats = draws.idata["sample_stats"].to_dataset()
    if "diverging" in stats:
        yield "divergent transitions", f"{int(stats['diverging'].sum())}", "0"
    if "reached_max_treedepth" in stats:
        yield ("trajectories cut at max_treedepth", f"{int(stats['reached_max_treedepth'].sum())}",
               "few")  # fmt: skip
    if "energy" in stats and stats.sizes["draw"] >= 4:
        bfmi = np.atleast_1d(np.asarray(azs.bfmi(stats["energy"].values)))
        yield "smallest E-BFMI (are the tails explored?)", f"{bfmi.min():.2f}", "above 0.3"


# -- pictures --------------------------------------------------------------------------------

#: The most parameters whose chains are drawn, inches of their height, and how many points make a
#: line that is no curve of a density.
_MOST, _CHAINS_HEIGHT, _LONG = 12, 2.0, 600


def chains(draws: Draws) -> str:
    """Density and trace of each parameter."""
    names = draws.watched()
    drawn = []
    for name in names[:_MOST]:
        figure = figure_of(pictures.plot_draws(draws, [name], kind="kde"))
        for axes in figure.axes:
            # Above a picture a long name has room.
            axes.set_title("")
            for line in axes.lines:
                # A trace has as many points as draws: thick, one chain hides the others.
                if np.size(line.get_xdata()) > _LONG:
                    line.set_linewidth(0.4)
        alt = f"Density and trace of {name}"
        drawn.append(picture(figure, alt, name, (WIDTH, _CHAINS_HEIGHT)))
    parts = [
        paragraph("Left the density of the draws, right the draws in order; a colour a chain."),
        gallery(drawn),
    ]
    if len(names) > _MOST:
        text = f"{len(names) - _MOST} more parameters are not drawn here."
        parts.append(paragraph(text, "soft"))
    return "".join(parts)


#: The checks that are shown, of those that suit the response; the first suits it anyway.
_CHECKS = {
    None: "The response as it is, and as the model would have produced it",
    "stat_2d": "Mean and standard deviation: of the response, and of replicated ones",
}


def checks(draws: Draws) -> str:
    """What was observed beside what the model would have produced."""
    drawn = []
    for kind, text in _CHECKS.items():
        try:
            plot = pictures.pp_check(draws, kind, seed=draws.settings.seed)
        except DataError:
            # Means of categories say nothing; without the first there is nothing to show.
            if kind is None:
                raise
            continue
        drawn.append(picture(figure_of(plot), text, text))
    return gallery(drawn)


def effects(draws: Draws) -> str:
    """What the model expects along each predictor."""
    # A category has a probability of its own, and no number.
    found = conditional_effects(draws, categorical=bool(draws.spec.response.categories))
    drawn = [
        picture(replace(found, effects={name: one}).plot(), f"Conditional effect of {name}", name)
        for name, one in found.effects.items()
    ]
    held = f" Held where it is not shown: {found.held}." if found.held else ""
    text = (
        f"Expected {draws.spec.response_name} along each predictor, {found.centre} and "
        f"{100 * found.prob:g} % interval.{held}"
    )
    return paragraph(text) + gallery(drawn)


#: The most levels of a group that are drawn, and inches of a level and of what is around them.
_LEVELS, _LEVEL, _AROUND = 60, 0.17, 1.0


def groups(draws: Draws) -> str:
    """How much each group differs from the population."""
    parts = []
    for name, block in {b.group: b for b in draws.spec.blocks}.items():
        n = len(block.levels)
        if n > _LEVELS:
            parts.append(paragraph(f"{name} has {n:,} levels, which are not drawn here.", "soft"))
            continue
        figure = figure_of(pictures.plot_ranef(draws, name))
        panels = max(1, len(figure.axes))
        size = (WIDTH if panels == 1 else 3.0 * min(panels, 3) + 1.0, _LEVEL * n + _AROUND)
        rows = -(-panels // 3)
        size = (size[0], size[1] * rows)
        alt = f"Effects of the levels of {name} with 95 % intervals"
        parts.append(picture(figure, alt, name, size))
    if not parts:
        return ""
    text = "Deviations from the population with 95 % intervals, on the link scale."
    return paragraph(text) + "".join(parts)


# -- how it was made -------------------------------------------------------------------------


def making(draws: Draws) -> str:
    """Settings and versions."""
    settings = draws.settings
    library = draws.posterior.attrs.get("inference_library")
    found = {
        "Chains": f"{settings.chains}, each of {settings.iter} iterations, {settings.warmup} of "
        f"them warmup, thinned by {settings.thin}",
        "Sampler": str(library or "draws made elsewhere"),
    }
    # Of draws made elsewhere nothing tells these.
    if library:
        found["Seed"] = str(settings.seed)
        found["Target acceptance"] = f"adapt_delta = {settings.adapt_delta:g}"
    if "sampling" in draws.seconds:
        found["Seconds of sampling"] = f"{draws.seconds['sampling']:.2g}"
    found["Versions"] = ", ".join(f"{name} {number}" for name, number in versions().items())
    return facts(found)


#: The sections of a report, in order. A section more is a line more.
SECTIONS = (
    Section("model", "Model", model),
    Section("prior", "Prior", prior),
    Section("estimates", "Estimates", estimates),
    Section("diagnostics", "Diagnostics", diagnostics),
    Section("chains", "Posterior and chains", chains),
    Section("checks", "Posterior predictive checks", checks),
    Section("effects", "Conditional effects", effects),
    Section("groups", "Groups", groups),
    Section("making", "How it was made", making),
)
