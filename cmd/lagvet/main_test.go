package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/format"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/lagvet/lagvet/cmd/internal/testtool"
)

func TestMain(m *testing.M) { testtool.Main(m, &self) }

// self is the command, as these tests execute it.
var self string

// result is what an execution of lagvet leaves.
type result struct {
	stdout, stderr string
	code           int
}

// lagvet executes the command in dir.
func lagvet(t *testing.T, dir string, args ...string) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(t.Context(), self, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PWD="+dir)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if _, ok := errors.AsType[*exec.ExitError](err); err != nil && !ok {
		t.Fatal(err)
	}
	return result{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}

// shop returns a copy of the sample module, with files added, replaced or, where
// their text is empty, left out.
func shop(t *testing.T, changes map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("..", "..", "testdata", "cli"))); err != nil {
		t.Fatal(err)
	}
	for name, text := range changes {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if text == "" {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			continue
		}
		write(t, path, text)
	}
	return dir
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path ...string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// loop returns a Go file with a hazard in function name.
func loop(pkg, name string) string {
	return "package " + pkg + `

import "os"

func ` + name + `(names []string) {
	for _, name := range names {
		f, _ := os.Open(name)
		defer f.Close()
	}
}
`
}

func TestCheck(t *testing.T) {
	const broken = "package broken\n\nfunc F() int { return undefined }\n"
	tests := []struct {
		name    string
		changes map[string]string
		args    []string
		code    int
		stdout  []string // regular expressions, (?m) set
		stderr  []string
		absent  []string // in either
	}{
		{
			name: "findings",
			code: 1,
			stdout: []string{
				`^files/files\.go:13:4: .*\(hotdefer\)$`,
				`^    mend: .*\(--fix does it\)     lagvet explain hotdefer$`,
				`^hot/hot\.go:\d+:\d+: .*\(hotdefer\)$`,
				`^    //lagvet:hot at hot\.go:8$`,
				`^    hot\.go:9:37  calls \(\*Book\)\.both$`,
				`^2 findings in 2 of 4 packages, .* s( \(\d cached\))?; 1 allowed, 1 excluded\.$`,
			},
			absent: []string{`legacy\.go`, `files\.go:29`, `Nothing tells what is hot`, "\x1b"},
		},
		{
			name:   "clean",
			args:   []string{"./clean"},
			code:   0,
			stdout: []string{`^no findings in 1 package, `, `^Nothing tells what is hot here, so .*heapescape.* see less\. Two ways to tell: --profile cpu\.pprof .*//lagvet:hot`},
		},
		{
			name:   "colour",
			args:   []string{"--color", "always", "./files"},
			code:   1,
			stdout: []string{"\x1b\\["},
		},
		{
			name:   "only",
			args:   []string{"--rule", "ctxless,tickerleak"},
			code:   0,
			stdout: []string{`^no findings in 4 packages`},
			absent: []string{"allowed"},
		},
		{
			name:   "disabled",
			args:   []string{"--disable", "hotdefer"},
			code:   0,
			stdout: []string{`^no findings in 4 packages`},
		},
		{
			name:    "a rule off in the configuration",
			changes: map[string]string{".lagvet.yml": "rules:\n  hotdefer: off\n"},
			code:    0,
			stdout:  []string{`^no findings in 4 packages`},
		},
		{
			name:    "another configuration",
			changes: map[string]string{"strict.yml": "rules: {hotdefer: {severity: high}}\n"},
			args:    []string{"--config", "strict.yml"},
			code:    1,
			stdout:  []string{`^legacy/legacy\.go:\d+:\d+: `, `^3 findings in 3 of 4 packages`},
		},
		{
			name:    "hot by the configuration",
			changes: map[string]string{".lagvet.yml": "hot: [\"(*example.com/shop/hot.Book).both\"]\n", "hot/hot.go": strings.Replace(read(t, "../../testdata/cli/hot/hot.go"), "//lagvet:hot\n", "", 1)},
			args:    []string{"./hot"},
			code:    1,
			stdout:  []string{`^hot/hot\.go:\d+:\d+: .*\(hotdefer\)$`},
		},
		{
			name:    "exclude of nothing",
			changes: map[string]string{".lagvet.yml": "exclude:\n  - {path: legcy, reason: typing error}\n  - {path: clean, reason: was in need of it once}\n"},
			code:    1,
			stdout: []string{
				`^\.lagvet\.yml:2:5: the exclude of legcy covers no Go file: correct its path or remove it$`,
				`^\.lagvet\.yml:3:5: the exclude of clean silences nothing: remove it$`,
			},
		},
		{
			name:   "exclude out of sight",
			args:   []string{"./clean"},
			code:   0,
			absent: []string{"exclude"},
		},
		{
			name:    "build tags as the go command has them",
			changes: map[string]string{"clean/extra.go": "//go:build extra\n\n" + loop("clean", "Extra")},
			args:    []string{"-tags=extra", "./clean"},
			code:    1,
			stdout:  []string{`^clean/extra\.go:`},
		},
		{
			name:    "without the tag",
			changes: map[string]string{"clean/extra.go": "//go:build extra\n\n" + loop("clean", "Extra")},
			args:    []string{"./clean"},
			code:    0,
		},
		{
			name:    "broken package",
			changes: map[string]string{"broken/broken.go": broken},
			args:    []string{"./broken"},
			code:    3,
			stdout:  []string{`^broken/broken\.go:3:23: could not check: .*undefined`, `not checked\.$`},
		},
		{
			name:    "could not check wins over findings",
			changes: map[string]string{"broken/broken.go": broken},
			code:    3,
			stdout:  []string{`could not check:`, `files\.go:.*\(hotdefer\)`},
		},
		{
			name:    "in machine formats problems go to standard error too",
			changes: map[string]string{"broken/broken.go": broken},
			args:    []string{"--format", "json", "./broken"},
			code:    3,
			stdout:  []string{`"problems": \[$`},
			stderr:  []string{`^broken/broken\.go:3:23: could not check: `},
		},
		{
			name:    "directive that cannot be obeyed",
			changes: map[string]string{"clean/more.go": "package clean\n\n//lagvet:alow hotdefer -- misspelt\nfunc More() {}\n"},
			args:    []string{"./clean"},
			code:    3,
			stdout:  []string{`^clean/more\.go:3:1: could not check: //lagvet:alow is not a directive; did you mean allow\?$`},
		},
		{
			name:    "stale allow",
			changes: map[string]string{"clean/more.go": "package clean\n\n//lagvet:allow hotdefer -- nothing is hot here\nfunc More() { for range 3 { println() } }\n", "clean/hot.go": "package clean\n\n//lagvet:hot\nfunc Hot() { More() }\n"},
			args:    []string{"./clean"},
			code:    1,
			stdout:  []string{`^clean/more\.go:3:1: .*silences nothing.* \(directive\)$`, `lagvet explain directive$`},
		},
		{
			name:    "test file that does not compile, tests off",
			changes: map[string]string{"clean/clean_test.go": "package clean\n\nvar _ = undefined\n"},
			args:    []string{"./clean"},
			code:    0,
		},
		{
			name:    "test file that does not compile, tests on",
			changes: map[string]string{"clean/clean_test.go": "package clean\n\nvar _ = undefined\n"},
			args:    []string{"--tests", "./clean"},
			code:    3,
		},
		{
			name:    "configuration",
			changes: map[string]string{".lagvet.yml": "rulez: {}\nexclude:\n  - path: a\nrules:\n  hotdefr: off\n"},
			code:    2,
			stderr: []string{
				`\A\.lagvet\.yml:1:1: unknown key "rulez" in the configuration \(did you mean "rules"\?\)$`,
				`^\.lagvet\.yml:3:5: the exclude has no reason$`,
				`^\.lagvet\.yml:5:3: unknown rule "hotdefr" \(did you mean "hotdefer"\?\)$`,
			},
			absent: []string{"findings", "Usage"},
		},
		{
			name:    "usage wins over all",
			changes: map[string]string{"broken/broken.go": broken},
			args:    []string{"--rule", "hotdefr", "./..."},
			code:    2,
			stderr:  []string{`\Alagvet: unknown rule "hotdefr" \(did you mean "hotdefer"\?\)\n\z`},
		},
		{name: "unknown flag", args: []string{"--formt=json"}, code: 2, stderr: []string{`\Alagvet: unknown flag: --formt \(did you mean "--format"\?\)\n\z`}},
		{name: "unknown format", args: []string{"--format=xml"}, code: 2, stderr: []string{`\Alagvet: --format is "xml", and must be text, json, sarif, github, markdown, codequality, junit or html\n\z`}},
		{name: "unknown tier", args: []string{"--tier=likly"}, code: 2, stderr: []string{`did you mean "likely"\?`}},
		{name: "unknown colour", args: []string{"--color=blue"}, code: 2, stderr: []string{`--color is "blue", and must be auto, always or never`}},
		{name: "missing profile", args: []string{"--profile=cpu.pprof"}, code: 2, stderr: []string{`cpu\.pprof`}},
		{name: "missing configuration", args: []string{"--config=no.yml"}, code: 2, stderr: []string{`^no\.yml: cannot read the configuration: no such file or directory$`}},
		{name: "missing directory", args: []string{"-C", "nowhere"}, code: 2, stderr: []string{`nowhere is no directory`}},
		{name: "diff in another format", args: []string{"--diff", "--format=json"}, code: 2, stderr: []string{`--diff prints a diff, so it cannot print json too`}},
		{
			name:   "reports",
			args:   []string{"--report=github=-", "--report=html=report.html", "./files"},
			code:   1,
			stdout: []string{`^files/files\.go:13:4: .*\(hotdefer\)$`, `^::(error|warning) file=files/files\.go,line=13,.*,title=lagvet%3A hotdefer::`, `^lagvet: 1 finding in 1 of 1 package\.$`},
		},
		{
			name:   "report that cannot be written beside findings",
			args:   []string{"--report=html=no/report.html", "--report=json=report.json", "./files"},
			code:   2,
			stdout: []string{`\(hotdefer\)$`},
			stderr: []string{`\Alagvet: --report html: writing the report: open .*no such file`},
		},
		{name: "unknown report", args: []string{"--report=xml=a"}, code: 2, stderr: []string{`--report is "xml", and must be text, .* or summary`}},
		{name: "output that cannot be written", args: []string{"--output=no/report.txt", "./clean"}, code: 2, stderr: []string{`writing the report: open .*no such file`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			res := lagvet(t, shop(t, tt.changes), append([]string{"check", "--no-canary"}, tt.args...)...)
			expect{tt.code, tt.stdout, tt.stderr, tt.absent}.check(t, res)
		})
	}
}

