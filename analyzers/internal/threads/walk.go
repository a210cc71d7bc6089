package threads

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/tools/go/cfg"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
)

// most is how many locks, and how many deferred unlocks, are counted. Nobody nests them
// deeper, and a loop has to come to an end.
const most = 3

// A state is what is known on one path at one place.
type state struct {
	locks    int
	deferred int    // unlocks that run at the return
	answers  string // to conditions that are asked more than once, sorted: "+c\x00-d"
}

// An op is what one node of the graph does.
type op struct {
	call     *ast.CallExpr
	n        int
	deferred bool
}

// walk follows every path through the function of s.
func (x *Index) walk(s *Summary) {
	w := &walker{x: x, s: s, repeated: x.repeated(s.Func)}
	g := x.graph(s.Func)
	if g == nil {
		s.Unclear = true
		return
	}
	if w.collect(); s.Unclear {
		return
	}
	type job struct {
		block *cfg.Block
		state state
	}
	seen := make(map[*cfg.Block]map[state]bool)
	for work := []job{{g.Blocks[0], state{}}}; len(work) > 0; {
		j := work[len(work)-1]
		work = work[:len(work)-1]
		if seen[j.block] == nil {
			seen[j.block] = make(map[state]bool)
		}
		if seen[j.block][j.state] {
			continue
		}
		seen[j.block][j.state] = true
		at := j.state
		for _, n := range j.block.Nodes {
			at = w.node(n, at)
		}
		for _, to := range j.block.Succs {
			if next, ok := w.edge(j.block, to, at); ok {
				work = append(work, job{to, next})
			}
		}
	}
	slices.SortFunc(s.Returns, func(a, b Return) int {
		if a.Pos != b.Pos {
			return int(a.Pos - b.Pos)
		}
		return a.Left - b.Left
	})
	s.Returns = slices.Compact(s.Returns)
}

func (x *Index) graph(f *funcs.Func) *cfg.CFG {
	if lit, ok := f.Node.(*ast.FuncLit); ok {
		return x.flows.FuncLit(lit)
	}
	return x.flows.FuncDecl(f.Node.(*ast.FuncDecl))
}

// repeated returns the conditions of f that are asked more than once.
func (x *Index) repeated(f *funcs.Func) map[string]bool {
	count := make(map[string]int)
	ast.Inspect(f.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return n == f.Node
		case *ast.IfStmt:
			text, _ := plain(n.Cond, true)
			count[text]++
		}
		return true
	})
	again := make(map[string]bool)
	for text, n := range count {
		if n > 1 {
			again[text] = true
		}
	}
	return again
}

// plain returns the text of a condition without its negation, and the outcome turned
// round for it.
func plain(cond ast.Expr, outcome bool) (string, bool) {
	cond = ast.Unparen(cond)
	switch e := cond.(type) {
	case *ast.UnaryExpr:
		if e.Op == token.NOT {
			return plain(e.X, !outcome)
		}
	case *ast.BinaryExpr:
		if e.Op == token.NEQ {
			return types.ExprString(e.X) + " == " + types.ExprString(e.Y), !outcome
		}
	}
	return types.ExprString(cond), outcome
}

// A walker follows the paths of one function.
type walker struct {
	x        *Index
	s        *Summary
	calls    []op // in the order of the source
	repeated map[string]bool
}

// collect finds what locks and unlocks in the function. A literal that is called in
// place, or deferred, counts where it stands; one that is handed to somebody, and unlocks
// what it did not lock, cannot be followed.
func (w *walker) collect() {
	f := w.s.Func
	for _, k := range f.Out {
		n := w.x.effect(k)
		if k.Callee != nil && k.Mode != funcs.Go && w.x.Of(k.Callee).Unclear {
			w.s.Unclear = true
		}
		if n == 0 || k.Mode == funcs.Go {
			continue
		}
		w.calls = append(w.calls, op{k.Site, n, k.Mode == funcs.Defer})
		if n > 0 {
			w.s.Locks = append(w.s.Locks, k.Site)
		} else {
			w.s.Unlocks = append(w.s.Unlocks, k.Site)
		}
	}
	for _, lit := range w.x.lits[f] {
		if !w.x.concerns(lit) {
			continue
		}
		switch lit.Use {
		case funcs.Spawned, funcs.Called, funcs.Deferred, funcs.Assigned:
			if n, ok := w.x.Of(lit).Fixed(); lit.Use == funcs.Deferred && (!ok || n > 0) {
				w.s.Unclear = true
			}
		default:
			if n, ok := w.x.Of(lit).Fixed(); !ok || n != 0 {
				w.s.Unclear = true
			}
		}
	}
}

