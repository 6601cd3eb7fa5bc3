"""The README's tables of speed, from what speed.py measured.

    python tests/benchmarks/table.py [--json FILE]

Ratios are taken within a round, where one peer ran right after another; a cell is their median with
the smallest and the largest. Writes between the markers of the README; a test holds that it does.
"""

import argparse
import json
import statistics
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).parent
README = HERE.parents[1] / "README.md"
START, END = "<!-- speed: python tests/benchmarks/table.py -->", "<!-- end of speed -->"
PEERS = {"bambi": "Bambi", "pymc": "PyMC", "brms": "brms", "rstanarm": "rstanarm"}


def whole(run: dict) -> float:
    return run["whole"]


def processor(run: dict) -> float:
    return run["processor"]


def sampling(run: dict) -> float:
    return run["seconds"]["sampling"]


def bulk(run: dict) -> float:
    return run["ess_bulk"] / sampling(run)


def tail(run: dict) -> float:
    return run["ess_tail"] / sampling(run)


class Results:
    """What was measured, by model and peer."""

    def __init__(self, measured: dict) -> None:
        self.measured = measured
        self.runs = [run for run in measured["runs"] if "failed" not in run]

    @property
    def models(self) -> list[str]:
        return list(dict.fromkeys(run["model"] for run in self.runs))

    def of(self, model: str, peer: str) -> dict[int, dict]:
        """By round."""
        return {r["round"]: r for r in self.runs if (r["model"], r["peer"]) == (model, peer)}

    def median(self, model: str, peer: str, measure: Callable[[dict], float]) -> float:
        return statistics.median(map(measure, self.of(model, peer).values()))

    def ratios(self, model: str, peer: str, measure: Callable[[dict], float]) -> list[float]:
        """Ours to the peer's, in each round that has both."""
        ours, theirs = self.of(model, "bambi_lite"), self.of(model, peer)
        return [measure(ours[k]) / measure(theirs[k]) for k in sorted(ours.keys() & theirs.keys())]


def number(value: float) -> str:
    """Two digits that matter, and no more of a large number than they."""
    if value >= 9.95:
        digits = len(str(round(value))) - 2
        return f"{round(value / 10**digits) * 10**digits:,}"
    return f"{value:.1f}" if value >= 0.995 else f"{value:.2f}"


def cell(values: list[float]) -> str:
    """``0.35 (0.31-0.40)``."""
    if not values:
        return ""
    if len(values) == 1:
        return number(values[0])
    return f"{number(statistics.median(values))} ({number(min(values))}-{number(max(values))})"


def rows(columns: list[str], lines: list[list[str]]) -> str:
    head = [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
    return "\n".join([*head, *(f"| {' | '.join(line)} |" for line in lines)])


def process_table(results: Results) -> str:
    """Whole processes: ours to each peer's."""
    peers = [p for p in (*PEERS, "lme4") if any(results.of(m, p) for m in results.models)]
    lines = []
    for model in results.models:
        cells = []
        for peer in peers:
            text = cell(results.ratios(model, peer, whole))
            of_processor = results.ratios(model, peer, processor)
            cells.append(f"{text}; {number(statistics.median(of_processor))}" if text else "")
        if any(cells):
            lines.append([f"`{model}`", *cells])
    return rows(["whole process, ours to", *({**PEERS, "lme4": "lme4"}[p] for p in peers)], lines)


def draws_table(results: Results) -> str:
    """Effective draws per second of sampling: ours to each peer's."""
    peers = [p for p in PEERS if any(results.of(m, p) for m in results.models)]
    lines = []
    for model in results.models:
        cells = []
        for peer in peers:
            text = cell(results.ratios(model, peer, bulk))
            if text:
                tails = results.ratios(model, peer, tail)
                worst = max(r["rhat"] for r in results.of(model, peer).values())
                text = f"{text}; {number(statistics.median(tails))}"
                text += f"; {worst:.2f}" if worst > 1.01 else ""
            cells.append(text)
        ours = max(r["rhat"] for r in results.of(model, "bambi_lite").values())
        lines.append([f"`{model}`", f"{ours:.3f}", *cells])
    return rows(["ESS per second, ours to", "our Rhat", *(PEERS[p] for p in peers)], lines)


def absolute_table(results: Results) -> str:
    """Our own seconds and memory, for what they are worth on that machine."""
    lines = []
    for model in results.models:
        runs = results.of(model, "bambi_lite").values()
        if not runs:
            continue
        loads = [run["load"] for run in runs]
        stages = [
            statistics.median(r["seconds"][stage] for r in runs)
            for stage in ("import", "build", "compile", "sampling", "summary")
        ]
        lines.append(
            [
                f"`{model}`",
                f"{results.median(model, 'bambi_lite', whole):.1f}",
                f"{results.median(model, 'bambi_lite', processor):.1f}",
                *(f"{s:.2f}" for s in stages),
                number(results.median(model, "bambi_lite", bulk)),
                number(results.median(model, "bambi_lite", tail)),
                f"{results.median(model, 'bambi_lite', lambda r: r['memory']):,.0f}",
                f"{min(loads):.0f}-{max(loads):.0f}",
            ]
        )
    columns = ["ours, s", "whole", "processor", "import", "build", "compile", "sampling", "summary"]
    return rows([*columns, "bulk ESS/s", "tail ESS/s", "MiB", "load"], lines)


def text(measured: dict) -> str:
    """What stands between the markers."""
    results = Results(measured)
    versions = ", ".join(f"{k} {v}" for k, v in measured["versions"].items())
    failed = [f"{PEERS[r['peer']]} on {r['model']}" for r in measured["runs"] if "failed" in r]
    note = (
        f"{measured['cores']} cores ({measured['machine']}) shared with other work, as the load of "
        f"the machine says; {versions}. Where there is no figure nothing was measured."
    )
    if failed:
        note += f" Failed: {', '.join(dict.fromkeys(failed))}."
    parts = [process_table(results), draws_table(results), absolute_table(results), note]
    return "\n\n".join(parts)


def inserted(readme: str, measured: dict) -> str:
    """The README with the tables between its markers."""
    before, _, rest = readme.partition(START)
    _, _, after = rest.partition(END)
    return f"{before}{START}\n{text(measured)}\n{END}{after}"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", default=str(HERE / "speed.json"))
    options = parser.parse_args()
    measured = json.loads(Path(options.json).read_text(encoding="utf-8"))
    print(text(measured))
    README.write_text(inserted(README.read_text(encoding="utf-8"), measured), encoding="utf-8")


if __name__ == "__main__":
    main()
