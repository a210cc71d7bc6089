package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/pprof"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/lagvet/lagvet/cmd/internal/doctor"
	"github.com/lagvet/lagvet/runtimecheck"
	"github.com/lagvet/lagvet/runtimecheck/posture"
)

// A running process that a test has started, of which it reads what it prints.
type running struct {
	*exec.Cmd
	out *bufio.Reader
}

// start starts a program, which ends with the test.
func start(t *testing.T, cmd *exec.Cmd) running {
	t.Helper()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have ended
		_ = cmd.Wait()
	})
	return running{cmd, bufio.NewReader(out)}
}

// watching starts lagvet doctor so that it goes on, and returns when it has looked
// once. It is a Go service like any other, too.
func watching(t *testing.T, args ...string) running {
	t.Helper()
	cmd := exec.Command(self, append([]string{"doctor", "--format", "json"}, args...)...)
	r := start(t, cmd)
	r.line(t)
	return r
}

// line returns the next report that the process prints.
func (r running) line(t *testing.T) posture.Report {
	t.Helper()
	text, err := r.out.ReadString('\n')
	if err != nil {
		t.Fatalf("it has printed %q: %v", text, err)
	}
	var rep struct {
		posture.Report
		Over float64 `json:"over_seconds"`
	}
	if err := json.Unmarshal([]byte(text), &rep); err != nil {
		t.Fatalf("%v in %.200s", err, text)
	}
	rep.Report.Over = time.Duration(rep.Over * 1e9)
	return rep.Report
}

// end interrupts the process and returns its exit code.
func (r running) end(t *testing.T, s syscall.Signal) int {
	t.Helper()
	if err := r.Process.Signal(s); err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, r.out)
	_ = r.Wait() // its exit code is asked for
	return r.ProcessState.ExitCode()
}

// profile writes a profile and returns its path.
func profile(t *testing.T, checks string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "mine.yml")
	write(t, path, "name: mine\nchecks:\n"+checks)
	return path
}

const (
	passing = "  limits.nofile: {max: 100, source: test}\n"
	warning = "  limits.nofile: {max: 0, source: test}\n"
	failing = "  limits.nofile: {max: 0, source: test, otherwise: FAIL}\n"
)

