# Two commands set everything up on a fresh machine with Go: make run and make test.

# Go's caches, where the usual place cannot be written.
CACHES := $(shell .make/caches.sh)
ifneq ($(CACHES),)
export GOCACHE := $(CACHES)/build
export GOMODCACHE := $(CACHES)/modules
export GOLANGCI_LINT_CACHE := $(CACHES)/lint
endif

LINTER := go tool -modfile=.make/lint/go.mod golangci-lint
BENCHTIME ?= 5s
PACKAGE ?= handrail.zip

# The race detector also checks every pointer conversion. SQLite, translated from C, does little else, and
# takes four times as long for it: its own conversions are left unchecked, its races are not.
SQLITE_UNCHECKED := -gcflags='modernc.org/...=-d=checkptr=0'

.PHONY: help run test lint bench cards golden package build format vet verify
.NOTPARALLEL:

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' Makefile

run: ## start the bot in local mode, and Microsoft's Agents Playground if Node is here
	@.make/run.sh

test: ## run every test with the race detector, on SQLite and on a real Postgres (see .make/postgres.sh)
	@.make/compiler.sh
	@.make/postgres.sh go test -race $(SQLITE_UNCHECKED) -timeout 20m -parallel 8 ./...

lint: ## run golangci-lint
	@$(LINTER) run ./...

bench: ## measure card actions beside pgbench, a large desk and the pace that Teams allows (BENCH_CLOCKS=10000), with fsync on
	@BENCH=1 .make/postgres.sh go test ./cmd/handrail -run '^$$' -bench . -benchmem -benchtime $(BENCHTIME) -timeout 60m

cards: ## draw every card with sample data: one HTML page and JSON files
	@go run ./cmd/handrail cards .cards

golden: ## write the golden files anew; look at what changed before committing
	@go test ./cards ./bot -update && go test ./cmd/handrail -run TheDoctorSaysWhatIsWrong -update

package: ## make the Teams app package for BOT_ID=…; further options in ARGS (--developer, --website ...)
	@test -n "$(BOT_ID)" || { echo "Say which bot: make package BOT_ID=<the Microsoft App ID of the bot>" >&2; exit 2; }
	@BOT_ID="$(BOT_ID)" go run ./cmd/handrail package --output "$(PACKAGE)" $(ARGS)

build: ## build the program into .bin
	@go build -trimpath -o .bin/handrail ./cmd/handrail

format:
	@files=$$(gofmt -l .); test -z "$$files" || { echo "gofmt would change:" >&2; echo "$$files" >&2; exit 1; }

vet:
	@go vet ./...

verify: format vet lint test build ## everything that must hold before a commit
