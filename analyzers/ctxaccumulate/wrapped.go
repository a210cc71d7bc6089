package ctxaccumulate

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/ast/inspector"

	"github.com/lagvet/lagvet/analyzers/hotpath"
	"github.com/lagvet/lagvet/analyzers/internal/contexts"
	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/deferloop"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/internal/values"
)

// wrapped reports a context that is wrapped again each time n runs, because it is
// given to the variable, or the field, that the next time wraps.
func (c *checker) wrapped(f *funcs.Func, cur inspector.Cursor, n *ast.AssignStmt) {
	if n.Tok == token.DEFINE && !c.assignsOld(n) || len(n.Rhs) != 1 {
		return
	}
	d := c.derivation(n.Rhs[0])
	if d == nil {
		return
	}
	i := c.contextAt(n)
	if i < 0 {
		return
	}
	held := dataflow.Key(c.TypesInfo, n.Lhs[i])
	if held == nil || dataflow.Key(c.TypesInfo, d.parent) != held || c.rootOf(n.Lhs[i]) != c.rootOf(d.parent) {
		return
	}
	if id, ok := ast.Unparen(n.Lhs[i]).(*ast.Ident); ok && c.TypesInfo.Defs[id] != nil {
		return // a new variable, made of the one around it
	}
	w := &wrap{derivation: d, f: f, cur: cur, stmt: n, held: held, text: types.ExprString(n.Lhs[i])}
	if !c.perRequest(w) {
		c.perTurn(w)
	}
}

// rootOf is [dataflow.Root], for what is defined too.
func (c *checker) rootOf(e ast.Expr) types.Object {
	if id, ok := ast.Unparen(e).(*ast.Ident); ok {
		return c.TypesInfo.ObjectOf(id)
	}
	return dataflow.Root(c.TypesInfo, e)
}

// assignsOld reports whether n, a :=, gives a variable that was there before a new
// value.
func (c *checker) assignsOld(n *ast.AssignStmt) bool {
	for _, l := range n.Lhs {
		if id, ok := l.(*ast.Ident); ok && id.Name != "_" && c.TypesInfo.Defs[id] == nil {
			return true
		}
	}
	return false
}

// contextAt returns which of the left sides of n is given the context, or -1.
func (c *checker) contextAt(n *ast.AssignStmt) int {
	for i, l := range n.Lhs {
		if contexts.Is(c.TypesInfo.TypeOf(l)) {
			return i
		}
	}
	return -1
}

// A wrap is an assignment that gives what holds a context one made of it.
type wrap struct {
	*derivation
	f    *funcs.Func
	cur  inspector.Cursor
	stmt *ast.AssignStmt
	held types.Object // the variable or field
	text string
}

// perRequest reports w if it runs for each request, on what outlives the request:
// a variable of outside the handler, or a field of the server.
func (c *checker) perRequest(w *wrap) bool {
	v, ok := w.held.(*types.Var)
	if !ok {
		return false
	}
	root := c.Hotness.Root(w.f.Node)
	if root == nil || len(root.Via) > 0 || !v.IsField() && w.f.Node.Pos() <= v.Pos() && v.Pos() < w.f.Node.End() {
		return false
	}
	if v.IsField() && !c.ofServer(w.f, w.stmt.Lhs[c.contextAt(w.stmt)], root) {
		return false
	}
	c.Report(rule.Finding{
		Pos: w.call.Pos(), End: w.call.End(),
		Tier:      rule.Likely,
		Cause:     "context wrapped per request",
		Primitive: w.name,
		Message: fmt.Sprintf("each request (%s) wraps the context in %s once more, and %s outlives the request: the chain grows for as long as the process runs, each lookup of a value walks it, and requests see each other's values",
			root.Detail, w.text, w.text),
		Mend: "derive the context into a variable of the request's own: ctx := …",
	})
	return true
}

// ofServer reports whether e is a field of what serves all requests: of the receiver
// of the root itself, if that is a pointer.
func (c *checker) ofServer(f *funcs.Func, e ast.Expr, root *hotpath.Root) bool {
	id, ok := dataflow.Base(e).(*ast.Ident)
	if !ok {
		return false
	}
	o, ok := c.TypesInfo.ObjectOf(id).(*types.Var)
	if !ok {
		return false
	}
	if dataflow.LocalVar(o) == nil {
		return true // a package variable
	}
	top := f.Outermost()
	if top.Sig == nil || top.Sig.Recv() != o || len(root.Via) > 0 {
		return false
	}
	_, pointer := types.Unalias(o.Type()).(*types.Pointer)
	return pointer
}

// perTurn reports w if it stands in a loop that the variable was declared outside of.
func (c *checker) perTurn(w *wrap) {
	l := deferloop.Around(c.TypesInfo, c.root, w.f, w.stmt)
	if l == nil || len(l.Stmts) == 0 || l.Few() || l.Guarded() {
		return
	}
	loop, endless := c.loopOf(w, l)
	if loop == nil || c.resets(loop, w) || c.decorates(loop, w) {
		return
	}
	used, after := c.usedIn(loop, w), c.usedAfter(loop, w)
	r := rule.Finding{
		Pos: w.call.Pos(), End: w.call.End(),
		Tier:      rule.Likely,
		Cause:     "context wrapped in a loop",
		Primitive: w.name,
		Chain:     []rule.Step{{Pos: loop.Pos(), Text: "the loop that wraps " + w.text + " again in each turn"}},
		Mend:      "derive it into a variable of the iteration's own: ctx := …",
	}
	switch {
	case endless:
		r.Cause = "context wrapped in an endless loop"
		r.Message = fmt.Sprintf("each turn of a loop without end wraps %s once more: the chain of contexts grows for as long as the loop runs, nothing in it can be collected, and each lookup of a value walks all of it", w.text)
	case w.ends && used:
		r.Message = fmt.Sprintf("each iteration derives %s from that of the iteration before: it inherits that one's deadline and cancellation, so what ends one iteration ends all that follow, and the contexts pile up", w.text)
	case !used:
		return // it is put together for what comes after the loop
	default:
		r.Message = fmt.Sprintf("each iteration wraps %s once more: what it calls carries the values of all iterations before, and each lookup walks them", w.text)
		if after {
			r.Tier = rule.Suspected
		}
	}
	if fix := c.define(w, after); fix != nil {
		r.Fixes = []analysis.SuggestedFix{*fix}
	}
	c.Report(r)
}

