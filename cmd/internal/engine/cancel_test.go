package engine

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// slowTool is a vet tool that leaves its process ID and waits, so that there is
// something to interrupt.
const slowTool = `#!/bin/sh
case "$*" in
-V=full) echo "slow version devel buildID=$$" ;;
-flags) echo '[{"Name":"findings","Bool":true},{"Name":"json","Bool":true},{"Name":"config"}]' ;;
*)
	echo $$ >>"$SLOW_TOOL"
	sleep 60 &
	echo $! >>"$SLOW_TOOL"
	wait
	;;
esac
`

// An interrupted run ends at once, with everything that it started.
func TestCancel(t *testing.T) {
	if _, err := os.Stat("/bin/sh"); err != nil {
		t.Skip("the slow tool is a shell script")
	}
	dir, tmp := t.TempDir(), t.TempDir()
	t.Setenv("TMPDIR", tmp)
	write(t, dir, "-- go.mod --\nmodule example.com/m\n\ngo 1.26\n-- a.go --\npackage m\n-- slow --\n"+slowTool)
	tool, pids := filepath.Join(dir, "slow"), filepath.Join(dir, "pids")
	if err := os.Chmod(tool, 0o700); err != nil {
		t.Fatal(err)
	}
	stop := errors.New("the user has seen enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	go func() {
		for ctx.Err() == nil {
			if data, err := os.ReadFile(pids); err == nil && strings.Count(string(data), "\n") >= 2 {
				cancel(stop)
			}
			time.Sleep(10 * time.Millisecond)
		}
	}()
	start := time.Now()
	_, err := Run(ctx, Options{Dir: dir, Tool: tool, NoCanary: true, Env: []string{"SLOW_TOOL=" + pids}})
	if !errors.Is(err, stop) {
		t.Errorf("the error is %v", err)
	}
	if took := time.Since(start); took > 30*time.Second {
		t.Errorf("it took %v to stop", took)
	}
	data, err := os.ReadFile(pids)
	if err != nil {
		t.Fatal(err)
	}
	for _, pid := range strings.Fields(string(data)) {
		if !gone(pid) {
			t.Errorf("process %s is still there", pid)
		}
	}
	left, err := filepath.Glob(filepath.Join(tmp, "lagvet-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %q, %v", left, err)
	}
}

// gone waits for a process to end, which takes its parent a moment to notice.
func gone(pid string) bool {
	for range 100 {
		stat, err := os.ReadFile(filepath.Join("/proc", pid, "stat"))
		if err != nil || strings.Contains(string(stat), ") Z ") {
			return true
		}
		time.Sleep(20 * time.Millisecond)
	}
	return false
}