func TestProgress(t *testing.T) {
	var term bytes.Buffer
	tell := progressOn(&term)
	tell("1 of 2 packages done")
	tell("")
	if got, want := term.String(), "\r\x1b[Klagvet: 1 of 2 packages done\r\x1b[K"; got != want {
		t.Errorf("the terminal gets %q, want %q", got, want)
	}
}

// expect is what an execution must print, and what not: regular expressions, with
// (?m) set.
type expect struct {
	code           int
	stdout, stderr []string
	absent         []string // in either
}

func (e expect) check(t *testing.T, res result) {
	t.Helper()
	if res.code != e.code {
		t.Errorf("exit code %d, want %d", res.code, e.code)
	}
	match(t, res.stdout, e.stdout)
	match(t, res.stderr, e.stderr)
	for _, re := range e.absent {
		if regexp.MustCompile("(?m)" + re).MatchString(res.stdout + res.stderr) {
			t.Errorf("%q is printed", re)
		}
	}
	if t.Failed() {
		t.Logf("stdout:\n%s\nstderr:\n%s", res.stdout, res.stderr)
	}
}

func match(t *testing.T, text string, res []string) {
	t.Helper()
	for _, re := range res {
		if !regexp.MustCompile("(?m)" + re).MatchString(text) {
			t.Errorf("nothing matches %q", re)
		}
	}
}

