package telemetry

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/lagvet/lagvet/analyzers/pattern"
	"github.com/lagvet/lagvet/maturity/internal/tree"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// MaxFiles is how many Go files are parsed; the largest monorepos have fewer of their
// own. What is beyond makes all results UNKNOWN.
const MaxFiles = 100_000

// A call is one of a function of an imported package, or a literal of one of its types.
type call struct {
	pkg   string // import path
	name  string
	lib   library  // that the package belongs to
	lit   bool     // a composite literal: http.Client{…}
	keys  []string // of the literal
	print bool     // a function of fmt that writes to standard output or error
	verdict.Place
}

// A source is a Go file that was parsed.
type source struct {
	file    string
	left    bool // it is generated, or a script: only what it imports counts
	main    bool // of package main
	command bool // of a program's command line: what it prints is its output
	imports []spec
	calls   []call
	watcher bool          // it serves profiles or metrics, for who runs the program
	traced  verdict.Place // of a string that names trace ids
	problem *tree.Problem
}

// A spec is an import.
type spec struct {
	path string
	lib  library
	verdict.Place
}

// A Result is what a repository's code says of its telemetry.
type Result struct {
	Problems []tree.Problem

	sources  []*source
	programs []verdict.Place // package clauses of programs
	modules  map[string]string
	reached  map[string]bool // directories of packages that programs are built from; nil for all
	exposed  verdict.Place   // a port of an image; without a file if there is none
	refs     []reference     // of dashboards and rules
	recorded []string        // metrics that rules make
	boards   []verdict.Place
	mixins   []verdict.Place // alerts and dashboards in Jsonnet
	names    *names
	over     bool // there is more than was looked at
}

// Collect reads the repository's Go code, dashboards and rules.
func Collect(t *tree.Tree) *Result {
	r := &Result{}
	var files []string
	for _, name := range t.Files() {
		if strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") && !leftOut(name) {
			files = append(files, name)
		}
	}
	if len(files) > MaxFiles {
		files, r.over = files[:MaxFiles], true
	}
	all := slices.DeleteFunc(parseAll(t, files), func(s *source) bool { return s == nil })
	for _, s := range all {
		switch {
		case s.problem != nil:
			r.Problems = append(r.Problems, *s.problem)
			continue
		case s.left:
			continue
		case s.main:
			r.programs = append(r.programs, verdict.Place{File: s.file, Line: 1, Text: "package main"})
		}
		r.sources = append(r.sources, s)
	}
	r.modules = modulesOf(t)
	r.reached = reach(all, r.modules)
	r.exposed = exposed(t)
	r.dashboards(t)
	r.rules(t)
	r.jsonnet(t)
	if len(r.refs) > 0 {
		r.names = literals(t, files)
	}
	return r
}

// leftOut reports whether a file is not of what is shipped, by its directories.
func leftOut(name string) bool {
	return slices.ContainsFunc(strings.Split(path.Dir(name), "/"), func(d string) bool {
		if strings.HasPrefix(d, "_") || strings.HasPrefix(d, ".") && d != "." {
			return true
		}
		d = strings.ToLower(d)
		if strings.HasSuffix(d, "test") || strings.HasPrefix(d, "test-") || strings.HasPrefix(d, "protoc-gen-") {
			return true
		}
		switch d {
		case "vendor", "testdata", "node_modules", "third_party", "example", "examples", "sample", "samples", "demo", "tutorial",
			"tool", "tools", "hack", "script", "scripts", "buildscripts", "tests", "testing", "testutil", "testutils", "testhelper",
			"testhelpers", "integration", "integration-cli", "e2e", "interop", "fuzz", "benchmark", "benchmarks", "bench", "mock", "mocks", "docs", "contrib", "fixtures":
			return true
		}
		return false
	})
}

// parseAll parses files by several workers; the results are in the order of the files.
func parseAll(t *tree.Tree, files []string) []*source {
	all := make([]*source, len(files))
	next := make(chan int)
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := range next {
				all[i] = parse(t, files[i])
			}
		})
	}
	for i := range files {
		next <- i
	}
	close(next)
	wg.Wait()
	return all
}

// generated is the line by which generated code says so (https://go.dev/s/generatedcode).
var generated = pattern.New(`(?m)^// Code generated .* DO NOT EDIT\.\r?$`)

// generatedName is a name that generators give.
var generatedName = pattern.New(`(?:\.pb|[._-]gen|generated|bindata|_vfsdata|_string)[^/]*\.go$`)

// script is a constraint that only "go run" of the very file meets.
var script = pattern.New(`(?m)^//\s*(?:go:build|\+build) ignore\b`)

// parse reads a file; nil if there is nothing of interest.
func parse(t *tree.Tree, name string) *source {
	s := &source{file: name}
	fail := func(line, column int, why string) *source {
		s.problem = &tree.Problem{Place: verdict.Place{File: name, Line: line, Text: why}, Column: column}
		return s
	}
	data, err := t.Read(name)
	if err != nil && generatedName.MatchString(name) {
		return nil // the large ones are tables
	}
	if err != nil {
		return fail(0, 0, err.Error())
	}
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, name, data, parser.ImportsOnly|parser.SkipObjectResolution)
	if err != nil {
		return nil // what does not compile is not shipped
	}
	head := data[:fset.Position(f.Package).Offset]
	s.left = script.Match(head) || generated.Match(head)
	s.main = f.Name.Name == "main"
	s.command = s.main || inCommand(name)
	s.watcher = watches.MatchString(name)
	names := make(map[string]spec)
	for _, i := range f.Imports {
		p, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			continue
		}
		at := fset.Position(i.Pos())
		lib, _ := of(p)
		imported := spec{p, lib, verdict.Place{File: name, Line: at.Line, Text: "imports " + p}}
		s.imports = append(s.imports, imported)
		local := baseName(p)
		if i.Name != nil {
			local = i.Name.Name
		}
		names[local] = imported
		s.command = s.command || isCommandLine(p)
	}
	if s.left || !s.interesting(data) {
		return s
	}
	f, err = parser.ParseFile(fset, name, data, parser.SkipObjectResolution)
	if err != nil {
		return nil
	}
	w := walker{s, fset, names}
	ast.Inspect(f, w.node)
	return s
}

