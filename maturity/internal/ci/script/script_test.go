package script_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lagvet/lagvet/maturity/internal/ci/script"
	"github.com/lagvet/lagvet/maturity/internal/tree"
	"github.com/lagvet/lagvet/maturity/internal/treetest"
)

// describe prints the commands of interest, one a line.
func describe(cmds []script.Command) string {
	var b strings.Builder
	for _, c := range cmds {
		switch c.Argv[0] {
		case "echo", "printf", "make", "task", "just", "docker":
			if c.Unread == "" {
				continue
			}
		}
		fmt.Fprintf(&b, "%s: %s", c.Place, c.Text)
		for _, part := range []struct{ name, text string }{{"dir", strings.TrimSuffix(c.Dir, ".")}, {"lost", c.Lost}, {"if", c.If}, {"unread", c.Unread}} {
			if part.text != "" {
				fmt.Fprintf(&b, " [%s %s]", part.name, part.text)
			}
		}
		if c.Checks {
			b.WriteString(" [checks]")
		}
		if len(c.Open) > 0 {
			fmt.Fprintf(&b, " [open %s]", strings.Join(c.Open, " "))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// What becomes of the failure of a command, by the shell's own rules. Each script
// was tried in bash, with "false" for the command.
func TestFate(t *testing.T) {
	const hidden, fails = true, false
	for _, tt := range []struct {
		name string
		e    bool // set -e
		text string
		want bool
	}{
		{"alone", false, "go vet", fails},
		{"last", false, "true\ngo vet", fails},
		{"not last", false, "go vet\ntrue", hidden},
		{"set -e", true, "go vet\ntrue", fails},
		{"set -e in it", false, "set -eu\ngo vet\ntrue", fails},
		{"set -o errexit", false, "set -o errexit\ngo vet\ntrue", fails},
		{"set +e", true, "set +e\ngo vet\ntrue", hidden},
		{"or true", true, "go vet || true", hidden},
		{"or colon", true, "go vet || :", hidden},
		{"or echo", true, "go vet || echo bad", hidden},
		{"or exit", false, "go vet || exit 1\ntrue", fails},
		{"or exit 0", true, "go vet || exit 0\ntrue", hidden},
		{"or block that exits", false, "go vet || { echo bad; exit 1; }\ntrue", fails},
		{"or subshell that exits", true, "go vet || (echo bad; exit 1)\ntrue", fails},
		{"or subshell that exits, no set -e", false, "go vet || (echo bad; exit 1)\ntrue", hidden},
		{"or die", false, "die() { echo \"$1\"; exit 2; }\ngo vet || die bad\ntrue", fails},
		{"or harmless function", true, "warn() { echo \"$1\"; }\ngo vet || warn bad", hidden},
		{"or false", true, "go vet || false\ntrue", fails},
		{"exit 0 after", false, "go vet\nexit 0", hidden},
		{"exit 0 after, set -e", true, "go vet; exit 0", fails},
		{"status saved", false, "go vet\nstatus=$?\necho done\nexit $status", fails},
		{"status saved and dropped", false, "go vet\nstatus=$?\necho $status", hidden},
		{"status asked", false, "go vet\nif [ $? -ne 0 ]; then exit 1; fi\ntrue", fails},
		{"flag", true, "ok=1\ngo vet || ok=0\nif [ $ok = 0 ]; then exit 1; fi", fails},
		{"flag by exit", false, "rc=0\ngo vet || rc=1\ntrue\nexit $rc", fails},
		{"flag that nobody asks", true, "ok=1\ngo vet || ok=0\necho $ok", hidden},
		{"and", true, "go vet && echo ok", fails},
		{"left of and, not last", true, "go vet && echo ok\ntrue", hidden},
		{"right of and", true, "echo ok && go vet\ntrue", fails},
		{"chain", false, "go vet && go vet && go vet", fails},
		{"negated", true, "! go vet", hidden},
		{"if", true, "if go vet; then echo ok; fi", hidden},
		{"if not, exit", false, "if ! go vet; then exit 1; fi\ntrue", fails},
		{"if not, echo", true, "if ! go vet; then echo bad; fi", hidden},
		{"if, else exit", false, "if go vet; then :; else exit 1; fi\ntrue", fails},
		{"background", true, "go vet &\ntrue", hidden},
		{"background, waited for", true, "go vet &\nwait $!", fails},
		{"pipe", true, "go vet | tee log", hidden},
		{"pipefail", true, "set -o pipefail\ngo vet 2>&1 | tee log\ntrue", fails},
		{"end of a pipe", true, "cat list | xargs go vet", fails},
		{"PIPESTATUS", false, "go vet | tee log\nexit ${PIPESTATUS[0]}", fails},
		{"pipe to a program that fails too", true, "go vet | tparse -all", fails},
		{"subshell", true, "(cd x && go vet)\ntrue", fails},
		{"block left of or", true, "{ go vet; true; } || exit 1", hidden},
		{"function", true, "run() { \"$@\"; }\nrun go vet\ntrue", fails},
		{"function left of or", true, "run() { \"$@\"; }\nrun go vet || true", hidden},
		{"loop", true, "for d in a b; do go vet; done\ntrue", fails},
		{"loop, no set -e", false, "for d in $(ls); do go vet; done", hidden},
		{"output as words", true, "echo $(go vet)", hidden},
		{"assigned output", true, "x=$(go vet)\necho $x", fails},
		{"local output", true, "f() { local x=$(go vet); }\nf", hidden},
		{"sh -c", true, "bash -c 'go vet; true'\ntrue", hidden},
		{"sh -ec", true, "bash -ec 'go vet; true'\ntrue", fails},
		{"while", true, "until go vet; do sleep 1; done", hidden},
		{"time", true, "time go vet\ntrue", fails},
		{"here document is no command", true, "cat <<X\ngo test\nX\ngo vet", fails},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := script.NewReader(treetest.Open(t, "-- x/a --\n"))
			seen := 0
			for _, c := range r.Shell(script.Script{Text: tt.text, File: "f", Line: 1, Dir: ".", Errexit: tt.e}) {
				if c.Text != "go vet" {
					continue
				}
				seen++
				if tt.name == "chain" || tt.name == "loop" || seen == 1 {
					if (c.Lost != "") != tt.want {
						t.Errorf("its failure is lost: %q", c.Lost)
					}
				}
			}
			if seen == 0 {
				t.Error("go vet is not seen")
			}
			if len(r.Problems) > 0 {
				t.Errorf("problems: %v", r.Problems)
			}
		})
	}
}

func TestCommands(t *testing.T) {
	for _, tt := range []struct {
		name, files, text, want string
	}{
		{"variables", "", `GO=go
FLAGS="-race -v"
$GO test $FLAGS ${PKGS:-./...} "$HOME/x" $(go list ./... | grep -v vendor)`,
			"ci.yml:12: go list ./... [lost its output goes into `grep -v vendor`, and without `pipefail` only the end of a pipe counts]\n" +
				"ci.yml:12: grep -v vendor [lost it only makes words of a command]\n" +
				"ci.yml:12: go test -race -v ./... $HOME/x $(go list ./... | grep -v vendor) [open $HOME $(go list ./... | grep -v vendor)]\n"},
		{"prefixes", "", "sudo -E env A=b CGO_ENABLED=1 timeout 30m nice -n 5 go test ./...", "ci.yml:10: go test ./...\n"},
		{"script", `
-- ci/test.sh --
#!/usr/bin/env bash
set -e
. "$(dirname "$0")/lib.sh"
cd "$(git rev-parse --show-toplevel)/sub"
unit "$1"
-- ci/lib.sh --
unit() {
	go test $1 ./...
}
-- sub/a --
`, "./ci/test.sh -race", "ci/lib.sh:2: go test -race ./... [dir sub]\n"},
		{"case", `
-- t.sh --
#!/bin/sh -e
case "$1" in
unit) go test ./... ;;
race|all) go test -race ./... ;;
*) exit 1 ;;
esac
`, "sh t.sh race || true", "t.sh:4: go test -race ./... [lost `|| true` takes its failure away]\n"},
		{"missing", "", "./bin/tool x\nbash gone.sh\ncurl -s https://example.com/x | sh -s -- -b bin",
			"ci.yml:10: ./bin/tool x\nci.yml:11: bash gone.sh [unread runs a script that is not in the repository]\n" +
				"ci.yml:12: curl -s https://example.com/x [lost its output goes into `sh -s -- -b bin`, and without `pipefail` only the end of a pipe counts]\n" +
				"ci.yml:12: sh -s -- -b bin [unread runs a text that is piped into the shell]\n"},
		{"conditions", "", `if [ "$OS" = linux ]; then
  go vet ./...
fi
if [ -n "" ]; then go test ./...; else go build ./...; fi
[ -f go.mod ] && go list
command -v golangci-lint >/dev/null && golangci-lint run
if [ -z "$TOKEN" ]; then exit 0; fi
go test -race ./...`,
			"ci.yml:11: go vet ./... [if `[ \"$OS\" = linux ]`]\n" +
				"ci.yml:13: go build ./...\n" +
				"ci.yml:14: go list [if `[ -f go.mod ]`]\n" +
				"ci.yml:15: golangci-lint run [if `command -v golangci-lint >/dev/null`]\n" +
				"ci.yml:17: go test -race ./... [if not where `[ -z \"$TOKEN\" ]`]\n"},
		{"output that is judged", "", `go mod tidy
test -z "$(git status --porcelain)"
if [ -n "$(gofmt -l .)" ]; then
  echo bad; exit 1
fi
out=$(git diff)
[ -z "$out" ] || exit 1
git status -s | (! grep .)
echo "$(git diff)"`,
			"ci.yml:10: go mod tidy\nci.yml:11: git status --porcelain [checks]\nci.yml:12: gofmt -l . [checks]\n" +
				"ci.yml:15: git diff [checks]\nci.yml:17: git status -s [lost its output goes into `(! grep .)`, and without `pipefail` only the end of a pipe counts] [checks]\n" +
				"ci.yml:17: grep . [lost `!` turns its failure into success]\n" +
				"ci.yml:18: git diff [lost it only makes words of a command]\n"},
		{"make", `
-- Makefile --
GO ?= go
GOTEST := $(GO) test
RACE = -race
pkgs = ./...
ifeq ($(NORACE),1)
RACE =
endif
.PHONY: all test lint
all: test

test: generate | lint ## runs tests
	@echo testing
	@$(GOTEST) $(RACE) \
		$(pkgs)
	-$(GO) vet ./...
	$(MAKE) -C sub check V=$(V)

test-%:
	$(GOTEST) -run $* ./$*

lint: FLAGS += --fast
lint:
	cd sub && golangci-lint run $(FLAGS); echo done
generate:
	$(GO) generate ./...
include more.mk
-- more.mk --
extra: ; go vet -extra
-- sub/Makefile --
check:
	$(foreach d,a b,staticcheck ./$(d);)
ifdef V
	go verbose $(V)
endif
`, "make\nmake test-unit NORACE=1\nmake extra\nmake V=1 -C sub\nmake gone",
			"Makefile:25: go generate ./...\n" +
				"Makefile:23: golangci-lint run --fast [dir sub] [lost the script goes on after its failure (no `set -e`)]\n" +
				"Makefile:13: go test -race ./...\n" +
				"Makefile:15: go vet ./... [lost make goes on after its failure (`-` before the command)]\n" +
				"sub/Makefile:2: staticcheck ./a [dir sub] [lost the script goes on after its failure (no `set -e`)]\n" +
				"sub/Makefile:2: staticcheck ./b [dir sub]\n" +
				"Makefile:19: go test -run unit ./unit\n" +
				"more.mk:1: go vet -extra\n" +
				"sub/Makefile:2: staticcheck ./a [dir sub] [lost the script goes on after its failure (no `set -e`)]\n" +
				"sub/Makefile:2: staticcheck ./b [dir sub]\n" +
				"sub/Makefile:4: go verbose 1 [dir sub]\n" +
				"ci.yml:14: make gone [unread the Makefile has no target gone]\n"},
		{"make, a variable of several lines", `
-- Makefile --
define clean
	@git diff --quiet
	@if ! git status -s; then \
		exit 1; \
	fi
	-go vet $(1)
endef
check:
	go build
	$(call clean,./...)
`, "make check", "Makefile:9: go build\nMakefile:10: git diff --quiet\nMakefile:10: git status -s\nMakefile:10: go vet ./... [lost make goes on after its failure (`-` before the command)]\n"},
		{"make, unknown condition", `
-- Makefile --
ifneq ($(shell command -v gotestsum),)
FLAGS := -race
endif
space := $(null) # one
TAGS = a b
test:
	go test -tags=$(subst $(space),-,$(TAGS)) $(FLAGS) ./...
ifeq ($(shell which x),x)
	go vet
endif
`, "make test", "Makefile:7: go test -tags=a-b $(FLAGS) ./... [open $(FLAGS)]\nMakefile:9: go vet [if `ifeq ($(shell which x),x)`]\n"},
		{"task and just", `
-- Taskfile.yml --
version: '3'
tasks:
  default:
    deps: [lint]
    cmds:
      - task: unit
      - cmd: staticcheck ./...
        ignore_error: true
  lint: golangci-lint run
  unit:
    dir: sub
    cmds:
      - go test -race {{.CLI_ARGS}} ./...
-- justfile --
set shell := ["bash", "-c"]
# checks
check pkg="./...": fmt
    @go vet {{pkg}}
    -staticcheck
fmt:
    gofmt -l .
load:
    for i in 1 2 ; do \
        go vet $i \
        && exit ; done
-- sub/a --
`, "task\njust check\njust gone\njust load",
			"Taskfile.yml:9: golangci-lint run\nTaskfile.yml:13: go test -race {{.CLI_ARGS}} ./... [dir sub] [open {{.CLI_ARGS}}]\n" +
				"Taskfile.yml:7: staticcheck ./... [lost `ignore_error` lets the task go on]\n" +
				"justfile:7: gofmt -l .\njustfile:4: go vet {{pkg}} [open {{pkg}}]\n" +
				"justfile:5: staticcheck [lost just goes on after its failure (`-` before the command)]\n" +
				"ci.yml:12: just gone [unread the justfile has no recipe gone]\n" +
				"justfile:10: go vet 1 [lost the loop goes on after its failure]\njustfile:10: go vet 2 [if not where `go vet $i` succeeds]\n"},
		{"in a container", "-- Makefile --\nrace:\n\tgo test -race ./...\n", "docker run --rm -v $PWD:/src golang:1.26 make race || exit 1",
			"Makefile:2: go test -race ./...\n"},
		{"a wrapper that is not known", "-- Makefile --\ntest:\n\tgo test ./...\n", "$IN_BUILDER env A=b make test",
			"ci.yml:10: $IN_BUILDER env A=b make test [open $IN_BUILDER]\nMakefile:2: go test ./...\n"},
		{"programs of the repository", "-- build.go --\npackage main\n-- x.py --\n#!/usr/bin/env python3\n", "go run build.go test\n./x.py\nmage Test",
			"ci.yml:10: go run build.go test [unread what this program does is not looked into]\n" +
				"ci.yml:11: ./x.py [unread runs x.py, which is no shell script]\n" +
				"ci.yml:12: mage Test [unread its steps are not written in a language that is read here]\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := script.NewReader(treetest.Open(t, tt.files))
			got := describe(r.Shell(script.Script{Text: tt.text, File: "ci.yml", Line: 10, Dir: ".", Errexit: true}))
			if got != tt.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, tt.want)
			}
			if len(r.Problems) > 0 {
				t.Errorf("problems: %v", r.Problems)
			}
		})
	}
}

