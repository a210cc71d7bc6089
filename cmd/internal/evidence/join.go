package evidence

import (
	"cmp"
	"go/ast"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/lagvet/lagvet/cmd/internal/finding"
)

// A spot is what a finding is about, in the tree.
type spot struct {
	pack     *pack
	function *function // the innermost one; nil if only outer is known
	outer    *function // the outermost one
	from, to int       // the lines of the finding
	whole    bool      // the finding is about the function as a whole
	steps    []step
}

// A step is one of a finding's chain, in the tree.
type step struct {
	site
	name string // "book.go:41"
}

// spot finds what a finding is about; nil if that cannot be read.
func (t *tree) spot(f finding.Finding) *spot {
	pk, in := t.at(f.Start)
	s := &spot{pack: pk, function: in, from: f.Start.Line, to: f.Start.Line}
	switch {
	case in != nil:
		s.outer = in.outermost()
		s.whole = f.Start == in.head
	case pk != nil:
		s.outer = pk.named(f.Func)
	}
	if s.outer == nil {
		return nil
	}
	if f.End.File == f.Start.File {
		s.to = max(s.to, f.End.Line)
	}
	for _, c := range f.Chain {
		if c.File == "" {
			continue
		}
		if _, fn := t.at(c.Place); fn != nil {
			s.steps = append(s.steps, step{site{fn, c.Line}, filepath.Base(c.File) + ":" + strconv.Itoa(c.Line)})
		}
	}
	return s
}

func (s *spot) atLine(stack []site) bool {
	return slices.ContainsFunc(stack, func(at site) bool {
		return at.function == s.function && s.from <= at.line && at.line <= s.to
	})
}

// measured is what a meter holds for a finding at a place.
type measured struct {
	*joined
	tally
	inFunction float64 // what it holds for the function as a whole
	line       bool    // measured at the line of the finding
	at         string  // where: "at this line"
}

// measure looks a row up for a spot.
func (s *spot) measure(j *joined, w where) measured {
	m := measured{joined: j, at: "at this line"}
	whole := j.sum(s.outer, everything)
	m.inFunction = whole.value
	switch w {
	case inFunction:
		m.tally, m.at = whole, "for what the function unlocks"
		return m
	case throughout:
		m.tally, m.at = whole, "in this function"
		return m
	case atSteps:
		m.tally, m.at = s.stepsOf(j)
		return m
	case atStart:
		m.tally, m.at = s.startedAt(j)
		m.line = m.value > 0
		return m
	}
	if !s.whole && s.function != nil {
		m.tally = j.sum(s.outer, s.atLine)
		if m.line = m.value > 0; m.line {
			return m
		}
	}
	if w == alongCalls || w == running {
		m.tally, m.at = s.deepest(j)
	}
	// What else the function does is not what a finding with a chain is about.
	if s.whole && m.value == 0 && (w != alongCalls || len(s.steps) == 0) {
		m.tally, m.at = whole, "in this function"
	}
	return m
}

// deepest adds up what happens where the chain leads, in calls of the function: at
// the last of its steps that was seen there.
func (s *spot) deepest(j *joined) (tally, string) {
	for _, st := range slices.Backward(s.steps) {
		if t := j.sum(s.outer, func(stack []site) bool { return slices.Contains(stack, st.site) }); t.value > 0 {
			return t, "at " + st.name + ", where its chain leads"
		}
	}
	return tally{}, ""
}

// stepsOf adds up what happens at the line, and at any step of the chain whoever
// gets there.
func (s *spot) stepsOf(j *joined) (sum tally, at string) {
	var seen []int
	var names []string
	if here := j.where(s.outer, s.atLine); len(here) > 0 && s.function != nil {
		seen, names = here, []string{"this line"}
	}
	for _, st := range s.steps {
		var fresh []int
		for _, i := range j.in[st.outermost()] {
			if slices.Contains(j.stacks[i], st.site) && !slices.Contains(seen, i) {
				fresh = append(fresh, i)
			}
		}
		if len(fresh) > 0 {
			seen, names = append(seen, fresh...), append(names, st.name)
		}
	}
	at = "at " + strings.Join(names, " and ")
	if len(names) > 0 && names[len(names)-1] != "this line" {
		at += ", which its chain names"
	}
	return j.add(seen), at
}

