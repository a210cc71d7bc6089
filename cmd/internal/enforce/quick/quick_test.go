package quick

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// What this package imports is initialised before it answers: of what needs package
// unicode nearly all else comes first.
func TestImports(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	deps := strings.Fields(string(out))
	if !slices.Contains(deps, "os") {
		t.Fatalf("imports are not known: %q", deps)
	}
	for _, heavy := range []string{"unicode", "fmt", "strings", "regexp", "os/exec", "path/filepath"} {
		if slices.Contains(deps, heavy) {
			t.Errorf("%s is imported, by way of whatever it is", heavy)
		}
	}
}

func TestBase(t *testing.T) {
	for tool, want := range map[string]string{
		"/go/pkg/tool/linux_amd64/compile":     "compile",
		"/go/pkg/tool/windows_amd64/link.exe":  "link",
		"gcc":                                  "gcc",
		".exe":                                 ".exe",
		"/go/pkg/tool/linux_amd64/compile.bak": "compile.bak",
	} {
		if got := base(tool); got != want {
			t.Errorf("%s is %q, want %q", tool, got, want)
		}
	}
}

// An answer that is kept is for one tool and one configuration.
func TestEntry(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	dir := filepath.Join(t.TempDir(), "module", "cmd")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	entry := func() Entry {
		t.Helper()
		e, ok := EntryFor(self)
		if !ok {
			t.Fatal("there is no entry")
		}
		return e
	}
	seen := map[string]string{entry().File: "as it is"}
	for _, c := range []struct{ file, text string }{
		{"../go.mod", ""}, {"../go.work", ""}, {"../lagvet.yml", ""}, {"../lagvet.yaml", ""}, {"../.lagvet.yaml", ""},
		{"../.lagvet.yml", "a"}, {"../.lagvet.yml", "b"}, {".lagvet.yml", "b"},
	} {
		if err := os.WriteFile(c.file, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		e := entry()
		if before, ok := seen[e.File]; ok {
			t.Errorf("with %s of %q the entry is the one of before: %s", c.file, c.text, before)
		}
		seen[e.File] = c.file
	}
	for _, name := range []string{"GOEXPERIMENT", "GOWORK"} {
		t.Setenv(name, "x")
		if e := entry(); seen[e.File] != "" {
			t.Errorf("with another $%s the entry is the one of %s", name, seen[e.File])
		}
	}
	e := entry()
	if _, ok := e.Read(); ok {
		t.Error("an answer is there that nobody left")
	}
	if err := os.MkdirAll(e.Dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		e.Key + "compile version 1\n": "compile version 1\n",
		e.Key + "compile vers":        "", // cut off
		e.Key:                         "",
		"another key\nan answer\n":    "",
	} {
		if err := os.WriteFile(e.File, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, ok := e.Read(); got != want || ok != (want != "") {
			t.Errorf("of %q is read %q, %t", text, got, ok)
		}
	}
	script := filepath.Join(t.TempDir(), "compile")
	if err := os.WriteFile(script, []byte("#!/bin/sh\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, ok := EntryFor(script); ok {
		t.Error("there is an entry for a tool without a build ID")
	}
}

func TestParent(t *testing.T) {
	for dir, want := range map[string]string{"/a/b": "/a", "/a": "/", "/": "/"} {
		if got := parent(dir); got != want {
			t.Errorf("above %s is %q, want %q", dir, got, want)
		}
	}
}
