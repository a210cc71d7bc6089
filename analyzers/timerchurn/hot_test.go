package timerchurn

import (
	"testing"

	"github.com/lagvet/lagvet/analyzers/hotpath"
	"github.com/lagvet/lagvet/analyzers/internal/costly"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
)

// TestSure looks at what the fixtures, which have no profile, cannot show.
func TestSure(t *testing.T) {
	marked := &hotpath.Hotness{Source: hotpath.FromDirective}
	profile := func(line float64) *hotpath.Hotness {
		return &hotpath.Hotness{Source: hotpath.FromProfile, Share: 0.1, Line: line}
	}
	for _, tt := range []struct {
		name        string
		hot         *hotpath.Hotness
		doubt       string
		conditional bool
		want        rule.Tier
	}{
		{"marked", marked, "", false, rule.Proven},
		{"in one branch", marked, "", true, rule.Likely},
		{"seldom made", marked, "it runs once", false, rule.Suspected},
		{"the line has a share", profile(costly.MinLine), "", false, rule.Likely},
		{"it has none", profile(0), "", false, rule.Suspected},
	} {
		if got := sure(tt.hot, tt.doubt, tt.conditional); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
	c := new(checker)
	if why := c.doubt(nil, profile(0.02)); why != "" {
		t.Errorf("what has a share is said to be rare: %s", why)
	}
}