func TestDoctor(t *testing.T) {
	t.Parallel()
	pid := fmt.Sprint(watching(t, "--watch", "1h").Process.Pid)
	threads, err := os.ReadDir("/proc/" + pid + "/task")
	if err != nil || len(threads) < 2 {
		t.Fatalf("%v, %v", threads, err)
	}
	thread := threads[1].Name()
	tests := []struct {
		name string
		args []string
		want expect
	}{
		{"passes", []string{"--pid", pid, "--only", "limits", "--profile", profile(t, passing)},
			expect{stdout: []string{`\APASS     limits\.nofile  \d+ of \d+ \(.* %\)\n\nprocess ` + pid + ` \(.*, go1\..*\): 1 PASS, by the profile mine\.\n\z`}}},
		{"fails", []string{"--pid", pid, "--only", "limits.nofile", "--profile", profile(t, failing)},
			expect{code: 1, stdout: []string{`\AFAIL     limits\.nofile`, `^    required: at most 0 % \(test\)$`, `^    source: /proc/` + pid + `/limits \(kernel\)$`, `^    why: at the limit`, `^    mend: raise`}, absent: []string{"\x1b"}}},
		{"in colour", []string{"--pid", pid, "--color", "always", "--profile", profile(t, failing)}, expect{code: 1, stdout: []string{"^\x1b\\[31mFAIL\x1b\\[0m     limits"}}},
		{"warns", []string{"--pid", pid, "--profile", profile(t, warning)}, expect{code: 0, stdout: []string{`^WARN     limits\.nofile`}}},
		{"warns, and that counts", []string{"--pid", pid, "--fail-on", "warn", "--profile", profile(t, warning)}, expect{code: 1}},
		{"nothing counts", []string{"--pid", pid, "--fail-on", "never", "--profile", profile(t, failing)}, expect{code: 0, stdout: []string{`1 FAIL`}}},
		{"every profile", []string{"--pid", pid, "--profile", "container", "--fail-on", "never", "-v"}, expect{code: 0, stdout: []string{`by the profile container\.$`}}},
		{"a window", []string{"--pid", pid, "--window", "100ms", "--format", "json", "--only", "limits", "--profile", profile(t, passing)}, expect{code: 0, stdout: []string{`"over_seconds": [\d.]+,$`}}},
		{"too little time", []string{"--pid", pid, "--timeout", "1ns"}, expect{code: 3, stderr: []string{`\Acould not check: a look took longer than 1ns\n    mend: .*--timeout`}}},
		{"no process", []string{"--pid", "999999999"}, expect{code: 3, stderr: []string{`\Acould not check: there is no process 999999999\n    mend: `}}},
		{"a thread", []string{"--pid", thread}, expect{code: 3, stderr: []string{`\Acould not check: ` + thread + ` is a thread of process ` + pid + `: name that\n\z`}}},
		{"the list", []string{"--list"}, expect{stdout: []string{`\ACHECK +OF +UNIT +NEEDS`, `^limits\.nofile +program +% `}}},
		{"the list as JSON", []string{"--list", "--format", "json"}, expect{stdout: []string{`"id": "limits\.nofile",$`}}},
		{"the profile", []string{"--print-profile", "--profile", profile(t, failing)}, expect{stdout: []string{`\Aname: mine\nchecks:\n  limits\.nofile:\n    max: 0\n    otherwise: FAIL\n    source: test\n\z`}}},
		{"no such profile", []string{"--profile", "latncy"}, expect{code: 2, stderr: []string{`there is no profile "latncy": name one of container, latency, throughput, or a file`}}},
		{"a profile of what there is not", []string{"--profile", profile(t, "  limits.files: {max: 1, source: test}\n")}, expect{code: 2, stderr: []string{`limits\.files, and there is no such check`}}},
		{"a profile with a fault", []string{"--profile", profile(t, "  limits.nofile: {max: 1}\n")}, expect{code: 2, stderr: []string{`limits\.nofile: it has no source`}}},
		{"pid 0", []string{"--pid", "0"}, expect{code: 2, stderr: []string{`\Alagvet: --pid is 0, and must be the number of a process\n\z`}}},
		{"a negative pid", []string{"--pid", "-5"}, expect{code: 2, stderr: []string{`--pid is -5`}}},
		{"a pid that is none", []string{"--pid", "app"}, expect{code: 2, stderr: []string{`invalid argument "app"`}}},
		{"an unknown group", []string{"--only", "limit"}, expect{code: 2, stderr: []string{`no group "limit" \(did you mean "limits"\?\)`}}},
		{"a program's checks of a machine", []string{"--only", "limits"}, expect{code: 2, stderr: []string{`--only limits: that is of a Go program`}}},
		{"an address of something else", []string{"--url", "ftp://host/x"}, expect{code: 2, stderr: []string{`is no URL of a service`}}},
		{"metrics of nobody", []string{"--metrics", "http://host/metrics"}, expect{code: 2, stderr: []string{`--metrics is beside --url`}}},
		{"snapshots of nobody", []string{"--snapshots", "1s"}, expect{code: 2, stderr: []string{`--snapshots are taken through --url`}}},
		{"an unknown format", []string{"--format", "xml"}, expect{code: 2, stderr: []string{`--format is "xml", and must be text, json, sarif, html or prometheus`}}},
		{"an unknown verdict", []string{"--fail-on", "pass"}, expect{code: 2, stderr: []string{`--fail-on is "pass"`}}},
		{"never, and more", []string{"--fail-on", "never,warn"}, expect{code: 2, stderr: []string{`--fail-on never cannot be combined`}}},
		{"two reports on standard output", []string{"--report", "json=-"}, expect{code: 2, stderr: []string{`json must be alone there`}}},
		{"html again and again", []string{"--watch", "1s", "--format", "html"}, expect{code: 2, stderr: []string{`--watch prints text or json`}}},
		{"a report on standard output again and again", []string{"--watch", "1s", "-o", "x", "--report", "json=-"}, expect{code: 2, stderr: []string{`under --watch a report needs a file`}}},
		{"a watch and a window", []string{"--watch", "1s", "--window", "1s"}, expect{code: 2, stderr: []string{`leave out --window`}}},
		{"a count of nothing", []string{"--count", "3"}, expect{code: 2, stderr: []string{`there is no --watch`}}},
		{"too often", []string{"--watch", "1ms"}, expect{code: 2, stderr: []string{`100ms at least`}}},
		{"a report that cannot be written", []string{"--only", "clock", "--report", "json=no/such/folder/x", "--fail-on", "never"}, expect{code: 2, stdout: []string{`by the profile latency`}, stderr: []string{`--report json: writing the report: `}}},
		{"arguments", []string{"4711"}, expect{code: 2, stderr: []string{`doctor takes no arguments`}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.want.check(t, lagvet(t, ".", append([]string{"doctor"}, tt.args...)...))
		})
	}
}

