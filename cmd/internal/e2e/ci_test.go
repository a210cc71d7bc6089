//go:build e2e

package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
	modules "golang.org/x/mod/module"
	"golang.org/x/mod/zip"
)

const ci = root + "/docs/ci/"

// A release is lagvet as "go install" gets it: the last commit of this checkout, under
// the version that the workflows name, in a module proxy.
type release struct {
	env []string // of whoever installs and runs it
}

func newRelease(t *testing.T, version string) release {
	t.Helper()
	proxy, cache := t.TempDir(), t.TempDir()
	dir := filepath.Join(proxy, "github.com/lagvet/lagvet/@v")
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	var archive bytes.Buffer
	m := modules.Version{Path: "github.com/lagvet/lagvet", Version: version}
	src := filepath.Join(t.TempDir(), "lagvet")
	process{}.must(t, "git", "clone", "-q", checkout(t), src)
	if err := zip.CreateFromDir(&archive, m, src); err != nil {
		t.Fatal(err)
	}
	info, err := json.Marshal(map[string]any{"Version": version, "Time": time.Unix(0, 0).UTC()})
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, version+".zip", archive.String())
	write(t, dir, version+".info", string(info))
	write(t, dir, "list", version+"\n")
	write(t, dir, version+".mod", process{dir: src}.must(t, "git", "show", "HEAD:go.mod"))
	// What lagvet requires is in the cache of whoever built it.
	have := strings.TrimSpace(process{}.must(t, "go", "env", "GOMODCACHE"))
	proxies := []string{fileURL(proxy), fileURL(filepath.Join(have, "cache", "download")), strings.TrimSpace(process{}.must(t, "go", "env", "GOPROXY"))}
	r := release{env: []string{
		"GOPROXY=" + strings.Join(proxies, ","), "GOMODCACHE=" + cache, "GONOSUMDB=github.com/lagvet/lagvet", "GOTOOLCHAIN=local",
		// So compiled, it is not compiled again for each folder that the cache is in.
		"GOFLAGS=-buildvcs=false -modcacherw -trimpath",
	}}
	return r
}

func fileURL(dir string) string {
	u := url.URL{Scheme: "file", Path: "/" + strings.TrimPrefix(filepath.ToSlash(dir), "/")}
	return u.String()
}

// origin makes the repository that servers clone. Branch main has a known hazard;
// topics came off before its last commit.
func origin(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "the origin")
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	p := process{dir: dir, env: identity}
	hazard := func(fn string) string {
		return "package app\n\nimport \"os\"\n\nfunc " + fn + "(names []string) {\n\tfor _, name := range names {\n\t\tf, _ := os.Open(name)\n\t\tdefer f.Close()\n\t}\n}\n"
	}
	commit := func(files map[string]string) {
		for name, text := range files {
			write(t, dir, name, text)
		}
		p.must(t, "git", "add", "-A")
		p.must(t, "git", "commit", "-q", "-m", "a change")
	}
	p.must(t, "git", "init", "-q", "-b", "main")
	commit(map[string]string{"go.mod": "module example.com/app\n\ngo 1.26\n", "go.sum": "", "known.go": hazard("Known")})
	for branch, files := range map[string]map[string]string{
		"clean":  {"known.go": "package app\n", "moved.go": "// Package app has a known hazard.\n" + hazard("Renamed")},
		"hazard": {"added.go": hazard("Added")},
		"broken": {"broken.go": "package app\n\nvar x int = \"no number\"\n"},
	} {
		p.must(t, "git", "switch", "-q", "-c", branch, "main")
		commit(files)
	}
	p.must(t, "git", "switch", "-q", "main")
	commit(map[string]string{"later.go": hazard("Later")})
	return dir
}

var identity = []string{
	"GIT_AUTHOR_NAME=e2e", "GIT_AUTHOR_EMAIL=e2e@example.com", "GIT_COMMITTER_NAME=e2e", "GIT_COMMITTER_EMAIL=e2e@example.com",
}

