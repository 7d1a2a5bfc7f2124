# Every target works from a fresh clone with Python 3.11+ and make; .venv is built once and again when pyproject.toml changes.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
RUNS := $(VENV)/.runs
# Most of a test and of a trial is waiting, so there are more of them at a time than cores.
TESTERS ?= 4
CRASHERS ?= 6
PYTEST := $(BIN)/python -m pytest
# A test goes to whoever is free; those that share what is slow to build go to one.
SPREAD := --dist loadgroup
# The Pythons that the tests are tried with beside this one, where they are installed.
PYTHONS ?= 3.11 3.12 3.13
N ?= 10000
FIRST ?= 0
# Hundreds of Pythons are started here; where the environment forbids it, each would compile all that it imports anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help drill setup quick test drills slowest pythons explore lint format types services crashes crash chaos hostile realhost monitor bench schema reference build clean

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

quick: setup  ## after each edit, under a minute: style and types, unit and property tests
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(PYTEST) -q -n $(TESTERS) -m "not services and not long" tests/unit tests/property

test: setup  ## unit, property, screen and integration tests, without root: less than ten minutes
	$(PYTEST) -n $(TESTERS) $(SPREAD) -m "not services and not drill"

drills: setup  ## the first incident on the practice host, whole, stopped in its middle, and every rehearsal; without root
	$(PYTEST) -n $(TESTERS) $(SPREAD) -m drill

slowest: setup  ## the hundred slowest of these, how long each computes and how long it waits; WHERE=tests/services for others
	$(PYTEST) -q -n $(TESTERS) $(SPREAD) -p tests.support.costs $(or $(WHERE),-m "not services and not drill")

pythons: $(foreach version,$(PYTHONS),$(VENV)/$(version)/.ready)  ## unit, property and screen tests with each Python of PYTHONS that is installed
	@for version in $(PYTHONS); do \
	  [ -x $(VENV)/$$version/bin/python ] || { echo "Python $$version is not installed"; continue; }; \
	  echo "Python $$version"; $(VENV)/$$version/bin/python -m pytest -q -n $(TESTERS) -m "not services" tests/unit tests/property tests/screens || exit; \
	done

$(VENV)/%/.ready: $(READY)
	@mkdir -p $(@D)
	@! python$* -c '' 2>/dev/null || { python$* -m venv $(@D) && \
	  $(@D)/bin/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1' && \
	  $(@D)/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[drill]' --group dev; }
	@touch $@

explore: setup  ## the property tests with new examples each time: a failing one belongs into its test as an example; storms at full scale
	EXPLORE=yes $(PYTEST) -n $(TESTERS) $(SPREAD) -m "hypothesis and not services"
	EXPLORE=yes $(PYTEST) -n $(TESTERS) $(SPREAD) tests/screens/test_sizes.py tests/screens/test_sizes_of_words.py \
	  tests/screens/test_start.py tests/screens/test_terminal_storms.py

services: setup  ## tests against real sshd, shells, ACLs, Redis and Ansible: apt packages of tests/services/requirements.apt
	$(PYTEST) -n $(TESTERS) $(SPREAD) tests/services
	$(PYTEST) -n $(TESTERS) $(SPREAD) -m services

crashes: setup  ## the crash matrix here, a part of it over SSH, and 200 trials of chaos: within ten minutes; apt packages of services
	$(PYTEST) -n $(CRASHERS) $(SPREAD) -m "crash and not crash_all" tests/crash

crash: setup  ## the whole crash matrix over SSH: about half an hour
	$(PYTEST) -n $(CRASHERS) $(SPREAD) -k test_over_ssh_all tests/crash

chaos: setup  ## N=10000 trials of two operators, a bad link and kills; FIRST=0 is the first seed
	CHAOS_TRIALS=$(N) CHAOS_FIRST=$(FIRST) $(PYTEST) -n $(CRASHERS) $(SPREAD) -k chaos tests/crash

hostile: setup  ## 10,000 conversations with a host that lies, and 200 runs on one over SSH; FIRST=0 is the first seed
	HOSTILE=10000 HOSTILE_SSH=200 HOSTILE_FIRST=$(FIRST) $(PYTEST) -n 2 tests/property/test_hostile_host.py tests/services/test_hostile_host.py

# One after the other: all hosts have one address, each in a network of its own, and Ansible shares connections by address.
realhost: setup  ## the real incident on a real host: root, systemd-nspawn, apt packages of tests/realhost/requirements.apt
	$(PYTEST) -m realhost tests/realhost

monitor: setup  ## an hour's watch on a real host, in earnest: 720 of 720 lines through twelve cuts
	WHOLE=1 $(PYTEST) -m realhost -k 720_of_720 tests/realhost

lint: setup  ## style and layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

format: setup  ## put the code in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: setup  ## mypy --strict
	$(BIN)/mypy

bench: setup  ## timings, not assertions; BESIDE=COMMIT times that commit's program in the same rounds, WHICH=steps some only
	BESIDE=$(BESIDE) $(PYTEST) -m bench tests/bench -s -k "$(WHICH)"

schema: setup  ## write checklists/checklist.schema.json from the model
	$(BIN)/wizard schema > checklists/checklist.schema.json

reference: setup  ## write docs/reference.md, and the table of fields in docs/security.md, from the registry of kinds
	$(BIN)/python -c 'from wizard.checklist.reference import reference; from wizard.kinds import registry; print(reference(registry()), end="")' > docs/reference.md
	$(BIN)/python -c 'from pathlib import Path; from wizard.checklist.fields import with_table; from wizard.kinds import registry; page = Path("docs/security.md"); page.write_text(with_table(page.read_text(), registry()))'

build: setup  ## the wheel
	$(BIN)/python -m pip wheel --quiet --no-deps --wheel-dir dist .

clean:  ## remove what setup and tests made
	rm -rf $(VENV) dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
