//go:build !unix

package benchload

import (
	"errors"
	"os"
	"os/exec"
)

func group(*exec.Cmd) {}

// terminate cannot ask a process to end: there is no such signal.
func terminate(*os.Process) error { return errors.ErrUnsupported }

func killGroup(p *os.Process) {
	// Its only error of interest is that it has ended.
	_ = p.Kill()
}