// loopOf returns the innermost loop around w that what is wrapped lives outside of,
// and whether one of those has no end of its own.
func (c *checker) loopOf(w *wrap, l *deferloop.Loop) (loop ast.Stmt, endless bool) {
	for _, s := range l.Stmts {
		v, ok := w.held.(*types.Var)
		if !ok || !v.IsField() && s.Pos() <= v.Pos() && v.Pos() < s.End() {
			break
		}
		if v.IsField() {
			o := dataflow.Root(c.TypesInfo, w.parent)
			if o == nil || s.Pos() <= o.Pos() && o.Pos() < s.End() {
				break
			}
		}
		if loop == nil {
			loop = s
		}
		endless = endless || c.endless(s)
	}
	return loop, endless
}

// endless reports whether s goes on for as long as somebody gives it work: for {},
// a range over a channel, until a context is done.
func (c *checker) endless(s ast.Stmt) bool {
	switch s := s.(type) {
	case *ast.ForStmt:
		if s.Cond == nil {
			return s.Init == nil
		}
		b, ok := ast.Unparen(s.Cond).(*ast.BinaryExpr)
		if !ok || b.Op != token.EQL {
			return false
		}
		call, ok := ast.Unparen(b.X).(*ast.CallExpr)
		if !ok {
			return false
		}
		sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
		return ok && sel.Sel.Name == "Err" && contexts.Is(c.TypesInfo.TypeOf(sel.X))
	case *ast.RangeStmt:
		_, ok := c.TypesInfo.TypeOf(s.X).Underlying().(*types.Chan)
		return ok
	}
	return false
}

// resets reports whether the loop gives what is wrapped a value that is not made of
// it: then each turn begins anew.
func (c *checker) resets(loop ast.Stmt, w *wrap) (found bool) {
	ast.Inspect(loop, func(n ast.Node) bool {
		a, ok := n.(*ast.AssignStmt)
		if !ok || a == w.stmt || found {
			return !found
		}
		for i, l := range a.Lhs {
			if dataflow.Key(c.TypesInfo, l) != w.held {
				continue
			}
			d := c.derivation(a.Rhs[min(i, len(a.Rhs)-1)])
			found = found || d == nil || dataflow.Key(c.TypesInfo, d.parent) != w.held
		}
		return !found
	})
	return found
}

// decorates reports whether what wraps is itself what the loop goes over: a list of
// hooks, each of which adds its own, as long as the program makes it.
func (c *checker) decorates(loop ast.Stmt, w *wrap) bool {
	r, ok := loop.(*ast.RangeStmt)
	if !ok {
		return false
	}
	of := make(dataflow.Vars)
	for _, e := range []ast.Expr{r.Key, r.Value} {
		if v := c.variable(e); v != nil {
			of[v] = true
		}
	}
	for v := range c.flows.Of(w.f).From(dataflow.Mentioned(c.TypesInfo, w.call.Fun)) {
		if of[v] {
			return true
		}
	}
	return false
}

// usedIn reports whether the loop passes what is wrapped to a call that does
// not just wrap it again.
func (c *checker) usedIn(loop ast.Stmt, w *wrap) (found bool) {
	ast.Inspect(loop, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || found {
			return !found
		}
		if call == w.call || c.derivation(call) != nil {
			return true
		}
		for _, a := range call.Args {
			found = found || dataflow.Key(c.TypesInfo, a) == w.held
		}
		return !found
	})
	return found
}

// usedAfter reports whether what is wrapped is named behind the loop, or is a field
// that others may ask.
func (c *checker) usedAfter(loop ast.Stmt, w *wrap) (found bool) {
	if v, ok := w.held.(*types.Var); ok && v.IsField() {
		return true
	}
	ast.Inspect(w.f.Outermost().Body, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && id.Pos() >= loop.End() && c.TypesInfo.Uses[id] == w.held {
			found = true
		}
		return !found
	})
	return found
}

// define returns the fix that gives the iteration a variable of its own, or nil
// where that would not be the same: the value is used behind the block, another
// variable would be shadowed too, or the new one is not used.
func (c *checker) define(w *wrap, after bool) *analysis.SuggestedFix {
	if after || w.stmt.Tok != token.ASSIGN || len(w.stmt.Lhs) != 1 {
		return nil
	}
	if _, ok := w.stmt.Lhs[0].(*ast.Ident); !ok {
		return nil
	}
	_, parent := values.Outer(w.cur)
	block, ok := parent.Node().(*ast.BlockStmt)
	if !ok {
		return nil
	}
	used := false
	for _, s := range block.List {
		used = used || s.Pos() > w.stmt.Pos() && c.mentions(s, w.held, nil)
	}
	if !used {
		return nil
	}
	return &analysis.SuggestedFix{
		Message:   "derive " + w.text + " anew in each iteration",
		TextEdits: []analysis.TextEdit{{Pos: w.stmt.TokPos, End: w.stmt.TokPos + 1, NewText: []byte(":=")}},
	}
}
