"""What the log prior and the sensitivity add to a fit, in shares of its time.

python tests/benchmarks/sensitivity.py
"""

import time
import warnings

import numpy as np

import bambi_lite as bl
from bambi_lite.logprior import log_prior
from bambi_lite.naming import read_parameters

MODELS = {
    "sleepstudy, slopes": ("sleepstudy", "Reaction ~ Days + (Days | Subject)", "gaussian"),
    "epilepsy, poisson": ("epilepsy", "count ~ zAge + zBase * Trt + (1 | patient)", "poisson"),
    "mathach, 7185 rows": ("mathach", "mathach ~ ses * himinty + (ses | school)", "gaussian"),
}


def fastest(run, times=8):
    """The result, and the seconds of the fastest of some runs: the least disturbed one."""
    took = []
    for i in range(times):
        start = time.perf_counter()
        result = run(i + 1)
        took.append(time.perf_counter() - start)
    return result, min(took)


def shares(data, formula, family):
    """Seconds of a fit, and the shares of the log prior and of the sensitivity in them."""
    frame = bl.load_data(data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit, whole = fastest(lambda i: bl.brm(formula, frame, family, seed=i, progress=False))
    values = read_parameters(fit.spec, fit.draws.posterior)
    _, prior = fastest(lambda _: log_prior(fit.spec, values))
    table, sensitivity = fastest(lambda _: fit.sensitivity())
    assert np.isfinite(table["prior"]).all()
    return whole, prior / whole, sensitivity / whole


print(f"{'model':22}{'fit [s]':>9}{'lprior':>9}{'sensitivity':>13}")
for name, model in MODELS.items():
    whole, prior, sensitivity = shares(*model)
    print(f"{name:22}{whole:9.2f}{prior:9.1%}{sensitivity:13.1%}")
