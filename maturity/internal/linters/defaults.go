package linters

import (
	_ "embed"
	"slices"
	"strings"
)

//go:embed golangci.txt
var golangci string

// A linter is one that golangci-lint has.
type linter struct {
	schemas string // "1", "2", "12": the versions of the configuration that know it
	slow    bool   // "fast" leaves it out
	presets []string
}

// known is the linter of this name.
func known(name string) (l linter, ok bool) {
	for line := range strings.Lines(golangci) {
		f := strings.Fields(line)
		if len(f) < 3 || f[0] != name {
			continue
		}
		l := linter{schemas: f[1], slow: f[2] == "slow"}
		if len(f) > 3 {
			l.presets = strings.Split(f[3], ",")
		}
		return l, true
	}
	return linter{}, false
}

// standard reports whether golangci-lint runs a linter if nothing is said, by
// https://golangci-lint.run/docs/linters/ and, for schema 1, by the last page of
// version 1 (https://github.com/golangci/golangci-lint/tree/v1.64.8/docs).
func standard(schema int, name string) bool {
	switch name {
	case "errcheck", "govet", "ineffassign", "staticcheck", "unused":
		return true
	case "gosimple":
		return schema == 1
	}
	return false
}

// canonical undoes the other names that schema 1 has for linters.
func canonical(schema int, name string) []string {
	if schema == 1 {
		switch name {
		case "vet", "vetshadow":
			return []string{"govet"}
		case "gas":
			return []string{"gosec"}
		case "goerr113":
			return []string{"err113"}
		case "logrlint":
			return []string{"loggercheck"}
		case "megacheck":
			return []string{"gosimple", "staticcheck", "unused"}
		}
	}
	return []string{name}
}

// vetDefault reports whether govet runs an analyzer if nothing is said: those of go
// vet (cmd/vet, and cmd/fix's inline) in Go 1.26.
func vetDefault(name string) bool {
	return slices.Contains([]string{
		"appends", "asmdecl", "assign", "atomic", "bools", "buildtag", "cgocall", "composites",
		"copylocks", "defers", "directive", "errorsas", "framepointer", "hostport", "httpresponse",
		"ifaceassert", "inline", "loopclosure", "lostcancel", "nilfunc", "printf", "shift",
		"sigchanyzer", "slog", "stdmethods", "stdversion", "stringintconv", "structtag",
		"testinggoroutine", "tests", "timeformat", "unmarshal", "unreachable", "unsafeptr",
		"unusedresult", "waitgroup",
	}, name)
}
