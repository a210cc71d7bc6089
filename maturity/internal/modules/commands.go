package modules

import (
	"go/build/constraint"
	"go/parser"
	"go/token"
	"path"
	"slices"
	"strings"

	"golang.org/x/mod/semver"

	"github.com/lagvet/lagvet/analyzers/pattern"
	"github.com/lagvet/lagvet/maturity/internal/tree"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// A command is a line of a build file that runs the go command, or tells it how to
// treat go.mod.
type command struct {
	kind  kind
	query string // "PATH@VERSION" of what is installed, or the value of -mod
	verdict.Place
}

type kind int

const (
	install kind = iota // go install or go run, of a given version
	modFlag             // -mod=… of builds
)

// isBuildFile reports whether a file is one where commands stand that build.
func isBuildFile(name string) bool {
	base := path.Base(name)
	switch base {
	case "Makefile", "makefile", "GNUmakefile", "Dockerfile", "Containerfile", "justfile", "Justfile", "Taskfile.yml", "Taskfile.yaml", "go.env",
		".gitlab-ci.yml", "Jenkinsfile", ".travis.yml", ".goreleaser.yml", ".goreleaser.yaml":
		return true
	}
	switch path.Ext(base) {
	case ".mk", ".sh", ".bash", ".dockerfile":
		return true
	case ".yml", ".yaml":
		return strings.HasPrefix(base, "azure-pipelines") || slices.ContainsFunc([]string{".github/workflows/", ".github/actions/", ".gitlab/", ".circleci/", ".buildkite/"},
			func(dir string) bool { return strings.HasPrefix(name, dir) })
	}
	return strings.HasPrefix(base, "Dockerfile.") || strings.HasPrefix(base, "Makefile.")
}

// theGo is the go command, or a variable that stands for it: "$(GO)", "${GO_CMD}".
const theGo = `(?:\bgo|\$[({]?GO(?:_?CMD|_?BIN)?)`

var (
	installed  = pattern.New(theGo + `["')}]*\s+(?:install|run)\s(?:[^;&|]*?\s)?["']?([\w.~/-]+\.[\w.~/-]+@[^\s"';&|)]+)`)
	modValue   = pattern.New(`-mod[ =](mod|readonly|vendor)\b`)
	builds     = pattern.New(theGo + `["')}]*\s+(?:build|test)\b`)
	goflags    = pattern.New(`\bGOFLAGS["']?\s*(?:[:?+]?=|:|\s)`)
	runsGo     = pattern.New(theGo + `["')}]*\s+[a-z]`)
	printed    = pattern.New(`^[@-]*\s*(?:echo|printf|error|warn|log)\b|\$\((?:error|warning|info)`)
	assigned   = pattern.New(`^\s*(?:export\s+|ARG\s+|ENV\s+)?([A-Za-z_]\w*)\s*[:?]?=\s*["']?([\w.+-]+)`)
	dereferred = pattern.New(`\$[({]?([A-Za-z_]\w*)[)}]?`)
)

// scan reads the build files' lines. It knows no shell: a line that says how tools
// are installed does so wherever it stands in a script.
func (r *Result) scan() {
	for _, name := range r.tree.Files() {
		if !isBuildFile(name) || tree.Foreign(name) {
			continue
		}
		data, ok := r.read(name)
		if !ok {
			continue
		}
		r.scanText(name, string(data))
	}
}

// A lines is a line of a file, with those that a backslash joins to it.
type lines struct {
	text   string
	starts []int // where each line begins in it
	first  int   // the number of the first
}

// at is the number of the line that holds an offset.
func (l lines) at(offset int) int {
	n := l.first
	for _, s := range l.starts[1:] {
		if s > offset {
			break
		}
		n++
	}
	return n
}

func (r *Result) scanText(name, text string) {
	vars := make(map[string]string)
	var l lines
	var joined strings.Builder
	n := 0
	flush := func() {
		if l.starts != nil {
			l.text = joined.String()
			r.scanLine(name, l, vars)
		}
		joined.Reset()
		l = lines{}
	}
	for line := range strings.Lines(text) {
		n++
		if l.starts == nil {
			l.first = n
		}
		l.starts = append(l.starts, joined.Len())
		cut, more := strings.CutSuffix(strings.TrimRight(line, "\r\n"), "\\")
		joined.WriteString(cut + " ")
		if !more {
			flush()
		}
	}
	flush()
}

func (r *Result) scanLine(name string, l lines, vars map[string]string) {
	text := strings.TrimSpace(l.text)
	if m := assigned.FindStringSubmatch(text); m != nil {
		vars[m[1]] = m[2]
	}
	if strings.HasPrefix(text, "#") || printed.MatchString(text) {
		return
	}
	place := func(m []int) verdict.Place {
		return verdict.Place{File: name, Line: l.at(m[0]), Text: strings.Join(strings.Fields(l.text[m[0]:m[1]]), " ")}
	}
	for _, m := range installed.Regexp().FindAllStringSubmatchIndex(l.text, -1) {
		query := dereferred.Regexp().ReplaceAllStringFunc(l.text[m[2]:m[3]], func(v string) string {
			if value, ok := vars[dereferred.FindStringSubmatch(v)[1]]; ok {
				return value
			}
			return v
		})
		r.commands = append(r.commands, command{install, query, place(m)})
	}
	if m := modValue.Regexp().FindStringSubmatchIndex(l.text); m != nil && !strings.Contains(l.text, "-modfile") && (builds.MatchString(text) || goflags.MatchString(text) && !runsGo.MatchString(text)) {
		p := place(m)
		p.Text = shorten(strings.Join(strings.Fields(text), " "))
		r.commands = append(r.commands, command{modFlag, l.text[m[2]:m[3]], p})
	}
}

// shorten cuts a long line.
func shorten(s string) string {
	const enough = 120
	if len(s) <= enough {
		return s
	}
	return strings.ToValidUTF8(s[:enough], "") + "…"
}

// toolsFiles finds the files that pin tools by importing them under a build
// constraint that never holds.
func (r *Result) toolsFiles() {
	for _, name := range r.tree.Files() {
		if base := path.Base(name); base != "tools.go" && base != "tool.go" && (path.Ext(base) != ".go" || path.Base(path.Dir(name)) != "tools") || overlooked(name) {
			continue
		}
		data, err := r.tree.Read(name)
		if err != nil {
			continue // it would only be one more proof
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, data, parser.ImportsOnly|parser.ParseComments)
		if err != nil || len(f.Imports) == 0 {
			continue
		}
		for _, g := range f.Comments {
			for _, c := range g.List {
				x, err := constraint.Parse(c.Text)
				if err == nil && g.Pos() < f.Package && x.Eval(func(tag string) bool { return strings.HasPrefix(tag, "tool") }) && !x.Eval(func(string) bool { return false }) {
					r.tools = append(r.tools, verdict.Place{File: name, Line: strings.Count(string(data[:c.Pos()-1]), "\n") + 1, Text: c.Text})
				}
			}
		}
	}
}

// ToolsPinned checks that the tools that the go command installs are of a given
// version: by a tool line of go.mod, a tools.go, or "go install PATH@v1.2.3" in build
// files, and by none as "@latest". loose are places where the caller saw a tool of no
// fixed version.
func (r *Result) ToolsPinned(loose ...verdict.Place) verdict.Result {
	if v, ok := r.missing(); !ok {
		return v
	}
	bad := slices.Clone(loose)
	var good []verdict.Place
	for _, m := range r.Modules {
		for _, t := range m.File.Tool {
			good = append(good, at(m.name, t.Syntax))
		}
	}
	good = append(good, r.tools...)
	for _, c := range r.commands {
		if c.kind != install {
			continue
		}
		if pinned(c.query) {
			good = append(good, c.Place)
		} else {
			bad = append(bad, c.Place)
		}
	}
	if len(bad) == 0 && len(good) == 0 {
		if v, ok := r.unread(); ok {
			return v
		}
		return verdict.Needless("no tool is installed by the go command")
	}
	return r.judge(bad, nil, good,
		"tools are installed in whatever version is the newest that day", "",
		"tools that builds use are pinned")
}

// pinned reports whether PATH@VERSION names one version: a whole one, a commit, or a
// variable, which something sets.
func pinned(query string) bool {
	_, v, _ := strings.Cut(query, "@")
	switch {
	case strings.Contains(v, "$"):
		return true
	case semver.IsValid(v):
		return semver.Canonical(v) == strings.TrimSuffix(v, semver.Build(v)) // not v1 or v1.2
	}
	return commit.MatchString(v) || dated.MatchString(v)
}

var commit = pattern.New(`^[0-9a-f]{7,40}$`)

// dated matches tags by the year, as those of staticcheck: "2026.1".
var dated = pattern.New(`^20\d\d\.\d+(?:\.\d+)?$`)

// BuildFlags checks that builds do not change go.mod: from Go 1.16 on they do not by
// themselves (-mod=readonly, or -mod=vendor where there is a vendor directory), unless
// a build file says -mod=mod.
func (r *Result) BuildFlags() verdict.Result {
	if v, ok := r.missing(); !ok {
		return v
	}
	var bad, good []verdict.Place
	for _, c := range r.commands {
		switch {
		case c.kind != modFlag:
		case c.query == "mod":
			bad = append(bad, c.Place)
		default:
			good = append(good, c.Place)
		}
	}
	said := "builds are told by -mod not to change go.mod"
	if len(good) == 0 {
		said = "builds do not change go.mod, which is the default from Go 1.16 on"
	}
	for _, m := range r.shipped() {
		if m.vendor != nil {
			said = "builds are from the vendor directory"
			good = append(good, verdict.Place{File: m.vendor.name, Line: 1, Text: "vendored modules of " + m.Path()})
			continue
		}
		g := m.File.Go
		switch {
		case g == nil:
			bad = append(bad, m.head("no go line, so that old releases of Go may build, which change go.mod"))
		case old(g.Version, 16) && !explicit(r.commands):
			bad = append(bad, at(m.name, g.Syntax))
		default:
			good = append(good, at(m.name, g.Syntax))
		}
	}
	failed := "builds may change go.mod: nothing says -mod=readonly, and Go before 1.16 may build"
	if slices.ContainsFunc(r.commands, func(c command) bool { return c.kind == modFlag && c.query == "mod" }) {
		failed = "builds may change go.mod: they are told -mod=mod"
	}
	return r.judge(bad, nil, good, failed, "", said)
}

func explicit(commands []command) bool {
	return slices.ContainsFunc(commands, func(c command) bool { return c.kind == modFlag && c.query != "mod" })
}
