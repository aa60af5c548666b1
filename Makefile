# make run    sets everything up, exports the model if there is none, runs scenarios/default.yaml
# make test   sets everything up and runs every test, in a process more than there are cores (4 at most)
# Both need only a Python (3.11 to 3.13) with venv; a second call installs nothing.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# Whatever version there is; the first one is 0, which the published client asks about by its number.
MODEL := $(firstword $(wildcard models/inception_v3/*/saved_model.pb) models/inception_v3/0/saved_model.pb)
SCENARIO ?= scenarios/default.yaml
# One more than cores: tests of live lines wait for servers most of their time.
WORKERS ?= $(shell $(PYTHON) -c 'import os; print(min((os.cpu_count() or 1) + 1, 4))')

LOCK := uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet
BACKEND := import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"], sep="\n")

.PHONY: run test check lint types contracts docs format lock build clean help

help: ## Show what there is to make
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

run: $(READY) $(MODEL) ## Set up, export the model if there is none, run the default scenario
	$(BIN)/line-sim run $(SCENARIO)

test: $(READY) $(MODEL) ## Set up and run every test
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

# The stamp is newer than the lock and the project file exactly when the environment fits them.
$(READY): requirements.lock pyproject.toml
	@echo "Setting up $(VENV): about 2 GB of packages, TensorFlow most of it; some minutes the first time."
	@$(PYTHON) -c 'import sys; sys.exit(None if (3, 11) <= sys.version_info < (3, 14) else "line-sim needs Python 3.11 to 3.13; this is %s (say make PYTHON=python3.12)" % sys.version.split()[0])'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation --editable .
	@touch $(READY)

# Built once; delete models/ (or run `line-sim export --force`) to have it built again.
$(MODEL): | $(READY)
	$(BIN)/line-sim export

check: lint types contracts ## Lint, types and import contracts

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy

contracts: $(READY)
	$(BIN)/lint-imports

docs: $(READY) ## Build the documentation site into site/
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --site-dir site

format: $(READY) ## Format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Everything; what `pip install line-sim` brings, in the same versions; and what builds the wheel, likewise.
lock: $(READY) ## Resolve the three locks anew (needs uv)
	$(LOCK) pyproject.toml --extra dev --extra docs --upgrade --output-file requirements.lock
	$(LOCK) pyproject.toml --constraint requirements.lock --output-file requirements-light.lock
	$(BIN)/python -c '$(BACKEND)' | $(LOCK) - --constraint requirements.lock --output-file requirements-build.lock

build: $(READY) ## Build the wheel and the source distribution into dist/
	$(BIN)/python -m build --no-isolation

clean: ## Remove the environment and every cache (models/ and results/ stay)
	rm -rf $(VENV) dist site .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
