package main

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A traced report is what lagvet trace prints as JSON, as far as these tests look.
type tracedReport struct {
	Groups []struct {
		Kind, Name string
		Count      int
		Slices     []struct {
			Name     string
			Findings []struct {
				Finding int
				Time    int64 `json:"time_ns"`
			}
		}
	}
	Findings []struct {
		Rule, File string
		Line       int
	}
	Failures []struct{ Message string }
}

// TestTrace joins a trace of a service with what check finds in its code: the quote waits
// for another service without a context, and that is where its time goes.
func TestTrace(t *testing.T) {
	dir := measured(t, asItIs)
	report := filepath.Join(dir, "check.json")
	if got := lagvet(t, dir, "check", "--no-canary", "--format", "json", "-o", report); got.code != 1 {
		t.Fatalf("exit code %d\n%s", got.code, got.stderr)
	}
	for name, findings := range map[string]string{"a report": report, "packages": "./..."} {
		t.Run(name, func(t *testing.T) {
			got := lagvet(t, dir, "trace", "trace.out", "--findings", findings, "--kind", "handler", "--format", "json")
			var r tracedReport
			if err := json.Unmarshal([]byte(got.stdout), &r); err != nil || got.code != 0 {
				t.Fatalf("exit code %d, %v\n%s", got.code, err, got.stderr)
			}
			r.blames(t, "desk.(*Desk).quote", "ctxless")
			r.blames(t, "desk.(*Desk).check", "stw")
		})
	}
	html := filepath.Join(dir, "trace.html")
	got := lagvet(t, dir, "trace", "trace.out", "--findings", report, "--group", "quote", "--report", "html="+html, "--max", "example.com/measured/desk.(*Desk).quote:p50=1ns")
	if got.code != 1 || !strings.Contains(got.stdout, "ctxless reports at desk/desk.go:") || !strings.Contains(got.stdout, "over the limit") {
		t.Errorf("exit code %d\n%s%s", got.code, got.stdout, got.stderr)
	}
	if page := read(t, html); !strings.Contains(page, "<strong>ctxless</strong> reports at") {
		t.Error("the page does not say what check reports")
	}
	if got := lagvet(t, dir, "trace", "app"); got.code != 3 || !strings.Contains(got.stderr, "could not check: ") {
		t.Errorf("of an executable: exit code %d\n%s", got.code, got.stderr)
	}
}

// blames requires that a finding of a rule stands for time of a group.
func (r tracedReport) blames(t *testing.T, group, rule string) {
	t.Helper()
	for _, g := range r.Groups {
		if !strings.HasSuffix(g.Name, group) {
			continue
		}
		for _, s := range g.Slices {
			for _, b := range s.Findings {
				if f := r.Findings[b.Finding]; f.Rule == rule && b.Time > 0 && f.Line > 0 && strings.HasSuffix(f.File, "desk.go") {
					return
				}
			}
		}
	}
	names := make([]string, 0, len(r.Groups))
	for _, g := range r.Groups {
		names = append(names, g.Name)
	}
	t.Errorf("no time of %s is that of %s: %q, %v", group, rule, slices.Sorted(slices.Values(names)), r.Findings)
}
