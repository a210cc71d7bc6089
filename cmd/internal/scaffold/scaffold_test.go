package scaffold

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lagvet/lagvet/analyzers"
	"github.com/lagvet/lagvet/analyzers/config"
	"github.com/lagvet/lagvet/maturity"
	"github.com/lagvet/lagvet/maturity/verdict"
)

func repository(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const module = "module example.com/m\n\ngo 1.26.3\n"

func audit(t *testing.T, dir string) map[string]verdict.Result {
	t.Helper()
	r, err := maturity.Audit(maturity.Default(), maturity.Input{Dir: dir, Repository: maturity.Repository{Time: time.Now()}})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range r.Problems {
		t.Errorf("what was written cannot be read: %s", p)
	}
	results := make(map[string]verdict.Result)
	for _, tr := range r.Tracks {
		for _, c := range tr.Controls {
			results[c.ID] = c.Result
		}
	}
	return results
}

// What a program can write passes, what people must think about does not, and the
// configuration is valid.
func TestRun(t *testing.T) {
	for host, files := range map[string]map[string]string{
		"GitHub": {"go.mod": module},
		"GitLab": {"go.mod": module, ".gitlab-ci.yml": "include: [{local: .gitlab/lagvet.yml}]\n"},
	} {
		t.Run(host, func(t *testing.T) {
			dir := repository(t, files)
			var out bytes.Buffer
			if err := Run(Options{Dir: dir, Owner: "@team", Reviewed: true, Today: time.Now()}, &out); err != nil {
				t.Fatal(err)
			}
			if _, err := config.Load(filepath.Join(dir, config.Name), analyzers.Catalogue()); err != nil {
				t.Error(err)
			}
			got := audit(t, dir)
			for _, id := range []string{"concurrency-race", "concurrency-rules", "context-rules", "observability-rules", "modules-verify", "modules-vulnerabilities", "concurrency-owned", "modules-owned", "concurrency-editor", "modules-editor"} {
				if got[id].Status != verdict.Pass {
					t.Errorf("%s: %s: %s %v", id, got[id].Status, got[id].Reason, got[id].Proofs)
				}
			}
			for _, id := range []string{"concurrency-goroutines", "context-budgets", "context-cancellation", "observability-signals", "dependency-inventory", "dependency-drill", "modules-upgrades"} {
				if got[id].Status != verdict.Fail {
					t.Errorf("%s passes with a template that nobody filled in: %s %v", id, got[id].Reason, got[id].Proofs)
				}
			}
		})
	}
}

func TestNothingIsOverwritten(t *testing.T) {
	there := map[string]string{
		"go.mod": module, ".lagvet.yml": "# ours\n", ".github/renovate.json": "{}", ".vscode/settings.json": "{}",
		"docs/audit/context.md": "# ours\n", "Jenkinsfile": "// ours\n",
	}
	dir := repository(t, there)
	var out bytes.Buffer
	for range 2 {
		out.Reset()
		if err := Run(Options{Dir: dir}, &out); err != nil {
			t.Fatal(err)
		}
	}
	if strings.Contains(out.String(), "wrote") {
		t.Errorf("the second run writes:\n%s", &out)
	}
	for name, want := range there {
		if got, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(got) != want {
			t.Errorf("%s is %q, %v", name, got, err)
		}
	}
	for _, name := range []string{".github/workflows/gates.yml", ".github/dependabot.yml", "audit/context.md"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			t.Errorf("%s is written beside what takes its place", name)
		}
	}
}

func TestDryRun(t *testing.T) {
	dir := repository(t, map[string]string{"go.mod": module})
	var out bytes.Buffer
	if err := Run(Options{Dir: dir, DryRun: true}, &out); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("%d entries, %v", len(entries), err)
	}
	if !strings.Contains(out.String(), ".github/workflows/gates.yml") {
		t.Errorf("it says\n%s", &out)
	}
	if err := Run(Options{Dir: t.TempDir()}, &out); err == nil || !strings.Contains(err.Error(), "neither go.mod nor go.work") {
		t.Errorf("error outside of a Go repository is %v", err)
	}
}

