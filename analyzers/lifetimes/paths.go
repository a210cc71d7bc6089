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
	// Stmt is the return statement; it has no place in the source if it is implicit.
	Stmt *ast.ReturnStmt
	// Replaced is set, and the others are not, if what holds it is given another value.
	Replaced token.Pos
}

// Unreleased returns a path on which v is not released by the time that its
// function returns or puts something else in its place, or nil. A path on which
// v is put anywhere but into local variables says nothing and is passed over.
func (x *Index) Unreleased(v *Value) *Path {
	if ps := x.Lost(v); len(ps) > 0 {
		return ps[0]
	}
	return nil
}

// Lost returns every path such as Unreleased returns the first of: those to a
// return in the order of the source, then those to where something else takes
// its place.
func (x *Index) Lost(v *Value) []*Path {
	return x.LostUnless(v, func(Use) bool { return false })
}

// LostUnless is Lost where the uses for which ended is true are as good as a release.
func (x *Index) LostUnless(v *Value, ended func(Use) bool) []*Path {
	if v.Func == nil {
		return nil
	}
	start, ok := x.graph(v.Func).find(v.Site.Pos())
	if !ok {
		return nil
	}
	w := x.watch(v, v.Func, ended)
	if ps := w.leaks(start); len(ps) > 0 || w.released {
		return ps
	}
	for _, lit := range w.spawned {
		entry := place{x.graph(lit).Blocks[0], 0}
		if ps := x.watch(v, lit, ended).leaks(entry); len(ps) > 0 {
			return ps
		}
	}
	return nil
}

// open reports whether v can come to the use u, of its own function, without
// having been released before.
func (x *Index) open(v *Value, u Use) bool {
	start, ok := x.graph(v.Func).find(v.Site.Pos())
	if !ok {
		return false
	}
	w := x.watch(v, v.Func, func(Use) bool { return false })
	w.ends = slices.DeleteFunc(w.ends, func(p token.Pos) bool { return p == effective(u) })
	found := false
	w.walk(start, func(n ast.Node) bool {
		found = found || within(n, u.Node) || n == u.Node
		return !found && !at(w.ends, n) && !at(w.deferred, n)
	})
	return found
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
	if ps := w.replaced(start); len(ps) > 0 {
		return ps[0]
	}
	return nil
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
	errs     []*types.Var  // variables besides its own that are given the error
}

