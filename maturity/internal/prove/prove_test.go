package prove

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/module"
	"golang.org/x/mod/sumdb/dirhash"
	"golang.org/x/mod/zip"

	"github.com/lagvet/lagvet/maturity/internal/ci"
	"github.com/lagvet/lagvet/maturity/internal/tree"
	"github.com/lagvet/lagvet/maturity/internal/treetest"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// small is a module with tests that pass, one of which talks to itself.
const small = `
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
	dir := repository(t, small)
	r := runner(t, dir, 10*time.Minute)
	before := git(t, dir, "count-objects", "-v") + git(t, dir, "worktree", "list")
	tidy := plan(ci.Tidy, "go", "mod", "tidy", "-diff")
	tidy.Gate.Steps = [][]string{{"go", "mod", "tidy"}, {"git", "diff", "--exit-code"}}
	status := plan(ci.Tidy, "go", "mod", "tidy", "-diff")
	status.Gate.Steps = [][]string{{"go", "mod", "tidy"}, {"git", "status", "--porcelain"}}
	status.Gate.Checks = true
	lint := func(argv ...string) Plan { return plan(ci.GolangciLint, argv...) }
	for _, tt := range []struct {
		name   string
		plan   Plan
		want   Status
		reason string
	}{
		{"race", plan(ci.Race, "go", "test", "-race", "./..."), Proven, "`go test -race ./...` fails with a data race in a test, and succeeds without"},
		{"tests without the race detector", plan(ci.Race, "go", "test", "./..."), Toothless, "succeeds with a data race in a test"},
		{"a linter", lint("go", "vet", "./..."), Proven, "a context that nothing cancels"},
		{"a linter without the check", lint("go", "vet", "-lostcancel=false", "./..."), Toothless, "succeeds with"},
		{"tidy", plan(ci.Tidy, "go", "mod", "tidy", "-diff"), Proven, "not tidy"},
		{"tidy and diff", tidy, Proven, "`go mod tidy; git diff --exit-code` fails"},
		{"tidy and status", status, Proven, "git status"},
		{"not installed", lint("no-such-linter", "run"), Unknown, "no-such-linter is not installed here"},
		{"not in the repository", lint("./bin/linter"), Unknown, "./bin/linter is not in the repository"},
		{"fails anyway", lint("go", "vet", "./none"), Unknown, "fails without the plant too"},
		{"fails for something else", lint("sh", "-c", "! test -f lagvet_planted.go"), Unknown, "does not name it"},
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
const goleak = small + `
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
      - run: go mod verify
      - run: govulncheck ./b
      - run: osv-scanner -r .
      - run: golangci-lint run
`

func TestPlans(t *testing.T) {
	archive := strings.Replace(goleak, "go 1.21\n", "go 1.21\n\nrequire go.uber.org/goleak v1.3.0\n\nreplace go.uber.org/goleak => ./goleak\n", 1)
	dir := repository(t, archive)
	tr, err := tree.Walk(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer tr.Close()
	plans := Plans(tr, ci.Collect(tr), []ci.Kind{ci.Race, ci.Tidy, ci.ModVerify, ci.Vulnerability, ci.Lagvet, ci.GolangciLint}, []string{"ctxless"}, true)
	var got []string
	for _, p := range plans {
		got = append(got, p.String())
	}
	want := []string{
		"go mod tidy -diff (in ., of .github/workflows/ci.yml:12) with a go.mod and go.sum that are not tidy in .",
		"go mod verify (in ., of .github/workflows/ci.yml:13) with a file changed in the module cache of the trial's own",
		"govulncheck ./b (in ., of .github/workflows/ci.yml:14) with a call that the database it is given says is vulnerable in b/lagvet_planted.go",
		"lagvet check ./... (in ., of .github/workflows/ci.yml:11) with a request without the context that is there in lagvet_planted.go",
		"golangci-lint run (in ., of .github/workflows/ci.yml:16) with a request without the context that is there in lagvet_planted.go",
		"go test -v ./... (in ., of .github/workflows/ci.yml:8) with a goroutine that a test leaves over in b/lagvet_planted_leak_test.go",
	}
	if !slices.Equal(got, want) {
		t.Fatalf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	r := runner(t, dir, 10*time.Minute)
	for _, i := range []int{0, 5} {
		if o := r.Try(context.Background(), plans[i]); o.Status != Proven {
			t.Errorf("%s: %s: %s\n%s", plans[i], o.Status, o.Reason, o.Tail)
		}
	}
}

// What gates see is what they need, and no more.
func TestEnvironment(t *testing.T) {
	t.Setenv("LAGVET_TEST_TOKEN", "secret")
	r := runner(t, repository(t, small), time.Minute)
	p := plan(ci.Race, "env")
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
	r := runner(t, repository(t, small), time.Minute)
	if !r.netless.off() {
		if !strings.HasPrefix(r.netless.network, "on: ") {
			t.Errorf("the network is %q", r.netless.network)
		}
		return
	}
	o := r.Try(context.Background(), plan(ci.Race, "cat", "/proc/net/dev"))
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
	r := runner(t, repository(t, small), time.Second)
	o := r.Try(context.Background(), plan(ci.Race, "sh", "-c", "sleep 1000 & echo $!; wait"))
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

// dependent is a module that requires another.
const dependent = `
-- go.mod --
module example.com/m

