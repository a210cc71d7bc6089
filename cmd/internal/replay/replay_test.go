package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/lagvet/lagvet/cmd/internal/git"
	"github.com/lagvet/lagvet/cmd/internal/git/gittest"
)

// gate stands in for lagvet: it says that the file new holds a finding, and writes
// down what it was asked.
const gate = `#!/bin/sh
echo "$(cat new) $*" >>"$REPLAY_LOG"
case "$(cat new)" in
bad) echo '{"findings": [{}], "problems": [], "gate": {"known": 2, "fixed": [], "changes": [{}, {}]}}'; exit 1 ;;
odd) echo '{"findings": [], "problems": [{}], "gate": {"known": 0, "fixed": [{}], "changes": []}}'; exit 3 ;;
*) echo '{"findings": [], "problems": [], "gate": {"known": 2}}' ;;
esac
`

func TestReplay(t *testing.T) {
	tool, out, asked := filepath.Join(t.TempDir(), "gate"), t.TempDir(), filepath.Join(t.TempDir(), "log")
	if err := os.WriteFile(tool, []byte(gate), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("REPLAY_LOG", asked)
	repo := gittest.Init(t, t.TempDir())
	var commits []string
	for _, text := range []string{"oldest", "good", "bad", "odd", "last"} {
		repo.Write(t, map[string]string{"new": text})
		commits = append(commits, repo.Commit(t))
	}
	r := &replay{lagvet: tool, repository: git.Dir{Path: repo.Path}, commits: 3, out: out, args: []string{"--profile", "p"}}
	var printed strings.Builder
	if err := r.run(t.Context(), &printed); err != nil {
		t.Fatal(err)
	}
	want := commits[2][:12] + ` S code 1 1 new, 2 known, 0 fixed, 2 changes, 0 not checked
` + commits[3][:12] + ` S code 3 0 new, 0 known, 1 fixed, 0 changes, 1 not checked
` + commits[4][:12] + ` S code 0 0 new, 2 known, 0 fixed, 0 changes, 0 not checked
3 commits: median S, 9 of 10 within S, longest S
1 new findings in 1 commits, 2 changes in hot functions, 1 commits not checked as a whole
`
	got := regexp.MustCompile(` +`).ReplaceAllString(printed.String(), " ")
	if got = regexp.MustCompile(`\d+\.\d\d s`).ReplaceAllString(got, "S"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	var names []string
	entries, err := os.ReadDir(out)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".json"))
	}
	for i, c := range commits {
		if told := strings.Contains(strings.Join(names, " "), c[:12]); told != (i == 2 || i == 3) {
			t.Errorf("a report is kept of commit %d: %t", i, told)
		}
	}
	log, err := os.ReadFile(asked)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for i, text := range []string{"good", "bad", "odd", "last"} {
		base := commits[max(i, 1)]
		lines = append(lines, text+" gate --base "+base+" --format json --profile p")
	}
	if got := strings.TrimSpace(string(log)); got != strings.Join(lines, "\n") {
		t.Errorf("asked\n%s\nwant\n%s", got, strings.Join(lines, "\n"))
	}
	repo.Write(t, map[string]string{"new": "not committed"})
	if err := r.run(t.Context(), &printed); err == nil || !strings.Contains(err.Error(), "not committed") {
		t.Errorf("with a change in the tree: %v", err)
	}
}
