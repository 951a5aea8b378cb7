#!/bin/sh
# What `make test` runs: checks of form, then every test on both databases, with coverage held to its bounds.
set -eu
bin=.venv/bin
$bin/ruff format --check --quiet .
$bin/ruff check --quiet .
$bin/mypy
$bin/lint-imports
rm -f .coverage .coverage.*
$bin/python -m pytest -m "not soak" -n 2 --dist loadfile --cov --cov-report= "$@"
$bin/coverage combine --quiet 2>/dev/null || true
$bin/coverage report --fail-under=95 >coverage.txt || { cat coverage.txt; exit 1; }
tail -n 1 coverage.txt
$bin/coverage report --include='lms/*/rules.py,lms/*/service.py,lms/*/rules/*,lms/*/service/*' --fail-under=100 || exit 1