// watch finds the places. A literal that releases the resource counts where it
// stands, since whoever runs it releases it.
func (x *Index) watch(v *Value, fn *funcs.Func, ended func(Use) bool) *watch {
	w := &watch{x: x, v: v, fn: fn, over: []token.Pos{v.Site.Pos()}, errs: x.aliases(fn, v.Err)}
	handles := make(map[*types.Var]bool)
	for _, u := range v.Uses {
		if u.Via != nil && !u.View {
			handles[u.Via] = true
		}
		if !ends(v, u) && !ended(u) {
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
	case Rearm, Overwrite, Read, Touch, Exhaust:
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

// leaks returns the paths from start on which the resource is lost.
func (w *watch) leaks(start place) []*Path { return append(w.left(start), w.replaced(start)...) }

// left looks for ways to a return.
func (w *watch) left(start place) (found []*Path) {
	for _, p := range w.deferred {
		if p < w.v.Site.Pos() {
			return nil
		}
	}
	w.walk(start, func(n ast.Node) bool {
		if at(w.ends, n) || at(w.deferred, n) {
			return false
		}
		if r, ok := n.(*ast.ReturnStmt); ok {
			found = append(found, &Path{Func: w.fn, Return: r.Return, Stmt: r})
		}
		return true
	})
	slices.SortFunc(found, func(a, b *Path) int { return int(a.Return - b.Return) })
	return slices.CompactFunc(found, func(a, b *Path) bool { return a.Return == b.Return })
}

// replaced looks for a way to where the holder is given another value. Deferred
// literals come too late for the former one.
func (w *watch) replaced(start place) (found []*Path) {
	first := true
	w.walk(start, func(n ast.Node) bool {
		if !first && at(w.over, n) {
			if found == nil {
				found = []*Path{{Func: w.fn, Replaced: n.Pos()}}
			}
			return false
		}
		first = false
		return !at(w.ends, n)
	})
	return found
}

// maxAsked is how many questions that a function asks more than once are kept in
// mind on a path. More are rare, and each may double the paths.
const maxAsked = 6

// A state is where a path has come to and what it knows by then.
type state struct {
	block *cfg.Block
	told  bool           // the error is still that which came with the resource
	asked [maxAsked]int8 // the outcomes of questions: 1 if true, -1 if false, 0 if not known
}

// walk visits the nodes that can be reached from start while the resource is
// held: see walkAsking. As long as the error that came with it is not overwritten, a
// branch on it tells whether there is a resource.
func (w *watch) walk(start place, visit func(ast.Node) bool) {
	w.x.walkAsking(w.fn, start, state{told: w.v.Err != nil}, func(n ast.Node, s *state) bool {
		if !visit(n) {
			return false
		}
		s.told = s.told && (within(n, w.v.Site) || !w.x.assigns(n, w.v.Err))
		return true
	}, func(from, to *cfg.Block, s *state) bool {
		return w.cut(from, to, s.told)
	})
}

// walkAsking is walkFrom, in fn, for paths that know what they have come by: the same
// question has the same answer until what it asks of is given another value.
func (x *Index) walkAsking(fn *funcs.Func, start place, s state, visit func(ast.Node, *state) bool, cut func(from, to *cfg.Block, s *state) bool) {
	questions := x.questions(fn)
	keys := make([]string, len(questions))
	for i, q := range questions {
		keys[i] = x.key(q)
	}
	seen := make(map[state]bool)
	var from func(place, state)
	from = func(p place, s state) {
		for _, n := range p.block.Nodes[p.node:] {
			if !visit(n, &s) {
				return
			}
			for i, q := range questions {
				if x.assignsAny(n, q) {
					s.asked[i] = x.flag(n, q)
				}
			}
		}
		for _, to := range p.block.Succs {
			next := s
			next.block = to
			if to.Kind == cfg.KindRangeBody {
				next.asked = [maxAsked]int8{} // the turn may be of another element
			}
			if cut(p.block, to, &s) || !x.answered(&next, keys, p.block, to) || seen[next] {
				continue
			}
			seen[next] = true
			from(place{to, 0}, next)
		}
	}
	from(start, s)
}

// assigns reports whether n gives v another value.
func (x *Index) assigns(n ast.Node, v *types.Var) bool {
	given := func(e ast.Expr) bool {
		switch e := ast.Unparen(e).(type) {
		case *ast.Ident:
			return x.pass.TypesInfo.ObjectOf(e) == v
		case *ast.SelectorExpr:
			return x.pass.TypesInfo.ObjectOf(e.Sel) == v
		}
		return false
	}
	switch n := n.(type) {
	case *ast.AssignStmt:
		return slices.ContainsFunc(n.Lhs, given)
	case *ast.IncDecStmt:
		return given(n.X)
	case *ast.ValueSpec:
		return slices.ContainsFunc(n.Names, func(id *ast.Ident) bool { return given(id) })
	}
	return false
}

func at(places []token.Pos, n ast.Node) bool {
	return slices.ContainsFunc(places, func(p token.Pos) bool { return n.Pos() <= p && p < n.End() })
}

// cut reports whether no path on which the resource is held takes the edge. told
// says that the error is still that which came with it.
func (w *watch) cut(from, to *cfg.Block, told bool) bool {
	switch to.Kind {
	case cfg.KindSelectCaseBody: // in which a timer has fired, or that is never chosen
		c := to.Stmt.(*ast.CommClause)
		return slices.Contains(w.ends, c.Colon) || w.x.neverReady(c)
	case cfg.KindRangeDone:
		return from.Kind == cfg.KindRangeLoop && w.v.waits(to.Stmt) // the channel is never closed
	}
	if tag := w.x.tag(from); tag != nil {
		v := w.x.named(tag)
		return told && v != nil && w.isErr(v) && w.taggedBy(from, to)
	}
	cond, outcome := condition(from, to)
	return cond != nil && (w.none(cond, outcome, told) || w.x.excluded(w.v.Site, cond, outcome))
}

// taggedBy reports whether the edge of a switch on the error is that of another
// case than nil.
func (w *watch) taggedBy(from, to *cfg.Block) bool {
	last, ok := from.Nodes[len(from.Nodes)-1].(ast.Expr)
	return ok && w.x.pass.TypesInfo.Types[last].IsNil() == (to != from.Succs[0])
}

// tag returns what a switch compares in the block, or nil.
func (x *Index) tag(b *cfg.Block) ast.Expr {
	if len(b.Succs) != 2 || len(b.Nodes) == 0 || b.Succs[0].Kind != cfg.KindSwitchCaseBody {
		return nil
	}
	if cur, ok := syntax.Find(x.root, b.Succs[0].Stmt); ok {
		if s, ok := cur.Parent().Parent().Node().(*ast.SwitchStmt); ok {
			return s.Tag
		}
	}
	return nil
}

func (v *Value) waits(n ast.Node) bool {
	return slices.ContainsFunc(v.Uses, func(u Use) bool { return u.Op == Wait && u.Node == n })
}

// none reports whether the outcome of cond says that there is no resource: that
// it is nil, that the error is not, or that it has come to its own end.
func (w *watch) none(cond ast.Expr, outcome, told bool) bool {
	switch e := ast.Unparen(cond).(type) {
	case *ast.UnaryExpr:
		return e.Op == token.NOT && w.none(e.X, !outcome, told)
	case *ast.BinaryExpr:
		switch {
		case e.Op == token.LAND && outcome, e.Op == token.LOR && !outcome:
			return w.none(e.X, outcome, told) || w.none(e.Y, outcome, told)
		case e.Op == token.LAND, e.Op == token.LOR:
			return w.none(e.X, outcome, told) && w.none(e.Y, outcome, told)
		case e.Op == token.NEQ, e.Op == token.EQL:
			return w.compared(e, outcome == (e.Op == token.EQL), told)
		}
	case *ast.CallExpr:
		return w.asked(e, outcome, told)
	case *ast.Ident:
		v := w.x.named(e)
		return v != nil && !outcome && slices.Contains(w.v.oks, v)
	}
	return false
}

// compared is none for a comparison whose operands turn out to be equal or not.
func (w *watch) compared(e *ast.BinaryExpr, equal, told bool) bool {
	v := w.x.named(e.X)
	switch isNil := w.x.pass.TypesInfo.Types[e.Y].IsNil(); {
	case v == nil:
		return false
	case w.isErr(v):
		return told && equal != isNil // err == io.EOF says that there is one too
	case w.isPart(e.X):
		return equal // with nil, or with http.NoBody
	default:
		return isNil && equal && w.held(v)
	}
}

func (w *watch) held(v *types.Var) bool {
	return slices.ContainsFunc(w.v.Uses, func(u Use) bool { return u.Via == v })
}

// isPart reports whether e is the part of the resource that stands for it: resp.Body.
func (w *watch) isPart(e ast.Expr) bool {
	sel, ok := ast.Unparen(e).(*ast.SelectorExpr)
	if !ok || w.v.Kind.Part == "" || sel.Sel.Name != w.v.Kind.Part {
		return false
	}
	v := w.x.named(sel.X)
	return v != nil && w.held(v)
}

// isErr reports whether v is the error that came with the resource, or has been
// given that.
func (w *watch) isErr(v *types.Var) bool {
	return w.v.Err != nil && (v == w.v.Err || slices.Contains(w.errs, v))
}

// aliases returns the variables that fn gives the value of v.
func (x *Index) aliases(fn *funcs.Func, v *types.Var) []*types.Var {
	if v == nil {
		return nil
	}
	var vs []*types.Var
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		a, ok := n.(*ast.AssignStmt)
		if !ok || len(a.Lhs) != len(a.Rhs) {
			return true
		}
		for i, r := range a.Rhs {
			id, ok := ast.Unparen(r).(*ast.Ident)
			to, toOK := ast.Unparen(a.Lhs[i]).(*ast.Ident)
			if !ok || !toOK || x.pass.TypesInfo.Uses[id] != v {
				continue
			}
			if w, ok := x.pass.TypesInfo.ObjectOf(to).(*types.Var); ok {
				vs = append(vs, w)
			}
		}
		return true
	})
	return vs
}

// asked is none for a call that is a condition. What a function finds out about
// the error by its name, no one knows: that it is one, or that all is well.
func (w *watch) asked(call *ast.CallExpr, outcome, told bool) bool {
	if slices.ContainsFunc(w.v.Uses, func(u Use) bool { return u.Op == Exhaust && u.Call == call }) {
		return !outcome
	}
	if !told || !slices.ContainsFunc(call.Args, func(a ast.Expr) bool { v := w.x.named(a); return v != nil && w.isErr(v) }) {
		return false
	}
	c := w.x.funcs.Call(call)
	isError := c != nil && c.Func != nil && c.Func.Pkg() != nil && c.Func.Pkg().Path() == "errors"
	return outcome || !isError
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

// excluded reports whether site is only come to under the opposite outcome of the
// same condition. That it may have changed in between we overlook: better silent
// than wrong.
func (x *Index) excluded(site ast.Node, cond ast.Expr, outcome bool) bool {
	cond, outcome = plain(cond, outcome)
	cur, _ := syntax.Find(x.root, site)
	for c := range cur.Enclosing((*ast.IfStmt)(nil)) {
		s := c.Node().(*ast.IfStmt)
		in := within(s.Body, site)
		if !in && (s.Else == nil || !within(s.Else, site)) {
			continue // it stands in the condition itself
		}
		if around, was := plain(s.Cond, in); types.ExprString(around) == types.ExprString(cond) && was != outcome {
			return true
		}
	}
	return false
}

// plain returns the condition without its negations, and its outcome.
func plain(cond ast.Expr, outcome bool) (ast.Expr, bool) {
	for {
		u, ok := ast.Unparen(cond).(*ast.UnaryExpr)
		if !ok || u.Op != token.NOT {
			return ast.Unparen(cond), outcome
		}
		cond, outcome = u.X, !outcome
	}
}

// condition returns what decides for the edge, and with which outcome.
func condition(from, to *cfg.Block) (cond ast.Expr, outcome bool) {
	if len(from.Succs) != 2 || len(from.Nodes) == 0 {
		return nil, false
	}
	if k := from.Succs[0].Kind; k != cfg.KindIfThen && k != cfg.KindForBody && k != cfg.KindSwitchCaseBody {
		return nil, false
	}
	cond, _ = from.Nodes[len(from.Nodes)-1].(ast.Expr)
	return cond, to == from.Succs[0]
}
