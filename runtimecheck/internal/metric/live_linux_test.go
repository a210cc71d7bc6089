package metric

import (
	"os/exec"
	"testing"

	"github.com/lagvet/lagvet/runtimecheck/internal/live"
	"github.com/lagvet/lagvet/runtimecheck/internal/system"
	"github.com/lagvet/lagvet/runtimecheck/internal/target"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

// A program in another language has no Go runtime that could be asked.
func TestLiveNoGo(t *testing.T) {
	pid, _ := live.Run(t, exec.Command("/bin/sh", "-c", "echo; read line"))
	tt := &target.Target{System: system.Here(), Kind: target.Process, PID: pid}
	if o := Read(t.Context(), tt, "/b:x").Missing("a.b", "/b:x"); o.Absent != posture.NotApplicable || o.Reason != "it is not a Go program" {
		t.Errorf("observed %+v", o)
	}
}
