# 问渠 Wenqu. `make` lists what there is; `make run` and `make test` set up what they need.
.DEFAULT_GOAL := help
SHELL := /bin/bash

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys,venv; raise SystemExit(sys.version_info[:2] < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.wenqu-stamp
T ?=
RUN_ARGS ?=

.PHONY: help setup run demo test unit pythons e2e check lint types layers format docs pictures revision bench editor messages dist system clean

help: ## list the targets
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

setup: $(STAMP) ## make the virtual environment and install everything

$(STAMP): setup.cfg pyproject.toml tools/setup.sh
	@VENV=$(VENV) PYTHON=$(PYTHON) bash tools/setup.sh
	@touch $(STAMP)

run: $(STAMP) ## the demo: site, desk, mail intake and worker on this machine
	@$(BIN)/wenqu demo $(RUN_ARGS)

demo: run

system: ## system packages that the tests need (apt, when it may)
	@bash tools/system.sh

pythons: $(STAMP) ## virtual environments for the other supported Pythons found
	@PATH="$(abspath $(BIN)):$$PATH" bash tools/pythons.sh >/dev/null

test: $(STAMP) system ## all tests; make test T=tests/search for some
	@PATH="$(abspath $(BIN)):$$PATH" bash tools/test.sh $(T)

unit: $(STAMP) ## the fast tests only
	@$(BIN)/pytest -q -m "not e2e and not postgres and not integration" -n 2 $(T)

check: $(STAMP) ## lint, types, import contracts, docs
	@PATH="$(abspath $(BIN)):$$PATH" bash tools/check.sh

format: $(STAMP) ## let ruff lay the code out
	@$(BIN)/ruff check --fix-only -q . && $(BIN)/ruff format .

docs: $(STAMP) ## write the references in docs/ anew
	@$(BIN)/python tools/write_docs.py

revision: $(STAMP) ## a new migration: make revision M="what changes"
	@$(BIN)/python tools/revision.py "$(M)"

pictures: $(STAMP) ## take the README's picture from a running demo
	@$(BIN)/python tools/pictures.py

bench: $(STAMP) ## the benchmarks, quickly
	@for f in $$(grep -l __main__ bench/*.py); do echo "== $$f"; \
	  $(BIN)/python -m bench.$$(basename $$f .py) --quick || exit 1; done

editor: ## build the rich-text editor (needs npm)
	@cd web/editor && npm ci && npm run build

messages: $(STAMP) ## collect messages and compile the English catalogue
	@$(BIN)/python tools/messages.py

dist: $(STAMP) ## build wheel and sdist
	@$(BIN)/python -m build

clean: ## remove what can be made again
	@rm -rf build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
