"""A hundred fits of sleepstudy on new data in one process, as calibration and imputation need.

    python tests/benchmarks/refits.py [--fits 100] [--graph]

Prints the seconds of all, and what a fit takes besides sampling. With ``--graph`` PyMC's graph is
sampled, ten times less often.
"""

import argparse
import os
import statistics
import time

import numpy as np

import bambi_lite as bl

PRIOR = [
    bl.prior("student_t(3, 290, 60)", class_="Intercept"),
    bl.prior("student_t(3, 0, 60)", class_="sd"),
    bl.prior("student_t(3, 0, 60)", class_="sigma"),
]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--fits", type=int, default=100)
    parser.add_argument("--graph", action="store_true")
    options = parser.parse_args()
    fits = max(2, options.fits // 10) if options.graph else options.fits
    data, rng = bl.load_data("sleepstudy"), np.random.default_rng(1)
    load, start, besides = os.getloadavg()[0], time.perf_counter(), []
    for k in range(fits):
        new = data.assign(Reaction=data["Reaction"] + rng.normal(scale=5.0, size=len(data)))
        begin = time.perf_counter()
        fit = bl.brm(
            "Reaction ~ Days + (Days | Subject)",
            new,
            prior=PRIOR,
            seed=k,
            progress=False,
            kernels=not options.graph,
        )
        spent = time.perf_counter() - begin
        besides.append(spent - fit.timing.warmup - fit.timing.sampling)
    whole = time.perf_counter() - start
    print(
        f"{fits} fits: {whole:.1f} s; besides sampling the first {besides[0]:.2f} s, then "
        f"{statistics.median(besides[1:]):.3f} s (at most {max(besides[1:]):.3f}); load {load:.1f}"
    )


if __name__ == "__main__":
    main()
