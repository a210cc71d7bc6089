// Package verdicttest holds checks against small repositories that are written as
// archives of text.
package verdicttest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/lagvet/lagvet/maturity/internal/tree"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// Tree returns the files of a txtar archive as a repository.
func Tree(t *testing.T, archive string) *tree.Tree {
	t.Helper()
	dir := t.TempDir()
	for _, f := range txtar.Parse([]byte(archive)).Files {
		name := filepath.Join(dir, f.Name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	tr, err := tree.Walk(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tr.Close() })
	return tr
}

// Expect holds a result against "STATUS file:line text": its status, the place of one of
// its proofs ("-" for any or none), and a part of its reason or of a proof's text.
func Expect(t *testing.T, got verdict.Result, want string) {
	t.Helper()
	status, rest, _ := strings.Cut(want, " ")
	place, part, _ := strings.Cut(rest, " ")
	all := got.Reason
	found := place == "-"
	var places []string
	for _, p := range got.Proofs {
		places = append(places, p.String())
		all += "\n" + p.Text
		found = found || p.String() == place
	}
	if string(got.Status) != status || !found || !strings.Contains(all, part) {
		t.Errorf("got %s %q %s\nwant %s at %s: %s", got.Status, places, all, status, place, part)
	}
	if got.Status == verdict.Pass && len(got.Proofs) == 0 {
		t.Error("a pass without a proof")
	}
	if got.Reason == "" {
		t.Error("a result without a reason")
	}
}
