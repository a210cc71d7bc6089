// Package gittest makes repositories for tests.
package gittest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A Dir is a directory in which git is run with nothing of the user's configuration.
type Dir struct {
	Path string
	Env  []string // added to the environment
}

// Init makes a repository in a directory, with a branch main that has no commit.
func Init(t *testing.T, path string) Dir {
	t.Helper()
	d := Dir{Path: path}
	d.Run(t, "init", "-q", "-b", "main")
	return d
}

// Run runs git and returns what it prints, without the end of the last line. The test
// ends if that fails.
func (d Dir) Run(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", args...)
	cmd.Dir = d.Path
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_SYSTEM="+os.DevNull,
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com")
	cmd.Env = append(cmd.Env, d.Env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

// Commit commits all that is in the working tree, if only that nothing changed, and
// returns the commit.
func (d Dir) Commit(t *testing.T) string {
	t.Helper()
	d.Run(t, "add", "-A")
	d.Run(t, "commit", "-q", "--allow-empty", "-m", "change")
	return d.Run(t, "rev-parse", "HEAD")
}

// Write writes files of the working tree, by their path with slashes, and removes
// those whose text is empty.
func (d Dir) Write(t *testing.T, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(d.Path, filepath.FromSlash(name))
		if text == "" {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			_ = os.Remove(filepath.Dir(path)) // as git does, if nothing else is in it
			continue
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}
