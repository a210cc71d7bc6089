package audit

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	gosarif "github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/lagvet/lagvet/maturity"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// sarifOf returns the log of a report, which is valid.
func sarifOf(t *testing.T, r *maturity.Report, root string) string {
	t.Helper()
	schema, err := jsonschema.NewCompiler().Compile(filepath.Join("..", "report", "testdata", "sarif-schema-2.1.0.json"))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := SARIF(&b, r, root); err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(doc); err != nil {
		t.Errorf("%v", err)
	}
	return b.String()
}

// runOf returns the run of a log as a reader of SARIF sees it, and its results by rule.
func runOf(t *testing.T, text string) (*gosarif.Run, map[string]*gosarif.Result) {
	t.Helper()
	log, err := gosarif.FromString(text)
	if err != nil {
		t.Fatal(err)
	}
	results := make(map[string]*gosarif.Result)
	for _, res := range log.Runs[0].Results {
		if results[*res.RuleID] != nil {
			t.Errorf("%s has two results", *res.RuleID)
		}
		results[*res.RuleID] = res
	}
	return log.Runs[0], results
}

// Each control that is not met is a result, with the proofs as its places.
func TestSARIF(t *testing.T) {
	r, root := planted(t)
	race := stateOf(t, r, "concurrency-race")
	race.Result = verdict.Failed(hostile, verdict.Place{File: "audit/concurrency.md", Line: 2, Text: hostile}, verdict.Place{File: "rendered/all.yaml", Line: 7}, verdict.Place{File: "go.mod"})
	text := sarifOf(t, r, root)
	run, results := runOf(t, text)
	if strings.Contains(text, root) {
		t.Error("the log says where the repository is on this machine")
	}
	rules := 0
	for _, tr := range r.Tracks {
		for _, c := range tr.Controls {
			rules++
			res := results[c.ID]
			if want := tr.Applies && (c.Status == verdict.Fail || c.Status == verdict.Unknown); (res != nil) != want {
				t.Errorf("%s, %s: there is a result: %t", c.ID, c.Status, !want)
			}
			if res == nil {
				continue
			}
			if got := *run.Tool.Driver.Rules[res.RuleIndex].ID; got != c.ID {
				t.Errorf("the result of %s is of the rule %s", c.ID, got)
			}
			want := map[verdict.Status]string{verdict.Fail: "error", verdict.Unknown: "note"}[c.Status]
			if c.Optional {
				want = "note"
			}
			if res.Level != want {
				t.Errorf("%s is of level %s, want %s", c.ID, res.Level, want)
			}
			if says := *res.Message.Text; !strings.Contains(says, c.Reason) || !strings.Contains(says, c.Mend) {
				t.Errorf("%s says %q", c.ID, says)
			}
			if len(res.Locations) == 0 || *res.Locations[0].PhysicalLocation.ArtifactLocation.URI == "" {
				t.Errorf("%s has no location", c.ID)
			}
			if got := len(res.Suppressions) > 0; got != (c.Waiver != nil) {
				t.Errorf("%s is suppressed: %t", c.ID, got)
			}
		}
	}
	if got := len(run.Tool.Driver.Rules); got != rules {
		t.Errorf("%d rules, want %d", got, rules)
	}
	var at []string
	for _, l := range results["concurrency-race"].Locations {
		at = append(at, *l.PhysicalLocation.ArtifactLocation.URI)
	}
	if want := []string{"audit/concurrency.md", "go.mod"}; !slices.Equal(at, want) {
		t.Errorf("a failure is at %q, want %q", at, want)
	}
	if !strings.Contains(text, `"elsewhere": [`) || !strings.Contains(text, `"rendered/all.yaml:7"`) {
		t.Error("a proof outside of the repository is lost")
	}
	s := results["context-owned"].Suppressions[0]
	if want := "a review is due " + hostile + " (platform " + hostile + ", until 2026-08-15)"; *s.Justification != want || *s.Location.PhysicalLocation.Region.StartLine != 3 {
		t.Errorf("suppressed because %q", *s.Justification)
	}
	inv := run.Invocations[0]
	if *inv.ExitCode != 1 || !*inv.ExecutionSuccessful || len(inv.ToolExecutionNotifications) != len(r.Problems) || len(r.Problems) == 0 {
		t.Errorf("exit code %d, %d notifications of %d problems", *inv.ExitCode, len(inv.ToolExecutionNotifications), len(r.Problems))
	}
}

// What is missing stands in the configuration, or else in go.mod.
func TestSARIFAnchor(t *testing.T) {
	r, root := planted(t)
	c := stateOf(t, r, "concurrency-leaks")
	c.Result = verdict.Failed("nothing looks for goroutines")
	for _, want := range []string{"go.mod", ".lagvet.yml"} {
		if want == ".lagvet.yml" {
			if err := os.WriteFile(filepath.Join(root, want), []byte("version: 1\n"), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		_, results := runOf(t, sarifOf(t, r, root))
		at := results["concurrency-leaks"].Locations[0].PhysicalLocation
		if *at.ArtifactLocation.URI != want || *at.Region.StartLine != 1 || *at.ArtifactLocation.URIBaseID != srcRoot {
			t.Errorf("it is at %s, want %s", *at.ArtifactLocation.URI, want)
		}
	}
}

// Paths are what a URI must have them be, and none leads out of the repository.
func TestSARIFPaths(t *testing.T) {
	r, root := planted(t)
	name := "größer #1 50%.yml"
	if err := os.WriteFile(filepath.Join(root, name), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	c := stateOf(t, r, "concurrency-leaks")
	c.Result = verdict.Failed("r", verdict.Place{File: "../go.mod"}, verdict.Place{File: filepath.Join(root, "go.mod")}, verdict.Place{File: "audit"}, verdict.Place{File: name, Line: 2})
	_, results := runOf(t, sarifOf(t, r, root))
	got := results["concurrency-leaks"].Locations
	if len(got) != 1 || *got[0].PhysicalLocation.ArtifactLocation.URI != "gr%C3%B6%C3%9Fer%20%231%2050%25.yml" {
		t.Errorf("%d locations, the first at %s", len(got), *got[0].PhysicalLocation.ArtifactLocation.URI)
	}
}

// A run with nothing to tell is one too, and one that could not measure says so.
func TestSARIFOutcome(t *testing.T) {
	run, results := runOf(t, sarifOf(t, &maturity.Report{Level: 5}, t.TempDir()))
	if len(results) != 0 || *run.Invocations[0].ExitCode != 0 || !*run.Invocations[0].ExecutionSuccessful {
		t.Errorf("%d results, exit code %d", len(results), *run.Invocations[0].ExitCode)
	}
	unseen := &maturity.Report{Required: 1, Tracks: []maturity.TrackState{{ID: "a", Applies: true, Controls: []maturity.ControlState{{Control: maturity.Control{ID: "a-b", Level: 1}, Result: verdict.Unseen("r")}}}}}
	run, _ = runOf(t, sarifOf(t, unseen, t.TempDir()))
	if *run.Invocations[0].ExitCode != 3 || *run.Invocations[0].ExecutionSuccessful {
		t.Errorf("what could not be measured has the exit code %d", *run.Invocations[0].ExitCode)
	}
}
