package script

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/analyzers/pattern"
)

// A makefile is what make reads for one call.
type makefile struct {
	r   *Reader
	dir string

	vars  map[string]variable
	given Vars // on the command line, which come before those of the file
	env   Vars

	rules      []*rule
	byTarget   map[string][]*rule
	patterns   []*rule
	phony      []string
	exports    []string
	targetVars map[string][]targetVar
	read       int // files

	errexit, pipefail bool
}

type variable struct {
	text    string
	simple  bool // expanded already
	unknown bool // set under a condition that is not known
}

type targetVar struct{ name, op, value string }

type rule struct {
	targets []string
	needs   string
	recipe  []recipeLine
	cond    string
}

type recipeLine struct {
	text, file string
	line       int
	cond       string
}

// makefile returns what make reads in dir; nil if there is nothing.
func (r *Reader) makefile(dir string, call makeCall, env Vars) *makefile {
	if dir == "" {
		return nil
	}
	names := []string{"GNUmakefile", "makefile", "Makefile"}
	if call.file != "" {
		names = []string{call.file}
	}
	for _, name := range names {
		file := resolve(dir, name)
		if file == "" || !r.t.Has(file) {
			continue
		}
		key := dir + "\x00" + file + "\x00" + keyOf(call.vars) + "\x00" + keyOf(env)
		m, ok := r.makefiles[key]
		if !ok {
			m = &makefile{
				r: r, dir: dir, vars: make(map[string]variable), given: call.vars, env: env,
				byTarget: make(map[string][]*rule), targetVars: make(map[string][]targetVar),
			}
			m.load(file, 0)
			r.makefiles[key] = m
		}
		return m
	}
	return nil
}

func keyOf(v Vars) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(v)) {
		b.WriteString(name + "=" + v[name] + "\x00")
	}
	return b.String()
}

// A makeReader is the state of reading one file.
type makeReader struct {
	m    *makefile
	file string
	rule *rule // that recipe lines belong to
	ifs  []branch
}

// A branch is an ifeq that is open.
type branch struct {
	active bool   // these lines count
	maybe  string // the condition, if it is not known
	taken  bool   // one of the branches was known to count
}

func (m *makefile) load(file string, depth int) {
	const most = 200
	if m.read++; m.read > most || depth > maxDepth {
		return
	}
	data, err := m.r.t.Read(file)
	if err != nil {
		return
	}
	rd := &makeReader{m: m, file: file}
	lines := strings.Split(string(data), "\n")
	for i := 0; i < len(lines); i++ {
		if m.r.steps++; m.r.stopped() {
			return
		}
		first := i
		text := strings.TrimSuffix(lines[i], "\r")
		isRecipe := strings.HasPrefix(text, "\t") && rd.rule != nil
		for strings.HasSuffix(text, "\\") && i+1 < len(lines) {
			i++
			next := strings.TrimSuffix(lines[i], "\r")
			if isRecipe {
				text += "\n" + strings.TrimPrefix(next, "\t")
			} else {
				text = strings.TrimRight(text[:len(text)-1], " \t") + " " + strings.TrimLeft(next, " \t")
			}
		}
		if isRecipe {
			if rd.active() {
				rd.rule.recipe = append(rd.rule.recipe, recipeLine{text[1:], file, first + 1, rd.maybe()})
			}
			continue
		}
		// The space before a comment belongs to a variable's value.
		text = strings.TrimLeft(uncomment(text), " \t")
		if _, _, _, ok := assignment(text); !ok {
			text = strings.TrimRight(text, " \t")
		}
		if name, ok := strings.CutPrefix(text, "define "); ok {
			i = rd.define(name, lines, i+1)
			continue
		}
		rd.statement(text, first+1, depth)
	}
}

// define reads a variable of several lines, and returns the number of its last.
func (rd *makeReader) define(name string, lines []string, i int) int {
	from := i
	for ; i < len(lines); i++ {
		if w := strings.TrimSpace(lines[i]); w == "endef" || strings.HasPrefix(w, "endef ") {
			break
		}
	}
	name = strings.TrimSpace(strings.TrimRight(strings.TrimSpace(name), ":?+="))
	if rd.active() {
		rd.m.set(name, "=", strings.Join(lines[min(from, len(lines)):min(i, len(lines))], "\n"), rd.maybe())
	}
	return i
}

func (rd *makeReader) active() bool {
	return !slices.ContainsFunc(rd.ifs, func(b branch) bool { return !b.active })
}

func (rd *makeReader) maybe() string {
	for _, b := range rd.ifs {
		if b.maybe != "" {
			return b.maybe
		}
	}
	return ""
}

