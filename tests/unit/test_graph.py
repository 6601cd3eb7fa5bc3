"""The network of a model: its nodes, plates and arrows, read back from the DOT source."""

import re
import sys
import warnings
from dataclasses import dataclass

import pandas as pd

from bambi_lite.datasets import load_data
from bambi_lite.formula import bf
from bambi_lite.graph import graph
from bambi_lite.spec import resolve
from tables import each


@dataclass(frozen=True)
class Network:
    """What a DOT source says, by the ids of its nodes."""

    labels: dict[str, tuple[str, ...]]  # lines of the label
    styles: dict[str, str]  # "unknown", "computed", "observed" or "given"
    edges: set[tuple[str, str]]
    plates: dict[str, set[str]]  # label of the plate -> ids in it


def read(source: str) -> Network:
    """Read a source of our own making; it is no parser of DOT at large."""
    labels, styles, edges, plates = {}, {}, set(), {}
    inside: list[str | None] = []  # the plates that are open; a subgraph without label is None
    for line in map(str.strip, source.splitlines()):
        if line.startswith(("digraph", "subgraph", "{")):
            inside.append(None)
        elif line == "}":
            inside.pop()
        elif edge := re.fullmatch(r"(\w+) -> (\w+)", line):
            edges.add((edge[1], edge[2]))
        elif line.startswith(("graph [", "node [", "edge [", "rank=")):
            continue
        elif "labelloc=b" in line:
            (inside[-1],) = lines_of(line)
            plates[inside[-1]] = set()
        else:
            node = re.match(r"(\w+) \[", line)
            assert node, f"not understood: {line}"
            labels[node[1]], styles[node[1]] = lines_of(line), style_of(line)
            for plate in inside:
                if plate is not None:
                    plates[plate].add(node[1])
    assert not inside
    return Network(labels, styles, edges, plates)


def lines_of(line: str) -> tuple[str, ...]:
    html = re.search(r"label=<(.*?)>(?= \w+=|\]| *$)", line)
    assert html, f"no label: {line}"
    lines = (re.sub(r"<[^>]*>", "", part) for part in html[1].split("<br/>"))
    return tuple(text.replace("&gt;", ">").replace("&lt;", "<") for text in lines)


def style_of(line: str) -> str:
    if "style=filled" in line:
        return "given" if "shape=box" in line else "observed"
    return "computed" if "style=dashed" in line else "unknown"


def network(formula, data, family="gaussian") -> Network:
    return read(graph(resolve(formula, data, family)).source)


def test_sleepstudy() -> None:
    found = network("Reaction ~ Days + (Days | Subject)", load_data("sleepstudy"))
    assert found.labels == {
        "Intercept": ("Intercept", "student_t(3, 288.7, 59.3)"),
        "b": ("b", "Days", "flat"),
        "sd_Subject": ("sd[Subject]", "Intercept, Days", "student_t(3, 0, 59.3), > 0"),
        "L_Subject": ("cor[Subject]", "Intercept, Days", "lkj_corr_cholesky(1)"),
        "r_Subject": ("r[Subject]", "Intercept, Days", "normal(0, sd, cor)"),
        "X_mu": ("Days", "Subject"),
        "eta_mu": ("mu", "Intercept + b X", "+ r[Subject] Z"),
        "sigma": ("sigma", "student_t(3, 0, 59.3), > 0"),
        "y": ("Reaction", "gaussian"),
    }
    assert found.edges == {
        ("sd_Subject", "r_Subject"),
        ("L_Subject", "r_Subject"),
        ("r_Subject", "eta_mu"),
        ("Intercept", "eta_mu"),
        ("b", "eta_mu"),
        ("X_mu", "eta_mu"),
        ("eta_mu", "y"),
        ("sigma", "y"),
    }
    assert found.plates == {
        "18 levels": {"r_Subject"},
        "180 observations": {"y", "eta_mu", "X_mu"},
    }
    assert {found.styles[n] for n in ("Intercept", "b", "sd_Subject", "r_Subject")} == {"unknown"}
    assert found.styles["eta_mu"] == "computed"
    assert found.styles["y"] == "observed"
    assert found.styles["X_mu"] == "given"


def test_rats_have_trials_and_a_link_and_no_sigma() -> None:
    found = network("m | trials(n) ~ 1 + (1 | batch)", load_data("rats"), "binomial")
    assert found.edges == {
        ("sd_batch", "r_batch"),
        ("r_batch", "eta_mu"),
        ("Intercept", "eta_mu"),
        ("X_mu", "eta_mu"),
        ("eta_mu", "y"),
        ("known_trials", "y"),
    }
    assert found.labels["eta_mu"] == ("logit(mu)", "Intercept + r[batch]")
    assert found.labels["X_mu"] == ("batch",)
    assert found.labels["r_batch"] == ("r[batch]", "Intercept", "normal(0, sd)")
    assert found.styles["known_trials"] == "given"
    assert found.plates["71 observations"] == {"y", "eta_mu", "X_mu", "known_trials"}
    assert "sigma" not in found.labels


