PYTHON ?= python3
PROVIDERS ?= sandbox
STACK ?= local
PYTEST_ARGS ?=
# A process for each core; a module's tests stay in one, with the sandbox that they share, and modules in their order.
PARALLEL = --numprocesses auto --dist loadfile --no-loadscope-reorder

# Where bootstrap.py puts a uv of our own, for those who have none.
export PATH := $(PATH):$(CURDIR)/.tools/bin:$(CURDIR)/.tools/lib/bin

.DEFAULT_GOAL := help
.PHONY: help up verify down test test-fast check bench docs crash walk lock

help:
	@echo 'make up         deploy the local environment with the real Pulumi engine and prove it with real requests'
	@echo 'make verify     prove it again (STACK=name for another environment)'
	@echo 'make down       destroy it and stop the sandbox'
	@echo 'make test       run every test (PYTEST_ARGS="tests/components -q" for some)'
	@echo 'make test-fast  components on mocks and the sandbox over HTTP: every test that needs no engine'
	@echo 'make check      format, lint and types'
	@echo 'make bench      measure what the README claims'
	@echo 'make docs       write the schema, the reference pages and the pictures anew'
	@echo 'make crash      kill -9 at every change of create and destroy, and count what is left'
	@echo 'make walk       change every input of every component, with a prober that has no good token'
	@echo 'make lock       resolve requirements/*.txt anew'

up:
	@$(PYTHON) bootstrap.py sandbox
	@.venv/bin/auth0-apim up --stack local --providers $(PROVIDERS)

verify:
	@$(PYTHON) bootstrap.py sandbox
	@.venv/bin/auth0-apim verify --stack $(STACK)

down:
	@$(PYTHON) bootstrap.py sandbox
	@.venv/bin/auth0-apim down --stack local

test:
	@$(PYTHON) bootstrap.py dev
	@.venv/bin/auth0-apim engine --with nodejs --with yaml
	@.venv/bin/pytest $(PARALLEL) $(PYTEST_ARGS)

test-fast:
	@$(PYTHON) bootstrap.py dev
	@.venv/bin/pytest $(PARALLEL) -m 'not live' $(PYTEST_ARGS)

PROGRAMS = benchmarks benchmarks/day_two components components/policy_pack docs/generator

check:
	@$(PYTHON) bootstrap.py dev
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@for program in . $(PROGRAMS:%=%/__main__.py); do .venv/bin/mypy $$program || exit 1; done

bench:
	@$(PYTHON) bootstrap.py dev
	@.venv/bin/auth0-apim engine
	@.venv/bin/python benchmarks

docs:
	@$(PYTHON) bootstrap.py dev
	@.venv/bin/python -m docs.generator

crash:
	@$(PYTHON) bootstrap.py dev
	@.venv/bin/auth0-apim engine
	@.venv/bin/python benchmarks/crash_walk.py

walk:
	@$(PYTHON) bootstrap.py dev
	@.venv/bin/auth0-apim engine
	@.venv/bin/python benchmarks/day_two

# Names, versions and hashes only: an address in a lock file would bind everyone to one index.
COMPILE = uv pip compile --quiet --universal --python-version 3.10 --generate-hashes --no-header --no-annotate \
	--no-emit-index-url --no-emit-find-links --no-emit-package auth0-apim

lock:
	@$(COMPILE) pyproject.toml --extra sandbox --group dev --group build --output-file requirements/dev.txt
	@$(COMPILE) pyproject.toml --extra sandbox --group build --constraints requirements/dev.txt --output-file requirements/sandbox.txt
	@$(COMPILE) components/pyproject.toml --extra policy --output-file requirements/policy.txt
	@$(COMPILE) components/pyproject.toml --constraints requirements/dev.txt --output-file components/requirements.txt
	@$(COMPILE) requirements/uv.in --output-file requirements/uv.txt
	@$(COMPILE) sandbox/auth0_apim_sandbox/engine/engine_module/go.in --output-file sandbox/auth0_apim_sandbox/engine/engine_module/go.txt