// What leads out of the repository is not followed.
func TestLinks(t *testing.T) {
	dir, outside := repository(t, map[string]string{"go.mod": module}), t.TempDir()
	if err := os.Symlink(outside, filepath.Join(dir, "audit")); err != nil {
		t.Fatal(err)
	}
	if err := Run(Options{Dir: dir}, new(bytes.Buffer)); err != nil {
		t.Error(err)
	}
	if entries, err := os.ReadDir(outside); err != nil || len(entries) > 0 {
		t.Errorf("%d files are outside, %v", len(entries), err)
	}
}

// bare is a service that nobody has prepared.
func bare(t *testing.T) string {
	t.Helper()
	return repository(t, map[string]string{"go.mod": module, "main.go": "package main\n\nfunc main() { println(Sum(1, 2)) }\n\n// Sum adds.\nfunc Sum(a, b int) int { return a + b }\n"})
}

// open are the controls of the first two levels that are not met in a repository on
// which the rules found nothing.
func open(t *testing.T, dir string) (ids []string, level int) {
	t.Helper()
	m := maturity.Default()
	code := &maturity.Code{Packages: 1}
	for _, tr := range m.Tracks {
		code.Rules = append(code.Rules, tr.Rules...)
	}
	r, err := maturity.Audit(m, maturity.Input{Dir: dir, Code: code, Repository: maturity.Repository{Commit: strings.Repeat("0", 40), Time: time.Now()}})
	if err != nil {
		t.Fatal(err)
	}
	for _, tr := range r.Tracks {
		for _, c := range tr.Controls {
			if c.Level <= target && !c.Met() {
				ids = append(ids, c.ID)
			}
		}
	}
	return ids, r.Level
}

// byPeople are the controls that lagvet init cannot meet for a bare service: what a
// person must know, or write a test for.
var byPeople = []string{
	"concurrency-goroutines",
	"context-budgets", "context-cancellation", "context-tested",
	"observability-signals", "observability-correlation", "observability-runbooks", "observability-lessons", "observability-lint",
	"dependency-inventory", "dependency-drill", "dependency-fault",
	"modules-upgrades",
}

// From nothing to the second level in one commit: what is written, what people add, and
// nothing else.
func TestToLevel2(t *testing.T) {
	dir := bare(t)
	if _, level := open(t, dir); level != 0 {
		t.Fatalf("a bare service stands at level %d", level)
	}
	var out bytes.Buffer
	if err := Run(Options{Dir: dir, Owner: "@team", Reviewed: true, Today: time.Now()}, &out); err != nil {
		t.Fatal(err)
	}
	ids, _ := open(t, dir)
	slices.Sort(ids)
	want := slices.Sorted(slices.Values(byPeople))
	if !slices.Equal(ids, want) {
		t.Errorf("open are\n%q, want\n%q", ids, want)
	}
	for _, id := range want {
		if !strings.Contains(out.String(), id) {
			t.Errorf("it does not say that %s is open:\n%s", id, &out)
		}
	}
	people(t, dir)
	if ids, level := open(t, dir); len(ids) > 0 || level < target {
		t.Errorf("with what people add it stands at level %d, and open are %q", level, ids)
	}
}

