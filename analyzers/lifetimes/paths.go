package lifetimes

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/cfg"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
)

// A graph is the control flow of one function. Ways out by a panic or by the
// end of the process are not in it.
type graph struct{ *cfg.CFG }

func (x *Index) graph(f *funcs.Func) *graph {
	x.mu.Lock()
	defer x.mu.Unlock()
	g := x.graphs[f]
	if g == nil {
		g = &graph{cfg.New(f.Body, x.mayReturn)}
		x.graphs[f] = g
	}
	return g
}

func (x *Index) mayReturn(call *ast.CallExpr) bool {
	switch fn := typeutil.Callee(x.pass.TypesInfo, call).(type) {
	case *types.Builtin:
		return fn.Name() != "panic"
	case *types.Func:
		switch fn.FullName() {
		case "os.Exit", "log.Fatal", "log.Fatalf", "log.Fatalln", "log.Panic", "log.Panicf", "log.Panicln":
			return false
		}
	}
	return true
}

// A place is a node of a graph: the node'th of a block.
type place struct {
	block *cfg.Block
	node  int
}

// find returns the live place that holds pos.
func (g *graph) find(pos token.Pos) (place, bool) {
	for _, b := range g.Blocks {
		if !b.Live {
			continue
		}
		for i, n := range b.Nodes {
			if n.Pos() <= pos && pos < n.End() {
				return place{b, i}, true
			}
		}
	}
	return place{}, false
}

