package lifetimes

import (
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/cfg"

	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
)

// near is the number of calls within which what calls a function still says
// something of how often it runs. Further up everything hangs together: a server
// calls whatever it does from the loop that accepts connections.
const near = 3

// An Origin is how a function comes to run, as far as its package shows.
type Origin struct {
	// Funcs are the function itself and those by which it is reached within
	// few calls, the nearest first.
	Funcs []*funcs.Func
	// Process is set if it is reached from main, an init function, a
	// package-level initialiser, the Once of one, or one of Begins, and from
	// nowhere else.
	Process bool
	// Begins are functions that count as run once by the process for who knows
	// no better: those of package main that nothing calls or names, since a
	// library finds them, and those that start it and then never return.
	Begins []*funcs.Func
	// Loop is what starts it, or calls what does, in a loop that nothing
	// bounds, if that is near: there may be any number at a time.
	Loop ast.Node
}

// Origin returns how f comes to run. If f never returns, a loop around a plain
// call of it does not repeat, and only a loop around what spawns it counts.
func (x *Index) Origin(f *funcs.Func, returns bool) Origin {
	w := &origins{x: x, seen: map[*funcs.Func]bool{f: true}, queue: []reached{{f, 0, returns}}}
	for len(w.queue) > 0 {
		r := w.queue[0]
		w.queue = w.queue[1:]
		if r.calls <= near {
			w.Funcs = append(w.Funcs, r.f)
		}
		if r.f.Obj == nil {
			w.literal(r)
		} else {
			w.declared(r)
		}
	}
	w.Process = w.process && !w.open && w.Loop == nil
	return w.Origin
}

// reached is a function by which another comes to run.
type reached struct {
	f       *funcs.Func
	calls   int  // between the two
	repeats bool // a loop around a call of f makes more of the other
}

type origins struct {
	Origin
	x       *Index
	queue   []reached
	seen    map[*funcs.Func]bool
	process bool // some way begins with the process
	open    bool // some way begins out of sight
}

func (w *origins) declared(r reached) {
	obj, main := r.f.Obj, w.x.pass.Pkg.Name() == "main"
	if obj.Signature().Recv() == nil && (obj.Name() == "init" || main && obj.Name() == "main") {
		w.process = true
		return
	}
	refs := w.x.refs[obj]
	switch {
	case len(r.f.In)+len(refs) == 0 && main:
		w.begins(r.f) // a command, called by name
	case len(r.f.In)+len(refs) == 0, w.x.hidden(obj):
		w.open = true
	}
	for _, c := range r.f.In {
		w.from(c.Caller, c.Site, reached{calls: r.calls + 1, repeats: r.repeats || c.Mode == funcs.Go})
	}
	for _, cur := range refs {
		if call, ok := operand(cur).Parent().Node().(*ast.CallExpr); ok && w.x.once(call) {
			w.process = true
			continue
		}
		if w.x.enclosing(cur) == nil && !main {
			w.open = true // an entry of a table, say
			continue
		}
		w.from(w.x.enclosing(cur), cur.Node(), reached{calls: r.calls + 1, repeats: r.repeats || w.x.spawns(cur)})
	}
}

func (w *origins) literal(r reached) {
	f := r.f
	up := reached{calls: r.calls, repeats: r.repeats}
	switch f.Use {
	case funcs.Spawned:
		up.repeats = true
	case funcs.Passed:
		if w.x.once(f.UseCall) {
			w.process = true
			return
		}
		cur, _ := syntax.Find(w.x.root, f.Node)
		up.repeats = up.repeats || w.x.spawns(cur)
	case funcs.Assigned:
		for _, c := range f.In {
			w.from(c.Caller, c.Site, reached{calls: r.calls, repeats: r.repeats || c.Mode == funcs.Go})
		}
	case funcs.Elsewhere:
		w.open = w.open || w.x.pass.Pkg.Name() != "main"
	}
	w.from(f.Parent, f.Node, up)
}

