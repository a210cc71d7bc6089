package lifetimes

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/cfg"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
)

// A Path is a way on which a resource is lost.
type Path struct {
	// Func returns without having released the resource: the function of its
	// creation, or a literal that this one has spawned to release it.
	Func *funcs.Func
	// Return is where. It has no text if it is implicit.
	Return token.Pos
	// Replaced is set, and Return not, if what holds it is given another value.
	Replaced token.Pos
}

// Unreleased returns a path on which v is not released by the time that its
// function returns or puts something else in its place, or nil. A path on which
// v is put anywhere but into local variables says nothing and is passed over.
func (x *Index) Unreleased(v *Value) *Path {
	if v.Func == nil {
		return nil
	}
	start, ok := x.graph(v.Func).find(v.Site.Pos())
	if !ok {
		return nil
	}
	w := x.watch(v, v.Func)
	if p := w.leak(start); p != nil || w.released {
		return p
	}
	for _, lit := range w.spawned {
		entry := place{x.graph(lit).Blocks[0], 0}
		if p := x.watch(v, lit).leak(entry); p != nil {
			return p
		}
	}
	return nil
}

// Replaced returns a path on which the field that v is put into is given
// another value, of the same object, before v is released, or nil.
func (x *Index) Replaced(v *Value) *Path {
	if v.Func == nil {
		return nil
	}
	from := v.Site.Pos()
	if own := v.Any(Own); own != nil && own.Func == v.Func {
		from = own.Node.Pos() // by way of a variable
	}
	start, ok := x.graph(v.Func).find(from)
	if !ok {
		return nil
	}
	w := &watch{x: x, v: v, fn: v.Func}
	for _, u := range v.Uses {
		switch {
		case u.Func != v.Func && inside(v.Func, u.Func) == nil:
		case u.Op == Release || u.Op == Hand:
			w.ends = append(w.ends, u.Node.Pos())
		case u.Op == Overwrite && u.Func == v.Func && x.outlives(u.Node, v.Site): // a literal runs at another time
			w.over = append(w.over, u.Node.Pos())
		}
	}
	return w.replaced(start)
}

// outlives reports whether the object that the selector at lhs selects from is
// the same in each turn of the loops around site.
func (x *Index) outlives(lhs, site ast.Node) bool {
	sel, ok := lhs.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	id, ok := ast.Unparen(sel.X).(*ast.Ident)
	if !ok {
		return false
	}
	obj := x.pass.TypesInfo.Uses[id]
	cur, ok := syntax.Find(x.root, site)
	if obj == nil || !ok {
		return false
	}
	for c := range cur.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil)) {
		if c.Node().Pos() <= obj.Pos() && obj.Pos() < c.Node().End() {
			return false
		}
	}
	return true
}

// A watch knows where a function lets go of a resource.
type watch struct {
	x        *Index
	v        *Value
	fn       *funcs.Func
	ends     []token.Pos   // places in fn
	deferred []token.Pos   // deferred literals: they release what is held when fn returns
	over     []token.Pos   // where what holds it is given another value
	released bool          // fn releases it itself
	spawned  []*funcs.Func // literals that fn spawns and that release it
}

// watch finds the places. A literal that releases the resource counts where it
// stands, since whoever runs it releases it.
func (x *Index) watch(v *Value, fn *funcs.Func) *watch {
	w := &watch{x: x, v: v, fn: fn, over: []token.Pos{v.Site.Pos()}}
	handles := make(map[*types.Var]bool)
	for _, u := range v.Uses {
		if u.Via != nil && !u.View {
			handles[u.Via] = true
		}
		if !ends(v, u) {
			continue
		}
		if u.Func == fn {
			w.released = w.released || u.Op == Release || u.Op == Hand
			w.ends = append(w.ends, effective(u))
		} else if lit := inside(fn, u.Func); lit != nil && u.Op != Wait {
			w.literal(lit)
		}
	}
	for _, u := range v.Uses {
		if u.Op == Overwrite && u.Func == fn && !u.View && len(handles) == 1 {
			w.over = append(w.over, u.Node.Pos())
		}
	}
	return w
}

func (w *watch) literal(lit *funcs.Func) {
	w.released = w.released || lit.Use != funcs.Spawned
	switch lit.Use {
	case funcs.Deferred:
		w.deferred = append(w.deferred, lit.Node.Pos())
		return
	case funcs.Spawned:
		w.spawned = append(w.spawned, lit)
	}
	w.ends = append(w.ends, lit.Node.Pos())
}

// ends reports whether a use ends a function's responsibility for v.
func ends(v *Value, u Use) bool {
	switch u.Op {
	case Rearm, Overwrite:
		return false
	case Wait:
		return v.Kind == Timer // it has fired
	case Release:
		return true
	}
	// A ticker's channel that goes elsewhere leaves the ticker behind; for a
	// timer it is as good as time.After.
	return !u.View || v.Kind != Ticker
}

