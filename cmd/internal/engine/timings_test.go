package engine

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/lagvet/lagvet/cmd/internal/finding"
	"github.com/lagvet/lagvet/cmd/internal/vettool"
)

func TestTimings(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, twoPackages)
	all := Options{Dir: dir, Patterns: []string{"./..."}}
	plain := checked(t, all)
	if plain.Timings != nil {
		t.Errorf("timings that nobody asked for: %+v", plain.Timings)
	}
	timed := all
	timed.Timings = true

	// The key of the cache is the same with and without.
	res := checked(t, timed)
	if want := (finding.Timings{Clock: vettool.Clock, Cached: 2}); !reflect.DeepEqual(*res.Timings, want) {
		t.Errorf("what is replayed takes %+v, want %+v", *res.Timings, want)
	}
	write(t, dir, "-- a/a.go --\npackage a\n\nfunc A() {}\n")
	res = checked(t, timed)
	if got := res.Timings; got.Analysed != 1 || got.Asked != 1 || got.Cached != 1 {
		t.Errorf("after an edit: %+v", got)
	}
	if res := checked(t, all); res.Cached != 2 {
		t.Errorf("%d of 2 packages are replayed from a run that was timed", res.Cached)
	}

	write(t, dir, twoPackages)
	timed.Anew = true
	for range 2 {
		res = checked(t, timed)
		if summary(res, dir) != summary(plain, dir) {
			t.Errorf("timed, it finds\n%s\nwithout\n%s", summary(res, dir), summary(plain, dir))
		}
		if res.Cached != 0 || res.Timings.Analysed != 2 || res.Timings.Asked != 2 || res.Timings.Cached != 0 {
			t.Errorf("anew, %d packages are replayed: %+v", res.Cached, res.Timings)
		}
		expectParts(t, res.Timings)
	}
}

// expectParts asserts that both packages have time for parts of each kind, and no time
// is lost.
func expectParts(t *testing.T, ts *finding.Timings) {
	t.Helper()
	var sum time.Duration
	parts := make(map[string]finding.Part)
	for _, p := range ts.Parts {
		sum += p.Own
		parts[p.Name] = p
		if p.Own < 0 || p.Packages != 2 {
			t.Errorf("%+v, want it of 2 packages", p)
		}
	}
	if sum != ts.Total || ts.Total <= 0 {
		t.Errorf("the parts take %s, all %s", sum, ts.Total)
	}
	if p := parts["hotdefer"]; p.Kind != finding.RulePart || p.Rules != nil {
		t.Errorf("a rule: %+v", p)
	}
	if p := parts["lagveteffects"]; p.Kind != finding.FoundationPart || !slices.Contains(p.Rules, "hotblock") || slices.Contains(p.Rules, "linkname") {
		t.Errorf("a foundation: %+v", p)
	}
	if p := parts[loading]; p.Kind != finding.OtherPart {
		t.Errorf("what is no analyzer: %+v", p)
	}
	if !slices.IsSortedFunc(ts.Parts, func(a, b finding.Part) int { return int(b.Own - a.Own) }) {
		t.Errorf("the longest is not first: %+v", ts.Parts)
	}
}

// The compiler's time is a part, and only of the packages that it is asked about.
func TestTimingsOfCompiler(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, `
-- go.mod --
module example.com/m

go 1.26
-- cold/cold.go --
package cold

func F() {}
-- hot/hot.go --
package hot

//lagvet:hot
func F() {}
`)
	res := checked(t, Options{Dir: dir, Patterns: []string{"./..."}, Timings: true, Anew: true})
	i := slices.IndexFunc(res.Timings.Parts, func(p finding.Part) bool { return p.Name == vettool.Compiler })
	if i < 0 || res.Timings.Parts[i].Packages != 1 || res.Timings.Parts[i].Own <= 0 || res.Timings.Parts[i].Kind != finding.OtherPart {
		t.Errorf("the compiler, asked about one of two packages, is not among %+v", res.Timings.Parts)
	}
}

// A package that fails has the time that it took until then.
func TestTimingsOfFailure(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "-- go.mod --\nmodule example.com/m\n\ngo 1.26\n-- a.go --\npackage a\n\nvar x int = \"text\"\n")
	res := checked(t, Options{Dir: dir, Timings: true})
	if len(res.Problems) != 1 || len(res.Timings.Parts) > 1 {
		t.Errorf("problems %v, timings %+v", res.Problems, res.Timings)
	}
}
