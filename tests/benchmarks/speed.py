"""How fast: bambi_lite, Bambi, models written by hand in PyMC, brms, rstanarm and lme4, in turn.

    python tests/benchmarks/speed.py [--models NAME ...] [--peers NAME ...] [--repeats 3]
        [--bambi PYTHON] [--minutes 60] [--cold] [--add] [--json FILE]

Every fit is a fresh process that reads its data, fits with 4 chains of 1,000 + 1,000 draws on two
cores, and prints the peer's summary. Round after round goes through all models, and within a model
through all peers, so that what else the machine does falls on all alike; compare within a round.
Results are written after every fit, so that a run that is stopped keeps what it has; with ``--add``
rounds are added to those of the file. table.py makes the README's table of them.

``--cold`` gives every fit empty caches, as the first on a machine has.

Peers that are not there are left out. Bambi, which pins an older formulae, needs an environment of
its own (``make bench`` makes one in build/bambi); brms, rstanarm and lme4 need R: on Debian

    apt-get install r-cran-brms r-cran-rstanarm r-cran-lme4 libboost-dev g++ make
    mkdir -p /usr/lib/R/site-library/BH/include
    ln -s /usr/include/boost /usr/lib/R/site-library/BH/include/boost   # where rstan looks for it
"""

import argparse
import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from pathlib import Path

from models import CASES, Case, data_of, priors_of

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
#: Peers whose fits take minutes are repeated once at most, but for the first model.
ONCE = ("brms", "rstanarm")
#: Seconds after which a fit is given up.
LIMIT = 600.0


def interpreters(bambi: str | None) -> dict[str, list[str]]:
    """How each peer is called, as far as it is there."""
    found = {"bambi_lite": [sys.executable], "pymc": [sys.executable]}
    own = bambi or str(ROOT / "build" / "bambi" / "bin" / "python")
    if shutil.which(own):
        found["bambi"] = [own]
    script = shutil.which("Rscript")
    if script:
        for name in ("brms", "rstanarm", "lme4"):
            there = f'quit(status = !requireNamespace("{name}", quietly = TRUE))'
            if subprocess.run([script, "-e", there], capture_output=True, check=False).returncode:
                continue
            found[name] = [script, "--vanilla"]
    return found


def write_task(case: Case, folder: Path, number: int, iterations: int) -> Path:
    """What a peer reads: the model, where its data are, brms' priors as numbers."""
    stem = "".join(c for c in f"{case.data}-{case.family}" if c.isalnum() or c == "-")
    path = folder / f"{stem}.csv"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        data = data_of(case)
        priors = priors_of(case, data)
    if not path.exists():
        data.to_csv(path, index=False)
    groups = {group for group, _, _ in case.groups}
    factors = [n for n in data if str(data[n].dtype) == "category" or n in groups]
    task = {
        "formula": case.formula,
        "bambi": case.bambi,
        "family": case.family,
        "data": str(path),
        "factors": factors,
        "columns": case.columns,
        "groups": case.groups,
        "response": case.response,
        "trials": case.trials,
        "priors": priors,
        "iter": iterations,
        "seed": 100 + number,
    }
    made = folder / f"{stem}-{number}.json"
    made.write_text(json.dumps(task), encoding="utf-8")
    return made


def memory_of(pid: int) -> float:
    """Resident memory of a process and of those that it started, in MiB; zero when it is gone."""
    children: dict[int, list[int]] = {}
    sizes: dict[int, int] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            sizes[int(entry.name)] = int(fields[21])
        except (OSError, IndexError):
            continue
        children.setdefault(int(fields[1]), []).append(int(entry.name))
    found, waiting = 0, [pid]
    while waiting:
        one = waiting.pop()
        found += sizes.get(one, 0)
        waiting += children.get(one, [])
    return found * os.sysconf("SC_PAGE_SIZE") / 2**20


