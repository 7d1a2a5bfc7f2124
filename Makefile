# Every target works from a fresh clone with Python 3.11+ and make; .venv is built once and again when pyproject.toml changes.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
RUNS := $(VENV)/.runs
# Most of a trial is waiting, so there are more of them at a time than cores.
CRASHERS ?= 5
N ?= 10000
FIRST ?= 0

.PHONY: help drill setup test explore lint format types services crashes crash chaos realhost monitor bench schema reference build clean

help:  ## what there is
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):[^#]*## */  \1\t/' | expand -t 12

# A person who leaves, or whose run ends otherwise, has been told so: make would call it an error (status 4 or 1).
drill: $(RUNS)  ## work the first incident on a practice host, without root; ARGS=--headless for no interface
	@$(BIN)/wizard drill $(ARGS) || { status=$$?; \
	  case "$(ARGS)/$$status" in *--headless*) exit $$status;; */1|*/4) ;; *) exit $$status;; esac; }

setup: $(READY)  ## build .venv

$(RUNS): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "wizard needs Python 3.11 or newer; try: make PYTHON=python3.11" >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "Python's venv is missing; on Debian or Ubuntu: apt-get install python3-venv" >&2; exit 2; }
	@echo "Setting up .venv (once, about a minute) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[drill]'
	@touch $@

$(READY): $(RUNS)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[drill]' --group dev
	@touch $@

test: setup  ## unit, property and integration tests, without root
	$(BIN)/python -m pytest -n auto -m "not services"

explore: setup  ## the property tests with new examples each time: a failing one belongs into its test as an example
	EXPLORE=yes $(BIN)/python -m pytest -n auto -m "hypothesis and not services"

services: setup  ## tests against real sshd, shells, ACLs and Redis: apt packages of tests/services/requirements.apt
	$(BIN)/python -m pytest tests/services
	$(BIN)/python -m pytest -m services

crashes: setup  ## the crash matrix here, a part of it over SSH, and 200 trials of chaos: within ten minutes; apt packages of services
	$(BIN)/python -m pytest -n $(CRASHERS) -m "crash and not crash_all" tests/crash

crash: setup  ## the whole crash matrix over SSH: about half an hour
	$(BIN)/python -m pytest -n $(CRASHERS) -k test_over_ssh_all tests/crash

chaos: setup  ## N=10000 trials of two operators, a bad link and kills; FIRST=0 is the first seed
	CHAOS_TRIALS=$(N) CHAOS_FIRST=$(FIRST) $(BIN)/python -m pytest -n $(CRASHERS) -k chaos tests/crash

realhost: setup  ## the real incident on a real host: root, systemd-nspawn, apt packages of tests/realhost/requirements.apt
	$(BIN)/python -m pytest -m realhost tests/realhost

monitor: setup  ## an hour's watch on a real host, in earnest: 720 of 720 lines through twelve cuts
	WHOLE=1 $(BIN)/python -m pytest -m realhost -k 720_of_720 tests/realhost

lint: setup  ## style and layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

format: setup  ## put the code in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: setup  ## mypy --strict
	$(BIN)/mypy

bench: setup  ## timings, not assertions
	$(BIN)/python -m pytest -m bench tests/bench -s

schema: setup  ## write checklists/checklist.schema.json from the model
	$(BIN)/wizard schema > checklists/checklist.schema.json

reference: setup  ## write docs/reference.md from the registry of kinds
	$(BIN)/python -c 'from wizard.checklist.reference import reference; from wizard.kinds import registry; print(reference(registry()), end="")' > docs/reference.md

build: setup  ## the wheel
	$(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir dist .

clean:  ## remove what setup and tests made
	rm -rf $(VENV) dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
