// Package testtool is for tests whose own binary is the executable that they run
// end to end.
package testtool

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Main runs the tests, after it has set self to the executable that they are to
// run, and exits. That is the test binary or, under the race detector, one built
// without it: vet units are processes with nothing to race with, and there are
// thousands of them.
func Main(m *testing.M, self *string) {
	path, remove, err := executable()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	*self = path
	code := m.Run()
	if err := remove(); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}

// executable returns the executable, and what clears it away.
func executable() (path string, remove func() error, err error) {
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
