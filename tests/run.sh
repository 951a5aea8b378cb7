#!/bin/sh
# What `make test` runs: checks of form, then every test on both databases, with coverage held to its bounds.
set -eu
bin=.venv/bin
unset PYTHONDONTWRITEBYTECODE # a drill starts Python some hundred times: each would compile the program anew
sh tests/foreign/setup.sh || [ "${CI:-}" != true ] # without them the tests that need them say so, and are skipped
$bin/ruff format --check --quiet .
$bin/ruff check --quiet .
$bin/mypy
$bin/lint-imports
rm -f coverage.json
$bin/python -m tests.measured -m "not soak" -n 3 --dist loadfile --no-loadscope-reorder "$@"
$bin/python -m tests.covered coverage.json
