// Package testtool is for tests whose own binary is the executable that they run
// end to end.
package testtool

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// Executable returns the test binary. Under the race detector it is one built
// without it, in a directory that remove removes: vet units are processes with
// nothing to race with, and there are thousands of them.
func Executable() (path string, remove func() error, err error) {
	self, err := os.Executable()
	if err != nil {
		return "", nil, fmt.Errorf("looking for the test binary: %w", err)
	}
	if !raceDetector {
		return self, func() error { return nil }, nil
	}
	dir, err := os.MkdirTemp("", "testtool-")
	if err != nil {
		return "", nil, fmt.Errorf("building the test binary: %w", err)
	}
	path = filepath.Join(dir, filepath.Base(self))
	if out, err := exec.Command("go", "test", "-c", "-race=false", "-o", path, ".").CombinedOutput(); err != nil {
		os.RemoveAll(dir)
		return "", nil, fmt.Errorf("building the test binary: %w\n%s", err, out)
	}
	return path, func() error { return os.RemoveAll(dir) }, nil
}
