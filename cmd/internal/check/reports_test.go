package check

import (
	"encoding/json"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/lagvet/lagvet/cmd/internal/engine"
	"github.com/lagvet/lagvet/cmd/internal/finding"
	"github.com/lagvet/lagvet/cmd/internal/report"
)

// starts says how the report of each format begins.
var starts = map[string]string{
	"text":        "",
	"json":        "{\n",
	"sarif":       "{\n",
	"github":      "::error file=",
	"markdown":    "### lagvet: ",
	"codequality": "[\n",
	"junit":       "<?xml ",
	"html":        "<!doctype html>",
	"summary":     "### lagvet: ",
}

func TestReports(t *testing.T) {
	if got, want := slices.Sorted(slices.Values(ReportFormats())), slices.Sorted(maps.Keys(starts)); !slices.Equal(got, want) {
		t.Fatalf("formats %q, want %q", got, want)
	}
	dir := module(t, map[string]string{"a.go": "package m\n"})
	o := Options{}
	for format := range starts {
		o.Reports = append(o.Reports, format+"="+format+" file")
	}
	got := execute(t, dir, o, &engine.Result{Findings: []finding.Finding{at(dir, "a.go", 1)}, Packages: 1})
	if got.err != nil || got.code != report.Found {
		t.Fatalf("exit code %d, %v", got.code, got.err)
	}
	if !strings.Contains(got.stdout, "1 finding in 1 of 1 package") {
		t.Errorf("standard output:\n%s", got.stdout)
	}
	for format, start := range starts {
		data, err := os.ReadFile(filepath.Join(dir, format+" file"))
		if err != nil {
			t.Error(err)
			continue
		}
		if !strings.HasPrefix(string(data), start) || !strings.Contains(string(data), "message") {
			t.Errorf("%s is no report:\n%s", format, data)
		}
	}
	leftovers(t, dir, 2+len(starts))
}

func TestReportsAreDocumented(t *testing.T) {
	data, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "reports.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, format := range ReportFormats() {
		row := regexp.MustCompile("(?m)^\\| \\[?`" + format + "`")
		if !row.Match(data) {
			t.Errorf("docs/reports.md has no row for %s", format)
		}
	}
}

// leftovers fails if there are not n files in dir: one more is half a report.
func leftovers(t *testing.T, dir string, n int) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != n {
		t.Errorf("%d files in %v, want %d", len(entries), entries, n)
	}
}

func TestReportsToStdout(t *testing.T) {
	dir := module(t, map[string]string{})
	got := execute(t, dir, Options{Reports: []string{"github=-", "markdown=-"}}, &engine.Result{Findings: []finding.Finding{at(dir, "a.go", 1)}, Packages: 1})
	text, rest, _ := strings.Cut(got.stdout, "::error")
	_, markdown, ok := strings.Cut(rest, "\n### lagvet: 1 finding")
	if got.err != nil || !strings.Contains(text, "a.go:1:1: message") || !ok || markdown == "" {
		t.Errorf("%v\n%s", got.err, got.stdout)
	}
	got = execute(t, dir, Options{Output: "report.txt", Reports: []string{"json=-"}}, &engine.Result{Packages: 1})
	if got.err != nil || !json.Valid([]byte(got.stdout)) {
		t.Errorf("%v\n%s", got.err, got.stdout)
	}
}

func TestReportsRefused(t *testing.T) {
	tests := []struct {
		options Options
		want    string
	}{
		{Options{Reports: []string{"json"}}, "--report json: write it as FORMAT=FILE, with - for standard output"},
		{Options{Reports: []string{"jsno=x"}}, `--report is "jsno", and must be text, json, sarif, github, markdown, codequality, junit, html or summary`},
		{Options{Reports: []string{"json="}}, "--report json= names no file"},
		{Options{Reports: []string{"summary="}}, "--report summary= names no file: GITHUB_STEP_SUMMARY is set in a step of GitHub Actions only"},
		{Options{Reports: []string{"summary=-"}}, "--report summary=-: a summary is added to a file; for standard output, --report markdown=-"},
		{Options{Reports: []string{"json=x", "sarif=./x"}}, "--report sarif=./x: another report goes there already"},
		{Options{Output: "x", Reports: []string{"json=x"}}, "--report json=x: another report goes there already"},
		{Options{Reports: []string{"json=-"}}, "text and json go to standard output, and json must be alone there: give one of them a file"},
		{Options{Format: "sarif", Reports: []string{"github=-"}}, "sarif and github go to standard output, and sarif must be alone there: give one of them a file"},
		{Options{Output: "x", Reports: []string{"html=-", "junit=-"}}, "html and junit go to standard output, and html must be alone there: give one of them a file"},
		{Options{Diff: true, Reports: []string{"html=x"}}, "--diff prints a diff, so it cannot write --report html=x too"},
		{Options{Format: "summary"}, `--format is "summary", and must be text, json, sarif, github, markdown, codequality, junit or html`},
	}
	for _, tt := range tests {
		dir := module(t, map[string]string{})
		got := execute(t, dir, tt.options)
		if got.err == nil || got.err.Error() != tt.want {
			t.Errorf("%+v: %v\nwant %s", tt.options.Reports, got.err, tt.want)
		}
		if len(got.asked) > 0 {
			t.Errorf("%v: the packages were checked first", tt.options.Reports)
		}
		leftovers(t, dir, 1)
	}
}

