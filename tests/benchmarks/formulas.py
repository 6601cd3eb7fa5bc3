"""Formula to arrays, beside formulae and formulaic in one run.

    python tests/benchmarks/formulas.py [--rows 1000000] [--groups 10000]

Prints, for a simulated table: seconds and peak memory of the arrays of ``(x | g)``, each in a fresh
process, so that memory is its own; over the reference corpus how many formulas each library reads,
and the slowest and the median time of one; and how long 10,000 summands take. formulae is installed
with bambi_lite; formulaic is left out where it is missing. Both peers are given only the fixed part
``x`` and a group-level design as far as they have one: formulae makes a dense matrix of rows by
levels, so it is asked for fewer levels (its own column says how many).
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

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


def readers() -> dict[str, Callable[[str], Any]]:
    """What turns the text of a formula into a description of it, by library."""
    from formulae import model_description

    import bambi_lite as bl

    found: dict[str, Callable[[str], Any]] = {"bambi_lite": bl.bf, "formulae": model_description}
    if find_spec("formulaic"):
        from formulaic import Formula

        found["formulaic"] = Formula
    return found


def parsing(read: Callable[[str], Any]) -> list[float]:
    """Seconds for each formula of the corpus that the library reads."""
    times = []
    for case in json.loads(CORPUS.read_text())["cases"]:
        # The best of five: what else the machine does is no part of it.
        tries = []
        for _ in range(5):
            start = time.perf_counter()
            try:
                read(case["formula"])
            except Exception:
                break
            tries.append(time.perf_counter() - start)
        if tries:
            times.append(min(tries))
    return times


def long_sum() -> None:
    """Ten thousand summands: read, written back, explained."""
    import bambi_lite as bl

    text = "y ~ " + " + ".join(f"x{i}" for i in range(10_000))
    start = time.perf_counter()
    formula = bl.bf(text)
    read = time.perf_counter() - start
    formula.explain()
    explained = time.perf_counter() - start - read
    print(f"10,000 summands: read in {read:.2f} s, explained in {explained:.2f} s")


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
    for name, read in readers().items():
        times = parsing(read)
        print(
            f"{name:20s} reads {len(times)} of the corpus, median "
            f"{statistics.median(times) * 1e3:.2f} ms, slowest {max(times) * 1e3:.2f} ms"
        )
    long_sum()


if __name__ == "__main__":
    main()