// service serves what a Go service does, through this process.
func service(t *testing.T) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("/metrics", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
		fmt.Fprintf(w, "# TYPE go_sched_gomaxprocs_threads gauge\ngo_sched_gomaxprocs_threads %d\n", runtime.GOMAXPROCS(0))
	})
	hang := make(chan struct{})
	mux.HandleFunc("/hang/", func(http.ResponseWriter, *http.Request) { <-hang })
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	t.Cleanup(func() { close(hang) })
	return s
}

func TestDoctorOfEndpoint(t *testing.T) {
	t.Parallel()
	s := service(t)
	pid := fmt.Sprint(os.Getpid())
	other := fmt.Sprint(watching(t, "--watch", "1h").Process.Pid)
	threads := fmt.Sprint(runtime.GOMAXPROCS(0))
	tests := []struct {
		name string
		args []string
		want expect
	}{
		{"from afar", []string{"--url", s.URL + "/debug/pprof"},
			expect{stdout: []string{`^\w+ +gomaxprocs\.value +` + threads + `\b`, `^UNKNOWN +limits\.nofile`, `^endpoint \(` + s.URL + `/debug/pprof.*\): `}}},
		{"with its process", []string{"--url", s.URL, "--pid", pid, "--only", "gomaxprocs.value,limits"},
			expect{stdout: []string{`^\w+ +gomaxprocs\.value +` + threads + `\b`, `^\w+ +limits\.nofile +\d+ of`}}},
		{"its metrics elsewhere", []string{"--url", "http://127.0.0.1:9/debug/pprof", "--metrics", s.URL + "/metrics", "--only", "gomaxprocs.value"}, expect{stdout: []string{`gomaxprocs\.value +` + threads}}},
		{"snapshots", []string{"--url", s.URL + "/debug/pprof", "--snapshots", "100ms", "--only", "goroutines.sites"}, expect{stdout: []string{`goroutines\.sites`}, absent: []string{`only looked for if asked`}}},
		{"with another's process", []string{"--url", s.URL + "/debug/pprof", "--pid", other}, expect{code: 3, stderr: []string{`^could not check: .* is of another process than ` + other}}},
		{"nobody there", []string{"--url", "http://127.0.0.1:9/debug/pprof"}, expect{code: 3, stderr: []string{`\Acould not check: nothing was seen of what was asked for: .*127\.0\.0\.1:9/.*refused\n\z`}}},
		{"one that hangs", []string{"--url", s.URL + "/hang/debug/pprof", "--timeout", "300ms"}, expect{code: 3, stderr: []string{`\Acould not check: `}}},
		{"nobody there, and nothing counts", []string{"--url", "http://127.0.0.1:9/debug/pprof", "--fail-on", "never"}, expect{code: 0, stderr: []string{`nothing was seen`}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.want.check(t, lagvet(t, ".", append([]string{"doctor", "--profile", profile(t, "  limits.nofile: {max: 100, source: test}\n")}, tt.args...)...))
		})
	}
}

// The machine itself: every check that is of a machine, in JSON by the schema.
func TestDoctorOfMachine(t *testing.T) {
	t.Parallel()
	schema, err := jsonschema.NewCompiler().Compile(filepath.Join("..", "..", "docs", "doctor.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"doctor"}, {"doctor", "--pid", fmt.Sprint(os.Getpid())}} {
		res := lagvet(t, ".", append(args, "--format", "json", "--fail-on", "never")...)
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(res.stdout))
		if err != nil {
			t.Fatalf("%v\n%s%s", err, res.stdout, res.stderr)
		}
		if err := schema.Validate(doc); err != nil || res.code != 0 {
			t.Errorf("exit code %d, %v", res.code, err)
		}
	}
}

