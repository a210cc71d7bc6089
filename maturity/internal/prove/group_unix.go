//go:build unix

package prove

import (
	"os/exec"
	"syscall"
)

// contain puts a command into a process group of its own, which is killed as one when
// its time is over.
func contain(cmd *exec.Cmd, n isolation) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	n.apply(cmd.SysProcAttr)
}

// killGroup kills what a command left running.
func killGroup(cmd *exec.Cmd) {
	if cmd.Process != nil {
		// There may be nothing left.
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	}
}
