# What needs a tool beyond Go, git and make names it and installs it as a Go module.

GO  ?= go
BIN := bin

.PHONY: all build test test-goroot lint demo bench docs fuzz clean

all: build

## build: the lagvet command, into ./bin
build:
	$(GO) build -trimpath -o $(BIN)/lagvet ./cmd/lagvet

## lint: gofmt, go vet, and lagvet on itself
lint: build
	@unformatted=$$(git ls-files '*.go' | grep -v /testdata/ | xargs gofmt -l); \
	if [ -n "$$unformatted" ]; then echo "not gofmt'ed:"; echo "$$unformatted"; exit 1; fi
	$(GO) vet ./...
	$(BIN)/lagvet check ./...

## test: lint, and every test under the race detector
test: lint
	$(GO) test -race -timeout 30m ./...

## test-goroot: the reader of the compiler's text on the compiler's own tests, which must be there
test-goroot:
	LAGVET_NEED_GOROOT_TEST=1 $(GO) test -count=1 -v -run '^TestErrorcheck$$' ./analyzers/escape

## demo: lagvet on a sample service that has each hazard, and its mended twin
demo: build
	@$(BIN)/lagvet check -C testdata/demo ./... || test $$? -eq 1

## bench: lagvet, go vet and staticcheck side by side on MODULE (this one by default)
MODULE ?= .
bench: build
	$(GO) build -trimpath -o $(BIN)/staticcheck honnef.co/go/tools/cmd/staticcheck
	$(GO) run ./cmd/internal/sidebyside -lagvet $(BIN)/lagvet -staticcheck $(BIN)/staticcheck $(MODULE)

## docs: the rules' pages, from the analyzers' own comments
docs: build
	$(BIN)/lagvet docs docs/rules

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
