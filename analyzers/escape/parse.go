package escape

import (
	"bufio"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"
)

// Output is what the compiler said about one or more packages.
type Output struct {
	Toolchain   string // "go1.26.8"; empty if the text does not say
	GOARCH      string // "amd64"; empty if the text does not say
	Dir         string // that relative file names in the text are relative to; empty if the text does not say
	Diagnostics []*Diagnostic
	Unknown     []string // the lines that the parser does not know
}

// maxLine bounds a line: "can inline" prints whole functions.
const maxLine = 16 << 20

// Parse reads the text that the compiler prints with -m=2 or -m, with or
// without the -d flags that [Compile] adds. It understands Go 1.20 and later.
// A line that it does not know is no error: see [Output.Unknown].
func Parse(r io.Reader) (*Output, error) {
	p := &reader{
		out:  new(Output),
		seen: make(map[key]*Diagnostic),
		why:  make(map[Pos][]*explanation),
	}
	sc := bufio.NewScanner(r)
	sc.Buffer(make([]byte, 64<<10), maxLine)
	for sc.Scan() {
		p.line(sc.Text())
	}
	if err := sc.Err(); err != nil {
		return nil, fmt.Errorf("reading compiler output: %w", err)
	}
	p.join()
	return p.out, nil
}

type key struct {
	pos     Pos
	kind    Kind
	subject string
	detail  string
}

type reader struct {
	out  *Output
	seen map[key]*Diagnostic
	why  map[Pos][]*explanation
	head *explanation // the one that flow lines belong to
}

// An explanation is printed before the lines that it explains.
type explanation struct {
	pos     Pos
	subject string
	fn      string
	param   bool
	flow    []Edge
}

func (p *reader) line(line string) {
	if line == "" {
		return
	}
	if h, ok := strings.CutPrefix(line, "# "); ok {
		p.header(h)
		return
	}
	pos, msg := position(line)
	pos.File = p.file(pos.File)
	if !p.flow(pos, msg) && !p.heading(pos, msg) && !p.message(pos, msg) {
		p.out.Unknown = append(p.out.Unknown, line)
	}
}

// headerMark begins the line that Header returns.
const headerMark = "lagvet-escape"

// Header returns a first line for the compiler's text, which says what the
// text does not: which compiler spoke, for which architecture, and (if not
// empty) which directory relative file names are relative to.
func Header(toolchain, goarch, dir string) string {
	return strings.TrimSuffix(fmt.Sprintf("# %s %s %s %s", headerMark, toolchain, goarch, dir), " ") + "\n"
}

// header reads what Header writes. The go command's own headers, which name
// packages, say nothing that is needed.
func (p *reader) header(h string) {
	f := strings.SplitN(h, " ", 4)
	if len(f) < 3 || f[0] != headerMark {
		return
	}
	p.out.Toolchain, p.out.GOARCH = f[1], f[2]
	if len(f) == 4 {
		p.out.Dir = f[3]
	}
}

// nowhere is what the compiler prints for the position of its own variables in
// explanations; in other messages it prints no position then.
const nowhere = "<unknown line number>"

// position splits a line into its position and the rest.
func position(line string) (Pos, string) {
	if msg, ok := strings.CutPrefix(line, nowhere+": "); ok {
		return Pos{}, msg
	}
	if pos, msg, ok := cutPos(line); ok {
		return pos, msg
	}
	return Pos{}, line
}

// cutPos splits "file:line:col: message" and "file:line: message".
func cutPos(line string) (Pos, string, bool) {
	for i := 0; ; {
		n := strings.IndexByte(line[i:], ':')
		if n < 0 {
			return Pos{}, "", false
		}
		file := line[:i+n]
		i += n + 1
		// Go on at a colon that no line number follows, as in C:\x.go.
		if ln, rest, ok := cutNumber(line[i:]); ok && file != "" {
			if msg, ok := strings.CutPrefix(rest, " "); ok {
				return Pos{File: file, Line: ln}, msg, true
			}
			if col, rest, ok := cutNumber(rest); ok {
				if msg, ok := strings.CutPrefix(rest, " "); ok {
					return Pos{File: file, Line: ln, Col: col}, msg, true
				}
			}
		}
	}
}

// cutNumber splits "12:rest".
func cutNumber(s string) (int, string, bool) {
	num, rest, ok := strings.Cut(s, ":")
	if !ok {
		return 0, "", false
	}
	n, err := strconv.ParseUint(num, 10, 31)
	return int(n), rest, err == nil
}

// parsePos reads "file:line:col", "file:line" or what stands for no position.
func parsePos(s string) (Pos, bool) {
	if s == nowhere {
		return Pos{}, true
	}
	pos, rest, ok := cutPos(s + ": ")
	return pos, ok && rest == ""
}

// file makes a file name absolute where that is possible.
func (p *reader) file(name string) string {
	if p.out.Dir == "" || name == "" || name[0] == '<' || filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(p.out.Dir, name)
}

