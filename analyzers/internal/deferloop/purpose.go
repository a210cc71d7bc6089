package deferloop

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/cfg"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
)

// Deliberate reports whether it may well be left to the end on purpose, or is not
// left to the end: the loop is short, the code keeps what is released, or the
// iteration releases it by itself on one of its ways.
func (l *Loop) Deliberate() bool { return l.Few() || l.onPurpose() || l.released(l.graph, l.block) }

// onPurpose reports whether the code means to release everything at the end:
// what is released was not made in the iteration (a lock of each shard, each
// of a list of closers, an undo step), or it is kept beyond the iteration.
func (l *Loop) onPurpose() bool {
	if l.body == nil {
		return false
	}
	made, kept := l.made()
	return kept || len(made) == 0 && l.usesIteration() || l.ofIteration() || l.undoes(made) || l.builds(made) || l.kept(made) || l.listed(made) ||
		l.numbered(made) || l.shared(made) || l.installed(made) || l.toggles()
}

// ofIteration reports whether the deferred call is a method of something that
// the loop is given, like each of a list of servers, or is all that calling such
// a thing returned: the function that unlocks what it locked.
func (l *Loop) ofIteration() bool {
	switch fun := ast.Unparen(l.Defer.Call.Fun).(type) {
	case *ast.SelectorExpr:
		return l.given(fun.X, 0)
	case *ast.Ident:
		value := l.value(l.info.Uses[fun])
		call, ok := value.(*ast.CallExpr)
		if !ok {
			return false
		}
		if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok {
			return l.given(sel.X, 0)
		}
		return l.given(call.Fun, 0)
	}
	return false
}

// given reports whether e is, or is a part of, what the loop ranges over, or
// what a map has for it.
func (l *Loop) given(e ast.Expr, depth int) bool {
	if x, ok := ast.Unparen(e).(*ast.IndexExpr); ok {
		return l.given(x.Index, depth)
	}
	o := dataflow.Root(l.info, e)
	r, ok := l.Stmts[0].(*ast.RangeStmt)
	if !ok || o == nil {
		return false
	}
	if r.Pos() <= o.Pos() && o.Pos() < r.Body.Pos() {
		return true
	}
	const far = 3
	value := l.value(o)
	if _, call := value.(*ast.CallExpr); value == nil || call || depth > far {
		return false
	}
	return l.given(value, depth+1)
}

// value returns what the variable o of the iteration is declared with, or nil.
func (l *Loop) value(o types.Object) (value ast.Expr) {
	if o == nil || !l.inside(o) {
		return nil
	}
	ast.Inspect(l.body, func(n ast.Node) bool {
		a, ok := n.(*ast.AssignStmt)
		if !ok || len(a.Rhs) != 1 || value != nil {
			return value == nil
		}
		if id, ok := a.Lhs[0].(*ast.Ident); ok && l.info.Defs[id] == o {
			if _, call := ast.Unparen(a.Rhs[0]).(*ast.CallExpr); !call || len(a.Lhs) == 1 {
				value = ast.Unparen(a.Rhs[0])
			}
		}
		return true
	})
	return value
}

// undoes reports whether what is deferred asks how the function has ended before
// it does something to what the iteration made: a step back, not a release.
func (l *Loop) undoes(made map[types.Object]bool) (found bool) {
	lit, ok := ast.Unparen(l.Defer.Call.Fun).(*ast.FuncLit)
	if !ok {
		return false
	}
	for _, s := range lit.Body.List {
		is, ok := s.(*ast.IfStmt)
		if !ok || !l.asksOutcome(is.Cond) {
			continue
		}
		if len(is.Body.List) == 1 {
			if _, leaves := is.Body.List[0].(*ast.ReturnStmt); leaves {
				return true
			}
		}
		for o := range l.uses(is.Body) {
			found = found || made[o]
		}
	}
	return found
}