// node returns the state after a node.
func (w *walker) node(n ast.Node, at state) state {
	at = w.assign(n, at)
	w.record(n, at)
	for _, o := range w.calls {
		if !holds(n, o.call) || w.inLiteral(n, o.call) {
			continue
		}
		w.record(o.call, at)
		switch {
		case o.deferred:
			at.deferred = clamp(at.deferred - o.n)
		default:
			at.locks = clamp(at.locks + o.n)
		}
	}
	for _, k := range w.s.Func.Out {
		if holds(n, k.Site) && !w.inLiteral(n, k.Site) && !w.isOp(k.Site) {
			w.record(k.Site, at)
		}
	}
	if r, ok := n.(*ast.ReturnStmt); ok {
		w.s.Returns = append(w.s.Returns, Return{r.Return, at.locks - at.deferred})
	}
	return at
}

func (w *walker) isOp(call *ast.CallExpr) bool {
	return slices.ContainsFunc(w.calls, func(o op) bool { return o.call == call })
}

func (w *walker) record(n ast.Node, at state) {
	if e := w.s.before[n]; e != nil {
		e.add(at.locks)
		return
	}
	w.s.before[n] = &extent{at.locks, at.locks}
}

// inLiteral reports whether the call stands in a literal within n: that runs elsewhere.
func (w *walker) inLiteral(n ast.Node, call *ast.CallExpr) bool {
	at := w.x.funcs.At(call.Pos())
	if lit, ok := ast.Unparen(call.Fun).(*ast.FuncLit); ok { // func() {…}() itself
		at = w.x.funcs.Of(lit).Parent
	}
	return at != w.s.Func
}

func clamp(n int) int { return max(-most, min(n, most)) }

func holds(outer, inner ast.Node) bool {
	return outer.Pos() <= inner.Pos() && inner.End() <= outer.End()
}

// assign forgets the answers to conditions about what n gives another value, and notes
// that of a flag: locked = true.
func (w *walker) assign(n ast.Node, at state) state {
	var lhs, rhs []ast.Expr
	switch n := n.(type) {
	case *ast.AssignStmt:
		lhs, rhs = n.Lhs, n.Rhs
	case *ast.IncDecStmt:
		lhs = []ast.Expr{n.X}
	case *ast.ValueSpec:
		for _, id := range n.Names {
			lhs = append(lhs, id)
		}
		rhs = n.Values
	default:
		return at
	}
	for i, l := range lhs {
		at.answers = without(at.answers, last(l))
		if text := types.ExprString(l); len(lhs) == len(rhs) && w.asked(text) {
			if id, ok := ast.Unparen(rhs[i]).(*ast.Ident); ok && (id.Name == "true" || id.Name == "false") {
				at.answers = with(at.answers, text, id.Name == "true")
			}
		}
	}
	return at
}

// last returns the name of the variable or field that e denotes.
func last(e ast.Expr) string {
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	case *ast.StarExpr:
		return last(e.X)
	case *ast.IndexExpr:
		return last(e.X)
	}
	return ""
}

// asked reports whether some condition is the flag of that name.
func (w *walker) asked(text string) (found bool) {
	ast.Inspect(w.s.Func.Body, func(n ast.Node) bool {
		if s, ok := n.(*ast.IfStmt); ok {
			cond, _ := plain(s.Cond, true)
			found = found || cond == text
		}
		return !found
	})
	return found
}

// edge returns the state behind an edge, or not ok if no path takes it.
func (w *walker) edge(from, to *cfg.Block, at state) (state, bool) {
	cond, outcome := condition(from, to)
	if cond == nil {
		return at, true
	}
	text, outcome := plain(cond, outcome)
	if known, ok := answer(at.answers, text); ok {
		return at, known == outcome
	}
	if w.repeated[text] {
		at.answers = with(at.answers, text, outcome)
	}
	return at, true
}

// condition returns what decides for the edge, and with which outcome.
func condition(from, to *cfg.Block) (cond ast.Expr, outcome bool) {
	if len(from.Succs) != 2 || len(from.Nodes) == 0 || from.Succs[0].Kind != cfg.KindIfThen {
		return nil, false
	}
	cond, _ = from.Nodes[len(from.Nodes)-1].(ast.Expr)
	return cond, to == from.Succs[0]
}

func answer(answers, text string) (outcome, ok bool) {
	for a := range strings.SplitSeq(answers, "\x00") {
		if len(a) > 0 && a[1:] == text {
			return a[0] == '+', true
		}
	}
	return false, false
}

func with(answers, text string, outcome bool) string {
	sign := "-"
	if outcome {
		sign = "+"
	}
	var all []string
	if answers != "" {
		all = strings.Split(answers, "\x00")
	}
	all = append(all, sign+text)
	slices.Sort(all)
	return strings.Join(all, "\x00")
}

// without returns the answers to conditions that do not mention a name.
func without(answers, name string) string {
	if answers == "" || name == "" {
		return answers
	}
	all := strings.Split(answers, "\x00")
	all = slices.DeleteFunc(all, func(a string) bool {
		return slices.Contains(strings.FieldsFunc(a, func(r rune) bool { return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) }), name)
	})
	return strings.Join(all, "\x00")
}
