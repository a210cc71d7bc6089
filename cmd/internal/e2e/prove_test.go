//go:build e2e

package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/lagvet/lagvet/maturity"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// govulncheck is tried in this version.
const govulncheck = "golang.org/x/vuln/cmd/govulncheck@v1.8.0"

// A repository whose gates look at its modules: both that can be tried only on a module
// cache and a database of their own.
const gated = `
-- go.mod --
module example.com/gated

go 1.26

require github.com/agext/levenshtein v1.2.3
-- main.go --
package main

import "github.com/agext/levenshtein"

func main() { println(levenshtein.Distance("a", "b", nil)) }
-- .github/workflows/ci.yml --
name: ci
on: {pull_request: {}, push: {branches: [main], tags: ['v*']}}
jobs:
  check:
    runs-on: ubuntu-latest
    steps:
      - run: go mod verify
      - run: go mod tidy -diff
      - run: govulncheck ./...
`

// lagvet audit --prove tries go mod verify and the real govulncheck.
func TestProveModules(t *testing.T) {
	bin := t.TempDir()
	process{env: []string{"GOBIN=" + bin}}.must(t, "go", "install", govulncheck)
	dir := t.TempDir()
	fsys, err := txtar.FS(txtar.Parse([]byte(gated)))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(dir, fsys); err != nil {
		t.Fatal(err)
	}
	p := process{dir: dir, env: []string{"PATH=" + bin + string(filepath.ListSeparator) + os.Getenv("PATH")}}
	p.must(t, "go", "mod", "tidy")
	p.must(t, "git", "init", "--quiet")
	p.must(t, "git", "add", "--all")
	p.must(t, "git", "-c", "user.name=t", "-c", "user.email=t@localhost", "commit", "--quiet", "--message=all")
	out, errs, _ := p.run(t, lagvet, "audit", "--no-check", "--prove", "--format", "json")
	var r maturity.Report
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatalf("%v\n%s%s", err, out, errs)
	}
	want := map[string]string{
		"modules-verify":          "`go mod verify` fails with a file changed in the module cache, and succeeds without",
		"modules-vulnerabilities": "`govulncheck ./...` fails with a call that the database it is given says is vulnerable, and succeeds without",
	}
	for _, tr := range r.Tracks {
		for _, c := range tr.Controls {
			reason, ok := want[c.ID]
			if !ok {
				continue
			}
			delete(want, c.ID)
			if c.Status != verdict.Pass || c.Grade != verdict.Proven || !strings.Contains(c.Reason, reason) {
				t.Errorf("%s: %s, %s: %s\n%s", c.ID, c.Status, c.Grade, c.Reason, errs)
			}
		}
	}
	for id := range want {
		t.Errorf("the report has no %s", id)
	}
}
