package scaffold

import (
	"bytes"
	"os"
	"path/filepath"
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
			if err := Run(Options{Dir: dir, Owner: "@team", Today: time.Now()}, &out); err != nil {
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
