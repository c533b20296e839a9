# make demo · make test: each sets itself up on a fresh machine (Python 3.11 or newer is all it needs).

PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
PIP = $(BIN)/python -m pip --disable-pip-version-check --quiet
NPM = --ignore-scripts --no-audit --no-fund --loglevel=error

.PHONY: demo test check record lock clean

demo: $(VENV)/demo.made
	@$(BIN)/sf-handoff demo

test: $(VENV)/dev.made $(VENV)/jsforce.made $(VENV)/axe.made
	$(BIN)/python -m pytest -n 3 --dist loadfile $(ARGS)

check: $(VENV)/dev.made
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Records the cassettes anew, against the embedded org. Then look at the difference before you commit it.
record: $(VENV)/dev.made
	rm -f cassettes/*/*.yaml
	RECORD_CASSETTES=1 $(BIN)/python -m pytest tests/test_cassettes.py -q

# Resolves the pinned and hashed dependencies anew, for all supported Pythons and systems.
LOCK = $(BIN)/uv pip compile setup.cfg --universal --python-version 3.11 --generate-hashes --quiet \
       --no-header --no-emit-index-url --no-emit-find-links
lock: $(VENV)/dev.made
	$(LOCK) --upgrade --extra dev --extra embedded --extra postgresql --extra report \
	  -o requirements/dev.txt
	$(LOCK) --extra embedded --extra report -c requirements/dev.txt -o requirements/demo.txt
	printf 'setuptools>=77\n' | $(BIN)/uv pip compile - --universal --python-version 3.11 --generate-hashes \
	  --quiet --no-header --no-annotate --no-emit-index-url --no-emit-find-links -o requirements/build.txt
	cd requirements/jsforce && $(abspath $(BIN))/npm install --package-lock-only $(NPM) @jsforce/jsforce-node@latest
	cd requirements/axe && $(abspath $(BIN))/npm install --package-lock-only $(NPM) axe-core@latest

clean:
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.11 ...")'
	@echo "Setting up $(VENV) ..." >&2
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); apt-get install -y python3-venv && $(PYTHON) -m venv $(VENV); }
	@touch $@

$(VENV)/demo.made: $(VENV)/made requirements/demo.txt requirements/build.txt setup.cfg
	@$(PIP) install --require-hashes -r requirements/build.txt
	@$(PIP) install --require-hashes -r requirements/demo.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/dev.made: $(VENV)/made requirements/dev.txt requirements/build.txt setup.cfg
	@$(PIP) install --require-hashes -r requirements/build.txt
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

# One of the clients that the embedded org is tested with. Without it its tests are skipped, but in CI.
$(VENV)/jsforce.made: $(VENV)/dev.made $(wildcard requirements/jsforce/*.json requirements/jsforce/.npmrc)
	@mkdir -p $(VENV)/jsforce
	@cp $(filter requirements/%,$^) $(VENV)/jsforce
	@if $(BIN)/npm ci --prefix $(VENV)/jsforce $(NPM); then touch $@; \
	  else echo "jsforce could not be installed: its tests will be skipped." >&2; fi

# The audit of the agent's page. Its tests need Chromium too.
$(VENV)/axe.made: $(VENV)/dev.made $(wildcard requirements/axe/*.json requirements/axe/.npmrc)
	@mkdir -p $(VENV)/axe
	@cp $(filter requirements/%,$^) $(VENV)/axe
	@if $(BIN)/npm ci --prefix $(VENV)/axe $(NPM); then touch $@; \
	  else echo "axe-core could not be installed: the page's audit will be skipped." >&2; fi
