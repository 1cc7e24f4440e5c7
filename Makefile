# `make` or `make run` serves Parley on this machine; `make help` lists the rest.
# Written for GNU make 3.81 and later. Settings named behind `make run` reach the program
# as variables of its environment.

VENV := .venv
PY := $(VENV)/bin/python
NODE := tools/with-node $(VENV)
RUFF := $(VENV)/bin/ruff
# Calls of several browsers need every core; the rest runs a file a worker.
# In their own order: a worker shares browser and server among the files of a folder.
AT_ONCE := --numprocesses auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder
JS_TESTS = $$(find tests/js -name '*.test.js' | sort)
# `check --deploy` asks how a real site would be set, whatever this machine's settings.
DEPLOYED := DEBUG=False SITE_URL=https://call.example.org DATA_DIR=var/check \
	LAN= DATABASE_URL= REDIS_URL= EMAIL_URL= MAIL_FROM= SIGNUP= SIGNUP_DOMAINS= OIDC_ISSUER= TURN= TURN_URLS= \
	SECRET_KEY=only-for-this-check-0123456789-abcdefghijklmnopqrstuvwxyz

# The stamps cannot know that a virtual environment's Python is gone, or that PYTHON asks
# for another: then everything within is made anew, and Node, which may be in there.
STALE := $(shell PYTHON='$(PYTHON)' sh tools/stale.sh $(VENV))
ifneq ($(STALE),)
.PHONY: $(VENV)/.run $(VENV)/.dev node_modules/.installed
endif

.PHONY: run dev check test bench bench-signalling bench-mesh soak pictures system help

run: $(VENV)/.run .env
	@exec $(PY) manage.py serve --prepare

dev: $(VENV)/.dev .env
	@exec env DEBUG=True $(PY) -m watchfiles --filter default \
		"$(PY) manage.py serve --prepare" accounts conference rooms templates

check: $(VENV)/.dev node_modules/.installed
	$(RUFF) check .
	$(RUFF) format --check .
	$(VENV)/bin/mypy .
	$(VENV)/bin/djlint templates --check --lint
	$(NODE) node_modules/.bin/biome check --error-on-warnings .
	$(NODE) node_modules/.bin/tsc --project .
	$(NODE) node_modules/.bin/tsc --project bench/signalling
	$(DEPLOYED) $(PY) manage.py makemigrations --check --dry-run
	$(DEPLOYED) $(PY) manage.py check --deploy --fail-level WARNING

test: system $(VENV)/.dev node_modules/.installed
	$(NODE) node --test $(JS_TESTS)
	$(PY) -m pytest -m "not alone" $(AT_ONCE)
	$(PY) -m pytest -m alone
	$(PY) -m pytest --ignore tests/browser --ignore tests/calls --ignore tests/network --ignore tests/site $(AT_ONCE) -p tests.on_postgres

bench: system $(VENV)/.dev
	$(PY) -m bench

bench-signalling: system $(VENV)/.dev node_modules/.installed
	$(NODE) $(PY) -m bench.signalling

bench-mesh: system $(VENV)/.dev
	$(PY) -m bench.mesh

soak: system $(VENV)/.dev node_modules/.installed
	$(PY) -m pytest --soak

pictures: system $(VENV)/.dev
	$(PY) -m tests.browser.pictures

# First, before anything is fetched: it needs a Python and nothing else.
system:
	@python=$$(sh tools/python.sh) && "$$python" tools/system.py

help:
	@echo "make run       serve Parley on http://localhost:8000 (PORT=…, BIND=…, PYTHON=…)"
	@echo "make run LAN=1 serve it with https to your own network, and print the link"
	@echo "make run TURN=1 with coturn as a relay, where it is installed; also with LAN=1"
	@echo "make dev       the same with DEBUG, started anew when a file changes"
	@echo "make check     lint, types, formats, migrations, deployment settings"
	@echo "make test      every test: Python, JavaScript, real browsers"
	@echo "make bench     how long people wait, beside a bare floor"
	@echo "make bench-signalling  what signalling costs, beside what others use"
	@echo "make bench-mesh        what a camera costs its sender, beside a plain mesh"
	@echo "make soak      the long proofs"
	@echo "make pictures  screenshots of every page and call state"

$(VENV)/.run: requirements.txt
	@sh tools/venv.sh $(VENV) requirements.txt
	@touch $@

$(VENV)/.dev: requirements.txt requirements-dev.txt
	@sh tools/venv.sh $(VENV) requirements-dev.txt
	@touch $(VENV)/.run $@

node_modules/.installed: package.json package-lock.json requirements-node.txt | $(VENV)/.dev
	@sh tools/node.sh $(VENV)
	@touch $@

.env:
	@sh tools/dotenv.sh $@
