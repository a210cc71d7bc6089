package ci

import (
	"fmt"
	"go/parser"
	"go/token"
	"strconv"
	"strings"

	"github.com/lagvet/lagvet/maturity/verdict"
)

// LeakCheck checks that tests look for goroutines that are left over: by goleak or
// another package for that, by the profile of goroutines, or by the one of leaks
// that Go 1.26 has; and that a gate runs tests.
func (r *Result) LeakCheck() verdict.Result {
	places := r.imports(func(p string) bool {
		switch p {
		case "go.uber.org/goleak", "github.com/fortytw2/leaktest", "github.com/ysmood/gotrace", "github.com/AlekSi/pointer/leak", "gitlab.com/flimzy/testy/leak":
			return true
		}
		// Packages of the repository's own, such as grpc's leakcheck.
		last := p[strings.LastIndexByte(p, '/')+1:]
		return last == "leakcheck" || last == "leaktest" || last == "goleak" || last == "leak"
	})
	if len(places) == 0 {
		places = r.calls(`Lookup("goroutineleak")`, `Lookup("goroutine").Count()`)
	}
	if len(places) == 0 {
		if weak := r.calls(`pprof.Lookup("goroutine")`, "runtime.NumGoroutine()"); len(weak) > 0 {
			return verdict.Unseen("tests count or print goroutines; whether they fail for those left over is not known", weak[:min(3, len(weak))]...)
		}
		return verdict.Failed("no test looks for leaked goroutines: none imports go.uber.org/goleak or its like, and none reads the profile of goroutines")
	}
	t, ok := r.tests()
	if !ok {
		known, unread := r.of(Test)
		return r.judge("`go test`", known, unread, true, false)
	}
	places = append(places[:min(3, len(places))], t)
	return verdict.Passed(fmt.Sprintf("tests look for leaked goroutines (%s), and run in continuous integration", places[0].Text), places...)
}

// imports returns the test files that import a package like that.
func (r *Result) imports(like func(path string) bool) []verdict.Place {
	var places []verdict.Place
	for _, f := range r.t.Files() {
		if !strings.HasSuffix(f, "_test.go") || ignored(f) {
			continue
		}
		data, err := r.t.Read(f)
		if err != nil {
			continue
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, f, data, parser.ImportsOnly)
		if err != nil {
			continue
		}
		for _, imp := range file.Imports {
			if p, err := strconv.Unquote(imp.Path.Value); err == nil && like(p) {
				places = append(places, verdict.Place{File: f, Line: fset.Position(imp.Pos()).Line, Text: p})
			}
		}
	}
	return places
}

// calls returns the places in test files that hold one of these calls.
func (r *Result) calls(calls ...string) []verdict.Place {
	var places []verdict.Place
	for _, f := range r.t.Files() {
		if !strings.HasSuffix(f, "_test.go") || ignored(f) {
			continue
		}
		data, err := r.t.Read(f)
		if err != nil {
			continue
		}
		for _, call := range calls {
			before, _, ok := strings.Cut(string(data), call)
			if ok {
				places = append(places, verdict.Place{File: f, Line: strings.Count(before, "\n") + 1, Text: call})
			}
		}
	}
	return places
}
