//go:build unix

package engine

import (
	"os/exec"
	"syscall"
)

// ownGroup makes cmd the leader of a process group, so that a signal reaches
// what it starts as well, and the terminal's signals reach neither but by us.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGINT) }
	cmd.WaitDelay = grace
}

// killGroup ends what is left of cmd's process group.
func killGroup(cmd *exec.Cmd) {
	if cmd.Process != nil {
		syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	}
}