// uncomment cuts a comment off.
func uncomment(text string) string {
	for i := 0; i < len(text); i++ {
		if text[i] == '#' && (i == 0 || text[i-1] != '\\') {
			return text[:i]
		}
	}
	return text
}

func (rd *makeReader) statement(text string, line, depth int) {
	if text == "" {
		return
	}
	word, rest, _ := strings.Cut(text, " ")
	if i := strings.IndexByte(word, '('); i > 0 && strings.HasPrefix(word, "if") {
		word, rest = word[:i], text[i:]
	}
	rest = strings.TrimSpace(rest)
	if rd.conditional(word, rest, text) || !rd.active() {
		return
	}
	switch word {
	case "include", "-include", "sinclude":
		rd.include(rest, depth)
		return
	case "export", "override", "private":
		if _, _, _, ok := assignment(rest); !ok {
			if word == "export" {
				rd.m.exports = append(rd.m.exports, strings.Fields(rest)...)
			}
			return
		}
		if name, _, _, ok := assignment(rest); ok && word == "export" {
			rd.m.exports = append(rd.m.exports, name)
		}
		rd.statement(rest, line, depth)
		return
	case "unexport", "vpath", "undefine":
		return
	}
	if name, op, value, ok := assignment(text); ok {
		rd.rule = nil
		rd.m.set(rd.m.expand(name, nil, 0), op, value, rd.maybe())
		return
	}
	rd.ruleLine(text, line)
}

func (rd *makeReader) include(names string, depth int) {
	for _, name := range strings.Fields(rd.m.expand(names, nil, 0)) {
		p := resolve(rd.m.dir, name)
		if p == "" {
			continue
		}
		for _, f := range rd.m.r.t.Match(p) {
			rd.m.load(f, depth+1)
		}
	}
}

// conditional handles ifeq and its kin.
func (rd *makeReader) conditional(word, rest, text string) bool {
	switch word {
	case "ifeq", "ifneq", "ifdef", "ifndef":
		rd.ifs = append(rd.ifs, rd.branch(word, rest, text))
		return true
	case "else":
		if len(rd.ifs) == 0 {
			return true
		}
		b := &rd.ifs[len(rd.ifs)-1]
		if b.taken {
			b.active, b.maybe = false, ""
			return true
		}
		next := branch{active: true, taken: true}
		if word, args, _ := strings.Cut(rest, " "); strings.HasPrefix(word, "if") {
			rest = strings.TrimSpace(args)
			if i := strings.IndexByte(word, '('); i > 0 {
				word, rest = word[:i], strings.TrimSpace(strings.TrimPrefix(text, "else"))[i:]
			}
			next = rd.branch(word, rest, text)
		}
		if b.maybe != "" && next.active && next.maybe == "" {
			next.maybe = "not " + b.maybe
		}
		if b.maybe != "" && next.maybe == "" {
			next.maybe = b.maybe
		}
		*b = next
		return true
	case "endif":
		rd.ifs = rd.ifs[:max(0, len(rd.ifs)-1)]
		return true
	}
	return false
}

func (rd *makeReader) branch(word, rest, text string) branch {
	if !rd.active() {
		return branch{taken: true}
	}
	var known, value bool
	switch word {
	case "ifdef", "ifndef":
		name := rd.m.expand(rest, nil, 0)
		known = !open(name) && !rd.m.vars[name].unknown
		v, set := rd.m.raw(name)
		value = (set && v != "") == (word == "ifdef")
	default:
		l, r, ok := ifArgs(rest)
		l, r = strings.TrimSpace(rd.m.expand(l, nil, 0)), strings.TrimSpace(rd.m.expand(r, nil, 0))
		known = ok && !open(l) && !open(r)
		value = (l == r) == (word == "ifeq")
	}
	if !known {
		return branch{active: true, maybe: quoted(short(text))}
	}
	return branch{active: value, taken: value}
}

// ifArgs splits (a,b) or "a" "b".
func ifArgs(s string) (l, r string, ok bool) {
	if inner, isParen := strings.CutPrefix(s, "("); isParen {
		inner = strings.TrimSuffix(strings.TrimSpace(inner), ")")
		args := splitArgs(inner)
		if len(args) < 2 {
			return "", "", false
		}
		return args[0], strings.Join(args[1:], ","), true
	}
	if len(s) < 2 {
		return "", "", false
	}
	q := s[:1]
	l, rest, ok := strings.Cut(s[1:], q)
	rest = strings.TrimSpace(rest)
	if !ok || len(rest) < 2 {
		return "", "", false
	}
	return l, strings.Trim(rest, rest[:1]), true
}

