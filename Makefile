# The front door. Each rule is one script; `make help` lists them.
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
.PHONY: run build test test-long test-fresh soak bench goldens lint format setup help clean

run: ## Set up what is missing, build, and start at http://127.0.0.1:8080 (ARGS="--port 9000 …")
	@exec scripts/run $(ARGS)

build: ## The release server (build/release/bin/candlewick) and the dashboard (web/dist)
	@exec scripts/build

test: ## The first tier, before every commit: last line "N passed, N failed, N skipped" (STAGES="units fuzz")
	@exec scripts/test $(STAGES)

test-long: ## The second tier, before work is called done; resumable (ROOM=market: only what that room touches)
	@exec scripts/test-long $(if $(ROOM),--room $(ROOM))

test-fresh: ## Both commands in an empty Debian 12 (as root)
	@exec scripts/test-fresh

soak: ## The server and many clients for SOAK_MINUTES (60): fails on growth and on lost clients
	@exec scripts/soak

bench: ## Every bench, or one: make bench NAME
	@exec scripts/bench $(filter-out bench,$(MAKECMDGOALS))

goldens: ## Ask other backtesters anew what they make of made-up runs and of real candles (tests/parity/goldens)
	@exec scripts/goldens

lint: ## Formatting, clang-tidy (what changed; LINT_ALL=1: everything), Biome and the TypeScript compiler
	@exec scripts/lint

format: ## Rewrite the sources as the formatters want them
	@exec scripts/format

setup: ## Only the set-up: system packages and the dashboard's packages
	@scripts/setup-packages build test bench lint && scripts/web --install

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile

clean: ## Forget everything that was built
	@rm -rf build web/dist web/node_modules

# `make bench NAME`: the name is an argument, not a target.
ifeq (bench,$(firstword $(MAKECMDGOALS)))
%: ;@:
endif
