package timetable

import (
	"path"
	"slices"
	"strings"
	"time"

	"github.com/lagvet/lagvet/analyzers/timesheet"
)

// maxImplementations bounds how many types of the program a call of an interface may
// stand for: of more, none is as likely as another to be meant.
const maxImplementations = 4

// A program knows the sheets of all packages.
type program struct {
	sheets   []*timesheet.Sheet
	byPath   map[string]*timesheet.Sheet
	funcs    map[string]*timesheet.Func
	ifaces   map[string][]string
	types    []map[string]string
	callers  map[string][]*timesheet.Site
	mounts   bool // routers hang below others
	guarded  bool // clients of gRPC have what the calls do not show
	impls    map[call][]string
	results  map[string]*result
	building map[string]bool
}

// A call is one of a method of an interface.
type call struct{ iface, method string }

func newProgram(sheets []*timesheet.Sheet) *program {
	p := &program{
		sheets:   sheets,
		byPath:   make(map[string]*timesheet.Sheet),
		funcs:    make(map[string]*timesheet.Func),
		ifaces:   make(map[string][]string),
		callers:  make(map[string][]*timesheet.Site),
		impls:    make(map[call][]string),
		results:  make(map[string]*result),
		building: make(map[string]bool),
	}
	for _, s := range sheets {
		p.byPath[s.Package] = s
		p.guarded = p.guarded || s.Intercepts != ""
		p.mounts = p.mounts || s.Mounts
		for name, methods := range s.Interfaces {
			p.ifaces[name] = methods
		}
		for _, name := range slices.Sorted(keys(s.Types)) {
			p.types = append(p.types, s.Types[name])
		}
		for i := range s.Funcs {
			f := &s.Funcs[i]
			p.funcs[f.Name] = f
			for j := range f.Sites {
				for _, to := range f.Sites[j].To {
					p.callers[to] = append(p.callers[to], &f.Sites[j])
				}
			}
		}
	}
	return p
}

func keys[V any](m map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// implementations returns the methods that a call of an interface stands for; nil if
// none is seen, or too many are.
func (p *program) implementations(iface, method string) []string {
	c := call{iface, method}
	if found, ok := p.impls[c]; ok {
		return found
	}
	var found []string
	for _, ms := range p.types {
		all := !slices.ContainsFunc(p.ifaces[iface], func(m string) bool { return ms[m] == "" })
		if all && ms[method] != "" && !slices.Contains(found, ms[method]) {
			found = append(found, ms[method])
		}
	}
	if len(found) > maxImplementations {
		found = nil
	}
	p.impls[c] = found
	return found
}

// maxHops bounds how many functions a parameter is handed through.
const maxHops = 4

// textOf returns the string that a parameter is given by all calls that are seen; what
// it is, is known only if all agree.
func (p *program) textOf(t timesheet.Text, hops int) timesheet.Text {
	if t.Given == nil || hops > maxHops {
		return t
	}
	var all timesheet.Text
	for i, s := range p.callers[t.Given.Func] {
		a := argOf(s, t.Given.Index)
		if a == nil {
			return timesheet.Text{}
		}
		one := p.textOf(a.Text, hops+1)
		one.Given = nil
		if i > 0 && one != all {
			return timesheet.Text{}
		}
		all = one
	}
	all.Whole = all.Whole && t.Const == ""
	return all
}

// timeOf is textOf for a duration: the longest, as a bound of all calls.
func (p *program) timeOf(g *timesheet.Given) time.Duration {
	var most time.Duration
	for _, s := range p.callers[g.Func] {
		a := argOf(s, g.Index)
		if a == nil || a.Time <= 0 {
			return 0
		}
		most = max(most, a.Time)
	}
	return most
}

func argOf(s *timesheet.Site, i int) *timesheet.Arg {
	for j := range s.Args {
		if s.Args[j].Index == i {
			return &s.Args[j]
		}
	}
	return nil
}

// programs returns the packages main that a package is part of.
func (p *program) programs(pkg string) (mains []*timesheet.Sheet) {
	for _, s := range p.sheets {
		if s.Main && p.imports(s, pkg, make(map[string]bool)) {
			mains = append(mains, s)
		}
	}
	return mains
}

func (p *program) imports(s *timesheet.Sheet, pkg string, seen map[string]bool) bool {
	if s.Package == pkg {
		return true
	}
	if seen[s.Package] {
		return false
	}
	seen[s.Package] = true
	return slices.ContainsFunc(s.Imports, func(path string) bool {
		next := p.byPath[path]
		return next != nil && p.imports(next, pkg, seen)
	})
}

// programName is what the go command calls the executable of a package main.
func programName(pkg string) string {
	name := path.Base(pkg)
	if len(name) > 1 && name[0] == 'v' && strings.Trim(name[1:], "0123456789") == "" {
		name = path.Base(path.Dir(pkg))
	}
	return name
}

// servers returns what may serve a route of a package: the servers of its router, or
// those of the programs that it is part of.
func (p *program) servers(pkg string, r timesheet.Route) (list []timesheet.Server, sure bool) {
	var around []timesheet.Server
	mains := p.programs(pkg)
	for _, s := range p.sheets {
		part := len(mains) == 0 || slices.ContainsFunc(mains, func(m *timesheet.Sheet) bool { return p.imports(m, s.Package, make(map[string]bool)) })
		for _, v := range s.Servers {
			if slices.ContainsFunc(v.Keys, func(k string) bool { return slices.Contains(r.Keys, k) }) {
				list = append(list, v)
			}
			if part {
				around = append(around, v)
			}
		}
	}
	if len(list) > 0 {
		return list, true
	}
	return around, len(around) == 1
}
