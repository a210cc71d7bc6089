package guards

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/values"
)

// A Condition decides whether a node is reached. What it reads makes it a gate
// if code between From and To, which runs when it lets one through,
// changes that: running = true, n++, busy[key] = job.
type Condition struct {
	Expr     ast.Expr
	From, To token.Pos
}

// An Index answers for one package.
type Index struct {
	info    *types.Info
	funcs   *funcs.Index
	flows   *dataflow.Index
	written map[*funcs.Func][]Write
}

// New returns the index of the package that info is of.
func New(info *types.Info, fs *funcs.Index, flows *dataflow.Index) *Index {
	return &Index{info, fs, flows, make(map[*funcs.Func][]Write)}
}

// Flagged reports whether the node at cur, which stands in fn, is reached only
// under a condition that letting it through changes: a running flag, a count, a
// compare-and-swap, a map of what runs already.
func (x *Index) Flagged(fn *funcs.Func, cur inspector.Cursor) bool {
	if x.counted(fn, cur) {
		return true
	}
	var ws []Write
	for _, c := range x.Conditions(fn, cur) {
		r := &reader{x: x, fl: x.flows.Of(fn), at: cur.Node().Pos(), keys: make(dataflow.Objects)}
		r.read(c.Expr, 2)
		if r.swap {
			return true
		}
		if ws == nil {
			ws = x.changes(fn)
		}
		for _, w := range ws {
			if r.keys[w.Key] && c.From <= w.Pos && w.Pos < c.To {
				return true
			}
		}
	}
	return false
}

// counted reports whether the node is reached only at one count of what a statement
// before the condition makes grow: the first that asks, and not those after it.
//
//	busy[key] = append(busy[key], job)
//	if len(busy[key]) == 1 {
func (x *Index) counted(fn *funcs.Func, cur inspector.Cursor) bool {
	for child := cur; child.Node() != fn.Node; child = child.Parent() {
		n, ok := child.Parent().Node().(*ast.IfStmt)
		if !ok || child.Node() != n.Body {
			continue
		}
		eq, ok := ast.Unparen(n.Cond).(*ast.BinaryExpr)
		if !ok || eq.Op != token.EQL || x.info.Types[eq.Y].Value == nil {
			continue
		}
		for prev, ok := child.Parent().PrevSibling(); ok; prev, ok = prev.PrevSibling() {
			if x.grows(prev.Node(), eq.X) {
				return true
			}
		}
	}
	return false
}

// grows reports whether n makes the count greater: a variable, or the length of one.
func (x *Index) grows(n ast.Node, count ast.Expr) bool {
	if inc, ok := n.(*ast.IncDecStmt); ok {
		return inc.Tok == token.INC && types.ExprString(inc.X) == types.ExprString(count)
	}
	as, ok := n.(*ast.AssignStmt)
	if !ok || len(as.Lhs) != 1 || len(as.Rhs) != 1 {
		return false
	}
	length, ok := ast.Unparen(count).(*ast.CallExpr)
	if !ok || len(length.Args) != 1 || types.ExprString(length.Args[0]) != types.ExprString(as.Lhs[0]) {
		return false
	}
	more, ok := ast.Unparen(as.Rhs[0]).(*ast.CallExpr)
	return ok && values.IsBuiltin(x.info, length, "len") && values.IsBuiltin(x.info, more, "append") && types.ExprString(more.Args[0]) == types.ExprString(as.Lhs[0])
}

// Counts reports whether the body of the loop, which stands in fn, counts
// towards the loop's own condition.
func (x *Index) Counts(fn *funcs.Func, n *ast.ForStmt) bool {
	if n.Cond == nil {
		return false
	}
	r := &reader{x: x, fl: x.flows.Of(fn), keys: make(dataflow.Objects)}
	r.read(n.Cond, 0)
	for _, w := range x.writes(fn, 0) {
		if r.keys[w.Key] && isInteger(w.Key.Type()) && n.Body.Pos() <= w.Pos && w.Pos < n.Body.End() {
			return true
		}
	}
	return false
}

func isInteger(t types.Type) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsInteger != 0
}