def processor_seconds() -> float:
    """Of all processes that have ended: what a machine under load does not change much."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def empty_caches(folder: str) -> dict[str, str]:
    """Where compiled code is looked for, when there is none."""
    return {
        "BAMBI_LITE_CACHE": f"{folder}/kernels",
        "NUMBA_CACHE_DIR": f"{folder}/numba",
        "PYTENSOR_FLAGS": f"base_compiledir={folder}/pytensor",
    }


def run(command: list[str], script: Path, task: Path, variables: dict[str, str]) -> dict:
    """One fit in a fresh process: what it prints, the seconds of the whole, the peak memory."""
    # Figures are for default settings: thread pools and caches as a user has them.
    environment = (
        {**os.environ, "PYTHONPATH": str(ROOT)}
        if "bambi_lite" in script.name
        else {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    )
    load, before, peak = os.getloadavg()[0], processor_seconds(), 0.0
    start = time.perf_counter()
    process = subprocess.Popen(
        [*command, str(script), str(task)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**environment, **variables},
        start_new_session=True,
    )
    answer: list[str] = []
    reader = threading.Thread(target=lambda: answer.extend(process.communicate()))
    reader.start()
    while reader.is_alive():
        peak = max(peak, memory_of(process.pid))
        reader.join(0.05)
        if time.perf_counter() - start > LIMIT:
            os.killpg(process.pid, 9)
    whole = time.perf_counter() - start
    result = {
        "whole": whole,
        "processor": processor_seconds() - before,
        "memory": peak,
        "load": load,
        "load_after": os.getloadavg()[0],
    }
    if process.returncode:
        last = (answer[1] if len(answer) > 1 else "").strip().splitlines()[-1:]
        return {**result, "failed": last[0][:200] if last else f"status {process.returncode}"}
    return {**result, **json.loads(answer[0].strip().splitlines()[-1])}


def shown(name: str, peer: str, found: dict) -> str:
    if "failed" in found:
        return f"{name:24s} {peer:11s} failed: {found['failed']}"
    seconds = found["seconds"]
    spent = seconds["sampling"]
    text = f"{name:24s} {peer:11s} whole {found['whole']:7.2f} s  sampling {spent:7.2f} s"
    if "ess_bulk" in found:
        text += (
            f"  bulk {found['ess_bulk']:6.0f} ({found['ess_bulk'] / spent:8.0f}/s)"
            f"  rhat {found['rhat']:.3f}"
        )
    return f"{text}  {found['memory']:6.0f} MiB  load {found['load']:.1f}"


def machine() -> dict:
    """What the figures were measured on, and no names of it."""
    versions = {"python": platform.python_version()}
    for package in ("pymc", "nutpie", "numba", "numpy"):
        versions[package] = __import__("importlib.metadata").metadata.version(package)
    return {"machine": platform.machine(), "cores": os.cpu_count(), "versions": versions}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--models", nargs="*", default=list(CASES))
    parser.add_argument("--peers", nargs="*")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--minutes", type=float, default=600.0)
    parser.add_argument("--bambi")
    parser.add_argument("--add", action="store_true")
    parser.add_argument("--cold", action="store_true")
    parser.add_argument("--json", default=str(HERE / "speed.json"))
    options = parser.parse_args()
    out = Path(options.json)
    kept = options.add and out.exists()
    runs = json.loads(out.read_text(encoding="utf-8"))["runs"] if kept else []
    known = interpreters(options.bambi)
    asked = options.peers or list(known)
    end = time.monotonic() + 60.0 * options.minutes
    first = 1 + max((r["round"] for r in runs), default=-1)
    with tempfile.TemporaryDirectory() as folder:
        for number in range(first, first + options.repeats):
            for name in options.models:
                case = CASES[name]
                # Long chains of the slow ones tell nothing more about a ratio.
                for peer in (p for p in case.peers if p in known and p in asked):
                    done = sum(r["model"] == name and r["peer"] == peer for r in runs)
                    if time.monotonic() > end or (done and peer in ONCE and name != "sleepstudy"):
                        continue
                    short = peer == "pymc" and len(case.peers) == 2
                    if done and short:
                        continue
                    task = write_task(case, Path(folder), number, 600 if short else 2000)
                    suffix = "R" if "Rscript" in known[peer][0] else "py"
                    script = HERE / "peers" / f"peer_{peer}.{suffix}"
                    with tempfile.TemporaryDirectory() as caches:
                        variables = empty_caches(caches) if options.cold else {}
                        found = run(known[peer], script, task, variables)
                    label = f"{name}, first run" if options.cold else name
                    runs.append({"round": number, "model": label, "peer": peer, **found})
                    print(shown(label, peer, found), flush=True)
                    made = {**machine(), "runs": runs}
                    out.write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