// asksOutcome reports whether cond reads a result, or a variable from outside
// the loops that is assigned to somewhere.
func (l *Loop) asksOutcome(cond ast.Expr) (asks bool) {
	outer, around := l.Stmts[len(l.Stmts)-1], l.f.Outermost().Node
	for o := range l.uses(cond) {
		if o.Pos() < around.Pos() || around.End() <= o.Pos() || outer.Pos() <= o.Pos() && o.Pos() < outer.End() {
			continue
		}
		ast.Inspect(around, func(n ast.Node) bool {
			if a, ok := n.(*ast.AssignStmt); ok && a.Tok == token.ASSIGN {
				asks = asks || slices.Contains(l.objects(a.Lhs), o)
			}
			return !asks
		})
		for r := range l.f.Sig.Results().Variables() {
			asks = asks || r == o
		}
	}
	return asks
}

// builds reports whether the call that made what is released is given something
// of outside the loop that the iterations build up by method calls: each stands
// upon the one before, which may have to stay until then.
func (l *Loop) builds(made map[types.Object]bool) (found bool) {
	grown := make(map[types.Object]bool)
	ast.Inspect(l.body, func(n ast.Node) bool {
		s, ok := n.(*ast.ExprStmt)
		if !ok {
			return true
		}
		if call, ok := s.X.(*ast.CallExpr); ok {
			if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok {
				o, ok := dataflow.Root(l.info, sel.X).(*types.Var)
				if ok && !l.inside(o) && l.f.Body.Pos() < o.Pos() && o.Pos() < l.f.Body.End() && !types.IsInterface(o.Type()) {
					_, pointer := o.Type().Underlying().(*types.Pointer)
					grown[o] = !pointer
				}
			}
		}
		return true
	})
	ast.Inspect(l.body, func(n ast.Node) bool {
		a, ok := n.(*ast.AssignStmt)
		if !ok || !slices.ContainsFunc(l.objects(a.Lhs), func(o types.Object) bool { return made[o] }) {
			return !found
		}
		for _, r := range a.Rhs {
			if call, ok := r.(*ast.CallExpr); ok {
				for _, arg := range call.Args {
					id, ok := arg.(*ast.Ident) // not its address: a buffer is filled anew
					found = found || ok && grown[l.info.Uses[id]]
				}
			}
		}
		return !found
	})
	return found
}

// listed reports whether the iteration notes in a list the number by which
// something of made is known, like the process id of what it starts: all of them
// are then meant to live on together. made holds what was made of them, too.
func (l *Loop) listed(made map[types.Object]bool) (found bool) {
	ast.Inspect(l.body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) < 2 || !l.info.Types[call.Fun].IsBuiltin() {
			return !found
		}
		list := dataflow.Root(l.info, call.Args[0])
		if list == nil || l.inside(list) {
			return true
		}
		for _, arg := range call.Args[1:] {
			c, ok := ast.Unparen(arg).(*ast.CallExpr)
			if !ok || len(c.Args) > 0 {
				continue
			}
			sel, ok := ast.Unparen(c.Fun).(*ast.SelectorExpr)
			t, basic := l.info.TypeOf(arg).Underlying().(*types.Basic)
			found = found || ok && basic && t.Info()&types.IsInteger != 0 && made[dataflow.Root(l.info, sel.X)]
		}
		return !found
	})
	return found
}

// numbered reports whether the number by which something of made is known, such
// as a file descriptor, is stored outside the iteration: it came by the same
// call, or from a method that takes nothing.
func (l *Loop) numbered(made map[types.Object]bool) (found bool) {
	numbers := make(map[types.Object]bool)
	for o := range made {
		numbers[o] = isHandle(o.Type())
	}
	ast.Inspect(l.body, func(n ast.Node) bool {
		a, ok := n.(*ast.AssignStmt)
		if !ok || len(a.Rhs) != 1 {
			return true
		}
		if call, ok := a.Rhs[0].(*ast.CallExpr); ok && len(call.Args) == 0 {
			if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok && made[dataflow.Root(l.info, sel.X)] {
				for _, o := range l.objects(a.Lhs) {
					numbers[o] = l.inside(o) && isHandle(o.Type())
				}
			}
		}
		return true
	})
	ast.Inspect(l.body, func(n ast.Node) bool {
		a, ok := n.(*ast.AssignStmt)
		if !ok || len(a.Lhs) != len(a.Rhs) {
			return !found
		}
		for i, lhs := range a.Lhs {
			if _, local := lhs.(*ast.Ident); local {
				continue
			}
			for o := range l.uses(a.Rhs[i]) {
				found = found || numbers[o]
			}
		}
		return !found
	})
	return found
}