// splitArgs splits at the commas that stand in no parentheses.
func splitArgs(s string) []string {
	var args []string
	depth, from := 0, 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '(', '{':
			depth++
		case ')', '}':
			depth--
		case ',':
			if depth == 0 {
				args = append(args, s[from:i])
				from = i + 1
			}
		}
	}
	return append(args, s[from:])
}

var assignRE = pattern.New(`^([^\s:=#]+)\s*(:::=|::=|:=|\?=|\+=|!=|=)\s*((?s).*)$`)

// assignment splits "name op value".
func assignment(text string) (name, op, value string, ok bool) {
	// The operator may stick to the name: X?=y, X+=y.
	m := assignRE.FindStringSubmatch(text)
	if m == nil {
		return "", "", "", false
	}
	name, op, value = m[1], m[2], m[3]
	if op == "=" {
		for _, c := range []string{"?", "+", "!"} {
			if n, cut := strings.CutSuffix(name, c); cut {
				name, op = n, c+"="
			}
		}
	}
	return name, op, value, name != ""
}

func (rd *makeReader) ruleLine(text string, line int) {
	i := colon(text)
	if i < 0 {
		rd.rule = nil
		return
	}
	targets := strings.Fields(rd.m.expand(text[:i], nil, 0))
	rest := strings.TrimLeft(text[i:], ":")
	rest = strings.TrimPrefix(strings.TrimSpace(rest), "&:")
	if name, op, value, ok := assignment(strings.TrimSpace(rest)); ok {
		for _, t := range targets {
			rd.m.targetVars[t] = append(rd.m.targetVars[t], targetVar{name, op, value})
		}
		return
	}
	needs, recipe, hasRecipe := strings.Cut(rest, ";")
	if j := colon(needs); j >= 0 { // a static pattern: targets: pattern: needs
		needs = strings.TrimLeft(needs[j:], ":")
	}
	r := &rule{targets: targets, needs: needs, cond: rd.maybe()}
	if hasRecipe && strings.TrimSpace(recipe) != "" {
		r.recipe = append(r.recipe, recipeLine{recipe, rd.file, line, rd.maybe()})
	}
	rd.rule = r
	rd.m.addRule(r)
}

// colon finds the first colon that stands in no parentheses.
func colon(text string) int {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '(', '{':
			depth++
		case ')', '}':
			depth--
		case ':':
			if depth == 0 {
				return i
			}
		}
	}
	return -1
}

func (m *makefile) addRule(r *rule) {
	m.rules = append(m.rules, r)
	pattern := false
	for _, t := range r.targets {
		switch {
		case t == ".PHONY":
			m.phony = append(m.phony, strings.Fields(m.expand(r.needs, nil, 0))...)
		case strings.Contains(t, "%"):
			pattern = true
		default:
			m.byTarget[t] = append(m.byTarget[t], r)
		}
	}
	if pattern {
		m.patterns = append(m.patterns, r)
	}
}

func (m *makefile) set(name, op, value, maybe string) {
	if _, ok := m.given[name]; ok {
		return
	}
	old, exists := m.vars[name]
	switch op {
	case "?=":
		if exists {
			return
		}
		if _, ok := m.env[name]; ok {
			return
		}
	case "+=":
		if exists && old.simple {
			value = m.expand(value, nil, 0)
		}
		value = strings.TrimSpace(old.text + " " + value)
		m.put(name, variable{value, old.simple, old.unknown || maybe != ""})
		return
	case "!=":
		m.put(name, variable{m.r.Mark("$(shell " + short(value) + ")"), true, false})
		return
	}
	v := variable{text: value, unknown: maybe != ""}
	if strings.HasPrefix(op, ":") {
		v.text, v.simple = m.expand(value, nil, 0), true
	}
	m.put(name, v)
	m.shellFlags(name, v)
}

func (m *makefile) put(name string, v variable) {
	if len(v.text) > maxValue {
		v = variable{text: m.r.Mark("$(" + name + ")"), simple: true}
	}
	m.vars[name] = v
}

func (m *makefile) shellFlags(name string, v variable) {
	if name != ".SHELLFLAGS" && name != "SHELL" {
		return
	}
	for _, f := range strings.Fields(m.expandVar(v, nil, 0)) {
		m.pipefail = m.pipefail || f == "pipefail"
		m.errexit = m.errexit || strings.HasPrefix(f, "-") && !strings.HasPrefix(f, "--") && strings.Contains(path.Base(f), "e")
	}
}
