//go:build !unix

package engine

import (
	"os/exec"
	"runtime"
	"strconv"
)

// ownGroup has cmd end with what it started when its context does.
func ownGroup(cmd *exec.Cmd) {
	cmd.Cancel = func() error {
		killGroup(cmd)
		return nil
	}
	cmd.WaitDelay = grace
}

// killGroup ends cmd and what it started: Windows knows no signal that a
// process could answer by ending its children.
func killGroup(cmd *exec.Cmd) {
	if cmd.Process == nil {
		return
	}
	if runtime.GOOS == "windows" {
		exec.Command("taskkill", "/T", "/F", "/PID", strconv.Itoa(cmd.Process.Pid)).Run()
	}
	cmd.Process.Kill()
}
