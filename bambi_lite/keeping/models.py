"""A model as JSON, a prior file and the data it was made of, and the same model again.

What is kept is what a user said (formula, family, prior, data); the model is resolved from it
anew, and has to come out as it was.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pandas as pd

from ..errors import BambiLiteError, DataWarning, FormulaError, KeepingError, listing
from ..families import Family, named
from ..formula import (
    BrmsFormula,
    FamilyCall,
    Parts,
    bf,
    deparse,
    parse,
    read_parts,
    set_mecor,
    set_rescor,
)
from ..params import ParamKey
from ..priors import Computed, PriorRow, PriorSet, read_text, to_toml
from ..spec import ModelSpec, resolve
from ..standata import variables
from .archive import Archive, Member
from .columns import Note
from .values import Arrays, get, get_frame, put_frame

PRIOR, RULES = "prior.toml", "prior_rules.toml"
#: How far numbers of a design may be from what they were: another version of NumPy or SciPy may
#: round the last digits of a spline in another way.
_TOLERANCE = 1e-8


# -- writing ---------------------------------------------------------------------------------


def describe(spec: ModelSpec, arrays: Arrays) -> tuple[Note, list[Member]]:
    """What a model is, as JSON that names arrays, and its prior as files.

    Raises
    ------
    KeepingError
        For what a file cannot hold: priors that are Python functions, columns of Python objects.
    """
    note = {
        "formula": formula_note(spec.formula),
        "family": family_note(spec.family),
        "contrasts": dict(spec.design.recipe.contrasts),
        "data_name": spec.data_name,
        "data": put_frame(arrays, ("data",), _with_plain_index(spec.frame)),
        "data2": {name: _put_matrix(arrays, name, matrix) for name, matrix in spec.data2.items()},
        "computed": _computed(spec.prior_rows),
        "check": fingerprint(spec),
    }
    return note, _prior_files(spec)


def _with_plain_index(frame: pd.DataFrame) -> pd.DataFrame:
    """The data; an index of several levels, which no model looks at, is not kept."""
    return frame.reset_index(drop=True) if frame.index.nlevels > 1 else frame


#: What the formula of a parameter says beside its text.
_OF_PARTS = ("nl", "center", "cmc", "decomp", "resp")


def formula_note(formula: BrmsFormula) -> Note:
    """A formula as :func:`bambi_lite.bf` takes it."""
    main, named = formula.main, formula.family
    return {
        "text": _as_written(main.text, formula.text),
        "nl": main.nl,
        "center": main.center,
        "cmc": main.cmc,
        "decomp": main.decomp,
        "parts": [
            {
                "text": _as_written(part.text, f"{part.name} ~ {deparse(part.rhs)}"),
                **{name: getattr(part, name) for name in _OF_PARTS},
            }
            for part in formula.parts
        ],
        "fixed": dict(formula.fixed),
        # A family that is no text is kept as the family of the model.
        "family": named.text if isinstance(named, FamilyCall) else None,
        "mecor": formula.mecor,
        "rescor": formula.rescor,
    }


def _as_written(source: str, text: str) -> str:
    """The text that a person wrote, where it is that of this formula and of nothing beside it."""
    try:
        return source if deparse(parse(source)) == text else text
    except FormulaError:
        return text


def family_note(family: Family) -> Note:
    """A family by name, with its links and settings, and what tells it from another one."""
    return {
        "name": family.name,
        "links": dict(family.links),
        "options": dict(family.options),
        "dpars": {d.name: family.link(d.name).name for d in family.dpars},
    }


def _put_matrix(arrays: Arrays, name: str, matrix: Any) -> Note:
    if isinstance(matrix, pd.DataFrame):
        return {"frame": put_frame(arrays, ("data2", name), matrix)}
    return {"matrix": arrays.put(("data2", name), np.asarray(matrix, dtype=float))}


def _prior_files(spec: ModelSpec) -> list[Member]:
    """The prior with every number frozen, and the rules that gave some of them."""
    made = [row.describe() for row in spec.prior_rows if row.make is not None]
    if made:
        raise KeepingError(
            f"The prior of {listing(made)} is a PyMC distribution made in Python, which a file "
            f"cannot hold without running what is in it. Say it as text, such as 'normal(0, 5)', "
            f"and fit again; fit.idata holds the draws."
        )
    head = {"title": f"Prior of {spec.formula.text}"}
    computed = [row for row in spec.prior_rows if row.computed is not None]
    return [
        (PRIOR, to_toml(spec.prior_rows, head, all=True).encode()),
        (RULES, to_toml(computed, head, rules=True, all=True).encode()),
    ]


def _computed(rows: Sequence[PriorRow]) -> list[Note]:
    """Which rule gave which row: numbers of rules in the order that :func:`to_toml` writes."""
    rules: list[Any] = []
    found = []
    for row in rows:
        if row.computed is None:
            continue
        if row.computed.rule not in rules:
            rules.append(row.computed.rule)
        rule = rules.index(row.computed.rule)
        found.append({"row": asdict(row.key), "rule": rule, "of": asdict(row.computed.key)})
    return found


def fingerprint(spec: ModelSpec) -> Note:
    """What tells a model from others: the names of its draws, and sums over its data."""
    arrays = {name: spec.arrays[name] for name in sorted(spec.arrays)}
    arrays |= {"response": spec.response.y, **spec.response.extra, **spec.seen.arrays}
    return {
        "variables": list(variables(spec)),
        "rows": spec.design.n_obs,
        "arrays": {name: _sums(np.asarray(array)) for name, array in arrays.items()},
    }


def _sums(array: np.ndarray) -> list[Any]:
    """Shape and sums of an array that change with any of its numbers and with their order."""
    flat = np.nan_to_num(array.ravel().astype(float), posinf=1.0, neginf=-1.0)
    # Weights that go up and down, so that no two places are alike and no sum runs away.
    weights = np.sin(np.arange(1.0, flat.size + 1.0))
    return [list(array.shape), float(np.abs(flat).sum()), float(flat @ weights)]


# -- reading ---------------------------------------------------------------------------------


def restore(archive: Archive, note: Note, own: Sequence[Family]) -> ModelSpec:
    """The model that :func:`describe` wrote, resolved anew and held to what it was.

    Parameters
    ----------
    archive : Archive
        The file.
    note : dict
        What :func:`describe` gave.
    own : sequence of Family
        Families of the user's own, of which a file holds the name.

    Raises
    ------
    KeepingError
        When it is not the same model: a transform or a family of the user's own is another one
        than it was, or the language means something else by now.
    """
    label = archive.label
    family = read_family_note(note["family"], own, label)
    prior = read_text(archive[PRIOR].decode(), f"{label}, {PRIOR}")
    data = get_frame(archive, note["data"])
    data2 = {name: _get_matrix(archive, own) for name, own in note["data2"].items()}
    try:
        spec = again(note, family, data, data2, PriorSet(files=(prior,)))
    except BambiLiteError as error:
        raise KeepingError(
            f"The model in '{label}' cannot be made again. Was it written by another version of "
            f"bambi_lite ({archive.versions.get('bambi_lite', 'unknown')}), or with a transform "
            f"that is registered no longer? {error}"
        ) from error
    dpars = family_note(spec.family)["dpars"]
    if dpars != note["family"]["dpars"]:
        raise KeepingError(
            f"The family '{family.name}' is another one than that of the fit in '{label}': its "
            f"parameters and links are {_pairs(dpars)}, and were {_pairs(note['family']['dpars'])}."
        )
    check_same(note["check"], fingerprint(spec), f"the model in '{label}'")
    rules = read_text(archive[RULES].decode(), f"{label}, {RULES}").rules
    return replace(spec, prior_rows=_with_rules(spec, note["computed"], rules))


def _pairs(links: Mapping[str, str]) -> str:
    return listing(f"{name} ({link})" for name, link in links.items())


def again(
    note: Note, family: Family, data: pd.DataFrame, data2: Mapping[str, Any], prior: PriorSet
) -> ModelSpec:
    """The model of a note, without the warnings that were given when it was first made."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)
        return resolve(
            read_formula_note(note["formula"]),
            data,
            family,
            prior,
            data2,
            str(note["data_name"]),
            note["contrasts"],
        )


