//go:build e2e

package e2e

import (
	"encoding/json"
	"os"
	"slices"
	"testing"
)

// lagvet check says what the other hosts are held against.
func TestCheck(t *testing.T) {
	dir := module(t)
	got := check(t, dir)
	if *update {
		if err := os.WriteFile(golden+"/findings.txt", []byte(show(got, whole)), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	compare(t, "lagvet check", got, expected(t), whole)
}

// check returns what lagvet check finds in a module.
func check(t *testing.T, dir string, args ...string) []Finding {
	t.Helper()
	out, errs, code := process{dir: dir}.run(t, lagvet, append([]string{"check", "--format", "json"}, args...)...)
	if code != 1 {
		t.Fatalf("lagvet check: exit code %d\n%s", code, errs)
	}
	return readJSON(t, dir, out)
}

// readJSON reads the findings of lagvet's JSON report.
func readJSON(t *testing.T, dir, text string) []Finding {
	t.Helper()
	type step struct {
		File, Text   string
		Line, Column int
	}
	var report struct {
		Findings []struct {
			Rule, Message, File string
			Line, Column        int
			Hot                 struct {
				Detail string
				Via    []step
			}
			Chain []step
		}
	}
	if err := json.Unmarshal([]byte(text), &report); err != nil {
		t.Fatal(err)
	}
	var fs []Finding
	for _, r := range report.Findings {
		f := Finding{Place: place(t, dir, r.File, r.Line, r.Column), Rule: r.Rule, Message: r.Message}
		if r.Hot.Detail != "" {
			f.Chain = append(f.Chain, r.Hot.Detail)
		}
		for _, s := range slices.Concat(r.Hot.Via, r.Chain) {
			f.Chain = append(f.Chain, place(t, dir, s.File, s.Line, s.Column)+": "+s.Text)
		}
		fs = append(fs, f)
	}
	return fs
}
