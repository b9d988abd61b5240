# make run: the whole desk on this machine, with a demo firm.   make test: every test.   The rest is below.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test kills forms thorough setup check lock texts diagrams pictures bench eval season month

run: setup
	$(BIN)/mendline demo --load
	$(BIN)/mendline run

setup: $(VENV)/.ready

$(VENV)/.ready: requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "Mendline needs Python 3.11: apt-get install python3.11 python3.11-venv"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
	@touch $@

$(VENV)/.ready-dev: $(VENV)/.ready requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

test: $(VENV)/.ready-dev
	.ci/prepare
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder

# The plug pulled two hundred times on the way from "it is broken" to the stars.
kills: $(VENV)/.ready-dev
	$(BIN)/pytest -n 2 -m kills tests/process/test_kill.py

# Five thousand reports filled in every order; `make test` fills a hundred and sixty.
forms: $(VENV)/.ready-dev
	$(BIN)/pytest -n 2 -m forms tests/acceptance/test_form_properties.py

# What `make test` leaves out of pairs and crosses: every event in every state, every way in with every driver.
thorough: $(VENV)/.ready-dev
	$(BIN)/pytest -n 2 -m thorough

check: $(VENV)/.ready-dev
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy

lock: $(VENV)/.ready-dev
	$(BIN)/uv pip compile --quiet --upgrade --generate-hashes --no-emit-index-url --no-header --no-annotate pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile --quiet --upgrade --generate-hashes --no-emit-index-url --no-header --no-annotate --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock

# Collect every sentence from code and templates, and bring it into the catalogues. Nothing may stay untranslated: a test says so.
ROOMS := bot console dialogs
texts: $(VENV)/.ready-dev
	$(BIN)/pybabel -q extract -w 120 -F babel.cfg -k N_ --no-location --sort-output --project=Mendline --version=1 -o locales/mendline.pot $(ROOMS)
	for locale in zh_CN zh_TW; do \
	  test -f locales/$$locale/LC_MESSAGES/mendline.po || $(BIN)/pybabel -q init -D mendline -i locales/mendline.pot -d locales -l $$locale; done
	$(BIN)/pybabel -q update -w 120 -D mendline -i locales/mendline.pot -d locales --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date

bench: $(VENV)/.ready-dev
	$(BIN)/python -m benchmarks.turn

# A season of customers with known causes: do the scores of the guided checks come to the truth?
season: $(VENV)/.ready-dev
	$(BIN)/python -m benchmarks.season

# A month of faults in an invented city: what the day plan saves against simpler ways of sending people out.
month: $(VENV)/.ready-dev
	$(BIN)/python -m benchmarks.month

# Draw the state machines in docs/ anew from their tables of moves.
diagrams: $(VENV)/.ready-dev
	$(BIN)/python docs/diagrams.py

pictures: $(VENV)/.ready-dev
	$(BIN)/python docs/take_pictures.py

# How well reports, times and telephone numbers are understood: figures by field and language, with the misses.
eval: $(VENV)/.ready-dev
	$(BIN)/python -m benchmarks.understanding
