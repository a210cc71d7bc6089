package report

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/lagvet/lagvet/cmd/internal/finding"
)

// githubShown is how many annotations of one kind (error, warning, notice) GitHub
// shows of a step; it drops the rest. It is _maxCountPerIssueType in
// src/Runner.Worker/ExecutionContext.cs of github.com/actions/runner.
const githubShown = 10

// The characters that workflow commands escape, in text and in properties:
// ActionCommand.cs in src/Runner.Common of github.com/actions/runner.
var (
	githubData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	githubProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// An annotation is one workflow command.
type annotation struct {
	kind       string // error, warning or notice
	start, end finding.Place
	title      string
	text       string
}

// GitHub writes r as workflow commands, which GitHub Actions shows beside the
// lines of a pull request, the most urgent first.
//
// The notice that says how many annotations GitHub leaves out stands before the
// other notices: the eleventh would not be shown.
func GitHub(w io.Writer, r *Report) error {
	g := &githubWriter{bufio.NewWriter(w), r, newSources()}
	kinds := make(map[string][]annotation)
	for _, a := range g.annotations() {
		kinds[a.kind] = append(kinds[a.kind], a)
	}
	g.commands(kinds["error"])
	g.commands(kinds["warning"])
	if n := unshown(len(kinds["error"]), len(kinds["warning"]), len(kinds["notice"])); n > 0 {
		g.command(annotation{kind: "notice", title: "lagvet", text: fmt.Sprintf(
			"%s not shown here: GitHub shows %d of a kind for each step. All of them are in the log of this step; --report summary=$GITHUB_STEP_SUMMARY lists them on the page of the run.",
			plural(n, "annotation is", "annotations are"), githubShown)})
	}
	g.commands(kinds["notice"])
	fmt.Fprintf(g, "lagvet: %s\n", githubData.Replace(r.verdict()))
	if s := r.UnknownHeat(); s != "" {
		fmt.Fprintf(g, "lagvet: %s\n", githubData.Replace(s))
	}
	if err := g.Flush(); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}

// unshown returns how many annotations GitHub leaves out. If it leaves out any,
// the notice that says so takes the place of one more.
func unshown(errors, warnings, notices int) int {
	n := max(0, errors-githubShown) + max(0, warnings-githubShown)
	if n > 0 || notices > githubShown {
		n += max(0, notices-(githubShown-1))
	}
	return n
}

type githubWriter struct {
	*bufio.Writer
	report  *Report
	sources *sources
}

// annotations returns what there is to say, the most urgent first.
func (g *githubWriter) annotations() []annotation {
	r := g.report
	var as []annotation
	for _, p := range r.Problems {
		as = append(as, annotation{kind: "error", start: p.Place, title: "lagvet: could not check", text: lines(p.Message, "mend", p.Remedy)})
	}
	for _, f := range ranked(r.Findings) {
		as = append(as, annotation{level(f.Severity), f.Start, f.End, "lagvet: " + label(f), f.Message + "\n" + r.details(f)})
	}
	for _, e := range r.prunable() {
		as = append(as, annotation{kind: "error", title: "lagvet: stale entry of the baseline", text: r.gone(e) + "\nmend: lagvet baseline prune"})
	}
	for _, n := range r.Notes {
		as = append(as, annotation{kind: "warning", start: n.Place, title: "lagvet", text: n.Message})
	}
	for i := range as {
		if as[i].kind == "note" { // in SARIF's words
			as[i].kind = "notice"
		}
	}
	return as
}

// lines returns text and, if there is one, a second line with its label.
func lines(text, label, second string) string {
	if second == "" {
		return text
	}
	return text + "\n" + label + ": " + second
}

// gone returns in one line what no longer occurs.
func (r *Report) gone(e Gone) string {
	at := ""
	if e.File != "" {
		file, _ := r.rooted(e.File)
		at = file + ": "
	}
	return at + e.Message + " (" + e.Rule + ")"
}

func (g *githubWriter) commands(as []annotation) {
	for _, a := range as {
		g.command(a)
	}
}

func (g *githubWriter) command(a annotation) {
	sep := " "
	property := func(name, value string) {
		fmt.Fprintf(g, "%s%s=%s", sep, name, githubProperty.Replace(value))
		sep = ","
	}
	fmt.Fprintf(g, "::%s", a.kind)
	if a.start.File != "" {
		file, _ := g.report.rooted(a.start.File)
		property("file", file)
		g.region(a, property)
	}
	property("title", a.title)
	fmt.Fprintf(g, "::%s\n", githubData.Replace(a.text))
}

// region writes the lines of an annotation, and its columns if it has one line:
// the runner takes columns for nothing else.
func (g *githubWriter) region(a annotation, property func(name, value string)) {
	if a.start.Line == 0 {
		return
	}
	property("line", strconv.Itoa(a.start.Line))
	if a.end.Line >= a.start.Line {
		property("endLine", strconv.Itoa(a.end.Line))
	}
	if a.start.Column == 0 || a.end.Line > a.start.Line {
		return
	}
	property("col", strconv.Itoa(g.sources.column(a.start.File, a.start.Line, a.start.Column)))
	if a.end.Line == a.start.Line && a.end.Column > a.start.Column {
		// The end of a finding is exclusive, that of an annotation is not.
		property("endColumn", strconv.Itoa(g.sources.column(a.start.File, a.end.Line, a.end.Column)-1))
	}
}
