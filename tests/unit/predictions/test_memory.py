"""How much memory predictions take: each in a process of its own."""

import json
import subprocess
import sys

import pytest

CODE = """
import json, re, resource, sys
from pathlib import Path
import numpy as np, pandas as pd, xarray as xr, dataclasses
import bambi_lite as bl

def peak():
    # What getrusage() tells begins with the size of the process that started this one.
    status = Path("/proc/self/status")
    if status.exists():
        return int(re.search(r"VmHWM:\\s+(\\d+)", status.read_text())[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

rows, groups, kind = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
rng = np.random.default_rng(1)
codes = np.concatenate([np.arange(groups), rng.integers(groups, size=rows - groups)])
frame = pd.DataFrame({"y": rng.normal(size=rows), "x": rng.normal(size=rows), "g": codes})
model = bl.Model("y ~ x + (x | g)", frame)
few = model.from_draws(pd.DataFrame(dict.fromkeys(model.variables(), 0.5), index=range(2)))
posterior = few.draws.posterior
made = {n: (v.dims, rng.normal(0.5, 0.1, (4, 1000, *v.shape[2:]))) for n, v in posterior.items()}
coords = {k: v for k, v in posterior.coords.items() if k not in ("chain", "draw")}
tree = xr.DataTree.from_dict(
    {"posterior": xr.Dataset(made, coords | {"chain": range(4), "draw": range(1000)})}
)
fit = bl.Fit(dataclasses.replace(few.draws, idata=tree))
before = peak()
table = getattr(fit, kind)(**json.loads(sys.argv[4]))
assert len(table) == rows and np.isfinite(table.to_numpy()).all()
print(json.dumps([before, peak()]))
"""


def peaks(rows, groups, kind, **options):
    """Peak memory in MiB before and after."""
    args = [sys.executable, "-c", CODE, str(rows), str(groups), kind, json.dumps(options)]
    return json.loads(subprocess.run(args, check=True, capture_output=True, text=True).stdout)


@pytest.mark.slow
@pytest.mark.parametrize("options", [{}, {"group_effects": "integrate"}], ids=["own", "averaged"])
def test_a_table_never_holds_all_draws(options):
    """All draws of 100,000 rows are 3 GiB."""
    before, after = peaks(100_000, 500, "fitted", **options)
    assert after - before < 300


@pytest.mark.slow
def test_a_million_rows_need_less_than_two_gibibytes():
    """All draws of them are 30 GiB."""
    before, after = peaks(1_000_000, 1_000, "fitted")
    assert before < 1024
    assert after < 2048
    assert after - before < 600
