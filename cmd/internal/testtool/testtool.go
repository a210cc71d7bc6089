// Package testtool is for tests that run lagvet end to end.
//
// They run the command as make build builds it, to the byte. The go command keeps what
// a vet tool says of a package under the tool's identity: so what the standard library
// may do is inferred once, for make lint and for all these tests. A test binary as its
// own tool would have it inferred again, and one under the race detector slowly, though
// vet units are processes with nothing to race with.
package testtool

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
)

// Main runs the tests, after it has set self to a lagvet command, and exits. The tests
// must be of a package that needs the rules: the go command replays what tests said as
// long as all that they are linked from is the same, and does not see the command.
func Main(m *testing.M, self *string) {
	code, err := run(m, self)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = max(code, 1)
	}
	os.Exit(code)
}

func run(m *testing.M, self *string) (code int, err error) {
	dir, err := os.MkdirTemp("", "testtool-")
	if err != nil {
		return 1, fmt.Errorf("building lagvet: %w", err)
	}
	defer os.RemoveAll(dir)
	*self = filepath.Join(dir, "lagvet")
	if runtime.GOOS == "windows" {
		*self += ".exe"
	}
	out, err := exec.Command("go", "build", "-trimpath", "-o", *self, "github.com/lagvet/lagvet/cmd/lagvet").CombinedOutput()
	if err != nil {
		return 1, fmt.Errorf("building lagvet: %w\n%s", err, out)
	}
	return m.Run(), nil
}
