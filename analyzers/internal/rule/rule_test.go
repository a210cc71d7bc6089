package rule

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"reflect"
	"regexp"
	"slices"
	"testing"

	"golang.org/x/tools/go/analysis"
	"honnef.co/go/tools/analysis/facts/generated"

	"github.com/lagvet/lagvet/analyzers/directive"
	"github.com/lagvet/lagvet/analyzers/hotpath"
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
	return &Pass{Pass: p, rule: p.Analyzer.Name, Directives: new(directive.Index), policy: new(policy.Policy), generated: by, result: new(Result)},
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

// A host shows the chain once: beside the message or, if it shows nothing else, in
// it, on its line.
func TestDiagnostic(t *testing.T) {
	const src = "package p\n\nfunc f() {}\n"
	for _, tt := range []struct {
		name    string
		finding Finding
		inline  string
		related []string
	}{
		{"bare", Finding{Message: "m"}, "m", nil},
		{"mended", Finding{Message: "m", Mend: "do"}, "m; mend: do", []string{"mend: do"}},
		{
			"with a chain",
			Finding{Message: "m", Mend: "do", Chain: []Step{{Text: "calls"}, {Posn: token.Position{Filename: "/q/b.go", Line: 7, Column: 2}, Text: "waits"}}},
			"m [a.go:3:1 calls; b.go:7:2 waits]; mend: do",
			[]string{"calls", "/q/b.go:7:2: waits", "mend: do"},
		},
		{
			"hot",
			Finding{Message: "m", Hot: &hotpath.Hotness{Detail: "31 % of CPU", Via: []hotpath.Step{{Text: "calls"}}}},
			"m [31 % of CPU; a.go:3:1 calls]",
			[]string{"31 % of CPU", "calls"},
		},
	} {
		p, pos, _ := passOver(t, "a.go", src, nil)
		tt.finding.Pos = pos
		for i := range tt.finding.Chain {
			if s := &tt.finding.Chain[i]; !s.Posn.IsValid() {
				s.Pos = pos
			}
		}
		if h := tt.finding.Hot; h != nil {
			h.Via[0].Pos = pos
		}
		var related []string
		for _, r := range p.diagnostic(tt.finding).Related {
			related = append(related, r.Message)
		}
		if !slices.Equal(related, tt.related) {
			t.Errorf("%s: beside the message stand %q, want %q", tt.name, related, tt.related)
		}
		p.policy.Inline = true
		if d := p.diagnostic(tt.finding); d.Message != tt.inline || d.Related != nil {
			t.Errorf("%s: the message is %q, want %q; %d things stand beside it, want none", tt.name, d.Message, tt.inline, len(d.Related))
		}
	}
}

// What a rule reports, its relay reports too, under the rule's name whatever that
// of the rule's analyzer.
func TestRelay(t *testing.T) {
	r := New(Spec{Name: "late", Doc: "// Package late finds nothing.\npackage late\n"})
	r.Analyzer.Name += "_digest"
	if r.Name != "late" || r.Relay.Name != "late" || r.Relay.URL != r.URL {
		t.Errorf("the rule is %s, its relay %s at %s", r.Name, r.Relay.Name, r.Relay.URL)
	}
	p, pos, reported := passOver(t, "a.go", "package p\n\nfunc f() {}\n", nil)
	p.Report(Finding{Pos: pos, Func: "p.f", Tier: Proven, Message: "shown"})
	p.Report(Finding{Pos: pos, Func: "p.f", Tier: Suspected, Message: "kept back"})
	var relayed []analysis.Diagnostic
	_, err := r.Relay.Run(&analysis.Pass{
		ResultOf: map[*analysis.Analyzer]any{r.Analyzer: p.result},
		Report:   func(d analysis.Diagnostic) { relayed = append(relayed, d) },
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(relayed) != 1 || !reflect.DeepEqual(relayed, *reported) {
		t.Errorf("relayed is %v, reported %v", relayed, *reported)
	}
	p.Analyzer.Name += "_digest"
	p.Report(Finding{Pos: pos, Func: "p.f", Tier: Proven, Message: "shown by the relay alone"})
	if len(*reported) != 1 || len(p.result.reported) != 2 {
		t.Errorf("under another name %d are reported and %d relayed, want 1 and 2", len(*reported), len(p.result.reported))
	}
}

// What a rule on trial is sure of is suspected, and nobody is told who did not ask.
func TestTrial(t *testing.T) {
	p, pos, reported := passOver(t, "a.go", "package p\n\nfunc f() {}\n", nil)
	p.trial = true
	p.Report(Finding{Pos: pos, Func: "p.f", Tier: Proven, Message: "m"})
	if fs := p.result.Findings; len(fs) != 1 || fs[0].Tier != Suspected || fs[0].Judged != Proven {
		t.Errorf("found %+v", fs)
	}
	if len(*reported) != 0 {
		t.Errorf("reported %v", *reported)
	}
	p.settled = []string{"often read"}
	p.Report(Finding{Pos: pos, Func: "p.f", Tier: Proven, Cause: "often read", Message: "m"})
	p.Report(Finding{Pos: pos, Func: "p.f", Tier: Proven, Cause: "often read: s.mu", Message: "m"})
	if fs := p.result.Findings; len(fs) != 3 || fs[1].Tier != Proven || fs[2].Tier != Proven || len(*reported) != 2 {
		t.Errorf("of a cause that is settled: found %+v, reported %v", fs, *reported)
	}
}

// A rule that crashes says so, and where; what it had found before stays.
func TestCrash(t *testing.T) {
	p, pos, reported := passOver(t, "a.go", "package p\n\nfunc f() {}\n", nil)
	p.Pkg = types.NewPackage("example.com/p", "p")
	err := p.run(func(p *Pass) error {
		p.Report(Finding{Pos: pos, Func: "p.f", Tier: Proven, Message: "m"})
		var none *Finding
		none.Tier = Likely
		return nil
	})
	if err != nil || len(*reported) != 1 {
		t.Errorf("error %v, %d findings, want none and 1", err, len(*reported))
	}
	const want = `^the rule crashed on example\.com/p: runtime error: invalid memory address or nil pointer dereference in \S+/rule\.TestCrash\.func1 \(rule_test\.go:\d+\): this is a fault of lagvet: report it at https://`
	if u := p.result.Unchecked; len(u) != 1 || !regexp.MustCompile(want).MatchString(u[0]) {
		t.Errorf("%q is said, want %s", u, want)
	}
}
