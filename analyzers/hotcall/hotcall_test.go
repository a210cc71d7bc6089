package hotcall

import (
	"testing"

	"github.com/lagvet/lagvet/analyzers/directive"
	"github.com/lagvet/lagvet/analyzers/effects"
	"github.com/lagvet/lagvet/analyzers/hotpath"
	"github.com/lagvet/lagvet/analyzers/internal/costly"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/ruletest"
	"github.com/lagvet/lagvet/analyzers/internal/witness"
)

func Test(t *testing.T) { ruletest.Run(t, Rule) }

// TestStrict has contracts hold on the way to an error too.
func TestStrict(t *testing.T) {
	if err := hotpath.Analyzer.Flags.Set(hotpath.StrictFlag, "true"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { hotpath.Analyzer.Flags.Set(hotpath.StrictFlag, "false") })
	t.Chdir("testdata/strict")
	ruletest.RunPart(t, Rule)
}

// TestProfile looks at what the fixtures, which have no profile, cannot show.
func TestProfile(t *testing.T) {
	profile := func(line float64) *hotpath.Hotness {
		return &hotpath.Hotness{Source: hotpath.FromProfile, Share: 0.1, Line: line}
	}
	c := new(checker)
	for _, tt := range []struct {
		name string
		call call
		want rule.Tier
	}{
		{"the line has a share", call{hot: profile(0.02)}, rule.Likely},
		{"and just that", call{hot: profile(costly.MinLine)}, rule.Likely},
		{"it has hardly one", call{hot: profile(0.001)}, rule.Suspected},
		{"it has none", call{hot: profile(0)}, rule.Suspected},
		{"a cheap sort of call", call{hot: profile(0.02), what: costly.Call{Light: true}}, rule.Suspected},
		{"a directive and a share", call{hot: &hotpath.Hotness{Source: hotpath.FromDirective, Line: 0.02}, what: costly.Call{Kind: costly.Logs}}, rule.Likely},
	} {
		if got := c.tier(&tt.call); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
	if why := c.rare(&call{name: "fmt.Errorf", hot: profile(0.02)}); why != "" {
		t.Errorf("what has a share is said to be rare: %s", why)
	}
}

// TestOwned tells hotblock's from this rule's.
func TestOwned(t *testing.T) {
	does := func(cold bool, ks ...effects.Kind) witness.Place {
		p := witness.Place{Effects: []effects.Effect{{Kind: effects.Alloc}}}
		for _, k := range ks {
			p.Effects = append(p.Effects, effects.Effect{Kind: k, Cold: cold})
		}
		return p
	}
	byProfile := &hotpath.Hotness{Source: hotpath.FromProfile}
	marked := &hotpath.Hotness{Source: hotpath.FromDirective, By: &hotpath.Contract{Kind: directive.Hot}}
	bound := &hotpath.Hotness{Source: hotpath.FromDirective, By: &hotpath.Contract{Kind: directive.NonBlocking}}
	for _, tt := range []struct {
		name  string
		place witness.Place
		hot   *hotpath.Hotness
		want  bool
	}{
		{"a lock under contract", does(false, effects.Lock), bound, true},
		{"a lock on the way to an error", does(true, effects.Lock), bound, false},
		{"no wait under contract", does(false, effects.Reflect), bound, false},
		{"a lock in hot code", does(false, effects.Lock), marked, false},
		{"a file in hot code", does(false, effects.Disk), marked, true},
		{"the network in hot code", does(false, effects.Net), marked, true},
		{"a file in what a profile calls hot", does(false, effects.Disk), byProfile, false},
	} {
		if got := owned(tt.place, tt.hot); got != tt.want {
			t.Errorf("%s: %t", tt.name, got)
		}
	}
}
