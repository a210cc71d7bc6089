package deferloop

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/cfg"
	"honnef.co/go/tools/go/types/typeutil"

	"github.com/lagvet/lagvet/analyzers/internal/dataflow"
	"github.com/lagvet/lagvet/analyzers/internal/funcs"
	"github.com/lagvet/lagvet/analyzers/internal/syntax"
)

// few is how many iterations of a constant loop are left alone: that many
// records come from the free list that the runtime keeps per P (deferpool in
// runtime/runtime2.go holds 32), and somebody counted them.
const few = 16

// Find returns the defers of f that can run again before f returns, each with the
// loop around it, and those that cannot. root is that of the package's syntax.
func Find(info *types.Info, root inspector.Cursor, f *funcs.Func, defers []*ast.DeferStmt) (loops []*Loop, once []*ast.DeferStmt) {
	for _, d := range defers {
		if l := Around(info, root, f, d); l != nil {
			l.Defer = d
			loops = append(loops, l)
		} else {
			once = append(once, d)
		}
	}
	return loops, once
}

// Around returns the innermost loop around a statement of f, or nil if the statement
// cannot run again before f returns.
func Around(info *types.Info, root inspector.Cursor, f *funcs.Func, s ast.Stmt) *Loop {
	if !mayLoop(f.Body) {
		return nil
	}
	g := cfg.New(f.Body, mayReturn(info))
	b := blockOf(g, s)
	if b == nil || !reaches(b, func(s *cfg.Block) bool { return s == b }) {
		return nil
	}
	l := newLoop(info, root, f, s)
	l.graph, l.block = g, b
	l.Ends = reaches(b, leaves)
	return l
}

func mayLoop(body *ast.BlockStmt) (found bool) {
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ForStmt, *ast.RangeStmt:
			found = true
		case *ast.BranchStmt:
			found = found || n.Tok == token.GOTO
		}
		return !found
	})
	return found
}

// mayReturn knows the usual calls that do not return. A wrong yes costs a
// false edge, so a defer before an unknown one may be thought to loop; it errs
// on the side of the graph without the facts that would need every dependency.
func mayReturn(info *types.Info) func(*ast.CallExpr) bool {
	return func(call *ast.CallExpr) bool {
		switch fun := ast.Unparen(call.Fun).(type) {
		case *ast.Ident:
			b, ok := info.Uses[fun].(*types.Builtin)
			return !ok || b.Name() != "panic"
		case *ast.SelectorExpr:
			fn, ok := info.Uses[fun.Sel].(*types.Func)
			if !ok {
				return true
			}
			switch fn.FullName() {
			case "os.Exit", "runtime.Goexit", "log.Fatal", "log.Fatalf", "log.Fatalln", "log.Panic", "log.Panicf", "log.Panicln":
				return false
			}
		}
		return true
	}
}

func blockOf(g *cfg.CFG, s ast.Stmt) *cfg.Block {
	for _, b := range g.Blocks {
		for _, n := range b.Nodes {
			if n == s {
				return b
			}
		}
	}
	return nil
}

// reaches reports whether a block for which ok holds can be reached from b by
// one edge or more.
func reaches(b *cfg.Block, ok func(*cfg.Block) bool) bool {
	seen := make(map[*cfg.Block]bool)
	work := append([]*cfg.Block(nil), b.Succs...)
	for len(work) > 0 {
		s := work[len(work)-1]
		work = work[:len(work)-1]
		if ok(s) {
			return true
		}
		if !seen[s] {
			seen[s] = true
			work = append(work, s.Succs...)
		}
	}
	return false
}

func leaves(b *cfg.Block) bool {
	return b.Live && len(b.Succs) == 0 && b.Kind != cfg.KindUnreachable && b.Kind != cfg.KindSelectDone
}

// A Loop is the innermost loop around a statement that can run again.
type Loop struct {
	Defer *ast.DeferStmt // the statement, if it is one
	Ends  bool           // a return can be reached from it
	Stmts []ast.Stmt     // the loops around the statement, innermost first; none if it is made of a goto

	info  *types.Info
	f     *funcs.Func
	at    ast.Stmt
	graph *cfg.CFG
	block *cfg.Block     // of the statement
	body  *ast.BlockStmt // nil if the loop is made of a goto
	from  token.Pos      // where an iteration begins
	to    token.Pos      // where it ends at the latest
	ifs   []*ast.IfStmt  // the conditions around the statement within the loop
}

func newLoop(info *types.Info, root inspector.Cursor, f *funcs.Func, at ast.Stmt) *Loop {
	l := &Loop{info: info, f: f, at: at}
	l.from, l.to = l.again(), f.Body.End()
	cur, ok := syntax.Find(root, at)
	if !ok {
		return l
	}
	for c := range cur.Enclosing((*ast.IfStmt)(nil), (*ast.ForStmt)(nil), (*ast.RangeStmt)(nil), (*ast.FuncDecl)(nil), (*ast.FuncLit)(nil)) {
		n := c.Node()
		if n == f.Node {
			break
		}
		if s, ok := n.(*ast.IfStmt); ok {
			if len(l.Stmts) == 0 {
				l.ifs = append(l.ifs, s)
			}
			continue
		}
		l.Stmts = append(l.Stmts, n.(ast.Stmt))
	}
	if len(l.Stmts) > 0 {
		l.body = bodyOf(l.Stmts[0])
		l.from, l.to = l.body.Pos(), l.body.End()
	}
	return l
}

// again returns the label from which a goto runs the statement once more, the last if there
// are several.
func (l *Loop) again() token.Pos {
	pos := l.f.Body.Pos()
	ast.Inspect(l.f.Body, func(n ast.Node) bool {
		b, ok := n.(*ast.BranchStmt)
		if !ok || b.Tok != token.GOTO {
			return true
		}
		if label := l.info.Uses[b.Label].Pos(); label <= l.at.Pos() && l.at.Pos() < b.Pos() {
			pos = max(pos, label)
		}
		return true
	})
	return pos
}

