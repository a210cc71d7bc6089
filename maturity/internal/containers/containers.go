package containers

import (
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/lagvet/lagvet/maturity/internal/ci/script"
	"github.com/lagvet/lagvet/maturity/internal/tree"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// An Image is what a stage is built from.
type Image struct {
	Name   string // "docker.io/library/golang" as it is written, without tag and digest
	Tag    string
	Digest string
	Given  bool // by an ARG, in whole or in part
	Open   bool // by an ARG without a value, in whole or in part: the build says
	verdict.Place
}

// A Setting is an environment variable that a stage has.
type Setting struct {
	Name, Value string
	verdict.Place
}

// A Command is a go command that a stage runs.
type Command struct {
	Argv []string // from "go" on; variables that are not known stay as "${NAME}"
	Env  []string // assignments before it
	verdict.Place
}

// A Stage is a build stage.
type Stage struct {
	File     string
	Name     string
	Image    Image // none if it is built from another stage
	Base     *Stage
	Settings []Setting // of its own ENV and ARG instructions
	Go       []Command
	By       []verdict.Place // programs that build Go by configurations of their own
	Aside    bool            // its file is an example's, a test's or a development container's
	Place    verdict.Place
}

// A Result is what a repository's Dockerfiles say.
type Result struct {
	Stages   []*Stage
	Problems []tree.Problem

	tree   *tree.Tree
	reader *script.Reader // of Makefiles
}

// Collect reads the Dockerfiles.
func Collect(t *tree.Tree) *Result {
	r := &Result{tree: t}
	for _, name := range t.Files() {
		if isDockerfile(path.Base(name)) && !tree.Foreign(name) {
			r.file(name)
		}
	}
	return r
}

// isDockerfile tells Dockerfiles by their names. Templates of them are none.
func isDockerfile(base string) bool {
	if base = strings.ToLower(base); !strings.Contains(base, "file") {
		return false
	}
	switch path.Ext(base) {
	case ".go", ".md", ".sh", ".yml", ".yaml", ".json", ".tmpl", ".tpl", ".template", ".j2", ".jinja", ".in", ".erb", ".txt",
		".dockerignore", ".containerignore", ".adoc", ".rst", ".py", ".js", ".ts", ".html", ".golden":
		return false
	}
	return strings.HasPrefix(base, "dockerfile") || strings.HasPrefix(base, "containerfile") ||
		strings.HasSuffix(base, "dockerfile") || strings.HasSuffix(base, "containerfile")
}

// aside reports whether a Dockerfile is by its name not what is shipped.
func aside(name string) bool {
	for _, d := range strings.FieldsFunc(strings.ToLower(name), func(c rune) bool { return strings.ContainsRune("/._-", c) }) {
		switch d {
		case "example", "examples", "sample", "samples", "demo", "test", "tests", "testing", "e2e", "integration", "contrib",
			"hack", "docs", "doc", "website", "fuzz", "fuzzing", "dev", "debug", "devcontainer", "circleci",
			"benchmark", "benchmarks", "bench", "tools", "interop":
			return true
		}
	}
	return strings.HasSuffix(path.Dir(strings.ToLower(name)), "test")
}

func (r *Result) problem(name string, line int, why string) {
	r.Problems = append(r.Problems, tree.Problem{Place: verdict.Place{File: name, Line: line, Text: why}})
}

// A builder follows the instructions of one file.
type builder struct {
	*Result
	name   string
	global map[string]arg // ARGs before the first FROM
	stages map[string]*Stage
	own    []*Stage // of this file
	stage  *Stage
	vars   map[string]arg
	shell  bool // RUN is read by a shell like sh
}

// An arg is the value of a variable.
type arg struct {
	value string
	set   bool // it has a value here
}

func (r *Result) file(name string) {
	data, err := r.tree.Read(name)
	if err != nil {
		r.problem(name, 0, err.Error())
		return
	}
	all, faults, windows := parse(string(data))
	for _, f := range faults {
		r.problem(name, f.line, f.why)
	}
	b := &builder{Result: r, name: name, global: make(map[string]arg), stages: make(map[string]*Stage)}
	for _, in := range all {
		switch in.name {
		case "FROM":
			if len(b.own) == maxStages {
				b.problem(name, in.line, fmt.Sprintf("it has more than %d stages", maxStages))
				return
			}
			b.from(in)
			b.shell = b.stage != nil && !windows && !strings.Contains(strings.ToLower(path.Base(b.name)+b.stage.root().Name), "windows")
		case "ARG":
			b.arg(in)
		case "ENV":
			b.env(in)
		case "SHELL":
			b.shell = strings.Contains(in.args, "sh\"") && !strings.Contains(in.args, "powershell") && !strings.Contains(in.args, "pwsh")
		case "RUN":
			if b.stage != nil && b.shell {
				b.run(in)
			}
		}
	}
}

func (b *builder) place(in instruction) verdict.Place {
	return verdict.Place{File: b.name, Line: in.line, Text: in.name + " " + strings.TrimSpace(in.args)}
}

func (b *builder) from(in instruction) {
	words := split(in.args)
	if len(words) == 0 {
		b.problem(b.name, in.line, "FROM names no image")
		return
	}
	s := &Stage{File: b.name, Aside: aside(b.name), Place: b.place(in)}
	if len(words) >= 3 && strings.EqualFold(words[1], "as") {
		s.Name = words[2]
	}
	b.vars = make(map[string]arg)
	ref := expand(words[0], b.lookup(b.global))
	if base := b.earlier(ref); base != nil {
		s.Base = base
		for at := base; at != nil; at = at.Base {
			for _, e := range at.Settings {
				if _, ok := b.vars[e.Name]; !ok {
					b.vars[e.Name] = arg{e.Value, true}
				}
			}
		}
	} else {
		s.Image = image(ref)
		s.Image.Given = strings.Contains(words[0], "$")
		s.Image.Place = s.Place
		if s.Image.Given && s.Image.Place.Text != "FROM "+ref {
			s.Image.Place.Text += ", which is " + ref
		}
	}
	b.stage = s
	b.own = append(b.own, s)
	b.Stages = append(b.Stages, s)
	if s.Name != "" {
		b.stages[strings.ToLower(s.Name)] = s
	}
}

// earlier is the stage that a reference names: one of them if it names several, as
// "build-${TARGETOS}" does.
func (b *builder) earlier(ref string) *Stage {
	if s := b.stages[strings.ToLower(ref)]; s != nil || !strings.Contains(ref, "$") || strings.HasPrefix(ref, "$") {
		return s
	}
	prefix := strings.ToLower(ref[:strings.IndexByte(ref, '$')])
	for _, s := range b.own {
		if s.Name != "" && strings.HasPrefix(strings.ToLower(s.Name), prefix) {
			return s
		}
	}
	return nil
}

// image cuts a reference into its parts.
func image(ref string) Image {
	var i Image
	i.Open = strings.Contains(ref, "$")
	ref, i.Digest, _ = strings.Cut(ref, "@")
	i.Name = ref
	if at := strings.LastIndexByte(ref, ':'); at > strings.LastIndexByte(ref, '/') {
		i.Name, i.Tag = ref[:at], ref[at+1:]
	}
	return i
}

func (b *builder) lookup(vars map[string]arg) func(string) (string, bool) {
	return func(name string) (string, bool) {
		v, ok := vars[name]
		return v.value, ok && v.set
	}
}

func (b *builder) arg(in instruction) {
	for _, w := range split(in.args) {
		name, value, set := strings.Cut(w, "=")
		if b.stage == nil {
			b.global[name] = arg{expand(value, b.lookup(b.global)), set}
			continue
		}
		v := arg{expand(value, b.lookup(b.vars)), set}
		if !set {
			v = b.global[name]
		}
		b.vars[name] = v
		b.stage.Settings = append(b.stage.Settings, Setting{name, v.value, b.place(in)})
	}
}

func (b *builder) env(in instruction) {
	if b.stage == nil {
		return
	}
	for _, a := range assignments(in.args) {
		value := expand(a[1], b.lookup(b.vars))
		b.vars[a[0]] = arg{value, true}
		b.stage.Settings = append(b.stage.Settings, Setting{a[0], value, b.place(in)})
	}
}

func (b *builder) run(in instruction) {
	if strings.HasPrefix(strings.TrimSpace(in.args), "[") {
		var argv []string
		if json.Unmarshal([]byte(in.args), &argv) == nil {
			b.command(argv, nil, b.place(in))
			return
		}
	}
	if len(in.bodies) > 0 && strings.HasPrefix(strings.TrimSpace(in.args), "<<") {
		for _, d := range in.bodies {
			b.script(d.text, d.line)
		}
		return
	}
	text := []string{in.shell}
	for _, d := range in.bodies {
		text = append(text, d.text, d.end)
	}
	b.script(strings.Join(text, "\n"), in.line+in.offset)
}

// maxScript is the size in bytes above which a script is not read: the shell's parser
// recurs as deep as commands are nested.
const maxScript = 64 << 10

// script finds the go commands in what a shell reads.
func (b *builder) script(text string, line int) {
	if len(text) > maxScript {
		b.problem(b.name, line, fmt.Sprintf("a script is larger than %d KiB", maxScript>>10))
		return
	}
	f, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(text), b.name)
	if err != nil {
		b.problem(b.name, line, "the shell cannot read it: "+err.Error())
		return
	}
	syntax.Walk(f, func(n syntax.Node) bool {
		call, ok := n.(*syntax.CallExpr)
		if !ok {
			return true
		}
		var argv, env []string
		for _, w := range call.Args {
			argv = append(argv, b.text(w))
		}
		for _, a := range call.Assigns {
			if a.Name != nil && a.Value != nil {
				env = append(env, a.Name.Value+"="+b.text(a.Value))
			}
		}
		at := line + int(call.Pos().Line()) - 1
		b.command(argv, env, verdict.Place{File: b.name, Line: at, Text: strings.Join(append(env, argv...), " ")})
		return true
	})
}

