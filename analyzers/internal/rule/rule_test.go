package rule

import (
	"go/ast"
	"go/parser"
	"go/token"
	"testing"

	"golang.org/x/tools/go/analysis"
	"honnef.co/go/tools/analysis/facts/generated"

	"github.com/lagvet/lagvet/analyzers/directive"
	"github.com/lagvet/lagvet/analyzers/internal/policy"
)

// passOver returns a pass over a package of one file, and the position of its
// last declaration.
func passOver(t *testing.T, name, src string, by map[string]generated.Generator) (*Pass, token.Pos, *[]analysis.Diagnostic) {
	t.Helper()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, name, src, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	var reported []analysis.Diagnostic
	p := &analysis.Pass{
		Analyzer: &analysis.Analyzer{Name: "rule"}, Fset: fset, Files: []*ast.File{f},
		Report: func(d analysis.Diagnostic) { reported = append(reported, d) },
	}
	return &Pass{Pass: p, Directives: new(directive.Index), policy: new(policy.Policy), generated: by, result: new(Result)},
		f.Decls[len(f.Decls)-1].Pos(), &reported
}

// What cgo makes of a file is checked where the file stands, without the fixes,
// whose offsets would be those of cgo's own text.
func TestReportInGeneratedFiles(t *testing.T) {
	for _, tt := range []struct {
		name, file, src string
		by              map[string]generated.Generator
		reported, fixes int
	}{
		{"written", "a.go", "package p\n\nfunc f() {}\n", nil, 1, 1},
		{"generated", "a.go", "package p\n\nfunc f() {}\n", map[string]generated.Generator{"a.go": generated.Unknown}, 0, 0},
		{"by cgo from a file", "b001/a.cgo1.go", "//line /src/a.go:1:1\npackage p\n\nfunc f() {}\n", map[string]generated.Generator{"b001/a.cgo1.go": generated.Cgo}, 1, 0},
		{"by cgo for itself", "b001/_cgo_gotypes.go", "package p\n\nfunc f() {}\n", map[string]generated.Generator{"b001/_cgo_gotypes.go": generated.Cgo}, 0, 0},
		{"from a grammar", "y.go", "package p\n\n//line /src/grammar.y:7\nfunc f() {}\n", nil, 1, 0},
	} {
		p, pos, reported := passOver(t, tt.file, tt.src, tt.by)
		p.Report(Finding{Pos: pos, Func: "p.f", Tier: Proven, Message: "m", Fixes: []analysis.SuggestedFix{{Message: "fix"}}})
		if len(*reported) != tt.reported || len(p.result.Findings) != tt.reported {
			t.Errorf("%s: %d reported, %d found, want %d", tt.name, len(*reported), len(p.result.Findings), tt.reported)
			continue
		}
		for _, d := range *reported {
			if len(d.SuggestedFixes) != tt.fixes {
				t.Errorf("%s: %d fixes, want %d", tt.name, len(d.SuggestedFixes), tt.fixes)
			}
		}
	}
}