def read_formula_note(note: Note) -> BrmsFormula:
    """The formula of a note; what an earlier release did not know has its default."""
    parts = []
    for part in note["parts"]:
        options = {name: part[name] for name in _OF_PARTS if name in part}
        parts += [replace(p, **options) for p in read_parts(part["text"])]
    made = bf(note["text"], nl=note["nl"], center=note["center"], cmc=note["cmc"],
              decomp=note.get("decomp") or None, family=note["family"])  # fmt: skip
    made += Parts(tuple(parts), tuple(note["fixed"].items()))
    if not note["mecor"]:
        made += set_mecor(False)
    if note["rescor"] is not None:
        made += set_rescor(note["rescor"])
    assert isinstance(made, BrmsFormula)
    return made


def read_family_note(note: Note, own: Sequence[Family], label: str) -> Family:
    """The family of a note: one of ours, or the one of that name among `own`.

    Raises
    ------
    KeepingError
        When it is not there.
    """
    name = note["name"]
    family = named(name, own)
    if family is None:
        given = f"; families= has {listing(f.name for f in own)}" if own else ""
        raise KeepingError(
            f"'{label}' was fitted with the family '{name}', made in Python by custom_family(); a "
            f"file holds its name only{given}. Make it again and give it: "
            f"load(path, families=[{name}])."
        )
    return family.with_links(note["links"]).with_options(note["options"])