go 1.21

require example.com/dep v1.0.0
-- m.go --
package m

import _ "example.com/dep"
`

// downloaded is a module cache with the downloads of example.com/dep v1.0.0, and what
// go.sum says of it.
func downloaded(t *testing.T) (cache, sums string) {
	t.Helper()
	const mod = "module example.com/dep\n\ngo 1.21\n"
	version := module.Version{Path: "example.com/dep", Version: "v1.0.0"}
	source, cache := t.TempDir(), t.TempDir()
	for name, text := range map[string]string{"go.mod": mod, "dep.go": "package dep\n"} {
		if err := os.WriteFile(filepath.Join(source, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	dir := filepath.Join(cache, "cache", "download", "example.com", "dep", "@v")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	archive := filepath.Join(dir, "v1.0.0.zip")
	f, err := os.Create(archive)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(zip.CreateFromDir(f, version, source), f.Close()); err != nil {
		t.Fatal(err)
	}
	sum, err := dirhash.HashZip(archive, dirhash.Hash1)
	if err != nil {
		t.Fatal(err)
	}
	modSum, err := dirhash.Hash1([]string{"go.mod"}, func(string) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(mod)), nil })
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"v1.0.0.mod": mod, "v1.0.0.info": `{"Version": "v1.0.0"}`, "v1.0.0.ziphash": sum, "list": "v1.0.0\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return cache, "example.com/dep v1.0.0 " + sum + "\nexample.com/dep v1.0.0/go.mod " + modSum + "\n"
}

// go mod verify is tried on a module cache of its own: that of the machine stays as it
// is.
func TestModVerify(t *testing.T) {
	cache, sums := downloaded(t)
	r := runner(t, repository(t, dependent+"-- go.sum --\n"+sums), 10*time.Minute)
	verify := plan(ci.ModVerify, "go", "mod", "verify")
	verify.Gate.Env = map[string]string{"GOMODCACHE": cache}
	before := files(t, cache)
	for _, tt := range []struct {
		name   string
		argv   []string
		want   Status
		reason string
	}{
		{"verify", []string{"go", "mod", "verify"}, Proven, "`go mod verify` fails with a file changed in the module cache, and succeeds without"},
		{"download alone", []string{"go", "mod", "download"}, Toothless, "succeeds with a file changed in the module cache"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := verify
			p.Gate = &ci.Gate{Argv: tt.argv, Dir: ".", Env: verify.Gate.Env}
			if o := r.Try(context.Background(), p); o.Status != tt.want || !strings.Contains(o.Reason, tt.reason) {
				t.Errorf("%s: %s\n%s", o.Status, o.Reason, o.Tail)
			}
		})
	}
	if after := files(t, cache); after != before {
		t.Errorf("the module cache was\n%s\nand is\n%s", before, after)
	}
	verify.Gate.Env = map[string]string{"GOMODCACHE": t.TempDir()}
	if o := r.Try(context.Background(), verify); o.Status != Unknown || !strings.Contains(o.Reason, "could not be tried") {
		t.Errorf("without downloads: %s: %s", o.Status, o.Reason)
	}
	none := runner(t, repository(t, small), time.Minute)
	if o := none.Try(context.Background(), verify); o.Status != Unknown || !strings.Contains(o.Reason, "no module that go.mod requires is in the module cache") {
		t.Errorf("without requirements: %s: %s", o.Status, o.Reason)
	}
}

// files are the names and sizes of what is below a directory.
func files(t *testing.T, dir string) string {
	t.Helper()
	var all []string
	err := filepath.Walk(dir, func(name string, info os.FileInfo, err error) error {
		if err == nil && !info.IsDir() && !strings.HasSuffix(name, ".lock") {
			all = append(all, fmt.Sprint(name, " ", info.Size()))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(all, "\n")
}

// A program that stands for govulncheck: it fails if the database that it is given has
// a vulnerability in what a file imports. The real one is tried end to end.
const scanner = small + `
-- bin/govulncheck --
#!/bin/sh
for a; do
	case $a in
	-db=file://*) db=${a#-db=file://} ;;
	esac
