package script

import (
	"maps"
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/lagvet/lagvet/maturity/verdict"
)

// make walks the recipes of the targets that a call of make builds.
func (s *shell) make(argv []string, env Vars, pos syntax.Pos, f fate) {
	if s.depth >= maxDepth {
		return
	}
	call := parseMake(argv)
	if call.dry {
		return
	}
	dir := s.dir
	if call.dir != "" {
		dir = resolve(s.dir, call.dir)
	}
	why := s.fate(f)
	if call.ignore && why == "" {
		why = "`make -i` goes on after failures"
	}
	mf := s.r.makefile(dir, call, s.env(env))
	if mf == nil {
		s.emit(argv, env, pos, f, "the Makefile of this directory is not in the repository")
		return
	}
	run := &making{m: mf, s: s, done: make(map[string]bool), via: append(slices.Clone(s.via), s.place(pos)), lost: why}
	goals := call.goals
	if len(goals) == 0 {
		goals = mf.goal()
	}
	for _, g := range goals {
		if open(g) {
			s.emit(argv, env, pos, f, "which target is built is not known")
			continue
		}
		if !run.target(g, s.cond, 0) {
			s.emit(argv, env, pos, f, "the Makefile has no target "+g)
		}
	}
}

// A makeCall is a command line of make.
type makeCall struct {
	dir, file   string
	goals       []string
	vars        Vars
	ignore, dry bool
}

func parseMake(argv []string) makeCall {
	c := makeCall{vars: make(Vars)}
	for i := 1; i < len(argv); i++ {
		a := argv[i]
		next := func() string {
			if i++; i < len(argv) {
				return argv[i]
			}
			return ""
		}
		name, value, isVar := strings.Cut(a, "=")
		switch {
		case a == "-C" || a == "--directory":
			c.dir = path.Join(c.dir, next())
		case strings.HasPrefix(a, "-C"):
			c.dir = a[2:]
		case strings.HasPrefix(a, "--directory="):
			c.dir = value
		case a == "-f" || a == "--file" || a == "--makefile":
			c.file = next()
		case strings.HasPrefix(a, "--file="), strings.HasPrefix(a, "--makefile="):
			c.file = value
		case a == "-o" || a == "-I" || a == "-W" || a == "-l":
			next()
		case a == "-j":
			if i+1 < len(argv) && isNumber(argv[i+1]) {
				i++
			}
		case a == "-i" || a == "--ignore-errors":
			c.ignore = true
		case a == "-n" || a == "--dry-run" || a == "--just-print" || a == "-q" || a == "--question":
			c.dry = true
		case strings.HasPrefix(a, "-"):
		case isVar && name != "":
			c.vars[strings.TrimRight(name, ":?+")] = value
		case a != "":
			c.goals = append(c.goals, a)
		}
	}
	return c
}

// A making is one run of make.
type making struct {
	m    *makefile
	s    *shell
	done map[string]bool
	via  []verdict.Place
	lost string
}

// target walks what building a target runs: first what it needs. It reports whether
// there is such a target.
func (b *making) target(name, cond string, depth int) bool {
	if b.done[name] || depth > maxDepth {
		return true
	}
	rules, stem := b.m.rulesFor(name, depth)
	if len(rules) == 0 {
		p := resolve(b.m.dir, name)
		return p != "" && (b.s.r.t.Has(p) || len(b.s.r.t.Under(p)) > 0)
	}
	b.done[name] = true
	for _, r := range rules {
		if b.s.r.steps += stepCommand; b.s.r.stopped() {
			return true
		}
		for _, need := range strings.Fields(strings.ReplaceAll(b.m.expand(r.needs, b.locals(name, stem, r, nil), 0), "|", " ")) {
			if stem != "" {
				need = strings.Replace(need, "%", stem, 1)
			}
			b.target(need, both(cond, r.cond), depth+1)
		}
	}
	for _, r := range rules {
		b.recipe(r, name, stem, both(cond, r.cond))
	}
	return true
}

func both(a, b string) string {
	switch {
	case a == "" || a == b:
		return b
	case b == "":
		return a
	}
	return a + " and " + b
}

// locals are the variables of a recipe.
func (b *making) locals(target, stem string, r *rule, needs []string) map[string]string {
	l := map[string]string{"@": target, "*": stem, "@D": path.Dir(target), "@F": path.Base(target)}
	if len(needs) > 0 {
		l["<"] = needs[0]
	}
	l["^"] = strings.Join(needs, " ")
	for _, v := range b.m.targetVars[target] {
		if old, ok := l[v.name]; v.op == "+=" && ok {
			l[v.name] = old + " " + b.m.expand(v.value, l, 0)
		} else if v.op == "+=" {
			l[v.name] = strings.TrimSpace(b.m.value(v.name, l, 0) + " " + b.m.expand(v.value, l, 0))
		} else {
			l[v.name] = b.m.expand(v.value, l, 0)
		}
	}
	return l
}

