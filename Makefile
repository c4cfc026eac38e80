# make demo: builds the graph and asks it a question. make test: runs every test.
# make conformance: the W3C suites, by suite and category. make fuzz: random requests.
# make bench: timings beside Oxigraph, SQL by hand, reasoners and validators, over endpoints Comunica
# and rdflib, and under load Oxigraph's server.
# make bench-peers: queries beside more stores. make comunica: what tests ask beside kgtool.
# All make .venv themselves; PYTHON=python3.12 chooses another interpreter for it.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
SETTINGS := pyproject.toml .ci/constraints.txt
comma := ,

COMUNICA := .kgtool/comunica

.PHONY: comunica demo test lint conformance fuzz bench bench-peers clean

demo: $(VENV)/.all
	$(BIN)/kgtool build
	$(BIN)/kgtool query liberation-of-rome

test: $(VENV)/.all-test comunica
	$(BIN)/python -m pytest -n auto

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/kgtool fmt --check
	$(BIN)/kgtool lint

conformance: $(VENV)/.all-test
	$(BIN)/python -m tests.conformance

fuzz: $(VENV)/.all-test
	KGTOOL_FUZZ=10000 $(BIN)/python -m pytest -n auto -q tests/plan/test_differential.py \
	  tests/plan/test_update.py tests/shacl/test_comparison.py tests/reason/test_owlrl.py \
	  tests/reason/test_proof.py tests/project/test_increment.py \
	  tests/engine/test_difference.py tests/project/test_diff_lines.py \
	  tests/federation/test_random.py tests/federation/test_distribution.py

bench: $(VENV)/.all-bench comunica
	$(BIN)/python -m benchmarks.bench
	$(BIN)/python -m benchmarks.closing --document
	$(BIN)/python -m benchmarks.federation --document
	$(BIN)/python -m benchmarks.load --document

# Virtuoso, if it is to take part, is a package of the system.
bench-peers: $(VENV)/.all-bench
	$(BIN)/python -m benchmarks.peers --document

# Clients that tests and benchmarks ask, of endpoints and of Wikibases; where they cannot be had,
# they do without.
comunica: $(COMUNICA)/package.json

$(COMUNICA)/package.json: .ci/comunica.json
	@mkdir -p $(COMUNICA)/new && cp $< $(COMUNICA)/new/package.json
	@npm install --prefix $(COMUNICA)/new --silent --no-audit --no-fund --no-package-lock \
		--ignore-scripts --fetch-retries 1 --fetch-timeout 20000 \
		&& rm -rf $(COMUNICA)/node_modules && mv $(COMUNICA)/new/node_modules $(COMUNICA) \
		&& mv $(COMUNICA)/new/package.json $@ && touch $@ \
		|| echo "npm could not install Comunica: what needs it is skipped"
	@rm -rf $(COMUNICA)/new

clean:
	rm -rf $(VENV) .kgtool build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

# .venv/.all-test stands for an install with the extras [all,test].
$(VENV)/.%: $(SETTINGS) | $(BIN)/python
	$(PIP) install --constraint .ci/constraints.txt --editable '.[$(subst -,$(comma),$*)]'
	touch $@

# The peers need more than continuous integration has.
$(VENV)/.all-bench: $(SETTINGS) benchmarks/constraints.txt | $(BIN)/python
	$(PIP) install --constraint .ci/constraints.txt --constraint benchmarks/constraints.txt \
		--editable '.[all,bench]'
	touch $@
