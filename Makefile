# Linewright: the short commands. `make` alone lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SOURCES := pyproject.toml page/package-lock.json page/build_hook.py
LINE ?= cylindrical-21700-tabless
SPEED ?= 1

.DEFAULT_GOAL := help
.PHONY: help run test lint types format page bench docs clean

help:  ## list the commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## */  make \1\t/' | expand -t 18

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Linewright needs Python 3.11 or newer; $(PYTHON) is older. Name another: make run PYTHON=python3.12"; exit 2; }
	$(PYTHON) -m venv $(VENV) || { echo "On Debian: apt-get install python3-venv"; exit 2; }

# What a run needs: the package with its page. Editable, so that a change of the source is seen.
$(VENV)/.run: $(BIN)/python $(SOURCES)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

# What a developer needs beside it.
$(VENV)/.dev: $(VENV)/.run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@

run: $(VENV)/.run  ## set up and run the 21700 line, live, with its page (LINE=... SPEED=... change it)
	$(BIN)/linewright run $(LINE) --speed $(SPEED)

test: $(VENV)/.dev  ## set up and run all tests that this machine can run
	$(BIN)/python -m pytest $(PYTEST)
	$(BIN)/python page/run_tests.py

lint: $(VENV)/.dev  ## style, types, storeys
	$(BIN)/ruff check src tests benchmarks examples page docs
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.dev  ## sort imports and mend what can be mended
	$(BIN)/ruff check --fix src tests benchmarks examples page

page: $(VENV)/.dev  ## build the web page again
	$(BIN)/python page/build_hook.py

bench: $(VENV)/.dev  ## measure every figure that the README states (about 20 minutes)
	$(BIN)/python -m benchmarks

docs: $(VENV)/.dev  ## check the links and examples of the documentation
	$(BIN)/python docs/check_docs.py

clean:  ## remove what was built (not your ledgers)
	rm -rf $(VENV) src/linewright/web/built page/node_modules dist
