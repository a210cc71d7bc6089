package tree_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/lagvet/lagvet/maturity/internal/tree"
)

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	file := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestMatch(t *testing.T) {
	tr, err := tree.Open(t.TempDir(), []string{"go.mod", "a/b/go.mod", "a/Dockerfile", "ab/c", "deploy/x y.yaml", "deploy/é.yml"})
	if err != nil {
		t.Fatal(err)
	}
	defer tr.Close()
	for pattern, want := range map[string][]string{
		"**/go.mod":           {"a/b/go.mod", "go.mod"},
		"go.mod":              {"go.mod"},
		"deploy/*.{yaml,yml}": {"deploy/x y.yaml", "deploy/é.yml"},
		"**/[Dd]ockerfile":    {"a/Dockerfile"},
		"[":                   nil,
		"**/Dockerfile{,.*}":  {"a/Dockerfile"},
	} {
		if got := tr.Match(pattern); !slices.Equal(got, want) {
			t.Errorf("%s matches %q, want %q", pattern, got, want)
		}
	}
	if got, want := tr.Under("a"), []string{"a/Dockerfile", "a/b/go.mod"}; !slices.Equal(got, want) {
		t.Errorf("below a are %q, want %q", got, want)
	}
}

// What a repository holds cannot make its reader look elsewhere, wait, or fill up.
func TestRead(t *testing.T) {
	dir := t.TempDir()
	outside := t.TempDir()
	write(t, outside, "secret", "x")
	write(t, dir, "a.yml", "a")
	write(t, dir, "unlisted.yml", "a")
	write(t, dir, "large.yml", strings.Repeat("#", tree.MaxFile+1))
	write(t, dir, "full.yml", strings.Repeat("#", tree.MaxFile))
	for name, to := range map[string]string{"out": filepath.Join(outside, "secret"), "up": "../secret", "loop": "loop", "in": "a.yml", "gone": "nothing"} {
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "dir"), 0o755); err != nil {
		t.Fatal(err)
	}
	tr, err := tree.Open(dir, []string{"a.yml", "large.yml", "full.yml", "out", "up", "loop", "in", "gone", "pipe", "dir"})
	if err != nil {
		t.Fatal(err)
	}
	defer tr.Close()
	for name, want := range map[string]string{
		"a.yml":        "",
		"in":           "",
		"full.yml":     "",
		"unlisted.yml": "does not exist",
		"large.yml":    "larger than 1024 KiB",
		"out":          "path escapes",
		"up":           "path escapes",
		"loop":         "too many levels of symbolic links",
		"gone":         "no such file",
		"pipe":         "not a regular file",
		"dir":          "not a regular file",
	} {
		_, err := tr.Read(name)
		switch {
		case want == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%s: %v, want one that says %q", name, err, want)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	for _, name := range []string{"../a", "/etc/passwd", "a/../../b", ""} {
		if tr, err := tree.Open(t.TempDir(), []string{name}); err == nil {
			tr.Close()
			t.Errorf("%q is taken", name)
		}
	}
}

func TestWalk(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a/b.go", "")
	write(t, dir, ".git/config", "")
	write(t, dir, ".github/workflows/ci.yml", "")
	if err := os.Symlink(dir, filepath.Join(dir, "self")); err != nil {
		t.Fatal(err)
	}
	tr, err := tree.Walk(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer tr.Close()
	if got, want := tr.Files(), []string{".github/workflows/ci.yml", "a/b.go", "self"}; !slices.Equal(got, want) {
		t.Errorf("files are %q, want %q", got, want)
	}
}

func TestJoin(t *testing.T) {
	for _, c := range []struct{ file, ref, want string }{
		{"a/b.yml", "c.yml", "a/c.yml"},
		{"a/b.yml", "../c.yml", "c.yml"},
		{"a/b.yml", "/x/c.yml", "x/c.yml"},
		{"a/b.yml", "../../c.yml", ""},
		{"a/b.yml", "/../c.yml", ""},
		{"b.yml", "./.github/actions/x", ".github/actions/x"},
	} {
		if got := tree.Join(c.file, c.ref); got != c.want {
			t.Errorf("%s from %s is %q, want %q", c.ref, c.file, got, c.want)
		}
	}
}
