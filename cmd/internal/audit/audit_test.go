package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lagvet/lagvet/cmd/internal/report"
	"github.com/lagvet/lagvet/cmd/internal/testtool"
	"github.com/lagvet/lagvet/maturity"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// self is the executable that stands for lagvet.
var self string

func TestMain(m *testing.M) { testtool.Main(m, &self) }

// runs audits in a process of its own: the vet tool is the executable that runs the
// rules.
func runs(t *testing.T, o Options) (stdout, stderr string, code int) {
	t.Helper()
	args := []string{"audit", "-C", o.Dir, "--format", o.Format}
	if o.Level != "" {
		args = append(args, "--level", o.Level)
	}
	if o.Timeout != 0 {
		args = append(args, "--timeout", o.Timeout.String())
	}
	for flag, set := range map[string]bool{"--no-check": o.NoCheck, "--all": o.All, "--prove": o.Prove} {
		if set {
			args = append(args, flag)
		}
	}
	return execute(t, args...)
}

// execute executes lagvet.
func execute(t *testing.T, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	cmd := exec.Command(self, args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		if _, ok := errors.AsType[*exec.ExitError](err); !ok {
			t.Fatal(err)
		}
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

type repo string

func newRepo(t *testing.T, files map[string]string) repo {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	r := repo(dir)
	for name, text := range files {
		r.write(t, name, text)
	}
	r.git(t, "init", "-q", "-b", "main")
	r.commit(t)
	return r
}

func (r repo) write(t *testing.T, name, text string) {
	t.Helper()
	file := filepath.Join(string(r), name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func (r repo) git(t *testing.T, args ...string) {
	t.Helper()
	cmd := exec.Command("git", append([]string{"-c", "user.name=a", "-c", "user.email=a@example.com"}, args...)...)
	cmd.Dir = string(r)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
}

func (r repo) commit(t *testing.T) {
	t.Helper()
	r.git(t, "add", "-A")
	r.git(t, "commit", "-q", "-m", "a change")
}

// audit returns the report and the exit code.
func (r repo) audit(t *testing.T, o Options) (*maturity.Report, int) {
	t.Helper()
	o.Dir, o.Format = string(r), "json"
	out, errs, code := runs(t, o)
	rep := new(maturity.Report)
	if err := json.Unmarshal([]byte(out), rep); err != nil {
		t.Fatalf("%v\n%s%s", err, out, errs)
	}
	return rep, code
}

func control(t *testing.T, rep *maturity.Report, id string) maturity.ControlState {
	t.Helper()
	for _, tr := range rep.Tracks {
		for _, c := range tr.Controls {
			if c.ID == id {
				return c
			}
		}
	}
	t.Fatalf("there is no control %s", id)
	return maturity.ControlState{}
}

const (
	module  = "module example.com/m\n\ngo 1.26.3\n"
	program = `package main

import (
	"context"
	"net/http"
	"time"
)

var client = &http.Client{Timeout: time.Second}

func main() {
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		req, err := http.NewRequestWithContext(context.Background(), "GET", "http://stock.example.com", nil)
		if err != nil {
			return
		}
		resp, err := client.Do(req)
		if err != nil {
			return
		}
		resp.Body.Close()
	})
	s := &http.Server{Addr: ":80", ReadTimeout: time.Second}
	println(s.ListenAndServe().Error())
}
`
	workflow = "on: [pull_request, push]\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: go test -race ./...\n"
)

// What the rules find in the code is what controls say of it.
func TestCode(t *testing.T) {
	r := newRepo(t, map[string]string{"go.mod": module, "main.go": program})
	rep, code := r.audit(t, Options{Level: "L2"})
	if code != report.Found || rep.Required != 2 || rep.Repository.Module != "example.com/m" {
		t.Errorf("exit code %d, %+v", code, rep.Repository)
	}
	got := control(t, rep, "context-background")
	if got.Status != verdict.Fail || len(got.Proofs) == 0 || got.Proofs[0].File != "main.go" || got.Proofs[0].Line == 0 {
		t.Errorf("background: %s: %s %v", got.Status, got.Reason, got.Proofs)
	}
	known := control(t, rep, "context-fixable")
	if known.Status != verdict.Pass || known.Grade != verdict.Proven || strings.HasPrefix(known.Reason, "0 ") {
		t.Errorf("findings: %s: %s", known.Status, known.Reason)
	}
	rep, _ = r.audit(t, Options{NoCheck: true})
	if got := control(t, rep, "context-background"); got.Status != verdict.Unknown {
		t.Errorf("without a check: %s: %s", got.Status, got.Reason)
	}
	r.write(t, "main.go", "package main\n\nfunc main() { undefined() }\n")
	r.commit(t)
	rep, _ = r.audit(t, Options{})
	if got := control(t, rep, "context-background"); got.Status != verdict.Unknown || len(rep.Problems) == 0 {
		t.Errorf("code that does not compile: %s: %s, %v", got.Status, got.Reason, rep.Problems)
	}
}

// The same commit gives the same bytes, wherever it is checked out.
func TestSameBytes(t *testing.T) {
	r := newRepo(t, map[string]string{"go.mod": module, "main.go": "package main\n\nfunc main() {}\n", ".github/workflows/ci.yml": workflow})
	clone := repo(filepath.Join(t.TempDir(), "clone"))
	if out, err := exec.Command("git", "clone", "-q", string(r), string(clone)).CombinedOutput(); err != nil {
		t.Fatalf("git clone: %v\n%s", err, out)
	}
	for _, format := range Formats() {
		var texts [2]string
		for i, r := range []repo{r, clone} {
			texts[i], _, _ = runs(t, Options{Dir: string(r), Format: format, All: true})
		}
		if texts[0] != texts[1] || texts[0] == "" {
			t.Errorf("%s differs:\n%s\n%s", format, texts[0], texts[1])
		}
	}
}

func TestRepository(t *testing.T) {
	r := newRepo(t, map[string]string{"go.mod": module, "sub/a.go": "package sub\n"})
	for _, tag := range []string{"v1.0.0", "v1.1.0", "v1.10.0", "v1.2.0", "v2.0.0-rc.1", "nightly"} {
		r.git(t, "tag", tag)
	}
	r.write(t, "sub/a.go", "package sub\n\nvar a int\n")
	r.write(t, "untracked/go.mod", "not a go.mod\n")
	rep, _ := repo(filepath.Join(string(r), "sub")).audit(t, Options{NoCheck: true})
	if !rep.Repository.Dirty || rep.Repository.Commit == "" || rep.Repository.Module != "example.com/m" || len(rep.Problems) > 0 {
		t.Errorf("%+v, problems %v: the whole repository is audited, of what git knows", rep.Repository, rep.Problems)
	}
	if got := control(t, rep, "concurrency-reviewed"); got.Status != verdict.Fail || !strings.Contains(got.Reason, "v1.10.0") || strings.Contains(got.Reason, "rc.1") {
		t.Errorf("releases: %s: %s", got.Status, got.Reason)
	}

	r.commit(t)
	shallow := repo(filepath.Join(t.TempDir(), "shallow"))
	if out, err := exec.Command("git", "clone", "-q", "--depth=1", "file://"+string(r), string(shallow)).CombinedOutput(); err != nil {
		t.Fatalf("git clone: %v\n%s", err, out)
	}
	rep, _ = shallow.audit(t, Options{NoCheck: true})
	if got := control(t, rep, "concurrency-reviewed"); got.Status != verdict.Unknown || !strings.Contains(got.Reason, "--unshallow") {
		t.Errorf("a shallow clone: %s: %s", got.Status, got.Reason)
	}
}

// Without git there are files, and no commit.
func TestNoGit(t *testing.T) {
	dir := repo(t.TempDir())
	dir.write(t, "go.mod", module)
	dir.write(t, ".github/workflows/ci.yml", workflow)
	rep, _ := dir.audit(t, Options{NoCheck: true})
	if rep.Repository.Commit != "" || rep.Repository.Module != "example.com/m" {
		t.Errorf("%+v", rep.Repository)
	}
	if got := control(t, rep, "concurrency-race"); got.Status != verdict.Pass {
		t.Errorf("race: %s: %s", got.Status, got.Reason)
	}
	if got := control(t, rep, "concurrency-reviewed"); got.Status != verdict.Unknown || !strings.Contains(got.Reason, "no git repository") {
		t.Errorf("releases: %s: %s", got.Status, got.Reason)
	}
}

func TestReleases(t *testing.T) {
	for _, c := range []struct{ tags, want string }{
		{"v1.2.0 v1.10.0 v1.9.0-rc.1 nightly", "v1.10.0 v1.2.0"},
		{"1.2.0 1.10.0 1.11.0-beta", "1.10.0 1.2.0"},
		{"v18.9.1 stable-2.14.10 edge-26.8.3 edge-26.8.3-test", "edge-26.8.3 v18.9.1 stable-2.14.10"},
		{"api/v1.2.3 0.1 2021-01-02 latest", ""},
		{"v2.7 RELEASE.2025-10-15T17-29-55Z", "v2.7 RELEASE.2025-10-15T17-29-55Z"},
	} {
		var tags []tag
		for _, name := range strings.Fields(c.tags) {
			tags = append(tags, tag{name: name})
		}
		if got := strings.Join(releases(tags), " "); got != c.want {
			t.Errorf("releases of %s: %q, want %q", c.tags, got, c.want)
		}
	}
}

// A release that was cut from a branch is one of the last, if it was made before the commit.
func TestReleaseBranches(t *testing.T) {
	r := newRepo(t, map[string]string{"go.mod": module})
	r.git(t, "tag", "v1.0.0")
	r.git(t, "switch", "-q", "-c", "release")
	r.write(t, "a", "a")
	r.commit(t)
	r.git(t, "tag", "v1.0.1")
	r.git(t, "switch", "-q", "main")
	r.write(t, "b", "b")
	r.commit(t)
	rep, _ := r.audit(t, Options{NoCheck: true})
	if got := control(t, rep, "concurrency-reviewed"); !strings.Contains(got.Reason, "release v1.0.1 is missing") {
		t.Errorf("%s: %s", got.Status, got.Reason)
	}
}

// What cannot be read is told with its line, and unknown.
func TestBadInput(t *testing.T) {
	r := newRepo(t, map[string]string{
		"go.mod":                   module,
		".github/workflows/ci.yml": "on: push\njobs:\n  a: [\n",
		"deploy/bomb.yml":          "a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]\napiVersion: v1\nkind: Service\n",
	})
	for name, to := range map[string]string{"loop": "loop", "Dockerfile": "/etc/passwd", "audit": "../.."} {
		if err := os.Symlink(to, filepath.Join(string(r), name)); err != nil {
			t.Fatal(err)
		}
	}
	r.commit(t)
	rep, code := r.audit(t, Options{NoCheck: true})
	if code != report.Clean {
		t.Errorf("exit code %d without a level", code)
	}
	if got := control(t, rep, "concurrency-race"); got.Status != verdict.Unknown {
		t.Errorf("a workflow that is no YAML: %s: %s", got.Status, got.Reason)
	}
	var texts []string
	for _, p := range rep.Problems {
		texts = append(texts, p.String())
	}
	all := strings.Join(texts, "\n")
	for _, want := range []string{".github/workflows/ci.yml:", "deploy/bomb.yml:1:1: with its aliases", "Dockerfile: ", "path escapes"} {
		if !strings.Contains(all, want) {
			t.Errorf("problems lack %q:\n%s", want, all)
		}
	}
}

func TestConfiguration(t *testing.T) {
	r := newRepo(t, map[string]string{"go.mod": module, ".github/workflows/ci.yml": workflow, ".lagvet.yml": `
enforce: {rules: [ctxless]}
audit:
  not-applicable: {dependency: it calls nothing}
  waivers:
    - {control: concurrency-leaks, owner: "@team", reason: soon, expires: 2099-01-01}
`})
	rep, _ := r.audit(t, Options{NoCheck: true})
	if got := control(t, rep, "concurrency-leaks"); got.Waiver == nil || got.Waiver.Line != 6 || !got.Met() {
		t.Errorf("%s: %+v", got.Status, got.Waiver)
	}
	if got := control(t, rep, "context-enforced"); got.Status != verdict.Fail || !strings.Contains(got.Reason, "the policy says so, but") {
		t.Errorf("%s: %s", got.Status, got.Reason)
	}
	for _, tr := range rep.Tracks {
		if tr.Applies == (tr.ID == "dependency") {
			t.Errorf("%s applies: %t, %s", tr.ID, tr.Applies, tr.Reason)
		}
	}
	for text, want := range map[string]string{
		"audit: {waivers: [{control: nothing, owner: o, reason: r, expires: 2099-01-01}]}": `the control "nothing"`,
		"audit: {not-applicable: {databases: none}}":                                       `the track "databases"`,
		"audit: {waiver: []}": `unknown key "waiver"`,
	} {
		r.write(t, ".lagvet.yml", text)
		if code, err := Run(t.Context(), Options{Dir: string(r), Format: "text", NoCheck: true}, Streams{new(bytes.Buffer), new(bytes.Buffer)}); code != report.Usage || err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: exit code %d, %v", text, code, err)
		}
	}
}

// Gates are listed first, run only if that is asked for, and told apart.
func TestProve(t *testing.T) {
	r := newRepo(t, map[string]string{
		"go.mod": module, "a.go": "package m\n\nfunc Twice(n int) int { return 2 * n }\n",
		"a_test.go":                "package m\n\nimport \"testing\"\n\nfunc TestTwice(t *testing.T) {\n\tif Twice(2) != 4 {\n\t\tt.Fail()\n\t}\n}\n",
		".github/workflows/ci.yml": workflow + "      - run: go mod verify\n      - run: ./tidy.sh\n",
		"tidy.sh":                  "#!/bin/sh\ngo mod tidy -diff\n",
	})
	var out, errs bytes.Buffer
	code, err := Run(t.Context(), Options{Dir: string(r), Format: "text", NoCheck: true, Prove: true, List: true}, Streams{&out, &errs})
	if code != report.Clean || err != nil || out.Len() > 0 || !strings.Contains(errs.String(), "concurrency-race: go test -race ./... (in ., of .github/workflows/ci.yml:6)") {
		t.Errorf("exit code %d, %v\n%s%s", code, err, &out, &errs)
	}
	rep, _ := r.audit(t, Options{NoCheck: true, Prove: true, Timeout: 5 * 60e9})
	for _, id := range []string{"concurrency-race", "modules-verify"} {
		if got := control(t, rep, id); got.Status != verdict.Pass || got.Grade != verdict.Proven {
			t.Errorf("%s: %s %s: %s", id, got.Status, got.Grade, got.Reason)
		}
	}
	status, err := exec.Command("git", "-C", string(r), "status", "--porcelain").Output()
	if err != nil || len(status) > 0 {
		t.Errorf("the repository is changed: %s, %v", status, err)
	}
}

func TestUsage(t *testing.T) {
	for _, o := range []Options{
		{Level: "L6", Format: "text"}, {Level: "high", Format: "text"}, {Format: "xml"},
		{Format: "text", Reports: []string{"json"}}, {Format: "text", Reports: []string{"xml=a"}}, {Format: "json", Reports: []string{"text=-"}},
	} {
		if code, err := Run(t.Context(), o, Streams{new(bytes.Buffer), new(bytes.Buffer)}); code != report.Usage || err == nil {
			t.Errorf("%+v: exit code %d, %v", o, code, err)
		}
	}
}

func TestDirs(t *testing.T) {
	got := strings.Join(dirs([]string{"go.mod", "a/go.mod", "testdata/go.mod", "x/vendor/y/go.mod", "b/notgo.mod", "_x/go.mod", ".ci/go.mod"}), " ")
	if got != ". a" {
		t.Errorf("modules are in %s", got)
	}
}