// An outcome is what a job left.
type outcome struct {
	dir    string // the checkout
	code   int
	stdout string
	stderr string
}

func (o outcome) String() string {
	return fmt.Sprintf("exit code %d\n%s%s", o.code, o.stdout, o.stderr)
}

// has fails unless a file of the checkout, or the absolute path, holds text.
func (o outcome) has(t *testing.T, file, text string) {
	t.Helper()
	if !filepath.IsAbs(file) {
		file = filepath.Join(o.dir, file)
	}
	data, err := os.ReadFile(file)
	if err != nil || !strings.Contains(string(data), text) {
		t.Errorf("%s does not hold %q, error %v:\n%s\n%v", filepath.Base(file), text, err, data, o)
	}
}

// said fails unless the job printed text.
func (o outcome) said(t *testing.T, text string) {
	t.Helper()
	if !strings.Contains(o.stdout+o.stderr, text) {
		t.Errorf("%q was not said:\n%v", text, o)
	}
}

// ended fails unless the job had the exit code.
func (o outcome) ended(t *testing.T, code int) {
	t.Helper()
	if o.code != code {
		t.Errorf("exit code %d, want %d:\n%v", o.code, code, o)
	}
}

// job runs scripts one after the other in a folder until one fails.
func job(t *testing.T, dir string, env []string, shell []string, scripts ...string) outcome {
	t.Helper()
	o := outcome{dir: dir}
	for _, script := range scripts {
		out, errs, code := process{dir: dir, env: env}.run(t, shell[0], append(slices.Clone(shell[1:]), script)...)
		o.stdout, o.stderr, o.code = o.stdout+out, o.stderr+errs, code
		if code != 0 {
			break
		}
	}
	return o
}

// results returns the number of results in a SARIF file that are in a state: "new",
// "unchanged", or "" where nothing was compared.
func results(t *testing.T, file, state string) (n int) {
	t.Helper()
	var log struct {
		Runs []struct {
			Results []struct{ BaselineState string }
		}
	}
	data, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(data, &log)
	}
	if err != nil || len(log.Runs) != 1 {
		t.Fatalf("error %v in %s", err, data)
	}
	for _, r := range log.Runs[0].Results {
		if r.BaselineState == state {
			n++
		}
	}
	return n
}

// searchPath puts a folder in front of the search path.
func searchPath(dir string) string {
	return "PATH=" + dir + string(filepath.ListSeparator) + os.Getenv("PATH")
}

// readYAML reads a workflow, and refuses keys that stand twice.
func readYAML(t *testing.T, file string, into any) {
	t.Helper()
	data, err := os.ReadFile(ci + file)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(data, into); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}

// A githubStep is one of a job.
type githubStep struct {
	Name, If, Uses, Run string
	With                map[string]any
}

type githubJob struct {
	Permissions map[string]string
	Steps       []githubStep
}

type githubWorkflow struct {
	On          map[string]any
	Permissions map[string]string
	Jobs        map[string]githubJob
}