// isHandle reports whether t is of the size of a descriptor or a process ID.
// A length or an offset that a method returns is mostly an int64.
func isHandle(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && slices.Contains([]types.BasicKind{types.Int, types.Int32, types.Uint32, types.Uintptr}, b.Kind())
}

// shared reports whether another defer of the loop works at the end with what
// this one releases, or releases what this one works with.
func (l *Loop) shared(made map[types.Object]bool) (found bool) {
	_, works := ast.Unparen(l.Defer.Call.Fun).(*ast.FuncLit)
	ast.Inspect(l.body, func(n ast.Node) bool {
		other, ok := n.(*ast.DeferStmt)
		if !ok || other == l.Defer {
			return !found
		}
		if _, lit := ast.Unparen(other.Call.Fun).(*ast.FuncLit); lit != works {
			for o := range l.uses(other.Call) {
				found = found || made[o]
			}
		}
		return false
	})
	return found
}

// toggles reports whether what is deferred sets back what the iteration set by
// the same function: read-only again, enabled again.
func (l *Loop) toggles() (found bool) {
	set := make(map[types.Object]bool)
	switches := func(n ast.Node, each func(fn types.Object, value bool)) {
		ast.Inspect(n, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			for _, arg := range call.Args {
				if v := l.info.Types[arg].Value; v != nil && v.Kind() == constant.Bool {
					if fn := typeutil.Callee(l.info, call); fn != nil {
						each(fn, constant.BoolVal(v))
					}
				}
			}
			return true
		})
	}
	switches(l.Defer.Call, func(fn types.Object, value bool) {
		set[fn] = value
	})
	switches(l.body, func(fn types.Object, value bool) {
		if was, ok := set[fn]; ok && was != value {
			found = true
		}
	})
	return found
}

// released reports whether the iteration itself calls what it defers on a way to
// the next one: then the defer, at b of g, is there for the other ways only.
func (l *Loop) released(g *cfg.CFG, b *cfg.Block) (found bool) {
	if l.body == nil {
		return false
	}
	type release struct{ of, method types.Object }
	releases := func(n ast.Node, each func(release)) {
		ast.Inspect(n, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			switch fun := ast.Unparen(call.Fun).(type) {
			case *ast.Ident:
				each(release{of: l.info.Uses[fun]})
			case *ast.SelectorExpr:
				each(release{dataflow.Root(l.info, fun.X), l.info.Uses[fun.Sel]})
			}
			return true
		})
	}
	deferred := make(map[release]bool)
	releases(l.Defer.Call, func(r release) { deferred[r] = r.of != nil && l.inside(r.of) })
	for _, other := range g.Blocks {
		for _, n := range other.Nodes {
			if n == ast.Node(l.Defer) || !reaches(other, func(s *cfg.Block) bool { return s == b }) {
				continue
			}
			releases(n, func(r release) { found = found || deferred[r] })
		}
	}
	return found
}

// made returns the variables of the iteration that the deferred call uses and
// that were given their value by a call, with those set by the same statement.
// If one of these is declared outside the loop, kept is true: it holds the
// value for what follows.
func (l *Loop) made() (made map[types.Object]bool, kept bool) {
	used := l.uses(l.Defer.Call)
	made = make(map[types.Object]bool)
	ast.Inspect(l.body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit, *ast.DeferStmt:
			return false
		case *ast.AssignStmt:
			family := l.objects(n.Lhs)
			if hasCall(n.Rhs) && slices.ContainsFunc(family, func(o types.Object) bool { return used[o] && !isError(o.Type()) }) {
				for _, o := range family {
					made[o] = !isError(o.Type())
					kept = kept || made[o] && !l.inside(o)
				}
			}
		}
		return true
	})
	return made, kept
}

func (l *Loop) objects(lhs []ast.Expr) []types.Object {
	var objs []types.Object
	for _, e := range lhs {
		if id, ok := e.(*ast.Ident); ok {
			if o := l.info.ObjectOf(id); o != nil {
				objs = append(objs, o)
			}
		}
	}
	return objs
}

// uses returns the variables that n mentions.
func (l *Loop) uses(n ast.Node) map[types.Object]bool {
	used := make(map[types.Object]bool)
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			if v, ok := l.info.Uses[id].(*types.Var); ok && !v.IsField() {
				used[v] = true
			}
		}
		return true
	})
	return used
}