// Paths are those of the directory that lagvet is started in, whatever -C says;
// the other flags' paths are relative to it.
func TestChdir(t *testing.T) {
	t.Parallel()
	dir := shop(t, nil)
	res := lagvet(t, filepath.Dir(dir), "check", "--no-canary", "-C", filepath.Base(dir), "--output", "report.txt", "./files")
	if res.code != 1 || res.stdout != "" {
		t.Errorf("exit code %d, output %q, errors %q", res.code, res.stdout, res.stderr)
	}
	if want, text := filepath.Base(dir)+"/files/files.go:13:4: ", read(t, dir, "report.txt"); !strings.HasPrefix(text, want) {
		t.Errorf("the report does not begin with %q:\n%s", want, text)
	}
}

// jsonReport is what the tests read of --format json.
type jsonReport struct {
	Root     string
	Findings []struct {
		Rule, File, Func, Fingerprint string
		Line                          int
	}
	Silenced []struct {
		By struct {
			By, File, Reason string
			Line             int
		} `json:"silenced_by"`
	}
	Counts map[string]int
}

func checkJSON(t *testing.T, dir string, args ...string) jsonReport {
	t.Helper()
	res := lagvet(t, dir, append([]string{"check", "--no-canary", "--format", "json"}, args...)...)
	var r jsonReport
	if err := json.Unmarshal([]byte(res.stdout), &r); err != nil {
		t.Fatalf("exit code %d, errors %q: %v", res.code, res.stderr, err)
	}
	return r
}

