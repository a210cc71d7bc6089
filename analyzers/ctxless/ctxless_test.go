package ctxless_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lagvet/lagvet/analyzers/ctxless"
	"github.com/lagvet/lagvet/analyzers/internal/ruletest"
)

func Test(t *testing.T) { ruletest.Run(t, ctxless.Rule) }

// TestFixesCompile builds each fixture with its fixes applied.
func TestFixesCompile(t *testing.T) {
	mods, err := filepath.Glob(filepath.Join("testdata", "*", "go.mod"))
	if err != nil || len(mods) == 0 {
		t.Fatalf("no modules under testdata (%v)", err)
	}
	for _, mod := range mods {
		dir, err := filepath.Abs(filepath.Dir(mod))
		if err != nil {
			t.Fatal(err)
		}
		t.Run(filepath.Base(dir), func(t *testing.T) {
			cmd := exec.CommandContext(t.Context(), "go", "build", "-overlay="+overlay(t, dir), "./...")
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "GOWORK=off", "GOPROXY=off", "GOFLAGS=")
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("building what the fixes make: %v\n%s", err, out)
			}
		})
	}
}

// overlay writes a file that has the go command read each fixed file in place of its original.
func overlay(t *testing.T, dir string) string {
	t.Helper()
	replace := make(map[string]string)
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if file, ok := strings.CutSuffix(path, ".golden"); ok {
			replace[file] = path
		}
		return err
	})
	if err != nil || len(replace) == 0 {
		t.Fatalf("no fixed files in %s (%v)", dir, err)
	}
	js, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "overlay.json")
	if err := os.WriteFile(name, js, 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}
