# The front door. `make help` lists what there is.

scripts := deploy/scripts

.DEFAULT_GOAL := help
.PHONY: help build run test test-deep lint format bench clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

build: ## Install what the build needs, then build a release
	@$(scripts)/prepare-build.sh
	swift build -c release

run: ## Build, set up a sample company and start both services; Ctrl-C stops them
	@$(scripts)/run.sh

test: ## Install what the tests need, then lint, build and run every test
	@$(scripts)/test.sh

test-deep: ## Sanitizers and long crash loops; takes long
	@$(scripts)/test-deep.sh

lint: ## Check formatting and the documentation of public symbols
	@$(scripts)/lint.sh

format: ## Format the Swift sources in place
	swift format --in-place --recursive --parallel Package.swift Services Shared Tests

bench: ## Measure, beside a reference in the same run
	@$(scripts)/bench.sh

clean: ## Remove everything built; the data of `make run` stays in .latchkey
	rm -rf .build .build-thread .build-address .venv