func TestProblems(t *testing.T) {
	r := script.NewReader(treetest.Open(t, "-- a --\n"))
	r.Shell(script.Script{Text: "go vet\nif true; then\n", File: "ci.yml", Line: 7, Dir: "."})
	r.Shell(script.Script{Text: strings.Repeat("(", 100_000), File: "ci.yml", Line: 9, Dir: "."})
	if len(r.Problems) != 2 || r.Problems[0].Line != 8 || r.Problems[0].Column == 0 || !strings.Contains(r.Problems[1].Text, "deep") {
		t.Errorf("problems: %+v", r.Problems)
	}
}

// Scripts that call themselves, grow, or make make go round end all the same.
func TestHostile(t *testing.T) {
	for name, tt := range map[string]struct{ files, text string }{
		"script":    {"-- a.sh --\n./a.sh; ./a.sh\n", "./a.sh"},
		"function":  {"", "f() { f; f; f; }\nf"},
		"make":      {"-- Makefile --\na: b\n\tmake a; make b\nb: a\n\tmake a\n%: x%\n\tgo\n", "make a c"},
		"variable":  {"-- Makefile --\nX = $(X)$(X)\nY := $(foreach a,1 2 3 4,$(X))\na:\n\t$(X) $(Y)\n", "make a"},
		"growing":   {"", "x=aaaaaaaaaaaaaaaa\n" + strings.Repeat("x=$x$x$x$x\n", 40) + "go $x"},
		"range":     {"", "go {1..1000000000} $((9**9**9))"},
		"loops":     {"", strings.Repeat("for a in 1 2 3 4 5 6 7 8 9; do ", 12) + "go" + strings.Repeat("; done", 12)},
		"functions": {"", "a() { b || b; }; b() { c || c; }; c() { d || d; }; d() { a || a; }\na || a || die"},
		"include":   {"-- Makefile --\ninclude Makefile Makefile\na:\n", "make a"},
	} {
		t.Run(name, func(t *testing.T) {
			r := script.NewReader(treetest.Open(t, tt.files))
			cmds := r.Shell(script.Script{Text: tt.text, File: "f", Line: 1, Dir: "."})
			if len(cmds) > 3_000_000 {
				t.Errorf("%d commands", len(cmds))
			}
			cut := slices.ContainsFunc(cmds, func(c script.Command) bool { return c.Any && c.Unread != "" })
			if name == "loops" && !cut {
				t.Error("a script that is not followed to its end is not said to run anything")
			}
		})
	}
}

func FuzzShell(f *testing.F) {
	f.Add("set -e\nif ! go vet; then exit 1; fi\nfor x in a b; do y=$(go $x); done", "a: b\n\tgo $(or x,$@)\nifeq (a,b)\nb:\nendif", "x: y\n  go\n")
	f.Fuzz(func(t *testing.T, text, makefile, justfile string) {
		dir := t.TempDir()
		for name, data := range map[string]string{"a.sh": text, "Makefile": makefile, "justfile": justfile} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(data), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		tr, err := tree.Walk(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer tr.Close()
		r := script.NewReader(tr)
		for _, c := range r.Shell(script.Script{Text: "bash a.sh x; make; make a b; just\n" + text, File: "f", Line: 1, Dir: "."}) {
			if len(c.Argv) == 0 || c.File == "" {
				t.Fatalf("a command without words or place: %+v", c)
			}
			if strings.ContainsAny(c.Text+c.Lost+c.If, "\uE000\uE002") && !strings.ContainsAny(text+makefile+justfile, "\uE000\uE001\uE002") {
				t.Fatalf("a mark is left in %q", c.Text)
			}
		}
	})
}
