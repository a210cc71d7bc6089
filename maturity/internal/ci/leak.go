package ci

import (
	"bytes"
	"fmt"
	"go/parser"
	"go/token"
	"strconv"
	"strings"

	"github.com/lagvet/lagvet/analyzers/pattern"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// testSigns are what test files say of leaks and faults.
type testSigns struct {
	leaks  []verdict.Place // what fails tests for leaked goroutines: packages, looks at profiles, functions of its own
	counts []verdict.Place // goroutines that are counted or printed
	faults []verdict.Place // what injects faults: packages, functions of its own
}

// scanTests looks through the test files once.
func (r *Result) scanTests() {
	for _, f := range r.t.Files() {
		if !strings.HasSuffix(f, "_test.go") || ignored(f) {
			continue
		}
		data, err := r.t.Read(f)
		if err != nil {
			continue
		}
		r.signs.calls(f, data)
		r.signs.own(f, data)
		if bytes.Contains(data, []byte("leak")) || bytes.Contains(data, []byte("toxiproxy")) || bytes.Contains(data, []byte("fail")) || bytes.Contains(data, []byte("chaos-mesh")) {
			r.signs.imports(f, data)
		}
	}
}

func (s *testSigns) calls(file string, data []byte) {
	for _, call := range []string{`Lookup("goroutineleak")`, `Lookup("goroutine").Count()`, `pprof.Lookup("goroutine")`, "runtime.NumGoroutine()"} {
		before, _, ok := bytes.Cut(data, []byte(call))
		if !ok {
			continue
		}
		p := verdict.Place{File: file, Line: bytes.Count(before, []byte("\n")) + 1, Text: call}
		if strings.Contains(call, "leak") || strings.Contains(call, "Count") {
			s.leaks = append(s.leaks, p)
		} else {
			s.counts = append(s.counts, p)
		}
	}
}

// leakCall matches calls of what a repository looks for leaks by itself, such as etcd's
// RegisterLeakDetection.
var leakCall = pattern.New(`(?:\n|^)\s+(?:defer |err := |if err := )?(?:\w+\.)?(\w*(?:Leak(?:Detect|Check)|(?:Detect|Check|Verify)\w*Leak)\w*)\(`)

// faultCall matches calls by which a repository injects faults by itself, such as
// go-redis's NewFaultInjectorClient.
var faultCall = pattern.New(`\n\s+(?:[\w, ]+ :?= )?(?:\w+\.)?(\w*[Ff]aultInject(?:or|ion)?\w*)\(`)

func (s *testSigns) own(file string, data []byte) {
	called := func(call *pattern.Pattern, word string) []verdict.Place {
		if !bytes.Contains(data, []byte(word)) {
			return nil
		}
		m := call.Regexp().FindSubmatchIndex(data)
		if m == nil {
			return nil
		}
		return []verdict.Place{{File: file, Line: bytes.Count(data[:m[2]], []byte("\n")) + 1, Text: string(data[m[2]:m[3]])}}
	}
	s.leaks = append(s.leaks, called(leakCall, "Leak")...)
	s.faults = append(s.faults, called(faultCall, "aultInject")...)
}

func (s *testSigns) imports(name string, data []byte) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, data, parser.ImportsOnly)
	if err != nil {
		return
	}
	for _, imp := range file.Imports {
		path, err := strconv.Unquote(imp.Path.Value)
		if err != nil {
			continue
		}
		p := verdict.Place{File: name, Line: fset.Position(imp.Pos()).Line, Text: path}
		switch path[strings.LastIndexByte(path, '/')+1:] {
		// Also packages of the repository's own, such as grpc's leakcheck.
		case "goleak", "leaktest", "leakcheck", "leak":
			s.leaks = append(s.leaks, p)
		}
		for _, sign := range []string{"toxiproxy", "/failpoint", "go.etcd.io/gofail", "chaos-mesh"} {
			if strings.Contains(path, sign) {
				s.faults = append(s.faults, p)
			}
		}
	}
}

// LeakCheck checks that tests look for goroutines that are left over: by goleak or
// another package for that, by the profile of goroutines, or by the one of leaks
// that Go 1.26 has; and that a gate runs tests.
func (r *Result) LeakCheck() verdict.Result {
	places := r.signs.leaks
	if len(places) == 0 {
		if weak := r.signs.counts; len(weak) > 0 {
			return verdict.Unseen("tests count or print goroutines; whether they fail for those left over is not known", weak[:min(3, len(weak))]...)
		}
		return verdict.Failed("no test looks for leaked goroutines: none imports go.uber.org/goleak or its like, and none reads the profile of goroutines")
	}
	t, ok := r.tests()
	if !ok {
		known, unread := r.of(Test)
		res := r.judge("`go test`", known, unread, true, false)
		res.Proofs = append([]verdict.Place{places[0]}, res.Proofs...)
		return res
	}
	proofs := append([]verdict.Place{}, places[:min(3, len(places))]...)
	return verdict.Passed(fmt.Sprintf("tests look for leaked goroutines (%s), and run in continuous integration", places[0].Text), append(proofs, t)...)
}
