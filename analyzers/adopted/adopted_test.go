package adopted

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/lagvet/lagvet/analyzers/internal/rule"
)

// catalogue are the checks that the catalogue takes from others.
var catalogue = strings.Fields(`lostcancel copylocks httpresponse sigchanyzer waitgroup unusedresult atomic defers
	SA1015 SA2000 SA2001 SA2002 SA2003 SA5002 SA5003 SA5005 SA6000 SA6001 SA6002`)

// visible reports every finding of the adopted checks, the check's name first.
func visible() *analysis.Analyzer {
	a := &analysis.Analyzer{
		Name: "visible",
		Doc:  "report every finding of the adopted checks",
		Run: func(pass *analysis.Pass) (any, error) {
			for _, r := range Rules() {
				for _, f := range pass.ResultOf[r.Analyzer].(*rule.Result).Findings {
					tier := string(f.Tier)
					if f.Allowed != nil {
						tier = "allowed"
					}
					pass.Report(analysis.Diagnostic{Pos: f.Pos, End: f.End, Message: r.Name + " " + tier + ": " + f.Message + chain(f)})
				}
			}
			return nil, nil
		},
	}
	for _, r := range Rules() {
		a.Requires = append(a.Requires, r.Analyzer)
	}
	return a
}

func chain(f rule.Finding) (text string) {
	for _, s := range f.Chain {
		text += " ← " + s.Text
	}
	return text
}

func TestChecks(t *testing.T) {
	dir := filepath.Join(analysistest.TestData(), "go1.26")
	results := analysistest.Run(t, dir, visible(), "./checks")
	found := make(map[string]bool)
	for _, res := range results {
		for _, d := range res.Diagnostics {
			name, _, _ := strings.Cut(d.Message, " ")
			found[name] = true
		}
	}
	for _, r := range Rules() {
		if !found[r.Name] {
			t.Errorf("%s finds nothing in its fixture", r.Name)
		}
	}
}

// Each check of the catalogue is run, or another rule finds what it finds.
func TestCatalogue(t *testing.T) {
	var got []string
	for _, r := range Rules() {
		got = append(got, r.Name)
		if Replaced[r.Name] != "" {
			t.Errorf("%s is run, and replaced by %s", r.Name, Replaced[r.Name])
		}
	}
	got = slices.AppendSeq(got, maps.Keys(Replaced))
	slices.Sort(got)
	want := slices.Sorted(slices.Values(catalogue))
	if !slices.Equal(got, want) {
		t.Errorf("the checks are %q, want %q", got, want)
	}
}

// ours are the rules of the catalogue that are lagvet's own.
var ours = strings.Fields(`ctxless httptimeout deadlineorder ctxbreak ctxaccumulate gounbounded goroutineleak lockblock
	lockorder bufshare falseshare tickerleak timerchurn walltime sleeppoll heapescape hotalloc poolmisuse gcknob hotdefer
	hotblock hotcall stw initperreq threadlock procs linkname httppool respbody dbpool retrystorm nobreaker
	unboundedqueue hardexit logsplit`)

// Who takes the place of a check is a rule of the catalogue.
func TestTaken(t *testing.T) {
	known := slices.Concat(ours, catalogue)
	for name, by := range Replaced {
		if !slices.Contains(known, by) || Replaced[by] != "" {
			t.Errorf("%s is replaced by %s, which is not run", name, by)
		}
	}
	for _, r := range Rules() {
		for _, by := range r.Yields {
			if !slices.Contains(known, by) || Replaced[by] != "" || by == r.Name {
				t.Errorf("%s yields to %s, which is not run", r.Name, by)
			}
		}
		if slices.Contains(ours, r.Name) {
			t.Errorf("%s is a rule already", r.Name)
		}
	}
}

// A page says where the check is from and how to do without it, and nothing is left out
// of what the catalogue has to know.
func TestPages(t *testing.T) {
	for _, r := range Rules() {
		if r.Origin != Vet && r.Origin != Staticcheck || r.Source == "" || r.Group == "" || r.Class == "" || r.Severity == "" {
			t.Errorf("%s lacks something: %+v", r.Name, r)
		}
		for _, want := range []string{"# What", "# Why it costs", "# When it is silent", "# How to mend", "# Origin", r.Source, "//lagvet:allow " + r.Name} {
			if !strings.Contains(r.Page, want) {
				t.Errorf("the page of %s lacks %q:\n%s", r.Name, want, r.Page)
			}
		}
	}
	as := []*analysis.Analyzer{visible()}
	if err := analysis.Validate(as); err != nil {
		t.Error(err)
	}
}

// No check has facts: a package that is only imported is none of its business.
func TestNoFacts(t *testing.T) {
	for _, c := range checks {
		if len(c.analyzer.FactTypes) > 0 {
			t.Errorf("%s has facts", c.analyzer.Name)
		}
		goesByForm := slices.Contains(c.requires(), forms)
		if goesByForm != (c.relevant != nil) {
			t.Errorf("%s goes by staticcheck's form: %t; it says when: %t", c.analyzer.Name, goesByForm, c.relevant != nil)
		}
	}
}
