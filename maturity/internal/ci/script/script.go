package script

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/lagvet/lagvet/maturity/internal/tree"
	"github.com/lagvet/lagvet/maturity/verdict"
)

// A Command is one that a script runs.
type Command struct {
	verdict.Place                 // where it stands; Text is its words
	Argv          []string        // what could not be resolved stands as it is written
	Open          []string        // those parts
	Env           Vars            // what is set for it
	Dir           string          // relative to the repository's root; "" if it is not known
	Via           []verdict.Place // what ran it, the outermost first

	Lost   string // why its failure stops nothing; empty if the script fails with it
	If     string // what decides whether it runs, where that is not known
	Checks bool   // the script fails if it prints something
	Unread string // why what it runs could not be looked into; empty for programs
	Any    bool   // what it runs may be of any kind, whatever it is called
}

// Vars are variables by name.
type Vars map[string]string

// A Script is a text for the shell.
type Script struct {
	Text string
	File string // the file that holds it
	Line int    // of its first line, from 1
	Dir  string // where it runs, relative to the repository's root
	Env  Vars
	Args []string // $1 and so on
	Name string   // $0; empty for a text that is no file

	Errexit  bool // as of set -e
	Pipefail bool
	// More are texts that follow in the same shell.
	More []Text

	Lost string // why the failure of all of it stops nothing
	If   string // what decides whether it runs
	Via  []verdict.Place
}

// A Text is part of a script, with where it stands.
type Text struct {
	Text, File string
	Line       int // of its first line, from 1
}

// Limits, so that reading ends whatever a repository holds.
const (
	maxSteps    = 4_000_000
	scriptSteps = 400_000 // for one script: the longest of those tried, in minio, needs more than 200,000
	maxDepth    = 40
)

// A Reader follows scripts of a tree. It must not be used by several goroutines.
type Reader struct {
	t     *tree.Tree
	opens []string // what stands behind the marks, by number
	ids   map[string]int
	steps int
	limit int

	parsed    map[string]parsed
	makefiles map[string]*makefile
	held      map[question]bool
	walked    map[string][]Command

	// Problems are the scripts that cannot be parsed.
	Problems []tree.Problem
}

type parsed struct {
	file *syntax.File
	err  error
}

// NewReader returns a reader of the scripts of t.
func NewReader(t *tree.Tree) *Reader {
	return &Reader{t: t, ids: make(map[string]int), parsed: make(map[string]parsed), makefiles: make(map[string]*makefile), held: make(map[question]bool), walked: make(map[string][]Command)}
}

// What is dear counts for more steps than looking at a word.
const (
	stepCommand = 20
	stepProcess = 100
)

// Exhausted reports whether reading ended for there was too much in all.
func (r *Reader) Exhausted() bool { return r.steps > maxSteps }

// stopped reports whether reading a script ended for there was too much.
func (r *Reader) stopped() bool { return r.steps > r.limit }

// Shell returns the commands that a script runs, in the order of their places.
func (r *Reader) Shell(sc Script) []Command {
	// A step is the same at most of the moments at which it runs.
	key := fmt.Sprintf("%q", []any{sc, keyOf(sc.Env)})
	if cmds, ok := r.walked[key]; ok {
		return cmds
	}
	cmds := r.walk(sc)
	r.walked[key] = cmds
	return cmds
}

func (r *Reader) walk(sc Script) []Command {
	var out []Command
	s := &shell{
		r: r, out: &out, file: sc.File, line: sc.Line, via: sc.Via, dir: sc.Dir, args: sc.Args, name: sc.Name,
		vars: maps.Clone(sc.Env), exported: make(map[string]bool), funcs: make(map[string]*function),
		errexit: sc.Errexit, pipefail: sc.Pipefail, outer: sc.Lost, cond: sc.If,
	}
	if s.vars == nil {
		s.vars = make(Vars)
	}
	for name := range s.vars {
		s.exported[name] = true
	}
	r.limit = min(r.steps+scriptSteps, maxSteps)
	s.text(sc.Text)
	for _, t := range sc.More {
		s.file, s.line = t.File, t.Line
		s.text(t.Text)
	}
	if r.stopped() {
		c := Command{Place: verdict.Place{File: sc.File, Line: sc.Line, Text: "script"}, Argv: []string{short(sc.Text)}, Lost: sc.Lost, If: sc.If,
			Dir: sc.Dir, Via: sc.Via, Unread: "runs more than is followed here", Any: true}
		c.Argv[0], c.Open = r.Show(c.Argv[0])
		out = append(out, c)
	}
	return out
}

// Marks stand in texts for what is not known: a private character, a number, and
// another private character, which neither the shell nor make treats as special.
const (
	markStart = "\uE000"
	markEnd   = "\uE001"
	// rootDir stands for the absolute path of the repository.
	rootDir = "/\uE002"
)

