# `make demo` and `make test` need Python 3.11 or newer, git and make; the rest they put into .venv.
# PYTHON=... names the Python to use, VENV=... another place for the environment.

VENV ?= .venv
PYTHON ?=
MINUTES ?= 5
SEED ?= 1

python := $(VENV)/bin/python
pip := $(python) -m pip --disable-pip-version-check --no-input
app := $(VENV)/.sample-app-installed
tools := $(VENV)/.tools-installed
self := $(VENV)/.self-fuzz-installed

.PHONY: help demo test lint docs format package soundness fuzz-self bench bench-fuzz bench-faults bench-reports bench-mutants bench-app bench-scale upgrade clean
.DELETE_ON_ERROR:

help: ## show the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 16

demo: $(app) ## compare the sample app with its stored contract: clean, and with a break
	@$(python) .ci/demo.py

test: $(tools) ## run the whole test suite
	@$(python) -m compileall -q contractkit sample_app
	@$(python) -m pytest -n auto $(ARGS)

lint: $(tools) ## ruff, mypy and the direction of imports
	$(python) -m ruff check
	$(python) -m ruff format --check
	$(python) -m mypy
	$(VENV)/bin/lint-imports

docs: $(tools) ## build the documentation as a site in build/docs
	$(python) -m sphinx -q -W --keep-going docs build/docs
	@echo 'Open build/docs/index.html'

format: $(tools) ## let ruff mend and format what it can
	$(python) -m ruff check --fix
	$(python) -m ruff format

package: $(app) ## build the wheel and try it in an environment of its own
	@sh .ci/try_wheel.sh $(python)

soundness: $(tools) ## search for wrong verdicts: MINUTES=5 SEED=1
	$(python) -m tests.soundness --minutes $(MINUTES) --seed $(SEED)

fuzz-self: $(self) ## search for inputs that are neither read nor refused in one line: MINUTES=5 SEED=1
	$(python) -m tests.selffuzz --minutes $(MINUTES) --seed $(SEED) $(ARGS)

bench: $(tools) ## how long `contractkit diff` takes, beside other programs
	$(python) benchmarks/diff.py $(ARGS)

bench-fuzz: $(tools) ## how fast `contractkit fuzz` is, beside schemathesis
	$(python) benchmarks/fuzz.py $(ARGS)

bench-faults: $(tools) ## which faults of the sample app `contractkit fuzz` finds: ARGS="--sample 5 --against-schemathesis"
	$(python) benchmarks/faults.py $(ARGS)

bench-reports: $(tools) ## how long each format of a report with 2,000 findings takes
	$(python) benchmarks/reports.py $(ARGS)

bench-mutants: $(tools) ## what known breaks and rewrites are called, by contractkit and oasdiff: ARGS="openapi.json --each 3"
	$(python) benchmarks/mutants.py $(ARGS)

bench-app: $(tools) ## how fast the sample app answers, on each backend, with one process and two
	$(python) benchmarks/sample_app.py $(ARGS)

bench-scale: $(tools) ## what processes and a cluster bring, and what a large API costs: ARGS="--case diff"
	$(python) benchmarks/scale.py $(ARGS)

upgrade: $(tools) ## pin the newest versions in .ci/constraints.txt
	$(pip) install --quiet --upgrade --upgrade-strategy eager --editable '.[sample-app]' --group dev
	$(python) -m pip freeze --exclude-editable > .ci/constraints.txt

clean: ## remove the environment and what tools left behind
	rm -rf $(VENV) .contractkit .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache build dist docs/reference
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp stands for an installation that came to its end; what was broken off is done again.
$(app): pyproject.toml .ci/constraints.txt
	@sh .ci/make_venv.sh '$(VENV)' '$(PYTHON)'
	@echo 'Installing contractkit and the sample app into $(VENV) ...'
	@$(pip) install --quiet --constraint .ci/constraints.txt --editable '.[sample-app]'
	@touch $@

$(tools): $(app)
	@echo 'Installing the test tools into $(VENV) ...'
	@$(pip) install --quiet --upgrade 'pip>=25.1'
	@$(pip) install --quiet --constraint .ci/constraints.txt --group dev
	@touch $@

$(self): $(tools)
	@echo 'Installing Atheris into $(VENV) ...'
	@$(pip) install --quiet --group self-fuzz
	@touch $@
