# Short targets over bootstrap.py and the tools. Works with GNU make 3.81 and later.

PYTHON ?= python3
PORT ?= 8000
SHARES ?= 21
export PORT

BIN := .venv/bin
# The driver for PostgreSQL, and what speaks OpenID Connect, are installed only where they are used.
RUN_SET := $(if $(EXCHANGE_OIDC_ISSUER),sso,$(if $(findstring postgresql,$(EXCHANGE_DATABASE_URL)),pg,run))
UV ?= uv
LOCK := pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-annotate --no-header

.DEFAULT_GOAL := help
.PHONY: help run test test-fast faults faults-long planner-long hostile-long postgresql-long clients mailserver browser lint format bench messages access lock sbom clean

help: ## Say what each target does
	@echo "Exchange. The targets:"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-18s %s\n", $$1, $$2 }'

run: ## Start web and clock on http://127.0.0.1:$PORT (default 8000), data in var/
	@$(PYTHON) bootstrap.py $(RUN_SET)
	@exec $(BIN)/python -m exchange serve

test: ## Prove everything, on SQLite and on a real PostgreSQL
	@$(PYTHON) bootstrap.py test
	@exec $(BIN)/python -m pytest -n auto --dist worksteal $(ARGS)

test-fast: ## The tests that need no server and no browser
	@$(PYTHON) bootstrap.py test
	@exec $(BIN)/python -m pytest -n auto -m "not postgresql and not browser and not faults and not slow and not long and not clients and not mailserver" $(ARGS)

faults: ## Kill processes, databases and networks at random moments; then the slow tests, side by side
	@$(PYTHON) bootstrap.py test
	@$(BIN)/python -m pytest -m faults $(ARGS)
	@exec $(BIN)/python -m pytest -n auto --dist worksteal -m "slow and not faults and not long" $(ARGS)

faults-long: ## A thousand kills of clocks, web workers and PostgreSQL (an hour and a half); SHARES=3 for fewer
	@$(PYTHON) bootstrap.py test
	@EXCHANGE_TEST_SHARES=$(SHARES) $(BIN)/python -m pytest -m faults tests/faults $(ARGS)

planner-long: ## Hold many random plans and conflicts against the independent model; SHARES=21 takes hours
	@$(PYTHON) bootstrap.py test
	@EXCHANGE_TEST_SHARES=$(SHARES) $(BIN)/python -m pytest -n auto -m slow tests/planner $(ARGS)

hostile-long: ## Type into many more forms and addresses, and walk many more courses; SHARES=21 takes hours
	@$(PYTHON) bootstrap.py test
	@EXCHANGE_TEST_SHARES=$(SHARES) $(BIN)/python -m pytest -n auto -m slow tests/hostile tests/flows $(ARGS)

postgresql-long: ## The tests that run once more on PostgreSQL, of which CI takes a share
	@$(PYTHON) bootstrap.py test
	@exec $(BIN)/python -m pytest -n auto -m long $(ARGS)

clients: ## Subscribe to the feeds with real calendar clients (vdirsyncer, khal, calcurse, ical.js)
	@$(PYTHON) bootstrap.py test
	@exec $(BIN)/python -m pytest -m clients $(ARGS)

mailserver: ## Send and answer invitations through a real Postfix and Dovecot on loopback
	@$(PYTHON) bootstrap.py test
	@exec $(BIN)/python -m pytest -m mailserver $(ARGS)

browser: ## The tests that open the pages in Chromium
	@$(PYTHON) bootstrap.py test
	@exec $(BIN)/python -m pytest -m browser $(ARGS)

lint: ## Style, format, types, and the layers of the packages
	@$(PYTHON) bootstrap.py test
	$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --quiet --check .
	$(BIN)/python -m mypy
	$(BIN)/python $(BIN)/lint-imports --no-logo

format: ## Put every file in the project's style
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
		--keyword _l --keyword lazy_gettext --keyword InvalidInput --keyword NotFound --keyword Damaged --keyword Forbidden \
		--keyword Conflict --keyword ConfigurationError --keyword LookFailed --keyword NotReached --keyword SignInRefused --keyword Sentence \
		--output exchange/translations/messages.pot .

access: ## Write docs/access.md anew from the policy
	@$(PYTHON) bootstrap.py test
	@$(BIN)/python -c 'from exchange.rules.access.written_table import as_markdown; print(as_markdown(), end="")' > docs/access.md

lock: ## Choose new versions: rewrites config/requirements/*.lock (needs uv)
	cd config/requirements && for set in test sso pg run; do \
		{ echo "# Made by \`make lock\` from $$set.in; every file is checked against its hash."; \
		  $(UV) $(LOCK) $$(test $$set = test || echo --constraint test.lock) $$set.in; } > $$set.new \
		&& mv $$set.new $$set.lock || exit 1; done

sbom: ## Write var/sbom.json: what make run installs, with versions and licences (CycloneDX)
	@$(PYTHON) bootstrap.py test
	@exec $(BIN)/python -m tests.building.sbom var/sbom.json

clean: ## Forget .venv and the tools' caches; var/ (the data) stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