// Conditions returns the conditions that decide whether the node is reached:
// of the statements around it, and of those before it that leave early or wait.
func (x *Index) Conditions(fn *funcs.Func, cur inspector.Cursor) []Condition {
	var conds []Condition
	end := fn.Body.End()
	for child := cur; child.Node() != fn.Node; child = child.Parent() {
		switch n := child.Parent().Node().(type) {
		case *ast.IfStmt:
			if child.Node() != n.Init && child.Node() != n.Cond {
				conds = append(conds, Condition{n.Cond, child.Node().Pos(), child.Node().End()})
			}
		case *ast.CaseClause:
			for _, e := range n.List {
				conds = append(conds, Condition{e, n.Colon, n.End()})
			}
			conds = append(conds, leaving(n.Body, child.Node(), end)...)
		case *ast.CommClause:
			conds = append(conds, leaving(n.Body, child.Node(), end)...)
		case *ast.BlockStmt:
			conds = append(conds, leaving(n.List, child.Node(), end)...)
		}
	}
	return conds
}

// leaving returns the conditions on which the statements before n leave, or
// wait; what runs otherwise goes to end.
func leaving(list []ast.Stmt, n ast.Node, end token.Pos) []Condition {
	var conds []Condition
	for _, s := range list {
		if s.Pos() >= n.Pos() {
			break
		}
		switch s := s.(type) {
		case *ast.IfStmt:
			if leaves(s.Body) {
				conds = append(conds, Condition{s.Cond, s.End(), end})
			}
			for e, ok := s.Else.(*ast.IfStmt); ok; e, ok = e.Else.(*ast.IfStmt) {
				if leaves(e.Body) {
					conds = append(conds, Condition{e.Cond, s.End(), end})
				}
			}
		case *ast.ForStmt:
			if s.Cond != nil && s.Init == nil {
				conds = append(conds, Condition{s.Cond, s.End(), end})
			}
		}
	}
	return conds
}

// leaves reports whether the block ends by leaving for somewhere else.
func leaves(b *ast.BlockStmt) bool {
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

// A reader finds what a condition reads.
type reader struct {
	x    *Index
	fl   *dataflow.Flow
	at   token.Pos // what is computed after this does not count
	keys dataflow.Objects
	swap bool // it takes something in the same step: CompareAndSwap, TryLock
}

func (r *reader) read(n ast.Node, depth int) {
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.Ident:
			r.variable(n, depth)
		case *ast.SelectorExpr:
			if v, ok := r.x.info.ObjectOf(n.Sel).(*types.Var); ok {
				r.keys[v.Origin()] = true
				return false
			}
		case *ast.CallExpr:
			return r.call(n, depth)
		}
		return true
	})
}

// variable reads a variable, and what it was computed from. Errors are left
// out: they say how the source of the data fared.
func (r *reader) variable(id *ast.Ident, depth int) {
	v, ok := r.x.info.ObjectOf(id).(*types.Var)
	if !ok || v.IsField() || isError(v.Type()) {
		return
	}
	r.keys[v] = true
	if dataflow.LocalVar(v) == nil || depth == 0 {
		return
	}
	for _, d := range r.fl.Defs[v] {
		if d.Kind == dataflow.Whole && d.Pos < r.at {
			r.read(d.RHS, depth-1)
		}
	}
}

// call reads what a call reads, if that is told by its name or at a glance,
// and reports whether its operands count too.
func (r *reader) call(n *ast.CallExpr, depth int) bool {
	c := r.x.funcs.Call(n)
	if c == nil {
		return true // a conversion, or len
	}
	if c.Func == nil {
		return false
	}
	r.swap = r.swap || swaps(c.Func)
	if atomics(c.Func) {
		return true
	}
	if c.Callee != nil && c.Callee.Obj != nil && depth > 0 && dataflow.Brief(c.Callee) {
		inner := &reader{x: r.x, fl: r.x.flows.Of(c.Callee), at: c.Callee.Body.End(), keys: r.keys}
		inner.read(c.Callee.Body, 0)
		r.swap = r.swap || inner.swap
	}
	return false
}