func TestGitHubActions(t *testing.T) {
	var w githubWorkflow
	readYAML(t, "github-actions.yml", &w)
	only := w.Jobs["lagvet"]
	if len(w.Jobs) != 1 || len(only.Steps) == 0 {
		t.Fatalf("the workflow is %+v", w)
	}
	githubForm(t, w, only)
	r := newRelease(t, "v0.1.0")
	from := origin(t)

	t.Run("clean", func(t *testing.T) {
		o, summary := github(t, only, r, from, "clean")
		o.ended(t, 0)
		o.has(t, summary, "no new findings")
		if n := results(t, filepath.Join(o.dir, "lagvet.sarif"), "new"); n != 0 {
			t.Errorf("%d results", n)
		}
	})
	t.Run("hazard", func(t *testing.T) {
		o, summary := github(t, only, r, from, "hazard")
		o.ended(t, 1)
		o.said(t, " file=added.go,line=8,")
		o.has(t, summary, "1 new finding")
		if n := results(t, filepath.Join(o.dir, "lagvet.sarif"), "new"); n != 1 {
			t.Errorf("%d results", n)
		}
	})
	t.Run("broken", func(t *testing.T) {
		o, summary := github(t, only, r, from, "broken")
		o.ended(t, 3)
		o.said(t, "could not check")
		o.has(t, summary, "could not")
	})
	t.Run("push", func(t *testing.T) {
		o, _ := github(t, only, r, from, "")
		o.ended(t, 0)
		if n := results(t, filepath.Join(o.dir, "lagvet.sarif"), ""); n != 2 {
			t.Errorf("%d results", n)
		}
	})
	t.Run("broken push", func(t *testing.T) {
		p := process{dir: from, env: identity}
		p.must(t, "git", "merge", "-q", "broken")
		o, _ := github(t, only, r, from, "")
		o.ended(t, 1) // of test, which does not let a 3 pass
		o.said(t, "could not check")
	})
}

// githubForm checks what running the commands does not show.
func githubForm(t *testing.T, w githubWorkflow, only githubJob) {
	t.Helper()
	if len(w.Permissions) != 1 || w.Permissions["contents"] != "read" {
		t.Errorf("permissions of the workflow are %v", w.Permissions)
	}
	if len(only.Permissions) != 2 || only.Permissions["contents"] != "read" || only.Permissions["security-events"] != "write" {
		t.Errorf("permissions of the job are %v", only.Permissions)
	}
	var used []string
	for _, s := range only.Steps {
		// Text of a pull request's author would be run as a command.
		if strings.Contains(s.Run, "${{") {
			t.Errorf("step %q has an expression in its command", s.Name)
		}
		if (s.Run == "") == (s.Uses == "") {
			t.Errorf("step %+v has a command and an action, or neither", s)
		}
		action, version, _ := strings.Cut(s.Uses, "@")
		if s.Uses != "" && version == "" {
			t.Errorf("action %s has no version", action)
		}
		used = append(used, action)
		switch action {
		case "actions/checkout":
			if s.With["fetch-depth"] != 0 || s.With["persist-credentials"] != false {
				t.Errorf("the checkout is %v", s.With)
			}
		case "actions/cache":
			if p := fmt.Sprint(s.With["path"]); !strings.Contains(p, "~/.cache/go-build") || !strings.Contains(p, "~/go/pkg/mod") {
				t.Errorf("the cache holds %s", p)
			}
		case "github/codeql-action/upload-sarif":
			file := fmt.Sprint(s.With["sarif_file"])
			for _, part := range []string{"!cancelled()", "hashFiles('" + file + "') != ''", "github.event.pull_request.head.repo.full_name == github.repository"} {
				if !strings.Contains(s.If, part) {
					t.Errorf("the upload is not bound to %s: %s", part, s.If)
				}
			}
			if file != "lagvet.sarif" {
				t.Errorf("%s is uploaded", file)
			}
		}
	}
	for _, action := range []string{"actions/checkout", "actions/setup-go", "actions/cache", "github/codeql-action/upload-sarif"} {
		if !slices.Contains(used, action) {
			t.Errorf("no step uses %s", action)
		}
	}
}

