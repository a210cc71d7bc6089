package evidence

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/analyzers/symbol"
	"github.com/lagvet/lagvet/cmd/internal/finding"
)

// A Set is the evidence that a run was given.
type Set struct {
	sources []*source
	binary  *executable // nil if none was given
}

// Open reads files of evidence, and the executable that they were taken from,
// which may be "". Relative paths start from dir. An error is one of what the user
// handed in: a file that cannot be read, or that measures nothing of use.
func Open(dir string, files []string, binary string) (*Set, error) {
	set := new(Set)
	for _, name := range files {
		s, err := open(name, from(dir, name))
		if err != nil {
			return nil, err
		}
		set.sources = append(set.sources, s)
	}
	set.lend()
	if binary == "" {
		return set, nil
	}
	var err error
	set.binary, err = openBinary(binary, from(dir, binary))
	return set, err
}

func from(dir, name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(dir, name)
}

// lend gives functions of traces, which do not say on which line they begin, the
// lines that other sources know.
func (set *Set) lend() {
	type functionOf struct{ name, file string }
	known := make(map[functionOf]int64)
	for _, s := range set.sources {
		for _, f := range s.raw.Function {
			if f.StartLine > 0 {
				known[functionOf{f.Name, f.Filename}] = f.StartLine
			}
		}
	}
	for _, s := range set.sources {
		for _, f := range s.raw.Function {
			f.StartLine = cmp.Or(f.StartLine, known[functionOf{f.Name, f.Filename}])
		}
	}
}

// A Report is what there is to say of the evidence itself.
type Report struct {
	Problems []finding.Problem // sources that are refused, and why
	Notes    []string
}

// Join tells each finding of the lists what was measured of it.
func (set *Set) Join(ctx context.Context, p Program, lists ...[]finding.Finding) Report {
	var rep Report
	sources := set.accepted(ctx, p, &rep)
	t := newTree(p)
	spots := make(map[*finding.Finding]*spot)
	for _, fs := range lists {
		for i := range fs {
			if f := &fs[i]; f.Rule != finding.DirectiveRule {
				spots[f] = t.spot(*f)
			}
		}
	}
	var joined []*resolved
	for _, s := range sources {
		r := resolve(s, t)
		joined = append(joined, r)
		if note := r.stale(); note != "" {
			rep.Notes = append(rep.Notes, note)
		}
	}
	unknown := 0
	for f, s := range spots {
		if s == nil {
			unknown++
			continue
		}
		f.Evidence = s.evidence(*f, joined)
	}
	if unknown > 0 && len(joined) > 0 {
		rep.Notes = append(rep.Notes, fmt.Sprintf("of %d findings nothing is known by evidence: their functions stand in no source file that can be read", unknown))
	}
	return rep
}

// accepted returns the sources that are of this program.
func (set *Set) accepted(ctx context.Context, p Program, rep *Report) []*source {
	var accepted []*source
	if set.binary != nil {
		if problem := set.binary.check(ctx, p, rep); problem != nil {
			rep.Problems = append(rep.Problems, *problem)
			return nil
		}
	}
	for _, s := range set.sources {
		problem := set.binary.refuse(s)
		if problem == nil {
			problem = s.strange(p, rep)
		}
		if problem != nil {
			rep.Problems = append(rep.Problems, *problem)
			continue
		}
		if s.empty() {
			rep.Notes = append(rep.Notes, s.name+" holds no samples: nothing of the kind happened, or it was not turned on (runtime.SetMutexProfileFraction, runtime.SetBlockProfileRate)")
			continue
		}
		accepted = append(accepted, s)
	}
	rep.Notes = append(rep.Notes, builds(accepted)...)
	return accepted
}

func (s *source) empty() bool {
	return !slices.ContainsFunc(s.meters, func(m *meter) bool { return len(m.samples) > 0 })
}

