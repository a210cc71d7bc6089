package gounbounded

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/types/typeutil"
)

// gated reports whether something lets only so many through to the frame's
// node at a time: a slot taken before and given back by the goroutine, or a
// condition that the function itself changes.
func (f *finder) gated(fr *frame) bool {
	return f.slotted(fr) || f.flagged(fr)
}

// slotted reports whether a slot is taken before the node that the goroutine gives back.
func (f *finder) slotted(fr *frame) bool {
	before := newOps()
	c := &collector{f: f, ops: before, depth: 2, skip: func(n ast.Node) bool {
		lit, ok := n.(*ast.FuncLit)
		return n.Pos() >= fr.node.Pos() || ok && lit.End() <= fr.node.Pos()
	}}
	c.walk(fr.fn.Body)
	for k := range before.sends {
		if fr.slots.recvs[k] {
			return true
		}
	}
	for k := range before.recvs {
		if fr.slots.sends[k] {
			return true
		}
	}
	return f.acquired(before, fr.slots) || f.released(fr)
}

// acquired reports whether a method called before and one that the goroutine
// calls on the same object work on one channel from both ends.
func (f *finder) acquired(before, after *ops) bool {
	for k, takes := range before.calls {
		for _, take := range takes {
			for _, give := range after.calls[k] {
				if f.pair(take, give) {
					return true
				}
			}
		}
	}
	return false
}

func (f *finder) pair(take, give *types.Func) bool {
	if strings.Contains(take.Name(), "Acquire") && strings.Contains(give.Name(), "Release") {
		return true
	}
	if take.Name() == "Lock" && give.Name() == "Unlock" {
		return true
	}
	t, g := f.slots(take), f.slots(give)
	return t != nil && g != nil && (meet(t.Sends, g.Recvs) || meet(t.Recvs, g.Sends))
}

func meet(a, b []string) bool {
	for _, x := range a {
		for _, y := range b {
			if x == y {
				return true
			}
		}
	}
	return false
}

// released reports whether the goroutine calls a function that a call before
// returned: release, err := limiter.Acquire(ctx). A context's cancel is not one.
func (f *finder) released(fr *frame) bool {
	fl := f.flow(fr.fn)
	for k := range fr.slots.called {
		v, ok := k.(*types.Var)
		if !ok || localVar(v) == nil || isCancel(v.Type()) {
			continue
		}
		for _, d := range fl.defs[v] {
			if call, ok := ast.Unparen(d.rhs).(*ast.CallExpr); ok && d.kind == whole && d.pos < fr.node.Pos() && !f.isLit(call.Fun) {
				return true
			}
		}
	}
	return false
}

func (f *finder) isLit(e ast.Expr) bool {
	_, ok := ast.Unparen(e).(*ast.FuncLit)
	return ok
}

func isCancel(t types.Type) bool {
	n, ok := t.(*types.Named)
	return ok && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == "context"
}

// flagged reports whether the node is reached only under a condition that its
// function changes: a running flag, a count, a compare-and-swap, a map of what
// runs already.
func (f *finder) flagged(fr *frame) bool {
	var written objSet
	for _, cond := range f.conditions(fr) {
		read := f.reads(fr, cond)
		if read.swap {
			return true
		}
		if written == nil {
			written = f.written(fr)
		}
		for k := range read.keys {
			if written[k] {
				return true
			}
		}
	}
	return false
}

// conditions returns the conditions that decide whether the node is reached:
// of the statements around it, and of those before it that leave early or wait.
func (f *finder) conditions(fr *frame) []ast.Node {
	var conds []ast.Node
	cur, _ := f.root.FindNode(fr.node)
	for child := cur; child.Node() != fr.fn.Node; child = child.Parent() {
		switch n := child.Parent().Node().(type) {
		case *ast.IfStmt:
			conds = append(conds, ifCond(n)...)
		case *ast.CaseClause:
			for _, e := range n.List {
				conds = append(conds, e)
			}
			conds = append(conds, leaving(n.Body, child.Node())...)
		case *ast.CommClause:
			conds = append(conds, leaving(n.Body, child.Node())...)
		case *ast.BlockStmt:
			conds = append(conds, leaving(n.List, child.Node())...)
		}
	}
	return conds
}

func ifCond(n *ast.IfStmt) []ast.Node {
	conds := []ast.Node{n.Cond}
	if n.Init != nil {
		conds = append(conds, n.Init)
	}
	return conds
}

// leaving returns the conditions on which the statements before n leave or wait.
func leaving(list []ast.Stmt, n ast.Node) []ast.Node {
	var conds []ast.Node
	for _, s := range list {
		if s.Pos() >= n.Pos() {
			break
		}
		switch s := s.(type) {
		case *ast.IfStmt:
			if terminates(s.Body) || s.Else != nil {
				conds = append(conds, ifCond(s)...)
			}
		case *ast.ForStmt:
			if s.Cond != nil && s.Init == nil {
				conds = append(conds, s.Cond)
			}
		}
	}
	return conds
}

