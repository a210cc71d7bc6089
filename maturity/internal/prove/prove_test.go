package prove

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lagvet/lagvet/maturity/internal/ci"
	"github.com/lagvet/lagvet/maturity/internal/tree"
	"github.com/lagvet/lagvet/maturity/internal/treetest"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// module is a small module with tests that pass, one of which talks to itself.
const module = `
-- go.mod --
module example.com/m

go 1.21
-- m.go --
package m

func Double(n int) int { return 2 * n }
-- m_test.go --
package m

import (
	"net"
	"testing"
)

func TestDouble(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
	if Double(2) != 4 {
		t.Fail()
	}
}
`

// repository makes a repository of an archive, and returns its directory.
func repository(t *testing.T, archive string) string {
	t.Helper()
	files := treetest.Open(t, archive)
	dir := t.TempDir()
	for _, name := range files.Files() {
		data, err := files.Read(name)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	git(t, dir, "init", "--quiet")
	git(t, dir, "add", "--all")
	git(t, dir, "-c", "user.name=t", "-c", "user.email=t@localhost", "commit", "--quiet", "--message=all")
	return dir
}

func git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", args[0], err, out)
	}
	return string(out)
}

func runner(t *testing.T, dir string, timeout time.Duration) *Runner {
	t.Helper()
	r, err := New(context.Background(), dir, "HEAD", timeout)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(r.dir); !os.IsNotExist(err) {
			t.Errorf("the scratch directory is left: %v", err)
		}
	})
	return r
}

func plantOf(k ci.Kind) Plant {
	return plants[slices.IndexFunc(plants, func(p Plant) bool { return p.Kind == k })]
}

func plan(k ci.Kind, argv ...string) Plan {
	return Plan{Gate: &ci.Gate{Argv: argv, Dir: "."}, Plant: plantOf(k), Dir: "."}
}

func TestTry(t *testing.T) {
	dir := repository(t, module)
	r := runner(t, dir, 10*time.Minute)
	before := git(t, dir, "count-objects", "-v") + git(t, dir, "worktree", "list")
	tidy := plan(ci.Tidy, "go", "mod", "tidy", "-diff")
	tidy.Gate.Steps = [][]string{{"go", "mod", "tidy"}, {"git", "diff", "--exit-code"}}
	status := plan(ci.Tidy, "go", "mod", "tidy", "-diff")
	status.Gate.Steps = [][]string{{"go", "mod", "tidy"}, {"git", "status", "--porcelain"}}
	status.Gate.Checks = true
	format := plan(ci.Format, "gofmt", "-l", ".")
	format.Gate.Checks = true
	for _, tt := range []struct {
		name   string
		plan   Plan
		want   Status
		reason string
	}{
		{"race", plan(ci.Race, "go", "test", "-race", "./..."), Proven, "`go test -race ./...` fails with a data race in a test, and succeeds without"},
		{"tests without the race detector", plan(ci.Race, "go", "test", "./..."), Toothless, "succeeds with a data race in a test"},
		{"tests", plan(ci.Test, "go", "test", "./..."), Proven, "a test that fails"},
		{"tests by name", plan(ci.Test, "go", "test", "-run", "TestDouble", "./..."), Toothless, "succeeds with"},
		{"vet", plan(ci.Vet, "go", "vet", "./..."), Proven, "a context that nothing cancels"},
		{"vet without the check", plan(ci.Vet, "go", "vet", "-lostcancel=false", "./..."), Toothless, "succeeds with"},
		{"tidy", plan(ci.Tidy, "go", "mod", "tidy", "-diff"), Proven, "not tidy"},
		{"tidy and diff", tidy, Proven, "`go mod tidy; git diff --exit-code` fails"},
		{"tidy and status", status, Proven, "git status"},
		{"format", format, Proven, "not formatted"},
		{"not installed", plan(ci.Vet, "no-such-linter", "run"), Unknown, "no-such-linter is not installed here"},
		{"not in the repository", plan(ci.Vet, "./bin/linter"), Unknown, "./bin/linter is not in the repository"},
		{"fails anyway", plan(ci.Vet, "go", "vet", "./none"), Unknown, "fails without the plant too"},
		{"fails for something else", plan(ci.Vet, "sh", "-c", "! test -f lagvet_planted.go"), Unknown, "does not name it"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := r.Try(context.Background(), tt.plan)
			if o.Status != tt.want || !strings.Contains(o.Reason, tt.reason) {
				t.Errorf("%s: %s\n%s\nwant %s: …%s…", o.Status, o.Reason, o.Tail, tt.want, tt.reason)
			}
			if res := o.Result(); (res.Status == verdict.Pass) != (o.Status == Proven) || (res.Grade == verdict.Proven) != (o.Status == Proven) || res.Run == "" {
				t.Errorf("the result is %+v", res)
			}
		})
	}
	if after := git(t, dir, "count-objects", "-v") + git(t, dir, "worktree", "list"); after != before {
		t.Errorf("the repository was\n%s\nand is\n%s", before, after)
	}
	if out := git(t, dir, "status", "--porcelain", "--ignored"); out != "" {
		t.Errorf("the work tree has changed: %s", out)
	}
}