// github runs the commands of a job as GitHub does for a pull request that is to merge
// a branch into main, or for a push to main if there is no branch.
func github(t *testing.T, j githubJob, r release, from, branch string) (o outcome, summary string) {
	t.Helper()
	home := filepath.Join(t.TempDir(), "work dir")
	dir := filepath.Join(home, "app")
	process{}.must(t, "git", "clone", "-q", "--no-local", from, dir)
	p := process{dir: dir, env: identity}
	p.must(t, "git", "checkout", "-q", "--detach", "origin/main")
	event := "push"
	if branch != "" { // GitHub checks out what the merge would make
		event = "pull_request"
		p.must(t, "git", "merge", "-q", "--no-ff", "--no-edit", "origin/"+branch)
	}
	summary = filepath.Join(home, "summary.md")
	gopath := filepath.Join(home, "go")
	env := append(slices.Clone(r.env), "CI=true", "GITHUB_ACTIONS=true", "GITHUB_STEP_SUMMARY="+summary, "GITHUB_EVENT_NAME="+event,
		"GITHUB_WORKSPACE="+dir, "GOPATH="+gopath, searchPath(filepath.Join(gopath, "bin")))
	if branch != "" {
		env = append(env, "GITHUB_BASE_REF=main", "GITHUB_HEAD_REF="+branch)
	}
	var scripts []string
	for _, s := range j.Steps {
		switch {
		case s.Run == "":
		case s.If == "", s.If == "github.event_name == '"+event+"'":
			scripts = append(scripts, s.Run)
		case s.If != "github.event_name == 'push'" && s.If != "github.event_name == 'pull_request'":
			t.Fatalf("this test does not know when %q is so", s.If)
		}
	}
	if len(scripts) != 2 {
		t.Fatalf("%d commands: %q", len(scripts), scripts)
	}
	return job(t, dir, env, []string{"bash", "-e", "-c"}, scripts...), summary
}

// gitlabJob is what the test has a use for of a job.
type gitlabJob struct {
	Stage, Image, Timeout string
	Rules                 []struct{ If string }
	Variables             map[string]string
	Cache                 struct {
		Key, When string
		Paths     []string
	}
	BeforeScript []string `yaml:"before_script"`
	Script       []string
	Artifacts    struct {
		When     string
		ExpireIn string `yaml:"expire_in"`
		Reports  map[string]string
	}
}

func TestGitLab(t *testing.T) {
	data, err := os.ReadFile(ci + "gitlab-ci.yml")
	if err != nil {
		t.Fatal(err)
	}
	var jobs map[string]gitlabJob
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(&jobs); err != nil {
		t.Fatal(err)
	}
	only := jobs["lagvet"]
	if len(jobs) != 1 || len(only.Rules) != 2 || only.Artifacts.When != "always" || only.Variables["GIT_DEPTH"] != "0" {
		t.Fatalf("the job is %+v", jobs)
	}
	for _, name := range []string{"GOCACHE", "GOPATH"} {
		if dir, ok := strings.CutPrefix(only.Variables[name], "$CI_PROJECT_DIR/"); !ok || !strings.HasPrefix(dir, only.Cache.Paths[0]) {
			t.Errorf("%s is %s, and kept is %v", name, only.Variables[name], only.Cache.Paths)
		}
	}
	r := newRelease(t, "v0.1.0")
	from := origin(t)
	quality, junit := only.Artifacts.Reports["codequality"], only.Artifacts.Reports["junit"]

	t.Run("clean", func(t *testing.T) {
		o := gitlab(t, only, r, from, "clean")
		o.ended(t, 0)
		o.said(t, "no new findings")
		o.has(t, quality, `"moved.go"`)
		o.has(t, junit, "<testsuite")
	})
	t.Run("hazard", func(t *testing.T) {
		o := gitlab(t, only, r, from, "hazard")
		o.ended(t, 1)
		o.said(t, "1 new finding")
		o.has(t, quality, `"added.go"`)
		o.has(t, quality, `"known.go"`)
		o.has(t, junit, "added.go")
	})
	t.Run("broken", func(t *testing.T) {
		o := gitlab(t, only, r, from, "broken")
		o.ended(t, 1) // of test, which does not let a 3 pass
		o.said(t, "could not check")
	})
	t.Run("main", func(t *testing.T) {
		o := gitlab(t, only, r, from, "main")
		o.ended(t, 0)
		o.has(t, quality, `"known.go"`)
		o.has(t, quality, `"later.go"`)
	})
}