func atomics(fn *types.Func) bool {
	if fn.Pkg() == nil {
		return false
	}
	switch fn.Pkg().Path() {
	case "sync/atomic":
		return true
	case "sync":
		return strings.HasPrefix(fn.FullName(), "(*sync.Map)")
	}
	return false
}

// swaps reports whether fn tests and takes in one step.
func swaps(fn *types.Func) bool {
	for _, p := range []string{"CompareAndSwap", "TryLock", "TryRLock", "TryAcquire", "LoadOrStore", "LoadAndDelete", "Swap", "Allow"} {
		if strings.HasPrefix(fn.Name(), p) {
			return true
		}
	}
	return atomics(fn) && strings.HasPrefix(fn.Name(), "Add")
}

func isError(t types.Type) bool {
	return types.Identical(t, types.Universe.Lookup("error").Type())
}

// A Write is a place where the state in a variable or a field changes.
type Write struct {
	Key types.Object
	Pos token.Pos
}

// Reads returns the variables and fields that n, which stands in fn, names, and
// those that short functions of the package read for it. Errors are left out.
func (x *Index) Reads(fn *funcs.Func, n ast.Node) dataflow.Objects {
	r := &reader{x: x, fl: x.flows.Of(fn), at: n.End(), keys: make(dataflow.Objects)}
	r.read(n, 2)
	return r.keys
}

// Writes returns the places where fn, literals in it included, changes fields,
// package variables, and those local variables that are counted or serve as flags.
func (x *Index) Writes(fn *funcs.Func) []Write { return x.writes(fn, 0) }

// changes returns what fn writes, as [Index.writes] does.
func (x *Index) changes(fn *funcs.Func) []Write {
	ws, ok := x.written[fn]
	if !ok {
		ws = x.writes(fn, 1)
		x.written[fn] = ws
	}
	return ws
}

// writes returns what fn changes, literals in it and, up to depth calls deep,
// short functions of this package included: fields and package variables
// whatever they are given, local variables where they are counted or given a
// constant, which is what flags are.
func (x *Index) writes(fn *funcs.Func, depth int) []Write {
	var ws []Write
	mark := func(e ast.Expr, flag bool) {
		if k := dataflow.Key(x.info, e); k != nil && (flag || dataflow.LocalVar(k) == nil) {
			ws = append(ws, Write{k, e.Pos()})
		}
	}
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.IncDecStmt:
			mark(n.X, true)
		case *ast.AssignStmt:
			for i, l := range n.Lhs {
				_, index := ast.Unparen(l).(*ast.IndexExpr)
				counted := n.Tok != token.ASSIGN && n.Tok != token.DEFINE
				mark(l, index || counted || x.constant(n.Rhs[min(i, len(n.Rhs)-1)]))
			}
		case *ast.CallExpr:
			x.writeCall(n, mark)
			c := x.funcs.Call(n)
			if c != nil && c.Callee != nil && c.Callee.Obj != nil && depth > 0 && (c.Mode == funcs.Go || dataflow.Brief(c.Callee)) {
				for _, w := range x.writes(c.Callee, depth-1) {
					ws = append(ws, Write{w.Key, n.Pos()})
				}
			}
		}
		return true
	})
	return ws
}

func (x *Index) constant(e ast.Expr) bool {
	tv := x.info.Types[e]
	return tv.Value != nil || tv.IsNil()
}

func (x *Index) writeCall(n *ast.CallExpr, mark func(ast.Expr, bool)) {
	if id, ok := ast.Unparen(n.Fun).(*ast.Ident); ok && (id.Name == "delete" || id.Name == "clear") && len(n.Args) > 0 {
		mark(n.Args[0], true)
		return
	}
	fn, _ := typeutil.Callee(x.info, n).(*types.Func)
	if fn == nil || !atomics(fn) || strings.HasPrefix(fn.Name(), "Load") || fn.Name() == "Range" {
		return
	}
	if sel, ok := ast.Unparen(n.Fun).(*ast.SelectorExpr); ok && fn.Signature().Recv() != nil {
		mark(sel.X, true)
	} else if len(n.Args) > 0 {
		mark(n.Args[0], true)
	}
}
