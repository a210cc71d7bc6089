//go:build e2e

package e2e

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// nobody is a user for whom files can be read-only, which they cannot for root.
const nobody = 65534

// A guest runs lagvet as a user without rights but in its own directory.
type guest struct {
	*testing.T
	dir string
}

func newGuest(t *testing.T, files map[string]string) guest {
	t.Helper()
	dir, err := os.MkdirTemp("", "lagvet-guest-") // t.TempDir lies in a directory of root's
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if out, err := exec.Command("chmod", "-R", "u+w", dir).CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	for _, name := range []string{"home", "cache", "tmp", "m"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, "m", name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	tool, err := os.ReadFile(lagvet)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "lagvet"), tool, 0o755); err != nil {
		t.Fatal(err)
	}
	if os.Getuid() == 0 {
		if out, err := exec.Command("chown", "-R", "65534:65534", dir).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return guest{t, dir}
}

// check runs lagvet check on the module, and returns what it prints and its code.
func (g guest) check() (string, int) {
	g.Helper()
	cmd := exec.CommandContext(g.Context(), filepath.Join(g.dir, "lagvet"), "check", "./...")
	cmd.Dir = filepath.Join(g.dir, "m")
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + filepath.Join(g.dir, "home"), "TMPDIR=" + filepath.Join(g.dir, "tmp"),
		"GOCACHE=" + filepath.Join(g.dir, "cache"), "GOENV=off", "GOTOOLCHAIN=local", "PWD=" + cmd.Dir,
	}
	if os.Getuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	if _, ok := errors.AsType[*exec.ExitError](err); err != nil && !ok {
		g.Fatal(err)
	}
	return out.String(), cmd.ProcessState.ExitCode()
}

// A cache that can only be read, as some CI servers mount it, never makes code pass
// for clean.
func TestReadOnlyCache(t *testing.T) {
	const hazard = `package m

import "os"

func F(names []string) {
	for _, name := range names {
		f, _ := os.Open(name)
		defer f.Close()
	}
}
`
	g := newGuest(t, map[string]string{"go.mod": "module example.com/m\n\ngo 1.26\n", "m.go": hazard})
	const found = "m.go:8:3: f.Close is deferred in a loop"
	if out, code := g.check(); code != 1 || !strings.Contains(out, found) {
		t.Fatalf("exit code %d, want 1 and %q\n%s", code, found, out)
	}
	if out, err := exec.Command("chmod", "-R", "a-w", filepath.Join(g.dir, "cache"), filepath.Join(g.dir, "home")).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, text := range []string{hazard, hazard + "\nfunc G() {}\n"} {
		if err := os.WriteFile(filepath.Join(g.dir, "m", "m.go"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		out, code := g.check()
		switch {
		case code == 1 && strings.Contains(out, found):
		case code == 3 && strings.Contains(out, "has to write to its build cache") && strings.Contains(out, "GOCACHE"):
		default:
			t.Errorf("exit code %d; want 1 with the finding, or 3 with what to do\n%s", code, out)
		}
	}
}