// usesIteration reports whether the deferred call uses a variable that belongs
// to the iteration, the loop's own variables included.
func (l *Loop) usesIteration() bool {
	s := l.Stmts[0]
	for o := range l.uses(l.Defer.Call) {
		if s.Pos() <= o.Pos() && o.Pos() < s.End() && !(l.Defer.Pos() <= o.Pos() && o.Pos() < l.Defer.End()) {
			return true
		}
	}
	return false
}

func (l *Loop) inside(o types.Object) bool {
	return l.from <= o.Pos() && o.Pos() < l.to
}

// kept reports whether one of the variables, or something made of one, is
// stored outside the iteration, sent, or used by a goroutine or closure.
func (l *Loop) kept(made map[types.Object]bool) bool {
	if len(made) == 0 {
		return false
	}
	tainted := func(n ast.Node) bool {
		for o := range l.uses(n) {
			if made[o] {
				return true
			}
		}
		return false
	}
	out := false
	ast.Inspect(l.body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.DeferStmt:
			return false
		case *ast.FuncLit:
			out = out || tainted(n)
			return false
		case *ast.GoStmt:
			out = out || tainted(n)
		case *ast.SendStmt:
			out = out || tainted(n.Value)
		case *ast.AssignStmt:
			for i, r := range n.Rhs {
				if !tainted(r) {
					continue
				}
				lhs := n.Lhs
				if len(n.Lhs) == len(n.Rhs) {
					lhs = n.Lhs[i : i+1]
				}
				out = l.flow(lhs, made) || out
			}
		}
		return !out
	})
	return out
}

// installed reports whether one of the variables is handed to a function of another
// package that sets something for the program and returns nothing, like
// log.SetOutput: it is in use after the iteration.
func (l *Loop) installed(made map[types.Object]bool) (found bool) {
	ast.Inspect(l.body, func(n ast.Node) bool {
		s, ok := n.(*ast.ExprStmt)
		if !ok || found {
			return !found
		}
		call, ok := s.X.(*ast.CallExpr)
		if !ok || !l.sets(call) {
			return true
		}
		found = slices.ContainsFunc(call.Args, func(a ast.Expr) bool {
			id, ok := ast.Unparen(a).(*ast.Ident)
			return ok && made[l.info.Uses[id]]
		})
		return !found
	})
	return found
}

// sets reports whether the call is of a function of another package, not a method,
// that sets something by its name and returns nothing.
func (l *Loop) sets(call *ast.CallExpr) bool {
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return false
	}
	fn, ok := l.info.Uses[sel.Sel].(*types.Func)
	if !ok || fn.Signature().Recv() != nil || fn.Signature().Results().Len() > 0 {
		return false
	}
	return slices.ContainsFunc([]string{"Set", "Register", "Replace"}, func(p string) bool { return strings.HasPrefix(fn.Name(), p) })
}

// flow marks the variables of the iteration among lhs as made of a tainted
// value, and reports whether another place is given one.
func (l *Loop) flow(lhs []ast.Expr, made map[types.Object]bool) (out bool) {
	for _, e := range lhs {
		id, ok := e.(*ast.Ident)
		if !ok {
			out = out || holds(l.info.TypeOf(e))
			continue
		}
		o := l.info.ObjectOf(id)
		if o == nil || !holds(o.Type()) {
			continue
		}
		if l.inside(o) {
			made[o] = true
		} else {
			out = true
		}
	}
	return out
}

// holds reports whether a value of type t can keep a resource: an error, a
// number, a string or a boolean made from one does not.
func holds(t types.Type) bool {
	if t == nil || isError(t) {
		return false
	}
	if s, ok := t.Underlying().(*types.Slice); ok {
		t = s.Elem()
	}
	_, basic := t.Underlying().(*types.Basic)
	return !basic
}

func isError(t types.Type) bool {
	return types.Identical(t, types.Universe.Lookup("error").Type())
}

func hasCall(exprs []ast.Expr) (found bool) {
	for _, e := range exprs {
		ast.Inspect(e, func(n ast.Node) bool {
			_, call := n.(*ast.CallExpr)
			_, lit := n.(*ast.FuncLit)
			found = found || call
			return !found && !lit
		})
	}
	return found
}