// walk visits the nodes that can be reached from p, beginning with its own. It
// does not go past a node for which visit is false, nor along an edge for which
// cut is true.
func walkFrom(p place, visit func(ast.Node) bool, cut func(from, to *cfg.Block) bool) {
	seen := make(map[*cfg.Block]bool)
	var from func(place)
	from = func(p place) {
		for _, n := range p.block.Nodes[p.node:] {
			if !visit(n) {
				return
			}
		}
		for _, to := range p.block.Succs {
			if !seen[to] && !cut(p.block, to) {
				seen[to] = true
				from(place{to, 0})
			}
		}
	}
	from(p)
}

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
	start, ok := x.graph(v.Func).find(v.Site.Pos())
	if !ok {
		return nil
	}
	w := &watch{x: x, v: v, fn: v.Func}
	for _, u := range v.Uses {
		switch {
		case u.Func != v.Func && inside(v.Func, u.Func) == nil:
		case u.Op == Release || u.Op == Hand:
			w.ends = append(w.ends, u.Node.Pos())
		case u.Op == Overwrite && x.outlives(u.Node, v.Site):
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
	cur, ok := x.root.FindNode(site)
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
	case cfg.KindSelectCaseBody: // in which a timer has fired
		return slices.Contains(w.ends, to.Stmt.(*ast.CommClause).Colon)
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
	cur, _ := w.x.root.FindNode(w.v.Site)
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

func within(outer, inner ast.Node) bool {
	return outer.Pos() <= inner.Pos() && inner.End() <= outer.End()
}

// Endless reports whether the wait u for v goes on for as long as the process
// lives: it is repeated, and no return can be reached from it. A ticker's channel
// is never closed, so that to range over it has no end either; and a select case
// that nothing makes ready is no way out. Such cases are returned.
func (x *Index) Endless(v *Value, u Use) (endless bool, dead []*ast.CommClause) {
	start, ok := x.waiting(u)
	if !ok {
		return false, nil
	}
	returns := false
	walkFrom(start, func(n ast.Node) bool {
		_, ok := n.(*ast.ReturnStmt)
		returns = returns || ok
		return !returns
	}, func(from, to *cfg.Block) bool {
		switch to.Kind {
		case cfg.KindRangeDone:
			return from.Kind == cfg.KindRangeLoop && to.Stmt == u.Node
		case cfg.KindSelectCaseBody:
			c := to.Stmt.(*ast.CommClause)
			if x.neverReady(c) {
				dead = append(dead, c)
				return true
			}
		}
		return false
	})
	return !returns && x.repeats(v, u, start), dead
}

// repeats reports whether u waits for the same v again.
func (x *Index) repeats(v *Value, u Use, start place) bool {
	if _, ok := u.Node.(*ast.RangeStmt); ok {
		return true
	}
	visits := 0
	walkFrom(start, func(n ast.Node) bool {
		if within(n, u.Node) {
			visits++
		}
		return !within(n, v.Site)
	}, func(_, _ *cfg.Block) bool { return false })
	return visits > 1
}

// waiting returns the place of a wait.
func (x *Index) waiting(u Use) (place, bool) {
	if u.Func == nil {
		return place{}, false
	}
	pos := u.Node.Pos()
	if r, ok := u.Node.(*ast.RangeStmt); ok {
		pos = r.X.Pos()
	}
	return x.graph(u.Func).find(pos)
}

// Reaches reports whether n can come after the wait u.
func (x *Index) Reaches(u Use, n ast.Node) bool {
	return x.reaches(u, n, func(_, _ *cfg.Block) bool { return false })
}

// Follows reports whether n can come after the wait u has ended, not another
// case of the same select, and before the function waits there again.
func (x *Index) Follows(u Use, n ast.Node) bool {
	return x.reaches(u, n, func(_, to *cfg.Block) bool {
		return u.Comm != nil && to.Kind == cfg.KindSelectCaseBody && to.Stmt != u.Comm && x.parent(to.Stmt) == x.parent(u.Comm)
	})
}

func (x *Index) reaches(u Use, n ast.Node, cut func(from, to *cfg.Block) bool) bool {
	start, ok := x.waiting(u)
	if !ok {
		return false
	}
	found, visits := false, 0
	walkFrom(start, func(m ast.Node) bool {
		if within(m, u.Node) {
			if visits++; visits > 1 {
				return false
			}
		}
		found = found || within(m, n)
		return true
	}, cut)
	return found
}

func (x *Index) parent(n ast.Node) ast.Node {
	cur, _ := x.root.FindNode(n)
	return cur.Parent().Node()
}

// Comes reports whether a run of f may come to one of the nodes, and whether it
// must, before it returns; through plain calls of functions of the package too.
func (x *Index) Comes(f *funcs.Func, nodes []ast.Node) (may, must bool) {
	c := &coming{x: x, nodes: nodes, state: make(map[*funcs.Func]*[2]bool)}
	return c.run(f)
}

type coming struct {
	x     *Index
	nodes []ast.Node
	state map[*funcs.Func]*[2]bool // may, must; as far as known
}

func (c *coming) run(f *funcs.Func) (may, must bool) {
	if s := c.state[f]; s != nil {
		return s[0], s[1]
	}
	s := new([2]bool)
	c.state[f] = s
	g := c.x.graph(f)
	must = true
	walkFrom(place{g.Blocks[0], 0}, func(n ast.Node) bool {
		nmay, nmust := c.node(f, n)
		may = may || nmay
		if nmust {
			return false
		}
		if _, ok := n.(*ast.ReturnStmt); ok {
			must = false
		}
		return true
	}, func(_, _ *cfg.Block) bool { return false })
	s[0], s[1] = may, may && must
	return s[0], s[1]
}

func (c *coming) node(f *funcs.Func, n ast.Node) (may, must bool) {
	for _, t := range c.nodes {
		if within(n, t) && c.x.funcAt(t) == f {
			return true, true
		}
	}
	for _, call := range f.Out {
		if call.Callee == nil || call.Mode == funcs.Go || !within(n, call.Site) {
			continue
		}
		cmay, cmust := c.run(call.Callee)
		may = may || cmay
		must = must || cmust
	}
	return may, must
}

func (x *Index) funcAt(n ast.Node) *funcs.Func {
	cur, ok := x.root.FindNode(n)
	if !ok {
		return nil
	}
	return x.enclosing(cur)
}
