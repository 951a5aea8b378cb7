# The two commands that matter: `make demo` and `make test`. `make help` lists the rest.
PORT ?= 5000
PYTHON ?= python3
VENV = .venv
BIN = $(VENV)/bin
STAMP = $(VENV)/.installed

.DEFAULT_GOAL := help

.PHONY: help
help: ## List what make can do
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  \1\t/' | expand -t 16

$(STAMP): requirements.lock pyproject.toml
	@test -d $(VENV) || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(STAMP)

.PHONY: install
install: $(STAMP) ## Install everything that is locked, and build styles, scripts, fonts and catalogues
	@sh frontend/setup.sh
	@$(BIN)/python translations/catalogues.py compile

.PHONY: demo
demo: install ## Serve the demonstration on http://127.0.0.1:$(PORT)
	@PORT=$(PORT) $(BIN)/lms demo serve

.PHONY: demo-reset
demo-reset: ## Throw the demonstration's data away; the next `make demo` starts afresh
	rm -rf var

.PHONY: test
test: install ## Run every test, on SQLite and on PostgreSQL
	@sh tests/run.sh

.PHONY: soak
soak: install ## Run the pages' tests on both databases, and the long drills at full size
	$(BIN)/python -m pytest -m "not soak" --both-engines $(wildcard tests/*/test_*views*.py) -q -n 2 --dist loadfile
	$(BIN)/python -m pytest -m soak tests --timeout 7200 -q -s

.PHONY: check
check: install ## Check format, lint, types and imports
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

.PHONY: bench
bench: install ## Print CPU milliseconds per request, and of certificates, beside their floors
	@$(BIN)/python -m benchmarks.run
	@$(BIN)/python -m benchmarks.sealing
	@$(BIN)/python -m benchmarks.credentials

.PHONY: messages
messages: install ## Bring the program's catalogues up to date with its words
	$(BIN)/python translations/catalogues.py update

.PHONY: run
run: install ## Run the server with the present settings
	$(BIN)/lms serve
