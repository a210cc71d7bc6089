package containers

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lagvet/lagvet/analyzers/pattern"
)

// An instruction of a Dockerfile (https://docs.docker.com/reference/dockerfile/).
type instruction struct {
	name   string   // "RUN"
	flags  []string // "--mount=type=cache"
	args   string   // the rest, its lines joined
	shell  string   // the rest with its line breaks, each after a backslash
	line   int      // where it begins, from 1
	offset int      // how many lines below that shell begins
	bodies []body
}

// A body is a here-document.
type body struct {
	text string
	end  string // the line that ends it
	line int
}

// A fault is what is wrong with a Dockerfile.
type fault struct {
	line int
	why  string
}

var (
	escapeDirective = pattern.New("^#\\s*escape\\s*=\\s*([\\\\`])\\s*$")
	directive       = pattern.New(`^#\s*[a-zA-Z]+\s*=`)
	hereDocument    = pattern.New(`^\d*<<-?["']?([A-Za-z_]\w*)["']?$`) // a whole word
)

func instructions() []string {
	return []string{
		"ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL",
		"MAINTAINER", "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR",
	}
}

// maxInstructions and maxStages are more than any Dockerfile that people write has.
const (
	maxInstructions = 5000
	maxStages       = 500
)

// parse reads a Dockerfile. Instructions that it does not know are faults, and those
// after them are read. windows tells that the file escapes by "`".
func parse(text string) (all []instruction, faults []fault, windows bool) {
	lines := strings.Split(strings.TrimPrefix(text, "\ufeff"), "\n")
	escape := `\`
	for _, l := range lines {
		l = strings.TrimSpace(l)
		if m := escapeDirective.FindStringSubmatch(l); m != nil {
			escape = m[1]
		}
		if !directive.MatchString(l) {
			break
		}
	}
	for i := 0; i < len(lines); {
		if blank(lines[i]) {
			i++
			continue
		}
		in, next := join(lines, i, escape)
		if !slices.Contains(instructions(), in.name) {
			faults = append(faults, fault{in.line, fmt.Sprintf("%q is no instruction", in.name)})
			i = next
			continue
		}
		if in.name == "RUN" || in.name == "COPY" || in.name == "ADD" {
			var open string
			if next, open = in.documents(lines, next); open != "" {
				faults = append(faults, fault{in.line, "the here-document " + open + " has no end"})
				break
			}
		}
		if len(all) == maxInstructions {
			return all, append(faults, fault{in.line, fmt.Sprintf("it has more than %d instructions", maxInstructions)}), escape == "`"
		}
		all = append(all, in)
		i = next
	}
	return all, faults, escape == "`"
}

// blank reports whether a line holds nothing or a comment.
func blank(l string) bool {
	l = strings.TrimSpace(l)
	return l == "" || l[0] == '#'
}

// join reads the instruction that begins in a line, and returns the line after it.
// Comments and blank lines within it count for nothing.
func join(lines []string, i int, escape string) (instruction, int) {
	in := instruction{line: i + 1}
	var args, shell []string
	for first := true; i < len(lines); i, first = i+1, false {
		l := strings.TrimRight(lines[i], " \t\r")
		if !first && blank(l) {
			shell = append(shell, "")
			continue
		}
		cut, more := strings.CutSuffix(l, escape)
		args = append(args, cut)
		shell = append(shell, cut)
		if !more {
			i++
			break
		}
	}
	name, rest := word(strings.Join(args, " "))
	in.name = strings.ToUpper(name)
	in.args, in.flags = cutFlags(rest)
	in.shell, in.offset = in.script(shell, name)
	return in, i
}

// word cuts the first word off.
func word(s string) (first, rest string) {
	s = strings.TrimLeft(s, " \t")
	if i := strings.IndexAny(s, " \t"); i >= 0 {
		return s[:i], strings.TrimLeft(s[i:], " \t")
	}
	return s, ""
}

// cutFlags cuts off the flags that an instruction begins with.
func cutFlags(s string) (rest string, flags []string) {
	for strings.HasPrefix(s, "--") {
		var f string
		f, s = word(s)
		flags = append(flags, f)
	}
	return s, flags
}

// script is what the shell reads of an instruction's lines, and how many of these have
// nothing for it.
func (in instruction) script(lines []string, name string) (text string, skipped int) {
	lines = slices.Clone(lines)
	drop := func(prefix string) {
		for skipped < len(lines)-1 && strings.TrimSpace(lines[skipped]) == "" {
			skipped++
		}
		lines[skipped] = strings.Replace(lines[skipped], prefix, "", 1)
	}
	drop(name)
	for _, f := range in.flags {
		drop(f)
	}
	drop("")
	return strings.Join(lines[skipped:], "\\\n"), skipped
}

// documents reads the here-documents of an instruction, and returns the line after
// them, and the name of one that has no end.
func (in *instruction) documents(lines []string, i int) (next int, open string) {
	for _, word := range strings.Fields(in.args) {
		m := hereDocument.FindStringSubmatch(word)
		if m == nil {
			continue
		}
		from := i
		for i < len(lines) && strings.Trim(lines[i], "\t\r") != m[1] {
			i++
		}
		if i == len(lines) {
			return i, m[1]
		}
		in.bodies = append(in.bodies, body{strings.Join(lines[from:i], "\n"), lines[i], from + 1})
		i++
	}
	return i, ""
}

// assignments reads "A=b C='d e'", or "A b c".
func assignments(s string) [][2]string {
	words := split(s)
	if len(words) == 0 {
		return nil
	}
	if !strings.Contains(words[0], "=") {
		name, value := word(s)
		return [][2]string{{name, value}}
	}
	var all [][2]string
	for _, w := range words {
		name, value, _ := strings.Cut(w, "=")
		all = append(all, [2]string{name, value})
	}
	return all
}

// split splits words at white space that is not quoted, and takes the quotes off.
func split(s string) []string {
	var all []string
	var b strings.Builder
	var quote byte
	open := false
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && (c == '"' || c == '\''):
			quote, open = c, true
		case c == '\\' && quote != '\'' && i+1 < len(s):
			i++
			b.WriteByte(s[i])
			open = true
		case quote == 0 && (c == ' ' || c == '\t'):
			if open {
				all = append(all, b.String())
			}
			b.Reset()
			open = false
		default:
			b.WriteByte(c)
			open = true
		}
	}
	if open {
		all = append(all, b.String())
	}
	return all
}

var variable = pattern.New(`\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?:(:?[-+])([^{}]*))?\})`)

// expand puts the values of variables in: "$A", "${A}", "${A:-else}", "${A:+then}".
// What is not known stays as it is.
func expand(s string, value func(name string) (string, bool)) string {
	for range 8 { // a default may hold another variable
		next := variable.Regexp().ReplaceAllStringFunc(s, func(ref string) string {
			m := variable.FindStringSubmatch(ref)
			v, ok := value(m[1] + m[2])
			switch {
			case strings.HasSuffix(m[3], "-") && (!ok || v == ""):
				return m[4]
			case strings.HasSuffix(m[3], "+") && ok && v != "":
				return m[4]
			case strings.HasSuffix(m[3], "+") && ok:
				return ""
			case ok && m[3] == "" || ok && strings.HasSuffix(m[3], "-"):
				return v
			}
			return ref
		})
		if next == s {
			return s
		}
		if s = next; len(s) > maxValue {
			return s[:maxValue]
		}
	}
	return s
}

// maxValue bounds what variables that hold others grow to.
const maxValue = 4096
