"""The summary of a fit, in the shape that brms gives it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from types import MappingProxyType

import numpy as np
import pandas as pd

from ..draws import Draws, scalars
from ..params import ParamKey
from ..priors import PriorRow
from ..spec import ModelSpec, template
from .stats import (
    CONVERGENCE,
    check_digits,
    check_prob,
    convergence,
    estimate_frame,
    group_names,
    label,
    percent,
    population_names,
)
from .text import html_facts, html_frame, text_table

_CLOSING = (
    "The draws come from NUTS. Bulk_ESS and Tail_ESS say how many independent draws",
    "the middle and the tails of a posterior are worth. Rhat compares the chains",
    "with one another: it nears 1 as they agree.",
)
#: Columns of a sensitivity table, and what the summary calls them.
_SENSITIVITY = {"prior": "Prior_sens", "likelihood": "Lik_sens"}
_CLOSING_PRIOR = (
    "The draws are independent ones from the prior alone: the response was not looked at.",
)
_RANDOM = "Multilevel Hyperparameters:"
_FIXED = "Regression Coefficients:"
_SPEC = "Further Distributional Parameters:"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Summary:
    """What a summary prints, as values.

    Attributes
    ----------
    fixed : pandas.DataFrame
        Regression coefficients (link scale), one row each: Estimate, Est.Error, the bounds of the
        equal-tailed interval, Rhat, Bulk_ESS, Tail_ESS; not rounded.
    random : mapping of str to pandas.DataFrame
        Standard deviations and correlations of each grouping factor (link scale), same columns.
    spec_pars : pandas.DataFrame
        Distributional parameters without a formula (response scale), same columns.
    family : str
        The response distribution.
    links : mapping
        Link by distributional parameter.
    formula : tuple of str
        Lines of the formula.
    data_name, n_obs
        The data and their number of rows.
    levels : mapping
        Number of levels of each grouping factor.
    chains, iter, warmup, thin, total : int
        How the draws were made, and how many there are.
    divergences : int
        Divergent transitions after warmup.
    priors : tuple of str
        The priors in force, a line each; empty unless asked for.
    digits : int
        Decimals that are printed.
    notes : tuple of str
        What the sensitivity of the posterior to prior and likelihood may mean, a line each.
    prior_only : bool
        Whether the draws are from the prior alone.
    """

    fixed: pd.DataFrame
    random: Mapping[str, pd.DataFrame]
    spec_pars: pd.DataFrame
    family: str
    links: Mapping[str, str]
    formula: tuple[str, ...]
    data_name: str
    n_obs: int
    levels: Mapping[str, int]
    chains: int
    iter: int
    warmup: int
    thin: int
    total: int
    divergences: int = 0
    priors: tuple[str, ...] = ()
    digits: int = 2
    notes: tuple[str, ...] = ()
    prior_only: bool = False

    @property
    def _closing(self) -> tuple[str, ...]:
        return _CLOSING_PRIOR if self.prior_only else _CLOSING

    def _facts(self) -> list[tuple[str, list[str]]]:
        """The head of the summary: names and lines of text."""
        links = "; ".join(f"{dpar} = {link}" for dpar, link in self.links.items())
        chains = "1 chain" if self.chains == 1 else f"{self.chains} chains, each"
        return [
            ("Family", [self.family]),
            ("Links", [links]),
            ("Formula", list(self.formula)),
            ("Data", [f"{self.data_name} (Number of observations: {self.n_obs})"]),
            (
                "Draws",
                [
                    f"{chains} with iter = {self.iter}; warmup = {self.warmup}; "
                    f"thin = {self.thin};",
                    f"total post-warmup draws = {self.total}",
                ],
            ),
        ]

    def _tables(self) -> list[tuple[str, str, pd.DataFrame]]:
        """Heading, subheading and numbers of each table."""
        found = []
        for i, (group, frame) in enumerate(self.random.items()):
            sub = f"~{group} (Number of levels: {self.levels[group]})"
            found.append(("" if i else _RANDOM, sub, frame))
        if len(self.fixed):
            found.append((_FIXED, "", self.fixed))
        if len(self.spec_pars):
            found.append((_SPEC, "", self.spec_pars))
        return found

    def _warning(self) -> str:
        if not self.divergences:
            return ""
        transitions = "transition" if self.divergences == 1 else "transitions"
        return (
            f"Warning: {self.divergences} divergent {transitions} after warmup; the numbers above "
            f"may be off.\nA larger adapt_delta or tighter priors on the sd parameters can help."
        )

    def __str__(self) -> str:
        lines: list[str] = []
        for name, texts in self._facts():
            # The colons stand below one another, and so do the lines of one entry.
            lines.append(f"{name:>7}: {texts[0]}")
            lines += [f"{'':9}{text}" for text in texts[1:]]
        lines.append("")
        if self.priors:
            lines += ["Priors:", *self.priors, ""]
        for heading, sub, frame in self._tables():
            lines += [text for text in (heading, sub) if text]
            lines += [*text_table(frame, self.digits), ""]
        if self.notes:
            lines += ["Power-scaling sensitivity:", *self.notes, ""]
        lines += self._closing
        if warning := self._warning():
            lines += ["", warning]
        return "\n".join(line.rstrip() for line in lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        parts = [html_facts([(name, "\n".join(texts)) for name, texts in self._facts()])]
        if self.priors:
            parts += ["<p><b>Priors:</b></p>", html_facts([("", p) for p in self.priors])]
        for heading, sub, frame in self._tables():
            parts += [f"<p><b>{escape(heading)}</b></p>"] if heading else []
            parts += [f"<p>{escape(sub)}</p>"] if sub else []
            parts.append(html_frame(frame, self.digits))
        if self.notes:
            notes = html_facts([("", note) for note in self.notes])
            parts += ["<p><b>Power-scaling sensitivity:</b></p>", notes]
        parts.append(f"<p><small>{escape(' '.join(self._closing))}</small></p>")
        if warning := self._warning():
            parts.append(f"<p><b>{escape(warning)}</b></p>")
        return f"<div>{''.join(parts)}</div>"


def summary(
    draws: Draws,
    prob: float = 0.95,
    robust: bool = False,
    priors: bool = False,
    digits: int = 2,
    sensitivity: pd.DataFrame | None = None,
) -> Summary:
    """The tables of a fit: hyperparameters, coefficients, distributional parameters.

    Parameters
    ----------
    draws : Draws
        Of the fit.
    prob : float
        Mass of the equal-tailed interval.
    robust : bool
        Median and MAD rather than mean and standard deviation.
    priors : bool
        Whether the priors in force are listed too.
    digits : int
        Decimals that are printed; the numbers in the tables are not rounded.
    sensitivity : DataFrame, optional
        Sensitivity of each variable to prior and likelihood, with a diagnosis (see
        :func:`bambi_lite.sensitivity.sensitivity`): shown as two more columns and a line each.

    Returns
    -------
    Summary
        It prints as brms' summary does, and has the tables as ``fixed``, ``random`` and
        ``spec_pars``. Coefficients, standard deviations and correlations are on the link scale,
        parameters without a formula on their own.

    Raises
    ------
    DataError
        For a `prob` outside (0, 1) or `digits` below 0.

    Examples
    --------
    >>> summary(draws, prob=0.9).random["Subject"]  # doctest: +SKIP

    Notes
    -----
    The layout is brms' (Buerkner 2017, Journal of Statistical Software 80(1)).
    """
    mass, decimals = check_prob(prob), check_digits(digits)
    draws = scalars(draws)
    spec = draws.spec
    random = {
        group: _rows(draws, _hyperparameters(draws, group), mass, robust, sensitivity)
        for group in group_names(draws)
    }
    sizes = draws.posterior.sizes
    settings = draws.settings
    return Summary(
        fixed=_rows(draws, population_names(draws), mass, robust, sensitivity),
        random=MappingProxyType(random),
        spec_pars=_spec_pars(draws, mass, robust, sensitivity),
        family=str(spec.family),
        links=MappingProxyType({dpar.name: dpar.link.name for dpar in spec.dpars}),
        formula=tuple(str(spec.formula).splitlines()),
        data_name=spec.data_name,
        n_obs=spec.design.n_obs,
        levels=MappingProxyType({b.group: len(b.levels) for b in spec.blocks}),
        chains=sizes["chain"],
        iter=settings.iter,
        warmup=settings.warmup,
        thin=settings.thin,
        total=sizes["chain"] * sizes["draw"],
        divergences=_divergences(draws),
        priors=prior_lines(spec) if priors else (),
        digits=decimals,
        notes=() if sensitivity is None else _sensitivity_notes(sensitivity),
        prior_only=settings.sample_prior == "only",
    )


def _sensitivity_notes(sensitivity: pd.DataFrame) -> tuple[str, ...]:
    """The diagnoses, a line each."""
    found = [
        f"{name}: {text}"
        for name, text in sensitivity["diagnosis"].items()
        if str(text).startswith("potential")
    ]
    return tuple(found) or ("nothing stands out: no parameter moves with the weight of its prior.",)


def _interval(prob: float) -> tuple[tuple[float, float], list[str]]:
    """Probabilities of the bounds of an equal-tailed interval, and brms' names of them."""
    tail = (1.0 - prob) / 2.0
    return (tail, 1.0 - tail), [f"{side}-{percent(prob)}% CI" for side in "lu"]


