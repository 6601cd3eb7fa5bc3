"""loo and waic of 4,000 draws x 10,000 rows with a group term: seconds and peak memory.

Run ``python tests/benchmarks/comparison.py``; nothing is sampled. The last line is ArviZ' loo of
the same log-likelihood, which it holds as a whole.
"""

import resource
import time
import warnings

import arviz_stats as azs
import numpy as np
import pandas as pd

import bambi_lite as bl

CHAINS, DRAWS, ROWS, GROUPS = 4, 1000, 10_000, 500


def made_up() -> bl.Fit:
    rng = np.random.default_rng(1)
    total = CHAINS * DRAWS
    group = rng.integers(GROUPS, size=ROWS)
    x = rng.normal(size=ROWS)
    effect = rng.normal(size=GROUPS)
    y = 1.0 + 0.5 * x + effect[group] + rng.normal(size=ROWS)
    data = pd.DataFrame({"y": y, "x": x, "g": [f"g{i:03d}" for i in group]})
    frame = {
        "chain": np.repeat(np.arange(CHAINS), DRAWS),
        "b_Intercept": 1.0 + 0.05 * rng.normal(size=total),
        "b_x": 0.5 + 0.01 * rng.normal(size=total),
        "sd_g__Intercept": 1.0 + 0.03 * rng.normal(size=total),
        "sigma": 1.0 + 0.01 * rng.normal(size=total),
    }
    frame |= {
        f"r_g[g{i:03d},Intercept]": effect[i] + 0.2 * rng.normal(size=total) for i in range(GROUPS)
    }
    return bl.Model("y ~ x + (1 | g)", data).from_draws(pd.DataFrame(frame))


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0


def timed(what, run):
    """The result of `run`, and a line with its seconds (of the clock and of the processor)."""
    start, begun = time.perf_counter(), time.process_time()
    result = run()
    seconds, busy = time.perf_counter() - start, time.process_time() - begun
    print(f"{what:6} {seconds:5.1f} s ({busy:.1f} s busy), peak {peak():.0f} MiB", end="")
    return result


def main() -> None:
    warnings.simplefilter("ignore", bl.BambiLiteWarning)
    fit = made_up()
    print(f"{CHAINS * DRAWS} draws x {ROWS} rows, {GROUPS} groups; {peak():.0f} MiB before")
    for name in ("waic", "loo"):
        elpd, se = timed(name, getattr(fit, name)).estimates.iloc[0]
        print(f", elpd {elpd:.1f} ({se:.1f})")
    fit = fit.add_criterion("waic")  # which keeps the log-likelihood for ArviZ
    theirs = timed("ArviZ", lambda: azs.loo(fit.idata, pointwise=True, reff=1.0))
    print(f", elpd {theirs.elpd:.1f} ({theirs.se:.1f})")


if __name__ == "__main__":
    main()
