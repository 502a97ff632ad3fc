# Every command a person runs. `make help` explains them.

PYTHON ?= python3
HOST_PYTHON := $(or $(filter-out 3.%,$(PYTHON)),python3)
VENV := .venv
BIN := $(VENV)/bin
RUN := PYTHONPATH=codegen:generated:runtime:tests $(BIN)/python
JOBS ?= 2

.DEFAULT_GOAL := help

.PHONY: help
help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# The environment is as new as pyproject.toml: a changed dependency makes it anew.
$(VENV)/.ready: pyproject.toml
	$(HOST_PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 10) else "edgemote needs Python 3.10 or newer; choose one with: make PYTHON=python3.11")'
	$(HOST_PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[codegen,dev]'
	@touch $@

.PHONY: setup
setup: $(VENV)/.ready ## create .venv with everything that the other commands need

.PHONY: run
run: setup ## simulate a device's day in half a minute: boot in 1970, heartbeats, offline, a deployment; CLOUD=iot for AWS IoT
	@$(RUN) -m demo $(CLOUD)

.PHONY: generate
generate: setup ## generate the clients that pyproject.toml lists into generated/
	$(RUN) -m edgemote_codegen generate

.PHONY: test
test: setup ## run all tests except the long ones, in a few minutes
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal -m 'not conformance and not sweep'

.PHONY: sweeps
sweeps: setup ## kill processes at every step, where `make test` takes every third; takes minutes
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal -m sweep

.PHONY: conformance
conformance: setup ## compare every operation of every service with botocore and localstack; takes minutes
	$(RUN) -m conformance --jobs $(JOBS)
	$(RUN) -m conformance --judge localstack --jobs $(JOBS)
	$(BIN)/python -m pytest -n $(JOBS) tests/codegen/test_endpoints.py tests/codegen/test_endpoint_rules.py tests/aws/test_msgspec_messages.py

.PHONY: test-versions
test-versions: setup ## run the runtime's tests on each installed Python from 3.10 to 3.14; VERSIONS="3.10 3.13" [QUICK=1]
	@VERSIONS="$(VERSIONS)" QUICK="$(QUICK)" tests/versions.sh

.PHONY: check
check: setup ## check format, lint, types, import rules, and that generated code is up to date
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(RUN) -m edgemote_codegen generate --check

.PHONY: format
format: setup ## format the code, and fix what the linter can fix
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.PHONY: reference
reference: setup ## rewrite edgemote.toml and docs/configuration.md after a configuration key has changed
	$(RUN) -m reference

.PHONY: bench
bench: setup ## compare a hand-written script, botocore and edgemote
	@$(RUN) -m bench

# A PYTHON that is a version, such as 3.13, is the device's; else it is what makes .venv.
BUNDLE_OPTIONS = $(patsubst %,--python %,$(filter 3.%,$(PYTHON))) $(addprefix --libc ,$(LIBC)) \
	$(patsubst %,--with %,$(WITH)) $(if $(DOCS),--docs) $(if $(CLIENT_ONLY),--client-only,--cloud $(or $(CLOUD),edge))

.PHONY: bundle
bundle: setup ## make the folder to copy to a device: make bundle TARGET=armhf|armel|arm64|amd64|any [CLOUD=edge|iot] [PYTHON=3.14] [LIBC=musl] [WITH=captures] [DOCS=1] [CLIENT_ONLY=1]
	$(RUN) -m edgemote_codegen bundle --target $(or $(TARGET),any) $(BUNDLE_OPTIONS)

.PHONY: sign-model
sign-model: setup ## sign a model for devices with deployments.signers: make sign-model MODEL=FILE KEY=KEY.pem [PRINT=1]
	@$(RUN) -m edgemote_codegen sign-model '$(MODEL)' --key '$(KEY)' $(if $(PRINT),--print)

.PHONY: test-arm
test-arm: setup ## run the bundle, its tests, a soak and the budgets on three ARM boards under qemu (as root, with apt) [QUICK=1]
	$(RUN) -m arm.check $(if $(QUICK),--quick)

.PHONY: test-forky
test-forky: setup ## run the device's tests on Debian's testing release: 32-bit ARM under qemu, and all of test-versions natively [QUICK=1]
	$(RUN) -m arm.check --testing $(if $(QUICK),--quick)
	@VERSIONS=3.14 QUICK="$(QUICK)" tests/versions.sh

.PHONY: bench-arm
bench-arm: setup ## measure instructions, memory and size of a hand-written script, botocore and edgemote on three ARM boards
	$(RUN) -m arm.bench

.PHONY: bench-day
bench-day: setup ## measure a day on a metered link: bytes, wake-ups and instructions of botocore, a hand-written script and edgemote
	@$(RUN) -m day

.PHONY: soak
soak: setup ## watch memory over 101,000 heartbeats, then run random sequences of events for MINUTES=30
	$(RUN) -m arm.soak
	$(RUN) -m agent.net --jobs $(JOBS) $(if $(MINUTES),--minutes $(MINUTES))

.PHONY: herd
herd: setup ## simulate outages for 10,000 agents in virtual time, and write tests/herd/results.json; takes about ten minutes
	$(RUN) -m herd --write

.PHONY: endpoint
endpoint: setup ## run a local SageMaker Edge Manager, or with CLOUD=iot a local AWS IoT, until Ctrl-C; files in .endpoint/
	$(RUN) $(if $(filter iot,$(CLOUD)),-m iot_cloud --dir .endpoint --thing cam-7 --verbose,-m endpoint --dir .endpoint --register dock/cam-7)

.PHONY: clean
clean: ## remove .venv and caches
	rm -rf $(VENV) .arm .endpoint build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -prune -exec rm -rf {} +