def _rows(
    draws: Draws,
    names: Mapping[str, str],
    prob: float,
    robust: bool,
    sensitivity: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Estimates and convergence of variables; `names` has the variable of each label."""
    probs, bounds = _interval(prob)
    more = [] if sensitivity is None else list(_SENSITIVITY.values())
    columns = ["Estimate", "Est.Error", *bounds, *CONVERGENCE, *more]
    if not names:
        return pd.DataFrame(columns=columns, dtype=float)
    part = draws.posterior[list(names.values())]
    values = np.stack([part[name].values for name in names.values()], axis=-1)
    numbers = estimate_frame(values, names.values(), robust, probs)
    table = numbers.join(convergence(part))
    if sensitivity is not None:
        table = table.join(sensitivity.rename(columns=_SENSITIVITY)[more])
    return table.set_axis(list(names), axis=0).set_axis(columns, axis=1)


def _hyperparameters(draws: Draws, group: str) -> dict[str, str]:
    """Variable by label for one grouping factor: standard deviations, then correlations."""
    own = [n for n in draws.named("sd", "cor", "df") if draws.keys[n].group == group]
    sd = {f"sd({label(draws.keys[n])})": n for n in own if draws.keys[n].cls == "sd"}
    cor = {f"cor({draws.keys[n].coef})": n for n in own if draws.keys[n].cls == "cor"}
    df = [n for n in own if draws.keys[n].cls == "df"]
    return sd | cor | dict(zip(["df"], df, strict=False))


def _spec_pars(
    draws: Draws, prob: float, robust: bool, sensitivity: pd.DataFrame | None
) -> pd.DataFrame:
    """Parameters without a formula; one that the user fixed has its value and no convergence."""
    names = draws.named(*(dpar.name for dpar in draws.spec.dpars if not dpar.predicted))
    more = draws.named(*_structural(draws.spec))
    labels = {_spec_label(name, draws.keys[name]): name for name in (*names, *more)}
    return _rows(draws, labels, prob, robust, sensitivity)


def _spec_label(name: str, key: ParamKey) -> str:
    """``delta``; a correlation is ``lncor(p2,p3)``."""
    return f"{key.cls}({key.coef})" if "," in key.coef else name


def _structural(spec: ModelSpec) -> set[str]:
    """Classes of the parameters of the family as a whole; the thresholds stand elsewhere.

    As in brms the weights of a baseline hazard are left out: one by one they say nothing.
    """
    one = template(spec)
    parts = [part for part in spec.structure if part.params and part.params[0].kind != "simplex"]
    found = {q.key.cls for part in parts for q in part.quantities(one)}
    return found - {"b", "Intercept"}


def _divergences(draws: Draws) -> int:
    if "sample_stats" not in draws.idata.children:
        return 0
    stats = draws.idata["sample_stats"].to_dataset()
    return int(stats["diverging"].sum()) if "diverging" in stats else 0


# -- priors ----------------------------------------------------------------------------------


def prior_lines(spec: ModelSpec) -> tuple[str, ...]:
    """The priors in force, ``b_Days ~ normal(0, 10)``, a line each.

    Rows that only take over a broader row's prior are left out, and so is a broad flat row that
    no parameter takes over.
    """
    return tuple(
        f"{_bounds(row)}{_target(row)} ~ {row.prior or '(flat)'}"
        for row in spec.prior_rows
        if row.prior or _is_taken_over(row, spec.prior_rows)
    )


def _target(row: PriorRow) -> str:
    parts = (row.cls, row.resp, row.dpar, row.nlpar, row.group, row.coef)
    return "_".join(part for part in parts if part)


def _bounds(row: PriorRow) -> str:
    named = [f"{side}={v}" for side, v in (("lower", row.lb), ("upper", row.ub)) if v]
    return f"<{','.join(named)}> " if named else ""


def _is_taken_over(row: PriorRow, rows: Sequence[PriorRow]) -> bool:
    if row.coef or row.group:
        return False
    same = [r for r in rows if (r.cls, *_where(r)) == (row.cls, *_where(row)) and r.coef]
    return not same or any(not r.prior for r in same)


def _where(row: PriorRow) -> tuple[str, str, str]:
    return row.resp, row.dpar, row.nlpar
