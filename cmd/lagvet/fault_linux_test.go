package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// sized executes the command with a limit on the size of the files that it and the
// go command write, which fails them as a full disk does: half-way.
func sized(t *testing.T, dir string, blocks int, env []string, args ...string) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(t.Context(), "sh", append([]string{"-c", fmt.Sprintf(`ulimit -f %d && exec "$0" "$@"`, blocks), self}, args...)...)
	cmd.Dir = dir
	cmd.Env = append(append(os.Environ(), "PWD="+dir), env...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if _, ok := errors.AsType[*exec.ExitError](err); err != nil && !ok {
		t.Fatal(err)
	}
	return result{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}

// changed returns a repository with a new hazard that is not committed.
func changed(t *testing.T) string {
	t.Helper()
	dir := shop(t, nil)
	commit(t, dir)
	change(t, dir, map[string]string{"clean/loop.go": loop("clean", "Loop")})
	return dir
}

// Without room on the disk there is no verdict, and no half of a report.
func TestGateDiskFull(t *testing.T) {
	t.Parallel()
	dir := changed(t)
	report := filepath.Join(dir, "report.html")
	write(t, report, "old\n")
	for _, blocks := range []int{0, 8, 40} {
		t.Run(fmt.Sprint(blocks), func(t *testing.T) {
			r := sized(t, dir, blocks, []string{"GOCACHE=" + t.TempDir()}, "gate", "--no-canary", "--base", "HEAD", "--report", "html=report.html")
			if r.code != 2 && r.code != 3 {
				t.Errorf("exit code %d\nstdout:\n%s\nstderr:\n%s", r.code, r.stdout, r.stderr)
			}
			if r.stdout+r.stderr == "" {
				t.Error("nothing is said")
			}
			if got := read(t, report); got != "old\n" && !strings.HasSuffix(strings.TrimSpace(got), "</html>") {
				t.Errorf("half of a report: %d bytes", len(got))
			}
		})
	}
}

// lagvet's own cache holds nothing that cannot be made again.
func TestGateWithoutCache(t *testing.T) {
	t.Parallel()
	dir := changed(t)
	file := filepath.Join(t.TempDir(), "file")
	write(t, file, "no directory\n")
	cache := strings.TrimSpace(output(t, dir, "go", "env", "GOCACHE"))
	want := expect{code: 1, stdout: []string{`^1 new finding against HEAD at .*; 2 known, `}}
	want.check(t, sized(t, dir, 1<<30, []string{"XDG_CACHE_HOME=" + file, "GOCACHE=" + cache}, "gate", "--base", "HEAD"))
}

func output(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// A gate that is killed leaves what it was to write as it was, or whole.
func TestGateKilled(t *testing.T) {
	t.Parallel()
	dir := changed(t)
	report := filepath.Join(dir, "report.html")
	done := false
	for delay := 20 * time.Millisecond; !done; delay *= 2 {
		write(t, report, "old\n")
		cmd := exec.Command(self, "gate", "--no-canary", "--base", "HEAD", "--report", "html=report.html")
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "PWD="+dir)
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		timer := time.AfterFunc(delay, func() { syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) })
		cmd.Wait()
		timer.Stop()
		done = cmd.ProcessState.ExitCode() == 1 // it came to its end
		if got := read(t, report); got != "old\n" && !strings.HasSuffix(strings.TrimSpace(got), "</html>") {
			t.Fatalf("killed after %v, it left %d bytes of a report", delay, len(got))
		}
		if !done && cmd.ProcessState.ExitCode() >= 0 {
			t.Fatalf("exit code %d\n%s", cmd.ProcessState.ExitCode(), &out)
		}
	}
	if got := read(t, report); got == "old\n" {
		t.Error("no report was written at last")
	}
}

// Two gates in one repository do not get in each other's way.
func TestGateTwice(t *testing.T) {
	t.Parallel()
	dir := changed(t)
	want := expect{code: 1, stdout: []string{`^clean/loop\.go:8:3: `, `^1 new finding against HEAD at .*; 2 known, `}}
	var results [2]result
	var wg sync.WaitGroup
	for i := range results {
		wg.Go(func() { results[i] = lagvet(t, dir, "gate", "--base", "HEAD", "--report", "json=report.json") })
	}
	wg.Wait()
	for _, r := range results {
		want.check(t, r)
	}
	if got := read(t, dir, "report.json"); !strings.HasSuffix(got, "}\n") {
		t.Errorf("the report ends in %q", got[max(0, len(got)-20):])
	}
}

// Of 10,000 findings each keeps its identity when lines move, and one that is added
// among them is the one that is told.
func TestGateMany(t *testing.T) {
	t.Parallel()
	const files, functions = 20, 500
	dir := shop(t, nil)
	for i := range files {
		var b strings.Builder
		b.WriteString("package many\n\nimport \"os\"\n")
		for j := range functions {
			_, body, _ := strings.Cut(loop("many", fmt.Sprintf("F%d_%d", i, j)), "func ")
			b.WriteString("\nfunc " + body)
		}
		write(t, filepath.Join(dir, "many", fmt.Sprintf("f%02d.go", i)), b.String())
	}
	commit(t, dir)
	text := read(t, dir, "many", "f07.go")
	middle := strings.Index(text, "func F7_250(")
	write(t, filepath.Join(dir, "many", "f07.go"),
		"// Package many has many hazards.\n"+text[:middle]+strings.TrimPrefix(loop("many", "Added"), "package many\n\nimport \"os\"\n\n")+"\n"+text[middle:])
	expect{code: 1, stdout: []string{`^many/f07\.go:\d+:3: .*\(hotdefer\)$`, `^1 new finding against HEAD at .* in 1 of 5 packages, .*; 10002 known, `}}.check(t,
		lagvet(t, dir, "gate", "--no-canary", "--base", "HEAD"))
}
