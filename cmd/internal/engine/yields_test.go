package engine

import "testing"

// A finding whose place another rule's takes is told only if that rule is off.
func TestYields(t *testing.T) {
	for _, tt := range []struct {
		category string
		disabled []string
		want     int
	}{
		{`{"rule":"SA6002"}`, nil, 1},
		{`{"rule":"SA6002","yields":"heapescape"}`, nil, 0},
		{`{"rule":"SA6002","yields":"heapescape"}`, []string{"heapescape"}, 1},
		{`{"rule":"SA6002","yields":"heapescape"}`, []string{"heapescape", "SA6002"}, 0},
	} {
		tr := translator{asked: packageSet{"p": {path: "p"}}, disabled: tt.disabled}
		tr.take(found{unit: "p", diagnostic: diagnostic{Posn: "/p/a.go:1:2", Category: tt.category}})
		if len(tr.findings) != tt.want || len(tr.problems) > 0 {
			t.Errorf("%s, %q being off: %d findings, want %d (%v)", tt.category, tt.disabled, len(tr.findings), tt.want, tr.problems)
		}
	}
}
