package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/lagvet/lagvet/runtimecheck/bench/claims"
)

// The command measures in children of its own, and what a child is asked for is no
// command that users see.
func TestBench(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "r.json")
	r := lagvet(t, dir, "bench", "defer.three", "--quick", "--time", "200ms", "--report", "json="+file)
	if r.code != 0 || !strings.Contains(r.stderr, "1/1 defer.three: ") || !strings.Contains(r.stdout, "defer.three  ⚠ ") || !strings.Contains(r.stdout, "measured: ns/op of 3 defers, inline beyond 3 calls: ") {
		t.Errorf("exit code %d\n%s%s", r.code, r.stdout, r.stderr)
	}
	data, err := os.ReadFile(file)
	if err != nil || !json.Valid(data) {
		t.Errorf("%v: %s", err, data)
	}
	list := lagvet(t, dir, "bench", "--list")
	if list.code != 0 || strings.Count(list.stdout, "\n") != 1+len(claims.All()) {
		t.Errorf("exit code %d\n%s%s", list.code, list.stdout, list.stderr)
	}
	if help := lagvet(t, dir, "bench", "--help"); strings.Contains(help.stdout, benchChild) || !strings.Contains(help.stdout, "compare") {
		t.Errorf("the help is\n%s", help.stdout)
	}
}

func TestBenchUsage(t *testing.T) {
	for _, tt := range []struct {
		args string
		code int
		want string
	}{
		{"pool.reuze", 2, `lagvet: there is no claim "pool.reuze" (did you mean "pool.reuse"?)`},
		{"--only gcc", 2, `--only: there is no group "gcc" (did you mean "gc"?)`},
		{"--fromat json", 2, "--format"},
		{benchChild + " x", 2, "takes no arguments"},
		{benchChild, 2, "reading what to measure"},
	} {
		r := lagvet(t, t.TempDir(), append([]string{"bench"}, strings.Fields(tt.args)...)...)
		if r.code != tt.code || !strings.Contains(r.stderr, tt.want) || r.stdout != "" {
			t.Errorf("%s: exit code %d\n%s%s", tt.args, r.code, r.stdout, r.stderr)
		}
	}
}

// Interrupted, it ends at once, and with 3: nothing was measured.
func TestBenchInterrupted(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), self, "bench", "defer.three", "--time", "10m")
	pipe, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	errs := bufio.NewReader(pipe)
	if line, err := errs.ReadString('\n'); err != nil || line != "measuring 1 claims\n" {
		t.Fatalf("%q, %v", line, err)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	rest, err := io.ReadAll(errs)
	if err != nil || !strings.Contains(string(rest), "could not check: it was interrupted before the first claim was measured") {
		t.Errorf("%q, %v", rest, err)
	}
	if exit, ok := errors.AsType[*exec.ExitError](cmd.Wait()); !ok || exit.ExitCode() != 3 {
		t.Errorf("%v, want exit code 3", exit)
	}
}
