# Short targets over bootstrap.py and the tools. Works with GNU make 3.81 and later.

PYTHON ?= python3
PORT ?= 8000
export PORT

BIN := .venv/bin
# The driver for PostgreSQL is installed only where one is used.
RUN_SET := $(if $(findstring postgresql,$(EXCHANGE_DATABASE_URL)),pg,run)
UV ?= uv
LOCK := pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-annotate --no-header

.DEFAULT_GOAL := help
.PHONY: help run test test-fast faults clients mailserver browser lint format bench messages lock clean

help: ## Say what each target does
	@echo "Exchange. The targets:"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-18s %s\n", $$1, $$2 }'

run: ## Start web and clock on http://127.0.0.1:$PORT (default 8000), data in var/
	@$(PYTHON) bootstrap.py $(RUN_SET)
	@exec $(BIN)/python -m exchange serve

test: ## Prove everything, on SQLite and on a real PostgreSQL
	@$(PYTHON) bootstrap.py test
	@exec $(BIN)/python -m pytest -n auto $(ARGS)

test-fast: ## The tests that need no server and no browser
	@$(PYTHON) bootstrap.py test
	@exec $(BIN)/python -m pytest -n auto -m "not postgresql and not browser and not faults and not slow and not clients and not mailserver" $(ARGS)

faults: ## Kill processes at random moments and count the letters; start and stop whole houses
	@$(PYTHON) bootstrap.py test
	@exec $(BIN)/python -m pytest -m "faults or slow" $(ARGS)

clients: ## Subscribe to the feeds with real calendar clients (vdirsyncer, khal, calcurse, ical.js)
	@$(PYTHON) bootstrap.py test
	@exec $(BIN)/python -m pytest -m clients $(ARGS)

mailserver: ## Send and answer invitations through a real Postfix and Dovecot on loopback
	@$(PYTHON) bootstrap.py test
	@exec $(BIN)/python -m pytest -m mailserver $(ARGS)

browser: ## The tests that open the pages in Chromium
	@$(PYTHON) bootstrap.py test
	@exec $(BIN)/python -m pytest -m browser $(ARGS)

lint: ## Style, format, types, and the floors of the house
	@$(PYTHON) bootstrap.py test
	$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --quiet --check .
	$(BIN)/python -m mypy
	$(BIN)/python $(BIN)/lint-imports --no-logo

format: ## Put every file in the house style
	@$(PYTHON) bootstrap.py test
	$(BIN)/ruff check --quiet --fix .
	$(BIN)/ruff format --quiet .

bench: ## Measure each part beside its peer; ARGS="pages" measures one part
	@$(PYTHON) bootstrap.py test
	@exec $(BIN)/python -m tests.bench $(ARGS)

messages: ## Collect what can be translated into exchange/translations/messages.pot
	@$(PYTHON) bootstrap.py test
	mkdir -p exchange/translations
	$(BIN)/pybabel --quiet extract --mapping config/babel.cfg --no-location --project Exchange \
		--keyword _l --keyword lazy_gettext --keyword InvalidInput --keyword NotFound --keyword Forbidden \
		--keyword Conflict --keyword ConfigurationError --keyword LookFailed --keyword Sentence \
		--output exchange/translations/messages.pot .

lock: ## Choose new versions: rewrites config/requirements/*.lock (needs uv)
	cd config/requirements && for set in test pg run; do \
		{ echo "# Made by \`make lock\` from $$set.in; every file is checked against its hash."; \
		  $(UV) $(LOCK) $$(test $$set = test || echo --constraint test.lock) $$set.in; } > $$set.new \
		&& mv $$set.new $$set.lock || exit 1; done

clean: ## Forget .venv and the tools' caches; var/ (the data) stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
