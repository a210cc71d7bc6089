# What needs a tool beyond Go, git and make names it and installs it as a Go module.

GO  ?= go
BIN := bin

.PHONY: all build test e2e e2e-tools lint-elsewhere test-goroot test-toolchains lint demo bench bench-editor docs fuzz clean

all: build

## build: the lagvet command, into ./bin
build:
	$(GO) build -trimpath -o $(BIN)/lagvet ./cmd/lagvet

## lint: gofmt, go vet, and lagvet on itself
lint: build
	@unformatted=$$(git ls-files '*.go' | grep -v /testdata/ | xargs gofmt -l); \
	if [ -n "$$unformatted" ]; then echo "not gofmt'ed:"; echo "$$unformatted"; exit 1; fi
	$(GO) vet ./...
	$(GO) vet -tags e2e ./cmd/internal/e2e ./cmd/internal/engine
	$(BIN)/lagvet check ./...

## lint-elsewhere: go vet of what runs on other systems too
lint-elsewhere:
	GOOS=darwin $(GO) vet ./runtimecheck/... ./cmd/lagvet ./cmd/internal/enforce/...
	GOOS=windows $(GO) vet ./runtimecheck/... ./cmd/lagvet ./cmd/internal/enforce/...

## test: lint, which vets the tests too, and every test
test: lint
	$(GO) test -vet=off -timeout 30m ./...

# Tests that load the standard library from source, and those of escape, which are the
# tool of a go vet, take three to five times as long under the race detector. No rule starts
# a goroutine: what could race are analyzers that a driver runs side by side, and in
# ./analyzers it runs all of them so, over the standard library too (TestOneFinding):
# that package is tested under it.
LOADERS  = analyzers/internal/ruletest|go/analysis/analysistest|golang.org/x/tools/go/packages
FIXTURES = $(GO) list -f '{{.ImportPath}} {{join .TestImports " "}} {{join .XTestImports " "}}' ./analyzers/... | \
	grep -E '($(LOADERS))( |$$)' | cut -d' ' -f1 | grep -v '/analyzers$$' && $(GO) list ./analyzers/escape

.PHONY: race
## race: the tests again under the race detector, but for those above
race:
	$(GO) test -vet=off -race -timeout 30m $$($(GO) list ./... | grep -vxF "$$($(FIXTURES))")

## e2e: lagvet in each host that it runs in, built and run for real
e2e: e2e-tools
	$(GO) test -tags e2e -count=1 -timeout 60m ./cmd/internal/e2e
	$(GO) test -tags e2e -count=1 -timeout 60m -run '^TestPlainVet' ./cmd/internal/engine

## e2e-tools: what no Go module brings
e2e-tools:
	@command -v pre-commit >/dev/null || { apt-get -q update && apt-get -q install -y --no-install-recommends pre-commit; }
	@command -v chromium >/dev/null || { apt-get -q update && apt-get -q install -y --no-install-recommends chromium; }
	@command -v nvim >/dev/null || { apt-get -q update && apt-get -q install -y --no-install-recommends neovim; }

## test-goroot: the reader of the compiler's text on the compiler's own tests, which must be there
test-goroot:
	LAGVET_NEED_GOROOT_TEST=1 $(GO) test -count=1 -v -run '^TestErrorcheck$$' ./analyzers/escape

# The releases next to the one in go.mod, by name: the newest of today would test
# something else tomorrow, and ask the network each time.
OLDER ?= go1.25.14
NEWER ?= go1.27.4

## test-toolchains: what is said of the standard library, on the neighbouring Go releases
test-toolchains:
	$(GO) test -c -o $(BIN)/effects-$(OLDER).test ./analyzers/effects
	GOTOOLCHAIN=$(NEWER) $(GO) test -c -o $(BIN)/effects-$(NEWER).test ./analyzers/effects
	$(call over,$(OLDER))
	$(call over,$(NEWER))

.PHONY: std-effects
## std-effects: the tables of what the standard library does, which stand in on hosts that analyse none
std-effects:
	$(GO) test -count=1 -run '^TestStdTables$$' ./analyzers/effects -update-std
	$(GO) test -c -o $(BIN)/effects-$(OLDER).test ./analyzers/effects
	GOTOOLCHAIN=$(NEWER) $(GO) test -c -o $(BIN)/effects-$(NEWER).test ./analyzers/effects
	$(call over,$(OLDER),-test.run='^TestStdTables$$' -update-std)
	$(call over,$(NEWER),-test.run='^TestStdTables$$' -update-std)

# over runs these tests, or those that its second word selects, with the go command
# of a release. The older one cannot build this module, so a tool made by the Go in
# use looks at its standard library; the newer one makes its own, for go/types
# refuses code of a release after its own.
# A toolchain that was fetched lies in the module cache, where the tests could not
# hide files: they are told that the cache is elsewhere, for they need no module.
define over
	root=$$(cd / && GOTOOLCHAIN=$(1) $(GO) env GOROOT) && cache=$$(mktemp -d) && cd analyzers/effects && \
		PATH="$$root/bin:$$PATH" GOROOT="$$root" GOTOOLCHAIN=local GOMODCACHE="$$cache" \
		$(abspath $(BIN))/effects-$(1).test -test.v $(2); \
		status=$$?; rm -rf "$$cache"; exit $$status