func terminates(b *ast.BlockStmt) bool {
	if len(b.List) == 0 {
		return false
	}
	switch s := b.List[len(b.List)-1].(type) {
	case *ast.ReturnStmt, *ast.BranchStmt:
		return true
	case *ast.ExprStmt:
		if call, ok := s.X.(*ast.CallExpr); ok {
			id, ok := call.Fun.(*ast.Ident)
			return ok && id.Name == "panic"
		}
	}
	return false
}

// reading is what a condition reads.
type reading struct {
	keys objSet
	swap bool // it takes something in the same step: CompareAndSwap, TryLock
}

func (f *finder) reads(fr *frame, cond ast.Node) reading {
	r := reading{keys: make(objSet)}
	f.read(fr, cond, &r, 2)
	return r
}

func (f *finder) read(fr *frame, n ast.Node, r *reading, depth int) {
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.Ident:
			f.readVar(fr, n, r, depth)
		case *ast.SelectorExpr:
			if v, ok := f.TypesInfo.ObjectOf(n.Sel).(*types.Var); ok {
				r.keys[v.Origin()] = true
			}
		case *ast.CallExpr:
			f.readCall(fr, n, r, depth)
		}
		return true
	})
}

// readVar reads a variable, and what it was computed from. Errors are left
// out: they say how the source of the data fared.
func (f *finder) readVar(fr *frame, id *ast.Ident, r *reading, depth int) {
	v, ok := f.TypesInfo.ObjectOf(id).(*types.Var)
	if !ok || v.IsField() || isError(v.Type()) {
		return
	}
	r.keys[v] = true
	if localVar(v) == nil || depth == 0 {
		return
	}
	for _, d := range f.flow(fr.fn).defs[v] {
		if d.kind == whole && d.pos < fr.node.Pos() {
			f.read(fr, d.rhs, r, depth-1)
		}
	}
}

func (f *finder) readCall(fr *frame, n *ast.CallExpr, r *reading, depth int) {
	fn, _ := typeutil.Callee(f.TypesInfo, n).(*types.Func)
	if fn == nil {
		return
	}
	if swaps(fn) {
		r.swap = true
	}
	if callee := f.Funcs.Declared(fn); callee != nil && depth > 0 {
		f.read(fr, callee.Body, r, 0)
	}
}

// swaps reports whether fn tests and takes in one step.
func swaps(fn *types.Func) bool {
	name := fn.Name()
	for _, p := range []string{"CompareAndSwap", "TryLock", "TryRLock", "TryAcquire", "LoadOrStore", "LoadAndDelete", "Swap", "Allow"} {
		if strings.HasPrefix(name, p) {
			return true
		}
	}
	return fn.Pkg() != nil && fn.Pkg().Path() == "sync/atomic" && strings.HasPrefix(name, "Add")
}

func isError(t types.Type) bool {
	return types.Identical(t, types.Universe.Lookup("error").Type())
}

// written returns what the declaration of the frame changes: fields and
// package variables whatever they are given, local variables where they are
// counted or given a constant, which is what flags are given.
func (f *finder) written(fr *frame) objSet {
	w := make(objSet)
	f.write(fr.fn.Outermost().Body, w, 1)
	return w
}

func (f *finder) write(n ast.Node, w objSet, depth int) {
	mark := func(e ast.Expr, flag bool) {
		if k := key(f.TypesInfo, e); k != nil && (flag || localVar(k) == nil) {
			w[k] = true
		}
	}
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.IncDecStmt:
			mark(n.X, true)
		case *ast.AssignStmt:
			for i, l := range n.Lhs {
				_, index := ast.Unparen(l).(*ast.IndexExpr)
				mark(l, index || f.constant(n.Rhs[min(i, len(n.Rhs)-1)]) || n.Tok != token.ASSIGN && n.Tok != token.DEFINE)
			}
		case *ast.CallExpr:
			f.writeCall(n, mark, w, depth)
		}
		return true
	})
}

func (f *finder) constant(e ast.Expr) bool {
	tv := f.TypesInfo.Types[e]
	return tv.Value != nil || tv.IsNil()
}

func (f *finder) writeCall(n *ast.CallExpr, mark func(ast.Expr, bool), w objSet, depth int) {
	if id, ok := ast.Unparen(n.Fun).(*ast.Ident); ok && (id.Name == "delete" || id.Name == "clear") && len(n.Args) > 0 {
		mark(n.Args[0], true)
		return
	}
	fn, _ := typeutil.Callee(f.TypesInfo, n).(*types.Func)
	if fn == nil || fn.Pkg() == nil {
		return
	}
	if p := fn.Pkg().Path(); p == "sync/atomic" || p == "sync" && strings.HasPrefix(fn.FullName(), "(*sync.Map)") {
		if strings.HasPrefix(fn.Name(), "Load") || fn.Name() == "Range" {
			return
		}
		if sel, ok := ast.Unparen(n.Fun).(*ast.SelectorExpr); ok && fn.Signature().Recv() != nil {
			mark(sel.X, true)
		} else if len(n.Args) > 0 {
			mark(n.Args[0], true)
		}
		return
	}
	if callee := f.Funcs.Declared(fn); callee != nil && depth > 0 {
		f.write(callee.Body, w, depth-1)
	}
}
