# Each target sets up what it needs in .venv. See README.md.

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready

.PHONY: serve test coverage lint generate changelog check docs bench clean

serve: $(READY) ## The reference engine, with the site beside it as soon as that is built.
	$(BIN)/python -m engine_api.site serve

test: lint ## Types, style, tests, and every example in every version.
	$(BIN)/python -m pytest -n auto

coverage: $(READY) ## The tests again, and what of the package they reach; half as fast.
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest -n auto
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/codespell
	$(BIN)/towncrier build --draft --version next >/dev/null

generate: $(READY) ## Write the files that follow from others: the names of api, the calls of the clients.
	$(BIN)/python scripts/generate_api.py
	$(BIN)/python scripts/generate_clients.py

changelog: $(READY) ## The changelog that follows from changelog.d.
	$(BIN)/towncrier build --draft --version next

check: $(READY) ## The examples against a real engine: make check HOST=unix:///var/run/docker.sock
	$(BIN)/engine-api check $(HOST)

docs: $(READY) ## The site, all versions, in site/.
	$(BIN)/python -m engine_api.site build site

bench: $(READY) ## Measurements beside dockerd and other clients: make bench HOST=unix:///var/run/docker.sock
	$(BIN)/python -m benchmarks $(HOST)

clean:
	rm -rf .venv site

$(READY): pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[all]' --group test
	touch $@
