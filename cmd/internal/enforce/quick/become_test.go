//go:build unix

package quick

import (
	"os"
	"path/filepath"
	"testing"
)

func TestFind(t *testing.T) {
	dir := t.TempDir()
	for name, mode := range map[string]os.FileMode{"cc": 0o700, "text": 0o600} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, mode); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "directory"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ path, tool, want string }{
		{"/nonexistent:" + dir, "cc", dir + "/cc"},
		{dir, "text", ""},
		{dir, "directory", ""},
		{dir, "./cc", "./cc"},
		{".:" + dir, "cc", ""},
		{":" + dir, "cc", ""},
		{"", "cc", ""},
	} {
		t.Setenv("PATH", c.path)
		if got := find(c.tool); got != c.want {
			t.Errorf("in %q %s is %q, want %q", c.path, c.tool, got, c.want)
		}
	}
}
