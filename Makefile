# What people type. Each line of `make help` says what a target does.

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
TESTERS ?= auto# processes that share the tests out, file by file; 0: one after the other
PIP    := $(BIN)/python -m pip --disable-pip-version-check install --quiet -c constraints.txt

.PHONY: help demo test lint format prove bench bench-scale size clean
.NOTPARALLEL:
.DELETE_ON_ERROR:

help:
	@echo "make demo    install, obtain a real scenario, find a plan and prove it"
	@echo "make test    install with the test tools, run the tests"
	@echo "make lint    style, types, import rules"
	@echo "make prove   the slow proofs"
	@echo "make bench   quality and speed tables"
	@echo "make bench-scale  seconds, memory and bound for 100 to 10,000 signals"
	@echo "make size    installed megabytes and lines of code"
	@echo "make clean   remove the environment and everything that was built"

demo: $(VENV)/.installed
	@echo "The demo obtains the scenario ingolstadt7, published under GPL-3.0, into your cache; by going on you accept that licence."
	$(BIN)/greenband demo --accept-licence

test: $(VENV)/.installed-tools
	$(BIN)/python -m pytest --numprocesses $(TESTERS) --dist loadfile --no-loadscope-reorder

lint: $(VENV)/.installed-tools
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

format: $(VENV)/.installed-tools
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

prove: $(VENV)/.installed-tools
	$(BIN)/python -m pytest -m prove --timeout 3600 --numprocesses $(TESTERS) --dist load

bench: $(VENV)/.installed
	$(BIN)/python -m benchmarks.speed
	$(BIN)/python -m benchmarks.quality

bench-scale: $(VENV)/.installed
	$(BIN)/python -m benchmarks.scale

size: $(VENV)/.installed
	@du -sm $(VENV) | awk '{print $$1 " MB installed, of these:"}'
	@du -sm $(VENV)/lib/python*/site-packages/* | sort -rn | head -8 | awk '{n = split($$2, part, "/"); print "  " $$1 " MB " part[n]}'
	@for room in networks optimizers signals sim_configs tests benchmarks; do \
	  find $$room -name '*.py' -exec cat {} + 2>/dev/null | wc -l | awk -v room=$$room '{print $$1 " lines in " room}'; \
	done

clean:
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find networks optimizers signals tests -name __pycache__ -type d -prune -exec rm -rf {} +

# --- set-up, done once and again when the dependencies change ---

$(BIN)/python:
	@command -v "$(PYTHON)" >/dev/null 2>&1 || \
	  { echo "Greenband needs Python 3.11 or newer, and '$(PYTHON)' was not found: install it, or name yours, as in 'make demo PYTHON=python3.12'." >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Greenband needs Python 3.11 or newer, and '$(PYTHON)' is $$("$(PYTHON)" -V 2>&1): name a newer one, as in 'make demo PYTHON=python3.12'." >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "The venv module of '$(PYTHON)' is missing: install it (on Debian and Ubuntu the package python3-venv), then run make again." >&2; exit 1; }
	"$(PYTHON)" -m venv $(VENV)

$(VENV)/.installed: $(BIN)/python pyproject.toml constraints.txt
	$(PIP) -e .
	@touch $@

$(VENV)/.installed-tools: $(VENV)/.installed
	$(PIP) -e ".[test,lint]"
	@touch $@