// effective returns where u takes effect: a receive in the case of a select
// when that case is chosen.
func effective(u Use) token.Pos {
	if u.Comm != nil {
		return u.Comm.Colon
	}
	return u.Node.Pos()
}

// inside returns the literal directly in fn that f is or stands in, or nil.
func inside(fn, f *funcs.Func) *funcs.Func {
	for ; f != nil; f = f.Parent {
		if f.Parent == fn {
			return f
		}
	}
	return nil
}

// leak returns a path from start on which the resource is lost, or nil.
func (w *watch) leak(start place) *Path {
	if p := w.left(start); p != nil {
		return p
	}
	return w.replaced(start)
}

// left looks for a way to a return.
func (w *watch) left(start place) (found *Path) {
	for _, p := range w.deferred {
		if p < w.v.Site.Pos() {
			return nil
		}
	}
	walkFrom(start, func(n ast.Node) bool {
		if at(w.ends, n) || at(w.deferred, n) {
			return false
		}
		if r, ok := n.(*ast.ReturnStmt); ok && (found == nil || r.Return < found.Return) {
			found = &Path{Func: w.fn, Return: r.Return}
		}
		return true
	}, w.cut)
	return found
}

// replaced looks for a way to where the holder is given another value. Deferred
// literals come too late for the former one.
func (w *watch) replaced(start place) (found *Path) {
	first := true
	walkFrom(start, func(n ast.Node) bool {
		if !first && at(w.over, n) {
			found = &Path{Func: w.fn, Replaced: n.Pos()}
			return false
		}
		first = false
		return !at(w.ends, n)
	}, w.cut)
	return found
}

func at(places []token.Pos, n ast.Node) bool {
	return slices.ContainsFunc(places, func(p token.Pos) bool { return n.Pos() <= p && p < n.End() })
}

// cut reports whether no path on which the resource is held takes the edge.
func (w *watch) cut(from, to *cfg.Block) bool {
	switch to.Kind {
	case cfg.KindSelectCaseBody: // in which a timer has fired, or that is never chosen
		c := to.Stmt.(*ast.CommClause)
		return slices.Contains(w.ends, c.Colon) || w.x.neverReady(c)
	case cfg.KindRangeDone:
		return from.Kind == cfg.KindRangeLoop && w.v.waits(to.Stmt) // the channel is never closed
	}
	cond, outcome := condition(from, to)
	return cond != nil && (w.isNil(cond, outcome) || w.excluded(cond, outcome))
}

func (v *Value) waits(n ast.Node) bool {
	return slices.ContainsFunc(v.Uses, func(u Use) bool { return u.Op == Wait && u.Node == n })
}

// isNil reports whether the outcome of cond says that there is no resource.
func (w *watch) isNil(cond ast.Expr, outcome bool) bool {
	b, ok := ast.Unparen(cond).(*ast.BinaryExpr)
	if ok && (b.Op == token.LAND && outcome || b.Op == token.LOR && !outcome) {
		return w.isNil(b.X, outcome) || w.isNil(b.Y, outcome)
	}
	if !ok || b.Op != token.NEQ && b.Op != token.EQL || !w.x.pass.TypesInfo.Types[b.Y].IsNil() {
		return false
	}
	v := w.x.named(b.X)
	held := v != nil && slices.ContainsFunc(w.v.Uses, func(u Use) bool { return u.Via == v })
	return held && outcome == (b.Op == token.EQL)
}

// named returns the variable or field that e names, or nil.
func (x *Index) named(e ast.Expr) *types.Var {
	var id *ast.Ident
	switch e := ast.Unparen(e).(type) {
	case *ast.Ident:
		id = e
	case *ast.SelectorExpr:
		id = e.Sel
	}
	v, ok := x.pass.TypesInfo.Uses[id].(*types.Var)
	if !ok {
		return nil
	}
	return v.Origin()
}

// excluded reports whether the resource is only created under the opposite
// outcome of the same condition. That it may have changed in between we
// overlook: better silent than wrong.
func (w *watch) excluded(cond ast.Expr, outcome bool) bool {
	cur, _ := syntax.Find(w.x.root, w.v.Site)
	for c := range cur.Enclosing((*ast.IfStmt)(nil)) {
		s := c.Node().(*ast.IfStmt)
		if types.ExprString(s.Cond) != types.ExprString(cond) {
			continue
		}
		if within(s.Body, w.v.Site) && !outcome || s.Else != nil && within(s.Else, w.v.Site) && outcome {
			return true
		}
	}
	return false
}

// condition returns what decides for the edge, and with which outcome.
func condition(from, to *cfg.Block) (cond ast.Expr, outcome bool) {
	if len(from.Succs) != 2 || len(from.Nodes) == 0 {
		return nil, false
	}
	if k := from.Succs[0].Kind; k != cfg.KindIfThen && k != cfg.KindForBody {
		return nil, false
	}
	cond, _ = from.Nodes[len(from.Nodes)-1].(ast.Expr)
	return cond, to == from.Succs[0]
}
