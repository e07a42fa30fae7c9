# Every command a person or CI runs. `make` alone lists them.
# Settings (TRACKER_HOST, TRACKER_PORT, TRACKER_DATA_DIR…) come from the environment and pass
# through untouched: TRACKER_PORT=8001 TRACKER_DATA_DIR=.tracker-second make demo

PYTHON ?= python3
# Two workers: most tests wait for a server or a browser. PYTEST_ARGS= runs them one after the other.
PYTEST_ARGS ?= -n 2
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
# --no-input: a question from pip would hang CI. The hashes in the locks decide what is accepted.
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
PIP_INSTALL := $(PIP) install --quiet --require-hashes
LOCKER := uv==0.13.9
CHECKED := domain tracker projections web tests benchmarks

.PHONY: help
help:  ## List these commands
	@grep -hE '^[a-z]+:.*  ## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*  ## (.*)/  make \1|\2/' | \
		while IFS='|' read -r name text; do printf '%-14s%s\n' "$$name" "$$text"; done

.PHONY: demo
demo: $(VENV)/.ready-to-serve  ## Set everything up and serve the board with the shipped data sets
	@exec $(BIN)/tracker demo

.PHONY: serve
serve: $(VENV)/.ready-to-serve  ## Serve the board on the ledger that is configured
	@exec $(BIN)/tracker serve

.PHONY: test
test: $(VENV)/.ready-to-develop  ## Run every test (PYTEST_ARGS="-k board" for some)
	@bash tests/end_to_end/install_browser.sh
	@exec $(BIN)/python -m pytest $(PYTEST_ARGS)

.PHONY: check
check: $(VENV)/.ready-to-develop  ## Lint, format, types and import contracts; warnings are errors
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy $(CHECKED)
	$(BIN)/lint-imports --no-logo

.PHONY: bench
bench: $(VENV)/.ready-to-develop  ## Measure every figure beside its reference
	@exec $(BIN)/python -m benchmarks

.PHONY: lock
lock: $(VENV)/.python  ## Write requirements/ anew from pyproject.toml (UPGRADE=1 for newer versions)
	@test -x $(VENV)/locker/bin/uv || $(PYTHON) -m venv $(VENV)/locker
	@$(VENV)/locker/bin/python -m pip install --quiet --disable-pip-version-check $(LOCKER)
	@set -e; \
	compile() { $(VENV)/locker/bin/uv pip compile --quiet --no-config --universal --python-version 3.11 \
		--generate-hashes --custom-compile-command 'make lock' $(if $(UPGRADE),--upgrade) "$$@"; }; \
	compile pyproject.toml --output-file requirements/runtime.txt; \
	compile pyproject.toml --extra embedded --constraint requirements/runtime.txt \
		--output-file requirements/embedded.txt; \
	compile --group build --output-file requirements/build.txt; \
	compile --group dev --constraint requirements/runtime.txt --output-file requirements/dev.txt
	@! grep -nEi '://|^ *--(index|extra|find|trusted)' requirements/*.txt || \
		{ echo 'A lock names where packages come from; it must hold names, versions and hashes only.'; exit 1; }

.PHONY: clean
clean:  ## Remove .venv and caches; the ledger in .tracker stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache \
		test-results build ./*.egg-info
	find $(CHECKED) -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

# ---- what the commands above stand on ------------------------------------------------------------

.PHONY: .venv
.venv: $(VENV)/.ready-to-develop

# A stamp is touched last, so an interrupted installation is taken up again by the next command.
$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "This needs Python 3.11 or newer, and '$(PYTHON)' is not: install one and name it, as in: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
		{ echo "This Python cannot make virtual environments. On Debian and Ubuntu: apt-get install python3-venv; then run make again."; exit 1; }
	@echo 'Making $(VENV) …'
	@$(PYTHON) -m venv --clear $(VENV)
	@touch $@

$(VENV)/.ready-to-serve: $(VENV)/.python pyproject.toml requirements/build.txt requirements/runtime.txt requirements/embedded.txt
	@echo 'Installing what the service needs …'
	@$(PIP_INSTALL) -r requirements/build.txt -r requirements/embedded.txt
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.ready-to-develop: $(VENV)/.ready-to-serve requirements/dev.txt
	@echo 'Installing what tests and checks need …'
	@$(PIP_INSTALL) -r requirements/dev.txt
	@touch $@
