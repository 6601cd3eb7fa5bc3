# Everything here sets up its own environment in .venv first. `make` alone lists the targets.

SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
# Bambi pins an older formulae, so it has an environment of its own; only the benchmark needs it.
BAMBI := build/bambi/.installed

export PIP_DISABLE_PIP_VERSION_CHECK = 1
# No target opens a window.
export MPLBACKEND = Agg

.DEFAULT_GOAL := help
.PHONY: help demo test slow lint bench docs clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-6s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(INSTALLED) ## fit the sleepstudy model, print its tables, write its figures
	$(BIN)/python examples/demo.py

# The seeds make two runs of the tests the same run.
test: $(INSTALLED) ## the tests, without the slow ones
	PYTHONHASHSEED=0 $(BIN)/python -m pytest --hypothesis-seed=0

slow: $(INSTALLED) ## the slow tests, then every script in examples/
	PYTHONHASHSEED=0 $(BIN)/python -m pytest --hypothesis-seed=0 -m slow
	@for script in examples/*.py; do \
		[ -e "$$script" ] || continue; \
		echo "== $$script"; \
		$(BIN)/python "$$script" || exit 1; \
	done

bench: $(INSTALLED) $(BAMBI) ## speed beside Bambi, PyMC and, where R is, brms, rstanarm and lme4
	$(BIN)/python tests/benchmarks/speed.py
	$(BIN)/python tests/benchmarks/table.py

lint: $(INSTALLED) ## ruff (rules and format) and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

docs: $(INSTALLED) ## the API reference, in build/docs
	$(BIN)/python .ci/docs.py build/docs

clean: ## remove the environment, the caches and everything built
	rm -rf $(VENV) build dist demo-output .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BAMBI): $(INSTALLED)
	$(BIN)/python -m venv build/bambi
	build/bambi/bin/python -m pip install --quiet 'bambi==0.21.*' 'nutpie[pymc]>=0.16'
	@touch $@

# PYTHON=/path/to/python names another interpreter. Where there is pyenv, its python3 is the one
# that .python-version asks for, so python3 comes first there.
$(INSTALLED): pyproject.toml constraints.txt
	@set -e; \
	candidates="$(PYTHON)"; \
	if [ -z "$$candidates" ]; then \
		candidates="python3.13 python3.12 python3 python3.14"; \
		if command -v pyenv >/dev/null 2>&1; then candidates="python3 $$candidates"; fi; \
	fi; \
	for python in $$candidates; do \
		if "$$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 12))' \
			>/dev/null 2>&1; then found="$$python"; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
		echo "bambi_lite needs Python 3.12 or newer with its venv module (tested: 3.12 and 3.13)." >&2; \
		echo "None of these is one: $$candidates." >&2; \
		echo "Install Python 3.13, or name an interpreter: make PYTHON=/path/to/python3 ..." >&2; \
		exit 1; \
	fi; \
	echo "Setting up $(VENV) with $$found"; \
	"$$found" -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable '.[dev]' --constraint constraints.txt
	@touch $@
