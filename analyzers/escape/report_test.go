package escape

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
)

const source = `package p

import "sync"

type T struct{ a, b int }

func (t *T) Get() int { return t.a }

func F(mu *sync.Mutex) *T {
	mu.Lock()
	defer mu.Unlock()
	t := T{}
	t.Get()
	return &t
}
//line gen.y:100:1
func G() *int { x := 1; return &x }
`

const said = `# lagvet-escape go1.26.8 arm64
/src/p/p.go:7:6: can inline (*T).Get with cost 4 as: method(*T) func() int { return t.a }
/src/p/p.go:13:7: inlining call to (*T).Get
/src/p/p.go:12:2: moved to heap: t
./p.go:9:8: leaking param: mu
../other/p.go:12:2: moved to heap: elsewhere
/usr/local/go/src/slices/sort.go:12:2: moved to heap: y
gen.y:100:17: moved to heap: x
gen.y:100:6: can inline G with cost 8 as: func() *int { x := 1; return &x }
/src/p/p.go:11:2: open-coded defer
/src/p/p.go:14: strange
`

// pass returns a pass over source, under the name /src/p/p.go.
func pass(t *testing.T, output string) *analysis.Pass {
	t.Helper()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "/src/p/p.go", source, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	if err := Analyzer.Flags.Set(OutputFlag, output); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { Analyzer.Flags.Set(OutputFlag, "") })
	return &analysis.Pass{Analyzer: Analyzer, Fset: fset, Files: []*ast.File{f}}
}

func result(t *testing.T, p *analysis.Pass) *Report {
	t.Helper()
	res, err := Analyzer.Run(p)
	if err != nil {
		t.Fatal(err)
	}
	return res.(*Report)
}

func TestReport(t *testing.T) {
	file := filepath.Join(t.TempDir(), "said.txt")
	if err := os.WriteFile(file, []byte(said), 0o600); err != nil {
		t.Fatal(err)
	}
	p := pass(t, file)
	r := result(t, p)
	if !r.Ran || r.Toolchain != "go1.26.8" || r.GOARCH != "arm64" {
		t.Errorf("Ran %v, toolchain %q, GOARCH %q", r.Ran, r.Toolchain, r.GOARCH)
	}
	if len(r.Unknown) != 1 || !strings.Contains(r.Unknown[0], "strange") {
		t.Errorf("unknown: %q", r.Unknown)
	}
	at := func(text string) token.Pos {
		return p.Files[0].FileStart + token.Pos(strings.Index(source, text))
	}
	if got := r.Defer(at("defer mu")); got != OpenCoded {
		t.Errorf("Defer = %v", got)
	}
	if got := r.Defer(at("mu.Lock")); got != UnknownDefer {
		t.Errorf("Defer of a call = %v", got)
	}
	can := make(map[string]bool)
	for _, decl := range p.Files[0].Decls {
		if fn, ok := decl.(*ast.FuncDecl); ok {
			can[fn.Name.Name] = r.CanInline(fn)
		}
	}
	if !can["Get"] || can["F"] || !can["G"] {
		t.Errorf("CanInline: %v", can)
	}
	if !r.Inlined(at("()\n\treturn &t")) || r.Inlined(at("()\n\tdefer")) {
		t.Error("Inlined is wrong")
	}
	for text, want := range map[string]string{"t := T": "t", "x := 1": "x", "mu *sync": "mu"} {
		found := r.At(at(text))
		if len(found) != 1 || found[0].Subject != want {
			t.Errorf("at %q: %v", text, found)
		}
	}
	for _, d := range r.Diagnostics {
		if d.Subject == "elsewhere" || d.Subject == "y" {
			t.Errorf("%v is of another package", *d)
		}
	}
}

func TestReportWithoutOutput(t *testing.T) {
	p := pass(t, "")
	r := result(t, p)
	if r.Ran || r.At(p.Files[0].Package) != nil || r.Defer(p.Files[0].Package) != UnknownDefer {
		t.Errorf("got %+v", r)
	}
}

func TestReportWithoutFile(t *testing.T) {
	if _, err := Analyzer.Run(pass(t, filepath.Join(t.TempDir(), "none"))); err == nil {
		t.Error("no error")
	}
}

// What was lost is not taken for nothing that escapes.
func TestReportWithoutText(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":               "# lagvet-escape go1.26.8 arm64\n",
		"another package's":     "# lagvet-escape go1.26.8 arm64\n/src/q/q.go:7:6: can inline F with cost 4 as: func() {  }\n",
		"of no known form here": "/src/p/p.go:7:6: strange\n",
	} {
		file := filepath.Join(t.TempDir(), "said.txt")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if r := result(t, pass(t, file)); r.Ran || !r.Missing {
			t.Errorf("%s: Ran %t, Missing %t", name, r.Ran, r.Missing)
		}
	}
}

func TestMute(t *testing.T) {
	for _, tt := range []struct {
		name, source, text string
		want               bool
	}{
		{"a function", "func F() {}", "", true},
		{"a function that was spoken of", "func F() {}", "p.go:3:6: can inline F with cost 0 as: func() {  }\n", false},
		{"one that cannot be inlined", "func F() {}", "p.go:3:6: cannot inline F: recursive\n", false},
		{"a method", "type T struct{}; func (t *T) F() {}", "p.go:3:6: x escapes to heap\n", true},
		{"types alone", "type T struct{}", "", false},
		{"a variable", "var X = new(int)", "", false},
		{"assembly", "func F()", "", false},
		{"a generic function", "func F[T any]() {}", "", false},
		{"a generic type's method", "type T[A, B any] struct{}; func (t *T[A, B]) F() {}", "", false},
		{"a blank function", "func _() {}", "", false},
	} {
		file := filepath.Join(t.TempDir(), "p.go")
		if err := os.WriteFile(file, []byte("package p\n\n"+tt.source+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := mute([]byte(tt.text), []string{file}); got != tt.want {
			t.Errorf("%s: %t", tt.name, got)
		}
	}
}
