package script

import (
	"strings"
)

// raw returns the text of a variable, and whether it is set.
func (m *makefile) raw(name string) (string, bool) {
	if v, ok := m.given[name]; ok {
		return v, true
	}
	if v, ok := m.vars[name]; ok {
		return v.text, true
	}
	v, ok := m.env[name]
	return v, ok
}

// value returns what a variable stands for. One that nobody sets is empty, as make
// has it.
func (m *makefile) value(name string, locals map[string]string, depth int) string {
	if v, ok := m.given[name]; ok {
		return v
	}
	if v, ok := locals[name]; ok {
		return v
	}
	if v, ok := m.vars[name]; ok {
		if v.unknown {
			return m.r.Mark("$(" + name + ")")
		}
		return m.expandVar(v, locals, depth)
	}
	if v, ok := m.env[name]; ok {
		return v
	}
	switch name {
	case "MAKE":
		return "make"
	case "CURDIR", "PWD":
		return strings.TrimSuffix(rootDir+"/"+m.dir, "/.")
	case "SHELL":
		return "/bin/sh"
	case "OS", "MAKECMDGOALS", "MAKELEVEL", "HOME", "PATH", "GOPATH", "USER", "MAKEFLAGS", "CI":
		return m.r.Mark("$(" + name + ")")
	case "MAKEFILE_LIST":
		return m.r.Mark("$(MAKEFILE_LIST)")
	}
	return ""
}

func (m *makefile) expandVar(v variable, locals map[string]string, depth int) string {
	if v.simple {
		return v.text
	}
	return m.expand(v.text, locals, depth+1)
}

// expand replaces the variables and functions of a text.
func (m *makefile) expand(text string, locals map[string]string, depth int) string {
	if !strings.Contains(text, "$") {
		return text
	}
	if m.r.steps++; depth > maxDepth || m.r.stopped() {
		return m.r.Mark(short(text))
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '$' || i+1 == len(text) {
			b.WriteByte(text[i])
			continue
		}
		i++
		switch text[i] {
		case '$':
			b.WriteByte('$')
		case '(', '{':
			end := closing(text, i)
			if end < 0 {
				b.WriteString(m.r.Mark("$" + short(text[i:])))
				return b.String()
			}
			b.WriteString(m.reference(text[i+1:end], locals, depth))
			i = end
		default:
			b.WriteString(m.value(text[i:i+1], locals, depth))
		}
		if b.Len() > maxValue {
			return m.r.Mark(short(text))
		}
	}
	return b.String()
}

