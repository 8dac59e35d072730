# Steelyard. `make help` lists what there is.
SHELL := /bin/bash
.DEFAULT_GOAL := help

.PHONY: help
help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: test
test: ## set up and run all tests
	./mvnw -B -ntp verify

.PHONY: format
format: ## format all sources
	./mvnw -B -ntp -q spotless:apply