def test_nested_groups_have_a_plate_each_and_ids_without_colons() -> None:
    found = network("mathscore ~ ses + (1 | schoolid/classid2)", load_data("classroom"))
    lower = "r_schoolid_x3a_classid2"
    assert found.labels[lower] == ("r[schoolid:classid2]", "Intercept", "normal(0, sd)")
    assert found.plates["107 levels"] == {"r_schoolid"}
    assert found.plates["312 levels"] == {lower}
    assert {("r_schoolid", "eta_mu"), (lower, "eta_mu")} <= found.edges
    assert ("sd_schoolid_x3a_classid2", lower) in found.edges
    assert found.labels["X_mu"] == ("ses", "schoolid, schoolid:classid2")


def test_crossed_groups() -> None:
    data = load_data("blp-short2").dropna(subset=["rt"])
    found = network("rt ~ 1 + (1 | participant) + (1 | spelling)", data)
    assert found.plates["78 levels"] == {"r_participant"}
    assert found.plates["58 levels"] == {"r_spelling"}
    assert {edge for edge in found.edges if edge[1] == "eta_mu"} == {
        ("Intercept", "eta_mu"),
        ("X_mu", "eta_mu"),
        ("r_participant", "eta_mu"),
        ("r_spelling", "eta_mu"),
    }
    assert "b" not in found.labels


def test_uncorrelated_effects_have_no_correlation() -> None:
    formula = "mathscore ~ ses + (ses || classid) + (ses | schoolid)"
    found = network(formula, load_data("classroom"))
    assert found.labels["r_classid"][2] == "normal(0, sd), independent"
    assert found.labels["r_schoolid"][2] == "normal(0, sd, cor)"
    assert "L_schoolid" in found.labels
    assert "L_classid" not in found.labels


def test_two_terms_of_one_group_share_its_plate() -> None:
    formula = "Reaction ~ Days + (1 | Subject) + (0 + Days | Subject)"
    found = network(formula, load_data("sleepstudy"))
    assert found.plates["18 levels"] == {"r_Subject", "r_Subject_2"}
    assert found.labels["r_Subject"][1] == "Intercept"
    assert found.labels["r_Subject_2"][1] == "Days"
    assert {("sd_Subject", "r_Subject"), ("sd_Subject_2", "r_Subject_2")} <= found.edges


def test_a_predicted_sigma_has_its_own_linear_predictor() -> None:
    formula = bf("Reaction ~ Days + (1 | Subject)", "sigma ~ Days")
    found = network(formula, load_data("sleepstudy"))
    assert found.labels["eta_sigma"] == ("log(sigma)", "Intercept + b X")
    assert {
        ("eta_sigma", "y"),
        ("b_sigma", "eta_sigma"),
        ("Intercept_sigma", "eta_sigma"),
        ("X_sigma", "eta_sigma"),
    } <= found.edges
    assert "sigma" not in found.labels


def test_long_lists_are_cut() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the flat prior of batches without a tumour
        found = network("m | trials(n) ~ 0 + batch", load_data("rats_factor"), "binomial")
    assert found.labels["b"] == ("b", "batch1, batch2, batch3 and 68 more", "flat")
    assert found.labels["X_mu"] == ("batch1, batch2, batch3 and 68 more",)


def test_the_response_has_its_own_name() -> None:
    # brms calls the variable fastrt in its parameters; the data call it fast_rt.
    found = network("fast_rt ~ Days", load_data("sleepstudy2"), "bernoulli")
    assert found.labels["y"] == ("fast_rt", "bernoulli")


@each(["a<b>", 'say "x"', "back\\slash", "x -> y", "two words", "&"])
def test_any_level_of_a_factor_is_valid_dot(level: str) -> None:
    data = pd.DataFrame(
        {
            "y": [1.0, 2.0, 3.0, 5.0, 4.0, 6.0, 7.0, 9.0],
            "f": pd.Categorical(["none", level] * 4, categories=["none", level]),
            "g": ["a"] * 4 + ["b"] * 4,
        }
    )
    spec = resolve("y ~ f + log(y) + (1 | g:f)", data)
    source = graph(spec).source
    found = read(source)
    assert found.labels["b"][1].replace("&amp;", "&").replace("&quot;", '"') == ", ".join(
        key.coef for param in spec.params if param.name == "b" for key in param.elements
    )
    # Inside a label these signs would be markup.
    texts = re.findall(r"label=<(.*)>(?= \w+=|\])", source)
    markup = r"<br/>|<font [^<>]*>|</font>|&(lt|gt|amp|quot|#x27);"
    assert not re.search('[<>&"]', "".join(re.sub(markup, "", text) for text in texts))


def test_a_network_needs_no_pymc(monkeypatch):
    for name in ("pymc", "pytensor", "bambi_lite.engines.pymc"):
        monkeypatch.setitem(sys.modules, name, None)  # importing it would be an error
    assert (
        "Days"
        in graph(resolve("Reaction ~ Days + (Days | Subject)", load_data("sleepstudy"))).source
    )