// inCommand reports whether a file is of a program's command line by its directory.
func inCommand(name string) bool {
	return slices.ContainsFunc(strings.Split(path.Dir(name), "/"), func(d string) bool {
		return d == "cmd" || d == "cli" || d == "command" || d == "commands" || strings.HasSuffix(d, "ctl") || strings.HasSuffix(d, "cli")
	})
}

// isCommandLine reports whether a package is one that command lines are made with.
func isCommandLine(p string) bool {
	for _, prefix := range []string{"github.com/spf13/cobra", "github.com/urfave/cli", "github.com/alecthomas/k", "github.com/mitchellh/cli", "github.com/hashicorp/cli"} {
		if strings.HasPrefix(p, prefix) {
			return true
		}
	}
	return false
}

// watches finds files that by their paths serve profiles, metrics or health checks.
var watches = pattern.New(`(?i)(?:^|[/_.-])(?:(?:metrics?|pprof|profil\w*|debug|diagnostics?|health\w*)[/_.-]|prometheus\.go$)`)

// baseName is the name of a package by its path: what goes before a version.
func baseName(p string) string {
	base := path.Base(p)
	if len(base) > 1 && base[0] == 'v' && base[1] >= '0' && base[1] <= '9' && path.Dir(p) != "." {
		base = path.Base(path.Dir(p))
	}
	base, _, _ = strings.Cut(base, ".v")
	base = strings.TrimSuffix(base, ".go")
	return strings.TrimSuffix(strings.TrimPrefix(base, "go-"), "-go")
}

// interesting reports whether a file is worth parsing in full.
func (s *source) interesting(data []byte) bool {
	for _, i := range s.imports {
		switch {
		case i.path == "fmt":
			if bytes.Contains(data, []byte("fmt.Print")) || bytes.Contains(data, []byte("fmt.Fprint")) {
				return true
			}
		case i.lib.class != none || i.path == "net" || i.path == "net/http" || i.path == "crypto/tls" || i.path == "database/sql":
			return true
		}
	}
	return false
}

// A walker collects the calls of a file.
type walker struct {
	*source
	fset  *token.FileSet
	names map[string]spec // imports, by the names that the file gives them
}

func (w walker) node(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.CallExpr:
		if pkg, name, ok := w.of(n.Fun); ok {
			c := w.call(n, pkg, name)
			c.print = w.prints(pkg, name, n.Args)
			w.calls = append(w.calls, c)
		}
	case *ast.CompositeLit:
		if pkg, name, ok := w.of(n.Type); ok {
			c := w.call(n, pkg, name)
			c.lit, c.keys = true, keys(n)
			w.calls = append(w.calls, c)
		}
	case *ast.StarExpr:
		_, _, imported := w.of(n.X)
		return !imported // what is made elsewhere
	case *ast.SelectorExpr:
		if pkg, name, ok := w.of(n); ok && (pkg == "net/http" && (name == "DefaultClient" || name == "Server") || name == "DefaultGatherer" || strings.HasPrefix(name, "SpanKind")) {
			w.calls = append(w.calls, w.call(n, pkg, name))
		}
	case *ast.BasicLit:
		if n.Kind == token.STRING && traceID.MatchString(n.Value) {
			w.traced = verdict.Place{File: w.file, Line: w.fset.Position(n.Pos()).Line, Text: n.Value}
		}
	}
	return true
}

// traceID is the name of a field that holds a trace's id.
var traceID = pattern.New("(?i)^[\"`](?:dd\\.|logging\\.googleapis\\.com/)?trace[_.-]?id[\"`]$")

// of resolves NAME.Sel of an imported package.
func (w walker) of(e ast.Expr) (pkg, name string, ok bool) {
	switch x := e.(type) {
	case *ast.IndexExpr:
		e = x.X
	case *ast.ParenExpr:
		e = x.X
	}
	sel, ok := e.(*ast.SelectorExpr)
	if !ok {
		return "", "", false
	}
	id, ok := sel.X.(*ast.Ident)
	if !ok {
		return "", "", false
	}
	i, ok := w.names[id.Name]
	return i.path, sel.Sel.Name, ok
}

func (w walker) call(n ast.Node, pkg, name string) call {
	lib := library{}
	for _, i := range w.imports {
		if i.path == pkg {
			lib = i.lib
		}
	}
	return call{pkg: pkg, name: name, lib: lib, Place: verdict.Place{File: w.file, Line: w.fset.Position(n.Pos()).Line, Text: baseName(pkg) + "." + name}}
}

// prints reports whether a call of fmt writes to standard output or error.
func (w walker) prints(pkg, name string, args []ast.Expr) bool {
	if pkg != "fmt" {
		return false
	}
	if strings.HasPrefix(name, "Print") {
		return true
	}
	if !strings.HasPrefix(name, "Fprint") || len(args) == 0 {
		return false
	}
	from, to, ok := w.of(args[0])
	return ok && from == "os" && (to == "Stdout" || to == "Stderr")
}

func keys(n *ast.CompositeLit) []string {
	var all []string
	for _, e := range n.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			if id, ok := kv.Key.(*ast.Ident); ok {
				all = append(all, id.Name)
			}
		}
	}
	return all
}
