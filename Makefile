# Every target sets up what it needs; a second run of the set-up takes less than a second.
# Paths are relative, so that the checkout may lie anywhere, also in a folder with spaces.
.DEFAULT_GOAL := help
.NOTPARALLEL:

PYTHON := .venv/bin/python
CODE := server optimizer gis clients tests migrations benchmarks
WORKERS ?= 2

export PATH := $(CURDIR)/.venv/bin:$(PATH)
# The pinned tzdata package, not the machine's, says what time it is in a zone.
export PYTHONTZPATH :=

.PHONY: help setup db demo test test-long bench chaos check format proto lock clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

setup:  ## .venv with the locked dependencies
	@scripts/setup.sh

db: setup  ## the private PostgreSQL with PostGIS, installed and started where needed
	@$(PYTHON) -m server db up >/dev/null

demo: db  ## a real city's day, end to end
	@.venv/bin/fieldwork demo

test: db  ## all tests but the long ones
	@$(PYTHON) -m pytest -n $(WORKERS) -m "not long"

test-long: db  ## the tests that take minutes
	@$(PYTHON) -m pytest -n $(WORKERS) -m "long and not chaos" || [ $$? -eq 5 ]  # 5: there are none

bench: db  ## every figure of docs/how-to/measure.md, in some minutes; alone on the machine
	@$(PYTHON) -m benchmarks --json benchmarks/figures.json

chaos: db  ## kill -9 of server and worker in a storm of bookings, again and again
	@$(PYTHON) -m pytest -m chaos

check: setup  ## style, types, who may import whom, the contract
	.venv/bin/ruff check --no-cache .
	.venv/bin/ruff format --check --no-cache .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-cache --no-logo
	$(PYTHON) proto/generate.py --check

format: setup  ## rewrite the code in the house's format
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

proto: setup  ## generate the code of the contract
	$(PYTHON) proto/generate.py
	$(PYTHON) docs/generate_reference.py

lock: setup  ## resolve requirements.lock anew
	.venv/bin/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --group dev \
		pyproject.toml -o requirements.lock

clean:  ## remove .venv, caches and the private cluster with its data
	-@$(PYTHON) -m server db down
	rm -rf .venv .fieldwork .mypy_cache .ruff_cache .import_linter_cache .hypothesis build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