func TestJSON(t *testing.T) {
	t.Parallel()
	dir := shop(t, nil)
	r := checkJSON(t, dir)
	if len(r.Findings) != 2 || r.Findings[0].File != "files/files.go" || r.Findings[0].Func != "example.com/shop/files.Stat" {
		t.Errorf("findings are %+v", r.Findings)
	}
	if r.Counts["packages"] != 4 || r.Counts["allowed"] != 1 || r.Counts["excluded"] != 1 {
		t.Errorf("counts are %v", r.Counts)
	}
	if len(r.Silenced) != 2 {
		t.Fatalf("silenced are %+v", r.Silenced)
	}
	if by := r.Silenced[0].By; by.By != "allow" || by.File != "files/files.go" || by.Reason != "then needs all of them open" {
		t.Errorf("the allowed finding is silenced by %+v", by)
	}
	if by := r.Silenced[1].By; by.By != "exclude" || by.File != ".lagvet.yml" || by.Line != 2 {
		t.Errorf("the excluded finding is silenced by %+v", by)
	}
	// A package compiled for its tests is the same package.
	write(t, filepath.Join(dir, "files", "files_test.go"), "package files\n\nimport \"testing\"\n\nfunc TestStat(t *testing.T) { Stat(nil) }\n")
	if with := checkJSON(t, dir, "--tests"); !slices.Equal(with.Findings, r.Findings) || with.Counts["allowed"] != 1 {
		t.Errorf("with tests the findings are\n%+v\nwithout\n%+v", with.Findings, r.Findings)
	}
	first := lagvet(t, dir, "check", "--no-canary", "--format", "json").stdout
	if second := lagvet(t, dir, "check", "--no-canary", "--format", "json").stdout; first != second {
		t.Errorf("two runs over the same code differ:\n%s\n%s", first, second)
	}
}

func TestSARIF(t *testing.T) {
	t.Parallel()
	dir := shop(t, map[string]string{".git/HEAD": "ref: refs/heads/main\n"})
	res := lagvet(t, filepath.Join(dir, "files"), "check", "--no-canary", "--format", "sarif", "--output", "out.sarif", ".")
	if res.code != 1 || res.stdout+res.stderr != "" {
		t.Fatalf("exit code %d, output %q, errors %q", res.code, res.stdout, res.stderr)
	}
	var log struct {
		Runs []struct {
			Results []struct {
				RuleID    string
				Locations []struct {
					PhysicalLocation struct {
						ArtifactLocation struct{ URI, URIBaseID string }
					}
				}
				Fixes        []any
				Suppressions []any
			}
		}
	}
	if err := json.Unmarshal([]byte(read(t, dir, "files", "out.sarif")), &log); err != nil {
		t.Fatal(err)
	}
	rs := log.Runs[0].Results
	if len(rs) != 2 || rs[0].RuleID != "hotdefer" || len(rs[0].Fixes) != 1 || len(rs[1].Suppressions) != 1 {
		t.Fatalf("results are %+v", rs)
	}
	// Relative to the repository, not to where lagvet was started.
	if at := rs[0].Locations[0].PhysicalLocation.ArtifactLocation; at.URI != "files/files.go" || at.URIBaseID != "%SRCROOT%" {
		t.Errorf("the finding is at %+v", at)
	}
}

