"""Whole fresh processes, in turn: import, build, compile, sample and summarise sleepstudy.

    python tests/benchmarks/whole_process.py [--repeats 3] [--bambi PYTHON]

Peers that are not there are named and left out: brms needs ``Rscript`` with the package brms;
Bambi needs the interpreter of an environment of its own (it pins an older formulae). Prints the
median seconds of each peer and its ratio to brms in the same run, with the smallest and largest.
"""

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

DATA = Path(__file__).parents[2] / "data" / "sleepstudy.csv"

BAMBI_LITE = """
import bambi_lite as bl
fit = bl.brm("Reaction ~ Days + (Days | Subject)", bl.load_data("sleepstudy"), seed=1,
             progress=False)
print(fit)
"""

BAMBI = f"""
import bambi as bmb, pandas as pd, arviz as az
data = pd.read_csv({str(DATA)!r}, dtype={{"Subject": "category"}})
model = bmb.Model("Reaction ~ Days + (Days | Subject)", data)
idata = model.fit(draws=1000, tune=1000, chains=4, random_seed=1, progressbar=False)
print(az.summary(idata))
"""

BRMS = f"""
suppressMessages(library(brms))
data <- read.csv({str(DATA)!r}); data$Subject <- factor(data$Subject)
fit <- brm(Reaction ~ Days + (Days | Subject), data, seed = 1, cores = 2, refresh = 0,
           silent = 2)
print(fit)
"""


def seconds(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - start


def peers(bambi: str | None) -> dict[str, list[str]]:
    found = {"bambi_lite": [sys.executable, "-c", BAMBI_LITE]}
    if shutil.which("Rscript"):
        found["brms"] = ["Rscript", "-e", BRMS]
    if bambi:
        found["Bambi, PyMC's NUTS"] = [bambi, "-c", BAMBI]
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--bambi", help="interpreter of an environment with Bambi")
    arguments = parser.parse_args()
    commands = peers(arguments.bambi)
    runs: dict[str, list[float]] = {name: [] for name in commands}
    first = {name: seconds(command) for name, command in commands.items()}
    for _ in range(arguments.repeats):
        for name, command in commands.items():
            runs[name].append(seconds(command))
    base = runs.get("brms")
    for name, times in runs.items():
        line = f"{name:20s} first {first[name]:6.1f} s   then {statistics.median(times):6.1f} s"
        if base:
            ratios = [t / b for t, b in zip(times, base, strict=True)]
            middle = statistics.median(ratios)
            line += f"   of brms {middle:.3f} ({min(ratios):.3f} to {max(ratios):.3f})"
        print(line)
    print(json.dumps({"first": first, "runs": runs}))


if __name__ == "__main__":
    main()
