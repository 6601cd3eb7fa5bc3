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


def main() -> None:
    warnings.simplefilter("ignore", bl.BambiLiteWarning)
    fit = made_up()
    before = peak()
    print(f"{CHAINS * DRAWS} draws x {ROWS} rows, {GROUPS} groups; {before:.0f} MiB before")
    for name in ("waic", "loo"):
        start = time.perf_counter()
        result = getattr(fit, name)()
        seconds = time.perf_counter() - start
        elpd, se = result.estimates.iloc[0]
        print(
            f"{name:5} {seconds:5.1f} s, peak {peak():.0f} MiB (+{peak() - before:.0f}), "
            f"elpd {elpd:.1f} ({se:.1f})"
        )
    fit = fit.add_criterion("waic")
    start = time.perf_counter()
    theirs = azs.loo(fit.idata, pointwise=True, reff=1.0)
    seconds = time.perf_counter() - start
    print(
        f"ArviZ {seconds:5.1f} s, peak {peak():.0f} MiB, elpd {theirs.elpd:.1f} ({theirs.se:.1f})"
    )


if __name__ == "__main__":
    main()
