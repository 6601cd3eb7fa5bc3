"""Each workaround in engines/upstream.py is still needed: when one of these fails, remove it."""

import subprocess
import sys


def test_pytensor_still_warns_about_blas():
    code = "import pytensor; pytensor.config.blas__ldflags"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False
    )
    assert "could not link to a BLAS" in done.stderr
