package modules

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"

	"github.com/lagvet/lagvet/analyzers/pattern"
	"github.com/lagvet/lagvet/maturity/internal/tree"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// A Module is a module of the repository.
type Module struct {
	Dir     string // from the repository's root, "." for that
	File    *modfile.File
	Aside   bool // an example, or a home for tools: not what is shipped
	Program bool // it has a package main outside of directories of that kind

	name   string
	sums   map[module.Version]bool // of go.sum; version ends with "/go.mod" for the hash of go.mod alone
	noSums bool                    // go.sum could not be read
	vendor *vendor
	work   *Workspace // that uses it
}

// Path is the module's path, or its directory if it has none.
func (m *Module) Path() string {
	if m.File.Module == nil {
		return m.Dir
	}
	return m.File.Module.Mod.Path
}

// A Workspace is a go.work file.
type Workspace struct {
	Dir  string
	File *modfile.WorkFile

	name   string
	sums   map[module.Version]bool
	vendor *vendor

	members []*Module
	paths   map[string]bool // of the members
}

// A Submodule is another repository within this one: what it holds is not seen.
type Submodule struct {
	Path string
	verdict.Place
}

// A Result is what a repository says of its modules.
type Result struct {
	Modules    []*Module
	Workspaces []*Workspace
	Submodules []Submodule
	Problems   []tree.Problem

	tree     *tree.Tree
	byDir    map[string]*Module
	commands []command       // of build files
	tools    []verdict.Place // files that pin tools by importing them
}

// Collect reads the repository's modules.
func Collect(t *tree.Tree) *Result {
	r := &Result{tree: t}
	r.submodules()
	for _, name := range t.Files() {
		switch base := path.Base(name); {
		case base == "go.mod" && !overlooked(name):
			r.module(name)
		case base == "go.work" && !overlooked(name):
			r.workspace(name)
		}
	}
	r.join()
	r.programs()
	r.scan()
	r.toolsFiles()
	return r
}

// overlooked reports whether the go command passes a file by, or it is not the
// repository's own.
func overlooked(name string) bool {
	dirs := strings.Split(path.Dir(name), "/")
	return slices.ContainsFunc(dirs, func(d string) bool {
		return d == "vendor" || d == "testdata" || d == "node_modules" || d == "third_party" ||
			strings.HasPrefix(d, "_") || strings.HasPrefix(d, ".") && d != "."
	})
}

// aside reports whether what lies in a directory is by its name not what is shipped.
func aside(dir string) bool {
	return slices.ContainsFunc(strings.Split(dir, "/"), func(d string) bool {
		switch strings.TrimPrefix(d, "internal-") {
		case "example", "examples", "sample", "samples", "demo", "demos", "tutorial", "tutorials",
			"tool", "tools", "hack", "build", "ci", "script", "scripts", "docs", "doc",
			"test", "tests", "fuzz", "e2e", "integration", "benchmark", "benchmarks", "bench", "fixtures":
			return true
		}
		return false
	})
}

func (r *Result) problem(file string, line, column int, why string) {
	r.Problems = append(r.Problems, tree.Problem{Place: verdict.Place{File: file, Line: line, Text: why}, Column: column})
}

// read returns a file, or says why not.
func (r *Result) read(name string) ([]byte, bool) {
	data, err := r.tree.Read(name)
	if err != nil {
		r.problem(name, 0, 0, err.Error())
		return nil, false
	}
	return data, true
}

// broken says why a file of modfile's syntax cannot be read.
func (r *Result) broken(name string, err error) {
	list, ok := errors.AsType[modfile.ErrorList](err)
	if !ok || len(list) == 0 {
		r.problem(name, 0, 0, err.Error())
		return
	}
	e := list[0]
	why := e.Err.Error()
	if e.ModPath != "" {
		why = e.ModPath + ": " + why
	}
	r.problem(name, e.Pos.Line, e.Pos.LineRune, why)
}

func (r *Result) module(name string) {
	data, ok := r.read(name)
	if !ok {
		return
	}
	f, err := modfile.Parse(name, data, nil)
	if err != nil {
		r.broken(name, err)
		return
	}
	dir := path.Dir(name)
	m := &Module{Dir: dir, File: f, Aside: aside(dir), name: name}
	m.sums, m.noSums = r.sums(path.Join(dir, "go.sum"))
	m.vendor = r.vendored(dir)
	r.Modules = append(r.Modules, m)
}

func (r *Result) workspace(name string) {
	data, ok := r.read(name)
	if !ok {
		return
	}
	f, err := modfile.ParseWork(name, data, nil)
	if err != nil {
		r.broken(name, err)
		return
	}
	w := &Workspace{Dir: path.Dir(name), File: f, name: name}
	w.sums, _ = r.sums(path.Join(w.Dir, "go.work.sum"))
	w.vendor = r.vendored(w.Dir)
	r.Workspaces = append(r.Workspaces, w)
}

// sums reads a go.sum; a file that is not there holds none.
func (r *Result) sums(name string) (sums map[module.Version]bool, unread bool) {
	if !r.tree.Has(name) {
		return nil, false
	}
	data, ok := r.read(name)
	if !ok {
		return nil, true
	}
	sums = make(map[module.Version]bool)
	line := 0
	for text := range bytes.Lines(data) {
		line++
		f := strings.Fields(string(text))
		switch {
		case len(f) == 0:
		case len(f) != 3 || !strings.HasPrefix(f[2], "h1:"):
			r.problem(name, line, 1, "a line of go.sum is MODULE VERSION HASH")
			return nil, true
		default:
			sums[module.Version{Path: f[0], Version: f[1]}] = true
		}
	}
	return sums, false
}