func goCommand(t *testing.T, dir string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("go %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

func TestDiffAndFix(t *testing.T) {
	t.Parallel()
	const generated = "// Code generated by a tool. DO NOT EDIT.\n\n"
	dir := shop(t, map[string]string{"files/gen.go": generated + loop("files", "Gen"), ".lagvet.yml": ""})
	before := read(t, dir, "files", "files.go")

	diff := lagvet(t, dir, "check", "--no-canary", "--diff", "./...")
	if diff.code != 1 {
		t.Errorf("exit code %d", diff.code)
	}
	match(t, diff.stdout, []string{`\A--- a/files/files\.go$`, `^\+\t\tfunc\(\) \{$`, `^--- a/legacy/legacy\.go$`})
	match(t, diff.stderr, []string{`^This diff fixes 2 of 3 findings\.$`})
	if read(t, dir, "files", "files.go") != before {
		t.Error("--diff changed a file")
	}

	fix := lagvet(t, dir, "check", "--no-canary", "--fix", "./...")
	if fix.code != 1 { // the one in hot has no fix
		t.Errorf("exit code %d", fix.code)
	}
	match(t, fix.stderr, []string{`^Fixed 2 findings in 2 files\.$`})
	match(t, fix.stdout, []string{`^1 finding in 1 of 4 packages`})
	after := read(t, dir, "files", "files.go")
	if after == before {
		t.Error("--fix changed nothing")
	}
	if text, err := format.Source([]byte(after)); err != nil || string(text) != after {
		t.Errorf("the fixed file is not formatted (%v):\n%s", err, after)
	}
	if got := read(t, dir, "files", "gen.go"); got != generated+loop("files", "Gen") {
		t.Errorf("the generated file became\n%s", got)
	}
	goCommand(t, dir, "build", "./...")

	again := lagvet(t, dir, "check", "--no-canary", "--fix", "./...")
	if again.code != 1 || strings.Contains(again.stderr, "Fixed") {
		t.Errorf("a second run has something to fix: exit code %d\n%s", again.code, again.stderr)
	}
	if read(t, dir, "files", "files.go") != after {
		t.Error("a second run changed the file")
	}
	if diff := lagvet(t, dir, "check", "--no-canary", "--diff", "./..."); diff.stdout != "" {
		t.Errorf("after --fix there is a diff:\n%s", diff.stdout)
	}
}

// The fingerprints of findings survive what is done to the code around them.
func TestFingerprints(t *testing.T) {
	t.Parallel()
	const body = `
func Each(names []string) {
	for _, name := range names {
		f, _ := os.Open(name)
		defer f.Close()
	}
	for _, name := range names {
		f, _ := os.Create(name)
		defer f.Close()
	}
}
`
	const head = "package clean\n\nimport \"os\"\n"
	const extra = `	for _, name := range names {
		f, _ := os.CreateTemp("", name)
		defer f.Close()
	}
}
`
	each := head + body
	tests := []struct {
		name    string
		changes map[string]string
		more    int // findings more than before
	}{
		{name: "lines inserted above", changes: map[string]string{"clean/each.go": head + strings.Repeat("\n// more\n", 9) + "\nvar _ = 1\n" + body}},
		{name: "file renamed", changes: map[string]string{"clean/aaa.go": each}},
		{name: "function moved to another file", changes: map[string]string{"clean/clean.go": strings.Replace(read(t, "../../testdata/cli/clean/clean.go"), "import \"os\"\n", "import \"os\"\n"+body, 1)}},
		{name: "reformatted", changes: map[string]string{"clean/each.go": strings.NewReplacer("\n\t", "\n\n        ", "defer f", "defer   f", "range names {", "range  names\t{").Replace(each)}},
		{name: "comments and other statements", changes: map[string]string{"clean/each.go": strings.Replace(each, "\tfor", "\tprintln() // first\n\tfor", 1)}},
		{name: "an equal one added after", changes: map[string]string{"clean/each.go": strings.TrimSuffix(each, "}\n") + extra}, more: 1},
		{name: "another function added before", changes: map[string]string{"clean/each.go": head + strings.TrimPrefix(loop("clean", "Before"), head) + body}, more: 1},
	}
	prints := func(t *testing.T, changes map[string]string) []string {
		t.Helper()
		var ps []string
		for _, f := range checkJSON(t, shop(t, changes), "./clean").Findings {
			ps = append(ps, f.Fingerprint)
		}
		return ps
	}
	want := prints(t, map[string]string{"clean/each.go": each})
	if len(want) != 2 || want[0] == want[1] {
		t.Fatalf("fingerprints are %q, want two that differ", want)
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := prints(t, tt.changes)
			if len(got) != len(want)+tt.more {
				t.Fatalf("%d findings, want %d", len(got), len(want)+tt.more)
			}
			for _, p := range want {
				if !slices.Contains(got, p) {
					t.Errorf("%s is gone: %q", p, got)
				}
			}
			slices.Sort(got)
			if len(slices.Compact(got)) != len(want)+tt.more {
				t.Errorf("findings share a fingerprint: %q", got)
			}
		})
	}
}

