"""A file of format 1, as it was written once: later releases read it, or have a new format."""

import json
from pathlib import Path

import numpy as np
import pandas as pd

import bambi_lite as bl

KEPT = Path(__file__).parents[2] / "facts" / "kept"


def test_a_file_of_format_1_is_read():
    """Where this fails, files of users cannot be read: raise FORMAT, and read both."""
    fit = bl.load(KEPT / "format1.bl")
    facts = json.loads((KEPT / "format1.json").read_text(encoding="utf-8"))
    assert fit.idata["posterior"]["b_x"].to_numpy().tolist() == facts["b_x"]
    new = pd.DataFrame({"x": [0.5, 2.0], "f": ["v", "u"], "g": ["b", "a"]})
    epred = fit.posterior_epred(new).to_numpy()
    # Another version of NumPy may add up in another order.
    np.testing.assert_allclose(epred, facts["epred"], rtol=1e-12)
    assert fit.spec.frame["f"].cat.categories.tolist() == ["v", "u"]
    assert fit.prior["tag"].tolist().count("spread") == 1
    assert len(fit.data) == 4
    assert str(fit).splitlines()[:4] == facts["summary"].splitlines()[:4]