func (b *making) recipe(r *rule, target, stem, cond string) {
	needs := strings.Fields(b.m.expand(strings.Split(r.needs, "|")[0], b.locals(target, stem, r, nil), 0))
	for i := range needs {
		needs[i] = strings.Replace(needs[i], "%", stem, 1)
	}
	locals := b.locals(target, stem, r, needs)
	for _, l := range r.recipe {
		if b.s.r.steps += stepProcess; b.s.r.stopped() {
			return
		}
		for _, text := range commandLines(b.m.expand(l.text, locals, 0)) {
			b.command(l, text, locals, cond)
		}
	}
}

// commandLines splits what a line of a recipe expands to: make runs each line of a
// variable that holds several by a shell of its own.
func commandLines(text string) []string {
	var all []string
	from := 0
	for i := range len(text) {
		if text[i] == '\n' && (i == 0 || text[i-1] != '\\') {
			all = append(all, text[from:i])
			from = i + 1
		}
	}
	return append(all, text[from:])
}

// command walks a command line of a recipe.
func (b *making) command(l recipeLine, text string, locals map[string]string, cond string) {
	why := b.lost
	text = strings.TrimLeft(text, " \t")
	for text != "" && strings.ContainsRune("@+-", rune(text[0])) {
		if text[0] == '-' && why == "" {
			why = "make goes on after its failure (`-` before the command)"
		}
		text = strings.TrimLeft(text[1:], " \t")
	}
	sub := &shell{
		r: b.s.r, out: b.s.out, file: l.file, line: l.line, via: b.via, dir: b.m.dir, vars: b.m.environment(b.s.env(nil), locals),
		exported: make(map[string]bool), funcs: make(map[string]*function), outer: why,
		cond: both(cond, l.cond), checks: b.s.checks, depth: b.s.depth + 1,
		errexit: b.m.errexit, pipefail: b.m.pipefail,
	}
	for name := range sub.vars {
		sub.exported[name] = true
	}
	sub.text(text)
}

// environment returns what recipes see: what make was started with, what the
// Makefile exports, and the variables of the command line.
func (m *makefile) environment(env Vars, locals map[string]string) Vars {
	out := maps.Clone(env)
	for _, name := range m.exports {
		out[name] = m.value(name, locals, 0)
	}
	maps.Copy(out, m.given)
	// A variable of the environment that the Makefile sets goes on with the new value.
	for name := range env {
		if v, ok := m.vars[name]; ok && m.given[name] == "" {
			out[name] = m.expandVar(v, locals, 0)
		}
	}
	return out
}

// goal is what make builds unless it is told what.
func (m *makefile) goal() []string {
	if g := strings.Fields(m.value(".DEFAULT_GOAL", nil, 0)); len(g) > 0 {
		return g
	}
	for _, r := range m.rules {
		for _, t := range r.targets {
			if !strings.HasPrefix(t, ".") && !strings.Contains(t, "%") {
				return []string{t}
			}
		}
	}
	return nil
}

// rulesFor returns the rules that say how a target is built, and what stands for "%"
// in them.
func (m *makefile) rulesFor(name string, depth int) (rules []*rule, stem string) {
	rules = m.byTarget[name]
	if slices.ContainsFunc(rules, func(r *rule) bool { return len(r.recipe) > 0 }) || slices.Contains(m.phony, name) {
		return rules, ""
	}
	for _, r := range m.patterns {
		for _, t := range r.targets {
			stem, ok := matchPattern(t, name)
			if !ok || !m.canBuild(r, stem, depth) {
				continue
			}
			return append(slices.Clone(rules), r), stem
		}
	}
	return rules, ""
}

func (m *makefile) canBuild(r *rule, stem string, depth int) bool {
	for _, need := range strings.Fields(m.expand(r.needs, nil, 0)) {
		need = strings.Replace(need, "%", stem, 1)
		if len(m.byTarget[need]) > 0 {
			continue
		}
		if p := resolve(m.dir, need); p != "" && m.r.t.Has(p) {
			continue
		}
		return false
	}
	return len(r.recipe) > 0 || r.needs != ""
}

// matchPattern returns what "%" stands for if a pattern of make matches.
func matchPattern(pattern, name string) (stem string, ok bool) {
	before, after, isPattern := strings.Cut(pattern, "%")
	if !isPattern {
		return "", pattern == name
	}
	if len(name) < len(before)+len(after) || !strings.HasPrefix(name, before) || !strings.HasSuffix(name, after) {
		return "", false
	}
	return name[len(before) : len(name)-len(after)], true
}
