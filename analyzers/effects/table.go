package effects

import (
	"slices"
	"strings"
	"sync"
)

// A row of a table states the effects of functions. Names are full names, type
// parameters and "vendor/" left out; those of one package may share its path:
// "sync: Mutex.Lock Mutex.Unlock" is not written so, but each in full, so that a
// search for a name finds its row.
type row struct {
	pkg   string // import path, or "" if names are full ones
	names string // separated by blanks: "F (*T).M"
	set   Set
	why   string
}

// A table holds rows by the full name of the function.
type table map[string]*Summary

func newTable(rows []row) table {
	t := make(table)
	for _, r := range rows {
		s := stated(r.set, r.why)
		for _, name := range strings.Fields(r.names) {
			t[r.full(name)] = s
			if slices.Contains(keepers, r.full(name)) {
				kept := *s
				kept.Retained = allRetained
				t[r.full(name)] = &kept
			}
		}
	}
	return t
}

// allRetained says that every parameter is kept.
const allRetained = 1<<64 - 1

// The summaries of what is not known.
var (
	missing   = unknownSummary("nothing is known of it")
	noBody    = unknownSummary("it has no Go body")
	callsC    = stated(1<<Cgo, "calls C")
	ofRuntime = unknownSummary("the runtime itself is not analysed")
)

func unknownSummary(why string) *Summary {
	s := stated(unknown, why)
	s.Retained = allRetained
	return s
}

// full returns the full name of what the row calls name: "(*T).M" of package
// p is (*p.T).M.
func (r row) full(name string) string {
	switch {
	case r.pkg == "":
		return name
	case strings.HasPrefix(name, "(*"):
		return "(*" + r.pkg + "." + name[2:]
	case strings.HasPrefix(name, "("):
		return "(" + r.pkg + "." + name[1:]
	}
	return r.pkg + "." + name
}

// tables are the tables of this package, made once.
type tables struct {
	primitives, overrides, contracts, fields, results, settled table
	ends                                                       map[string]bool
}

var builtin = sync.OnceValue(func() *tables {
	t := &tables{
		primitives: newTable(primitives),
		overrides:  newTable(overrides),
		contracts:  newTable(slices.Concat(contracts, settled)),
		fields:     newTable(knownFields),
		results:    newTable(knownResults),
		ends:       make(map[string]bool),
		settled:    newTable(settled),
	}
	for _, s := range t.contracts {
		s.suspect()
	}
	for _, r := range ends {
		for _, name := range strings.Fields(r.names) {
			t.ends[r.full(name)] = true
		}
	}
	return t
})

// tableName returns a full name in the form that the tables have: without type
// parameters, and of a vendored package as if it were not.
func tableName(full string) string {
	full = strings.Replace(full, "vendor/golang.org/", "golang.org/", 1)
	for {
		i := strings.IndexByte(full, '[')
		if i < 0 {
			return full
		}
		j := matching(full, i)
		if j < 0 {
			return full
		}
		full = full[:i] + full[j+1:]
	}
}

// matching returns the index of the bracket that closes the one at i.
func matching(s string, i int) int {
	depth := 0
	for ; i < len(s); i++ {
		switch s[i] {
		case '[':
			depth++
		case ']':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// isRuntime reports whether a package is part of the runtime, which is not
// analysed: what a function there does to the caller's latency cannot be told
// from locks that the scheduler itself understands.
func isRuntime(path string) bool {
	return path == "runtime" || strings.HasPrefix(path, "internal/runtime/")
}