// A package that fails tests for what they leave running, as goleak does.
const goleak = module + `
-- goleak/go.mod --
module go.uber.org/goleak

go 1.21
-- goleak/goleak.go --
package goleak

import (
	"fmt"
	"os"
	"runtime"
	"strings"
)

type M interface{ Run() int }

func VerifyTestMain(m M) {
	code := m.Run()
	buf := make([]byte, 1<<20)
	for _, g := range strings.Split(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
		if strings.Contains(g, "created by example.com/m/") {
			fmt.Println("found unexpected goroutines:", g)
			code = 1
		}
	}
	os.Exit(code)
}
-- b/main_test.go --
package b

import (
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
-- b/b.go --
package b
-- .github/workflows/ci.yml --
on: [push, pull_request]
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - run: go test -race ./...
        continue-on-error: true
      - run: go test -v ./...
      - run: go vet ./...
      - run: go test -run TestDouble ./...
      - run: lagvet check ./...
      - run: go mod tidy -diff
`

func TestPlans(t *testing.T) {
	archive := strings.Replace(goleak, "go 1.21\n", "go 1.21\n\nrequire go.uber.org/goleak v1.3.0\n\nreplace go.uber.org/goleak => ./goleak\n", 1)
	dir := repository(t, archive)
	tr, err := tree.Walk(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer tr.Close()
	plans := Plans(tr, ci.Collect(tr), []ci.Kind{ci.Race, ci.Test, ci.Vet, ci.Tidy, ci.Lagvet}, []string{"ctxless"}, true)
	var got []string
	for _, p := range plans {
		got = append(got, p.String())
	}
	want := []string{
		"go test -v ./... (in ., of .github/workflows/ci.yml:8) with a test that fails in lagvet_planted_test.go",
		"go vet ./... (in ., of .github/workflows/ci.yml:9) with a context that nothing cancels in lagvet_planted.go",
		"go mod tidy -diff (in ., of .github/workflows/ci.yml:12) with a go.mod and go.sum that are not tidy in .",
		"lagvet check ./... (in ., of .github/workflows/ci.yml:11) with a request without the context that is there in lagvet_planted.go",
		"go test -v ./... (in ., of .github/workflows/ci.yml:8) with a goroutine that a test leaves over in b/lagvet_planted_leak_test.go",
	}
	if !slices.Equal(got, want) {
		t.Fatalf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	r := runner(t, dir, 10*time.Minute)
	for _, i := range []int{2, 4} {
		if o := r.Try(context.Background(), plans[i]); o.Status != Proven {
			t.Errorf("%s: %s: %s\n%s", plans[i], o.Status, o.Reason, o.Tail)
		}
	}
}

// What gates see is what they need, and no more.
func TestEnvironment(t *testing.T) {
	t.Setenv("LAGVET_TEST_TOKEN", "secret")
	r := runner(t, repository(t, module), time.Minute)
	p := plan(ci.Test, "env")
	p.Gate.Env = map[string]string{"CGO_ENABLED": "1", "PATH": "/elsewhere", "OPEN": "$SECRET"}
	o := r.Try(context.Background(), p)
	for _, want := range []string{"HOME=", "PATH=", "CGO_ENABLED=1"} {
		if !strings.Contains(o.Tail, want) {
			t.Errorf("there is no %s in\n%s", want, o.Tail)
		}
	}
	for _, no := range []string{"secret", "/elsewhere", "OPEN"} {
		if strings.Contains(o.Tail, no) {
			t.Errorf("there is %s in\n%s", no, o.Tail)
		}
	}
}

func TestNetwork(t *testing.T) {
	r := runner(t, repository(t, module), time.Minute)
	if !r.netless.off() {
		if !strings.HasPrefix(r.netless.network, "on: ") {
			t.Errorf("the network is %q", r.netless.network)
		}
		return
	}
	o := r.Try(context.Background(), plan(ci.Test, "cat", "/proc/net/dev"))
	for _, l := range strings.Split(o.Tail, "\n") {
		if name, _, ok := strings.Cut(l, ":"); ok && strings.TrimSpace(name) != "lo" {
			t.Errorf("there is a device %s", name)
		}
	}
	if !strings.HasPrefix(o.Network, "off") {
		t.Errorf("the network is %q", o.Network)
	}
}

// What takes too long is killed, with what it started.
func TestTimeout(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Log("processes are looked up in /proc")
		return
	}
	r := runner(t, repository(t, module), time.Second)
	o := r.Try(context.Background(), plan(ci.Test, "sh", "-c", "sleep 1000 & echo $!; wait"))
	if o.Status != Unknown || !strings.Contains(o.Reason, "it takes longer than 1s") {
		t.Fatalf("%s: %s", o.Status, o.Reason)
	}
	pid := strings.TrimSpace(o.Tail)
	if pid == "" {
		t.Fatal("it did not start")
	}
	for {
		stat, err := os.ReadFile("/proc/" + pid + "/stat")
		if err != nil || strings.Contains(string(stat), ") Z ") {
			return
		}
		if !strings.Contains(string(stat), "(sleep)") {
			return // another process by now
		}
		runtime.Gosched()
	}
}

func TestNew(t *testing.T) {
	if r, err := New(context.Background(), t.TempDir(), "HEAD", time.Minute); err == nil {
		r.Close()
		t.Error("a directory that is no repository can be cloned")
	}
	if r, err := New(context.Background(), repository(t, module), "v9", time.Minute); err == nil {
		r.Close()
		t.Error("a commit that is not there can be checked out")
	}
}

func TestTail(t *testing.T) {
	out := tail{names: []string{"needle", "none"}}
	for _, part := range []string{"a\nnee", "dle\n", strings.Repeat("x\n", maxTail)} {
		if n, err := out.Write([]byte(part)); n != len(part) || err != nil {
			t.Fatal(n, err)
		}
	}
	if !out.saw("needle") || out.saw("none") || len(out.buf) > maxTail || strings.Count(out.last(), "\n") != maxLines-1 {
		t.Errorf("found %v, kept %d bytes, told %d lines", out.found, len(out.buf), strings.Count(out.last(), "\n")+1)
	}
}
