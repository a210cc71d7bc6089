// Package stacks makes profiles in pprof's format of what is measured on stacks.
package stacks

import "github.com/google/pprof/profile"

// A Table holds the functions and locations of a profile, each of them once.
type Table struct {
	*profile.Profile
	functions map[functionOf]*profile.Function
	locations map[lineOf]*profile.Location
}

type (
	functionOf struct{ name, file string }
	lineOf     struct {
		function *profile.Function
		line     int64
	}
)

// NewTable returns a table of a profile that has no functions yet.
func NewTable(p *profile.Profile) *Table {
	return &Table{Profile: p, functions: make(map[functionOf]*profile.Function), locations: make(map[lineOf]*profile.Location)}
}

// Location returns the location of a line of a function, as profiles name it. It
// belongs to no mapping: its address is not known.
func (t *Table) Location(function, file string, line int64) *profile.Location {
	at := lineOf{t.function(function, file), line}
	loc := t.locations[at]
	if loc == nil {
		loc = &profile.Location{ID: uint64(len(t.Profile.Location) + 1), Line: []profile.Line{{Function: at.function, Line: line}}}
		t.locations[at] = loc
		t.Profile.Location = append(t.Profile.Location, loc)
	}
	return loc
}

func (t *Table) function(name, file string) *profile.Function {
	is := functionOf{name, file}
	f := t.functions[is]
	if f == nil {
		f = &profile.Function{ID: uint64(len(t.Profile.Function) + 1), Name: name, SystemName: name, Filename: file}
		t.functions[is] = f
		t.Profile.Function = append(t.Profile.Function, f)
	}
	return f
}