// startedAt adds up the goroutines that are started at the spot: those with a
// literal on their stack that stands there, or else those that begin with the
// function that the go statement calls.
func (s *spot) startedAt(j *joined) (tally, string) {
	if s.function == nil {
		return tally{}, ""
	}
	literal := func(at site) bool {
		return at.Parent == s.function.Func && s.from <= at.Line && at.Line <= s.to
	}
	if t := j.sum(s.outer, func(stack []site) bool { return slices.ContainsFunc(stack, literal) }); t.value > 0 {
		return t, "started at this line"
	}
	pkg, name := s.spawns()
	if name == "" {
		return tally{}, ""
	}
	roots := make(map[*function][]int)
	for i, stack := range j.stacks {
		if len(stack) == 0 {
			continue
		}
		root := stack[len(stack)-1]
		if root.Name == name && (pkg == "" || root.pack.path == pkg) || pkg == "" && strings.HasSuffix(root.Name, "."+name) {
			roots[root.function] = append(roots[root.function], i)
		}
	}
	if len(roots) != 1 { // of several methods of that name it may be any
		return tally{}, ""
	}
	for root, samples := range roots {
		return j.add(samples), "in " + root.Name + ", which is started at this line"
	}
	return tally{}, ""
}

// spawns returns the function that a go statement at the spot calls, and its
// package if that can be told: of a method, only the name.
func (s *spot) spawns() (pkg, name string) {
	ast.Inspect(s.function.node, func(n ast.Node) bool {
		g, ok := n.(*ast.GoStmt)
		if !ok || s.function.lineOf(g) != s.from {
			return true
		}
		switch fn := ast.Unparen(g.Call.Fun).(type) {
		case *ast.Ident:
			pkg, name = s.pack.path, fn.Name
		case *ast.SelectorExpr:
			name = fn.Sel.Name
			if x, ok := fn.X.(*ast.Ident); ok {
				pkg = s.function.imported(x.Name)
			}
		}
		return false
	})
	return pkg, name
}

// lineOf returns the line of a node of the function.
func (f *function) lineOf(n ast.Node) int { return f.files.Position(n.Pos()).Line }

// imported returns the path of the package that the file of f imports by a name, or "".
func (f *function) imported(name string) string {
	for _, spec := range f.imports {
		p, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		if spec.Name != nil && spec.Name.Name == name || spec.Name == nil && path.Base(p) == name {
			return p
		}
	}
	return ""
}

// evidence says what sources tell of a finding; nil if none of them measures what
// it is about.
func (s *spot) evidence(f finding.Finding, sources []*resolved) *finding.Evidence {
	found := s.look(wanted(f), sources)
	if len(found) == 0 {
		found = s.look(fallback, sources)
	}
	if len(found) == 0 {
		return nil
	}
	slices.SortStableFunc(found, func(a, b measured) int { return cmp.Compare(b.share(b.value), a.share(a.value)) })
	e := &finding.Evidence{Status: finding.NotObserved, Weight: found[0].share(found[0].value)}
	if found[0].value > 0 {
		e.Status = finding.Confirmed
	}
	for _, m := range found {
		e.Measures = append(e.Measures, m.public())
	}
	return e
}

// look measures rows in the sources that can know of the spot. What a source
// measures in two ways is told once, unless it was seen both ways.
func (s *spot) look(wanted []row, sources []*resolved) []measured {
	var found []measured
	for _, src := range sources {
		if s.pack.name == "main" && !src.isOf(s.pack) {
			continue
		}
		for _, j := range src.meters {
			var of []measured
			for _, r := range wanted {
				if r.kind != j.kind {
					continue
				}
				if m := s.measure(j, r.where); m.value > 0 || len(of) == 0 {
					of = append(of, m)
				}
			}
			if len(of) > 1 && of[0].value == 0 {
				of = of[1:]
			}
			found = append(found, of...)
		}
	}
	return found
}