// closing returns where the parenthesis that opens at i ends.
func closing(text string, i int) int {
	left, right := text[i], byte(')')
	if left == '{' {
		right = '}'
	}
	depth := 0
	for ; i < len(text); i++ {
		switch text[i] {
		case left:
			depth++
		case right:
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// reference expands what stands between the parentheses.
func (m *makefile) reference(ref string, locals map[string]string, depth int) string {
	if fn, args, ok := strings.Cut(strings.TrimLeft(ref, " \t"), " "); ok {
		if v, known := m.function(fn, strings.TrimLeft(args, " \t"), locals, depth+1); known {
			return v
		}
	}
	name := m.expand(ref, locals, depth+1)
	if open(name) {
		return m.r.Mark("$(" + short(ref) + ")")
	}
	if base, subst, ok := strings.Cut(name, ":"); ok {
		from, to, ok := strings.Cut(subst, "=")
		if !ok {
			return m.value(base, locals, depth)
		}
		if !strings.Contains(from, "%") {
			from, to = "%"+from, "%"+to
		}
		return patsubst(from, to, m.value(base, locals, depth))
	}
	return m.value(name, locals, depth)
}

func patsubst(from, to, text string) string {
	words := strings.Fields(text)
	for i, w := range words {
		if stem, ok := matchPattern(from, w); ok && !open(w) {
			words[i] = strings.Replace(to, "%", stem, 1)
		}
	}
	return strings.Join(words, " ")
}

// function is the outcome of a function of make; what reads the machine is not
// known. The second result is false if there is no function of this name.
func (m *makefile) function(name, args string, locals map[string]string, depth int) (string, bool) {
	list := splitArgs(args)
	arg := func(i int) string {
		if i >= len(list) {
			return ""
		}
		return m.expand(list[i], locals, depth)
	}
	src := m.r.Mark("$(" + name + " " + short(args) + ")")
	switch name {
	case "shell":
		return m.shellFunction(m.expand(args, locals, depth), src), true
	case "if":
		cond := strings.TrimSpace(arg(0))
		switch {
		case open(cond):
			return src, true
		case cond != "":
			return arg(1), true
		}
		return arg(2), true
	case "or":
		for i := range list {
			if v := strings.TrimSpace(arg(i)); v != "" {
				return v, true
			}
		}
		return "", true
	case "and":
		v := ""
		for i := range list {
			if v = strings.TrimSpace(arg(i)); v == "" {
				return "", true
			}
		}
		return v, true
	case "strip":
		return strings.Join(strings.Fields(m.expand(args, locals, depth)), " "), true
	case "filter", "filter-out":
		return filter(strings.Fields(arg(0)), strings.Fields(arg(1)), name == "filter", src), true
	case "findstring":
		what, in := arg(0), arg(1)
		if open(what) || open(in) {
			return src, true
		}
		if strings.Contains(in, what) {
			return what, true
		}
		return "", true
	case "subst":
		if arg(0) == "" {
			return arg(2) + arg(1), true
		}
		return strings.ReplaceAll(arg(2), arg(0), arg(1)), true
	case "patsubst":
		return patsubst(strings.TrimSpace(arg(0)), strings.TrimSpace(arg(1)), arg(2)), true
	case "addprefix", "addsuffix":
		words := strings.Fields(arg(1))
		for i := range words {
			if name == "addprefix" {
				words[i] = arg(0) + words[i]
			} else {
				words[i] += arg(0)
			}
		}
		return strings.Join(words, " "), true
	case "firstword", "lastword":
		words := strings.Fields(m.expand(args, locals, depth))
		switch {
		case len(words) == 0:
			return "", true
		case name == "firstword":
			return words[0], true
		}
		return words[len(words)-1], true
	case "foreach":
		return m.foreach(list, locals, depth, src), true
	case "call":
		return m.callFunction(list, locals, depth, src), true
	case "info", "warning", "error", "eval":
		return "", true
	case "wildcard", "sort", "word", "words", "wordlist", "dir", "notdir", "suffix", "basename", "join", "realpath", "abspath",
		"origin", "flavor", "value", "file", "guile", "let", "intcmp":
		return src, true
	}
	return "", false
}

// shellFunction is what a command prints, where that is known without running it.
func (m *makefile) shellFunction(command, src string) string {
	s := &shell{r: m.r, dir: m.dir, vars: Vars{}}
	prog := m.r.parse(command, "", 0)
	if prog == nil {
		return src
	}
	if text, ok := s.prints(prog.Stmts); ok {
		return text
	}
	// Which version or which directory a tool has is no matter; what it is called is.
	return src
}

func filter(patterns, words []string, keep bool, src string) string {
	var out []string
	for _, w := range words {
		match := false
		for _, p := range patterns {
			if open(p) || open(w) {
				return src
			}
			_, ok := matchPattern(p, w)
			match = match || ok
		}
		if match == keep {
			out = append(out, w)
		}
	}
	return strings.Join(out, " ")
}

func (m *makefile) foreach(list []string, locals map[string]string, depth int, src string) string {
	const most = 200
	if len(list) < 3 {
		return src
	}
	words := strings.Fields(m.expand(list[1], locals, depth))
	if len(words) > most {
		return src
	}
	name := strings.TrimSpace(m.expand(list[0], locals, depth))
	var out []string
	n := 0
	for _, w := range words {
		text := m.expand(strings.Join(list[2:], ","), with(locals, name, w), depth+1)
		if n += len(text); n > maxValue {
			return src
		}
		out = append(out, text)
	}
	return strings.Join(out, " ")
}

func (m *makefile) callFunction(list []string, locals map[string]string, depth int, src string) string {
	name := strings.TrimSpace(m.expand(list[0], locals, depth))
	v, ok := m.vars[name]
	if !ok || v.unknown {
		return src
	}
	scope := with(locals, "0", name)
	for i, n := range []string{"1", "2", "3", "4", "5", "6"} {
		scope[n] = ""
		if i+1 < len(list) {
			scope[n] = m.expand(list[i+1], locals, depth)
		}
	}
	return m.expand(v.text, scope, depth+1)
}

func with(locals map[string]string, name, value string) map[string]string {
	out := make(map[string]string, len(locals)+8)
	for k, v := range locals {
		out[k] = v
	}
	out[name] = value
	return out
}