func bodyOf(s ast.Stmt) *ast.BlockStmt {
	switch s := s.(type) {
	case *ast.ForStmt:
		return s.Body
	case *ast.RangeStmt:
		return s.Body
	}
	return nil
}

// Few reports whether the loops around the defer run a small constant number
// of times in all.
func (l *Loop) Few() bool {
	if len(l.Stmts) == 0 {
		return false
	}
	n := int64(1)
	for _, s := range l.Stmts {
		t, ok := l.trips(s)
		if !ok || t > few {
			return false
		}
		n *= t
	}
	return n <= few
}

// trips returns how often s iterates, if that is a constant.
func (l *Loop) trips(s ast.Stmt) (int64, bool) {
	switch s := s.(type) {
	case *ast.RangeStmt:
		x := ast.Unparen(s.X)
		if n, ok := l.constant(x); ok {
			return n, true
		}
		if n, ok := l.literal(x); ok {
			return n, true
		}
		t := l.info.TypeOf(x).Underlying()
		if p, ok := t.(*types.Pointer); ok {
			t = p.Elem().Underlying()
		}
		if a, ok := t.(*types.Array); ok {
			return a.Len(), true
		}
	case *ast.ForStmt:
		if s.Init != nil && s.Post != nil {
			return l.limit(s.Cond, s.Post)
		}
	}
	return 0, false
}

// limit returns the constant that cond, or one of the conditions it is made of
// by &&, compares with a variable that post changes.
func (l *Loop) limit(cond ast.Expr, post ast.Stmt) (int64, bool) {
	c, ok := ast.Unparen(cond).(*ast.BinaryExpr)
	if !ok {
		return 0, false
	}
	if c.Op == token.LAND {
		if n, ok := l.limit(c.X, post); ok {
			return n, true
		}
		return l.limit(c.Y, post)
	}
	if o := dataflow.Root(l.info, c.X); o == nil || !l.uses(post)[o] {
		return 0, false
	}
	return l.constant(c.Y)
}

// literal returns the number of elements of a composite literal, or of the
// longest one that a local variable is ever given, slices of itself apart.
func (l *Loop) literal(x ast.Expr) (most int64, ok bool) {
	if c, ok := x.(*ast.CompositeLit); ok {
		return int64(len(c.Elts)), true
	}
	id, isID := x.(*ast.Ident)
	if !isID {
		return 0, false
	}
	v := l.info.Uses[id]
	if v == nil || v.Pos() < l.f.Body.Pos() || l.f.Body.End() < v.Pos() {
		return 0, false
	}
	ok = true
	given := func(value ast.Expr) {
		switch r := ast.Unparen(value).(type) {
		case *ast.CompositeLit:
			most = max(most, int64(len(r.Elts)))
		case *ast.SliceExpr:
			ok = ok && dataflow.Root(l.info, r.X) == v
		default:
			ok = false
		}
	}
	ast.Inspect(l.f.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for i, lhs := range n.Lhs {
				if id, isID := lhs.(*ast.Ident); !isID || l.info.ObjectOf(id) != v {
					continue
				}
				if len(n.Lhs) != len(n.Rhs) {
					ok = false
					continue
				}
				given(n.Rhs[i])
			}
		case *ast.ValueSpec:
			for i, id := range n.Names {
				if l.info.Defs[id] != v || len(n.Values) == 0 {
					continue
				}
				if len(n.Names) != len(n.Values) {
					ok = false
					continue
				}
				given(n.Values[i])
			}
		}
		return true
	})
	return most, ok && most > 0
}

func (l *Loop) constant(e ast.Expr) (int64, bool) {
	v := l.info.Types[e].Value
	if v == nil || v.Kind() != constant.Int {
		return 0, false
	}
	return constant.Int64Val(v)
}

// Guarded reports whether a condition around the defer asks a variable of
// outside the loop that its branch then sets, as in
//
//	if !locked { mu.Lock(); defer mu.Unlock(); locked = true }
//
// The defer then runs once.
func (l *Loop) Guarded() bool {
	for _, s := range l.ifs {
		asked := l.uses(s.Cond)
		set := false
		ast.Inspect(s.Body, func(n ast.Node) bool {
			if a, ok := n.(*ast.AssignStmt); ok && a.Tok == token.ASSIGN {
				for _, o := range l.objects(a.Lhs) {
					set = set || asked[o] && !l.inside(o) && !isError(o.Type())
				}
			}
			return !set
		})
		if set {
			return true
		}
	}
	return false
}

// Cancels reports whether the defer does nothing but end a context.
func (l *Loop) Cancels() bool { return l.CancelVar() != nil }

// CancelVar returns the variable that holds the function by which the defer ends a
// context, if that is all it does, or nil.
func (l *Loop) CancelVar() *types.Var {
	call := l.Defer.Call
	if lit, ok := ast.Unparen(call.Fun).(*ast.FuncLit); ok && len(lit.Body.List) == 1 {
		if s, ok := lit.Body.List[0].(*ast.ExprStmt); ok {
			call, _ = s.X.(*ast.CallExpr)
		}
	}
	if call == nil {
		return nil
	}
	id, ok := ast.Unparen(call.Fun).(*ast.Ident)
	if !ok {
		return nil
	}
	v, ok := l.info.Uses[id].(*types.Var)
	if !ok || !typeutil.IsTypeWithName(v.Type(), "context.CancelFunc") && !typeutil.IsTypeWithName(v.Type(), "context.CancelCauseFunc") {
		return nil
	}
	return v
}