func TestWhy(t *testing.T) {
	t.Parallel()
	dir := shop(t, nil)
	tests := []struct {
		args   []string
		code   int
		stdout []string
		stderr []string
	}{
		{
			args: []string{"Book.both", "(*example.com/shop/hot.Book).Idle"},
			stdout: []string{
				`\Ahot/hot\.go:11:16: \(\*example\.com/shop/hot\.Book\)\.both\n    hot: //lagvet:hot at hot\.go:8\n        hot\.go:9:37  calls \(\*Book\)\.both\n    no request root is known to reach it\n`,
				`^hot/hot\.go:\d+:16: \(\*example\.com/shop/hot\.Book\)\.Idle\n    nothing says that it is hot\n`,
			},
		},
		{args: []string{"hot.Book.Match"}, stdout: []string{`hot: //lagvet:hot at hot\.go:8$`}},
		{args: []string{"Book.Macth"}, code: 2, stderr: []string{`\Alagvet: no function "Book\.Macth" in \./\.\.\., what that imports, or the standard library \(did you mean "Book\.Match"\?\)\n\z`}},
		{args: []string{"--in", "./clean", "Match"}, code: 2, stderr: []string{`no function "Match" in \./clean`}},
		{
			args:   []string{"net/http.Get", "--effect", "net"},
			stdout: []string{`\A\S+client\.go:\d+:6: net/http\.Get\n`, `^    net\n        client\.go:\d+:\d+ +\(\*net/http\.Client\)\.Get\n(        .*\n)*        .*\(net/http\.RoundTripper\)\.RoundTrip\n\z`},
		},
		{
			args:   []string{"--format", "json", "strconv.AppendInt", "time.Sleep"},
			stdout: []string{`\A\[\n  \{\n    "func": "strconv\.AppendInt",\n    "effects": \[\n      \{\n        "kind": "alloc",`, `"func": "time\.Sleep",\n    "effects": \[\n      \{\n        "kind": "sleep",\n        "cold": false,\n        "chain": \[\]\n      \}\n    \]\n  \}\n\]\n\z`},
		},
		{args: []string{"(*sync.Mutex).lockSlow"}, stdout: []string{`: \(\*internal/sync\.Mutex\)\.lockSlow\n`, `^    lock\n.*runtime_SemacquireMutex$`}},
		{args: []string{"sync.Mutex.Lock", "--effect", "net"}, stdout: []string{`^    no effect: net$`}},
		{args: []string{"Index"}, code: 2, stderr: []string{`\Alagvet: "Index" may mean any of \d+ functions; name one of them more fully:\n    `, `^    strings\.Index$`}},
		{args: []string{"strings.Index", "--effect", "nett"}, code: 2, stderr: []string{`nett`}},
		{args: []string{"strings.Index", "--format", "sarif"}, code: 2, stderr: []string{`sarif`}},
		{args: nil, code: 2, stderr: []string{`\Alagvet: why takes the names of functions.*\n\z`}},
	}
	for _, tt := range tests {
		res := lagvet(t, dir, append([]string{"why"}, tt.args...)...)
		if res.code != tt.code {
			t.Errorf("why %q: exit code %d, want %d\n%s", tt.args, res.code, tt.code, res.stderr)
		}
		match(t, res.stdout, tt.stdout)
		match(t, res.stderr, tt.stderr)
	}
}

