# Everything that one does with this repository. `make help` lists it; every target does the set-up that it needs.

.DEFAULT_GOAL := help
SHELL := /bin/sh
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SHARE := $(VENV)/share/quickfix

# Which QuickFIX is installed: `wheel` (the default) or `official` (built from source); the choice is kept until the other is asked for.
QUICKFIX ?= $(shell cat $(VENV)/quickfix 2>/dev/null || echo wheel)
STAMP := $(VENV)/installed-$(QUICKFIX)
LOCKS := requirements-setup.lock requirements-dev.lock requirements-quickfix.lock
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url

.PHONY: help setup run demo-check test check bench crash-loop crash-matrix session-conformance conformance mutate-orders proto proto-check risk-table lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-19s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(STAMP) ## install everything into .venv, by hash (QUICKFIX=official builds QuickFIX from source: 5 to 10 minutes)
	@:

run: setup ## start everything on this machine, send a basket of orders, stay up until Ctrl-C
	@$(BIN)/fixgate demo

demo-check: setup ## the same without a terminal: exit code 0 only if every order ended as expected
	@$(BIN)/fixgate demo --check

test: setup ## run all tests
	@$(BIN)/python -m pytest --numprocesses 3 --dist loadfile $(ARGS)

check: setup ## style, types, import contracts, generated code, house rules
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --quiet --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m ops.proto --check
	@$(BIN)/python -m pytest --quiet tests/house

bench: setup ## measure (FIGURE=name for one figure)
	@$(BIN)/python -m tests.bench $(FIGURE)

crash-loop: setup ## kill every process again and again while orders flow, then compare with the broker's ledger
	@$(BIN)/python -m tests.crash $(ARGS)

crash-matrix: setup ## kill at every crash point, for every kind of message, then at random; about 45 minutes (ARGS="--kills 0")
	@$(BIN)/python -m tests.crash.run_matrix --write docs/crash-matrix.md $(ARGS)

session-conformance: setup ## play the FIX session-level test cases against the acceptor (ARGS="--only 2b --version FIX.4.4" for some)
	@$(BIN)/python -m tests.sessions $(ARGS)

conformance: setup ## play every order state matrix over the wire, with a kill after every step (ARGS="--only C.2" for some)
	@$(BIN)/python -m tests.conformance $(ARGS)

mutate-orders: setup ## break each rule of the order model and see that a test notices (RULES="R1 R5" for some)
	@$(BIN)/python -m tests.mutations $(RULES)

proto: setup ## generate gateway/api from proto/
	@$(BIN)/python -m ops.proto

proto-check: setup ## lint proto/ and compare gateway/api with what it generates
	@$(BIN)/python -m ops.proto --check

risk-table: setup ## write docs/risk-controls.md, the table of controls and reason codes, out of the code
	@$(BIN)/python -m ops.risk_table

lock: setup ## resolve requirements*.in into requirements*.lock
	@for name in requirements requirements-dev requirements-setup requirements-quickfix; do \
		$(COMPILE) $$name.in --output-file $$name.lock || exit 1; \
	done

clean: ## remove the virtual environment and every cache (never the data in .fixgate)
	@rm -rf $(VENV) build dist ./*.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find gateway oms ops risk tests -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamp carries the flavour of QuickFIX in its name: asking for the other one installs again.
$(STAMP): $(LOCKS) requirements.in pyproject.toml
	@case "$(QUICKFIX)" in wheel|official) ;; *) echo "QUICKFIX is wheel or official, not $(QUICKFIX)" >&2; exit 1;; esac
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' || \
		{ echo "fixgate runs on CPython 3.11 to 3.13; say which: make setup PYTHON=python3.12" >&2; exit 1; }
	@echo "installing into $(VENV)"
	@rm -f $(VENV)/installed-* && $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --quiet --require-hashes --requirement requirements-setup.lock
	@$(BIN)/uv pip sync --quiet --require-hashes --python $(BIN)/python requirements-dev.lock
	@$(MAKE) dictionaries quickfix-$(QUICKFIX)
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@echo $(QUICKFIX) > $(VENV)/quickfix && touch $@

# The wheel carries no data dictionaries: they come from the official sources, pinned by hash, and are never committed.
.PHONY: dictionaries quickfix-wheel quickfix-official
dictionaries:
	@rm -rf $(VENV)/source && mkdir -p $(VENV)/source $(SHARE)
	@$(BIN)/python -m pip download --quiet --quiet --require-hashes --no-deps --no-binary :all: --no-build-isolation \
		--dest $(VENV)/source --requirement requirements-quickfix.lock
	@tar -xzf $(VENV)/source/quickfix-*.tar.gz -C $(VENV)/source
	@cp $(VENV)/source/quickfix-*/spec/FIX*.xml $(SHARE)/ && rm -rf $(VENV)/source

quickfix-wheel:
	@:

quickfix-official:
	@echo "building QuickFIX from its official sources"
	@$(BIN)/uv pip uninstall --quiet --python $(BIN)/python quickfix-tls
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --no-deps --no-binary quickfix --no-build-isolation \
		--requirement requirements-quickfix.lock
	@$(BIN)/python -c 'import quickfix'