// strange says that a source is of another program: no function of the main
// modules is in it, and its package main is not one of theirs. That can be said
// only if it is known which there are.
func (s *source) strange(p Program, rep *Report) *finding.Problem {
	pkgs := s.packages()
	others := false // packages of a main module that is not ours
	for pkg, file := range pkgs {
		if slices.ContainsFunc(p.Modules, func(m Module) bool { return within(pkg, m.Path) }) {
			return nil
		}
		others = others || pkg != "main" && !strings.Contains(file, "@") && !strings.Contains(file, "/vendor/")
	}
	_, main := pkgs["main"]
	switch {
	case len(p.Modules) == 0 || len(pkgs) == 0:
		return nil
	case main && !others && len(p.Commands) == 0:
		rep.Notes = append(rep.Notes, fmt.Sprintf("%s may be of another program: of this module it can only hold package main, and none was checked", s.name))
		return nil
	case main && !others && (len(s.mains) == 0 || slices.ContainsFunc(p.Commands, func(c string) bool { return slices.Contains(s.mains, c) })):
		return nil
	}
	return &finding.Problem{
		Message: fmt.Sprintf("%s is no evidence: it is of another program: it has no function of %s, but those of %s", s.name, modulesOf(p), strings.Join(s.origins(), ", ")),
		Remedy:  "take it from this program, or leave it out",
	}
}

func modulesOf(p Program) string {
	var paths []string
	for _, m := range p.Modules {
		paths = append(paths, m.Path)
	}
	return strings.Join(paths, " or ")
}

// packages returns the packages of the source's functions, those of the standard
// library left out.
func (s *source) packages() map[string]string {
	pkgs := make(map[string]string) // a file of each
	for _, f := range s.raw.Function {
		sym, ok := symbol.Parse(f.Name)
		vendored := strings.HasPrefix(f.Name, "vendor/") // by the standard library
		if ok && !vendored && !symbol.Standard(sym.Pkg) {
			pkgs[sym.Pkg] = filepath.ToSlash(f.Filename)
		}
	}
	return pkgs
}

// origins returns the modules that the functions of a source are of, as well as
// the names of packages and files tell: a file in the module cache, or built with
// -trimpath, has a version in its path. Other packages are known by the path that
// they have in common.
func (s *source) origins() []string {
	const most = 6
	modules := make(map[string]bool)
	common := make(map[string]string) // by their first two elements
	pkgs := s.packages()
	for _, pkg := range slices.Sorted(maps.Keys(pkgs)) {
		before, _, versioned := strings.Cut(pkgs[pkg], "@")
		if mod := suffixOf(before, pkg); versioned && mod != "" {
			modules[mod] = true
			continue
		}
		key := strings.Join(strings.SplitN(pkg+"//", "/", 3)[:2], "/")
		if was, ok := common[key]; ok {
			pkg = shared(was, pkg)
		}
		common[key] = pkg
	}
	for _, pkg := range common {
		modules[pkg] = true
	}
	if modules["main"] && len(s.mains) > 0 {
		delete(modules, "main")
		modules["main ("+strings.Join(s.mains, ", ")+")"] = true
	}
	names := slices.Sorted(maps.Keys(modules))
	if len(names) > most {
		names = append(names[:most:most], fmt.Sprintf("%d more", len(names)-most))
	}
	if len(names) == 0 {
		names = []string{"the standard library only"}
	}
	return names
}

// suffixOf returns the module path that ends the path of a directory and begins
// that of a package, or "".
func suffixOf(dir, pkg string) string {
	for mod := pkg; mod != ""; mod = parent(mod) {
		if dir == mod || strings.HasSuffix(dir, "/"+mod) {
			return mod
		}
	}
	return ""
}

// shared returns the elements that begin both paths.
func shared(a, b string) string {
	for a != "" && !within(b, a) {
		a = parent(a)
	}
	return a
}

// parent returns a path without its last element.
func parent(path string) string { return path[:max(strings.LastIndexByte(path, '/'), 0)] }

// builds says that sources are of different builds.
func builds(sources []*source) []string {
	var first *source
	for _, s := range sources {
		switch {
		case s.buildID == "":
		case first == nil:
			first = s
		case s.buildID != first.buildID:
			return []string{fmt.Sprintf("%s and %s are of different builds of the program (build ids %s and %s)", first.name, s.name, brief(first.buildID), brief(s.buildID))}
		}
	}
	return nil
}

// brief returns the beginning of a build id.
func brief(id string) string { return id[:min(len(id), 12)] }