// command keeps a go command: with programs before it that run others, by a Makefile, and
// xx-go, which is go for another platform.
func (b *builder) command(argv, env []string, place verdict.Place) {
	for i, w := range argv {
		base := path.Base(w)
		if (base == "go" || base == "xx-go") && i+1 < len(argv) {
			b.stage.Go = append(b.stage.Go, Command{append([]string{"go"}, argv[i+1:]...), env, place})
			return
		}
		switch {
		case base == "make" || base == "gmake":
			b.make(argv[i:], env, place)
			return
		case isBuilder(base):
			b.stage.By = append(b.stage.By, place)
			return
		}
		if strings.Contains(w, "=") && i > 0 {
			env = append(env, w) // env A=b go build
			continue
		}
		if !slices.Contains([]string{"env", "exec", "time", "nice", "xx-env", "xtrace"}, base) {
			return
		}
	}
}

// text is what a word of the shell comes to.
func (b *builder) text(w *syntax.Word) string {
	var s strings.Builder
	b.parts(&s, w.Parts)
	return expand(s.String(), b.lookup(b.vars))
}

func (b *builder) parts(s *strings.Builder, parts []syntax.WordPart) {
	for _, p := range parts {
		switch p := p.(type) {
		case *syntax.Lit:
			s.WriteString(strings.ReplaceAll(p.Value, "\\\n", ""))
		case *syntax.SglQuoted:
			s.WriteString(p.Value)
		case *syntax.DblQuoted:
			b.parts(s, p.Parts)
		default:
			var out strings.Builder
			if syntax.NewPrinter(syntax.SingleLine(true)).Print(&out, p) == nil {
				s.WriteString(out.String())
			}
		}
	}
}

// shipped are the stages of files that are not aside.
func (r *Result) shipped() []*Stage {
	var all []*Stage
	for _, s := range r.Stages {
		if !s.Aside {
			all = append(all, s)
		}
	}
	return all
}

// get is the value of a variable in a stage or those that it is built from.
func (s *Stage) get(name string) (Setting, bool) {
	for at := s; at != nil; at = at.Base {
		for _, e := range slices.Backward(at.Settings) {
			if e.Name == name {
				return e, true
			}
		}
	}
	return Setting{}, false
}

// root is the image that a stage is built from in the end.
func (s *Stage) root() Image {
	for s.Base != nil {
		s = s.Base
	}
	return s.Image
}