func (w *origins) begins(f *funcs.Func) {
	w.process = true
	w.Begins = append(w.Begins, f)
}

// from goes on to the caller, which reaches what came before it from site.
func (w *origins) from(caller *funcs.Func, site ast.Node, r reached) {
	if caller == nil {
		w.process = true
		return
	}
	if r.repeats && r.calls <= near && w.Loop == nil && w.x.unbounded(site) {
		w.Loop = site
	}
	if r.repeats && w.x.settles(caller, site) {
		w.begins(caller)
		return
	}
	if !w.seen[caller] {
		w.seen[caller] = true
		r.f = caller
		w.queue = append(w.queue, r)
	}
}

// spawns reports whether the function at cur is an argument of a function that
// runs it in a goroutine: the Go method of a group, or a function of the
// package that is seen to.
func (x *Index) spawns(cur inspector.Cursor) bool {
	cur = operand(cur)
	call, ok := cur.Parent().Node().(*ast.CallExpr)
	if !ok {
		return false
	}
	c := x.funcs.Call(call)
	if c == nil || c.Func == nil {
		return false
	}
	if c.Func.Name() == "Go" {
		return true
	}
	if c.Callee == nil {
		return false
	}
	for i, a := range call.Args {
		if params := c.Callee.Sig.Params(); a == cur.Node() && i < params.Len() {
			return x.runs(c.Callee, params.At(i))
		}
	}
	return false
}

// runs reports whether f calls its parameter p in a goroutine.
func (x *Index) runs(f *funcs.Func, p *types.Var) bool {
	root, ok := syntax.Find(x.root, f.Body)
	if !ok {
		return false
	}
	for cur := range root.Preorder((*ast.GoStmt)(nil)) {
		for id := range cur.Preorder((*ast.Ident)(nil)) {
			if x.pass.TypesInfo.Uses[id.Node().(*ast.Ident)] == p {
				return true
			}
		}
	}
	return false
}

// settles reports whether f comes to site once, and does not return after that:
// a command that sets things going and then waits for ever. What it starts there
// there is one of for as long as f goes on.
func (x *Index) settles(f *funcs.Func, site ast.Node) bool {
	start, ok := x.graph(f).find(site.Pos())
	if !ok {
		return false
	}
	settles, visits := true, 0
	walkFrom(start, func(n ast.Node) bool {
		if within(n, site) {
			visits++
		}
		_, returns := n.(*ast.ReturnStmt)
		settles = settles && visits < 2 && !returns && !x.exits(n)
		return settles
	}, func(_, _ *cfg.Block) bool { return false })
	return settles
}

// once reports whether call is the Do of a package-level sync.Once.
func (x *Index) once(call *ast.CallExpr) bool {
	c := x.funcs.Call(call) // nil for a conversion
	if c == nil || c.FullName() != "(*sync.Once).Do" {
		return false
	}
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return false
	}
	id, ok := ast.Unparen(sel.X).(*ast.Ident)
	if !ok {
		return false
	}
	obj := x.pass.TypesInfo.Uses[id]
	return obj != nil && obj.Parent() == x.pass.Pkg.Scope()
}

// unbounded reports whether n stands in a loop that goes on for as long as
// something comes in: without condition, with nothing but a condition, or over a channel.
func (x *Index) unbounded(n ast.Node) bool {
	cur, ok := syntax.Find(x.root, n)
	if !ok {
		return false
	}
	for c := range cur.Enclosing((*ast.ForStmt)(nil), (*ast.RangeStmt)(nil), (*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
		switch l := c.Node().(type) {
		case *ast.ForStmt:
			if l.Init == nil && l.Post == nil && within(l.Body, n) {
				return true
			}
		case *ast.RangeStmt:
			if isChan(x.pass.TypesInfo.TypeOf(l.X)) && within(l.Body, n) {
				return true
			}
		default:
			if n != l {
				return false
			}
		}
	}
	return false
}
