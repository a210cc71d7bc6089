package policy

import (
	"testing"
)

func TestMatch(t *testing.T) {
	tests := []struct {
		glob, name string
		want       bool
	}{
		{"a.go", "a.go", true},
		{"a.go", "b/a.go", false},
		{"a", "a/b/c.go", true},
		{"a", "ab/c.go", false},
		{"*.go", "a.go", true},
		{"*.go", "a/b.go", false},
		{"*/b.go", "a/b.go", true},
		{"**/b.go", "b.go", true},
		{"**/b.go", "a/a/b.go", true},
		{"a/**", "a/b/c.go", true},
		{"a/**/c.go", "a/c.go", true},
		{"a/**/c.go", "a/b/b/c.go", true},
		{"a/**/c.go", "b/c.go", false},
		{"**/gen/**/x_*.go", "a/gen/b/x_1.go", true},
		{"**/gen/**/x_*.go", "a/gen/b/y_1.go", false},
		{"a/b/c", "a/b", false},
		{"[ab].go", "b.go", true},
	}
	for _, tt := range tests {
		if got := Match(tt.glob, tt.name); got != tt.want {
			t.Errorf("Match(%q, %q) = %v", tt.glob, tt.name, got)
		}
	}
}

func TestReports(t *testing.T) {
	p, err := parse(`{"dir": "/m", "tiers": {"ctxless": "suspected", "stw": "proven"}, "exclude": [
		{"path": "old", "rules": ["ctxless"]}, {"path": "gen"}]}`)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		rule, tier, file string
		want             bool
	}{
		{"hotcall", "likely", "/m/a.go", true},
		{"hotcall", "suspected", "/m/a.go", false},
		{"ctxless", "suspected", "/m/a.go", true},
		{"stw", "likely", "/m/a.go", false},
		{"stw", "proven", "/m/a.go", true},
		{"ctxless", "proven", "/m/old/a.go", false},
		{"hotcall", "proven", "/m/old/a.go", true},
		{"hotcall", "proven", "/m/gen/a.go", false},
		{"hotcall", "proven", "/n/gen/a.go", true}, // the globs are relative to /m
	}
	for _, tt := range tests {
		if got := p.Reports(tt.rule, tt.tier, tt.file); got != tt.want {
			t.Errorf("Reports(%s, %s, %s) = %t", tt.rule, tt.tier, tt.file, got)
		}
	}
	if !new(Policy).Reports("ctxless", "likely", "a.go") {
		t.Error("where nobody says anything, a likely finding is not reported")
	}
	if _, err := parse("{"); err == nil {
		t.Error("no error for what is no JSON")
	}
}
