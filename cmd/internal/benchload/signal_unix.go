//go:build unix

package benchload

import (
	"os"
	"os/exec"
	"syscall"
)

// group makes the command the first of a group of processes, which is killed as one and
// does not get the interrupts of the terminal.
func group(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// terminate asks a process to end.
func terminate(p *os.Process) error { return p.Signal(syscall.SIGTERM) }

// killGroup ends the processes of a command's group.
func killGroup(p *os.Process) {
	// Its only error of interest is that nobody is left.
	_ = syscall.Kill(-p.Pid, syscall.SIGKILL)
}