// Every report at once, each whole.
func TestDoctorReports(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	args := []string{"doctor", "--only", "clock", "--fail-on", "never", "-o", "first.txt"}
	starts := map[string]string{"text": "", "json": "{\n", "sarif": "{\n", "html": "<!doctype html>", "prometheus": "# HELP "}
	for _, format := range doctor.Formats() {
		args = append(args, "--report", format+"=größer "+format)
	}
	res := lagvet(t, dir, args...)
	if res.code != 0 || res.stdout != "" {
		t.Errorf("exit code %d\n%s%s", res.code, res.stdout, res.stderr)
	}
	for _, format := range doctor.Formats() {
		text := read(t, dir, "größer "+format)
		if !strings.HasPrefix(text, starts[format]) || !strings.Contains(text, "clock.source") {
			t.Errorf("%s is no report:\n%s", format, text)
		}
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != len(doctor.Formats())+1 {
		t.Errorf("%v, %v", entries, err)
	}
}

// Without room on the disk the old report is still there, whole.
func TestDoctorDiskFull(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "report.html"), "old\n")
	res := sized(t, dir, 1, nil, "doctor", "--only", "clock", "--fail-on", "never", "--report", "html=report.html")
	if res.code != 2 || !strings.Contains(res.stderr, "--report html: writing the report") {
		t.Errorf("exit code %d\n%s", res.code, res.stderr)
	}
	if got := read(t, dir, "report.html"); got != "old\n" {
		t.Errorf("%d bytes of something else", len(got))
	}
}

func TestDoctorWatch(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "lagvet.prom")
	res := lagvet(t, ".", "doctor", "--pid", fmt.Sprint(os.Getpid()), "--only", "limits", "--watch", "100ms", "--count", "3", "--format", "json", "--report", "prometheus="+file, "--profile", profile(t, failing))
	if res.code != 1 {
		t.Errorf("exit code %d: %s", res.code, res.stderr)
	}
	lines := strings.Split(strings.TrimSpace(res.stdout), "\n")
	if len(lines) != 3 || strings.Contains(lines[0], "over_seconds") || !strings.Contains(lines[1], "over_seconds") {
		t.Errorf("%d lines:\n%s", len(lines), res.stdout)
	}
	if !strings.Contains(read(t, file), `lagvet_check{id="limits.nofile",group="limits",verdict="FAIL"} 1`) {
		t.Error("the file does not say what was seen")
	}
}

// In text a look says what has changed, and nothing if nothing has.
func TestDoctorWatchText(t *testing.T) {
	t.Parallel()
	cmd := exec.Command(self, "doctor", "--pid", fmt.Sprint(os.Getpid()), "--only", "limits", "--watch", "100ms", "--profile", profile(t, warning))
	r := start(t, cmd)
	if line, err := r.out.ReadString('\n'); err != nil || !strings.HasPrefix(line, "WARN     limits.nofile") {
		t.Fatalf("%q, %v", line, err)
	}
	// Files are opened until a look has seen it; other tests open some meanwhile too.
	deadline := time.Now().Add(time.Minute)
	seen := make(chan bool, 1)
	go func() {
		for {
			line, err := r.out.ReadString('\n')
			if err != nil || strings.Contains(line, "(was ") {
				seen <- err == nil
				return
			}
		}
	}()
	var open []*os.File
	for found := false; !found; {
		f, err := os.Open(os.DevNull)
		if err != nil {
			t.Fatal(err)
		}
		open = append(open, f)
		select {
		case ok := <-seen:
			if found = true; !ok {
				t.Fatal("it has ended")
			}
		case <-time.After(50 * time.Millisecond):
			if time.Now().After(deadline) {
				t.Fatal("a change is not told")
			}
		}
	}
	for _, f := range open {
		f.Close()
	}
	if code := r.end(t, syscall.SIGINT); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

// Interrupted, it ends with what the last look comes to.
func TestDoctorInterrupted(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{passing: 0, failing: 1} {
		for _, s := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
			r := watching(t, "--pid", fmt.Sprint(os.Getpid()), "--watch", "100ms", "--profile", profile(t, text))
			if rep := r.line(t); rep.Over < 100*time.Millisecond {
				t.Errorf("the second look is %v after the first", rep.Over)
			}
			if code := r.end(t, s); code != want {
				t.Errorf("exit code %d after %v, want %d", code, s, want)
			}
		}
	}
}