// Mark returns text to put in a script where a value is not known, which is written
// as src.
func (r *Reader) Mark(src string) string {
	id, ok := r.ids[src]
	if !ok {
		id = len(r.opens)
		r.ids[src] = id
		r.opens = append(r.opens, src)
	}
	return markStart + strconv.Itoa(id) + markEnd
}

// open reports whether s holds something that is not known.
func open(s string) bool { return strings.Contains(s, markStart) }

// Show returns s with marks as they were written, and what these are.
func (r *Reader) Show(s string) (text string, opens []string) {
	if !open(s) {
		return strings.ReplaceAll(s, rootDir, "."), nil
	}
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(s, markStart)
		b.WriteString(before)
		if !ok {
			break
		}
		num, after, ok := strings.Cut(rest, markEnd)
		id, err := strconv.Atoi(num)
		if !ok || err != nil || id < 0 || id >= len(r.opens) {
			// Cut apart by an expansion such as ${x#y}.
			opens = append(opens, "?")
			s = rest
			continue
		}
		src := r.opens[id]
		if open(src) {
			src, _ = r.Show(src)
		}
		b.WriteString(src)
		opens = append(opens, src)
		s = after
	}
	return strings.NewReplacer(rootDir, ".", markEnd, "").Replace(b.String()), opens
}

// envRoot are the variables by which hosts name the directory of the repository.
var envRoot = []string{"GITHUB_WORKSPACE", "CI_PROJECT_DIR", "BUILDKITE_BUILD_CHECKOUT_PATH", "WORKSPACE", "BUILD_SOURCESDIRECTORY", "CIRCLE_WORKING_DIRECTORY"}

// resolve returns the path in the repository that a script names from dir; "" if
// that is not known or elsewhere.
func resolve(dir, name string) string {
	if open(name) || dir == "" {
		return ""
	}
	var p string
	switch {
	case name == rootDir || strings.HasPrefix(name, rootDir+"/"):
		p = path.Clean("." + strings.TrimPrefix(name, rootDir))
	case path.IsAbs(name) || strings.HasPrefix(name, "~"):
		return ""
	default:
		p = path.Join(dir, name)
	}
	if p == ".." || strings.HasPrefix(p, "../") {
		return ""
	}
	return p
}

// parse returns the program of a text, remembered.
func (r *Reader) parse(text, file string, line int) *syntax.File {
	p, ok := r.parsed[text]
	if !ok {
		if p.err = parseable(text); p.err == nil {
			p.file, p.err = syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(text), "")
		}
		r.parsed[text] = p
		if p.err != nil {
			r.problem(file, line, p.err)
		}
	}
	return p.file
}

// parseable refuses texts that would take the parser's stack to its end.
func parseable(text string) error {
	const largest, deepest = 256 << 10, 1000
	if len(text) > largest {
		return fmt.Errorf("it is larger than %d KiB", largest>>10)
	}
	depth := 0
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r <= ' ' || r == ';' }) {
		switch word {
		case "if", "while", "until", "case", "for", "!":
			depth++
		case "fi", "done", "esac":
			depth = max(0, depth-1)
		}
		depth = max(0, depth+strings.Count(word, "(")+strings.Count(word, "{")-strings.Count(word, ")")-strings.Count(word, "}"))
		if depth > deepest {
			return fmt.Errorf("it is nested more than %d deep", deepest)
		}
	}
	return nil
}

func (r *Reader) problem(file string, line int, err error) {
	p := tree.Problem{Place: verdict.Place{File: file, Line: line, Text: err.Error()}}
	if pe, ok := err.(syntax.ParseError); ok {
		p.Line, p.Column, p.Text = line+int(pe.Pos.Line())-1, int(pe.Pos.Col()), pe.Text
	}
	text, _ := r.Show(p.Text)
	p.Text = "this shell script cannot be read: " + text
	if !slices.Contains(r.Problems, p) {
		r.Problems = append(r.Problems, p)
	}
}

// source returns a node as one line.
func (r *Reader) source(n syntax.Node) string {
	var b strings.Builder
	if err := syntax.NewPrinter(syntax.SingleLine(true)).Print(&b, n); err != nil {
		return "…"
	}
	text, _ := r.Show(strings.TrimSpace(b.String()))
	return short(text)
}

// short cuts what is too long for a sentence.
func short(s string) string {
	const most = 60
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

func quoted(s string) string { return fmt.Sprintf("`%s`", s) }

// Parses reports whether a text is one for the shell.
func (r *Reader) Parses(text string) bool {
	before := len(r.Problems)
	ok := r.parse(text, "", 0) != nil
	r.Problems = r.Problems[:before]
	return ok
}