done
test -f "$db/index/db.json" || exit 2
grep -q stdlib "$db/index/modules.json" || exit 0
grep -q text/tabwriter "$db"/ID/*.json && grep -l text/tabwriter *.go && echo GO-2099-0001 && exit 3
exit 0
`

func TestVulnerability(t *testing.T) {
	dir := repository(t, scanner)
	r := runner(t, dir, time.Minute)
	if err := os.Chmod(filepath.Join(r.clone, "bin", "govulncheck"), 0o755); err != nil {
		t.Fatal(err)
	}
	git(t, r.clone, "-c", "user.name=t", "-c", "user.email=t@localhost", "commit", "--quiet", "--all", "--message=x")
	git(t, r.clone, "tag", "--force", base)
	o := r.Try(context.Background(), plan(ci.Vulnerability, "./bin/govulncheck", "./..."))
	if o.Status != Proven || o.Result().Run != "./bin/govulncheck ./..." {
		t.Errorf("%s: %s\n%s", o.Status, o.Reason, o.Tail)
	}
	for _, tt := range []struct {
		argv string
		want string // as it is run with a database, or empty
	}{
		{"govulncheck ./...", "govulncheck -db=file:///d ./..."},
		{"go tool govulncheck ./...", "go tool govulncheck -db=file:///d ./..."},
		{"go run golang.org/x/vuln/cmd/govulncheck@v1.1.4 -show verbose ./...", "go run golang.org/x/vuln/cmd/govulncheck@v1.1.4 -db=file:///d -show verbose ./..."},
		{"govulncheck -db https://vuln.example.com ./...", ""},
		{"govulncheck -mode=binary server", ""},
		{"govulncheck -C api ./...", ""},
		{"osv-scanner -r .", ""},
	} {
		p := plan(ci.Vulnerability, strings.Fields(tt.argv)...)
		if _, ok := p.Gate.Database(); ok != (tt.want != "") {
			t.Errorf("%s: a database can be given: %t", tt.argv, ok)
			continue
		}
		if tt.want == "" {
			continue
		}
		if got := strings.Join(byDatabase(p, p.Gate.Argv, "/d"), " "); got != tt.want {
			t.Errorf("%s is run as %s, want %s", tt.argv, got, tt.want)
		}
	}
}

func TestNew(t *testing.T) {
	if r, err := New(context.Background(), t.TempDir(), "HEAD", time.Minute); err == nil {
		r.Close()
		t.Error("a directory that is no repository can be cloned")
	}
	if r, err := New(context.Background(), repository(t, small), "v9", time.Minute); err == nil {
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
