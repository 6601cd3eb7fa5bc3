"""Formula to arrays, beside formulae and formulaic in one run.

    python tests/benchmarks/formulas.py [--rows 1000000] [--groups 10000]

Prints, for a simulated table: seconds and peak memory of the arrays of ``(x | g)``; and over the
reference corpus the slowest and the median time of parsing one formula. Each measurement is a
fresh process, so that memory is its own. formulae is installed with bambi_lite; formulaic is named
and left out where it is missing. Both peers are given only the fixed part ``x`` and a group-level
design as far as they have one: formulae makes a dense matrix of rows by levels, so it is asked
for fewer levels (its own column says how many).
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

CORPUS = Path(__file__).parents[1] / "facts" / "formulas" / "corpus.json"

SETUP = """
import resource, sys, time
import numpy as np, pandas as pd
rows, groups = {rows}, {groups}
rng = np.random.default_rng(1)
data = pd.DataFrame({{f"c{{i}}": rng.normal(size=rows) for i in range(8)}})
data["x"], data["g"] = rng.normal(size=rows), rng.integers(0, groups, rows)
data["y"] = rng.normal(size=rows)
"""

MEASURE = """
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
start = time.perf_counter()
run()
seconds = time.perf_counter() - start
print(seconds, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)
"""

OURS = """
import bambi_lite as bl
from bambi_lite.design import build_design
run = lambda: build_design(bl.bf("y ~ x + (x | g)"), data)
"""

FORMULAE = """
from formulae import design_matrices
run = lambda: design_matrices("y ~ x + (x | g)", data)
"""

FORMULAIC = """
from formulaic import model_matrix
run = lambda: model_matrix("y ~ x", data)
"""


def measure(code: str, rows: int, groups: int) -> tuple[float, float]:
    text = SETUP.format(rows=rows, groups=groups) + code + MEASURE
    done = subprocess.run([sys.executable, "-c", text], check=True, capture_output=True, text=True)
    seconds, mebibytes = done.stdout.split()[-2:]
    return float(seconds), float(mebibytes)


def parsing() -> list[float]:
    import bambi_lite as bl

    formulas = [case["formula"] for case in json.loads(CORPUS.read_text())["cases"]]
    times = []
    for formula in [formulas[0], *formulas]:
        start = time.perf_counter()
        try:
            bl.bf(formula)
        except bl.FormulaError:
            continue
        times.append(time.perf_counter() - start)
    return times[1:]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--groups", type=int, default=10_000)
    asked = parser.parse_args()
    few = 100
    lines = [("bambi_lite (x | g)", OURS, asked.groups), ("formulae (x | g)", FORMULAE, few)]
    if find_spec("formulaic"):
        lines.append(("formulaic x alone", FORMULAIC, few))
    for name, code, groups in lines:
        seconds, mebibytes = measure(code, asked.rows, groups)
        print(
            f"{name:20s} {asked.rows} rows, {groups} groups: {seconds:.2f} s, {mebibytes:.0f} MiB"
        )
    times = parsing()
    print(
        f"parsing: {len(times)} formulas, median {statistics.median(times) * 1e3:.2f} ms, "
        f"slowest {max(times) * 1e3:.2f} ms"
    )


if __name__ == "__main__":
    main()