// flow reads the lines of an explanation.
func (p *reader) flow(pos Pos, msg string) bool {
	if !strings.HasPrefix(msg, "  ") {
		return false
	}
	e := p.head
	if e == nil || e.pos != pos {
		return false
	}
	msg = strings.TrimLeft(msg, " ")
	switch {
	case strings.HasPrefix(msg, "flow: "):
		// Go 1.24 and earlier print = for ←.
		text := strings.TrimSuffix(msg[len("flow: "):], ":")
		to, from, ok := strings.Cut(text, " ← ")
		if !ok {
			to, from, ok = strings.Cut(text, " = ")
		}
		if !ok {
			return false
		}
		e.flow = append(e.flow, Edge{To: to, From: from})
		return true
	case strings.HasPrefix(msg, "from "):
		s, ok := parseStep(msg[len("from "):])
		if !ok || len(e.flow) == 0 {
			return false
		}
		s.Pos.File = p.file(s.Pos.File)
		last := &e.flow[len(e.flow)-1]
		last.Steps = append(last.Steps, s)
		return true
	case strings.HasPrefix(msg, "warning: truncated explanation due to assignment cycle"):
		return true
	}
	return false
}

// parseStep reads "x (why) at file:line:col".
func parseStep(s string) (Step, bool) {
	i := strings.LastIndex(s, ") at ")
	if i < 0 {
		return Step{}, false
	}
	pos, ok := parsePos(s[i+len(") at "):])
	j := strings.LastIndex(s[:i], " (")
	if !ok || j < 0 {
		return Step{}, false
	}
	return Step{Pos: pos, Expr: s[:j], Why: s[j+2 : i]}, true
}

// heading reads the first line of an explanation. Its forms are
//
//	x escapes to heap in F:
//	x escapes to heap:                              (before Go 1.26)
//	parameter p leaks to {heap} for F with derefs=0:
//	parameter p leaks to {heap} with derefs=0:      (before Go 1.26)
func (p *reader) heading(pos Pos, msg string) bool {
	text, ok := strings.CutSuffix(msg, ":")
	if !ok {
		return false
	}
	e, ok := escaping(text)
	if !ok {
		e, ok = leaking(text)
	}
	if !ok {
		return false
	}
	e.pos = pos
	p.why[pos] = append(p.why[pos], e)
	p.head = e
	return true
}

func escaping(text string) (*explanation, bool) {
	if s, ok := strings.CutSuffix(text, " escapes to heap"); ok {
		return &explanation{subject: s}, true
	}
	s, fn, ok := cutLast(text, " escapes to heap in ")
	return &explanation{subject: s, fn: fn}, ok
}

func leaking(text string) (*explanation, bool) {
	s, rest, ok := strings.Cut(strings.TrimPrefix(text, "parameter "), " leaks to ")
	if !ok || !strings.HasPrefix(text, "parameter ") {
		return nil, false
	}
	to, _, ok := cutLast(rest, " with derefs=")
	if !ok {
		return nil, false
	}
	e := &explanation{subject: s, param: true}
	if !strings.HasSuffix(to, "}") { // else no function follows the destination
		_, e.fn, _ = cutLast(to, " for ")
	}
	return e, true
}

// message reads a line that stands alone.
func (p *reader) message(pos Pos, msg string) bool {
	d, ok := classify(msg)
	if !ok {
		return false
	}
	k := key{pos, d.Kind, d.Subject, d.Detail}
	if old := p.seen[k]; old != nil {
		old.Count++
		return true
	}
	d.Pos, d.Count = pos, 1
	p.seen[k] = &d
	p.out.Diagnostics = append(p.out.Diagnostics, &d)
	return true
}

// join gives each escape its explanation and what else was said of it.
func (p *reader) join() {
	at := make(map[Pos][]*Diagnostic)
	for _, d := range p.out.Diagnostics {
		at[d.Pos] = append(at[d.Pos], d)
	}
	for _, d := range p.out.Diagnostics {
		switch d.Kind {
		case Moved, Escapes, Leaks:
			if e := p.explain(d); e != nil {
				d.Func, d.Flow = e.fn, e.flow
			}
		}
		switch d.Kind {
		case Escapes:
			d.Static = static(d, at[d.Pos])
			d.Mixed = p.seen[key{pos: d.Pos, kind: Stays, subject: d.Subject}] != nil
		}
	}
}

// explain returns the explanation of d that goes furthest: a slice that is
// made and boxed at once has two, and the one of the slice ends at the box.
func (p *reader) explain(d *Diagnostic) *explanation {
	var same, other []*explanation
	for _, e := range p.why[d.Pos] {
		switch {
		case e.param != (d.Kind == Leaks):
		case e.subject == d.Subject, d.Subject == "append" && strings.HasPrefix(e.subject, "append("):
			same = append(same, e)
		default:
			other = append(other, e)
		}
	}
	if len(same) == 0 && d.Kind == Escapes && len(other) == 1 {
		// A constant was put in the place of the expression since.
		same = other
	}
	for _, e := range same {
		if len(e.flow) == 0 {
			continue
		}
		if s, ok := storage(e.flow[len(e.flow)-1].To); !ok || s != e.subject {
			return e
		}
	}
	if len(same) > 0 {
		return same[0]
	}
	return nil
}

// static reports whether d never reaches the allocator: each of its copies
// was put into static data or shares it.
func static(d *Diagnostic, same []*Diagnostic) bool {
	n, escapes := 0, 0
	for _, o := range same {
		switch {
		case o.Kind == Escapes:
			escapes += o.Count
		case o.Kind == Box, o.Kind == Closure && o.Detail == "global":
			n += o.Count
		}
	}
	return n > 0 && n >= escapes
}
