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

print(f"{'model':22}{'fit [s]':>9}{'lprior':>9}{'sensitivity':>13}")
for name, (data, formula, family) in MODELS.items():
    frame = bl.load_data(data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        start = time.perf_counter()
        fit = bl.brm(formula, frame, family, seed=1, progress=False)
        whole = time.perf_counter() - start
    values = read_parameters(fit.spec, fit.draws.posterior)
    start = time.perf_counter()
    log_prior(fit.spec, values)
    prior = time.perf_counter() - start
    start = time.perf_counter()
    table = fit.sensitivity()
    sensitivity = time.perf_counter() - start
    assert np.isfinite(table["prior"]).all()
    print(f"{name:22}{whole:9.1f}{prior / whole:9.1%}{sensitivity / whole:13.1%}")
