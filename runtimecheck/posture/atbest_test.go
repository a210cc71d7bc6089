package posture

import "testing"

// A value that may be worse than seen can fail, and cannot pass.
func TestAtBest(t *testing.T) {
	three := 3.0
	p := &Profile{Name: "p", Checks: map[string]Requirement{"a.b": {Max: &three, Otherwise: Fail, Source: "s"}}}
	tests := []struct {
		value  float64
		atBest string
		want   Verdict
		why    string
	}{
		{2, "", Pass, "cost"},
		{2, "it may be more", Unknown, "it may be more"},
		{4, "it may be more", Fail, "cost"},
	}
	for _, tt := range tests {
		o := Number("a.b", tt.value, "/file", Kernel)
		o.AtBest = tt.atBest
		c := p.Judge(Spec{ID: "a.b", Why: "cost"}, o)
		if c.Verdict != tt.want || c.Why != tt.why || c.Current == "" {
			t.Errorf("%+v: %+v", tt, c)
		}
	}
	o := Number("a.c", 2, "/file", Kernel)
	o.AtBest = "it may be more"
	if c := p.Judge(Spec{ID: "a.c"}, o); c.Verdict != NotApplicable {
		t.Errorf("nothing is required: %+v", c)
	}
}
