"""Shrinkage priors in a table: each over whole classes of a linear predictor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ..errors import PriorError, listing
from ..params import Param, ParamKey, Prior, Shrinkage
from .keys import brms_class, describe_key, general_key
from .rows import PriorRow, deciding_row

#: The classes that can have one, in the order in which brms gives them their scales.
CLASSES = ("b", "sd")


@dataclass(frozen=True, slots=True)
class SharedPrior:
    """A shrinkage prior and the parameters that share it.

    Attributes
    ----------
    prior : Shrinkage
        With the arguments of the row that is the main one.
    params : tuple of Param
        Class ``b`` before ``sd``.
    tag : str
        The tag of that row.
    """

    prior: Shrinkage
    params: tuple[Param, ...]
    tag: str


def shared_priors(
    params: Sequence[Param], priors: Mapping[str, Sequence[Prior]], rows: Sequence[PriorRow]
) -> tuple[SharedPrior, ...]:
    """The shrinkage priors of a model, one for each linear predictor that has any.

    Parameters
    ----------
    params : sequence of Param
        The unknowns.
    priors : mapping
        The prior of each element of each of them.
    rows : sequence of PriorRow
        The table that they come from.

    Raises
    ------
    PriorError
        For a class that can have none, a narrower row beside it, different priors for the classes
        of one linear predictor, no main one among several, a ``cons_D2`` of the wrong length.
    """
    table = {row.key: row for row in rows}
    found: dict[tuple[str, str, str], list[Param]] = {}
    for param in params:
        own = priors.get(param.name, ())
        if all(prior.shrinkage is None for prior in own):
            continue
        _check_class(param, own, table)
        owners = {(k.resp, k.dpar, k.nlpar) for k in param.elements}
        if len(owners) > 1:
            raise PriorError(
                f"{_named(own)} of class = '{param.key.cls}': the effects of group "
                f"'{param.elements[0].group}' belong to several parameters of the response, and "
                f"such a prior belongs to one. Leave out the ID between the bars."
            )
        found.setdefault(owners.pop(), []).append(param)
    return tuple(_shared(members, priors, table) for members in found.values())


def _named(priors: Sequence[Prior]) -> str:
    name = next(p.shrinkage.name for p in priors if p.shrinkage is not None)
    return f"The prior {name}()"


def _check_class(param: Param, priors: Sequence[Prior], table: Mapping[ParamKey, PriorRow]) -> None:
    """PriorError unless one row of a class that can have it decides all elements."""
    if param.key.cls not in CLASSES:
        cls = brms_class(param.key.cls)
        raise PriorError(
            f"{_named(priors)} is for the classes {listing(CLASSES)}, not for class '{cls}'."
        )
    for key in param.elements:
        row = deciding_row(key, table)
        if row.key != general_key(key):
            raise PriorError(
                f"{_named(priors)} is one over a whole class, so no row may stand beside it: "
                f"remove '{row.prior}' of {describe_key(row.key)}, or give each coefficient a "
                f"prior of its own."
            )
    if any(prior.lb not in (None, param.lower) or prior.ub is not None for prior in priors):
        raise PriorError(f"{_named(priors)} takes no bounds.")


def _shared(
    params: Sequence[Param],
    priors: Mapping[str, Sequence[Prior]],
    table: Mapping[ParamKey, PriorRow],
) -> SharedPrior:
    ordered = sorted(params, key=lambda param: CLASSES.index(param.key.cls))
    # A row a class: several groups have one row of class sd.
    rows = dict.fromkeys(general_key(param.elements[0]) for param in ordered)
    said: dict[ParamKey, Prior] = {}
    for param in ordered:
        said.setdefault(general_key(param.elements[0]), priors[param.name][0])
    main = _main(said)
    prior = said[main].shrinkage
    assert prior is not None
    size = sum(param.shape[0] for param in ordered)
    cons = prior.args.get("cons_D2")
    if isinstance(cons, tuple) and len(cons) not in (1, size):
        classes = listing(key.cls for key in rows)
        raise PriorError(
            f"The prior '{table[main].prior}': cons_D2 has {len(cons)} numbers, and class "
            f"{classes} of this model has {size}: one number for all of them, or {size}."
        )
    return SharedPrior(prior, tuple(ordered), said[main].tag)


def _main(said: Mapping[ParamKey, Prior]) -> ParamKey:
    """The row whose arguments count."""
    if len(said) == 1:
        return next(iter(said))
    texts = {key: p.shrinkage for key, p in said.items() if p.shrinkage is not None}
    where = listing(describe_key(replace(key, coef="", group="")) for key in texts)
    names = {prior.name for prior in texts.values()}
    if len(names) > 1:
        raise PriorError(
            f"One linear predictor has one shrinkage prior, not {listing(sorted(names))} "
            f"({where}): say the same one for both."
        )
    marked = [key for key, prior in texts.items() if prior.args["main"]]
    if len(marked) != 1:
        raise PriorError(
            f"{names.pop()}() is shared by {where}: say main = TRUE in one of them, whose "
            f"arguments then count for all ({len(marked)} of them have it)."
        )
    return marked[0]