// One report that cannot be written keeps none of the others from it, and the run
// does not pass.
func TestReportsWrittenAlthoughOneFails(t *testing.T) {
	dir := module(t, map[string]string{"old": "old"})
	o := Options{Reports: []string{"json=a.json", "sarif=no/such/folder/b", "html=c.html", "junit=.", "summary=no/such/folder/d"}}
	got := execute(t, dir, o, &engine.Result{Packages: 1})
	if got.err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"--report sarif: writing the report: ", "--report junit: writing the report: ", "--report summary: writing the summary: "} {
		if !strings.Contains(got.err.Error(), want) {
			t.Errorf("not said: %s\n%v", want, got.err)
		}
	}
	if strings.Count(got.err.Error(), "--report") != 3 || !strings.Contains(got.stdout, "no findings") {
		t.Errorf("%v\n%s", got.err, got.stdout)
	}
	for _, name := range []string{"a.json", "c.html"} {
		if data, err := os.ReadFile(filepath.Join(dir, name)); err != nil || len(data) == 0 {
			t.Errorf("%s: %v, %d bytes", name, err, len(data))
		}
	}
	leftovers(t, dir, 4)
}

// failing is standard output that takes nothing.
type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("no room") }

func TestReportsWrittenAlthoughStdoutFails(t *testing.T) {
	dir := t.TempDir()
	err := Print(&report.Report{Root: dir}, Options{Dir: dir, Format: "text", Reports: []string{"json=a.json"}}, Streams{Out: failing{}, Err: failing{}})
	if err == nil || !strings.Contains(err.Error(), "no room") {
		t.Errorf("%v", err)
	}
	if data, err := os.ReadFile(filepath.Join(dir, "a.json")); err != nil || !json.Valid(data) {
		t.Errorf("%v: %s", err, data)
	}
}

func TestSummaryIsAdded(t *testing.T) {
	dir := module(t, map[string]string{"summary": "# before\n"})
	o := Options{Reports: []string{"summary=summary"}}
	for range 2 {
		if got := execute(t, dir, o, &engine.Result{Packages: 1}); got.err != nil {
			t.Fatal(got.err)
		}
	}
	data, err := os.ReadFile(filepath.Join(dir, "summary"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(data), "# before\n### lagvet: ") || strings.Count(string(data), "### lagvet: no findings") != 2 {
		t.Errorf("%s", data)
	}
}

// The room is that of all steps that write to the file.
func TestSummaryFits(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "summary")
	r := &report.Report{Root: dir, HotKnown: true}
	for i := range 10000 {
		f := at(dir, "a.go", i+1)
		f.Message = strings.Repeat("word ", 30)
		r.Findings = append(r.Findings, f)
	}
	o := Options{Dir: dir, Format: "json", Output: "a.json", Reports: []string{"summary=summary"}}
	for _, before := range []int{0, 500_000} {
		if err := os.WriteFile(path, []byte(strings.Repeat("x", before)), 0o666); err != nil {
			t.Fatal(err)
		}
		if err := Print(r, o, Streams{}); err == nil {
			fi, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			if fi.Size() > report.SummaryLimit || fi.Size() < report.SummaryLimit*9/10 {
				t.Errorf("%d bytes after %d", fi.Size(), before)
			}
		} else {
			t.Error(err)
		}
	}
	if err := os.WriteFile(path, []byte(strings.Repeat("x", report.SummaryLimit-100)), 0o666); err != nil {
		t.Fatal(err)
	}
	err := Print(r, o, Streams{})
	if err == nil || !strings.Contains(err.Error(), "GitHub shows no more than 1048576") {
		t.Errorf("%v", err)
	}
	if fi, err := os.Stat(path); err != nil || fi.Size() != report.SummaryLimit-100 {
		t.Errorf("%v: %d bytes", err, fi.Size())
	}
}

func TestLinks(t *testing.T) {
	root, elsewhere := t.TempDir(), t.TempDir()
	hub := map[string]string{"GITHUB_SERVER_URL": "https://github.example", "GITHUB_REPOSITORY": "o/r", "GITHUB_SHA": "1a2b", "GITHUB_WORKSPACE": root}
	lab := map[string]string{"CI_PROJECT_URL": "https://gitlab.example/o/r", "CI_COMMIT_SHA": "1a2b", "CI_PROJECT_DIR": root}
	with := func(env map[string]string, name, value string) map[string]string {
		env = maps.Clone(env)
		env[name] = value
		return env
	}
	tests := []struct {
		env  map[string]string
		want string
	}{
		{nil, ""},
		{hub, "https://github.example/o/r/blob/1a2b"},
		{lab, "https://gitlab.example/o/r/-/blob/1a2b"},
		{with(hub, "GITHUB_SHA", ""), ""},
		{with(hub, "GITHUB_WORKSPACE", elsewhere), ""},
		{with(lab, "CI_PROJECT_DIR", ""), ""},
	}
	for _, tt := range tests {
		if got := linksOf(root, func(name string) string { return tt.env[name] }); got != tt.want {
			t.Errorf("%v: %q, want %q", tt.env, got, tt.want)
		}
	}
}
