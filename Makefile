# Frontdesk. `make demo` shows it, `make test` proves it; both need Python 3.11 or newer and nothing else.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip --disable-pip-version-check --no-input
TYPED  := desk handlers bot agent knowledge escalation crm selfservice pagers mail store insights cli main.py bootstrap.py runtime.py settings.py
# Hashes for every platform, and no addresses: a mirror may serve the packages, and nothing else may stand in for them.
PINNED  = --universal --python-version 3.11 --generate-hashes --no-header --quiet --system-certs $(if $(UPGRADE),--upgrade)

.DEFAULT_GOAL := help
.PHONY: help install demo test check format lock clean

help: ## Say what each target does
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-16s %s\n", $$1, $$2 }'

install: $(VENV)/.installed ## Create .venv and install what Frontdesk needs

demo: install ## Serve the demo company's workspace on this machine
	./frontdesk demo

test: $(VENV)/.installed-dev ## Run the tests (ARGS="-k name" passes options to pytest)
	$(BIN)/python -m pytest -n 2 $(ARGS)

check: $(VENV)/.installed-dev ## Check format, lint and types
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m ruff check .
	$(BIN)/python -m mypy $(wildcard $(TYPED))

format: $(VENV)/.installed-dev ## Format the code and mend what the linter can mend
	$(BIN)/python -m ruff check --fix --exit-zero .
	$(BIN)/python -m ruff format .

lock: $(VENV)/.python ## Pin the dependencies of pyproject.toml anew (installs uv in .venv); UPGRADE=1 takes newer versions
	$(PIP) install --quiet uv
	$(BIN)/python -m uv pip compile pyproject.toml $(PINNED) -o requirements.lock
	$(BIN)/python -m uv pip compile pyproject.toml $(PINNED) \
	  --extra postgres --extra dev --constraint requirements.lock -o requirements-dev.lock

clean: ## Remove .venv and what the tools left behind (never FRONTDESK_HOME)
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.python:
	@command -v $(PYTHON) >/dev/null || { echo "Frontdesk needs Python 3.11 or newer, and there is no '$(PYTHON)' here: install it, or name it with PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Frontdesk needs Python 3.11 or newer, and '$(PYTHON)' is $$($(PYTHON) -V 2>&1): name a newer one with PYTHON=python3.11." >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
	  { echo "Python's venv module is missing here: install it (on Debian and Ubuntu: apt install python3-venv) and try again." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.installed: requirements.lock $(VENV)/.python
	@echo "Installing what Frontdesk needs into $(VENV) (once; about a minute) ..."
	$(PIP) install --require-hashes -r requirements.lock
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	@echo "Adding what the tests need to $(VENV) (once) ..."
	$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@
