package policy

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"github.com/lagvet/lagvet/analyzers"
	"github.com/lagvet/lagvet/analyzers/config"
	"github.com/lagvet/lagvet/cmd/internal/finding"
)

func TestApply(t *testing.T) {
	at := func(rule, tier, file string) finding.Finding {
		return finding.Finding{Rule: rule, Tier: tier, Severity: "high", Start: finding.Place{File: "/m/" + file, Line: 1, Column: 1}}
	}
	allowed := at("ctxless", "likely", "a.go")
	allowed.Allowed = &finding.Allowed{Reason: "because"}
	cold := at("heapescape", "proven", "a.go")
	cold.NeedsHot = true
	coldSuspected := at("heapescape", "suspected", "a.go")
	coldSuspected.NeedsHot = true
	fs := []finding.Finding{
		at("ctxless", "likely", "a.go"),
		at("ctxless", "suspected", "a.go"),
		at("ctxless", "proven", "old/b.go"),
		at("gounbounded", "proven", "old/b.go"),
		at("gounbounded", "likely", "a.go"),
		at("directive", "proven", "a.go"),
		allowed, cold, coldSuspected,
	}
	const excludes = "exclude: [{path: old, rules: [ctxless], reason: goes away}, {path: new, reason: misspelt}]\n"
	tests := []struct {
		name     string
		config   string
		policy   Policy
		findings []string
		silenced int
		waiting  int
		hidden   int
		unused   []string
	}{
		{
			name:     "no configuration",
			findings: []string{"ctxless a.go high", "ctxless old/b.go high", "gounbounded old/b.go high", "gounbounded a.go high", "directive a.go high"},
			silenced: 1, waiting: 1, hidden: 2,
		},
		{
			name:     "excludes",
			config:   excludes,
			findings: []string{"ctxless a.go high", "gounbounded old/b.go high", "gounbounded a.go high", "directive a.go high"},
			silenced: 2, waiting: 1, hidden: 2, unused: []string{"new"},
		},
		{
			name:     "rule off",
			config:   "rules: {ctxless: off, heapescape: off}",
			findings: []string{"gounbounded old/b.go high", "gounbounded a.go high", "directive a.go high"},
		},
		{
			name:     "severity and tier of a rule",
			config:   "rules: {ctxless: {severity: low, tier: suspected}, gounbounded: {tier: proven}}",
			findings: []string{"ctxless a.go low", "ctxless a.go low", "ctxless old/b.go low", "gounbounded old/b.go high", "directive a.go high"},
			silenced: 1, waiting: 1, hidden: 2,
		},
		{
			name:     "tier of the command line goes first",
			config:   "rules: {gounbounded: {tier: suspected}}",
			policy:   Policy{Tier: "proven"},
			findings: []string{"ctxless old/b.go high", "gounbounded old/b.go high", "directive a.go high"},
			waiting:  1, hidden: 5,
		},
		{
			name:     "only",
			config:   "rules: {gounbounded: off}",
			policy:   Policy{Only: []string{"gounbounded"}},
			findings: []string{"gounbounded old/b.go high", "gounbounded a.go high"},
		},
		{
			name:     "disable",
			policy:   Policy{Only: []string{"gounbounded", "heapescape"}, Disable: []string{"gounbounded"}},
			findings: nil,
			waiting:  1, hidden: 1,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, err := config.Parse("/m/.lagvet.yml", []byte(tt.config), analyzers.All())
			if err != nil {
				t.Fatal(err)
			}
			tt.policy.Config = c
			v := tt.policy.Apply(fs)
			var got []string
			for _, f := range v.Findings {
				rel, err := filepath.Rel("/m", f.Start.File)
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, fmt.Sprint(f.Rule, " ", rel, " ", f.Severity))
			}
			if !slices.Equal(got, tt.findings) {
				t.Errorf("findings are %q, want %q", got, tt.findings)
			}
			if len(v.Silenced) != tt.silenced || v.Waiting != tt.waiting || v.Hidden != tt.hidden {
				t.Errorf("silenced %d, waiting %d, hidden %d; want %d, %d, %d", len(v.Silenced), v.Waiting, v.Hidden, tt.silenced, tt.waiting, tt.hidden)
			}
			for _, f := range v.Silenced {
				if (f.Allowed == nil) == (f.Excluded == nil) {
					t.Errorf("%+v is silenced by both or neither", f)
				}
			}
			var unused []string
			for _, e := range v.Unused {
				unused = append(unused, e.Path)
			}
			if !slices.Equal(unused, tt.unused) {
				t.Errorf("unused excludes are %q, want %q", unused, tt.unused)
			}
		})
	}
}

func TestCheckRules(t *testing.T) {
	tests := []struct {
		policy Policy
		want   string
	}{
		{Policy{Only: []string{"ctxless"}, Disable: []string{"heapescape"}}, ""},
		{Policy{Only: []string{"ctxless", "heapscape"}}, `unknown rule "heapscape" (did you mean "heapescape"?)`},
		{Policy{Disable: []string{"nonsense"}}, `unknown rule "nonsense"`},
		{Policy{Only: []string{"directive"}}, ""},
		{Policy{Disable: []string{"directive"}}, "rule directive cannot be turned off: directives without effect must not pass for obeyed"},
	}
	for _, tt := range tests {
		got := ""
		if err := tt.policy.CheckRules(analyzers.All()); err != nil {
			got = err.Error()
		}
		if got != tt.want {
			t.Errorf("%+v: error is %q, want %q", tt.policy, got, tt.want)
		}
	}
}
