# The targets of a newcomer. GNU Make 3.81 must do: it is what macOS ships.
MODEL = embedded
PYTHON = $(shell for p in python3 python3.13 python3.12 python3.11 python3.14; do \
	if $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then echo $$p; break; fi; done)
RUN = .venv/bin/python

help:
	@echo "make demo     set up, chat for a day, sleep a night, and see what is known in the morning"
	@echo "make chat     talk to the model (MODEL=auto for this machine's own default)"
	@echo "make night    run tonight's cycle over data/memories.jsonl"
	@echo "make setup    .venv, requirements, a fast BLAS on Linux, the embedded models"
	@echo "make test     set up and run all tests"
	@echo "make check    ruff and mypy"
	@echo "make clean    remove .venv, .demo and caches; never data/ or adapters/"

setup: .venv/ready
	@$(RUN) -m circadian.blas > /dev/null
	@$(RUN) -m circadian.embedded > /dev/null
	@$(RUN) -m circadian.lessons.reader > /dev/null

.venv/ready: requirements.txt constraints.txt
	@test -n "$(PYTHON)" || { echo "Circadian needs Python 3.11 or later: install it, or say make PYTHON=/path/to/python3"; exit 1; }
	@echo "setting up .venv (once) ..."
	@$(PYTHON) -m venv .venv
	@$(RUN) -m pip install --quiet --disable-pip-version-check -r requirements.txt -c constraints.txt
	@touch .venv/ready

demo: setup
	@$(RUN) demo.py --model $(MODEL)

chat: setup
	@$(RUN) chat.py --model $(MODEL)

night: setup
	@$(RUN) run_cycle.py --model $(MODEL)

test: setup
	@$(RUN) -m pytest

check: setup
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check .
	@$(RUN) -m mypy

clean:
	rm -rf .venv .demo .pytest_cache .ruff_cache .mypy_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: help setup demo chat night test check clean