// gitlab runs the commands of a job as GitLab does for a branch that is to be merged
// into main, or for main itself.
func gitlab(t *testing.T, j gitlabJob, r release, from, branch string) outcome {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "builds", "app")
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	p := process{dir: dir}
	p.must(t, "git", "init", "-q")
	p.must(t, "git", "remote", "add", "origin", from)
	p.must(t, "git", "fetch", "-q", "origin", "+refs/heads/"+branch+":refs/remotes/origin/"+branch)
	p.must(t, "git", "checkout", "-q", "--detach", "origin/"+branch)

	env := append(slices.Clone(r.env), "CI=true", "GITLAB_CI=true", "CI_PROJECT_DIR="+dir, "CI_DEFAULT_BRANCH=main")
	if branch == "main" {
		env = append(env, "CI_PIPELINE_SOURCE=push", "CI_COMMIT_BRANCH=main")
	} else {
		env = append(env, "CI_PIPELINE_SOURCE=merge_request_event", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME=main", "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME="+branch)
	}
	for name, value := range j.Variables {
		switch name {
		case "GOCACHE": // that of this machine has compiled the standard library already
		case "GOFLAGS":
			if !slices.Contains(r.env, "GOFLAGS=-buildvcs=false "+value+" -trimpath") {
				t.Errorf("GOFLAGS are %s, and those of this test hold them not", value)
			}
		default:
			env = append(env, name+"="+strings.ReplaceAll(value, "$CI_PROJECT_DIR", dir))
		}
	}
	// Both lists are one script, which ends at the first command that fails.
	script := strings.Join(slices.Concat(j.BeforeScript, j.Script), "\n")
	o := job(t, dir, env, []string{"sh", "-e", "-c"}, script)
	if left := p.must(t, "git", "status", "--porcelain"); strings.Contains(left, strings.TrimSuffix(j.Cache.Paths[0], "/")) {
		t.Errorf("what is kept between runs would be part of the change:\n%s", left)
	}
	return o
}

func TestGateScript(t *testing.T) {
	script, err := filepath.Abs(ci + "gate.sh")
	if err != nil {
		t.Fatal(err)
	}
	from := origin(t)
	run := func(t *testing.T, branch string, args ...string) outcome {
		t.Helper()
		dir := filepath.Join(t.TempDir(), "a job")
		// The last commit of one branch is what many servers fetch.
		process{}.must(t, "git", "clone", "-q", "--depth", "1", "--branch", branch, fileURL(from), dir)
		out, errs, code := process{dir: dir, env: []string{searchPath(filepath.Dir(lagvet))}}.run(t, "sh", append([]string{script}, args...)...)
		return outcome{dir, code, out, errs}
	}
	t.Run("clean", func(t *testing.T) {
		o := run(t, "clean")
		o.ended(t, 0)
		o.said(t, "no new findings")
		o.has(t, "lagvet-reports/lagvet.xml", "<testsuite")
	})
	t.Run("hazard", func(t *testing.T) {
		o := run(t, "hazard", "main")
		o.ended(t, 1)
		o.said(t, "added.go:8:3: ")
		o.has(t, "lagvet-reports/lagvet.xml", "added.go")
		o.has(t, "lagvet-reports/lagvet.html", "added.go")
		o.has(t, "lagvet-reports/lagvet.md", "1 new finding")
	})
	t.Run("broken", func(t *testing.T) {
		o := run(t, "broken")
		o.ended(t, 3)
		o.said(t, "gate.sh: lagvet ended with 3: nothing is known of this change")
	})
	t.Run("no such branch", func(t *testing.T) {
		if o := run(t, "clean", "none"); o.code == 0 || o.code == 1 {
			t.Errorf("it passes for an answer: %v", o)
		}
	})
	if out, err := exec.Command("sh", "-n", script).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