// A process that ends while it is watched could not be checked to the end.
func TestDoctorProcessEnds(t *testing.T) {
	t.Parallel()
	child := watching(t, "--watch", "1h")
	var stderr bytes.Buffer
	cmd := exec.Command(self, "doctor", "--format", "json", "--pid", fmt.Sprint(child.Process.Pid), "--watch", "100ms")
	cmd.Stderr = &stderr
	r := start(t, cmd)
	r.line(t)
	child.end(t, syscall.SIGKILL)
	_, _ = io.Copy(io.Discard, r.out)
	_ = r.Wait()
	if code := r.ProcessState.ExitCode(); code != 3 || !strings.Contains(stderr.String(), "ended while it was looked at\n    mend: ") {
		t.Errorf("exit code %d\n%s", code, &stderr)
	}
}

// Of a process that is no Go program, what is a machine's or any program's is told.
func TestDoctorOfNoGoProgram(t *testing.T) {
	t.Parallel()
	r := start(t, exec.Command("sleep", "1000"))
	res := lagvet(t, ".", "doctor", "--pid", fmt.Sprint(r.Process.Pid), "--fail-on", "never")
	if res.code != 0 {
		t.Fatalf("exit code %d\n%s", res.code, res.stderr)
	}
	match(t, res.stdout, []string{`^(PASS|FAIL) +limits\.nofile +\d+ of `})
}

// What another user may not see is unknown, and no failure unless it is to be one.
func TestDoctorOfAnotherUser(t *testing.T) {
	t.Parallel()
	pid, cmd := 1, exec.Command(self)
	if os.Geteuid() == 0 {
		// Nobody looks at this process, through a copy of the command that he may run.
		pid = os.Getpid()
		dir, err := os.MkdirTemp("", "doctor")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { os.RemoveAll(dir) })
		data, err := os.ReadFile(self)
		if err == nil {
			err = errors.Join(os.Chmod(dir, 0o755), os.WriteFile(filepath.Join(dir, "lagvet"), data, 0o755))
		}
		if err != nil {
			t.Fatal(err)
		}
		cmd = exec.Command(filepath.Join(dir, "lagvet"))
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	as := func(args ...string) result {
		cmd := *cmd
		cmd.Args = append([]string{"lagvet", "doctor", "--pid", fmt.Sprint(pid), "--fail-on", "unknown"}, args...)
		cmd.Dir = "/"
		var stdout, stderr bytes.Buffer
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		err := cmd.Run()
		if _, ok := errors.AsType[*exec.ExitError](err); !ok {
			t.Fatalf("%v\n%s%s", err, &stdout, &stderr)
		}
		return result{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
	}
	expect{code: 3, stdout: []string{`^UNKNOWN  limits\.nofile +reading /proc/\d+/limits is not permitted$`, `^    mend: run lagvet as the user of the process, or as root$`}}.check(t, as("--only", "limits"))

	// What --list says of who may see what is true.
	var rep posture.Report
	if err := json.Unmarshal([]byte(as("--format", "json").stdout), &rep); err != nil {
		t.Fatal(err)
	}
	needs := make(map[string]string)
	for _, s := range runtimecheck.Specs() {
		needs[s.ID] = s.Needs
	}
	for _, c := range rep.Checks {
		if refused := strings.Contains(c.Why, "is not permitted"); refused && needs[c.ID] == "" {
			t.Errorf("%s: %s, and --list says that it needs nothing", c.ID, c.Why)
		}
		if own := strings.HasPrefix(needs[c.ID], "its user"); own && c.Verdict != posture.Unknown && c.Verdict != posture.NotApplicable {
			t.Errorf("%s is %s, and --list says that it needs %s", c.ID, c.Verdict, needs[c.ID])
		}
	}
}
