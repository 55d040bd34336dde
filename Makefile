# `make run` and `make test` work on a fresh clone. Services that are reachable are used.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.installed
# Two processes of tests, where there are two cores; `make test JOBS=0` runs them in one.
JOBS ?= 2

# What is compiled is kept: to compile all modules anew takes each process a second, tests eight.
unexport PYTHONDONTWRITEBYTECODE
CONSTRAINT ?= --constraint requirements.lock

.PHONY: run demo test test-marked test-browser test-kill test-soak coverage lint format docs migration lock setup clean

run: setup
	$(BIN)/sokoni up

demo: setup
	$(BIN)/sokoni db upgrade
	$(BIN)/sokoni demo load

test: setup
	$(BIN)/pytest -n $(JOBS) --dist worksteal

# Tests that drive a browser, kill processes or run for minutes.
test-marked: test-browser test-kill test-soak

# The browser's driver keeps an event loop of its own, so that other tests need another process.
test-browser: setup
	$(BIN)/pytest -m browser tests/browser

# These go by the clock, and want the machine alone.
test-kill: setup
	$(BIN)/pytest -m kill tests/failures

test-soak: setup
	$(BIN)/pytest -n $(JOBS) --dist worksteal -m soak tests/transcripts tests/capabilities

# Which share of the code the tests go through; `make coverage TESTS=tests/places` asks some only.
coverage: setup
	$(BIN)/pytest -n $(JOBS) --dist worksteal --cov --cov-report=term $(TESTS)

lint: setup
	$(BIN)/ruff check src tests
	$(BIN)/ruff format --check src tests
	$(BIN)/lint-imports
	$(BIN)/mypy src tests

format: setup
	$(BIN)/ruff check --fix src tests
	$(BIN)/ruff format src tests

# The pages that are written from the code; a test fails where they are not.
docs: setup
	$(BIN)/python -m tests.repository.settings_page
	$(BIN)/python -m tests.repository.readers_page
	$(BIN)/python -m tests.repository.registrations_page

# make migration m="keep a seller's opening hours"
migration: setup
	$(BIN)/sokoni db revision -m "$(m)"
	-$(BIN)/ruff check --quiet --fix src/sokoni/db/migrations
	$(BIN)/ruff format --quiet src/sokoni/db/migrations

# What `pyproject.toml` asks for, and nothing that was installed beside it. Versions stay as they
# are; `make lock CONSTRAINT=` takes the newest of all.
lock:
	rm -rf .lock.venv
	$(PYTHON) -m venv .lock.venv
	.lock.venv/bin/python -m pip install --quiet $(CONSTRAINT) --editable ".[dev]"
	{ sed -n '/^#/p' requirements.lock; \
	  .lock.venv/bin/python -m pip freeze --exclude-editable; } > .lock.new
	mv .lock.new requirements.lock
	rm -rf .lock.venv

setup: $(READY)

$(READY): requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --editable .
	$(BIN)/python -m compileall -q src
	touch $(READY)

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