def _get_matrix(archive: Archive, note: Note) -> Any:
    return get_frame(archive, note["frame"]) if "frame" in note else get(archive, note["matrix"])


def _with_rules(
    spec: ModelSpec, notes: Sequence[Note], rules: Sequence[Any]
) -> tuple[PriorRow, ...]:
    """The prior table with the rules that its rows come from, where they still say the same."""
    known = {ParamKey(**note["row"]): (rules[note["rule"]], note["of"]) for note in notes}

    def with_rule(row: PriorRow) -> PriorRow:
        if row.computed is not None or row.key not in known:
            return row
        rule, of = known[row.key]
        computed = Computed(rule, spec.scales, ParamKey(**of))
        same = rule.text(spec.scales, computed.key) == row.prior
        return replace(row, computed=computed) if same else row

    return tuple(map(with_rule, spec.prior_rows))


def check_same(kept: Note, now: Note, what: str) -> None:
    """KeepingError unless two fingerprints are of one model."""
    if kept["variables"] != now["variables"] or kept["rows"] != now["rows"]:
        gone = [n for n in kept["variables"] if n not in now["variables"]]
        new = [n for n in now["variables"] if n not in kept["variables"]]
        raise KeepingError(
            f"Made again, {what} has other parameters or rows than it had: "
            f"{kept['rows']} rows then, {now['rows']} now; gone are {listing(gone, 6) or 'none'}, "
            f"new are {listing(new, 6) or 'none'}."
        )
    other = [
        name
        for name in dict.fromkeys((*kept["arrays"], *now["arrays"]))
        if not _alike(kept["arrays"].get(name), now["arrays"].get(name))
    ]
    if other:
        raise KeepingError(
            f"Made again, {what} has other data than it had ({listing(other, 6)}). Does a "
            f"registered transform or a family of your own do something else by now?"
        )


def _alike(kept: Any, now: Any) -> bool:
    if kept is None or now is None or list(kept[0]) != list(now[0]):
        return False
    # Sums are off by the size of what they add up, not by their own.
    scale = 1.0 + max(abs(kept[1]), abs(now[1]))
    return bool(np.allclose(kept[1:], now[1:], rtol=0.0, atol=_TOLERANCE * scale))
