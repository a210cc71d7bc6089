// Package treetest makes repositories for tests.
package treetest

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/lagvet/lagvet/maturity/internal/tree"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// Open returns the tree of the files of a txtar archive.
func Open(t testing.TB, archive string) *tree.Tree {
	t.Helper()
	files := make(map[string]string)
	for _, f := range txtar.Parse([]byte(archive)).Files {
		files[f.Name] = string(f.Data)
	}
	return Files(t, files)
}

// Files returns the tree of files, given what they hold by path.
func Files(t testing.TB, files map[string]string) *tree.Tree {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if !fs.ValidPath(name) {
			t.Fatalf("%q is no path in a repository", name)
		}
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	tr, err := tree.Open(dir, slices.Collect(maps.Keys(files)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tr.Close() })
	return tr
}

// Want fails the test unless got has this status, a reason that holds the words, and
// the proof "file:line" or "file" unless that is empty. A pass must have a proof, and
// no reason may end with a full stop.
func Want(t testing.TB, got verdict.Result, status verdict.Status, words, proof string) {
	t.Helper()
	if got.Status != status || !strings.Contains(got.Reason, words) {
		t.Errorf("got %s: %s (%v), want %s: …%s…", got.Status, got.Reason, got.Proofs, status, words)
	}
	if got.Reason == "" || strings.HasSuffix(got.Reason, ".") {
		t.Errorf("%q is no reason", got.Reason)
	}
	if got.Status == verdict.Pass && (len(got.Proofs) == 0 || got.Proofs[0].Line == 0) {
		t.Errorf("a pass without a proof that has a line: %s %v", got.Reason, got.Proofs)
	}
	if proof == "" {
		return
	}
	var at []string
	for _, p := range got.Proofs {
		if at = append(at, p.String()); p.String() == proof {
			return
		}
	}
	t.Errorf("proofs of %q are %q, none is %s", got.Reason, at, proof)
}
