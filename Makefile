# Everything that is missing comes into this checkout (.cache, .venv) or the user's cache, nothing
# into the system.

.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
UV := $(or $(shell command -v uv 2>/dev/null),$(CURDIR)/.cache/uv/bin/uv)
RUN := $(UV) run --frozen
PYTEST := $(RUN) pytest

# The local cluster's tests are compiled as it is built, so that both share one build cache.
GO = CGO_ENABLED=0 GOTOOLCHAIN=local GOWORK=off $$($(RUN) python -m ambient_local go)

.PHONY: help demo up down status test test-unit test-integration test-devcluster check check-compose \
	fix generate devcluster uv

help:  ## Show what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: uv  ## Bring the platform up here and run one Jira webhook through it
	@$(RUN) ambient demo

up: uv  ## Start the platform here, and keep it running
	@$(RUN) ambient up

down: uv  ## End the platform here; nothing is left behind
	@$(RUN) ambient down

status: uv  ## Say how the platform here is
	@$(RUN) ambient status

test: test-unit test-integration  ## Everything that proves it works

test-unit: uv  ## Tests that need nothing but Python (under 20 s)
	$(PYTEST) -q -m "not integration" $(addprefix --ignore=,$(wildcard \
		tests/e2e tests/integration services/*/tests/integration services/*/tests/test_integration.py))

test-integration: uv devcluster  ## Tests on the real API server, NATS and services as processes
	$(PYTEST) -q -m integration

test-devcluster: devcluster  ## The local cluster's own tests, in Go, with real Pods
	cd deploy/devcluster && $(GO) vet -trimpath ./...
	cd deploy/devcluster && DEVCLUSTER_BIN=$$($(RUN) python -m ambient_local devcluster) \
		$(GO) test -trimpath ./internal/... ./integration

check: uv  ## Lint, types, the layers' contracts, and whether what is generated is current
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	$(RUN) lint-imports
	$(RUN) mypy -p ambient_contracts -p ambient_chassis -p ambient_kube -p ambient_testkit \
		-p ambient_local -p ambient_agent -p ambient_cli \
		-p webhook_gateway -p project_manager -p session_runner -p audit -p tools.generate
	$(RUN) python -m tools.generate --check

check-compose: uv  ## Whether docker-compose.yml is one, by Docker Compose itself
	@tools/compose/check $$($(RUN) python -m ambient_local go)

fix: uv  ## Format, and mend what ruff can mend
	$(RUN) ruff check --fix .
	$(RUN) ruff format .

generate: uv  ## Generate what follows from the contracts
	$(RUN) python -m tools.generate

devcluster: uv  ## Build the local cluster into the user's cache
	@$(RUN) python -m ambient_local devcluster

uv: $(if $(shell command -v uv 2>/dev/null),,.cache/uv/bin/uv)

.cache/uv/bin/uv:
	@echo "uv is missing: it comes into .cache/uv"
	@python3 -m venv .cache/uv
	@.cache/uv/bin/python -m pip install --quiet --disable-pip-version-check uv
