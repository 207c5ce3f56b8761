# `make` alone explains itself. Needs Python 3.11–3.13 and make; everything else is set up in .venv.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
FLASK  := $(BIN)/flask --app wsgi
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help setup lock audit run reset test test-all test-sqlite test-postgres test-browser test-stripe test-faults check check-types check-style format clean migration bench-search bench-match bench-suggest bench-pages bench-load bench-alerts bench-pictures bench-records bench-history

help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F'\t' '{printf "  make %-15s %s\n", $$1, $$2}'

# Every package is installed at the version of constraints.txt and only with one of its digests there.
INSTALL = $(BIN)/uv pip install --quiet --python $(BIN)/python --constraints constraints.txt -r pyproject.toml

$(BIN)/uv:
	@$(PYTHON) -c 'import sys; sys.exit(not (3,11) <= sys.version_info[:2] <= (3,13))' || { echo "Python 3.11, 3.12 or 3.13 is needed (PYTHON=python3.12 make …)"; exit 1; }
	@echo "Setting up the environment in $(VENV): about a minute, once ..."
	@$(PYTHON) -m venv $(VENV)
	@sed -n '/^uv==/,/^ *#/p' constraints.txt > $(VENV)/uv.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement $(VENV)/uv.txt

$(VENV)/.runtime: pyproject.toml constraints.txt | $(BIN)/uv
	@echo "Installing the packages ..."
	@$(INSTALL) --extra postgres
	@touch $@

$(VENV)/.bench $(VENV)/.dev $(VENV)/.audit: $(VENV)/.%: pyproject.toml constraints.txt | $(VENV)/.runtime
	@$(INSTALL) --extra $*
	@touch $@

EXTRAS ?=
setup: $(VENV)/.runtime ## build the environment only (EXTRAS="fonts redis": with these extras of pyproject.toml)
ifneq ($(strip $(EXTRAS)),)
	@$(INSTALL) $(addprefix --extra ,$(EXTRAS))
endif

lock: | $(BIN)/uv ## write constraints.txt anew after a change of pyproject.toml (UPGRADE=1: with the newest versions)
	UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --all-extras \
	  --generate-hashes --no-emit-index-url --no-emit-find-links$(if $(UPGRADE), --upgrade) --output-file constraints.txt

audit: $(VENV)/.audit ## ask the public lists of known faults about the versions in constraints.txt
	$(BIN)/pip-audit --requirement constraints.txt --disable-pip --require-hashes --strict --progress-spinner off

run: $(VENV)/.runtime ## serve the exchange with demo data on http://localhost:8000 (PORT changes it); Ctrl-C stops
	@exec $(FLASK) up

reset: $(VENV)/.runtime ## delete the local data and start over at the next `make run`
	@$(FLASK) reset-data

# What runs where, and why: tests/groups.py and docs/tests.md.
test: $(VENV)/.dev ## what CI runs: all tests on SQLite, what can differ on a real PostgreSQL, pages in Chromium
	@WORKERS=$(WORKERS) $(BIN)/python -m tests.groups sqlite postgres browser

test-all: $(VENV)/.dev ## everything on both databases, every value in every form, every page in every look
	@WORKERS=$(WORKERS) $(BIN)/python -m tests.groups sqlite-all postgres-all browser-all

test-sqlite test-postgres test-browser: test-%: $(VENV)/.dev
	@WORKERS=$(WORKERS) $(BIN)/python -m tests.groups $*

test-stripe: $(VENV)/.dev ## what we ask of Stripe, against its test mode (STRIPE_TEST_SECRET_KEY=sk_test_…), and against our double
	@$(BIN)/python -m tests.payments.real_stripe
	@$(BIN)/python -m pytest tests/payments/test_gateway.py

test-faults: $(VENV)/.dev ## plant the faults of tests/faults one by one and see that the tests catch them
	@$(BIN)/python -m tests.faults

check: $(VENV)/.dev ## ruff, mypy strict, template lint, width of templates, translations
	@$(MAKE) --no-print-directory -j2 check-types check-style

check-types: $(VENV)/.dev
	$(BIN)/mypy

check-style: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/djlint --lint --quiet templates
	$(BIN)/python -m tests.template_width
	$(BIN)/python -m marketplace.translations

format: $(VENV)/.dev ## let ruff sort imports and fix what it can, break wide lines of templates and style sheets
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/python -m tests.template_width --fix

N ?= 20000
bench-search: $(VENV)/.bench ## speed of search on N generated listings, beside SQLite FTS5 and tantivy (N=100000)
	@$(BIN)/python -m bench.search $(N)

bench-match: $(VENV)/.dev ## matching of new needs and technologies, and a full pass (SIZES="10000 100000")
	@$(BIN)/python -m bench.match $(SIZES)

bench-suggest: $(VENV)/.dev ## suggestions while typing over N listings in a database and an index (N=20000)
	@$(BIN)/python -m bench.suggest $(N)

SEARCHES ?= 10000
bench-alerts: $(VENV)/.dev ## new listings against saved searches, beside a loop of full searches (N=20000 SEARCHES=10000)
	@$(BIN)/python -m bench.alerts $(N) $(SEARCHES)

bench-pages: $(VENV)/.dev ## pages under load with N listings, beside bare Flask pages (DATABASE=postgres ROUNDS=5 SECONDS=15)
	@$(if $(filter postgres,$(DATABASE)),$(BIN)/python -m tests.postgres )$(BIN)/python -m bench.pages $(N)

MINUTES ?= 10
bench-load: $(VENV)/.dev ## minutes of mixed load, with memory of web and worker every minute (MINUTES=10 N=2000 DATABASE=postgres)
	@$(if $(filter postgres,$(DATABASE)),$(BIN)/python -m tests.postgres )$(BIN)/python -m bench.load $(MINUTES) $(N)

bench-pictures: $(VENV)/.dev ## memory of eight uploads at once of the worst picture that is accepted (Linux)
	@$(BIN)/python -m bench.pictures

bench-records: $(VENV)/.dev ## time and memory of the two worst records (PDF) that are accepted, made at once (Linux)
	@$(BIN)/python -m bench.records

bench-history: $(VENV)/.dev ## sealing and verifying a history of 200,000 events: seconds and memory
	@$(BIN)/python -m bench.history

migration: $(VENV)/.dev ## show what the models have that the migrations lack
	$(FLASK) db check

clean: ## remove the environment and caches (never the data)
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache
