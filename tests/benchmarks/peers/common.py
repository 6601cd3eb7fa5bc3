"""What the Python peers share: a stopwatch, and effective draws by one estimator for all."""

import json
import sys
import time

START = time.perf_counter()


class Stopwatch:
    """Seconds by stage, each from the end of the one before."""

    def __init__(self):
        self.seconds, self.last = {}, START

    def stage(self, name):
        now = time.perf_counter()
        self.seconds[name] = self.seconds.get(name, 0.0) + now - self.last
        self.last = now

    def leave_out(self):
        """What belongs to no stage: reading the data."""
        self.last = time.perf_counter()


def task():
    with open(sys.argv[1], encoding="utf-8") as file:
        return json.load(file)


def read(task):
    import pandas as pd

    data = pd.read_csv(task["data"])
    for name in task["factors"]:
        data[name] = data[name].astype(str).astype("category")
    return data


def report(watch, values):
    """Print the stages and the lowest effective draws over `values`, name -> (chain, draw)."""
    import arviz_stats as azs
    import xarray as xr

    part = xr.Dataset({n: (("chain", "draw"), v) for n, v in values.items()})
    measures = {
        "ess_bulk": azs.ess(part, method="bulk"),
        "ess_tail": azs.ess(part, method="tail"),
        "rhat": azs.rhat(part),
    }
    found = {}
    for name, table in measures.items():
        worst = (max if name == "rhat" else min)(part, key=lambda n, t=table: float(t[n]))
        found[name], found[f"{name}_of"] = float(table[worst]), str(worst)
    print(json.dumps({"seconds": watch.seconds, **found}))
