package metric

import (
	"os/exec"
	"testing"

	"github.com/lagvet/lagvet/runtimecheck/internal/system"
	"github.com/lagvet/lagvet/runtimecheck/internal/target"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

// A program in another language has no Go runtime that could be asked.
func TestLiveNoGo(t *testing.T) {
	cmd := exec.Command("/bin/sh", "-c", "echo; read line")
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()
	defer stdin.Close()
	if _, err := stdout.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	tt := &target.Target{System: system.Here(), Kind: target.Process, PID: cmd.Process.Pid}
	if o := Read(t.Context(), tt, "/b:x").Missing("a.b", "/b:x"); o.Absent != posture.NotApplicable || o.Reason != "it is not a Go program" {
		t.Errorf("observed %+v", o)
	}
}
