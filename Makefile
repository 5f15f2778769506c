# `make` alone lists the targets: those that have a line of two hash signs.

PYTHON ?= python3
VENV ?= .venv
ARGS ?=
THIRD ?=

.DEFAULT_GOAL := help
.PHONY: help run test test-python faults faults-emr check arrows golden bench cluster emr policies fuzz clean

ifneq ($(words $(VENV)),1)
$(error VENV is one path without spaces, and not '$(VENV)')
endif

python := $(VENV)/bin/python
# stdout is the data of `make run`
install := $(python) -m pip install --quiet --disable-pip-version-check
# what does not compile must not leave what did before
editable := rm -f gristmill/native/*.so; $(install) --editable
settings := setup.cfg setup.py pyproject.toml $(wildcard gristmill/native/*.[ch])

# A PYTHON that is named must be the one that made the environment.
made_with := $(shell cat $(VENV)/.made 2>/dev/null)
ifneq ($(origin PYTHON),file)
ifneq ($(made_with),)
ifneq ($(made_with),$(PYTHON))
ifeq ($(filter clean help,$(MAKECMDGOALS)),)
$(error $(VENV) was made with $(made_with), and not with $(PYTHON): run 'make clean' first, or name another place by VENV)
endif
endif
endif
endif

# Tests run in streams side by side: those of the cluster, those of the library and the jobs, the others. Each keeps
# about one core busy. The last is seen as it runs, what the first two print is shown after it.
library := gristmill tests/gristmill tests/jobs
others := tests --ignore=tests/gristmill --ignore=tests/jobs
third = $(if $(THIRD),--third='$(THIRD)')
# $(call beside,NAME,RUN): run it in the background; $(call with,RUN): run it, then wait for those
beside = $(python) -m $(2) > '$(VENV)/$(1).log' 2>&1 & beside="$$beside $$!:$(1)"
with = $(python) -m $(1); status=$$?; for each in $$beside; do \
wait $${each%%:*} || status=1; cat "$(VENV)/$${each\#\#*:}.log"; done; exit $$status

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo "The environment is made in VENV ($(VENV)) with PYTHON ($(PYTHON)), Python 3.9 or later."

# there is no Django for Python 3.9, and the tiers need it
untested = $(shell '$(python)' -c 'import sys; print("--omit=gristmill/tiers/*" if sys.version_info < (3, 10) else "")')

run: $(VENV)/.run  ## print the inverted index of the sample documents
	@$(python) -m jobs.inverted_index data/documents.tsv

test: check  ## run the checks and all tests; they cover every branch
	@$(python) -m coverage erase
	@$(call beside,cluster,coverage run -m pytest -m 'cluster and not long'); \
	$(call beside,library,coverage run -m pytest $(library) -m 'not cluster and not long'); \
	$(call with,coverage run -m pytest $(others) -m 'not cluster and not long')
	@$(python) -m coverage combine --quiet
	@$(python) -m coverage report $(untested)

test-python: $(VENV)/.test  ## run the tests that need no cluster: make test-python PYTHON=python3.9 VENV=/tmp/py39; THIRD=HASH as below
	@$(python) -m pytest $(if $(THIRD),--dealt=runs --third='$(THIRD)') -m 'not cluster and not long'

faults: $(VENV)/.test  ## run the tests that take long: all, or the third that a commit chooses: make faults THIRD=HASH
	@$(call beside,cluster,pytest $(third) -m 'cluster and long'); \
	$(call with,pytest $(third) -m 'not cluster and long')

faults-emr: $(VENV)/.test  ## run jobs of -r emr under faults, kill drivers, print a table: make faults-emr ARGS='--seed 7'
	@$(python) -m tests.runners.emr.fault_table $(ARGS)
	@$(if $(ARGS),,$(python) -m pytest tests/equality --emr-matrix -k test_emr_gives)

check: $(VENV)/.test  ## run the linters and the type checker
	@$(python) -m ruff check .
	@$(python) -m ruff format --check .
	@$(python) -m mypy

arrows: $(VENV)/.test  ## print which package of ours imports which
	@$(python) -m tests.arrows

golden: $(VENV)/.test  ## write the golden files of the tests anew; read the difference before it is committed
	@$(python) -m tests.golden.write

bench: $(VENV)/.bench  ## time the jobs against their peers: make bench ARGS='--mb 90'; ARGS=--help tells more
	@$(python) -m benchmarks.bench $(ARGS)

fuzz: $(VENV)/.test  ## score a million made-up texts beside nltk: make fuzz ARGS='--seed 7'
	@$(python) tests/fuzz_vader.py --texts 1000000 $(ARGS)

cluster: $(VENV)/.cluster  ## start a real Hadoop on this machine, and say how to use it, until Ctrl-C
	@$(python) -m tests.cluster

emr: $(VENV)/.test  ## start an EMR on such a Hadoop, with an S3, and print the settings that point clients at it, until Ctrl-C
	@$(python) -m tests.cluster.emr

policies: $(VENV)/.test $(VENV)/policies/.made  ## try the IAM policies of runners/emr on a server that evaluates them: who may call what
	@$(python) -m tests.policies '$(VENV)/policies/bin/ministack'

clean:  ## remove what these targets made
	@if [ -d .bench ]; then rm -rf .bench && git worktree prune; fi
	@rm -rf '$(VENV)' build dist gristmill.egg-info .coverage .coverage.* .hypothesis .mypy_cache .pytest_cache .ruff_cache
	@rm -rf gristmill/vader/vader_lexicon gristmill/text/short_stop_word_lists gristmill/text/stop_word_lists gristmill/native/*.so
	@find benchmarks gristmill jobs runners tests -name __pycache__ -prune -exec rm -rf {} +

# What PYTHON lacks, as one word; nothing where it does not run.
looked = $(shell "$(PYTHON)" -c 'import sys, importlib.util as i; print("old" if sys.version_info < (3, 9) else "ready" if i.find_spec("venv") and i.find_spec("ensurepip") else "bare")' 2>/dev/null)
need_ready =
need_ = there is no '$(PYTHON)' that runs: install Python 3.9 or later, or name one: make PYTHON=python3.12
need_old = '$(PYTHON)' is older than 3.9: install a later Python and name it: make PYTHON=python3.12
need_bare = '$(PYTHON)' has no venv: install it (on Debian and Ubuntu: apt install python3-venv)

$(VENV)/.made:
	$(if $(need_$(looked)),$(error $(need_$(looked))))
	@"$(PYTHON)" -m venv --clear '$(VENV)' >&2
	@$(install) 'pip>=22.3' >&2
	@printf '%s\n' '$(PYTHON)' > $@

$(VENV)/.run: $(VENV)/.made $(settings)
	@$(editable) . >&2
	@touch $@

$(VENV)/.test: $(VENV)/.made $(settings)
	@$(editable) '.[test,cluster]' >&2
	@touch $(VENV)/.run $@

$(VENV)/.cluster: $(VENV)/.made $(settings)
	@$(editable) '.[cluster]' >&2
	@touch $(VENV)/.run $@

$(VENV)/.bench: $(VENV)/.made $(settings)
	@$(editable) '.[bench,cluster]' >&2
	@touch $(VENV)/.run $@

# it pins what boto3 is made of
$(VENV)/policies/.made: $(VENV)/.made tests/policies/requirements.txt
	@$(python) -c 'import sys; sys.exit("error: make policies needs Python 3.10 or later: make policies PYTHON=python3.12 VENV=/tmp/py312" if sys.version_info < (3, 10) else 0)'
	@$(python) -m venv --clear '$(VENV)/policies' >&2
	@'$(VENV)/policies/bin/python' -m pip install --quiet --disable-pip-version-check -r tests/policies/requirements.txt >&2
	@touch $@