endef

## demo: lagvet on a sample service that has each hazard, and its mended twin
demo: build
	@$(BIN)/lagvet check -C testdata/demo ./... || test $$? -eq 1

## bench: lagvet, go vet and staticcheck side by side on MODULE (this one by default)
MODULE ?= .
bench: build
	$(GO) build -trimpath -o $(BIN)/staticcheck honnef.co/go/tools/cmd/staticcheck
	$(GO) run ./cmd/internal/sidebyside -lagvet $(BIN)/lagvet -staticcheck $(BIN)/staticcheck $(MODULE)

.PHONY: bench-enforce
## bench-enforce: go build under lagvet enforce beside go build as it is, ROUNDS times on MODULE
ROUNDS ?= 30
bench-enforce: build
	$(GO) run ./cmd/internal/sidebyside -builds -lagvet $(BIN)/lagvet -n $(ROUNDS) $(MODULE)

## bench-editor: how long an editor waits for language servers, on MODULE; SERVERS names more than lagvet's own
SERVERS ?= -server 'lagvet save[unchecked] $(BIN)/lagvet lsp'
bench-editor: build
	$(GO) run ./cmd/internal/editlatency $(SERVERS) $(MODULE)

.PHONY: golden-traces
## golden-traces: the traces that tests of runtimecheck/trace read, by three releases of Go, and their reports
TRACES := runtimecheck/trace/testdata
golden-traces:
	cd / && GOTOOLCHAIN=$(OLDER) CGO_ENABLED=0 $(GO) run -trimpath $(abspath $(TRACES))/generate/main.go >$(abspath $(TRACES))/go1.25.trace.gz
	cd / && CGO_ENABLED=0 $(GO) run -trimpath $(abspath $(TRACES))/generate/main.go >$(abspath $(TRACES))/go1.26.trace.gz
	cd / && GOTOOLCHAIN=$(NEWER) CGO_ENABLED=0 $(GO) run -trimpath $(abspath $(TRACES))/generate/main.go >$(abspath $(TRACES))/go1.27.trace.gz
	$(GO) test -count=1 -run '^TestGolden$$' ./runtimecheck/trace -update

.PHONY: bench-kit
## bench-kit: what is claimed of techniques against tail latency, measured on this machine, into docs/claims.md; let nothing else run
bench-kit: build
	$(BIN)/lagvet bench --format markdown -o docs/claims.md

.PHONY: replay
## replay: what the gate would have said of each of the last COMMITS of the clone REPO, and how long it took; REPLAY holds flags for it
COMMITS ?= 200
REPLAY  ?= ./...
replay: build
	$(GO) run ./cmd/internal/replay -lagvet $(BIN)/lagvet -n $(COMMITS) $(REPO) $(REPLAY)

.PHONY: false-alarms
## false-alarms: RUNS runs of the same benchmarks, each compared with the one before: nothing must be a regression
RUNS ?= 21
false-alarms: build
	$(GO) test -c -o $(BIN)/kinds.test ./runtimecheck/bench
	@dir=$$(mktemp -d) && trap 'rm -rf "$$dir"' EXIT && for i in $$(seq $(RUNS)); do \
		$(BIN)/kinds.test -test.run '^$$' -test.bench Kinds -test.benchtime 5000x -test.count 10 >"$$dir/new.txt" || exit 1; \
		if [ -e "$$dir/old.txt" ]; then \
			$(BIN)/lagvet bench compare $(COMPARE) "$$dir/old.txt" "$$dir/new.txt" >"$$dir/report"; \
			echo "exit code $$?: $$(tail -n 1 "$$dir/report")"; \
		fi; mv "$$dir/new.txt" "$$dir/old.txt"; \
	done

.PHONY: recall
## recall: how many of the goroutine leaks that Go's own tests hold are found; RULES says by whom
RULES ?= goroutineleak,lockorder,lockblock
recall:
	$(GO) run ./cmd/internal/recall -rules $(RULES)

.PHONY: planted
## planted: whether traces tell causes that were planted, PLANTED times each
PLANTED ?= 10
planted:
	$(GO) run ./runtimecheck/trace/internal/planted -n $(PLANTED)

## docs: the rules' pages, from the analyzers' own comments, and the list of what doctor checks
docs: build
	$(BIN)/lagvet docs docs/rules
	$(GO) test -count=1 -run '^TestChecksPage$$' ./cmd/internal/doctor -update

## fuzz: each fuzz target for FUZZTIME
FUZZTIME ?= 30s
fuzz:
	@for pkg in $$($(GO) list ./...); do \
		for f in $$($(GO) test -list '^Fuzz' $$pkg | grep '^Fuzz'); do \
			echo "$$pkg $$f"; $(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZTIME) $$pkg || exit 1; \
		done; \
	done

clean:
	rm -rf $(BIN)