// submodules reads .gitmodules, which has the syntax of git's configuration: only
// the paths are of interest.
func (r *Result) submodules() {
	const name = ".gitmodules"
	if !r.tree.Has(name) {
		return
	}
	data, ok := r.read(name)
	if !ok {
		return
	}
	line := 0
	for text := range strings.Lines(string(data)) {
		line++
		key, value, ok := strings.Cut(text, "=")
		if !ok || strings.TrimSpace(key) != "path" {
			continue
		}
		p := path.Clean(strings.Trim(strings.TrimSpace(value), `"`))
		r.Submodules = append(r.Submodules, Submodule{p, verdict.Place{File: name, Line: line, Text: strings.TrimSpace(text)}})
	}
}

// within is the submodule that holds a path.
func (r *Result) within(p string) (Submodule, bool) {
	for _, s := range r.Submodules {
		if p == s.Path || strings.HasPrefix(p, s.Path+"/") {
			return s, true
		}
	}
	return Submodule{}, false
}

// at is the place of a line of a go.mod or go.work.
func at(file string, line *modfile.Line) verdict.Place {
	return verdict.Place{File: file, Line: line.Start.Line, Text: strings.Join(line.Token, " ")}
}

// head is the place of the module line, for what is said of the whole file.
func (m *Module) head(text string) verdict.Place {
	p := verdict.Place{File: m.name, Line: 1, Text: text}
	if m.File.Module != nil {
		p.Line = m.File.Module.Syntax.Start.Line
	}
	return p
}

// shipped are the modules that are not aside; all if there are no others.
func (r *Result) shipped() []*Module {
	var own []*Module
	for _, m := range r.Modules {
		if !m.Aside {
			own = append(own, m)
		}
	}
	if len(own) == 0 {
		return r.Modules
	}
	return own
}

// join finds the modules that each workspace uses.
func (r *Result) join() {
	r.byDir = make(map[string]*Module)
	for _, m := range r.Modules {
		r.byDir[m.Dir] = m
	}
	for _, w := range r.Workspaces {
		w.paths = make(map[string]bool)
		for _, u := range w.File.Use {
			if m := r.byDir[path.Join(w.Dir, u.Path)]; m != nil {
				w.members = append(w.members, m)
				w.paths[m.Path()] = true
				m.work = w
			}
		}
	}
}

// built are the shipped modules that have programs; all that are shipped if none has.
func (r *Result) built() []*Module {
	var all []*Module
	for _, m := range r.shipped() {
		if m.Program {
			all = append(all, m)
		}
	}
	if len(all) == 0 {
		return r.shipped()
	}
	return all
}

// maxMains is how many files are looked at for package main: the largest monorepos
// have some hundred programs.
const maxMains = 5000

// packageMain is a package clause of a program. A constraint that nothing but "go run"
// of the file meets makes a script of it.
var (
	packageMain = pattern.New(`(?m)^package main\b`)
	ignored     = pattern.New(`(?m)^//\s*(?:go:build|\+build) ignore\b`)
)

// programs finds the modules that have programs: by files called main.go, and those
// below directories called cmd.
func (r *Result) programs() {
	looked := 0
	for _, name := range r.tree.Files() {
		if !mayBeMain(name) || overlooked(name) {
			continue
		}
		dir := path.Dir(name)
		for r.byDir[dir] == nil && dir != "." {
			dir = path.Dir(dir)
		}
		m := r.byDir[dir]
		if m == nil || m.Program || m.Aside != aside(path.Dir(name)) {
			continue
		}
		if looked++; looked > maxMains {
			return
		}
		data, err := r.tree.Read(name)
		m.Program = err == nil && packageMain.Match(data) && !ignored.Match(data)
	}
}

func mayBeMain(name string) bool {
	return path.Base(name) == "main.go" || strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") && strings.Contains("/"+name, "/cmd/")
}

// Requires returns the version in which a shipped module of the repository requires
// the module of this path, the first one if several do.
func (r *Result) Requires(path string) (version string, place verdict.Place, ok bool) {
	for _, m := range r.shipped() {
		for _, q := range m.File.Require {
			if q.Mod.Path == path {
				return q.Mod.Version, at(m.name, q.Syntax), true
			}
		}
	}
	return "", verdict.Place{}, false
}

// missing is the result of any check where there is nothing to look at: ok is
// whether there is something.
func (r *Result) missing() (v verdict.Result, ok bool) {
	if len(r.Modules) > 0 {
		return v, true
	}
	if p, ok := r.unread(); ok {
		return p, false
	}
	return verdict.Needless("the repository has no go.mod"), false
}

// unread is the result of a check that nothing fails, if a file could not be read:
// it is neither a pass then. Only the named files count, all if none are named.
func (r *Result) unread(names ...string) (v verdict.Result, ok bool) {
	var places []verdict.Place
	for _, p := range r.Problems {
		if len(names) == 0 || slices.Contains(names, path.Base(p.File)) {
			places = append(places, p.Place)
		}
	}
	if len(places) == 0 {
		return v, false
	}
	return verdict.Unseen(fmt.Sprintf("%s cannot be read: %s", places[0], places[0].Text), places...), true
}

// judge is a failure if there is something bad, UNKNOWN if a file that would tell
// could not be read or if there is something unseen, and else a pass.
func (r *Result) judge(bad, unseen, good []verdict.Place, failed, unknown, passed string) verdict.Result {
	if len(bad) > 0 {
		return verdict.Failed(failed, bad...)
	}
	if v, ok := r.unread("go.mod", "go.work"); ok {
		return v
	}
	if len(unseen) > 0 {
		return verdict.Unseen(unknown, unseen...)
	}
	return verdict.Passed(passed, good...)
}
