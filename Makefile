# Everything a contributor does, in a few words; `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help up fresh test test-unit faults lint docs bench lock

PYTEST_ARGS ?=
BENCH_ARGS ?=
UPGRADE ?=
SYNCED := .venv/.synced
LOCK := compile --quiet --universal --generate-hashes --no-emit-index-url \
        --custom-compile-command "make lock" $(UPGRADE) pyproject.toml --extra trial

# A city and its tests start many processes. Where a container image forbids Python to keep what it
# compiled, each of them would compile all its libraries again: half of its start.
export PYTHONDONTWRITEBYTECODE :=

# A uv of the machine is as good as ours; without one, the version of the lock goes to .tools.
UV := $(shell command -v uv || echo .tools/bin/uv)

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 12

up: $(SYNCED)  ## a whole city on this machine
	.venv/bin/mazha up

fresh: $(SYNCED)  ## the same, begun anew
	.venv/bin/mazha fresh

test: $(SYNCED)  ## all tests; PostgreSQL and Kafka are started for them
	.venv/bin/pytest $(PYTEST_ARGS)

test-unit: $(SYNCED)  ## the tests that need no server
	.venv/bin/pytest -m "not connected and not faults" $(PYTEST_ARGS)

faults: $(SYNCED)  ## the tests that kill, pause and starve servers, at full scale
	MAZHA_FAULTS=full .venv/bin/pytest -m faults $(PYTEST_ARGS)

lint: $(SYNCED)  ## style, types and who may import whom
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/lint-imports

docs: $(SYNCED)  ## the generated pages of docs/
	.venv/bin/python -m tests.docs.catalogue
	.venv/bin/python -m tests.docs.operations

bench: $(SYNCED)  ## the benchmarks beside their peers, about half an hour
	.venv/bin/python -m bench $(BENCH_ARGS)

lock: $(UV)  ## resolve the dependencies again (UPGRADE=--upgrade takes newer ones)
	$(UV) pip $(LOCK) -o requirements/run.lock
	$(UV) pip $(LOCK) --group dev -c requirements/run.lock -o requirements/dev.lock

$(SYNCED): requirements/dev.lock pyproject.toml | $(UV)
	test -x .venv/bin/python || $(UV) venv --quiet .venv
	VIRTUAL_ENV=.venv $(UV) pip sync --quiet --require-hashes requirements/dev.lock
	VIRTUAL_ENV=.venv $(UV) pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

.tools/bin/uv:
	python3 -m venv .tools
	.tools/bin/pip install --quiet "$$(grep -o '^uv==[^ ]*' requirements/dev.lock)"