// people fills in what people know.
func people(t *testing.T, dir string) {
	t.Helper()
	today := time.Now().Format(time.DateOnly)
	edits := map[string][]string{
		"audit/concurrency.md": {"<what it does>", "none but main", "<who>", "@team", "<function>", "main", "<by what, and within which time>", "the process ends",
			"<what is shared, and by what it is guarded>", "Nothing is shared.", "<the bounds, and what happens beyond them>", "There is one request at a time."},
		"audit/context.md": {"<method and path>", "the command", "<duration>", "1s", "<services and stores>", "nothing", "<durations>", "no call", "<the rule>", "Nothing outlives the command."},
		"audit/observability.md": {"<name>", "up", "<metric, log event or span>", "metric", "<what it means>", "it runs", "<who>", "@team", "<above what, for how long>", "0 for 5m",
			"<the rule>", "By the trace's id.", "<link of the runbook for an alert>", "[it is down](../README.md)"},
		"audit/dependency.md": {"<what>", "the disk", "<host>", "localhost", "<how it fails: slow, refused, wrong>", "full", "<what is done then>", "it stops", "<who keeps that working>", "@team",
			"<YYYY-MM-DD>", today, "<what was made to fail>", "a full disk", "<what came of it>", "it stopped"},
		"audit/modules.md": {"<the policy>", "Weekly, by the bot.", "<the versions>", "The newest.", `<the modules, or "none">`, "none"},
	}
	for name, pairs := range edits {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		put(t, dir, name, strings.NewReplacer(pairs...).Replace(string(data)))
	}
	put(t, dir, "audit/lessons.md", fmt.Sprintf("---\nowner: \"@team\"\nreviewed: %s\n---\n# Lessons\n\nNo incidents so far.\n", today))
	put(t, dir, "README.md", "# m\n")
	put(t, dir, "deadline_test.go", "package main\n\nimport (\n\t\"context\"\n\t\"errors\"\n\t\"testing\"\n\n\t_ \"github.com/Shopify/toxiproxy/v2/client\"\n)\n\nfunc TestDeadline(t *testing.T) {\n\tctx, cancel := context.WithTimeout(t.Context(), 1)\n\tdefer cancel()\n\t<-ctx.Done()\n\tif !errors.Is(ctx.Err(), context.DeadlineExceeded) {\n\t\tt.Fail()\n\t}\n}\n")
	gates, err := os.ReadFile(filepath.Join(dir, ".github/workflows/gates.yml"))
	if err != nil {
		t.Fatal(err)
	}
	put(t, dir, ".github/workflows/gates.yml", string(gates)+"      - run: promtool check rules alerts/*.yml\n")
	put(t, dir, "alerts/up.yml", "groups:\n  - name: up\n    rules: [{alert: Idle, expr: 'rate(sums_total[5m]) == 0'}]\n")
	put(t, dir, "metrics.go", "package main\n\nimport \"github.com/prometheus/client_golang/prometheus\"\n\nvar sums = prometheus.NewCounter(prometheus.CounterOpts{Name: \"sums_total\"})\n")
}

func put(t *testing.T, dir, name, text string) {
	t.Helper()
	file := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// Without the word of their owner checklists are not gone through.
func TestReviewed(t *testing.T) {
	dir := bare(t)
	if err := Run(Options{Dir: dir, Owner: "@team", Today: time.Now()}, new(bytes.Buffer)); err != nil {
		t.Fatal(err)
	}
	if got := audit(t, dir)["concurrency-owned"]; got.Status != verdict.Fail {
		t.Errorf("nobody said that it was reviewed: %s: %s", got.Status, got.Reason)
	}
	if err := Run(Options{Dir: bare(t), Reviewed: true}, new(bytes.Buffer)); err == nil || !strings.Contains(err.Error(), "--owner") {
		t.Errorf("a review of nobody's is %v", err)
	}
}

// The test that is written passes where nothing leaks, and fails where something does.
func TestLeakTest(t *testing.T) {
	run := func(dir string) (string, error) {
		cmd := exec.Command("go", "test", "./...")
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOFLAGS=", "GOWORK=off")
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	dir := bare(t)
	put(t, dir, "sum_test.go", "package main\n\nimport \"testing\"\n\nfunc TestSum(t *testing.T) {\n\tif Sum(1, 2) != 3 {\n\t\tt.Fail()\n\t}\n}\n")
	if err := Run(Options{Dir: dir}, new(bytes.Buffer)); err != nil {
		t.Fatal(err)
	}
	if out, err := run(dir); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	put(t, dir, "main.go", "package main\n\nfunc main() { println(Sum(1, 2)) }\n\n// Sum leaks.\nfunc Sum(a, b int) int { go func() { select {} }(); return a + b }\n")
	if out, err := run(dir); err == nil || !strings.Contains(out, "goroutines are left over") {
		t.Errorf("a leak: %v\n%s", err, out)
	}
}

// Tests that look for leaks already, or have a TestMain, are left alone.
func TestLeakTestIsNotNeeded(t *testing.T) {
	for name, c := range map[string]struct{ test, why string }{
		"goleak":   {"package main\n\nimport _ \"go.uber.org/goleak\"\n", "looks for leaks"},
		"TestMain": {"package main\n\nimport \"testing\"\n\nfunc TestMain(m *testing.M) { m.Run() }\n", "has a TestMain"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := bare(t)
			put(t, dir, "x_test.go", c.test)
			var out bytes.Buffer
			if err := Run(Options{Dir: dir}, &out); err != nil {
				t.Fatal(err)
			}
			if _, err := os.Stat(filepath.Join(dir, leaksFile)); err == nil || !strings.Contains(out.String(), c.why) {
				t.Errorf("%v: it says\n%s", err, &out)
			}
		})
	}
}