func TestOtherCommands(t *testing.T) {
	t.Parallel()
	tests := []struct {
		args   []string
		code   int
		stdout []string
		stderr []string
	}{
		{args: nil, stdout: []string{`^Available Commands:$`, `^  check  `}},
		{args: []string{"rules"}, stdout: []string{`\ARULE +GROUP +CLASS +SEVERITY +SINCE +TIER +FIX`, `^ctxless +deadlines and context +context lifecycle abuse +high +go1\.7 +proven +yes +lagvet`}},
		{args: []string{"rules", "x"}, code: 2, stderr: []string{`\Alagvet: rules takes no arguments\n\z`}},
		{args: []string{"explain", "hotdefer"}, stdout: []string{`\Ahotdefer: hot-path contracts · severity `, `^# How to mend$`, `docs/rules/hotdefer\.md\n\z`}},
		{args: []string{"explain", "directive"}, stdout: []string{`docs/directives\.md\n\z`}},
		{args: []string{"explain", "hotdefr"}, code: 2, stderr: []string{`\Alagvet: unknown rule "hotdefr" \(did you mean "hotdefer"\?\)\n\z`}},
		{args: []string{"explain"}, code: 2, stderr: []string{`\Alagvet: explain takes the name of one rule.*\n\z`}},
		{args: []string{"version"}, stdout: []string{`\Alagvet \S+.*built with go1\.\d+`}},
		{args: []string{"--version"}, stdout: []string{`\Alagvet \S+.*built with go1\.\d+`}},
		{args: []string{"completion", "bash"}, stdout: []string{`bash completion V2 for lagvet`}},
		{args: []string{"__complete", "check", "--format", ""}, stdout: []string{`\Atext\njson\nsarif\n`}},
		{args: []string{"__complete", "check", "--tier", ""}, stdout: []string{`^proven$`}},
		{args: []string{"__complete", "check", "--rule", ""}, stdout: []string{`^ctxless$`}},
		{args: []string{"__complete", "check", "--disable", ""}, stdout: []string{`^ctxless$`}},
		{args: []string{"__complete", "explain", ""}, stdout: []string{`^hotdefer$`}},
		{args: []string{"chek"}, code: 2, stderr: []string{`\Alagvet: unknown command "chek" \(did you mean "check"\?\)\n\z`}},
		{args: []string{"./..."}, code: 2, stderr: []string{`\Alagvet: "\./\.\.\." is no command: to check packages, run lagvet check \./\.\.\.\n\z`}},
		{args: []string{"check", "--help"}, stdout: []string{`--tier tier +lowest tier to show`}},
	}
	for _, tt := range tests {
		res := lagvet(t, ".", tt.args...)
		if res.code != tt.code {
			t.Errorf("lagvet %q: exit code %d, want %d\n%s", tt.args, res.code, tt.code, res.stderr)
		}
		match(t, res.stdout, tt.stdout)
		match(t, res.stderr, tt.stderr)
	}
}

func TestDocs(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	mine := filepath.Join(dir, "by-hand.md")
	write(t, mine, "# By hand\n")
	if res := lagvet(t, ".", "docs", dir); res.code != 0 {
		t.Fatalf("exit code %d: %s", res.code, res.stderr)
	}
	page := read(t, dir, "hotdefer.md")
	stale := filepath.Join(dir, "gone.md")
	write(t, stale, page)
	if res := lagvet(t, ".", "docs", dir); res.code != 0 {
		t.Fatalf("exit code %d: %s", res.code, res.stderr)
	}
	if _, err := os.Stat(stale); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the page of a rule that is no more is still there (%v)", err)
	}
	if read(t, mine) != "# By hand\n" || read(t, dir, "hotdefer.md") != page {
		t.Error("a second run changed something")
	}
}

func TestLongBuildFlags(t *testing.T) {
	tests := []struct{ in, want string }{
		{"check -tags=x ./...", "check --tags=x ./..."},
		{"check -mod vendor --tags x", "check --mod vendor --tags x"},
		{"check -C dir -race", "check -C dir --race"},
		{"check -o out -- -race", "check -o out -- -race"},
		{"check --race -tagsx", "check --race -tagsx"},
	}
	for _, tt := range tests {
		if got := strings.Join(longBuildFlags(strings.Fields(tt.in)), " "); got != tt.want {
			t.Errorf("%q became %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestColored(t *testing.T) {
	f, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for when, want := range map[string]bool{"always": true, "never": false, "auto": false} {
		if got, err := colored(when, f); got != want || err != nil {
			t.Errorf("%s: %v, error %v", when, got, err)
		}
	}
}
